//! Catalogue: what the unit declares.

use super::Entry;
use crate::findings::Severity;

pub(crate) const DECLARED_EXCEEDS_WEIGHT: Entry = Entry {
    code: "declared_exceeds_weight",
    severity: Severity::Error,
    title_zh: "自评得分高于分值",
    title_en: "A declared score above its weight",
    explanation_zh: "得分最高不能超过该指标分值上限；超额完成不加分。",
    explanation_en: "A score cannot exceed the weight of its indicator; going beyond the target earns no extra points.",
    remedy_zh: "改正自评得分。",
    remedy_en: "Correct the declared score.",
    example: "分值 20，自评得分 31.9",
    message_zh: "“{name}”自评{declared_score}分，高于分值{weight}分。",
    message_en: "“{name}” declares {declared_score} points, above its weight of {weight}.",
    item_zh: "",
    item_en: "",
};

pub(crate) const DECLARED_DIFFERS_FROM_COMPUTED: Entry = Entry {
    code: "declared_differs_from_computed",
    severity: Severity::Warning,
    title_zh: "自评得分与测算得分不同",
    title_en: "Declared and computed differ",
    explanation_zh: "自评得分与按评分规则测算的得分相差超过容差（0.1分，惯例）；没有逐项自评得分时比较总分。",
    explanation_en: "The declared score differs from the computed one by more than the tolerance (0.1, a convention); the totals are compared where no row declares one.",
    remedy_zh: "按得分计算过程核对；填报有误的改正，认为规则不适用的说明理由。",
    remedy_en: "Check against the derivation; correct the score, or say why the rule does not fit.",
    example: "31.69 ÷ 32.4 × 10 = 9.78，自评 9",
    message_zh: "[“{name}”]自评{declared_score}分，测算{computed_score}分，相差{difference}分。",
    message_en: "[“{name}”: ]declared {declared_score}, computed {computed_score}, a difference of {difference}.",
    item_zh: "",
    item_en: "",
};

pub(crate) const DECLARED_TOTAL_DIFFERS_FROM_ROWS: Entry = Entry {
    code: "declared_total_differs_from_rows",
    severity: Severity::Error,
    title_zh: "自评总分与各项之和不符",
    title_en: "The declared total is not the sum of its rows",
    explanation_zh: "各指标均有自评得分，但自评总分不等于其和。",
    explanation_en: "Every row declares a score, and the declared total is not their sum.",
    remedy_zh: "改正总分或各项得分。",
    remedy_en: "Correct the total or the rows.",
    example: "各项之和 99.6，总分 100",
    message_zh: "自评总分{declared_total}分，各项自评得分之和{sum}分。",
    message_en: "The declared total is {declared_total}, the declared rows add up to {sum}.",
    item_zh: "",
    item_en: "",
};

pub(crate) const DECLARED_TOTAL_EXCEEDS_ATTAINABLE: Entry = Entry {
    code: "declared_total_exceeds_attainable",
    severity: Severity::Warning,
    title_zh: "自评总分高于可达到的最高分",
    title_en: "The declared total cannot be reached",
    explanation_zh: "可达到的最高分为分值合计减去有据可算的失分；未填的值不计失分，所以是最好的情形。",
    explanation_en: "The attainable total is the sum of the weights less the points lost on rows that have figures. A missing value loses nothing here, so it is the best case.",
    remedy_zh: "按失分情况改正自评总分。",
    remedy_en: "Correct the declared total by the points lost.",
    example: "预算执行率 64.99%，失 3.50 分，自评总分仍为 100",
    message_zh: "自评总分{declared_total}分高于可达到的最高分{attainable_total}分[：{lost}]。",
    message_en: "The declared total of {declared_total} exceeds the attainable {attainable_total}[: {lost}].",
    item_zh: "{name}[{reached}，]失{points}分",
    item_en: "{name}[ {reached},] loses {points}",
};

pub(crate) const PERFORMANCE_OUTRUNS_SPENDING: Entry = Entry {
    code: "performance_outruns_spending",
    severity: Severity::Warning,
    title_zh: "得分远高于预算执行率",
    title_en: "The score outruns the spending",
    explanation_zh: "总分占100的比例比预算执行率高出0.2以上（惯例）：任务完成而钱没有花，预算或得分有一个需要说明。",
    explanation_en: "The total as a share of 100 exceeds the execution rate by more than 0.2 (a convention): the work is said to be done while the money was not spent.",
    remedy_zh: "说明少花钱而完成任务的原因，或改正得分。",
    remedy_en: "Explain how the work was done for less, or correct the score.",
    example: "自评总分 100，预算执行率 64.99%",
    message_zh: "总分{total}分，而预算执行率仅{execution_rate%}。",
    message_en: "A total of {total} points, yet an execution rate of only {execution_rate%}.",
    item_zh: "",
    item_en: "",
};

pub(crate) const DECLARED_OUTSIDE_BAND: Entry = Entry {
    code: "declared_outside_band",
    severity: Severity::Warning,
    title_zh: "自评得分超出档次",
    title_en: "A declared score outside its band",
    explanation_zh: "定性指标的自评得分不在所述完成程度的档次内，取最近的档次界限。",
    explanation_en: "The declared score of a qualitative indicator lies outside the band of its stated achievement; the nearest end of the band counts.",
    remedy_zh: "改正自评得分或完成程度。",
    remedy_en: "Correct the score or the achievement.",
    example: "部分达成，分值 10，自评 9：档次 6.00–7.99",
    message_zh: "“{name}”{achievement!}，自评{declared_score}分不在{low}–{high}分的档次内，按{points}分计。",
    message_en: "“{name}” is {achievement!}: the declared {declared_score} lies outside {low} – {high}, {points} counts.",
    item_zh: "",
    item_en: "",
};

pub(crate) const GRADE_DIFFERS: Entry = Entry {
    code: "grade_differs",
    severity: Severity::Warning,
    title_zh: "等级与总分不符",
    title_en: "The grade does not follow from the total",
    explanation_zh: "填报的等级不是自评总分对应的等级，或不在优、良、中、差之内（例如“优秀”）。",
    explanation_en: "The declared grade is not the one that the declared total gives, or is not in the scale 优, 良, 中, 差 (优秀, for one).",
    remedy_zh: "按总分填写优、良、中或差。",
    remedy_en: "Enter 优, 良, 中 or 差 as the total gives.",
    example: "总分 71.7，等级 良",
    message_zh: "填报的等级为“{grade_text}”，[自评总分{declared_total}分对应“{grade}”，]等级应为优、良、中、差之一。",
    message_en: "The declared grade is “{grade_text}”[; the declared total of {declared_total} gives “{grade}”]; the scale is 优, 良, 中, 差.",
    item_zh: "",
    item_en: "",
};

pub(crate) const ALL_FULL_MARKS: Entry = Entry {
    code: "all_full_marks",
    severity: Severity::Info,
    title_zh: "各项均为满分",
    title_en: "Full marks throughout",
    explanation_zh: "每一项自评得分都等于分值。可能属实，但值得抽查。",
    explanation_en: "Every row is declared at its full weight. It may be true, and is worth a sample check.",
    remedy_zh: "无须处理；复核人可抽查佐证材料。",
    remedy_en: "Nothing to do; a reviewer may ask for evidence.",
    example: "12 项指标均自评满分",
    message_zh: "全部{count}项指标均自评满分。",
    message_en: "All {count} indicators are declared at full marks.",
    item_zh: "",
    item_en: "",
};
