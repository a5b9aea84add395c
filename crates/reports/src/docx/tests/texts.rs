//! Texts of any kind: they are found again, and nothing comes from them but text.

use proptest::prelude::*;

use super::*;

/// A report in which every text is this one.
fn of(text: &str) -> Document {
    let t = || text.to_owned();
    let cell = || Cell { text: t(), marks: vec![t()] };
    Document {
        language: Language::Zh,
        title: t(),
        cover: Cover {
            subject: t(),
            rows: vec![(t(), t())],
            figures: vec![Figure { label: t(), value: t() }],
            identity: vec![(t(), t())],
        },
        draft_mark: Some(t()),
        footer: t(),
        blocks: vec![
            Block::Heading { level: 9, text: t(), anchor: t() },
            Block::Paragraph(t()),
            Block::Absent(t()),
            Block::List(vec![t()]),
            Block::Table(Table {
                caption: t(),
                columns: vec![column(text, 100, Align::Left)],
                rows: vec![Row { kind: RowKind::Plain, cells: vec![cell()] }],
            }),
            Block::Remarks(vec![remark(text, Severity::Error, text, text)]),
            Block::Chart(Chart {
                caption: t(),
                legend: (t(), t()),
                bars: vec![Bar { label: t(), reached: 1, whole: 2, text: t() }],
            }),
        ],
    }
}

/// What a text reads as: every kind of line end is one, and what XML forbids is replaced.
fn read(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .map(|character| match character {
            '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
            _ if is_xml(character) => character,
            _ => '\u{fffd}',
        })
        .collect()
}

fn check(text: &str) {
    let parts = parts(&of(text));
    let all: BTreeMap<&str, _> = parts.iter().map(|(name, part)| (name.as_str(), texts(part))).collect();
    let (found, fields) = &all["word/document.xml"];
    let expected = read(text);
    // On the cover three times, in the list, the table and the remark with its line breaks.
    assert!(count(found, &expected) >= 6, "{text:?} in {found:?}");
    for line in expected.split('\n') {
        let line = line.trim_start_matches('\u{3000}');
        assert!(line.trim().is_empty() || found.contains(line));
    }
    assert!(found.contains(&expected.replace(['\n', '\t'], " ")));
    assert!(all["word/footer1.xml"].0.contains(&expected));
    // No field comes from a text.
    assert_eq!(fields.len(), 2);
    assert_eq!(all["word/footer2.xml"].1.len(), 2);
    assert_eq!(all["word/header1.xml"].1.len() + all["word/footer1.xml"].1.len(), 0);
}

#[test]
fn hostile_texts_stay_texts() {
    for text in [
        "",
        " ",
        "  leading and trailing  ",
        "a\tb\r\nc\rd\n\ne",
        "</w:t></w:r></w:p><w:p>",
        "]]>&amp;<![CDATA[&#0;<!--",
        "{ DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe \"/k calc.exe\" }",
        "\u{13} DDEAUTO cmd \u{14}\u{15}",
        "=cmd|'/c calc'!A1",
        "\0\u{1}\u{b}\u{c}\u{1f}\u{7f}\u{85}\u{fffe}\u{ffff}",
        "\u{202e}turned \u{2067}and isolated",
        "👨\u{200d}👩\u{200d}👧\u{200d}👦 𠮷 e\u{301}",
        "' onload='x' \" w:dirty=\"1",
        "_x000D_",
        "\u{3000}\u{3000}两格",
    ] {
        check(text);
    }
}

#[test]
fn directions_end_where_their_text_ends() {
    let mut out = String::new();
    crate::docx::markup::run(&mut out, "", "\u{202e}a\u{2067}b\u{202a}c\u{2069}\u{2069}\u{202c}\u{2066}d");
    assert_eq!(texts(&out).0, "\u{202e}a\u{2067}b\u{202a}c\u{2069}\u{2069}\u{202c}\u{2066}d\u{2069}");
}

#[test]
fn long_texts_are_written_whole() {
    let text = "很长&\u{202e}\u{2069}".repeat(70_000);
    check(&text);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_is_found_again(text in any::<String>()) {
        check(&text);
    }

    #[test]
    fn any_text_of_signs_that_matter_is_found_again(text in "[<>&\"'\\]\\[!{}\\\\\r\n\t \u{0}-\u{20}\u{85}\u{2028}\u{202a}-\u{202e}\u{2066}-\u{2069}\u{3000}\u{fffe}a]{0,24}") {
        check(&text);
    }
}
