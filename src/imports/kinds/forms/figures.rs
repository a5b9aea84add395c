//! The funds and indicators of a form as those of its project.

use rust_decimal::Decimal;

use super::errors::{Errors, points};
use crate::budgets::model::{BudgetLine, EconomicCategory, FundNature, FundingSource, GovernmentLevel, NewBudgetLine};
use crate::forms::{Cited, EXECUTION_LEVEL, EXECUTION_NAME, Form, FormKind, FundRow, is_execution};
use crate::http::error::Code;
use crate::imports::change::{Change, Written};
use crate::imports::kinds::{budget_lines, indicators};
use crate::imports::model::Note;
use crate::indicators::Indicator;
use crate::indicators::model::{IndicatorRow, NewIndicator};
use crate::indicators::target::{check_weight, understand};
use crate::projects::model::ProjectRow;
use crate::scoring::Measure;
use crate::values::input::Misread;
use crate::values::{FromText, LongText, Money, Points, ShortText};
use crate::workbooks::Place;

/// Words of the labels of fund rows, each list with what they say; the first that fits counts.
type Words<T> = &'static [(T, &'static [&'static str])];

/// 资金来源; what names none is of the year's appropriation.
const SOURCES: Words<FundingSource> = &[
    (FundingSource::Carryover, &["结转", "结余"]),
    (FundingSource::SpecialAccount, &["专户"]),
    (
        FundingSource::Other,
        &["其他", "单位资金", "自筹", "自有", "事业", "经营", "非财政", "社会", "配套", "捐", "贷款"],
    ),
];

/// 政府级次
const LEVELS: Words<GovernmentLevel> = &[
    (GovernmentLevel::Central, &["中央"]),
    (GovernmentLevel::Provincial, &["省级", "省补", "省财政", "自治区", "省本级"]),
    (GovernmentLevel::Prefecture, &["市级", "市补", "市财政", "州级", "市本级"]),
    (GovernmentLevel::County, &["县级", "区级", "县财政", "区财政", "县本级", "县补"]),
    (GovernmentLevel::Local, &["地方"]),
];

/// 资金性质
const NATURES: Words<FundNature> = &[
    (FundNature::Carryover, &["结转", "结余"]),
    (FundNature::GovernmentFund, &["政府性基金"]),
    (FundNature::StateCapital, &["国有资本"]),
    (FundNature::SpecialAccount, &["专户"]),
    (FundNature::UnitFunds, &["单位资金", "自筹", "自有", "事业收入", "经营"]),
    (FundNature::GeneralPublic, &["一般公共预算"]),
];

/// What the label of a fund row says; none where it says nothing of the kind.
fn said<T: Copy>(row: &FundRow, words: Words<T>) -> Option<T> {
    let has = |words: &[&str]| words.iter().any(|word| row.label.contains(word));
    words.iter().find(|(_, words)| has(words)).map(|(meant, _)| *meant)
}

/// The form's funds as lines of the project. Lines that are registered in another breakdown stay: the form's
/// totals are declared, and where they differ that is a finding.
pub(super) fn fund_changes(
    form: &Form,
    project: &ProjectRow,
    lines: &[BudgetLine],
    errors: &mut Errors,
    notes: &mut Vec<Note>,
) -> Vec<Change> {
    let amount =
        |cited: &Option<Cited<Decimal>>| Money::from_yuan(cited.as_ref().map(|one| one.value).unwrap_or_default());
    let mut found: Vec<NewBudgetLine> = Vec::new();
    for row in form.fund_lines() {
        let place = Place { row: row.row, column: 1 };
        let category = match EconomicCategory::from_text(&row.category()) {
            Ok(category) => category,
            Err(misread) => {
                errors.add(place, "项目资金", Some(&row.label), misread);
                continue;
            }
        };
        let funding_source = said(row, SOURCES).unwrap_or(FundingSource::CurrentAppropriation);
        let initial_amount = amount(&row.initial);
        let (adjusted_amount, executed_amount) = match form.kind {
            // What is asked for is the budget until it is adjusted; what is registered since stays.
            FormKind::Goals => lines
                .iter()
                .find(|one| (one.funding_source, &one.economic_category) == (funding_source, &category))
                .map_or((initial_amount, Money::from_yuan(Decimal::ZERO)), |one| {
                    let is_adjusted = one.adjusted_amount != one.initial_amount;
                    (if is_adjusted { one.adjusted_amount } else { initial_amount }, one.executed_amount)
                }),
            _ => (amount(&row.adjusted), amount(&row.executed)),
        };
        let new = NewBudgetLine {
            funding_source,
            economic_category: category,
            initial_amount,
            adjusted_amount,
            executed_amount,
            government_level: said(row, LEVELS),
            fund_nature: said(row, NATURES),
        };
        let is_same = |one: &NewBudgetLine| {
            (one.funding_source, &one.economic_category) == (new.funding_source, &new.economic_category)
        };
        if found.iter().any(is_same) {
            let misread = Misread::new(
                Code::Duplicate,
                "资金来源重复；请合并为一行",
                "the funding source is there twice; make one row of it",
            );
            errors.add(place, "项目资金", Some(&row.label), misread);
            continue;
        }
        found.push(new);
    }
    let before = |new: &NewBudgetLine| {
        lines
            .iter()
            .find(|one| (one.funding_source, &one.economic_category) == (new.funding_source, &new.economic_category))
    };
    let is_same_breakdown = lines.iter().all(|line| {
        found
            .iter()
            .any(|new| (line.funding_source, &line.economic_category) == (new.funding_source, &new.economic_category))
    });
    if !is_same_breakdown {
        if form.kind == FormKind::Goals {
            notes.push(Note::from((
                "项目已登记的资金明细与表内行次不同，予以保留；表内金额未导入，请按已登记的行次填写",
                "the project's registered budget lines are in another breakdown and stay; the form's amounts were not taken: \
                 write them by the registered lines",
            )));
            return Vec::new();
        }
        notes.push(Note::from((
            "项目已登记的资金明细与表内行次不同，予以保留；表内合计作为申报数，不一致处见疑点",
            "the project's registered budget lines are in another breakdown and stay; the form's totals are kept as \
             declared, and differences are findings",
        )));
        return Vec::new();
    }
    let changed = found.into_iter().filter_map(|new| {
        let before = before(&new);
        let after = budget_lines::written(new, project, before)?;
        Some(Change::BudgetLine(Box::new(Written { before: before.cloned(), after: Some(after) })))
    });
    changed.collect()
}

/// The form's indicators as those of the project: indicators with the same levels and name are kept, others are added
/// or deleted. `before` of the project's stand before them and are none of the form's. Returns the changes, and the rows
/// in the order of the form.
pub(super) fn indicator_changes(
    form: &Form,
    project: &ProjectRow,
    (indicators, before): (&[Indicator], usize),
    errors: &mut Errors,
) -> (Vec<Change>, Vec<IndicatorRow>) {
    let mut left: Vec<&Indicator> = indicators.iter().collect();
    let mut position = i32::try_from(before).unwrap_or(i32::MAX);
    let (mut changes, mut kept) = (Vec::new(), Vec::new());
    let mut settle = |mut new: NewIndicator, place: Place, errors: &mut Errors| {
        position += 1;
        let same =
            left.iter().position(|one| (&one.level1, &one.level2, &one.name) == (&new.level1, &new.level2, &new.name));
        let before = same.map(|at| left.remove(at));
        // A form does not say how its target is measured: what is registered for the same target text stays.
        if let Some(before) = before.filter(|before| before.target_text == new.target_text) {
            let NewIndicator { measure, comparison, target, .. } = NewIndicator::of(before);
            new = NewIndicator { measure, comparison, target, ..new };
        }
        // What the form has no column for stays as it is registered.
        if let Some(before) = before {
            new.explanation = new.explanation.or_else(|| before.explanation.clone());
            new.scoring_standard = new.scoring_standard.or_else(|| before.scoring_standard.clone());
            new.data_source = new.data_source.or_else(|| before.data_source.clone());
            new.is_core = new.is_core.or(before.is_core);
        }
        // If the form prints no points, a weight that was entered since the last upload stays.
        new.weight = new.weight.or_else(|| before.and_then(|before| before.weight));
        let understood = match understand(&new, "") {
            Ok(understood) => understood,
            Err(wrong) => {
                for error in wrong {
                    let value = new.target_text.as_ref().map(LongText::as_str);
                    errors.add(place, "年度指标值", value, Misread { code: error.code, detail: error.detail });
                }
                return;
            }
        };
        match indicators::changed(new, understood, project, position, before) {
            Some((before, after)) => {
                kept.push(after.clone());
                changes.push(Change::Indicator(Box::new(Written { before, after: Some(after) })));
            }
            None => kept.extend(before.cloned().map(IndicatorRow::from)),
        }
    };
    if let (Some((weight, _)), Some(total)) = (form.execution(), form.execution_row()) {
        let place = Place { row: total.row, column: 1 };
        let texts =
            ShortText::from_text(EXECUTION_LEVEL).and_then(|level| Ok((level, ShortText::from_text(EXECUTION_NAME)?)));
        if let Ok((level1, name)) = texts {
            let new = NewIndicator {
                measure: Some(Measure::BudgetExecution.into()),
                weight: Some(Points::rounded(weight)),
                ..NewIndicator::named(level1, name)
            };
            settle(new, place, errors);
        }
    }
    for row in &form.indicators {
        let level1 = errors.read(&row.level1, "一级指标");
        let level2 = errors.read(&row.level2, "二级指标");
        let name: Option<ShortText> = errors.read(&Some(row.name.clone()), "三级指标");
        let target_text = errors.read(&row.target, "年度指标值");
        let mut weight = points(&row.weight, "分值", errors);
        if let Some((cell, misread)) = row.weight.as_ref().zip(weight.and_then(check_weight)) {
            errors.add(cell.place, "分值", Some(&cell.value.to_string()), misread);
            weight = None;
        }
        let (Some(level1), Some(name)) = (level1, name) else { continue };
        let measure = is_execution(name.as_str()).then_some(Measure::BudgetExecution);
        let new = NewIndicator {
            level2,
            measure: measure.map(Into::into),
            weight,
            target_text,
            explanation: errors.read(&row.explanation, "指标解释"),
            scoring_standard: errors.read(&row.scoring_standard, "评分标准"),
            data_source: errors.read(&row.data_source, "数据来源"),
            is_core: row.is_core,
            ..NewIndicator::named(level1, name)
        };
        settle(new, row.target.as_ref().map_or(row.name.place, |target| target.place), errors);
    }
    changes
        .splice(0..0, left.into_iter().cloned().map(|gone| Change::Indicator(Written::gone(IndicatorRow::from(gone)))));
    (changes, kept)
}
