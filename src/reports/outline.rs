//! What a report says, in the outline of 财预〔2020〕10号: cover, overview, how it was evaluated, analysis, conclusion, experience,
//! problems and proposals, other matters, and the annexes. Only figures and what people wrote: no prose is invented.

use super::document::{Block, Document, Remark};
use super::facts::{Contradiction, Facts};
use super::words::{self, counted, say};
use super::{charts, cover, tables};
use crate::assessments::narrative::EvaluationMethod;
use crate::findings::Language;
use crate::values::LongText;

/// The dimensions of the analysis, by the level 1 that people give their indicators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    /// 决策
    Decision,
    /// 过程, and the execution of the budget
    Process,
    /// 产出
    Output,
    /// 效益, and satisfaction
    Benefit,
    /// Whatever else a form has.
    Other,
}

impl Dimension {
    const ALL: [Dimension; 5] =
        [Dimension::Decision, Dimension::Process, Dimension::Output, Dimension::Benefit, Dimension::Other];

    /// The one that a level 1 belongs to.
    pub fn of(level1: &str) -> Dimension {
        let has = |words: &[&str]| words.iter().any(|word| level1.contains(word));
        match () {
            () if has(&["决策"]) => Dimension::Decision,
            () if has(&["过程", "管理", "执行", "资金"]) => Dimension::Process,
            () if has(&["产出", "成本"]) => Dimension::Output,
            () if has(&["效益", "效果", "满意", "影响"]) => Dimension::Benefit,
            () => Dimension::Other,
        }
    }

    fn heading(self, language: Language) -> &'static str {
        match self {
            Dimension::Decision => say!(language, "项目决策情况", "Decision"),
            Dimension::Process => say!(language, "项目过程情况", "Process"),
            Dimension::Output => say!(language, "项目产出情况", "Output"),
            Dimension::Benefit => say!(language, "项目效益情况", "Benefit"),
            Dimension::Other => say!(language, "其他指标情况", "Other indicators"),
        }
    }
}

/// The report of some facts.
pub fn document(facts: &Facts, language: Language) -> Document {
    let mut writer = Writer {
        facts,
        language,
        findings: facts.contradictions(language),
        blocks: Vec::new(),
        chapter: 0,
        section: 0,
        tables: 0,
        charts: 0,
    };
    writer.overview();
    writer.evaluation();
    writer.analysis();
    writer.conclusion();
    writer.lessons();
    writer.annexes();
    Document {
        language,
        title: words::title(facts.kind, language),
        cover: cover::cover(facts, language),
        draft_mark: cover::draft_mark(facts, language),
        footer: cover::footer(facts, language),
        blocks: writer.blocks,
    }
}

/// Writes the parts of a report, and counts them.
pub(super) struct Writer<'a> {
    pub(super) facts: &'a Facts,
    pub(super) language: Language,
    pub(super) findings: Vec<Contradiction>,
    blocks: Vec<Block>,
    chapter: usize,
    section: usize,
    tables: usize,
    charts: usize,
}

