//! Every setting: its flag, its variable, its default and its check. Read once, at start.

mod database;
mod shares;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use ipnet::IpNet;

use crate::auth::{self, KeyError, Keys};
use crate::blobs::Blobs;
use crate::db::{Address, Database};
use crate::exports::{ExportFiles, Signer};
use crate::http::proxy::{BasePath, Proxies};
use crate::imports::ImportFiles;
use crate::leases::LeaseSettings;
use crate::organizations::codes::CodeRanges;
use crate::webhooks::Targets;
use crate::webhooks::work::Worker;

pub use database::{DatabaseSettings, Pooler};
pub use shares::ShareSettings;

/// How tokens are verified.
#[derive(Debug, Clone, Args)]
pub struct KeySettings {
    /// A file with the secret of HS256 tokens, at least 32 bytes; made beside the database when neither this nor a JWKS is given
    #[arg(long, env = "JIXIAO_JWT_SECRET_FILE", value_name = "FILE", conflicts_with = "jwks")]
    pub jwt_secret_file: Option<PathBuf>,
    /// A JWKS with the public keys of RS256, ES256 or EdDSA tokens: a file or a URL
    #[arg(long, env = "JIXIAO_JWKS", value_name = "FILE|URL")]
    pub jwks: Option<String>,
    /// The issuer (iss) that tokens must name
    #[arg(long, env = "JIXIAO_ISSUER", default_value = "jixiao", value_name = "NAME")]
    pub issuer: String,
    /// The audience (aud) that tokens must name
    #[arg(long, env = "JIXIAO_AUDIENCE", default_value = "jixiao", value_name = "NAME")]
    pub audience: String,
}

impl KeySettings {
    /// The secret file: the one given, or the one beside the database.
    pub fn secret_file(&self, address: &Address) -> PathBuf {
        self.jwt_secret_file.clone().unwrap_or_else(|| beside(address, "secret"))
    }

    /// Whether a key is given.
    pub fn is_configured(&self) -> bool {
        self.jwks.is_some() || self.jwt_secret_file.is_some()
    }

    /// The keys; a random secret is made when none is configured, never a known one.
    ///
    /// # Errors
    /// When a key file is missing, broken or too weak.
    pub fn keys(&self, address: &Address) -> Result<Arc<Keys>, KeyError> {
        if let Some(jwks) = &self.jwks {
            return Keys::from_jwks(jwks, &self.issuer, &self.audience).map(Arc::new);
        }
        let file = self.secret_file(address);
        if self.jwt_secret_file.is_none() && auth::create_secret(&file)?.1 {
            log::warn!("no key is configured: made a random secret in {} (mode 0600)", file.display());
        }
        Keys::from_secret_file(&file, &self.issuer, &self.audience).map(Arc::new)
    }
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// A line of text for each event.
    Text,
    /// A JSON object for each event.
    Json,
}

/// Where files are kept that any server may be asked for.
#[derive(Debug, Clone)]
pub enum FilesKept {
    /// In the folders of the one server.
    Folder,
    /// In the database, so that several servers need nothing else.
    Database,
    /// In a bucket of S3, or of what speaks it.
    #[cfg(feature = "s3")]
    Objects(crate::blobs::Objects),
}

impl std::str::FromStr for FilesKept {
    type Err = String;

    fn from_str(text: &str) -> Result<FilesKept, String> {
        match text {
            "folder" => Ok(FilesKept::Folder),
            "database" => Ok(FilesKept::Database),
            #[cfg(feature = "s3")]
            text if text.starts_with("s3://") => text.parse().map(FilesKept::Objects),
            #[cfg(not(feature = "s3"))]
            text if text.starts_with("s3://") => Err("this program was built without the feature s3".to_owned()),
            _ => Err("must be folder, database or s3://BUCKET/PREFIX".to_owned()),
        }
    }
}

/// What several servers on one database share.
#[derive(Debug, Clone, Args)]
pub struct SharingSettings {
    /// Where the files of imports and exports are kept for other servers: database, s3://BUCKET/PREFIX (with AWS_ENDPOINT, AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY), or folder where there is one server alone; when left out, database on Postgres and folder on SQLite
    #[arg(long, env = "JIXIAO_FILES", value_name = "WHERE")]
    pub files: Option<FilesKept>,
    /// Seconds after which another server takes over the work of one that is gone
    #[arg(long, env = "JIXIAO_LEASE_SECONDS", default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..=3600), value_name = "N")]
    pub lease_seconds: u32,
    /// Imports, and exports, of an organization that are under way at the same time, at all servers
    #[arg(long, env = "JIXIAO_ORGANIZATION_WORK", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000), value_name = "N")]
    pub organization_work: u32,
}

