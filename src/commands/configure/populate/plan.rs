//! Decides what happens to each profile: those that are wanted, and those that `populate` wrote
//! before. Nothing is read or written here.

use std::collections::{BTreeMap, BTreeSet};

use super::mark::{self, Keys, MARK, Mark};
use super::role::{RoleId, role_of};
use crate::commands::configure::helper_line::is_same_value;
use crate::error::ProfileOwner;

/// A profile as it shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedProfile {
    pub name: String,
    pub id: RoleId,
    /// Its role, for people.
    pub role: String,
    /// The keys that it shall have, without the mark.
    pub keys: Vec<(&'static str, String)>,
    /// Keys that it must not have, because an SDK would get its credentials by them.
    pub without: Vec<&'static str>,
}

/// The profiles of the config file, with their keys in lower case.
pub type Standing = BTreeMap<String, Keys>;

/// What is asked for.
#[derive(Clone, Copy)]
pub struct Rules<'a> {
    /// The session of all that is wanted.
    pub session: &'a str,
    /// `--force`
    pub force: bool,
    /// `--prune`
    pub prune: bool,
    /// Whether the person certainly has this role no more. A role at which the list does not look is
    /// not gone.
    pub is_gone: &'a dyn Fn(&RoleId) -> bool,
}

/// What happens.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// New profiles, with all their keys.
    pub added: Vec<(String, Keys)>,
    /// Profiles that get other keys.
    pub changed: Vec<Change>,
    /// Names of profiles that are removed.
    pub removed: Vec<String>,
    /// The number of profiles that are right already.
    pub right: usize,
    /// Profiles that a person has changed, and that therefore stay as they are.
    pub left: Vec<String>,
    /// Profiles with the name of a wanted one that are not to be changed. If there are any, nothing is
    /// written.
    pub foreign: Vec<Foreign>,
}

/// A profile that gets other keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub name: String,
    /// Keys that are set.
    pub set: Keys,
    /// Keys that are removed.
    pub remove: Vec<String>,
}

/// A profile that is in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreign {
    pub name: String,
    /// The role that wants the name.
    pub role: String,
    pub owner: ProfileOwner,
}

/// Decides about all of `wanted`, and about the profiles that are not wanted any more.
pub fn plan(wanted: &[WantedProfile], standing: &Standing, rules: &Rules<'_>) -> Plan {
    let mut plan = Plan::default();
    for wanted in wanted {
        plan.decide(wanted, standing.get(&wanted.name), rules);
    }
    if rules.prune {
        let names: BTreeSet<&str> = wanted.iter().map(|wanted| wanted.name.as_str()).collect();
        for (name, keys) in standing.iter().filter(|(name, _)| !names.contains(name.as_str())) {
            plan.prune(name, keys, rules);
        }
    }
    plan
}

impl Plan {
    fn decide(&mut self, wanted: &WantedProfile, standing: Option<&Keys>, rules: &Rules<'_>) {
        let Some(standing) = standing else {
            let keys = marked(rules.session, &wanted.name, wanted.over(&Keys::new()));
            return self.added.push((wanted.name.clone(), keys));
        };
        let shall = wanted.over(standing);
        let differs = is_different(&shall, &without_mark(standing));
        let mark = mark::read(&wanted.name, standing);
        let is_ours = |session: &str| session == rules.session;
        match mark {
            Mark::None | Mark::Untouched { .. } if !differs && mark.session().is_none_or(is_ours) => {
                self.right += 1;
            }
            _ if rules.force => self.change(wanted, standing, shall, rules),
            Mark::Untouched { session } if is_ours(session) => match role_of(standing) {
                Some(other) if other != wanted.id && !(rules.is_gone)(&other) => {
                    let RoleId { account_id, role_name } = other;
                    self.stop_at(wanted, ProfileOwner::Role { account_id, role_name });
                }
                _ => self.change(wanted, standing, shall, rules),
            },
            Mark::Changed { session } if is_ours(session) => self.left.push(wanted.name.clone()),
            Mark::None => self.stop_at(wanted, ProfileOwner::Other),
            Mark::Untouched { session } | Mark::Changed { session } => {
                self.stop_at(wanted, ProfileOwner::Session(session.to_owned()));
            }
        }
    }

