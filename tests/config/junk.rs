//! Junk, and texts read in pieces of any size: no panic, no hang, the same result.

use std::io::{self, Read};
use std::time::Duration;

use aws_sso_cred::config::header::Dialect;
use aws_sso_cred::config::lines::{BUFFER_SIZE, line_number};
use aws_sso_cred::config::scanner::{Pick, Section, Wanted, scan};
use aws_sso_cred::selection::{all_sessions, resolve_role, role_requests};

use crate::{CORP, Home, profile};

const ALL: Wanted<'_> =
    Wanted { dialect: Dialect::Config, profiles: Pick::All, sso_sessions: Pick::All, services: Pick::All };
const DEV: Wanted<'_> = Wanted { profiles: Pick::One("dev"), services: Pick::Nothing, ..ALL };

/// A file that gives at most `size` bytes at a time.
pub struct Pieces<'a> {
    pub rest: &'a [u8],
    pub size: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.size.min(buffer.len()).min(self.rest.len());
        let (piece, rest) = self.rest.split_at(size);
        buffer[..size].copy_from_slice(piece);
        self.rest = rest;
        Ok(size)
    }
}

fn in_pieces(text: &[u8], wanted: &Wanted<'_>, size: usize, buffer: usize) -> Vec<Section> {
    scan(&mut Pieces { rest: text, size }, wanted, buffer).unwrap()
}

fn whole(text: &[u8], wanted: &Wanted<'_>) -> Vec<Section> {
    in_pieces(text, wanted, usize::MAX, BUFFER_SIZE)
}

/// Marsaglia's xorshift, which gives the same texts in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap()
    }

    fn pick<'a>(&mut self, from: &[&'a [u8]]) -> &'a [u8] {
        from[self.below(from.len())]
    }
}

const FRAGMENTS: [&[u8]; 40] = [
    b"\n",
    b"\n",
    b"\n",
    b"\r\n",
    b"\r\n",
    b"\r",
    b" ",
    b"  ",
    b"\t",
    b"[",
    b"]",
    b"=",
    b" = ",
    b":",
    b"#",
    b" # c",
    b" ; c",
    b"'",
    b"\"",
    b"\\",
    b"[profile dev]\n",
    b"[profile dev]\r\n",
    b"[profile b]\n",
    b"[sso-session corp]\n",
    b"[default]\n",
    b"[services s]\n",
    b"\n[profile \"dev\"] # c\n",
    b"sso_region = eu-west-1\n",
    b"key",
    b"value",
    b"sso_start_url = https://x/start#/\r\n",
    b"s3 =\n  a = b\n",
    b"\xef\xbb\xbf",
    b"\xff",
    b"\xc3",
    "é".as_bytes(),
    b"\0",
    b"\x0b",
    b"\n\n  go on",
    b"\n[unknown]\n",
];

fn random_config(random: &mut Random) -> Vec<u8> {
    let fragments = random.below(60);
    (0..fragments).flat_map(|_| random.pick(&FRAGMENTS).to_vec()).collect()
}

#[test]
fn the_size_of_a_read_does_not_change_the_result() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for round in 0..60 {
        let text = random_config(&mut random);
        for wanted in [&ALL, &DEV] {
            let expected = whole(&text, wanted);
            for size in 1..=200 {
                let found = in_pieces(&text, wanted, size, size);
                assert_eq!(
                    found,
                    expected,
                    "round {round}, size {size}: {:?}",
                    String::from_utf8_lossy(&text)
                );
            }
        }
    }
}

/// Reading one profile skips the rest of the file: it must give the same sections of that profile
/// as reading the whole file.
#[test]
fn reading_one_profile_gives_the_same_sections_as_reading_the_whole_file() {
    let mut random = Random(0x0123_4567_89ab_cdef);
    for _ in 0..3000 {
        let text = random_config(&mut random);
        let mut expected = whole(&text, &ALL);
        expected.retain(|section| {
            use aws_sso_cred::config::header::Kind;
            match section.kind {
                Kind::Profile => section.name == "dev",
                Kind::SsoSession => true,
                Kind::Default | Kind::Services => false,
            }
        });
        assert_eq!(whole(&text, &DEV), expected, "{:?}", String::from_utf8_lossy(&text));
    }
}

/// A file whose first read fails.
struct Failing<'a> {
    error: Option<io::ErrorKind>,
    rest: &'a [u8],
}

impl Read for Failing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.error.take() {
            Some(error) => Err(error.into()),
            None => self.rest.read(buffer),
        }
    }
}

