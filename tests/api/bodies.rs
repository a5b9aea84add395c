//! Request bodies: media types, JSON, sizes, all errors at once, and merge patches.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::support::build::{project, text};
use crate::support::{App, BODY_LIMIT, With, cases};

cases![
    json_that_is_none_names_its_line_and_column,
    a_body_must_be_of_its_media_type,
    a_charset_beside_the_media_type_is_taken,
    a_body_may_be_as_large_as_the_limit_and_no_larger,
    a_body_that_unpacks_beyond_the_limit_is_refused,
    a_packed_body_is_read_in_every_encoding,
    bodies_that_unpack_without_end_take_no_memory,
    deep_nesting_is_refused_and_not_fatal,
    an_id_in_the_path_must_be_one,
    all_errors_come_at_once_with_their_pointers,
    a_pointer_is_escaped,
    a_merge_patch_replaces_lists_and_merges_objects,
    an_empty_patch_changes_nothing_but_the_version,
    a_field_given_twice_is_refused_at_its_place,
];

const PATH: &str = "/api/v1/projects";

async fn json_that_is_none_names_its_line_and_column(app: App) {
    for (body, place) in [
        ("{\n  \"code\": ,\n}", "line 2, column 11"),
        ("", "line 1, column 0"),
        ("{\"a\":1} x", "line 1, column 9"),
        ("{'a':1}", "line 1, column 2"),
        ("{\"a\": NaN}", "line 1, column 7"),
    ] {
        let reply = app.unit().request(Method::POST, PATH).body("application/json", body).in_english().await;
        let problem = reply.problem(400, "bad_json");
        assert!(text(&problem, "detail").starts_with(place), "{body}: {problem:#}");
    }
    let latin = app.unit().request(Method::POST, PATH).body("application/json", *b"{\"name\": \"\xe9\"}");
    latin.await.problem(400, "bad_json");
}

async fn a_body_must_be_of_its_media_type(app: App) {
    let project = format!("{PATH}/{}", app.project().await);
    for media_type in
        ["text/plain", "application/xml", "application/x-www-form-urlencoded", "application/merge-patch+json"]
    {
        let reply = app.unit().request(Method::POST, PATH).body(media_type, "{}").await;
        reply.problem(415, "unsupported_media_type");
    }
    app.unit().request(Method::POST, PATH).await.problem(415, "unsupported_media_type");
    let patch = |media_type: &str| {
        app.unit().request(Method::PATCH, &project).header("If-Match", "*").body(media_type, "{\"annual_goal\":\"x\"}")
    };
    patch("application/json").await.status(200);
    patch("application/json-patch+json").await.problem(415, "unsupported_media_type");
}

async fn a_charset_beside_the_media_type_is_taken(app: App) {
    let reply = app.unit().request(Method::POST, "/api/v1/score-previews");
    reply.body("Application/JSON; charset=utf-8", "{}").await.status(200);
}

async fn a_body_may_be_as_large_as_the_limit_and_no_larger(app: App) {
    let sized = |size: usize| {
        let mut body = b"{}".to_vec();
        body.resize(size, b' ');
        app.unit().request(Method::POST, "/api/v1/score-previews").body("application/json", body)
    };
    sized(BODY_LIMIT as usize).await.status(200);
    sized(BODY_LIMIT as usize + 1).await.problem(413, "too_large");
}

async fn a_body_that_unpacks_beyond_the_limit_is_refused(app: App) {
    let reply = app
        .unit()
        .request(Method::POST, "/api/v1/score-previews")
        .body("application/json", gzip_of_spaces(BODY_LIMIT as usize * 4))
        .header("Content-Encoding", "gzip")
        .await;
    reply.problem(413, "too_large");
}

/// A gzip stream of about `size` spaces: one block of the fixed code, a space and then repeats of 258.
fn gzip_of_spaces(size: usize) -> Vec<u8> {
    let mut bits: Vec<bool> = vec![true, true, false];
    let mut push = |code: u16, length: u16| bits.extend((0..length).rev().map(|bit| code >> bit & 1 == 1));
    // A literal of 0x20 is 0x30 + 0x20 in eight bits; a length of 258 is 0b11000101, a distance of 1 is 0.
    push(0x50, 8);
    for _ in 0..size / 258 {
        push(0b1100_0101, 8);
        push(0, 5);
    }
    push(0, 7);
    let packed = bits.chunks(8).map(|byte| byte.iter().enumerate().map(|(at, bit)| u8::from(*bit) << at).sum::<u8>());
    let mut stream = vec![31, 139, 8, 0, 0, 0, 0, 0, 0, 3];
    stream.extend(packed);
    // The checksum and the length are not looked at before the limit is passed.
    stream.extend([0; 8]);
    stream
}

