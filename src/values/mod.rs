//! The values of the domain: money, points, instants, ids, texts and enums, each valid once made, with one form in JSON
//! and one in the database.

pub mod bounded;
pub mod coded;
pub mod exact;
pub mod input;
mod instant;
pub mod money;
mod named;
mod stored;
mod texts;

pub(crate) use bounded::bounded_number;
pub use coded::{
    CodedAchievement, CodedComparison, CodedConfidence, CodedEvaluationKind, CodedFindingCode, CodedGrade,
    CodedMeasure, CodedRowStatus, CodedSeverity,
};
pub use exact::Exact;
pub(crate) use input::text_json;
pub use input::{FromText, Misread, shortened};
pub use instant::Instant;
pub use money::{Money, Points};
pub use named::{Named, uuid_text};
pub(crate) use named::{id_type, named_enum, text_sql};
pub use stored::Stored;
pub use texts::{LONG_TEXT, LongText, NaturalCode, SHORT_TEXT, ShortText};
