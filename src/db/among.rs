//! Filters of lists: a column has one of several values.

/// Keeps the rows of a boxed query whose column has one of the values. A single value lets the database
/// read an index in the order of the sort, and its statement is prepared once.
macro_rules! any_of {
    ($query:expr, $column:expr, $values:expr) => {
        match &$values[..] {
            [one] => $query.filter($column.eq(one)),
            several => $query.filter($column.eq_any(several)),
        }
    };
}
pub(crate) use any_of;

/// The same for a filter of a list, which keeps all rows when it is not given.
macro_rules! among {
    ($query:expr, $column:expr, $values:expr) => {
        if $values.is_empty() { $query } else { $crate::db::among::any_of!($query, $column, $values) }
    };
}
pub(crate) use among;
