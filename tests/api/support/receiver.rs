//! A receiver of webhooks: it keeps what it is sent, and answers as the case tells it.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;

/// A message as it came.
#[derive(Debug, Clone)]
pub struct Received {
    /// By name, in lower case.
    pub headers: HashMap<String, String>,
    pub body: String,
}

impl Received {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no {name} in {:?}", self.headers))
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }
}

/// Status and headers of an answer to the n-th message.
type Answers = Arc<dyn Fn(usize, &Received) -> (u16, String) + Send + Sync>;

/// A receiver on a port of its own.
pub struct Receiver {
    pub url: String,
    received: Arc<Mutex<Vec<Received>>>,
    answers: Arc<Mutex<Answers>>,
}

impl Receiver {
    /// One that takes everything.
    pub fn start() -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
        let all: Answers = Arc::new(|_, _| (204, String::new()));
        let receiver = Receiver { url, received: Arc::default(), answers: Arc::new(Mutex::new(all)) };
        let (received, answers) = (receiver.received.clone(), receiver.answers.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (received, answers) = (received.clone(), answers.clone());
                std::thread::spawn(move || {
                    let mut reader = BufReader::new(stream);
                    while let Some(message) = read(&mut reader) {
                        let count = {
                            let mut all = received.lock().unwrap_or_else(PoisonError::into_inner);
                            all.push(message.clone());
                            all.len()
                        };
                        let answers = answers.lock().unwrap_or_else(PoisonError::into_inner).clone();
                        let (status, headers) = answers(count, &message);
                        let answer = format!("HTTP/1.1 {status} X\r\n{headers}Content-Length: 0\r\n\r\n");
                        if reader.get_mut().write_all(answer.as_bytes()).is_err() {
                            break;
                        }
                    }
                });
            }
        });
        receiver
    }

    /// Answers so from now on.
    pub fn answer(&self, answers: impl Fn(usize, &Received) -> (u16, String) + Send + Sync + 'static) {
        *self.answers.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(answers);
    }

    /// Answers with this status from now on.
    pub fn answer_always(&self, status: u16) {
        self.answer(move |_, _| (status, String::new()));
    }

    /// What has come so far.
    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What has come once there are so many.
    pub async fn wait_for(&self, count: usize) -> Vec<Received> {
        let started = Instant::now();
        loop {
            let received = self.received();
            if received.len() >= count {
                return received;
            }
            let types: Vec<_> = received.iter().map(|one| one.json()["type"].clone()).collect();
            assert!(started.elapsed() < Duration::from_secs(60), "only {} of {count} came: {types:?}", types.len());
            actix_web::rt::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn read(reader: &mut BufReader<std::net::TcpStream>) -> Option<Received> {
    let (mut headers, mut line) = (HashMap::new(), String::new());
    loop {
        line.clear();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':') {
            headers.insert(name.to_lowercase(), value.trim().to_owned());
        }
    }
    let length: usize = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Received { headers, body: String::from_utf8(body).ok()? })
}
