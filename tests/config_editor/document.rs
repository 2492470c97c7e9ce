//! Changes of a text in memory.

use aws_sso_cred::config_editor::{ConfigurationFile, Document, SectionName};
use aws_sso_cred::error::Error;

pub fn profile(name: &str) -> SectionName {
    SectionName::Profile(name.to_owned())
}

pub fn session(name: &str) -> SectionName {
    SectionName::SsoSession(name.to_owned())
}

pub fn parse(text: impl AsRef<[u8]>) -> Document {
    Document::parse(ConfigurationFile::Config, "~/.aws/config", text.as_ref().to_vec()).unwrap()
}

/// The text after a change.
fn changed(text: &str, change: impl FnOnce(&mut Document) -> Result<(), Error>) -> String {
    let mut document = parse(text);
    change(&mut document).unwrap();
    String::from_utf8(document.bytes()).unwrap()
}

/// The first line of the error of a change.
fn refused(text: impl AsRef<[u8]>, change: impl FnOnce(&mut Document) -> Result<(), Error>) -> String {
    change(&mut parse(text)).unwrap_err().text().what
}

fn set(text: &str, name: &str, key: &str, value: &str) -> String {
    changed(text, |document| document.set(&profile(name), key, value))
}

#[test]
fn a_value_is_replaced_in_its_line() {
    let text = "\u{feff}# mine\r\n[profile a]\r\nregion=us-east-1  \r\noutput = json\n\n; end";
    assert_eq!(
        set(text, "a", "region", "eu-west-1"),
        "\u{feff}# mine\r\n[profile a]\r\nregion=eu-west-1  \r\noutput = json\n\n; end"
    );
}

#[test]
fn a_new_key_goes_behind_the_last_key_in_its_style() {
    for (before, after) in [
        ("[profile a]\nregion = x\n\n[profile b]\n", "[profile a]\nregion = x\nk = v\n\n[profile b]\n"),
        ("[profile a]\n  region=x\n# c\n", "[profile a]\n  region=x\n  k=v\n# c\n"),
        ("[profile a]\r\nregion    =   x\r\n", "[profile a]\r\nregion    =   x\r\nk = v\r\n"),
        ("[profile a]\nregion = x", "[profile a]\nregion = x\nk = v"),
        ("[profile a]\n# c\n", "[profile a]\nk = v\n# c\n"),
        ("[profile a]", "[profile a]\nk = v"),
        (
            "[profile a]\ns3 =\n  # c\n  x = 1\n\n  y = 2\n\n# d\n",
            "[profile a]\ns3 =\n  # c\n  x = 1\n\n  y = 2\nk = v\n\n# d\n",
        ),
        ("[profile a]\nregion: x\n", "[profile a]\nregion: x\nk = v\n"),
        ("[profile a]\rregion = x\r", "[profile a]\rregion = x\rk = v\r"),
    ] {
        assert_eq!(set(before, "a", "k", "v"), after, "{before:?}");
    }
}

#[test]
fn a_comment_behind_a_value_moves_above_it_because_the_cli_reads_it_as_the_value() {
    let text = "[profile a]\n  region = us-east-1  # home\nx = y\n";
    assert_eq!(set(text, "a", "region", "eu-west-1"), "[profile a]\n  # home\n  region = eu-west-1\nx = y\n");
    assert_eq!(set(text, "a", "region", "us-east-1"), text, "what is right already is not touched");
}

