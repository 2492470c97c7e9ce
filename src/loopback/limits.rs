//! How much the connections to a listener may take.

use std::time::Duration;

/// Limits of a listener.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The time for the whole request head, from the start of the connection.
    pub reading: Duration,
    /// The longest request head, in bytes.
    pub longest_head: usize,
    /// The most connections that stay open. The oldest silent connection is closed for a new one.
    pub most_connections: usize,
}
