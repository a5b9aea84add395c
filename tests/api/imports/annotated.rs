//! Workbooks given back with their errors marked, beside what they have of their own.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use rust_xlsxwriter::{ConditionalFormatBlank, DataValidation, Format, Note, Workbook};

use super::files::{check, uploader};
use crate::support::build::id;
use crate::support::{App, cases};

cases![
    a_workbook_with_comments_keeps_them_and_all_else_when_it_is_given_back,
    a_workbook_that_was_given_back_is_marked_again,
    other_programs_comments_are_joined_too,
];

/// A table of indicators whose second row has no weight, with notes, a formula, formats and checks of its cells.
fn table() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, heading) in (0..).zip(["预算年度", "项目代码", "一级指标", "三级指标", "分值"]) {
        sheet.write_string_with_format(0, column, heading, &Format::new().set_bold()).expect("a heading");
    }
    for (column, text) in (0..).zip(["2021", "NONE", "产出", "甲"]) {
        sheet.write_string(1, column, text).expect("a cell");
    }
    sheet.write_formula(1, 4, rust_xlsxwriter::Formula::new("2+3").set_result("5")).expect("a formula");
    sheet.insert_note(0, 0, &Note::new("四位数字")).expect("a note");
    sheet.insert_note(1, 1, &Note::new("查 <旧> & 新代码").set_author("科长")).expect("a note");
    let rule = DataValidation::new().allow_whole_number(rust_xlsxwriter::DataValidationRule::GreaterThan(0));
    sheet.add_data_validation(1, 4, 9, 4, &rule).expect("a check");
    let blank = ConditionalFormatBlank::new().set_format(Format::new().set_italic());
    sheet.add_conditional_format(1, 0, 9, 4, &blank).expect("a format");
    book.save_to_buffer().expect("a workbook")
}

/// The parts of a workbook.
fn parts(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut archive = ::zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    let mut parts = BTreeMap::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).expect("a part");
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).expect("its bytes");
        parts.insert(file.name().expect("its name").into_owned(), String::from_utf8_lossy(&bytes).into_owned());
    }
    parts
}

async fn annotated(app: &App, file: Vec<u8>) -> Vec<u8> {
    let client = uploader(app);
    let (import, _) = check(&client, "kind=indicators", file).await;
    client.get(&format!("/api/v1/imports/{}/annotated", id(&import))).await.status(200).body.to_vec()
}

async fn a_workbook_with_comments_keeps_them_and_all_else_when_it_is_given_back(app: App) {
    app.tree().await;
    let file = table();
    let (before, after) = (parts(&file), parts(&annotated(&app, file).await));
    let names = |parts: &BTreeMap<String, String>| parts.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&before), names(&after), "the comments stand in the parts that there are");
    let changed: Vec<&str> = before.keys().filter(|name| before[*name] != after[*name]).map(String::as_str).collect();
    let expected = ["[Content_Types].xml", "xl/comments1.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml"];
    assert_eq!(changed, expected.split_at(1).1, "the cell that is marked has a box already");
    let comments = &after["xl/comments1.xml"];
    for kept in ["四位数字", "查 &lt;旧&gt; &amp; 新代码", "科长", "unknown_project"] {
        assert!(comments.contains(kept), "{kept} in {comments}");
    }
    assert_eq!(comments.matches("<comment ").count(), 2, "a cell takes one comment: {comments}");
    let sheet = &after["xl/worksheets/sheet1.xml"];
    for kept in ["<f>2+3</f>", "<dataValidation ", "<cfRule "] {
        assert!(sheet.contains(kept), "{kept} in {sheet}");
    }
    assert_eq!(sheet.matches("legacyDrawing ").count(), 1, "{sheet}");
}

async fn a_workbook_that_was_given_back_is_marked_again(app: App) {
    app.tree().await;
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, heading) in (0..).zip(["预算年度", "项目代码", "一级指标", "三级指标", "分值"]) {
        sheet.write_string(0, column, heading).expect("a heading");
    }
    for (column, text) in (0..).zip(["2021", "NONE", "产出", "甲", "5"]) {
        sheet.write_string(1, column, text).expect("a cell");
    }
    let once = annotated(&app, book.save_to_buffer().expect("a workbook")).await;
    let twice = parts(&annotated(&app, once.clone()).await);
    let once = parts(&once);
    assert_eq!(once.keys().collect::<Vec<_>>(), twice.keys().collect::<Vec<_>>());
    let count = |parts: &BTreeMap<String, String>| parts["xl/jixiao-comments1.xml"].matches("unknown_project").count();
    assert_eq!((count(&once), count(&twice)), (1, 2), "the new text stands below the old");
    let boxes = |parts: &BTreeMap<String, String>| parts["xl/jixiao-comments1.vml"].matches("<v:shape ").count();
    assert_eq!((boxes(&once), boxes(&twice)), (1, 1));
}

async fn other_programs_comments_are_joined_too(app: App) {
    app.tree().await;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/fixtures/workbooks/commented-by-openpyxl.xlsx");
    let file = std::fs::read(path).expect("the file");
    let (before, after) = (parts(&file), parts(&annotated(&app, file).await));
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    let comments = &after["xl/comments/comment1.xml"];
    for kept in ["旧注 &lt;a&gt; &amp; b", "B2旧", "cell_error", "ref=\"B3\""] {
        assert!(comments.contains(kept), "{kept} in {comments}");
    }
    let drawing = &after["xl/drawings/commentsDrawing1.vml"];
    assert_eq!(
        drawing.matches("ObjectType=\"Note\"").count(),
        4,
        "a box for each of the two cells that had none: {drawing}"
    );
    assert!(drawing.contains("<v:shape xmlns:v="), "which names what it is made of: {drawing}");
}
