//! Reports: the statutory report as a function of the data, in each format, safe and always the same.

use serde_json::{Value, json};

use crate::support::build::{indicator, items, made, text};
use crate::support::client::{BUREAU, Client, UNIT};
use crate::support::{App, Reply, With, cases};

/// What a report can be had as, by this program.
const FORMATS: &[&str] = if cfg!(feature = "pdf") {
    &["docx", "pdf", "html", "markdown", "xlsx"]
} else {
    &["docx", "html", "markdown", "xlsx"]
};

cases![
    a_report_has_the_chapters_and_the_figures_of_the_api,
    a_draft_is_marked_and_a_published_report_is_not,
    a_published_report_stays_as_it_was,
    findings_stand_where_they_matter,
    what_people_write_is_kept_and_shown,
    what_nobody_wrote_is_said_to_be_missing,
    a_form_is_chosen_by_the_parameter_or_by_accept,
    a_report_speaks_english,
    the_same_data_gives_the_same_bytes,
    no_text_becomes_markup,
    others_get_no_report,
    the_word_document_has_the_figures_of_the_api,
    the_pdf_has_the_figures_of_the_api_and_says_on_every_page_that_it_is_a_draft,
    a_pdf_says_how_to_verify_it_and_takes_any_text,
    a_report_that_is_too_long_for_a_pdf_is_had_in_another_form,
    the_reports_of_a_year_come_in_one_archive,
    a_roll_up_has_a_row_for_each_unit_and_each_assessment,
    the_command_writes_a_report_from_a_database,
    the_form_comes_back_unchanged,
    the_forms_sums_and_rates_are_formulas_with_the_figures_of_the_data,
];

async fn report(client: &Client, assessment: &str, query: &str) -> Reply {
    client.get(&format!("/api/v1/self-assessments/{assessment}/report?{query}")).await.status(200)
}

fn body(reply: &Reply) -> String {
    String::from_utf8(reply.body.clone()).expect("UTF-8")
}

async fn html(client: &Client, assessment: &str) -> String {
    body(&report(client, assessment, "format=html").await)
}

/// Asserts that some texts come one after the other.
#[track_caller]
fn in_order(page: &str, texts: &[&str]) {
    let mut rest = page;
    for text in texts {
        let at = rest.find(text).unwrap_or_else(|| panic!("no {text} after the one before it"));
        rest = &rest[at + text.len()..];
    }
}

async fn a_report_has_the_chapters_and_the_figures_of_the_api(app: App) {
    let sample = app.sample().await;
    let page = html(&sample.client, &sample.assessment).await;
    let page = page.split("</nav>").nth(1).expect("what comes after the contents");
    in_order(
        page,
        &[
            "一、概述",
            "（一）项目概况",
            "（二）立项依据",
            "豫政办〔2016〕18号",
            "（三）项目资金情况",
            "54.2543",
            "50.24%",
            "134.5343",
            "72.4657",
            "64.99%",
            "（四）绩效目标",
            "（五）实施计划",
            "（六）绩效指标",
            "二、绩效评价工作情况",
            "（一）评价目的",
            "（二）评价组织实施",
            "（三）评价方法",
            "三、绩效评价指标分析",
            "（一）项目决策情况",
            "（二）项目过程情况",
            "（三）项目产出情况",
            "（四）项目效益情况",
            "四、评价结论",
            "总分",
            "100.00",
            "35.50",
            "96.50",
            "五、主要经验及做法",
            "六、存在的问题和建议",
            "七、其他需要说明的问题",
            "附件1 绩效自评表",
            "附件2 得分计算过程",
            "10 × 1345343.00 ÷ 2070000.00",
            "附件3 疑点及说明",
        ],
    );
    let markdown = body(&report(&sample.client, &sample.assessment, "format=markdown").await);
    in_order(
        &markdown,
        &["## 一、概述", "| **合计** |  | **207** | **207** | **134.5343** | **72.4657** | **64.99%**"],
    );
}

