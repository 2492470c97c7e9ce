use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;

use super::*;

const NOW: Timestamp = Timestamp::from_unix(1_795_230_000);

fn answer(status: u16, headers: &[(&'static str, &str)], body: &str) -> HttpResponse {
    let mut response = HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body));
    for (name, value) in headers {
        response.headers_mut().insert(*name, (*value).to_owned());
    }
    response
}

fn refused(
    operation: &'static str,
    status: u16,
    headers: &[(&'static str, &str)],
    body: &str,
) -> ServiceError {
    answered(operation, "host", &answer(status, headers, body), NOW)
}

#[test]
fn every_error_of_sso_oidc_has_its_meaning_by_header_and_by_body() {
    use ServiceErrorKind as Kind;
    for (exception, word, status, kind) in [
        ("AuthorizationPendingException", "authorization_pending", 400, Kind::AuthorizationPending),
        ("SlowDownException", "slow_down", 400, Kind::SlowDown),
        ("ExpiredTokenException", "expired_token", 400, Kind::ExpiredToken),
        ("AccessDeniedException", "access_denied", 400, Kind::AccessDenied),
        ("InvalidGrantException", "invalid_grant", 400, Kind::InvalidGrant),
        ("InvalidClientException", "invalid_client", 401, Kind::InvalidClient),
        ("UnauthorizedClientException", "unauthorized_client", 400, Kind::UnauthorizedClient),
        ("UnsupportedGrantTypeException", "unsupported_grant_type", 400, Kind::Other),
        ("InvalidScopeException", "invalid_scope", 400, Kind::InvalidScope),
        ("InvalidRequestException", "invalid_request", 400, Kind::InvalidRequest),
        ("InvalidClientMetadataException", "invalid_client_metadata", 400, Kind::Other),
        ("InvalidRedirectUriException", "invalid_redirect_uri", 400, Kind::Other),
        ("InternalServerException", "server_error", 500, Kind::Server),
    ] {
        let header = format!("{exception}:http://internal.amazon.com/coral/com.amazonaws.sso.oidc/");
        let body = format!("{{\"error\":\"{word}\",\"error_description\":\"why\"}}");
        let by_header = refused("CreateToken", status, &[("x-amzn-ErrorType", &header)], "");
        assert_eq!((by_header.kind, by_header.code.as_deref()), (kind.clone(), Some(exception)));
        let by_body = refused("CreateToken", status, &[], &body);
        assert_eq!((by_body.kind, by_body.code.as_deref()), (kind, Some(word)));
        assert_eq!(by_body.message.as_deref(), Some("why"));
    }
    let region = refused("CreateToken", 400, &[("x-amzn-ErrorType", "InvalidRequestRegionException")], "{}");
    assert_eq!(region.kind, Kind::InvalidRequest);
}

#[test]
fn every_error_of_the_portal_has_its_meaning() {
    use ServiceErrorKind as Kind;
    for (exception, status, kind) in [
        ("InvalidRequestException", 400, Kind::InvalidRequest),
        ("UnauthorizedException", 401, Kind::Unauthorized),
        ("ForbiddenException", 403, Kind::Forbidden),
        ("AccessDeniedException", 403, Kind::Forbidden),
        ("ResourceNotFoundException", 404, Kind::NotFound),
        ("TooManyRequestsException", 429, Kind::Throttled),
        ("ThrottlingException", 400, Kind::Throttled),
        ("InternalServerException", 500, Kind::Server),
        ("SomethingNewException", 409, Kind::Other),
    ] {
        let body = format!(
            "{{\"message\":\"No access\",\"__type\":\"com.amazonaws.switchboard.portal#{exception}\"}}"
        );
        let error = refused("GetRoleCredentials", status, &[], &body);
        assert_eq!((error.kind, error.code.as_deref()), (kind, Some(exception)));
        assert_eq!(error.message.as_deref(), Some("No access"));
        assert_eq!(error.status, Some(status));
    }
}

#[test]
fn an_error_answer_without_an_aws_code_is_not_from_aws() {
    let page = "<html>Sign in to the hotel</html>";
    for status in [301, 302, 307, 400, 401, 403, 404, 407, 418] {
        for body in
            [page, "", "{}", "{\"message\":\"Forbidden\"}", "[1]", "{\"error\":\"forbidden\"}", "null"]
        {
            let error = refused("GetRoleCredentials", status, &[], body);
            assert_eq!(error.kind, ServiceErrorKind::NotAws, "{status} {body}");
            let message = error.message.unwrap();
            assert!(!message.contains("hotel") && message.contains(&status.to_string()), "{message}");
        }
    }
}

#[test]
fn a_web_page_of_a_proxy_is_not_an_aws_outage() {
    use ServiceErrorKind as Kind;
    let page = " <html>Squid: cannot forward the request of hotel guest</html>";
    let html = ("Content-Type", "text/html; charset=utf-8");
    for status in [429, 500, 502, 503, 504] {
        for (headers, body) in [(&[][..], page), (&[html][..], page), (&[html][..], "")] {
            let error = refused("CreateToken", status, headers, body);
            assert_eq!(error.kind, Kind::NotAws, "{status} {headers:?} {body}");
            assert_eq!(error.message, Some(format!("a web page came with HTTP status {status}")));
        }
    }
    for own in [
        ("Server", "awselb/2.0"),
        ("Server", "CloudFront"),
        ("x-amzn-RequestId", "b5e1"),
        ("x-amz-cf-id", "b5e1"),
    ] {
        assert_eq!(refused("CreateToken", 503, &[html, own], page).kind, Kind::Server, "{own:?}");
    }
}

#[test]
fn a_captive_portal_is_recognized_by_its_status() {
    let code = [("x-amzn-ErrorType", "InternalServerException")];
    for (headers, body) in [(&[][..], ""), (&[][..], "{}"), (&code[..], "{}"), (&[][..], "<html>")] {
        let error = refused("CreateToken", 511, headers, body);
        assert_eq!(error.kind, ServiceErrorKind::NotAws, "{headers:?} {body}");
        assert_eq!(
            error.message.as_deref(),
            Some("the network asks you to sign in to it first (HTTP status 511)")
        );
    }
}

#[test]
fn a_failure_without_an_aws_message_names_its_status() {
    for (status, kind) in [(503, ServiceErrorKind::Server), (429, ServiceErrorKind::Throttled)] {
        for (headers, body) in [(&[][..], ""), (&[][..], "{}"), (&[][..], "upstream connect error")] {
            let error = refused("CreateToken", status, headers, body);
            assert_eq!(error.kind, kind);
            assert_eq!(error.message, Some(format!("HTTP status {status} without an AWS error code")));
        }
    }
    let with_code = refused("CreateToken", 503, &[("x-amzn-ErrorType", "InternalServerException")], "");
    assert_eq!(with_code.message, None);
}

#[test]
fn slow_down_means_the_polling_interval_only_for_create_token() {
    let body = "{\"error\":\"slow_down\"}";
    assert_eq!(refused("CreateToken", 400, &[], body).kind, ServiceErrorKind::SlowDown);
    assert_eq!(refused("RegisterClient", 400, &[], body).kind, ServiceErrorKind::Throttled);
}

#[test]
fn a_kms_error_is_not_a_denial_by_the_person() {
    let body =
        "{\"error\":\"access_denied\",\"error_description\":\"No\",\"reason\":\"KMS_DisabledException\"}";
    let error = refused("CreateToken", 400, &[], body);
    assert_eq!(error.kind, ServiceErrorKind::Other);
    assert_eq!(error.message.as_deref(), Some("No (KMS_DisabledException)"));
}

#[test]
fn an_error_code_is_a_plain_name() {
    for (header, expected) in [
        ("a.b#Name:http://x", Some("Name")),
        ("Name", Some("Name")),
        (" ", None),
        ("<script>", None),
        ("a b", None),
    ] {
        assert_eq!(code(Some(header), &Value::Null).as_deref(), expected, "{header:?}");
    }
    assert_eq!(code(Some(&"x".repeat(65)), &Value::Null), None);
}

#[test]
fn date_and_retry_after_are_read() {
    let wait = |value: &str| {
        let headers = [("Retry-After", value), ("Date", "Sat, 21 Nov 2026 04:00:00 GMT")];
        let error = refused("GetRoleCredentials", 429, &headers, "");
        assert_eq!(error.server_date, Some(Timestamp::from_unix(1_795_233_600)));
        error.retry_after.map(|wait| wait.as_secs())
    };
    assert_eq!(wait("7"), Some(7));
    assert_eq!(wait(" 7 "), Some(7));
    assert_eq!(wait("Sat, 21 Nov 2026 04:00:09 GMT"), Some(9));
    assert_eq!(wait("Sat, 21 Nov 2026 03:59:00 GMT"), Some(0));
    assert_eq!(wait("18446744073709551615"), Some(86_400));
    assert_eq!(wait("-1"), None);
    assert_eq!(wait("soon"), None);
    assert_eq!(wait("1e9"), None);
}

#[test]
fn malformed_dates_do_not_panic() {
    for text in [
        "",
        "x",
        "Sat,",
        "Sat, 21 Nov 2026",
        "Sat, 99 Nov 2026 04:00:00 GMT",
        "Sat, 21 Nov 2026 99:99:99 GMT",
        "Sat, 21 Nov 99999999999 04:00:00 GMT",
        "Sat, 21 Nov 2026 04:00:00.5 GMT",
        "Sät, 21 Nov 2026 04:00:00 GMT",
        "Sat, 00 Nov 0000 04:00:00 GMT",
        "Sat, 31 Feb 2026 04:00:00 GMT",
        "Sat, 21 Nov -999 04:00:00 GMT",
    ] {
        let _ = server_date(&answer(429, &[("Date", text)], ""));
    }
}
