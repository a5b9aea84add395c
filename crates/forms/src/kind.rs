//! What a sheet is, by its title: nothing is scored that is no self-assessment.

use super::model::Cited;
use super::page::Page;
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
        let has = |words: &&[&str]| words.iter().any(|word| text.text.contains(word));
        if let Some((kind, _)) = KINDS.iter().find(|(_, words)| has(words)) {
            let place = Place { row, column: text.column };
            return Some((*kind, Cited { value: text.text.trim().to_owned(), place }));
        }
    }
    None
}
