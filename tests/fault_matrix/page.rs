//! The page: what every operation says of a fault, and where a scene differs.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::cell::{Cell, Outcome};
use crate::scenes::{Extent, Scene};

const INTRODUCTION: &str = "\
The fault matrix: what aws-sso-cred says and leaves on the disk when an operation of AWS fails, as
tests/fault_matrix makes it. `UPDATE_SNAPSHOTS=1 cargo test --test fault_matrix -- --ignored` writes it anew.

Every fault lasts. An outcome is the exit code and the text; the lines with a dash are the faults that lead to it, and
the indented line below them is the second line of the text. AWS was asked once, unless the faults say `asked again` or
`not asked`. The first section has what most operations say. The section of a scene (`==`: the operation that fails, the
command that calls it, the state before) tells what changes on the disk, and has only what differs from the first
section. A scene with `a sample` meets a few faults of each kind. `AWS` stands for its host, OPERATION for the
operation's name, NAME for the exception, `words` for its message, N for the status. An answer is cut at every tenth
byte; `Length`, `Chunked` and `Close` say how it tells its end.
";

/// The page of all scenes.
pub fn of(scenes: &[Scene], results: &[(Cell<'_>, Outcome)]) -> String {
    let scenes: Vec<(&Scene, Vec<Entry>)> =
        scenes.iter().map(|scene| (scene, entries(scene, results))).collect();
    let common = common(&scenes);
    let mut page = INTRODUCTION.to_owned();
    page.push_str("\n\n== Every operation\n");
    let of_all: Vec<Entry> = names_in_order(&scenes)
        .into_iter()
        .filter_map(|name| Some(Entry { outcome: common.get(&name)?.clone(), name }))
        .collect();
    page.push_str(&groups(&of_all.iter().collect::<Vec<_>>(), usize::MAX));
    for (scene, entries) in &scenes {
        page.push_str(&section(scene, entries, &common));
    }
    page
}

/// One fault of a scene, or all cuts with the same outcome.
struct Entry {
    name: String,
    outcome: Outcome,
}

fn entries(scene: &Scene, results: &[(Cell<'_>, Outcome)]) -> Vec<Entry> {
    let mut cells: Vec<&(Cell<'_>, Outcome)> =
        results.iter().filter(|(cell, _)| std::ptr::eq(cell.scene, scene)).collect();
    cells.sort_by_key(|(cell, _)| cell.number);
    let (cuts, others): (Vec<_>, Vec<_>) = cells.into_iter().partition(|(cell, _)| cell.fault.cut.is_some());
    let mut entries: Vec<Entry> = others
        .into_iter()
        .map(|(cell, outcome)| Entry { name: cell.fault.name.clone(), outcome: plain(scene, outcome) })
        .collect();
    let mut by_framing: BTreeMap<String, Vec<(Outcome, Vec<usize>)>> = BTreeMap::new();
    for (cell, outcome) in cuts {
        let Some((framing, byte)) = cell.fault.cut else { continue };
        let outcome = plain(scene, outcome);
        let groups = by_framing.entry(format!("{framing:?}")).or_default();
        match groups.iter_mut().find(|(other, _)| *other == outcome) {
            Some((_, bytes)) => bytes.push(byte),
            None => groups.push((outcome, vec![byte])),
        }
    }
    for (framing, groups) in by_framing {
        let all = groups.len() == 1;
        for (outcome, bytes) in groups {
            let place = if all { String::new() } else { format!(" at {}", ranges(&bytes)) };
            entries.push(Entry { name: format!("cut{place} ({framing})"), outcome });
        }
    }
    entries
}

/// `0-120, 200` of multiples of ten.
fn ranges(bytes: &[usize]) -> String {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for byte in bytes {
        match ranges.last_mut() {
            Some((_, last)) if *last + 10 == *byte => *last = *byte,
            _ => ranges.push((*byte, *byte)),
        }
    }
    let shown = ranges
        .iter()
        .map(|(first, last)| if first == last { format!("{first}") } else { format!("{first}-{last}") });
    shown.collect::<Vec<_>>().join(", ")
}

/// The outcome without the operation's name.
fn plain(scene: &Scene, outcome: &Outcome) -> Outcome {
    let operation = format!("{:?}", scene.operation).replace("GetSigninToken", "getSigninToken");
    let plain = |text: &String| text.replace(&operation, "OPERATION");
    Outcome {
        what: plain(&outcome.what),
        why: outcome.why.as_ref().map(plain),
        hint: outcome.hint.as_ref().map(plain),
        ..outcome.clone()
    }
}

fn without_disk(outcome: &Outcome) -> Outcome {
    Outcome { disk: String::new(), ..outcome.clone() }
}

fn names_in_order(scenes: &[(&Scene, Vec<Entry>)]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for entry in scenes.iter().flat_map(|(_, entries)| entries) {
        if !names.contains(&entry.name) {
            names.push(entry.name.clone());
        }
    }
    names
}

/// For each fault the outcome of most scenes, if three have it.
fn common(scenes: &[(&Scene, Vec<Entry>)]) -> BTreeMap<String, Outcome> {
    let mut counted: BTreeMap<String, Vec<(Outcome, usize)>> = BTreeMap::new();
    for (_, entries) in scenes.iter().filter(|(scene, _)| scene.extent != Extent::Sample && !scene.live) {
        for entry in entries {
            let outcome = without_disk(&entry.outcome);
            let outcomes = counted.entry(entry.name.clone()).or_default();
            match outcomes.iter_mut().find(|(other, _)| *other == outcome) {
                Some((_, count)) => *count += 1,
                None => outcomes.push((outcome, 1)),
            }
        }
    }
    let most = |outcomes: Vec<(Outcome, usize)>| {
        let found = outcomes.into_iter().max_by_key(|(_, count)| *count)?;
        (found.1 >= 3).then_some(found.0)
    };
    counted.into_iter().filter_map(|(name, outcomes)| Some((name, most(outcomes)?))).collect()
}

fn section(scene: &Scene, entries: &[Entry], common: &BTreeMap<String, Outcome>) -> String {
    let (command, state) = (scene.command.join(" "), scene.state);
    let sample = if scene.extent == Extent::Sample { " (a sample)" } else { "" };
    let mut text =
        format!("\n\n== {:?} by `aws-sso-cred {command}`\n   {state}{sample}\n\n", scene.operation);
    let mut as_above: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut own = Vec::new();
    for entry in entries {
        if common.get(&entry.name) != Some(&without_disk(&entry.outcome)) {
            own.push(shortened(entry, common));
            continue;
        }
        match as_above.iter_mut().find(|(disk, _)| *disk == entry.outcome.disk) {
            Some((_, names)) => names.push(&entry.name),
            None => as_above.push((&entry.outcome.disk, vec![&entry.name])),
        }
    }
    as_above.sort_by_key(|(_, names)| std::cmp::Reverse(names.len()));
    for (number, (disk, names)) in as_above.iter().enumerate() {
        let many = number == 0 && names.len() > MANY;
        let which = if many { format!("{} faults", names.len()) } else { names.join("; ") };
        for line in wrapped(&format!("as above, {disk}: {which}"), "") {
            let _ = writeln!(text, "{line}");
        }
    }
    text + &groups(&own.iter().collect::<Vec<_>>(), entries.len())
}

/// A kept list follows a failure: the failure itself is as above.
fn shortened(entry: &Entry, common: &BTreeMap<String, Outcome>) -> Entry {
    let mut outcome = entry.outcome.clone();
    if let Some(above) = common.get(&entry.name).filter(|above| above.exit != 0) {
        let lines = [Some(&above.what), above.why.as_ref(), above.hint.as_ref()];
        let failure = lines.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join("\n");
        if let Some(rest) = outcome.what.strip_prefix(&failure) {
            outcome.what = format!("(the text above){rest}");
        }
    }
    Entry { name: entry.name.clone(), outcome }
}

/// The causes of an outcome: the second line of the text, how often AWS was asked, and the faults.
type Causes<'a> = Vec<((Option<String>, &'static str), Vec<&'a str>)>;

/// The entries, grouped by what the first line and the hint say, and by the second line. The
/// faults of a group that has most of the `of` faults are not listed.
fn groups(entries: &[&Entry], of: usize) -> String {
    let mut groups: Vec<(Outcome, Causes<'_>)> = Vec::new();
    for entry in entries {
        let key = Outcome { why: None, asked: "", ..entry.outcome.clone() };
        let at = groups.iter().position(|(other, _)| *other == key).unwrap_or_else(|| {
            groups.push((key, Vec::new()));
            groups.len() - 1
        });
        let cause = (entry.outcome.why.clone(), entry.outcome.asked);
        let causes = &mut groups[at].1;
        match causes.iter_mut().find(|(other, _)| *other == cause) {
            Some((_, names)) => names.push(&entry.name),
            None => causes.push((cause, vec![&entry.name])),
        }
    }
    groups.iter().map(|(outcome, causes)| group(outcome, causes, of)).collect()
}

fn group(outcome: &Outcome, causes: &Causes<'_>, of: usize) -> String {
    let Outcome { exit, what, hint, disk, .. } = outcome;
    let disk = if disk.is_empty() { String::new() } else { format!(", {disk}") };
    let mut text = format!("\nexit {exit}{disk}\n");
    for line in what.lines().chain(hint.as_deref()) {
        let _ = writeln!(text, "  {line}");
    }
    for ((why, asked), names) in causes {
        let most = names.len() > MANY && names.len().saturating_mul(2) > of;
        let names = if most { format!("{} other faults", names.len()) } else { names.join("; ") };
        let asked = if asked.is_empty() { String::new() } else { format!(" ({asked})") };
        for line in wrapped(&format!("- {names}{asked}"), "  ") {
            let _ = writeln!(text, "    {line}");
        }
        if let Some(why) = why {
            let _ = writeln!(text, "        {why}");
        }
    }
    text
}

/// So many faults of a scene are not listed, if they are most of its faults.
const MANY: usize = 10;

/// Lines of at most 112 characters, `indent` before all but the first.
fn wrapped(text: &str, indent: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.last_mut().unwrap();
        if last.len() + 1 + word.len() > 112 {
            lines.push(format!("{indent}{word}"));
        } else {
            *last += if last.is_empty() { "" } else { " " };
            *last += word;
        }
    }
    lines
}
