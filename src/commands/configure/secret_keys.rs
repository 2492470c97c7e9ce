//! Static keys that stand in the config file: their values are neither in a text nor in a diff.

/// The keys whose values are secret.
const SECRET_KEYS: [&str; 3] = ["aws_secret_access_key", "aws_session_token", "aws_security_token"];

/// What stands for a secret value.
pub const HIDDEN: &str = "[secret]";

/// Whether the value of `key` is a secret.
pub fn is_secret(key: &str) -> bool {
    SECRET_KEYS.iter().any(|secret| secret.eq_ignore_ascii_case(key))
}

/// A unified diff in which no line shows a secret.
pub fn without_secrets(diff: &str) -> String {
    let mut within = false;
    let lines = diff.split_inclusive('\n').map(|line| {
        let Some(sign) = line.chars().next().filter(|c| " +-".contains(*c)) else {
            within = false;
            return line.to_owned();
        };
        let text = &line[1..];
        let ending = &text[text.trim_end().len()..];
        // A value may go on in deeper lines.
        if within && text.starts_with([' ', '\t']) && !text.trim().is_empty() {
            return format!("{sign}  {HIDDEN}{ending}");
        }
        let key = text.split(['=', ':']).next().unwrap_or_default();
        within = is_secret(key.trim());
        if within { format!("{sign}{} = {HIDDEN}{ending}", key.trim_end()) } else { line.to_owned() }
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_of_a_diff_shows_a_secret() {
        let diff = "--- a\n+++ b\n@@ -1,4 +1,3 @@\n [profile dev]\n-aws_secret_access_key=x\n \
                    AWS_Session_Token : y\r\n aws_security_token =\n   z\n+region = a\n";
        let shown = "--- a\n+++ b\n@@ -1,4 +1,3 @@\n [profile dev]\n-aws_secret_access_key = [secret]\n \
                     AWS_Session_Token = [secret]\r\n aws_security_token = [secret]\n   [secret]\n+region = a\n";
        assert_eq!(without_secrets(diff), shown);
    }

    #[test]
    fn other_diffs_stay_as_they_are() {
        let diff = "@@ -1 +1 @@\n-a = b\n+s3 =\n+  c = d\n\\ No newline at end of file\n";
        assert_eq!(without_secrets(diff), diff);
    }
}
