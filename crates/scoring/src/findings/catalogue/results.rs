//! Catalogue: targets, actuals and their reasons.

use super::Entry;
use crate::findings::Severity;

pub(crate) const ACTUAL_MISSING: Entry = Entry {
    code: "actual_missing",
    severity: Severity::Error,
    title_zh: "没有实际完成值",
    title_en: "The actual is missing",
    explanation_zh: "指标没有填报实际完成值，得0分。“/”“—”和空格视为未填；“无”仅在不超过类或等于0的定量指标旁表示0。",
    explanation_en: "The indicator has no actual and scores 0. /, — and an empty cell give nothing; 无 means 0 only beside a numeric at-most or equal-0 target.",
    remedy_zh: "填报实际完成值。",
    remedy_en: "Enter what was reached.",
    example: "指标值 90%以上，实际完成值为空",
    message_zh: "“{name}”没有填报实际完成值[，{weight}分按0分计]。",
    message_en: "“{name}” has no actual[: 0 of {weight} points].",
    item_zh: "",
    item_en: "",
};

pub(crate) const TARGET_MISSING: Entry = Entry {
    code: "target_missing",
    severity: Severity::Error,
    title_zh: "没有可用的指标值",
    title_en: "The target is missing",
    explanation_zh: "定量或时限指标没有可用的指标值，无法比较，得0分。",
    explanation_en: "A numeric or deadline indicator has no usable target: nothing to compare with, 0 points.",
    remedy_zh: "填报指标值；若指标为定性，请改正指标性质。",
    remedy_en: "Enter the target, or correct the measure if the indicator is qualitative.",
    example: "定量指标的指标值为空",
    message_zh: "“{name}”没有可用的指标值[（“{target_text}”）][，{weight}分按0分计]。",
    message_en: "“{name}” has no usable target[ (“{target_text}”)][: 0 of {weight} points].",
    item_zh: "",
    item_en: "",
};

pub(crate) const REASON_MISSING: Entry = Entry {
    code: "reason_missing",
    severity: Severity::Error,
    title_zh: "没有说明偏差原因",
    title_en: "No reason for the deviation",
    explanation_zh: "得分低于分值，或预算执行率低于评分规则的界限（0.90，惯例）时，须说明偏差原因和改进措施。“无”“/”“—”视为未说明。",
    explanation_en: "Points below the weight, or an execution rate below the profile's limit (0.90, a convention), call for a reason. 无, / and — are none.",
    remedy_zh: "填写偏差原因分析及改进措施。",
    remedy_en: "Enter the reason for the deviation and how it will be put right.",
    example: "指标值 5662 人，完成 4044 人，偏差原因为空",
    message_zh: "[“{name}”得{points}分，分值{weight}分，][预算执行率{execution_rate%}，]没有说明偏差原因。",
    message_en: "[“{name}” has {points} of {weight} points; ][the execution rate is {execution_rate%}; ]no reason is given.",
    item_zh: "",
    item_en: "",
};

pub(crate) const OVER_ACHIEVEMENT: Entry = Entry {
    code: "over_achievement",
    severity: Severity::Warning,
    title_zh: "完成值远好于指标值",
    title_en: "Far beyond the target",
    explanation_zh: "完成值达到指标值的1.3倍（评分规则可设，惯例），或不超过类指标的完成值低于指标值除以1.3：指标值可能偏低。",
    explanation_en: "The actual is 1.3 times better than the target (set in the profile, a convention): the target may have been set too low.",
    remedy_zh: "说明超额原因，下年度按实际水平设定指标值。",
    remedy_en: "Explain, and set next year's target by what was reached.",
    example: "指标值 343 人次，完成 1200 余名（3.50 倍）",
    message_zh: "“{name}”指标值{target}，实际完成{actual}[，好于指标值，为{ratio}倍]：指标值是否偏低？",
    message_en: "“{name}”: target {target}, actual {actual}[, better by a factor of {ratio}]: was the target set too low?",
    item_zh: "",
    item_en: "",
};

pub(crate) const UNIT_MISMATCH: Entry = Entry {
    code: "unit_mismatch",
    severity: Severity::Warning,
    title_zh: "计量单位不一致",
    title_en: "Units do not agree",
    explanation_zh: "指标值与实际完成值换算后的计量单位不同，例如人次与名、元与%。得分按数值计算，不作猜测。",
    explanation_en: "Target and actual have different units after scaling, such as 人次 and 名, or 元 and %. Points follow the numbers; nothing is guessed.",
    remedy_zh: "按指标值的计量单位填报实际完成值。",
    remedy_en: "State the actual in the unit of the target.",
    example: "指标值 343人次，完成 1200余名",
    message_zh: "“{name}”的指标值{target}与实际完成值{actual}计量单位不一致。",
    message_en: "“{name}”: the units of target {target} and actual {actual} do not agree.",
    item_zh: "",
    item_en: "",
};

pub(crate) const APPROXIMATE_ACTUAL: Entry = Entry {
    code: "approximate_actual",
    severity: Severity::Warning,
    title_zh: "完成值为约数",
    title_en: "The actual is approximate",
    explanation_zh: "实际完成值带有余、约、左右、近等字样；得分按写出的数计算，但无法核对。",
    explanation_en: "The actual is written with 余, 约, 左右 or 近. Points follow the number as written, which nobody can check.",
    remedy_zh: "填报准确数。",
    remedy_en: "Enter the exact figure.",
    example: "1200余名",
    message_zh: "“{name}”的实际完成值“{actual_text}”为约数。",
    message_en: "“{name}”: the actual “{actual_text}” is approximate.",
    item_zh: "",
    item_en: "",
};

