//! The manifest of an export: a signed description of its file, which can be checked without the service.
//!
//! The signature is a detached JWS (RFC 7515, appendix F) with EdDSA over the canonical JSON (RFC 8785) of the manifest.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::model::{ExportFilters, ExportFormat, ExportId, ExportKind};
use crate::auth::KeyError;
use crate::http::error::{Error, Result};
use crate::values::Instant;

/// What the file of an export is.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Manifest {
    /// The export.
    pub export_id: ExportId,
    /// What is exported.
    pub kind: ExportKind,
    /// The form of the file.
    pub format: ExportFormat,
    /// Which rows.
    pub filters: ExportFilters,
    /// Whose token made it: the rows are those of its subtree.
    pub organization_code: String,
    /// The division whose change feed the position is of.
    pub division_code: String,
    /// The last change of that division that the rows show; absent where the rows are of a part of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0)]
    pub position: Option<i64>,
    /// A copy goes on from `/changes?after=` this: it holds the number of each division that the rows are of.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(pattern = "^[A-Za-z0-9_-]+$", example = "1842")]
    pub next: String,
    /// How many rows.
    #[schema(minimum = 0)]
    pub rows: i64,
    /// How many bytes.
    #[schema(minimum = 0)]
    pub bytes: i64,
    /// The SHA-256 of the file.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub sha256: String,
    /// When the snapshot was taken.
    pub taken_at: Instant,
    /// The program that made it.
    #[schema(example = "jixiao 0.1.0")]
    pub service: String,
}

/// A manifest with its signature.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SignedManifest {
    /// What the file is.
    #[schema(value_type = Manifest)]
    pub manifest: Value,
    /// A detached JWS: header, nothing, signature.
    #[schema(pattern = r"^[A-Za-z0-9_-]+\.\.[A-Za-z0-9_-]+$")]
    pub signature: String,
}

/// The public keys that manifests are signed with (RFC 7517).
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SigningKeys {
    /// The keys.
    pub keys: Vec<PublicKey>,
}

/// A public Ed25519 key (RFC 8037).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PublicKey {
    /// The type of the key.
    #[schema(pattern = "^OKP$")]
    pub kty: String,
    /// The curve.
    #[schema(pattern = "^Ed25519$")]
    pub crv: String,
    /// The key itself, base64url.
    pub x: String,
    /// Its name: the SHA-256 thumbprint (RFC 7638).
    #[serde(default)]
    pub kid: String,
    /// The algorithm.
    #[serde(default, rename = "alg")]
    #[schema(pattern = "^EdDSA$")]
    pub algorithm: String,
}

impl PublicKey {
    fn of(key: &VerifyingKey) -> PublicKey {
        let x = URL_SAFE_NO_PAD.encode(key.as_bytes());
        // The required members in their lexical order, RFC 7638.
        let thumbprint = Sha256::digest(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#));
        PublicKey {
            kty: "OKP".to_owned(),
            crv: "Ed25519".to_owned(),
            x,
            kid: URL_SAFE_NO_PAD.encode(thumbprint),
            algorithm: "EdDSA".to_owned(),
        }
    }

    fn key(&self) -> Option<VerifyingKey> {
        let bytes = URL_SAFE_NO_PAD.decode(&self.x).ok().filter(|_| self.crv == "Ed25519")?;
        VerifyingKey::from_bytes(&bytes.try_into().ok()?).ok()
    }
}

/// Signs manifests with the key that its file holds at the moment.
#[derive(Clone)]
pub struct Signer {
    file: Option<PathBuf>,
    held: Arc<RwLock<Held>>,
}

/// A key, and the file that it was read from.
struct Held {
    key: SigningKey,
    state: Option<FileState>,
}

impl Signer {
    /// A new random key.
    pub fn random() -> Signer {
        Signer::holding(None, Held { key: SigningKey::from_bytes(&rand::random()), state: None })
    }

    fn holding(file: Option<PathBuf>, held: Held) -> Signer {
        Signer { file, held: Arc::new(RwLock::new(held)) }
    }

    /// The key of a PEM file (PKCS #8), as `openssl genpkey -algorithm ed25519` writes it. The file may be replaced while
    /// the service runs: what is signed after that has the new key.
    ///
    /// # Errors
    /// When it cannot be read or is no such key.
    pub fn read(path: &Path) -> std::result::Result<Signer, KeyError> {
        Ok(Signer::holding(Some(path.to_owned()), Held::read(path)?))
    }

