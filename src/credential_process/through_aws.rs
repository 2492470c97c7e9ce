//! Connects the cold path to AWS.

use std::time::Duration;

use super::cached::found_at_first;
use super::fallback;
use super::obtain::obtain_role_credentials;
use super::run::Run;
use crate::cache::Caches;
use crate::cli::CredentialProcessOptions;
use crate::context::Context;
use crate::debug;
use crate::error::Error;
use crate::identity_center::sdk::SdkIdentityCenter;
use crate::platform;
use crate::role_credentials::RoleCredentials;
use crate::selection::Resolved;
use crate::sign_in::latest_known;
use crate::state::StateDirectory;

/// [`obtain_role_credentials`] through the AWS SDK, in a run that `started` then.
///
/// # Errors
/// Those of [`obtain_role_credentials`], or a connection setting that cannot be used.
pub fn obtain_through_aws(
    context: &Context,
    caches: &Caches,
    resolved: &Resolved,
    options: &CredentialProcessOptions,
    started: Duration,
) -> Result<RoleCredentials, Error> {
    platform::wipe_freed_memory();
    let session = &resolved.request.session;
    // Read first: state and connection keep files open, and the system may allow only a few.
    let found = found_at_first(context, caches, &resolved.request, options);
    let state = StateDirectory::find(context);
    let connected = resolved.connection_settings(context).and_then(|settings| {
        SdkIdentityCenter::new(context, &session.region, Some(&session.start_url), &settings)
    });
    let aws = match connected {
        Ok(aws) => aws,
        Err(error) => {
            debug!(context, "failed: {error}");
            let now = latest_known(context, &state);
            let request = &resolved.request;
            let live = fallback::live_credentials(context, caches, request, options, now, found.as_ref());
            return live.ok_or(error);
        }
    };
    let run = Run::new(context, caches, &state, resolved, options, &aws, found).beginning_at(started);
    obtain_role_credentials(&run)
}
