//! The command lines whose secrets are looked for: every command, and every way in which it prints,
//! writes or passes on something.

use crate::hunt::Kind;

/// What a command needs, and so which scenarios matter to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Needs {
    /// Neither files nor AWS.
    Nothing,
    /// The configuration and the caches.
    Files,
    /// AWS as well.
    Aws,
}

/// A command line, and where its run may put secrets.
#[derive(Debug, Clone, Copy)]
pub struct Call {
    /// The words; a shell's script is one of [`SCRIPTS`].
    pub line: &'static str,
    /// The exit code for a person who is signed in.
    pub status: i32,
    pub needs: Needs,
    /// Whether another call differs from this one in its output only.
    pub variant: bool,
    /// The secrets that stdout may hold, if the command succeeds.
    pub stdout: &'static [Kind],
    /// The secrets that stderr may hold.
    pub stderr: &'static [Kind],
    /// The secrets that the address may hold with which a browser is started.
    pub browser: &'static [Kind],
    /// The secrets that the environment of the command of `exec` may hold.
    pub child: &'static [Kind],
}

/// The scripts that calls name. The second waits until the test has asked the endpoint.
pub const SCRIPTS: [(&str, &str); 2] = [
    ("NOTHING", ":"),
    (
        "SERVED",
        "umask 077; printf '%s\\n' \"$AWS_CONTAINER_CREDENTIALS_FULL_URI\" \"$AWS_CONTAINER_AUTHORIZATION_TOKEN\" \
         >\"$TMPDIR/said.new\"; /bin/mv \"$TMPDIR/said.new\" \"$TMPDIR/said\"\n\
         while [ -e \"$TMPDIR/said\" ] && [ ! -e \"$TMPDIR/end\" ]; do /bin/sleep 0.02; done",
    ),
];

const fn call(needs: Needs, line: &'static str) -> Call {
    Call { line, status: 0, needs, variant: false, stdout: &[], stderr: &[], browser: &[], child: &[] }
}

/// Needs AWS and prints keys.
const fn keys(line: &'static str) -> Call {
    Call { stdout: &[Kind::RoleKeys], ..call(Needs::Aws, line) }
}

const fn login(line: &'static str) -> Call {
    // The address of a redirect is shown to the person, too.
    let address = &[Kind::State];
    Call { stderr: address, browser: address, ..call(Needs::Aws, line) }
}

const fn console(line: &'static str, address: &'static [Kind]) -> Call {
    Call { browser: address, ..call(Needs::Aws, line) }
}

const fn ending(call: Call, status: i32) -> Call {
    Call { status, ..call }
}

const fn variant(call: Call) -> Call {
    Call { variant: true, ..call }
}

const NEW: &str =
    "configure --profile new --sso-session corp --account-id 111122223333 --role-name Developer --yes";