#[test]
fn a_new_section_goes_behind_its_kin_with_a_blank_line_between() {
    let new = |text: &str, name: &SectionName| changed(text, |document| document.set(name, "k", "v"));
    for (before, after) in [
        ("", "[profile n]\nk = v\n"),
        ("# c\n", "# c\n\n[profile n]\nk = v\n"),
        ("[profile a]\nx = y\n", "[profile a]\nx = y\n\n[profile n]\nk = v\n"),
        ("[profile a]\nx = y", "[profile a]\nx = y\n\n[profile n]\nk = v"),
        ("[profile a]\nx = y\n\n\n", "[profile a]\nx = y\n\n[profile n]\nk = v\n\n\n"),
        (
            "[default]\nx=y\n\n# of s\n[sso-session s]\n",
            "[default]\nx=y\n\n[profile n]\nk = v\n\n# of s\n[sso-session s]\n",
        ),
        ("[profile a]\nx = y\n# z = 1\n", "[profile a]\nx = y\n# z = 1\n\n[profile n]\nk = v\n"),
        ("[profile a]\n[sso-session s]\n", "[profile a]\n\n[profile n]\nk = v\n\n[sso-session s]\n"),
        ("[sso-session s]\nx = y\n\n# vim\n", "[sso-session s]\nx = y\n\n# vim\n\n[profile n]\nk = v\n"),
        ("  [profile a]\n  x = y\n", "  [profile a]\n  x = y\n\n  [profile n]\n  k = v\n"),
        ("[profile a]\r\nx = y\r\n", "[profile a]\r\nx = y\r\n\r\n[profile n]\r\nk = v\r\n"),
    ] {
        assert_eq!(new(before, &profile("n")), after, "{before:?}");
    }
    let text = "[sso-session s]\nx = y\n\n[profile a]\nx = y\n";
    assert_eq!(
        new(text, &session("n")),
        "[sso-session s]\nx = y\n\n[sso-session n]\nk = v\n\n[profile a]\nx = y\n"
    );
}

#[test]
fn names_are_written_as_the_cli_writes_them() {
    let header = |name: SectionName| changed("", |document| document.set(&name, "k", "v"));
    assert_eq!(header(profile("default")), "[default]\nk = v\n");
    assert_eq!(header(profile("my dev")), "[profile 'my dev']\nk = v\n");
    assert_eq!(header(profile("o'neil")), "[profile 'o'\"'\"'neil']\nk = v\n");
    assert_eq!(header(session("default")), "[sso-session default]\nk = v\n");
}

#[test]
fn a_removed_section_leaves_the_text_that_was_there_before_it_was_made() {
    for text in [
        "",
        "# c\n",
        "[profile a]\nx = y",
        "[profile a]\nx = y\n\n\n[sso-session s]\nx = y\n",
        "[profile a]\r\nx = y\r\n# z\r\n\r\n# w",
        "\u{feff}[default]\nx=y\n\n\n",
    ] {
        let back = changed(text, |document| {
            document.set(&profile("n"), "k", "v")?;
            document.set(&profile("n"), "l", "w")?;
            document.remove_section(&profile("n"))
        });
        assert_eq!(back, text);
    }
}

#[test]
fn a_removed_section_leaves_comments() {
    let remove = |text: &str| changed(text, |document| document.remove_section(&profile("a")));
    for (before, after) in [
        ("[profile a]\nx = y\n\n[profile b]\nk = v\n", "[profile b]\nk = v\n"),
        (
            "[profile z]\nx = y\n\n# about a\n[profile a]\nx = y\n\n[profile b]\n",
            "[profile z]\nx = y\n\n# about a\n\n[profile b]\n",
        ),
        (
            "[profile z]\n\n[profile a]\n# note\nx = y\n\n# about b\n[profile b]\n",
            "[profile z]\n\n# note\n\n# about b\n[profile b]\n",
        ),
        ("[profile a]\ns3 =\n  # in\n  x = 1\n# out\ny = 1\n", "# in\n# out\n"),
    ] {
        assert_eq!(remove(before), after, "{before:?}");
    }
}

