//! The authorize URL and the secrets that tie the answer to this sign-in: the code verifier with
//! its challenge (RFC 7636), and `state` (RFC 6749 §10.12).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::secret::{NoRandomness, Secret};
use crate::text::percent;

/// The scope of a new session, and of one without `sso_registration_scopes`: with it, AWS gives refresh
/// tokens. The AWS CLI asks for the same.
pub const DEFAULT_SCOPE: &str = "sso:account:access";

/// The code verifier: the secret behind the challenge. It is for one token request; [`Self::spend`]
/// takes it by value.
#[derive(Debug)]
pub struct CodeVerifier(Secret);

impl CodeVerifier {
    /// A new verifier of 384 random bits as 64 characters of base64url. RFC 7636 §4.1 asks for 43
    /// to 128 characters of `A-Za-z0-9-._~`.
    ///
    /// # Errors
    /// [`NoRandomness`].
    pub fn generate() -> Result<Self, NoRandomness> {
        Secret::random::<48>().map(Self)
    }

    /// The S256 challenge for the authorize URL (RFC 7636 §4.2).
    pub fn challenge(&self) -> String {
        code_challenge(self.0.expose())
    }

    /// The secret, for the one token request.
    pub fn spend(self) -> Secret {
        self.0
    }
}

/// The S256 challenge of a verifier: `BASE64URL(SHA256(code_verifier))` without padding (RFC 7636 §4.2).
pub fn code_challenge(code_verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(code_verifier.as_bytes()))
}

/// A new `state` of 192 random bits, which ties the answer to this request (RFC 6749 §10.12).
///
/// # Errors
/// [`NoRandomness`].
pub fn generate_state() -> Result<Secret, NoRandomness> {
    Secret::random::<24>()
}

/// The authorize URL: `endpoint` with the query that the AWS CLI sends, in the same order and with
/// AWS's `scopes` instead of RFC 6749's `scope`. Without `scopes`, [`DEFAULT_SCOPE`] is asked for.
pub fn authorize_url(
    endpoint: &str,
    client_id: &str,
    redirect_uri: &str,
    state: &str,
    challenge: &str,
    scopes: &[String],
) -> String {
    let scopes = if scopes.is_empty() { DEFAULT_SCOPE.to_owned() } else { scopes.join(" ") };
    format!(
        "{endpoint}?response_type=code&client_id={}&redirect_uri={}&state={}\
         &code_challenge_method=S256&scopes={}&code_challenge={}",
        percent::encode(client_id),
        percent::encode(redirect_uri),
        percent::encode(state),
        percent::encode(&scopes),
        percent::encode(challenge),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_the_one_of_rfc_7636_appendix_b() {
        assert_eq!(
            code_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn a_verifier_is_64_unreserved_characters_and_differs_each_time() {
        let (one, other) = (CodeVerifier::generate().unwrap(), CodeVerifier::generate().unwrap());
        assert_eq!(format!("{one:?}"), "CodeVerifier([redacted])");
        assert_eq!(one.challenge(), code_challenge(one.0.expose()));
        let (one, other) = (one.spend(), other.spend());
        assert_eq!(one.expose().len(), 64);
        assert!(one.expose().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)));
        assert!(!one.matches(other.expose()));
    }

    #[test]
    fn a_state_is_32_characters_and_differs_each_time() {
        let (one, other) = (generate_state().unwrap(), generate_state().unwrap());
        assert_eq!(one.expose().len(), 32);
        assert!(!one.matches(other.expose()));
    }

    #[test]
    fn only_unreserved_characters_are_not_percent_encoded() {
        assert_eq!(percent::encode("aZ09-._~"), "aZ09-._~");
        assert_eq!(percent::encode("a b+c:/?&=%é"), "a%20b%2Bc%3A%2F%3F%26%3D%25%C3%A9");
    }
}
