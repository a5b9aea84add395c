//! The enums of the core, which knows no JSON and no database, as the service writes and keeps them.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use deserr::{DeserializeError, Deserr, IntoValue, MergeWithError, ValuePointerRef};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::expression::AsExpression;
use diesel::internal::derives::as_expression::Bound;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::{Nullable, SingleValue, Text};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::input::{Errors, FromText, Misread, from_json_text};
use crate::findings::{FindingCode, Severity};
use crate::scoring::{Achievement, Comparison, Confidence, EvaluationKind, Grade, Measure, RowStatus};

/// An enum of the core with its names.
pub trait Names: Copy + fmt::Debug + 'static {
    /// Its name in the document.
    const NAME: &'static str;
    /// What the document says of it.
    const DESCRIPTION: &'static str;
    /// All of them, in their order.
    const VALUES: &'static [Self];
    /// The name of the first.
    const EXAMPLE: &'static str;

    /// The name in JSON and in the database.
    fn code(self) -> &'static str;

    /// The one of that name.
    fn of_code(text: &str) -> Option<Self>;
}

macro_rules! names {
    ($($name:ident as $alias:ident: $description:literal),+ $(,)?) => {$(
        #[doc = concat!("[`", stringify!($name), "`] in JSON and in the database.")]
        pub type $alias = Coded<$name>;

        impl Names for $name {
            const NAME: &'static str = stringify!($name);
            const DESCRIPTION: &'static str = $description;
            const VALUES: &'static [Self] = Self::ALL;
            const EXAMPLE: &'static str = Self::ALL[0].as_str();

            fn code(self) -> &'static str {
                self.as_str()
            }

            fn of_code(text: &str) -> Option<Self> {
                Self::from_name(text)
            }
        }
    )+};
}

names! {
    Measure as CodedMeasure: "指标性质: budget_execution 预算执行率, number 数值, deadline 时限, qualitative 定性",
    Comparison as CodedComparison: "at_least ≥, at_most ≤, equal =, between a range",
    Confidence as CodedConfidence: "How sure a setting is: published_form read off published forms, secondary from secondary sources, convention chosen by convention and not statutory",
    Achievement as CodedAchievement: "达成预期指标 achieved, 部分达成 partial, 未达成 not_achieved",
    EvaluationKind as CodedEvaluationKind: "单位自评 unit_self_assessment, 部门评价 department_evaluation",
    RowStatus as CodedRowStatus: "已填报 reported, 未开展 not_done, 不适用 not_applicable, 尚无数据 not_yet_available, 未开展调查 no_survey",
    Grade as CodedGrade: "优 excellent, 良 good, 中 fair, 差 poor",
    Severity as CodedSeverity: "error blocks submission, warning goes to the reviewer, info",
    FindingCode as CodedFindingCode: "What was found; /problems/{code} explains each.",
}

/// An enum of the core, written by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Coded<T>(pub T);

impl<T: Names> Coded<T> {
    fn of(text: &str) -> Option<Coded<T>> {
        T::of_code(text).map(Coded)
    }
}

impl<T> Deref for Coded<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> From<T> for Coded<T> {
    fn from(value: T) -> Coded<T> {
        Coded(value)
    }
}

impl<T: PartialEq> PartialEq<T> for Coded<T> {
    fn eq(&self, other: &T) -> bool {
        self.0 == *other
    }
}

impl<T: Names> Serialize for Coded<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.code())
    }
}

impl<'de, T: Names> Deserialize<'de> for Coded<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Coded<T>, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        Coded::of(&text).ok_or_else(|| serde::de::Error::custom(format!("{text:?} is unknown")))
    }
}

impl<T: Names> FromText for Coded<T> {
    const PATTERN: &'static str = "";
    const EXAMPLE: &'static str = T::EXAMPLE;

    fn from_text(text: &str) -> Result<Coded<T>, Misread> {
        Coded::of(text).ok_or_else(|| {
            let accepted: Vec<&str> = T::VALUES.iter().map(|one| one.code()).collect();
            Misread::unknown_value(text, &accepted)
        })
    }
}

impl<T: Names, E: DeserializeError + MergeWithError<Errors>> Deserr<E> for Coded<T> {
    fn deserialize_from_value<V: IntoValue>(
        value: deserr::Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Coded<T>, E> {
        from_json_text(value, location)
    }
}

impl<T: Names> PartialSchema for Coded<T> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(T::DESCRIPTION))
            .enum_values(Some(T::VALUES.iter().map(|one| one.code())))
            .into()
    }
}

impl<T: Names> ToSchema for Coded<T> {
    fn name() -> Cow<'static, str> {
        T::NAME.into()
    }
}

impl<DB: Backend, T: Names> FromSql<Text, DB> for Coded<T>
where
    String: FromSql<Text, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Coded<T>> {
        let text = String::from_sql(value)?;
        Coded::of(&text).ok_or_else(|| format!("{text:?} is no {}", T::NAME).into())
    }
}

impl<DB: Backend, ST: SingleValue, T: Names> diesel::Queryable<ST, DB> for Coded<T>
where
    Coded<T>: FromSql<ST, DB>,
{
    type Row = Coded<T>;

    fn build(row: Coded<T>) -> deserialize::Result<Coded<T>> {
        Ok(row)
    }
}

impl<DB: Backend, T: Names> ToSql<Text, DB> for Coded<T>
where
    str: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        <str as ToSql<Text, DB>>::to_sql(self.0.code(), out)
    }
}

impl<DB: Backend, T: Names> ToSql<Nullable<Text>, DB> for Coded<T>
where
    Coded<T>: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        <Coded<T> as ToSql<Text, DB>>::to_sql(self, out)
    }
}

macro_rules! as_text {
    ($($sql:ty),+) => {$(
        impl<T: Names> AsExpression<$sql> for Coded<T> {
            type Expression = Bound<$sql, Coded<T>>;

            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }

        impl<'e, T: Names> AsExpression<$sql> for &'e Coded<T> {
            type Expression = Bound<$sql, &'e Coded<T>>;

            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
    )+};
}

as_text!(Text, Nullable<Text>);
