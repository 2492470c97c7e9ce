//! Rows of data for stdout: as a table for people, and as JSON, CSV or TSV for programs. Pure;
//! `output` prints the text.

mod delimited;
mod table;

use crate::text::escape::{escape, escape_json};

/// Rows with named columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    /// The columns, from left to right.
    pub columns: Vec<Column>,
    /// The rows. Each has a cell for each column.
    pub rows: Vec<Vec<Cell>>,
}

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// The name for programs, such as `accountId`.
    pub key: &'static str,
    /// The title for people, such as `ACCOUNT`.
    pub title: &'static str,
}

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// A text, not escaped.
    Text(String),
    /// Several texts: an array in JSON, joined by commas elsewhere.
    List(Vec<String>),
}

impl Cell {
    /// The value as one text.
    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::List(texts) => texts.join(","),
        }
    }

    fn push_json(&self, out: &mut String) {
        match self {
            Self::Text(text) => push_json(out, text),
            Self::List(texts) => {
                out.push('[');
                for (at, text) in texts.iter().enumerate() {
                    out.push_str(if at == 0 { "" } else { ", " });
                    push_json(out, text);
                }
                out.push(']');
            }
        }
    }
}

/// Appends `text` as a JSON string, in which the characters that a terminal obeys are escaped too.
fn push_json(out: &mut String, text: &str) {
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\';
    if text.bytes().all(is_plain) {
        out.push('"');
        out.push_str(text);
        out.push('"');
    } else {
        out.push_str(&escape_json(&serde_json::to_string(text).unwrap_or_default()));
    }
}

impl Rows {
    /// Aligned columns under their titles, two blanks apart. Characters that a terminal obeys or a
    /// person cannot see are escaped.
    pub fn table(&self) -> String {
        table::table(&self.lines(|column| column.title, |cell| escape(&cell.text())))
    }

    /// An array of objects, whose members are in the order of the columns. Characters that a terminal
    /// obeys are escaped as JSON allows.
    pub fn json(&self) -> String {
        if self.rows.is_empty() {
            return "[]\n".to_owned();
        }
        // Not by a tree of values: the columns keep their order, and there may be thousands of rows.
        let mut out = String::from("[");
        for (number, row) in self.rows.iter().enumerate() {
            out.push_str(if number == 0 { "\n  {" } else { ",\n  {" });
            for (at, (column, cell)) in self.columns.iter().zip(row).enumerate() {
                out.push_str(if at == 0 { "\n    " } else { ",\n    " });
                push_json(&mut out, column.key);
                out.push_str(": ");
                cell.push_json(&mut out);
            }
            out.push_str("\n  }");
        }
        out.push_str("\n]\n");
        out
    }

    /// Comma-separated values (RFC 4180), with the keys in the first line.
    pub fn csv(&self) -> String {
        delimited::csv(&self.lines(|column| column.key, Cell::text))
    }

    /// Tab-separated values, with the keys in the first line. A backslash, a tab and a line end in
    /// a value are `\\`, `\t`, `\n` and `\r`.
    pub fn tsv(&self) -> String {
        delimited::tsv(&self.lines(|column| column.key, Cell::text))
    }

    /// The heads of the columns, then the rows, as texts.
    fn lines(
        &self,
        head: impl Fn(&Column) -> &'static str,
        text: impl Fn(&Cell) -> String,
    ) -> Vec<Vec<String>> {
        let heads = self.columns.iter().map(|column| head(column).to_owned()).collect();
        let rows = self.rows.iter().map(|row| row.iter().map(&text).collect());
        std::iter::once(heads).chain(rows).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(rows: &[(&str, &[&str])]) -> Rows {
        let row = |(name, list): &(&str, &[&str])| {
            let list = list.iter().map(|text| (*text).to_owned()).collect();
            vec![Cell::Text((*name).to_owned()), Cell::List(list)]
        };
        Rows {
            columns: vec![
                Column { key: "roleName", title: "ROLE" },
                Column { key: "profiles", title: "PROFILES" },
            ],
            rows: rows.iter().map(row).collect(),
        }
    }

    #[test]
    fn json_is_an_array_of_objects() {
        let rows = rows(&[("Admin", &["a", "b"]), ("X\u{1b}\u{202e}\n", &[])]);
        let expected = r#"[
  {
    "roleName": "Admin",
    "profiles": ["a", "b"]
  },
  {
    "roleName": "X\u001b\u202e\n",
    "profiles": []
  }
]
"#;
        assert_eq!(rows.json(), expected);
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&rows.json()).unwrap()[1]["roleName"],
            "X\u{1b}\u{202e}\n"
        );
    }

    #[test]
    fn no_rows_are_an_empty_array_or_titles_alone() {
        let rows = rows(&[]);
        assert_eq!(rows.json(), "[]\n");
        assert_eq!(rows.table(), "ROLE  PROFILES\n");
        assert_eq!(rows.csv(), "roleName,profiles\r\n");
        assert_eq!(rows.tsv(), "roleName\tprofiles\n");
    }

    #[test]
    fn control_characters_are_escaped_in_a_table() {
        let table = rows(&[("a\x1b[31m", &["b\nc"]), ("\u{202e}", &["\t"])]).table();
        assert_eq!(table.lines().count(), 3);
        assert!(!table.contains(|c: char| c != '\n' && c.is_control()), "{table:?}");
    }

    #[test]
    fn csv_quotes_what_would_be_read_differently() {
        let rows =
            rows(&[("a,b", &["x", "y"]), ("say \"hi\"", &["z"]), ("two\nlines", &[]), (" blank ", &[])]);
        let expected = "roleName,profiles\r\n\"a,b\",\"x,y\"\r\n\"say \"\"hi\"\"\",z\r\n\"two\nlines\",\r\n\" blank \",\r\n";
        assert_eq!(rows.csv(), expected);
    }

    #[test]
    fn tsv_has_one_line_for_each_row_and_can_be_read_back() {
        let rows = rows(&[("tab\there", &["x", "y"]), ("two\r\nlines", &["back\\slash"])]);
        assert_eq!(rows.tsv(), "roleName\tprofiles\ntab\\there\tx,y\ntwo\\r\\nlines\tback\\\\slash\n");
    }
}
