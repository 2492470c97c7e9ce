//! Every sentence this program says when it fails.
//!
//! House rules: lower case, no full stop at the end, values in backticks; first
//! what happened, then why, then one hint with something that can be pasted.
//! `tests/snapshots/errors.txt` shows the result, `docs/troubleshooting.md` says more.

pub(super) mod aws;
pub(super) mod clock_skew;
pub(super) mod configuration;
pub(super) mod local;
mod missing_values;
mod section_header;
pub(super) mod sign_in;
mod too_many_files;
