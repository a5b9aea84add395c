//! The keyset condition of a page: the row comparison `(key, id) > (k, i)`, which diesel cannot express.
//!
//! Both databases seek to it in the index on (key, id). With `key >= k AND (key > k OR id > i)` they do not seek but
//! scan all earlier rows of the same key, and many rows share a key: budget lines have only some thirty categories.

use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, AsExpression, Expression, TypedExpressionType, ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Bool, SqlType};

/// Whether a row comes after another in the order of two columns.
#[derive(Debug, Clone, Copy)]
pub struct Beyond<K, I, V, W> {
    columns: (K, I),
    way: Way,
    last: (V, W),
}

/// The sort direction of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Ascending.
    Up,
    /// Descending.
    Down,
}

/// The condition for rows that come after the row with the values `last`, in a list sorted by `columns`.
pub fn beyond<K, I, T, U>(columns: (K, I), way: Way, last: (T, U)) -> Beyond<K, I, T::Expression, U::Expression>
where
    K: Expression,
    I: Expression,
    K::SqlType: SqlType + TypedExpressionType,
    I::SqlType: SqlType + TypedExpressionType,
    T: AsExpression<K::SqlType>,
    U: AsExpression<I::SqlType>,
{
    Beyond { columns, way, last: (last.0.as_expression(), last.1.as_expression()) }
}

impl<K, I, V, W> Expression for Beyond<K, I, V, W> {
    type SqlType = Bool;
}

impl<K, I, V, W, From> AppearsOnTable<From> for Beyond<K, I, V, W>
where
    K: AppearsOnTable<From>,
    I: AppearsOnTable<From>,
    V: AppearsOnTable<From>,
    W: AppearsOnTable<From>,
{
}

impl<K, I, V, W> ValidGrouping<()> for Beyond<K, I, V, W> {
    type IsAggregate = is_aggregate::No;
}

// The type does not include the direction, so diesel must not cache the statement by type.
impl<K, I, V, W> QueryId for Beyond<K, I, V, W> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<K, I, V, W, DB> QueryFragment<DB> for Beyond<K, I, V, W>
where
    DB: Backend,
    K: QueryFragment<DB>,
    I: QueryFragment<DB>,
    V: QueryFragment<DB>,
    W: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("(");
        self.columns.0.walk_ast(out.reborrow())?;
        out.push_sql(", ");
        self.columns.1.walk_ast(out.reborrow())?;
        out.push_sql(match self.way {
            Way::Up => ") > (",
            Way::Down => ") < (",
        });
        self.last.0.walk_ast(out.reborrow())?;
        out.push_sql(", ");
        self.last.1.walk_ast(out.reborrow())?;
        out.push_sql(")");
        Ok(())
    }
}
