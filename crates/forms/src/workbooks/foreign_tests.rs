//! What a person does not see of a file in another format is not read, and nothing of it costs more than its limits.

use std::fmt::Write as _;
use std::io::{Cursor, Read, Write as _};

use super::other_formats_tests::{opendocument, opened, packed, word, xml_of_2003};
use super::{FileKind, LeftAlone, Limits, Workbook, WorkbookError, read};

/// The cells of the only sheet, each with its place.
pub(super) fn cells(bytes: &[u8]) -> Vec<String> {
    let book = opened(bytes);
    assert_eq!(book.sheets.len(), 1);
    book.sheets[0].cells.iter().map(|(place, cell)| format!("{place} {}", cell.text)).collect()
}

pub(super) fn page(body: &str) -> Vec<u8> {
    format!("<html><body>{body}</body></html>").into_bytes()
}

fn is_too_large(read: &Result<Workbook, WorkbookError>) -> bool {
    matches!(read, Err(WorkbookError::TooLarge(_)))
}

#[test]
fn a_page_says_what_a_browser_shows_of_it() {
    for (markup, shown) in [
        ("<del>100</del>120", "120"),
        ("<span style='text-decoration: line-through'>100</span><span>120</span>", "120"),
        ("10<sup>2</sup>", "10²"),
        ("95<span style=\"display: none\">00</span>", "95"),
        ("<span hidden>1</span>2", "2"),
        ("<template>1</template><noscript>3</noscript>2", "2"),
        ("<script>if (a<b) document.write('<td>1</td>')</script>2", "2"),
        ("<input value='90'><input type=hidden value=7><input type=radio value=8>", "90"),
        ("<select><option>优<option selected>良</select>", "良"),
        ("<select><option>优</option><option>良</option></select>", "优"),
        ("<ruby>绩<rt>ji</rt></ruby>效", "绩效"),
        ("<div>48公里</div><div>2座</div>", "48公里\n2座"),
        ("<table><tr><td>48<td>公里</table>", "48\n公里"),
    ] {
        let read = cells(&page(&format!("<table><tr><td>甲<td>{markup}<td>乙</table>")));
        assert_eq!(read, ["A1 甲".to_owned(), format!("B1 {shown}"), "C1 乙".to_owned()], "{markup}");
    }
    let hidden = "<table><tr><td>甲<td style='display:none'>9<td>乙<tr style='display:none'><td>丙</table>";
    assert_eq!(cells(&page(hidden)), ["A1 甲", "B1 乙", "A2 丙"]);
    assert!(opened(&page(hidden)).sheets[0].hidden_rows.contains(&2));
    // A cell that reaches beyond its table takes no place in the next.
    let two = "<table><tr><td rowspan=5>甲<td>乙</table><table><tr><td>丙<td>丁</table>";
    assert_eq!(cells(&page(two)), ["A1 甲", "B1 乙", "A2 丙", "B2 丁"]);
}

#[test]
fn a_table_in_the_layout_of_a_page_stands_for_itself() {
    let rows = "<tr><td>1<td>2<td>3<tr><td>4<td>5<td>6<tr><td>7<td>8<td>9";
    let html = format!("<table><tr><td>题目<tr><td><table>{rows}</table><td>边</table>");
    let expected = ["A1 题目", "A2 1", "B2 2", "C2 3", "A3 4", "B3 5", "C3 6", "A4 7", "B4 8", "C4 9", "A5 边"];
    assert_eq!(cells(&page(&html)), expected);
    let cell = |text: &str| format!("<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>");
    let row = |texts: [&str; 3]| format!("<w:tr>{}</w:tr>", texts.map(cell).concat());
    let inner = [row(["1", "2", "3"]), row(["4", "5", "6"]), row(["7", "8", "9"])].concat();
    let docx = format!(
        "<w:tbl><w:tr>{}</w:tr><w:tr><w:tc><w:tbl>{inner}</w:tbl><w:p/></w:tc>{}</w:tr></w:tbl>",
        cell("题目"),
        cell("边")
    );
    assert_eq!(cells(&word(&docx)), expected);
}

