//! Measures a fetch: `cargo bench --bench fetch`. It prints tables; no limit makes it fail.
//!
//! A fetch is a run without cached role credentials: one GetRoleCredentials over TLS to a server on
//! loopback, the written cache file and the printed credentials. For comparison, `curl` sends the
//! same request to the same server (`CURL` names it, else `PATH` is searched), and so do the AWS CLI
//! version 2 (`AWS_CLI`, else `aws` on `PATH`) and botocore in Python (`BOTOCORE_PYTHON`), if they are
//! installed. To measure another build of the program, set `AWS_SSO_CRED_BINARY`.

#![allow(missing_docs, clippy::expect_used, clippy::disallowed_methods, clippy::disallowed_macros)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};

use stand_in::{IdentityCenter, Operation, Sandbox, TokenOptions};
use support::{ACCOUNT_ID, Contender, ROLE_NAME};

const ROUNDS: usize = 200;
const ROUNDS_OF_PYTHON: usize = 10;
const ROUNDS_AT_ONCE: usize = 15;
const AT_ONCE: [usize; 3] = [40, 50, 200];
const ROLES: usize = 20;
const PORTAL_TAKES: Duration = Duration::from_millis(50);
const SYSTEM_BUNDLE: &str = "/etc/ssl/certs/ca-certificates.crt";

const CONFIG: &str = "\
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access

[profile dev]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Developer
";

/// What every command here needs.
struct Scene {
    aws: IdentityCenter,
    home: Sandbox,
    program: PathBuf,
    access_token: String,
}

fn main() {
    let aws = IdentityCenter::builder().tls().start();
    let options = TokenOptions { expires_in: Duration::from_secs(8 * 3600), ..TokenOptions::default() };
    let token = aws.issue_token(&options);
    let mut home = Sandbox::new("/bin/true");
    home.write_config(CONFIG);
    home.point_at(&aws);
    home.write_cli_token("corp", &token, 8 * 3600);
    let program = support::installed(&home);
    let scene = Rc::new(Scene { aws, home, program, access_token: token.access_token });
    let authority = scene.aws.ca_pem().expect("it speaks TLS");

    let one = scene.bundle("one.pem", &authority);
    alone(&scene, "fetch", "one at a time, trusting one authority", &one);
    if let Ok(system) = fs::read_to_string(SYSTEM_BUNDLE) {
        let many = scene.bundle("many.pem", &(system + &authority));
        alone(
            &scene,
            "fetch-system-authorities",
            "one at a time, trusting the system's authorities too",
            &many,
        );
    }
    let memory = support::peak_memory(&scene.fetch(&one));
    memory.into_iter().for_each(|kib| support::print_figure("fetch-memory", kib / 1024.0));
    for count in AT_ONCE {
        at_once(&scene, count, &one);
    }
    many_roles(&scene, &one);
    trust_error(&scene);
}

impl Scene {
    fn bundle(&self, name: &str, authorities: &str) -> PathBuf {
        let path = self.home.temporary().join(name);
        fs::write(&path, authorities).expect("the sandbox can be written");
        path
    }

    fn forget_credentials(&self) {
        let _ = fs::remove_file(self.home.role_path(ACCOUNT_ID, ROLE_NAME, Some("corp"), ""));
    }

    /// Removes the cached role credentials, and gives the command that fetches them.
    fn fetch(&self, bundle: &Path) -> Command {
        self.forget_credentials();
        self.run(&self.program, &["--profile", "dev", "--noninteractive"], bundle)
    }

    fn run(&self, program: &Path, arguments: &[&str], bundle: &Path) -> Command {
        let mut command = support::command(&self.home, program, arguments);
        command.env("AWS_CA_BUNDLE", bundle);
        command
    }

    fn curl(&self, curl: &Path, bundle: &Path) -> Command {
        let place = "federation/credentials";
        let url = format!("{}/{place}?account_id={ACCOUNT_ID}&role_name={ROLE_NAME}", self.aws.url());
        let header = format!("x-amz-sso_bearer_token: {}", self.access_token);
        let mut command =
            self.run(curl, &["--silent", "--fail", "--header", &header, &url, "--cacert"], bundle);
        command.arg(bundle);
        command
    }
}

fn fetches(scene: &Rc<Scene>, bundle: &Path) -> Contender {
    let (scene, bundle) = (Rc::clone(scene), bundle.to_owned());
    Contender::new("fetch", move || scene.fetch(&bundle))
}

