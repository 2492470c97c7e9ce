//! AWS's two configuration files, `config` and `credentials`: where they are, their grammar, and
//! the sections that are read from them.
//!
//! This room does not decide what a value means: that is `selection`. It reads the files and
//! never writes them.

mod files;
pub mod header;
pub mod lines;
mod merged;
mod paths;
pub mod scanner;
mod settings;

pub use files::{Files, of_every_name, profiles_of};
pub use header::Kind;
pub use merged::{MergedSection, everything};
pub use paths::{
    config_path, credentials_path, expand, origin_of_session_header, path_variable, shown_config_path,
    shown_credentials_path, shown_path,
};
pub use scanner::{Pick, nested_settings};
pub use settings::{Found, Settings};
