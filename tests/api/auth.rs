//! Tokens: which are refused and why, what a caller's page says, and keys from a JWKS.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jixiao::auth::{Claims, Keys, create_secret, mint, read_secret};
use jixiao::exports::Signer;
use jixiao::exports::manifest::{SignedManifest, verify};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use crate::support::build::text;
use crate::support::{App, SECRET, cases};

cases![
    me_says_who_calls_and_what_the_token_allows,
    a_request_without_a_bearer_token_is_refused,
    a_token_is_refused_with_the_reason,
    a_token_cannot_choose_its_algorithm,
    an_unknown_scope_grants_nothing,
    an_audience_may_be_a_list,
    the_scheme_is_read_in_any_case,
    a_token_of_a_key_of_the_jwks_is_taken,
    a_token_of_an_unknown_key_is_refused,
    a_token_of_an_unregistered_organization_sees_nothing;
    a_short_secret_is_refused,
    a_made_secret_is_kept_and_its_owners_alone,
    a_jwks_without_a_usable_key_is_refused,
    a_secret_is_replaced_while_the_service_runs,
    the_key_of_manifests_is_replaced_while_the_service_runs
];

fn claims() -> Claims {
    Claims {
        sub: "tester".to_owned(),
        org: "410100".to_owned(),
        scope: "projects:read".to_owned(),
        iss: "jixiao".to_owned(),
        aud: "jixiao".into(),
        exp: chrono::Utc::now().timestamp() + 600,
    }
}

/// A token with any header and claims, signed with the secret of the tests as HS256 asks for.
fn signed(header: &Value, claims: &Value) -> String {
    let good = mint(&self::claims(), SECRET).expect("a token");
    let signature = good.rsplit('.').next().expect("a signature");
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{signature}", part(header), part(claims))
}

async fn me_says_who_calls_and_what_the_token_allows(app: App) {
    let me = app.department().get("/api/v1/me").await.json(200);
    let expected = json!({"subject": "tester of 410100-06", "organization_code": "410100-06",
                          "scopes": ["projects:read", "assessments:review", "scores:read"]});
    assert_eq!(me, expected, "the organization is not registered yet");
    let tree = app.tree().await;
    let me = app.department().get("/api/v1/me").await.json(200);
    assert_eq!(me["organization"]["id"], tree.department);
}

async fn a_request_without_a_bearer_token_is_refused(app: App) {
    for value in ["", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "Token x", "Bearer\u{e9}"] {
        let reply = app.anyone().get("/api/v1/me").header("Authorization", value).await;
        assert_eq!(reply.header("www-authenticate"), Some("Bearer"), "{value}");
        reply.problem(401, "unauthenticated");
    }
}

async fn a_token_is_refused_with_the_reason(app: App) {
    let now = chrono::Utc::now().timestamp();
    let cases: [(Claims, &str); 4] = [
        (Claims { exp: now - 60, ..claims() }, "expired"),
        (Claims { iss: "someone".to_owned(), ..claims() }, "iss"),
        (Claims { aud: "other".into(), ..claims() }, "aud"),
        (Claims { aud: json!([]), ..claims() }, "aud"),
    ];
    for (claims, reason) in cases {
        let token = mint(&claims, SECRET).expect("a token");
        let problem =
            app.anyone().with_token(&token).get("/api/v1/me").in_english().await.problem(401, "unauthenticated");
        assert!(text(&problem, "detail").contains(reason), "{reason}: {problem:#}");
    }
    let other = mint(&claims(), b"another secret that is long enough, too").expect("a token");
    app.anyone().with_token(&other).get("/api/v1/me").await.problem(401, "unauthenticated");
    for broken in ["x", "a.b.c", "..", &"x".repeat(9000)] {
        app.anyone().with_token(broken).get("/api/v1/me").await.problem(401, "unauthenticated");
    }
}

