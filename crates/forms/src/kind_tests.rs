//! What a sheet is, and what of a form is left alone and said.

use super::heading_tests::{FUNDS, TABLE};
use super::layout_tests::laid_out;
use super::{Form, ProblemKind};
use crate::workbooks::{self, FileKind, Limits, WorkbookError};

const NAME: &[&str] = &["项目名称", "道路养护"];

fn titled(title: &str) -> Form {
    let titles: [&[&str]; 2] = [&[title], &["（2023年度）"]];
    laid_out(&[&titles, &[NAME][..], &FUNDS, &TABLE].concat(), &[]).remove(0)
}

#[test]
fn a_sheet_of_another_kind_is_named_and_nothing_of_it_is_read() {
    for (title, kind) in [
        ("项目支出绩效运行监控表", ProblemKind::MonitoringForm),
        ("项目支出绩效目标执行监控表", ProblemKind::MonitoringForm),
        ("项目支出绩效评价评分表", ProblemKind::ScoreTable),
    ] {
        let form = titled(title);
        assert_eq!(form.problems.len(), 1, "{title}");
        assert_eq!((form.problems[0].kind, form.problems[0].place.to_string().as_str()), (kind, "A1"), "{title}");
        assert_eq!(form.problems[0].value.as_deref(), Some(title));
        assert!(form.is_other_kind() && form.indicators.is_empty() && form.funds.is_empty(), "{title}");
    }
}

#[test]
fn a_self_assessment_is_one_whatever_its_project_is_called() {
    for title in ["项目支出绩效自评表", "转移支付区域（项目）绩效目标自评表", "部门整体支出绩效自评表"]
    {
        let form = titled(title);
        assert_eq!((form.problems.len(), form.indicators.len()), (0, 1), "{title}");
    }
    let named: Vec<&[&str]> =
        [&[&["项目支出绩效自评表（2023年度）"][..], &["项目名称", "视频监控表计改造"]][..], &FUNDS[..], &TABLE]
            .concat();
    assert_eq!(laid_out(&named, &[])[0].problems, []);
}

#[test]
fn texts_between_the_funds_are_no_amounts_and_are_said() {
    let listing: &[&str] = &["", "", "按收入性质分：", "", "按支出性质分："];
    let managed: &[&str] = &["", "分配科学性", "按因素法分配"];
    let titles: [&[&str]; 2] = [&["绩效自评表（2023年度）"], NAME];
    let rows = [&titles[..], &FUNDS, &[listing, managed], &TABLE].concat();
    let form = laid_out(&rows, &[]).remove(0);
    assert_eq!((form.problems.len(), form.funds.len(), form.text_rows.as_slice()), (0, 1, &[5, 6][..]));
    let notes: Vec<String> = form.notes().into_iter().map(|(zh, _)| zh).collect();
    assert_eq!(notes, ["第5、6行在资金中只有文字，未读取"]);
    // A name that stands where an amount should, beside amounts, is still asked about.
    let wrong: &[&str] = &["", "其他资金", "待定额", "1", "1"];
    let rows = [&titles[..], &FUNDS, &[wrong], &TABLE].concat();
    assert_eq!(laid_out(&rows, &[])[0].problems[0].kind, ProblemKind::NotANumber);
}

