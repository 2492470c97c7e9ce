//! The faults that a scene meets, each with its name on the page.

use std::time::Duration;

use stand_in::{Fault, Framing, Operation};

use crate::answers;
use crate::common::World;
use crate::network::{self, Network};
use crate::scenes::{Extent, Scene};

#[derive(Clone)]
pub struct NamedFault {
    pub name: String,
    /// Whether most of the cell's time is waiting.
    pub slow: bool,
    /// Where a cut answer ends, so that the page can name ranges.
    pub cut: Option<(Framing, usize)>,
    pub how: How,
}

#[derive(Clone)]
pub enum How {
    /// AWS answers the operation like this, always.
    Answer(Fault),
    /// This stands in the place of AWS, or on the way.
    Network(Network),
    /// AWS or the home is changed.
    World(fn(&World)),
}

/// All faults of a scene, apart from cuts at every tenth byte.
pub fn faults(scene: &Scene) -> Vec<NamedFault> {
    let mut all = statuses(scene.operation);
    all.extend(exceptions(scene.operation));
    all.extend(connections());
    all.extend(redirects());
    all.extend(pages_and_bodies());
    all.extend(answers::odd_answers(scene.operation));
    all.extend(expiries(scene));
    if scene.own_endpoint {
        all.extend(network::all());
    }
    if matches!(scene.operation, Operation::ListAccounts | Operation::ListAccountRoles) {
        // `list` goes on for ten minutes, unless AWS asks for a longer pause: tests/list.
        let goes_on = |name: &str| name.contains("429") || name.contains("TooManyRequests");
        all.retain(|fault| !goes_on(&fault.name) || fault.name == "429 with Retry-After: 3600");
    }
    if scene.extent == Extent::Sample {
        all.retain(|fault| SAMPLE.contains(&fault.name.as_str()));
        assert!(all.len() > 10, "the names of the sample are names of faults");
    }
    all
}

const SAMPLE: [&str; 18] = [
    "401",
    "403",
    "404",
    "503",
    "429 with Retry-After: 3600",
    "no answer at all",
    "a hang in the body",
    "closed before the answer",
    "302 to another host, by http",
    "a web page with 200",
    "{}",
    "wrong types",
    "the port is closed",
    "the certificate has expired",
    "not TLS",
    "the proxy wants a password (407)",
    "the session has ended",
    "the client registration has expired",
];

/// A cut of the real answer, whose length is `length`, at every tenth byte.
pub fn cuts(framing: Framing, length: usize) -> impl Iterator<Item = NamedFault> {
    // The end of a connection is the end of such a body: its last byte cannot be missed.
    (0..length).step_by(10).map(move |bytes| NamedFault {
        name: format!("cut at byte {bytes} ({framing:?})"),
        slow: false,
        cut: Some((framing, bytes)),
        how: How::Answer(Fault::Cut { framing, bytes }),
    })
}

pub fn quick(name: impl Into<String>, fault: Fault) -> NamedFault {
    NamedFault { name: name.into(), slow: false, cut: None, how: How::Answer(fault) }
}

fn slow(name: impl Into<String>, fault: Fault) -> NamedFault {
    NamedFault { slow: true, ..quick(name, fault) }
}

fn statuses(operation: Operation) -> Vec<NamedFault> {
    let mut all: Vec<_> =
        [400, 401, 403, 404, 418].map(|status| quick(status.to_string(), Fault::Status(status))).into();
    all.extend([500, 502, 503, 504, 429].map(|status| slow(status.to_string(), Fault::Status(status))));
    all.extend(
        [200, 201, 204, 401, 403, 404, 408, 413, 511]
            .map(|status| quick(format!("{status} without a body"), Fault::EmptyBody(status))),
    );
    all.extend([502, 504].map(|status| slow(format!("{status} without a body"), Fault::EmptyBody(status))));
    all.push(quick("200 without a body and without Content-Length", raw("200 OK", "", "")));
    all.push(quick("429 with Retry-After: 3600", Fault::RetryAfter { status: 429, seconds: 3600 }));
    all.push(slow("503 with Retry-After: 1", Fault::RetryAfter { status: 503, seconds: 1 }));
    if operation == Operation::Logout {
        // Any answer of 2xx is good.
        all.retain(|fault| !fault.name.starts_with("20"));
    }
    all
}

/// The exceptions that AWS documents for the service, with their words in sso-oidc.
fn exceptions(operation: Operation) -> Vec<NamedFault> {
    let portal = matches!(
        operation,
        Operation::GetRoleCredentials
            | Operation::ListAccounts
            | Operation::ListAccountRoles
            | Operation::Logout
    );
    let error = |status: u16, code: &'static str| {
        let waits = [
            "TooManyRequestsException",
            "ThrottlingException",
            "InternalServerException",
            "AuthorizationPendingException",
            "SlowDownException",
        ]
        .contains(&code);
        NamedFault {
            slow: waits,
            ..quick(format!("{status} {code}"), Fault::Error { status, code, message: "words of AWS" })
        }
    };
    if portal {
        return vec![
            error(400, "InvalidRequestException"),
            error(400, "TooManyRequestsException"),
            error(400, "NewException"),
        ];
    }
    if operation == Operation::GetSigninToken {
        return Vec::new();
    }
    let names = [
        "AccessDeniedException",
        "AuthorizationPendingException",
        "ExpiredTokenException",
        "InvalidClientException",
        "InvalidClientMetadataException",
        "InvalidGrantException",
        "InvalidRedirectUriException",
        "InvalidRequestException",
        "InvalidRequestRegionException",
        "InvalidScopeException",
        "SlowDownException",
        "ThrottlingException",
        "UnauthorizedClientException",
        "UnsupportedGrantTypeException",
        "NewException",
    ];
    names.map(|name| error(400, name)).into()
}

