//! The situations in which each command runs, each with secrets of its own.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;

use stand_in::{Fault, Operation, SECRET_MARK, Times};

use crate::calls::{Call, Needs};
use crate::common::{ACCOUNT, ROLE, World};
use crate::hunt::Kind;

/// A world with a browser, and the secrets that the scenario put into it.
pub struct Scene {
    pub world: World,
    pub secrets: Vec<(Kind, String)>,
}

#[derive(Clone, Copy)]
pub struct Scenario {
    pub name: &'static str,
    /// Changes the scene, in which a person is signed in for an hour.
    pub prepare: fn(&mut Scene),
    /// The least need of the commands that run in it.
    pub least: Needs,
    /// Whether commands run in it that differ from others in their output only.
    pub variants: bool,
    /// Whether the debug log and the audit log are on.
    pub logs: bool,
}

const fn scenario(name: &'static str, least: Needs, prepare: fn(&mut Scene)) -> Scenario {
    Scenario { name, prepare, least, variants: false, logs: true }
}

const fn with_variants(scenario: Scenario) -> Scenario {
    Scenario { variants: true, ..scenario }
}

/// The scenario in which every call ends with its status.
pub const SIGNED_IN: &str = "signed in";

pub const SCENARIOS: &[Scenario] = &[
    Scenario { logs: false, ..with_variants(scenario(SIGNED_IN, Needs::Nothing, |_| {})) },
    with_variants(scenario("hit", Needs::Aws, |scene| drop(scene.world.cache_role(3600)))),
    scenario("the option --debug", Needs::Files, |_| {}),
    scenario("refresh", Needs::Aws, |scene| drop(scene.world.sign_in(60))),
    scenario("refresh refused", Needs::Aws, |scene| {
        scene.world.sign_in(-1);
        let refused = Fault::Error { status: 400, code: "invalid_grant", message: "over" };
        scene.world.aws.fault(Operation::CreateToken, refused, Times::Once);
    }),
    scenario("not signed in", Needs::Files, |scene| {
        fs::remove_file(scene.world.token_file()).unwrap();
        scene.world.home.env("AWS_SSO_INTERACTIVE_AUTH", "1");
    }),
    scenario("live keys where AWS says no", Needs::Aws, |scene| {
        scene.world.cache_role(600);
        scene.always(&Fault::Status(403));
    }),
    scenario("AWS repeats what it got", Needs::Aws, |scene| scene.always(&Fault::Repeat(400))),
    scenario("AWS repeats what it got in a refusal", Needs::Aws, |scene| scene.always(&Fault::Repeat(403))),
    scenario("AWS repeats a refresh", Needs::Aws, |scene| {
        scene.world.sign_in(-1);
        scene.world.aws.fault(Operation::CreateToken, Fault::Repeat(400), Times::Always);
    }),
    scenario("AWS answers garbage", Needs::Aws, |scene| {
        scene.always(&Fault::Garbage(format!("{{\"{SECRET_MARK}-garbage").into_bytes()));
        scene.add(Kind::WrongFile, &format!("{SECRET_MARK}-garbage"));
    }),
    scenario("AWS answers with other types", Needs::Aws, |scene| scene.always(&Fault::WrongTypes)),
    scenario("the address of a code has the device code", Needs::Aws, |scene| {
        fs::remove_file(scene.world.token_file()).unwrap();
        scene.world.home.env("AWS_SSO_INTERACTIVE_AUTH", "1");
        let code = "device-SECRETMARK-odd-0123456789";
        let url = scene.world.aws.url();
        let answer = format!(
            "{{\"deviceCode\":\"{code}\",\"userCode\":\"ABCD-EFGH\",\"verificationUri\":\"{url}/device\",\
             \"verificationUriComplete\":\"{url}/device?c={code}\",\"expiresIn\":2,\"interval\":1}}"
        );
        scene.add(Kind::DeviceCode, code);
        let answer = Fault::Garbage(answer.into_bytes());
        scene.world.aws.fault(Operation::StartDeviceAuthorization, answer, Times::Always);
    }),
    scenario("broken caches", Needs::Files, broken_caches),
    scenario("a token with a line break", Needs::Files, |scene| {
        let mut token = scene.world.token();
        let odd = format!("{SECRET_MARK}-first-line\n{SECRET_MARK}-second-line");
        scene.add(Kind::AccessToken, &format!("{SECRET_MARK}-first-line"));
        scene.add(Kind::AccessToken, &format!("{SECRET_MARK}-second-line"));
        token["accessToken"] = odd.into();
        scene.world.home.write_token("corp", &token);
    }),
    scenario("wrong files in the place of caches", Needs::Files, |scene| {
        let text = scene.wrong_text();
        scene.world.cache_role(3600);
        fs::write(scene.world.token_file(), &text).unwrap();
        fs::write(scene.world.role_file(), format!("\"{text}\"")).unwrap();
    }),
    scenario("wrong files named in the environment", Needs::Nothing, wrong_files),
    scenario("a key in the place of certificates", Needs::Aws, |scene| {
        let path = scene.wrong_file("bundle");
        scene.world.home.env("AWS_CA_BUNDLE", path.to_str().unwrap());
        scene.world.home.env("AWS_ENDPOINT_URL_SSO", "https://localhost:9");
        scene.world.home.env("AWS_ENDPOINT_URL_SSO_OIDC", "https://localhost:9");
    }),
    with_variants(scenario("keys in the files", Needs::Nothing, keys_in_files)),
    with_variants(scenario("keys in the environment", Needs::Nothing, keys_in_environment)),
    scenario("a password in the start URL", Needs::Files, |scene| {
        let url = "https://person:SECRETMARKstartpassword@corp.awsapps.com/start";
        scene.add(Kind::StaticKeys, "SECRETMARKstartpassword");
        let config = fs::read_to_string(scene.world.home.config_path()).unwrap();
        scene.world.home.write_config(&config.replace("https://corp.awsapps.com/start", url));
    }),
    scenario("a proxy that refuses and repeats", Needs::Aws, refusing_proxy),
    scenario("a proxy of another kind", Needs::Aws, |scene| {
        scene.proxy("socks5://person:SECRETMARKproxypassword@127.0.0.1:9");
    }),
    scenario("no browser", Needs::Aws, |scene| scene.world.home.env("BROWSER", "/nonexistent/browser")),
];