#[test]
fn an_interrupted_read_is_repeated_and_another_failure_is_an_error() {
    let read = |error| scan(&mut Failing { error: Some(error), rest: CORP.as_bytes() }, &DEV, BUFFER_SIZE);
    assert_eq!(read(io::ErrorKind::Interrupted).unwrap(), whole(CORP.as_bytes(), &DEV));
    assert_eq!(
        read(io::ErrorKind::StaleNetworkFileHandle).unwrap_err().kind(),
        io::ErrorKind::StaleNetworkFileHandle
    );
}

#[test]
fn mutated_configs_never_panic() {
    let mut random = Random(0xdead_beef_cafe_f00d);
    for round in 0..2000 {
        let mut text = CORP.as_bytes().to_vec();
        for _ in 0..=random.below(8) {
            let at = random.below(text.len().max(1));
            match random.below(4) {
                0 => text.truncate(at),
                1 => text.splice(at..at, random.pick(&FRAGMENTS).iter().copied()).for_each(drop),
                2 if at < text.len() => text[at] = u8::try_from(random.below(256)).unwrap(),
                _ if at < text.len() => drop(text.remove(at)),
                _ => {}
            }
        }
        if round % 10 > 0 {
            whole(&text, &ALL);
            continue;
        }
        let home = Home::new(&text);
        if let Err(error) = resolve_role(&home.context(), &profile("dev")) {
            assert_eq!(error.exit_code(), 2, "{error}");
            assert!(error.to_string().lines().count() <= 3, "{error}");
        }
    }
}

/// A generous limit for a debug build: quadratic work takes minutes.
fn within_time_limit<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let (result, took) = stand_in::cpu_time_of(work);
    assert!(took < Duration::from_secs(20), "{what} took {took:?}");
    result
}

#[test]
fn junk_before_a_good_profile_does_not_affect_it() {
    const MEGABYTE: usize = 1024 * 1024;
    let junk: [(&str, Vec<u8>); 12] = [
        ("nothing", Vec::new()),
        ("20,000 open brackets", b"[".repeat(20_000)),
        ("20,000 lines of an open bracket", b"[\n".repeat(20_000)),
        ("20,000 brackets among blanks", b"[          ".repeat(20_000)),
        ("8 MiB of zeros", vec![0; 8 * MEGABYTE]),
        ("8 MiB of blanks", b" ".repeat(8 * MEGABYTE)),
        ("8 MiB of one line", b"x".repeat(8 * MEGABYTE)),
        ("8 MiB of a header", [b"[profile ".as_slice(), &b"a".repeat(8 * MEGABYTE)].concat()),
        ("8 MiB of line breaks", b"\r\n".repeat(4 * MEGABYTE)),
        ("a million carriage returns", b"\r".repeat(MEGABYTE)),
        (
            "100,000 sections",
            (0..100_000).flat_map(|n| format!("[profile p{n}]\na=b\n").into_bytes()).collect(),
        ),
        ("quotes left open", b"[profile \"\n[profile 'x\n".repeat(10_000)),
    ];
    for (what, mut text) in junk {
        text.extend_from_slice(b"\n");
        text.extend_from_slice(CORP.as_bytes());
        let home = Home::new(&text);
        let resolved = within_time_limit(what, || resolve_role(&home.context(), &profile("dev")));
        assert!(resolved.is_ok(), "{what}: {}", resolved.unwrap_err());
        let error = within_time_limit(what, || resolve_role(&home.context(), &profile("dve"))).unwrap_err();
        assert!(error.to_string().starts_with("aws-sso-cred: profile `dve` is not in"), "{what}: {error}");
        let all = within_time_limit(what, || all_sessions(&home.context()));
        assert_eq!(all.unwrap().0.len(), 1, "{what}");
    }
}

#[test]
fn thousands_of_credential_process_lines_are_read_in_time() {
    const MANY: usize = 2000;
    let line = "credential_process = aws-sso-cred --account-id 111122223333 --role-name R";
    let many = |section: fn(usize) -> String| -> String {
        let lines = (0..MANY).map(|n| section(n).replace("LINE", line) + "\n");
        lines.collect()
    };
    let by_address = many(|n| format!("[profile p{n}]\nLINE --start-url https://p{n}/ --region r"));
    let by_session = many(|n| {
        format!(
            "[profile p{n}]\nLINE --sso-session s{n}\n\
             [sso-session s{n}]\nsso_start_url = https://s{n}/\nsso_region = r"
        )
    });
    let to_nowhere = many(|n| format!("[profile p{n}]\nLINE --profile gone"));
    for (what, text, found) in
        [("addresses", by_address, MANY), ("sessions", by_session, MANY), ("nowhere", to_nowhere, 0)]
    {
        let home = Home::new(text);
        let (sessions, broken) = within_time_limit(what, || all_sessions(&home.context())).unwrap();
        assert_eq!((sessions.len(), broken.len()), (found, 0), "{what}");
        assert_eq!(
            within_time_limit(what, || role_requests(&home.context())).unwrap().len(),
            found,
            "{what}"
        );
    }
}

