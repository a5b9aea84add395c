//! The profiles that come with the service, in every version.

use std::borrow::Cow::{self, Borrowed};
use std::sync::LazyLock;

use rust_decimal::Decimal;

use super::{
    Bands, Confidence, CostRule, Denominator, EqualRule, EvaluationKind, GradeLimits, Inverse, Level1Bound, Level1Rule,
    Profile, Sourced,
};

/// All of them, the default first, and of each the latest version first.
pub(super) static SHIPPED: LazyLock<[Profile; 13]> = LazyLock::new(|| {
    [
        second(mof_2020()),
        mof_2020(),
        second(hubei_20_80()),
        hubei_20_80(),
        second(mof_2020_department()),
        mof_2020_department(),
        second(linear_inverse()),
        linear_inverse(),
        second(initial_budget()),
        initial_budget(),
        mof_2021_cost(),
        henan_2024(),
        transfer_payment(),
    ]
});

/// The second version of a profile: costs without a sign are limits, and settings name the sources that were found
/// since. Their values are those of the first.
fn second(first: Profile) -> Profile {
    let inverse = match first.inverse.value {
        Inverse::Ratio => form(
            Inverse::Ratio,
            "notes under published forms: 指标值/完成值 for inverse indicators",
            "已公开自评表表下注：反向指标按指标值/完成值计分",
        ),
        Inverse::Linear => secondary(
            Inverse::Linear,
            "the default of a system in use: (1 − (B − A)/A) × weight, 0 from B ≥ 2A",
            "在用系统的默认规则：(1 −（完成值 − 指标值）/指标值) × 分值，达到2倍为0分",
        ),
    };
    let factor = first.over_achievement_factor.value;
    let (rate, tolerance) = (first.reason_execution_rate.value, first.tolerance.value);
    Profile {
        version: 2,
        inverse,
        equal: secondary(
            first.equal.value,
            "the default of a system in use: = is scored as at least",
            "在用系统的默认规则：等于按不低于计分",
        ),
        over_achievement_factor: secondary(
            factor,
            "Guangxi asks for a reason from 130 % of the target on",
            "广西要求完成值达到指标值130%的说明原因",
        ),
        reason_execution_rate: form(
            rate,
            "the Sichuan form asks for a reason of a rate below 90 %",
            "四川自评表要求执行率低于90%的说明原因",
        ),
        tolerance: secondary(tolerance, "a checker in use allows 0.1 points", "在用的核对工具允许相差0.1分"),
        cost_without_sign: convention(
            CostRule::AtMost,
            "no source decides; a cost in money is a limit, and = or no sign say how much is planned",
            "无明文依据；以金额计的成本是上限，“=”或不带符号写的是计划数",
        ),
        ..first
    }
}

/// The form with costs as a level of their own.
fn mof_2021_cost() -> Profile {
    Profile {
        code: Borrowed("mof-2021-cost"),
        version: 1,
        name_zh: Borrowed("单位自评（成本20、产出40、效益20、满意度10）"),
        name_en: Borrowed("Self-assessment with costs as a level (costs 20, output 40, benefit 20, satisfaction 10)"),
        level1_weights: convention(
            Cow::Owned(vec![
                exactly(Borrowed(&[Borrowed("成本")]), 20),
                exactly(Borrowed(&[Borrowed("产出")]), 40),
                exactly(Borrowed(&[Borrowed("效益")]), 20),
                exactly(Borrowed(&[Borrowed("满意度")]), 10),
            ]),
            "no source decides; forms with a level of costs mostly share the points so",
            "无明文依据；单设成本指标的表格多按此分配",
        ),
        ..second(mof_2020())
    }
}

/// Henan's form of 2024: the other 30 points as the form has them.
fn henan_2024() -> Profile {
    Profile {
        code: Borrowed("henan-2024"),
        version: 1,
        name_zh: Borrowed("河南单位自评（成本10、产出30、效益25、满意度5）"),
        name_en: Borrowed("Self-assessment form of Henan (costs 10, output 30, benefit 25, satisfaction 5)"),
        level1_weights: secondary(
            Cow::Owned(vec![
                exactly(Borrowed(&[Borrowed("成本")]), 10),
                exactly(Borrowed(&[Borrowed("产出")]), 30),
                exactly(Borrowed(&[Borrowed("效益")]), 25),
                exactly(Borrowed(&[Borrowed("满意度")]), 5),
            ]),
            "published summary of Henan's self-assessments of 2024",
            "河南2024年自评情况的公开摘要",
        ),
        ..second(mof_2020())
    }
}

