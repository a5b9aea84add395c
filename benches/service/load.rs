//! The load generator: threads that write pre-built requests over keep-alive connections and read the
//! replies by their Content-Length.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// A reply that takes longer than this ends the benchmark.
const PATIENCE: Duration = Duration::from_secs(180);

/// One reply.
pub struct Reply<'a> {
    pub status: u16,
    /// The lines of its head, without the status line.
    pub head: &'a str,
    pub body: &'a [u8],
}

/// One keep-alive connection.
pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

fn broken(what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, what)
}

impl Client {
    pub fn connect(port: u16) -> io::Result<Client> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Client { stream, buffer: vec![0; 256 * 1024] })
    }

    pub fn send(&mut self, request: &[u8]) -> io::Result<()> {
        self.stream.write_all(request)
    }

    pub fn receive(&mut self) -> io::Result<Reply<'_>> {
        let (mut filled, mut whole) = (0, None);
        loop {
            let room = self.buffer.get_mut(filled..).filter(|room| !room.is_empty());
            let read = self.stream.read(room.ok_or_else(|| broken("the reply is too long"))?)?;
            if read == 0 {
                return Err(broken("the server closed the connection"));
            }
            filled += read;
            if whole.is_none() {
                whole = extent(&self.buffer[..filled])?;
            }
            if let Some((head, end)) = whole.filter(|&(_, end)| filled >= end) {
                let text = std::str::from_utf8(&self.buffer[..head]).map_err(|_| broken("the head is not text"))?;
                let (line, head_lines) = text.split_once("\r\n").unwrap_or((text, ""));
                let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
                let status = status.ok_or_else(|| broken("the reply has no status"))?;
                return Ok(Reply { status, head: head_lines, body: &self.buffer[head + 4..end] });
            }
        }
    }
}

/// Where the head ends and where the reply does, once the head is here.
fn extent(bytes: &[u8]) -> io::Result<Option<(usize, usize)>> {
    let Some(head) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
    let text = std::str::from_utf8(&bytes[..head]).map_err(|_| broken("the head is not text"))?;
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    let length = length.or(text.starts_with("HTTP/1.1 204").then_some(0));
    Ok(Some((head, head + 4 + length.ok_or_else(|| broken("the reply has no Content-Length"))?)))
}

/// One request and its reply, read whole.
pub fn once<T>(port: u16, request: &[u8], read: impl FnOnce(&Reply<'_>) -> T) -> io::Result<T> {
    let mut client = Client::connect(port)?;
    client.send(request)?;
    Ok(read(&client.receive()?))
}

/// How many threads, and how many connections each of them serves in turn.
#[derive(Clone, Copy)]
pub struct Shape {
    pub threads: usize,
    pub connections: usize,
}

/// Open connections, ready to be measured.
pub struct Clients(Vec<Vec<Client>>);

impl Clients {
    pub fn connect(port: u16, shape: Shape) -> io::Result<Clients> {
        let group = || (0..shape.connections).map(|_| Client::connect(port)).collect::<io::Result<Vec<_>>>();
        (0..shape.threads).map(|_| group()).collect::<io::Result<Vec<_>>>().map(Clients)
    }

    /// Sends each of the requests `from..to`, counted round and round, once; every reply must have `status`.
    pub fn run(&mut self, requests: &[Vec<u8>], from: usize, to: usize, status: u16) -> io::Result<Duration> {
        let next = AtomicUsize::new(from);
        let started = Instant::now();
        thread::scope(|scope| {
            let threads: Vec<_> =
                self.0.iter_mut().map(|group| scope.spawn(|| exchange(group, requests, &next, to, status))).collect();
            threads.into_iter().try_for_each(|thread| thread.join().map_err(|_| broken("a client panicked"))?)
        })?;
        Ok(started.elapsed())
    }
}

fn exchange(group: &mut [Client], requests: &[Vec<u8>], next: &AtomicUsize, to: usize, status: u16) -> io::Result<()> {
    loop {
        let mut sent = 0;
        for client in &mut *group {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= to {
                break;
            }
            client.send(&requests[index % requests.len()])?;
            sent += 1;
        }
        if sent == 0 {
            return Ok(());
        }
        for client in &mut group[..sent] {
            let reply = client.receive()?;
            if reply.status != status {
                return Err(broken(&format!("status {}: {}", reply.status, String::from_utf8_lossy(reply.body))));
            }
        }
    }
}
