//! What the demo shows of an assessment: budget, scores by level, findings with their figures.

use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{CellAlignment, Table};

use crate::assessments::content::Judged;
use crate::assessments::loaded::{self, Loaded};
use crate::assessments::{AssessmentId, DerivationView, FindingView, SelfAssessment, TotalView, workflow};
use crate::auth::Caller;
use crate::budgets::model::BudgetSummary;
use crate::db::Connection;
use crate::findings::{FindingCode, Language, Severity};
use crate::http::error::Result;

/// Everything that is shown.
pub struct Shown {
    loaded: Loaded,
    view: SelfAssessment,
    budget: BudgetSummary,
    derivation: DerivationView,
    findings: Vec<FindingView>,
}

impl Shown {
    /// Reads it.
    pub fn read(c: &mut Connection, caller: &Caller, id: &AssessmentId) -> Result<Shown> {
        let loaded = loaded::load(c, caller, id)?;
        let (assessment, ids) = (loaded.assessment(), loaded.ids());
        let judged = Judged::new(&assessment, loaded.profile()?);
        let (derivation, findings) = (judged.derivation(&ids, Language::Zh), judged.findings(&ids, Language::Zh));
        Ok(Shown {
            view: workflow::view(&loaded, caller, true)?,
            budget: BudgetSummary::of(&loaded.lines),
            derivation,
            findings,
            loaded,
        })
    }
}

/// An empty table; what stands right of its first column are figures.
pub fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(UTF8_HORIZONTAL_ONLY).set_header(header.iter().copied());
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// A figure, or a dash where there is none.
pub fn shown(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_else(|| "—".to_owned())
}

/// Prints it, with the address, a token and three requests to paste.
pub fn print(shown_: &Shown, address: &str, token: &str) {
    let Shown { loaded, view, budget, derivation, findings } = shown_;
    let project = &loaded.project;
    say!("{} {}  {}年度\n", project.code, project.name, project.fiscal_year);
    say!("预算执行 Budget execution");
    let mut lines = table(&["", "全年预算 adjusted (元)", "全年执行 executed (元)", "执行率 rate"]);
    for part in &budget.by_economic_category {
        lines.add_row([
            part.economic_category.to_string(),
            part.adjusted_amount.to_string(),
            part.executed_amount.to_string(),
            shown(part.execution_rate),
        ]);
    }
    lines.add_row([
        "合计 total".to_owned(),
        budget.adjusted_amount.to_string(),
        budget.executed_amount.to_string(),
        shown(budget.execution_rate),
    ]);
    say!("{lines}\n结余 balance {}元\n", budget.balance);
    say!("得分 Scores ({} v{})", view.rule_profile.code, view.rule_profile.version);
    say!("{}", levels(derivation));
    print_total(&derivation.total, view.declared.grade_text.as_ref());
    for row in derivation.rows.iter().filter(|row| row.case.starts_with("budget_execution")) {
        say!("{} {} = {} → {}", row.name, row.formula, shown(row.unrounded.as_ref()), shown(row.computed_score));
    }
    let counts = view.finding_counts;
    say!("\n疑点 Findings: {}错误 errors, {}警告 warnings, {}提示 info", counts.error, counts.warning, counts.info);
    print_findings(findings, derivation);
    let (id, project) = (&view.id, &view.project_id);
    let curl = format!("curl -s -H 'Authorization: Bearer {token}'");
    say!("\nService  {address}\nDocs     {address}/docs/\nToken    {token}\n\nTry:");
    say!("{curl} {address}/api/v1/projects/{project}/budget");
    say!("{curl} {address}/api/v1/self-assessments/{id}/derivation");
    say!(
        "{curl} -H 'If-Match: *' -H 'Content-Type: application/json' -d '{{\"action\":\"submit\"}}' \
         {address}/api/v1/self-assessments/{id}/transitions"
    );
    say!("\nFor the tour of the README, in another terminal:");
    say!("URL={address} ID={id} TOKEN={token}");
    say!("\nServing; stop with Ctrl-C.");
}

/// Prints what is declared, what the rule gives, and what was attainable.
pub fn print_total(total: &TotalView, grade_text: Option<impl ToString>) {
    say!("自评 declared   {}  {}", shown(total.declared), shown(grade_text));
    match total.computed.zip(total.grade) {
        Some((computed, grade)) => say!("测算 computed   {computed}  {} {}", grade.zh(), grade.as_str()),
        None => say!("测算 computed   无法计算 cannot be computed"),
    }
    say!("最高可达 attainable {}", shown(total.attainable));
}

/// The score table by level.
pub fn levels(derivation: &DerivationView) -> Table {
    let mut levels = table(&["", "分值 weight", "自评 declared", "测算 computed"]);
    for level in &derivation.levels {
        levels.add_row([level.level1.clone(), shown(level.weight), shown(level.declared), shown(level.computed)]);
        for part in level.level2.iter().filter(|part| !part.level2.is_empty()) {
            let name = format!("  {}", part.level2);
            levels.add_row([name, shown(part.weight), shown(part.declared), shown(part.computed)]);
        }
    }
    let total = &derivation.total;
    levels.add_row(["总分 total".to_owned(), shown(total.weight), shown(total.declared), shown(total.computed)]);
    levels
}

/// Findings by code; one that many rows have is said once, with the rows and their weights.
fn print_findings(findings: &[FindingView], derivation: &DerivationView) {
    const FEW: usize = 3;
    let codes = |&severity: &Severity| FindingCode::ALL.iter().filter(move |code| code.severity() == severity);
    for code in Severity::ALL.iter().flat_map(codes) {
        let found: Vec<&FindingView> = findings.iter().filter(|finding| finding.code == *code).collect();
        let entry = code.entry();
        let severity = entry.severity.zh();
        if found.len() <= FEW {
            for finding in found {
                say!("  {severity} {:<33} {}", entry.code, finding.message);
            }
            continue;
        }
        let named = |finding: &&FindingView| {
            let row = derivation.rows.iter().find(|row| row.indicator_id == finding.indicator_id);
            row.map_or_else(|| finding.message.clone(), |row| format!("{} {}分", row.name, shown(row.weight)))
        };
        let rows: Vec<String> = found.iter().map(named).collect();
        say!("  {severity} {:<33} {} ×{}：{}", entry.code, entry.title_zh, found.len(), rows.join("、"));
    }
}
