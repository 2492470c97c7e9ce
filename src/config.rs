//! stub
use crate::{context::Context, error::*, options::Options, request::*};
pub struct Resolved {
    pub request: RoleRequest,
    pub sign_in_allowed: bool,
    pub profile: Option<String>,
}
pub fn resolve_role(_: &Context, _: &Options) -> Result<Resolved, Error> {
    Err(Error::NoHome)
}
pub fn connection_settings(_: &Context, _: Option<&str>) -> Result<ConnectionSettings, Error> {
    Err(Error::NoHome)
}
impl Resolved {
    pub fn login_commands(&self) -> LoginCommands {
        LoginCommands { session: String::new(), ours: String::new(), aws_cli: None }
    }
}
