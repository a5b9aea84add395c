//! What a file has: headings, contents, tables, headers and footers; the same bytes for the same report.

use super::*;

#[test]
fn headings_have_words_styles_and_stand_in_the_table_of_contents() {
    let parts = parts(&sample());
    let body = &parts["word/document.xml"];
    for (level, headings) in [(1, 3), (2, 2), (3, 1)] {
        assert_eq!(count(body, &format!(r#"<w:pStyle w:val="Heading{level}"/>"#)), headings);
        assert_eq!(count(body, &format!(r#"<w:pStyle w:val="TOC{level}"/>"#)), headings);
        assert!(parts["word/styles.xml"].contains(&format!(r#"<w:name w:val="heading {level}"/>"#)));
    }
    let (text, fields) = texts(body);
    assert_eq!(fields[0], r#" TOC \o "1-3" \h \z \u "#);
    let links: Vec<String> = (1..=6).map(|at| format!(r" PAGEREF _Toc{at:09} \h ")).collect();
    assert_eq!(fields[1..], links);
    for at in 1..=6 {
        assert_eq!(count(body, &format!(r#"w:name="_Toc{at:09}""#)), 1);
        assert_eq!(count(body, &format!(r#"w:anchor="_Toc{at:09}""#)), 1);
    }
    assert!(text.contains("目\u{3000}录\n一、项目概况\t3\n（一）项目单位基本情况\t3\n"), "{text}");
    // Word asks before it updates a field that says so, and before it updates all.
    assert!(parts.values().all(|part| !part.contains("w:dirty") && !part.contains("updateFields")));
    for kind in ["begin", "separate", "end"] {
        assert_eq!(count(body, &format!(r#"w:fldCharType="{kind}""#)), fields.len());
    }
}

#[test]
fn a_report_without_headings_has_no_table_of_contents() {
    let mut document = sample();
    document.blocks.retain(|block| !matches!(block, Block::Heading { .. }));
    assert!(texts(&parts(&document)["word/document.xml"]).1.is_empty());
}

#[test]
fn tables_repeat_their_headings_and_keep_their_rows_whole() {
    let mut document = sample();
    document.blocks = vec![Block::Table(indicators(20))];
    let body = &parts(&document)["word/document.xml"];
    let table = &body[body.rfind("<w:tbl>").unwrap()..];
    assert_eq!(count(table, "<w:tblHeader/>"), 1);
    assert_eq!(count(table, "<w:tr>"), 23);
    assert_eq!(count(table, "<w:cantSplit/>"), 23);
    assert_eq!(count(table, r#"<w:tblLayout w:type="fixed"/>"#), 1);
    let widths = table.split(r#"<w:gridCol w:w=""#).skip(1).map(|rest| rest.split('"').next().unwrap());
    let widths: Vec<u32> = widths.map(|width| width.parse().unwrap()).collect();
    assert_eq!((widths.len(), widths.iter().sum()), (8, 8844_u32));
    assert_eq!(count(table, r#"<w:jc w:val="right"/>"#), 4 * 22);
    assert_eq!(count(table, r#"w:fill="F2F2F2""#), 8);
    assert_eq!(count(table, r#"w:fill="E4E4E4""#), 8);
    assert_eq!(count(table, r#"<w:rStyle w:val="Mark"/></w:rPr><w:t xml:space="preserve">〔1〕〔2〕</w:t>"#), 2);
    assert_eq!(count(body, r#"<w:pStyle w:val="Caption"/><w:keepNext/>"#), 1);
}

#[test]
fn a_row_that_is_higher_than_a_page_may_be_divided() {
    let mut document = sample();
    let mut table = indicators(1);
    table.rows[1].cells[7].text = "很长的原因".repeat(500);
    document.blocks = vec![Block::Table(table)];
    let body = &parts(&document)["word/document.xml"];
    assert_eq!(count(&body[body.rfind("<w:tbl>").unwrap()..], "<w:cantSplit/>"), 3);
}

#[test]
fn tables_of_any_shape_are_tables() {
    let mut document = sample();
    let columns = vec![column("甲", 0, Align::Left), column("乙", 0, Align::Right)];
    let rows = vec![row(RowKind::Plain, &["1"]), row(RowKind::Plain, &["1", "2", "3"]), row(RowKind::Total, &[])];
    document.blocks = vec![
        Block::Table(Table { caption: String::new(), columns: columns.clone(), rows }),
        Block::Table(Table { caption: "空".into(), columns, rows: Vec::new() }),
        Block::Table(Table { caption: "无".into(), columns: Vec::new(), rows: Vec::new() }),
        Block::Chart(Chart { caption: "图".into(), legend: Default::default(), bars: Vec::new() }),
        Block::List(Vec::new()),
        Block::Remarks(Vec::new()),
        Block::Paragraph(String::new()),
        Block::PageBreak,
    ];
    let body = &parts(&document)["word/document.xml"];
    texts(body);
    let table = &body[body.find("<w:tblHeader/>").unwrap()..];
    assert_eq!(count(&table[..table.find("</w:tbl>").unwrap()], "<w:tc>"), 2 * 4);
    // Word takes a file without a row in a table, or with two tables side by side, for damaged or for one table.
    assert!(!body.contains("</w:tblGrid></w:tbl>"));
    assert!(!body.contains("</w:tbl><w:tbl>"));
    // The report begins a page after its cover; a break at its end makes no empty one.
    assert_eq!(count(body, "<w:pageBreakBefore/>"), 1);
}

#[test]
fn bars_show_that_something_is_missing_and_that_something_is_there() {
    let shares = [(0, 1000), (1, 1000), (999, 1000), (1000, 1000), (500, 1000), (100, 200), (0, 0), (5000, 1)];
    let expected = [(0, 50), (1, 49), (49, 1), (50, 0), (25, 25), (5, 5), (0, 0), (50, 0)];
    for ((reached, whole), expected) in shares.into_iter().zip(expected) {
        let bar = Bar { label: String::new(), reached, whole, text: String::new() };
        assert_eq!(crate::docx::table::pieces(&bar), expected, "{reached} of {whole}");
    }
    let mut document = sample();
    document.blocks.retain(|block| matches!(block, Block::Chart(_)));
    let body = &parts(&document)["word/document.xml"];
    for row in body[body.rfind("<w:tbl>").unwrap()..].split("<w:tr>").skip(1) {
        let spans = row.split(r#"<w:gridSpan w:val=""#).skip(1).map(|rest| rest.split('"').next().unwrap());
        let spans: u32 = spans.map(|span| span.parse::<u32>().unwrap()).sum();
        let single = u32::try_from(count(row, "<w:tc>") - count(row, "<w:gridSpan")).unwrap();
        assert_eq!(spans + single, 52);
    }
}

#[test]
fn every_page_says_what_it_is() {
    let document = sample();
    let parts = parts(&document);
    for name in ["header1", "header2"] {
        let part = &parts[&format!("word/{name}.xml")];
        assert_eq!(texts(part).0, "草稿\n");
        assert!(part.contains(r#"string="草稿""#));
    }
    let (cover, others) = (texts(&parts["word/footer1.xml"]), texts(&parts["word/footer2.xml"]));
    assert_eq!(cover.1.len(), 0);
    assert!(cover.0.starts_with(&document.footer));
    assert!(others.0.starts_with(&format!("{}\n第 1 页 共 1 页\n", document.footer)));
    assert_eq!(others.1, [" PAGE ", " NUMPAGES "]);
    for kind in ["header", "footer"] {
        assert_eq!(count(&parts["word/document.xml"], &format!("<w:{kind}Reference ")), 2);
    }
}

#[test]
fn a_final_report_has_no_mark() {
    let mut document = sample();
    document.draft_mark = None;
    let parts = parts(&document);
    assert!(parts.keys().all(|name| !name.contains("header")));
    assert!(parts.values().all(|part| !part.contains("header1") && !part.contains("草稿")));
}

#[test]
fn every_part_is_declared_and_every_relation_leads_to_a_part() {
    for mark in [None, Some("草稿".to_owned())] {
        let mut document = sample();
        document.draft_mark = mark;
        let parts = parts(&document);
        for name in parts.keys().filter(|name| name.starts_with("word/") && !name.ends_with(".rels")) {
            assert!(parts["[Content_Types].xml"].contains(&format!(r#"PartName="/{name}""#)), "{name}");
        }
        for rest in parts["word/_rels/document.xml.rels"].split("Target=\"").skip(1) {
            assert!(parts.contains_key(&format!("word/{}", rest.split('"').next().unwrap())));
        }
        for rest in parts["word/document.xml"].split(" r:id=\"").skip(1) {
            let id = rest.split('"').next().unwrap();
            assert!(parts["word/_rels/document.xml.rels"].contains(&format!(r#"Id="{id}""#)));
        }
        let styles = &parts["word/styles.xml"];
        for part in parts.values() {
            for rest in part.split("Style w:val=\"").skip(1) {
                let id = rest.split('"').next().unwrap();
                assert!(styles.contains(&format!(r#"w:styleId="{id}""#)), "{id}");
            }
        }
        parts.values().for_each(|part| drop(texts(part)));
    }
}

#[test]
fn the_file_says_its_title_and_its_language() {
    let mut document = sample();
    let chinese = parts(&document);
    assert!(chinese["docProps/core.xml"].contains("<dc:title>项目支出绩效自评报告</dc:title>"));
    assert!(chinese["word/styles.xml"].contains(r#"<w:lang w:val="zh-CN""#));
    document.language = Language::En;
    let english = parts(&document);
    assert!(english["word/styles.xml"].contains(r#"<w:lang w:val="en-US""#));
    assert!(texts(&english["word/footer2.xml"]).0.contains("Page 1 of 1"));
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    assert_eq!(write(&sample()).unwrap(), write(&sample()).unwrap());
}

/// The order of elements within these, as the schema has it (ECMA-376, part 1), of those that are used here.
const ORDERS: &[(&str, &str)] = &[
    (
        "w:pPr",
        "pStyle keepNext keepLines pageBreakBefore widowControl numPr pBdr shd tabs spacing ind jc outlineLvl rPr sectPr",
    ),
    ("w:rPr", "rStyle rFonts b bCs i iCs noProof color position sz szCs highlight u shd vertAlign lang"),
    ("w:tblPr", "tblStyle tblW jc tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription"),
    ("w:tcPr", "tcW gridSpan vMerge tcBorders shd noWrap tcMar vAlign"),
    ("w:tcBorders", "top left bottom right"),
    ("w:tblBorders", "top left bottom right insideH insideV"),
    ("w:tcMar", "top left bottom right"),
    ("w:tblCellMar", "top left bottom right"),
    ("w:tbl", "tblPr tblGrid tr"),
    ("w:tr", "trPr tc"),
    ("w:tc", "tcPr p"),
    ("w:sectPr", "headerReference footerReference pgSz pgMar cols titlePg"),
    ("w:style", "name basedOn next uiPriority semiHidden unhideWhenUsed qFormat pPr rPr tblPr"),
    ("w:settings", "zoom defaultTabStop characterSpacingControl compat themeFontLang"),
    ("w:lvl", "start numFmt pStyle lvlText lvlJc pPr rPr"),
    ("w:font", "altName panose1 charset family"),
];

#[test]
fn properties_stand_in_the_order_of_the_schema() {
    let mut document = sample();
    for language in Language::ALL {
        document.language = *language;
        for (name, part) in parts(&document) {
            let mut reader = Reader::from_str(&part);
            let mut open: Vec<(String, usize)> = Vec::new();
            loop {
                let (child, is_empty) = match reader.read_event().unwrap() {
                    Event::Start(start) => (start.name().into_inner().to_owned(), false),
                    Event::Empty(start) => (start.name().into_inner().to_owned(), true),
                    Event::End(_) => {
                        open.pop();
                        continue;
                    }
                    Event::Eof => break,
                    _ => continue,
                };
                if let Some((parent, last)) = open.last_mut()
                    && let Some((_, order)) = ORDERS.iter().find(|(element, _)| element == parent)
                {
                    let at = order.split(' ').position(|one| child.strip_prefix("w:") == Some(one));
                    let at = at.unwrap_or_else(|| panic!("{child} in {parent} of {name}"));
                    assert!(at >= *last, "{child} in {parent} of {name}");
                    *last = at;
                }
                if !is_empty {
                    open.push((child, 0));
                }
            }
        }
    }
}
