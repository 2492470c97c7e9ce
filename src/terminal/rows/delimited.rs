//! Rows as CSV and TSV.

use super::Rows;

/// The characters for which a field is quoted. Some readers drop blanks at the ends of a field.
fn needs_quotes(text: &str) -> bool {
    text.contains([',', '"', '\r', '\n']) || text.starts_with(' ') || text.ends_with(' ')
}

pub(super) fn csv(rows: &Rows) -> String {
    let field = |text: &str| {
        if needs_quotes(text) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
    };
    lines(rows, ",", "\r\n", field)
}

pub(super) fn tsv(rows: &Rows) -> String {
    let field = |text: &str| {
        let text = text.replace('\\', "\\\\").replace('\t', "\\t");
        text.replace('\n', "\\n").replace('\r', "\\r")
    };
    lines(rows, "\t", "\n", field)
}

fn lines(rows: &Rows, delimiter: &str, end: &str, field: impl Fn(&str) -> String) -> String {
    let keys = rows.columns.iter().map(|column| column.key.to_owned()).collect();
    let values = rows.rows.iter().map(|row| row.iter().map(|cell| field(&cell.text())).collect());
    std::iter::once(keys).chain(values).fold(String::new(), |mut out, line: Vec<String>| {
        out.push_str(&line.join(delimiter));
        out.push_str(end);
        out
    })
}
