//! A text as people write it, with its look-alike characters folded into one.

/// Characters that a number or a date with its sign, unit and label has at most. A longer text is
/// prose, and is not searched for one: the search costs the square of the length.
pub(super) const LONGEST_FIGURE: usize = 100;

/// Characters side by side: as folded for reading, and as written for keeping.
#[derive(Debug, Clone)]
pub(super) struct Folded {
    pub(super) chars: Vec<char>,
    written: Vec<char>,
}

impl Folded {
    /// Full-width becomes half-width, the many signs for ≥, = and - become one each, spaces go, and
    /// so does the punctuation that ends a cell. A space between two digits stays: `10 15` is not 1015.
    pub(super) fn new(text: &str) -> Self {
        let mut folded = Self { chars: Vec::new(), written: Vec::new() };
        let mut gap = false;
        for written in text.chars() {
            let Some(char) = fold(written) else {
                gap = true;
                continue;
            };
            let after_digit = folded.chars.last().is_some_and(char::is_ascii_digit);
            if gap && after_digit && char.is_ascii_digit() {
                folded.push(' ', ' ');
            }
            gap = false;
            folded.push(char, written);
        }
        let length = without_end(&folded.chars).len();
        folded.chars.truncate(length);
        folded.written.truncate(length);
        folded
    }

    fn push(&mut self, char: char, written: char) {
        self.chars.push(char);
        self.written.push(written);
    }

    /// The texts that are left when remarks without a figure are taken from the end, one after the other: in brackets, or
    /// behind a comma. Each character is looked at once, however many remarks there are.
    pub(super) fn without_remarks(&self) -> impl Iterator<Item = Self> {
        std::iter::successors(self.before_remark(self.chars.len()), |end| self.before_remark(*end))
            .filter(|end| *end <= LONGEST_FIGURE)
            .filter_map(|end| {
                let (chars, written) = (self.chars.get(..end)?, self.written.get(..end)?);
                Some(Self { chars: chars.to_vec(), written: written.to_vec() })
            })
    }

    /// Where the text ends without the remark that ends at a place.
    fn before_remark(&self, end: usize) -> Option<usize> {
        let chars = self.chars.get(..end)?;
        let open = match chars.last() {
            Some(')') => chars.iter().rposition(|char| *char == '('),
            _ => chars.iter().rposition(|char| matches!(char, ',' | ';' | '、' | '。')),
        };
        let (head, remark) = chars.split_at_checked(open.filter(|at| *at > 0)?)?;
        // 未 and 不 may take back what stands before.
        let denies = remark.iter().any(|char| matches!(char, '未' | '不' | '计' | '拟' | '推'));
        let is_remark = !denies && !remark.iter().any(char::is_ascii_digit);
        is_remark.then(|| without_end(head).len())
    }

    /// The text as it was written between two places.
    pub(super) fn written(&self, from: usize, to: usize) -> String {
        self.written.get(from..to).unwrap_or_default().iter().collect()
    }
}

/// The text without the punctuation that ends a cell.
fn without_end(chars: &[char]) -> &[char] {
    let is_end = |char: &char| matches!(char, '。' | ';' | ',' | '、' | '.' | '!');
    let length = chars.iter().rposition(|char| !is_end(char)).map_or(0, |last| last.saturating_add(1));
    chars.get(..length).unwrap_or(chars)
}

fn fold(char: char) -> Option<char> {
    Some(match char {
        '\u{200B}' | '\u{FEFF}' => return None,
        blank if blank.is_whitespace() => return None,
        '≧' | '⩾' | '≮' => '≥',
        '≦' | '⩽' | '≯' => '≤',
        '﹦' | '═' => '=',
        '﹥' => '>',
        '﹤' => '<',
        '﹪' => '%',
        '−' | '–' | '—' | '―' | '‐' | '‑' | '─' | '﹣' => '-',
        '〜' | '∼' | '∽' => '~',
        '×' | '·' | '•' | '∙' | '⋅' | '・' => '*',
        other => half_width(other),
    })
}

/// The half-width form of a character that an input method writes full-width: Ｐ is P, ２ is 2.
///
/// ```
/// assert_eq!("Ｐ－２％".chars().map(jixiao_scoring::half_width).collect::<String>(), "P-2%");
/// ```
#[must_use]
pub fn half_width(char: char) -> char {
    match char {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(char).saturating_sub(0xFEE0)).unwrap_or(char),
        '\u{3000}' => ' ',
        other => other,
    }
}

/// What follows a word at the head of `chars`.
pub(super) fn after<'a>(chars: &'a [char], word: &str) -> Option<&'a [char]> {
    let mut rest = chars;
    for expected in word.chars() {
        let (first, others) = rest.split_first()?;
        if *first != expected {
            return None;
        }
        rest = others;
    }
    Some(rest)
}

/// What stands before a word at the end of `chars`.
pub(super) fn before<'a>(chars: &'a [char], word: &str) -> Option<&'a [char]> {
    let mut rest = chars;
    for expected in word.chars().rev() {
        let (last, others) = rest.split_last()?;
        if *last != expected {
            return None;
        }
        rest = others;
    }
    Some(rest)
}

/// What follows the first of `words` that stands at the head; the longer words must come first.
pub(super) fn after_any<'a>(chars: &'a [char], words: &[&str]) -> Option<&'a [char]> {
    words.iter().find_map(|word| after(chars, word))
}

/// What stands before the first of `words` that stands at the end.
pub(super) fn before_any<'a>(chars: &'a [char], words: &[&str]) -> Option<&'a [char]> {
    words.iter().find_map(|word| before(chars, word))
}

/// Whether a cell gives nothing: empty, `无`, `/`, `—` and their like.
///
/// ```
/// use jixiao_scoring::is_not_given;
/// assert!(is_not_given(" ") && is_not_given("无") && is_not_given("/") && is_not_given("——"));
/// assert!(!is_not_given("0起"));
/// ```
#[must_use]
pub fn is_not_given(text: &str) -> bool {
    let chars = Folded::new(text).chars;
    let is_placeholder = PLACEHOLDERS.iter().any(|word| after(&chars, word).is_some_and(<[char]>::is_empty))
        // 指标1 is what a blank form prints.
        || after(&chars, "指标").is_some_and(|number| !number.is_empty() && number.iter().all(char::is_ascii_digit));
    is_placeholder || chars.iter().all(|char| matches!(char, '/' | '-' | '\\' | '*' | '.' | '…'))
}

/// What people write into a cell that has nothing to say.
const PLACEHOLDERS: &[&str] = &["无", "N/A", "n/a", "NA", "不适用", "不涉及", "不考核"];
