//! `jixiao upload`: files and folders to a server, safely: checked, reported, committed.

use std::error::Error;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;
use ureq::Agent;
use ureq::http::StatusCode;

use super::Tongue;
use super::uploaded::{self, UploadedFile};
use crate::findings::Language;
use crate::http::retry_after;
use crate::imports::model::{ImportKind, ImportMode};

/// Tries of a request that the network or a busy server refused.
const TRIES: u32 = 6;
/// How long an answer may take: a server that is gone must not be waited for without end.
const ANSWER: Duration = Duration::from_secs(600);
/// Bytes of an answer at most.
const LONGEST_ANSWER: u64 = 64 << 20;
/// Between two looks at an import that is being checked.
const LOOK: Duration = Duration::from_millis(300);
/// Pauses that a server asks for are kept up to this one.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);
/// Rejected rows that are shown of a file.
const SHOWN: usize = 1_000;

/// Send forms and tables to a server: each file is checked, reported and, when it is sound, committed
#[derive(Debug, Args)]
pub struct Upload {
    /// Files, and folders of them
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The server
    #[arg(long, env = "JIXIAO_SERVER", default_value = "http://127.0.0.1:8080", value_name = "URL")]
    server: String,
    /// A file with the token; it needs imports:write and the scopes of what is changed
    #[arg(long, env = "JIXIAO_TOKEN_FILE", value_name = "FILE")]
    token_file: PathBuf,
    /// What the files hold
    #[arg(long, default_value = "self_assessment_forms", value_parser = kind, value_name = "KIND")]
    kind: ImportKind,
    /// What happens to valid rows beside rejected ones: atomic (all or none) or valid_rows
    #[arg(long, default_value = "atomic", value_parser = mode, value_name = "MODE")]
    mode: ImportMode,
    /// The fiscal year of rows and forms that do not say theirs
    #[arg(long, value_name = "YEAR")]
    fiscal_year: Option<i32>,
    /// Make projects that forms name, and drafts that results need, where there are none
    #[arg(long)]
    create_missing: bool,
    /// Clear what is registered where a cell of a table is empty; without it, it stays
    #[arg(long)]
    clear_empty: bool,
    /// Check and report only; change nothing
    #[arg(long)]
    dry_run: bool,
    /// Print the result as JSON, for scripts
    #[arg(long)]
    json: bool,
    /// The language of sentences
    #[arg(long, value_enum, default_value = "zh-CN")]
    lang: Tongue,
}

fn kind(text: &str) -> Result<ImportKind, String> {
    let known = ImportKind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ");
    ImportKind::from_name(text).ok_or_else(|| format!("must be one of {known}"))
}

fn mode(text: &str) -> Result<ImportMode, String> {
    ImportMode::from_name(text).ok_or_else(|| "must be atomic or valid_rows".to_owned())
}

/// Uploads the files and prints what came of them.
pub fn run(command: &Upload) -> Result<(), Box<dyn Error>> {
    let token = std::fs::read_to_string(&command.token_file)
        .map_err(|cause| format!("the token file {} cannot be read: {cause}", command.token_file.display()))?;
    let mut files = Vec::new();
    for path in &command.files {
        collect(path, command.kind, &mut files)?;
    }
    if files.is_empty() {
        return Err(
            "there is nothing to send: folders are searched for .xlsx and .zip, for tables also .csv and .ndjson"
                .into(),
        );
    }
    let server = Server {
        agent: Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_recv_response(Some(ANSWER))
            .timeout_recv_body(Some(ANSWER))
            .build()
            .into(),
        base: format!("{}/api/v1", command.server.trim_end_matches('/')),
        token: token.trim().to_owned(),
        language: Language::from(command.lang).as_str(),
    };
    let bar = if command.json { ProgressBar::hidden() } else { ProgressBar::new(u64::try_from(files.len())?) };
    bar.set_style(ProgressStyle::with_template("{bar:30} {pos}/{len} {wide_msg}")?);
    let mut done = Vec::with_capacity(files.len());
    for file in &files {
        bar.set_message(file.display().to_string());
        done.push(server.upload(command, file, &bar));
        bar.inc(1);
    }
    bar.finish_and_clear();
    match command.json {
        true => say!("{}", serde_json::to_string_pretty(&done)?),
        false => uploaded::print(&done, command.dry_run),
    }
    let wrong = done.iter().filter(|file| !file.is_done(command.dry_run)).count();
    // Valid rows are committed beside rejected ones; who asked is told all the same.
    let rejected: i64 = done.iter().map(UploadedFile::rejected_rows).sum();
    match wrong {
        0 if rejected == 0 => Ok(()),
        0 => Err(format!("{rejected} rows were rejected").into()),
        _ => Err(format!(
            "{wrong} of {} files are not {}",
            done.len(),
            if command.dry_run { "sound" } else { "committed" }
        )
        .into()),
    }
}