impl SharingSettings {
    /// Where the files are kept.
    pub fn blobs(&self, db: &Database) -> Blobs {
        let kept = self.files.clone().unwrap_or(match db.address() {
            Address::Sqlite(_) => FilesKept::Folder,
            Address::Postgres(_) => FilesKept::Database,
        });
        match kept {
            FilesKept::Folder => Blobs::Folder,
            FilesKept::Database => Blobs::Database(db.clone()),
            #[cfg(feature = "s3")]
            FilesKept::Objects(objects) => Blobs::Objects(objects),
        }
    }

    /// How long a server leases its work.
    pub fn leases(&self, db: &Database) -> LeaseSettings {
        LeaseSettings {
            duration: Duration::from_secs(u64::from(self.lease_seconds)),
            // Nobody else can be at work on a file of SQLite.
            is_alone: matches!(db.address(), Address::Sqlite(_)),
            each: self.organization_work,
        }
    }
}

/// Where imports keep their files.
#[derive(Debug, Clone, Args)]
pub struct ImportSettings {
    /// The folder for the files of imports; beside the SQLite file, else jixiao.imports, when left out
    #[arg(long, env = "JIXIAO_IMPORT_FOLDER", value_name = "FOLDER")]
    pub import_folder: Option<PathBuf>,
    /// Bytes of an upload at most, unpacked
    #[arg(long, env = "JIXIAO_IMPORT_LIMIT", default_value_t = 512 * 1024 * 1024, value_name = "BYTES")]
    pub import_limit: u64,
    /// Days that the files of an import are kept: its content, its report and its undo
    #[arg(long, env = "JIXIAO_IMPORT_DAYS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(..=36_500), value_name = "N")]
    pub import_days: u32,
}

impl ImportSettings {
    /// The files themselves.
    pub fn files(&self, address: &Address) -> ImportFiles {
        let folder = self.import_folder.clone().unwrap_or_else(|| beside(address, "imports"));
        ImportFiles::new(folder, self.import_limit, self.import_days)
    }
}

/// Where exports keep their files, and what signs them.
#[derive(Debug, Clone, Args)]
pub struct ExportSettings {
    /// The folder for the files of exports; beside the SQLite file, else jixiao.exports, when left out
    #[arg(long, env = "JIXIAO_EXPORT_FOLDER", value_name = "FOLDER")]
    pub export_folder: Option<PathBuf>,
    /// Days that the file of an export is kept
    #[arg(long, env = "JIXIAO_EXPORT_DAYS", default_value_t = 7, value_parser = clap::value_parser!(u32).range(..=36_500), value_name = "N")]
    pub export_days: u32,
    /// A PEM file with the Ed25519 key that signs the manifests of exports; made beside the database when left out
    #[arg(long, env = "JIXIAO_SIGNING_KEY_FILE", value_name = "FILE")]
    pub signing_key_file: Option<PathBuf>,
}

impl ExportSettings {
    /// The files themselves.
    pub fn files(&self, address: &Address, signer: Signer) -> ExportFiles {
        let folder = self.export_folder.clone().unwrap_or_else(|| beside(address, "exports"));
        ExportFiles::new(folder, self.export_days, signer)
    }

    /// What signs them; a random key is made when none is configured.
    ///
    /// # Errors
    /// When the key file is missing or broken.
    pub fn signer(&self, address: &Address) -> Result<Signer, KeyError> {
        if let Some(file) = &self.signing_key_file {
            return Signer::read(file);
        }
        let file = beside(address, "signing-key");
        let (signer, is_made) = Signer::read_or_make(&file)?;
        if is_made {
            log::info!("made a key to sign exports with in {} (mode 0600)", file.display());
        }
        Ok(signer)
    }
}

/// Where webhooks may go, and how often they are tried.
#[derive(Debug, Clone, Args)]
pub struct WebhookSettings {
    /// Networks beside the public internet that webhooks may be sent to, separated by commas, such as 10.20.0.0/16; http is allowed only there
    #[arg(long, env = "JIXIAO_WEBHOOK_NETWORKS", value_delimiter = ',', value_name = "NETWORK,…")]
    pub webhook_networks: Vec<IpNet>,
    /// The pauses before each further attempt at a webhook, separated by commas; after the last it is a dead letter
    #[arg(long, env = "JIXIAO_WEBHOOK_RETRIES", value_delimiter = ',', value_parser = humantime::parse_duration, default_value = "5s,5m,30m,2h,5h,10h,14h,20h,24h", value_name = "PAUSE,…")]
    pub webhook_retries: Vec<Duration>,
    /// Days that webhook messages are kept after they were delivered or given up
    #[arg(long, env = "JIXIAO_WEBHOOK_DAYS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=36_500), value_name = "N")]
    pub webhook_days: u32,
}