async fn a_draft_is_marked_and_a_published_report_is_not(app: App) {
    let sound = app.sound().await;
    let client = app.bureau();
    let page = html(&client, &sound.assessment).await;
    assert!(page.contains("<p class=\"draft\" role=\"note\">草稿，填报中</p>") && !page.contains("SHA-256"));
    app.take(&sound.assessment, &["submit"]).await;
    assert!(html(&client, &sound.assessment).await.contains(">已送审，未公开</p>"));
    app.take(&sound.assessment, &["review", "approve", "publish"]).await;
    let score = items(&client.get("/api/v1/scores").await.json(200)).remove(0);
    let page = html(&client, &sound.assessment).await;
    assert!(!page.contains("class=\"draft\""));
    let shown = [text(&score, "id"), text(&score, "content_hash"), text(&score, "published_at")];
    assert!(shown.iter().all(|text| page.contains(text)), "{shown:?}");
    assert!(page.contains(&format!("/api/v1/scores/{}/content", shown[0])), "how to verify it");
    let of_score = client.get(&format!("/api/v1/scores/{}/report", shown[0])).await.status(200);
    assert_eq!(body(&of_score), page);
}

async fn a_published_report_stays_as_it_was(app: App) {
    let sound = app.moved(&["submit", "review", "approve", "publish"]).await;
    let client = app.bureau();
    let score = items(&client.get("/api/v1/scores").await.json(200)).remove(0);
    let path = format!("/api/v1/scores/{}/report", text(&score, "id"));
    let before = body(&client.get(&path).await);
    app.take(&sound.assessment, &["reopen"]).await;
    let project = format!("/api/v1/projects/{}", sound.project);
    app.unit().patch(&project, "*", &json!({"name": "改名", "annual_goal": "别的目标"})).await.status(200);
    assert_eq!(body(&client.get(&path).await), before);
    let draft = html(&client, &sound.assessment).await;
    assert!(draft.contains("别的目标") && draft.contains("class=\"draft\""));
}

async fn findings_stand_where_they_matter(app: App) {
    let sample = app.sample().await;
    let client = sample.client.clone();
    let path = format!("/api/v1/self-assessments/{}/findings", sample.assessment);
    let findings = items(&client.get(&path).await.json(200));
    let page = html(&client, &sample.assessment).await;
    assert!(findings.len() > 25);
    for (finding, number) in findings.iter().zip(1..) {
        let (mark, message) = (format!("〔{number}〕"), text(finding, "message").replace('"', "&quot;"));
        assert!(page.contains(&format!("<sup>{mark}</sup>")) || finding["pointer"] == "/goals", "{finding:#}");
        assert_eq!(page.matches(&message).count() / 2, 1, "below its table, and in the annex: {message}");
    }
    let process =
        page.split("（二）项目过程情况</h3>").nth(1).and_then(|rest| rest.split("<h3").next()).expect("a section");
    assert!(process.contains("没有说明偏差原因") && !process.contains("343"), "{process}");
}

async fn what_people_write_is_kept_and_shown(app: App) {
    let sound = app.sound().await;
    let (unit, path) = (app.unit(), format!("/api/v1/self-assessments/{}", sound.assessment));
    let narrative =
        json!({"overview": "第一段\n第二段", "methods": ["questionnaire", "field_visit"], "proposals": "多做"});
    let changed = unit.patch(&path, "*", &json!({"narrative": narrative})).await.json(200);
    assert_eq!(changed["narrative"], narrative);
    let changed = unit.patch(&path, "*", &json!({"narrative": {"proposals": null, "other": "无"}})).await.json(200);
    assert_eq!(changed["narrative"]["overview"], "第一段\n第二段");
    assert_eq!((changed["narrative"].get("proposals"), &changed["narrative"]["other"]), (None, &json!("无")));
    let wrong = json!({"narrative": {"methods": ["guess"], "prose": "x"}});
    let fields = unit.patch(&path, "*", &wrong).await.fields(422, "invalid_fields");
    assert_eq!(fields.len(), 2, "{fields:?}");
    let page = html(&unit, &sound.assessment).await;
    in_order(
        &page,
        &[
            "（一）项目概况</h3>",
            "<p>第一段</p>\n<p>第二段</p>",
            "<li>问卷</li>\n<li>走访调研</li>",
            "有关建议",
            "（未提供）",
            "<p>无</p>",
        ],
    );
    app.take(&sound.assessment, &["submit"]).await;
    let content = unit.get(&format!("{path}/content")).await.json(200);
    assert_eq!(content["particulars"]["narrative"]["other"], "无", "it is frozen with the figures");
    unit.patch(&path, "*", &json!({"narrative": {"other": "有"}})).await.problem(409, "action_not_allowed");
}

