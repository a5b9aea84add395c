//! Catalogue: indicators and goals as they are set up.

use super::Entry;
use crate::findings::Severity;

pub(crate) const DIRECTION_SUSPICIOUS: Entry = Entry {
    code: "direction_suspicious",
    severity: Severity::Warning,
    title_zh: "指标方向可疑",
    title_en: "The direction of a target is suspicious",
    explanation_zh: "成本指标按不低于计，或满意度指标按不超过计，方向可能写反；未写符号的按不低于计。",
    explanation_en: "A cost indicator is to be at least, or a satisfaction indicator at most, its target: the sign may be the wrong way round. No sign reads as at least.",
    remedy_zh: "核对指标值的符号，成本一般为≤，满意度一般为≥。",
    remedy_en: "Check the sign: costs mostly have ≤, satisfaction ≥.",
    example: "项目总成本 ≥90万元",
    message_zh: "“{name}”按{comparison!}{target}计，方向是否写反？",
    message_en: "“{name}” is to be {comparison!} {target}: is that the wrong way round?",
    item_zh: "",
    item_en: "",
};

pub(crate) const DUPLICATE_INDICATOR: Entry = Entry {
    code: "duplicate_indicator",
    severity: Severity::Warning,
    title_zh: "指标重复",
    title_en: "The same indicator twice",
    explanation_zh: "同一三级指标名称出现两次，同一成绩可能重复计分。",
    explanation_en: "The same level-3 name stands twice: one achievement may be counted twice.",
    remedy_zh: "删去重复的指标，或写明区别。",
    remedy_en: "Remove one, or name the difference.",
    example: "培训人数（两次）",
    message_zh: "“{name}”与第{first_row}项指标重复。",
    message_en: "“{name}” repeats indicator {first_row}.",
    item_zh: "",
    item_en: "",
};

pub(crate) const IDENTICAL_GOALS: Entry = Entry {
    code: "identical_goals",
    severity: Severity::Info,
    title_zh: "总体目标与年度目标相同",
    title_en: "Overall and annual goal are the same",
    explanation_zh: "总体目标与年度目标逐字相同；跨年度项目的两者应有区别。",
    explanation_en: "The overall and the annual goal are the same word for word; for a project of several years they should differ.",
    remedy_zh: "跨年度项目请分别填写；一年期项目无须处理。",
    remedy_en: "State both for a project of several years; nothing to do for a single year.",
    example: "总体目标 = 年度目标",
    message_zh: "总体目标与年度目标逐字相同（{length}字）。",
    message_en: "The overall and the annual goal are the same text ({length} characters).",
    item_zh: "",
    item_en: "",
};

pub(crate) const STATED_COUNT_DIFFERS: Entry = Entry {
    code: "stated_count_differs",
    severity: Severity::Warning,
    title_zh: "指标数量与所述不符",
    title_en: "The number of indicators differs",
    explanation_zh: "报告所述的指标数量与列出的指标数量不一致，可能有遗漏。",
    explanation_en: "The report states another number of indicators than it lists: one may be missing.",
    remedy_zh: "补上遗漏的指标，或改正所述数量。",
    remedy_en: "Add the indicator that is missing, or correct the number.",
    example: "所述 21 个，列出 20 个",
    message_zh: "所述指标{stated}个，列出{listed}个。",
    message_en: "{stated} indicators are stated, {listed} are listed.",
    item_zh: "",
    item_en: "",
};
