//! The keys that tokens are verified with: one shared secret, or a JWKS from a file or a URL.

use std::collections::HashMap;
use std::fmt;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};

use super::verified::Verified;
use super::{Caller, Claims};
use crate::values::{FromText, NaturalCode};

/// A token with an unknown key id makes the JWKS be read again at most this often.
const REFRESH_EVERY: Duration = Duration::from_secs(60);
/// After a reading that failed, it may be tried again so soon.
const RETRY_AFTER: Duration = Duration::from_secs(5);
/// So often the JWKS is read again without a reason, so that a key that was withdrawn there stops working here.
const WITHDRAWN_WITHIN: Duration = Duration::from_secs(300);
/// So often the files of a secret are read again.
const ROTATED_WITHIN: Duration = Duration::from_secs(5);
/// Under which name the former secret is kept; no key of a JWKS has it, since they are not kept together.
const FORMER: &str = "former";
const FETCH_TIMEOUT: Duration = Duration::from_secs(5);
/// Bytes of secret below which a token could be forged by guessing (RFC 7518, section 3.2).
const SECRET_MINIMUM: usize = 32;

/// Why keys cannot be used: one line for the operator.
#[derive(Debug)]
pub struct KeyError(String);

impl KeyError {
    /// With the sentence for the operator.
    pub fn new(sentence: String) -> KeyError {
        KeyError(sentence)
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for KeyError {}

struct Key {
    decoding: DecodingKey,
    validation: Validation,
}

enum Source {
    /// With the file that it came from, which may change.
    Secret {
        file: Option<PathBuf>,
    },
    Jwks {
        location: String,
        last_read: Mutex<Instant>,
    },
}

/// The installation's keys, with the issuer and audience that tokens must name.
pub struct Keys {
    issuer: String,
    audience: String,
    source: Source,
    by_id: RwLock<HashMap<String, Key>>,
    verified: Verified,
}

impl Keys {
    /// One secret for a single installation (HS256).
    ///
    /// # Errors
    /// When it is shorter than 32 bytes.
    pub fn from_secret(secret: &[u8], issuer: &str, audience: &str) -> Result<Keys, KeyError> {
        if secret.len() < SECRET_MINIMUM {
            return Err(KeyError(format!(
                "the secret has {} bytes; HS256 needs at least {SECRET_MINIMUM}",
                secret.len()
            )));
        }
        let mut keys = Keys::without(Source::Secret { file: None }, issuer, audience);
        keys.by_id = RwLock::new(HashMap::from([(String::new(), keys.of_secret(secret))]));
        Ok(keys)
    }

    /// Without any key yet.
    fn without(source: Source, issuer: &str, audience: &str) -> Keys {
        Keys {
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
            source,
            by_id: RwLock::default(),
            verified: Verified::default(),
        }
    }

    fn of_secret(&self, secret: &[u8]) -> Key {
        Key {
            decoding: DecodingKey::from_secret(secret),
            validation: validation(Algorithm::HS256, &self.issuer, &self.audience),
        }
    }

    /// The secret of a file, and beside it, while it is replaced, the former one in FILE.former. Both are read again when
    /// they change.
    ///
    /// # Errors
    /// When one of them is broken or too short.
    pub fn from_secret_file(file: &Path, issuer: &str, audience: &str) -> Result<Keys, KeyError> {
        let mut keys = Keys::without(Source::Secret { file: Some(file.to_owned()) }, issuer, audience);
        keys.by_id = RwLock::new(keys.read_secrets(file)?);
        Ok(keys)
    }

    fn read_secrets(&self, file: &Path) -> Result<HashMap<String, Key>, KeyError> {
        let mut found = HashMap::from([(String::new(), self.of_secret(&read_secret(file)?))]);
        let former = former(file);
        if former.exists() {
            found.insert(FORMER.to_owned(), self.of_secret(&read_secret(&former)?));
        }
        Ok(found)
    }

    /// How often the keys are to be read again without a reason.
    pub fn read_again_every(&self) -> Duration {
        match &self.source {
            Source::Secret { .. } => ROTATED_WITHIN,
            Source::Jwks { .. } => WITHDRAWN_WITHIN,
        }
    }

    /// The public keys of a JWKS: RS256, ES256 or EdDSA, chosen by the token's `kid`.
    ///
    /// # Errors
    /// When it cannot be read, or holds no usable key.
    pub fn from_jwks(location: &str, issuer: &str, audience: &str) -> Result<Keys, KeyError> {
        let source = Source::Jwks { location: location.to_owned(), last_read: Mutex::new(Instant::now()) };
        let mut keys = Keys::without(source, issuer, audience);
        keys.by_id = RwLock::new(keys.read_jwks(location)?);
        Ok(keys)
    }

    /// The caller of a valid token, or `None` when its key is not known (yet).
    ///
    /// # Errors
    /// Why it is not valid.
    pub fn verify(&self, token: &str) -> Result<Option<Caller>, jsonwebtoken::errors::Error> {
        if let Some(caller) = self.verified.get(token) {
            return Ok(Some(caller));
        }
        let kid = match self.source {
            Source::Secret { .. } => String::new(),
            Source::Jwks { .. } => jsonwebtoken::decode_header(token)?.kid.unwrap_or_default(),
        };
        let keys = self.by_id.read().unwrap_or_else(PoisonError::into_inner);
        let Some(key) = keys.get(&kid) else { return Ok(None) };
        let decode = |key: &Key| jsonwebtoken::decode::<Claims>(token, &key.decoding, &key.validation);
        let claims = match (decode(key), keys.get(FORMER)) {
            (Err(cause), Some(former)) if kid.is_empty() => decode(former).map_err(|_| cause),
            (decoded, _) => decoded,
        }?
        .claims;
        // Both reach the database, which takes no NUL for one.
        if NaturalCode::from_text(&claims.org).is_err() || claims.sub.chars().any(char::is_control) {
            let claim = "org is the code of an organization, sub has no control characters";
            return Err(jsonwebtoken::errors::ErrorKind::InvalidClaimFormat(claim.to_owned()).into());
        }
        let expires = claims.exp;
        let caller = Caller::from(claims);
        self.verified.put(token, &caller, expires);
        Ok(Some(caller))
    }

    /// Whether reading the JWKS again may help; at most once a minute, however many ask.
    pub fn may_refresh(&self) -> bool {
        let Source::Jwks { last_read, .. } = &self.source else { return false };
        let mut last = last_read.lock().unwrap_or_else(PoisonError::into_inner);
        let due = last.elapsed() >= REFRESH_EVERY;
        if due {
            *last = Instant::now();
        }
        due
    }

    /// The next token with an unknown key id need not wait the whole pause.
    fn try_soon(&self) {
        let Source::Jwks { last_read, .. } = &self.source else { return };
        let mut last = last_read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(earlier) = Instant::now().checked_sub(REFRESH_EVERY.saturating_sub(RETRY_AFTER)) {
            *last = earlier;
        }
    }

    /// Reads the keys again; what was known stays when that fails. It blocks.
    pub fn refresh(&self) {
        let read = match &self.source {
            Source::Secret { file: None } => return,
            Source::Secret { file: Some(file) } => self.read_secrets(file),
            Source::Jwks { location, .. } => self.read_jwks(location),
        };
        match read {
            Ok(found) => {
                *self.by_id.write().unwrap_or_else(PoisonError::into_inner) = found;
                // A key that is gone must not live on in what it verified.
                self.verified.clear();
            }
            Err(cause) => {
                log::warn!("{cause}");
                self.try_soon();
            }
        }
    }

    fn read_jwks(&self, location: &str) -> Result<HashMap<String, Key>, KeyError> {
        let failed = |cause: &dyn fmt::Display| KeyError(format!("the JWKS {location} cannot be read: {cause}"));
        let text = if location.starts_with("https://") || location.starts_with("http://") {
            let agent: ureq::Agent = ureq::Agent::config_builder().timeout_global(Some(FETCH_TIMEOUT)).build().into();
            let mut response = agent.get(location).call().map_err(|cause| failed(&cause))?;
            response.body_mut().read_to_string().map_err(|cause| failed(&cause))?
        } else {
            std::fs::read_to_string(location).map_err(|cause| failed(&cause))?
        };
        let set: JwkSet = serde_json::from_str(&text).map_err(|cause| failed(&cause))?;
        let mut found = HashMap::new();
        for jwk in &set.keys {
            let Some(algorithm) = algorithm_of(jwk) else { continue };
            let decoding = DecodingKey::from_jwk(jwk).map_err(|cause| failed(&cause))?;
            let validation = validation(algorithm, &self.issuer, &self.audience);
            found.insert(jwk.common.key_id.clone().unwrap_or_default(), Key { decoding, validation });
        }
        if found.is_empty() {
            return Err(failed(&"it holds no RSA, P-256 or Ed25519 key"));
        }
        Ok(found)
    }
}

/// The algorithm follows from the key: a token cannot choose a weaker one.
fn algorithm_of(jwk: &Jwk) -> Option<Algorithm> {
    match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => Some(Algorithm::RS256),
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => Some(Algorithm::ES256),
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => Some(Algorithm::EdDSA),
        _ => None,
    }
}

fn validation(algorithm: Algorithm, issuer: &str, audience: &str) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.set_required_spec_claims(&["exp", "iss", "aud"]);
    validation.set_issuer(&[issuer]);
    validation.set_audience(&[audience]);
    validation.validate_nbf = true;
    validation.leeway = 5;
    validation
}