async fn what_nobody_wrote_is_said_to_be_missing(app: App) {
    let sound = app.sound().await;
    let page = html(&app.unit(), &sound.assessment).await;
    assert_eq!(page.matches("<p class=\"absent\">（未提供）</p>").count(), 17, "nothing is invented");
    assert_eq!(
        app.unit().get(&format!("/api/v1/self-assessments/{}", sound.assessment)).await.json(200)["narrative"],
        json!({})
    );
}

async fn a_form_is_chosen_by_the_parameter_or_by_accept(app: App) {
    let sound = app.sound().await;
    let path = format!("/api/v1/self-assessments/{}/report", sound.assessment);
    for (accept, expected) in [
        ("*/*", "text/html; charset=utf-8"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        ("text/markdown;q=0.9, text/html;q=0.1", "text/markdown; charset=utf-8"),
        ("application/pdf", "application/pdf"),
    ] {
        if accept == "application/pdf" && !cfg!(feature = "pdf") {
            continue;
        }
        let reply = app.unit().get(&path).header("Accept", accept).await.status(200);
        assert_eq!(reply.required("content-type"), expected, "{accept}");
    }
    let reply = app.unit().get(&path).await.status(200);
    assert_eq!(reply.required("content-type"), "text/html; charset=utf-8");
    assert!(reply.required("content-security-policy").starts_with("default-src 'none'"));
    assert!(reply.required("content-disposition").starts_with("inline; filename=\"2021-"));
    let named = app.unit().get(&format!("{path}?format=markdown")).header("Accept", "text/html").await.status(200);
    assert!(named.required("content-disposition").ends_with("-r1.md\""));
    app.unit().get(&path).header("Accept", "image/png").await.problem(406, "not_acceptable");
    app.unit().get(&format!("{path}?format=doc")).await.problem(400, "bad_query");
}

async fn a_report_speaks_english(app: App) {
    let sound = app.sound().await;
    let page = body(&report(&app.unit(), &sound.assessment, "format=html&lang=en").await);
    assert!(page.contains("<html lang=\"en\">"));
    in_order(
        &page,
        &["1. Overview</h2>", "Table 1. Funds", "3.4 Benefit", "4. Conclusion", "Attainable at most", "Annex 3."],
    );
    assert!(page.contains("(not provided)") && !page.contains("（未提供）"));
    let by_header = app.unit().get(&format!("/api/v1/self-assessments/{}/report", sound.assessment)).in_english().await;
    assert_eq!(body(&by_header), page);
}

async fn the_same_data_gives_the_same_bytes(app: App) {
    let sound = app.sound().await;
    for format in FORMATS {
        let query = format!("format={format}");
        let first = report(&app.unit(), &sound.assessment, &query).await;
        let path = format!("/api/v1/self-assessments/{}/report?{query}", sound.assessment);
        assert_eq!(report(&app.department(), &sound.assessment, &query).await.body, first.body);
        app.unit().get(&path).header("If-None-Match", &first.etag()).await.status(304);
        app.unit().get(&path).header("If-None-Match", "\"x\"").await.status(200);
    }
}

async fn no_text_becomes_markup(app: App) {
    let sound = app.sound().await;
    let hostile = "<script>alert(1)</script> <img src=x onerror=alert(2)> \"'&amp; | **b** `c` [d](javascript:e) ![f](g)\n# h\n1. i\n=SUM(A1) {DDEAUTO} http://j.example";
    let unit = app.unit();
    let assessment = format!("/api/v1/self-assessments/{}", sound.assessment);
    let narrative = json!({"narrative": {"overview": hostile, "other": "x".repeat(20_000)}});
    unit.patch(&assessment, "*", &narrative).await.status(200);
    let one_line = hostile.replace('\n', " ");
    unit.patch(&format!("/api/v1/projects/{}", sound.project), "*", &json!({"name": one_line, "annual_goal": hostile}))
        .await
        .status(200);
    let page = html(&unit, &sound.assessment).await;
    for forbidden in ["<script", "<img", "javascript:e\"", "onerror=alert(2)>"] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && page.contains("&amp;amp;"));
    let markdown = body(&report(&unit, &sound.assessment, "format=markdown").await);
    for forbidden in ["<script", "<img", "**b**", "`c`", "[d](", "![f](", "\n# h", "\n1. i", "http://"] {
        assert!(!markdown.contains(forbidden), "{forbidden}");
    }
}