#[test]
fn a_word_file_says_what_a_person_sees_of_it() {
    let run = |properties: &str, text: &str| format!("<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>");
    for (markup, shown) in [
        (run("<w:vanish/>", "1") + &run("", "95"), "95"),
        (run("<w:vanish w:val=\"0\"/>", "1") + &run("", "95"), "195"),
        (run("<w:strike/>", "100") + &run("", "120"), "120"),
        (run("", "10") + &run("<w:vertAlign w:val=\"superscript\"/>", "2"), "10²"),
        (format!("<w:moveFrom>{}</w:moveFrom>{}", run("", "1"), run("", "2")), "2"),
        (format!("<w:del><w:r><w:delText>1</w:delText></w:r></w:del>{}", run("", "2")), "2"),
        (format!("<w:ruby><w:rt>{}</w:rt><w:rubyBase>{}</w:rubyBase></w:ruby>", run("", "ji"), run("", "绩")), "绩"),
        ("<w:r><w:t>3</w:t><w:noBreakHyphen/><w:t>5</w:t></w:r>".to_owned(), "3-5"),
        (format!("{}<w:r><w:txbxContent><w:p>{}</w:p></w:txbxContent></w:r>", run("", "90"), run("", "5")), "90\n5"),
        ("<m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f>".to_owned(), "1/2"),
        (
            "<m:sSup><m:e><m:r><m:t>10</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup>".to_owned(),
            "10²",
        ),
        (
            format!(
                "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>{}",
                run("", "单击此处输入"),
                run("", "8")
            ),
            "8",
        ),
    ] {
        let document = format!(
            "<w:tbl><w:tr><w:tc><w:p>{markup}</w:p></w:tc><w:tc><w:p><w:r><w:t>乙</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
        );
        assert_eq!(cells(&word(&document)), [format!("A1 {shown}"), "B1 乙".to_owned()], "{markup}");
    }
    let row = |properties: &str, text: &str| {
        format!(
            "<w:tr><w:trPr>{properties}</w:trPr><w:tc><w:tcPr><w:tcPrChange><w:tcPr><w:gridSpan w:val=\"3\"/></w:tcPr></w:tcPrChange></w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc></w:tr>"
        )
    };
    let rows = row("<w:del/>", "1") + &row("", "2") + &row("<w:hidden/>", "3");
    let book = opened(&word(&format!("<w:tbl>{rows}</w:tbl>")));
    assert_eq!(cells(&word(&format!("<w:tbl>{rows}</w:tbl>"))), ["A1 2", "A2 3"]);
    assert!(book.sheets[0].merged.is_empty() && book.sheets[0].hidden_rows.contains(&2));
    let elsewhere = packed(&[
        (
            "_rels/.rels",
            "<Relationships><Relationship Id=\"r\" Type=\"x/officeDocument\" Target=\"word/document2.xml\"/></Relationships>".to_owned(),
        ),
        ("word/document2.xml", format!("<w:document><w:tbl>{}</w:tbl></w:document>", row("", "2"))),
    ]);
    assert_eq!(cells(&elsewhere), ["A1 2"]);
}

