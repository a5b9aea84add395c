//! Where a database is, and how it is reached.

use std::fmt;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::tls::{Mode, TlsSettings, Tunnel};

/// Where a database is.
#[derive(Clone)]
pub enum Address {
    /// The path of a SQLite file.
    Sqlite(String),
    /// A Postgres server.
    Postgres(PostgresAddress),
}

/// A Postgres server, and how it is reached.
#[derive(Clone)]
pub struct PostgresAddress {
    url: PostgresUrl,
    tunnel: Option<Arc<Tunnel>>,
    /// Whether a pooler may give each transaction to another connection of the server.
    pub is_pooled: bool,
}

impl Address {
    /// Reads `sqlite://PATH` or `postgres://…`.
    ///
    /// # Errors
    /// Anything else is refused with what is accepted.
    pub fn parse(text: &str) -> Result<Address, AddressError> {
        if let Some(path) = text.strip_prefix("sqlite://").filter(|path| !path.is_empty()) {
            return Ok(Address::Sqlite(path.to_owned()));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return PostgresAddress::parse(text).map(Address::Postgres);
        }
        Err(AddressError(format!(
            "DATABASE_URL is {text:?}; it must be sqlite://PATH (for example sqlite://jixiao.db) \
             or postgres://USER:PASSWORD@HOST/DATABASE"
        )))
    }

    /// The same, reached through a pooler that gives each transaction to another connection of the server: nothing is
    /// kept on a connection from one transaction to the next.
    #[must_use]
    pub fn pooled(self) -> Address {
        match self {
            Address::Postgres(postgres) => Address::Postgres(PostgresAddress { is_pooled: true, ..postgres }),
            sqlite @ Address::Sqlite(_) => sqlite,
        }
    }

    /// As it was given, with its password.
    pub fn url(&self) -> String {
        match self {
            Address::Sqlite(path) => format!("sqlite://{path}"),
            Address::Postgres(postgres) => postgres.url.0.clone(),
        }
    }

    /// The database file; none for a database server.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Address::Sqlite(path) => Some(Path::new(path)),
            Address::Postgres(_) => None,
        }
    }

    /// Whether a connection can be lost while the service runs.
    pub fn is_remote(&self) -> bool {
        matches!(self, Address::Postgres(_))
    }
}

impl PostgresAddress {
    fn parse(text: &str) -> Result<PostgresAddress, AddressError> {
        let url = PostgresUrl(text.to_owned());
        let tls =
            url.tls().map_err(|cause| AddressError(format!("DATABASE_URL {}: {cause}", url.without_password())))?;
        Ok(PostgresAddress { url, tunnel: tls.map(|tls| Arc::new(Tunnel::new(tls))), is_pooled: false })
    }

    /// What libpq is given.
    ///
    /// # Errors
    /// When TLS cannot be prepared.
    pub(super) fn for_libpq(&self) -> Result<String, String> {
        let url = match &self.tunnel {
            Some(tunnel) => tunnel.local(&self.url)?,
            None => self.url.0.clone(),
        };
        Ok(PostgresUrl(url).with_patience())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Sqlite(path) => write!(f, "sqlite://{path}"),
            Address::Postgres(postgres) => f.write_str(&postgres.url.without_password()),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A URL as libpq reads it: `scheme://user:password@host:port,host:port/database?name=value&…`, where the hosts may be
/// among the values too.
#[derive(Clone)]
pub struct PostgresUrl(String);

/// A host of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// Its name or number, or the folder of a local socket.
    pub name: String,
    /// The number of a host whose name need not be looked up (`hostaddr`).
    number: Option<String>,
    /// Its port.
    pub port: u16,
}

impl Host {
    /// Whether it is a socket of this machine, which libpq reaches without TLS.
    pub fn is_local_socket(&self) -> bool {
        self.name.is_empty() && self.number.is_none() || self.name.starts_with(['/', '@'])
    }

    /// What to connect to.
    pub fn address(&self) -> &str {
        self.number.as_deref().unwrap_or(&self.name)
    }

    fn is_on_this_machine(&self) -> bool {
        let is_loopback = self.address().parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        self.is_local_socket() || is_loopback || self.address() == "localhost"
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.name, self.port)
    }
}

/// The values that this program reads itself where it sets TLS up, and does not hand on to libpq.
const REPLACED: &[&str] = &["host", "hostaddr", "port", "sslmode", "sslrootcert", "sslcert", "sslkey"];

impl PostgresUrl {
    /// Scheme and user, hosts, database, and the named values as they stand.
    fn parts(&self) -> (&str, &str, &str, &str) {
        let (scheme, rest) = self.0.split_once("://").unwrap_or(("postgres", &self.0));
        let (rest, values) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
        let hosts = authority.rsplit_once('@').map_or(authority, |(_, hosts)| hosts);
        let before = self.0.get(..scheme.len() + 3 + authority.len() - hosts.len()).unwrap_or_default();
        (before, hosts, database, values)
    }

    fn value(&self, name: &str) -> Option<String> {
        let (_, _, _, values) = self.parts();
        let mut given = values.split('&').filter_map(|pair| pair.split_once('='));
        given.rfind(|(key, _)| *key == name).map(|(_, value)| decoded(value))
    }