impl Scene {
    pub fn add(&mut self, kind: Kind, secret: &str) {
        self.secrets.push((kind, secret.to_owned()));
    }

    fn always(&mut self, fault: &Fault) {
        for operation in Operation::ALL {
            self.world.aws.fault(operation, fault.clone(), Times::Always);
        }
    }

    /// A file of another program, which is none of the program's files.
    fn wrong_text(&mut self) -> String {
        let lines =
            ["SECRETMARKwrongfile0001abcdef", "SECRETMARKwrongfile0002/+=", "SECRETMARKwrongfile0003xyz"];
        for line in lines {
            self.add(Kind::WrongFile, line);
        }
        format!(
            "machine example.com password {}\n-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n\
             [section]\nkey {}\n  {} =\n",
            lines[0], lines[1], lines[0], lines[2]
        )
    }

    fn wrong_file(&mut self, name: &str) -> PathBuf {
        let path = self.world.home.temporary().join(name);
        let text = self.wrong_text();
        fs::write(&path, text).unwrap();
        path
    }

    /// Sends everything to hosts behind this proxy.
    fn proxy(&mut self, url: &str) {
        self.add(Kind::ProxyPassword, "SECRETMARKproxypassword");
        let home = &mut self.world.home;
        home.env("HTTPS_PROXY", url);
        for name in ["AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL_SSO_OIDC", "AWS_SSO_CRED_FEDERATION_URL"] {
            home.env(name, "https://stand-in.example:1");
        }
    }
}

