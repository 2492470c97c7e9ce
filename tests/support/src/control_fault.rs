//! Faults as the controls name them: `"fault"` is the variant's name, and its
//! fields stand beside it; `"times"` is `"once"`, `"always"` or a number.

use serde_json::Value;

use crate::control::{Command, Problem};
use crate::fault::{Fault, Framing, Times};

/// The fault that a command names.
pub(crate) fn fault_of(command: &Command<'_>) -> Result<Fault, Problem> {
    Ok(match command.text("fault")? {
        "Status" => Fault::Status(command.number("status")?),
        "Error" => Fault::Error {
            status: command.number("status")?,
            code: kept(command.text("code")?),
            message: kept(command.text("message")?),
        },
        "SlowDown" => Fault::SlowDown,
        "CloseBeforeAnswer" => Fault::CloseBeforeAnswer,
        "CutMidBody" => Fault::CutMidBody,
        "Reset" => Fault::Reset,
        "Hang" => Fault::Hang,
        "HangMidBody" => Fault::HangMidBody,
        "Cut" => Fault::Cut { framing: Framing::Length, bytes: command.number("bytes")? },
        "HangAt" => Fault::HangAt(command.number("bytes")?),
        "Drip" => Fault::Drip,
        "Garbage" => Fault::Garbage(command.text("body")?.as_bytes().to_vec()),
        "RawBytes" => Fault::RawBytes(command.text("body")?.as_bytes().to_vec()),
        "HtmlPage" => Fault::HtmlPage(command.number("status")?),
        "EmptyBody" => Fault::EmptyBody(command.number("status")?),
        "HugeBody" => Fault::HugeBody(command.number("size")?),
        "WrongTypes" => Fault::WrongTypes,
        "EndlessPages" => Fault::EndlessPages,
        "Repeat" => Fault::Repeat(command.number("status")?),
        "RedirectTo" => Fault::RedirectTo(command.text("location")?.to_owned()),
        "RetryAfter" => {
            Fault::RetryAfter { status: command.number("status")?, seconds: command.number("seconds")? }
        }
        _ => return Err(Problem::Field("fault")),
    })
}

/// How often the fault happens; once by default.
pub(crate) fn times_of(command: &Command<'_>) -> Result<Times, Problem> {
    match command.value("times") {
        Value::Null => Ok(Times::Once),
        Value::String(text) if text == "once" => Ok(Times::Once),
        Value::String(text) if text == "always" => Ok(Times::Always),
        _ => command.number("times").map(Times::Times),
    }
}

/// A fault contains `&'static str`, because tests in Rust use literals. Texts from outside live as
/// long as the process.
fn kept(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}
