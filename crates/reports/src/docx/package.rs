//! The parts of the file around its body, and the archive of all.

use std::fmt::{Display, Write as _};
use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::markup::{field, plain, run, run_on_one_line};
use super::styles::{self, tag};
use crate::document::Document;
use crate::error::{Result, Unwritten};
use jixiao_scoring::findings::Language;

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

/// The namespaces of every part of Word's own.
pub const NAMESPACES: &str = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships""#;

const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE_RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const WORD_TYPES: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml";

/// The width of the footer's text and of its page number, in twips.
const FOOTER: (u32, u32) = (7344, 1500);

/// What the first page has, and all the others: the relation's id and the part.
const HEADERS: &[(&str, &str, &str)] = &[("first", "header1", "rId5"), ("default", "header2", "rId6")];
const FOOTERS: &[(&str, &str, &str)] = &[("first", "footer1", "rId7"), ("default", "footer2", "rId8")];

/// The last element of the body: A4 with the margins of official documents, headers and footers.
pub fn section(marked: bool) -> String {
    let mut out = String::from("<w:sectPr>");
    if marked {
        for (kind, _, id) in HEADERS {
            let _ = write!(out, r#"<w:headerReference w:type="{kind}" r:id="{id}"/>"#);
        }
    }
    for (kind, _, id) in FOOTERS {
        let _ = write!(out, r#"<w:footerReference w:type="{kind}" r:id="{id}"/>"#);
    }
    out.push_str(
        r#"<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1588" w:header="1134" w:footer="907" w:gutter="0"/><w:cols w:space="425"/><w:titlePg/></w:sectPr>"#,
    );
    out
}

/// The archive of a document with this body.
pub fn pack(document: &Document, body: &str) -> Result<Vec<u8>> {
    let mark = document.draft_mark.as_deref();
    let mut parts = vec![
        ("[Content_Types].xml".to_owned(), content_types(mark.is_some())),
        ("_rels/.rels".to_owned(), package_relations()),
        ("docProps/app.xml".to_owned(), application()),
        ("docProps/core.xml".to_owned(), properties(document)),
        ("word/_rels/document.xml.rels".to_owned(), relations(mark.is_some())),
        ("word/fontTable.xml".to_owned(), styles::font_table()),
        ("word/numbering.xml".to_owned(), numbering()),
        ("word/settings.xml".to_owned(), settings(document.language)),
        ("word/styles.xml".to_owned(), styles::part(document.language)),
    ];
    for (index, (_, name, _)) in HEADERS.iter().enumerate() {
        if let Some(mark) = mark {
            parts.push((format!("word/{name}.xml"), header(mark, index + 1)));
        }
    }
    for (kind, name, _) in FOOTERS {
        parts.push((format!("word/{name}.xml"), footer(document, *kind == "default")));
    }

    let failed = |cause: &dyn Display| Unwritten::Failed(cause.to_string());
    let mut archive = ZipWriter::new(Cursor::new(Vec::with_capacity(64 << 10)));
    // The first moment that the format knows, since the same report gives the same bytes.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    let mut add = |name: &str, content: &str| -> Result<()> {
        archive.start_file(name, options).map_err(|cause| failed(&cause))?;
        archive.write_all(DECLARATION.as_bytes()).map_err(|cause| failed(&cause))?;
        archive.write_all(content.as_bytes()).map_err(|cause| failed(&cause))
    };
    for (name, content) in &parts {
        add(name, content)?;
    }
    add("word/document.xml", body)?;
    Ok(archive.finish().map_err(|cause| failed(&cause))?.into_inner())
}

fn content_types(marked: bool) -> String {
    let mut out = String::from(
        r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/docProps/app.xml" ContentType="application/vnd.openxmlformats-officedocument.extended-properties+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>"#,
    );
    let mut word = |part: &str, kind: &str| {
        let _ = write!(out, r#"<Override PartName="/word/{part}.xml" ContentType="{WORD_TYPES}.{kind}+xml"/>"#);
    };
    word("document", "document.main");
    for part in ["fontTable", "numbering", "settings", "styles"] {
        word(part, part);
    }
    if marked {
        HEADERS.iter().for_each(|(_, part, _)| word(part, "header"));
    }
    FOOTERS.iter().for_each(|(_, part, _)| word(part, "footer"));
    out.push_str("</Types>");
    out
}

fn package_relations() -> String {
    format!(
        r#"<Relationships xmlns="{PACKAGE_RELATIONS}"><Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="{PACKAGE_RELATIONS}/metadata/core-properties" Target="docProps/core.xml"/><Relationship Id="rId3" Type="{RELATIONS}/extended-properties" Target="docProps/app.xml"/></Relationships>"#
    )
}

fn relations(marked: bool) -> String {
    let mut out = format!(r#"<Relationships xmlns="{PACKAGE_RELATIONS}">"#);
    let mut relation = |id: &str, kind: &str, part: &str| {
        let _ = write!(out, r#"<Relationship Id="{id}" Type="{RELATIONS}/{kind}" Target="{part}.xml"/>"#);
    };
    for (id, part) in [("rId1", "styles"), ("rId2", "settings"), ("rId3", "numbering"), ("rId4", "fontTable")] {
        relation(id, part, part);
    }
    if marked {
        HEADERS.iter().for_each(|(_, part, id)| relation(id, "header", part));
    }
    FOOTERS.iter().for_each(|(_, part, id)| relation(id, "footer", part));
    out.push_str("</Relationships>");
    out
}

fn application() -> String {
    r#"<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Application>Jixiao</Application></Properties>"#.to_owned()
}

/// The properties of the file. No dates: the same report gives the same bytes.
fn properties(document: &Document) -> String {
    format!(
        r#"<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{}</dc:title><dc:subject>{}</dc:subject><dc:language>{}</dc:language></cp:coreProperties>"#,
        plain(&document.title),
        plain(&document.cover.subject),
        tag(document.language)
    )
}

fn settings(language: Language) -> String {
    format!(
        r#"<w:settings {NAMESPACES}><w:zoom w:percent="100"/><w:defaultTabStop w:val="420"/><w:characterSpacingControl w:val="compressPunctuation"/><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat><w:themeFontLang w:val="{}" w:eastAsia="zh-CN"/></w:settings>"#,
        tag(language)
    )
}

fn numbering() -> String {
    format!(
        r#"<w:numbering {NAMESPACES}><w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:pStyle w:val="ListBullet"/><w:lvlText w:val="•"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="1060" w:hanging="420"/></w:pPr><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman"/></w:rPr></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>"#
    )
}

/// A header that says what the report is, and the same across the page, behind the text.
fn header(mark: &str, number: usize) -> String {
    let mut out = format!(
        r#"<w:hdr {NAMESPACES} xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w10="urn:schemas-microsoft-com:office:word"><w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr>"#
    );
    run_on_one_line(&mut out, "<w:b/>", mark);
    out.push_str(&watermark(mark, number));
    out.push_str("</w:p></w:hdr>");
    out
}

/// Letters across the page, in the form that Word gives its own watermarks; long texts would be too small to be one.
fn watermark(mark: &str, number: usize) -> String {
    let halves = mark.chars().map(|character| if character.is_ascii() { 1 } else { 2 }).sum::<usize>();
    if mark.trim().is_empty() || halves > 40 {
        return String::new();
    }
    let width = (halves * 70).min(430);
    let height = width * 2 / halves;
    format!(
        r##"<w:r><w:rPr><w:noProof/></w:rPr><w:pict><v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/><v:f eqn="mid @5 @6"/><v:f eqn="mid @8 @5"/><v:f eqn="mid @7 @8"/><v:f eqn="mid @6 @7"/><v:f eqn="sum @6 0 @5"/></v:formulas><v:path textpathok="t" o:connecttype="custom" o:connectlocs="@9,0;@10,10800;@11,21600;@12,10800" o:connectangles="270,180,90,0"/><v:textpath on="t" fitshape="t"/><v:handles><v:h position="#0,bottomRight" xrange="6629,14971"/></v:handles><o:lock v:ext="edit" text="t" shapetype="t"/></v:shapetype><v:shape id="PowerPlusWaterMarkObject{number}" o:spid="_x0000_s{}" type="#_x0000_t136" style="position:absolute;margin-left:0;margin-top:0;width:{width}pt;height:{height}pt;rotation:315;z-index:-251658752;mso-position-horizontal:center;mso-position-horizontal-relative:margin;mso-position-vertical:center;mso-position-vertical-relative:margin" o:allowincell="f" fillcolor="#d9d9d9" stroked="f"><v:fill opacity=".5"/><v:textpath style="font-family:&quot;黑体&quot;;font-size:1pt" string="{}"/><w10:wrap anchorx="margin" anchory="margin"/></v:shape></w:pict></w:r>"##,
        2048 + number,
        plain(mark)
    )
}

/// A footer: what identifies the report, and beside it, where the page is not the cover, its number.
fn footer(document: &Document, numbered: bool) -> String {
    let mut out = format!(r#"<w:ftr {NAMESPACES}>"#);
    let (text, number) = FOOTER;
    let rule = r#"<w:tblBorders><w:top w:val="single" w:sz="4" w:space="0" w:color="A6A6A6"/></w:tblBorders>"#;
    let _ = write!(
        out,
        r#"<w:tbl><w:tblPr><w:tblW w:w="{}" w:type="dxa"/>{rule}<w:tblLayout w:type="fixed"/><w:tblCellMar><w:top w:w="60" w:type="dxa"/><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid><w:gridCol w:w="{text}"/><w:gridCol w:w="{number}"/></w:tblGrid><w:tr><w:tc><w:tcPr><w:tcW w:w="{text}" w:type="dxa"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>"#,
        text + number
    );
    run(&mut out, "", &document.footer);
    let _ = write!(
        out,
        r#"</w:p></w:tc><w:tc><w:tcPr><w:tcW w:w="{number}" w:type="dxa"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="Footer"/><w:jc w:val="right"/></w:pPr>"#
    );
    if numbered {
        let (before, between, after) = match document.language {
            Language::Zh => ("第 ", " 页 共 ", " 页"),
            Language::En => ("Page ", " of ", ""),
        };
        run(&mut out, "", before);
        field(&mut out, "", "PAGE", "1");
        run(&mut out, "", between);
        field(&mut out, "", "NUMPAGES", "1");
        run(&mut out, "", after);
    }
    out.push_str(r#"</w:p></w:tc></w:tr></w:tbl><w:p><w:pPr><w:pStyle w:val="Footer"/><w:spacing w:line="20" w:lineRule="exact"/></w:pPr></w:p></w:ftr>"#);
    out
}
