//! The log's own thread: a request hands its line over and does not wait for the disk or the terminal.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Lines that may wait to be written.
const WAITING: usize = 8192;
/// How long the end of the program waits for them.
const PATIENCE: Duration = Duration::from_secs(2);

/// Lines that were dropped since the start: there is one log, as there is one standard error.
static DROPPED: AtomicU64 = AtomicU64::new(0);
static SENDER: Mutex<Option<SyncSender<Line>>> = Mutex::new(None);

enum Line {
    Text(Vec<u8>),
    /// All before it is written: told to whoever waits for that.
    End(SyncSender<()>),
}

/// Where the logger writes.
pub struct LogWriter(SyncSender<Line>);

impl LogWriter {
    /// Starts the thread, which writes to standard error.
    ///
    /// # Errors
    /// When the system cannot start a thread.
    pub fn start() -> io::Result<LogWriter> {
        let (sender, receiver) = sync_channel(WAITING);
        thread::Builder::new().name("log".to_owned()).spawn(move || write_all(&receiver, io::stderr()))?;
        *SENDER.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender.clone());
        Ok(LogWriter(sender))
    }
}

impl Write for LogWriter {
    /// Takes a line; one that the thread cannot keep up with is dropped and counted.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        match self.0.try_send(Line::Text(line.to_owned())) {
            Ok(()) => {}
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => drop(DROPPED.fetch_add(1, Ordering::Relaxed)),
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Lines that were dropped since the start.
pub fn log_lines_dropped() -> u64 {
    DROPPED.load(Ordering::Relaxed)
}

/// Waits until what was logged is written, at the end of the program.
pub fn finish_log() {
    let sender = SENDER.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let Some(sender) = sender else { return };
    let (told, end) = sync_channel(1);
    let until = Instant::now() + PATIENCE;
    let mut line = Line::End(told);
    // Standard error may stand still, and the queue be full.
    while let Err(TrySendError::Full(again)) = sender.try_send(line) {
        if Instant::now() >= until {
            return;
        }
        line = again;
        thread::sleep(Duration::from_millis(10));
    }
    let _ = end.recv_timeout(until.saturating_duration_since(Instant::now()));
}

/// Writes lines as they come, many at once where many wait.
fn write_all(lines: &Receiver<Line>, to: impl Write) {
    let mut to = io::BufWriter::with_capacity(64 << 10, to);
    let mut said = 0;
    while let Ok(first) = lines.recv() {
        let mut next = Some(first);
        while let Some(line) = next {
            // Nobody can be told that the log cannot be written.
            match line {
                Line::Text(text) => drop(to.write_all(&text)),
                Line::End(told) => {
                    drop(to.flush());
                    let _ = told.send(());
                }
            }
            next = lines.try_recv().ok();
        }
        let dropped = log_lines_dropped();
        if dropped > said {
            drop(writeln!(to, "{} lines of the log were dropped: it cannot keep up", dropped - said));
            said = dropped;
        }
        drop(to.flush());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A writer that is slow until it is let go.
    struct Slow(Receiver<()>, SyncSender<usize>);

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.0.recv();
            let _ = self.1.send(bytes.iter().filter(|byte| **byte == b'\n').count());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_log_that_cannot_keep_up_drops_lines_and_says_how_many() {
        let (lines, receiver) = sync_channel(10);
        let (go, wait) = sync_channel(0);
        let (written, count) = sync_channel(1000);
        let thread = thread::spawn(move || write_all(&receiver, Slow(wait, written)));
        let mut writer = LogWriter(lines);
        writer.write_all(b"first\n").unwrap();
        // The thread holds the first line and waits for its writer.
        thread::sleep(Duration::from_millis(50));
        for _ in 0..50 {
            writer.write_all(b"more\n").unwrap();
        }
        assert_eq!(log_lines_dropped(), 40);
        drop(writer);
        drop(go);
        thread.join().unwrap();
        assert_eq!(count.iter().sum::<usize>(), 12, "the first, ten that waited, and how many were dropped");
    }
}
