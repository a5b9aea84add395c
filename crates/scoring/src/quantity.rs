//! A number with its unit, as written and as scaled.

use std::fmt;

use rust_decimal::Decimal;

use super::folded::{Folded, after, after_any, before_any};
use super::number::read_number;
use super::unit;

/// A value and its unit as written (numbers normalised, the unit with its magnitude: `5` and `亿元`),
/// with the scaled value computed once, so that scoring compares plain decimals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantity {
    value: Decimal,
    unit: Option<String>,
    is_approximate: bool,
    scaled: Decimal,
    base_unit: Option<String>,
}

impl Quantity {
    /// The quantity of a value and a unit; none where the unit cannot be read back as one (`以上`,
    /// `3期`) or where the scaled value does not fit a decimal.
    ///
    /// ```
    /// use jixiao_scoring::Quantity;
    /// use rust_decimal::Decimal;
    /// let five = Quantity::new(Decimal::from(5), Some("亿元"), false).expect("a unit");
    /// assert_eq!(five.scaled(), (Decimal::from(500_000_000), Some("元")));
    /// assert_eq!(Quantity::new(Decimal::ONE, Some("以上"), false), None);
    /// ```
    #[must_use]
    pub fn new(value: Decimal, unit: Option<&str>, is_approximate: bool) -> Option<Self> {
        let quantity = Self::known(value, unit, is_approximate)?;
        let raw = RawQuantity::read(&Folded::new(&quantity.to_string()).chars)?;
        let same = raw.value == quantity.value
            && raw.unit == quantity.unit.as_deref().unwrap_or_default()
            && raw.is_approximate == quantity.is_approximate;
        same.then_some(quantity)
    }

    /// The same for parts that [`Quantity::new`] took once before: they are not read back again.
    #[must_use]
    pub fn known(value: Decimal, unit: Option<&str>, is_approximate: bool) -> Option<Self> {
        let unit = unit
            .map(|unit| Folded::new(unit).chars.iter().collect::<String>())
            .filter(|unit| !super::is_not_given(unit));
        let (factor, base_unit) = match &unit {
            Some(unit) => unit::base(unit)?,
            None => (Decimal::ONE, None),
        };
        Some(Self { value, unit, is_approximate, scaled: value.checked_mul(factor)?, base_unit })
    }

    /// The quantity that a text consists of, without any sign: `1,200余名`, `5亿元`, `530元/人*月`.
    ///
    /// ```
    /// use jixiao_scoring::Quantity;
    /// let written = Quantity::parse("１,２００余名").expect("a quantity");
    /// assert_eq!((written.to_string().as_str(), written.is_approximate()), ("约1200名", true));
    /// assert_eq!(Quantity::parse("效果明显"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        RawQuantity::read(&Folded::new(text).chars)?.with_unit("")
    }

    /// The number as written.
    #[must_use]
    pub const fn value(&self) -> Decimal {
        self.value
    }

    /// The unit as written, magnitude included.
    #[must_use]
    pub fn unit(&self) -> Option<&str> {
        self.unit.as_deref()
    }

    /// Whether it was written with 余, 约, 左右, 近 or their like.
    #[must_use]
    pub const fn is_approximate(&self) -> bool {
        self.is_approximate
    }

    /// The value in its base unit, and that unit: `5亿元` is 500000000 and `元`.
    #[must_use]
    pub fn scaled(&self) -> (Decimal, Option<&str>) {
        (self.scaled, self.base_unit.as_deref())
    }

    /// The value in its base unit alone: what scoring compares.
    #[must_use]
    pub const fn scaled_value(&self) -> Decimal {
        self.scaled
    }
}

/// Prints so that [`Quantity::parse`] reads the same quantity back.
impl fmt::Display for Quantity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let about = if self.is_approximate { "约" } else { "" };
        let unit = self.unit.as_deref().unwrap_or_default();
        write!(formatter, "{about}{}{unit}", self.value)
    }
}

/// What stands in a text, before a unit column or the target's unit is applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RawQuantity {
    pub(super) value: Decimal,
    pub(super) unit: String,
    pub(super) is_approximate: bool,
}

impl RawQuantity {
    /// The quantity that the whole of `chars` is.
    pub(super) fn read(chars: &[char]) -> Option<Self> {
        let mut is_approximate = false;
        let mut rest = chars;
        if let Some(others) = before_any(rest, &["左右", "上下", "余"]) {
            (rest, is_approximate) = (others, true);
        }
        if let Some(others) = after_any(rest, &["大约", "大概", "将近", "接近", "约", "近", "≈"]) {
            (rest, is_approximate) = (others, true);
        }
        if let Some(percent) = after(rest, "百分之") {
            let unit = "%".to_owned();
            if let Some(value) = numeral(percent) {
                return Some(Self { value, unit, is_approximate });
            }
            let (value, others) = read_number(percent)?;
            return others.is_empty().then_some(Self { value, unit, is_approximate });
        }
        if let Some((value, unit)) = read_numeral(rest) {
            return Some(Self { value, unit, is_approximate });
        }
        let currency = after_any(rest, &["¥", "￥"]);
        let (value, after_number) = read_number(currency.unwrap_or(rest))?;
        rest = after_number;
        // 1e5 is neither 1 of a unit e5 nor, on a form, certainly 100000.
        if matches!(rest, ['e' | 'E', '0'..='9' | '+' | '-', ..]) {
            return None;
        }
        let powers = rest.iter().take_while(|char| unit::magnitude(**char).is_some()).count();
        let (power, mut named) = rest.split_at_checked(powers)?;
        if let Some(others) = after_any(named, &["余", "多", "来"]) {
            (named, is_approximate) = (others, true);
        }
        if let Some(inner) = after(named, "(").and_then(|inner| before_any(inner, &[")"])) {
            named = inner;
        }
        // 台(套), 户(家): what is counted has two names.
        if let Some(inner) = before_any(named, &[")"])
            && let Some(at) = inner.iter().position(|char| *char == '(').filter(|at| *at > 0)
            && inner.len().saturating_sub(at) <= 3
        {
            named = inner.get(..at)?;
        }
        let mut unit: String = power.iter().chain(named).collect();
        if currency.is_some() && named.is_empty() {
            unit.push('元');
        }
        is_unit(&unit).then_some(Self { value, unit, is_approximate })
    }

