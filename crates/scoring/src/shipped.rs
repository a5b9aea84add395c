//! The five profiles that come with the service.

use std::borrow::Cow::{self, Borrowed};
use std::sync::LazyLock;

use rust_decimal::Decimal;

use super::{
    Bands, Confidence, Denominator, EqualRule, EvaluationKind, GradeLimits, Inverse, Level1Bound, Level1Rule, Profile,
    Sourced,
};

/// All of them, the default first.
pub(super) static SHIPPED: LazyLock<[Profile; 5]> =
    LazyLock::new(|| [mof_2020(), hubei_20_80(), mof_2020_department(), linear_inverse(), initial_budget()]);

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