#[test]
fn an_opendocument_sheet_says_what_a_person_sees_of_it() {
    let row = |cells: &str| format!("<table:table-row>{cells}</table:table-row>");
    let cell = |text: &str| format!("<table:table-cell><text:p>{text}</text:p></table:table-cell>");
    for (markup, shown) in [
        ("<table:covered-table-cell><text:p>9</text:p></table:covered-table-cell>", None),
        (
            "<table:table-cell office:value-type=\"float\" office:value=\"0\" calcext:value-type=\"error\"><text:p>错误:502</text:p></table:table-cell>",
            Some("错误:502"),
        ),
        (
            "<table:table-cell><draw:frame><text:p>9</text:p></draw:frame><text:p>甲</text:p></table:table-cell>",
            Some("甲"),
        ),
        (
            "<table:table-cell><text:p><text:ruby><text:ruby-base>绩</text:ruby-base><text:ruby-text>ji</text:ruby-text></text:ruby></text:p></table:table-cell>",
            Some("绩"),
        ),
        (
            "<table:table-cell office:value-type=\"percentage\" office:value=\"0.9655\"><text:p>97%</text:p></table:table-cell>",
            Some("96.55%"),
        ),
        (
            "<table:table-cell office:value-type=\"float\" office:value=\"12345\"><text:p>1.2万元</text:p></table:table-cell>",
            Some("1.2万元"),
        ),
        (
            "<table:table-cell><table:table table:name=\"小\"><table:table-row><table:table-cell><text:p>9</text:p></table:table-cell></table:table-row></table:table><text:p>甲</text:p></table:table-cell>",
            Some("9\n甲"),
        ),
    ] {
        let read = cells(&opendocument(&row(&format!("{}{markup}{}", cell("前"), cell("后")))));
        let shown = shown.map(|shown| format!("B1 {shown}"));
        let expected: Vec<String> =
            [Some("A1 前".to_owned()), shown, Some("C1 后".to_owned())].into_iter().flatten().collect();
        assert_eq!(read, expected, "{markup}");
    }
    let error = "<table:table-row><table:table-cell calcext:value-type=\"error\"><text:p>错误:502</text:p></table:table-cell></table:table-row>";
    assert!(opened(&opendocument(error)).sheets[0].cells.values().all(|cell| cell.is_error));
    let repeated = format!(
        "<table:table-column table:number-columns-repeated=\"2\"/><table:table-column table:visibility=\"collapse\"/><table:table-row table:number-rows-repeated=\"3\">{}</table:table-row>{}",
        cell("8"),
        row(&cell("9"))
    );
    assert_eq!(cells(&opendocument(&repeated)), ["A1 8", "A2 8", "A3 8", "A4 9"]);
    assert_eq!(opened(&opendocument(&repeated)).sheets[0].hidden_columns, [(3, 3)]);
    let hidden = "<d><style:style style:name=\"h\"><style:table-properties table:display=\"false\"/></style:style><table:table table:name=\"a\" table:style-name=\"h\"><table:table-row><table:table-cell><text:p>1</text:p></table:table-cell></table:table-row></table:table><table:table table:name=\"b\"><table:table-row><table:table-cell><text:p>2</text:p></table:table-cell></table:table-row></table:table></d>";
    let book = opened(&packed(&[("mimetype", String::new()), ("content.xml", hidden.to_owned())]));
    assert_eq!(
        (book.sheets.len(), book.sheets[0].name.as_str(), book.left_alone),
        (1, "b", vec![LeftAlone::HiddenSheets])
    );
}

#[test]
fn an_xml_spreadsheet_says_what_a_person_sees_of_it() {
    let rows = "<Column ss:Index=\"2\" ss:StyleID=\"p\" ss:Hidden=\"1\"/><Row ss:StyleID=\"child\"><Cell><Data ss:Type=\"Number\">0.95</Data><Comment><ss:Data>核实：90</ss:Data></Comment></Cell></Row><Row><Cell><Data ss:Type=\"Number\">51092324000010263357</Data></Cell><Cell><Data ss:Type=\"Number\">0.5</Data></Cell><Cell><Data ss:Type=\"Boolean\">1</Data></Cell><Cell><ss:Data ss:Type=\"String\"><S>100</S>120</ss:Data></Cell></Row>";
    let text = String::from_utf8(xml_of_2003(rows)).unwrap();
    let text = text.replace("</Styles>", "<Style ss:ID=\"child\" ss:Parent=\"p\"/></Styles>");
    assert_eq!(cells(text.as_bytes()), ["A1 95%", "A2 51092324000010265000", "B2 50%", "C2 TRUE", "D2 120"]);
    let sheet = opened(text.as_bytes()).sheets.remove(0);
    assert!(sheet.cells.values().any(super::Cell::is_cut));
    assert_eq!(sheet.hidden_columns, [(2, 2)]);
    assert_eq!(cells(&encoding_rs::GB18030.encode(&text).0)[3], "C2 TRUE");
    let wide: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(cells(&wide)[0], "A1 95%");
    let hidden = text.replace("</Worksheet>", "<WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet><Worksheet ss:Name=\"乙\"><Table><Row><Cell><Data ss:Type=\"String\">9</Data></Cell></Row></Table></Worksheet>");
    let book = opened(hidden.as_bytes());
    assert_eq!(
        (book.sheets.len(), book.sheets[0].name.as_str(), book.left_alone),
        (1, "乙", vec![LeftAlone::HiddenSheets])
    );
}

