//! What differs between Linux, macOS and Windows, all under this one roof.
//! The rest of the program is written as if there were only one system.

mod files;
mod limits;
mod process;
mod terminal;

pub use files::{
    age, create_private_directories, create_private_new, open_private_append, open_private_lock, open_regular,
};
pub use limits::{is_out_of_descriptors, survive_file_size_limit};
pub use process::{environment, find_program, forget_partitions, start_detached};
pub use terminal::{
    Stream, is_in_foreground, open_controlling_terminal, standard_error, standard_streams_are_one,
    terminal_session,
};
