//! Which credential provider each SDK uses for a profile.
//!
//! Each family of SDKs has a file with its rules. `tests/consumers/providers.py` holds the rules of the SDKs
//! that it can run to what those do. Names and lines that an SDK does not read are looked at last.
//! Credentials of an EC2 instance are not considered.

mod botocore;
mod go;
mod javascript;
mod others;
mod provider;
mod ruby;
mod rust;
mod seen;
mod unread;

use self::provider::Provider;
pub(super) use self::seen::Seen;
use self::unread::OddLines;
pub(super) use self::unread::lines_refused;
use super::profile::Names;

/// An SDK or tool, and the provider that it uses for a profile.
pub(super) struct Provided {
    pub(super) consumer: &'static str,
    /// With the profile in `AWS_PROFILE`.
    pub(super) provider: Provider,
    /// If the program names the profile itself: by `--profile` or in its code.
    pub(super) named: Provider,
}

/// The SDKs and tools.
const CONSUMERS: &str = "boto3,AWS CLI v1,AWS CLI v2,JavaScript v3,JavaScript v2,Go v2,Go v1,Terraform,Rust,\
                         Ruby,Java v2,.NET,PHP,C++";

fn provider_of(consumer: &str, seen: &Seen<'_>) -> Provider {
    match consumer {
        "JavaScript v3" => javascript::v3(seen),
        "JavaScript v2" => javascript::v2(seen),
        "Go v2" | "Terraform" => go::v2(seen),
        "Go v1" => go::v1(seen),
        "Rust" => rust::provider(seen),
        "Ruby" => ruby::provider(seen),
        "Java v2" => others::java(seen),
        ".NET" => others::dot_net(seen),
        "PHP" => others::php(seen),
        "C++" => others::cpp(seen),
        _ => botocore::provider(seen),
    }
}

/// What each SDK and tool uses for a profile.
pub(super) fn providers(seen: &Seen<'_>) -> Vec<Provided> {
    let (is_long, odd) = (is_long(seen), OddLines::of(seen));
    let of = |consumer: &str, seen: &Seen<'_>| {
        if is_long {
            return Provider::nothing("source_profile leads through more than 50 profiles");
        }
        unread::provider(consumer, seen, &odd, provider_of(consumer, seen))
    };
    let named = seen.named();
    let provided =
        |consumer| Provided { consumer, provider: of(consumer, seen), named: of(consumer, &named) };
    CONSUMERS.split(',').map(provided).collect()
}

/// Whether `source_profile` leads so far that its way is not gone. A circle has an end for each SDK.
fn is_long(seen: &Seen<'_>) -> bool {
    const MOST: usize = 50;
    let mut way = vec![seen.profile];
    while let Some(source) = way.last().and_then(|profile| seen.get(profile, seen::SOURCE)) {
        if way.contains(&source) {
            return false;
        }
        way.push(source);
        if way.len() > MOST {
            return true;
        }
    }
    false
}

/// The SDKs and tools that pass over `credential_process` of a profile because of its `sso_` keys, whatever
/// the environment has; and why one of them gets no credentials.
pub(super) fn that_pass_over_a_line(names: &Names<'_>, profile: &str) -> (Vec<&'static str>, Option<String>) {
    // Without it, two SDKs do not read the config at all.
    let variable = |name: &str| (name == "AWS_SDK_LOAD_CONFIG").then(|| "1".to_owned());
    let (mut consumers, mut why) = (Vec::new(), None);
    let named = Seen::new(profile, names, &variable).named();
    for consumer in CONSUMERS.split(',') {
        match provider_of(consumer, &named) {
            Provider::SsoKeys => {}
            Provider::Nothing(reason) => why = why.or(Some(reason)),
            _ => continue,
        }
        consumers.push(consumer);
    }
    (consumers, why)
}

