//! stub
use super::*;
use crate::{context::Context, error::Error, request::*};
pub struct SdkIdentityCenter;
impl SdkIdentityCenter {
    pub fn new(_: &Context, _: &SsoSession, _: &ConnectionSettings) -> Result<Self, Error> {
        Err(Error::NoHome)
    }
}
impl IdentityCenter for SdkIdentityCenter {
    fn register_client(&self, _: &RegisterClient) -> Result<RegisteredClient, ServiceError> {
        todo!()
    }
    fn start_device_authorization(
        &self,
        _: Client<'_>,
        _: &str,
    ) -> Result<DeviceAuthorization, ServiceError> {
        todo!()
    }
    fn create_token(&self, _: Client<'_>, _: Grant<'_>) -> Result<IssuedToken, ServiceError> {
        todo!()
    }
    fn get_role_credentials(
        &self,
        _: &Secret,
        _: &AccountId,
        _: &RoleName,
    ) -> Result<RoleCredentials, ServiceError> {
        todo!()
    }
    fn list_accounts(
        &self,
        _: &Secret,
        _: Option<&str>,
    ) -> Result<(Vec<Account>, Option<String>), ServiceError> {
        todo!()
    }
    fn list_account_roles(
        &self,
        _: &Secret,
        _: &AccountId,
        _: Option<&str>,
    ) -> Result<(Vec<String>, Option<String>), ServiceError> {
        todo!()
    }
    fn logout(&self, _: &Secret) -> Result<(), ServiceError> {
        todo!()
    }
    fn authorize_endpoint(&self) -> Result<String, ServiceError> {
        todo!()
    }
}
