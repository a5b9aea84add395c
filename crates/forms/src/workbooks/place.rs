//! Where a cell is, as people name it: `B12`.

use std::fmt;

/// The rows of the largest sheet.
const ROWS: u32 = 1_048_576;
/// The columns of the largest sheet, to XFD.
const COLUMNS: u32 = 16_384;

/// A cell's row and column, both from 1; it is shown as `B12`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// From 1.
    pub row: u32,
    /// From 1: A is 1.
    pub column: u32,
}

impl Place {
    /// Reads `B12`; none where it is no cell of a sheet.
    ///
    /// ```
    /// use jixiao_forms::workbooks::Place;
    /// assert_eq!(Place::parse("AA12"), Some(Place { row: 12, column: 27 }));
    /// assert_eq!(Place::parse("XFE1"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Place> {
        let letters = text.bytes().take_while(u8::is_ascii_uppercase).count();
        let (name, digits) = text.split_at_checked(letters)?;
        let mut column = 0_u32;
        for letter in name.bytes() {
            column = column.checked_mul(26)?.checked_add(u32::from(letter.checked_sub(b'A')?) + 1)?;
        }
        let is_number = !digits.starts_with(['+', '0']);
        let row = digits.parse().ok().filter(|_| is_number)?;
        let place = Place { row, column };
        place.is_on_a_sheet().then_some(place)
    }

    /// Whether the largest sheet has it.
    pub(super) fn is_on_a_sheet(self) -> bool {
        (1..=ROWS).contains(&self.row) && (1..=COLUMNS).contains(&self.column)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut rest, mut letters) = (self.column, Vec::new());
        while rest > 0 {
            let digit = u8::try_from((rest - 1) % 26).unwrap_or_default();
            letters.push(char::from(b'A' + digit));
            rest = (rest - 1) / 26;
        }
        let name: String = letters.into_iter().rev().collect();
        write!(f, "{name}{}", self.row)
    }
}

/// Cells merged into one: it holds what its first cell holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    /// The upper left cell.
    pub first: Place,
    /// The lower right cell.
    pub last: Place,
}

impl Area {
    /// Reads `A5:A9`.
    pub fn parse(text: &str) -> Option<Area> {
        let (first, last) = text.split_once(':')?;
        let (first, last) = (Place::parse(first)?, Place::parse(last)?);
        (first.row <= last.row && first.column <= last.column).then_some(Area { first, last })
    }

    /// Whether a cell belongs to it.
    pub fn holds(&self, place: Place) -> bool {
        (self.first.row..=self.last.row).contains(&place.row)
            && (self.first.column..=self.last.column).contains(&place.column)
    }
}
