//! Sends HTTP/1.1 requests with hyper. Connections are kept for the next requests to the same
//! endpoint.
//!
//! Redirects are not followed, and nothing is retried.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::header::{CONTENT_TYPE, DATE, HOST, HeaderValue, USER_AGENT};
use http::{Method, Request, Response, Uri};
use http_body_util::{BodyExt as _, Collected, Full, Limited};
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

/// The largest answer that is read, in bytes. A page of a thousand accounts has a tenth of that.
const LARGEST_ANSWER: usize = 1 << 20;

/// The `User-Agent` of every request. It does not depend on the calling program.
const PROGRAM: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// An idle connection is used again only within this time: later, the server may be closing it.
const KEEP_ALIVE: Duration = Duration::from_secs(2);

/// Sends requests, with the proxies and trusted certificates of this run.
#[derive(Debug)]
pub struct Transport {
    trust: Trust,
    proxies: Proxies,
    /// The one that was used last is at the end.
    idle: Mutex<Vec<Idle>>,
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
        Self { trust, proxies, idle: Mutex::new(Vec::new()), date: Mutex::new(None) }
    }

    /// The `Date` of the last answer; `None` if it had none.
    pub fn server_date(&self) -> Option<Timestamp> {
        *self.date.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a request and reads its whole answer.
    ///
    /// # Errors
    /// [`Failure`] if there is no answer, or one that AWS cannot have given: a web page, or more
    /// than 1 MiB.
    pub async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Failure> {
        let (response, sender, origin) = self.send(request).await?;
        let response = collected(response).await?;
        let date = response.headers().get(DATE).and_then(|date| date::parse(date.to_str().ok()?));
        *self.date.lock().unwrap_or_else(PoisonError::into_inner) = date;
        if !sender.is_closed() {
            let kept = Idle { origin, sender, since: Instant::now() };
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(kept);
        }
        Ok(response)
    }

    /// Requests `address`, and reads only the status and the headers of the answer.
    ///
    /// # Errors
    /// [`Failure`] if there is no answer.
    pub async fn head_of(&self, method: Method, address: &str) -> Result<Response<()>, Failure> {
        let request = Request::builder().method(method).uri(address);
        let request = request.body(Bytes::new()).map_err(|error| unusable(&error))?;
        let (response, ..) = self.send(request).await?;
        Ok(response.map(drop))
    }

    /// Sends a request over an idle connection, or a new one.
    async fn send(
        &self,
        request: Request<Bytes>,
    ) -> Result<(Response<Incoming>, SendRequest<Full<Bytes>>, Origin), Failure> {
        let origin = origin(request.uri())
            .ok_or_else(|| unusable(&"the endpoint is not an http:// or https:// address"))?;
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
        let stream = stream.map_err(|failure| self.with_ignored_variable(origin, failure))?;
        let (sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|error| Failure::exchange(&error))?;
        tokio::spawn(connection);
        Ok(sender)
    }

    /// The environment variable of the proxy that a request to `address` uses.
    pub fn proxy_to(&self, address: &str) -> Option<&'static str> {
        let origin = origin(&address.parse().ok()?).filter(|origin| origin.tls)?;
        self.proxies.route(&origin.host, origin.port).map(|proxy| proxy.variable)
    }

    /// If the endpoint cannot be reached directly, it may need the proxy whose kind is not supported:
    /// the message then names that proxy's variable.
    fn with_ignored_variable(&self, origin: &Origin, failure: Failure) -> Failure {
        let is_out_of_reach =
            matches!(failure.kind, ServiceErrorKind::Unreachable | ServiceErrorKind::TimedOut);
        match self.proxies.ignored_variable(&origin.host, origin.port) {
            Some(variable) if is_out_of_reach && origin.tls => {
                let words =
                    format!("{variable} is ignored because it does not name an http:// or https:// proxy");
                Failure { message: format!("{}; {words}", failure.message), ..failure }
            }
            _ => failure,
        }
    }

    /// Answers the next request, which must be one to `address`, with the bytes `answer`.
    #[cfg(fuzzing)]
    pub async fn answer_next(&self, address: &str, answer: Vec<u8>) {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

        let Some(origin) = address.parse().ok().and_then(|uri| origin(&uri)) else { return };
        let (ours, mut theirs) = tokio::io::duplex(LARGEST_ANSWER);
        let Ok((mut sender, connection)) = http1::handshake(TokioIo::new(ours)).await else { return };
        tokio::spawn(connection);
        tokio::spawn(async move {
            let mut request = [0; 4096];
            let _ = theirs.read(&mut request).await;
            let _ = theirs.write_all(&answer).await;
            let _ = theirs.shutdown().await;
            while theirs.read(&mut request).await.is_ok_and(|count| count > 0) {}
        });
        // A connection that has not begun yet would not be used.
        let _ = sender.ready().await;
        let idle = vec![Idle { origin, sender, since: Instant::now() }];
        *self.idle.lock().unwrap_or_else(PoisonError::into_inner) = idle;
    }

    fn take_idle(&self, origin: &Origin) -> Option<SendRequest<Full<Bytes>>> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|idle| {
            idle.origin == *origin && idle.since.elapsed() < KEEP_ALIVE && idle.sender.is_ready()
        });
        idle.pop().map(|idle| idle.sender)
    }
}

fn unusable(cause: &dyn ToString) -> Failure {
    Failure::new(ServiceErrorKind::Connection, cause.to_string())
}

/// The server that a request goes to; `None` if the scheme is neither http nor https.
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

/// The request as it is sent: with the headers `User-Agent` and `Host`, and only the path of its URI.
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

/// Reads the whole answer, at most [`LARGEST_ANSWER`] bytes. A JSON object that is labelled as HTML is
/// no web page: AWS's sign-in hosts promise no type for theirs.
async fn collected(response: Response<Incoming>) -> Result<Response<Bytes>, Failure> {
    let not_aws = |message: &str| Failure::new(ServiceErrorKind::NotAws, message);
    let (parts, body) = response.into_parts();
    let html = parts.headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let body = Limited::new(body, LARGEST_ANSWER).collect().await.map(Collected::to_bytes);
    let is_object = body.as_ref().is_ok_and(|body| body.trim_ascii_start().starts_with(b"{"));
    if parts.status.is_success() && html && !is_object {
        return Err(not_aws("the answer is a web page"));
    }
    let body = body.map_err(|error| match error.downcast_ref::<hyper::Error>() {
        Some(error) => Failure::exchange(error),
        None => not_aws("the answer is larger than 1 MiB"),
    })?;
    Ok(Response::from_parts(parts, body))
}
