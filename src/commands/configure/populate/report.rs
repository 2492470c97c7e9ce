//! What `populate` says about a plan.

use super::plan::Plan;
use crate::text::list::listed_in_part;

/// What will be written, before the question.
pub fn intention(plan: &Plan) -> String {
    let line = |what: &str, names: Vec<&str>| {
        (!names.is_empty()).then(|| format!("{} {what}: {}", profiles(names.len()), listed_in_part(&names)))
    };
    let lines = [
        line("to add", plan.added.iter().map(|(name, _)| name.as_str()).collect()),
        line("to change", plan.changed.iter().map(|change| change.name.as_str()).collect()),
        line("to remove", plan.removed.iter().map(String::as_str).collect()),
    ];
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// What was done, or, with `is_dry`, what would be done.
pub fn result(plan: &Plan, is_dry: bool, path: &str) -> String {
    let [added, changed, removed] =
        if is_dry { ["to add", "to change", "to remove"] } else { ["added", "changed", "removed"] };
    let numbers = [
        (plan.added.len(), added),
        (plan.changed.len(), changed),
        (plan.removed.len(), removed),
        (plan.right, "already right"),
    ];
    let mut counts = Vec::new();
    for (number, what) in numbers.into_iter().filter(|(number, _)| *number > 0) {
        let number = if counts.is_empty() { profiles(number) } else { number.to_string() };
        counts.push(format!("{number} {what}"));
    }
    if counts.is_empty() {
        counts.push("no profile to write".to_owned());
    }
    let mut text = format!("{path}: {}", counts.join(", "));
    if !plan.left.is_empty() {
        let left: Vec<&str> = plan.left.iter().map(String::as_str).collect();
        let (it, they) = if left.len() == 1 { ("it", "it was") } else { ("them", "they were") };
        text.push_str(&format!(
            "\n{} left, because {they} changed after `configure populate` wrote {it}: {}; `--force` writes {it} again",
            profiles(left.len()),
            listed_in_part(&left)
        ));
    }
    text
}

fn profiles(number: usize) -> String {
    if number == 1 { "1 profile".to_owned() } else { format!("{number} profiles") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::configure::populate::plan::Change;

    fn plan(added: usize, changed: usize, removed: usize, right: usize) -> Plan {
        let name = |number: usize| format!("p{number}");
        Plan {
            added: (0..added).map(|number| (name(number), Vec::new())).collect(),
            changed: (0..changed)
                .map(|number| Change { name: name(number), set: Vec::new(), remove: Vec::new() })
                .collect(),
            removed: (0..removed).map(name).collect(),
            right,
            ..Plan::default()
        }
    }

    #[test]
    fn the_result_has_every_number_that_is_not_zero() {
        for (plan, is_dry, text) in [
            (plan(12, 3, 1, 1984), false, "f: 12 profiles added, 3 changed, 1 removed, 1984 already right"),
            (plan(0, 1, 0, 0), false, "f: 1 profile changed"),
            (plan(2, 0, 1, 0), true, "f: 2 profiles to add, 1 to remove"),
            (plan(0, 0, 0, 7), true, "f: 7 profiles already right"),
            (plan(0, 0, 0, 0), false, "f: no profile to write"),
        ] {
            assert_eq!(result(&plan, is_dry, "f"), text);
        }
    }

    #[test]
    fn profiles_that_a_person_changed_are_named() {
        let left =
            |count: usize| Plan { left: (1..=count).map(|n| format!("p{n}")).collect(), ..plan(0, 0, 0, 1) };
        assert_eq!(
            result(&left(1), false, "f"),
            "f: 1 profile already right\n1 profile left, because it was changed after `configure populate` wrote it: p1; `--force` writes it again"
        );
        assert_eq!(
            result(&left(7), false, "f").lines().last().unwrap(),
            "7 profiles left, because they were changed after `configure populate` wrote them: p1, p2, p3, p4, p5 and 2 more; `--force` writes them again"
        );
    }

    #[test]
    fn the_question_names_the_first_profiles_of_each_kind() {
        assert_eq!(
            intention(&plan(2, 0, 7, 3)),
            "2 profiles to add: p0 and p1\n7 profiles to remove: p0, p1, p2, p3, p4 and 2 more"
        );
    }
}
