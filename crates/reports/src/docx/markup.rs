//! Texts as WordprocessingML: escaped, without what XML forbids, with line breaks and tabs as elements.

use std::iter::Peekable;
use std::str::Chars;

/// What a text is made of, once its line ends are alike.
enum Piece {
    Character(char),
    Break,
    Tab,
}

/// The pieces of a text.
struct Pieces<'a>(Peekable<Chars<'a>>);

impl Iterator for Pieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        Some(match self.0.next()? {
            '\r' => {
                self.0.next_if_eq(&'\n');
                Piece::Break
            }
            character if is_break(character) => Piece::Break,
            '\t' => Piece::Tab,
            character => Piece::Character(allowed(character)),
        })
    }
}

fn pieces(text: &str) -> Pieces<'_> {
    Pieces(text.chars().peekable())
}

/// Whether a character ends a line; Word's own line and page breaks come in with texts that were copied from it.
pub fn is_break(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// The character, or the one that stands for what XML 1.0 forbids.
fn allowed(character: char) -> char {
    match character {
        '\0'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        _ => character,
    }
}

fn push(out: &mut String, character: char) {
    match character {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        _ => out.push(character),
    }
}

/// A text on one line, for an attribute or the content of an element.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Character(character) => push(&mut out, character),
            Piece::Break | Piece::Tab => out.push(' '),
        }
    }
    out
}

/// A run of text with these properties; nothing where there is no text.
pub fn run(out: &mut String, properties: &str, text: &str) {
    if text.is_empty() {
        return;
    }
    open_run(out, properties);
    let mut inside = false;
    for piece in pieces(text) {
        match piece {
            Piece::Character(character) => {
                if !inside {
                    out.push_str("<w:t xml:space=\"preserve\">");
                    inside = true;
                }
                push(out, character);
            }
            Piece::Break | Piece::Tab => {
                if inside {
                    out.push_str("</w:t>");
                    inside = false;
                }
                out.push_str(if matches!(piece, Piece::Break) { "<w:br/>" } else { "<w:tab/>" });
            }
        }
    }
    let closing = closing(text);
    if !closing.is_empty() && !inside {
        out.push_str("<w:t xml:space=\"preserve\">");
        inside = true;
    }
    out.push_str(&closing);
    if inside {
        out.push_str("</w:t>");
    }
    out.push_str("</w:r>");
}

/// A run of text on one line: tabs and line breaks are spaces.
pub fn run_on_one_line(out: &mut String, properties: &str, text: &str) {
    if text.is_empty() {
        return;
    }
    open_run(out, properties);
    out.push_str("<w:t xml:space=\"preserve\">");
    out.push_str(&plain(text));
    out.push_str(&closing(text));
    out.push_str("</w:t></w:r>");
}

fn open_run(out: &mut String, properties: &str) {
    out.push_str("<w:r>");
    if !properties.is_empty() {
        out.push_str("<w:rPr>");
        out.push_str(properties);
        out.push_str("</w:rPr>");
    }
}

/// What ends the directions that a text opened and did not end, so that they do not turn what stands beside it.
fn closing(text: &str) -> String {
    // All characters of direction begin with the same byte, and nearly no text has one.
    if !text.as_bytes().contains(&0xe2) {
        return String::new();
    }
    let (mut open, mut isolates) = (Vec::new(), 0_usize);
    for character in text.chars() {
        match character {
            '\u{202a}' | '\u{202b}' | '\u{202d}' | '\u{202e}' => open.push('\u{202c}'),
            '\u{2066}'..='\u{2068}' => {
                open.push('\u{2069}');
                isolates += 1;
            }
            '\u{202c}' => {
                open.pop_if(|last| *last == '\u{202c}');
            }
            // The end of an isolate ends what was opened in it; one that ends nothing has no effect.
            '\u{2069}' if isolates > 0 => {
                while open.pop_if(|last| *last == '\u{202c}').is_some() {}
                open.pop();
                isolates -= 1;
            }
            _ => {}
        }
    }
    open.into_iter().rev().collect()
}

/// A field that the program computes, with what it gave last. The instruction is never a text of a user.
pub fn field(out: &mut String, properties: &str, instruction: &str, result: &str) {
    field_begin(out, properties, instruction);
    run_on_one_line(out, properties, result);
    field_end(out, properties);
}

/// The beginning of a field, up to what it gave.
pub fn field_begin(out: &mut String, properties: &str, instruction: &str) {
    // Not marked dirty: Word would ask whoever opens the file whether to update it.
    for content in [
        "<w:fldChar w:fldCharType=\"begin\"/>",
        &format!("<w:instrText xml:space=\"preserve\"> {} </w:instrText>", plain(instruction)),
        "<w:fldChar w:fldCharType=\"separate\"/>",
    ] {
        open_run(out, properties);
        out.push_str(content);
        out.push_str("</w:r>");
    }
}

/// The end of a field.
pub fn field_end(out: &mut String, properties: &str) {
    open_run(out, properties);
    out.push_str("<w:fldChar w:fldCharType=\"end\"/></w:r>");
}
