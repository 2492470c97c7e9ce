//! The web browser for the sign-in page: whether a page can be opened here, which program opens
//! it, and starting that program.
//!
//! [`choose`] decides from [`Surroundings`] alone; [`open`], [`choose_here`] and [`choose_for`] look at
//! this computer. The content of the page and the text of prompts are not decided here. Reasons:
//! `docs/decisions/webbrowser.md`.

mod address;
mod choice;
mod desktop;
mod environment;
mod program;
mod refusal;
mod start;
mod surroundings;
mod variable;

pub use address::Address;
pub use choice::{BrowserChoice, Launch, choose};
pub use program::Program;
pub use refusal::{NoBrowser, PassedOver, Unusable};
pub use start::{choose_for, choose_here, is_ci_job, limit_exceeded, open};
pub use surroundings::{Surroundings, System, remote_place};
