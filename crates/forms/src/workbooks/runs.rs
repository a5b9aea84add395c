//! A text of several runs, some of them struck out or raised.

/// How a run of a text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Look {
    /// Struck out: a person reads it as taken back.
    pub is_struck: bool,
    /// Raised, as the 2 of m².
    pub is_raised: bool,
}

impl Look {
    /// One look upon another.
    pub fn and(self, other: Look) -> Look {
        Look { is_struck: self.is_struck || other.is_struck, is_raised: self.is_raised || other.is_raised }
    }
}

/// A text that is being read.
#[derive(Debug, Default)]
pub struct Runs {
    all: String,
    kept: String,
}

impl Runs {
    /// The next run: a raised digit stays apart from the figure before it (10² is not 102).
    pub fn push(&mut self, text: &str, look: Look) {
        if look.is_raised {
            let text: String = text.chars().map(raised).collect();
            return self.push(&text, Look { is_raised: false, ..look });
        }
        self.all.push_str(text);
        if !look.is_struck {
            self.kept.push_str(text);
        }
    }

    /// A line ends, unless nothing stands before.
    pub fn line(&mut self) {
        for text in [&mut self.all, &mut self.kept] {
            if !text.is_empty() {
                text.push('\n');
            }
        }
    }

    /// Whether nothing but blanks was read.
    pub fn is_empty(&self) -> bool {
        self.all.trim().is_empty()
    }

    /// The text without what is struck out; all of it where nothing else stands.
    pub fn take(&mut self) -> String {
        let (all, kept) = (std::mem::take(&mut self.all), std::mem::take(&mut self.kept));
        if kept.trim().is_empty() { all } else { kept }
    }

    /// Forgets what was read.
    pub fn clear(&mut self) {
        self.all.clear();
        self.kept.clear();
    }
}

fn raised(char: char) -> char {
    const RAISED: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let digit = char.to_digit(10).and_then(|digit| usize::try_from(digit).ok());
    digit.and_then(|digit| RAISED.get(digit)).copied().unwrap_or(char)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_struck_out_is_left_out_and_what_is_raised_stays_apart() {
        let (struck, raised) =
            (Look { is_struck: true, ..Look::default() }, Look { is_raised: true, ..Look::default() });
        let said = |runs: &[(&str, Look)]| {
            let mut text = Runs::default();
            runs.iter().for_each(|(run, look)| text.push(run, *look));
            text.take()
        };
        assert_eq!(said(&[("100", struck), ("120", Look::default())]), "120");
        assert_eq!(said(&[("10", Look::default()), ("2", raised), ("m", Look::default()), ("2", raised)]), "10²m²");
        assert_eq!(said(&[("100", struck)]), "100");
    }
}