#[test]
fn hidden_rows_and_columns_are_read_and_said() {
    let mut cells = String::new();
    for (row, texts) in (1..).zip([&[&["绩效自评表（2023年度）"][..], NAME], &FUNDS[..], &TABLE].concat()) {
        let hidden = if row == 6 { r#" hidden="1""# } else { "" };
        cells.push_str(&format!(r#"<row r="{row}"{hidden}>"#));
        for (column, text) in ('A'..='Z').zip(texts) {
            cells.push_str(&format!(r#"<c r="{column}{row}" t="inlineStr"><is><t>{text}</t></is></c>"#));
        }
        cells.push_str("</row>");
    }
    let sheet = format!(
        r#"<worksheet><cols><col min="6" max="6" hidden="1"/></cols><sheetData>{cells}</sheetData></worksheet>"#
    );
    let book = workbooks::read(&workbooks::built::with_sheet(&sheet), &Limits::default()).unwrap();
    let form = super::read(&book.sheets[0]).remove(0);
    assert_eq!((form.hidden_rows.as_slice(), form.hidden_columns.as_slice()), (&[6][..], &["F".to_owned()][..]));
    let notes: Vec<String> = form.notes().into_iter().map(|(zh, _)| zh).collect();
    assert_eq!(notes, ["第6行是隐藏行，已读取", "F列是隐藏列，已读取"]);
}

#[test]
fn a_file_of_another_kind_is_told_what_it_is() {
    for (bytes, kind) in [
        (&b"\xEF\xBB\xBF\n<html><table>"[..], FileKind::WebPage),
        (b"<?xml version=\"1.0\"?><Workbook>", FileKind::WebPage),
        (b"%PDF-1.7", FileKind::Pdf),
        (b"\xFF\xD8\xFF\xE0", FileKind::Picture),
    ] {
        let found = workbooks::read(bytes, &Limits::default());
        assert_eq!(found, Err(WorkbookError::OtherKind(kind)), "{bytes:?}");
    }
    for (parts, kind) in [
        (&["word/document.xml", "[Content_Types].xml"][..], FileKind::Word),
        (&["mimetype", "content.xml"], FileKind::OpenDocument),
    ] {
        let parts: Vec<(&str, &str)> = parts.iter().map(|name| (*name, "<x/>")).collect();
        let found = workbooks::read(&workbooks::built::archive(&parts), &Limits::default());
        assert_eq!(found, Err(WorkbookError::OtherKind(kind)), "{parts:?}");
    }
}

#[test]
fn the_names_of_other_systems_are_known() {
    let rows = [
        &[&["绩效自评表（2021年度）"][..], &["转移支付（项目）名称", "食品监管补助"]],
        &FUNDS[..],
        &[&["一级指标", "二级指标", "三级指标", "预期实现值", "实际完成值", "分值", "得分"], TABLE[1]],
    ]
    .concat();
    let form = laid_out(&rows, &[]).remove(0);
    assert_eq!(form.project_name.unwrap().value, "食品监管补助");
    assert_eq!(form.indicators[0].target.as_ref().unwrap().value, "≥50公里");
}

#[test]
fn a_ledger_is_held_against_the_forms_that_come_with_it() {
    use crate::ledger::{Ledger, Stated, differences};
    let rows: &[&[&str]] = &[
        &["2023年度项目支出绩效自评结果汇总表"],
        &["填报单位：某局", "金额单位：万元"],
        &["序号", "项目名称", "实施单位", "全年预算数", "全年执行数", "自评得分", "自评等级"],
        &["1", "道路养护", "市养护中心", "100", "90", "98", "优"],
        &["2", "校舍维修", "二中", "280", "210", "86.5", "良"],
        &["合计", "", "", "380", "300"],
    ];
    let sheet = laid_out(rows, &[]).remove(0);
    assert!(sheet.is_other_kind() && sheet.project_name.is_none());
    let ledger = Ledger::of(&sheet, "汇总.xlsx".to_owned()).unwrap();
    assert_eq!(ledger.rows.len(), 2);
    let form = titled("项目支出绩效自评表");
    let other =
        Form { project_name: Some(form.project_name.clone().unwrap().with("培训".to_owned())), ..form.clone() };
    let stated: Vec<Stated> = [&form, &other].into_iter().filter_map(Stated::of).collect();
    let ledgers = std::slice::from_ref(&ledger);
    let said: Vec<String> = differences(ledgers, &stated, 10).0.into_iter().map(|(zh, _)| zh).collect();
    assert_eq!(said, ["汇总表“汇总.xlsx”第5行的“校舍维修”没有随附自评表", "“培训”有自评表，汇总表中没有",]);
    let scored = Form { total_score: form.total_score.clone().or_else(|| form.funds[0].score.clone()), ..form };
    let (said, count) = differences(ledgers, &[Stated::of(&scored).unwrap()], 1);
    assert_eq!((said.len(), count), (1, 2));
    assert_eq!(said[0].0, "汇总表“汇总.xlsx”第4行“道路养护”的自评得分为98，自评表为9");
}
