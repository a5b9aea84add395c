//! What workbooks hold, and what they may do to a reader.

use proptest::prelude::*;

use super::built::{archive, sheet, with_sheet, workbook};
use super::*;

fn limits() -> Limits {
    Limits::default()
}

fn place(text: &str) -> Place {
    Place::parse(text).unwrap()
}

#[test]
fn cells_are_texts_numbers_percentages_and_days() {
    let cells = [
        ("A1", "名称"),
        ("B1", "54.254300000000001"),
        ("C1", "%0.98"),
        ("D1", "@45230"),
        ("E1", "&45230"),
        ("F1", "=12.5"),
        ("G1", "#DIV/0!"),
    ];
    let book = read(&workbook(&[("一", &cells, &[])], &[]), &limits()).unwrap();
    let texts: Vec<&str> = book.sheets[0].cells.values().map(|cell| cell.text.as_str()).collect();
    assert_eq!(texts, ["名称", "54.2543", "98%", "2023-10-31", "2023-10", "12.5", "#DIV/0!"]);
    assert!(book.sheets[0].cells[&place("G1")].is_error);
    assert_eq!(book.left_alone, [LeftAlone::Formulas]);
}

#[test]
fn texts_are_shared_rich_and_without_their_pronunciation() {
    let part = r#"<worksheet><sheetData><row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>9</v></c><c t="b"><v>1</v></c></row><row/><row><c><v>3</v></c></row></sheetData></worksheet>"#;
    let book = read(&with_sheet(part), &limits()).unwrap();
    let cells = &book.sheets[0].cells;
    assert_eq!(cells[&place("A1")].text, "甲");
    assert_eq!(cells[&place("B1")].text, "乙 丙 & 丁");
    assert_eq!(cells.get(&place("C1")), None, "a shared text that is not there is none");
    assert_eq!(cells[&place("D1")].text, "TRUE");
    assert_eq!(cells[&place("A3")].text, "3", "rows without a number follow each other");
}

#[test]
fn a_formula_without_a_kept_value_is_an_error_and_not_an_empty_cell() {
    let part = r#"<worksheet><sheetData><row r="1"><c r="A1"><f>SUM(B1:B2)</f><v></v></c><c r="B1" t="str"><f>C1</f></c><c r="C1"><f>1+1</f><v>2</v></c><c r="D1" t="str"><f>IF(C1=2,"","x")</f><v></v></c></row></sheetData></worksheet>"#;
    let book = read(&with_sheet(part), &limits()).unwrap();
    let cells: Vec<(&str, bool)> =
        book.sheets[0].cells.values().map(|cell| (cell.text.as_str(), cell.is_error)).collect();
    assert_eq!(cells, [("=", true), ("=", true), ("2", false)]);
}

#[test]
fn a_merged_cell_holds_what_its_first_cell_holds() {
    let book =
        read(&workbook(&[("一", &[("A2", "产出"), ("B3", "x"), ("B7", "y")], &["A2:A9"])], &[]), &limits()).unwrap();
    assert_eq!(text(&book.sheets[0], "A7"), Some("产出"));
    assert_eq!(text(&book.sheets[0], "A10"), None);
    assert_eq!(text(&book.sheets[0], "B3"), Some("x"));
}

#[test]
fn hidden_sheets_macros_and_links_are_left_alone_and_said_so() {
    let book = read(&workbook(&[("一", &[("A1", "x")], &[]), ("二", &[("A1", "y")], &[])], &[1]), &limits()).unwrap();
    assert_eq!(book.sheets.len(), 1);
    assert_eq!(book.left_alone, [LeftAlone::HiddenSheets]);
    let parts = [
        ("xl/workbook.xml", "<workbook><sheets/></workbook>"),
        ("xl/vbaProject.bin", ""),
        ("xl/externalLinks/externalLink1.xml", ""),
    ];
    let book = read(&archive(&parts), &limits()).unwrap();
    assert_eq!(book.left_alone, [LeftAlone::Macros, LeftAlone::ExternalLinks]);
}