    fn stop_at(&mut self, wanted: &WantedProfile, owner: ProfileOwner) {
        self.foreign.push(Foreign { name: wanted.name.clone(), role: wanted.role.clone(), owner });
    }

    fn change(&mut self, wanted: &WantedProfile, standing: &Keys, shall: Keys, rules: &Rules<'_>) {
        let shall = marked(rules.session, &wanted.name, shall);
        let is_gone = |key: &str| !shall.iter().any(|(other, _)| other == key);
        let remove = standing.iter().map(|(key, _)| key).filter(|key| is_gone(key)).cloned().collect();
        let set = shall.into_iter().filter(|pair| !standing.contains(pair)).collect();
        self.changed.push(Change { name: wanted.name.clone(), set, remove });
    }

    fn prune(&mut self, name: &str, keys: &Keys, rules: &Rules<'_>) {
        let untouched = match mark::read(name, keys) {
            Mark::Untouched { session } if session == rules.session => true,
            Mark::Changed { session } if session == rules.session => false,
            _ => return,
        };
        if !role_of(keys).is_some_and(|role| (rules.is_gone)(&role)) {
            return;
        }
        let list = if untouched || rules.force { &mut self.removed } else { &mut self.left };
        list.push(name.to_owned());
    }
}

impl WantedProfile {
    /// The keys of the section after the change, without the mark: those that stand and do not
    /// contradict, and the wanted ones. A line that starts this program by another path stays.
    fn over(&self, standing: &Keys) -> Keys {
        let stays = |key: &str| {
            key != MARK && !self.without.contains(&key) && !self.keys.iter().any(|(set, _)| *set == key)
        };
        let kept = standing.iter().filter(|(key, _)| stays(key)).cloned();
        let wanted = self.keys.iter().map(|(key, value)| {
            let is_the_same =
                |(other, old): &&(String, String)| other == key && is_same_value(key, old, value);
            let standing = standing.iter().find(is_the_same).cloned();
            standing.unwrap_or_else(|| ((*key).to_owned(), value.clone()))
        });
        kept.chain(wanted).collect()
    }
}

fn marked(session: &str, profile: &str, mut keys: Keys) -> Keys {
    let mark = mark::value(session, profile, &keys);
    keys.push((MARK.to_owned(), mark));
    keys
}

fn without_mark(keys: &Keys) -> Keys {
    keys.iter().filter(|(key, _)| key != MARK).cloned().collect()
}

