//! Configuration files in every odd form that people and tools write, and edits of them, made from a
//! number: the same number gives the same case.

/// A configuration file and edits of it.
#[derive(Debug, Clone)]
pub struct OddConfig {
    /// Whether it is a credentials file.
    pub is_credentials: bool,
    /// The bytes of the file.
    pub text: Vec<u8>,
    /// The edits, one after the other.
    pub edits: Vec<OddEdit>,
}

/// One edit of a configuration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OddEdit {
    /// Give a key a value.
    Set {
        /// The section.
        section: OddSection,
        /// The key.
        key: String,
        /// The value.
        value: String,
    },
    /// Remove a key.
    RemoveKey {
        /// The section.
        section: OddSection,
        /// The key.
        key: String,
    },
    /// Remove a section.
    RemoveSection {
        /// The section.
        section: OddSection,
    },
}

/// What a section describes, and its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OddSection {
    /// `profile`, `sso-session` or `services`.
    pub kind: &'static str,
    /// The name.
    pub name: String,
}

/// The case of a number. Half of the numbers give files that botocore can read.
pub fn odd_config(number: u64) -> OddConfig {
    let mut writer = Writer {
        random: Random(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1),
        text: Vec::new(),
        is_tame: number.is_multiple_of(2),
        is_credentials: number % 4 > 1 && number.is_multiple_of(3),
        endings: &["\n"],
        headers: Vec::new(),
        keys: Vec::new(),
    };
    writer.file();
    let edits = (0..=writer.random.below(3)).map(|_| writer.edit()).collect();
    OddConfig { is_credentials: writer.is_credentials, text: writer.text, edits }
}

const NAMES: &[&str] =
    &["a", "b", "dev", "default", "a b", "o'neil", "équipe", "x]y", "My Account:RO", "a#b", "n"];
const KEYS: &[&str] = &[
    "region",
    "output",
    "sso_session",
    "sso_account_id",
    "credential_process",
    "k",
    "x",
    "aws_access_key_id",
];
const VALUES: &[&str] = &[
    "eu-west-1",
    "json",
    "https://corp.awsapps.com/start#/",
    "a=b:c",
    "111122223333",
    "aws-sso-cred --sso-session corp --account-id 111122223333 --role-name Developer",
    "\"quoted\" word",
    "a  b\tc",
    "équipe",
    "[x]",
    "a#b;c",
];

/// Values that no file can hold.
const REFUSED: &[&str] = &["", " a", "a ", "a\nb", "a\r", "a\0b", "a # b", "a ;b", "#a", "'a'"];

/// xorshift64*
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    fn below(&mut self, most: u64) -> u64 {
        self.next() % most
    }

    fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[usize::try_from(self.next()).unwrap_or(0) % choices.len()]
    }
}

struct Writer {
    random: Random,
    text: Vec<u8>,
    is_tame: bool,
    is_credentials: bool,
    endings: &'static [&'static str],
    /// What botocore must not find twice.
    headers: Vec<String>,
    keys: Vec<String>,
}

impl Writer {
    fn file(&mut self) {
        if !self.is_tame && self.random.once_in(15) {
            self.text.extend_from_slice(b"\xef\xbb\xbf");
        }
        let lf: &[&str] = &["\n"];
        self.endings = self.random.of(&[lf, lf, lf, lf, &["\r\n"], &["\r\n"], &["\n", "\r\n"], &["\r"]]);
        self.filler();
        if !self.is_tame && self.random.once_in(20) {
            self.line("stray = 1");
        }
        for _ in 0..self.random.below(7) {
            self.section();
        }
        if self.random.once_in(4) {
            while self.text.ends_with(b"\n") || self.text.ends_with(b"\r") {
                self.text.pop();
            }
        }
    }

    fn line(&mut self, text: &str) {
        let ending = self.random.of(self.endings);
        self.text.extend_from_slice(text.as_bytes());
        self.text.extend_from_slice(ending.as_bytes());
    }

    /// Blank lines and comments.
    fn filler(&mut self) {
        for _ in 0..self.random.of(&[0, 0, 1, 1, 1, 2, 4]) {
            let line = self.random.of(&[
                "",
                "",
                "",
                "  ",
                "# a comment",
                "; another = one",
                "  # indented",
                "#[profile a]",
            ]);
            self.line(line);
        }
    }