pub const CALLS: &[Call] = &[
    keys("--profile dev"),
    keys("--profile dev -i --wait 20"),
    keys("--profile dev --no-cache"),
    keys("--profile dev --force-refresh"),
    keys("--profile old"),
    login("login --sso-session corp"),
    login("login --sso-session corp --use-device-code"),
    login("login --sso-session corp --no-browser --use-device-code"),
    login("login --profile old"),
    login("login --all --if-needed"),
    call(Needs::Aws, "logout --sso-session corp --forget-client"),
    call(Needs::Aws, "logout --all"),
    call(Needs::Files, "status"),
    call(Needs::Files, "status --output json"),
    call(Needs::Aws, "list --sso-session corp --refresh"),
    call(Needs::Aws, "list --profile dev --output json"),
    variant(call(Needs::Aws, "list --profile dev --output csv")),
    variant(call(Needs::Aws, "list --profile dev --output tsv")),
    call(Needs::Files, NEW),
    call(
        Needs::Files,
        "configure --profile new --sso-session corp --account-id 111122223333 --role-name Developer --dry-run",
    ),
    variant(call(
        Needs::Files,
        "configure --profile new --sso-session corp --account-id 111122223333 --role-name Developer --native --yes",
    )),
    variant(call(
        Needs::Files,
        "configure --profile new --sso-session corp --account-id 111122223333 --role-name Developer --both --yes",
    )),
    ending(
        call(
            Needs::Files,
            "configure --profile dev --sso-session corp --account-id 111122223333 --role-name Developer --yes",
        ),
        2,
    ),
    call(
        Needs::Files,
        "configure --profile dev --sso-session corp --account-id 111122223333 --role-name Developer --force --yes",
    ),
    call(
        Needs::Files,
        "configure --profile dev --sso-session corp --account-id 111122223333 --role-name Developer --force --dry-run",
    ),
    call(
        Needs::Files,
        "configure --sso-session fresh --start-url https://fresh.awsapps.com/start --region eu-west-1 --session-only --yes",
    ),
    call(Needs::Aws, "configure populate --sso-session corp --yes"),
    call(Needs::Aws, "configure populate --sso-session corp --native --prune --force --dry-run"),
    call(Needs::Files, "configure convert dev old --yes"),
    call(Needs::Files, "configure convert --all --dry-run"),
    call(Needs::Files, "configure convert ours --back --yes"),
    call(Needs::Files, "configure --import granted --yes"),
    call(Needs::Files, "configure --import aws-sso-cli --dry-run"),
    keys("export --profile dev"),
    variant(keys("export --profile dev --format env-no-export")),
    variant(keys("export --profile dev --format powershell")),
    variant(keys("export --profile dev --format windows-cmd")),
    variant(keys("export --profile dev --format fish")),
    variant(keys("export --profile dev --format dotenv")),
    variant(keys("export --profile dev --format process")),
    variant(keys("export --profile dev --format json")),
    Call { child: &[Kind::RoleKeys], ..call(Needs::Aws, "exec --profile dev -- /bin/sh -c NOTHING") },
    Call {
        child: &[Kind::RoleKeys],
        ..ending(call(Needs::Aws, "exec --profile dev -- /nonexistent/program"), 127)
    },
    Call {
        child: &[Kind::EndpointToken],
        ..call(Needs::Aws, "exec --server --profile dev -- /bin/sh -c SERVED")
    },
    call(Needs::Aws, "sync dev"),
    call(Needs::Aws, "sync --all --force"),
    call(Needs::Files, "sync dev --dry-run"),
    call(Needs::Files, "sync --prune"),
    console("console --profile dev", &[Kind::SignInToken]),
    console("console --profile dev --logout-first --destination s3", &[Kind::SignInToken]),
    Call { stdout: &[Kind::SignInToken], ..call(Needs::Aws, "console --profile dev --url") },
    console("console --profile dev --shortcut", &[]),
    call(Needs::Aws, "console --profile dev --shortcut --url"),
    call(Needs::Aws, "doctor"),
    call(Needs::Aws, "doctor --output json"),
    call(Needs::Files, "doctor --offline --profile dev"),
    call(Needs::Files, "complete bash -- --profile"),
    call(Needs::Files, "complete zsh -- --account-id"),
    ending(call(Needs::Files, "login corp"), 2),
    call(Needs::Nothing, "completions bash"),
    call(Needs::Nothing, "completions zsh"),
    call(Needs::Nothing, "completions fish"),
    call(Needs::Nothing, "completions powershell"),
    call(Needs::Nothing, "man"),
    call(Needs::Nothing, "man --dir pages"),
    call(Needs::Nothing, "--help"),
    call(Needs::Nothing, "--version"),
    ending(call(Needs::Nothing, "--no-such-option"), 2),
];

impl Call {
    /// The words of the command line.
    pub fn arguments(&self) -> Vec<&'static str> {
        let script =
            |word| SCRIPTS.iter().find(|(name, _)| *name == word).map_or(word, |(_, script)| *script);
        self.line.split(' ').map(script).collect()
    }
}

#[test]
fn every_command_is_called() {
    let home = stand_in::Sandbox::new(crate::common::PROGRAM);
    for (of, is_called) in [("", ""), ("configure", "configure ")] {
        let help = home.run(&[of, "--help"].into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>());
        let lines = help.stdout.lines().skip_while(|line| *line != "Commands:").skip(1);
        let names =
            lines.take_while(|line| !line.is_empty()).filter_map(|line| line.split_whitespace().next());
        let names: Vec<_> = names.filter(|name| *name != "help").collect();
        assert!(names.len() > 1, "{}", help.stdout);
        for name in names {
            let line = format!("{is_called}{name}");
            assert!(CALLS.iter().any(|call| call.line.starts_with(&line)), "no call of `{line}`");
        }
    }
}
