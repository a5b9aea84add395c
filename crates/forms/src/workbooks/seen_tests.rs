//! What a person sees of a file is read, whatever program wrote it, and from wherever it begins.

use super::built::{archive, with_sheet};
use super::foreign_tests::{cells, page};
use super::other_formats_tests::{opened, packed, word};
use super::{FileKind, LeftAlone, Limits, WorkbookError, read};

#[test]
fn what_is_hidden_in_a_page_is_left_alone_and_said() {
    let table = "<table><tr><td>甲</table>";
    let old = "<table><tr><td>旧<td>9</table>";
    for hidden in [
        format!("<div style=\"display:none\">{old}</div>{table}"),
        format!("<table style='display: none'><tr><td>旧</table>{table}"),
        format!("<details><summary>旧</summary>{old}</details>{table}"),
        format!("<style>.o{{display:none}} td.x{{color:red}}</style><div class=\"n o\">{old}</div>{table}"),
    ] {
        assert_eq!(cells(&page(&hidden)), ["A1 甲"], "{hidden}");
        assert_eq!(opened(&page(&hidden)).left_alone, [LeftAlone::HiddenParts], "{hidden}");
    }
    let rows =
        "<table><tr><td>1<tbody style='display:none'><tr><td>2<tbody><tr style='visibility:collapse'><td>3</table>";
    let sheet = opened(&page(rows)).sheets.remove(0);
    assert_eq!(sheet.hidden_rows.into_iter().collect::<Vec<u32>>(), [2, 3]);
    // What cannot be seen keeps its place all the same.
    assert_eq!(cells(&page("<table><tr><td style='visibility:hidden'>9<td>甲</table>")), ["B1 甲"]);
}

#[test]
fn what_a_style_says_of_other_elements_or_media_hides_nothing() {
    for (style, cell) in [
        ("#menu .item{display:none}", "class=item"),
        ("@media print{.x{color:red} .item{display:none}}", "class=item"),
        (".a{display:none} .b{display:table-cell}", "class='a b'"),
        (".a{display:none}", "class=a style='display:table-cell'"),
        (".tab{display:none} .tab.active{display:table-cell}", "class='tab active'"),
    ] {
        let html = format!("<style>{style}</style><table><tr><td>甲<td {cell}>乙<td>丙</table>");
        assert_eq!(cells(&page(&html)), ["A1 甲", "B1 乙", "C1 丙"], "{style}");
    }
    let html = "<style>.a{display:none}</style><table><tr><td>甲<td class=a>乙<td>丙</table>";
    assert_eq!(cells(&page(html)), ["A1 甲", "B1 丙"]);
    // A table of evidence in one cell of many is a text of that cell.
    let inner = "<table><tr><td>1<td>2<td>3<tr><td>4<td>5<td>6<tr><td>7<td>8<td>9</table>";
    let html = format!("<table><tr><td>甲<td>{inner}</td><td>丙</table>");
    assert_eq!(cells(&page(&html)), ["A1 甲", "B1 1\n2\n3\n4\n5\n6\n7\n8\n9", "C1 丙"]);
}

#[test]
fn a_cell_of_a_page_ends_with_its_group_of_rows() {
    let html = "<table><thead><tr><td rowspan=3>甲<td>乙</thead><tbody><tr><td>丙<td>丁</table>";
    assert_eq!(cells(&page(html)), ["A1 甲", "B1 乙", "A2 丙", "B2 丁"]);
    assert_eq!(cells(&page("<table><tr><td colspan='2px'>甲<td>乙</table>")), ["A1 甲", "C1 乙"]);
    assert_eq!(cells(&page("<table><tr><td><p style='text-decoration:line-through'>1</p>2</table>")), ["A1 2"]);
}