#[test]
fn junk_inside_the_requested_profile_is_limited() {
    const MEGABYTE: usize = 1024 * 1024;
    for (what, junk, accepted) in [
        ("a long line", b"x".repeat(8 * MEGABYTE), true),
        ("a long value", [b"x = ".as_slice(), &b"y".repeat(8 * MEGABYTE)].concat(), true),
        ("a value of 60 KiB", [b"x = ".as_slice(), &b"y".repeat(60_000)].concat(), true),
        ("a key of 60 KiB", [b"x".repeat(60_000).as_slice(), b" = y"].concat(), true),
        (
            "a long key and value",
            [&b"x".repeat(2000), b" = ".as_slice(), &b"y".repeat(60_000)].concat(),
            true,
        ),
        ("a long comment", [b"# ".as_slice(), &b"[".repeat(8 * MEGABYTE)].concat(), true),
        ("a million line breaks", b"\n".repeat(MEGABYTE), true),
        ("8 MiB of zeros", vec![0; 8 * MEGABYTE], true),
        ("a million keys", b"a=b\n".repeat(MEGABYTE), false),
        ("a value without end", [b"x = y".as_slice(), &b"\n and on".repeat(MEGABYTE)].concat(), false),
        ("a value of 600,000 lines", [b"x = y".as_slice(), &b"\n y".repeat(600_000)].concat(), false),
        ("line breaks in a value", [b"x = y".as_slice(), &b"\n".repeat(MEGABYTE), b" z"].concat(), false),
        ("the section 100,000 times", b"[profile dev]\n".repeat(100_000), false),
    ] {
        let text = [b"[profile dev]\n".as_slice(), &junk, b"\n", CORP.as_bytes()].concat();
        let home = Home::new(&text);
        match within_time_limit(what, || resolve_role(&home.context(), &profile("dev"))) {
            Ok(_) => assert!(accepted, "{what}"),
            Err(error) => {
                assert!(!accepted, "{what}: {error}");
                let text = error.to_string();
                assert!(
                    text.starts_with(
                        "aws-sso-cred: cannot read ~/.aws/config: the sections asked for are too large"
                    ),
                    "{what}: {text}"
                );
            }
        }
    }
}

#[test]
fn section_names_count_towards_the_size_limit() {
    let name = "n".repeat(1000);
    let corp = CORP.replace("[profile dev]", &format!("[profile {name}]"));
    for (times, accepted) in [(100, true), (1200, false)] {
        let home = Home::new(format!("[profile {name}]\n").repeat(times) + &corp);
        let resolved = resolve_role(&home.context(), &profile(&name));
        assert_eq!(resolved.is_ok(), accepted, "{times}");
    }
}

#[test]
fn a_line_longer_than_64_kib_is_skipped_and_later_line_numbers_stay_right() {
    for (length, fits) in
        [(65_536, true), (65_537, false), (65_538, false), (65_539, false), (200_000, false)]
    {
        for line_break in ["\n", "\r\n", "\r"] {
            let text = format!("[profile dev]{line_break}k={}{line_break}l=w", "v".repeat(length - 2));
            let found = whole(text.as_bytes(), &DEV);
            for size in [1000, 4096, 65_535, 65_536, 65_537] {
                assert_eq!(in_pieces(text.as_bytes(), &DEV, size, size), found, "{length} {size}");
            }
            let settings = &found[0].settings;
            assert_eq!(
                (settings.len(), found[0].broken.is_none()),
                if fits { (2, true) } else { (1, false) }
            );
            let last = settings.last().unwrap();
            assert_eq!(last.value, "w");
            assert_eq!(line_number(&mut text.as_bytes(), last.offset).unwrap(), 3, "{length} {line_break:?}");
        }
    }
}

#[test]
fn an_oversized_header_ends_the_section_before_it() {
    for length in [65_536, 65_537, 65_538, 65_539, 200_000] {
        for indent in ["", "  "] {
            let header = format!("{indent}[profile {}]", "a".repeat(length - indent.len() - 10));
            let text = format!("[profile dev]\nk = v\n{header}\nl = w\n");
            let found = whole(text.as_bytes(), &DEV);
            let keys: Vec<_> =
                found.iter().flat_map(|section| &section.settings).map(|setting| &setting.key).collect();
            assert_eq!(keys, ["k"], "{length} {indent:?}");
        }
    }
}

#[test]
fn a_config_larger_than_64_mebibytes_is_not_read() {
    const LARGEST: u64 = 64 * 1024 * 1024;
    let read = |size| scan(&mut io::repeat(b'\n').take(size), &DEV, BUFFER_SIZE);
    assert_eq!(read(LARGEST).unwrap(), []);
    assert_eq!(read(LARGEST + 1).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
}
