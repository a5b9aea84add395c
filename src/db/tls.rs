//! TLS to a Postgres server.
//!
//! The bundled libpq speaks no TLS, so that a build needs no OpenSSL. Where `sslmode` asks for it, each connection of
//! libpq goes to a socket that only this user can open, and from there under TLS (rustls) to the server. The settings
//! have the names and meanings that libpq gives them.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error as TlsError, RootCertStore, SignatureScheme,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UnixListener, UnixStream};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::address::{Host, PostgresUrl};
use crate::certificates;

/// How much of a server's certificate is checked: `sslmode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// TLS if the server offers it, unchecked; else plain text with a warning.
    Prefer,
    /// TLS, unchecked, unless a certificate of an authority is given.
    Require,
    /// The certificate must come from a known authority.
    VerifyCa,
    /// It must name the host as well.
    VerifyFull,
}

impl Mode {
    /// The mode of that name; none for plain text.
    ///
    /// # Errors
    /// When there is no such mode.
    pub fn parse(name: &str) -> Result<Option<Mode>, String> {
        match name {
            "disable" => Ok(None),
            "allow" | "prefer" => Ok(Some(Mode::Prefer)),
            "require" => Ok(Some(Mode::Require)),
            "verify-ca" => Ok(Some(Mode::VerifyCa)),
            "verify-full" => Ok(Some(Mode::VerifyFull)),
            other => {
                Err(format!("sslmode is {other:?}; it must be disable, prefer, require, verify-ca or verify-full"))
            }
        }
    }
}

/// What the address says of TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsSettings {
    /// How much is checked.
    pub mode: Mode,
    /// `sslrootcert`: a file with the certificates of the authorities, or `system` for the public ones.
    pub root_certificate: Option<String>,
    /// `sslcert` and `sslkey`: what this program shows the server.
    pub own_certificate: Option<(String, String)>,
}

/// The local sockets through which libpq reaches the hosts of an address.
pub struct Tunnel {
    settings: TlsSettings,
    started: Mutex<Option<Started>>,
}

struct Started {
    /// The address for libpq.
    url: String,
    _folder: tempfile::TempDir,
}

/// What the connections of one host share.
struct Route {
    host: Host,
    settings: TlsSettings,
    /// Whether the operator was told what is not checked.
    is_told: AtomicBool,
}

impl Tunnel {
    /// Nothing is opened yet.
    pub fn new(settings: TlsSettings) -> Tunnel {
        Tunnel { settings, started: Mutex::default() }
    }

    /// The address for libpq; the sockets are opened when it is first asked for.
    ///
    /// # Errors
    /// When a certificate cannot be read, or no socket be opened.
    pub fn local(&self, url: &PostgresUrl) -> Result<String, String> {
        let mut started = self.started.lock().unwrap_or_else(PoisonError::into_inner);
        let started = match &mut *started {
            Some(started) => started,
            none => none.insert(start(&self.settings, url)?),
        };
        Ok(started.url.clone())
    }
}

fn start(settings: &TlsSettings, url: &PostgresUrl) -> Result<Started, String> {
    // What is wrong with a file is said at once; each connection reads them again, because they may be renewed.
    configuration(settings)?;
    let failed = |cause: io::Error| format!("no local socket for TLS: {cause}");
    let folder = tempfile::Builder::new().prefix("jixiao-tls-").tempdir().map_err(failed)?;
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).map_err(failed)?;
    let mut local = Vec::new();
    let mut listeners = Vec::new();
    for (number, host) in url.hosts().into_iter().enumerate() {
        if host.is_local_socket() {
            local.push((host.name, host.port));
            continue;
        }
        let place = folder.path().join(number.to_string());
        std::fs::create_dir(&place).map_err(failed)?;
        let listener = std::os::unix::net::UnixListener::bind(socket(&place, host.port)).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        local.push((place.display().to_string(), host.port));
        listeners.push((listener, Route { host, settings: settings.clone(), is_told: AtomicBool::new(false) }));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
    let serve = move || {
        runtime.block_on(async move {
            for (listener, route) in listeners {
                tokio::spawn(listen(listener, Arc::new(route)));
            }
            std::future::pending::<()>().await;
        });
    };
    std::thread::Builder::new().name("postgres-tls".to_owned()).spawn(serve).map_err(failed)?;
    Ok(Started { url: url.through(&local), _folder: folder })
}

