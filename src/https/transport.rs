//! HTTP/1.1 by hyper over one connection, which is kept for the next request to the
//! same endpoint.
//!
//! Redirects are not followed, nothing is retried, and no answer grows beyond
//! [`LARGEST_ANSWER`].

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::header::{CONTENT_TYPE, DATE, HOST, HeaderValue, USER_AGENT};
use http::{Method, Request, Response, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::time::Instant;

use super::connect::{self, Origin};
use super::date;
use super::failure::Failure;
use super::proxies::Proxies;
use super::trust::Trust;
use crate::error::ServiceErrorKind;
use crate::timestamp::Timestamp;

/// A page of a thousand accounts is a tenth of it.
const LARGEST_ANSWER: usize = 1 << 20;

/// How we name ourselves to every server, whoever calls us.
const PROGRAM: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// An idle connection is used again within this time; servers close theirs later.
const KEEP_ALIVE: Duration = Duration::from_secs(2);

/// How requests leave, and whom they trust.
#[derive(Debug)]
pub struct Transport {
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

    /// What time it was for the server that answered last.
    pub fn server_date(&self) -> Option<Timestamp> {
        *self.date.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a request and reads its whole answer.
    ///
    /// # Errors
    /// [`Failure`], when there is no answer that AWS could have given.
    pub async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Failure> {
        let (response, sender, origin) = self.send(request).await?;
        let response = collected(response).await?;
        let date = response.headers().get(DATE).and_then(|date| date::parse(date.to_str().ok()?));
        *self.date.lock().unwrap_or_else(PoisonError::into_inner) = date;
        if !sender.is_closed() {
            let kept = Idle { origin, sender, since: Instant::now() };
            *self.idle.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept);
        }
        Ok(response)
    }

    /// Asks for an address and looks at the head of the answer only.
    ///
    /// # Errors
    /// [`Failure`], when there is no answer.
    pub async fn head_of(&self, method: Method, address: &str) -> Result<Response<()>, Failure> {
        let request = Request::builder().method(method).uri(address);
        let request = request.body(Bytes::new()).map_err(|error| unusable(&error))?;
        let (response, ..) = self.send(request).await?;
        Ok(response.map(drop))
    }

    /// Sends a request over the idle connection, or a new one.
    async fn send(
        &self,
        request: Request<Bytes>,
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

/// The request as it goes on the wire: our name and the host in headers, and a path.
fn addressed(request: Request<Bytes>) -> Result<Request<Full<Bytes>>, http::Error> {
    let (mut parts, body) = request.into_parts();
    parts.headers.insert(USER_AGENT, HeaderValue::from_static(PROGRAM));
    if let Some(authority) = parts.uri.authority() {
        parts.headers.insert(HOST, HeaderValue::from_str(authority.as_str())?);
    }
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    parts.uri = Uri::try_from(path)?;
    Ok(Request::from_parts(parts, Full::new(body)))
}

/// Reads the whole answer, within bounds.
async fn collected(response: Response<Incoming>) -> Result<Response<Bytes>, Failure> {
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
    Ok(Response::from_parts(parts, body.to_bytes()))
}
