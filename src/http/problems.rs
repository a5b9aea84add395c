//! What each error code and each finding code means, as pages: plain HTML in both languages, made from the tables.

use std::fmt::Write;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};

use super::codes::Code;
use crate::findings::FindingCode;
use crate::forms::ProblemKind;
use crate::http::error::{Error, Result};

/// The pages of all codes.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    config.service(list_problems).service(get_problem);
}

const STYLE: &str = "body{font:16px/1.7 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;\
color:#1c2733;background:#fff}code{background:#eef2f6;padding:.1em .3em;border-radius:.2em}\
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #d5dde5;padding:.35em .5em;text-align:left;\
vertical-align:top}@media(prefers-color-scheme:dark){body{color:#dde5ee;background:#12181f}code{background:#222c37}\
td,th{border-color:#33404d}a{color:#8ab4f8}}";

fn page(title: &str, body: &str) -> HttpResponse {
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(format!(
        "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width,initial-scale=1\"><title>{title}</title><style>{STYLE}</style></head>\
         <body>{body}</body></html>"
    ))
}

/// The list of all codes: errors by status, findings by severity.
#[utoipa::path(tag = "service", responses((status = 200, description = "An HTML page", body = String, content_type = "text/html")))]
#[get("/problems")]
pub async fn list_problems() -> HttpResponse {
    let mut body = String::from("<h1>错误代码与疑点代码 · Error and finding codes</h1><h2>错误 · Errors</h2><table>");
    for code in Code::ALL {
        let (entry, name) = (code.entry(), code.as_str());
        row(&mut body, name, &entry.status.to_string(), entry.title);
    }
    body.push_str("</table><h2>疑点 · Findings</h2><table>");
    for code in FindingCode::ALL {
        let entry = code.entry();
        row(&mut body, entry.code, entry.severity.as_str(), (entry.title_zh, entry.title_en));
    }
    body.push_str("</table><h2>表内问题 · Forms</h2><table>");
    for problem in ProblemKind::ALL.iter().filter(|problem| Code::from_name(problem.code()).is_none()) {
        row(&mut body, problem.code(), "form", problem.text());
    }
    body.push_str("</table>");
    page("Jixiao · codes", &body)
}

fn row(body: &mut String, name: &str, kind: &str, (zh, en): (&str, &str)) {
    // Writing to a string cannot fail.
    let _ = write!(
        body,
        "<tr><td><a href=\"problems/{name}\"><code>{name}</code></a></td><td>{kind}</td><td>{zh}<br>{en}</td></tr>"
    );
}

/// What a code means and what to do about it, in both languages.
#[utoipa::path(
    tag = "service",
    params(("code" = String, Path, description = "An error code or a finding code", min_length = 1, pattern = "^[a-z0-9_]+$")),
    responses((status = 200, description = "An HTML page", body = String, content_type = "text/html"))
)]
#[get("/problems/{code}")]
pub async fn get_problem(code: web::Path<String>) -> Result<HttpResponse> {
    if let Some(error) = Code::from_name(&code) {
        let (entry, name) = (error.entry(), error.as_str());
        let phrase = StatusCode::from_u16(entry.status).ok().and_then(|status| status.canonical_reason());
        let example = serde_json::json!({
            "type": format!("/problems/{name}"), "title": entry.title.1, "status": entry.status, "code": name,
            "detail": "…", "instance": "/api/v1/…", "request_id": "…",
        });
        return Ok(page(
            name,
            &format!(
                "<p><a href=\"../problems\">← 全部代码 · all codes</a></p><h1><code>{name}</code></h1>\
                 <p>HTTP {} {}</p><section lang=\"zh-CN\"><h2>{}</h2><p>{}</p></section>\
                 <section lang=\"en\"><h2>{}</h2><p>{}</p></section><h2>示例 · Example</h2><pre><code>{example:#}</code></pre>",
                entry.status,
                phrase.unwrap_or_default(),
                entry.title.0,
                entry.remedy.0,
                entry.title.1,
                entry.remedy.1,
            ),
        ));
    }
    if let Some(problem) = ProblemKind::ALL.iter().find(|problem| problem.code() == *code) {
        let (zh, en) = problem.text();
        return Ok(page(
            problem.code(),
            &format!(
                "<p><a href=\"../problems\">← 全部代码 · all codes</a></p><h1><code>{}</code></h1><p>绩效自评表 · a form</p>\
                 <section lang=\"zh-CN\"><p>{zh}</p></section><section lang=\"en\"><p>{en}</p></section>",
                problem.code(),
            ),
        ));
    }
    let finding = FindingCode::from_name(&code).ok_or_else(Error::not_found)?.entry();
    let name = finding.code;
    Ok(page(
        name,
        &format!(
            "<p><a href=\"../problems\">← 全部代码 · all codes</a></p><h1><code>{name}</code></h1><p>{} · {}</p>\
             <section lang=\"zh-CN\"><h2>{}</h2><p>{}</p><p>{}</p></section>\
             <section lang=\"en\"><h2>{}</h2><p>{}</p><p>{}</p></section><h2>示例 · Example</h2><p>{}</p>",
            finding.severity.zh(),
            finding.severity.as_str(),
            finding.title_zh,
            finding.explanation_zh,
            finding.remedy_zh,
            finding.title_en,
            finding.explanation_en,
            finding.remedy_en,
            finding.example,
        ),
    ))
}