/// A text in every encoding that bodies may come in.
fn packed(text: &[u8]) -> [(&'static str, Vec<u8>); 5] {
    use std::io::Write;
    let gzip = |text: &[u8]| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(text).and_then(|()| packer.finish()).expect("packed")
    };
    let mut deflate = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    let deflate = deflate.write_all(text).and_then(|()| deflate.finish()).expect("packed");
    let mut brotli = brotli::CompressorWriter::new(Vec::new(), 4096, 1, 22);
    brotli.write_all(text).expect("packed");
    [
        ("gzip", gzip(text)),
        ("deflate", deflate),
        ("br", brotli.into_inner()),
        ("zstd", zstd::encode_all(text, 1).expect("packed")),
        ("identity", text.to_vec()),
    ]
}

async fn a_packed_body_is_read_in_every_encoding(app: App) {
    let post = |encoding: &str, body: Vec<u8>| {
        let request = app.unit().request(Method::POST, "/api/v1/score-previews").header("Content-Encoding", encoding);
        request.body("application/json", body)
    };
    let mut large = b"{}".to_vec();
    large.resize(BODY_LIMIT as usize + 1, b' ');
    for (encoding, body) in packed(b"{\"indicators\": []}") {
        let cut = body[..body.len() - 2].to_vec();
        post(encoding, body).await.status(200);
        post(encoding, cut).await.problem(400, "bad_json");
    }
    for (encoding, body) in packed(&large) {
        post(encoding, body).await.problem(413, "too_large");
    }
    // Bytes behind the end, and a window of brotli outside its standard.
    for (encoding, mut body) in packed(b"{\"indicators\": []}") {
        body.extend_from_slice(b"stray bytes");
        post(encoding, body).await.problem(400, "bad_json");
    }
    post("br", vec![0x11, 0x1e, 0, 0, 0]).await.problem(400, "bad_json");
    post("rot13", b"{}".to_vec()).await.problem(400, "bad_header");
}

async fn bodies_that_unpack_without_end_take_no_memory(app: App) {
    let program = crate::support::Program::start(&app);
    let before = program.peak_memory();
    // 1 GiB of blanks in 100 KB: the same frame of 1 MiB a thousand times.
    let zstd = zstd::encode_all(&[b' '; 1 << 20][..], 3).expect("packed").repeat(1024);
    let gzip = gzip_of_spaces(200 << 20);
    let bombs = [("zstd", &zstd), ("zstd", &zstd), ("gzip", &gzip), ("gzip", &gzip)];
    std::thread::scope(|scope| {
        for (encoding, bomb) in bombs {
            let program = &program;
            scope.spawn(move || {
                let refused = program.post_packed("/api/v1/score-previews", "application/json", encoding, bomb);
                assert_eq!(refused, 413, "{encoding}");
                let upload = "/api/v1/imports?kind=indicators";
                let refused = program.post_packed(upload, "application/octet-stream", encoding, bomb);
                assert!(refused == 413 || encoding == "gzip", "{encoding}: {refused}");
            });
        }
    });
    let Some((before, after)) = before.zip(program.peak_memory()) else { return };
    assert!(after - before < 64 << 20, "{} MiB before, {} MiB after", before >> 20, after >> 20);
}

async fn deep_nesting_is_refused_and_not_fatal(app: App) {
    let deep = format!("{}1{}", "[".repeat(50_000), "]".repeat(50_000));
    app.unit().request(Method::POST, PATH).body("application/json", deep).await.problem(400, "bad_json");
    app.unit().get(PATH).await.status(200);
}

async fn an_id_in_the_path_must_be_one(app: App) {
    for id in ["1", "x", "01a209ff-0000-7000-8000-00000000000", "%20", "01a209ff00007000800000000000000000"] {
        app.unit().get(&format!("{PATH}/{id}")).await.problem(400, "bad_path");
    }
    let project = app.project().await;
    app.unit().get(&format!("{PATH}/{}", project.to_uppercase())).await.status(200);
}

