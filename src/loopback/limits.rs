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
    /// A connection younger than this is not closed for a new one, which then waits in the system's
    /// queue: its peer may be about to send its request.
    pub spared: Duration,
}