impl Writer<'_> {
    fn chapter(&mut self, zh: &str, en: &str) {
        self.chapter += 1;
        self.section = 0;
        let text = say!(self.language, format!("{}、{zh}", counted(self.chapter)), format!("{}. {en}", self.chapter));
        self.heading(1, text, format!("chapter-{}", self.chapter));
    }

    fn section(&mut self, zh: &str, en: &str) {
        self.section += 1;
        let (chapter, section) = (self.chapter, self.section);
        let text = say!(self.language, format!("（{}）{zh}", counted(section)), format!("{chapter}.{section} {en}"));
        self.heading(2, text, format!("section-{chapter}-{section}"));
    }

    fn heading(&mut self, level: u8, text: String, anchor: String) {
        self.blocks.push(Block::Heading { level, text, anchor });
    }

    /// A text as people wrote it, a paragraph for each line; says so where there is none.
    fn text(&mut self, text: Option<&LongText>) {
        let paragraphs = text.map(LongText::as_str).unwrap_or_default().lines().map(str::trim);
        let paragraphs: Vec<&str> = paragraphs.filter(|line| !line.is_empty()).collect();
        if paragraphs.is_empty() {
            return self.absent();
        }
        self.blocks.extend(paragraphs.into_iter().map(|line| Block::Paragraph(line.to_owned())));
    }

    fn absent(&mut self) {
        let text = say!(self.language, "（未提供）", "(not provided)");
        self.blocks.push(Block::Absent(text.to_owned()));
    }

    fn list(&mut self, items: Vec<String>) {
        match items.is_empty() {
            true => self.absent(),
            false => self.blocks.push(Block::List(items)),
        }
    }

    /// The caption of the next table.
    fn table_caption(&mut self, zh: &str, en: &str) -> String {
        self.tables += 1;
        say!(self.language, format!("表{} {zh}", self.tables), format!("Table {}. {en}", self.tables))
    }

    /// The caption of the next chart.
    fn chart_caption(&mut self, zh: &str, en: &str) -> String {
        self.charts += 1;
        say!(self.language, format!("图{} {zh}", self.charts), format!("Figure {}. {en}", self.charts))
    }

    /// The sentences of some findings, below what they are about.
    fn remarks(&mut self, is_about: impl Fn(&Contradiction) -> bool) {
        let remark = |one: &Contradiction| Remark {
            mark: one.mark(),
            severity: one.severity,
            label: words::severity(one.severity, self.language),
            text: one.message.clone(),
        };
        let remarks: Vec<Remark> = self.findings.iter().filter(|one| is_about(one)).map(remark).collect();
        if !remarks.is_empty() {
            self.blocks.push(Block::Remarks(remarks));
        }
    }

    fn overview(&mut self) {
        let particulars = &self.facts.content.particulars;
        self.chapter("概述", "Overview");
        self.section("项目概况", "The project");
        self.text(particulars.narrative.overview.as_ref());
        self.section("立项依据", "Basis documents");
        self.list(particulars.basis_documents.clone());
        self.section("项目资金情况", "Funds");
        let caption = self.table_caption("项目资金（单位：万元）", "Funds (in ten thousands of yuan)");
        self.blocks.push(Block::Table(tables::funds(self, caption)));
        self.remarks(tables::is_about_funds);
        if !particulars.budget_lines.is_empty() {
            let caption = self.chart_caption("各类支出的预算与执行", "Budget and execution by category");
            self.blocks.push(Block::Chart(charts::spending(self, caption)));
        }
        self.section("绩效目标", "Goals");
        self.heading(3, say!(self.language, "总体目标", "Overall goal").to_owned(), "overall-goal".to_owned());
        self.text(particulars.overall_goal.as_ref());
        self.heading(3, say!(self.language, "年度目标", "Annual goal").to_owned(), "annual-goal".to_owned());
        self.text(particulars.annual_goal.as_ref());
        let completion = say!(self.language, "实际完成情况", "What came of it").to_owned();
        self.heading(3, completion, "goal-completion".to_owned());
        self.text(particulars.goal_completion.as_ref());
        self.remarks(|one| one.pointer == "/goals");
        self.section("实施计划", "Plan");
        match particulars.implementation_plan.is_empty() {
            true => self.absent(),
            false => {
                let caption = self.table_caption("实施计划", "Plan");
                self.blocks.push(Block::Table(tables::plan(self, caption)));
            }
        }
        self.section("绩效指标", "Indicators");
        let caption = self.table_caption("绩效指标及分值", "Indicators and weights");
        self.blocks.push(Block::Table(tables::indicators(self, caption)));
        self.remarks(tables::is_about_indicators);
    }

    fn evaluation(&mut self) {
        let narrative = &self.facts.content.particulars.narrative;
        self.chapter("绩效评价工作情况", "How it was evaluated");
        self.section("评价目的", "Purpose");
        self.text(narrative.purpose.as_ref());
        self.section("评价组织实施", "Organisation");
        self.text(narrative.organisation.as_ref());
        self.section("评价方法", "Methods");
        let method = |method: &EvaluationMethod| match method {
            EvaluationMethod::DocumentReview => say!(self.language, "查看资料", "Review of documents"),
            EvaluationMethod::Telephone => say!(self.language, "电话沟通", "Telephone interviews"),
            EvaluationMethod::FieldVisit => say!(self.language, "走访调研", "Field visits"),
            EvaluationMethod::Questionnaire => say!(self.language, "问卷", "Questionnaires"),
        };
        let methods: Vec<String> = narrative.methods.iter().map(|one| method(one).to_owned()).collect();
        if !methods.is_empty() {
            self.list(methods);
        }
        if narrative.methods.is_empty() || narrative.methods_note.is_some() {
            self.text(narrative.methods_note.as_ref());
        }
    }

    fn analysis(&mut self) {
        let narrative = &self.facts.content.particulars.narrative;
        self.chapter("绩效评价指标分析", "Analysis of the indicators");
        for dimension in Dimension::ALL {
            let rows = tables::rows_of(self.facts, dimension);
            let text = match dimension {
                Dimension::Decision => narrative.decision_analysis.as_ref(),
                Dimension::Process => narrative.process_analysis.as_ref(),
                Dimension::Output => narrative.output_analysis.as_ref(),
                Dimension::Benefit => narrative.benefit_analysis.as_ref(),
                Dimension::Other => None,
            };
            if dimension == Dimension::Other && rows.is_empty() {
                continue;
            }
            let heading = dimension.heading(self.language);
            self.section(heading, heading);
            if dimension != Dimension::Other {
                self.text(text);
            }
            if rows.is_empty() {
                continue;
            }
            let caption =
                self.table_caption(&format!("{heading}：指标完成与得分"), &format!("{heading}: results and scores"));
            self.blocks.push(Block::Table(tables::results(self, caption, &rows)));
            self.remarks(|one| one.row().is_some_and(|(row, _)| rows.contains(&row)));
        }
    }

    fn conclusion(&mut self) {
        self.chapter("评价结论", "Conclusion");
        let caption = self.table_caption("得分汇总", "Scores by level");
        self.blocks.push(Block::Table(tables::levels(self, caption)));
        self.remarks(|one| one.row().is_none() && tables::is_about_totals(one));
        let caption = self.chart_caption("得分与分值（按指标层级）", "Points and weights by level");
        self.blocks.push(Block::Chart(charts::level(self, caption)));
        let caption = self.chart_caption("自评、测算与可达到的总分", "Declared, computed and attainable totals");
        self.blocks.push(Block::Chart(charts::total(self, caption)));
    }

    fn lessons(&mut self) {
        let narrative = &self.facts.content.particulars.narrative;
        self.chapter("主要经验及做法", "Experience");
        self.text(narrative.experience.as_ref());
        self.chapter("存在的问题和建议", "Problems and proposals");
        self.section("存在的问题及原因分析", "Problems and their causes");
        self.text(narrative.problems.as_ref());
        self.section("有关建议", "Proposals");
        self.text(narrative.proposals.as_ref());
        self.chapter("其他需要说明的问题", "Other matters");
        self.text(narrative.other.as_ref());
    }

    fn annexes(&mut self) {
        self.annex(1, "绩效自评表", "The self-assessment form");
        let caption = self.table_caption("绩效自评表", "The self-assessment form");
        self.blocks.push(Block::Table(tables::form(self, caption)));
        if let Some(reason) = self.facts.content.particulars.deviation_reason.as_ref() {
            self.heading(3, say!(self.language, "偏差原因", "Reason of the deviation").to_owned(), "reason".to_owned());
            self.text(Some(reason));
        }
        let caption = self.chart_caption("得分与分值（按指标）", "Points and weights by indicator");
        self.blocks.push(Block::Chart(charts::indicator(self, caption)));
        self.annex(2, "得分计算过程", "How each score was computed");
        let caption = self.table_caption("得分计算过程", "How each score was computed");
        self.blocks.push(Block::Table(tables::derivation(self, caption)));
        self.annex(3, "疑点及说明", "Findings, and what was said to them");
        match self.findings.is_empty() {
            true => {
                let none = say!(self.language, "没有发现疑点。", "Nothing was found.");
                self.blocks.push(Block::Paragraph(none.to_owned()));
            }
            false => {
                let caption = self.table_caption("疑点及说明", "Findings, and what was said to them");
                self.blocks.push(Block::Table(tables::findings(self, caption)));
            }
        }
    }

    fn annex(&mut self, number: usize, zh: &str, en: &str) {
        self.blocks.push(Block::PageBreak);
        let text = say!(self.language, format!("附件{number} {zh}"), format!("Annex {number}. {en}"));
        self.heading(1, text, format!("annex-{number}"));
    }
}