fn broken_caches(scene: &mut Scene) {
    let world = &scene.world;
    world.cache_role(3600);
    // A list, a registration and a sign-in that waits, cut in the middle like everything else.
    let _ = world.home.run(&["list", "--profile", "dev"]);
    let _ = world.run(&["-i", "--wait", "0", "--force-refresh"]);
    let pending = world.home.state_dir().join("sessions");
    for entry in fs::read_dir(&pending).unwrap().flatten() {
        fs::write(entry.path().join("pending.json"), "{\"deviceCode\": \"device-SECRETMARK-cut-0123456789")
            .unwrap();
    }
    scene.add(Kind::DeviceCode, "device-SECRETMARK-cut-0123456789");
    for (path, _, content) in scene.world.home.all_files() {
        if path.extension().is_some_and(|extension| extension == "json") {
            fs::write(&path, &content[..content.len() * 2 / 3]).unwrap();
        }
    }
}

fn wrong_files(scene: &mut Scene) {
    for (name, file) in
        [("AWS_CONFIG_FILE", "wrong-config"), ("AWS_SHARED_CREDENTIALS_FILE", "wrong-credentials")]
    {
        let path = scene.wrong_file(file);
        scene.world.home.env(name, path.to_str().unwrap());
    }
    for (name, value) in [
        ("AWS_SSO_SESSION", "corp"),
        ("AWS_SSO_START_URL", "https://corp.awsapps.com/start"),
        ("AWS_SSO_REGION", "eu-west-1"),
        ("AWS_SSO_ACCOUNT_ID", ACCOUNT),
        ("AWS_SSO_ROLE_NAME", ROLE),
    ] {
        scene.world.home.env(name, value);
    }
}

fn keys_in_files(scene: &mut Scene) {
    let keys =
        ["SECRETMARKstatickey1/abcdefgh", "SECRETMARKstatickey2+ijklmnop", "SECRETMARKstatickey3/qrstuvwx"];
    for key in keys {
        scene.add(Kind::StaticKeys, key);
    }
    let [first, second, third] = keys;
    let profile = format!(
        "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = {first}\naws_session_token =\n  {second}\n\
         # aws_secret_access_key = {third}\n"
    );
    let config = fs::read_to_string(scene.world.home.config_path()).unwrap();
    let config = config.replace("[profile old]\n", &format!("{profile}\n[profile old]\n"));
    scene
        .world
        .home
        .write_config(&format!("{config}\n[profile broken]\naws_secret_access_key {first}\n{second}\n"));
    scene.world.home.write_credentials(&format!(
        "[default]\n{profile}\n[dev]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = {first}\n\
         [broken\naws_secret_access_key={second}\naws_session_token {third}\n"
    ));
}

fn keys_in_environment(scene: &mut Scene) {
    for (number, name) in [
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_SECURITY_TOKEN",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
        "AWS_BEARER_TOKEN_BEDROCK",
    ]
    .iter()
    .enumerate()
    {
        let secret = format!("SECRETMARKenvironment{number}/abcdefgh");
        scene.world.home.env(name, &secret);
        scene.add(Kind::StaticKeys, &secret);
    }
    scene.world.home.env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE");
}

/// A proxy that says what it got, in a header and in a page.
fn refusing_proxy(scene: &mut Scene) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    scene.proxy(&format!("http://person:SECRETMARKproxypassword@{address}"));
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut head = [0; 2048];
            let length = stream.read(&mut head).unwrap_or(0);
            let said = String::from_utf8_lossy(&head[..length]).replace("\r\n", " ");
            let _ = write!(
                stream,
                "HTTP/1.1 407 {said}\r\nX-Said: {said}\r\nContent-Length: {}\r\n\r\n{said}",
                said.len()
            );
        }
    });
}

impl Scenario {
    pub fn concerns(&self, call: &Call) -> bool {
        call.needs >= self.least && (self.variants || !call.variant)
    }
}
