//! Forms of goals: what a project is to reach, apart from what is of several years.

use rust_decimal::Decimal;

use super::layout_tests::laid_out;
use super::{Form, FormKind, ProblemKind, Purpose};

fn one(rows: &[&[&str]], merged: &[&str]) -> Form {
    let mut forms = laid_out(rows, merged);
    assert_eq!(forms.len(), 1);
    let form = forms.remove(0);
    assert_eq!(form.problems, []);
    assert_eq!(form.kind, FormKind::Goals);
    form
}

/// Label, and yuan.
fn funds(form: &Form) -> Vec<(String, Decimal)> {
    form.fund_lines().map(|row| (row.label.clone(), row.initial.as_ref().unwrap().value)).collect()
}

fn texts(form: &Form) -> [Option<&str>; 2] {
    [&form.overall_goal, &form.expected_goal].map(|goal| goal.as_ref().map(|goal| goal.value.as_str()))
}

#[test]
fn the_amount_of_the_year_is_read_and_never_that_of_all_years() {
    let rows: &[&[&str]] = &[
        &["财政项目支出绩效目标申报表"],
        &["（2026年度）"],
        &["项目名称", "立交工程", "", "项目性质", "阶段性项目"],
        &["主管部门", "某区建管委", "", "实施单位", "某区建设管理中心"],
        &["计划开始日期", "2026/1/1", "", "计划完成日期", "2027/12/31"],
        &["项目资金（元）", "项目资金总额", "771,325,800.00", "年度资金申请总额", "226,145,100.00"],
        &["", "其中：财政资金", "771,325,800.00", "其中：当年财政拨款", "226,145,100.00"],
        &["", "其他资金", "0.00", "上年结转资金", "0.00"],
        &["项目绩效目标", "项目总目标", "", "年度总体目标"],
        &["", "建成立交。", "", "完成主体结构50%。"],
        &["一级指标", "二级指标", "三级指标", "指标目标值（参考指标）"],
        &["产出指标", "数量指标", "完成主体结构比例", "≥50%"],
        &["", "质量指标", "验收合格率", "＝100%"],
        &["满意度指标", "服务对象满意度指标", "周边居民满意度", "≥85%"],
    ];
    let form = one(rows, &["A6:A8", "B9:C9", "D9:E9", "B10:C10", "D10:E10"]);
    assert_eq!(form.fund_total().unwrap().initial.as_ref().unwrap().value, Decimal::from(226_145_100));
    assert_eq!(funds(&form), [("其中：当年财政拨款".to_owned(), Decimal::from(226_145_100))]);
    assert_eq!(texts(&form), [Some("建成立交。"), Some("完成主体结构50%。")]);
    assert_eq!(form.indicators.len(), 3);
    assert_eq!(form.fiscal_year.as_ref().map(|year| year.value), Some(2026));
    assert_eq!(form.unit.as_ref().map(|unit| unit.value.name.as_str()), Some("某区建设管理中心"));
}