/// Where the former secret lies while another takes its place.
fn former(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".former");
    PathBuf::from(name)
}

/// Reads a secret file; line ends around the secret are not part of it.
///
/// # Errors
/// When it cannot be read, or is too short.
pub fn read_secret(path: &Path) -> Result<Vec<u8>, KeyError> {
    let shown = path.display();
    let bytes =
        std::fs::read(path).map_err(|cause| KeyError(format!("the secret file {shown} cannot be read: {cause}")))?;
    let secret = bytes.trim_ascii();
    if secret.len() < SECRET_MINIMUM {
        return Err(KeyError(format!(
            "the secret file {shown} has {} bytes; it needs at least {SECRET_MINIMUM}",
            secret.len()
        )));
    }
    Ok(secret.to_vec())
}

/// Reads the secret file, or makes one with a random secret that only its owner can read.
/// The answer says whether it was made.
///
/// # Errors
/// When it can neither be read nor made.
pub fn create_secret(path: &Path) -> Result<(Vec<u8>, bool), KeyError> {
    let failed =
        |cause: std::io::Error| KeyError(format!("the secret file {} cannot be made: {cause}", path.display()));
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(mut file) => {
            let secret = base16ct::lower::encode_string(&rand::random::<[u8; 32]>());
            file.write_all(secret.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
            Ok((secret.into_bytes(), true))
        }
        Err(cause) if cause.kind() == ErrorKind::AlreadyExists => read_secret(path).map(|secret| (secret, false)),
        Err(cause) => Err(failed(cause)),
    }
}
