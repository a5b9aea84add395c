//! Catalogue: rows that report nothing, and what the rule took an unclear row for.

use super::Entry;
use crate::findings::Severity;

pub(crate) const ROW_NOT_DONE: Entry = Entry {
    code: "row_not_done",
    severity: Severity::Info,
    title_zh: "指标未开展",
    title_en: "Not done",
    explanation_zh: "指标未开展（或未开展调查），已说明原因且没有自评得分：得0分，可以送审。",
    explanation_en: "Nothing was done of the indicator, or nobody was asked; a reason is given and no points are declared: 0 points, and it may be submitted.",
    remedy_zh: "无需更正；审核方据原因判断。",
    remedy_en: "Nothing to mend; the reviewer judges the reason.",
    example: "指标值 2场，实际完成值 未开展，偏差原因 疫情，自评0分",
    message_zh: "“{name}”{status!}[，{weight}分按0分计]，已说明原因。",
    message_en: "“{name}”: {status!}[, 0 of {weight} points]; a reason is given.",
    item_zh: "",
    item_en: "",
};

pub(crate) const ROW_WITHOUT_RESULT: Entry = Entry {
    code: "row_without_result",
    severity: Severity::Warning,
    title_zh: "指标不适用或尚无数据",
    title_en: "Not applicable, or no data yet",
    explanation_zh: "指标不适用，或数据以后才有（次年统计、尚未验收）：得0分，由审核方决定是否剔除。",
    explanation_en: "The indicator does not apply, or its figure comes later: 0 points; the reviewer may take the row out.",
    remedy_zh: "在偏差原因中说明；有数据后补填。",
    remedy_en: "Say why in the deviation reason; fill it in once there are data.",
    example: "实际完成值 不适用",
    message_zh: "“{name}”{status!}[，{weight}分按0分计]，由审核方决定是否剔除。",
    message_en: "“{name}”: {status!}[, 0 of {weight} points]; the reviewer may take it out.",
    item_zh: "",
    item_en: "",
};

pub(crate) const DIRECTION_ASSUMED: Entry = Entry {
    code: "direction_assumed",
    severity: Severity::Info,
    title_zh: "成本指标按上限计分",
    title_en: "A cost taken as a limit",
    explanation_zh: "成本指标的金额没有符号或写作“=”：按不超过计分（评分规则 cost_without_sign）。",
    explanation_en: "A cost in money has no sign, or =: it is scored as a limit (setting cost_without_sign).",
    remedy_zh: "若确为上限，写作≤；若须达到该数，写作≥。",
    remedy_en: "Write ≤ where it is a limit, ≥ where the amount is to be reached.",
    example: "成本指标 =100万元，实际 120万元",
    message_zh: "“{name}”是以金额计的成本，指标值{target}按不超过计分，实际完成{actual}。",
    message_en: "“{name}” is a cost in money: its target {target} is taken as a limit; the actual is {actual}.",
    item_zh: "",
    item_en: "",
};

pub(crate) const UNIT_CONVERTED: Entry = Entry {
    code: "unit_converted",
    severity: Severity::Info,
    title_zh: "计量单位已换算",
    title_en: "Units were converted",
    explanation_zh: "指标值与实际完成值的单位不同而量纲相同（时间、长度、面积、质量、金额）：换算后比较。",
    explanation_en: "Target and actual have different units of one dimension (time, length, area, mass, money) and were compared after conversion.",
    remedy_zh: "核对换算；最好用同一单位填报。",
    remedy_en: "Check the conversion; better state both in one unit.",
    example: "指标值 ≤2小时，完成 90分钟",
    message_zh: "“{name}”的指标值{target}与实际完成值{actual}单位不同，已换算为{target_scaled}与{actual_scaled}比较。",
    message_en: "“{name}”: target {target} and actual {actual} were compared as {target_scaled} and {actual_scaled}.",
    item_zh: "",
    item_en: "",
};

pub(crate) const CLASS_SUSPICIOUS: Entry = Entry {
    code: "class_suspicious",
    severity: Severity::Warning,
    title_zh: "指标归类可疑",
    title_en: "Class in doubt",
    explanation_zh: "指标名称与其二级指标不符：比率（合格率、支付率）不是数量，人数、次数不是质量。",
    explanation_en: "The name does not fit its level 2: a rate of quality or payment is no quantity, a count of people is no quality.",
    remedy_zh: "改正二级指标，或改正名称。",
    remedy_en: "Correct the level 2, or the name.",
    example: "数量指标 资金支付率",
    message_zh: "“{name}”归在“{level2}”下，名称与归类不符。",
    message_en: "“{name}” stands under {level2}, which its words do not fit.",
    item_zh: "",
    item_en: "",
};

pub(crate) const DECLARED_MISSING: Entry = Entry {
    code: "declared_missing",
    severity: Severity::Warning,
    title_zh: "个别指标没有自评得分",
    title_en: "A declared score is missing",
    explanation_zh: "多数指标填了自评得分，个别没有填：总分无法与各行核对。",
    explanation_en: "Most indicators have a declared score and a few have none: the total cannot be checked against its rows.",
    remedy_zh: "补填自评得分；未得分的填0。",
    remedy_en: "Enter the declared score; 0 where there is none.",
    example: "10项指标中1项得分为空",
    message_zh: "“{name}”没有自评得分，其他{count}项都有。",
    message_en: "“{name}” has no declared score; the other {count} have one.",
    item_zh: "",
    item_en: "",
};