/// The national form of transfer payments, which has no points.
fn transfer_payment() -> Profile {
    Profile {
        code: Borrowed("transfer-payment"),
        version: 1,
        name_zh: Borrowed("转移支付区域（项目）绩效自评（不计分）"),
        name_en: Borrowed("Self-assessment of a transfer payment, without points"),
        execution_weight: form(
            None,
            "the published form of transfer payments has no points",
            "已公开转移支付自评表没有分值",
        ),
        level1_weights: form(
            Cow::Owned(Vec::new()),
            "the published form of transfer payments has no points",
            "已公开转移支付自评表没有分值",
        ),
        is_scored: form(false, "the published form of transfer payments has no points", "已公开转移支付自评表没有分值"),
        ..second(mof_2020())
    }
}

/// The national form for self-assessment, and the default.
fn mof_2020() -> Profile {
    Profile {
        code: Borrowed("mof-2020"),
        version: 1,
        name_zh: Borrowed("全国通用单位自评（执行率10分）"),
        name_en: Borrowed("National self-assessment form (execution rate 10 points)"),
        evaluation_kind: EvaluationKind::UnitSelfAssessment,
        execution_weight: form(
            Some(Decimal::TEN),
            "note under the published self-assessment form: 预算资金执行率10分",
            "已公开自评表表下注：预算资金执行率10分",
        ),
        level1_weights: form(
            Cow::Owned(vec![
                exactly(Borrowed(&[Borrowed("产出")]), 50),
                exactly(Borrowed(&[Borrowed("效益")]), 30),
                exactly(Borrowed(&[Borrowed("满意度")]), 10),
            ]),
            "note under the published self-assessment form: 产出指标50分、效益指标30分、服务对象满意度指标10分",
            "已公开自评表表下注：产出指标50分、效益指标30分、服务对象满意度指标10分",
        ),
        denominator: form(
            Denominator::FullYear,
            "self-assessment form, 执行率 (B/A), A = 全年预算数",
            "自评表“执行率（B/A）”，A为全年预算数",
        ),
        inverse: convention(
            Inverse::Ratio,
            "no source decides; target over actual mirrors actual over target",
            "无明文依据；以指标值除以完成值，与正向指标对称",
        ),
        equal: convention(
            EqualRule::AtLeast,
            "no source decides; = on a form mostly names a quantity to be reached",
            "无明文依据；表中“=”多指应达到的数量",
        ),
        cost_without_sign: convention(
            CostRule::AsWritten,
            "no source decides; a target is taken as it is written",
            "无明文依据；按指标值所写比较",
        ),
        is_scored: form(true, "self-assessment form, columns 分值 and 得分", "自评表“分值”“得分”列"),
        bands: bands(6),
        grade_limits: secondary(
            GradeLimits {
                excellent: Decimal::from_parts(90, 0, 0, false, 0),
                good: Decimal::from_parts(80, 0, 0, false, 0),
                fair: Decimal::from_parts(60, 0, 0, false, 0),
            },
            "secondary sources on 财预〔2020〕10号: 90-100, 80-90, 60-80, below 60",
            "关于财预〔2020〕10号的间接来源：90-100、80-90、60-80、60以下",
        ),
        over_achievement_factor: convention(
            Decimal::from_parts(13, 0, 0, false, 1),
            "no source decides; 30 % beyond the target asks whether it was set too low",
            "无明文依据；超出指标值30%即询问目标是否偏低",
        ),
        reason_execution_rate: convention(
            Decimal::from_parts(90, 0, 0, false, 2),
            "no source decides; forms ask for reasons of a large deviation",
            "无明文依据；表格要求说明偏差较大的原因",
        ),
        tolerance: convention(
            Decimal::from_parts(1, 0, 0, false, 1),
            "no source decides; forms print scores to one decimal",
            "无明文依据；表格得分多保留一位小数",
        ),
        unspent_share: convention(
            Decimal::from_parts(20, 0, 0, false, 2),
            "no source decides; a fifth of the budget left over asks for the reason",
            "无明文依据；结余超过预算的五分之一即提请说明",
        ),
        performance_lead: convention(
            Decimal::from_parts(20, 0, 0, false, 2),
            "no source decides; points that run a fifth ahead of the money ask for a second look",
            "无明文依据；得分率高出执行率五分之一即提请复核",
        ),
    }
}

