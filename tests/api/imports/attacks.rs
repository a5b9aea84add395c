//! Attacks and accidents: what is too large, packed too well, damaged, protected, or something else altogether.

use std::io::Write;

use actix_web::http::Method;
use rust_xlsxwriter::{Formula, Workbook};
use serde_json::json;

use super::files::{check, counts, csv, indicator_row, ndjson, total, upload, uploader, wrong, xlsx, zip};
use crate::support::build::text;
use crate::support::{App, cases};

cases![
    what_is_no_workbook_says_what_it_is,
    an_upload_that_unpacks_without_end_is_stopped,
    packed_uploads_are_unpacked,
    a_cell_at_the_far_end_costs_nothing,
    formulas_are_not_evaluated_and_their_errors_are_named,
    bytes_of_another_encoding_are_named_by_their_row,
    an_archive_that_unpacks_without_end_is_stopped,
    two_uploads_at_once_make_one_import,
    a_line_that_names_a_member_twice_is_refused,
];

const FORMS: &str = "kind=self_assessment_forms";

async fn what_is_no_workbook_says_what_it_is(app: App) {
    let client = uploader(&app);
    let old = super::files::container("Book");
    let name: Vec<u8> = "EncryptedPackage".bytes().flat_map(|byte| [byte, 0]).collect();
    let locked = [b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".as_slice(), &[0; 600], &name].concat();
    let binary = zip(&[("[Content_Types].xml", b"<Types/>"), ("xl/workbook.bin", b"x")]);
    let mut cut = xlsx(&[&["a"]]);
    cut.truncate(cut.len() / 2);
    for (file, code) in [
        (old, "old_workbook_format"),
        (locked, "password_protected"),
        (binary, "binary_workbook_format"),
        (b"hello".to_vec(), "not_a_workbook"),
        (cut, "damaged_file"),
        (xlsx(&[&["nothing of a form"]]), "no_forms"),
        (zip(&[]), "no_forms"),
    ] {
        let problem = upload(&client, FORMS, file).await.problem(422, code);
        assert!(text(&problem, "detail").len() > 15, "{problem:#}");
    }
    assert_eq!(total(&client, "imports?status=failed").await, 7);
}

async fn an_upload_that_unpacks_without_end_is_stopped(app: App) {
    let client = uploader(&app);
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..64 {
        packer.write_all(&[b' '; 1 << 20]).expect("packed");
    }
    let bomb = packer.finish().expect("packed");
    assert!(bomb.len() < 100_000);
    upload(&client, "kind=indicators", bomb).await.problem(413, "too_large");
    let large = vec![b' '; (4 << 20) + 1];
    upload(&client, "kind=indicators", large).await.problem(413, "too_large");
    let broken = client.request(Method::POST, "/api/v1/imports?kind=indicators").header("Content-Encoding", "gzip");
    broken.body("text/plain", "this is not packed").await.problem(400, "broken_upload");
    let unknown = client.request(Method::POST, "/api/v1/imports?kind=indicators").header("Content-Encoding", "lzma");
    unknown.body("text/plain", "x").await.problem(400, "bad_header");
    let long = format!("{{\"name\":\"{}\"}}\n", "x".repeat(1 << 20));
    upload(&client, "kind=indicators", long).await.problem(422, "file_too_large");
    // A quote without its second makes one row of the rest of the file.
    let open = format!("项目代码,预算年度,三级指标\n1,2026,\"{}", "x,\n".repeat(1 << 19));
    upload(&client, "kind=indicators", open).await.problem(422, "file_too_large");
    assert_eq!(total(&client, "imports").await, 2, "only what arrived whole is an import");
    let count = |name| std::fs::read_dir(app.place.folder.path().join(name)).map_or(0, Iterator::count);
    let folders = count("imports") + count("imports-1");
    assert_eq!(folders, 2, "and leaves files");
}

async fn packed_uploads_are_unpacked(app: App) {
    app.project().await;
    let client = uploader(&app);
    let file = ndjson(&[indicator_row("41010021T000000000001", "甲")]);
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(&file).expect("packed");
    let gzip = packer.finish().expect("packed");
    let zstd = zstd::encode_all(file.as_slice(), 3).expect("packed");
    let (first, _) = check(&client, "kind=indicators", file).await;
    for (packed, encoding) in [(&gzip, None), (&zstd, None), (&gzip, Some("gzip")), (&zstd, Some("zstd"))] {
        let request = client.request(Method::POST, "/api/v1/imports?kind=indicators");
        let request = match encoding {
            Some(encoding) => request.header("Content-Encoding", encoding),
            None => request,
        };
        let import = request.body("application/octet-stream", packed.clone()).await.json(201);
        assert_eq!(import["content_hash"], first["content_hash"], "{encoding:?}");
        assert_eq!(import["id"], first["id"], "the same file is the same import, however it was packed");
    }
}

async fn a_cell_at_the_far_end_costs_nothing(app: App) {
    app.project().await;
    let client = uploader(&app);
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, text) in (0_u16..).zip(["项目代码", "预算年度", "一级指标", "三级指标", "分值"]) {
        sheet.write_string(0, column, text).expect("a cell");
    }
    sheet.write_string(1_048_575, 16_383, "x").expect("a cell");
    let file = book.save_to_buffer().expect("a workbook");
    upload(&client, "kind=indicators", file).await.problem(422, "empty_content");
}

