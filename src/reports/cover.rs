//! The cover of a report, and what identifies it on every page.

use super::document::{Cover, Figure};
use super::facts::{Facts, Standing};
use super::words::{self, say};
use crate::assessments::model::Status;
use crate::findings::Language;
use crate::values::CodedGrade;
use crate::values::Points;

/// The cover.
pub fn cover(facts: &Facts, language: Language) -> Cover {
    let (identity, summary) = (&facts.content.identity, &facts.content.summary);
    let label = |zh: &str, en: &str| say!(language, zh, en).to_owned();
    let mut rows = vec![
        (label("预算年度", "Fiscal year"), identity.fiscal_year.to_string()),
        (label("项目代码", "Project code"), identity.project_code.clone()),
        (label("实施单位", "Unit"), format!("{}（{}）", identity.organization_name, identity.organization_code)),
    ];
    if let Some(department) = &facts.content.particulars.department_name {
        rows.push((label("主管部门", "Department"), department.clone()));
    }
    let points = |value: &dyn std::fmt::Display, grade: Option<String>| {
        let unit = say!(language, "分", " points");
        grade.map_or_else(|| format!("{value}{unit}"), |grade| format!("{value}{unit} {grade}"))
    };
    let declared = &identity.declared;
    let grade_text = declared["grade_text"].as_str().map(str::to_owned);
    let mut figures = Vec::new();
    if let Some(total) = declared["total"].as_str() {
        figures.push(Figure { label: label("自评", "declared"), value: points(&total, grade_text) });
    }
    let total = |total: Option<Points>, grade: Option<CodedGrade>| match total {
        Some(total) => points(&total, grade.map(|grade| words::grade(grade.0, language))),
        None => label("无法计算", "cannot be computed"),
    };
    figures.push(Figure { label: label("测算", "computed"), value: total(summary.computed_total, summary.grade) });
    if summary.final_total != summary.computed_total {
        let value = total(summary.final_total, summary.final_grade);
        figures.push(Figure { label: label("复核", "reviewed"), value });
    }
    if let Some(attainable) = summary.attainable_total {
        figures.push(Figure { label: label("可达到", "attainable"), value: points(&attainable, None) });
    }
    if let Some(rate) = summary.execution.rate {
        figures.push(Figure { label: label("预算执行率", "execution rate"), value: words::percentage(rate) });
    }
    Cover { subject: identity.project_name.clone(), rows, figures, identity: identified(facts, language) }
}

/// What identifies the report, and how to verify it.
fn identified(facts: &Facts, language: Language) -> Vec<(String, String)> {
    let (identity, profile) = (&facts.content.identity, &facts.content.rule_profile);
    let label = |zh: &str, en: &str| say!(language, zh, en).to_owned();
    let mut rows = vec![
        (label("自评编号", "Self-assessment"), identity.self_assessment_id.clone()),
        (label("修订", "Revision"), identity.revision.to_string()),
        (
            label("评分规则", "Rule profile"),
            say!(
                language,
                format!("{} 第{}版", profile.code, profile.version),
                format!("{} version {}", profile.code, profile.version)
            ),
        ),
    ];
    match &facts.standing {
        Standing::Published { score_id, published_at } => {
            rows.push((label("得分编号", "Score"), score_id.clone()));
            rows.push((label("公开时间", "Published at"), published_at.to_string()));
        }
        Standing::Open(status) => rows.push((label("状态", "State"), state(*status, language).to_owned())),
    }
    let Some(hash) = &facts.content_hash else { return rows };
    rows.push((label("内容校验值（SHA-256）", "SHA-256 of the content"), hash.clone()));
    let path = match &facts.standing {
        Standing::Published { score_id, .. } => format!("/api/v1/scores/{score_id}/content"),
        Standing::Open(_) => format!("/api/v1/self-assessments/{}/content", identity.self_assessment_id),
    };
    rows.push((
        label("核验方法", "To verify"),
        say!(
            language,
            format!("从{path}取得原文，计算SHA-256，应与上列校验值一致"),
            format!("fetch {path} and compute its SHA-256: it must be the one above")
        ),
    ));
    rows
}

/// A state in words.
pub fn state(status: Status, language: Language) -> &'static str {
    match status {
        Status::Draft => say!(language, "草稿，填报中", "draft"),
        Status::Submitted => say!(language, "已送审，未公开", "submitted, not published"),
        Status::Reviewed => say!(language, "主管部门已审，未公开", "reviewed, not published"),
        Status::Approved => say!(language, "财政已终审，未公开", "approved, not published"),
        Status::Published => say!(language, "已公开", "published"),
    }
}

/// What marks every page of a report that is not final.
pub fn draft_mark(facts: &Facts, language: Language) -> Option<String> {
    match facts.standing {
        Standing::Open(status) => Some(state(status, language).to_owned()),
        Standing::Published { .. } => None,
    }
}

/// The foot of every page.
pub fn footer(facts: &Facts, language: Language) -> String {
    let (identity, profile) = (&facts.content.identity, &facts.content.rule_profile);
    let id = match &facts.standing {
        Standing::Published { score_id, .. } => score_id,
        Standing::Open(_) => &identity.self_assessment_id,
    };
    let revision = say!(language, format!("修订{}", identity.revision), format!("revision {}", identity.revision));
    let mut parts = vec![id.clone(), revision, format!("{} v{}", profile.code, profile.version)];
    parts.extend(facts.content_hash.as_ref().map(|hash| format!("SHA-256 {}", hash.get(..16).unwrap_or(hash))));
    parts.join(" · ")
}
