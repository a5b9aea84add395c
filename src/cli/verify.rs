//! `jixiao verify`: whether the file of an export is what its signed manifest says, without the service; and whether the
//! sums that statistics show are those of the rows.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use super::feed::existing;
use crate::config::DatabaseSettings;
use crate::db::Connection;
use crate::exports::manifest::{Manifest, PublicKey, SignedManifest, SigningKeys, verify};
use crate::exports::{digest, rows_of};

/// Check the file of an export against its signed manifest, offline; or, with --statistics, the kept sums of a database
#[derive(Debug, Args)]
pub struct Verify {
    /// The file, as `GET /exports/{id}/content` gave it
    #[arg(value_name = "FILE", required_unless_present = "statistics")]
    file: Option<PathBuf>,
    /// Its manifest, as `GET /exports/{id}/manifest` gave it
    #[arg(value_name = "MANIFEST", required_unless_present = "statistics")]
    manifest: Option<PathBuf>,
    /// Count all that statistics show anew, and compare it with the sums that are kept
    #[arg(long, conflicts_with_all = ["file", "manifest", "jwks"])]
    statistics: bool,
    /// Write the sums anew where they differ
    #[arg(long, requires = "statistics")]
    mend: bool,
    #[command(flatten)]
    database: DatabaseSettings,
    /// The keys of the service (`/.well-known/jwks.json`): a file that was kept, or the URL. Without it the manifest is
    /// checked against the key that comes with it, whose name is printed
    #[arg(long, value_name = "FILE|URL")]
    jwks: Option<String>,
}

/// Checks what is asked for; any difference is an error.
pub fn run(command: &Verify) -> Result<(), Box<dyn Error>> {
    match (&command.file, &command.manifest) {
        (Some(file), Some(manifest)) => verify_export(file, manifest, command.jwks.as_deref()),
        _ => verify_statistics(command),
    }
}

/// Compares the kept sums with a full recount, and writes them anew if that is asked for.
fn verify_statistics(command: &Verify) -> Result<(), Box<dyn Error>> {
    let address = command.database.address()?;
    let mut connection = existing(&address)?;
    let differing = connection.snapshot(Connection::differing_sums)?;
    for (table, count) in &differing {
        say!("{table}: {}", if *count == 0 { "as counted".to_owned() } else { format!("{count} rows differ") });
    }
    match (differing.iter().any(|(_, count)| *count > 0), command.mend) {
        (false, _) => Ok(()),
        (true, false) => Err("the kept sums are not those of the rows; --mend writes them anew".into()),
        (true, true) => {
            connection.recount_all()?;
            say!("written anew");
            Ok(())
        }
    }
}

/// Checks signature, bytes, SHA-256 and rows; any difference is an error.
fn verify_export(file: &Path, manifest_file: &Path, jwks: Option<&str>) -> Result<(), Box<dyn Error>> {
    let text = read(manifest_file)?;
    let signed: SignedManifest = serde_json::from_str(&text)
        .map_err(|cause| format!("{} is no signed manifest: {cause}", manifest_file.display()))?;
    let key = verify(&signed).map_err(|cause| format!("{}: {cause}", manifest_file.display()))?;
    let manifest: Manifest = serde_json::from_value(signed.manifest)
        .map_err(|cause| format!("{} is no manifest: {cause}", manifest_file.display()))?;
    if let Some(jwks) = jwks {
        trusted(jwks, &key)?;
    }
    let shown = file.display();
    let (bytes, sha256) = digest(file).map_err(|cause| format!("{shown}: {cause}"))?;
    if i64::try_from(bytes) != Ok(manifest.bytes) {
        return Err(format!("{shown} has {bytes} bytes; the manifest says {}", manifest.bytes).into());
    }
    if sha256 != manifest.sha256 {
        return Err(format!("{shown} has the SHA-256 {sha256}; the manifest says {}", manifest.sha256).into());
    }
    let rows = rows_of(file, manifest.format).map_err(|cause| format!("{shown}: {cause}"))?;
    if rows.is_some_and(|rows| i64::try_from(rows) != Ok(manifest.rows)) {
        return Err(
            format!("{shown} has {} rows; the manifest says {}", rows.unwrap_or_default(), manifest.rows).into()
        );
    }
    say!("{shown}: {} rows of {}, {bytes} bytes, SHA-256 {sha256}", manifest.rows, manifest.kind.as_str());
    let position = manifest.position.map(|position| format!(" at position {position}")).unwrap_or_default();
    say!(
        "taken at {}{position} of division {}, with the token of {}",
        manifest.taken_at,
        manifest.division_code,
        manifest.organization_code
    );
    if !manifest.next.is_empty() {
        say!("a copy goes on from /changes?after={}", manifest.next);
    }
    match jwks {
        Some(jwks) => say!("signed by the key {} of {jwks}", key.kid),
        None => say!("signed by the key {}; compare it with /.well-known/jwks.json, or give --jwks", key.kid),
    }
    Ok(())
}

fn read(path: &Path) -> Result<String, Box<dyn Error>> {
    std::fs::read_to_string(path).map_err(|cause| format!("{}: {cause}", path.display()).into())
}

fn trusted(jwks: &str, key: &PublicKey) -> Result<(), Box<dyn Error>> {
    let text = match jwks.starts_with("http://") || jwks.starts_with("https://") {
        true => {
            let agent = ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(10))).build();
            let mut reply =
                ureq::Agent::from(agent).get(jwks).call().map_err(|cause| format!("{jwks} cannot be read: {cause}"))?;
            reply.body_mut().read_to_string()?
        }
        false => read(Path::new(jwks))?,
    };
    let keys: SigningKeys =
        serde_json::from_str(&text).map_err(|cause| format!("{jwks} holds no Ed25519 keys: {cause}"))?;
    match keys.keys.iter().any(|known| known.x == key.x) {
        true => Ok(()),
        false => Err(format!("the manifest is signed by the key {}, which is none of {jwks}", key.kid).into()),
    }
}