async fn all_errors_come_at_once_with_their_pointers(app: App) {
    let wrong = json!({
        "fiscal_year": "2021", "code": "", "organization_id": 5, "annual_goal": ["x"], "extra": 1,
        "basis_documents": ["ok", "", 3], "implementation_plan": [{"months": "1"}, {"months": "2", "work": "x", "who": "y"}],
    });
    let mut fields = app.unit().post(PATH, &wrong).await.fields(422, "invalid_fields");
    fields.sort();
    let expected = [
        ("/annual_goal", "wrong_type"),
        ("/basis_documents/1", "blank"),
        ("/basis_documents/2", "wrong_type"),
        ("/code", "invalid_code"),
        ("/extra", "unknown_field"),
        ("/fiscal_year", "wrong_type"),
        ("/implementation_plan/0/work", "missing_field"),
        ("/implementation_plan/1/who", "unknown_field"),
        ("/name", "missing_field"),
        ("/organization_id", "wrong_type"),
    ];
    assert_eq!(fields, expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())));
    let problem = app.unit().post(PATH, &wrong).in_english().await.problem(422, "invalid_fields");
    assert_eq!(problem["detail"], "10 errors");
    app.unit().post(PATH, &json!([])).await.field("", "wrong_type");
}

async fn a_pointer_is_escaped(app: App) {
    let tree = app.tree().await;
    app.unit().post(PATH, &project(&tree.unit).with("a/b~c", 1)).await.field("/a~1b~0c", "unknown_field");
}

async fn a_merge_patch_replaces_lists_and_merges_objects(app: App) {
    let sound = app.sound().await;
    let path = format!("/api/v1/self-assessments/{}", sound.assessment);
    app.unit().patch(&path, "*", &json!({"declared": {"total": "90"}})).await.status(200);
    let merged = app.unit().patch(&path, "*", &json!({"declared": {"grade_text": "优"}})).await.json(200);
    assert_eq!(merged["declared"], json!({"total": "90.00", "grade_text": "优"}));
    let project = format!("{PATH}/{}", sound.project);
    let plan = json!({"implementation_plan": [{"months": "1", "work": "甲"}, {"months": "2", "work": "乙"}]});
    app.unit().patch(&project, "*", &plan).await.status(200);
    let one = json!({"implementation_plan": [{"months": "3", "work": "丙"}]});
    let replaced = app.unit().patch(&project, "*", &one).await.json(200);
    assert_eq!(replaced["implementation_plan"], one["implementation_plan"]);
}

async fn an_empty_patch_changes_nothing_but_the_version(app: App) {
    let project = format!("{PATH}/{}", app.project().await);
    let before = app.unit().get(&project).await.json(200);
    let after = app.unit().patch(&project, "\"1\"", &json!({})).await.json(200);
    let rest = |value: Value| value.without("version").without("updated_at");
    assert_eq!(after["version"], 2);
    assert_eq!(rest(after), rest(before));
}

async fn a_field_given_twice_is_refused_at_its_place(app: App) {
    let tree = app.tree().await;
    let body = format!(
        r#"{{"fiscal_year":2021,"code":"A","code":"B","name":"x","organization_id":"{}",
            "implementation_plan":[{{"months":"1","work":"甲"}},{{"months":"2","work":"乙","months":"3"}}],"a/b":1,"a\u002fb":2}}"#,
        tree.unit
    );
    let reply = app.unit().request(Method::POST, PATH).body("application/json", body).in_english().await;
    let problem = reply.problem(400, "bad_json");
    let places: Vec<String> = items_of(&problem).iter().map(|place| text(place, "pointer")).collect();
    assert_eq!(places, ["/code", "/implementation_plan/1/months", "/a~1b"]);
    let project = format!("{PATH}/{}", app.project().await);
    let patch =
        app.unit().patch(&project, "*", &json!({})).body("application/merge-patch+json", r#"{"name":"x","name":"y"}"#);
    patch.await.problem(400, "bad_json");
}

fn items_of(problem: &Value) -> &[Value] {
    problem["errors"].as_array().map(Vec::as_slice).unwrap_or_default()
}
