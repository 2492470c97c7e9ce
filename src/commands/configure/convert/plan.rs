//! What `configure convert` makes of the config file: a function of its text, of the credentials file
//! and of the options.

use super::body::{Body, Line, REPLACED, SettingLine, is_replaced};
use super::choice::{Candidate, choose, not_convertible};
use super::file::{Place, ProfilesIn, Replacement};
use super::line::{keys, line, line_to, order_in};
use super::put_back::{Key, put_back};
use super::replace::replace;
use crate::cli::ConvertOptions;
use crate::commands::configure::helper_line::is_about_the_program;
use crate::commands::configure::layout::NATIVE_ENDING;
use crate::config::shown_credentials_path;
use crate::config_editor::{Document, SectionName, SectionReading};
use crate::context::Context;
use crate::error::{Error, NotConvertible};
use crate::selection::{HelperLine, NamedRole, OurLine, RoleSources, is_own_setting};
use crate::value_names::LINE_KEY;

/// The changed text, and what is said about it.
#[derive(Debug, Default)]
pub struct Plan {
    /// The text of the config file.
    pub text: Vec<u8>,
    /// The sections that are changed or added, as they are read in it.
    pub sections: Vec<SectionReading>,
    /// The changed profiles, in file order.
    pub changed: Vec<Changed>,
    /// Profiles that are already as they shall be.
    pub already: Vec<String>,
    /// Profiles that keep their keys for another profile, whose line names them.
    pub kept: Vec<String>,
    /// Profiles that a pattern or `--all` means, and that are left as they are.
    pub left: Vec<Error>,
}

/// A changed profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Its name.
    pub profile: String,
    /// Its role, which is the same before and after.
    pub role: NamedRole,
    /// The profile that has the `sso_` keys: with `--keep-native` the new one, with `--back` the one
    /// from which they were taken.
    pub native: Option<String>,
}

/// Helpers for SSO, which read the `sso_` keys of the profile, and which the new line replaces.
const SSO_HELPERS: [&str; 7] =
    ["aws-sso-credential-process", "aws-sso-util", "granted", "dgranted", "aws-sso", "yawsso", "aws"];

/// Plans the change of the config file.
///
/// # Errors
/// A profile that is named cannot be changed, or nothing can be meant.
pub fn plan(context: &Context, options: &ConvertOptions, document: &Document) -> Result<Plan, Error> {
    let text = &document.bytes();
    let sources = RoleSources::read(context, text)?;
    let wanted = (!options.all).then_some(options.profiles.as_slice());
    let chosen = choose(context, &sources, wanted, options.back)?;
    let profiles = ProfilesIn::find(text);
    let planning = Planning { context, options, sources: &sources, document, profiles };
    let mut plan = Plan { already: chosen.already, kept: chosen.kept, ..Plan::default() };
    let mut replacements = Vec::new();
    let names: Vec<String> = chosen.candidates.iter().map(|candidate| candidate.profile.clone()).collect();
    for candidate in chosen.candidates {
        let is_named = candidate.is_named;
        if options.keep_native && !is_named && planning.is_kept_for_one_of(&names, &candidate.profile) {
            plan.kept.push(candidate.profile);
            continue;
        }
        match planning.change(candidate) {
            Ok(change) => {
                plan.changed.push(change.changed);
                plan.sections.extend(change.sections);
                replacements.push(change.replacement);
            }
            Err(error) if is_named || is_about_the_program(&error) => return Err(error),
            Err(error) => plan.left.push(error),
        }
    }
    plan.text = planning.profiles.replaced(replacements);
    planning.ensure_meant(&plan)?;
    Ok(plan)
}

/// The change of one profile.
struct Change {
    changed: Changed,
    replacement: Replacement,
    sections: Vec<SectionReading>,
}

impl Change {
    fn new(place: &Place, new: &Body, changed: Changed) -> Self {
        let reading = new.reading().into_iter().collect();
        let sections = vec![(section(&changed.profile), reading)];
        Self { changed, replacement: (place.body.clone(), new.bytes()), sections }
    }
}

fn section(profile: &str) -> SectionName {
    SectionName::Profile(profile.to_owned())
}

fn without_line(reading: impl IntoIterator<Item = (String, String)>) -> Vec<(String, String)> {
    reading.into_iter().filter(|(key, _)| key != LINE_KEY).collect()
}

