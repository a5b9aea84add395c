//! The log: lines of text, or JSON objects for collectors.

use std::io::{IsTerminal, Write};

use env_logger::{Builder, Env, Target, WriteStyle};
use log::LevelFilter;
use log::kv::{Error, Key, Value, VisitSource};
use serde_json::{Map, json};

use crate::config::LogFormat;
use crate::service::LogWriter;
use crate::values::Instant;

/// Starts the log on standard error; `RUST_LOG` overrides the default level.
pub fn start(format: LogFormat, level: &str) {
    init(Builder::from_env(Env::default().default_filter_or(level)), format);
}

/// The same in a thread of its own, for what answers requests; [`crate::service::finish_log`] waits for it.
pub fn start_beside(format: LogFormat, level: &str) {
    let mut log = Builder::from_env(Env::default().default_filter_or(level));
    let is_asked = |name: &str| std::env::var_os(name).is_some();
    if let Ok(writer) = LogWriter::start() {
        log.target(Target::Pipe(Box::new(writer)));
        if std::io::stderr().is_terminal() && !is_asked("RUST_LOG_STYLE") && !is_asked("NO_COLOR") {
            log.write_style(WriteStyle::Always);
        }
    }
    init(log, format);
}

fn init(mut log: Builder, format: LogFormat) {
    // What sends webhooks would write their URLs at DEBUG, which may have a key in them.
    for module in ["ureq", "ureq_proto"] {
        log.filter_module(module, LevelFilter::Info);
    }
    if format == LogFormat::Json {
        log.format(|out, record| {
            let mut line = Map::new();
            line.insert("time".into(), json!(Instant::now().to_string()));
            line.insert("level".into(), json!(record.level().as_str()));
            line.insert("target".into(), json!(record.target()));
            line.insert("message".into(), json!(record.args().to_string()));
            // A pair that does not visit is left out of the line; the line is still written.
            let _ = record.key_values().visit(&mut Pairs(&mut line));
            writeln!(out, "{}", serde_json::Value::Object(line))
        });
    } else {
        log.format_target(false);
    }
    log.init();
}

struct Pairs<'a>(&'a mut Map<String, serde_json::Value>);

impl<'kvs> VisitSource<'kvs> for Pairs<'_> {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        let value = match value.to_u64() {
            Some(number) => json!(number),
            None => json!(value.to_string()),
        };
        self.0.insert(key.to_string(), value);
        Ok(())
    }
}
