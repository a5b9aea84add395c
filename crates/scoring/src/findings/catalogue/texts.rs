//! Findings on texts that were not read, or that may be read in two ways.

use super::{Entry, Severity};

pub(crate) const FIGURE_NOT_READ: Entry = Entry {
    code: "figure_not_read",
    severity: Severity::Error,
    title_zh: "含有数字的文字未能识别",
    title_en: "A text with a figure was not read",
    explanation_zh: "指标值或实际完成值含有数字，但未能识别为数值或日期；没有说明完成程度，自评得分不能代替比较。",
    explanation_en: "The target or the actual has a figure that was read neither as a number nor as a date; no achievement is stated, and the declared score is no comparison.",
    remedy_zh: "把数字写成单独的数值（例如 ≥5次），或说明完成程度：达成、部分达成或未达成。",
    remedy_en: "Write the figure by itself (such as ≥5次), or state the achievement: achieved, partial or not achieved.",
    example: "指标值 90%以上，力争95%，实际完成值 80%",
    message_zh: "“{name}”[的指标值为“{target_text}”，]实际完成值为“{actual_text}”，其中的数字未能识别[，自评的{points}分无从比较]。",
    message_en: "“{name}”[ has the target “{target_text}” and] the actual “{actual_text}”: the figure was not read[, the declared {points} points rest on nothing].",
    item_zh: "",
    item_en: "",
};

pub(crate) const WORDING_OPPOSITE: Entry = Entry {
    code: "wording_opposite",
    severity: Severity::Error,
    title_zh: "实际完成值的说法与指标值相反",
    title_en: "The actual says the opposite of the target",
    explanation_zh: "实际完成值的数字前写有未、下降、亏损、剩余等词，而指标值和名称没有：所比较的不是同一事项。",
    explanation_en: "The actual has a word such as 未, 下降, 亏损 or 剩余 before its figure that neither the target nor the name has: it is not the same thing that is compared.",
    remedy_zh: "按指标值的口径填报实际完成值。",
    remedy_en: "State the actual as the target counts.",
    example: "指标值 增长率≥10%，实际完成值 下降率12%",
    message_zh: "“{name}”[的指标值为“{target_text}”，]实际完成值“{actual_text}”含“{word}”，与指标值相反。",
    message_en: "“{name}”[ has the target “{target_text}”]: the actual “{actual_text}” says “{word}”, the opposite.",
    item_zh: "",
    item_en: "",
};

pub(crate) const PERCENT_SCALE_SUSPECTED: Entry = Entry {
    code: "percent_scale_suspected",
    severity: Severity::Warning,
    title_zh: "实际完成值疑为小数形式的百分比",
    title_en: "The actual may be a percentage written as a fraction",
    explanation_zh: "指标值为百分比，实际完成值没有单位且不大于1.5：表格软件常把百分比存为小数。按所写的计分，并给出另一种读法。",
    explanation_en: "The target is a percentage, the actual has no unit and is at most 1.5: spreadsheets often keep a percentage as a fraction. It is scored as written; the other reading is given.",
    remedy_zh: "写明百分号，例如 92.5%。",
    remedy_en: "Write the percent sign, such as 92.5%.",
    example: "指标值 ≥90%，实际完成值 0.925",
    message_zh: "“{name}”指标值{target}，实际完成值“{actual_text}”按{actual}计；若为{percent}，请写明百分号。",
    message_en: "“{name}”: target {target}, the actual “{actual_text}” counts as {actual}; if {percent} is meant, write the percent sign.",
    item_zh: "",
    item_en: "",
};

pub(crate) const MAGNITUDE_SUSPECTED: Entry = Entry {
    code: "magnitude_suspected",
    severity: Severity::Warning,
    title_zh: "实际完成值的数量级可疑",
    title_en: "The magnitude of the actual is suspicious",
    explanation_zh: "实际完成值没有单位，按指标值的万、亿计后相差百倍以上，按个位计则相近；或小数点疑为千分位。",
    explanation_en: "The actual has no unit: with the magnitude of the target it is off by a hundred times, without it it is near; or its decimal point parts thousands.",
    remedy_zh: "写明单位，例如 4500000元；千分位用逗号。",
    remedy_en: "Write the unit, such as 4500000元; part thousands by commas.",
    example: "指标值 ≤500万元，实际完成值 4500000",
    message_zh: "“{name}”指标值{target}，实际完成值“{actual_text}”按{actual}计；若为{other}，请写明单位。",
    message_en: "“{name}”: target {target}, the actual “{actual_text}” counts as {actual}; if {other} is meant, write it so.",
    item_zh: "",
    item_en: "",
};

pub(crate) const PERIOD_ENDS_EARLY: Entry = Entry {
    code: "period_ends_early",
    severity: Severity::Warning,
    title_zh: "实际期间短于指标期间",
    title_en: "The period ends before that of the target",
    explanation_zh: "指标值和实际完成值都是期间，实际期间结束得早：可能是提前完成，也可能只做了一部分。",
    explanation_en: "Target and actual are periods, and the actual one ends earlier: done early, or only in part.",
    remedy_zh: "说明是提前完成还是只完成一部分。",
    remedy_en: "Say whether it was done early or in part.",
    example: "指标值 2022年1月至12月，实际完成值 2022年1月至6月",
    message_zh: "“{name}”的期间为“{target_text}”，实际为“{actual_text}”：是提前完成，还是只完成一部分？",
    message_en: "“{name}”: the period is “{target_text}”, the actual one “{actual_text}”: done early, or only in part?",
    item_zh: "",
    item_en: "",
};
