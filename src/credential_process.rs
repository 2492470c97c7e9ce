//! The credential process: role credentials from the cache, else from AWS, else what is still
//! alive. This room says only in which order; how an access token is had is `sign_in`'s
//! business.

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