async fn a_token_cannot_choose_its_algorithm(app: App) {
    let body = serde_json::to_value(claims()).expect("claims");
    for algorithm in ["none", "None", "HS384", "HS512", "RS256", "ES256", "EdDSA"] {
        let token = signed(&json!({"alg": algorithm, "typ": "JWT"}), &body);
        app.anyone().with_token(&token).get("/api/v1/me").await.problem(401, "unauthenticated");
        let unsigned = format!("{}.", token.rsplit_once('.').expect("three parts").0);
        app.anyone().with_token(&unsigned).get("/api/v1/me").await.problem(401, "unauthenticated");
    }
}

async fn an_unknown_scope_grants_nothing(app: App) {
    let client = app.client("410100", "projects:everything  projects:read\tproject:write PROJECTS:WRITE");
    assert_eq!(client.get("/api/v1/me").await.json(200)["scopes"], json!(["projects:read"]));
    client.post("/api/v1/projects", &json!({})).await.problem(403, "scope_missing");
    let none = app.client("410100", "");
    assert_eq!(none.get("/api/v1/me").await.json(200)["scopes"], json!([]));
    none.get("/api/v1/projects").await.problem(403, "scope_missing");
}

async fn an_audience_may_be_a_list(app: App) {
    let token = mint(&Claims { aud: json!(["other", "jixiao"]), ..claims() }, SECRET).expect("a token");
    app.anyone().with_token(&token).get("/api/v1/me").await.status(200);
}

async fn the_scheme_is_read_in_any_case(app: App) {
    let token = mint(&claims(), SECRET).expect("a token");
    app.anyone().get("/api/v1/me").header("Authorization", &format!("bEaReR {token}")).await.status(200);
}

/// The key pair of RFC 8037, appendix A: the public half as a JWKS, the private one as PEM.
const PUBLIC: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
const PRIVATE: &str = "-----BEGIN PRIVATE KEY-----\n\
    MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";

/// The service with that key, under the id `one`.
async fn with_jwks(app: &App) -> App {
    let key = json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": "one", "x": PUBLIC});
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("jwks.json");
    std::fs::write(&file, json!({"keys": [key]}).to_string()).expect("written");
    let keys = Keys::from_jwks(file.to_str().expect("UTF-8"), "jixiao", "jixiao").expect("one key");
    App::with_keys(app.db.clone(), app.place.clone(), keys).await
}

fn signed_by_key(kid: Option<&str>, claims: &Claims) -> String {
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = kid.map(str::to_owned);
    let key = EncodingKey::from_ed_pem(PRIVATE.as_bytes()).expect("a private key");
    jsonwebtoken::encode(&header, claims, &key).expect("a token")
}

async fn a_token_of_a_key_of_the_jwks_is_taken(app: App) {
    let app = with_jwks(&app).await;
    let me = app.anyone().with_token(&signed_by_key(Some("one"), &claims())).get("/api/v1/me").await.json(200);
    assert_eq!(me["subject"], "tester");
    let expired = Claims { exp: chrono::Utc::now().timestamp() - 60, ..claims() };
    let expired = app.anyone().with_token(&signed_by_key(Some("one"), &expired));
    expired.get("/api/v1/me").await.problem(401, "unauthenticated");
}

async fn a_token_of_an_unknown_key_is_refused(app: App) {
    let app = with_jwks(&app).await;
    let body = serde_json::to_value(claims()).expect("claims");
    let public = URL_SAFE_NO_PAD.decode(PUBLIC).expect("base64");
    let mut confused = Header::new(Algorithm::HS256);
    confused.kid = Some("one".to_owned());
    for token in [
        signed_by_key(Some("two"), &claims()),
        signed(&json!({"alg": "EdDSA", "kid": "one"}), &body),
        mint(&claims(), SECRET).expect("a token"),
        // The public key as an HS256 secret: the algorithm follows from the key, never from the token.
        jsonwebtoken::encode(&confused, &claims(), &EncodingKey::from_secret(&public)).expect("a token"),
        jsonwebtoken::encode(&confused, &claims(), &EncodingKey::from_secret(PUBLIC.as_bytes())).expect("a token"),
    ] {
        app.anyone().with_token(&token).get("/api/v1/me").await.problem(401, "unauthenticated");
    }
}

