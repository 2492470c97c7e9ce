//! Gets an access token for a session: the cached one, a refreshed one, or one from a new
//! sign-in by device code or by redirect. Also removes what a sign-in has left on this computer.
//!
//! Role credentials are fetched by `credential_process`. Command lines are the business of
//! `commands`.

mod access_token;
mod clock;
mod configured_roles;
mod cool_down;
mod device_code;
mod failure;
mod given_up;
mod known_roles;
mod left_over;
mod meanwhile;
mod network_time;
mod obstacles;
mod pending;
mod portal;
mod prompt;
mod redirect;
mod refresh;
mod registration;
mod removals;
mod replacement;
mod role_files;
mod session;
mod standing;
mod start_url_check;
mod success;
mod synced_keys;
mod token_lock;
mod token_step;
mod token_store;
mod tokens;
mod tunnel;
mod waiting;
mod within_call;

pub use access_token::{after_two_refusals, refreshed_now, usable_access_token};
pub use clock::{is_behind, is_told_by_aws, latest, latest_known, take_note};
pub use configured_roles::ConfiguredRoles;
pub use cool_down::{end as end_cool_down, holding as cool_down};
pub use device_code::authorize_device;
pub use failure::{dead_on_arrival, failure};
pub use meanwhile::{is_since_start, signed_in as signed_in_meanwhile};
pub use network_time::{ALTOGETHER, ALTOGETHER_WHILE_LIVE, BUDGET, COURTESY, NetworkTime};
pub use obstacles::ensure_room;
pub use pending::PendingSignIn;
pub use redirect::sign_in as sign_in_by_redirect;
pub use removals::{Removal, Removals};
pub use role_files::{Unexplained, ensure_role_credentials_can_go, remove_role_credentials};
pub use session::{Policy, SessionFiles, SessionRun};
pub use standing::Standing;
pub use start_url_check::check_start_url;
pub use success::forget_failures;
pub use synced_keys::{Swept, forget_synced_keys, headers, remove_synced, synced_identity};
pub use token_step::required;
pub use token_store::ensure_kept;
pub use tunnel::{is_remote, tunnel};
pub use waiting::lock as wait_for_lock;
