//! What differs between Linux, macOS and Windows, all under this one roof.
//! The rest of the program is written as if there were only one system.

mod files;

pub use files::{
    age, create_private_directories, create_private_new, open_private_append, open_private_lock, open_regular,
};
