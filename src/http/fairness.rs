//! Fair shares: what one organization or one token may take of the service, so that the loop of one does not hold up the
//! others. These are the counts of one server.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::http::error::{Code, Error, Result};

/// How much each may take. A rate of 0 is none.
#[derive(Debug, Clone, Copy)]
pub struct FairSettings {
    /// Requests a second of an organization.
    pub organization_rate: u32,
    /// Requests a second of a token's holder.
    pub token_rate: u32,
    /// Requests of an organization at the same time.
    pub organization_requests: u32,
    /// Long polls of an organization at the same time.
    pub organization_polls: u32,
    /// Long polls of all.
    pub polls: u32,
    /// PDFs of an organization that are set or wait at the same time.
    pub organization_pdfs: u32,
}

type Limiter = RateLimiter<String, HashMapStateStore<String>, DefaultClock, StateInformationMiddleware>;

/// A rate, and what it is a rate of.
struct Rate {
    name: &'static str,
    a_second: NonZeroU32,
    limiter: Limiter,
}

/// What is taken now.
pub struct Shares {
    settings: FairSettings,
    organizations: Option<Rate>,
    tokens: Option<Rate>,
    requests: Arc<Counts>,
    polls: Arc<Counts>,
    pdfs: Arc<Counts>,
    /// Requests that were refused.
    refused: AtomicU64,
    /// Requests that were admitted, so that the rates of those who are gone are forgotten from time to time.
    admitted: AtomicU64,
}

/// How many there are of each organization.
#[derive(Default)]
struct Counts(Mutex<HashMap<String, u32>>);

/// A request under way, or a long poll that waits. It ends with this value.
pub struct Seat {
    counts: Arc<Counts>,
    organization_code: String,
}

/// The headers that say how much is left, for the answer.
#[derive(Clone)]
pub struct Left(Vec<(HeaderName, HeaderValue)>);

/// Requests after which the rates of those who are gone are forgotten.
const FORGOTTEN_EVERY: u64 = 100_000;

impl Counts {
    /// One more, unless there are as many as there may be.
    fn sit(self: &Arc<Counts>, organization_code: &str, most: u32, of_all: Option<u32>) -> Option<Seat> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if most == 0 || of_all.is_some_and(|most| counts.values().sum::<u32>() >= most) {
            return None;
        }
        match counts.get_mut(organization_code) {
            Some(count) if *count >= most => return None,
            Some(count) => *count += 1,
            None => drop(counts.insert(organization_code.to_owned(), 1)),
        }
        Some(Seat { counts: self.clone(), organization_code: organization_code.to_owned() })
    }

    fn sum(&self) -> u32 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut counts = self.counts.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.organization_code) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.organization_code);
            }
        }
    }
}

impl Rate {
    fn new(name: &'static str, a_second: u32) -> Option<Rate> {
        let a_second = NonZeroU32::new(a_second)?;
        // What was saved up in a second may be used at once.
        let quota = Quota::per_second(a_second);
        let limiter = Limiter::new(quota, HashMapStateStore::default(), DefaultClock::default());
        Some(Rate { name, a_second, limiter })
    }

    /// Takes one, and says how many are left; else how long to wait.
    fn take(&self, key: &String) -> std::result::Result<u32, Duration> {
        match self.limiter.check_key(key) {
            Ok(state) => Ok(state.remaining_burst_capacity()),
            Err(until) => Err(until.wait_time_from(DefaultClock::default().now())),
        }
    }
}

impl Shares {
    /// Nothing is taken yet.
    pub fn new(settings: FairSettings) -> Shares {
        Shares {
            settings,
            organizations: Rate::new("organization", settings.organization_rate),
            tokens: Rate::new("token", settings.token_rate),
            requests: Arc::default(),
            polls: Arc::default(),
            pdfs: Arc::default(),
            refused: AtomicU64::new(0),
            admitted: AtomicU64::new(0),
        }
    }

    /// Admits a request of an organization and of a token's holder.
    ///
    /// # Errors
    /// 429 with the seconds to wait when one of them has taken its share.
    pub fn admit(&self, organization_code: &str, holder: impl Fn() -> String) -> Result<(Seat, Option<Left>)> {
        let admitted = self.admit_if_fair(organization_code, holder);
        if admitted.is_err() {
            self.refused.fetch_add(1, Ordering::Relaxed);
        }
        admitted
    }

