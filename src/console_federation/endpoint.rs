//! The federation endpoint of a partition, and the addresses that a browser opens there.

use super::partition::Partition;
use crate::context::Context;
use crate::error::Error;
use crate::identity_center::sdk::endpoints;
use crate::secret::Secret;
use crate::text::percent::encode;
use crate::text::url;
use crate::value_names::FEDERATION_URL_VARIABLE;

/// A federation endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FederationEndpoint {
    url: String,
    sign_out: String,
}

impl FederationEndpoint {
    /// The endpoint that [`FEDERATION_URL_VARIABLE`] names, else that of `partition`. `region` is one
    /// of this partition.
    ///
    /// # Errors
    /// [`ConfigurationError::BadConnectionSetting`](crate::error::ConfigurationError::BadConnectionSetting)
    /// for a variable that does not name an https address, or an http address of this computer.
    pub fn find(context: &Context, partition: Partition, region: &str) -> Result<Self, Error> {
        if let Some(value) = context.variable(FEDERATION_URL_VARIABLE) {
            let url = endpoints::overridden(FEDERATION_URL_VARIABLE, &value)?;
            let (scheme, _) = url.split_once("://").unwrap_or_default();
            let sign_out = format!("{scheme}://{}/oauth", url::authority(&url));
            return Ok(Self { url, sign_out });
        }
        Ok(Self {
            url: format!("https://{}/federation", partition.sign_in_host(region)),
            sign_out: format!("https://{}/oauth", partition.sign_out_host(region)),
        })
    }

    /// The address to which credentials are posted.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The address that signs a browser in with `sign_in_token` and opens `destination`. When the
    /// session of the console ends, AWS shows a link to `issuer`.
    pub fn login_address(&self, issuer: &str, destination: &str, sign_in_token: &Secret) -> String {
        format!(
            "{}?Action=login&Issuer={}&Destination={}&SigninToken={}",
            self.url,
            encode(issuer),
            encode(destination),
            encode(sign_in_token.expose())
        )
    }

    /// The address that signs a browser out of the console and then opens `next`.
    pub fn logout_address(&self, next: &str) -> String {
        format!("{}?Action=logout&redirect_uri={}", self.sign_out, encode(next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timestamp::Timestamp;

    fn endpoint(value: &str) -> Result<FederationEndpoint, Error> {
        let context = Context::fake(&[(FEDERATION_URL_VARIABLE, value)], Timestamp::from_unix(0));
        FederationEndpoint::find(&context, Partition::Commercial, "eu-west-1")
    }

    #[test]
    fn addresses_have_every_value_percent_encoded() {
        let aws = endpoint("").unwrap();
        let token = Secret::new("a+b/c=");
        let login = aws.login_address("https://c/start", "https://d/?x=1&y", &token);
        assert_eq!(
            login,
            "https://signin.aws.amazon.com/federation?Action=login&Issuer=https%3A%2F%2Fc%2Fstart\
             &Destination=https%3A%2F%2Fd%2F%3Fx%3D1%26y&SigninToken=a%2Bb%2Fc%3D"
        );
        assert_eq!(
            aws.logout_address("https://x/?a=b%2Bc"),
            "https://us-east-1.signin.aws.amazon.com/oauth?Action=logout&redirect_uri=https%3A%2F%2Fx%2F%3Fa%3Db%252Bc"
        );
    }

    #[test]
    fn the_variable_names_the_host_of_all_addresses() {
        let other = endpoint("http://127.0.0.1:81/federation/").unwrap();
        assert_eq!(other.url(), "http://127.0.0.1:81/federation");
        assert_eq!(other.logout_address("x"), "http://127.0.0.1:81/oauth?Action=logout&redirect_uri=x");
        for bad in ["signin.aws.amazon.com", "http://signin.aws.amazon.com/federation", "https://u:p@h/"] {
            let text = endpoint(bad).unwrap_err().to_string();
            assert!(text.contains(FEDERATION_URL_VARIABLE) && !text.contains("u:p"), "{text}");
        }
    }
}