/// The files to send: what is named, and of folders what may be an upload of the kind.
fn collect(path: &Path, kind: ImportKind, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    let found = std::fs::metadata(path).map_err(|cause| format!("{} cannot be read: {cause}", path.display()))?;
    if !found.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    entries.sort();
    for entry in entries {
        let name = entry.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        // Hidden files, and those that a spreadsheet program keeps while it has a file open.
        if name.starts_with('.') || name.starts_with("~$") {
            continue;
        }
        let is_table = !kind.is_of_forms();
        // What the service does not read is sent as well where it is a workbook: its answer says what to do with it.
        let is_workbook = [".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".et"].iter().any(|end| name.ends_with(end));
        let fits = is_workbook
            || (!is_table && name.ends_with(".zip"))
            || (is_table && (name.ends_with(".csv") || name.ends_with(".ndjson")));
        if entry.is_dir() || fits {
            collect(&entry, kind, files)?;
        } else {
            eprintln!("left alone: {}", entry.display());
        }
    }
    Ok(())
}

/// The server, and who asks it.
struct Server {
    agent: Agent,
    base: String,
    token: String,
    language: &'static str,
}

/// A request that can be made again.
enum Ask<'a> {
    Get,
    Post,
    Send(&'a Path),
}

impl Server {
    /// Sends a file, waits for its check, and commits it.
    fn upload(&self, command: &Upload, path: &Path, bar: &ProgressBar) -> UploadedFile {
        let mut file = UploadedFile::new(path);
        if let Err(problem) = self.try_upload(command, path, bar, &mut file) {
            file.problem = Some(problem);
        }
        file
    }

    fn try_upload(
        &self,
        command: &Upload,
        path: &Path,
        bar: &ProgressBar,
        file: &mut UploadedFile,
    ) -> Result<(), Value> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut query = format!(
            "kind={}&mode={}&file_name={}",
            command.kind.as_str(),
            command.mode.as_str(),
            crate::http::filter::query_value(&name)
        );
        if let Some(year) = command.fiscal_year {
            query.push_str(&format!("&fiscal_year={year}"));
        }
        if command.create_missing {
            query.push_str("&create_missing=true");
        }
        if command.clear_empty {
            query.push_str("&empty=clear");
        }
        let mut import = self.ask(&Ask::Send(path), &format!("/imports?{query}"))?;
        let at = format!("/imports/{}", import["id"].as_str().unwrap_or_default());
        while import["status"] == "validating" {
            let progress = &import["progress"];
            bar.set_message(format!("{name} {} / {}", progress["processed"], progress["total"]));
            sleep(LOOK);
            import = self.ask(&Ask::Get, &at)?;
        }
        let rejected = import["rows"]["rejected"].as_i64().unwrap_or_default();
        let mut next = Some(format!("{at}/rows?outcome=rejected&limit=200"));
        while let Some(page) = next.take().filter(|_| rejected > 0 && file.rejected.len() < SHOWN) {
            let found = self.ask(&Ask::Get, &page)?;
            file.rejected.extend(found["items"].as_array().into_iter().flatten().cloned());
            next = found["next_cursor"]
                .as_str()
                .map(|cursor| format!("{at}/rows?outcome=rejected&limit=200&cursor={cursor}"));
        }
        let may_commit = rejected == 0 || command.mode == ImportMode::ValidRows;
        if import["status"] == "validated" && may_commit && !command.dry_run {
            import = self.ask(&Ask::Post, &format!("{at}/commit"))?;
        }
        file.import = Some(import);
        Ok(())
    }

    /// Makes a request, again where the network fails or the server is busy: every one of them may be repeated, since
    /// the same file is the same import, and a commit happens once.
    fn ask(&self, ask: &Ask<'_>, path: &str) -> Result<Value, Value> {
        let mut wait = Duration::from_millis(500);
        for attempt in 1..=TRIES {
            let is_last = attempt == TRIES;
            match self.once(ask, path) {
                Ok(answer) if answer.status.is_success() => return answer.json(),
                Ok(answer) if answer.status.is_server_error() && !is_last => {
                    wait = wait.max(answer.retry_after.unwrap_or_default());
                }
                Ok(answer) => return Err(answer.json().unwrap_or_else(|problem| problem)),
                Err(cause) if is_last => return Err(failure(&format!("{}: {cause}", self.base))),
                Err(_) => {}
            }
            sleep(wait);
            wait *= 2;
        }
        Err(failure("the server does not answer"))
    }

    fn once(&self, ask: &Ask<'_>, path: &str) -> Result<Answer, Box<dyn Error>> {
        let url = format!("{}{path}", self.base);
        let bearer = format!("Bearer {}", self.token);
        let mut answer = match ask {
            Ask::Get => {
                self.agent.get(&url).header("authorization", bearer).header("accept-language", self.language).call()?
            }
            Ask::Post => self
                .agent
                .post(&url)
                .header("authorization", bearer)
                .header("accept-language", self.language)
                .send_empty()?,
            Ask::Send(file) => {
                let request =
                    self.agent.post(&url).header("authorization", bearer).header("accept-language", self.language);
                request.header("content-type", "application/octet-stream").send(File::open(file)?)?
            }
        };
        let retry_after = retry_after::asked(answer.headers(), LONGEST_PAUSE);
        // An answer that breaks off is none: what was asked may be asked again.
        let text = answer.body_mut().with_config().limit(LONGEST_ANSWER).read_to_string()?;
        Ok(Answer { status: answer.status(), retry_after, text })
    }
}

/// What the server said, to its end.
struct Answer {
    status: StatusCode,
    retry_after: Option<Duration>,
    text: String,
}

impl Answer {
    fn json(&self) -> Result<Value, Value> {
        serde_json::from_str(&self.text)
            .map_err(|_| failure(&format!("the server answered {} with something that is no JSON", self.status)))
    }
}

/// A failure of this side, in the shape of the server's problems.
fn failure(detail: &str) -> Value {
    serde_json::json!({"code": "upload_failed", "title": "Upload failed", "detail": detail})
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn an_answer_that_breaks_off_is_asked_for_again() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let serving = std::thread::spawn(move || {
            for body in ["{\"id\":", "{\"id\":\"1\"}"] {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = [0; 1024];
                assert!(stream.read(&mut request).unwrap() > 0);
                let head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\n";
                stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
            }
        });
        let server = Server {
            agent: Agent::config_builder().http_status_as_error(false).build().into(),
            base: format!("http://{address}"),
            token: "none".to_owned(),
            language: "en",
        };
        assert_eq!(server.ask(&Ask::Get, "/imports/1").unwrap()["id"], "1");
        serving.join().unwrap();
    }
}
