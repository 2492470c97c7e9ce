//! The commands for people, and which option starts which. One file or folder for each.

mod complete;
mod completions;
pub mod configure;
mod console;
mod doctor;
mod exec;
pub mod export;
mod first_start;
mod list;
mod login;
mod logout;
mod man;
mod overruled;
pub mod person;
mod pick;
pub mod role;
pub mod rows;
mod star_pattern;
mod status;
mod surroundings;
mod sync;
mod synced;
pub mod variables;

pub use complete::complete;
pub use completions::completions;
pub use configure::configure;
pub use console::console;
pub use doctor::doctor;
pub use exec::exec;
pub use export::export;
pub use first_start::first_start;
pub use list::list;
pub use login::login;
pub use logout::logout;
pub use man::man;
pub use status::status;
pub use sync::sync;

use crate::cli::Subcommand;
use crate::context::Context;
use crate::error::Error;

/// Runs a subcommand, and returns the exit code.
///
/// # Errors
/// Those of the subcommand.
pub fn run(context: &mut Context, subcommand: &Subcommand) -> Result<u8, Error> {
    // The Tab key writes nothing.
    if !matches!(subcommand, Subcommand::Complete(_)) {
        context.open_log(subcommand.debug());
    }
    match subcommand {
        Subcommand::Configure(options) => configure(context, options),
        Subcommand::Login(options) => login(context, options),
        Subcommand::Logout(options) => logout(context, options),
        Subcommand::Status(options) => status(context, options),
        Subcommand::Export(options) => export(context, options).map(|()| 0),
        Subcommand::Exec(options) => exec(context, options),
        Subcommand::Console(options) => console(context, options).map(|()| 0),
        Subcommand::Doctor(options) => doctor(context, options),
        Subcommand::Sync(options) => sync(context, options),
        Subcommand::List(options) => list(context, options).map(|()| 0),
        Subcommand::Completions(options) => completions(context, options).map(|()| 0),
        Subcommand::Complete(options) => complete(context, options).map(|()| 0),
        Subcommand::Man(options) => man(options).map(|()| 0),
    }
}
