//! What of a form cannot be understood: the thing, the place and the remedy.

use crate::workbooks::Place;

/// Declares the problems with their codes and what they mean.
macro_rules! problems {
    ($($name:ident = $code:literal, $zh:literal, $en:literal;)+) => {
        /// A kind of problem.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ProblemKind {
            $(#[doc = $en] $name),+
        }

        impl ProblemKind {
            /// All of them.
            pub const ALL: &'static [ProblemKind] = &[$(ProblemKind::$name),+];

            /// The stable code.
            pub const fn code(self) -> &'static str {
                match self { $(ProblemKind::$name => $code),+ }
            }

            /// What is wrong and what would be right, in Chinese and in English.
            pub const fn text(self) -> (&'static str, &'static str) {
                match self { $(ProblemKind::$name => ($zh, $en)),+ }
            }
        }
    };
}

problems! {
    MonitoringForm = "monitoring_form",
        "该表是绩效运行监控表，不是自评表；监控数是年中数，未计分",
        "the sheet is a form of monitoring and no self-assessment: its figures are of the middle of the year; nothing was scored";
    GoalForm = "goal_form",
        "该表是绩效目标表，不是自评表；没有完成值可评，未计分；请用kind=goal_forms上传",
        "the sheet states goals and is no self-assessment: nothing was reached yet, and nothing was scored; upload it with kind=goal_forms";
    NotAGoalForm = "not_a_goal_form",
        "该表不是绩效目标申报表；自评表请用kind=self_assessment_forms上传",
        "the sheet is no form of goals; upload self-assessments with kind=self_assessment_forms";
    Ledger = "ledger",
        "该表是汇总表，不是自评表；未计分，请上传各项目的自评表",
        "the sheet is a ledger of several projects and no self-assessment; nothing was scored; upload the form of each project";
    ScoreTable = "score_table",
        "该表是绩效评价打分表，不是自评表；未计分",
        "the sheet is the score table of an evaluation and no self-assessment; nothing was scored";
    ProjectNameMissing = "project_name_missing",
        "未填项目名称；请在“项目名称”右侧填写",
        "the project has no name; write it to the right of 项目名称";
    AmountUnitMissing = "amount_unit_missing",
        "未注明金额单位；请在“项目资金”后注明（万元）或（元）",
        "the unit of the amounts is not said; write （万元） or （元） after 项目资金";
    YearAmountUnclear = "year_amount_unclear",
        "看不出哪些金额是本年度的；请在名称中写明“年度”或年份，例如“2026年度资金总额”",
        "it is not clear which amounts are of the year; say so in the label, such as 2026年度资金总额";
    FundsNotFound = "funds_not_found",
        "没有找到项目资金；表头须有“全年预算数”和“全年执行数”",
        "no funds were found; their header has 全年预算数 and 全年执行数";
    IndicatorsNotFound = "indicators_not_found",
        "没有找到绩效指标；表头须有“三级指标”和“实际完成值”",
        "no indicators were found; their header has 三级指标 and 实际完成值";
    ColumnMissing = "column_missing",
        "绩效指标表缺少指标值或实际完成值列；表头须有“年度指标值”和“实际完成值”",
        "the table of indicators has no column of targets, or none of results; its header has 年度指标值 and 实际完成值";
    HeadingUnknown = "heading_unknown",
        "不认识该列表头，而表中缺少指标值、实际完成值、分值或得分列；请改用标准表头",
        "the heading is not known, and the table lacks a column of targets, results, weights or scores; use 年度指标值, \
         实际完成值, 分值 or 得分";
    RowUnknown = "row_unknown",
        "该行有数值，但不是项目资金，也不在绩效指标表内；请移入绩效指标",
        "the row has figures, and is neither a fund nor in the table of indicators; move it there";
    NameMissing = "name_missing",
        "该行有数值而没有三级指标名称",
        "the row has figures and no 三级指标";
    Level1Missing = "level1_missing",
        "该指标没有一级指标",
        "the indicator has no 一级指标";
    NotANumber = "not_a_number",
        "须为数值；没有请留空",
        "must be a number; leave the cell empty where there is none";
    TooManyDecimals = "too_many_decimals",
        "金额换算成元后最多两位小数，不做舍入",
        "an amount has at most two decimals in yuan and is never rounded";
    OutOfRange = "out_of_range",
        "超出允许范围",
        "is out of range";
    TooManyRows = "too_many_rows",
        "指标超过2000行；请检查表格或拆分",
        "the form has more than 2,000 indicators; check it, or split it";
    DigitsLost = "digits_lost",
        "代码存为数值，超过15位的数字已丢失；请把单元格设为文本格式后重新填写",
        "the code is kept as a number, whose digits beyond fifteen are lost; make the cell a text and write the code again";
    CellError = "cell_error",
        "公式有错误，或文件没有保存其结果；请用表格软件打开、更正并保存",
        "its formula gave an error, or the file keeps no value of it; open it in a spreadsheet program, mend and save it";
}

impl ProblemKind {
    /// What the sheet is, in Chinese and in English, where it is of a kind of which nothing is scored.
    pub const fn other_kind(self) -> Option<(&'static str, &'static str)> {
        match self {
            ProblemKind::MonitoringForm => Some(("绩效运行监控表", "form of monitoring")),
            ProblemKind::Ledger => Some(("自评结果汇总表", "ledger of self-assessments")),
            ProblemKind::ScoreTable => Some(("绩效评价打分表", "score table of an evaluation")),
            _ => None,
        }
    }

    /// Whether the sheet is of another kind than a self-assessment, so that nothing of it was read.
    pub const fn is_other_kind(self) -> bool {
        self.other_kind().is_some()
    }
}

/// Something in a form that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormProblem {
    /// What is wrong.
    pub kind: ProblemKind,
    /// In which cell, or where it was looked for.
    pub place: Place,
    /// The heading of its column, or the label beside it.
    pub column: String,
    /// What stands there.
    pub value: Option<String>,
}