async fn formulas_are_not_evaluated_and_their_errors_are_named(app: App) {
    app.project().await;
    let client = uploader(&app);
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, text) in (0_u16..).zip(["项目代码", "预算年度", "一级指标", "三级指标", "分值"]) {
        sheet.write_string(0, column, text).expect("a cell");
    }
    for row in [1, 2] {
        for (column, text) in
            (0_u16..).zip(["41010021T000000000001", "2021", "产出", if row == 1 { "甲" } else { "乙" }])
        {
            sheet.write_string(row, column, text).expect("a cell");
        }
    }
    sheet.write_formula(1, 4, Formula::new("=2+3").set_result("7")).expect("a formula");
    sheet.write_formula(2, 4, Formula::new("=1/0").set_result("#DIV/0!")).expect("a formula");
    let (import, report) =
        check(&client, "kind=indicators&mode=valid_rows", book.save_to_buffer().expect("a workbook")).await;
    assert_eq!(wrong(&report), [(3, "E3".to_owned(), "cell_error".to_owned())]);
    assert!(import["notes"][0].as_str().is_some_and(|note| note.contains("formulas")), "{import:#}");
    super::files::commit(&client, &import).await.status(200);
    let made = client.get("/api/v1/indicators").await.json(200);
    assert_eq!(made["items"][0]["weight"], "7.00", "the value that the file keeps, not that of the formula");
}

async fn bytes_of_another_encoding_are_named_by_their_row(app: App) {
    app.project().await;
    let client = uploader(&app);
    let mut file = csv(&[&["项目代码", "预算年度", "一级指标", "三级指标", "分值"]]).into_bytes();
    file.extend_from_slice(b"41010021T000000000001,2021,a,b,5\r\n41010021T000000000001,2021,\xff\xff,b,5\r\n");
    // But for a few bytes it is UTF-8: the row says so, and nothing is taken for another encoding.
    let (_, report) = check(&client, "kind=indicators&mode=valid_rows", file).await;
    assert_eq!(wrong(&report), [(3, String::new(), "bad_encoding".to_owned())]);
    let mut file = b"project_code,fiscal_year,level1,name,weight\r\n".to_vec();
    file.extend_from_slice(b"41010021T000000000001,2021,\xff\xff,b,5\r\n");
    let (_, report) = check(&client, "kind=indicators", file).await;
    assert_eq!(wrong(&report), [(2, String::new(), "bad_encoding".to_owned())]);
}

async fn an_archive_that_unpacks_without_end_is_stopped(app: App) {
    let client = uploader(&app);
    let spaces = vec![0_u8; 8 << 20];
    let bomb = zip(&[("a.xlsx", &spaces), ("b.xlsx", &spaces), ("c.xlsx", &spaces)]);
    assert!(bomb.len() < 100_000, "{}", bomb.len());
    upload(&client, FORMS, bomb).await.problem(422, "file_too_large");
}

async fn two_uploads_at_once_make_one_import(app: App) {
    app.project().await;
    let client = uploader(&app);
    let parameters = "kind=indicators&commit=true";
    // Each round is another file; in each the uploads meet the import in another state.
    for round in 0..12_u64 {
        let file = ndjson(&[indicator_row("41010021T000000000001", &format!("甲{round}"))]);
        let uploads = (0..6_u64).map(|late| {
            let (client, file) = (&client, file.clone());
            async move {
                actix_web::rt::time::sleep(std::time::Duration::from_millis(late * round)).await;
                upload(client, parameters, file).await
            }
        });
        for reply in futures_util::future::join_all(uploads).await {
            assert_eq!(reply.json(201)["status"], "committed");
        }
        let made = i64::try_from(round + 1).expect("small");
        assert_eq!((total(&client, "imports").await, total(&client, "indicators").await), (made, made));
        let import = upload(&client, parameters, file).await.json(201);
        assert_eq!((&import["status"], counts(&import)), (&json!("committed"), [1, 0, 0, 0]));
    }
}

async fn a_line_that_names_a_member_twice_is_refused(app: App) {
    app.project().await;
    let client = uploader(&app);
    let row = indicator_row("41010021T000000000001", "甲").to_string();
    let twice = row.replacen('{', "{\"weight\":\"50\",", 1);
    assert!(row.contains("weight"), "{row}");
    let (import, rows) = check(&client, "kind=indicators", format!("{twice}\n")).await;
    assert_eq!(counts(&import), [0, 0, 0, 1], "{import:#}");
    let error = &rows[0]["errors"][0];
    assert_eq!(error["code"], "bad_json", "{error:#}");
    assert!(text(error, "detail").contains("/weight"), "{error:#}");
}
