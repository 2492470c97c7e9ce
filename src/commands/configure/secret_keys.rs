//! Static keys that stand in the config file: their values are neither in a text nor in a diff.

/// The keys whose values are secret.
const SECRET_KEYS: [&str; 3] = ["aws_secret_access_key", "aws_session_token", "aws_security_token"];

/// No key is longer. Before the `=`, a longer text is a session token without a key: many end in `=`.
const LONGEST_KEY: usize = 64;

/// What stands for a secret value.
pub const HIDDEN: &str = "[secret]";

/// Whether the value of `key` is a secret.
pub fn is_secret(key: &str) -> bool {
    SECRET_KEYS.iter().any(|secret| secret.eq_ignore_ascii_case(key))
}

/// The text of a config file in which no line shows a secret, also not one that is commented out. A
/// line without a key may be a secret, too.
pub fn without_secrets(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut within = false;
    for line in text.split_inclusive(['\n', '\r']) {
        let code = line.trim_end();
        let ending = &line[code.len()..];
        // A value may go on in deeper lines, also behind blank lines and comments.
        if within && code.starts_with([' ', '\t']) {
            shown.extend(["  ", HIDDEN, ending]);
            continue;
        }
        let key = code.split(['=', ':']).next().unwrap_or_default();
        let is_broken = (key.len() == code.len() || key.len() > LONGEST_KEY)
            && key.starts_with(|first: char| !first.is_whitespace() && !"[#;\u{feff}".contains(first));
        let key = key.trim_end();
        let is_comment = code.starts_with(['#', ';']);
        let is_hidden = is_secret(key.trim_start_matches(['#', ';', ' ', '\t', '\u{feff}']));
        if is_broken {
            shown.extend([HIDDEN, ending]);
        } else if is_hidden {
            shown.extend([key, " = ", HIDDEN, ending]);
        } else {
            shown.push_str(line);
        }
        within = if code.is_empty() || is_comment { within } else { is_hidden || is_broken };
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_shows_a_secret() {
        let text = "[profile dev]\naws_secret_access_key=x\nAWS_Session_Token : y\r\n\
                    aws_security_token =\n  z\n\n# a\n  ; b\n  z\nregion = a\n# aws_session_token = y\n;aws_session_token";
        let shown = "[profile dev]\naws_secret_access_key = [secret]\nAWS_Session_Token = [secret]\r\n\
                     aws_security_token = [secret]\n  [secret]\n\n# a\n  [secret]\n  [secret]\nregion = a\n\
                     # aws_session_token = [secret]\n;aws_session_token = [secret]";
        assert_eq!(without_secrets(text), shown);
    }

    #[test]
    fn a_line_without_a_key_is_not_shown() {
        let text = "[profile dev]\nregion eu-west-1\n  x\naws_secret_access_key y\nz\nregion = a\n  b\n# c";
        let shown = "[profile dev]\n[secret]\n  [secret]\n[secret]\n[secret]\nregion = a\n  b\n# c";
        assert_eq!(without_secrets(text), shown);
    }

    #[test]
    fn a_session_token_without_a_key_is_not_shown() {
        let token = "IQoJb3JpZ2luX2VjE".repeat(20);
        let text = format!("[profile dev]\n{token}==\n  {token}\nregion = a\n");
        assert_eq!(without_secrets(&text), "[profile dev]\n[secret]\n  [secret]\nregion = a\n");
    }

    #[test]
    fn every_line_end_ends_a_line() {
        let text = "[profile dev]\rregion = a\raws_secret_access_key = x\r  x\rs3 =\r  c = d\r";
        let shown =
            "[profile dev]\rregion = a\raws_secret_access_key = [secret]\r  [secret]\rs3 =\r  c = d\r";
        assert_eq!(without_secrets(text), shown);
    }

    #[test]
    fn other_texts_stay_as_they_are() {
        let text = "\u{feff}a = b\r\n\r\ns3 =\n  c = d\n# aws_secret\n[aws_secret_access_keys]";
        assert_eq!(without_secrets(text), text);
    }
}
