//! Units: which magnitude they carry, and when two of them agree.

use rust_decimal::Decimal;

use super::folded::Folded;

/// Units that mean another one, times a factor. Only such as nobody would dispute: 人次 and 名 are
/// not here, because a person who came twice is two 人次 and one 名.
const MEANINGS: &[(&str, i64, u32, &str)] = &[
    ("百分比", 1, 0, "%"),
    ("‰", 1, 1, "%"),
    ("千分比", 1, 1, "%"),
    ("个百分点", 1, 0, "百分点"),
    ("名", 1, 0, "人"),
    ("人/次", 1, 0, "人次"),
    ("场次", 1, 0, "场"),
    ("个月", 1, 0, "月"),
    ("天", 1440, 0, "分钟"),
    ("日", 1440, 0, "分钟"),
    ("小时", 60, 0, "分钟"),
    ("h", 60, 0, "分钟"),
    ("人民币", 1, 0, "元"),
    ("元人民币", 1, 0, "元"),
    ("m", 1, 0, "米"),
    ("公里", 1000, 0, "米"),
    ("km", 1000, 0, "米"),
    ("平米", 1, 0, "平方米"),
    ("㎡", 1, 0, "平方米"),
    ("m²", 1, 0, "平方米"),
    ("m2", 1, 0, "平方米"),
    ("平方公里", 1_000_000, 0, "平方米"),
    ("平方千米", 1_000_000, 0, "平方米"),
    ("公顷", 10_000, 0, "平方米"),
    ("立方", 1, 0, "立方米"),
    ("㎥", 1, 0, "立方米"),
    ("m³", 1, 0, "立方米"),
    ("m3", 1, 0, "立方米"),
    ("kg", 1000, 0, "克"),
    ("公斤", 1000, 0, "克"),
    ("千克", 1000, 0, "克"),
    ("斤", 500, 0, "克"),
    ("吨", 1_000_000, 0, "克"),
    ("t", 1_000_000, 0, "克"),
];

/// The power of ten that a magnitude character stands for.
pub(super) const fn magnitude(char: char) -> Option<i64> {
    Some(match char {
        '十' => 10,
        '百' => 100,
        '千' => 1000,
        '万' => 10_000,
        '亿' => 100_000_000,
        _ => return None,
    })
}

/// The factor that leads to the base unit, and the base unit: `万元` is 10000 and `元`, `万` is 10000
/// and nothing. None where the factor does not fit.
pub(super) fn base(unit: &str) -> Option<(Decimal, Option<String>)> {
    let chars: Vec<char> = Folded::new(unit).chars;
    let unit: String = chars.iter().map(|char| if *char == '每' { '/' } else { *char }).collect();
    if let Some(meant) = meaning(&unit) {
        return Some((meant.0, Some(meant.1)));
    }
    let mut parts = unit.split(['/', '*']);
    let (mut factor, mut whole) = numerator(parts.next().unwrap_or_default())?;
    let mut joint = '/';
    for part in parts {
        // 元/公里 is a thousandth of 元/米; 元/万人 stays, since nobody writes 元/人 for the same thing.
        let (divisor, name) = meaning(part).unwrap_or((Decimal::ONE, part.to_owned()));
        factor = factor.checked_div(divisor)?;
        whole.push(joint);
        whole.push_str(&name);
        joint = '*';
    }
    Some((factor, (!whole.is_empty()).then_some(whole)))
}

fn meaning(unit: &str) -> Option<(Decimal, String)> {
    let (_, number, scale, name) = MEANINGS.iter().find(|(written, ..)| *written == unit)?;
    Some((Decimal::new(*number, *scale), (*name).to_owned()))
}

/// The unit without the magnitude at its head: 元 of 亿元.
pub(super) fn without_magnitude(unit: &str) -> &str {
    if begins_like_a_magnitude(unit) {
        return unit;
    }
    unit.trim_start_matches(|char| magnitude(char).is_some())
}

/// 百分点, 千分点, 百姓 begin like a magnitude and are none.
fn begins_like_a_magnitude(unit: &str) -> bool {
    let words = ["百分", "千分", "万分", "百姓", "十字"];
    words.iter().any(|word| unit.starts_with(word))
}

fn numerator(unit: &str) -> Option<(Decimal, String)> {
    let mut factor = Decimal::ONE;
    let mut rest = unit.chars();
    let is_word = begins_like_a_magnitude(unit);
    while !is_word && let Some(power) = rest.clone().next().and_then(magnitude) {
        factor = factor.checked_mul(Decimal::from(power))?;
        rest.next();
    }
    let name = rest.as_str();
    match meaning(name) {
        Some((more, meant)) => Some((factor.checked_mul(more)?, meant)),
        None => Some((factor, name.to_owned())),
    }
}

/// Whether two base units measure the same thing. A classifier agrees with the same classifier and
/// its noun (`个`, `个项目`), but 人 does not agree with 人次, nor 元 with 元/人.
///
/// ```
/// use jixiao_scoring::units_agree;
/// assert!(units_agree("元", "元") && units_agree("个", "个项目"));
/// assert!(!units_agree("人次", "人") && !units_agree("元", "元/人") && !units_agree("元", "%"));
/// ```
#[must_use]
pub fn units_agree(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    match long.strip_prefix(short) {
        Some("") => true,
        Some(noun) => {
            let joined = ['/', '*', '次', '月', '日', '天', '年', '时', '²', '³'];
            !noun.starts_with(joined) && !short.is_ascii()
        }
        None => false,
    }
}
