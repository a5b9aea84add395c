//! Months and dates as people write them.

use chrono::NaiveDate;

use crate::{Deadline, Measure, parse_target};

const DATES: &[(&str, &str, &str)] = &[
    ("2023年12月", "2023-12", "2023-12-31"),
    ("２０２３年２月", "2023-02", "2023-02-28"),
    ("2024年2月", "2024-02", "2024-02-29"),
    ("2023年12月31日", "2023-12-31", "2023-12-31"),
    ("2023年12月5号", "2023-12-05", "2023-12-05"),
    ("2023-12-31", "2023-12-31", "2023-12-31"),
    ("2023-12-31 00:00:00", "2023-12-31", "2023-12-31"),
    ("2023.12", "2023-12", "2023-12-31"),
    ("2023.6.30", "2023-06-30", "2023-06-30"),
    ("2023/12/31", "2023-12-31", "2023-12-31"),
    ("2023-12", "2023-12", "2023-12-31"),
    ("2023年12月底", "2023-12", "2023-12-31"),
    ("2023年12月底前", "2023-12", "2023-12-31"),
    ("2023年12月底前完成", "2023-12", "2023-12-31"),
    ("于2023年6月30日前完成", "2023-06-30", "2023-06-30"),
    ("截至2023年6月30日", "2023-06-30", "2023-06-30"),
    ("2023年12月31日之前", "2023-12-31", "2023-12-31"),
    ("2023年底", "2023-12-31", "2023-12-31"),
    ("2023年底前", "2023-12-31", "2023-12-31"),
    ("2023年", "2023-12-31", "2023-12-31"),
    ("2023年度", "2023-12-31", "2023-12-31"),
    ("完成时间：2023年12月", "2023-12", "2023-12-31"),
    ("2023年全年", "2023-12-31", "2023-12-31"),
    ("已于2023年10月全部完成", "2023-10", "2023-10-31"),
    ("2023年上半年", "2023-06", "2023-06-30"),
    ("2023年第三季度", "2023-09", "2023-09-30"),
    ("2023年12月中旬", "2023-12-20", "2023-12-20"),
    ("2023年12月份", "2023-12", "2023-12-31"),
    ("≤2023年12月", "2023-12", "2023-12-31"),
    ("2023年1月-2023年12月", "2023-12", "2023-12-31"),
    ("2023年1月至11月", "2023-11", "2023-11-30"),
    ("2023年1-12月", "2023-12", "2023-12-31"),
    ("2023 年 12 月 31 日", "2023-12-31", "2023-12-31"),
];

#[test]
fn months_and_dates_are_read_as_people_write_them() {
    for (text, printed, last_day) in DATES {
        let deadline = Deadline::parse(text).unwrap_or_else(|| panic!("{text} is a date"));
        assert_eq!(deadline.to_string(), *printed, "{text}");
        assert_eq!(deadline.last_day().to_string(), *last_day, "{text}");
        assert_eq!(parse_target(text, None).measure, Measure::Deadline, "{text}");
    }
}

#[test]
fn a_text_without_a_year_or_with_no_such_day_is_no_date() {
    for text in ["12月底前", "6月30日", "2023年2月30日", "2023-13", "1.5", "年底", "20231331", "12345678", "2023"]
    {
        assert_eq!(Deadline::parse(text), None, "{text}");
    }
}

#[test]
fn a_dotted_month_beside_a_unit_is_a_number() {
    assert_eq!(parse_target("2023.12", Some("元")).measure, Measure::Number);
    assert_eq!(parse_target("2023.12", Some("年月")).measure, Measure::Deadline);
    assert_eq!(parse_target("2023", Some("年")).to_string(), "2023-12-31");
    assert_eq!(parse_target("15", Some("年")).to_string(), "15年");
    assert_eq!(parse_target("2023.12元", None).measure, Measure::Number);
    assert_eq!(parse_target("≥2023.12", None).measure, Measure::Number);
}

#[test]
fn a_deadline_is_made_only_where_it_can_be_read_back() {
    assert!(Deadline::of_month(2023, 12).is_some());
    assert_eq!(Deadline::of_month(2023, 13), None);
    assert_eq!(Deadline::of_month(2023, 0), None);
    assert_eq!(Deadline::of_month(i32::MAX, 12), None);
    assert_eq!(Deadline::of_date(NaiveDate::MAX), None);
}
