//! The listener, its threads, and the path of a request through them.

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use socket2::{Domain, Socket, Type};

use crate::answer::answer;
use crate::connection::{Connection, Incoming, Share, Stream, encoded};
use crate::control;
use crate::encoding::http_date;
use crate::fault::{Framing, Outcome, Then};
use crate::operation::Operation;
use crate::reply::Reply;
use crate::request::Request;
use crate::state::State;

/// Room for hundreds of processes that connect at the same moment.
const BACKLOG: i32 = 1024;
/// Enough for a TLS handshake, small enough for hundreds of connections.
const STACK: usize = 512 * 1024;

/// The state that all threads share.
#[derive(Default)]
pub(crate) struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    life: Mutex<Life>,
    ended: Condvar,
}

#[derive(Default)]
struct Life {
    ending: bool,
    next: u64,
    sockets: HashMap<u64, TcpStream>,
}

impl Shared {
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the state satisfies `found`, or the time is over.
    pub(crate) fn wait_for<T>(
        &self,
        timeout: Duration,
        mut found: impl FnMut(&State) -> Option<T>,
    ) -> Option<T> {
        let deadline = Instant::now() + timeout;
        let mut state = self.state();
        loop {
            if let Some(value) = found(&state) {
                return Some(value);
            }
            let left = deadline.checked_duration_since(Instant::now())?;
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Waits until the operation is released, or the server ends.
    fn wait_while_held(&self, operation: Operation) {
        let mut state = self.state();
        while state.held.contains(&operation) && !self.life().ending {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Wakes all threads that wait for a change of the state.
    pub(crate) fn wake(&self) {
        // A thread between its check and its wait holds this lock.
        drop(self.state());
        self.changed.notify_all();
    }

    fn life(&self) -> MutexGuard<'_, Life> {
        self.life.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sleeps; false if the server ended meanwhile.
    fn sleep(&self, duration: Duration) -> bool {
        let life = self.life();
        let waited = self.ended.wait_timeout_while(life, duration, |life| !life.ending);
        !waited.unwrap_or_else(PoisonError::into_inner).0.ending
    }
}

/// A running server. Ends when dropped.
pub(crate) struct Server {
    pub(crate) shared: Arc<Shared>,
    pub(crate) address: SocketAddr,
    acceptor: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens on a loopback port; 0 lets the system choose.
    pub(crate) fn start(port: u16, tls: Option<Arc<ServerConfig>>) -> io::Result<Server> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        #[cfg(unix)]
        socket.set_reuse_address(true)?;
        socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)).into())?;
        socket.listen(BACKLOG)?;
        let listener = TcpListener::from(socket);
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::default());
        let acceptor = {
            let shared = Arc::clone(&shared);
            thread::Builder::new()
                .name("stand-in".to_owned())
                .spawn(move || accept(&listener, &shared, tls.as_ref()))?
        };
        Ok(Server { shared, address, acceptor: Some(acceptor) })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.life().ending = true;
        self.shared.ended.notify_all();
        self.shared.wake();
        // A last connection wakes the accepting thread, which then finds that the server has ended.
        let _ = TcpStream::connect(self.address);
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
        for socket in self.shared.life().sockets.values() {
            let _ = socket.shutdown(Shutdown::Both);
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>, tls: Option<&Arc<ServerConfig>>) {
    loop {
        let accepted = listener.accept();
        if shared.life().ending {
            return;
        }
        let Ok((socket, _)) = accepted else {
            // Out of descriptors, most likely; connections end and free some.
            thread::sleep(Duration::from_millis(5));
            continue;
        };
        let _ = socket.set_nodelay(true);
        let Ok(copy) = socket.try_clone() else { continue };
        let number = {
            let mut life = shared.life();
            life.next += 1;
            let number = life.next;
            life.sockets.insert(number, copy);
            number
        };
        let (tls, thread_shared) = (tls.cloned(), Arc::clone(shared));
        let spawned = thread::Builder::new().stack_size(STACK).spawn(move || {
            if let Some(stream) = wrap(socket, tls) {
                serve(Connection::new(stream), &thread_shared);
            }
            thread_shared.life().sockets.remove(&number);
        });
        if spawned.is_err() {
            shared.life().sockets.remove(&number);
        }
    }
}

fn wrap(socket: TcpStream, tls: Option<Arc<ServerConfig>>) -> Option<Stream> {
    let Some(configuration) = tls else { return Some(Stream::Plain(socket)) };
    let connection = ServerConnection::new(configuration).ok()?;
    Some(Stream::Tls(Box::new(StreamOwned::new(connection, socket))))
}

/// Answers the requests of one connection until it ends.
fn serve(mut connection: Connection, shared: &Arc<Shared>) {
    loop {
        let (request, keep_alive) = match connection.receive() {
            Incoming::Request { request, keep_alive } => (*request, keep_alive),
            Incoming::Malformed => {
                let date = http_date(shared.state().now());
                let reply = Reply::new(400, "text/plain", "not a request");
                let _ = connection.send(&reply, &date, false, Share::All);
                return connection.close();
            }
            Incoming::Closed => return,
        };
        let head_only = request.method == "HEAD";
        let whole = if head_only { Share::None } else { Share::All };
        let outcome = treat(shared, request);
        let date = http_date(shared.state().now());
        match outcome {
            Outcome::Answer(reply) => {
                let sent = connection.send(&reply, &date, keep_alive, whole);
                if sent.is_err() || !keep_alive {
                    return connection.close();
                }
            }
            Outcome::Cut(reply) => {
                let _ = connection.send(&reply, &date, false, Share::Half);
                return;
            }
            Outcome::HangMidBody(reply) => {
                let _ = connection.send(&reply, &date, keep_alive, Share::Half);
                return hang(shared);
            }
            Outcome::Part { reply, framing, bytes, then } => {
                let answer = encoded(&reply, &date, framing);
                return send_part(connection, &answer, bytes, then, shared);
            }
            Outcome::Raw(bytes) => {
                let _ = connection.send_raw(&bytes);
                return connection.close();
            }
            Outcome::Close => return,
            Outcome::Reset => return connection.reset(),
            Outcome::Hang => return hang(shared),
        }
    }
}

/// Sends the first `bytes` of an answer, and does with the rest what `then` says.
fn send_part(mut connection: Connection, answer: &[u8], bytes: usize, then: Then, shared: &Shared) {
    let (first, rest) = answer.split_at(bytes.min(answer.len()));
    let mut sent = connection.send_raw(first).is_ok();
    match then {
        Then::Close => {}
        Then::Hang => return hang(shared),
        Then::Drip => {
            for byte in rest {
                sent = sent && shared.sleep(Duration::from_secs(1)) && connection.send_raw(&[*byte]).is_ok();
                if !sent {
                    return;
                }
            }
        }
    }
    connection.close();
}

fn hang(shared: &Shared) {
    while shared.sleep(Duration::from_secs(3600)) {}
}

/// Decides the answer to a request, and records the request.
fn treat(shared: &Arc<Shared>, request: Request) -> Outcome {
    if request.path == control::PATH {
        return Outcome::Answer(control::answer(shared, &request));
    }
    let operation = request.operation;
    let (number, delay) = {
        let mut state = shared.state();
        let number = state.journal.add(request.clone());
        (number, state.delays.get(&operation).copied())
    };
    shared.changed.notify_all();
    if let Some(delay) = delay {
        shared.sleep(delay);
    }
    shared.wait_while_held(operation);
    let mut state = shared.state();
    let outcome = outcome(&mut state, operation, &request);
    if let Outcome::Answer(reply) = &outcome {
        let length = encoded(reply, &http_date(state.now()), Framing::Length).len();
        state.answer_lengths.insert(operation, length);
    }
    let status = match &outcome {
        Outcome::Answer(reply)
        | Outcome::Cut(reply)
        | Outcome::HangMidBody(reply)
        | Outcome::Part { reply, .. } => reply.status,
        Outcome::Raw(_) | Outcome::Close | Outcome::Reset | Outcome::Hang => 0,
    };
    state.journal.set_status(number, status);
    drop(state);
    shared.changed.notify_all();
    outcome
}

fn outcome(state: &mut State, operation: Operation, request: &Request) -> Outcome {
    if let Some(refusal) = state.limits.refusal(operation, Instant::now()) {
        return Outcome::Answer(refusal);
    }
    match state.faults.next(operation) {
        Some(fault) => fault.apply(request, || answer(state, request)),
        None => Outcome::Answer(answer(state, request)),
    }
}