    /// Its hosts, in the order in which libpq tries them.
    pub fn hosts(&self) -> Vec<Host> {
        let (_, authority, _, _) = self.parts();
        let list = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<String>>();
        let (mut names, mut ports) = (Vec::new(), Vec::new());
        for host in authority.split(',') {
            // [::1]:5432 has colons of its own.
            let at = host.rfind(':').filter(|at| !host.get(*at..).is_some_and(|rest| rest.contains(']')));
            let (name, port) = at.and_then(|at| host.split_at_checked(at)).unwrap_or((host, ""));
            names.push(decoded(name.trim_start_matches('[').trim_end_matches(']')));
            ports.push(port.trim_start_matches(':').to_owned());
        }
        let numbers = self.value("hostaddr").map(|text| list(&text)).unwrap_or_default();
        names = self.value("host").map_or(names, |text| list(&text));
        ports = self.value("port").map_or(ports, |text| list(&text));
        let port = |number: usize| {
            let port = if ports.len() == 1 { ports.first() } else { ports.get(number) };
            port.and_then(|port| port.parse().ok()).unwrap_or(5432)
        };
        let count = names.len().max(numbers.len());
        let host = |number: usize| Host {
            name: names.get(number).or(numbers.get(number)).cloned().unwrap_or_default(),
            number: numbers.get(number).filter(|number| !number.is_empty()).cloned(),
            port: port(number),
        };
        (0..count).map(host).collect()
    }

    /// Whether and how TLS is to be used; none for plain text.
    fn tls(&self) -> Result<Option<TlsSettings>, String> {
        let setting = |name: &str, variable: &str| self.value(name).or_else(|| std::env::var(variable).ok());
        let (_, _, _, values) = self.parts();
        let unknown = values.split('&').filter_map(|pair| pair.split('=').next());
        if let Some(name) = unknown.filter(|name| name.starts_with("ssl")).find(|name| !REPLACED.contains(name)) {
            return Err(format!("{name} is not supported; known are sslmode, sslrootcert, sslcert and sslkey"));
        }
        let hosts = self.hosts();
        let root_certificate = setting("sslrootcert", "PGSSLROOTCERT");
        // Any site has a certificate of a public authority: without the name it says nothing.
        let is_public = root_certificate.as_deref() == Some("system");
        let usual = if is_public { "verify-full" } else { "prefer" };
        let mode = Mode::parse(&setting("sslmode", "PGSSLMODE").unwrap_or_else(|| usual.to_owned()))?;
        if is_public && mode != Some(Mode::VerifyFull) {
            return Err("sslrootcert=system needs sslmode=verify-full".to_owned());
        }
        let Some(mode) = mode else { return Ok(None) };
        let needs_none = match mode {
            Mode::Prefer => hosts.iter().all(Host::is_on_this_machine),
            _ => hosts.iter().all(Host::is_local_socket),
        };
        if needs_none {
            return Ok(None);
        }
        let own_certificate = match (setting("sslcert", "PGSSLCERT"), setting("sslkey", "PGSSLKEY")) {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) => None,
            _ => return Err("sslcert and sslkey go together".to_owned()),
        };
        Ok(Some(TlsSettings { mode, root_certificate, own_certificate }))
    }

    /// The same database by other hosts: folders of local sockets, each with its port.
    pub fn through(&self, local: &[(String, u16)]) -> String {
        let (before, _, database, values) = self.parts();
        let kept = values.split('&').filter(|pair| !pair.is_empty());
        let kept = kept.filter(|pair| !pair.split('=').next().is_some_and(|name| REPLACED.contains(&name)));
        let list = |each: &dyn Fn(&(String, u16)) -> String| local.iter().map(each).collect::<Vec<String>>().join(",");
        let folders = list(&|(folder, _)| utf8_percent_encode(folder, NON_ALPHANUMERIC).to_string());
        let ports = list(&|(_, port)| port.to_string());
        // Plain text on the local socket; also against PGSSLMODE.
        let own = format!("host={folders}&port={ports}&sslmode=disable");
        let values: Vec<&str> = kept.chain([own.as_str()]).collect();
        format!("{before}/{database}?{}", values.join("&"))
    }

    /// With how long a server is waited for that has vanished without a word; what the operator says stays.
    fn with_patience(&self) -> String {
        let mut url = self.0.clone();
        for (name, value) in [("connect_timeout", "5"), ("tcp_user_timeout", "15000"), ("keepalives_idle", "30")] {
            if self.value(name).is_none() {
                let separator = match url.chars().last() {
                    Some('?' | '&') => "",
                    _ if url.contains('?') => "&",
                    _ => "?",
                };
                url.push_str(&format!("{separator}{name}={value}"));
            }
        }
        url
    }

    fn without_password(&self) -> String {
        let (before, hosts, database, _) = self.parts();
        let (scheme, user) = before.split_once("://").unwrap_or(("postgres", before));
        let user = user.trim_end_matches('@').split(':').next().unwrap_or_default();
        let user = if user.is_empty() { String::new() } else { format!("{user}@") };
        let database = if database.is_empty() { String::new() } else { format!("/{database}") };
        format!("{scheme}://{user}{hosts}{database}")
    }
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Why a database address was refused or could not be opened: one line for the operator.
#[derive(Debug)]
pub struct AddressError(String);

impl AddressError {
    pub(super) fn unreachable(address: &Address, cause: &str) -> AddressError {
        AddressError(format!("the database {address} cannot be opened: {}", cause.trim().replace('\n', " ")))
    }
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for AddressError {}
