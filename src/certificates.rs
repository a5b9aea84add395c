//! Certificates and keys in files, as the service shows them to its callers and to its database.

use std::path::Path;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// The certificates of a PEM file, in their order.
///
/// # Errors
/// With the file, when it cannot be read or has none.
pub fn read_chain(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_file_iter(file).and_then(Iterator::collect);
    match read {
        Ok(found) if found.is_empty() => Err(format!("{}: it has no certificate in PEM", file.display())),
        Ok(found) => Ok(found),
        Err(cause) => Err(format!("{}: {cause}", file.display())),
    }
}

/// The private key of a PEM file.
///
/// # Errors
/// With the file, when it cannot be read or has none.
pub fn read_key(file: &Path) -> Result<PrivateKeyDer<'static>, String> {
    PrivateKeyDer::from_pem_file(file).map_err(|cause| format!("{}: {cause}", file.display()))
}
