//! The report as a JSON document, for programs. The members have a fixed order.

use super::finding::Finding;
use super::report::Report;
use crate::text::escape::escape_json;
use crate::text::json::push_quoted;

/// The document, with a newline at the end.
pub(super) fn document(report: &Report) -> String {
    let mut out = String::from("{\"profiles\": [");
    for (at, profile) in report.profiles.iter().enumerate() {
        begin(&mut out, at, "\n  ");
        object(&mut out, &[("name", &profile.name)]);
        out.push_str(", \"values\": [");
        for (at, value) in profile.values.iter().enumerate() {
            begin(&mut out, at, "\n    ");
            object(&mut out, &[("name", value.name), ("value", &value.value), ("source", &value.source)]);
            out.push('}');
        }
        out.push_str("], \"providers\": [");
        for (at, provided) in profile.providers.iter().enumerate() {
            begin(&mut out, at, "\n    ");
            object(&mut out, &[("consumer", provided.consumer), ("provider", &provided.text())]);
            out.push('}');
        }
        out.push_str("]}");
    }
    out.push_str("], \"findings\": [");
    for (at, finding) in report.findings.iter().enumerate() {
        begin(&mut out, at, "\n  ");
        let Finding { id, severity, subject, text, hint } = finding;
        let members = [
            ("id", id.name()),
            ("severity", severity.name()),
            ("subject", subject),
            ("text", text),
            ("hint", hint),
        ];
        object(&mut out, &members);
        out.push('}');
    }
    out.push_str("]}\n");
    escape_json(&out)
}

fn begin(out: &mut String, at: usize, indent: &str) {
    if at > 0 {
        out.push(',');
    }
    out.push_str(indent);
}

/// An object that is left open.
fn object(out: &mut String, members: &[(&str, &str)]) {
    for (at, (name, value)) in members.iter().enumerate() {
        out.push_str(if at == 0 { "{" } else { ", " });
        push_quoted(out, name);
        out.push_str(": ");
        push_quoted(out, value);
    }
}