    /// The key at the moment; the one before where the file cannot be read.
    fn key(&self) -> SigningKey {
        let is_new = |file: &&PathBuf| {
            let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
            state(file).is_some_and(|state| held.state != Some(state))
        };
        if let Some(file) = self.file.as_ref().filter(is_new) {
            match Held::read(file) {
                Ok(held) => *self.held.write().unwrap_or_else(PoisonError::into_inner) = held,
                Err(cause) => log::warn!("manifests are signed with the key before: {cause}"),
            }
        }
        self.held.read().unwrap_or_else(PoisonError::into_inner).key.clone()
    }

    /// The key of a file. The file is created (mode 0600) if it does not exist; returns whether it was created.
    ///
    /// # Errors
    /// When it cannot be read or made.
    pub fn read_or_make(path: &Path) -> std::result::Result<(Signer, bool), KeyError> {
        let failed = |cause: &dyn std::fmt::Display| {
            KeyError::new(format!("the signing key file {} cannot be made: {cause}", path.display()))
        };
        let mut file = match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
            Err(cause) if cause.kind() == ErrorKind::AlreadyExists => return Ok((Signer::read(path)?, false)),
            other => other.map_err(|cause| failed(&cause))?,
        };
        let key = SigningKey::from_bytes(&rand::random());
        let pem = key.to_pkcs8_pem(LineEnding::LF).map_err(|cause| failed(&cause))?;
        file.write_all(pem.as_bytes()).and_then(|()| file.sync_all()).map_err(|cause| failed(&cause))?;
        Ok((Signer::read(path)?, true))
    }

    /// The public key.
    pub fn public(&self) -> PublicKey {
        PublicKey::of(&self.key().verifying_key())
    }

    /// The detached signature of a manifest, and the key that verifies it.
    ///
    /// # Errors
    /// When it cannot be written as canonical JSON.
    pub fn sign(&self, manifest: &Value) -> Result<(String, PublicKey)> {
        let signing = self.key();
        let key = PublicKey::of(&signing.verifying_key());
        let header = json!({"alg": "EdDSA", "jwk": key, "kid": key.kid});
        let header = URL_SAFE_NO_PAD.encode(header.to_string());
        let signature = signing.sign(signed_bytes(&header, manifest)?.as_bytes());
        Ok((format!("{header}..{}", URL_SAFE_NO_PAD.encode(signature.to_bytes())), key))
    }
}

impl Held {
    fn read(path: &Path) -> std::result::Result<Held, KeyError> {
        let shown = path.display();
        // Asked before it is read: a file that changes in between is read again.
        let state = state(path);
        let text = std::fs::read_to_string(path)
            .map_err(|cause| KeyError::new(format!("the signing key file {shown} cannot be read: {cause}")))?;
        let key = SigningKey::from_pkcs8_pem(text.trim()).map_err(|_| {
            KeyError::new(format!("the signing key file {shown} holds no Ed25519 private key in PEM (PKCS #8)"))
        })?;
        Ok(Held { key, state })
    }
}

/// What tells a file from the one that had its name before: when it was changed, and which it is.
type FileState = (SystemTime, u64);

fn state(path: &Path) -> Option<FileState> {
    let found = std::fs::metadata(path).ok()?;
    Some((found.modified().ok()?, found.ino()))
}

fn signed_bytes(header: &str, manifest: &Value) -> Result<String> {
    let payload = serde_json_canonicalizer::to_string(manifest).map_err(|cause| Error::internal(&cause))?;
    Ok(format!("{header}.{}", URL_SAFE_NO_PAD.encode(payload)))
}

/// Verifies the signature of a manifest and returns the key. The key comes with the signature, so to know whose it is,
/// compare it with the keys that the service publishes.
///
/// # Errors
/// A sentence, when it is not signed by that key.
pub fn verify(signed: &SignedManifest) -> std::result::Result<PublicKey, String> {
    let malformed = || "the signature is malformed".to_owned();
    let (header, signature) = signed.signature.split_once("..").ok_or_else(malformed)?;
    let read: Value = URL_SAFE_NO_PAD
        .decode(header)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .filter(|header: &Value| header["alg"] == "EdDSA")
        .ok_or_else(malformed)?;
    let public: PublicKey = serde_json::from_value(read["jwk"].clone()).map_err(|_| malformed())?;
    let key = public.key().ok_or_else(malformed)?;
    let bytes = URL_SAFE_NO_PAD.decode(signature).ok().and_then(|bytes| bytes.try_into().ok()).ok_or_else(malformed)?;
    let message = signed_bytes(header, &signed.manifest).map_err(|cause| cause.to_string())?;
    key.verify_strict(message.as_bytes(), &Signature::from_bytes(&bytes))
        .map_err(|_| "the manifest was changed after it was signed".to_owned())?;
    Ok(PublicKey::of(&key))
}