    /// With the unit of its column, or of the target, where it has none of its own; a bare magnitude
    /// (`5万` beside `元`) keeps its own and takes the rest.
    pub(super) fn with_unit(&self, other: &str) -> Option<Quantity> {
        let own_is_magnitude = self.unit.chars().all(|char| unit::magnitude(char).is_some());
        let whole = if self.unit.is_empty() {
            other.to_owned()
        } else if own_is_magnitude {
            format!("{}{}", self.unit, unit::without_magnitude(other))
        } else {
            self.unit.clone()
        };
        Quantity::new(self.value, Some(&whole), self.is_approximate)
            .or_else(|| Quantity::new(self.value, Some(&self.unit), self.is_approximate))
    }
}

/// What is counted in words: 二十场, 三项. Beside anything else a numeral may belong to a name: 三公经费, 一等奖.
const COUNTED: &[&str] = &[
    "个", "项", "场", "次", "期", "人", "名", "台", "套", "件", "户", "所", "条", "座", "家", "份", "篇", "批", "辆",
    "起", "元", "亩", "公里", "米", "吨", "天", "只", "棵", "株", "本", "册", "间", "处", "笔", "张", "人次",
];

/// A numeral below 100 million with what it counts, or 零 alone.
fn read_numeral(chars: &[char]) -> Option<(Decimal, String)> {
    if chars == ['零'] {
        return Some((Decimal::ZERO, String::new()));
    }
    let length = chars.iter().take_while(|char| NUMERALS.contains(**char)).count();
    let (written, counted) = chars.split_at_checked(length)?;
    let value = numeral(written)?;
    let unit: String = counted.iter().collect();
    COUNTED.contains(&unit.as_str()).then_some((value, unit))
}

const NUMERALS: &str = "零一二三四五六七八九两十百千万";

/// The value of a numeral: 一百八十, 两千零五, 三万; none where digits stand beside each other (二〇二三) or a power has none.
pub(super) fn numeral(chars: &[char]) -> Option<Decimal> {
    const DIGITS: &str = "零一二三四五六七八九";
    let (mut total, mut section, mut digit, mut last_power) = (0_u32, 0_u32, None::<u32>, u32::MAX);
    // The power before, and whether 零 has come since: 三万五 is 35,000 to one and 30,005 to none.
    let (mut before, mut is_parted) = (1_u32, true);
    for (at, char) in chars.iter().enumerate() {
        let power = match char {
            '十' => 10,
            '百' => 100,
            '千' => 1_000,
            '万' if total == 0 && (section > 0 || digit.is_some()) => {
                total = section.checked_add(digit.take().unwrap_or_default())?.checked_mul(10_000)?;
                (section, last_power) = (0, u32::MAX);
                (before, is_parted) = (10_000, false);
                continue;
            }
            '零' if at > 0 && digit.is_none() => {
                is_parted = true;
                continue;
            }
            '两' if digit.is_none() => {
                digit = Some(2);
                continue;
            }
            other => {
                let value = DIGITS.chars().position(|one| one == *other).filter(|_| digit.is_none())?;
                digit = Some(u32::try_from(value).ok()?);
                continue;
            }
        };
        // 十二 begins with its power; any other has a digit before it, and each is smaller than the one before.
        let times = digit.take().or((at == 0 && power == 10).then_some(1))?;
        if power >= last_power {
            return None;
        }
        if !is_parted && power.checked_mul(10)? < before {
            return None;
        }
        section = section.checked_add(times.checked_mul(power)?)?;
        (last_power, before, is_parted) = (power, power, false);
    }
    if digit.is_some() && before > 10 && !is_parted {
        return None;
    }
    let value = total.checked_add(section)?.checked_add(digit.unwrap_or_default())?;
    (!chars.is_empty()).then(|| Decimal::from(value))
}

/// Words that make a sentence of what follows a number: `50个项目已全部完成` is no unit.
const SENTENCE: &[&str] = &[
    "底", "前", "末", "旬", "完成", "全部", "其中", "已", "不", "未完", "未达", "均", "按", "的", "且", "并", "或",
    "以上", "以下", "以内", "超过", "达", "左右", "实现", "开展", "进行", "了", "至", "之间", "月初", "月后", "年后",
];

fn is_unit(unit: &str) -> bool {
    let mut last = ' ';
    let well_formed = unit.chars().all(|char| {
        let fits = char.is_alphabetic()
            || matches!(char, '/' | '*' | '%' | '‰' | '°' | '℃' | '㎡' | '㎥' | '²' | '³')
            || (char.is_ascii_digit() && last.is_ascii_alphabetic());
        last = char;
        fits
    });
    well_formed
        && unit.chars().count() <= 12
        && !unit.starts_with(['*', '/', '余', '多', '来'])
        && !unit.ends_with(['*', '/', '内'])
        && unit != "无"
        && (!unit.starts_with('%') || unit == "%")
        && !SENTENCE.iter().any(|word| unit.contains(word))
}
