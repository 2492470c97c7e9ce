//! Looks for secrets in any bytes: whole or in pieces, plain or encoded.

use std::collections::{BTreeMap, HashMap};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// What a secret is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    AccessToken,
    RefreshToken,
    ClientSecret,
    DeviceCode,
    AuthorizationCode,
    CodeVerifier,
    /// The parameter `state` of a redirect.
    State,
    /// The secret access key and the session token of a role.
    RoleKeys,
    /// The token that signs in to the AWS console.
    SignInToken,
    /// The token of the endpoint of `exec --server`.
    EndpointToken,
    /// The keys of a person, in a file or in the environment.
    StaticKeys,
    /// The password in the address of a proxy.
    ProxyPassword,
    /// What a file holds that was named by mistake.
    WrongFile,
}

/// As many bytes of a secret in a row are a leak. Of an encoded secret they are fewer: six in
/// hexadecimal digits.
const PIECE: usize = 12;

type Piece = [u8; PIECE];

/// The secrets that are looked for.
#[derive(Default)]
pub struct Hunt {
    secrets: Vec<(Kind, String)>,
    pieces: HashMap<Piece, Kind>,
    /// The beginnings of all pieces: most bytes are looked up here only.
    beginnings: BTreeMap<u8, Vec<bool>>,
}

impl Hunt {
    pub fn add(&mut self, kind: Kind, secret: &str) {
        assert!(secret.len() >= PIECE, "{kind:?} is too short to be told from other text: {secret}");
        for form in forms(secret) {
            for piece in form.windows(PIECE) {
                let second = self.beginnings.entry(piece[0]).or_insert_with(|| vec![false; 1 << 16]);
                second[usize::from(piece[1]) << 8 | usize::from(piece[2])] = true;
                self.pieces.insert(piece.try_into().unwrap(), kind);
            }
        }
        self.secrets.push((kind, secret.to_owned()));
        // A secret that contains another is taken out of a text before it.
        self.secrets.sort_by_key(|(_, secret)| std::cmp::Reverse(secret.len()));
    }

    /// The kinds of secrets of which `text` has a piece, each with its surroundings. Whole secrets
    /// of a kind in `allowed` do not count, as they are or percent-encoded.
    pub fn leaks(&self, text: &[u8], allowed: &[Kind]) -> Vec<String> {
        let text = self.without(text, allowed);
        let mut found = BTreeMap::new();
        for (at, piece) in text.windows(PIECE).enumerate() {
            let begins = self.beginnings.get(&piece[0]);
            if begins.is_some_and(|second| second[usize::from(piece[1]) << 8 | usize::from(piece[2])])
                && let Some(kind) = self.pieces.get(piece)
            {
                let around = &text[at.saturating_sub(60)..text.len().min(at + 60)];
                found.entry(*kind).or_insert_with(|| String::from_utf8_lossy(around).into_owned());
            }
        }
        found.into_iter().map(|(kind, around)| format!("{kind:?} in …{around}…")).collect()
    }

    fn without(&self, text: &[u8], allowed: &[Kind]) -> Vec<u8> {
        let mut text = text.to_owned();
        for (_, secret) in self.secrets.iter().filter(|(kind, _)| allowed.contains(kind)) {
            let once = percent_encoded(secret);
            for form in [percent_encoded(&once), once, secret.clone()] {
                // Most texts have none, and a search costs less than a copy.
                while let Some(at) = position(&text, form.as_bytes()) {
                    text.splice(at..at + form.len(), *b"<>");
                }
            }
        }
        text
    }
}

fn position(text: &[u8], part: &[u8]) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = text.get(from..)?.iter().position(|byte| *byte == part[0]) {
        if text[from + at..].starts_with(part) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

/// A secret as it is, and in all the encodings in which it could leave a program.
fn forms(secret: &str) -> Vec<Vec<u8>> {
    let escaped = secret.replace('/', "\\/");
    let unicode = secret.chars().map(|character| match character {
        'a'..='z' | 'A'..='Z' | '0'..='9' => character.to_string(),
        other => format!("\\u{:04x}", u32::from(other)),
    });
    let encoded = percent_encoded(secret);
    let mut forms = vec![
        secret.to_owned(),
        secret.to_lowercase(),
        secret.to_uppercase(),
        secret.chars().rev().collect(),
        escaped,
        unicode.collect(),
        encoded.to_lowercase(),
        percent_encoded(&encoded),
        encoded,
        hex::encode(secret),
        hex::encode_upper(secret),
    ];
    // Three bytes are four digits, so the digits depend on what is before the secret.
    for skipped in 0..3 {
        for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            let mut digits = engine.encode(&secret[skipped..]);
            digits.pop();
            forms.push(digits);
        }
    }
    forms.into_iter().map(String::into_bytes).collect()
}

pub fn percent_encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[test]
fn a_secret_is_found_in_every_form_and_in_pieces() {
    let secret = "aoaAAAAASECRETMARK1:0f/mgu+5e6==";
    let mut hunt = Hunt::default();
    hunt.add(Kind::AccessToken, secret);
    let within = STANDARD_NO_PAD.encode(format!("person:{secret}"));
    for leak in [
        secret,
        &secret[..12],
        &secret[20..],
        &secret.chars().rev().collect::<String>()[..16],
        &percent_encoded(secret)[10..30],
        &percent_encoded(&percent_encoded(secret)),
        &hex::encode(&secret[13..19]),
        &URL_SAFE_NO_PAD.encode(format!("x{secret}")),
        &within,
        "aoaAAAAASECRETMARK1:0f\\/mgu",
        "1\\u003a0f\\u002fmgu",
        "SECRETMARK1%3a0f%2fmgu",
    ] {
        let text = format!("before {leak} after");
        assert_eq!(hunt.leaks(text.as_bytes(), &[Kind::RoleKeys]).len(), 1, "{leak}");
    }
    for text in ["nothing", "aoaAAAAASEC", "SECRET MARK1", ""] {
        assert!(hunt.leaks(text.as_bytes(), &[]).is_empty(), "{text}");
    }
}

#[test]
fn what_is_allowed_is_a_whole_secret() {
    let mut hunt = Hunt::default();
    hunt.add(Kind::SignInToken, "VCQgAAAAASECRETMARK1:0f/mgu+==");
    hunt.add(Kind::RoleKeys, "SECRETMARK/wJalrXUtnFEMI");
    let leaks = |text: &str| hunt.leaks(text.as_bytes(), &[Kind::SignInToken]).len();
    assert_eq!(leaks("t=VCQgAAAAASECRETMARK1:0f/mgu+==&x VCQgAAAAASECRETMARK1%3A0f%2Fmgu%2B%3D%3D"), 0);
    assert_eq!(leaks("VCQgAAAAASECRETMARK1:0f/mgu"), 1);
    assert_eq!(leaks("VCQgAAAAASECRETMARK1:0f/mgu+== SECRETMARK/wJalrXUtnFEMI"), 1);
}
