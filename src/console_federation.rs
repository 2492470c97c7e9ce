//! AWS's federation endpoint: exchanges role credentials for a sign-in token of the AWS console.
//!
//! The credentials are sent in the body of a POST request. The addresses that a browser opens hold
//! the sign-in token and no other secret.
//! Source: "Enabling custom identity broker access to the AWS console" in the IAM User Guide.

mod endpoint;
mod partition;
mod sign_in_token;

pub use endpoint::FederationEndpoint;
pub use partition::Partition;
pub use sign_in_token::get_sign_in_token;
