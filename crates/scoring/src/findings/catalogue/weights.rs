//! Catalogue: weights.

use super::Entry;
use crate::findings::Severity;

pub(crate) const WEIGHTS_NOT_100: Entry = Entry {
    code: "weights_not_100",
    severity: Severity::Error,
    title_zh: "分值合计不为100",
    title_en: "Weights do not add up to 100",
    explanation_zh: "全部指标（含预算执行率）的分值合计应为100分，否则总分与等级没有可比性。",
    explanation_en: "The weights of all indicators, budget execution included, are to be 100 points together; otherwise neither total nor grade can be compared.",
    remedy_zh: "核对各指标分值，补上遗漏的指标或改正分值。",
    remedy_en: "Check the weights; add the indicator that is missing or correct a weight.",
    example: "10 + 60 + 30 + 10 = 110",
    message_zh: "分值合计{weight_total}分，应为100分，相差{difference}分。",
    message_en: "The weights add up to {weight_total}, not 100: a difference of {difference}.",
    item_zh: "",
    item_en: "",
};

pub(crate) const WEIGHT_MISSING: Entry = Entry {
    code: "weight_missing",
    severity: Severity::Error,
    title_zh: "指标没有分值",
    title_en: "Indicators without weights",
    explanation_zh: "没有分值的指标算不出得分，总分和等级也就算不出来。有的表只在一级指标后印分值，没有分到各项指标。",
    explanation_en: "Nothing can be computed for an indicator without a weight, nor a total or a grade. Some forms print points at level 1 only.",
    remedy_zh: "把一级指标的分值分到各项指标，合计100分。",
    remedy_en: "Give each indicator its share of the points of its level 1, 100 in all.",
    example: "产出指标(50分)：培训人数 —，合格率 —",
    message_zh: "{count}项指标没有分值，无法计算得分、总分和等级[；表中一级指标分值：{levels}]。没有分值的指标：{names}。",
    message_en: "{count} indicators have no weight, so that neither points nor total nor grade can be computed[; points printed at level 1: {levels}]. Without a weight: {names}.",
    item_zh: "{name}[{points}分]",
    item_en: "{name}[ {points}]",
};

pub(crate) const LEVEL1_WEIGHT_UNUSUAL: Entry = Entry {
    code: "level1_weight_unusual",
    severity: Severity::Warning,
    title_zh: "一级指标分值与评分规则不同",
    title_en: "Level-1 weights differ from the profile",
    explanation_zh: "评分规则给出各一级指标和预算执行率的分值；不同不一定有错，由复核人判断。",
    explanation_en: "The rule profile gives a weight for each level-1 group and for budget execution. A deviation need not be wrong; the reviewer decides.",
    remedy_zh: "确认分值设置的依据，或选用与表格相符的评分规则。",
    remedy_en: "Confirm why the weights differ, or choose the profile that fits the form.",
    example: "产出 40（应为 50）",
    message_zh: "分值与评分规则不同：{levels}。",
    message_en: "Weights differ from the rule profile: {levels}.",
    item_zh: "{level1}{weight}分（{bound!}{expected}分）",
    item_en: "{level1} {weight} ({bound!} {expected} expected)",
};
