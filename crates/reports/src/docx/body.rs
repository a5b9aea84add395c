//! The body of the file: paragraphs of the report in their styles, and where its headings stand.

use std::fmt::Write;

use super::markup::{is_break, run, run_on_one_line};
use super::pages::{Pages, WIDTH, lines};
use super::styles::{BODY_LINE, of_remark};
use super::table;
use crate::document::{Block, Remark};
use jixiao_scoring::findings::Language;

/// A heading, for the table of contents.
pub struct Entry {
    /// 1 to 3.
    pub level: u8,
    /// Its text.
    pub text: String,
    /// The page on which it probably stands.
    pub page: u32,
}

/// The name of the bookmark at the heading with this index, in the form of Word's own.
pub fn bookmark(index: usize) -> String {
    format!("_Toc{:09}", index + 1)
}

/// The content of the body as it grows.
pub struct Body {
    /// The paragraphs and tables.
    pub out: String,
    /// On which page they end.
    pub pages: Pages,
    /// The headings so far.
    pub entries: Vec<Entry>,
    /// Whether the next paragraph begins a page.
    pub new_page: bool,
    language: Language,
}

impl Body {
    /// What begins on the page after `page`; page 1 is begun already.
    pub fn after(page: u32, language: Language) -> Body {
        Body {
            out: String::with_capacity(64 << 10),
            pages: Pages { page: page.max(1), used: 0 },
            entries: Vec::new(),
            new_page: page > 0,
            language,
        }
    }

    /// Opens a paragraph. `more` are properties that come after `w:pageBreakBefore` in the order of the schema.
    pub fn open(&mut self, style: &str, keep_next: bool, more: &str) {
        let keep = if keep_next { "<w:keepNext/>" } else { "" };
        // A property, not a break of its own: that would leave an empty line at the top of the page.
        let page_break = if self.new_page { "<w:pageBreakBefore/>" } else { "" };
        if self.new_page {
            self.pages.next();
            self.new_page = false;
        }
        let _ = write!(self.out, r#"<w:p><w:pPr><w:pStyle w:val="{style}"/>{keep}{page_break}{more}</w:pPr>"#);
    }

    /// Closes a paragraph.
    pub fn close(&mut self) {
        self.out.push_str("</w:p>");
    }

    /// Adds a part of the report.
    pub fn block(&mut self, block: &Block) {
        match block {
            Block::Heading { level, text, .. } => self.heading(*level, text),
            Block::Paragraph(text) => self.paragraphs("BodyText", text),
            Block::Absent(text) => self.paragraphs("Absent", text),
            Block::List(items) => items.iter().for_each(|item| self.item(item)),
            Block::Table(content) => table::table(self, content),
            Block::Chart(content) => table::chart(self, content),
            Block::Remarks(remarks) => self.remarks(remarks),
            Block::PageBreak => self.new_page = true,
        }
    }

    fn heading(&mut self, level: u8, text: &str) {
        let level = level.clamp(1, 3);
        self.open(&format!("Heading{level}"), false, "");
        let index = self.entries.len();
        let _ = write!(self.out, r#"<w:bookmarkStart w:id="{index}" w:name="{}"/>"#, bookmark(index));
        run_on_one_line(&mut self.out, "", text);
        let _ = write!(self.out, r#"<w:bookmarkEnd w:id="{index}"/>"#);
        self.close();
        self.pages.block(lines(text, WIDTH - 640, 32).saturating_mul(BODY_LINE), 2 * BODY_LINE);
        self.entries.push(Entry { level, text: text.to_owned(), page: self.pages.page });
    }

    /// A paragraph for each line of a text. Spaces of full width before it are left out: they are the indent that
    /// people type, and the style makes it.
    fn paragraphs(&mut self, style: &str, text: &str) {
        for line in text.split(is_break) {
            let line = line.trim_start_matches('\u{3000}');
            if line.trim().is_empty() {
                continue;
            }
            self.open(style, false, "");
            run(&mut self.out, "", line);
            self.close();
            self.pages.lines(lines(line, WIDTH - 640, 32));
        }
    }

    fn item(&mut self, text: &str) {
        self.open("ListBullet", false, "");
        run(&mut self.out, "", text);
        self.close();
        self.pages.lines(lines(text, WIDTH - 1060, 32));
    }

    fn remarks(&mut self, remarks: &[Remark]) {
        let colon = match self.language {
            Language::Zh => "：",
            Language::En => ": ",
        };
        for remark in remarks {
            let style = of_remark(remark.severity);
            self.open(style, false, "");
            let label = format!(r#"<w:rStyle w:val="{style}Label"/>"#);
            run_on_one_line(&mut self.out, &label, &format!("{} {}{colon}", remark.mark, remark.label));
            run(&mut self.out, "", &remark.text);
            self.close();
            let count = lines(&remark.text, WIDTH - 2000, 21);
            self.pages.block(count.saturating_mul(320).saturating_add(80), 0);
        }
        if !remarks.is_empty() {
            self.gap();
        }
    }

    /// A little room below a table; without a paragraph between them Word makes one of two tables.
    pub fn gap(&mut self) {
        self.out.push_str(r#"<w:p><w:pPr><w:pStyle w:val="TableEnd"/></w:pPr></w:p>"#);
        self.pages.block(200, 0);
    }
}