    fn admit_if_fair(&self, organization_code: &str, holder: impl Fn() -> String) -> Result<(Seat, Option<Left>)> {
        if self.admitted.fetch_add(1, Ordering::Relaxed) % FORGOTTEN_EVERY == FORGOTTEN_EVERY - 1 {
            self.organizations.iter().chain(&self.tokens).for_each(|rate| rate.limiter.retain_recent());
        }
        let mut left = Vec::new();
        let of_token = self.tokens.iter().map(|rate| (rate, holder()));
        let of_organization = self.organizations.iter().map(|rate| (rate, organization_code.to_owned()));
        for (rate, key) in of_token.chain(of_organization) {
            let remaining = rate.take(&key).map_err(|wait| {
                let (zh, name) = if rate.name == "token" { ("令牌", "token") } else { ("单位", "organization") };
                Error::new(
                    Code::TooManyRequests,
                    format!("该{zh}每秒最多{}次请求", rate.a_second),
                    format!("this {name} may make {} requests a second", rate.a_second),
                )
                .retry_after(wait)
            })?;
            left.push((rate.name, rate.a_second, remaining));
        }
        let most = self.settings.organization_requests;
        let seat = self.requests.sit(organization_code, most, None).ok_or_else(|| {
            Error::new(
                Code::TooManyRequests,
                format!("该单位同时最多{most}个请求"),
                format!("this organization may make {most} requests at the same time"),
            )
        })?;
        Ok((seat, Left::new(&left)))
    }

    /// Lets a long poll wait.
    ///
    /// # Errors
    /// 429 when too many of the organization, or of all, wait already.
    pub fn wait(&self, organization_code: &str) -> Result<Seat> {
        let (most, of_all) = (self.settings.organization_polls, self.settings.polls);
        self.polls.sit(organization_code, most, Some(of_all)).ok_or_else(|| {
            self.refused.fetch_add(1, Ordering::Relaxed);
            Error::new(
                Code::TooManyRequests,
                format!("同时等待的长轮询过多：每个单位最多{most}个，全部最多{of_all}个"),
                format!("too many long polls wait: an organization may have {most}, all together {of_all}"),
            )
        })
    }

    /// Lets a PDF be set, or wait for its turn.
    ///
    /// # Errors
    /// 429 when too many of the organization are set or wait already.
    pub fn pdf(&self, organization_code: &str) -> Result<Seat> {
        let most = self.settings.organization_pdfs;
        self.pdfs.sit(organization_code, most, None).ok_or_else(|| {
            self.refused.fetch_add(1, Ordering::Relaxed);
            Error::new(
                Code::TooManyRequests,
                format!("该单位同时最多排版{most}份PDF，请等其中一份完成后重试"),
                format!("this organization may have {most} PDFs set at the same time; try again when one is there"),
            )
        })
    }

    /// Requests under way.
    pub fn under_way(&self) -> u32 {
        self.requests.sum()
    }

    /// Long polls that wait.
    pub fn waiting(&self) -> u32 {
        self.polls.sum()
    }

    /// Requests that were refused so far.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }
}

impl Left {
    /// As the draft "RateLimit header fields for HTTP" has them; nothing where no rate is set.
    fn new(left: &[(&str, NonZeroU32, u32)]) -> Option<Left> {
        let mut headers = Vec::new();
        let policies: Vec<String> = left.iter().map(|(name, rate, _)| format!("\"{name}\";q={rate};w=1")).collect();
        let limits: Vec<String> = left.iter().map(|(name, _, left)| format!("\"{name}\";r={left};t=1")).collect();
        for (name, values) in [("ratelimit-policy", policies), ("ratelimit", limits)] {
            headers.push((HeaderName::from_static(name), HeaderValue::from_str(&values.join(", ")).ok()?));
        }
        Some(Left(headers)).filter(|_| !left.is_empty())
    }

    /// Puts them into an answer.
    pub fn say(&self, headers: &mut HeaderMap) {
        for (name, value) in &self.0 {
            headers.insert(name.clone(), value.clone());
        }
    }
}
