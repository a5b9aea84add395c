//! What is printed is read back as the same.

use proptest::prelude::*;

use crate::{Deadline, Quantity, parse_target};

use super::decimal;

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_printed_quantity_reads_back(
        digits in -1_000_000_000_000i64..1_000_000_000_000,
        scale in 0u32..8,
        unit in "|元|万元|亿元|%|人次|元/人\\*月|个|千米|A级|[a-z%‰万亿余多个人/*]{0,6}",
        about in any::<bool>(),
    ) {
        let value = rust_decimal::Decimal::new(digits, scale);
        if let Some(quantity) = Quantity::new(value, Some(&unit), about) {
            prop_assert_eq!(Quantity::parse(&quantity.to_string()), Some(quantity));
        }
    }

    #[test]
    fn a_printed_deadline_reads_back(year in 1900i32..2200, month in 1u32..13, day in 1u32..32) {
        let deadline = Deadline::of_month(year, month).expect("a month");
        prop_assert_eq!(Deadline::parse(&deadline.to_string()), Some(deadline));
        if let Some(date) = chrono::NaiveDate::from_ymd_opt(year, month, day) {
            let deadline = Deadline::of_date(date).expect("in range");
            prop_assert_eq!(Deadline::parse(&deadline.to_string()), Some(deadline));
        }
    }

    #[test]
    fn a_printed_target_reads_back(text in super::laws::written()) {
        let parsed = parse_target(&text, None);
        prop_assert_eq!(parse_target(&parsed.to_string(), None), parsed.clone(), "{}", parsed);
    }

    #[test]
    fn a_printed_target_reads_back_with_a_unit_column(
        text in super::laws::written(),
        unit in "|元|万元|亿元|%|人次|元/人\\*月|个|年|月|以上|[0-9个人元月~-]{0,3}",
    ) {
        let parsed = parse_target(&text, Some(&unit));
        prop_assert_eq!(parse_target(&parsed.to_string(), None), parsed.clone(), "{}", parsed);
    }
}

#[test]
fn the_printed_quantity_keeps_its_decimals() {
    let quantity = Quantity::parse("97.30%").expect("a quantity");
    assert_eq!(quantity.to_string(), "97.30%");
    assert_eq!(quantity.value(), decimal("97.3"));
}
