//! The claims of a token, and making one for scripts and first steps.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::{Deserialize, Serialize};

/// What a token says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Claims {
    /// Who holds it; stands in the record of transitions.
    pub sub: String,
    /// The code of the organization whose subtree it opens.
    pub org: String,
    /// Scopes, separated by spaces.
    #[serde(default)]
    pub scope: String,
    /// Who issued it.
    pub iss: String,
    /// For which service; one name or several.
    pub aud: serde_json::Value,
    /// When it ends, in seconds since 1970.
    pub exp: i64,
}

/// Signs `claims` with the installation's secret (HS256).
///
/// # Errors
/// When the claims cannot be written as JSON.
pub fn mint(claims: &Claims, secret: &[u8]) -> Result<String, jsonwebtoken::errors::Error> {
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &EncodingKey::from_secret(secret))
}
