//! Small things about text, for every room: they know nothing of AWS and nothing of each
//! other's users.

pub mod escape;
pub mod invisible;
pub mod json;
pub mod percent;
pub mod shell;
pub mod span;
pub mod url;
pub mod words;
