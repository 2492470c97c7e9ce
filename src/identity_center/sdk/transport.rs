//! Carries the SDK's requests: HTTP/1.1 by hyper over one connection, which is
//! kept for the next request to the same endpoint.
//!
//! Redirects are not followed, nothing is retried, no answer grows beyond
//! [`LARGEST_ANSWER`], and no header leaves that the SDK made of the environment.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use http::header::{CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue, LOCATION, USER_AGENT};
use http::{Method, Request, Response, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::time::Instant;

use super::connect::{self, Origin};
use super::failure::Failure;
use super::proxies::Proxies;
use super::refusal;
use super::trust::Trust;
use crate::error::ServiceErrorKind;
use crate::identity_center::Redirect;
use crate::timestamp::Timestamp;

/// A page of a thousand accounts is a tenth of it.
const LARGEST_ANSWER: usize = 1 << 20;

/// How we name ourselves to every server, whoever calls us.
const PROGRAM: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// What of the SDK's headers goes on the wire. The others, such as `x-amzn-trace-id`,
/// tell of the program that called us.
const SENT: [&str; 6] = [
    "accept",
    "content-length",
    "content-type",
    "amz-sdk-invocation-id",
    "amz-sdk-request",
    "x-amz-sso_bearer_token",
];

/// An idle connection is used again within this time; servers close theirs later.
const KEEP_ALIVE: Duration = Duration::from_secs(2);

/// How requests leave, and whom they trust.
#[derive(Debug)]
pub(super) struct Transport {
    trust: Trust,
    proxies: Proxies,
    idle: Mutex<Option<Idle>>,
    /// The `Date` of the last answer.
    date: Mutex<Option<Timestamp>>,
}

#[derive(Debug)]
struct Idle {
    origin: Origin,
    sender: SendRequest<Full<Bytes>>,
    since: Instant,
}

impl Transport {
    pub fn new(trust: Trust, proxies: Proxies) -> Self {
        Self { trust, proxies, idle: Mutex::new(None), date: Mutex::new(None) }
    }

    /// In the shape the SDK takes.
    pub fn client(self: &Arc<Self>) -> SharedHttpClient {
        let connector = SharedHttpConnector::new(Connector(Arc::clone(self)));
        http_client_fn(move |_, _| connector.clone())
    }

    /// What time it was for the server that answered last.
    pub fn server_date(&self) -> Option<Timestamp> {
        *self.date.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, Failure> {
        let mut request = request.try_into_http1x().map_err(|error| unusable(&error))?;
        leave_ours(request.headers_mut());
        let (response, sender, origin) = self.send(request).await?;
        let response = collected(response).await?;
        *self.date.lock().unwrap_or_else(PoisonError::into_inner) = refusal::date(&response, "date");
        if !sender.is_closed() {
            let kept = Idle { origin, sender, since: Instant::now() };
            *self.idle.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept);
        }
        Ok(response)
    }

    /// Asks for an address and looks at the head of the answer only.
    pub async fn redirect(&self, method: Method, address: &str) -> Result<Redirect, Failure> {
        let request = Request::builder().method(method).uri(address).header(USER_AGENT, PROGRAM);
        let request = request.body(SdkBody::empty()).map_err(|error| unusable(&error))?;
        let (response, ..) = self.send(request).await?;
        let status = response.status();
        let location = response.headers().get(LOCATION).filter(|_| status.is_redirection());
        let location = location.map(|location| String::from_utf8_lossy(location.as_bytes()).into_owned());
        Ok(Redirect { status: status.as_u16(), location })
    }

    /// Sends a request over the idle connection, or a new one.
    async fn send(
        &self,
        request: Request<SdkBody>,
    ) -> Result<(Response<Incoming>, SendRequest<Full<Bytes>>, Origin), Failure> {
        let origin = origin(request.uri()).ok_or_else(|| unusable(&"the endpoint is no http(s) address"))?;
        let request = addressed(request).map_err(|error| unusable(&error))?;
        let mut sender = match self.take_idle(&origin) {
            Some(sender) => sender,
            None => self.open(&origin).await?,
        };
        let response = sender.send_request(request).await.map_err(|error| Failure::exchange(&error))?;
        Ok((response, sender, origin))
    }

    async fn open(&self, origin: &Origin) -> Result<SendRequest<Full<Bytes>>, Failure> {
        let proxy = self.proxies.route(&origin.host, origin.port);
        let stream = connect::open(origin, proxy, &self.trust).await;
        let stream = stream.map_err(|failure| self.with_what_was_passed_over(origin, failure))?;
        let (sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|error| Failure::exchange(&error))?;
        tokio::spawn(connection);
        Ok(sender)
    }

    /// The variable that names the proxy on the way to `address`.
    pub fn proxy_to(&self, address: &str) -> Option<&'static str> {
        let origin = origin(&address.parse().ok()?).filter(|origin| origin.tls)?;
        self.proxies.route(&origin.host, origin.port).map(|proxy| proxy.variable)
    }

    /// Where there is no way out past the proxy, the one that is not used is what is wanted.
    fn with_what_was_passed_over(&self, origin: &Origin, failure: Failure) -> Failure {
        let no_way = matches!(failure.kind, ServiceErrorKind::Unreachable | ServiceErrorKind::TimedOut);
        match self.proxies.passed_over(&origin.host, origin.port) {
            Some(variable) if no_way && origin.tls => {
                let words = format!("{variable} was passed over, for it names no http:// or https:// proxy");
                Failure { message: format!("{}; {words}", failure.message), ..failure }
            }
            _ => failure,
        }
    }

    fn take_idle(&self, origin: &Origin) -> Option<SendRequest<Full<Bytes>>> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        let usable = idle.origin == *origin && idle.since.elapsed() < KEEP_ALIVE && idle.sender.is_ready();
        usable.then_some(idle.sender)
    }
}