#[test]
fn a_page_may_begin_with_anything() {
    for before in ["<h3>标题</h3>", "<p>x", "<font>x</font>", "\nNotice: Undefined index\n<html>"] {
        let read = opened(format!("{before}<table><tr><td>甲</table>").as_bytes());
        assert!(read.sheets[0].cells.values().any(|cell| cell.text == "甲"), "{before}");
    }
    let office = b"<html xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\"><body><table><tr><td>a<br>b</table>";
    assert_eq!(cells(office), ["A1 a\nb"]);
    let kind = |bytes: &[u8]| read(bytes, &Limits::default());
    assert_eq!(kind(b"{\\rtf1 x}"), Err(WorkbookError::OtherKind(FileKind::OldWord)));
    let archive = b"From: <Saved by x>\r\nMIME-Version: 1.0\r\n<html><table>";
    assert_eq!(kind(archive), Err(WorkbookError::OtherKind(FileKind::WebArchive)));
}

#[test]
fn what_lies_under_merged_cells_is_not_read() {
    let cell = |place: &str, text: &str| format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let sheet = |second: &str| {
        format!(
            "<worksheet><sheetData><row r=\"1\">{}{}</row></sheetData><mergeCells><mergeCell ref=\"A1:B1\"/></mergeCells></worksheet>",
            cell("A1", "90%"),
            cell("B1", second)
        )
    };
    assert_eq!(cells(&with_sheet(&sheet("100%"))), ["A1 90%"]);
    assert_eq!(opened(&with_sheet(&sheet("100%"))).left_alone, [LeftAlone::CoveredCells]);
    assert_eq!(opened(&with_sheet(&sheet("90%"))).left_alone, []);
    let cell = |merge: &str, text: &str| {
        format!("<w:tc><w:tcPr><w:hMerge w:val=\"{merge}\"/></w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>")
    };
    let row = format!("<w:tbl><w:tr>{}{}</w:tr></w:tbl>", cell("restart", "90%"), cell("continue", "100%"));
    assert_eq!(cells(&word(&row)), ["A1 90%"]);
    assert_eq!(opened(&word(&row)).sheets[0].merged[0].last.to_string(), "B1");
}

#[test]
fn a_file_that_is_computed_when_it_is_opened_has_no_zeros() {
    let book = |computes: &str| {
        let book = format!("<workbook><sheets><sheet name=\"表\" r:id=\"r\"/></sheets><calcPr{computes}/></workbook>");
        let relations =
            "<Relationships><Relationship Id=\"r\" Type=\"x/worksheet\" Target=\"worksheets/a.xml\"/></Relationships>";
        let sheet = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\"><f>45+45</f><v>0</v></c><c r=\"B1\"><v>0</v></c></row></sheetData></worksheet>";
        packed(&[
            ("xl/workbook.xml", book),
            ("xl/_rels/workbook.xml.rels", relations.to_owned()),
            ("xl/worksheets/a.xml", sheet.to_owned()),
        ])
    };
    assert_eq!(cells(&book(" fullCalcOnLoad=\"1\"")), ["A1 =", "B1 0"]);
    assert_eq!(cells(&book("")), ["A1 0", "B1 0"]);
}

#[test]
fn a_workbook_may_stand_anywhere_in_its_archive() {
    let types =
        "<Relationships><Relationship Id=\"r\" Type=\"x/officeDocument\" Target=\"/book/b.xml\"/></Relationships>";
    let book = "<workbook><sheets><sheet name=\"表\" r:id=\"r\"/></sheets></workbook>";
    let relations = "<Relationships><Relationship Id=\"r\" Type=\"x/worksheet\" Target=\"a.xml\"/></Relationships>";
    let sheet = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row></sheetData></worksheet>";
    let bytes = packed(&[
        ("_rels/.rels", types.to_owned()),
        ("book\\b.xml", book.to_owned()),
        ("book/_rels/b.xml.rels", relations.to_owned()),
        ("/book/a.xml", sheet.to_owned()),
    ]);
    assert_eq!(cells(&bytes), ["A1 1"]);
    assert_eq!(cells(&[b"\xEF\xBB\xBF\n", &bytes[..]].concat()), ["A1 1"]);
    // Without one it is none.
    assert_eq!(read(&archive(&[("[Content_Types].xml", "")]), &Limits::default()), Err(WorkbookError::NotAWorkbook));
}

