//! The sample project of 2021, as the service would hold it.

use rust_decimal::Decimal;

use crate::{Achievement, Assessment, FundLine, Measure, StatedAmounts};

use super::decimal;
use super::published_tables::rows;

const ROWS: &str = "
    决策 | 资金投入 | 预算编制合理性 | 5 |  | 编制科学、规范 |  | 
    过程 | 资金管理 | 预算执行率 | 10 |  |  |  | 
    过程 | 资金管理 | 预算资金到位情况 | 3 | 100% | 100% |  | 
    过程 | 资金管理 | 财务管理制度健全性 | 2 |  |  |  | 
    过程 | 资金管理 | 资金使用规范性 | 3 |  | 专款专用，使用规范 |  | 
    过程 | 资金管理 | 财务监控有效性 | 2 |  |  |  | 
    过程 | 组织实施 | 合同管理完备性 | 2 |  |  |  | 
    过程 | 组织实施 | 项目质量可控性 | 2 |  |  |  | 
    过程 | 组织实施 | 项目管理制度健全性 | 2 |  |  |  | 
    过程 | 组织实施 | 档案管理完备性 | 2 |  |  |  | 
    过程 | 组织实施 | 跨部门沟通协作有效性 | 2 |  |  |  | 
    产出 | 产出数量 | 培训和参加论坛人数 | 10 | 343人次 | 1200余名 |  | 
    产出 | 产出数量 | 政策宣讲场次 | 5 |  |  |  | 
    产出 | 产出质量 | 企业数据报送质量 | 5 |  |  |  | 
    产出 | 产出质量 | 企业服务平台运行稳定性 | 8 |  | 平稳运行 |  | 
    产出 | 产出时效 | 企业数据报送及时性 | 7 |  |  |  | 
    效益 | 社会效益 | 企业问题办结率 | 6 |  |  |  | 
    效益 | 社会效益 | 企业管理创新能力 | 5 |  |  |  | 
    效益 | 社会效益 | 政策宣讲覆盖企业面 | 5 |  |  |  | 
    效益 | 社会效益 | 政策公开公示率 | 4 |  |  |  | 
    效益 | 满意度 | 企业对工信系统服务满意度 | 10 | 90%以上 |  |  | 
";

/// Rows whose achievement is stated.
const ACHIEVED: [usize; 3] = [0, 4, 14];
/// Rows that are numbers, some of them without a target.
const NUMBERS: [usize; 6] = [2, 11, 12, 16, 19, 20];

/// The department evaluation of the sample, with all its contradictions.
pub(crate) fn sample() -> Assessment {
    let mut rows = rows(ROWS);
    for (index, row) in rows.iter_mut().enumerate() {
        row.measure = match index {
            1 => Measure::BudgetExecution,
            index if NUMBERS.contains(&index) => Measure::Number,
            _ => Measure::Qualitative,
        };
        row.achievement = ACHIEVED.contains(&index).then_some(Achievement::Achieved);
    }
    let line = |label: &str, budget: &str, executed: &str| FundLine {
        label: label.to_owned(),
        initial: decimal(budget),
        adjusted: decimal(budget),
        executed: decimal(executed),
    };
    let goal = Some("培训企业家三期，服务企业".to_owned());
    Assessment {
        level1_points: Vec::new(),
        lines: vec![
            line("会议费", "270000", "270000"),
            line("培训费", "1080000", "542543"),
            line("维修（护）费", "720000", "532800"),
        ],
        stated: StatedAmounts { initial: None, adjusted: Some(decimal("2070000")), executed: Some(decimal("1345343")) },
        overall_goal: goal.clone(),
        annual_goal: goal,
        rows,
        declared_total: Some(Decimal::ONE_HUNDRED),
        declared_grade_text: Some("优秀".to_owned()),
        stated_indicator_count: Some(21),
        deviation_reason: None,
    }
}