fn unusable(cause: &dyn ToString) -> Failure {
    Failure::new(ServiceErrorKind::Connection, cause.to_string())
}

/// Scheme, host and port of a request.
fn origin(uri: &Uri) -> Option<Origin> {
    let tls = match uri.scheme_str()? {
        "https" => true,
        "http" => false,
        _ => return None,
    };
    let host = uri.host()?;
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    Some(Origin { tls, host: host.to_owned(), port: uri.port_u16().unwrap_or(if tls { 443 } else { 80 }) })
}

/// Takes out what is not meant for the server, and names us.
fn leave_ours(headers: &mut HeaderMap) {
    let all = std::mem::take(headers);
    let ours = SENT.iter().filter_map(|name| Some((*name, all.get(*name)?.clone())));
    headers.extend(ours.map(|(name, value)| (HeaderName::from_static(name), value)));
    headers.insert(USER_AGENT, HeaderValue::from_static(PROGRAM));
}

/// The request as it goes on the wire: a path, and the host in a header.
fn addressed(request: Request<SdkBody>) -> Result<Request<Full<Bytes>>, http::Error> {
    let (mut parts, body) = request.into_parts();
    if let Some(authority) = parts.uri.authority() {
        parts.headers.insert(HOST, HeaderValue::from_str(authority.as_str())?);
    }
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    parts.uri = Uri::try_from(path)?;
    let body = Bytes::copy_from_slice(body.bytes().unwrap_or_default());
    Ok(Request::from_parts(parts, Full::new(body)))
}

/// Reads the whole answer, within bounds.
async fn collected(response: Response<Incoming>) -> Result<HttpResponse, Failure> {
    let not_aws = |message: &str| Failure::new(ServiceErrorKind::NotAws, message);
    let (parts, body) = response.into_parts();
    let page = parts.headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if parts.status.is_success() && page {
        return Err(not_aws("a web page came back"));
    }
    let body = Limited::new(body, LARGEST_ANSWER).collect().await.map_err(|error| {
        match error.downcast_ref::<hyper::Error>() {
            Some(error) => Failure::exchange(error),
            None => not_aws("the answer is larger than any of AWS's"),
        }
    })?;
    let response = Response::from_parts(parts, SdkBody::from(body.to_bytes()));
    HttpResponse::try_from(response).map_err(|_| not_aws("a header of the answer is not text"))
}

#[derive(Debug)]
struct Connector(Arc<Transport>);

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let transport = Arc::clone(&self.0);
        HttpConnectorFuture::new(async move {
            // The kind travels inside; the SDK is told not to make anything of it.
            transport.exchange(request).await.map_err(|failure| ConnectorError::other(failure.into(), None))
        })
    }
}
