//! The world around the program: a home directory, a stand-in for IAM Identity Center, and an SDK.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;
use stand_in::{IdentityCenter, Output, Sandbox};

/// The result of a step; the error says what differs from the description.
pub type Checked<T = ()> = Result<T, String>;

pub const ACCOUNT: &str = "111122223333";
pub const ROLE: &str = "Developer";

/// The time after which a process counts as hanging. It is long, so that a slow computer does not
/// reach it.
pub const HANG: Duration = Duration::from_secs(60);

pub struct World {
    pub aws: IdentityCenter,
    pub home: Sandbox,
    /// Everything that the program printed for people so far, to be searched for secrets.
    pub said: Vec<String>,
    programs: tempfile::TempDir,
    steps: usize,
}

impl World {
    pub fn new(program: &Path) -> Checked<Self> {
        let programs = tempfile::tempdir().map_err(|error| format!("no temporary directory: {error}"))?;
        this_program_as(programs.path(), "browser")?;
        this_program_as(programs.path(), "command")?;
        let aws = IdentityCenter::start();
        let mut home = Sandbox::new(&program.display().to_string());
        home.point_at(&aws);
        home.set_identity_center(&aws.start_url(), "eu-west-1");
        home.set_deadline(HANG);
        println!("A temporary home: {}", home.home().display());
        println!("A stand-in for AWS: {}", aws.url());
        Ok(Self { aws, home, said: Vec::new(), programs, steps: 0 })
    }

    /// Begins a step. Requests are counted from here.
    pub fn step(&mut self, title: &str) {
        self.steps += 1;
        println!("\n{}. {title}", self.steps);
        self.aws.clear_requests();
    }

    /// Sets `BROWSER` to the browser of this example, or removes it.
    pub fn give_browser(&mut self, wanted: bool) {
        if wanted {
            let browser = self.programs.path().join(format!("browser{}", std::env::consts::EXE_SUFFIX));
            self.home.env("BROWSER", &format!("'{}' %s", browser.display()));
        } else {
            self.home.env_remove("BROWSER");
        }
    }

    /// Runs a command that a person types.
    pub fn person(&mut self, arguments: &[&str]) -> Output {
        println!("   $ aws-sso-cred {}", arguments.join(" "));
        let output = self.home.run(arguments);
        self.heard(&output);
        output
    }

    /// Does what an SDK does: runs the `credential_process` line of the profile `dev`, and reads JSON from
    /// its stdout.
    pub fn sdk(&mut self) -> Output {
        let arguments = self.sdk_arguments();
        let output = self.home.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        self.heard(&output);
        output
    }

    /// Does the same as [`Self::sdk`], `count` times at once.
    pub fn sdks(&mut self, count: usize) -> Vec<Output> {
        let arguments = self.sdk_arguments();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let outputs = self.home.run_many(count, |_| arguments.clone());
        for output in &outputs {
            self.heard(output);
        }
        outputs
    }

    /// The text of `~/.aws/config`; empty if there is none.
    pub fn config(&self) -> String {
        fs::read_to_string(self.home.config_path()).unwrap_or_default()
    }

    /// The arguments of the command line in the config, as an SDK splits it.
    fn sdk_arguments(&self) -> Vec<String> {
        let config = self.config();
        let command = config.lines().find_map(|line| line.strip_prefix("credential_process = "));
        command.unwrap_or_default().split_whitespace().skip(1).map(str::to_owned).collect()
    }

    /// A program of this example that `exec` can start: it prints which credentials it has.
    pub fn command(&self) -> String {
        self.programs.path().join(format!("command{}", std::env::consts::EXE_SUFFIX)).display().to_string()
    }

    fn heard(&mut self, output: &Output) {
        self.said.push(output.stderr.clone());
        // On success, stdout has the credentials, which are secret.
        if output.status != 0 {
            self.said.push(output.stdout.clone());
        }
    }

    /// The names of the requests since the step began, for people.
    pub fn requests(&self) -> String {
        let names: Vec<String> =
            self.aws.requests().iter().map(|request| format!("{:?}", request.operation)).collect();
        if names.is_empty() { "no request".to_owned() } else { names.join(", ") }
    }

    pub fn token_file(&self) -> PathBuf {
        self.home.token_path("corp")
    }

    pub fn role_file(&self) -> PathBuf {
        self.home.role_path(ACCOUNT, ROLE, Some("corp"), "")
    }

    /// Makes the files say that the token and the role credentials have expired.
    pub fn expire_everything(&self) -> Checked {
        let past = "2020-01-01T00:00:00Z";
        edit(&self.token_file(), |token| token["expiresAt"] = past.into())?;
        edit(&self.role_file(), |role| role["Credentials"]["Expiration"] = past.into())
    }
}

fn edit(path: &Path, change: impl FnOnce(&mut Value)) -> Checked {
    let problem = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let text = fs::read(path).map_err(|error| problem(&error))?;
    let mut document: Value = serde_json::from_slice(&text).map_err(|error| problem(&error))?;
    change(&mut document);
    fs::write(path, document.to_string()).map_err(|error| problem(&error))
}

/// Puts a copy of this example into `directory`, called `name`.
fn this_program_as(directory: &Path, name: &str) -> Checked {
    let path = directory.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    let made = std::env::current_exe()
        .and_then(|this| fs::hard_link(&this, &path).or_else(|_| fs::copy(&this, &path).map(drop)));
    made.map_err(|error| format!("cannot set up {name}: {error}"))
}
