//! A small HTTP server on a port of 127.0.0.1: one request and one response for each connection. Any
//! program on this computer can connect, and any web page can make a browser connect.
//!
//! One thread serves all connections and blocks on none of them. What a request means, and who may
//! ask, is decided by the caller: `authorization_code` and `container_credentials`.

mod connection;
mod head;
mod limits;
mod listener;

pub use connection::{Connection, WRITE_DEADLINE};
pub use head::{Head, HeaderFault, names_listener, only_value, read_head, values};
pub use limits::Limits;
pub use listener::{Action, Connections, Listener};
