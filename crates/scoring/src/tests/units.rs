//! Units, their magnitudes, and which of them agree.

use crate::{Quantity, units_agree};

use super::decimal;

#[test]
fn magnitudes_and_aliases_lead_to_the_base_unit() {
    for (text, scaled, base) in [
        ("5亿元", "500000000", "元"),
        ("310.2万元", "3102000", "元"),
        ("3百万元", "3000000", "元"),
        ("2千万元", "20000000", "元"),
        ("1.5万亿元", "1500000000000", "元"),
        ("8千元", "8000", "元"),
        ("3十万元", "300000", "元"),
        ("12万人次", "120000", "人次"),
        ("100百分比", "100", "%"),
        ("5‰", "0.5", "%"),
        ("2百分点", "2", "百分点"),
        ("200名", "200", "人"),
        ("3公里", "3000", "米"),
        ("3千米", "3000", "米"),
        ("200㎡", "200", "平方米"),
        ("2吨", "2000000", "克"),
        ("12个月", "12", "月"),
        ("0.5万元/人*月", "5000", "元/人*月"),
        ("530元/人/月", "530", "元/人*月"),
        ("530元每人每月", "530", "元/人*月"),
    ] {
        let quantity = Quantity::parse(text).unwrap_or_else(|| panic!("{text} is a quantity"));
        assert_eq!(quantity.scaled(), (decimal(scaled), Some(base)), "{text}");
    }
}

#[test]
fn a_bare_magnitude_has_no_base_unit() {
    let quantity = Quantity::parse("5万").expect("a quantity");
    assert_eq!(quantity.scaled(), (decimal("50000"), None));
}

#[test]
fn units_agree_after_scaling_and_otherwise_do_not() {
    for (one, other) in [("5万元", "5元"), ("5名", "5人"), ("5个", "5个项目"), ("5场", "5场次")] {
        assert!(agree(one, other), "{one} and {other}");
    }
    for (one, other) in [
        ("5人次", "5名"),
        ("5元", "5%"),
        ("5元", "5元/人"),
        ("5户", "5户次"),
        ("5%", "5百分点"),
        ("5米", "5平方米"),
        ("5人", "5人月"),
    ] {
        assert!(!agree(one, other), "{one} and {other}");
    }
}

fn agree(one: &str, other: &str) -> bool {
    let base = |text: &str| {
        let quantity = Quantity::parse(text).expect("a quantity");
        quantity.scaled().1.map(str::to_owned).expect("a unit")
    };
    units_agree(&base(one), &base(other))
}

#[test]
fn a_unit_that_would_not_read_back_is_refused() {
    let one = decimal("1");
    for unit in ["以上", "3期", "-", "余名", "月30日", "内", "左右", "完成", "%以上", "*月"] {
        let made = Quantity::new(one, Some(unit), false);
        assert!(made.is_none_or(|made| made.unit().is_none()), "{unit}");
    }
}
