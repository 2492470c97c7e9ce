//! A small HTTP client, so that the tests see every byte.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};
use stand_in::{Client, IdentityCenter, IssuedToken};

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        lines.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
    }

    /// The OAuth word of an error of sso-oidc.
    pub fn error(&self) -> String {
        self.json()["error"].as_str().unwrap_or_default().to_owned()
    }
}

pub fn connect(aws: &IdentityCenter) -> TcpStream {
    let url = aws.url();
    let stream = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
    // A limit that only a hang exceeds, however slow the machine is.
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream
}

/// Sends a request and reads to the end of the connection.
pub fn exchange(aws: &IdentityCenter, head: &str, body: &str) -> Option<Answer> {
    let mut stream = connect(aws);
    let length = body.len();
    let head = format!("{head}\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
    stream.write_all(format!("{head}{body}").as_bytes()).ok()?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Answer { status, head: head.to_owned(), body: body.to_owned() })
}

pub fn post(aws: &IdentityCenter, path: &str, body: &Value) -> Answer {
    let head = format!("POST {path} HTTP/1.1\r\nContent-Type: application/json");
    exchange(aws, &head, &body.to_string()).expect("an answer")
}

pub fn get(aws: &IdentityCenter, target: &str) -> Answer {
    exchange(aws, &format!("GET {target} HTTP/1.1"), "").expect("an answer")
}

pub fn portal(aws: &IdentityCenter, line: &str, access_token: &str) -> Answer {
    let head = format!("{line} HTTP/1.1\r\nx-amz-sso_bearer_token: {access_token}");
    exchange(aws, &head, "").expect("an answer")
}

pub const CREDENTIALS: &str = "GET /federation/credentials?role_name=Developer&account_id=111122223333";

/// The fields of a client, for a request body.
pub fn with_client(client: &Client, fields: &Value) -> Value {
    let mut body = json!({ "clientId": client.client_id, "clientSecret": client.client_secret });
    for (name, value) in fields.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

pub fn refresh(aws: &IdentityCenter, token: &IssuedToken, refresh_token: &str) -> Answer {
    let fields = json!({ "grantType": "refresh_token", "refreshToken": refresh_token });
    post(aws, "/token", &with_client(&token.client, &fields))
}