fn socket(place: &Path, port: u16) -> PathBuf {
    place.join(format!(".s.PGSQL.{port}"))
}

async fn listen(listener: std::os::unix::net::UnixListener, route: Arc<Route>) {
    let listener = match UnixListener::from_std(listener) {
        Ok(listener) => listener,
        Err(cause) => return log::error!("TLS to {}: {cause}", route.host),
    };
    loop {
        match listener.accept().await {
            Ok((client, _)) => {
                let route = route.clone();
                tokio::spawn(async move { route.serve(client).await });
            }
            Err(cause) => {
                log::warn!("TLS to {}: {cause}", route.host);
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

/// The request for TLS, before anything else is said.
const TLS_REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

/// SQLSTATE of a server that cannot be reached: libpq goes on to the next host of the address.
const AWAY: &str = "57P03";
/// SQLSTATE of one that must not be used as it is.
const REFUSED: &str = "08001";

/// How long a connection is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// The longest first message of a client, as Postgres limits it.
const FIRST_MESSAGE: usize = 10_000;

impl Route {
    async fn serve(&self, mut client: UnixStream) {
        // The first message is read before the server is asked, because libpq reads an answer only after it has sent it.
        let Ok(first) = first_message(&mut client).await else { return };
        let (code, cause) = match self.reach().await {
            Ok(server) => match self.connect(&mut client, server, &first).await {
                Ok(()) => return,
                Err(cause) => (REFUSED, cause),
            },
            Err(cause) => (AWAY, cause),
        };
        if let Err(closed) = client.write_all(&error_message(code, &format!("{}: {cause}", self.host))).await {
            log::debug!("TLS to {}: {cause}; {closed}", self.host);
        }
    }

    async fn reach(&self) -> io::Result<TcpStream> {
        let connecting = TcpStream::connect((self.host.address(), self.host.port));
        let server = timeout(PATIENCE, connecting).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
        server.set_nodelay(true)?;
        let alive =
            socket2::TcpKeepalive::new().with_time(Duration::from_secs(60)).with_interval(Duration::from_secs(10));
        let socket = socket2::SockRef::from(&server);
        socket.set_tcp_keepalive(&alive)?;
        // A server that has vanished acknowledges nothing: libpq notices through this connection alone.
        #[cfg(target_os = "linux")]
        socket.set_tcp_user_timeout(Some(PATIENCE * 3))?;
        Ok(server)
    }

    /// Carries everything both ways until one of them ends.
    async fn connect(&self, client: &mut UnixStream, mut server: TcpStream, first: &[u8]) -> io::Result<()> {
        server.write_all(&TLS_REQUEST).await?;
        match server.read_u8().await? {
            b'S' => {
                let name = ServerName::try_from(self.host.name.clone()).map_err(io::Error::other)?;
                let configuration = configuration(&self.settings).map_err(io::Error::other)?;
                let connector = TlsConnector::from(Arc::new(configuration));
                let mut secured = connector.connect(name, server).await.map_err(|cause| refused(&cause))?;
                if self.settings.mode == Mode::Prefer {
                    self.tell("reached under TLS, but its certificate is not checked");
                }
                secured.write_all(first).await?;
                carry(client, &mut secured).await;
            }
            _ if self.settings.mode == Mode::Prefer => {
                self.tell("reached in plain text, because it offers no TLS");
                server.write_all(first).await?;
                carry(client, &mut server).await;
            }
            _ => return Err(io::Error::other("the server offers no TLS, which sslmode asks for")),
        }
        Ok(())
    }

    fn tell(&self, what: &str) {
        if !self.is_told.swap(true, Ordering::Relaxed) {
            log::warn!(
                "the database server {} is {what}: use sslmode=verify-full with sslrootcert, or sslmode=disable on a \
                 private network",
                self.host
            );
        }
    }
}

fn refused(cause: &io::Error) -> io::Error {
    io::Error::other(format!("TLS failed: {cause}"))
}

async fn first_message(client: &mut UnixStream) -> io::Result<Vec<u8>> {
    let length = client.read_u32().await?;
    let size = usize::try_from(length).unwrap_or(usize::MAX);
    if !(8..=FIRST_MESSAGE).contains(&size) {
        return Err(io::Error::other("no first message"));
    }
    let mut message = vec![0; size];
    let (head, rest) = message.split_at_mut(4);
    head.copy_from_slice(&length.to_be_bytes());
    client.read_exact(rest).await?;
    Ok(message)
}

/// Either side that ends, or is lost, ends the other: both programs notice it themselves.
async fn carry<S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin>(client: &mut UnixStream, server: &mut S) {
    if let Err(cause) = tokio::io::copy_bidirectional_with_sizes(client, server, 16 << 10, 64 << 10).await {
        log::debug!("a connection to Postgres ended: {cause}");
    }
}

/// A fatal error as the server would say it: libpq shows its text.
fn error_message(code: &str, text: &str) -> Vec<u8> {
    let mut body = Vec::new();
    for (field, value) in [(b'S', "FATAL"), (b'V', "FATAL"), (b'C', code), (b'M', text)] {
        body.push(field);
        body.extend(value.bytes().filter(|byte| *byte != 0));
        body.push(0);
    }
    body.push(0);
    let length = u32::try_from(body.len() + 4).unwrap_or(u32::MAX);
    [&b"E"[..], &length.to_be_bytes(), &body].concat()
}

fn configuration(settings: &TlsSettings) -> Result<ClientConfig, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Arc::new(Verifier::new(settings, &provider)?);
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|cause| cause.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    let Some((certificate, key)) = &settings.own_certificate else { return Ok(builder.with_no_client_auth()) };
    let chain = certificates::read_chain(Path::new(certificate)).map_err(|cause| format!("sslcert {cause}"))?;
    let key = certificates::read_key(Path::new(key)).map_err(|cause| format!("sslkey {cause}"))?;
    builder.with_client_auth_cert(chain, key).map_err(|cause| format!("sslcert {certificate}: {cause}"))
}

/// Checks a server's certificate as far as `sslmode` says.
#[derive(Debug)]
struct Verifier {
    mode: Mode,
    /// The certificates of the file themselves: one that signs itself may be the server's own.
    known: Vec<CertificateDer<'static>>,
    authorities: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl Verifier {
    fn new(settings: &TlsSettings, provider: &Arc<CryptoProvider>) -> Result<Verifier, String> {
        let (mut mode, mut known, mut roots) = (settings.mode, Vec::new(), RootCertStore::empty());
        match settings.root_certificate.as_deref() {
            Some("system") => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
            Some(file) => {
                known = certificates::read_chain(Path::new(file)).map_err(|cause| format!("sslrootcert {cause}"))?;
                roots.add_parsable_certificates(known.iter().cloned());
                // As libpq has it: who names an authority wants it checked.
                mode = if mode == Mode::Require { Mode::VerifyCa } else { mode };
            }
            None if matches!(mode, Mode::VerifyCa | Mode::VerifyFull) => {
                return Err("sslmode asks for a check of the server's certificate: give sslrootcert=FILE with the \
                            certificate of its authority, or sslrootcert=system for the public authorities"
                    .to_owned());
            }
            None => {}
        }
        let authorities = match roots.is_empty() {
            true => None,
            false => Some(
                WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
                    .build()
                    .map_err(|cause| cause.to_string())?,
            ),
        };
        Ok(Verifier { mode, known, authorities, provider: provider.clone() })
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        if matches!(self.mode, Mode::Prefer | Mode::Require) {
            return Ok(ServerCertVerified::assertion());
        }
        if self.known.iter().any(|known| known == end_entity) {
            if self.mode == Mode::VerifyFull {
                rustls::client::verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
            }
            return Ok(ServerCertVerified::assertion());
        }
        let unknown = TlsError::InvalidCertificate(CertificateError::UnknownIssuer);
        let authorities = self.authorities.as_ref().ok_or(unknown)?;
        match authorities.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            Err(TlsError::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if self.mode == Mode::VerifyCa => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        rustls::crypto::verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        rustls::crypto::verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