async fn others_get_no_report(app: App) {
    let sound = app.moved(&["submit", "review", "approve", "publish"]).await;
    let score = text(&items(&app.bureau().get("/api/v1/scores").await.json(200))[0], "id");
    let paths =
        [format!("/api/v1/self-assessments/{}/report", sound.assessment), format!("/api/v1/scores/{score}/report")];
    for path in &paths {
        app.stranger().get(path).await.problem(404, "not_found");
        app.client(UNIT, "changes:read").get(path).await.problem(403, "scope_missing");
        app.anyone().get(path).await.problem(401, "unauthenticated");
        app.client(BUREAU, "projects:read scores:read").get(path).await.status(200);
    }
}

async fn the_word_document_has_the_figures_of_the_api(app: App) {
    let sample = app.sample().await;
    let reply = report(&sample.client, &sample.assessment, "format=docx").await;
    assert!(
        reply.required("content-disposition").starts_with("attachment; filename=\"2021-41010021T000000000001-r1.docx")
    );
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&reply.body)).expect("an archive");
    let mut xml = String::new();
    let mut part = archive.by_name("word/document.xml").expect("a document");
    std::io::Read::read_to_string(&mut part, &mut xml).expect("XML");
    // Texts of the runs, paragraph by paragraph.
    let texts: Vec<String> = xml
        .split("</w:p>")
        .map(|paragraph| {
            let runs = paragraph.split("<w:t").skip(1).filter(|run| run.starts_with(['>', ' ']));
            let runs = runs.filter_map(|run| run.split_once('>')?.1.split("</w:t>").next());
            runs.collect::<String>()
        })
        .filter(|text| !text.is_empty())
        .collect();
    let text = texts.join("\n");
    let text = text.rsplit("附件1").next().expect("what comes after the contents");
    let read = sample.client.get(&format!("/api/v1/self-assessments/{}", sample.assessment)).await.json(200);
    for result in items(&read["results"].clone().as_array().map(|rows| json!({"items": rows})).expect("rows")) {
        let name = result["name"].as_str().expect("a name");
        let at = text.find(name).unwrap_or_else(|| panic!("no {name}"));
        let row: Vec<&str> = text[at..].lines().skip(1).take(8).collect();
        assert!(row.contains(&result["weight"].as_str().expect("a weight")), "{name}: {row:?}");
    }
    for total in [&read["computed"]["total"], &read["attainable_total"], &read["declared"]["total"]] {
        assert!(texts.iter().any(|one| one.starts_with(total.as_str().expect("a total"))), "{total}");
    }
    assert!(xml.contains("w:pStyle w:val=\"Heading1\"") && xml.contains("<w:tblHeader"));
}

/// The texts of a PDF, page by page, without the places where a line ends.
/// Where the program was built without the typesetter it says so, with what to do.
async fn without_pdf(app: &App) {
    let sound = app.sound().await;
    let path = format!("/api/v1/self-assessments/{}/report", sound.assessment);
    for request in
        [app.unit().get(&format!("{path}?format=pdf")), app.unit().get(&path).header("Accept", "application/pdf")]
    {
        let problem = request.await.problem(501, "format_not_built");
        assert!(text(&problem, "title").len() > 10, "{problem}");
    }
}

fn pages(pdf: &[u8]) -> Vec<String> {
    let pdf = lopdf::Document::load_mem(pdf).expect("a PDF");
    let numbers: Vec<u32> = pdf.get_pages().keys().copied().collect();
    let page = |number: &u32| pdf.extract_text(&[*number]).expect("a text").replace([' ', '\n', '\u{200b}'], "");
    numbers.iter().map(page).collect()
}