pub(crate) const ACHIEVEMENT_INFERRED: Entry = Entry {
    code: "achievement_inferred",
    severity: Severity::Info,
    title_zh: "完成程度由文字推定",
    title_en: "Achievement inferred from the text",
    explanation_zh: "未说明完成程度，但实际完成值与指标值逐字相同，或为达成、达成预期指标、完成、已完成、达标，按达成计。",
    explanation_en: "No achievement is stated, but the actual repeats the target word for word, or is 达成, 达成预期指标, 完成, 已完成 or 达标: it counts as achieved.",
    remedy_zh: "如推定有误，请说明完成程度。",
    remedy_en: "State the achievement if this is wrong.",
    example: "指标值 效果明显，实际完成值 达成预期指标",
    message_zh: "“{name}”未说明完成程度，由“{actual_text}”推定为达成。",
    message_en: "“{name}” states no achievement; “{actual_text}” counts as achieved.",
    item_zh: "",
    item_en: "",
};

pub(crate) const ACHIEVEMENT_NOT_STATED: Entry = Entry {
    code: "achievement_not_stated",
    severity: Severity::Warning,
    title_zh: "未说明完成程度",
    title_en: "No achievement stated",
    explanation_zh: "定性指标未说明完成程度，文字也不能推定：按自评得分计（以分值为限），没有自评得分的得0分。",
    explanation_en: "A qualitative indicator states no achievement and its text implies none: the declared score counts, at most the weight; without one, 0.",
    remedy_zh: "说明完成程度：达成、部分达成或未达成。",
    remedy_en: "State the achievement: achieved, partial or not achieved.",
    example: "实际完成值 有所改善，未说明完成程度",
    message_zh: "“{name}”未说明完成程度（“{actual_text}”）[，得{points}分]。",
    message_en: "“{name}” states no achievement (“{actual_text}”)[: {points} points].",
    item_zh: "",
    item_en: "",
};

pub(crate) const ACTUAL_UNUSABLE: Entry = Entry {
    code: "actual_unusable",
    severity: Severity::Error,
    title_zh: "实际完成值与指标性质不符",
    title_en: "The actual does not fit the measure",
    explanation_zh: "定量指标旁填了文字，或时限指标旁填了数，无法比较，得0分。",
    explanation_en: "A text beside a number, or a number beside a deadline: nothing to compare, 0 points.",
    remedy_zh: "按指标值的形式填报：定量填数，时限填日期。",
    remedy_en: "State the actual as the target is: a number, or a date.",
    example: "指标值 ≥50个，实际完成值 达成预期指标",
    message_zh: "“{name}”[的指标值为“{target_text}”，]实际完成值“{actual_text}”无法比较[，{weight}分按0分计]。",
    message_en: "“{name}”[ has the target “{target_text}”]: the actual “{actual_text}” cannot be compared[, 0 of {weight} points].",
    item_zh: "",
    item_en: "",
};

pub(crate) const LATE_WITHOUT_ASSESSMENT: Entry = Entry {
    code: "late_without_assessment",
    severity: Severity::Error,
    title_zh: "逾期且未说明完成程度",
    title_en: "Late, and no achievement stated",
    explanation_zh: "完成时间晚于指标值，须说明完成程度才能按档次计分，否则得0分。以月份表示的时间指该月最后一日。",
    explanation_en: "Done later than the target: without a stated achievement there is no band to score by, and the row scores 0. A month means its last day.",
    remedy_zh: "说明完成程度并填写自评得分；完成时间只写到月的，请写明日期。",
    remedy_en: "State the achievement and a score; where only the month is given, state the day.",
    example: "指标值 2023年10月，完成 2023年12月",
    message_zh: "“{name}”应于{target}前完成，实际{actual}，未说明完成程度[，{weight}分按0分计]。",
    message_en: "“{name}” was due by {target} and done {actual}; no achievement is stated[, 0 of {weight} points].",
    item_zh: "",
    item_en: "",
};

pub(crate) const LATE_CAPPED: Entry = Entry {
    code: "late_capped",
    severity: Severity::Warning,
    title_zh: "逾期完成，得分封顶",
    title_en: "Late: the points are capped",
    explanation_zh: "完成时间晚于指标值且未说明完成程度：按自评得分计，以部分达成档次的上限为限。以月份表示的时间指该月最后一日。",
    explanation_en: "Done later than the target, and no achievement stated: the declared score counts, at most the upper end of partial. A month means its last day.",
    remedy_zh: "说明完成程度；完成时间只写到月的，请写明日期。",
    remedy_en: "State the achievement; where only the month is given, state the day.",
    example: "指标值 2023年10月，完成 2023年12月，自评10分",
    message_zh: "“{name}”应于{target}前完成，实际{actual}，未说明完成程度[，得{points}分][，分值{weight}分]。",
    message_en: "“{name}” was due by {target} and done {actual}; no achievement is stated[: {points} points][ of {weight}].",
    item_zh: "",
    item_en: "",
};
