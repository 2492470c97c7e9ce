//! Hands the SDK's requests to the transport, without the headers that the SDK made from the
//! environment.

use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use http::header::{HeaderMap, HeaderName};
use hyper::body::Bytes;

use crate::error::ServiceErrorKind;
use crate::https::failure::Failure;
use crate::https::transport::Transport;

/// The SDK's headers that are sent. Others, such as `x-amzn-trace-id`, describe the calling
/// program.
const SENT_HEADERS: [&str; 6] = [
    "accept",
    "content-length",
    "content-type",
    "amz-sdk-invocation-id",
    "amz-sdk-request",
    "x-amz-sso_bearer_token",
];

/// `transport` as the SDK's HTTP client.
pub(super) fn client(transport: &Arc<Transport>) -> SharedHttpClient {
    let connector = SharedHttpConnector::new(Connector(Arc::clone(transport)));
    http_client_fn(move |_, _| connector.clone())
}

#[derive(Debug)]
struct Connector(Arc<Transport>);

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let transport = Arc::clone(&self.0);
        HttpConnectorFuture::new(async move {
            // `refusal` reads the kind from `failure`, so the SDK gets none.
            exchange(&transport, request).await.map_err(|failure| ConnectorError::other(failure.into(), None))
        })
    }
}

async fn exchange(transport: &Transport, request: HttpRequest) -> Result<HttpResponse, Failure> {
    let unusable = |cause: String| Failure::new(ServiceErrorKind::Connection, cause);
    let mut request = request.try_into_http1x().map_err(|error| unusable(error.to_string()))?;
    keep_sent_headers(request.headers_mut());
    let request = request.map(|body| Bytes::copy_from_slice(body.bytes().unwrap_or_default()));
    let response = transport.exchange(request).await?.map(SdkBody::from);
    HttpResponse::try_from(response)
        .map_err(|_| Failure::new(ServiceErrorKind::NotAws, "a header of the answer is not text"))
}

/// Removes the headers that are not among [`SENT_HEADERS`].
fn keep_sent_headers(headers: &mut HeaderMap) {
    let all = std::mem::take(headers);
    let sent = SENT_HEADERS.iter().filter_map(|name| Some((*name, all.get(*name)?.clone())));
    headers.extend(sent.map(|(name, value)| (HeaderName::from_static(name), value)));
}
