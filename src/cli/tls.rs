//! HTTPS by the program itself: its certificate, read again when the file changes.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use clap::Args;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::certificates;

/// How often the files are looked at, when connections come.
const LOOK: Duration = Duration::from_secs(2);

/// The certificate of the service, for those who have no proxy before it.
#[derive(Debug, Clone, Args)]
pub struct TlsSettings {
    /// A PEM file with the certificate for HTTPS and those between it and its authority; read again when it changes
    #[arg(long, env = "JIXIAO_TLS_CERTIFICATE", value_name = "FILE", requires = "tls_key")]
    tls_certificate: Option<PathBuf>,
    /// A PEM file with its private key
    #[arg(long, env = "JIXIAO_TLS_KEY", value_name = "FILE", requires = "tls_certificate")]
    tls_key: Option<PathBuf>,
}

impl TlsSettings {
    /// How TLS is spoken; none where no certificate is given.
    ///
    /// # Errors
    /// When a file cannot be read, or the key is not that of the certificate.
    pub fn configuration(&self) -> Result<Option<ServerConfig>, String> {
        let (Some(certificate), Some(key)) = (&self.tls_certificate, &self.tls_key) else { return Ok(None) };
        let files = Files { certificate: certificate.clone(), key: key.clone() };
        let current = Current { key: files.read()?, changed: files.changed(), looked: Instant::now() };
        let resolver = Resolver { files, current: Mutex::new(current) };
        let configuration = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|cause| cause.to_string())?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(resolver));
        Ok(Some(configuration))
    }
}

#[derive(Debug)]
struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

impl Files {
    fn read(&self) -> Result<Arc<CertifiedKey>, String> {
        let (chain, key) = (certificates::read_chain(&self.certificate)?, certificates::read_key(&self.key)?);
        CertifiedKey::from_der(chain, key, &ring::default_provider())
            .map(Arc::new)
            .map_err(|cause| format!("{} and {}: {cause}", self.certificate.display(), self.key.display()))
    }

    /// When each was written last.
    fn changed(&self) -> [Option<SystemTime>; 2] {
        [&self.certificate, &self.key].map(|file| std::fs::metadata(file).and_then(|file| file.modified()).ok())
    }
}

#[derive(Debug)]
struct Current {
    key: Arc<CertifiedKey>,
    changed: [Option<SystemTime>; 2],
    looked: Instant,
}

/// Gives each connection the certificate that stands in the files.
#[derive(Debug)]
struct Resolver {
    files: Files,
    current: Mutex<Current>,
}

impl ResolvesServerCert for Resolver {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.looked.elapsed() >= LOOK {
            current.looked = Instant::now();
            let changed = self.files.changed();
            if changed != current.changed {
                match self.files.read() {
                    Ok(key) => {
                        log::info!("the certificate {} was read again", self.files.certificate.display());
                        (current.key, current.changed) = (key, changed);
                    }
                    // The files may be written one after the other: the former certificate serves until both are there.
                    Err(cause) => log::warn!("the certificate stays as it was: {cause}"),
                }
            }
        }
        Some(current.key.clone())
    }
}