#[test]
fn of_sections_with_one_name_the_value_in_effect_is_changed_for_each_reader() {
    for (before, name, after) in [
        // The CLI refuses the file; for all others the sections are one.
        ("[profile a]\nk = 1\n[profile a]\nx = 1\n", "a", "[profile a]\nk = v\n[profile a]\nx = 1\n"),
        ("[profile a]\nk = 1\n[profile a]\nk = 2\n", "a", "[profile a]\nk = 1\n[profile a]\nk = v\n"),
        // The CLI reads the later one alone.
        (
            "[profile a]\nk = 1\n[profile 'a']\nx = 1\n",
            "a",
            "[profile a]\nk = 1\n[profile 'a']\nx = 1\nk = v\n",
        ),
        (
            "[default]\nk = 1\n[profile default]\nk = 2\n",
            "default",
            "[default]\nk = 1\n[profile default]\nk = v\n",
        ),
        (
            "[profile default]\nk = 1\n[default]\nk = 2\n",
            "default",
            "[profile default]\nk = v\n[default]\nk = v\n",
        ),
        // The CLI does not read the second.
        ("[profile a]\nk = 1\n[ profile a ]\nk = 2\n", "a", "[profile a]\nk = v\n[ profile a ]\nk = v\n"),
        // A key twice in one section.
        ("[profile a]\nk = 1\nK = 2\n", "a", "[profile a]\nk = 1\nK = v\n"),
    ] {
        assert_eq!(set(before, name, "k", "v"), after, "{before:?}");
    }
}

#[test]
fn a_header_with_blanks_is_written_as_the_cli_reads_it() {
    assert_eq!(set("  [ profile  a ]\nk = 1\n", "a", "k", "v"), "  [profile  a]\nk = v\n");
    assert_eq!(set("[ default ]\nk = 1\n", "default", "k", "v"), "[default]\nk = v\n");
    let as_it_is = "[profile My Account] # [1]\nk = v\n";
    assert_eq!(set("[profile My Account] # [1]\nk = 1\n", "My Account", "k", "v"), as_it_is);
}

#[test]
fn a_key_is_removed_from_every_section_of_the_name() {
    let remove = |text: &str, name: &str| changed(text, |document| document.remove_key(&profile(name), "k"));
    assert_eq!(
        remove("[profile a]\nk = 1\nx = 1\nK: 2\n[profile 'a']\nk=\n", "a"),
        "[profile a]\nx = 1\n[profile 'a']\n"
    );
    assert_eq!(
        remove("[default]\nk = 1\n[profile default]\nk = 1", "default"),
        "[default]\n[profile default]"
    );
}

#[test]
fn what_is_not_understood_in_the_place_that_matters_is_refused_with_its_line() {
    let set = |text: &str| refused(text, |document| document.set(&profile("a"), "k", "v"));
    for (text, what) in [
        ("[profile a]\nk = 1\nbroken\n", "line 3 has no `=`"),
        ("[profile a]\ntwo words = 1\n", "line 2 does not begin with `key =`"),
        ("[profile a]\nk = 1\n  more\n", "line 2 has a value of several lines"),
        ("[profile a]\nk =\n  x = 1\n", "line 2 has a value of several lines"),
        // The AWS CLI reads the first section alone, and the others the second one, too.
        ("[profile a]\n[profile a] \u{1e}]\nk =\n  x = 1\n", "line 3 has a value of several lines"),
        ("[profile a]\nk = v\n[profile a] \u{1e}]\nk =\n  x = 1\n", "line 4 has a value of several lines"),
        (
            "[profile a]\nx = 1\n  [profile b]\n",
            "line 3 is a header that is indented deeper than the key above it",
        ),
        (
            "[profile b]\nx = 1\n  [profile a]\n",
            "line 3 is a header that is indented deeper than the key above it",
        ),
    ] {
        assert_eq!(set(text), format!("cannot change ~/.aws/config: {what}"), "{text:?}");
    }
    for (text, what) in [
        (&b"\xff\xfe["[..], "it is UTF-16, which AWS's tools cannot read"),
        (b"[a]\n\0", "line 2 has a NUL byte"),
    ] {
        let parsed = Document::parse(ConfigurationFile::Config, "~/.aws/config", text.to_vec());
        assert_eq!(parsed.unwrap_err().text().what, format!("cannot change ~/.aws/config: {what}"));
    }
}

#[test]
fn a_comment_of_a_removed_section_loses_an_indent_of_vertical_tabs_too() {
    let mut document = parse("[a]\n[profile b]\nx = 1\n\u{b} # note\ny = 2\n");
    document.remove_section(&profile("b")).unwrap();
    assert_eq!(document.proven().unwrap(), b"[a]\n# note\n");
}

