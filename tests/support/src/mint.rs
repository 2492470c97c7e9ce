//! Fresh identifiers and secrets, each different from all before it.

use ring::rand::{SecureRandom, SystemRandom};

use crate::encoding::{base64url, hexadecimal};

/// The mark that every secret of the stand-in contains, so that a search for leaks also finds a
/// part of a secret.
pub const SECRET_MARK: &str = "SECRETMARK";

/// Makes identifiers and secrets, and records the secrets.
#[derive(Debug, Default)]
pub(crate) struct Mint {
    issued: u64,
    secrets: Vec<String>,
}

impl Mint {
    /// Every secret made so far.
    pub(crate) fn secrets(&self) -> Vec<String> {
        self.secrets.clone()
    }

    /// A secret in the shape of an access or refresh token, whose characters
    /// need escaping in URLs.
    pub(crate) fn token(&mut self, prefix: &str) -> String {
        let body = hexadecimal(&random::<48>());
        let count = self.count();
        self.remember(format!("{prefix}AAAAA{SECRET_MARK}{count:x}:{body}/mgu+{}==", &body[..9]))
    }

    /// A secret that is safe in URLs: codes and client secrets.
    pub(crate) fn code(&mut self, kind: &str) -> String {
        let body = base64url(&random::<24>());
        let count = self.count();
        self.remember(format!("{kind}-{SECRET_MARK}-{count:x}-{body}"))
    }

    /// A secret access key of AWS's length and alphabet.
    pub(crate) fn secret_access_key(&mut self) -> String {
        let body = hexadecimal(&random::<14>());
        self.remember(format!("{SECRET_MARK}/{}+{}", &body[..14], &body[14..]))
    }

    /// An access key id of temporary credentials. It is not a secret.
    pub(crate) fn access_key_id(&mut self) -> String {
        let letters = random::<8>().iter().fold(String::new(), |mut text, byte| {
            text.push(char::from(b'A' + byte % 26));
            text
        });
        format!("ASIA{letters}{:08X}", self.count())
    }

    /// A client id. It is not a secret.
    pub(crate) fn client_id(&mut self) -> String {
        format!("client-{:x}-{}", self.count(), base64url(&random::<9>()))
    }

    /// A user code, as a person types it. AWS's have this form.
    pub(crate) fn user_code(&mut self) -> String {
        const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
        let letter = |byte: &u8| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]);
        let code: String = random::<8>().iter().map(letter).collect();
        format!("{}-{}", &code[..4], &code[4..])
    }

    fn count(&mut self) -> u64 {
        self.issued += 1;
        self.issued
    }

    fn remember(&mut self, secret: String) -> String {
        self.secrets.push(secret.clone());
        secret
    }
}

fn random<const LENGTH: usize>() -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    SystemRandom::new().fill(&mut bytes).expect("the system gives random bytes");
    bytes
}
