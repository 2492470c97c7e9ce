//! How far the work is, for a person who waits.

/// Is told how far the work is.
pub trait Progress {
    /// `done` accounts of `all` are finished; `all` is `None` while the accounts are still counted.
    fn advance(&mut self, done: usize, all: Option<usize>);

    /// This process waits for another one that asks for the same list.
    fn wait_for(&mut self, process: Option<u32>);
}
