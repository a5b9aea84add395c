//! What a sheet is, by its title: nothing is scored that is no self-assessment.

use super::label::Label;
use super::model::{Cited, Form, FormKind};
use super::page::{Page, Text};
use super::problem::ProblemKind;
use crate::workbooks::Place;

/// Characters that a title has at most; what is longer is a sentence.
const LONGEST: usize = 60;

/// Kinds of sheets that look like a self-assessment, with the words of their titles. The first that fits counts.
const KINDS: &[(ProblemKind, &[&str])] = &[
    (ProblemKind::MonitoringForm, &["监控表", "监控情况表", "跟踪监控"]),
    (ProblemKind::GoalForm, &["目标申报表", "目标批复表", "目标审核表", "绩效目标表"]),
    (ProblemKind::Ledger, &["汇总表", "一览表", "台账"]),
    (ProblemKind::ScoreTable, &["评价评分表", "评价打分表", "评价指标体系", "绩效评价评分", "绩效评价打分"]),
];

/// What a sheet is where it is no self-assessment, with its title: one of the single texts above the first label.
pub fn other(page: &Page<'_>) -> Option<(ProblemKind, Cited<String>)> {
    let first = page.labels().next().map_or(u32::MAX, |(row, _)| row);
    let above = page.rows.range(..first).filter(|(_, texts)| texts.len() == 1);
    let titles = above.flat_map(|(row, texts)| texts.iter().map(|text| (*row, text)));
    let short = titles.filter(|(_, text)| text.text.chars().count() <= LONGEST);
    for (row, text) in short {
        let has = |words: &&[&str]| words.iter().any(|word| text.says(word));
        if text.says("自评表") || text.says("（自评）") || text.says("(自评)") {
            return None;
        }
        if let Some((kind, _)) = KINDS.iter().find(|(_, words)| has(words)) {
            let place = Place { row, column: text.column };
            return Some((*kind, Cited { value: text.text.trim().to_owned(), place }));
        }
    }
    None
}

/// What a form assesses, by its titles and by what its names are called.
pub fn of(page: &Page<'_>, form: &Form) -> FormKind {
    let first = page.labels().next().map_or(u32::MAX, |(row, _)| row);
    let above = page.rows.range(..first).flat_map(|(_, texts)| texts);
    let of_label =
        |wanted: Label, word: &str| page.labels().any(|(_, text)| text.announces(&[wanted]) && text.says(word));
    let mut titles = above.filter(|text| text.text.chars().count() <= LONGEST);
    let said = |title: &Text| match () {
        () if title.says("整体支出") || title.says("整体绩效") => Some(FormKind::Department),
        () if title.says("转移支付") => Some(FormKind::TransferPayment),
        () => None,
    };
    match titles.find_map(said) {
        // 整体支出 may stand in the title of a project's form that is one of its parts.
        Some(FormKind::Department) if form.project_name.is_some() => FormKind::Project,
        Some(kind) => kind,
        None if of_label(Label::ProjectName, "转移支付") => FormKind::TransferPayment,
        None if form.project_name.is_none() && of_label(Label::Department, "预算部门") => FormKind::Department,
        None => FormKind::Project,
    }
}
