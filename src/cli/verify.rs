//! `jixiao verify`: whether the file of an export is what its signed manifest says, without the service.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use crate::exports::manifest::{Manifest, PublicKey, SignedManifest, SigningKeys, verify};
use crate::exports::{digest, rows_of};

/// Check the file of an export against its signed manifest, offline
#[derive(Debug, Args)]
pub struct Verify {
    /// The file, as `GET /exports/{id}/content` gave it
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Its manifest, as `GET /exports/{id}/manifest` gave it
    #[arg(value_name = "MANIFEST")]
    manifest: PathBuf,
    /// The keys of the service (`/.well-known/jwks.json`): a file that was kept, or the URL. Without it the manifest is
    /// checked against the key that comes with it, whose name is printed
    #[arg(long, value_name = "FILE|URL")]
    jwks: Option<String>,
}

/// Checks signature, bytes, SHA-256 and rows; any difference is an error.
pub fn run(command: &Verify) -> Result<(), Box<dyn Error>> {
    let text = read(&command.manifest)?;
    let signed: SignedManifest = serde_json::from_str(&text)
        .map_err(|cause| format!("{} is no signed manifest: {cause}", command.manifest.display()))?;
    let key = verify(&signed).map_err(|cause| format!("{}: {cause}", command.manifest.display()))?;
    let manifest: Manifest = serde_json::from_value(signed.manifest)
        .map_err(|cause| format!("{} is no manifest: {cause}", command.manifest.display()))?;
    if let Some(jwks) = &command.jwks {
        trusted(jwks, &key)?;
    }
    let shown = command.file.display();
    let (bytes, sha256) = digest(&command.file).map_err(|cause| format!("{shown}: {cause}"))?;
    if i64::try_from(bytes) != Ok(manifest.bytes) {
        return Err(format!("{shown} has {bytes} bytes; the manifest says {}", manifest.bytes).into());
    }
    if sha256 != manifest.sha256 {
        return Err(format!("{shown} has the SHA-256 {sha256}; the manifest says {}", manifest.sha256).into());
    }
    let rows = rows_of(&command.file, manifest.format).map_err(|cause| format!("{shown}: {cause}"))?;
    if rows.is_some_and(|rows| i64::try_from(rows) != Ok(manifest.rows)) {
        return Err(
            format!("{shown} has {} rows; the manifest says {}", rows.unwrap_or_default(), manifest.rows).into()
        );
    }
    say!("{shown}: {} rows of {}, {bytes} bytes, SHA-256 {sha256}", manifest.rows, manifest.kind.as_str());
    say!(
        "taken at {} at position {} of division {}, with the token of {}",
        manifest.taken_at,
        manifest.position,
        manifest.division_code,
        manifest.organization_code
    );
    match &command.jwks {
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
