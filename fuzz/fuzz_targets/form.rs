//! Any grid of texts, many of them labels of forms, as a form that is then scored: nothing panics.
//!
//! Three bytes place a cell, one says what it holds: a label, a text with figures, or the bytes that follow.

#![no_main]

use jixiao_forms::suited;
use jixiao_forms::workbooks::{Area, Cell, Place, Sheet};
use jixiao_scoring::findings::check;
use jixiao_scoring::score;
use libfuzzer_sys::fuzz_target;

const TEXTS: &[&str] = &[
    "项目名称", "项目代码", "主管部门", "实施单位", "（2023年度）", "项目资金（万元）", "项目资金（元）", "年初预算数",
    "全年预算数", "全年执行数", "分值", "执行率", "得分", "年度资金总额", "其中：当年财政拨款", "上年结转资金", "其他资金",
    "年度总体目标", "预期目标", "实际完成情况", "绩效指标", "一级指标", "二级指标", "三级指标", "指标性质", "指标值",
    "度量单位", "年度指标值", "实际完成值", "偏差原因分析及改进措施", "总分", "自评等级", "优", "备注", "产出指标(50分)",
    "数量指标", "预算执行率", "≥", "≤", "=", "定性", "≥100人", "98%以上", "2023年12月", "5亿元", "530元/人*月", "10", "100",
    "项目支出绩效目标申报表", "年度目标", "中期目标", "年度资金总额：", "以前年度安排", "2026年", "指标内容", "评分细则", "汇总表",
    "0.98", "54.2543", "-1", "99999999999999999999", "无", "/", "达成预期指标", "效果明显", "1,080.5", "３０", "10-20个",
];

fuzz_target!(|bytes: &[u8]| {
    let mut sheet = Sheet { name: "自评表".to_owned(), ..Sheet::default() };
    let mut rest = bytes;
    while let [row, column, span, kind, more @ ..] = rest {
        rest = more;
        let place = Place { row: u32::from(*row % 64) + 1, column: u32::from(*column % 16) + 1 };
        let text = match TEXTS.get(usize::from(*kind)) {
            Some(text) => (*text).to_owned(),
            None => {
                let length = rest.len().min(usize::from(*kind) % 24);
                let (own, left) = rest.split_at(length);
                rest = left;
                String::from_utf8_lossy(own).into_owned()
            }
        };
        sheet.cells.insert(place, Cell { text, is_error: *span == 255, is_number: *span == 254 });
        if *span % 8 > 0 && *span < 64 {
            let last = Place { row: place.row + u32::from(*span / 8), column: place.column + u32::from(*span % 8) };
            sheet.merged.push(Area { first: place, last });
        }
    }
    for form in jixiao_forms::read(&sheet) {
        let (assessment, profile) = (form.assessment(), suited(&form));
        let scored = score(&assessment, profile);
        let _ = check(&assessment, profile, &scored);
    }
});
