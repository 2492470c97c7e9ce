//! The accounts and roles that the person of a session can reach: the list that was kept, or a
//! new one from AWS.
//!
//! Nothing is printed here, except through [`Progress`]. Which roles a command shows is the
//! business of `commands`.

mod collect;
mod collection;
mod kept;
mod listed;
mod listing;
mod progress;
mod wanted;

pub use kept::{fresh, kept};
pub use listed::{Assignment, LeftOut, Listing, Origin};
pub use listing::listing;
pub use progress::Progress;
pub use wanted::{Account, Accounts, MAX_AGE, Wanted};
