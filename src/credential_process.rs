//! The credential process: fresh role credentials from the cache, else new ones from AWS, else
//! cached ones that are still alive.
//!
//! This room decides the order. Access tokens are obtained by `sign_in`; role credentials are
//! printed by `program`.

mod cached;
mod failures;
mod fallback;
mod fetch;
mod obtain;
mod run;
mod through_aws;

pub use cached::{cached_role_credentials, found_at_first};
pub use obtain::obtain_role_credentials;
pub use run::Run;
pub use through_aws::obtain_through_aws;