async fn the_pdf_has_the_figures_of_the_api_and_says_on_every_page_that_it_is_a_draft(app: App) {
    if !cfg!(feature = "pdf") {
        return without_pdf(&app).await;
    }
    let sample = app.sample().await;
    let reply = report(&sample.client, &sample.assessment, "format=pdf").await;
    assert_eq!(reply.required("content-type"), "application/pdf");
    assert!(reply.required("content-disposition").ends_with("filename=\"2021-41010021T000000000001-r1.pdf\""));
    assert!(reply.body.starts_with(b"%PDF-"));
    let pages = pages(&reply.body);
    for (page, number) in pages.iter().zip(1..) {
        assert!(page.contains("草稿，填报中") && page.contains(&sample.assessment), "page {number}: {page}");
        assert!(number == 1 || page.contains(&format!("—{number}—")), "page {number}: {page}");
    }
    let text = pages.concat();
    let form = text.rsplit("附件1").next().expect("what comes after the contents");
    let read = sample.client.get(&format!("/api/v1/self-assessments/{}", sample.assessment)).await.json(200);
    for result in read["results"].as_array().expect("rows") {
        let name = result["name"].as_str().expect("a name");
        let at = form.find(name).unwrap_or_else(|| panic!("no {name}"));
        let row: String = form[at..].chars().take(120).collect();
        assert!(row.contains(result["weight"].as_str().expect("a weight")), "{name}: {row}");
    }
    for total in [&read["computed"]["total"], &read["attainable_total"], &read["declared"]["total"]] {
        assert!(pages[0].contains(&format!("{}分", total.as_str().expect("a total"))), "{total}");
    }
    let path = format!("/api/v1/self-assessments/{}/findings", sample.assessment);
    for finding in items(&sample.client.get(&path).await.json(200)) {
        let message = self::text(&finding, "message").replace(' ', "");
        assert_eq!(text.matches(&message).count(), 2, "below its table, and in the annex: {message}");
    }
}

async fn a_pdf_says_how_to_verify_it_and_takes_any_text(app: App) {
    if !cfg!(feature = "pdf") {
        return without_pdf(&app).await;
    }
    let sound = app.sound().await;
    let (unit, path) = (app.unit(), format!("/api/v1/self-assessments/{}", sound.assessment));
    let commands = "#panic() $x$ *b* `c` @d <e> ] #eval(\"1\") \\u{41} 👩\u{200d}👧 שלום 𠮷 e\u{301}\u{301}";
    let narrative = json!({"overview": commands, "problems": "长".repeat(10_000), "proposals": "x".repeat(20_000), "other": "\u{301}".repeat(9_000)});
    unit.patch(&path, "*", &json!({"narrative": narrative})).await.status(200);
    app.take(&sound.assessment, &["submit", "review", "approve", "publish"]).await;
    let score = items(&app.bureau().get("/api/v1/scores").await.json(200)).remove(0);
    let report =
        app.bureau().get(&format!("/api/v1/scores/{}/report?format=pdf", text(&score, "id"))).await.status(200);
    let pages = pages(&report.body);
    for shown in [text(&score, "id"), text(&score, "content_hash"), "核验方法".to_owned()] {
        assert!(pages[0].contains(&shown), "{shown} in {}", pages[0]);
    }
    assert!(pages.iter().all(|page| page.contains(&text(&score, "id")) && !page.contains("填报中")));
    let all = pages.concat();
    assert!(all.contains("#panic()$x$*b*`c`@d<e>]#eval"), "what is written is shown");
    assert!(all.matches('x').count() >= 20_000 && all.matches('长').count() >= 10_000, "to its end");
}

/// The assessment of a project with more text than a PDF takes.
pub async fn too_long(app: &App) -> String {
    let (unit, project) = (app.unit(), app.project_of_code("LONG").await);
    for number in 0..30 {
        let long = indicator().with("name", format!("指标{number}")).with("target_text", "x".repeat(20_000));
        made(&unit, &format!("/api/v1/projects/{project}/indicators"), &long).await;
    }
    made(&unit, "/api/v1/self-assessments", &json!({"project_id": project})).await
}

