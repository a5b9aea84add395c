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
        while let Some('。' | ';' | ',' | '、' | '.' | '!') = folded.chars.last() {
            folded.chars.pop();
            folded.written.pop();
        }
        folded
    }

    fn push(&mut self, char: char, written: char) {
        self.chars.push(char);
        self.written.push(written);
    }

    /// The text without a remark at its end that has no figure: in brackets, or behind a comma.
    pub(super) fn without_remark(&self) -> Option<Self> {
        let has_no_figure = |chars: &[char]| !chars.iter().any(char::is_ascii_digit);
        let open = match self.chars.last() {
            Some(')') => self.chars.iter().rposition(|char| *char == '('),
            _ => self.chars.iter().rposition(|char| matches!(char, ',' | ';' | '、' | '。')),
        };
        let at = open.filter(|at| *at > 0)?;
        let remark = self.chars.get(at..)?;
        // 未 and 不 may take back what stands before.
        let denies = remark.iter().any(|char| matches!(char, '未' | '不' | '计' | '拟' | '推'));
        (has_no_figure(remark) && !denies).then(|| Self::new(&self.written(0, at)))
    }

    /// The text as it was written between two places.
    pub(super) fn written(&self, from: usize, to: usize) -> String {
        self.written.get(from..to).unwrap_or_default().iter().collect()
    }
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
        wide @ '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(wide).saturating_sub(0xFEE0)).unwrap_or(wide),
        other => other,
    })
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