impl WebhookSettings {
    /// Where they may go.
    pub fn targets(&self) -> Targets {
        Targets::new(self.webhook_networks.clone())
    }

    /// What sends them.
    pub fn worker(&self, db: Database) -> Worker {
        Worker::new(db, self.targets(), self.webhook_retries.clone())
    }
}

/// A file of the service's own: beside the SQLite file, else in the working directory.
fn beside(address: &Address, what: &str) -> PathBuf {
    match address {
        Address::Sqlite(path) => PathBuf::from(format!("{path}.{what}")),
        Address::Postgres(_) => PathBuf::from(format!("jixiao.{what}")),
    }
}

/// How the service listens.
#[derive(Debug, Clone, Args)]
pub struct ServerSettings {
    /// The address to listen on
    #[arg(long, env = "JIXIAO_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDR:PORT")]
    pub listen: SocketAddr,
    /// Worker threads; as many as there are cores when left out
    #[arg(long, env = "JIXIAO_WORKERS", value_parser = clap::value_parser!(u16).range(1..=1024), value_name = "N")]
    pub workers: Option<u16>,
    /// Bytes of a request body at most, unpacked
    #[arg(long, env = "JIXIAO_BODY_LIMIT", default_value_t = 2 * 1024 * 1024, value_name = "BYTES")]
    pub body_limit: u32,
    /// Seconds that requests under way get to finish when the service stops
    #[arg(long, env = "JIXIAO_SHUTDOWN_SECONDS", default_value_t = 30, value_name = "N")]
    pub shutdown_seconds: u16,
    /// How fairly the service is shared.
    #[command(flatten)]
    pub shares: ShareSettings,
    /// Origins whose browser pages may call the service, separated by commas
    #[arg(long, env = "JIXIAO_CORS_ORIGINS", value_delimiter = ',', value_name = "ORIGIN,…")]
    pub cors_origins: Vec<String>,
    /// Path below which a proxy serves the service, such as /perf; links, locations and the document have it before them
    #[arg(long, env = "JIXIAO_BASE_PATH", default_value = "", value_name = "PATH")]
    pub base_path: BasePath,
    /// Networks of proxies whose X-Forwarded-Prefix, -Proto and -Host are believed, separated by commas
    #[arg(long, env = "JIXIAO_TRUSTED_PROXIES", value_delimiter = ',', value_name = "NETWORK,…")]
    pub trusted_proxies: Vec<IpNet>,
    /// What several servers share.
    #[command(flatten)]
    pub sharing: SharingSettings,
    /// Where imports keep their files.
    #[command(flatten)]
    pub imports: ImportSettings,
    /// Where exports keep their files.
    #[command(flatten)]
    pub exports: ExportSettings,
    /// Days that events of the change feed are kept; who comes later takes a new snapshot
    #[arg(long, env = "JIXIAO_CHANGES_DAYS", default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=36_500), value_name = "N")]
    pub changes_days: u32,
    /// Where webhooks may go.
    #[command(flatten)]
    pub webhooks: WebhookSettings,
    /// Whose the codes of organizations are that do not begin with their division's, separated by commas: 341702=219, or 341702=* for all that no other division has; where it is given, no other codes are taken
    #[arg(long, env = "JIXIAO_ORGANIZATION_CODES", value_name = "DIVISION=PREFIX,…")]
    pub organization_codes: Option<CodeRanges>,
}

/// Bytes of a request body at most.
#[derive(Debug, Clone, Copy)]
pub struct BodyLimit(pub usize);

impl ServerSettings {
    /// The limit of request bodies.
    pub fn body_limit(&self) -> BodyLimit {
        BodyLimit(usize::try_from(self.body_limit).unwrap_or(usize::MAX))
    }

    /// Where the world sees the service.
    pub fn proxies(&self) -> Proxies {
        Proxies { base: self.base_path.clone(), trusted: self.trusted_proxies.clone() }
    }

    /// Whose codes are.
    pub fn code_ranges(&self) -> CodeRanges {
        self.organization_codes.clone().unwrap_or_default()
    }

    /// How many workers.
    pub fn workers(&self) -> usize {
        match self.workers {
            Some(workers) => usize::from(workers),
            None => std::thread::available_parallelism().map_or(1, usize::from),
        }
    }
}