struct Planning<'a> {
    context: &'a Context,
    options: &'a ConvertOptions,
    sources: &'a RoleSources<'a>,
    document: &'a Document,
    profiles: ProfilesIn<'a>,
}

impl Planning<'_> {
    fn change(&self, candidate: Candidate) -> Result<Change, Error> {
        let Candidate { profile, source, .. } = candidate;
        let refused = |reason| Err(not_convertible(self.context, &profile, reason));
        if let Some(key) = source.in_credentials_file {
            let path = shown_credentials_path(self.context);
            return refused(NotConvertible::InCredentialsFile { key, path });
        }
        let [place] = self.profiles.places(&profile) else {
            return refused(NotConvertible::SeveralSections);
        };
        self.document.ensure_editable(&section(&profile))?;
        self.document.ensure_one_line_each(&section(&profile), is_replaced)?;
        if self.options.back {
            return match source.line {
                Some(HelperLine::Ours(ours)) => Ok(self.back(profile, *ours, place)),
                Some(HelperLine::Broken(error)) => Err(*error),
                _ => refused(NotConvertible::LineNotFollowed),
            };
        }
        if let Some(key) = source.other_way {
            return refused(NotConvertible::OtherWay { key });
        }
        if let Some(key) = source.differs_from_session {
            return refused(NotConvertible::DiffersFromSession { key });
        }
        let role = match (source.by_keys, source.line) {
            (Some(Ok(role)), Some(HelperLine::Ours(ours)))
                if ours.role.request != role.request && !self.options.write.force =>
            {
                return refused(NotConvertible::TwoRoles);
            }
            (Some(Ok(_)), Some(HelperLine::Other { program })) if !self.may_replace(&program) => {
                return refused(NotConvertible::OtherProgram { program });
            }
            (Some(Ok(role)), _) => role,
            // What is missing in the keys is in the line.
            (Some(Err(_)) | None, Some(HelperLine::Ours(ours))) => ours.role,
            (Some(Err(error)), _) => return Err(error),
            (None, _) => return refused(NotConvertible::NoSsoKeys { instead: None }),
        };
        self.there(profile, role, place, source.has_own_settings)
    }

    fn may_replace(&self, program: &str) -> bool {
        self.options.write.force || SSO_HELPERS.contains(&program.trim_end_matches(".exe"))
    }

    /// Replaces the keys by a line.
    fn there(
        &self,
        profile: String,
        role: NamedRole,
        place: &Place,
        has_own_settings: bool,
    ) -> Result<Change, Error> {
        let body = self.profiles.body(place);
        if self.options.keep_native {
            let native = format!("{profile}{NATIVE_ENDING}");
            let line = line_to(self.context, &native)?;
            let new = replace(&body, &line, &copied_keys(&body, &body), &place.ending);
            let mut change = Change::new(place, &new, Changed { profile, role, native: None });
            if !self.has_kept_profile(&change.changed.profile, &native)? {
                change.replacement.1 = with_copy(&new, &body, &place.ending, &native);
                change.sections.push((section(&native), without_line(body.reading())));
            }
            change.changed.native = Some(native);
            return Ok(change);
        }
        let order: Vec<String> = body.settings().map(|setting| setting.key.clone()).collect();
        let line = line(self.context, &keys(&role, &order), has_own_settings.then_some(profile.as_str()))?;
        let new = replace(&body, &line, &keys(&role, &order_in(&line)), &place.ending);
        Ok(Change::new(place, &new, Changed { profile, role, native: None }))
    }

    /// Whether `native` keeps the keys of one of `profiles` since an earlier conversion.
    fn is_kept_for_one_of(&self, profiles: &[String], native: &str) -> bool {
        let profile = native.strip_suffix(NATIVE_ENDING).unwrap_or_default().to_owned();
        profiles.contains(&profile) && self.has_kept_profile(&profile, native).unwrap_or(false)
    }

    /// Whether the profile that keeps the keys is there already, with the same keys.
    fn has_kept_profile(&self, profile: &str, native: &str) -> Result<bool, Error> {
        let is_there = self.document.has(&section(native));
        let reading = |profile: &str| without_line(self.document.keys(&section(profile)));
        if is_there && reading(native) != reading(profile) {
            let name = native.to_owned();
            return Err(not_convertible(self.context, profile, NotConvertible::NameTaken { name }));
        }
        Ok(is_there)
    }

    /// Puts the keys in the place of the line.
    fn back(&self, profile: String, ours: OurLine, place: &Place) -> Change {
        let body = self.profiles.body(place);
        let native = ours.profile.filter(|native| *native != profile);
        let from = native.as_deref().and_then(|native| self.keys_of(native, &ours.role, &body));
        let keys = from.unwrap_or_else(|| keys(&ours.role, &order_in(&ours.text)));
        let new = put_back(&body, &keys, &place.ending);
        Change::new(place, &new, Changed { profile, role: ours.role, native })
    }

    /// The keys of the profile that a line names, if they alone name the role.
    fn keys_of(&self, native: &str, role: &NamedRole, body: &Body) -> Option<Vec<Key>> {
        let by_keys = self.sources.of(native).by_keys?.ok()?;
        let [place] = self.profiles.places(native) else { return None };
        (by_keys.request == role.request && by_keys.is_interactive == role.is_interactive)
            .then(|| copied_keys(&self.profiles.body(place), body))
    }

    /// Reads the changed text: each profile still has its role.
    fn ensure_meant(&self, plan: &Plan) -> Result<(), Error> {
        let after = self.sources.with_config(&plan.text)?;
        let has_its_role = |changed: &&Changed| {
            let source = after.of(&changed.profile);
            let role = match (source.by_keys, source.line) {
                (Some(Ok(role)), _) if self.options.back => Some(role.request),
                (None, Some(HelperLine::Ours(ours))) if !self.options.back => Some(ours.role.request),
                _ => None,
            };
            role.as_ref() == Some(&changed.role.request)
        };
        match plan.changed.iter().find(|changed| !has_its_role(changed)) {
            Some(Changed { profile, .. }) => {
                Err(not_convertible(self.context, profile, NotConvertible::ReadOtherwise))
            }
            None => Ok(()),
        }
    }
}

