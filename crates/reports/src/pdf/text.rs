//! Texts as they may be set: without what has no shape, and with places where a line may end.

use crate::document::shown;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Where a line may end in a word that is too long for it. The template sets a space without a width for it.
const BREAK: char = '\u{200b}';
/// Characters without a width in a row, at most. No language has more of them at a letter, and a line that does not become
/// longer with its characters costs the square of their count.
const STACKED: usize = 8;

/// A text in lines, of characters that have a shape.
pub fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let (mut before, mut stacked) = ('\0', 0);
    for character in text.chars() {
        stacked = if has_no_width(character) { stacked + 1 } else { 0 };
        if stacked > STACKED {
            stacked = 0;
            clean.push(char::REPLACEMENT_CHARACTER);
            continue;
        }
        match character {
            '\n' if before == '\r' => (),
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => clean.push('\n'),
            other => clean.push(shown(other)),
        }
        before = character;
    }
    clean
}

/// A text for a column of so many letters of half width: words that are longer may be divided everywhere.
pub fn within(text: &str, letters: usize) -> String {
    let text = clean(text);
    let mut out = String::with_capacity(text.len());
    for word in text.split_inclusive(ends_word) {
        let long = width(word) > letters;
        for (at, character) in word.chars().enumerate() {
            // Not within a letter with its marks, or a picture that is joined of several.
            let divisible = !character.is_whitespace() && !has_no_width(character) && !out.ends_with('\u{200d}');
            if long && at > 0 && divisible {
                out.push(BREAK);
            }
            out.push(character);
        }
    }
    out
}

/// The width of a text in letters of half width.
pub fn width(text: &str) -> usize {
    text.chars().map(|one| if one.is_ascii() { 1 } else { 2 }).sum()
}

/// The width of the longest word of a text.
pub fn longest_word(text: &str) -> usize {
    text.split_inclusive(ends_word).map(|word| width(word.trim_end())).max().unwrap_or(0)
}

/// How many lines a text takes at most, by the same measure.
pub fn lines(text: &str, letters: usize) -> usize {
    text.split('\n').map(|line| width(line) / letters.max(1) + 1).sum()
}

/// Marks on the letter before, and what only says how others are shown.
fn has_no_width(character: char) -> bool {
    use GeneralCategory::{EnclosingMark, Format, NonspacingMark};
    let filler = matches!(character, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}');
    filler || matches!(character.general_category(), NonspacingMark | EnclosingMark | Format)
}

/// Behind this a line may end anyway: spaces, and characters that are words of their own.
fn ends_word(character: char) -> bool {
    let ideograph = matches!(character, '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}');
    ideograph || matches!(character, ' ' | '\n' | '\u{3000}')
}

#[cfg(test)]
mod tests {
    use super::{BREAK, clean, lines, within};

    #[test]
    fn controls_have_no_shape_and_lines_end_in_one_way() {
        assert_eq!(clean("a\r\nb\rc\u{2028}d\te\u{0}f\u{202e}g\u{7f}"), "a\nb\nc\nd e\u{fffd}f\u{fffd}g\u{fffd}");
    }

    #[test]
    fn words_that_are_too_long_may_be_divided_and_others_may_not() {
        assert_eq!(within("abc 完成率100%", 8), "abc 完成率100%");
        assert_eq!(within("abcd ef", 3), "a\u{200b}b\u{200b}c\u{200b}d ef");
        assert_eq!(within("））））", 4).matches(BREAK).count(), 3);
    }

    #[test]
    fn what_has_no_width_is_not_heaped_and_stays_with_its_letter() {
        let heap = clean(&format!("a{}", "\u{301}".repeat(30)));
        assert_eq!(heap.matches('\u{fffd}').count(), 3);
        assert_eq!(within("e\u{301}e\u{301}e\u{301}", 3), "e\u{301}\u{200b}e\u{301}\u{200b}e\u{301}");
        assert_eq!(within("👩\u{200d}👧👩\u{200d}👧", 3), "👩\u{200d}👧\u{200b}👩\u{200d}👧");
    }

    #[test]
    fn lines_are_never_too_few() {
        assert_eq!((lines("", 10), lines("一二三四五六", 10), lines("a\nb", 10)), (1, 2, 2));
    }
}