async fn a_report_that_is_too_long_for_a_pdf_is_had_in_another_form(app: App) {
    if !cfg!(feature = "pdf") {
        return without_pdf(&app).await;
    }
    let (unit, assessment) = (app.unit(), too_long(&app).await);
    let path = format!("/api/v1/self-assessments/{assessment}/report?format=pdf");
    let problem = unit.get(&path).await.problem(422, "report_too_long");
    assert!(text(&problem, "detail").contains("docx"), "{problem}");
    assert!(report(&unit, &assessment, "format=docx").await.body.len() > 1000);
    let archive = unit.get("/api/v1/report-archive?format=pdf").await.status(200);
    assert_eq!(names(&archive.body), ["410100-06-01/unit_self_assessment/2021-LONG-r1.docx"]);
}

fn names(archive: &[u8]) -> Vec<String> {
    let archive = zip::ZipArchive::new(std::io::Cursor::new(archive)).expect("an archive");
    let names = archive.file_names().map(|name| name.expect("a name").into_owned());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

async fn the_reports_of_a_year_come_in_one_archive(app: App) {
    for code in ["A", "B", "C"] {
        app.sound_of_code(code).await;
    }
    let client = app.bureau();
    let reply = client.get("/api/v1/report-archive?format=html&fiscal_year=2021").await.status(200);
    assert_eq!(reply.required("content-type"), "application/zip");
    let expected = ["A", "B", "C"].map(|code| format!("{UNIT}/unit_self_assessment/2021-{code}-r1.html"));
    assert_eq!(names(&reply.body), expected);
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&reply.body)).expect("an archive");
    let mut page = String::new();
    let mut part = archive.by_name(&expected[0]).expect("a report");
    std::io::Read::read_to_string(&mut part, &mut page).expect("a page");
    assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"));
    let docx = client.get("/api/v1/report-archive").await.status(200);
    assert_eq!(names(&docx.body).len(), 3);
    assert_eq!(client.get("/api/v1/report-archive").await.body, docx.body, "the same data gives the same bytes");
    let pdf = client.get("/api/v1/report-archive?format=pdf&organization=410100-06").await;
    if !cfg!(feature = "pdf") {
        pdf.problem(501, "format_not_built");
        return;
    }
    let pdf = pdf.status(200);
    assert!(names(&pdf.body).iter().all(|name| name.ends_with("-r1.pdf")), "{:?}", names(&pdf.body));
    for none in ["fiscal_year=2020", "organization=410100-99"] {
        let reply = client.get(&format!("/api/v1/report-archive?{none}")).await.status(200);
        assert_eq!(names(&reply.body), Vec::<String>::new());
    }
    assert_eq!(names(&app.stranger().get("/api/v1/report-archive").await.body), Vec::<String>::new());
    app.client(UNIT, "scores:read").get("/api/v1/report-archive").await.problem(403, "scope_missing");
}

async fn a_roll_up_has_a_row_for_each_unit_and_each_assessment(app: App) {
    let sound = app.sound_of_code("A").await;
    app.sound_of_code("B").await;
    app.take(&sound.assessment, &["submit", "review", "approve", "publish"]).await;
    let reply = app.bureau().get("/api/v1/roll-up?fiscal_year=2021").await.status(200);
    let book = jixiao::workbooks::read(&reply.body, &jixiao::workbooks::Limits::default()).expect("a workbook");
    let cells = |sheet: usize, row: u32| -> Vec<String> {
        let cells = &book.sheets[sheet].cells;
        let at = |column| cells.get(&jixiao::workbooks::Place { row, column }).map(|cell| cell.text.clone());
        // Beside a formula 0 may be what nobody has computed yet: it is read as none.
        (1..=17).map(|column| at(column).unwrap_or_default().replace('=', "0")).collect()
    };
    assert_eq!(book.sheets.iter().map(|sheet| sheet.name.as_str()).collect::<Vec<_>>(), ["单位汇总", "项目明细"]);
    let row = cells(0, 2);
    assert_eq!(row[..2], [UNIT.to_owned(), cells(1, 2)[1].clone()]);
    assert_eq!(row[2..8], ["2", "1", "2000000", "2000000", "100%", "97"].map(str::to_owned), "{row:?}");
    assert_eq!(cells(0, 3)[0], "合计");
    assert_eq!(cells(0, 3)[2..14], row[2..14], "the sum of one unit");
    let codes = [cells(1, 2)[3].clone(), cells(1, 3)[3].clone()];
    assert_eq!(codes, ["A", "B"]);
    assert_eq!(cells(1, 2)[6..10], ["已公开", "", "97", "97"].map(str::to_owned), "{:?}", cells(1, 2));
    let none = app.stranger().get("/api/v1/roll-up").await.status(200);
    let none = jixiao::workbooks::read(&none.body, &jixiao::workbooks::Limits::default()).expect("a workbook");
    assert!(none.sheets.iter().all(|sheet| sheet.cells.keys().all(|place| place.row == 1)));
    app.bureau()
        .get("/api/v1/roll-up")
        .header("If-None-Match", &app.bureau().get("/api/v1/roll-up").await.etag())
        .await
        .status(304);
}