fn is_different(one: &Keys, other: &Keys) -> bool {
    let sorted = |keys: &Keys| {
        let mut keys = keys.clone();
        keys.sort();
        keys
    };
    sorted(one) != sorted(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(name: &str, line: &str) -> WantedProfile {
        WantedProfile {
            name: name.to_owned(),
            id: RoleId { account_id: "111122223333".to_owned(), role_name: name.to_owned() },
            role: format!("the role of {name}"),
            keys: vec![("credential_process", line.to_owned())],
            without: vec!["sso_session", "role_arn"],
        }
    }

    fn keys(keys: &[(&str, &str)]) -> Keys {
        keys.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    const NO_PRUNE: Rules<'static> =
        Rules { session: "corp", force: false, prune: false, is_gone: &|role| role.role_name == "Gone" };

    /// The file after the plan was carried out.
    fn after(plan: &Plan, mut standing: Standing) -> Standing {
        standing.extend(plan.added.iter().cloned());
        for change in &plan.changed {
            let section = standing.get_mut(&change.name).unwrap();
            section.retain(|(key, _)| !change.remove.contains(key));
            for (key, value) in &change.set {
                section.retain(|(other, _)| other != key);
                section.push((key.clone(), value.clone()));
            }
        }
        standing.retain(|name, _| !plan.removed.contains(name));
        standing
    }

    /// A file that populate wrote.
    fn written(all: &[WantedProfile]) -> Standing {
        after(&plan(all, &Standing::new(), &NO_PRUNE), Standing::new())
    }

    fn with(mut standing: Standing, name: &str, section: Keys) -> Standing {
        standing.insert(name.to_owned(), section);
        standing
    }

    #[test]
    fn new_profiles_are_added_with_a_mark_and_then_right() {
        let all = [wanted("a", "x 1"), wanted("b", "x 2")];
        let first = plan(&all, &Standing::new(), &NO_PRUNE);
        assert_eq!(first.added.len(), 2);
        assert_eq!(first.added[0].1[0], ("credential_process".to_owned(), "x 1".to_owned()));
        assert!(first.added[0].1[1].1.ends_with(" corp"), "{:?}", first.added);
        let second = plan(&all, &written(&all), &NO_PRUNE);
        assert_eq!(second, Plan { right: 2, ..Plan::default() });
    }

    #[test]
    fn an_untouched_profile_gets_new_values() {
        let standing = written(&[wanted("a", "x 1")]);
        let all = [wanted("a", "x 2")];
        let changes = plan(&all, &standing, &NO_PRUNE);
        assert_eq!((changes.changed.len(), changes.changed[0].set.len()), (1, 2), "the line and the mark");
        let standing = after(&changes, standing);
        assert_eq!(plan(&all, &standing, &NO_PRUNE), Plan { right: 1, ..Plan::default() });
    }

    #[test]
    fn a_region_that_is_not_asked_about_stays() {
        let mut with_region = wanted("a", "x 1");
        with_region.keys.push(("region", "eu-west-1".to_owned()));
        let standing = written(&[with_region.clone()]);
        assert_eq!(plan(&[wanted("a", "x 1")], &standing, &NO_PRUNE).right, 1);
        let standing = after(&plan(&[wanted("a", "x 2")], &standing, &NO_PRUNE), standing);
        assert!(standing["a"].contains(&("region".to_owned(), "eu-west-1".to_owned())));
        with_region.keys[0].1 = "x 2".to_owned();
        assert_eq!(plan(&[with_region], &standing, &NO_PRUNE).right, 1);
    }

    #[test]
    fn another_way_to_credentials_is_removed_from_an_untouched_profile() {
        let native = WantedProfile {
            keys: vec![("sso_session", "corp".to_owned())],
            without: vec!["credential_process", "role_arn"],
            ..wanted("a", "")
        };
        let standing = written(&[wanted("a", "x 1")]);
        let changes = plan(std::slice::from_ref(&native), &standing, &NO_PRUNE);
        assert_eq!(changes.changed[0].remove, ["credential_process"]);
        assert_eq!(plan(&[native], &after(&changes, standing), &NO_PRUNE).right, 1);
    }

    #[test]
    fn a_profile_that_a_person_changed_is_left_unless_forced() {
        let all = [wanted("a", "x 1"), wanted("b", "x 2")];
        let mut standing = written(&all);
        standing.get_mut("a").unwrap().push(("output".to_owned(), "json".to_owned()));
        standing.get_mut("b").unwrap()[0].1 = "my own".to_owned();
        let plan_without_force = plan(&all, &standing, &NO_PRUNE);
        assert_eq!(plan_without_force.left, ["a", "b"]);
        assert!(plan_without_force.changed.is_empty());

        let forced = plan(&all, &standing, &Rules { force: true, ..NO_PRUNE });
        let standing = after(&forced, standing);
        assert!(
            standing["a"].contains(&("output".to_owned(), "json".to_owned())),
            "what harms nothing stays"
        );
        assert_eq!(plan(&all, &standing, &NO_PRUNE), Plan { right: 2, ..Plan::default() });
    }

    #[test]
    fn a_foreign_profile_stops_everything_unless_forced() {
        let all = [wanted("a", "x 1"), wanted("b", "x 2")];
        let foreign = keys(&[("role_arn", "arn"), ("output", "json")]);
        let standing = with(Standing::new(), "b", foreign);
        let stopped = plan(&all, &standing, &NO_PRUNE);
        let expected =
            Foreign { name: "b".to_owned(), role: "the role of b".to_owned(), owner: ProfileOwner::Other };
        assert_eq!(stopped.foreign, [expected]);

        let forced = plan(&all, &standing, &Rules { force: true, ..NO_PRUNE });
        assert!(forced.foreign.is_empty());
        let standing = after(&forced, standing);
        assert!(!standing["b"].iter().any(|(key, _)| key == "role_arn"));
        assert!(standing["b"].contains(&("output".to_owned(), "json".to_owned())));
        assert_eq!(plan(&all, &standing, &NO_PRUNE).right, 2);
    }

    #[test]
    fn a_foreign_profile_that_is_right_already_is_not_touched() {
        let section = keys(&[("credential_process", "x 1"), ("output", "json")]);
        let standing = with(Standing::new(), "a", section);
        assert_eq!(plan(&[wanted("a", "x 1")], &standing, &NO_PRUNE), Plan { right: 1, ..Plan::default() });
    }

    #[test]
    fn a_profile_of_another_session_is_foreign() {
        let all = [wanted("a", "x 1")];
        let standing = written(&all);
        let other = Rules { session: "other", ..NO_PRUNE };
        assert_eq!(plan(&all, &standing, &other).foreign[0].owner, ProfileOwner::Session("corp".to_owned()));
    }

    /// The line for a role in the account of [`wanted`].
    fn line(role_name: &str) -> String {
        format!("aws-sso-cred --sso-session corp --account-id 111122223333 --role-name {role_name}")
    }

    #[test]
    fn a_name_is_not_taken_from_another_role_while_that_is_there() {
        let standing = written(&[wanted("a", &line("Other"))]);
        let all = [wanted("a", &line("a"))];
        let owner =
            ProfileOwner::Role { account_id: "111122223333".to_owned(), role_name: "Other".to_owned() };
        assert_eq!(plan(&all, &standing, &NO_PRUNE).foreign[0].owner, owner);
        assert_eq!(plan(&all, &standing, &Rules { force: true, ..NO_PRUNE }).changed.len(), 1);
        let of_a_role_that_is_gone = written(&[wanted("a", &line("Gone"))]);
        assert_eq!(plan(&all, &of_a_role_that_is_gone, &NO_PRUNE).changed.len(), 1);
    }

    #[test]
    fn prune_removes_untouched_profiles_of_this_session_whose_role_is_gone() {
        let gone = line("Gone");
        let all = [
            wanted("a", "x 1"),
            wanted("gone", &gone),
            wanted("edited", &gone),
            wanted("kept", &line("kept")),
        ];
        let mut standing = written(&all);
        standing.get_mut("edited").unwrap().push(("output".to_owned(), "json".to_owned()));
        standing = with(standing, "mine", keys(&[("credential_process", &gone)]));
        let of_other = marked("other", "theirs", keys(&[("credential_process", &gone)]));
        standing = with(standing, "theirs", of_other);
        let rules = Rules { prune: true, ..NO_PRUNE };

        let pruned = plan(&all[..1], &standing, &rules);
        assert_eq!(pruned.removed, ["gone"]);
        assert_eq!(pruned.left, ["edited"]);
        let forced = plan(&all[..1], &standing, &Rules { force: true, ..rules });
        assert_eq!(forced.removed, ["edited", "gone"]);
        assert!(plan(&all[..1], &standing, &NO_PRUNE).removed.is_empty());
    }
}
