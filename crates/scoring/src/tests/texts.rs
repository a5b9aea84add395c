//! Targets and actuals as people write them.

use crate::{
    Achievement, Actual, Comparison, Measure, Target, infer_achievement, is_not_given, parse_actual, parse_target,
};

/// `target | unit column | measure and comparison | sign | understood`.
const TARGETS: &[(&str, &str, &str, &str, &str)] = &[
    ("≥50个", "", "at_least", "≥", "50个"),
    ("≥100百分比", "", "at_least", "≥", "100百分比"),
    ("98%以上", "", "at_least", "以上", "98%"),
    ("90%（含）以上", "", "at_least", "（含）以上", "90%"),
    ("90%及以上", "", "at_least", "及以上", "90%"),
    ("343人次", "", "at_least", "-", "343人次"),
    ("11442", "", "at_least", "-", "11442"),
    ("15", "个", "at_least", "-", "15个"),
    ("≥5", "万元", "at_least", "≥", "5万元"),
    ("5万", "元", "at_least", "-", "5万元"),
    ("530元/人*月", "", "at_least", "-", "530元/人*月"),
    ("≤530元／人·月", "", "at_most", "≤", "530元/人*月"),
    ("5亿元", "", "at_least", "-", "5亿元"),
    ("≥２６６米", "", "at_least", "≥", "266米"),
    ("＞＝１００％", "", "at_least", "＞＝", "100%"),
    ("≧98.5％", "", "at_least", "≧", "98.5%"),
    (">= 50 个", "", "at_least", ">=", "50个"),
    ("> 3次", "", "at_least", ">", "3次"),
    ("≤202.6万元", "", "at_most", "≤", "202.6万元"),
    ("≦5%", "", "at_most", "≦", "5%"),
    ("＜3起", "", "at_most", "＜", "3起"),
    ("<=3起", "", "at_most", "<=", "3起"),
    ("=0起", "", "equal", "=", "0起"),
    ("0起", "", "equal", "-", "0起"),
    ("═12期", "", "equal", "═", "12期"),
    ("﹦12期", "", "equal", "﹦", "12期"),
    ("＝100%", "", "equal", "＝", "100%"),
    ("等于3个", "", "equal", "等于", "3个"),
    ("不超过90万元", "", "at_most", "不超过", "90万元"),
    ("不高于5%", "", "at_most", "不高于", "5%"),
    ("控制在5%以内", "", "at_most", "控制在…以内", "5%"),
    ("控制在207万元", "", "at_most", "控制在", "207万元"),
    ("控制在95%以上", "", "at_least", "控制在…以上", "95%"),
    ("5%以下", "", "at_most", "以下", "5%"),
    ("30日内", "", "at_most", "内", "30日"),
    ("不低于90%", "", "at_least", "不低于", "90%"),
    ("不少于12次", "", "at_least", "不少于", "12次"),
    ("达到95%", "", "at_least", "达到", "95%"),
    ("达到95%以上", "", "at_least", "达到…以上", "95%"),
    ("大于等于3次/年", "", "at_least", "大于等于", "3次/年"),
    ("10-15", "", "between", "-", "10~15"),
    ("10~15天", "", "between", "~", "10天~15天"),
    ("10至15人", "", "between", "至", "10人~15人"),
    ("10%—15%", "", "between", "—", "10%~15%"),
    ("10～15之间", "", "between", "～", "10~15"),
    ("80-100万元", "", "between", "-", "80万元~100万元"),
    ("-5~5℃", "", "between", "~", "-5℃~5℃"),
    ("1,200人", "", "at_least", "-", "1200人"),
    ("１，２００，０００元", "", "at_least", "-", "1200000元"),
    ("约200人", "", "at_least", "-", "约200人"),
    ("≥约200人", "", "at_least", "≥", "约200人"),
    ("合格率≥98%", "", "at_least", "≥", "98%"),
    ("≥-5%", "", "at_least", "≥", "-5%"),
    ("12个月", "", "at_least", "-", "12个月"),
    ("≥12月", "", "at_least", "≥", "12月"),
    ("≥95%（含）", "", "at_least", "≥", "95%"),
    ("满意度达到90%以上", "", "at_least", "达到…以上", "90%"),
    ("满意度90%以上", "", "at_least", "以上", "90%"),
    ("验收合格率：100%", "", "at_least", "-", "100%"),
    ("培训人数不少于200人", "", "at_least", "不少于", "200人"),
    ("1200人余", "", "at_least", "-", "约1200人"),
    ("3000余万元", "", "at_least", "-", "约3000万元"),
    ("完成50个", "", "at_least", "-", "50个"),
    ("100%完成", "", "at_least", "-", "100%"),
    ("百分之90", "", "at_least", "-", "90%"),
    ("百分之九十五", "", "at_least", "-", "95%"),
    ("一百八十人", "", "at_least", "-", "180人"),
    ("≥三万五千元", "", "at_least", "≥", "35000元"),
    ("两千零五户", "", "at_least", "-", "2005户"),
    ("10'000人", "", "at_least", "-", "10000人"),
    ("全年3次", "", "at_least", "-", "3次"),
    ("￥500", "", "at_least", "-", "500元"),
    ("50（个）", "", "at_least", "-", "50个"),
    ("15年", "", "at_least", "-", "15年"),
    ("4A级", "", "at_least", "-", "4A级"),
    ("≥200平方米。", "", "at_least", "≥", "200平方米"),
];

