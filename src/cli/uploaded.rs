//! What came of uploaded files, for people and for programs.

use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use super::summary::table;

/// A file, and what the server made of it.
#[derive(Debug, Serialize)]
pub struct UploadedFile {
    /// Its path.
    pub file: String,
    /// The import, as the server shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub import: Option<Value>,
    /// Its rejected rows, as far as they are shown.
    pub rejected: Vec<Value>,
    /// Why there is no import.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Value>,
}

impl UploadedFile {
    /// A file before it is sent.
    pub fn new(path: &Path) -> UploadedFile {
        UploadedFile { file: path.display().to_string(), import: None, rejected: Vec::new(), problem: None }
    }

    /// How many of its rows were rejected.
    pub fn rejected_rows(&self) -> i64 {
        self.import.as_ref().and_then(|import| import["rows"]["rejected"].as_i64()).unwrap_or_default()
    }

    /// Whether all is done that was asked for: its changes made, or in a dry run nothing to mend.
    pub fn is_done(&self, dry_run: bool) -> bool {
        let Some(import) = &self.import else { return false };
        match dry_run {
            true => import["rows"]["rejected"] == 0,
            false => import["status"] == "committed",
        }
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => "—".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Prints the files with their counts, then everything that is wrong with its place.
pub fn print(files: &[UploadedFile], dry_run: bool) {
    let mut summary =
        table(&["文件 file", "状态 status", "新增 created", "更新 updated", "不变 unchanged", "拒绝 rejected"]);
    for file in files {
        let counts = |name: &str| file.import.as_ref().map_or("—".to_owned(), |import| text(&import["rows"][name]));
        let status = match (&file.import, &file.problem) {
            (Some(import), _) => text(&import["status"]),
            (None, Some(problem)) => text(&problem["code"]),
            (None, None) => "—".to_owned(),
        };
        summary.add_row([
            file.file.clone(),
            status,
            counts("created"),
            counts("updated"),
            counts("unchanged"),
            counts("rejected"),
        ]);
    }
    say!("{summary}");
    let mut wrong = table(&["文件 file", "工作表 sheet", "行 row", "单元格 cell", "代码 code", "说明 detail"]);
    let mut is_any = false;
    for file in files {
        for error in file.rejected.iter().flat_map(|row| row["errors"].as_array().into_iter().flatten()) {
            is_any = true;
            let inner =
                error["file"].as_str().map_or_else(|| file.file.clone(), |inner| format!("{}/{inner}", file.file));
            let place = if error["cell"].is_string() { &error["cell"] } else { &error["column"] };
            wrong.add_row([
                inner,
                text(&error["sheet"]),
                text(&error["row"]),
                text(place),
                text(&error["code"]),
                text(&error["detail"]),
            ]);
        }
        if let Some(problem) = &file.problem {
            is_any = true;
            wrong.add_row([
                file.file.clone(),
                "—".into(),
                "—".into(),
                "—".into(),
                text(&problem["code"]),
                text(&problem["detail"]),
            ]);
        }
    }
    if is_any {
        say!("{wrong}");
    }
    if dry_run {
        say!("试运行，未改动任何数据 · a dry run: nothing was changed");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_committed_file_still_says_how_many_rows_were_rejected() {
        let mut file = UploadedFile::new(Path::new("a.csv"));
        assert_eq!((file.rejected_rows(), file.is_done(false)), (0, false));
        file.import = Some(serde_json::json!({"status": "committed", "rows": {"rejected": 3}}));
        assert_eq!((file.rejected_rows(), file.is_done(false)), (3, true));
    }
}
