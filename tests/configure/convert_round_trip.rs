//! `configure convert` and `--back`: the file is as before, byte for byte, whatever it looks like.

use super::convert_plan::{Home, SESSION, all, back};

/// A small generator of random numbers (Knuth's MMIX), so that each seed gives the same files.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % limit as u64).unwrap()
    }

    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}

/// A config with some profiles in odd forms.
fn config(random: &mut Random) -> String {
    let ending = random.of(&["\n", "\n", "\n", "\r\n"]).to_owned();
    let mut text = random.of(&["", "# my config\n", "\n\n", "stray = 1\n"]).to_owned();
    let sections = 1 + random.below(5);
    for number in 0..sections {
        text.push_str(&profile(random, number, &ending));
    }
    text.push_str(&SESSION.replace('\n', &ending));
    for number in sections..sections + random.below(2) {
        text.push_str(&profile(random, number, &ending));
    }
    let cut = random.below(3);
    if cut == 0 { text.trim_end().to_owned() } else { text }
}

fn profile(random: &mut Random, number: usize, ending: &str) -> String {
    let indent = random.of(&["", "", "", "  ", "\t"]);
    let separator = random.of(&[" = ", " = ", "=", " =", "\t=\t", ": "]);
    let is_legacy = random.below(2) == 0;
    let mut settings: Vec<String> = if is_legacy {
        let url = random.of(&[
            "https://x.awsapps.com/start",
            "https://x.awsapps.com/start#/",
            "https://d-1.awsapps.com/start/",
        ]);
        vec![format!("sso_start_url{separator}{url}"), format!("sso_region{separator}us-east-1")]
    } else {
        vec![format!("sso_session{separator}corp")]
    };
    settings.push(format!("sso_account_id{separator}{:012}", random.below(1_000_000_000)));
    settings.push(format!("sso_role_name{separator}{}", random.of(&["Developer", "a+b=c", "X.y@z-1"])));
    let others = [
        "region = eu-west-1",
        "output=json",
        "s3 =\n INDENT max_concurrent_requests = 20\n INDENT\n INDENT addressing_style = path",
        "# a comment",
        "",
        "; sso_session = other",
        "cli_pager =",
        "sso_interactive_auth = true",
        "sso_interactive_auth = no",
        "sso_registration_scopes = sso:account:access",
        "sso_auto_populated = true",
        "ca_bundle = /x.pem",
        "credential_process = aws-sso-util credential-process --profile x",
        "role_session_name = me",
        "# aws-sso-cred: note",
    ];
    for _ in 0..random.below(6) {
        let other = random.of(&others);
        let at = random.below(settings.len() + 1);
        if !settings.iter().any(|setting| setting.split(['=', ':']).next() == other.split(['=', ':']).next())
        {
            settings.insert(at, other.replace(" INDENT", &format!("{indent}  ")));
        }
    }
    if random.below(4) == 0 {
        random.shuffle(&mut settings);
    }
    let name = random.of(&["p", "My-Profile.", "équipe", "a/b"]);
    let mut lines = vec![random.of(&["", "# above", ""]).to_owned()];
    lines.push(format!("[profile {name}{number}]{}", random.of(&["", "", " # c", "  "])));
    for setting in settings {
        let comment = if random.below(8) == 0 && !setting.is_empty() {
            random.of(&[" # c", "  ; x", " \t"])
        } else {
            ""
        };
        // A block is in several lines.
        let (first, rest) =
            setting.split_once('\n').map_or((setting.as_str(), None), |(first, rest)| (first, Some(rest)));
        lines.push(format!("{indent}{first}{comment}"));
        lines.extend(rest.into_iter().flat_map(str::lines).map(str::to_owned));
    }
    lines.iter().fold(String::new(), |text, line| text + line + ending)
}

#[test]
fn any_config_is_the_same_after_it_was_converted_and_put_back() {
    let home = Home::new();
    let (mut converted, mut short) = (0, 0);
    for seed in 0..files() {
        let before = config(&mut Random(seed));
        let there = home
            .plan(&all(), before.as_bytes())
            .unwrap_or_else(|error| panic!("seed {seed}: {error}\n{before}"));
        assert!(there.left.is_empty(), "seed {seed}: {:?}\n{before}", there.left);
        let again = home
            .plan(&back(all()), &there.text)
            .unwrap_or_else(|error| panic!("seed {seed}: {error}\n{before}"));
        let after = String::from_utf8(again.text).unwrap();
        assert!(
            after == before,
            "seed {seed}\n--- before\n{before}\n--- converted\n{}\n--- after\n{after}",
            String::from_utf8_lossy(&there.text)
        );
        assert_eq!(there.changed.len(), again.changed.len());
        converted += there.changed.len();
        short += usize::from(!String::from_utf8_lossy(&there.text).contains("# aws-sso-cred: sso_"));
    }
    assert!(converted > 500 && short > 20, "{converted} {short}");
}

/// The number of files; more with `CONVERT_FILES`.
fn files() -> u64 {
    std::env::var("CONVERT_FILES").ok().and_then(|number| number.parse().ok()).unwrap_or(300)
}

/// A section with these lines below its header.
fn with_lines(lines: &str) -> String {
    format!("{SESSION}\n[profile dev]\nsso_session = corp\nsso_account_id = 111122223333\n{lines}")
}

#[test]
fn lines_without_a_value_come_back() {
    let home = Home::new();
    let role = "sso_role_name = Developer\n";
    for lines in [
        format!("sso_start_url =\n{role}"),
        format!("{role}SSO_Region =  ; later\n"),
        format!("sso_interactive_auth=\n{role}credential_process =\n"),
        format!("sso_registration_scopes =\n{role}"),
        format!("sso_role_name =\n{role}"),
    ] {
        let before = with_lines(&lines);
        let there = home.plan(&all(), before.as_bytes()).unwrap();
        assert_eq!(there.changed.len(), 1);
        let again = home.plan(&back(all()), &there.text).unwrap();
        assert_eq!(String::from_utf8(again.text).unwrap(), before);
    }
}

#[test]
fn a_comment_of_a_person_that_begins_with_the_mark_stays_a_comment() {
    let home = Home::new();
    let before = with_lines("# aws-sso-cred: region = eu-west-1 until May\nsso_role_name = Developer\n");
    let there = home.plan(&all(), before.as_bytes()).unwrap();
    let again = home.plan(&back(all()), &there.text).unwrap();
    assert_eq!(String::from_utf8(again.text).unwrap(), before);
}

#[test]
fn a_key_that_goes_on_in_another_line_is_not_replaced() {
    let home = Home::new();
    let keys = with_lines("sso_role_name = A\n  ; note\n  region = us-east-1\nsso_role_name = Developer\n");
    let line = format!(
        "{SESSION}\n[profile dev]\ncredential_process = aws-sso-cred --sso-session corp\n  \
         --account-id 111122223333 --role-name Developer\n"
    );
    for (options, text, number) in [(all(), keys, 9), (back(all()), line, 7)] {
        let left = home.plan(&options, text.as_bytes()).unwrap().left;
        let words = format!("line {number} has a value of several lines");
        assert!(left.len() == 1 && left[0].to_string().contains(&words), "{left:?}");
    }
}
