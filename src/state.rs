//! What aws-sso-cred keeps for its next runs: locks, and one small typed note for each fact.
//! All of these files are in the platform's state directory (0700), never in AWS's directories.
//!
//! State is never required for an answer. Without a state directory, processes do not wait for
//! each other and know nothing of earlier runs.

mod account_list;
mod clock_skew;
mod command_files;
mod cool_down;
mod directory;
mod fingerprint;
mod forget;
mod last_error;
mod locks;
mod note;
mod pending;
mod prompted;
mod quiet_time;
mod refreshed;
mod refused_refresh;
mod request_rate;
mod roles;
mod shared_failure;
mod signed_in;
mod unproved_client;

pub use account_list::{AccountList, AccountRoles};
pub use clock_skew::{ClockSkew, is_large};
pub use command_files::CommandFiles;
pub use cool_down::{AFTER_SILENCE, CoolDown};
pub use directory::StateDirectory;
pub use fingerprint::short as short_fingerprint;
pub use last_error::LastError;
pub use locks::{LockPlace, as_known_here};
pub use pending::PendingNote;
pub use prompted::Prompted;
pub use quiet_time::QuietTime;
pub use refreshed::RefreshedTokens;
pub use refused_refresh::RefusedRefresh;
pub use request_rate::{RequestRate, Schedule};
pub use shared_failure::SharedFailure;
pub use signed_in::SignedIn;
pub use unproved_client::UnprovedClient;
