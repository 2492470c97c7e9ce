//! What a person sees: the prompt and the way to them, progress, and the way out for
//! documents and failures.

mod channel;
pub mod output;
mod progress;
mod prompt;
mod waiting_line;

pub use channel::Channel;
pub use progress::{show_in_place, stderr_is_a_terminal};
pub use prompt::{PromptBrowser, PromptFacts, sign_in_prompt};
pub use waiting_line::WaitingLine;