    fn section(&mut self) {
        let header = self.header();
        let is_twice = self.headers.contains(&header);
        if is_twice && self.is_tame {
            return;
        }
        let margin = if self.random.once_in(if self.is_tame { 30 } else { 12 }) { "  " } else { "" };
        self.line(&format!("{margin}{header}"));
        self.headers.push(header);
        self.keys.clear();
        let margin = self.random.of(&["", "", "", "", "  ", "\t"]);
        for _ in 0..self.random.below(6) {
            if self.random.once_in(6) {
                self.filler();
            }
            self.entry(margin);
        }
        self.filler();
    }

    fn header(&mut self) -> String {
        let name = self.random.of(NAMES);
        if self.is_credentials {
            let forms: &[&str] =
                if self.is_tame { &["[N]", "[N]", "[ N ]"] } else { &["[N]", "[ N ]", "[N] # c", "[N"] };
            return self.random.of(forms).replace('N', name);
        }
        let quoted = format!("'{}'", name.replace('\'', "'\"'\"'"));
        let tame: &[&str] = &[
            "[profile Q]",
            "[profile Q]",
            "[profile Q]",
            "[profile Q]",
            "[profile N]",
            "[profile \"N\"]",
            "[profile  Q]",
            "[profile\tQ]",
            "[ profile Q ]",
            "[profile Q ]",
            "[default]",
            "[default]",
            "[ default ]",
            "[sso-session Q]",
            "[sso-session Q]",
            "[services Q]",
            "[N]",
            "[Profile N]",
            "[profile Q] # c",
            "[plugins]",
        ];
        let wild: &[&str] =
            &["[profile N] see [1]", "[profile N", "[]", "[DEFAULT]", "\u{feff}[profile N]", "[profile]"];
        let form = if self.is_tame || self.random.below(3) > 0 {
            self.random.of(tame)
        } else {
            self.random.of(wild)
        };
        let is_plain = !name.contains([' ', '\'']) && self.random.below(3) > 0;
        let form = form.replace('N', name);
        form.replace('Q', if is_plain { name } else { &quoted })
    }

    fn entry(&mut self, margin: &str) {
        let key = self.random.of(KEYS);
        if self.is_tame && self.keys.iter().any(|other| other == key) {
            return;
        }
        self.keys.push(key.to_owned());
        let written = if self.random.once_in(8) { key.to_uppercase() } else { key.to_owned() };
        let sign = self.random.of(&[" = ", " = ", " = ", "=", "=", "= ", " =", "  =  ", "\t=\t", ": ", ":"]);
        let value = self.random.of(VALUES);
        let behind = self.random.of(&["", "", "", "", "", " ", "  # why", " ; why", "\t# = x"]);
        match self.random.below(if self.is_tame { 16 } else { 22 }) {
            0 => self.block(margin, &written),
            1 => {
                self.line(&format!("{margin}{written}{sign}{value}"));
                self.line(&format!("{margin}   and more{behind}"));
            }
            2 => self.line(&format!("{margin}{written}{sign}")),
            16 => self.line(&format!("{margin}broken")),
            17 => self.line(&format!("{margin}two words = {value}")),
            18 => self.line("= nothing"),
            19 => {
                self.text.extend_from_slice(b"bytes = \xff\xfe");
                self.line("");
            }
            20 => self.line(&format!("{margin}\u{200b}{written}{sign}{value}")),
            _ => self.line(&format!("{margin}{written}{sign}{value}{behind}")),
        }
    }

    fn block(&mut self, margin: &str, key: &str) {
        self.line(&format!("{margin}{key} ="));
        for _ in 0..=self.random.below(3) {
            if self.random.once_in(4) {
                let line = self.random.of(&["", "    # inside", "# inside at the margin"]);
                self.line(line);
            }
            let value = self.random.of(VALUES);
            let number = self.random.below(9);
            self.line(&format!("{margin}  inner_{number} = {value}"));
        }
    }

    fn edit(&mut self) -> OddEdit {
        let kinds: &[&'static str] = &["profile", "profile", "profile", "sso-session", "services"];
        let kind = if self.is_credentials { "profile" } else { self.random.of(kinds) };
        let section = OddSection { kind, name: self.random.of(NAMES).to_owned() };
        let key = self.random.of(KEYS).to_owned();
        match self.random.below(11) {
            0 => OddEdit::RemoveKey { section, key },
            1 | 2 => OddEdit::RemoveSection { section },
            3 => OddEdit::Set { section, key, value: self.random.of(REFUSED).to_owned() },
            _ => OddEdit::Set { section, key, value: self.random.of(VALUES).to_owned() },
        }
    }
}
