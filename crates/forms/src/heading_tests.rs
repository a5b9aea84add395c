//! What stands above and below the tables of forms: names, years, totals and grades; sheets that hold no form.

use super::layout_tests::laid_out;
use super::{Form, Purpose, of_sheets};
use crate::workbooks::built::workbook;
use crate::workbooks::{self, Limits};

/// The funds of a form, in 万元.
pub const FUNDS: [&[&str]; 2] = [
    &["项目资金（万元）", "", "年初预算数", "全年预算数", "全年执行数", "分值", "得分"],
    &["", "年度资金总额", "100", "100", "90", "10", "9"],
];
/// Its only indicator.
pub const TABLE: [&[&str]; 2] = [
    &["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分"],
    &["产出指标", "数量指标", "里程", "≥50公里", "48公里", "90", "86"],
];

/// A form with these rows above its funds, and these below its indicators.
fn with(above: &[&[&str]], below: &[&[&str]]) -> Form {
    let rows: Vec<&[&str]> = [above, &FUNDS, &TABLE, below].concat();
    let mut found = laid_out(&rows, &[]);
    assert_eq!(found.len(), 1, "{above:?} {below:?}");
    found.remove(0)
}

const NAME: &[&str] = &["项目名称", "道路养护"];

#[test]
fn of_several_grades_the_ticked_one_is_the_grade() {
    let grade = |row: &[&str]| {
        let form = with(&[&["绩效自评表（2023年度）"], NAME], &[row]);
        assert_eq!(form.problems, [], "{row:?}");
        form.grade.map(|grade| grade.value)
    };
    let total = |words: &[&'static str]| [&["总分", "", "", "", "", "100", "95"][..], words].concat();
    assert_eq!(grade(&total(&["优", "良", "中", "差"])), None);
    assert_eq!(grade(&total(&["优□", "良☑", "中□", "差□"])).as_deref(), Some("良"));
    assert_eq!(grade(&total(&["良"])).as_deref(), Some("良"));
    for (text, expected) in [
        ("优☑ 良□ 中□ 差□", Some("优")),
        ("□优 √良 □中 □差", Some("良")),
        ("优（ ）良（√）中（ ）差（ ）", Some("良")),
        ("优□ 良□ 中□ 差□", None),
        ("优☑ 良☑ 中□ 差□", None),
        ("优、良、中、差", None),
        ("优秀", Some("优秀")),
    ] {
        assert_eq!(grade(&["自评等级", "", text]).as_deref(), expected, "{text}");
    }
    assert_eq!(grade(&["自评等级", "优", "良", "中", "差"]), None);
    assert_eq!(grade(&["自评等级：优☑ 良□ 中□ 差□"]).as_deref(), Some("优"));
}

#[test]
fn a_total_and_a_grade_may_share_a_cell() {
    for text in ["自评总分：100分，自评等级：优", "自评总分：100分  自评等级：优"] {
        let form = with(&[&["绩效自评表（2023年度）"], NAME], &[&[text]]);
        assert_eq!(form.total_score.as_ref().unwrap().value.to_string(), "100", "{text}");
        assert_eq!(form.grade.as_ref().unwrap().value, "优", "{text}");
        assert_eq!((form.indicators.len(), form.problems.len()), (1, 0), "{text}");
    }
}

#[test]
fn the_year_is_that_of_the_assessment_in_any_digits() {
    let year = |titles: &[&[&str]]| with(&[titles, &[NAME]].concat(), &[]).fiscal_year.map(|year| year.value);
    for (title, expected) in [
        ("2024年度部门预算公开附件：2023年项目绩效自评表", Some(2023)),
        ("２０２３年度项目支出绩效自评表", Some(2023)),
        ("二〇二三年度项目支出绩效自评表", Some(2023)),
        ("二○二三年项目支出绩效自评表", Some(2023)),
        ("项目支出绩效自评表（2023）", Some(2023)),
        ("2023", Some(2023)),
        ("２０２３年度", Some(2023)),
        ("项目支出绩效自评表", None),
        ("文号：甲财〔2023〕5号", None),
    ] {
        assert_eq!(year(&[&[title]]), expected, "{title}");
    }
    assert_eq!(year(&[&["2024年部门预算绩效自评表"], &["（2023年度）"]]), Some(2023));
}

#[test]
fn the_name_of_the_project_is_known_by_each_of_its_labels() {
    for label in ["预算项目名称", "支出项目名称", "子项目名称", "二级项目名称", "项目名称及编码"]
    {
        let form = with(&[&["绩效自评表（2023年度）"], &[label, "道路养护"]], &[]);
        assert_eq!(form.project_name.as_ref().unwrap().value, "道路养护", "{label}");
    }
    let form = with(&[&["绩效自评表（2023年度）"], NAME, &["子项目名称", "甲段"]], &[]);
    assert_eq!(form.project_name.as_ref().unwrap().value, "道路养护");
}

#[test]
fn a_note_that_mentions_a_project_is_no_form() {
    let form = with(
        &[&["绩效自评表（2023年度）"], NAME],
        &[&["填表说明："], &["项目名称：按预算批复名称填写"], &["2.分值按权重填写"]],
    );
    assert_eq!((form.problems.len(), form.indicators.len()), (0, 1));
}

#[test]
fn a_sheet_that_sums_up_or_explains_is_no_form_beside_one() {
    let sheet = |rows: &[&[&'static str]]| -> Vec<(String, &'static str)> {
        let mut cells = Vec::new();
        for (row, texts) in (1..).zip(rows) {
            let places = ('A'..='Z').map(|column| format!("{column}{row}"));
            cells.extend(places.zip(texts.iter().copied()).filter(|(_, text)| !text.is_empty()));
        }
        cells
    };
    let form = sheet(&[&[&["绩效自评表（2023年度）"][..], NAME], &FUNDS[..], &TABLE[..]].concat());
    let sum = sheet(&[&["序号", "项目名称", "预算数", "执行数", "自评得分"], &["1", "甲项目", "100", "95", "100"]]);
    let note = sheet(&[&["填表说明"], &["项目名称：填写全称"]]);
    let pages = [("自评表", form), ("汇总", sum), ("说明", note)];
    let cells: Vec<Vec<(&str, &str)>> =
        pages.iter().map(|(_, cells)| cells.iter().map(|(place, text)| (place.as_str(), *text)).collect()).collect();
    let pages: Vec<_> = pages.iter().zip(&cells).map(|((name, _), cells)| (*name, &cells[..], &[][..])).collect();
    let book = workbooks::read(&workbook(&pages, &[]), &Limits::default()).unwrap();
    let (forms, others) = of_sheets(&book.sheets, Purpose::SelfAssessment);
    let others: Vec<String> = others.into_iter().map(|form| form.sheet).collect();
    assert_eq!((forms.len(), others), (1, vec!["汇总".to_owned(), "说明".to_owned()]));
    // Alone such a sheet says what it lacks.
    let (forms, others) = of_sheets(&book.sheets[1..], Purpose::SelfAssessment);
    assert_eq!((forms.len(), others.len()), (2, 0));
}

#[test]
fn a_total_is_found_whatever_heads_its_column() {
    let total = |rows: &[&[&str]]| {
        let form = with(&[&["绩效自评表（2023年度）"], NAME], rows);
        (form.total_score.map(|total| total.value.to_string()), form.problems.len(), form.other_total.is_some())
    };
    let of = |text: &str| (Some(text.to_owned()), 0, false);
    // Below a heading that is no amount's, and beside several numbers.
    assert_eq!(total(&[&["自评得分", "95", "", "联系电话", "0371-1", "2024"]]), of("95"));
    // 得分 below a table whose 总分 gives the weights alone.
    assert_eq!(total(&[&["总分", "", "", "", "", "100"], &["自评得分", "95"]]), of("95"));
    // 得分 before 总分 only where it is a figure, and 总分 is what the form is out of.
    assert_eq!(total(&[&["自评总分：92"], &["自评得分：见附件"]]).0.as_deref(), Some("92"));
    assert_eq!(total(&[&["总分：100"], &["得分：92"]]), of("92"));
    assert_eq!(total(&[&["自评总分：92"], &["得分：91"]]), (Some("92".to_owned()), 0, true));
}

#[test]
fn a_cell_of_its_own_says_the_code_better_than_a_name() {
    let rows: &[&[&str]] = &[
        &["绩效自评表（2023年度）"],
        &["项目名称", "51092323T000010263999-道路养护"],
        &["项目代码", "A-1"],
        &["项目代码", "A-2"],
    ];
    let form = with(rows, &[]);
    assert_eq!(form.project_code.unwrap().value, "A-1");
    assert_eq!(form.project_name.unwrap().value, "道路养护");
    assert_eq!(form.project_title.as_deref(), Some("51092323T000010263999-道路养护"));
}