/// The keys of a section that `configure convert` replaces, and those of its settings that count only
/// if it is named and that `beside` lacks.
fn copied_keys(from: &Body, beside: &Body) -> Vec<Key> {
    let lacks = |key: &str| !beside.settings().any(|setting| setting.key == key);
    let is_copied = |key: &str| REPLACED.contains(&key) || (is_own_setting(key) && lacks(key));
    let settings = from.settings().filter(|setting| is_copied(&setting.key) && !setting.value.is_empty());
    let key = |setting: &SettingLine| Key {
        key: setting.key.clone(),
        value: setting.value.clone(),
        is_redundant: false,
    };
    settings.map(key).collect()
}

/// The changed section `new`, and behind its last key a copy of the section as it was, under `name`.
fn with_copy(new: &Body, old: &Body, ending: &[u8], name: &str) -> Vec<u8> {
    let (new, behind) = split_behind_last_key(new);
    let (old, _) = split_behind_last_key(old);
    let is_line = |line: &Line| matches!(line, Line::Setting(setting) if setting.key == LINE_KEY);
    let copied = old.lines.into_iter().filter(|line| !is_line(line)).collect();
    let copied = Body { lines: copied }.without_kept().bytes();
    let mut text = new.bytes();
    if !text.ends_with(b"\n") && !text.ends_with(b"\r") {
        text.extend_from_slice(ending);
    }
    let header = format!("[profile {name}]");
    [&text, ending, header.as_bytes(), ending, &copied, &behind.bytes()].concat()
}

/// The lines up to the last key, and the comments and blank lines behind it.
fn split_behind_last_key(body: &Body) -> (Body, Body) {
    let says_nothing = |line: &Line| match line {
        Line::Other(bytes) => {
            let text = bytes.trim_ascii_start();
            text.is_empty() || text.starts_with(b"#") || text.starts_with(b";")
        }
        Line::Setting(_) | Line::Kept(_) => false,
    };
    let end = body.lines.iter().rposition(|line| !says_nothing(line)).map_or(0, |at| at + 1);
    let (keys, behind) = body.lines.split_at(end);
    (Body { lines: keys.to_vec() }, Body { lines: behind.to_vec() })
}