#[test]
fn a_line_break_of_the_two_lines_around_a_removed_one_is_not_made() {
    let mut document = parse("[profile a]\nx = 1\rk = 1\n\ny = 1\n");
    document.remove_key(&profile("a"), "k").unwrap();
    let error = document.proven().unwrap_err().text().what;
    let what = "line 2 ends with a carriage return, and the line that would follow it is only a line feed";
    assert_eq!(error, format!("cannot change ~/.aws/config: {what}"));
}

#[test]
fn what_is_broken_elsewhere_does_not_matter() {
    let text =
        "junk\n[profile b]\nbroken\n[what]\n=\n[profile a]\nk = 1\n[profile c]\n\u{feff}[x]\ntwo words\n  k";
    assert_eq!(set(text, "a", "k", "v"), text.replace("k = 1", "k = v"));
    let swallowed = "[profile a]\nk = 1\n[profile b]\nx = 1\n  [profile c]\n  y = 1\n";
    assert_eq!(
        set(swallowed, "n", "k", "v"),
        "[profile a]\nk = 1\n\n[profile n]\nk = v\n\n[profile b]\nx = 1\n  [profile c]\n  y = 1\n"
    );
    let all = "[profile b]\nx = 1\n  [profile c]\n  y = 1\n";
    assert_eq!(set(all, "n", "k", "v"), format!("{all}\n[profile n]\nk = v\n"));
    let bytes = parse(b"[profile b]\nx = \xff\n[profile a]\n").bytes();
    assert_eq!(bytes, b"[profile b]\nx = \xff\n[profile a]\n");
}

#[test]
fn what_a_reader_would_take_differently_is_refused() {
    let set = |name: SectionName, key, value| refused("", |document| document.set(&name, key, value));
    assert_eq!(
        set(profile("a"), "k", "v # c"),
        "the value of `k` in profile `a` cannot be written to ~/.aws/config"
    );
    assert_eq!(
        set(profile("a"), "aws_secret_access_key", "s3cr3t\n"),
        "the value of `aws_secret_access_key` in profile `a` cannot be written to ~/.aws/config"
    );
    assert!(set(profile("a\nb"), "k", "v").starts_with("a section for profile `a\\u{a}b` cannot be written"));
    assert!(set(profile("a"), "K", "v").starts_with("the key `K` in profile `a` cannot be written"));
}

#[test]
fn values_are_read_as_the_program_reads_them() {
    let document = parse(
        "[profile a]\nK = 1 # c\nk =\ns3 =\n x = 1\n[profile 'a']\nL: 2\n[sso-session a]\n[services a]\n[b]\n",
    );
    assert_eq!(document.value(&profile("a"), "k"), Some("1"));
    assert_eq!(document.value(&profile("a"), "s3"), None);
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(document.keys(&profile("a")), [pair("k", "1"), pair("l", "2"), pair("s3", "\nx = 1")]);
    let services = SectionName::Services("a".to_owned());
    assert_eq!(document.sections().collect::<Vec<_>>(), [&profile("a"), &session("a"), &services]);
    assert!(document.has(&session("a")) && !document.has(&profile("b")));
}

#[test]
fn two_thousand_changes_of_two_thousand_profiles_take_no_time() {
    let profiles: Vec<String> =
        (0..2000).map(|n| format!("[profile p{n}]\nregion = x\noutput = json\n\n")).collect();
    let text = format!("[sso-session s]\nx = y\n\n{}", profiles.concat());
    let (bytes, took) = stand_in::cpu_time_of(|| {
        let mut document = parse(&text);
        for n in 0..2000 {
            document.set(&profile(&format!("p{n}")), "region", "eu-west-1").unwrap();
            document.set(&profile(&format!("new{n}")), "credential_process", "aws-sso-cred").unwrap();
            document.set(&profile(&format!("new{n}")), "region", "x").unwrap();
            document.remove_section(&profile(&format!("p{}", n ^ 1))).unwrap();
            document.set(&session(&format!("new{n}")), "region", "x").unwrap();
        }
        document.bytes()
    });
    println!("{} bytes after 10,000 changes in {took:?}", bytes.len());
    // A debug build; what is quadratic takes far longer.
    assert!(took.as_secs() < 3, "{took:?}");
}
