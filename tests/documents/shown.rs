//! What the program prints, as the documents show it: with AWS's address in the place of the
//! stand-in's, one code for all, and dates that do not count.

/// The text as it would be with AWS in the place of the stand-in.
pub fn as_from_aws(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("http://127.0.0.1:") {
        shown.push_str(&rest[..at]);
        let path = rest[at..].find("/device").expect("only the page for codes has an address");
        shown.push_str("https://corp.awsapps.com/start/#");
        rest = &rest[at + path..];
    }
    shown.push_str(rest);
    match user_code(&shown) {
        Some(code) => shown.replace(&code, "ABCD-EFGH"),
        None => shown,
    }
}

/// The code behind `user_code=`.
fn user_code(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("user_code=")?;
    Some(rest.chars().take_while(|c| c.is_ascii_uppercase() || *c == '-').collect())
}

/// The text with `0000-00-00 00:00` in the place of each date and time.
pub fn without_dates(text: &str) -> String {
    const DATE: &[u8; 16] = b"0000-00-00 00:00";
    let mut bytes = text.as_bytes().to_vec();
    for start in 0..bytes.len().saturating_sub(DATE.len() - 1) {
        let here = &mut bytes[start..start + DATE.len()];
        let is_date = here.iter().zip(DATE).all(|(byte, form)| match form {
            b'0' => byte.is_ascii_digit(),
            other => byte == other,
        });
        if is_date {
            here.copy_from_slice(DATE);
        }
    }
    String::from_utf8(bytes).expect("only digits were replaced")
}

#[test]
fn addresses_and_codes_of_the_stand_in_become_those_of_aws() {
    let printed = "open http://127.0.0.1:4711/device?user_code=WXYZ-BCDF, code WXYZ-BCDF, or http://127.0.0.1:4711/device";
    assert_eq!(
        as_from_aws(printed),
        "open https://corp.awsapps.com/start/#/device?user_code=ABCD-EFGH, code ABCD-EFGH, or https://corp.awsapps.com/start/#/device"
    );
    assert_eq!(as_from_aws("nothing of that"), "nothing of that");
}

#[test]
fn dates_do_not_count_and_other_numbers_do() {
    assert_eq!(without_dates("until 2026-11-29 22:50 UTC"), "until 0000-00-00 00:00 UTC");
    assert_eq!(without_dates("in 60 minutes, … 111122223333"), "in 60 minutes, … 111122223333");
}
