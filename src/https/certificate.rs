//! Reads the name of a certificate's issuer from its DER bytes (X.690, RFC 5280 §4.1).
//!
//! The name is for an error message; nothing is decided by it. The bytes come from an untrusted
//! server, so every access is bounds checked.

/// DER tags.
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const VERSION: u8 = 0xa0;
/// Object identifiers: `2.5.4.x` (RFC 5280 §4.1.2.4).
const COMMON_NAME: [u8; 3] = [0x55, 0x04, 0x03];
const ORGANIZATION: [u8; 3] = [0x55, 0x04, 0x0a];
const ORGANIZATIONAL_UNIT: [u8; 3] = [0x55, 0x04, 0x0b];
/// The longest name that is shown, in characters. RFC 5280 allows 64.
const LONGEST: usize = 100;

/// The issuer's common name, else its organization, else its organizational unit. `None` if the
/// bytes cannot be read.
pub fn issuer(der: &[u8]) -> Option<String> {
    let (certificate, _) = expect(der, SEQUENCE)?;
    let (body, _) = expect(certificate, SEQUENCE)?;
    let body = match element(body)? {
        (VERSION, _, rest) => rest,
        _ => body,
    };
    let (_serial_number, _, body) = element(body)?;
    let (_signature_algorithm, body) = expect(body, SEQUENCE)?;
    let (name, _) = expect(body, SEQUENCE)?;
    [COMMON_NAME, ORGANIZATION, ORGANIZATIONAL_UNIT].iter().find_map(|wanted| attribute(name, wanted))
}

/// The first attribute of type `wanted` in a `Name`; an empty one is skipped.
fn attribute(mut name: &[u8], wanted: &[u8]) -> Option<String> {
    while let Some((set, rest)) = expect(name, SET) {
        name = rest;
        let mut set = set;
        while let Some((pair, rest)) = expect(set, SEQUENCE) {
            set = rest;
            let Some((_, kind, value)) = element(pair) else { continue };
            let Some((tag, bytes, _)) = element(value) else { continue };
            let text = text(tag, bytes);
            if kind == wanted && !text.trim().is_empty() {
                return Some(text.trim().chars().take(LONGEST).collect());
            }
        }
    }
    None
}

fn text(tag: u8, bytes: &[u8]) -> String {
    const BMP_STRING: u8 = 0x1e;
    if tag == BMP_STRING {
        let units = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
        return char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    }
    String::from_utf8_lossy(bytes).into_owned()
}

/// The content of the first element, which must have the tag `tag`, and the bytes after it.
fn expect(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    match element(bytes)? {
        (found, content, rest) if found == tag => Some((content, rest)),
        _ => None,
    }
}

/// The first element's tag and content, and the bytes after it.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, bytes) = bytes.split_first()?;
    let (&first, bytes) = bytes.split_first()?;
    let (length, bytes) = if first < 0x80 {
        (usize::from(first), bytes)
    } else {
        // No certificate has a length of more than four bytes.
        let (digits, bytes) = bytes.split_at_checked(usize::from(first & 0x7f))?;
        if digits.is_empty() || digits.len() > 4 {
            return None;
        }
        let length = digits.iter().fold(0u64, |sum, digit| sum << 8 | u64::from(*digit));
        (usize::try_from(length).ok()?, bytes)
    };
    let (content, rest) = bytes.split_at_checked(length)?;
    Some((tag, content, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
        let mut bytes = vec![tag];
        match u8::try_from(content.len()) {
            Ok(short) if short < 0x80 => bytes.push(short),
            _ => {
                bytes.push(0x82);
                bytes.extend(u16::try_from(content.len()).unwrap().to_be_bytes());
            }
        }
        bytes.extend(content);
        bytes
    }

    fn name(attributes: &[([u8; 3], u8, &[u8])]) -> Vec<u8> {
        let sets = attributes.iter().flat_map(|(kind, tag, value)| {
            let pair = [tagged(0x06, kind), tagged(*tag, value)].concat();
            tagged(SET, &tagged(SEQUENCE, &pair))
        });
        tagged(SEQUENCE, &sets.collect::<Vec<u8>>())
    }

    fn certificate(issuer: &[u8]) -> Vec<u8> {
        let body =
            [&tagged(VERSION, &[2, 1, 2])[..], &tagged(2, &[7]), &tagged(SEQUENCE, &[]), issuer].concat();
        tagged(SEQUENCE, &tagged(SEQUENCE, &body))
    }

    #[test]
    fn the_common_name_comes_before_the_organization() {
        let both = name(&[(ORGANIZATION, 0x13, b"Example Corp"), (COMMON_NAME, 0x0c, "Prüf-CA".as_bytes())]);
        assert_eq!(issuer(&certificate(&both)).as_deref(), Some("Prüf-CA"));
        let one = name(&[(COMMON_NAME, 0x0c, b" "), (ORGANIZATION, 0x13, b"Example Corp")]);
        assert_eq!(issuer(&certificate(&one)).as_deref(), Some("Example Corp"));
        let wide = name(&[(COMMON_NAME, 0x1e, &[0, b'C', 0, b'A'])]);
        assert_eq!(issuer(&certificate(&wide)).as_deref(), Some("CA"));
    }

    #[test]
    fn no_bytes_make_it_panic() {
        let whole = certificate(&name(&[(COMMON_NAME, 0x0c, &[b'x'; 300])]));
        assert_eq!(issuer(&whole).unwrap().len(), LONGEST);
        for end in 0..whole.len() {
            assert_eq!(issuer(&whole[..end]), None);
        }
        for position in 0..whole.len() {
            for value in [0, 1, 0x30, 0x7f, 0x80, 0x84, 0x88, 0xff] {
                let mut damaged = whole.clone();
                damaged[position] = value;
                let _ = issuer(&damaged);
            }
        }
    }
}