/// The form of Hubei and others: 20 points execution, 80 points goals.
fn hubei_20_80() -> Profile {
    Profile {
        code: Borrowed("hubei-20-80"),
        name_zh: Borrowed("湖北等地单位自评（执行率20分、目标80分）"),
        name_en: Borrowed("Self-assessment form of Hubei and others (execution 20, goals 80)"),
        execution_weight: form(
            Some(Decimal::from_parts(20, 0, 0, false, 0)),
            "published forms: 预算执行情况(20分), 得分(20分*执行率)",
            "已公开自评表：预算执行情况(20分)，得分(20分*执行率)",
        ),
        level1_weights: form(
            Cow::Owned(vec![exactly(Borrowed(&[]), 80)]),
            "published forms: 年度绩效目标 80分 in all",
            "已公开自评表：年度绩效目标共80分",
        ),
        denominator: form(
            Denominator::FullYear,
            "note under the published form: 预算数为调整后财政资金",
            "已公开自评表备注：预算数为调整后财政资金",
        ),
        bands: bands(5),
        ..mof_2020()
    }
}

/// The national frame for department evaluation: 决策, 过程, 产出, 效益.
fn mof_2020_department() -> Profile {
    Profile {
        code: Borrowed("mof-2020-department"),
        name_zh: Borrowed("全国通用部门评价（决策、过程、产出、效益）"),
        name_en: Borrowed("National department evaluation (decision, process, output, benefit)"),
        evaluation_kind: EvaluationKind::DepartmentEvaluation,
        execution_weight: secondary(
            None,
            "secondary sources on 财预〔2020〕10号: 预算执行率 is an indicator under 过程",
            "关于财预〔2020〕10号的间接来源：预算执行率为“过程”下的指标",
        ),
        level1_weights: secondary(
            Cow::Owned(vec![Level1Rule {
                levels: Borrowed(&[Borrowed("产出"), Borrowed("效益")]),
                bound: Level1Bound::AtLeast,
                weight: Decimal::from_parts(60, 0, 0, false, 0),
            }]),
            "secondary sources on 财预〔2020〕10号: 产出 and 效益 together at least 60 %",
            "关于财预〔2020〕10号的间接来源：产出、效益指标权重合计不低于60%",
        ),
        ..mof_2020()
    }
}

/// `mof-2020` with the linear rule for costs above their target.
fn linear_inverse() -> Profile {
    Profile {
        code: Borrowed("linear-inverse"),
        name_zh: Borrowed("全国通用单位自评（反向指标线性扣分）"),
        name_en: Borrowed("National self-assessment form, linear deduction for inverse indicators"),
        inverse: convention(
            Inverse::Linear,
            "no source decides; every per cent above the target costs a per cent of the weight",
            "无明文依据；超出指标值多少比例即扣多少比例的分",
        ),
        ..mof_2020()
    }
}

/// `mof-2020` with the initial budget as denominator.
fn initial_budget() -> Profile {
    Profile {
        code: Borrowed("initial-budget"),
        name_zh: Borrowed("全国通用单位自评（以年初预算数计执行率）"),
        name_en: Borrowed("National self-assessment form, rate over the initial budget"),
        denominator: secondary(
            Denominator::Initial,
            "secondary sources on older forms of Beijing and Jinan",
            "关于北京、济南早期表格的间接来源",
        ),
        ..mof_2020()
    }
}

fn exactly(levels: Cow<'static, [Cow<'static, str>]>, weight: u32) -> Level1Rule {
    Level1Rule { levels, bound: Level1Bound::Exactly, weight: Decimal::from_parts(weight, 0, 0, false, 0) }
}

fn bands(partial_tenths: u32) -> Sourced<Bands> {
    secondary(
        Bands {
            achieved_from: Decimal::from_parts(8, 0, 0, false, 1),
            partial_from: Decimal::from_parts(partial_tenths, 0, 0, false, 1),
        },
        "secondary sources on the notes under self-assessment forms",
        "关于自评表表下注的间接来源",
    )
}

fn form<T>(value: T, basis: &'static str, basis_zh: &'static str) -> Sourced<T> {
    sourced(value, basis, basis_zh, Confidence::PublishedForm)
}

fn secondary<T>(value: T, basis: &'static str, basis_zh: &'static str) -> Sourced<T> {
    sourced(value, basis, basis_zh, Confidence::Secondary)
}

fn convention<T>(value: T, basis: &'static str, basis_zh: &'static str) -> Sourced<T> {
    sourced(value, basis, basis_zh, Confidence::Convention)
}

fn sourced<T>(value: T, basis: &'static str, basis_zh: &'static str, confidence: Confidence) -> Sourced<T> {
    Sourced { value, basis: Borrowed(basis), basis_zh: Borrowed(basis_zh), confidence }
}
