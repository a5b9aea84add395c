//! Catalogue: funds and their execution.

use super::Entry;
use crate::findings::Severity;

pub(crate) const EXECUTION_RATE_UNDEFINED: Entry = Entry {
    code: "execution_rate_undefined",
    severity: Severity::Error,
    title_zh: "预算执行率无法计算",
    title_en: "The execution rate is undefined",
    explanation_zh: "作为分母的预算数为0，执行率无法计算，预算执行率一项得0分。",
    explanation_en: "The budget that the rate divides by is 0: there is no rate, and the execution row scores 0.",
    remedy_zh: "填报项目资金的预算数。",
    remedy_en: "Enter the budget amounts of the project.",
    example: "全年预算数 0，全年执行数 0",
    message_zh: "预算数为{budget_amount}元，执行数{executed_amount}元，预算执行率无法计算。",
    message_en: "The budget is {budget_amount} yuan and {executed_amount} yuan were spent: no execution rate can be computed.",
    item_zh: "",
    item_en: "",
};

pub(crate) const EXECUTED_EXCEEDS_BUDGET: Entry = Entry {
    code: "executed_exceeds_budget",
    severity: Severity::Error,
    title_zh: "执行数大于预算数",
    title_en: "More was spent than budgeted",
    explanation_zh: "合计或某一资金明细的全年执行数大于全年预算数。执行率得分以满分为限，但金额需要核对。",
    explanation_en: "In total or in a line, the executed amount exceeds the adjusted budget. Points stop at the weight, but an amount is wrong or a budget adjustment is missing.",
    remedy_zh: "核对预算调整和支出金额。",
    remedy_en: "Check the budget adjustment and the amounts spent.",
    example: "全年预算数 50 万元，全年执行数 52 万元",
    message_zh: "全年执行数大于全年预算数：{over}。",
    message_en: "More was spent than budgeted: {over}.",
    item_zh: "{label}预算{adjusted_amount}元，执行{executed_amount}元，超出{excess}元",
    item_en: "{label}: budget {adjusted_amount} yuan, spent {executed_amount} yuan, {excess} yuan over",
};

pub(crate) const FUND_LINES_DO_NOT_ADD_UP: Entry = Entry {
    code: "fund_lines_do_not_add_up",
    severity: Severity::Error,
    title_zh: "资金合计与明细不符",
    title_en: "A stated fund total differs from its lines",
    explanation_zh: "表中填报的资金总额与各资金明细之和不一致。得分一律按明细计算。",
    explanation_en: "A fund total on the form differs from the sum of the budget lines. Points are always computed from the lines.",
    remedy_zh: "改正资金总额，或补齐资金明细。",
    remedy_en: "Correct the total, or complete the lines.",
    example: "年度资金总额 0，其中本年财政拨款 90",
    message_zh: "表中{amount!}{stated}元，资金明细合计{sum}元，相差{difference}元。",
    message_en: "The form states {amount!} {stated} yuan, the lines add up to {sum} yuan: a difference of {difference} yuan.",
    item_zh: "",
    item_en: "",
};

pub(crate) const LARGE_UNSPENT_BALANCE: Entry = Entry {
    code: "large_unspent_balance",
    severity: Severity::Warning,
    title_zh: "结余较大",
    title_en: "A large balance is unspent",
    explanation_zh: "结余超过全年预算数的20%（惯例）：预算可能编多，也可能任务没有完成。",
    explanation_en: "More than 20 % of the adjusted budget is unspent (a convention): the budget was too high, or work was left undone.",
    remedy_zh: "说明结余原因和处理办法。",
    remedy_en: "Explain the balance and what becomes of it.",
    example: "预算 207 万元，结余 72.4657 万元（35.01%）",
    message_zh: "全年预算{adjusted_amount}元，结余{balance}元，占{unspent_share%}。",
    message_en: "{balance} yuan of {adjusted_amount} yuan are unspent: {unspent_share%}.",
    item_zh: "",
    item_en: "",
};

pub(crate) const AMOUNT_UNIT_SUSPICIOUS: Entry = Entry {
    code: "amount_unit_suspicious",
    severity: Severity::Warning,
    title_zh: "金额单位可疑",
    title_en: "An amount seems to be in another unit",
    explanation_zh: "填报金额约为登记金额的一万倍或一万分之一（偏差在1%以内），可能混淆了元与万元。",
    explanation_en: "A stated amount is about 10 000 times larger or smaller than the register's (within 1 %): 元 was probably taken for 万元.",
    remedy_zh: "核对表格的金额单位。",
    remedy_en: "Check the unit of amounts on the form.",
    example: "表中 207（万元按元填报），登记 2070000 元",
    message_zh: "表中{amount!}{stated}元，登记{sum}元，相差约一万倍：是否混淆了元与万元？",
    message_en: "The form states {amount!} {stated} yuan, the register has {sum} yuan, about 10 000 times apart: was 元 taken for 万元?",
    item_zh: "",
    item_en: "",
};