impl Provided {
    /// Both ways to choose the profile, in words.
    pub(super) fn text(&self) -> String {
        let mut text = self.provider.text();
        if self.named != self.provider {
            text.push_str("; if the program names the profile: ");
            text.push_str(&self.named.text());
        }
        text
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test writes files")]
mod tests {
    use super::super::keys;
    use super::super::source_file::SourceFile;
    use super::*;
    use crate::config::header::Dialect;
    use crate::context::Context;
    use crate::timestamp::Timestamp;

    const LINE: &str = "credential_process = aws-sso-cred --profile role\n";
    const ROLE: &str = "sso_account_id = 111122223333\nsso_role_name = Developer\n";
    const SESSION: &str = "sso_session = corp\n";
    const LEGACY: &str = "sso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n";
    const KEYS: &str = "aws_access_key_id = AKIA\naws_secret_access_key = s\n";
    const ASSUMED: &str = "role_arn = arn:aws:iam::111122223333:role/x\n";
    const TOKEN: &str = "web_identity_token_file = /token\n";
    const UNSEEN: [&str; 4] = ["Java v2", ".NET", "PHP", "C++"];

    /// What the SDKs that no test runs use for `[profile dev]`, which has these lines in either file.
    fn unseen_with(config: &str, credentials: &str, variables: &[(&str, &str)]) -> [String; 4] {
        let config = format!("[profile dev]\n{config}");
        let told = told_of("dev", &config, &format!("[dev]\n{credentials}"), variables);
        UNSEEN.map(|consumer| told.iter().find(|(known, _)| *known == consumer).unwrap().1.clone())
    }

    /// What each SDK uses for a profile of these files.
    fn told_of(
        profile: &str,
        config: &str,
        credentials: &str,
        variables: &[(&str, &str)],
    ) -> Vec<(&'static str, String)> {
        let home = tempfile::tempdir().unwrap();
        let aws = home.path().join(".aws");
        std::fs::create_dir(&aws).unwrap();
        let session = format!("[sso-session corp]\n{LEGACY}\n[profile keys]\n{KEYS}\n");
        std::fs::write(aws.join("config"), format!("{session}{config}")).unwrap();
        std::fs::write(aws.join("credentials"), credentials).unwrap();
        let home = home.path().to_string_lossy().into_owned();
        let context =
            Context::fake(&[&[("HOME", home.as_str())], variables].concat(), Timestamp::from_unix(0));
        let files =
            [Dialect::Config, Dialect::Credentials].map(|dialect| SourceFile::read(&context, dialect));
        let files = [&files[0], &files[1]];
        let names = Names {
            lines_refused: lines_refused(files),
            profiles: keys::profiles(files).into_iter().map(|keys| (keys.name, keys)).collect(),
            sessions: keys::sessions(files).into_iter().map(|keys| (keys.name, keys)).collect(),
        };
        let variable = |name: &str| context.variable(name);
        let all = providers(&Seen::new(profile, &names, &variable));
        all.iter().map(|provided| (provided.consumer, provided.text())).collect()
    }

    #[track_caller]
    fn assert_unseen(config: &str, credentials: &str, expected: [&str; 4]) {
        let found = unseen_with(config, credentials, &[]);
        for (at, consumer) in UNSEEN.into_iter().enumerate() {
            assert!(found[at].starts_with(expected[at]), "{consumer}: {}, not {}", found[at], expected[at]);
        }
    }

    const PROCESS: &str = "credential_process";
    const SSO: &str = "sso_ keys";
    const NONE: &str = "no credentials: ";
    const CREDENTIALS: &str = "access keys in the credentials file";
    const CONFIG: &str = "access keys in the config file";

    #[test]
    fn a_line_alone_is_used_by_every_sdk() {
        assert_unseen(LINE, "", [PROCESS; 4]);
        // aws-sdk-cpp looks for the line in the config file only.
        assert_unseen("", LINE, [PROCESS, PROCESS, PROCESS, NONE]);
    }

    // ProfileCredentialsUtils.java, CredentialProfileTypeDetector.cs, CredentialProvider.php and
    // AWSCredentialsProviderChain.cpp.
    #[test]
    fn sso_keys_beside_a_line_win_but_for_cpp() {
        assert_unseen(&[LINE, SESSION, ROLE].concat(), "", [SSO, SSO, SSO, PROCESS]);
        assert_unseen(&[LINE, LEGACY, ROLE].concat(), "", [SSO, SSO, SSO, PROCESS]);
        assert_unseen(&[LINE, SESSION].concat(), "", [NONE, NONE, PROCESS, PROCESS]);
        assert_unseen(&[LINE, ROLE].concat(), "", [NONE, NONE, PROCESS, PROCESS]);
        assert_unseen(&[LINE, "sso_session = nowhere\n", ROLE].concat(), "", [NONE, NONE, PROCESS, PROCESS]);
    }

    #[test]
    fn access_keys_beside_a_line_or_sso_keys() {
        assert_unseen(LINE, KEYS, [PROCESS, NONE, CREDENTIALS, CREDENTIALS]);
        assert_unseen(&[LINE, KEYS].concat(), "", [PROCESS, NONE, PROCESS, CONFIG]);
        assert_unseen(&[SESSION, ROLE].concat(), KEYS, [SSO, SSO, SSO, CREDENTIALS]);
        assert_unseen("", KEYS, [CREDENTIALS; 4]);
        assert_unseen("", "aws_access_key_id = AKIA\n", [NONE; 4]);
    }

    #[test]
    fn dot_net_knows_a_line_only_by_itself() {
        for more in ["endpoint_url = http://127.0.0.1:1\n", "services = local\n", ASSUMED] {
            let [java, dot_net, ..] = unseen_with(&[LINE, more].concat(), "", &[]);
            assert!(dot_net.starts_with(NONE), "{more}: {dot_net}");
            assert_eq!(java, PROCESS);
        }
        let [_, dot_net, ..] = unseen_with(&[LINE, "region = eu-west-1\noutput = json\n"].concat(), "", &[]);
        assert_eq!(dot_net, PROCESS);
    }

    #[test]
    fn roles_and_web_identities() {
        let of_keys = [ASSUMED, "source_profile = keys\n"].concat();
        assert_unseen(&of_keys, "", ["role_arn, by access keys", "role_arn, by access keys", NONE, NONE]);
        let of_itself = [ASSUMED, "source_profile = dev\n"].concat();
        assert_unseen(&of_itself, "", [NONE; 4]);
        let web = "web identity token";
        assert_unseen(&[ASSUMED, TOKEN].concat(), "", [web; 4]);
    }

    #[test]
    fn the_environment_comes_first() {
        let keys = [("AWS_ACCESS_KEY_ID", "AKIA"), ("AWS_SECRET_ACCESS_KEY", "s")];
        let environment = "AWS_ACCESS_KEY_ID in the environment";
        let of_net = format!("{environment}; if the program names the profile: {PROCESS}");
        assert_eq!(unseen_with(LINE, "", &keys), [environment, &of_net, environment, environment]);
        let container = [("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/")];
        let [java, _, php, cpp] = unseen_with("region = eu-west-1\n", "", &container);
        assert_eq!([java, php, cpp], ["container credentials"; 3]);
    }

    /// The SDKs that have no credentials for `profile` of this config. Found with the SDKs themselves.
    #[track_caller]
    fn assert_lost(profile: &str, config: &str, expected: &str) {
        let told = told_of(profile, config, "", &[("AWS_SDK_LOAD_CONFIG", "1")]);
        let lost = told.iter().filter(|(_, text)| text.starts_with(NONE)).map(|(consumer, _)| *consumer);
        assert_eq!(lost.collect::<Vec<_>>().join(","), expected, "{config}");
    }

    #[test]
    fn a_name_that_an_sdk_does_not_read_gives_it_no_credentials() {
        let all = "boto3,AWS CLI v1,AWS CLI v2";
        assert_lost("dev", &format!("[profile dev]\n{LINE}"), "");
        let blank = format!("[profile my dev]\n{LINE}");
        assert_lost("my dev", &blank, &format!("{all},JavaScript v3,Rust,C++"));
        assert_lost("équipe", &format!("[profile équipe]\n{LINE}"), "JavaScript v3,Rust,C++");
        let others = "JavaScript v2,Go v2,Go v1,Terraform,Rust,Ruby,C++";
        assert_lost("dev", &format!("[profile \"dev\"]\n{LINE}"), others);
        let quoted = format!("[profile 'my dev']\n{LINE}");
        assert_lost("my dev", &quoted, &format!("JavaScript v3,{others}"));
    }

    #[test]
    fn a_line_that_an_sdk_refuses_gives_it_no_credentials() {
        const BOTO3: &str = "boto3,AWS CLI v1,AWS CLI v2";
        let with = |before: &str, after: &str| format!("{before}[profile dev]\n{LINE}{after}");
        let both = format!("{BOTO3},Rust");
        assert_lost("dev", &with("", "[profile x]\nnonsense\n"), &both);
        assert_lost("dev", &with("", "[profile x]\nregion = a\nregion = b\n"), BOTO3);
        assert_lost("dev", &with("", "[profile dev]\nregion = a\n"), BOTO3);
        assert_lost("dev", &with("", "[profile x]\nregion: a\n"), "Rust");
        assert_lost("dev", &with("", "[profile x]\nregion = a # home\n"), "");
    }

    #[test]
    fn a_comment_or_a_capital_letter_may_cost_the_credentials() {
        let session = format!("[profile dev]\nsso_session = corp # home\n{ROLE}");
        assert_lost("dev", &session, "boto3,AWS CLI v1,AWS CLI v2,Ruby");
        let capital = LINE.replace("credential", "Credential");
        let lost = "JavaScript v3,JavaScript v2,Go v1,Ruby,C++";
        assert_lost("dev", &format!("[profile dev]\n{capital}"), lost);
    }
}
