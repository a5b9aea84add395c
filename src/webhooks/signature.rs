//! Signatures of messages by the Standard Webhooks specification (version 1, `v1`): HMAC-SHA256 over
//! `id.timestamp.body`, in base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::http::error::{Error, Result};

/// What a secret begins with.
const PREFIX: &str = "whsec_";
/// Bytes of a secret: the specification asks for 24 to 64.
const BYTES: usize = 32;

/// A new secret: `whsec_` and 32 random bytes in base64.
pub fn new_secret() -> String {
    format!("{PREFIX}{}", STANDARD.encode(rand::random::<[u8; BYTES]>()))
}

/// The value of `webhook-signature`: one signature for each secret, the newest first.
///
/// # Errors
/// When a secret in the database is damaged.
pub fn sign(secrets: &[&str], id: &str, timestamp: i64, body: &str) -> Result<String> {
    let one = |secret: &&str| {
        let key = secret.strip_prefix(PREFIX).and_then(|text| STANDARD.decode(text).ok());
        let key = key.ok_or_else(|| Error::internal(&"a webhook's secret is damaged"))?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|cause| Error::internal(&cause))?;
        mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
        Ok(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    };
    let signatures = secrets.iter().map(one).collect::<Result<Vec<String>>>()?;
    Ok(signatures.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's own libraries.
    #[test]
    fn the_signature_of_the_specification_is_reproduced() {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let signature = sign(&[secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signature.expect("signed"), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn each_secret_signs_while_the_receiver_changes_over() {
        let (one, two) = (new_secret(), new_secret());
        let both = sign(&[&one, &two], "a", 1, "{}").expect("signed");
        let alone = sign(&[&two], "a", 1, "{}").expect("signed");
        assert_eq!(both.split(' ').count(), 2);
        assert!(both.ends_with(&alone));
        assert_ne!(one, two);
    }
}
