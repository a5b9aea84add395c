//! Behind a proxy: under which path the world sees the service, and what of that stands in its answers.

use std::net::IpAddr;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Uri;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest};
use ipnet::IpNet;

/// Characters of a path at most.
const LONGEST: usize = 200;
/// What a proxy says of the path that it took away.
const FORWARDED_PREFIX: &str = "x-forwarded-prefix";
/// What it says of the address that the world sees.
const FORWARDED_PROTO: &str = "x-forwarded-proto";
const FORWARDED_HOST: &str = "x-forwarded-host";

/// A path below which the service lies: `/perf`, or nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BasePath(String);

impl BasePath {
    /// The text, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A path of the service as the world sees it.
    pub fn of(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

impl std::str::FromStr for BasePath {
    type Err = String;

    fn from_str(text: &str) -> Result<BasePath, String> {
        let path = text.trim().trim_end_matches('/');
        let is_plain = path.split('/').skip(1).all(|step| {
            !matches!(step, "" | "." | "..")
                && step.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
        });
        match path.is_empty() || path.starts_with('/') && is_plain && path.len() <= LONGEST {
            true => Ok(BasePath(path.to_owned())),
            false => Err(format!(
                "{text:?} must begin with / and consist of letters, digits and -._~, at most {LONGEST}: /perf"
            )),
        }
    }
}

/// Whether a peer is in one of some networks.
pub fn is_among(networks: &[IpNet], peer: Option<IpAddr>) -> bool {
    peer.is_some_and(|peer| networks.iter().any(|network| network.contains(&peer)))
}

/// Where the service lies, and which proxies may say so.
#[derive(Debug, Clone, Default)]
pub struct Proxies {
    /// Where the proxy says nothing.
    pub base: BasePath,
    /// Networks of the proxies that are believed.
    pub trusted: Vec<IpNet>,
}

impl Proxies {
    fn is_trusted(&self, peer: Option<IpAddr>) -> bool {
        is_among(&self.trusted, peer)
    }

    /// Scheme and host by which the world sees the service, if a proxy that is believed says both.
    fn origin(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> Option<Origin> {
        // Of several proxies the first is the one that the client has asked.
        let said = |name: &str| Some(headers.get(name)?.to_str().ok()?.split(',').next()?.trim().to_owned());
        let (scheme, host) = (said(FORWARDED_PROTO)?.to_ascii_lowercase(), said(FORWARDED_HOST)?);
        let is_host = !host.is_empty()
            && host.len() <= LONGEST
            && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte));
        let is_origin = self.is_trusted(peer) && matches!(scheme.as_str(), "http" | "https") && is_host;
        is_origin.then(|| Origin(format!("{scheme}://{host}")))
    }

    /// Where the world sees the service, by what a proxy that is believed says, or by the configuration.
    fn base(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> BasePath {
        let said =
            headers.get(FORWARDED_PREFIX).filter(|_| self.is_trusted(peer)).and_then(|value| value.to_str().ok());
        // A proxy behind a proxy adds its own before the other's.
        let said = said.map(|said| said.split(',').map(str::trim).collect::<String>());
        said.and_then(|said| said.parse().ok()).unwrap_or_else(|| self.base.clone())
    }
}

/// `https://host:port`
#[derive(Debug, Clone, PartialEq, Eq)]
struct Origin(String);

/// The whole address of the service that answers a request, as far as a proxy says it; else its path.
pub fn address_of(request: &HttpRequest) -> String {
    let base = base_of(request);
    let origin = request.extensions().get::<Origin>().map(|origin| origin.0.clone());
    format!("{}{}", origin.unwrap_or_default(), base.as_str())
}

/// Where the world sees the service that answers a request.
pub fn base_of(request: &HttpRequest) -> BasePath {
    request.extensions().get::<BasePath>().cloned().unwrap_or_default()
}

/// Takes the base path from a request whose proxy has left it there, and puts it before the paths in the answer's headers.
pub async fn below_its_path(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let proxies = request.app_data::<Data<Proxies>>().cloned();
    let peer = request.peer_addr().map(|peer| peer.ip());
    if let Some(origin) = proxies.as_ref().and_then(|proxies| proxies.origin(peer, request.headers())) {
        request.extensions_mut().insert(origin);
    }
    let base = proxies.map(|proxies| proxies.base(peer, request.headers())).unwrap_or_default();
    if !base.as_str().is_empty() {
        take_away(&mut request, &base);
        request.extensions_mut().insert(base.clone());
    }
    let mut response = next.call(request).await?;
    for name in [header::LOCATION, header::LINK] {
        let value = response.headers().get(&name).and_then(|value| value.to_str().ok());
        let Some(value) = value.filter(|_| !base.as_str().is_empty()) else { continue };
        let seen = match name == header::LINK {
            true => value.replace("</", &format!("<{}/", base.as_str())),
            false if value.starts_with('/') && !value.starts_with("//") => base.of(value),
            false => continue,
        };
        if let Ok(seen) = HeaderValue::from_str(&seen) {
            response.headers_mut().insert(name, seen);
        }
    }
    Ok(response)
}

/// Takes the base path from the beginning of a request's path, where it stands there.
fn take_away(request: &mut ServiceRequest, base: &BasePath) {
    let target = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    let Some(rest) = target.strip_prefix(base.as_str()).filter(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
    else {
        return;
    };
    let rest = if rest.starts_with('/') { rest.to_owned() } else { format!("/{rest}") };
    let mut parts = request.uri().clone().into_parts();
    parts.path_and_query = rest.parse().ok();
    if let Ok(uri) = Uri::from_parts(parts) {
        request.match_info_mut().get_mut().update(&uri);
        request.head_mut().uri = uri;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_path_is_plain_or_refused() {
        for (text, path) in [("", ""), ("/", ""), ("/perf/", "/perf"), ("/a/b-1", "/a/b-1")] {
            assert_eq!(text.parse::<BasePath>().unwrap().as_str(), path, "{text}");
        }
        for text in ["perf", "//x", "/a/../b", "/a b", "/<x>", "https://x", &"/a".repeat(200)] {
            assert!(text.parse::<BasePath>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_proxy_is_believed_in_its_network_alone() {
        let proxies = Proxies { base: "/own".parse().unwrap(), trusted: vec!["10.0.0.0/8".parse().unwrap()] };
        let said = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HeaderName::from_static(FORWARDED_PREFIX), HeaderValue::from_static(text));
            headers
        };
        let of = |peer: &str, text| proxies.base(Some(peer.parse().unwrap()), &said(text));
        assert_eq!(of("10.1.2.3", "/perf").as_str(), "/perf");
        assert_eq!(of("10.1.2.3", "/outer, /perf").as_str(), "/outer/perf");
        assert_eq!(of("10.1.2.3", "javascript:x").as_str(), "/own");
        assert_eq!(of("192.168.1.1", "/perf").as_str(), "/own");
    }
}