#[test]
fn what_is_scored_by_which_standard_is_kept() {
    let rows: &[&[&str]] = &[
        &["财政支出绩效目标申报表"],
        &["（2021年度）"],
        &["项目名称", "业务运行经费", "", "项目类型", "经常性"],
        &["项目实施单位", "某中心"],
        &["项目资金申请（万元）", "资金总额：", "", "120"],
        &["", "一般公共预算拨款：", "", "100"],
        &["", "政府性基金预算拨款：", "", "0"],
        &["", "上年结余收入：", "", "20"],
        &["项目绩效目标", "长期目标", "年度目标"],
        &["", "保障业务运行", "完成年度业务"],
        &["衡量指标", "一级指标", "二级指标", "分值", "指标内容", "指标值", "评分细则"],
        &["", "投入指标", "资金到位率", "30", "实际到位/计划投入", "资金到位率达100%", "每少10个百分点扣1分"],
        &["", "产出指标", "数量指标", "70", "完成检测批次", "≥300批次", "完成率×20分"],
    ];
    let form = one(rows, &["A5:A8", "A9:A10", "A11:A13"]);
    let amounts: Vec<Decimal> = funds(&form).into_iter().map(|(_, amount)| amount).collect();
    assert_eq!(amounts, [Decimal::from(1_000_000), Decimal::from(200_000)]);
    assert_eq!(texts(&form), [Some("保障业务运行"), Some("完成年度业务")]);
    let [first, second] = &form.indicators[..] else { panic!("{:?}", form.indicators) };
    assert_eq!((first.name.value.as_str(), &first.level2), ("资金到位率", &None));
    assert_eq!(first.explanation.as_ref().unwrap().value, "实际到位/计划投入");
    assert_eq!(first.scoring_standard.as_ref().unwrap().value, "每少10个百分点扣1分");
    assert_eq!(
        (second.name.value.as_str(), second.level2.as_ref().unwrap().value.as_str()),
        ("完成检测批次", "数量指标")
    );
    assert!(form.indicators.iter().all(|row| row.weight.is_some() && row.actual.is_none() && row.score.is_none()));
}

#[test]
fn of_a_table_of_two_halves_the_years_is_read() {
    let rows: &[&[&str]] = &[
        &["项目支出绩效目标申报表"],
        &["（2023年度）"],
        &["项目名称", "农田建设"],
        &["主管部门及代码", "102-农业农村局", "", "", "实施单位", "农田中心"],
        &["项目资金（万元）", "中期资金总额：", "", "300", "年度资金总额：", "", "100"],
        &["", "其中：财政拨款", "", "300", "其中：财政拨款", "", "90"],
        &["", "其他资金", "", "", "其他资金", "", "10"],
        &["总体目标", "中期目标（2023年—2025年）", "", "", "年度目标"],
        &["", "目标1：建成3000亩", "", "", "目标1：建成1000亩"],
        &["", "目标2：全部验收", "", "", "目标2：验收"],
        &["一级指标", "二级指标", "三级指标", "指标值", "二级指标", "三级指标", "指标值"],
        &["产出指标", "数量指标", "建成面积", "≥3000亩", "数量指标", "建成面积", "≥1000亩"],
        &["", "质量指标", "验收合格率", "100%", "质量指标", "当年验收合格率", "≥95%"],
    ];
    let form = one(rows, &["A5:A7", "A8:A10", "A12:A13"]);
    assert_eq!(funds(&form).iter().map(|(_, amount)| *amount).sum::<Decimal>(), Decimal::from(1_000_000));
    assert_eq!(texts(&form), [Some("目标1：建成3000亩\n目标2：全部验收"), Some("目标1：建成1000亩\n目标2：验收")]);
    let said: Vec<_> = form
        .indicators
        .iter()
        .map(|row| (row.name.value.as_str(), row.target.as_ref().unwrap().value.as_str()))
        .collect();
    assert_eq!(said, [("建成面积", "≥1000亩"), ("当年验收合格率", "≥95%")]);
    assert!(form.notes().iter().any(|(zh, _)| zh.contains("年度指标")));
}

#[test]
fn a_form_is_asked_for_what_it_is_read_for() {
    let rows: &[&[&str]] = &[
        &["项目支出绩效目标表（2023年度）"],
        &["项目名称", "道路养护", "年度目标：养护50公里"],
        &["一级指标", "二级指标", "三级指标", "指标值", "权重", "评分标准", "指标解释", "数据来源", "是否核心指标"],
        &["产出指标", "数量指标", "里程", "≥50公里", "100", "按比例", "养护的里程", "台账", "是"],
    ];
    let form = one(rows, &[]);
    assert_eq!(texts(&form), [None, Some("养护50公里")]);
    assert_eq!(form.is_not_for(Purpose::Goals), None);
    let problem = form.is_not_for(Purpose::SelfAssessment).unwrap();
    assert_eq!((problem.kind, problem.place.to_string().as_str()), (ProblemKind::GoalForm, "A1"));
    let row = &form.indicators[0];
    assert_eq!((row.is_core, row.data_source.as_ref().unwrap().value.as_str()), (Some(true), "台账"));
}

