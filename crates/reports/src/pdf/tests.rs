//! Tests of the PDF writer: files read back.

use lopdf::Document as Pdf;
use proptest::prelude::*;

use super::write;
use crate::document::*;
use jixiao_scoring::findings::{Language, Severity};

/// A report that has a text at each place where what people write comes to stand.
fn report(text: &str, rows: usize) -> Document {
    let own = |text: &str| text.to_owned();
    let pair = || (own("标签"), own(text));
    let named: String = text.chars().take(100).collect();
    let columns = [("名称", 30, Align::Left), ("数", 10, Align::Center), ("金额", 60, Align::Right)];
    let kinds = [RowKind::Plain, RowKind::Group, RowKind::Total];
    let row = |at: usize| Row {
        kind: kinds[at % 3],
        cells: [text, "12.50", text].map(|text| Cell { text: own(text), marks: vec![own("〔1〕")] }).into(),
    };
    let bar = |at: usize| Bar { label: own(text), reached: 1, whole: u32::try_from(at).expect("few"), text: own(text) };
    let remark = |severity: Severity| Remark { mark: own("〔1〕"), severity, label: own("错误"), text: own(text) };
    Document {
        language: Language::Zh,
        title: named.clone(),
        cover: Cover {
            subject: own(text),
            rows: vec![pair(), (own(text), own("值"))],
            figures: vec![Figure { label: own(text), value: own(text) }],
            identity: vec![pair()],
        },
        draft_mark: Some(own("草稿，填报中")),
        footer: named.clone(),
        blocks: vec![
            Block::Heading { level: 1, text: named, anchor: own("a") },
            Block::Paragraph(own(text)),
            Block::Absent(own("（未提供）")),
            Block::List(vec![own(text)]),
            Block::Table(Table {
                caption: own(text),
                columns: columns.map(|(title, width, align)| Column { title: own(title), width, align }).into(),
                rows: (0..rows).map(row).collect(),
            }),
            Block::Remarks(Severity::ALL.iter().copied().map(remark).collect()),
            Block::PageBreak,
            Block::Chart(Chart {
                caption: own(text),
                legend: (own(text), own("全部")),
                bars: (0..3).map(bar).collect(),
            }),
        ],
    }
}

fn read(bytes: &[u8]) -> Vec<String> {
    let pdf = Pdf::load_mem(bytes).expect("a PDF");
    let pages: Vec<u32> = pdf.get_pages().keys().copied().collect();
    pages.iter().map(|page| pdf.extract_text(&[*page]).expect("a text").replace('\n', "")).collect()
}

#[test]
fn texts_are_shown_as_they_are_and_never_set_as_commands() {
    let hostile = r##"#panic("x") $x^2$ *b* _i_ `c` @x <l> \u{41} // /* [a] {b} = h "q" #import "/f" ]"##;
    let bytes = write(&report(hostile, 2)).expect("a report");
    let all = read(&bytes).concat().replace(' ', "");
    let expected = hostile.replace(' ', "");
    // Title, cover (4), contents, heading, paragraph, list, cells (4), captions (2), remarks (3), chart; and the footers.
    assert!(all.matches(&expected).count() >= 16, "{} of {all}", all.matches(&expected).count());
}

#[test]
fn a_word_that_is_divided_is_copied_and_found_as_it_is() {
    let hash = "9f3c8a7d52b1e604".repeat(4);
    let path = "/api/v1/self-assessments/01a209ff-0000-7000-8000-000000000000/content";
    let all = read(&write(&of_texts(&[&hash, path])).expect("a report")).concat();
    // In the cells of the table, where both are divided, and in a paragraph; what reads the test's file sees a space where
    // a line ends behind a sign.
    assert!(all.matches(hash.as_str()).count() >= 4, "{all}");
    assert!(all.replace(' ', "").matches(path).count() >= 4, "{all}");
    assert!(!all.contains('\u{200b}'), "{all}");
}

#[test]
fn every_page_is_marked_and_has_its_foot_and_headings_are_repeated() {
    let pages = read(&write(&report("项目", 120)).expect("a report"));
    assert!(pages.len() > 6, "{}", pages.len());
    for (number, page) in pages.iter().enumerate() {
        assert!(page.contains("草稿，填报中") && page.contains("项目"), "page {}: {page}", number + 1);
        assert!(number == 0 || page.contains(&format!("— {} —", number + 1)), "page {}: {page}", number + 1);
    }
    assert!(pages.iter().filter(|page| page.contains("名称")).count() > 3);
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    let (one, other) = (write(&report("项目", 3)).expect("a report"), write(&report("项目", 3)).expect("a report"));
    assert!(one == other && one.starts_with(b"%PDF-1.7"));
}

/// A report with a text in each of its cells, and a paragraph of each.
fn of_texts(texts: &[&str]) -> Document {
    let mut document = report("项目", 0);
    let cell = |text: &str| Cell { text: text.to_owned(), marks: Vec::new() };
    let row = |text: &&str| Row { kind: RowKind::Plain, cells: vec![cell(text), cell(text), cell(text)] };
    for block in &mut document.blocks {
        if let Block::Table(table) = block {
            table.rows = texts.iter().map(row).collect();
        }
    }
    document.blocks.extend(texts.iter().map(|text| Block::Paragraph((*text).to_owned())));
    document
}

#[test]
fn nothing_that_people_write_fails() {
    let strange = "\u{0}\u{1b}\u{202e}abc\u{2066} שלום مرحبا 👩‍👩‍👧‍👦🇨🇳 \u{301}\u{20dd} \u{378}\u{e000}\u{fdd0}\u{10ffff} 𠮷㛃𪚥 \u{feff}\u{ad}\r\n\u{2028}\t";
    write(&report(strange, 3)).expect("a report");
    write(&report("", 0)).expect("a report");
    let repeated = |text: &str| text.repeat(1000);
    let texts = ["长", "x", "）", "\u{301}", "\u{a0}", "ש", "٠", "\u{200d}", "👩‍👧", "a\n"].map(repeated);
    let mut texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    texts.extend([" ", "\n\n", "\u{3000}", "\u{200b}", "\u{2060}"]);
    write(&of_texts(&texts)).expect("a report");
}

proptest! {
    // One report has many texts: it is the report that costs.
    #![proptest_config(ProptestConfig { cases: 2, max_shrink_iters: 40, ..ProptestConfig::default() })]
    #[test]
    fn any_text_is_set(texts in prop::collection::vec(any::<String>(), 40)) {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        write(&of_texts(&texts)).expect("a report");
    }
}
