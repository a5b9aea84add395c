//! The service of one case, in process.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Service;
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use actix_web::test::TestRequest;
use actix_web::{body, test};
use diesel::connection::SimpleConnection;
use jixiao::app::{Shared, app};
use jixiao::auth::{Claims, Keys, mint};
use jixiao::blobs::Blobs;
use jixiao::changes::work::look_at_others;
use jixiao::config::{ExportSettings, ImportSettings, ServerSettings, ShareSettings, SharingSettings, WebhookSettings};
use jixiao::db::{Connection, Database, Limits, Link};
use jixiao::exports::Signer;
use jixiao::http::proxy::BasePath;

use super::client::{BUREAU, Client, DEPARTMENT, STRANGER, UNIT};
use super::{Kind, Place};

/// The secret that the service of the tests verifies tokens with.
pub const SECRET: &[u8] = b"a secret of the tests alone, 32 bytes or more";
/// What the servers of a case share, as without any setting.
const SHARING: SharingSettings = SharingSettings { files: None, lease_seconds: 15, organization_work: 50 };
/// Bytes that a body may have, so that one too many is quickly made.
pub const BODY_LIMIT: u32 = 256 * 1024;

/// Status, headers and body of an answer.
pub type Answer = (StatusCode, HeaderMap, Vec<u8>);
type Call = Rc<dyn Fn(TestRequest) -> Pin<Box<dyn Future<Output = Answer>>>>;

/// A service over a fresh database.
#[derive(Clone)]
pub struct App {
    pub db: Database,
    pub kind: Kind,
    pub place: Rc<Place>,
    call: Call,
}

impl App {
    /// The service over the database of a place.
    pub async fn start(place: Rc<Place>) -> App {
        let db = Database::open(&place.address, &limits()).expect("the database opens");
        App::over(db, place).await
    }

    /// The service over a database that the case has opened itself.
    pub async fn over(db: Database, place: Rc<Place>) -> App {
        let keys = Keys::from_secret(SECRET, "jixiao", "jixiao").expect("the secret is long enough");
        App::with_keys(db, place, keys).await
    }

    /// The service with keys of the case's own: as many servers as the place has, which take requests by turns.
    pub async fn with_keys(db: Database, place: Rc<Place>, keys: Keys) -> App {
        let keys = Arc::new(keys);
        let mut servers = vec![server(&db, &place, keys.clone(), "").await];
        for number in 1..place.servers {
            let other = Database::open(&place.address, &limits()).expect("the database opens");
            servers.push(server(&other, &place, keys.clone(), &format!("-{number}")).await);
            actix_web::rt::spawn(look_at_others(other));
        }
        if place.servers > 1 {
            actix_web::rt::spawn(look_at_others(db.clone()));
        }
        let turn = Cell::new(0);
        let call: Call = Rc::new(move |request: TestRequest| {
            turn.set(turn.get() + 1);
            servers[turn.get() % servers.len()](request)
        });
        App { db, kind: place.kind, place, call }
    }

    /// Sends one request.
    pub async fn call(&self, request: TestRequest) -> Answer {
        (self.call)(request).await
    }

    /// Where the servers keep their files for each other.
    pub fn blobs(&self) -> Blobs {
        SHARING.blobs(&self.db)
    }

    /// Changes the database behind the service's back.
    pub fn execute(&self, sql: &str) {
        let mut connection = Connection::open(&self.place.address).expect("a connection");
        match &mut connection.link {
            Link::Sqlite(c) => c.batch_execute(sql).expect("done"),
            Link::Postgres(c) => c.batch_execute(sql).expect("done"),
        }
    }

    /// A client without a token.
    pub fn anyone(&self) -> Client {
        Client::new(self, None)
    }

    /// The unit: fills in projects and self-assessments.
    pub fn unit(&self) -> Client {
        self.client(UNIT, "projects:read projects:write assessments:write scores:read")
    }

    /// The department above it: reviews.
    pub fn department(&self) -> Client {
        self.client(DEPARTMENT, "projects:read assessments:review scores:read")
    }

    /// The finance bureau: sees the division, keeps its organizations, approves and publishes.
    pub fn bureau(&self) -> Client {
        self.client(BUREAU, "projects:read projects:write org:admin assessments:approve scores:read scores:publish")
    }

    /// Another division, with every scope.
    pub fn stranger(&self) -> Client {
        self.client(STRANGER, &super::client::every_scope())
    }

    /// A client of an organization with these scopes.
    pub fn client(&self, organization: &str, scopes: &str) -> Client {
        let claims = Claims {
            sub: format!("tester of {organization}"),
            org: organization.to_owned(),
            scope: scopes.to_owned(),
            iss: "jixiao".to_owned(),
            aud: "jixiao".into(),
            exp: chrono::Utc::now().timestamp() + 600,
        };
        Client::new(self, Some(mint(&claims, SECRET).expect("claims are JSON")))
    }
}

/// One server, with folders and a signing key of its own.
async fn server(db: &Database, place: &Place, keys: Arc<Keys>, suffix: &str) -> Call {
    let settings = ServerSettings {
        listen: ([127, 0, 0, 1], 0).into(),
        workers: None,
        body_limit: BODY_LIMIT,
        shutdown_seconds: 1,
        shares: shares(),
        cors_origins: vec!["https://screens.example".to_owned()],
        sharing: SHARING,
        imports: ImportSettings {
            import_folder: Some(place.folder.path().join(format!("imports{suffix}"))),
            import_limit: 4 << 20,
            import_days: 30,
        },
        changes_days: 90,
        webhooks: WebhookSettings {
            webhook_networks: vec!["127.0.0.0/16".parse().expect("a network")],
            webhook_retries: Vec::new(),
            webhook_days: 30,
        },
        organization_codes: None,
        base_path: BasePath::default(),
        trusted_proxies: vec!["10.0.0.0/8".parse().expect("a network")],
        exports: ExportSettings {
            export_folder: Some(place.folder.path().join(format!("exports{suffix}"))),
            export_days: 7,
            signing_key_file: None,
        },
    };
    let service = Rc::new(test::init_service(app(&Shared::new(db.clone(), keys, Signer::random(), &settings))).await);
    Rc::new(move |request: TestRequest| {
        let service = service.clone();
        Box::pin(async move {
            match service.call(request.to_request()).await {
                Ok(answer) => {
                    let (status, headers) = (answer.status(), answer.headers().clone());
                    let body = body::to_bytes(answer.into_body()).await.ok().expect("the body is whole");
                    (status, headers, body.to_vec())
                }
                Err(cause) => {
                    let answer = cause.error_response();
                    let (status, headers) = (answer.status(), answer.headers().clone());
                    (status, headers, body::to_bytes(answer.into_body()).await.expect("the body is whole").to_vec())
                }
            }
        })
    })
}

/// Shares as without any setting, but for what a case of them needs.
fn shares() -> ShareSettings {
    ShareSettings {
        body_seconds: 20,
        connections: 1000,
        organization_requests: 1000,
        organization_rate: 0,
        token_rate: 0,
        organization_polls: 8,
        polls: 100,
        organization_pdfs: 4,
        metrics_networks: vec!["127.0.0.0/8".parse().expect("a network")],
        drain_seconds: 0,
    }
}

fn limits() -> Limits {
    Limits { connections: 4, connection_timeout: Duration::from_secs(20), ..Limits::default() }
}
