//! The same form in other formats gives the same sheets.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{FileKind, Limits, Sheet, Workbook, WorkbookError, read};
use crate::layout_tests::laid_out;

const ROWS: &[&[&str]] = &[
    &["项目支出绩效自评表（2023年度）"],
    &["项目名称", "道路养护", "实施单位", "市养护中心"],
    &["项目资金（万元）", "", "年初预算数", "全年预算数", "全年执行数", "分值", "得分"],
    &["", "年度资金总额", "100", "100", "90", "10", "9"],
    &["年度总体目标", "预期目标", "", "实际完成情况"],
    &["", "养护50公里 & 桥梁", "", "完成48公里"],
    &["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分"],
    &["产出指标", "数量指标", "里程", "≥50公里", "48公里", "45", "43"],
    &["", "", "合格率", "≥95%", "96%", "45", "45"],
    &["总分", "", "", "", "", "100", "97"],
];

pub(super) fn packed(parts: &[(&str, String)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// The rows in a markup: a row around its cells, a cell around its text.
fn marked(row: (&str, &str), cell: impl Fn(&str) -> String) -> String {
    let of_row = |texts: &&[&str]| {
        let cells: String = (0..7).map(|at| cell(&escaped(texts.get(at).copied().unwrap_or_default()))).collect();
        format!("{}{cells}{}", row.0, row.1)
    };
    ROWS.iter().map(of_row).collect()
}

pub(super) fn opendocument(rows: &str) -> Vec<u8> {
    let content = format!(
        r#"<?xml version="1.0"?><office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet><table:table table:name="自评表">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"#
    );
    packed(&[("mimetype", "application/vnd.oasis.opendocument.spreadsheet".to_owned()), ("content.xml", content)])
}

pub(super) fn word(body: &str) -> Vec<u8> {
    let document = format!(r#"<w:document xmlns:w="w"><w:body>{body}</w:body></w:document>"#);
    packed(&[("word/document.xml", document)])
}

pub(super) fn xml_of_2003(rows: &str) -> Vec<u8> {
    format!(
        r#"<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Styles><Style ss:ID="p"><NumberFormat ss:Format="0.00%"/></Style><Style ss:ID="n"><NumberFormat ss:Format="Percent"/></Style></Styles><Worksheet ss:Name="表"><Table>{rows}</Table></Worksheet></Workbook>"#
    )
    .into_bytes()
}

#[test]
fn an_xml_spreadsheet_shows_its_numbers_and_leaves_out_rows_and_columns() {
    let rows = r#"<Row><Cell ss:StyleID="p"><Data ss:Type="Number">0.96</Data></Cell><Cell ss:Index="4" ss:MergeAcross="1"><Data ss:Type="String">甲 &amp; 乙</Data></Cell></Row><Row ss:Index="5" ss:Hidden="1"><Cell ss:StyleID="n"><Data ss:Type="Number">1</Data></Cell><Cell><Data ss:Type="DateTime">2023-10-31T00:00:00.000</Data></Cell></Row>"#;
    let sheet = opened(&xml_of_2003(rows)).sheets.remove(0);
    let cells: Vec<String> = sheet.cells.iter().map(|(place, cell)| format!("{place} {}", cell.text)).collect();
    assert_eq!(cells, ["A1 96%", "D1 甲 & 乙", "A5 100%", "B5 2023-10-31"]);
    assert!(sheet.hidden_rows.contains(&5) && sheet.merged.len() == 1);
}

pub(super) fn opened(bytes: &[u8]) -> Workbook {
    read(bytes, &Limits::default()).unwrap()
}

/// What a form says, whatever it came in.
fn said(sheet: &Sheet) -> String {
    let mut forms = crate::read(sheet);
    assert_eq!(forms.len(), 1);
    let form = forms.remove(0);
    assert_eq!(form.problems, []);
    let assessment = form.assessment();
    format!(
        "{:?} {:?} {assessment:?}",
        form.fiscal_year.map(|year| year.value),
        form.reached_goal.map(|goal| goal.value)
    )
}

#[test]
fn a_form_is_the_same_in_every_format() {
    let rows: Vec<&[&str]> = ROWS.to_vec();
    let mut expected = laid_out(&rows, &[]);
    let form = expected.remove(0);
    let expected = format!(
        "{:?} {:?} {:?}",
        form.fiscal_year.as_ref().map(|year| year.value),
        form.reached_goal.as_ref().map(|goal| goal.value.clone()),
        form.assessment()
    );
    let ods = marked(("<table:table-row>", "</table:table-row>"), |text| match text {
        "" => "<table:table-cell/>".to_owned(),
        text => format!("<table:table-cell><text:p>{text}</text:p></table:table-cell>"),
    });
    let docx = marked(("<w:tr>", "</w:tr>"), |text| format!("<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"));
    let html = marked(("<tr>", "</tr>"), |text| format!("<td>{text}</td>"));
    let xml = marked(("<Row>", "</Row>"), |text| format!("<Cell><Data ss:Type=\"String\">{text}</Data></Cell>"));
    let page =
        format!("<html><head><title>x</title><style>td{{}}</style></head><body><table>{html}</table></body></html>");
    let formats = [
        opendocument(&ods),
        word(&format!("<w:tbl>{docx}</w:tbl>")),
        page.clone().into_bytes(),
        encoding_rs::GB18030.encode(&page).0.into_owned(),
        xml_of_2003(&xml),
    ];
    for bytes in formats {
        let book = opened(&bytes);
        assert_eq!(book.sheets.len(), 1);
        assert_eq!(said(&book.sheets[0]), expected);
    }
}

#[test]
fn merged_cells_keep_the_columns_of_those_beside_them() {
    let html = "<table><tr><td rowspan=2>产出</td><td colspan=2>数量</td><td>甲</td></tr><tr><td>乙</td></tr></table>";
    let docx = "<w:tbl><w:tr><w:tc><w:tcPr><w:vMerge w:val=\"restart\"/></w:tcPr><w:p><w:r><w:t>产出</w:t></w:r></w:p></w:tc><w:tc><w:tcPr><w:gridSpan w:val=\"2\"/></w:tcPr><w:p><w:r><w:t>数量</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc></w:tr><w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc><w:tc><w:p><w:r><w:t>乙</w:t></w:r></w:p></w:tc></w:tr></w:tbl>";
    let ods = "<table:table-row><table:table-cell table:number-rows-spanned=\"2\"><text:p>产出</text:p></table:table-cell><table:table-cell table:number-columns-spanned=\"2\"><text:p>数量</text:p></table:table-cell><table:covered-table-cell/><table:table-cell><text:p>甲</text:p></table:table-cell></table:table-row><table:table-row><table:covered-table-cell/><table:table-cell><text:p>乙</text:p></table:table-cell></table:table-row>";
    for bytes in [format!("<html>{html}").into_bytes(), word(docx), opendocument(ods)] {
        let sheet = opened(&bytes).sheets.remove(0);
        let cells: Vec<String> = sheet.cells.iter().map(|(place, cell)| format!("{place} {}", cell.text)).collect();
        assert_eq!(cells, ["A1 产出", "B1 数量", "D1 甲", "B2 乙"]);
        let mut merged: Vec<String> = sheet.merged.iter().map(|area| format!("{}:{}", area.first, area.last)).collect();
        merged.sort();
        assert_eq!(merged, ["A1:A2", "B1:C1"]);
    }
}

#[test]
fn what_repeats_without_end_is_refused_and_what_is_empty_costs_nothing() {
    let empty = "<table:table-row table:number-rows-repeated=\"1048576\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>";
    let nothing = read(&opendocument(empty), &Limits::default());
    assert_eq!(nothing, Err(WorkbookError::OtherKind(FileKind::OpenDocument)));
    let full = "<table:table-row><table:table-cell table:number-columns-repeated=\"4000000000\"><text:p>1</text:p></table:table-cell></table:table-row>";
    let refused = |bytes: &[u8]| matches!(read(bytes, &Limits::default()), Err(WorkbookError::TooLarge(_)));
    assert!(refused(&opendocument(full)));
    // A page goes as far as a browser lets it, and no cell of it below the end of its table.
    let page = opened(b"<html><table><tr><td rowspan=4000000000 colspan=4000000000>1</td></tr></table>");
    assert_eq!(page.sheets[0].merged[0].last.to_string(), "ALL1");
    assert!(refused(&word(
        "<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val=\"4000000000\"/></w:tcPr><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )));
}

#[test]
fn a_file_of_another_kind_without_a_table_is_named() {
    let kind = |bytes: &[u8]| match read(bytes, &Limits::default()) {
        Err(WorkbookError::OtherKind(kind)) => Some(kind),
        _ => None,
    };
    assert_eq!(kind(b"<html><body>hello</body></html>"), Some(FileKind::WebPage));
    assert_eq!(kind(&word("<w:p><w:r><w:t>report</w:t></w:r></w:p>")), Some(FileKind::Word));
    let mut doc = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    doc.extend("WordDocument".bytes().flat_map(|byte| [byte, 0]));
    assert_eq!(kind(&doc), Some(FileKind::OldWord));
}

#[test]
fn an_old_workbook_shows_its_numbers_as_it_did() {
    let bytes = include_bytes!("../../fixtures/farmland-1997.xls");
    let book = opened(bytes);
    assert_eq!(book.left_alone, [super::LeftAlone::HiddenSheets]);
    let sheet = &book.sheets[0];
    let text = |place: &str| sheet.cells[&super::Place::parse(place).unwrap()].text.as_str();
    assert_eq!([text("F10"), text("F11"), text("F5"), text("A3")], ["96%", "2022-11", "1350", "项目名称"]);
    assert!(sheet.hidden_rows.contains(&10) && sheet.merged.len() == 1);
    let forms = crate::read(sheet);
    assert_eq!(forms[0].problems, []);
    let assessment = forms[0].assessment();
    let profile = jixiao_scoring::Profile::latest("mof-2020").unwrap();
    assert_eq!(jixiao_scoring::score(&assessment, profile).computed_total.unwrap().to_string(), "97.13");
    // However it is cut or changed, it is read or refused.
    for at in (0..bytes.len()).step_by(97) {
        let mut broken = bytes.to_vec();
        broken[at] ^= 0xFF;
        drop(read(&broken, &Limits::default()));
        drop(read(&bytes[..at], &Limits::default()));
    }
}

#[test]
fn an_old_workbook_that_claims_a_whole_sheet_of_cells_is_refused() {
    let mut bytes = include_bytes!("../../fixtures/farmland-1997.xls").to_vec();
    let small = Limits { cells: 10, ..Limits::default() };
    assert!(matches!(read(&bytes, &small), Err(WorkbookError::TooLarge(_))));
    let small = Limits { inflated: 1_000, ..Limits::default() };
    assert!(matches!(read(&bytes, &small), Err(WorkbookError::TooLarge(_))));
    bytes.truncate(600);
    assert!(matches!(read(&bytes, &Limits::default()), Err(WorkbookError::Damaged(_) | WorkbookError::OldFormat)));
}
