//! A target or a result that stands in several columns: a sign, a value and a unit, put together.

use super::label;
use super::model::Cited;
use jixiao_scoring::is_not_given;

fn is_digit(char: char) -> bool {
    char.is_ascii_digit() || ('０'..='９').contains(&char)
}

/// The text of the cells of one row below a heading. The first is what stands in the column of signs, which may only
/// say how the indicator is measured.
pub fn joined(cells: Vec<Option<Cited<String>>>) -> Option<Cited<String>> {
    let mut cells = cells.into_iter();
    let nature = cells.next().flatten();
    let rest: Vec<Cited<String>> = cells.flatten().filter(|text| !text.value.is_empty()).collect();
    let (at, value) = match rest.iter().position(|text| text.value.contains(is_digit)) {
        // A sign in the first column of those that one heading covers.
        Some(at) => (at, rest.get(at)?.clone()),
        None => return rest.into_iter().next(),
    };
    let nature = nature.or_else(|| rest.get(at.checked_sub(1)?).cloned());
    let is_figure = value.value.starts_with(|char: char| is_digit(char) || char == '-');
    // A value with a sign of its own needs none; a sign that is not known is kept before it, and never dropped.
    let sign = nature.filter(|_| is_figure).map(|text| sign(&text.value)).unwrap_or_default();
    let units = rest.iter().skip(at + 1).map(|text| text.value.as_str()).filter(|unit| !is_not_given(unit));
    let unit: String = units.collect();
    let takes_unit = value.value.ends_with(is_digit);
    let unit = if takes_unit { unit } else { String::new() };
    Some(value.with(format!("{sign}{}{unit}", value.value)))
}

/// A sign as targets have it; empty where the text only says how the indicator is measured.
fn sign(nature: &str) -> String {
    let (bare, _) = label::bare(nature);
    let known = match bare.as_str() {
        "≥" | "≧" | "⩾" | ">=" | "＞=" | "＞＝" | "大于等于" | "大于或等于" | "不低于" | "不少于" | "不小于"
        | "至少" | "正向" | "正向指标" => "≥",
        "≤" | "≦" | "⩽" | "<=" | "＜=" | "＜＝" | "小于等于" | "小于或等于" | "不高于" | "不超过" | "不大于"
        | "不多于" | "至多" | "反向" | "反向指标" | "逆向" | "逆向指标" => "≤",
        ">" | "＞" | "大于" => ">",
        "<" | "＜" | "小于" => "<",
        "=" | "＝" | "等于" => "=",
        _ if is_not_given(nature) => "",
        "定量" | "定性" | "定量指标" | "定性指标" | "数值" | "数量" | "时限" | "百分比" | "约束性" | "预期性" => {
            ""
        }
        other => other,
    };
    known.to_owned()
}
