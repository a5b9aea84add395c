//! Tests of the Word writer: a report with everything that one can have, and files read back.

mod structure;
mod texts;

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use quick_xml::XmlVersion;
use quick_xml::events::Event;
use quick_xml::reader::Reader;
use zip::ZipArchive;

use super::write;
use crate::document::*;
use jixiao_scoring::findings::{Language, Severity};

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(label, value)| ((*label).to_owned(), (*value).to_owned())).collect()
}

fn heading(level: u8, text: &str) -> Block {
    Block::Heading { level, text: text.into(), anchor: "a".into() }
}

fn column(title: &str, width: u32, align: Align) -> Column {
    Column { title: title.into(), width, align }
}

fn row(kind: RowKind, cells: &[&str]) -> Row {
    Row { kind, cells: cells.iter().map(|text| Cell { text: (*text).into(), marks: Vec::new() }).collect() }
}

fn remark(mark: &str, severity: Severity, label: &str, text: &str) -> Remark {
    Remark { mark: mark.into(), severity, label: label.into(), text: text.into() }
}

/// The indicators of a form with many rows.
fn indicators(count: usize) -> Table {
    let mut rows = vec![row(RowKind::Group, &["产出指标", "", "", "", "", "50.00", "46.50", ""])];
    for at in 1..=count {
        let name = format!("城市道路养护面积达标率第{at}项");
        let mut next = row(
            RowKind::Plain,
            &["产出指标", "数量指标", &name, "≥95%", "93.2%", "5.00", "4.90", "因汛期影响，工期顺延"],
        );
        if at % 7 == 0 {
            next.cells[4].marks = vec!["〔1〕".into(), "〔2〕".into()];
        }
        rows.push(next);
    }
    rows.push(row(RowKind::Total, &["合计", "", "", "", "", "100.00", "92.35", ""]));
    let widths = [10, 10, 24, 9, 9, 9, 9, 20];
    let titles = ["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因"];
    let columns = titles.iter().zip(widths).enumerate().map(|(at, (title, width))| {
        column(title, width, if (3..7).contains(&at) { Align::Right } else { Align::Left })
    });
    Table { caption: "表2 绩效指标完成情况".into(), columns: columns.collect(), rows }
}