/// A form of 2026 with these rows of money.
fn with_funds(funds: &[&[&str]], merged: &[&str]) -> Form {
    let mut rows: Vec<&[&str]> = vec![&["项目支出绩效目标申报表（2026年度）"], &["项目名称", "道路养护"]];
    rows.extend(funds);
    rows.extend([
        &["年度目标", "养护50公里"][..],
        &["一级指标", "二级指标", "三级指标", "指标值"],
        &["产出指标", "数量指标", "里程", "≥50公里"],
    ]);
    laid_out(&rows, merged).remove(0)
}

#[test]
fn money_of_other_years_is_never_that_of_the_year() {
    let asked: &[(&[&[&str]], u32)] = &[
        (&[&["项目资金（万元）", "项目总投资", "1000", "以前年度已安排", "600", "本年度申请", "400"]], 400),
        (&[&["项目资金（万元）", "上年度预算", "80", "本年度预算", "100"]], 100),
        (&[&["项目资金（万元）", "总投资", "1000"], &["", "以前年度安排", "600"], &["", "2026年度申请", "400"]], 400),
        (&[&["项目资金（万元）", "总投入", "300"], &["", "本年财政拨款", "100"], &["", "下年计划", "200"]], 100),
        (
            &[&["项目资金（万元）", "总投入", "300"], &["", "2026年财政拨款", "100"], &["", "2027年财政拨款", "200"]],
            100,
        ),
        (
            &[
                &["项目资金（万元）", "资金来源", "合计", "2025年", "2026年", "2027年"],
                &["", "财政拨款", "300", "80", "100", "120"],
            ],
            100,
        ),
        (
            &[
                &["项目资金总额（万元）", "1000", "本年度资金（万元）", "400"],
                &["项目开始年份", "2024", "项目结束年份", "2026"],
            ],
            400,
        ),
        (&[&["项目资金（万元）", "项目资金总额", "100"]], 100),
        (
            &[&["项目资金（万元）", "年度资金总额", "100"], &["", "其中：财政拨款", "60"], &["", "上年结转资金", "40"]],
            100,
        ),
        (&[&["项目资金（万元）", "资金总额", "100"], &["", "财政拨款", "60"], &["", "长期聘用人员经费", "40"]], 100),
    ];
    for (funds, amount) in asked {
        let form = with_funds(funds, &[]);
        assert_eq!(form.problems, [], "{funds:?}");
        let total: Decimal = form.fund_lines().filter_map(|row| row.initial.as_ref()).map(|cited| cited.value).sum();
        assert_eq!(total, Decimal::from(*amount) * Decimal::from(10_000), "{funds:?}");
    }
    // Where nothing says which years are meant, it is asked.
    let unclear: &[&[&[&str]]] = &[
        &[&["项目资金（万元）", "财政拨款", "100", "其他资金", "20"]],
        &[&["项目资金（万元）", "总投入", "300"], &["", "财政拨款", "100"]],
        &[&["项目资金（万元）", "资金来源", "2024年", "2025年"], &["", "财政拨款", "80", "100"]],
    ];
    for funds in unclear {
        let form = with_funds(funds, &[]);
        let codes: Vec<&str> = form.problems.iter().map(|problem| problem.kind.code()).collect();
        assert_eq!((codes, form.funds.len()), (vec!["year_amount_unclear"], 0), "{funds:?}");
    }
}

