//! The published tables, as the service would hold them.

use rust_decimal::Decimal;

use crate::{Assessment, FundLine, Measure, Row, StatedAmounts};

use super::decimal;

fn given(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// One row a line: `level 1 | level 2 | name | weight | target | actual | declared score | reason`.
pub(super) fn rows(table: &str) -> Vec<Row> {
    table.lines().map(str::trim).filter(|line| !line.is_empty()).map(row).collect()
}

fn row(line: &str) -> Row {
    let cells: Vec<&str> = line.split('|').map(str::trim).collect();
    let [level1, level2, name, weight, target, actual, declared, reason] = cells[..] else {
        panic!("eight cells: {line}")
    };
    Row {
        level1: level1.to_owned(),
        level2: level2.to_owned(),
        target_text: given(target),
        actual_text: given(actual),
        declared_score: given(declared).as_deref().map(decimal),
        deviation_reason: given(reason),
        ..Row::from_texts(name, decimal(weight), Some(target), Some(actual))
    }
}

/// A form of one fund line in 万元, its execution row before the others.
fn form(line: [&str; 4], [weight, declared]: [&str; 2], table: &str) -> Assessment {
    let [label, initial, adjusted, executed] = line;
    let yuan = |amount: &str| decimal(amount) * Decimal::from(10_000);
    let line = FundLine {
        label: label.to_owned(),
        initial: yuan(initial),
        adjusted: yuan(adjusted),
        executed: yuan(executed),
    };
    let execution = Row {
        declared_score: Some(decimal(declared)),
        ..Row::new("预算执行率", Measure::BudgetExecution, decimal(weight))
    };
    Assessment {
        lines: vec![line],
        rows: std::iter::once(execution).chain(rows(table)).collect(),
        ..Assessment::default()
    }
}

fn stated(initial: &str, adjusted: &str, executed: &str) -> StatedAmounts {
    StatedAmounts {
        initial: Some(decimal(initial)),
        adjusted: Some(decimal(adjusted)),
        executed: Some(decimal(executed)),
    }
}

const SHIDIAN: &str = "
    产出指标 | 数量指标 | 扶持发展新型农业经营主体 (个) | 20 | 15 | 6 | 8.0 |
    产出指标 | 数量指标 | 带动贫困户(人) | 20 | 11442 | 4164 | 7.3 |
    效益指标 | 经济效益指标 | 新型经营主体实现产值(%) | 20 | 8000 | 12767.36 | 31.9 |
    效益指标 | 经济效益指标 | 新型经营主体助农增收 (元) | 10 | 1980 | 2074 | 10.5 |
    满意度指标 | 服务对象满意度指标 | 满意度(%) | 10 | 90 | 100 | 11.1 |
";

/// Shidian 2022: scores above their weight; the weights are inferred.
pub(crate) fn shidian() -> Assessment {
    Assessment {
        declared_total: Some(decimal("71.7")),
        ..form(["年度财政资金总额", "0", "650", "94"], ["20", "2.9"], SHIDIAN)
    }
}

const HUANGGANG: &str = "
    产出指标 | 质量指标 | 监测数据必须合格 | 10 | 100% | 100% | 10 |
    产出指标 | 进度指标 | 取得2018-2022监测资料 | 10 | 100% | 100% | 10 |
    效益指标 | 满意度指标 服务对象满意度指标 | 整编资料审核 | 20 | 98% | 98% | 19.6 |
    产出指标 | 质量指标 | 监测数据资料整编 | 20 | 100% | 100% | 20 |
    产出指标 | 进度指标 | 完成年度资料上报 | 20 | 100% | 100% | 20 |
";

/// Huanggang 2020: a met target scored below its weight; the weights are inferred.
pub(crate) fn huanggang() -> Assessment {
    Assessment {
        declared_total: Some(decimal("99.6")),
        ..form(["年度财政资金总额", "0", "10", "10"], ["20", "20"], HUANGGANG)
    }
}

const LINXIANG: &str = "
    产出指标 | 数量指标 | 野生动物收容所 | 10 | ≥200平方米 | 204.46平方米 | 10 | 无
    产出指标 | 数量指标 | 钢结构圈养围栏 | 10 | ≥120米 | 121.5米 | 10 | 无
    产出指标 | 时效指标 | 项目完工时限 | 15 | 2023年12月 | 2023年10月 | 15 | 无
    产出指标 | 质量指标 | 项目竣工验收率 | 15 | 100% | 100% | 15 | 无
    效益指标 | 经济效益指标 | 务工人员年人均增收 | 10 | ≥8400元 | 8400元 | 10 | 无
    效益指标 | 社会效益指标 | 提供务工岗位 | 10 | ≥5个 | 5个 | 10 | 无
    效益指标 | 可持续影响指标 | 项目建成后可持续影响年限 | 10 | ≥15年 | 15年 | 10 | 无
";

/// Linxiang 2023, the visible part.
pub(crate) fn linxiang() -> Assessment {
    form(["当年财政拨款", "0", "32.4", "31.69"], ["10", "9"], LINXIANG)
}

const CHIZHOU: &str = "
    产出指标(50分) | 数量指标 | 基建工程委托业务项目数量 | 8 | ≥50个 | 50 | 8 |
    产出指标(50分) | 质量指标 | 委托业务报告合格率 | 8 | ≥100百分比 | 100 | 8 |
    产出指标(50分) | 质量指标 | 经费支出合规性 | 8 | 严格执行相关制度规定 | 达成预期指标 | 8 |
    产出指标(50分) | 时效指标 | 提交报告及时性 | 8 | 在项目计划完成时间内完成 | 达成预期指标 | 8 |
    产出指标(50分) | 成本指标 | 项目总成本 | 8 | ≤90万元 | 90 | 8 |
    产出指标(50分) | 成本指标 | 单项业务成本 | 10 | 符合相关规定 | 达成预期指标 | 10 |
    效益指标(30分) | 社会效益指标 | 对维护基建市场公平的影响程度 | 10 | 效果明显 | 达成预期指标 | 10 |
    效益指标(30分) | 生态效益指标 | 对控制基建项目成本影响程度 | 10 | 效果明显 | 达成预期指标 | 10 |
    效益指标(30分) | 可持续影响指标 | 对推动基建项目“四项制度”健全和落实的持续性影响 | 10 | 效果明显 | 达成预期指标 | 10 |
";

/// Chizhou 2022, the visible part: the fund total is 0 above a component of 90.
pub(crate) fn chizhou() -> Assessment {
    Assessment {
        stated: stated("0", "0", "0"),
        ..form(["本年财政拨款", "90", "89.974", "89.974"], ["10", "0"], CHIZHOU)
    }
}

const TIANCHANG: &str = "
    产出指标（50分） | 数量指标 | 指标1:完成中型灌区节水改造项目数量 | 10 | 1 | 1 | 10 |
    产出指标（50分） | 数量指标 | 指标2:完成农业综合水价改革项目 | 10 | 1 | 1 | 10 |
    产出指标（50分） | 质量指标 | 指标1:工程质量合格 | 10 |  |  | 10 |
    产出指标（50分） | 时效指标 | 指标1:年度资金支付完成率100% | 10 |  |  | 10 |
    产出指标（50分） | 成本指标 | 指标1:资金执行在预算范围内 | 10 |  |  | 10 |
    效益指标（30分） | 经济效益指标 | 指标1:全市安全度汛 | 10 |  |  | 10 |
    效益指标（30分） | 社会效益指标 | 指标1:保护全市人口财产不受损失 | 10 |  |  | 10 |
    效益指标（30分） | 可持续影响指标 | 指标1:已建工程良性运行 | 10 |  |  | 10 |
    满意度指标（10分） | 服务对象满意度指标 | 指标1:服务对象满意度 | 10 | 90% | 100% | 10 |
";

/// Tianchang 2022: full marks for rows without values.
pub(crate) fn tianchang() -> Assessment {
    Assessment {
        declared_total: Some(decimal("100")),
        stated: stated("8800000", "8800000", "8800000"),
        ..form(["本年财政拨款", "880", "880", "880"], ["10", "10"], TIANCHANG)
    }
}
