//! What people type: `login`, `logout`, `status`. One file or folder for each.

mod login;
mod logout;
mod status;
mod surroundings;

pub use login::login;
pub use logout::logout;
pub use status::status;