#[test]
fn a_page_begins_in_many_ways_and_an_archive_of_one_is_named() {
    for head in ["<body>", "<!-- x -->", "<div>", "<style>td{}</style>", "<script>1<2</script>", "<center>", "<form>"] {
        let read = cells(format!("{head}<table><tr><td>1</table>").as_bytes());
        assert_eq!(read, ["A1 1"], "{head}");
    }
    let archive = read(b"MIME-Version: 1.0\r\nContent-Type: multipart/related", &Limits::default());
    assert_eq!(archive, Err(WorkbookError::OtherKind(FileKind::WebArchive)));
}

#[test]
fn a_small_file_cannot_make_a_large_sheet() {
    let limits = Limits { inflated: 1 << 20, cells: 10_000, ..Limits::default() };
    let long = "长".repeat(10_000);
    let often = format!(
        "<table:table-row><table:table-cell table:number-columns-repeated=\"1000\"><text:p>{long}</text:p></table:table-cell></table:table-row>"
    );
    assert!(is_too_large(&read(&opendocument(&often), &limits)));
    let deep = "<table:table-row table:number-rows-repeated=\"1048576\"><table:table-cell><text:p>1</text:p></table:table-cell></table:table-row>";
    assert!(is_too_large(&read(&opendocument(deep), &limits)));
    // Merged cells over all rows, with a cell in each.
    let mut merged = String::from("<table><tr>");
    for _ in 0..1_000 {
        merged.push_str("<td rowspan=65534>");
    }
    for row in 0..5_000 {
        let _ = write!(merged, "<tr><td>{row}");
    }
    assert!(is_too_large(&read(&page(&merged), &limits)));
    assert!(is_too_large(&read(&page(&format!("<table>{}</table>", "<tr><td>".repeat(30_000))), &limits)));
}

/// The old workbook of the fixtures with its records changed.
fn patched(change: impl Fn(u16, &mut Vec<u8>) -> bool) -> Vec<u8> {
    let bytes = include_bytes!("../../fixtures/farmland-1997.xls").to_vec();
    let mut container = cfb::CompoundFile::open(Cursor::new(bytes)).unwrap();
    let mut book = Vec::new();
    container.open_stream("Workbook").unwrap().read_to_end(&mut book).unwrap();
    let (mut at, mut changed) = (0, 0);
    while at + 4 <= book.len() {
        let kind = u16::from_le_bytes([book[at], book[at + 1]]);
        let end = at + 4 + usize::from(u16::from_le_bytes([book[at + 2], book[at + 3]]));
        if end > book.len() {
            break;
        }
        let mut body = book[at + 4..end].to_vec();
        changed += usize::from(change(kind, &mut body));
        book[at + 4..end].copy_from_slice(&body);
        at = end;
    }
    assert!(changed > 0);
    container.create_stream("Workbook").unwrap().write_all(&book).unwrap();
    container.flush().unwrap();
    container.into_inner().into_inner()
}

#[test]
fn an_old_workbook_that_lies_about_its_extent_is_refused() {
    let of_extent = |first: u32, last: u32| {
        patched(move |kind, body| {
            if kind == 0x0200 {
                body[..4].copy_from_slice(&first.to_le_bytes());
                body[4..8].copy_from_slice(&last.to_le_bytes());
            }
            kind == 0x0200
        })
    };
    assert!(is_too_large(&read(&of_extent(0, u32::MAX), &Limits::default())));
    assert!(matches!(read(&of_extent(9, 5), &Limits::default()), Err(WorkbookError::Damaged(_))));
    assert!(read(&of_extent(0, 40), &Limits::default()).is_ok());
}

#[test]
fn an_old_workbook_counts_its_texts_as_often_as_it_shows_them() {
    let small = Limits { inflated: 200_000, ..Limits::default() };
    let bytes = patched(|kind, _| kind == 0x00FD);
    assert!(read(&bytes, &small).is_ok());
    // All cells show the text of one number; the longest there is makes them too much together.
    let refused = (0_u32..200).any(|text| {
        let bytes = patched(move |kind, body| {
            if kind == 0x00FD {
                body[6..10].copy_from_slice(&text.to_le_bytes());
            }
            kind == 0x00FD
        });
        is_too_large(&read(&bytes, &Limits { inflated: 60_000, ..Limits::default() }))
    });
    assert!(refused);
}
