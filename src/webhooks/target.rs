//! Where webhooks may go: to public addresses by https, and to the networks that the configuration names.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, ToSocketAddrs};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use url::{Host, Url};

use crate::http::error::{Code, Error, Result};
use crate::values::input::{FromText, Misread, shortened, text_json};
use crate::values::text_sql;

/// Characters of an address at most.
const LONGEST: usize = 2000;

/// The address that messages are posted to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookUrl(String);

impl WebhookUrl {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    #[expect(clippy::unnecessary_wraps, reason = "the column's reader is fallible for enums")]
    fn from_database(text: String) -> diesel::deserialize::Result<Self> {
        Ok(WebhookUrl(text))
    }
}

impl fmt::Display for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromText for WebhookUrl {
    const PATTERN: &'static str = r"^https?://[^\s#@]+$";
    const EXAMPLE: &'static str = "https://finance.example/jixiao";

    fn from_text(text: &str) -> std::result::Result<Self, Misread> {
        let read = Url::parse(text).ok().filter(|url| {
            let is_plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
            is_plain && matches!(url.scheme(), "http" | "https") && url.host().is_some() && text.len() <= LONGEST
        });
        read.map(|url| WebhookUrl(url.into())).ok_or_else(|| {
            let text = shortened(text);
            Misread::new(
                Code::InvalidUrl,
                format!("须为https://开头的地址，不含用户名、密码和#片段，最多{LONGEST}个字符；收到\"{text}\""),
                format!(
                    "must be an address that begins with https://, without user, password and fragment, of at most \
                     {LONGEST} characters; got \"{text}\""
                ),
            )
        })
    }
}

text_json!(str WebhookUrl);
text_sql!(WebhookUrl);

/// Networks that are not public: special-purpose addresses by the registries of IANA (RFC 6890 and its successors).
const SPECIAL_V4: &[([u8; 4], u8)] = &[
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
];

/// The exceptions within 2000::/3, the only public range: Teredo and the like, documentation, 6to4, segment routing.
const SPECIAL_V6: &[([u16; 8], u8)] = &[
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23),
    ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32),
    ([0x2002, 0, 0, 0, 0, 0, 0, 0], 16),
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20),
];

/// Whether an address belongs to the public internet.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !SPECIAL_V4.iter().any(|&(network, length)| {
            Ipv4Net::new(Ipv4Addr::from(network), length).is_ok_and(|network| network.contains(&address))
        }),
        IpAddr::V6(address) => {
            let is_special = SPECIAL_V6.iter().any(|&(network, length)| {
                Ipv6Net::new(Ipv6Addr::from(network), length).is_ok_and(|network| network.contains(&address))
            });
            address.segments()[0] & 0xe000 == 0x2000 && !is_special
        }
    }
}

/// Turns an IPv4 address that is written as an IPv6 one into the IPv4 address.
fn plain(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(six) => six.to_ipv4_mapped().map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    }
}

/// Where webhooks may go.
#[derive(Debug, Clone, Default)]
pub struct Targets {
    networks: Vec<IpNet>,
}

impl Targets {
    /// The public internet, and these networks.
    pub fn new(networks: Vec<IpNet>) -> Targets {
        Targets { networks }
    }

    /// Whether an address may be connected to; without encryption only in a network that the configuration names.
    pub fn allows(&self, address: IpAddr, is_encrypted: bool) -> bool {
        let address = plain(address);
        self.networks.iter().any(|network| network.contains(&address)) || (is_encrypted && is_public(address))
    }

    /// Passes when messages may be sent to the address. A host name that does not resolve yet passes: it is resolved
    /// again before each message.
    ///
    /// # Errors
    /// 422 at `/url` with the address that is refused.
    pub fn check(&self, url: &WebhookUrl) -> Result<()> {
        let parsed = Url::parse(url.as_str()).map_err(|cause| Error::internal(&cause))?;
        let is_encrypted = parsed.scheme() == "https";
        let found = addresses(&parsed);
        match found.first().filter(|_| !found.iter().any(|address| self.allows(*address, is_encrypted))) {
            None => Ok(()),
            Some(address) => Err(Error::field(
                "/url",
                Code::TargetRefused,
                format!("{address}不可作为推送目标：公网地址须用https；内网、本机地址须由运维用--webhook-networks放行"),
                format!(
                    "messages cannot be sent to {address}: a public address takes https, and a private or local one \
                     must be allowed by the operator with --webhook-networks"
                ),
            )),
        }
    }
}

/// The addresses that a host resolves to now; none if its name is unknown.
fn addresses(url: &Url) -> Vec<IpAddr> {
    match url.host() {
        Some(Host::Ipv4(address)) => vec![address.into()],
        Some(Host::Ipv6(address)) => vec![address.into()],
        Some(Host::Domain(name)) => {
            (name, 0).to_socket_addrs().map(|found| found.map(|address| address.ip()).collect()).unwrap_or_default()
        }
        None => Vec::new(),
    }
}

/// The address of a host is private or local, or would be reached without encryption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused(pub IpAddr);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the address {} is private or local, or needs https: it is not allowed", self.0)
    }
}

impl std::error::Error for Refused {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_and_local_addresses_are_refused() {
        let targets = Targets::default();
        for text in [
            "127.0.0.1",
            "127.9.9.9",
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "192.0.2.1",
            "198.18.0.1",
            "203.0.113.7",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::1",
            "2001::1",
            "2001:db8::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "ff02::1",
            "100::1",
            "3fff::1",
            "5f00::1",
        ] {
            assert!(!targets.allows(text.parse().expect("an address"), true), "{text}");
        }
        for text in
            ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "::ffff:8.8.8.8", "2400:3200::1", "2606:4700::1"]
        {
            let address = text.parse().expect("an address");
            assert!(targets.allows(address, true), "{text}");
            assert!(!targets.allows(address, false), "{text} takes https");
        }
    }

    #[test]
    fn networks_that_are_named_are_allowed_and_no_others() {
        let targets = Targets::new(vec!["10.20.0.0/16".parse().expect("a network")]);
        for (text, allowed) in [("10.20.3.4", true), ("::ffff:10.20.3.4", true), ("10.21.0.1", false)] {
            let address = text.parse().expect("an address");
            assert_eq!((targets.allows(address, true), targets.allows(address, false)), (allowed, allowed), "{text}");
        }
    }

    #[test]
    fn what_hides_an_address_is_seen_through() {
        let targets = Targets::default();
        for text in [
            "http://2130706433/",
            "https://0x7f.1/",
            "https://[::ffff:7f00:1]/",
            "https://localhost/",
            "https://127.1:8443/",
        ] {
            let url = WebhookUrl::from_text(text).expect("an address");
            let error = targets.check(&url).expect_err(text);
            assert_eq!(error.code(), Code::InvalidFields, "{text}");
        }
    }

    #[test]
    fn an_address_has_no_user_no_fragment_and_a_known_scheme() {
        for text in [
            "ftp://a.example/",
            "https://u:p@a.example/",
            "https://u@a.example/",
            "https://a.example/#x",
            "a.example",
            "https://",
            "",
        ] {
            assert!(WebhookUrl::from_text(text).is_err(), "{text}");
        }
        assert_eq!(WebhookUrl::from_text("https://A.example").expect("one").as_str(), "https://a.example/");
    }
}
