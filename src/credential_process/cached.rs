//! Role credentials from the AWS CLI's cache.

use crate::cache::Caches;
use crate::cli::CredentialProcessOptions;
use crate::context::Context;
use crate::debug;
use crate::request::RoleRequest;
use crate::role_credentials::{Freshness, RoleCredentials};

/// The hit: cached credentials that are fresh, so that they are handed out without a request or a
/// lock. `None` with `--force-refresh` or `--no-cache`.
pub fn cached_role_credentials(
    context: &Context,
    caches: &Caches,
    request: &RoleRequest,
    options: &CredentialProcessOptions,
) -> Option<RoleCredentials> {
    if options.force_refresh || options.no_cache {
        return None;
    }
    let credentials = read(context, caches, request)?;
    (credentials.freshness(context.now()) == Freshness::Fresh).then_some(credentials)
}

/// The cached credentials, expired or not; `None` with `--no-cache`.
pub fn found_at_first(
    context: &Context,
    caches: &Caches,
    request: &RoleRequest,
    options: &CredentialProcessOptions,
) -> Option<RoleCredentials> {
    (!options.no_cache).then(|| read(context, caches, request)).flatten()
}

/// The cached credentials, expired or not.
pub fn read(context: &Context, caches: &Caches, request: &RoleRequest) -> Option<RoleCredentials> {
    match caches.read_role_credentials(context, request) {
        Ok(credentials) => {
            // The arguments are evaluated only if the log is on: a hit reads the clock once.
            debug!(
                context,
                "role cache {}: {} s left",
                caches.role_path(request).display(),
                credentials.expiration.seconds_since(context.now())
            );
            Some(credentials)
        }
        Err(miss) => {
            debug!(context, "role cache {}: {miss}", caches.role_path(request).display());
            None
        }
    }
}