/// The same request by other tools, as far as they are installed.
fn peers(scene: &Rc<Scene>, bundle: &Path) -> Vec<Contender> {
    let export = ["configure", "export-credentials", "--profile", "dev", "--format", "process"];
    let python = std::env::var_os("BOTOCORE_PYTHON").map(PathBuf::from);
    let peer = |label, program, arguments: &[&'static str]| {
        let (scene, bundle, arguments) = (Rc::clone(scene), bundle.to_owned(), arguments.to_vec());
        let run = move |program: &Path| {
            scene.forget_credentials();
            scene.run(program, &arguments, &bundle)
        };
        support::peer(label, program, "ASIA", run).map(|peer| peer.every(ROUNDS / ROUNDS_OF_PYTHON))
    };
    let peers = [
        curl(scene, bundle),
        peer("aws configure export-credentials", support::find("AWS_CLI", "aws"), &export),
        peer("botocore in Python", python, &["-c", BOTOCORE]),
    ];
    peers.into_iter().flatten().collect()
}

fn curl(scene: &Rc<Scene>, bundle: &Path) -> Option<Contender> {
    let (scene, bundle) = (Rc::clone(scene), bundle.to_owned());
    support::peer("curl", support::find("CURL", "curl"), "ASIA", move |curl| scene.curl(curl, &bundle))
}

const BOTOCORE: &str = "
from botocore.session import Session
print(Session(profile='dev').get_credentials().get_frozen_credentials().access_key)
";

fn alone(scene: &Rc<Scene>, name: &str, title: &str, bundle: &Path) {
    let mut all = vec![fetches(scene, bundle)];
    all.extend(peers(scene, bundle));
    support::compare(ROUNDS, &mut all);
    support::print_table(title, &all);
    for peer in &all[1..] {
        support::print_ratio(&format!("{name}-over-{}", peer.name()), &all[0], peer);
    }
}

/// Measures many processes that start at once without cached credentials, with a slow access portal.
fn at_once(scene: &Rc<Scene>, count: usize, bundle: &Path) {
    scene.aws.delay(Operation::GetRoleCredentials, PORTAL_TAKES);
    let mut all = vec![fetches(scene, bundle).at_once(count)];
    all.extend(curl(scene, bundle).map(|curl| curl.at_once(count)));
    support::compare(ROUNDS_AT_ONCE, &mut all);
    support::print_table(&format!("{count} at once, the portal takes 50 ms"), &all);
    scene.aws.clear_requests();
    support::compare(1, &mut all[..1]);
    let requests = scene.aws.requests().len() / (1 + support::WARM_UP);
    scene.aws.delay(Operation::GetRoleCredentials, Duration::ZERO);
    let beyond = all[0].median().saturating_sub(PORTAL_TAKES).as_secs_f64() * 1000.0;
    println!("{requests} requests to AWS; {beyond:.1} ms more than the portal");
    support::print_figure(&format!("fetches-{count}-beyond-the-portal"), beyond);
    for peer in &all[1..] {
        support::print_ratio(&format!("fetches-{count}-over-{}", peer.name()), &all[0], peer);
    }
}

/// Measures 200 processes for 20 roles at a portal that answers 10 requests a second.
fn many_roles(scene: &Rc<Scene>, bundle: &Path) {
    for number in 0..ROLES {
        scene.aws.add_role(ACCOUNT_ID, &format!("Role{number}"));
    }
    scene.aws.rate_limit(Operation::GetRoleCredentials, 10, None);
    scene.aws.clear_requests();
    let mut commands: Vec<Command> = (0..10 * ROLES)
        .map(|number| {
            let role = format!("Role{}", number % ROLES);
            let role = ["--sso-session", "corp", "--account-id", ACCOUNT_ID, "--role-name", &role];
            scene.run(&scene.program, &role, bundle)
        })
        .collect();
    let began = Instant::now();
    let running = commands.iter_mut().map(|command| command.stdout(Stdio::null()).spawn());
    let running: Vec<_> = running.map(|child| child.expect("the program can be started")).collect();
    for mut child in running {
        let status = child.wait().expect("a child can be waited for");
        assert!(status.success(), "a role got no credentials: {status}");
    }
    let took = began.elapsed().as_secs_f64();
    scene.aws.rate_limit(Operation::GetRoleCredentials, 0, None);
    // Ten at once, and ten more in the second after.
    let requests = scene.aws.requests().len();
    println!("\n200 processes for {ROLES} roles, 10 requests a second: {took:.1} s, {requests} requests");
    support::print_figure("many-roles-over-least-time", took);
}

/// Measures how long the program takes to report an untrusted certificate.
fn trust_error(scene: &Scene) {
    let mut took = Vec::new();
    let mut said = String::new();
    for _ in 0..9 {
        let mut command = scene.fetch(Path::new(""));
        command.env_remove("AWS_CA_BUNDLE");
        let began = Instant::now();
        let output = command.output().expect("the program can be started");
        took.push(began.elapsed());
        said = String::from_utf8_lossy(&output.stderr).into_owned();
    }
    let milliseconds = support::median(&took).as_secs_f64() * 1000.0;
    println!("\na certificate that is not trusted: {milliseconds:.1} ms to\n{said}");
    support::print_figure("trust-error", milliseconds);
}
