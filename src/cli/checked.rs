//! What `jixiao check` found, for people and for programs.

use comfy_table::{CellAlignment, ContentArrangement};
use serde::Serialize;

use super::checked_goals::CheckedGoals;
use super::summary::{levels, print_total, shown, table};
use crate::findings::{Language, Severity};
use crate::forms::{Form, FormKind, FormProblem};
use crate::score_previews::model::{ScorePreview, preview};
use crate::scoring::Profile;

/// A file, and what is in it.
#[derive(Debug, Serialize)]
pub struct CheckedFile {
    /// Its path.
    pub file: String,
    /// Why it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What of it was left alone: macros, hidden sheets.
    pub notes: Vec<String>,
    /// Its forms.
    pub forms: Vec<CheckedForm>,
}

/// A form, and what the rule says of it.
#[derive(Debug, Serialize)]
pub struct CheckedForm {
    /// What it is: `项目支出绩效自评表`.
    pub kind: &'static str,
    /// Its sheet.
    pub sheet: String,
    /// 项目名称
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project_name: Option<String>,
    /// 实施单位
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization_name: Option<String>,
    /// 预算年度
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fiscal_year: Option<i32>,
    /// 自评等级, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade_text: Option<String>,
    /// What cannot be understood.
    pub problems: Vec<CheckedProblem>,
    /// What was left alone, and need not be mended.
    pub notes: Vec<String>,
    /// Rows that the form prints and nobody filled in.
    pub empty_rows: Vec<u32>,
    /// The rows that are scored; `/results/0` of a finding is the first.
    pub rows: Vec<CheckedRow>,
    /// Of a form of goals: what is to be reached, and the money that is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goals: Option<CheckedGoals>,
    /// What the rule gives, how, and what contradicts what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<ScorePreview>,
}

/// A place that cannot be understood.
#[derive(Debug, Serialize)]
pub struct CheckedProblem {
    /// The stable code.
    pub code: &'static str,
    /// As a person counts it.
    pub row: u32,
    /// For example `G13`.
    pub cell: String,
    /// The heading of its column.
    pub column: String,
    /// What stands there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// What is wrong, and what would be right.
    pub detail: &'static str,
}

/// A row that is scored.
#[derive(Debug, Serialize)]
pub struct CheckedRow {
    /// As a person counts it.
    pub row: u32,
    /// 三级指标
    pub name: String,
    /// 分值, points
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<String>,
    /// 年度指标值, as written
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_text: Option<String>,
    /// 实际完成值, as written
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual_text: Option<String>,
    /// 自评得分, points
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared_score: Option<String>,
    /// 测算得分, points; none without a weight
    #[serde(skip_serializing_if = "Option::is_none")]
    pub computed_score: Option<String>,
}

impl CheckedFile {
    /// Whether something must be mended before the file is sent.
    pub fn has_errors(&self) -> bool {
        let in_form = |form: &CheckedForm| {
            !form.problems.is_empty() || form.score.as_ref().is_some_and(|score| score.finding_counts.error > 0)
        };
        self.error.is_some() || self.forms.iter().any(in_form)
    }
}

impl CheckedForm {
    /// Scores a form.
    pub fn new(form: &Form, profile: &Profile, language: Language) -> CheckedForm {
        let assessment = form.assessment();
        let score = preview(&assessment, profile, language);
        let fund_row = form.execution_row().filter(|_| form.execution().is_some()).map(|total| total.row);
        let numbers = fund_row.into_iter().chain(form.indicators.iter().map(|indicator| indicator.row));
        let rows = assessment.rows.iter().zip(&score.derivation.rows).zip(numbers).map(|((row, derived), number)| {
            CheckedRow {
                row: number,
                name: row.name.clone(),
                weight: derived.weight.map(|weight| weight.to_string()),
                target_text: row.target_text.clone(),
                actual_text: row.actual_text.clone(),
                declared_score: row.declared_score.map(|score| score.to_string()),
                computed_score: derived.computed_score.map(|score| score.to_string()).or_else(|| {
                    // A rule without points says whether the target was reached.
                    derived.is_reached.map(|reached| if reached { "✓" } else { "✗" }.to_owned())
                }),
            }
        });
        let problem = |problem: &FormProblem| CheckedProblem {
            code: problem.kind.code(),
            row: problem.place.row,
            cell: problem.place.to_string(),
            column: problem.column.clone(),
            value: problem.value.clone(),
            detail: match language {
                Language::Zh => problem.kind.text().0,
                Language::En => problem.kind.text().1,
            },
        };
        CheckedForm {
            kind: {
                let other = form.problems.iter().find_map(|problem| problem.kind.other_kind());
                let (zh, en) = other.unwrap_or(form.kind.text());
                if language == Language::Zh { zh } else { en }
            },
            sheet: form.sheet.clone(),
            project_name: form.project_name.as_ref().map(|cited| cited.value.clone()),
            organization_name: form.organization().map(|cited| cited.value.name.clone()),
            fiscal_year: form.fiscal_year.as_ref().map(|cited| cited.value),
            grade_text: form.grade.as_ref().map(|cited| cited.value.clone()),
            problems: form.problems.iter().map(problem).collect(),
            notes: form.notes().into_iter().map(|(zh, en)| if language == Language::Zh { zh } else { en }).collect(),
            empty_rows: form.empty_rows.clone(),
            rows: rows.collect(),
            goals: (form.kind == FormKind::Goals).then(|| CheckedGoals::of(form)),
            score: (!form.is_other_kind() && form.kind != FormKind::Goals).then_some(score),
        }
    }

