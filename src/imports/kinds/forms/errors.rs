//! What is wrong with the places of a form, and reading its texts into the types of the register.

use rust_decimal::Decimal;

use crate::forms::Cited;
use crate::imports::record::RowError;
use crate::values::Points;
use crate::values::input::{FromText, Misread, shortened};
use crate::workbooks::Place;

/// What is wrong with one place of a form.
pub(super) struct Errors(pub Vec<RowError>);

impl Errors {
    pub fn add(&mut self, place: Place, column: &str, value: Option<&str>, misread: Misread) {
        self.0.push(RowError {
            row: u64::from(place.row),
            cell: Some(place.to_string()),
            column: Some(column.to_owned()),
            code: misread.code.as_str().to_owned(),
            value: value.map(shortened),
            zh: misread.detail.zh,
            en: misread.detail.en,
        });
    }

    /// A text of the form as a type of the register.
    pub fn read<T: FromText>(&mut self, cited: &Option<Cited<String>>, column: &str) -> Option<T> {
        let cited = cited.as_ref()?;
        match T::from_text(&cited.value) {
            Ok(value) => Some(value),
            Err(misread) => {
                self.add(cited.place, column, Some(&cited.value), misread);
                None
            }
        }
    }
}

/// Points as the register keeps them: two decimals, never rounded.
pub(super) fn points(cited: &Option<Cited<Decimal>>, column: &str, errors: &mut Errors) -> Option<Points> {
    let cited = cited.as_ref()?;
    let text = cited.value.normalize().to_string();
    match Points::from_text(&text) {
        Ok(points) => Some(points),
        Err(misread) => {
            errors.add(cited.place, column, Some(&text), misread);
            None
        }
    }
}
