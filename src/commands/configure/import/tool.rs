//! The tools whose profiles are imported, and the `credential_process` lines that start them.

use crate::text::words::split_words;

/// A tool whose profiles are imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// <https://github.com/common-fate/granted>
    Granted,
    /// <https://github.com/benkehoe/aws-sso-util>
    AwsSsoUtil,
    /// <https://github.com/benkehoe/aws-sso-credential-process>
    AwsSsoCredentialProcess,
    /// <https://github.com/synfinatic/aws-sso-cli>
    AwsSsoCli,
}

/// All of them.
pub const ALL: [Tool; 4] = [Tool::Granted, Tool::AwsSsoUtil, Tool::AwsSsoCredentialProcess, Tool::AwsSsoCli];

impl Tool {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::AwsSsoUtil => "aws-sso-util",
            Self::AwsSsoCredentialProcess => "aws-sso-credential-process",
            Self::AwsSsoCli => "aws-sso-cli",
        }
    }

    /// The command by which it writes its profiles again.
    pub const fn writes_with(self) -> Option<&'static str> {
        match self {
            Self::Granted => Some("granted sso populate"),
            Self::AwsSsoUtil => Some("aws-sso-util configure populate"),
            Self::AwsSsoCredentialProcess => None,
            Self::AwsSsoCli => Some("aws-sso setup profiles"),
        }
    }

    /// The word of a line behind which its options stand; empty if that is its own name.
    const fn subcommand(self) -> &'static str {
        match self {
            Self::Granted | Self::AwsSsoUtil => "credential-process",
            Self::AwsSsoCredentialProcess => "",
            Self::AwsSsoCli => "process",
        }
    }
}

/// A `credential_process` line that starts one of the tools.
#[derive(Debug, PartialEq, Eq)]
pub struct ToolLine {
    /// The tool.
    pub tool: Tool,
    words: Vec<String>,
}

impl ToolLine {
    /// Reads a line. `None` if it starts another program, or another command of a tool.
    pub fn parse(line: &str) -> Option<Self> {
        let words = split_words(line, cfg!(windows))?;
        let program = words.first()?.rsplit(['/', '\\']).next()?;
        let tool = match program.trim_end_matches(".exe") {
            "granted" | "dgranted" => Tool::Granted,
            "aws-sso-util" => Tool::AwsSsoUtil,
            "aws-sso-credential-process" => Tool::AwsSsoCredentialProcess,
            "aws-sso" => Tool::AwsSsoCli,
            _ => return None,
        };
        let subcommand = tool.subcommand();
        let is_for_credentials = subcommand.is_empty() || words.iter().any(|word| word == subcommand);
        is_for_credentials.then_some(Self { tool, words })
    }

    /// The value of an option, by one of its names.
    pub fn value(&self, names: &[&str]) -> Option<&str> {
        let mut words = self.words.iter().skip(1);
        while let Some(word) = words.next() {
            if names.contains(&word.as_str()) {
                return words.next().map(String::as_str);
            }
            let (option, value) = word.split_once('=').unwrap_or_default();
            if names.contains(&option) {
                return Some(value);
            }
            // `-SName`
            if let Some(value) =
                names.iter().filter(|name| name.len() == 2).find_map(|name| word.strip_prefix(name))
            {
                return Some(value);
            }
        }
        None
    }

    /// Whether it has a switch, by one of its names.
    pub fn has(&self, names: [&str; 2]) -> bool {
        self.words.iter().any(|word| names.contains(&word.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(line: &str, names: &[&str]) -> Option<(Tool, Option<String>)> {
        let line = ToolLine::parse(line)?;
        Some((line.tool, line.value(names).map(str::to_owned)))
    }

    #[test]
    fn lines_of_each_tool_are_read() {
        let profile = ["--profile", "-p"];
        let of = |tool, value: &str| Some((tool, Some(value.to_owned())));
        assert_eq!(value("granted credential-process --profile x/y", &profile), of(Tool::Granted, "x/y"));
        assert_eq!(value("/opt/dgranted credential-process --profile=x", &profile), of(Tool::Granted, "x"));
        assert_eq!(
            value("aws-sso-util credential-process --profile 'a b'", &profile),
            of(Tool::AwsSsoUtil, "a b")
        );
        assert_eq!(
            value("~/.local/bin/aws-sso-credential-process -i --profile x", &profile),
            of(Tool::AwsSsoCredentialProcess, "x")
        );
        assert_eq!(
            value(
                "/usr/bin/aws-sso -u open -S \"My SSO\" process --arn arn:aws:iam::1:role/x",
                &["-S", "--sso"]
            ),
            of(Tool::AwsSsoCli, "My SSO")
        );
        assert_eq!(value("aws-sso -SWork process -a x", &["-S", "--sso"]), of(Tool::AwsSsoCli, "Work"));
        assert_eq!(value("aws-sso process -a x", &["-S"]), Some((Tool::AwsSsoCli, None)));
        assert_eq!(value("granted credential-process --profile", &profile), Some((Tool::Granted, None)));
    }

    #[test]
    fn other_lines_are_not() {
        for line in [
            "",
            "'",
            "aws-sso-cred --profile x",
            "aws-sso-util login",
            "aws-sso exec",
            "aws-vault exec x",
            "granted",
        ] {
            assert_eq!(ToolLine::parse(line), None, "{line}");
        }
    }
}
