//! On which page what stands, as near as it can be told without the fonts: what the table of contents shows until Word
//! computes it.
//!
//! Word asks before it updates fields on opening a file, so the numbers must be there; it corrects them in the print
//! preview, on printing, and when the table is updated. Distances between lines are fixed, so only where lines are
//! wrapped is a guess.

use super::markup::is_break;
use super::styles::BODY_LINE;

/// The width of the text area in twips: 156 mm.
pub const WIDTH: u32 = 8844;
/// The height of the text area in twips.
pub const HEIGHT: u32 = 16_838 - 2_098 - 1_984;

/// How far the pages are filled.
pub struct Pages {
    /// The page that is being filled.
    pub page: u32,
    /// How much of it is filled, in twips.
    pub used: u32,
}

impl Pages {
    /// Begins a page.
    pub fn next(&mut self) {
        self.page = self.page.saturating_add(1);
        self.used = 0;
    }

    /// Adds what is not divided, and stays on a page with `kept` of what follows.
    pub fn block(&mut self, height: u32, kept: u32) {
        if self.used > 0 && self.used.saturating_add(height).saturating_add(kept) > HEIGHT {
            self.next();
        }
        // What is higher than a page goes on on the next ones.
        self.page = self.page.saturating_add(height / HEIGHT);
        self.used = self.used.saturating_add(height % HEIGHT).min(HEIGHT);
    }

    /// Adds lines of body text.
    pub fn lines(&mut self, count: u32) {
        let fit = HEIGHT.saturating_sub(self.used) / BODY_LINE;
        if count <= fit {
            self.used += count * BODY_LINE;
            return;
        }
        let (rest, on_a_page) = (count - fit, HEIGHT / BODY_LINE);
        self.page = self.page.saturating_add(rest.div_ceil(on_a_page));
        self.used = match rest % on_a_page {
            0 => on_a_page * BODY_LINE,
            left => left * BODY_LINE,
        };
    }
}

/// How many lines a text takes in a width (twips) with letters of a size (half points).
pub fn lines(text: &str, width: u32, size: u32) -> u32 {
    // A Chinese character is as wide as it is high, a Latin letter about half of that.
    let halves_on_a_line = (width / (size * 5)).max(2);
    let (mut lines, mut halves) = (1_u32, 0);
    for character in text.chars() {
        let wide = if character.is_ascii() { 1 } else { 2 };
        if is_break(character) || halves + wide > halves_on_a_line {
            lines = lines.saturating_add(1);
            halves = 0;
        }
        halves += wide;
    }
    lines
}
