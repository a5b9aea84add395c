//! What the service counts and measures, as Prometheus reads it.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use crate::db::Usage;

/// Of which operation: its method and the path of the document; `other` where there is none.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Operation {
    operation: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    operation: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Division {
    division: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    kind: &'static str,
}

/// What is counted, and what is measured when somebody asks.
pub struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    seconds: Family<Operation, Histogram, fn() -> Histogram>,
    now: Now,
    /// One reading at a time: the gauges are set and written together.
    reading: Mutex<()>,
}

/// What is measured when somebody asks.
#[derive(Default)]
struct Now {
    under_way: Gauge,
    waiting_polls: Gauge,
    refused: Gauge<u64, AtomicU64>,
    waiting_writes: Gauge,
    connections: Family<Kind, Gauge>,
    groups: Gauge<u64, AtomicU64>,
    grouped_writes: Gauge<u64, AtomicU64>,
    feeds: Family<Division, Gauge>,
    messages: Family<Kind, Gauge>,
    work: Family<Kind, Gauge>,
    memory: Gauge,
    log_lines_dropped: Gauge<u64, AtomicU64>,
}

/// What stands in the database and in memory at a moment.
pub struct Moment {
    /// Requests under way.
    pub under_way: u32,
    /// Long polls that wait.
    pub waiting_polls: u32,
    /// Requests that were refused with 429 so far.
    pub refused: u64,
    /// The queue and the connections.
    pub usage: Usage,
    /// The last number of each division's feed.
    pub heads: Vec<(String, i64)>,
    /// Webhook messages that wait, and those that were given up.
    pub messages: (i64, i64),
    /// Checks of imports and exports under way, at all servers.
    pub work: (i64, i64),
    /// Lines of the log that were dropped.
    pub log_lines_dropped: u64,
}

/// With upper bounds in seconds; long polls wait for up to 60.
fn histogram() -> Histogram {
    Histogram::new([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0])
}

fn count<T: TryInto<i64>>(number: T) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

impl Default for Metrics {
    fn default() -> Metrics {
        let mut registry = Registry::with_prefix("jixiao");
        let (requests, now) = (Family::default(), Now::default());
        let seconds: Family<Operation, Histogram, fn() -> Histogram> = Family::new_with_constructor(histogram);
        registry.register("requests", "Answers by operation and status", Family::clone(&requests));
        registry.register_with_unit(
            "request",
            "From the request to the head of its answer",
            Unit::Seconds,
            seconds.clone(),
        );
        registry.register("requests_under_way", "Requests under way", now.under_way.clone());
        registry.register("long_polls_waiting", "Long polls of the feed that wait", now.waiting_polls.clone());
        registry.register("requests_refused", "Requests refused with 429 since the start", now.refused.clone());
        registry.register("writes_waiting", "Writes that wait for their turn", now.waiting_writes.clone());
        registry.register("write_groups", "Commits of waiting writes since the start", now.groups.clone());
        registry.register("writes_committed", "Writes in those commits", now.grouped_writes.clone());
        registry.register("database_connections", "Connections of the pool: used and idle", now.connections.clone());
        registry.register("feed_position", "The last number of a division's feed", now.feeds.clone());
        registry.register("webhook_messages", "Messages that wait, and those given up", now.messages.clone());
        registry.register("work_under_way", "Checks of imports and exports at all servers", now.work.clone());
        registry.register_with_unit("resident_memory", "Memory of the process", Unit::Bytes, now.memory.clone());
        registry.register(
            "log_lines_dropped",
            "Lines that the log could not keep up with",
            now.log_lines_dropped.clone(),
        );
        registry.register("build", "The program", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        Metrics { registry, requests, seconds, now, reading: Mutex::default() }
    }
}

impl Metrics {
    /// Counts an answer.
    pub fn answered(&self, method: &str, pattern: Option<String>, status: u16, took: Duration) {
        // Not the path, and no method that a caller makes up: there would be no end of them.
        let is_known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].contains(&method);
        let operation =
            pattern.filter(|_| is_known).map_or_else(|| "other".to_owned(), |pattern| format!("{method} {pattern}"));
        self.seconds.get_or_create(&Operation { operation: operation.clone() }).observe(took.as_secs_f64());
        self.requests.get_or_create(&Answered { operation, status }).inc();
    }

    /// All of it as text.
    ///
    /// # Errors
    /// When it cannot be written, which does not happen in memory.
    pub fn text(&self, moment: &Moment) -> Result<String, std::fmt::Error> {
        let _reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        let now = &self.now;
        now.under_way.set(count(moment.under_way));
        now.waiting_polls.set(count(moment.waiting_polls));
        now.refused.set(moment.refused);
        now.waiting_writes.set(count(moment.usage.waiting_writes));
        now.groups.set(moment.usage.groups);
        now.grouped_writes.set(moment.usage.grouped_writes);
        let used = moment.usage.connections.saturating_sub(moment.usage.idle_connections);
        now.connections.get_or_create(&Kind { kind: "used" }).set(count(used));
        now.connections.get_or_create(&Kind { kind: "idle" }).set(count(moment.usage.idle_connections));
        for (division, position) in &moment.heads {
            now.feeds.get_or_create(&Division { division: division.clone() }).set(*position);
        }
        let (waiting, given_up) = moment.messages;
        now.messages.get_or_create(&Kind { kind: "waiting" }).set(waiting);
        now.messages.get_or_create(&Kind { kind: "given_up" }).set(given_up);
        let (imports, exports) = moment.work;
        now.work.get_or_create(&Kind { kind: "import" }).set(imports);
        now.work.get_or_create(&Kind { kind: "export" }).set(exports);
        now.memory.set(resident());
        now.log_lines_dropped.set(moment.log_lines_dropped);
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// Bytes of memory of this process; 0 where the system does not tell.
fn resident() -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes: i64 = line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default();
    kilobytes.saturating_mul(1024)
}
