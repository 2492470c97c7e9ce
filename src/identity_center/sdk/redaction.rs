//! Keeps secrets out of errors: a server may repeat what it was sent.

use crate::error::ServiceError;
use crate::secret::Secret;

/// The error without a message or code that repeats one of `secrets`, or a part of one.
pub(super) fn without_secrets(mut error: ServiceError, secrets: &[&Secret]) -> ServiceError {
    let holds_secret = |text: &String| secrets.iter().any(|secret| secret.is_repeated_in(text));
    error.message = error.message.map(|message| message.chars().take(LONGEST_MESSAGE).collect());
    error.message = error.message.filter(|message| !holds_secret(message));
    // A code ends at the first colon. Tokens have colons too, so a code may be a short part of one.
    let is_piece = |code: &String| secrets.iter().any(|secret| secret.expose().contains(code.as_str()));
    error.code = error.code.filter(|code| !holds_secret(code) && !is_piece(code));
    error
}

/// The longest message that is shown, in characters. AWS's messages are shorter.
const LONGEST_MESSAGE: usize = 2000;