#[test]
fn numeric_targets_are_read_as_people_write_them() {
    for (text, column, comparison, sign, understood) in TARGETS {
        let parsed = parse_target(text, Some(column));
        assert_eq!(parsed.measure, Measure::Number, "{text}");
        assert_eq!(parsed.comparison.map(Comparison::as_str), Some(*comparison), "{text}");
        assert!(parsed.sign.as_deref().unwrap_or("-") == *sign, "{text}: sign {:?}", parsed.sign);
        let Some(Target::Number { bound, upper }) = &parsed.target else { panic!("{text} is a number") };
        let shown = match upper {
            Some(upper) => format!("{bound}~{upper}"),
            None => bound.to_string(),
        };
        assert_eq!(shown, *understood, "{text}");
    }
}

#[test]
fn what_is_neither_a_number_nor_a_date_is_qualitative_and_kept_verbatim() {
    for text in [
        "严格执行相关制度规定",
        "在项目计划完成时间内完成",
        "效果明显",
        "符合相关规定",
        "1.完成方案；2.组织实施",
        "1/2",
        "1:3",
        "50个项目已全部完成",
        "10 15",
        "15-10",
        "≥10-15",
        "≥90%以下",
        "GB/T 19001",
        "一般",
        "三公经费",
        "一等奖",
        "3期5期",
        "2023-13",
        "12月底前",
        "12月",
        "10-12月",
        "提高5%",
        "1,23",
        "79228162514264337593543950336个",
        "79228162514264337593543950335亿元",
    ] {
        let parsed = parse_target(text, None);
        assert_eq!(parsed.measure, Measure::Qualitative, "{text}");
        assert_eq!(parsed.target, Some(Target::Text(text.to_owned())), "{text}");
    }
}

#[test]
fn an_empty_cell_and_its_substitutes_give_nothing() {
    for text in ["", "  ", "\u{3000}", "/", "／", "—", "——", "-", "无", "无。", "\u{200B}"] {
        assert!(is_not_given(text), "{text:?}");
        let parsed = parse_target(text, Some("个"));
        assert_eq!((parsed.measure, parsed.target), (Measure::Qualitative, None), "{text:?}");
        assert_eq!(parse_actual(text, Measure::Qualitative, None, None), None, "{text:?}");
    }
}

/// `target | actual | understood`; an empty third says that nothing is given, `text` that it stays one.
const ACTUALS: &[(&str, &str, &str)] = &[
    ("≥50个", "50", "50个"),
    ("≥100百分比", "100", "100百分比"),
    ("≤202.6万元", "132.9", "132.9万元"),
    ("≤202.6万元", "1329000元", "1329000元"),
    ("5亿元", "6.47亿元", "6.47亿元"),
    ("5亿元", "6.47亿", "6.47亿元"),
    ("≥10000人", "1.2万", "1.2万人"),
    ("343人次", "1200余名", "约1200名"),
    ("≥100%", "97.30％", "97.30%"),
    ("≥90%", "≥90%", "90%"),
    ("≥98%", "98%以上", "98%"),
    ("≥50个", "已完成50个", "50个"),
    ("≥50个", "近50", "约50个"),
    ("≥50个", "50多个", "约50个"),
    ("≥50个", "50个左右", "约50个"),
    ("≥500人", "１，２００人", "1200人"),
    ("≤3起", "0起", "0起"),
    ("≤3起", "无", "0起"),
    ("=0起", "无", "0起"),
    ("0起", "无", "0起"),
    ("≥98%", "合格率98.5%", "98.5%"),
    ("=1起", "无", ""),
    ("≥1起", "无", ""),
    ("≤3起", "/", ""),
    ("≤3起", "", ""),
    ("≥50个", "10-15", "text"),
    ("≥50个", "达成预期指标", "text"),
    ("≥5%", "-3%", "-3%"),
    ("≥2000", "2023.12", "2023.12"),
    ("2023年12月", "2023年10月", "2023-10"),
    ("2023年12月", "2023.10.15", "2023-10-15"),
    ("2023年12月", "100%", "100%"),
    ("2023年12月", "按时完成", "text"),
];

