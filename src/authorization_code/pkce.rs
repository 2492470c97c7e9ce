//! What goes out with the browser, and what stays here to prove that the answer
//! is ours: verifier and challenge (RFC 7636), `state`, and the authorize URL.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::secret::Secret;
use crate::text::percent;

/// The scope of a session that configures none, as the AWS CLI asks for it.
pub const DEFAULT_SCOPE: &str = "sso:account:access";

/// The system could not give random bytes; its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoRandomness(pub String);

/// The secret behind the challenge. It is spent by using it: [`Self::spend`] takes it away.
#[derive(Debug)]
pub struct CodeVerifier(Secret);

impl CodeVerifier {
    /// Makes a verifier of 64 characters and 384 random bits; RFC 7636 §4.1 asks for
    /// 43 to 128 characters of `A-Za-z0-9-._~`, and base64url stays within them.
    ///
    /// # Errors
    /// `NoRandomness`.
    pub fn generate() -> Result<Self, NoRandomness> {
        random_text::<48>().map(Self)
    }

    /// The S256 challenge that goes into the authorize URL (RFC 7636 §4.2).
    pub fn challenge(&self) -> String {
        code_challenge(self.0.expose())
    }

    /// Gives the verifier up to the one token request it is for.
    pub fn spend(self) -> Secret {
        self.0
    }
}

/// `BASE64URL(SHA256(code_verifier))`, without padding.
pub fn code_challenge(code_verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(code_verifier.as_bytes()))
}

/// Makes a `state` of 192 random bits, which ties the answer to this request (RFC 6749 §10.12).
///
/// # Errors
/// [`NoRandomness`].
pub fn generate_state() -> Result<Secret, NoRandomness> {
    random_text::<24>()
}

fn random_text<const BYTES: usize>() -> Result<Secret, NoRandomness> {
    let mut bytes = Zeroizing::new([0u8; BYTES]);
    getrandom::fill(bytes.as_mut_slice()).map_err(|error| NoRandomness(error.to_string()))?;
    // Room for all of it at once: a string that grows leaves copies behind.
    let mut text = String::with_capacity(BYTES.div_ceil(3) * 4);
    URL_SAFE_NO_PAD.encode_string(bytes.as_slice(), &mut text);
    Ok(Secret::new(text))
}

/// Where the browser goes: `endpoint` and the query that the AWS CLI sends, in its
/// order and spelling (`scopes`, not RFC 6749's `scope`). No scopes mean the default one.
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
    fn a_verifier_is_64_unreserved_characters_and_never_the_same() {
        let (one, other) = (CodeVerifier::generate().unwrap(), CodeVerifier::generate().unwrap());
        assert_eq!(format!("{one:?}"), "CodeVerifier([redacted])");
        assert_eq!(one.challenge(), code_challenge(one.0.expose()));
        let (one, other) = (one.spend(), other.spend());
        assert_eq!(one.expose().len(), 64);
        assert!(one.expose().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)));
        assert!(!one.matches(other.expose()));
    }

    #[test]
    fn a_state_is_at_least_128_random_bits() {
        let (one, other) = (generate_state().unwrap(), generate_state().unwrap());
        assert_eq!(one.expose().len(), 32);
        assert!(!one.matches(other.expose()));
    }

    #[test]
    fn only_unreserved_characters_stand_as_they_are() {
        assert_eq!(percent::encode("aZ09-._~"), "aZ09-._~");
        assert_eq!(percent::encode("a b+c:/?&=%é"), "a%20b%2Bc%3A%2F%3F%26%3D%25%C3%A9");
    }
}
