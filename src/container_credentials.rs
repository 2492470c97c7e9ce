//! Role credentials over HTTP on 127.0.0.1, as containers of AWS get them: the endpoint of `exec
//! --server`, from which an SDK renews its credentials for as long as the session lasts.
//!
//! This room serves requests and decides who may ask. Where credentials come from is a function of
//! the caller.

mod endpoint;
mod judge;
mod response;
mod work;

pub use endpoint::Endpoint;
#[cfg(fuzzing)]
pub(crate) use judge::{Verdict, judge};
pub use response::document;
pub use work::Obtain;