    /// The row of the form that a finding points at: `第13行`.
    fn row_of(&self, pointer: &str) -> Option<u32> {
        let index: usize = pointer.strip_prefix("/results/")?.split('/').next()?.parse().ok()?;
        self.rows.get(index).map(|row| row.row)
    }

    /// Kind, project or organization, year.
    fn title(&self) -> String {
        let year = self.fiscal_year.map(|year| format!("  {year}年度"));
        let unit = self.organization_name.as_ref().map(|name| format!("  {name}"));
        let kind = format!("{}  ", self.kind);
        let name = self.project_name.as_ref().or(self.organization_name.as_ref());
        let unit = unit.filter(|_| self.project_name.is_some());
        format!("{kind}{}{}{}", shown(name), unit.unwrap_or_default(), year.unwrap_or_default())
    }

    fn print_lines(&self, language: Language) {
        for (severity, code, text) in self.lines(language) {
            say!("  {severity} {code:<33} {text}");
        }
    }

    fn print_markdown_lines(&self, language: Language) {
        for (severity, code, text) in self.lines(language) {
            say!("- **{severity}** `{code}` {}", escaped(&text));
        }
        say!();
    }

    /// Findings and problems, one line each, the worst first.
    fn lines(&self, language: Language) -> Vec<(String, String, String)> {
        let place = |row: Option<u32>| match (row, language) {
            (Some(row), Language::Zh) => format!("第{row}行 "),
            (Some(row), Language::En) => format!("row {row} "),
            (None, _) => String::new(),
        };
        let (unreadable, severities) = match language {
            Language::Zh => ("无法识别", Severity::zh as fn(Severity) -> &'static str),
            Language::En => ("not understood", Severity::as_str as fn(Severity) -> &'static str),
        };
        let problems = self.problems.iter().map(|problem| {
            let value = problem.value.as_ref().map(|value| format!("“{value}”")).unwrap_or_default();
            let text = format!("{} {}{value}：{}", problem.cell, problem.column, problem.detail);
            (unreadable.to_owned(), problem.code.to_owned(), text)
        });
        let findings = Severity::ALL.iter().flat_map(|severity| {
            self.score.iter().flat_map(|score| &score.findings).filter(move |finding| finding.severity == *severity)
        });
        let findings = findings.map(|finding| {
            let text = format!("{}{}", place(self.row_of(&finding.pointer)), finding.message);
            (severities(finding.severity.0).to_owned(), finding.code.as_str().to_owned(), text)
        });
        let left_alone = if language == Language::Zh { "说明" } else { "note" };
        let notes = self.notes.iter().map(|note| (left_alone.to_owned(), "left_alone".to_owned(), note.clone()));
        problems.chain(findings).chain(notes).collect()
    }
}

/// Prints for a terminal.
pub fn print(files: &[CheckedFile], explain: bool, language: Language) {
    for file in files {
        say!("{}", file.file);
        for line in file.error.iter().chain(&file.notes) {
            say!("  {line}");
        }
        for form in &file.forms {
            say!("\n{}", form.title());
            let Some(score) = &form.score else {
                if let Some(goals) = &form.goals {
                    goals.lines().iter().for_each(|line| say!("  {line}"));
                    let mut rows = table(&["行 row", "三级指标", "指标值 target", "分值"]);
                    rows.set_content_arrangement(ContentArrangement::Dynamic);
                    for row in &form.rows {
                        let (target, weight) = (shown(row.target_text.as_ref()), shown(row.weight.as_ref()));
                        rows.add_row([row.row.to_string(), row.name.clone(), target, weight]);
                    }
                    say!("{rows}");
                }
                form.print_lines(language);
                continue;
            };
            let reached: Vec<bool> = score.derivation.rows.iter().filter_map(|row| row.is_reached).collect();
            match reached.is_empty() {
                true => print_total(&score.derivation.total, form.grade_text.as_ref()),
                false => {
                    let count = reached.iter().filter(|reached| **reached).count();
                    let of = score.derivation.rows.len();
                    say!("按规则不计分，{of}项指标达到{count}项 no points by design: {count} of {of} reached");
                }
            }
            say!("{} v{}", score.rule_profile.code, score.rule_profile.version);
            let mut rows = table(&["行 row", "三级指标", "指标值 target", "完成值 actual", "分值", "自评", "测算"]);
            rows.set_content_arrangement(ContentArrangement::Dynamic);
            for column in rows.column_iter_mut().skip(1).take(3) {
                column.set_cell_alignment(CellAlignment::Left);
            }
            for row in &form.rows {
                rows.add_row([
                    row.row.to_string(),
                    row.name.clone(),
                    shown(row.target_text.as_ref()),
                    shown(row.actual_text.as_ref()),
                    shown(row.weight.as_ref()),
                    shown(row.declared_score.as_ref()),
                    shown(row.computed_score.as_ref()),
                ]);
            }
            say!("{rows}\n{}", levels(&score.derivation));
            if explain {
                for (row, derived) in form.rows.iter().zip(&score.derivation.rows) {
                    say!(
                        "  {:>3} {} {} = {}  {}",
                        row.row,
                        row.name,
                        derived.formula,
                        shown(derived.computed_score),
                        derived.explanation
                    );
                }
            }
            let counts = score.finding_counts;
            say!(
                "疑点 findings: {}错误 errors, {}警告 warnings, {}提示 info",
                counts.error,
                counts.warning,
                counts.info
            );
            form.print_lines(language);
        }
        say!();
    }
}

/// Prints for a page.
pub fn print_markdown(files: &[CheckedFile], explain: bool, language: Language) {
    for file in files {
        say!("# {}\n", escaped(&file.file));
        for line in file.error.iter().chain(&file.notes) {
            say!("> {}\n", escaped(line));
        }
        for form in &file.forms {
            say!("## {}\n", escaped(&form.title()));
            let Some(score) = &form.score else {
                let goals = form.goals.iter().flat_map(CheckedGoals::lines);
                goals.for_each(|line| say!("- {}", escaped(&line)));
                if form.goals.is_some() {
                    say!("\n| 行 | 三级指标 | 指标值 | 分值 |\n| ---: | --- | --- | ---: |");
                }
                for row in form.rows.iter().filter(|_| form.goals.is_some()) {
                    let (target, weight) = (escaped(&shown(row.target_text.as_ref())), shown(row.weight.as_ref()));
                    say!("| {} | {} | {target} | {weight} |", row.row, escaped(&row.name));
                }
                form.print_markdown_lines(language);
                continue;
            };
            let total = &score.derivation.total;
            say!("| 行 | 三级指标 | 指标值 | 实际完成值 | 分值 | 自评得分 | 测算得分 |");
            say!("| ---: | --- | --- | --- | ---: | ---: | ---: |");
            for row in &form.rows {
                say!(
                    "| {} | {} | {} | {} | {} | {} | {} |",
                    row.row,
                    escaped(&row.name),
                    escaped(&shown(row.target_text.as_ref())),
                    escaped(&shown(row.actual_text.as_ref())),
                    shown(row.weight.as_ref()),
                    shown(row.declared_score.as_ref()),
                    shown(row.computed_score.as_ref())
                );
            }
            let sums = [total.weight, total.declared, total.computed].map(shown);
            say!("|  | 总分 |  |  | {} |\n", sums.join(" | "));
            match total.grade.zip(total.attainable) {
                Some((grade, attainable)) => say!("测算等级 {}，最高可达 {attainable}分\n", grade.zh()),
                None => say!("有指标没有分值，无法计算总分和等级\n"),
            }
            if explain {
                for derived in &score.derivation.rows {
                    let (name, formula) = (escaped(&derived.name), escaped(&derived.formula));
                    say!("- {name}：{formula} = {} {}", shown(derived.computed_score), escaped(derived.explanation));
                }
                say!();
            }
            form.print_markdown_lines(language);
        }
    }
}

/// Text of a form that cannot become markup.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' | '&' | '!' => out.extend(['\\', char]),
            '\n' | '\r' => out.push(' '),
            other => out.push(other),
        }
    }
    out
}