async fn the_command_writes_a_report_from_a_database(app: App) {
    let sample = app.sample().await;
    let url = app.place.address.url();
    let run = |arguments: &[&str]| {
        std::process::Command::new(env!("CARGO_BIN_EXE_jixiao"))
            .args(["report", "--database", &url])
            .args(arguments)
            .current_dir(app.place.folder.path())
            .output()
            .expect("it runs")
    };
    let shown = run(&["--format", "html", "-o", "-"]);
    assert!(shown.status.success());
    assert_eq!(String::from_utf8_lossy(&shown.stdout), html(&sample.client, &sample.assessment).await);
    let made = run(&["--project", "41010021T000000000001", "--fiscal-year", "2021"]);
    let name = "2021-41010021T000000000001-r1.docx";
    assert_eq!(String::from_utf8_lossy(&made.stdout).trim(), name);
    let file = std::fs::read(app.place.folder.path().join(name)).expect("a file");
    assert_eq!(file, report(&sample.client, &sample.assessment, "format=docx").await.body);
    let none = run(&["--project", "none"]);
    assert!(!none.status.success() && String::from_utf8_lossy(&none.stderr).contains("no assessment is like that"));
}

/// Uploads a form and gives created, updated, unchanged and rejected rows.
async fn counts_of_import(app: &App, form: Vec<u8>) -> Value {
    let client = app.client(UNIT, "imports:write projects:read projects:write assessments:write");
    let request = client.request(actix_web::http::Method::POST, "/api/v1/imports?kind=self_assessment_forms");
    request.body("application/octet-stream", form).await.json(201)["rows"].clone()
}

async fn the_form_comes_back_unchanged(app: App) {
    let sound = app.sound().await;
    let form = report(&app.unit(), &sound.assessment, "format=xlsx").await;
    let counts = counts_of_import(&app, form.body).await;
    assert_eq!(
        (&counts["unchanged"], &counts["updated"], &counts["rejected"]),
        (&json!(1), &json!(0), &json!(0)),
        "{counts}"
    );
    let declared = json!({"declared": {"total": "97.00", "grade_text": "优", "adjusted_amount": "1.50"}});
    let path = format!("/api/v1/self-assessments/{}", sound.assessment);
    app.unit().patch(&path, "*", &declared).await.status(200);
    let form = report(&app.unit(), &sound.assessment, "format=xlsx").await;
    let counts = counts_of_import(&app, form.body).await;
    assert_eq!(
        (&counts["unchanged"], &counts["updated"]),
        (&json!(1), &json!(0)),
        "what contradicts the lines stays: {counts}"
    );
}

async fn the_forms_sums_and_rates_are_formulas_with_the_figures_of_the_data(app: App) {
    let sample = app.sample().await;
    let form = report(&sample.client, &sample.assessment, "format=xlsx").await;
    assert_eq!(form.required("content-type"), jixiao::sheets::XLSX);
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&form.body)).expect("an archive");
    let mut sheet = String::new();
    let mut part = archive.by_name("xl/worksheets/sheet1.xml").expect("a sheet");
    std::io::Read::read_to_string(&mut part, &mut sheet).expect("XML");
    for expected in [
        "<f>SUM(D7:D9)</f><v>2070000</v>",
        "<f>SUM(F7:F9)</f><v>1345343</v>",
        "<f>IF(E6=0,\"\",F6/E6)</f><v>0.649924154589</v>",
        "<sheetProtection sheet=\"1\"",
        "orientation=\"landscape\"",
    ] {
        assert!(sheet.contains(expected), "no {expected} in {}", &sheet[..3000.min(sheet.len())]);
    }
    assert!(sheet.contains("<v>100</v>"), "the weights add up");
}
