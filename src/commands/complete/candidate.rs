//! A word that may stand at the cursor.

/// A word, and what it means, in a few words.
pub struct Candidate {
    pub word: String,
    pub about: String,
}
