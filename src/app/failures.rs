//! The last error of a session, kept for `aws-sso-cred status`: SDKs swallow stderr.

use serde_json::json;

use super::Run;
use crate::error::Error;
use crate::role_credentials::RoleCredentials;
use crate::state::StateDirectory;

/// Notes a failure, or forgets the last one after a success.
pub(super) fn remember(run: &Run, outcome: &Result<RoleCredentials, Error>) {
    let Some(path) = run.sso.state.session_file(run.sso.session, "last-error.json") else { return };
    match outcome {
        Ok(_) => StateDirectory::remove(run.sso.context, &path),
        Err(error) => {
            let text = error.text();
            let note = json!({ "at": run.sso.context.now().to_string(), "exit": error.exit_code(), "text": text.what });
            StateDirectory::write_text(run.sso.context, &path, &note.to_string());
        }
    }
}
