//! 自评等级: a word, or the one that is ticked among several.

use super::model::Cited;
use super::page::Text;
use crate::workbooks::Place;
use jixiao_scoring::Grade;

/// Whether a text is a grade as people write it.
pub fn is_grade(text: &str) -> bool {
    let text = text.trim();
    Grade::from_zh(text).is_some() || ["优秀", "良好", "中等", "一般", "合格", "较差", "不合格"].contains(&text)
}

/// The marks of boxes, ticked and not.
const TICKED: &[char] = &['☑', '✓', '✔', '√', '■', '☒', '●', '▣'];
const OPEN: &[char] = &['□', '☐', '○', '◯', '▢'];

/// Whether a text offers grades to choose from, `优☑ 良□ 中□ 差□` or `优、良、中、差`, and is none itself.
pub fn has_options(text: &str) -> bool {
    let words = text.split(|char: char| !char.is_alphanumeric()).filter(|word| is_grade(word)).count();
    words > 1 || text.contains(TICKED) || text.contains(OPEN)
}

/// Characters near a box in which its grade is looked for.
const LONGEST: usize = 16;

/// The one grade whose box is ticked; the box may stand before its word or behind it.
pub fn ticked(text: &str) -> Option<String> {
    let is_blank = |char: char| char.is_whitespace() || "()（）[]【】、，,；;/|".contains(char);
    let plain: Vec<char> = text.chars().filter(|char| !is_blank(*char)).collect();
    let is_mark = |char: &char| TICKED.contains(char) || OPEN.contains(char);
    let is_before = plain.first().is_some_and(is_mark);
    let mut found = Vec::new();
    for (at, _) in plain.iter().enumerate().filter(|(_, char)| TICKED.contains(char)) {
        let run: Vec<char> = if is_before {
            plain.iter().skip(at + 1).take_while(|char| !is_mark(char)).take(LONGEST).copied().collect()
        } else {
            let from =
                plain.iter().take(at).rposition(is_mark).map_or(0, |mark| mark + 1).max(at.saturating_sub(LONGEST));
            plain.get(from..at).unwrap_or_default().to_vec()
        };
        // Other words may stand between, without a box of their own: 优（ ）良（√）.
        let cut = |kept: usize| if is_before { run.get(..kept) } else { run.get(run.len() - kept..) };
        let words = (1..=run.len()).rev().filter_map(|kept| Some(cut(kept)?.iter().collect::<String>()));
        found.push(words.into_iter().find(|word| is_grade(word)).unwrap_or_default());
    }
    found.pop().filter(|word| found.is_empty() && is_grade(word))
}

/// The grade that the texts of a row give: a word alone, or the one that is ticked among several.
pub fn grade_of(row: u32, texts: &[Text]) -> Option<Cited<String>> {
    let is_word = |text: &&Text| is_grade(&text.text) || has_options(&text.text);
    let words: Vec<&Text> = texts.iter().filter(is_word).collect();
    let (first, last) = (words.first()?, words.last()?);
    let place = Place { row, column: first.column };
    if first.column == last.column && !has_options(&first.text) {
        return Some(Cited { value: first.text.trim().to_owned(), place });
    }
    let whole: String = words.iter().map(|text| text.text.as_str()).collect();
    ticked(&whole).map(|value| Cited { value, place })
}