fn connections() -> Vec<NamedFault> {
    vec![
        quick("closed before the answer", Fault::CloseBeforeAnswer),
        quick("reset", Fault::Reset),
        quick("another protocol", Fault::RawBytes(b"SSH-2.0-OpenSSH_9.6\r\n".to_vec())),
        quick("a head without an end", Fault::RawBytes(vec![b'x'; 500_000])),
        slow("no answer at all", Fault::Hang),
        slow("a hang in the head", Fault::HangAt(40)),
        slow("a hang in the body", Fault::HangMidBody),
        slow("one byte a second", Fault::Drip),
    ]
}

fn redirects() -> Vec<NamedFault> {
    let to = |status: &str, location: &str| {
        raw(status, &format!("Location: {location}\r\nContent-Length: 0\r\n"), "")
    };
    let decoy = network::decoy_url();
    vec![
        quick("302 to another host, by http", to("302 Found", "http://elsewhere.example/credentials")),
        quick("302 to another host, by https", to("302 Found", "https://elsewhere.example/credentials")),
        quick("301 to another port of this computer", to("301 Moved Permanently", &format!("{decoy}/token"))),
        quick(
            "302 to another port of this computer",
            to("302 Found", &format!("{decoy}/federation/credentials")),
        ),
        quick(
            "303 to another port of this computer",
            to("303 See Other", &format!("{decoy}/federation/credentials")),
        ),
        quick(
            "307 to another port of this computer",
            to("307 Temporary Redirect", &format!("{decoy}/token")),
        ),
        quick(
            "308 to another port of this computer",
            to("308 Permanent Redirect", &format!("{decoy}/token")),
        ),
        quick("302 to nowhere", to("302 Found", "")),
    ]
}

fn pages_and_bodies() -> Vec<NamedFault> {
    let mut all: Vec<_> = [200, 403, 404, 511]
        .map(|status| quick(format!("a web page with {status}"), Fault::HtmlPage(status)))
        .into();
    all.push(slow("a web page with 503", Fault::HtmlPage(503)));
    let body = |name: &str, bytes: &[u8]| quick(name, Fault::Garbage(bytes.to_vec()));
    all.extend([
        body("{}", b"{}"),
        body("[]", b"[]"),
        body("null", b"null"),
        body("a number", b"5"),
        body("JSON without its end", b"{\"roleCredentials\": {"),
        body("a NUL and bytes that are not UTF-8", b"\x00\xff\xfe"),
        body("JSON in a hundred thousand arrays", &b"[".repeat(100_000)),
        quick("wrong types", Fault::WrongTypes),
        quick("a body of 32 MB", Fault::HugeBody(32 << 20)),
    ]);
    all
}

fn expiries(scene: &Scene) -> Vec<NamedFault> {
    let change = |name: &str, how: fn(&World)| NamedFault {
        name: name.to_owned(),
        slow: false,
        cut: None,
        how: How::World(how),
    };
    match scene.operation {
        Operation::GetRoleCredentials => vec![
            change("the access token is revoked", |world| {
                world.aws.revoke(world.token()["accessToken"].as_str().unwrap());
            }),
            change("the session has ended", |world| world.aws.end_session()),
            change("credentials arrive with 30 seconds left", |world| {
                world.aws.set_role_credentials_lifetime(Duration::from_secs(30));
            }),
            change("credentials arrive expired", |world| {
                world.aws.set_role_credentials_lifetime(Duration::ZERO);
            }),
        ],
        Operation::CreateToken if scene.own_endpoint => vec![
            change("the session has ended", |world| world.aws.end_session()),
            change("the client registration has expired", |world| {
                world.aws.expire_client(world.token()["clientId"].as_str().unwrap());
            }),
            change("the access token arrives expired", |world| {
                world.aws.set_access_token_lifetime(Duration::ZERO);
            }),
            change("the access token arrives with 30 seconds left", |world| {
                world.aws.set_access_token_lifetime(Duration::from_secs(30));
            }),
        ],
        Operation::ListAccounts | Operation::Logout => {
            vec![change("the session has ended", |world| world.aws.end_session())]
        }
        Operation::CreateToken if scene.command.contains(&"-i") => {
            vec![change("you refuse", |world| world.aws.auto_deny(0))]
        }
        _ => Vec::new(),
    }
}

/// An answer that the stand-in does not frame.
pub fn raw(status: &str, headers: &str, body: &str) -> Fault {
    Fault::RawBytes(format!("HTTP/1.1 {status}\r\n{headers}\r\n{body}").into_bytes())
}
