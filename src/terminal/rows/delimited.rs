//! Lines of texts as CSV and TSV.

/// Comma-separated values. Some readers drop blanks at the ends of a field, so that such a field is
/// quoted too.
pub(super) fn csv(lines: &[Vec<String>]) -> String {
    joined(lines, ",", "\r\n", |text| {
        let needs_quotes =
            text.contains([',', '"', '\r', '\n']) || text.starts_with(' ') || text.ends_with(' ');
        if needs_quotes { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
    })
}

/// Tab-separated values.
pub(super) fn tsv(lines: &[Vec<String>]) -> String {
    joined(lines, "\t", "\n", |text| {
        let text = text.replace('\\', "\\\\").replace('\t', "\\t");
        text.replace('\n', "\\n").replace('\r', "\\r")
    })
}

fn joined(lines: &[Vec<String>], delimiter: &str, end: &str, field: impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    for line in lines {
        let fields: Vec<String> = line.iter().map(|text| field(text)).collect();
        out.push_str(&fields.join(delimiter));
        out.push_str(end);
    }
    out
}
