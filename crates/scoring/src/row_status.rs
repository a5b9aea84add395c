//! What became of a row (指标状态): reported, or why there is nothing to report.

use super::folded::Folded;

/// The status of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::VariantArray)]
pub enum RowStatus {
    /// 已填报: there is a result.
    Reported,
    /// 未开展: nothing was done of it, an honest zero.
    NotDone,
    /// 不适用: it does not concern the project.
    NotApplicable,
    /// 尚无数据: its figure comes later.
    NotYetAvailable,
    /// 未开展调查: nobody was asked how satisfied they are.
    NoSurvey,
}

/// The words of each status, the more exact first.
const WORDS: &[(RowStatus, &[&str])] = &[
    (
        RowStatus::NoSurvey,
        &["未开展调查", "未调查", "未做调查", "未进行调查", "未开展满意度", "没有调查", "未开展问卷", "未进行满意度"],
    ),
    (RowStatus::NotApplicable, &["不适用", "不涉及", "本年不涉及", "本年度不涉及", "未涉及"]),
    (
        RowStatus::NotYetAvailable,
        &["次年统计", "尚未验收", "跨年", "尚未统计", "待统计", "暂无数据", "数据未出", "尚无数据", "未到统计期"],
    ),
    (
        RowStatus::NotDone,
        &["未开展", "未实施", "未启动", "未执行", "取消", "已取消", "暂缓", "停止", "暂停", "项目取消", "未完成"],
    ),
];

/// Words that say at a satisfaction rate that nobody complained, which is no survey.
const NO_COMPLAINT: &[&str] = &["无投诉", "零投诉", "未收到投诉", "没有投诉", "无有效投诉"];

impl RowStatus {
    /// Every status, in the order of the specification.
    pub const ALL: &[Self] = <Self as strum::VariantArray>::VARIANTS;

    /// The name in JSON and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reported => "reported",
            Self::NotDone => "not_done",
            Self::NotApplicable => "not_applicable",
            Self::NotYetAvailable => "not_yet_available",
            Self::NoSurvey => "no_survey",
        }
    }

    /// The status of that name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.as_str() == name)
    }

    /// The name in Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Reported => "已填报",
            Self::NotDone => "未开展",
            Self::NotApplicable => "不适用",
            Self::NotYetAvailable => "尚无数据",
            Self::NoSurvey => "未开展调查",
        }
    }

    /// The status that the words of an actual say, of an indicator of that name; none where they say none.
    /// A text with a figure is a result, and not the status alone.
    ///
    /// ```
    /// use jixiao_scoring::RowStatus;
    /// assert_eq!(RowStatus::of_words("因疫情未开展", "培训人数"), None);
    /// assert_eq!(RowStatus::of_words("未开展", "培训人数"), Some(RowStatus::NotDone));
    /// assert_eq!(RowStatus::of_words("无投诉", "群众满意度"), Some(RowStatus::NoSurvey));
    /// assert_eq!(RowStatus::of_words("未完成3个", "新建站点"), None);
    /// ```
    #[must_use]
    pub fn of_words(actual: &str, name: &str) -> Option<Self> {
        let text: String = Folded::new(actual).chars.iter().collect();
        let bare = text.trim_end_matches(['。', '.', '；', ';']);
        // What stands in brackets is why: 未开展（疫情）.
        let bare = bare.split(['(', '，', ',']).next().unwrap_or(bare).trim();
        if bare.is_empty() || text.contains(|char: char| char.is_ascii_digit()) {
            return None;
        }
        if name.contains("满意") && NO_COMPLAINT.contains(&bare) {
            return Some(Self::NoSurvey);
        }
        let says = |word: &&str| {
            bare == *word || word.chars().count() > 2 && bare.starts_with(*word) && is_short_after(bare, word)
        };
        WORDS.iter().find(|(_, words)| words.iter().any(says)).map(|(status, _)| *status)
    }
}

/// Whether what follows a word is short: 未开展该项工作, and no sentence of its own.
fn is_short_after(text: &str, word: &str) -> bool {
    const LONGEST: usize = 6;
    text.strip_prefix(word).is_some_and(|rest| rest.chars().count() <= LONGEST)
}