#[test]
fn a_document_of_one_xml_file_is_read_as_its_archive_is() {
    let table = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc></w:tr></w:tbl>";
    let of_2003 = format!("<?xml version=\"1.0\"?><w:wordDocument><w:body>{table}</w:body></w:wordDocument>");
    assert_eq!(cells(of_2003.as_bytes()), ["A1 甲"]);
    let flat = "<?xml version=\"1.0\"?><office:document office:mimetype=\"x\"><office:body><office:spreadsheet><table:table table:name=\"a\"><table:table-row><table:table-cell><text:p>甲</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document>";
    assert_eq!(cells(flat.as_bytes()), ["A1 甲"]);
    let styles = "<w:styles><w:style w:styleId=\"h\"><w:rPr><w:vanish/></w:rPr></w:style></w:styles>";
    let hidden = "<w:document><w:tbl><w:tr><w:tc><w:p><w:r><w:rPr><w:rStyle w:val=\"h\"/></w:rPr><w:t>1</w:t></w:r><w:r><w:t>48</w:t></w:r><w:r><w:rPr><w:position w:val=\"12\"/></w:rPr><w:t>1</w:t></w:r><w:del><w:r><w:br/></w:r></w:del><w:r><w:t>公里</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:document>";
    let bytes = packed(&[("word/document.xml", hidden.to_owned()), ("word/styles.xml", styles.to_owned())]);
    assert_eq!(cells(&bytes), ["A1 48¹公里"]);
}

#[test]
fn an_old_workbook_is_known_by_its_streams_and_not_by_its_words() {
    use std::io::{Cursor, Write};
    let container = |stream: &str| {
        let mut container = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
        let text: Vec<u8> = "WordDocument EncryptedPackage".bytes().flat_map(|byte| [byte, 0]).collect();
        container.create_stream(stream).unwrap().write_all(&text).unwrap();
        container.flush().unwrap();
        container.into_inner().into_inner()
    };
    let kind = |stream: &str| read(&container(stream), &Limits::default());
    assert!(matches!(kind("Workbook"), Err(WorkbookError::Damaged(_))), "{:?}", kind("Workbook"));
    assert_eq!(kind("WordDocument"), Err(WorkbookError::OtherKind(FileKind::OldWord)));
    assert_eq!(kind("EncryptedPackage"), Err(WorkbookError::PasswordProtected));
    // Entries for sectors that are not there, as one program pads its table.
    let mut bytes = include_bytes!("../../fixtures/farmland-1997.xls").to_vec();
    let sectors = bytes.len() / 512 - 1;
    let table = 512 * (1 + usize::try_from(u32::from_le_bytes(bytes[76..80].try_into().unwrap())).unwrap());
    for entry in sectors..128 {
        bytes[table + 4 * entry..table + 4 * entry + 4].copy_from_slice(&(-2_i32).to_le_bytes());
    }
    assert_eq!(opened(&bytes).sheets.len(), 1);
}

#[test]
fn what_repeats_without_end_costs_little() {
    let labels = |text: &str| format!("<table><tr><td>项目名称<td>甲<tr>{}</table>", text.repeat(4_000));
    for text in ["<td>总分<td>1", "<tr><td>自评得分<td>1", "<td>自评等级<td>√优"] {
        drop(crate::read(&opened(&page(&labels(text))).sheets[0]));
    }
    let one = format!("<table><tr><td>项目名称<td>甲<tr><td>自评等级<td>√{}</table>", "甲".repeat(30_000));
    drop(crate::read(&opened(&page(&one)).sheets[0]));
    let small = Limits { cells: 1_000, ..Limits::default() };
    let is_refused = |bytes: &[u8]| matches!(read(bytes, &small), Err(WorkbookError::TooLarge(_)));
    assert!(is_refused(&word(&format!("<w:tbl>{}</w:tbl>", "<w:tr/>".repeat(3_000)))));
    let paragraphs = "<w:p><w:r><w:t>x</w:t></w:r></w:p>".repeat(3_000);
    assert!(is_refused(&word(&format!("<w:tbl><w:tr><w:tc>{paragraphs}</w:tc></w:tr></w:tbl>"))));
}
