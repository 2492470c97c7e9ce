//! One connection: HTTP/1.1 in, HTTP/1.1 out.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use rustls::{ServerConnection, StreamOwned};
use socket2::SockRef;

use crate::fault::Framing;
use crate::reply::Reply;
use crate::request::Request;

/// The largest request that is read.
const LARGEST_REQUEST: usize = 4 * 1024 * 1024;

pub(crate) enum Stream {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

impl Stream {
    fn socket(&self) -> &TcpStream {
        match self {
            Stream::Plain(socket) => socket,
            Stream::Tls(stream) => &stream.sock,
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Stream::Plain(socket) => socket.read(buffer),
            Stream::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Stream::Plain(socket) => socket.write(bytes),
            Stream::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Stream::Plain(socket) => socket.flush(),
            Stream::Tls(stream) => stream.flush(),
        }
    }
}

/// What arrived on a connection.
pub(crate) enum Incoming {
    Request {
        request: Box<Request>,
        keep_alive: bool,
    },
    /// Not HTTP, or larger than any honest request.
    Malformed,
    /// The other side closed the connection.
    Closed,
}

pub(crate) struct Connection {
    stream: Stream,
    received: Vec<u8>,
}

impl Connection {
    pub(crate) fn new(stream: Stream) -> Connection {
        Connection { stream, received: Vec::new() }
    }

    /// Waits for the next whole request.
    pub(crate) fn receive(&mut self) -> Incoming {
        loop {
            match parse(&self.received) {
                Parsed::Whole { request, length, keep_alive } => {
                    self.received.drain(..length);
                    return Incoming::Request { request, keep_alive };
                }
                Parsed::Malformed => return Incoming::Malformed,
                Parsed::Partial if self.received.len() > LARGEST_REQUEST => {
                    return Incoming::Malformed;
                }
                Parsed::Partial => {}
            }
            let mut buffer = [0; 16 * 1024];
            match self.stream.read(&mut buffer) {
                Ok(0) | Err(_) => return Incoming::Closed,
                Ok(length) => self.received.extend_from_slice(&buffer[..length]),
            }
        }
    }

    /// Sends an answer; `share` is the part of the body that is sent.
    pub(crate) fn send(
        &mut self,
        reply: &Reply,
        date: &str,
        keep_alive: bool,
        share: Share,
    ) -> io::Result<()> {
        let mut bytes = head(reply, date, keep_alive, Framing::Length).into_bytes();
        let body = match share {
            Share::All => &reply.body[..],
            Share::Half => &reply.body[..reply.body.len() / 2],
            Share::None => &[],
        };
        bytes.extend_from_slice(body);
        self.send_raw(&bytes)
    }

    pub(crate) fn send_raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)?;
        self.stream.flush()
    }

    /// Ends the connection so that the other side sees a reset.
    pub(crate) fn reset(self) {
        let _ = SockRef::from(self.stream.socket()).set_linger(Some(Duration::ZERO));
    }

    /// Closes the connection properly.
    pub(crate) fn close(mut self) {
        if let Stream::Tls(stream) = &mut self.stream {
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
        let _ = self.stream.socket().shutdown(Shutdown::Write);
    }
}

/// All bytes of an answer after which the connection ends.
pub(crate) fn encoded(reply: &Reply, date: &str, framing: Framing) -> Vec<u8> {
    let mut bytes = head(reply, date, false, framing).into_bytes();
    if framing != Framing::Chunked {
        bytes.extend_from_slice(&reply.body);
        return bytes;
    }
    for chunk in reply.body.chunks(100) {
        bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        bytes.extend_from_slice(chunk);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    bytes
}

fn head(reply: &Reply, date: &str, keep_alive: bool, framing: Framing) -> String {
    let connection = if keep_alive { "keep-alive" } else { "close" };
    let mut head = format!(
        "HTTP/1.1 {} {}\r\nDate: {date}\r\nConnection: {connection}\r\n",
        reply.status,
        reason(reply.status),
    );
    match framing {
        Framing::Length => head.push_str(&format!("Content-Length: {}\r\n", reply.body.len())),
        Framing::Chunked => head.push_str("Transfer-Encoding: chunked\r\n"),
        Framing::Close => {}
    }
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    head
}

/// How much of a body is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Share {
    All,
    Half,
    None,
}

enum Parsed {
    Whole { request: Box<Request>, length: usize, keep_alive: bool },
    Partial,
    Malformed,
}

fn parse(received: &[u8]) -> Parsed {
    let mut headers = [httparse::EMPTY_HEADER; 100];
    let mut head = httparse::Request::new(&mut headers);
    let head_length = match head.parse(received) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Parsed::Partial,
        Err(_) => return Parsed::Malformed,
    };
    let headers: Vec<(String, String)> = head
        .headers
        .iter()
        .map(|header| {
            let value = String::from_utf8_lossy(header.value).into_owned();
            (header.name.to_ascii_lowercase(), value)
        })
        .collect();
    let value = |wanted: &str| headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.trim());
    let Ok(body_length) = value("content-length").unwrap_or("0").parse::<usize>() else {
        return Parsed::Malformed;
    };
    // No AWS client sends these small bodies in chunks.
    if value("transfer-encoding").is_some() || body_length > LARGEST_REQUEST {
        return Parsed::Malformed;
    }
    let length = head_length + body_length;
    if received.len() < length {
        return Parsed::Partial;
    }
    let close = value("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
    let keep_alive = head.version == Some(1) && !close;
    let (method, target) = (head.method.unwrap_or_default(), head.path.unwrap_or_default());
    let body = received[head_length..length].to_vec();
    let request = Box::new(Request::new(method, target, headers.clone(), body));
    Parsed::Whole { request, length, keep_alive }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        302 => "Found",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "Unnamed",
    }
}