#[test]
fn goals_are_read_whole_and_by_their_own_headings() {
    let with_goals = |goals: &[&[&str]], merged: &[&str]| {
        let mut rows: Vec<&[&str]> = vec![&["项目支出绩效目标申报表（2026年度）"], &["项目名称", "道路养护"]];
        rows.extend(goals);
        rows.extend([
            &["一级指标", "二级指标", "三级指标", "指标值"][..],
            &["产出指标", "数量指标", "里程", "≥50公里"],
        ]);
        let form = laid_out(&rows, merged).remove(0);
        texts(&form).map(|text| text.map(str::to_owned))
    };
    let of = |overall: Option<&str>, annual: Option<&str>| [overall, annual].map(|text| text.map(str::to_owned));
    let three: &[&[&str]] = &[&["年度总体目标", "目标1"], &["", "目标2"], &["", "目标3"]];
    assert_eq!(with_goals(three, &["A3:A5"]), of(None, Some("目标1\n目标2\n目标3")));
    let plan: &[&[&str]] = &[&["年度目标", "完成修路"], &["项目实施计划", "一月启动"]];
    assert_eq!(with_goals(plan, &[]), of(None, Some("完成修路")));
    let reasons: &[&[&str]] =
        &[&["长期目标", "年度目标"], &["建成", "完成一半"], &["很必要", "按法规"], &["文件1", "文件2"]];
    assert_eq!(with_goals(reasons, &[]), of(Some("建成"), Some("完成一半")));
    let named: &[&[&str]] = &[&["项目绩效目标", "中长期总目标", "", "本年目标"], &["", "建成", "", "一半"]];
    assert_eq!(with_goals(named, &["A3:A4"]), of(Some("建成"), Some("一半")));
}

#[test]
fn targets_of_the_year_are_read_wherever_they_stand() {
    let read = |table: &[&[&str]], merged: &[&str]| {
        let mut rows: Vec<&[&str]> = vec![&["项目支出绩效目标申报表（2026年度）"], &["项目名称", "道路养护"]];
        rows.extend(table);
        let form = laid_out(&rows, merged).remove(0);
        let said =
            |row: &super::FormIndicator| row.target.as_ref().map(|target| target.value.clone()).unwrap_or_default();
        form.indicators.iter().map(said).collect::<Vec<String>>()
    };
    let levels = ["一级指标", "二级指标", "三级指标"];
    let two = [&levels[..], &["指标值（实施期）", "指标值（当年）"]].concat();
    assert_eq!(read(&[&two, &["产出指标", "数量指标", "里程", "≥300公里", "≥100公里"]], &[]), ["≥100公里"]);
    let merged = [&levels[..], &["指标值", ""]].concat();
    let rows: &[&[&str]] =
        &[&merged, &["", "", "", "实施期", "当年"], &["产出指标", "数量指标", "里程", "≥300公里", "≥100公里"]];
    assert_eq!(read(rows, &["D3:E3", "A3:A4", "B3:B4", "C3:C4"]), ["≥100公里"]);
    let halves = [&levels[..], &["指标值"], &levels[1..], &["指标值"]].concat();
    let reversed: &[&[&str]] = &[
        &["", "年度指标", "", "", "中长期指标"],
        &halves,
        &["产出指标", "数量指标", "里程", "≥100公里", "数量指标", "里程", "≥500公里"],
    ];
    assert_eq!(read(reversed, &[]), ["≥100公里"]);
    let table = [&levels[..], &["指标值"]].concat();
    let below: &[&[&str]] = &[
        &["实施期绩效指标"],
        &table,
        &["产出指标", "数量指标", "里程", "≥500公里"],
        &["年度绩效指标"],
        &table,
        &["产出指标", "数量指标", "里程", "≥100公里"],
    ];
    assert_eq!(read(below, &[]), ["≥100公里"]);
}

#[test]
fn a_filled_self_assessment_is_one_whatever_its_title_says() {
    for title in ["项目支出绩效目标表（自评）", "2023年度绩效目标申报表", "项目支出绩效自评一览表"]
    {
        let rows: &[&[&str]] = &[
            &[title],
            &["项目名称", "道路养护", "2023年度"],
            &["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分"],
            &["产出指标", "数量指标", "里程", "≥50公里", "48公里", "90", "86"],
        ];
        let form = laid_out(rows, &[]).remove(0);
        assert_eq!((form.kind, form.indicators.len(), form.is_other_kind()), (FormKind::Project, 1, false), "{title}");
        assert!(form.indicators[0].actual.is_some());
    }
}
