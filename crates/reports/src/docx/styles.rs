//! The styles of a report: the sizes and fonts of official documents (公文), named and not embedded.

use std::fmt::Write;

use super::package::NAMESPACES;
use jixiao_scoring::findings::{Language, Severity};

/// The font of body texts and third headings.
const BODY: &str = "仿宋";
/// The font of the title of an official document.
const TITLE: &str = "方正小标宋简体";
/// The font of first headings.
const FIRST: &str = "黑体";
/// The font of second headings.
const SECOND: &str = "楷体";
/// The font of Latin letters and digits.
const LATIN: &str = "Times New Roman";

/// Fonts with what to take where they are missing: other names, the family and the shape (PANOSE).
const FONTS: &[(&str, &str, &str, &str)] = &[
    (BODY, "仿宋_GB2312,FangSong,STFangsong", "modern", "02010609060101010101"),
    (TITLE, "宋体", "auto", "02010600030101010101"),
    (FIRST, "SimHei", "modern", "02010609060101010101"),
    (SECOND, "楷体_GB2312,KaiTi,STKaiti", "modern", "02010609060101010101"),
    (LATIN, "", "roman", "02020603050405020304"),
];

/// The distance of lines of body texts in twips: 28 points.
pub const BODY_LINE: u32 = 560;

/// A style of paragraphs: its id, its name, the style that it changes, the style that follows, what it says of
/// paragraphs, its font where it is another, what it says of letters.
type Style = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

