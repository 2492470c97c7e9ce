//! Answers of AWS, from the bytes on the wire to the types of this program: any answer is a value or an
//! error, and no error repeats a secret. The first line of an input names the operation.
#![no_main]

use std::time::Duration;

use aws_sso_cred::context::Context;
use aws_sso_cred::error::{ServiceError, ServiceErrorKind};
use aws_sso_cred::fuzzing::answer_next;
use aws_sso_cred::identifiers::{AccountId, Region, RoleName};
use aws_sso_cred::identity_center::sdk::SdkIdentityCenter;
use aws_sso_cred::identity_center::sdk::endpoints::Service;
use aws_sso_cred::identity_center::{Client, Deadline, Grant, IdentityCenter as _, RegisterClient};
use aws_sso_cred::request::ConnectionSettings;
use aws_sso_cred::secret::Secret;
use aws_sso_cred::timestamp::Timestamp;
use libfuzzer_sys::{Corpus, fuzz_target};

const NOW: Timestamp = Timestamp::from_unix(1_795_230_000);
const SECRET: &str = "aoaSECRETSECRETSECRETSECRET:secret";

thread_local! {
    static AWS: SdkIdentityCenter<'static> = {
        let context = Box::leak(Box::new(Context::fake(&[("HOME", "/nonexistent")], NOW)));
        let region = Region::parse("eu-west-1").expect("a region");
        SdkIdentityCenter::new(context, &region, None, &ConnectionSettings::default()).expect("settings")
    };
}

fuzz_target!(|data: &[u8]| -> Corpus {
    let Some(end) = data.iter().position(|byte| *byte == b'\n') else { return Corpus::Reject };
    let (operation, answer) = (&data[..end], &data[end + 1..]);
    AWS.with(|aws| match ask(aws, operation, answer) {
        Some(Ok(())) => Corpus::Keep,
        Some(Err(error)) => {
            assert_ne!(
                error.kind,
                ServiceErrorKind::Unreachable,
                "the answer must not come from the network"
            );
            let shown = format!("{error:?}");
            assert!(!shown.contains(SECRET) && !shown.contains(&SECRET[..20]), "{shown}");
            Corpus::Keep
        }
        None => Corpus::Reject,
    })
});

/// The result of an operation that gets `answer`; `None` if there is no such operation.
fn ask(aws: &SdkIdentityCenter<'_>, operation: &[u8], answer: &[u8]) -> Option<Result<(), ServiceError>> {
    let secret = Secret::new(SECRET);
    let account = AccountId::parse("111122223333").expect("an account");
    let role = RoleName::parse("Developer").expect("a role");
    let client = Client { id: "client", secret: &secret };
    // Every answer ends, so no request waits for its deadline.
    let deadline = Deadline::at(Duration::from_secs(3600));
    let service = match operation {
        b"GetRoleCredentials" | b"ListAccounts" | b"ListAccountRoles" | b"Logout" => Service::Portal,
        _ => Service::Oidc,
    };
    answer_next(aws, service, answer);
    Some(match operation {
        b"GetRoleCredentials" => {
            aws.get_role_credentials(&secret, &account, &role, deadline).map(|credentials| {
                assert!(!credentials.access_key_id.trim().is_empty());
                assert!(!credentials.session_token.is_empty() && !credentials.secret_access_key.is_empty());
                assert!(credentials.expiration <= NOW.plus(Duration::from_hours(12)));
                assert!(credentials.document(Some(&account)).expose().is_ascii());
            })
        }
        b"ListAccounts" => aws.list_accounts(&secret, Some("next"), deadline).map(|(_, next)| {
            assert_ne!(next.as_deref(), Some(""));
        }),
        b"ListAccountRoles" => aws.list_account_roles(&secret, &account, None, deadline).map(drop),
        b"Logout" => aws.logout(&secret, deadline),
        b"CreateToken" => aws.create_token(client, Grant::RefreshToken(&secret), deadline).map(|token| {
            assert!(!token.access_token.is_empty() && !token.expires_in.is_zero());
            assert!(token.expires_in <= Duration::from_hours(90 * 24));
            assert!(token.refresh_token.is_none_or(|token| !token.is_empty()));
        }),
        b"StartDeviceAuthorization" => aws
            .start_device_authorization(client, "https://corp.awsapps.com/start", deadline)
            .map(|started| {
                for page in [started.verification_uri, started.verification_uri_complete] {
                    let is_local = page.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http://"));
                    assert!(
                        is_local
                            || page.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"))
                    );
                    assert!(!page.contains(char::is_control), "{page:?}");
                }
            }),
        b"RegisterClient" => {
            let request = RegisterClient {
                client_name: "fuzz".to_owned(),
                scopes: Vec::new(),
                authorization_code: None,
            };
            aws.register_client(&request, deadline).map(|client| {
                assert!(client.expires_at <= NOW.plus(Duration::from_hours(90 * 24)));
            })
        }
        _ => return None,
    })
}