#[test]
fn actuals_are_read_beside_their_target() {
    for (target, text, understood) in ACTUALS {
        let parsed = parse_target(target, None);
        let actual = parse_actual(text, parsed.measure, parsed.target.as_ref(), parsed.comparison);
        let shown = match actual {
            None => String::new(),
            Some(Actual::Text(kept)) => {
                assert_eq!(kept, *text);
                "text".to_owned()
            }
            Some(other) => other.to_string(),
        };
        assert_eq!(shown, *understood, "{text} beside {target}");
    }
}

#[test]
fn beside_a_qualitative_target_everything_is_text() {
    let actual = parse_actual("100%", Measure::Qualitative, None, None);
    assert_eq!(actual, Some(Actual::Text("100%".to_owned())));
}

#[test]
fn achievement_is_inferred_from_the_listed_words_and_from_repetition_alone() {
    for text in ["达成", "达成预期指标", "完成", "已完成", "达标", " 达标。"] {
        assert_eq!(infer_achievement(text, None), Some(Achievement::Achieved), "{text}");
    }
    assert_eq!(infer_achievement("效果明显", Some("效果明显。")), Some(Achievement::Achieved));
    for text in ["基本达成", "效果显著", ""] {
        assert_eq!(infer_achievement(text, Some("效果明显")), None, "{text}");
    }
    for text in ["部分达成预期指标并具有一定效果", "部分达成", "部分完成"] {
        assert_eq!(infer_achievement(text, Some("效果明显")), Some(Achievement::Partial), "{text}");
    }
    for (text, target) in
        [("未达成预期指标且效果较差", "效果明显"), ("未完成", "完成"), ("不达标", "达标"), ("差", "效果明显")]
    {
        assert_eq!(infer_achievement(text, Some(target)), Some(Achievement::NotAchieved), "{text}");
    }
}

#[test]
fn an_exponent_is_no_number() {
    for text in ["≥1e5", "1E5个"] {
        assert_eq!(parse_target(text, None).measure, Measure::Qualitative, "{text}");
    }
}

#[test]
fn a_sign_against_the_targets_makes_an_actual_unusable() {
    let read = |target: &str, actual: &str| {
        let target = parse_target(target, None);
        parse_actual(actual, target.measure, target.target.as_ref(), target.comparison)
    };
    for (target, actual) in [("≥50人", "≤60人"), ("≤50人", "≥10人"), ("50人", "不超过60人")] {
        assert!(matches!(read(target, actual), Some(Actual::Text(_))), "{actual} beside {target}");
    }
    for (target, actual) in [("≥85%", "≥90%"), ("≤50人", "≤40人"), ("≤90万元", "达到80万元")] {
        assert!(matches!(read(target, actual), Some(Actual::Number(_))), "{actual} beside {target}");
    }
}

#[test]
fn a_text_longer_than_a_figure_is_prose() {
    let long = "1-".repeat(9_999) + "1";
    assert_eq!(parse_target(&long, None).measure, Measure::Qualitative);
}

#[test]
fn a_text_of_thousands_of_remarks_is_read_at_once() {
    let remarks = "，啊".repeat(16_000);
    let read = |text: &str| parse_actual(text, Measure::Number, None, Some(Comparison::AtLeast));
    let reached = read("4次").unwrap();
    assert_eq!(read(&format!("4次{remarks}")), Some(reached));
    let text = format!("4次{remarks}，未完成{remarks}");
    assert_eq!(read(&text), Some(Actual::Text(text.clone())), "what is taken back is not read");
    let brackets = "（啊）".repeat(16_000);
    assert_eq!(read(&format!("4次{brackets}")).unwrap().to_string(), "4次");
}

#[test]
fn none_in_words_is_none_of_what_happens_and_never_of_what_is_spent() {
    let read = |target: &str, text: &str| {
        let target = parse_target(target, None);
        parse_actual(text, target.measure, target.target.as_ref(), target.comparison).map(|actual| actual.to_string())
    };
    for (target, text, expected) in [
        ("≤3起", "未发生", "0起"),
        ("0次", "无事故", "0次"),
        ("≤3起", "未发生重大事故", "0起"),
        ("≤50万元", "无超支", "无超支"),
        ("≤5天", "未发生", "未发生"),
        ("≥3起", "未发生", "未发生"),
        ("≤3起", "无法统计", "无法统计"),
        ("≤3起", "无事故1起", "无事故1起"),
        ("≤3起", "无相关数据", "无相关数据"),
        ("≤3起", "未发生变化", "未发生变化"),
        ("≤3起", "无明显下降", "无明显下降"),
        ("0个", "无一达标", "无一达标"),
        ("≤50", "无超支", "无超支"),
    ] {
        assert_eq!(read(target, text).as_deref(), Some(expected), "{target} {text}");
    }
}
