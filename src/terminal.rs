//! Everything that reaches a person or leaves on stdout: the sign-in prompt and its channel,
//! progress, documents and messages.
//!
//! The texts of failures are in `error`. Only `questions` reads what is typed, for commands that people
//! run: the stdin of the credential process belongs to the calling program.

mod channel;
pub mod output;
mod progress;
mod progress_bar;
mod prompt;
pub mod questions;
pub mod rows;
mod waiting_line;

pub use channel::{Channel, is_in_foreground};
pub use progress::{a_person_can_answer, show_in_place, stderr_is_a_terminal};
pub use progress_bar::ProgressBar;
pub use prompt::{PromptBrowser, PromptFacts, sign_in_prompt};
pub use waiting_line::WaitingLine;
