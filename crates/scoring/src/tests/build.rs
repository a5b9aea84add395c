//! Builders for tests: rows and assessments in one line.

use std::str::FromStr;

use rust_decimal::Decimal;

use crate::{Assessment, FundLine, Profile, Row, RowScore, score};

pub(crate) fn decimal(text: &str) -> Decimal {
    Decimal::from_str(text).expect("a decimal")
}

pub(crate) fn profile(code: &str) -> &'static Profile {
    Profile::latest(code).expect("a shipped profile")
}

/// A row of a target and an actual as written, of that weight.
pub(crate) fn number(target: &str, actual: &str, weight: &str) -> Row {
    Row::from_texts("指标", decimal(weight), Some(target), Some(actual))
}

/// A fund line of that budget and spending, in yuan.
pub(crate) fn spent(adjusted: &str, executed: &str) -> FundLine {
    FundLine {
        label: "项目资金".to_owned(),
        initial: decimal(adjusted),
        adjusted: decimal(adjusted),
        executed: decimal(executed),
    }
}

pub(crate) fn assessment(rows: Vec<Row>) -> Assessment {
    Assessment { rows, ..Assessment::default() }
}

/// The score of one row under a profile, with the budget fully spent.
pub(crate) fn row_of(row: &Row, code: &str) -> RowScore {
    let assessment = Assessment { lines: vec![spent("100", "100")], ..assessment(vec![row.clone()]) };
    score(&assessment, profile(code)).rows[0]
}
