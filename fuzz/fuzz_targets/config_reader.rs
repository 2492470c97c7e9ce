//! The reader of the configuration files: it reads any bytes, in pieces of any size, and junk costs a good
//! section nothing.
#![no_main]

use std::io::{self, Read};

use aws_sso_cred::config::header::{self, Dialect, Kind};
use aws_sso_cred::config::scanner::{Pick, Section, Wanted, key_and_value, scan};
use aws_sso_cred::context::Context;
use aws_sso_cred::selection::RoleSources;
use aws_sso_cred::timestamp::Timestamp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    for dialect in [Dialect::Config, Dialect::Credentials] {
        let sections = read(text, &all(dialect), 16 * 1024);
        assert_eq!(sections, read(text, &all(dialect), 1), "in small pieces");
        for section in &sections {
            assert_stands_in_its_place(text, section, dialect);
        }
        if let Some(first) = sections.first() {
            assert_is_found_alone(text, &first.name, dialect, &sections);
        }
        assert_is_read_again(&sections, dialect);
        assert_good_section_is_read(text, dialect);
    }
    follow_lines(text);
});

fn all(dialect: Dialect) -> Wanted<'static> {
    Wanted { dialect, profiles: Pick::All, sso_sessions: Pick::All, services: Pick::All }
}

/// A file that gives at most `size` bytes at a time.
struct Pieces<'a> {
    rest: &'a [u8],
    size: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let (piece, rest) = self.rest.split_at(self.size.min(buffer.len()).min(self.rest.len()));
        buffer[..piece.len()].copy_from_slice(piece);
        self.rest = rest;
        Ok(piece.len())
    }
}

fn read(text: &[u8], wanted: &Wanted<'_>, size: usize) -> Vec<Section> {
    scan(&mut Pieces { rest: text, size }, wanted, size).expect("a small text can be read")
}

/// The line that begins at `offset`.
fn line_at(text: &[u8], offset: u64) -> &[u8] {
    let rest = &text[usize::try_from(offset).expect("an offset in the text")..];
    let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
    &rest[..end.unwrap_or(rest.len())]
}

/// Each header and each key is at the place that errors name.
fn assert_stands_in_its_place(text: &[u8], section: &Section, dialect: Dialect) {
    let header = header::parse(line_at(text, section.offset), dialect).expect("a header");
    assert_eq!(
        (String::from_utf8_lossy(&header.name).into_owned(), header.kind),
        (section.name.clone(), section.kind)
    );
    for setting in &section.settings {
        let (key, value) = key_and_value(header::trim(line_at(text, setting.offset))).expect("a setting");
        assert_eq!(key, setting.key);
        assert!(setting.value.starts_with(&value), "{value:?} {setting:?}");
    }
}

/// To read one profile, which skips the rest of the file, gives the same as to read the whole file.
fn assert_is_found_alone(text: &[u8], name: &str, dialect: Dialect, sections: &[Section]) {
    let wanted =
        Wanted { dialect, profiles: Pick::One(name), sso_sessions: Pick::Nothing, services: Pick::Nothing };
    // A name with bytes that are not UTF-8 is shown with replacement characters, and cannot be asked for.
    if name.contains(char::REPLACEMENT_CHARACTER) {
        return;
    }
    let is_profile = |section: &&Section| matches!(section.kind, Kind::Profile | Kind::Default);
    let expected = sections.iter().filter(is_profile).filter(|section| section.name == name);
    let found = read(text, &wanted, 16 * 1024);
    assert!(found.iter().eq(expected), "{found:?}");
}

/// What was read is read again from a file in which only it is written, plainly.
fn assert_is_read_again(sections: &[Section], dialect: Dialect) {
    let mut plain = String::new();
    for section in sections {
        let name = section.name.replace('\'', "'\"'\"'");
        let header = match (dialect, section.kind) {
            (Dialect::Credentials, _) => format!("[{}]", section.name),
            (_, Kind::Default) => "[default]".to_owned(),
            (_, Kind::Profile) => format!("[profile '{name}']"),
            (_, Kind::SsoSession) => format!("[sso-session '{name}']"),
            (_, Kind::Services) => format!("[services '{name}']"),
        };
        plain += &header;
        for setting in &section.settings {
            let lines: Vec<&str> = setting.value.split('\n').collect();
            // Such a line was written behind a blank outside of ASCII, which does not count.
            let is_comment = |line: &&str| line.starts_with(['#', ';', '[']);
            if is_comment(&setting.key.as_str())
                || lines.len() > 1 && (lines[1..].iter().any(is_comment) || lines.last() == Some(&""))
            {
                return;
            }
            plain += &format!("\n{}={}", setting.key, lines.join("\n  "));
        }
        plain += "\n";
    }
    let shown = |sections: &[Section]| -> Vec<_> {
        let settings = |section: &Section| -> Vec<_> {
            section.settings.iter().map(|setting| (setting.key.clone(), setting.value.clone())).collect()
        };
        sections.iter().map(|section| (section.kind, section.name.clone(), settings(section))).collect()
    };
    assert_eq!(shown(&read(plain.as_bytes(), &all(dialect), 16 * 1024)), shown(sections), "{plain}");
}

/// A good section before the junk is read, and one behind it.
fn assert_good_section_is_read(text: &[u8], dialect: Dialect) {
    let good: &[u8] = match dialect {
        Dialect::Config => b"[profile quite good]\nk = v\n",
        Dialect::Credentials => b"[quite good]\nk = v\n",
    };
    for (whole, at) in [([good, text].concat(), 0), ([text, b"\n", good].concat(), usize::MAX)] {
        let wanted = Wanted { profiles: Pick::One("quite good"), ..all(dialect) };
        let found = read(&whole, &wanted, 4096);
        let found = found.get(at.min(found.len().saturating_sub(1))).expect("the good section");
        assert_eq!(found.name, "quite good");
        let first = found.settings.first().expect("its key");
        assert_eq!(first.key, "k");
        // An indented line in the junk continues the value.
        assert!(first.value == "v" || at == 0 && first.value.starts_with("v\n"), "{first:?}");
    }
}

/// Profiles whose lines name each other, in circles too, are followed to an end.
fn follow_lines(text: &[u8]) {
    let context = Context::fake(&[("HOME", "/nonexistent")], Timestamp::from_unix(1_795_230_000));
    let Ok(sources) = RoleSources::read(&context, text) else { return };
    let _ = sources.named_by_lines();
    for name in sources.names().take(8) {
        let _ = format!("{:?}", sources.of(name));
    }
}
