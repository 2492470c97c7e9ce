//! Answers of the right shape with one wrong value.

use stand_in::{Fault, Operation};

use crate::faults::{NamedFault, quick};

const ROLE: &str = r#"{"roleCredentials":{"accessKeyId":"ASIAODD","secretAccessKey":"odd-SECRETMARK","sessionToken":"odd-SECRETMARK","expiration":EXPIRATION}}"#;
const TOKEN: &str = r#"{"accessToken":"odd-SECRETMARK","refreshToken":"odd-SECRETMARK","tokenType":"Bearer","expiresIn":3600}"#;
const CLIENT: &str = r#"{"clientId":"odd","clientSecret":"odd-SECRETMARK","clientIdIssuedAt":1,"clientSecretExpiresAt":4102444800}"#;
const DEVICE: &str = r#"{"deviceCode":"odd-SECRETMARK","userCode":"ABCD-EFGH","verificationUri":"https://device.example/","verificationUriComplete":"https://device.example/?user_code=ABCD-EFGH","expiresIn":600,"interval":1}"#;
const ACCOUNTS: &str = r#"{"accountList":[{"accountId":"111122223333","accountName":"Production","emailAddress":"prod@example.com"}]}"#;
const ROLES: &str = r#"{"roleList":[{"roleName":"Developer","accountId":"111122223333"}]}"#;
const SIGN_IN: &str = r#"{"SigninToken":"odd-SECRETMARK"}"#;

/// Replacements in the good answer, each with its name.
type Changes = &'static [(&'static str, &'static str, &'static str)];

const OF_ROLE: Changes = &[
    ("expiration 0", "EXPIRATION", "0"),
    ("a negative expiration", "EXPIRATION", "-1"),
    ("an expiration in 2020", "EXPIRATION", "1577836800000"),
    ("an expiration in seconds", "EXPIRATION", "4102444800"),
    ("an expiration of 1e400", "EXPIRATION", "1e400"),
    ("an expiration that is text", "EXPIRATION", "\"soon\""),
    ("an empty secret key", "\"secretAccessKey\":\"odd-SECRETMARK\"", "\"secretAccessKey\":\"\""),
    ("no session token", ",\"sessionToken\":\"odd-SECRETMARK\"", ""),
    ("a line break in the session token", "\"sessionToken\":\"odd", "\"sessionToken\":\"odd\\n"),
];

const OF_TOKEN: Changes = &[
    ("no access token", "\"accessToken\":\"odd-SECRETMARK\",", ""),
    ("an empty access token", "\"accessToken\":\"odd-SECRETMARK\"", "\"accessToken\":\"\""),
    ("a line break in the access token", "\"accessToken\":\"odd", "\"accessToken\":\"odd\\n"),
    ("expiresIn 0", "3600", "0"),
    ("a negative expiresIn", "3600", "-5"),
    ("an expiresIn of 1e20", "3600", "100000000000000000000"),
    ("an expiresIn that is text", "3600", "\"3600\""),
    ("no expiresIn", ",\"expiresIn\":3600", ""),
];

const OF_CLIENT: Changes = &[
    ("no client secret", "\"clientSecret\":\"odd-SECRETMARK\",", ""),
    ("an empty client id", "\"clientId\":\"odd\"", "\"clientId\":\"\""),
    ("a registration that has expired", "4102444800", "1577836800"),
    ("a registration that expires at -1", "4102444800", "-1"),
    ("a registration that expires at 1e400", "4102444800", "1e400"),
];

const OF_DEVICE: Changes = &[
    ("no user code", "\"userCode\":\"ABCD-EFGH\",", ""),
    ("an empty device code", "\"deviceCode\":\"odd-SECRETMARK\"", "\"deviceCode\":\"\""),
    ("a page that is a script", "\"https://device.example/\"", "\"javascript:alert(1)\""),
    ("a page by http", "\"https://device.example/\"", "\"http://device.example/\""),
    ("expiresIn 0", "600", "0"),
    ("a negative expiresIn", "600", "-1"),
    ("an expiresIn of 1e400", "600", "1e400"),
    ("a negative interval", "\"interval\":1", "\"interval\":-1"),
];

const OF_ACCOUNTS: Changes = &[
    ("an account id of words", "111122223333", "one one one"),
    ("an account without an id", "\"accountId\":\"111122223333\",", ""),
    (
        "an account that is null",
        "{\"accountId\":\"111122223333\",\"accountName\":\"Production\",\"emailAddress\":\"prod@example.com\"}",
        "null",
    ),
    (
        "a list that is null",
        "[{\"accountId\":\"111122223333\",\"accountName\":\"Production\",\"emailAddress\":\"prod@example.com\"}]",
        "null",
    ),
];

const OF_ROLES: Changes = &[
    ("a role name with blanks", "Developer", "De veloper"),
    ("a role without a name", "\"roleName\":\"Developer\",", ""),
    ("a role that is null", "{\"roleName\":\"Developer\",\"accountId\":\"111122223333\"}", "null"),
    ("a list that is null", "[{\"roleName\":\"Developer\",\"accountId\":\"111122223333\"}]", "null"),
];

const OF_SIGN_IN: Changes = &[
    ("an empty sign-in token", "odd-SECRETMARK", ""),
    ("a sign-in token that is a number", "\"odd-SECRETMARK\"", "5"),
    ("a line break in the sign-in token", "odd", "odd\\n"),
];

/// Answers of the operation with one wrong value, and good ones that are written unusually.
pub fn odd_answers(operation: Operation) -> Vec<NamedFault> {
    let (good, changes) = match operation {
        Operation::GetRoleCredentials => (ROLE, OF_ROLE),
        Operation::CreateToken => (TOKEN, OF_TOKEN),
        Operation::RegisterClient => (CLIENT, OF_CLIENT),
        Operation::StartDeviceAuthorization => (DEVICE, OF_DEVICE),
        Operation::ListAccounts => (ACCOUNTS, OF_ACCOUNTS),
        Operation::ListAccountRoles => (ROLES, OF_ROLES),
        Operation::GetSigninToken => (SIGN_IN, OF_SIGN_IN),
        _ => return Vec::new(),
    };
    let finished = |text: String| text.replace("EXPIRATION", "4102444800000");
    let answer = |name: &str, bytes: Vec<u8>| quick(name, Fault::Garbage(bytes));
    let mut all: Vec<NamedFault> = changes
        .iter()
        .map(|(name, from, to)| {
            assert!(good.contains(from), "{name}");
            answer(name, finished(good.replacen(from, to, 1)).into_bytes())
        })
        .collect();
    let good = finished(good.to_owned());
    let twice = format!("{},{}", &good[..good.len() - 1], &good[1..]);
    all.push(answer("a byte order mark before the good answer", [b"\xef\xbb\xbf", good.as_bytes()].concat()));
    all.push(answer(
        "a byte that is not UTF-8 in the good answer",
        good.replace("odd", "\u{1}")
            .replace("111122223333", "\u{1}")
            .bytes()
            .map(|byte| if byte == 1 { 0xff } else { byte })
            .collect(),
    ));
    all.push(answer("every member of the good answer twice", twice.into_bytes()));
    all.push(answer("words after the good answer", format!("{good} and more").into_bytes()));
    if matches!(operation, Operation::ListAccounts | Operation::ListAccountRoles) {
        all.push(quick("pages without an end", Fault::EndlessPages));
    }
    all
}
