//! Workbooks made for tests, part by part, so that they can be as wrong as those that come in.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A sheet's name, its cells by place, and its merged areas.
pub type Page<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [&'a str]);

const MAIN: &str = r#"xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main""#;
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
/// Styles 0 general, 1 percent, 2 a day, 3 a month.
const STYLES: &str = r#"<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/></numFmts>
<cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="10"/><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs>"#;

/// An archive of named parts.
pub fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, content) in parts {
        zip.start_file(*name, options).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A cell: a number where its text is one, `=…` a formula with what it gave, `%…` a percentage, `@…` a day.
fn cell(place: &str, text: &str) -> String {
    let number = |style: u8, text: &str| format!(r#"<c r="{place}" s="{style}"><v>{text}</v></c>"#);
    let is_number = |text: &str| text.parse::<rust_decimal::Decimal>().is_ok();
    match text.split_at_checked(1) {
        Some(("%", rest)) if is_number(rest) => number(1, rest),
        Some(("@", rest)) if is_number(rest) => number(2, rest),
        Some(("&", rest)) if is_number(rest) => number(3, rest),
        Some(("=", rest)) if is_number(rest) => format!(r#"<c r="{place}"><f>SUM(A1:A2)</f><v>{rest}</v></c>"#),
        Some(("#", _)) => format!(r#"<c r="{place}" t="e"><f>1/0</f><v>{text}</v></c>"#),
        _ if is_number(text) => number(0, text),
        _ => {
            let text = text.replace('&', "&amp;").replace('<', "&lt;");
            format!(r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#)
        }
    }
}

/// The part of a sheet.
pub fn sheet(cells: &[(&str, &str)], merged: &[&str]) -> String {
    let mut rows: Vec<(u32, String)> = Vec::new();
    for (place, text) in cells {
        let row = super::Place::parse(place).unwrap().row;
        match rows.iter_mut().find(|(known, _)| *known == row) {
            Some((_, content)) => content.push_str(&cell(place, text)),
            None => rows.push((row, cell(place, text))),
        }
    }
    let rows: String = rows.iter().map(|(row, content)| format!(r#"<row r="{row}">{content}</row>"#)).collect();
    let merged: String = merged.iter().map(|area| format!(r#"<mergeCell ref="{area}"/>"#)).collect();
    format!("<worksheet {MAIN}><sheetData>{rows}</sheetData><mergeCells>{merged}</mergeCells></worksheet>")
}

/// A workbook of these sheets; `hidden` says which are.
pub fn workbook(pages: &[Page<'_>], hidden: &[usize]) -> Vec<u8> {
    let (mut listed, mut related) = (String::new(), String::new());
    let mut parts: Vec<(String, String)> = Vec::new();
    for (index, (name, cells, merged)) in pages.iter().enumerate() {
        let state = if hidden.contains(&index) { r#" state="hidden""# } else { "" };
        listed.push_str(&format!(r#"<sheet name="{name}" sheetId="{0}" r:id="r{0}"{state}/>"#, index + 1));
        related.push_str(&format!(
            r#"<Relationship Id="r{0}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{0}.xml"/>"#,
            index + 1
        ));
        parts.push((format!("xl/worksheets/sheet{}.xml", index + 1), sheet(cells, merged)));
    }
    parts.push((
        "xl/workbook.xml".into(),
        format!(r#"<workbook {MAIN} xmlns:r="{RELATIONS}"><sheets>{listed}</sheets></workbook>"#),
    ));
    parts.push(("xl/_rels/workbook.xml.rels".into(), format!("<Relationships>{related}</Relationships>")));
    parts.push(("xl/styles.xml".into(), format!("<styleSheet {MAIN}>{STYLES}</styleSheet>")));
    let parts: Vec<(&str, &str)> = parts.iter().map(|(name, content)| (name.as_str(), content.as_str())).collect();
    archive(&parts)
}

/// A workbook of one sheet with that part.
pub fn with_sheet(part: &str) -> Vec<u8> {
    archive(&[
        ("xl/workbook.xml", r#"<workbook xmlns:r="x"><sheets><sheet name="表" r:id="r1"/></sheets></workbook>"#),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<Relationships><Relationship Id="r1" Type="t/worksheet" Target="/xl/worksheets/sheet1.xml"/></Relationships>"#,
        ),
        (
            "xl/sharedStrings.xml",
            r#"<sst><si><t>甲</t></si><si><r><t>乙</t></r><rPh><t>yi</t></rPh><r><t xml:space="preserve"> 丙 &amp; 丁</t></r></si></sst>"#,
        ),
        ("xl/worksheets/sheet1.xml", part),
    ])
}
