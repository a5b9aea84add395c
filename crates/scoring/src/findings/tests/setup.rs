//! Findings about the set-up of a form: duplicates, goals, counts.

use crate::findings::{FindingCode, Language};
use crate::tests::{assessment, decimal, number};
use crate::{Assessment, Measure, Row};

use super::{earns, find, on};

fn named(names: &[&str]) -> Assessment {
    let row = |name: &&str| Row { name: (*name).to_owned(), ..number("≥1", "1", "10") };
    assessment(names.iter().map(row).collect())
}

#[test]
fn a_name_that_stands_twice_is_a_duplicate() {
    let code = FindingCode::DuplicateIndicator;
    let finding = find(&named(&["培训人数", "满意度", "培训 人数"]), code);
    assert_eq!((finding.pointer.as_str(), finding.row), ("/results/2/name", Some(2)));
    assert_eq!(finding.message(Language::Zh), "“培训人数”与第1项指标重复。");
    assert!(!earns(&named(&["培训人数", "满意度", "/", "/", "", ""]), code));
}

#[test]
fn goals_that_are_the_same_text_are_named() {
    let code = FindingCode::IdenticalGoals;
    let goals = |overall: Option<&str>, annual: Option<&str>| Assessment {
        overall_goal: overall.map(str::to_owned),
        annual_goal: annual.map(str::to_owned),
        ..Assessment::default()
    };
    let finding = find(&goals(Some("服务企业"), Some("服务企业 ")), code);
    assert_eq!(finding.message(Language::Zh), "总体目标与年度目标逐字相同（4字）。");
    assert!(!earns(&goals(Some("服务企业"), Some("培训三期")), code));
    assert!(!earns(&goals(Some("服务企业"), None), code));
    assert!(!earns(&goals(Some("/"), Some("/")), code));
    assert!(!earns(&goals(None, None), code));
}

#[test]
fn the_stated_number_of_indicators_is_to_be_the_listed_one() {
    let code = FindingCode::StatedCountDiffers;
    let mut form = named(&["甲", "乙"]);
    form.stated_indicator_count = Some(3);
    let finding = find(&form, code);
    assert_eq!(finding.pointer, "/declared/indicator_count");
    assert_eq!(finding.message(Language::Zh), "所述指标3个，列出2个。");
    form.rows.push(Row::new("预算执行率", Measure::BudgetExecution, decimal("10")));
    assert!(!earns(&form, code));
    form.stated_indicator_count = Some(2);
    assert!(!earns(&form, code));
    let department = on(&form, "mof-2020-department");
    assert!(department.iter().any(|finding| finding.code == code));
    form.stated_indicator_count = None;
    assert!(!earns(&form, code));
}