#[test]
fn one_cell_at_the_far_corner_costs_nothing() {
    let part = r#"<worksheet><dimension ref="A1:XFD1048576"/><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData><mergeCells><mergeCell ref="A1:XFD1048575"/></mergeCells></worksheet>"#;
    let book = read(&with_sheet(part), &limits()).unwrap();
    assert_eq!(book.sheets[0].cells.len(), 1);
    assert_eq!(text(&book.sheets[0], "XFD1048576"), Some("1"));
}

#[test]
fn a_file_that_is_no_xlsx_gets_an_error_of_its_own() {
    let ole = |rest: &[u8]| [b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".as_slice(), rest].concat();
    let encrypted: Vec<u8> = "EncryptedPackage".bytes().flat_map(|byte| [byte, 0]).collect();
    let cases: [(Vec<u8>, &str); 7] = [
        (b"name,code\n".to_vec(), "not_a_workbook"),
        (Vec::new(), "not_a_workbook"),
        (ole(b"Workbook"), "damaged_file"),
        (ole(&encrypted), "password_protected"),
        (archive(&[("a.txt", "x")]), "not_a_workbook"),
        (archive(&[("xl/workbook.bin", "x")]), "binary_workbook_format"),
        (b"PK\x03\x04 cut off".to_vec(), "damaged_file"),
    ];
    for (bytes, code) in cases {
        assert_eq!(read(&bytes, &limits()).unwrap_err().code(), code);
    }
}

#[test]
fn broken_and_hostile_xml_is_refused() {
    let deep = format!("<worksheet>{}{}</worksheet>", "<a>".repeat(100), "</a>".repeat(100));
    let cases = [
        "<worksheet><sheetData>",
        "<worksheet><sheetData><row></sheetData></worksheet>",
        r#"<!DOCTYPE x [<!ENTITY a "b">]><worksheet>&a;</worksheet>"#,
        "<worksheet><c><v>&own;</v></c></worksheet>",
        deep.as_str(),
    ];
    for part in cases {
        assert_eq!(read(&with_sheet(part), &limits()).unwrap_err().code(), "damaged_file", "{part}");
    }
}

#[test]
fn what_exceeds_a_limit_is_refused_before_it_fills_the_memory() {
    let long = "长".repeat(50);
    let part = sheet(&[("A1", "一"), ("A2", "二"), ("A3", &long)], &["A1:B1", "A2:B2"]);
    let code = |limits: Limits| read(&with_sheet(&part), &limits).map_err(|error| error.code());
    assert!(code(limits()).is_ok());
    for limits in [
        Limits { cells: 2, ..limits() },
        Limits { merged: 1, ..limits() },
        Limits { text: 49, ..limits() },
        Limits { entries: 2, ..limits() },
        Limits { inflated: 500, ..limits() },
        Limits { sheets: 0, ..limits() },
    ] {
        assert_eq!(code(limits), Err("file_too_large"), "{limits:?}");
    }
}

#[test]
fn a_bomb_is_not_inflated() {
    let bomb = "0".repeat(64 << 20);
    let bytes = with_sheet(&bomb);
    assert!(bytes.len() < 200_000, "64 MiB of zeros fit {} bytes", bytes.len());
    assert_eq!(read(&bytes, &limits()).unwrap_err().code(), "file_too_large");
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), at in 0..2000_usize) {
        drop(read(&bytes, &limits()));
        let mut whole = workbook(&[("一", &[("A1", "名称"), ("B2", "%0.5")], &["A1:B1"])], &[]);
        let end = whole.len().min(at + bytes.len());
        if at < end {
            whole.splice(at..end, bytes.iter().copied().take(end - at));
        }
        drop(read(&whole, &limits()));
    }

    #[test]
    fn a_place_reads_back(row in 1..=1_048_576_u32, column in 1..=16_384_u32) {
        let place = Place { row, column };
        prop_assert_eq!(Place::parse(&place.to_string()), Some(place));
    }
}

fn text<'a>(sheet: &'a Sheet, name: &str) -> Option<&'a str> {
    sheet.text(&Areas::of(sheet), place(name))
}