/// A report with everything that one can have.
fn sample() -> Document {
    Document {
        language: Language::Zh,
        title: "项目支出绩效自评报告".into(),
        cover: Cover {
            subject: "城市道路养护与桥梁安全检测项目".into(),
            rows: owned(&[
                ("预算年度", "2025年"),
                ("项目编码", "51000025T000001234567"),
                ("项目单位", "某某市市政工程管理处"),
                ("主管部门", "某某市住房和城乡建设局"),
            ]),
            figures: [("自评得分", "100.00分"), ("复算得分", "92.35分"), ("评价等级", "优"), ("预算执行率", "97.86%")]
                .map(|(label, value)| Figure { label: label.into(), value: value.into() })
                .into(),
            identity: owned(&[
                ("评价编号", "01990c1e-7c4a-7b52-9d6d-0f0f7d1c2b3a"),
                ("内容摘要", "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
                ("核验方法", "jixiao verify 报告编号；或访问 /self-assessments/01990c1e/content 比对内容摘要。"),
            ]),
        },
        draft_mark: Some("草稿".into()),
        footer: "评价编号 01990c1e-7c4a-7b52-9d6d-0f0f7d1c2b3a · 第2版 · 规则 2020.1 · 摘要 9f86d081884c7d65".into(),
        blocks: vec![
            heading(1, "一、项目概况"),
            heading(2, "（一）项目单位基本情况"),
            Block::Paragraph("某某市市政工程管理处为市住房和城乡建设局所属公益一类事业单位，主要承担城市道路、桥梁的日常养护与安全检测工作。\n本年度安排资金1,250.00万元，用于“十四五”规划确定的38条主次干道养护。".into()),
            heading(2, "（二）项目绩效目标"),
            Block::Absent("本节未提供。".into()),
            heading(3, "1. 年度目标"),
            Block::List(vec!["完成主次干道养护38条，合计126.4公里；".into(), "完成桥梁安全检测52座，检测结果全部录入城市桥梁信息管理系统，其中特大桥3座由具有相应资质的第三方机构检测。".into()]),
            Block::Table(Table {
                caption: "表1 项目资金（单位：万元）".into(),
                columns: vec![
                    column("资金来源", 40, Align::Left),
                    column("年初预算数", 15, Align::Right),
                    column("全年预算数", 15, Align::Right),
                    column("全年执行数", 15, Align::Right),
                    column("执行率", 15, Align::Right),
                ],
                rows: vec![
                    row(RowKind::Plain, &["中央财政资金", "800.00", "800.00", "800.00", "100.00%"]),
                    row(RowKind::Plain, &["地方财政资金", "400.00", "450.00", "423.25", "94.06%"]),
                    row(RowKind::Total, &["合计", "1,200.00", "1,250.00", "1,223.25", "97.86%"]),
                ],
            }),
            Block::Remarks(vec![
                remark("〔1〕", Severity::Error, "错误", "自评得分100.00分，按申报数复算为92.35分，相差7.65分。"),
                remark("〔2〕", Severity::Warning, "警告", "全年执行数与明细之和不符：明细合计1,223.20万元，申报1,223.25万元，相差0.05万元，请核对支出明细后更正。"),
                remark("〔3〕", Severity::Info, "提示", "预算执行率低于100%。"),
            ]),
            Block::Chart(Chart {
                caption: "图1 各级指标得分".into(),
                legend: ("得分".into(), "分值".into()),
                bars: [("预算执行率", 196, 200, "9.79 / 10.00"), ("产出指标", 930, 1000, "46.50 / 50.00"), ("效益指标", 521, 600, "26.06 / 30.00"), ("满意度指标", 200, 200, "10.00 / 10.00"), ("未完成指标", 0, 400, "0.00 / 20.00")]
                    .map(|(label, reached, whole, text)| Bar { label: label.into(), reached, whole, text: text.into() })
                    .into(),
            }),
            Block::PageBreak,
            heading(1, "二、指标分析"),
            Block::Paragraph("绩效指标完成情况见表2。".into()),
            Block::Table(indicators(45)),
            Block::PageBreak,
            heading(1, "附件"),
            Block::Paragraph("自评表及得分推导过程。".into()),
        ],
    }
}

/// The parts of a file, by their names.
fn parts(document: &Document) -> BTreeMap<String, String> {
    let bytes = write(document).unwrap();
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|at| {
            let mut file = archive.by_index(at).unwrap();
            assert_eq!(file.last_modified().unwrap(), zip::DateTime::default());
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            (file.name().unwrap().into_owned(), text)
        })
        .collect()
}

fn is_xml(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// The texts of a part that is well formed: tabs and line breaks as such, and a line for each paragraph. The second are the
/// instructions of its fields.
fn texts(part: &str) -> (String, Vec<String>) {
    assert!(part.chars().all(is_xml));
    let mut reader = Reader::from_str(part);
    let (mut open, mut out, mut fields) = (Vec::new(), String::new(), Vec::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                start
                    .attributes()
                    .for_each(|one| drop(one.unwrap().normalized_value(XmlVersion::Implicit1_0).unwrap()));
                open.push(start.name().into_inner().to_owned());
                if open.last().is_some_and(|name| name == "w:instrText") {
                    fields.push(String::new());
                }
            }
            Event::Empty(start) => {
                start
                    .attributes()
                    .for_each(|one| drop(one.unwrap().normalized_value(XmlVersion::Implicit1_0).unwrap()));
                match start.name().into_inner() {
                    "w:br" => out.push('\n'),
                    "w:tab" if open.last().is_some_and(|name| name == "w:r") => out.push('\t'),
                    _ => {}
                }
            }
            Event::End(end) => {
                assert_eq!(open.pop().unwrap(), end.name().into_inner());
                if end.name().into_inner() == "w:p" {
                    out.push('\n');
                }
            }
            Event::Text(text) => match open.last().map(String::as_str) {
                Some("w:t") => out.push_str(&text.xml10_content()),
                Some("w:instrText") => fields.last_mut().unwrap().push_str(&text.xml10_content()),
                _ => {}
            },
            Event::GeneralRef(entity) => {
                let character = match entity.as_ref() {
                    "lt" => '<',
                    "gt" => '>',
                    "amp" => '&',
                    "quot" => '"',
                    other => panic!("the entity {other}"),
                };
                match open.last().map(String::as_str) {
                    Some("w:instrText") => fields.last_mut().unwrap().push(character),
                    _ => out.push(character),
                }
            }
            Event::Decl(_) => {}
            Event::Eof => break,
            other => panic!("{other:?}"),
        }
    }
    assert!(open.is_empty());
    (out, fields)
}

fn count(part: &str, what: &str) -> usize {
    part.matches(what).count()
}
