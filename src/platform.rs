//! Everything that differs between Linux, macOS and Windows: files, processes, terminals.
//!
//! Other modules call this one instead of the interfaces of a system.

mod alarm;
mod ancestors;
mod closed;
mod command;
mod core_dumps;
mod directory;
mod files;
mod held;
mod holder;
mod in_use;
mod keyboard;
mod limits;
mod local_time;
mod memory;
mod obstacle;
mod permissions;
mod private;
mod process;
mod public;
mod replacing;
#[cfg(unix)]
mod signals;
mod supervised;
mod terminal;
mod terminal_text;
mod users_home;

pub use alarm::{Alarm, Bell, Interest};
pub use ancestors::{Ancestor, ancestors};
pub use closed::close_to_others;
pub use command::CommandLine;
#[cfg(unix)]
pub use command::become_command;
pub use core_dumps::forbid_core_dumps;
pub use files::{
    age, age_of, become_private_copy_of, become_successor_of, create_private_directories, create_private_new,
    empty, ensure_writable, is_missing, keep_owner_and_mode, open_own, open_private_append, open_regular,
    open_regular_not_from_the_future,
};
pub use holder::{note_holder, noted_holder};
pub use in_use::{is_in_use, is_kept_open, reason_in_use, remove_file, rename};
pub use keyboard::{Input, Keyboard, end_by_signal, leave_raw_mode, terminal_size};
pub use limits::{SpareDescriptor, is_out_of_descriptors, spare_descriptor, survive_file_size_limit};
pub use local_time::offset_from_utc;
pub use memory::wipe_freed_memory;
pub use obstacle::{Obstacle, ObstacleKind, belongs_to_this_user, words_of};
pub use permissions::{Permissions, is_foreign, obstacle_to_files_in, permissions};
pub use private::{PrivateDirectory, PrivateFile};
pub use process::{
    environment, find_program, forget_partitions, is_no_program, is_stopped, may_be_this_program,
    start_detached, this_program,
};
pub use public::replace_public;
pub use replacing::{
    ABANDONED, FileState, TEMPORARY_ENDING, behind_links, behind_own_link, ensure_files_can_go,
    ensure_replaceable, has_other_names, modified, set_modified, sync_directory, temporary_name, touch,
};
pub use supervised::{Supervised, exit_code, stay_for_a_child};
pub use terminal::{
    Stream, is_in_foreground, open_controlling_terminal, process_group, standard_error,
    standard_input_is_a_terminal, standard_output_is_a_terminal, standard_streams_are_one, terminal_session,
};
pub use terminal_text::write_to_terminal;
pub use users_home::{ensure_safe_for_root, ensure_safe_to_edit, read_directory};
