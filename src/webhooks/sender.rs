//! Posting one message. The connection goes to an address that was just looked up and allowed; redirects are not followed,
//! and no proxy of the environment is used.

use std::net::SocketAddr;
use std::time::Duration;

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

use super::target::{Refused, Targets};
use crate::http::retry_after;

/// How long a receiver may take to answer.
pub const TIMEOUT: Duration = Duration::from_secs(15);
/// The longest back-off that a receiver can ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(24 * 3600);

/// Resolves host names and lets only allowed addresses pass, each time a connection is made.
#[derive(Debug)]
struct Guard(Targets);

impl Resolver for Guard {
    fn resolve(&self, uri: &Uri, config: &Config, left: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let is_encrypted = uri.scheme_str() == Some("https");
        let found = DefaultResolver::default().resolve(uri, config, left)?;
        let mut allowed = self.empty();
        let is_allowed = |address: &&SocketAddr| self.0.allows(address.ip(), is_encrypted);
        found.iter().filter(is_allowed).for_each(|address| allowed.push(*address));
        match found.iter().next() {
            Some(address) if allowed.is_empty() => Err(ureq::Error::Other(Refused(address.ip()).into())),
            _ => Ok(allowed),
        }
    }
}

/// The outcome of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The receiver's answer, if there was one.
    pub status: Option<u16>,
    /// Why it failed; none if the receiver accepted the message.
    pub problem: Option<String>,
    /// The back-off that the receiver asks for.
    pub pause: Option<Duration>,
}

impl Attempt {
    /// Whether the receiver wants no more messages.
    pub fn is_gone(&self) -> bool {
        self.status == Some(410)
    }
}

/// A message with its headers.
#[derive(Debug, Clone)]
pub struct Post {
    /// Where it goes.
    pub url: String,
    /// `webhook-id`.
    pub id: String,
    /// `webhook-timestamp`, seconds since 1970.
    pub timestamp: i64,
    /// `webhook-signature`.
    pub signature: String,
    /// The body.
    pub body: String,
}

/// Posts messages.
#[derive(Debug, Clone)]
pub struct Sender(ureq::Agent);

impl Sender {
    /// One that sends to these targets and no others.
    pub fn new(targets: Targets) -> Sender {
        let config = Config::builder()
            .timeout_global(Some(TIMEOUT))
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .user_agent(concat!("jixiao/", env!("CARGO_PKG_VERSION")))
            .build();
        Sender(ureq::Agent::with_parts(config, DefaultConnector::default(), Guard(targets)))
    }

    /// Posts a message and returns the outcome. It blocks until then.
    pub fn post(&self, post: &Post) -> Attempt {
        let sent = self
            .0
            .post(&post.url)
            .header("content-type", "application/json")
            .header("webhook-id", &post.id)
            .header("webhook-timestamp", post.timestamp.to_string())
            .header("webhook-signature", &post.signature)
            .send(&post.body);
        match sent {
            Ok(answer) => {
                let status = answer.status().as_u16();
                let pause = retry_after::asked(answer.headers(), LONGEST_PAUSE);
                let problem = match status {
                    200..=299 => None,
                    300..=399 => Some(format!("the receiver answered {status}: redirects are not followed")),
                    _ => Some(format!("the receiver answered {status}")),
                };
                Attempt { status: Some(status), problem, pause }
            }
            Err(cause) => Attempt { status: None, problem: Some(cause.to_string()), pause: None },
        }
    }
}