/// Two characters of indent at 16 points; 28 points from line to line; sizes in half points.
const STYLES: &[Style] = &[
    ("BodyText", "Body Text", "Normal", "", r#"<w:ind w:firstLineChars="200" w:firstLine="640"/>"#, "", ""),
    (
        "Heading1",
        "heading 1",
        "Normal",
        "BodyText",
        r#"<w:keepNext/><w:keepLines/><w:ind w:firstLineChars="200" w:firstLine="640"/><w:jc w:val="left"/><w:outlineLvl w:val="0"/>"#,
        FIRST,
        "",
    ),
    (
        "Heading2",
        "heading 2",
        "Normal",
        "BodyText",
        r#"<w:keepNext/><w:keepLines/><w:ind w:firstLineChars="200" w:firstLine="640"/><w:jc w:val="left"/><w:outlineLvl w:val="1"/>"#,
        SECOND,
        "",
    ),
    (
        "Heading3",
        "heading 3",
        "Normal",
        "BodyText",
        r#"<w:keepNext/><w:keepLines/><w:ind w:firstLineChars="200" w:firstLine="640"/><w:jc w:val="left"/><w:outlineLvl w:val="2"/>"#,
        BODY,
        "<w:b/><w:bCs/>",
    ),
    (
        "Title",
        "Title",
        "Normal",
        "BodyText",
        r#"<w:spacing w:before="2400" w:line="720" w:lineRule="exact"/><w:jc w:val="center"/>"#,
        TITLE,
        r#"<w:sz w:val="44"/><w:szCs w:val="44"/>"#,
    ),
    (
        "Subtitle",
        "Subtitle",
        "Normal",
        "BodyText",
        r#"<w:spacing w:before="360" w:after="600" w:line="600" w:lineRule="exact"/><w:jc w:val="center"/>"#,
        SECOND,
        r#"<w:sz w:val="36"/><w:szCs w:val="36"/>"#,
    ),
    (
        "CoverFigure",
        "Cover Figure",
        "Normal",
        "",
        r#"<w:keepNext/><w:spacing w:before="80" w:line="600" w:lineRule="exact"/><w:jc w:val="center"/>"#,
        FIRST,
        r#"<w:sz w:val="30"/><w:szCs w:val="30"/>"#,
    ),
    (
        "CoverLabel",
        "Cover Label",
        "Normal",
        "",
        r#"<w:spacing w:after="80" w:line="320" w:lineRule="exact"/><w:jc w:val="center"/>"#,
        "",
        r#"<w:color w:val="595959"/><w:sz w:val="21"/><w:szCs w:val="21"/>"#,
    ),
    ("CoverRow", "Cover Row", "Normal", "", r#"<w:jc w:val="left"/>"#, "", ""),
    (
        "Identity",
        "Identity",
        "Normal",
        "",
        r#"<w:spacing w:line="260" w:lineRule="exact"/><w:jc w:val="left"/>"#,
        "",
        r#"<w:color w:val="595959"/><w:sz w:val="18"/><w:szCs w:val="18"/>"#,
    ),
    (
        "Caption",
        "caption",
        "Normal",
        "BodyText",
        r#"<w:keepLines/><w:spacing w:before="120" w:after="60" w:line="400" w:lineRule="exact"/><w:jc w:val="center"/>"#,
        FIRST,
        r#"<w:sz w:val="24"/><w:szCs w:val="24"/>"#,
    ),
    ("ListBullet", "List Bullet", "Normal", "", r#"<w:numPr><w:numId w:val="1"/></w:numPr>"#, "", ""),
    ("Absent", "Absent", "BodyText", "BodyText", "", SECOND, r#"<w:color w:val="595959"/>"#),
    (
        "TableText",
        "Table Text",
        "Normal",
        "",
        r#"<w:spacing w:line="300" w:lineRule="exact"/><w:jc w:val="left"/>"#,
        "",
        r#"<w:sz w:val="21"/><w:szCs w:val="21"/>"#,
    ),
    (
        "TableTextSmall",
        "Table Text Small",
        "TableText",
        "",
        r#"<w:spacing w:line="260" w:lineRule="exact"/>"#,
        "",
        r#"<w:sz w:val="18"/><w:szCs w:val="18"/>"#,
    ),
    ("TableEnd", "Table End", "Normal", "BodyText", r#"<w:spacing w:line="200" w:lineRule="exact"/>"#, "", ""),
    (
        "TOCHeading",
        "TOC Heading",
        "Normal",
        "BodyText",
        r#"<w:keepNext/><w:spacing w:after="280" w:line="720" w:lineRule="exact"/><w:jc w:val="center"/>"#,
        TITLE,
        r#"<w:sz w:val="44"/><w:szCs w:val="44"/>"#,
    ),
    (
        "TOC1",
        "toc 1",
        "Normal",
        "",
        r#"<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="8844"/></w:tabs><w:jc w:val="left"/>"#,
        FIRST,
        r#"<w:sz w:val="28"/><w:szCs w:val="28"/>"#,
    ),
    (
        "TOC2",
        "toc 2",
        "Normal",
        "",
        r#"<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="8844"/></w:tabs><w:ind w:left="420"/><w:jc w:val="left"/>"#,
        "",
        r#"<w:sz w:val="28"/><w:szCs w:val="28"/>"#,
    ),
    (
        "TOC3",
        "toc 3",
        "Normal",
        "",
        r#"<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="8844"/></w:tabs><w:ind w:left="840"/><w:jc w:val="left"/>"#,
        "",
        r#"<w:sz w:val="24"/><w:szCs w:val="24"/>"#,
    ),
    (
        "Header",
        "header",
        "Normal",
        "",
        r#"<w:spacing w:line="280" w:lineRule="exact"/><w:jc w:val="center"/>"#,
        FIRST,
        r#"<w:color w:val="C00000"/><w:sz w:val="21"/><w:szCs w:val="21"/>"#,
    ),
    (
        "Footer",
        "footer",
        "Normal",
        "",
        r#"<w:spacing w:line="240" w:lineRule="exact"/><w:jc w:val="left"/>"#,
        "",
        r#"<w:color w:val="595959"/><w:sz w:val="16"/><w:szCs w:val="16"/>"#,
    ),
];

/// The style of remarks that are as bad as this.
pub fn of_remark(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "RemarkError",
        Severity::Warning => "RemarkWarning",
        Severity::Info => "RemarkInfo",
    }
}

/// The colours of the bar and of the ground of remarks, dark enough to read and to print in grey.
const fn colours(severity: Severity) -> (&'static str, &'static str) {
    match severity {
        Severity::Error => ("B00020", "FBECEE"),
        Severity::Warning => ("8A5200", "FDF4E3"),
        Severity::Info => ("1F4E79", "EDF3F9"),
    }
}

/// A font for all letters; ambiguous signs (quotation marks, ≥) are Chinese in a Chinese document.
fn fonts(out: &mut String, east_asian: &str, language: Language) {
    let hint = match language {
        Language::Zh => r#" w:hint="eastAsia""#,
        Language::En => "",
    };
    let _ = write!(
        out,
        r#"<w:rFonts{hint} w:ascii="{LATIN}" w:hAnsi="{LATIN}" w:eastAsia="{east_asian}" w:cs="{LATIN}"/>"#
    );
}

fn paragraph_style(out: &mut String, style: Style, language: Language) {
    let (id, name, based_on, next, paragraph, font, letters) = style;
    let _ = write!(out, r#"<w:style w:type="paragraph" w:styleId="{id}"><w:name w:val="{name}"/>"#);
    let _ = write!(out, r#"<w:basedOn w:val="{based_on}"/>"#);
    if !next.is_empty() {
        let _ = write!(out, r#"<w:next w:val="{next}"/>"#);
    }
    let _ = write!(out, "<w:qFormat/><w:pPr>{paragraph}</w:pPr><w:rPr>");
    if !font.is_empty() {
        fonts(out, font, language);
    }
    // 黑体 is as heavy as a heading must be; its Latin letters are not.
    if language == Language::En && matches!(id, "Heading1" | "Heading2" | "Title" | "Caption" | "CoverFigure" | "TOC1")
    {
        out.push_str("<w:b/>");
    }
    let _ = write!(out, "{letters}</w:rPr></w:style>");
}

/// The language tag of the text: `zh-CN` or `en-US`.
pub const fn tag(language: Language) -> &'static str {
    match language {
        Language::Zh => "zh-CN",
        Language::En => "en-US",
    }
}

/// The part `word/styles.xml`.
pub fn part(language: Language) -> String {
    let mut out = String::with_capacity(16 << 10);
    let _ = write!(out, "<w:styles {NAMESPACES}><w:docDefaults><w:rPrDefault><w:rPr>");
    fonts(&mut out, BODY, language);
    let _ = write!(
        out,
        r#"<w:sz w:val="32"/><w:szCs w:val="32"/><w:lang w:val="{}" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/><w:pPr><w:spacing w:line="{BODY_LINE}" w:lineRule="exact"/><w:jc w:val="both"/></w:pPr></w:style>"#,
        tag(language)
    );
    for style in STYLES {
        paragraph_style(&mut out, *style, language);
    }
    for severity in Severity::ALL {
        let (bar, ground) = colours(*severity);
        let id = of_remark(*severity);
        let _ = write!(
            out,
            r#"<w:style w:type="paragraph" w:customStyle="1" w:styleId="{id}"><w:name w:val="{id}"/><w:basedOn w:val="Normal"/><w:qFormat/><w:pPr><w:keepLines/><w:pBdr><w:left w:val="single" w:sz="24" w:space="6" w:color="{bar}"/></w:pBdr><w:shd w:val="clear" w:color="auto" w:fill="{ground}"/><w:spacing w:before="40" w:after="40" w:line="320" w:lineRule="exact"/><w:ind w:left="170"/></w:pPr><w:rPr><w:sz w:val="21"/><w:szCs w:val="21"/></w:rPr></w:style><w:style w:type="character" w:customStyle="1" w:styleId="{id}Label"><w:name w:val="{id} Label"/><w:rPr><w:b/><w:bCs/><w:color w:val="{bar}"/></w:rPr></w:style>"#
        );
    }
    out.push_str(r#"<w:style w:type="character" w:customStyle="1" w:styleId="Mark"><w:name w:val="Mark"/><w:rPr><w:b/><w:bCs/><w:color w:val="B00020"/><w:sz w:val="22"/><w:szCs w:val="22"/><w:vertAlign w:val="superscript"/></w:rPr></w:style><w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:uiPriority w:val="99"/><w:semiHidden/><w:unhideWhenUsed/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="0" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style><w:style w:type="table" w:customStyle="1" w:styleId="ReportTable"><w:name w:val="Report Table"/><w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders><w:top w:val="single" w:sz="8" w:space="0" w:color="404040"/><w:left w:val="single" w:sz="4" w:space="0" w:color="808080"/><w:bottom w:val="single" w:sz="8" w:space="0" w:color="404040"/><w:right w:val="single" w:sz="4" w:space="0" w:color="808080"/><w:insideH w:val="single" w:sz="4" w:space="0" w:color="808080"/><w:insideV w:val="single" w:sz="4" w:space="0" w:color="808080"/></w:tblBorders><w:tblCellMar><w:top w:w="40" w:type="dxa"/><w:left w:w="57" w:type="dxa"/><w:bottom w:w="40" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style></w:styles>"#);
    out
}

/// The part `word/fontTable.xml`: what to take where a font is missing.
pub fn font_table() -> String {
    let mut out = format!("<w:fonts {NAMESPACES}>");
    for (name, others, family, shape) in FONTS {
        let _ = write!(out, r#"<w:font w:name="{name}">"#);
        if !others.is_empty() {
            let _ = write!(out, r#"<w:altName w:val="{others}"/>"#);
        }
        let charset = if others.is_empty() { "00" } else { "86" };
        let _ = write!(
            out,
            r#"<w:panose1 w:val="{shape}"/><w:charset w:val="{charset}"/><w:family w:val="{family}"/></w:font>"#
        );
    }
    out.push_str("</w:fonts>");
    out
}