async fn a_token_of_an_unregistered_organization_sees_nothing(app: App) {
    app.sound().await;
    let nobody = app.client("999999", &crate::support::client::every_scope());
    for list in ["organizations", "projects", "budget-lines", "indicators", "self-assessments", "scores"] {
        let page = nobody.get(&format!("/api/v1/{list}?count=exact")).await.json(200);
        assert_eq!(page, json!({"items": [], "total": 0}), "{list}");
    }
}

fn a_short_secret_is_refused() {
    assert!(Keys::from_secret(&[b'x'; 31], "jixiao", "jixiao").is_err());
    assert!(Keys::from_secret(&[b'x'; 32], "jixiao", "jixiao").is_ok());
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("secret");
    std::fs::write(&file, "short\n").expect("written");
    let refused = read_secret(&file).expect_err("too short").to_string();
    assert!(refused.contains("32") && !refused.contains("short"), "{refused}");
}

fn a_made_secret_is_kept_and_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("secret");
    let (first, made) = create_secret(&file).expect("made");
    assert!(made && first.len() >= 32);
    assert_eq!(std::fs::metadata(&file).expect("there").permissions().mode() & 0o777, 0o600);
    assert_eq!(create_secret(&file).expect("read"), (first.clone(), false));
    let (other, _) = create_secret(&folder.path().join("other")).expect("made");
    assert_ne!(first, other);
}

fn a_jwks_without_a_usable_key_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("jwks.json");
    let location = file.to_str().expect("UTF-8");
    let symmetric = json!({"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "one"}]}).to_string();
    for content in [symmetric.as_str(), "{\"keys\": []}", "{", ""] {
        std::fs::write(&file, content).expect("written");
        assert!(Keys::from_jwks(location, "jixiao", "jixiao").is_err(), "{content}");
    }
    assert!(Keys::from_jwks("/no/such/file", "jixiao", "jixiao").is_err());
}

fn a_secret_is_replaced_while_the_service_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, former) = (folder.path().join("secret"), folder.path().join("secret.former"));
    let secrets = ["the first secret, which has 32 bytes or more", "the second secret, which has 32 bytes or more"];
    let token = |secret: &str| mint(&claims(), secret.as_bytes()).expect("claims are JSON");
    let (old, new) = (token(secrets[0]), token(secrets[1]));
    std::fs::write(&file, secrets[0]).expect("written");
    let keys = Keys::from_secret_file(&file, "jixiao", "jixiao").expect("a secret");
    let takes = |token: &str| matches!(keys.verify(token), Ok(Some(_)));
    assert!(takes(&old) && !takes(&new));
    std::fs::write(&former, secrets[0]).expect("written");
    std::fs::write(&file, secrets[1]).expect("written");
    keys.refresh();
    assert!(takes(&old) && takes(&new), "for a while both are taken");
    std::fs::write(&file, "short").expect("written");
    keys.refresh();
    assert!(takes(&old) && takes(&new), "a broken file changes nothing");
    std::fs::write(&file, secrets[1]).expect("written");
    std::fs::remove_file(&former).expect("removed");
    keys.refresh();
    assert!(!takes(&old) && takes(&new));
}

fn the_key_of_manifests_is_replaced_while_the_service_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, next) = (folder.path().join("signing-key.pem"), folder.path().join("next.pem"));
    let (signer, is_made) = Signer::read_or_make(&file).expect("a key");
    let (other, _) = Signer::read_or_make(&next).expect("a key");
    assert!(is_made && signer.public() != other.public());
    let manifest = json!({"rows": 1});
    let signed = |signer: &Signer| {
        let (signature, key) = signer.sign(&manifest).expect("canonical JSON");
        let by = verify(&SignedManifest { manifest: manifest.clone(), signature }).expect("it is signed");
        assert_eq!(by, key, "the key that is published is the one that signed");
        key
    };
    let former = signed(&signer);
    std::fs::rename(&next, &file).expect("renamed");
    assert_eq!(signed(&signer), other.public(), "without a stop");
    assert_ne!(signed(&signer), former);
    std::fs::write(&file, "no key").expect("written");
    assert_eq!(signed(&signer), other.public(), "a broken file changes nothing");
}
