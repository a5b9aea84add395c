//! `Retry-After` in answers of the servers that this program calls (RFC 9110, 10.2.3): seconds or a date.

use std::time::{Duration, SystemTime};

use actix_web::http::header::HttpDate;
use ureq::http::HeaderMap;

/// The back-off that a server asks for, if any; `longest` at most.
pub fn asked(headers: &HeaderMap, longest: Duration) -> Option<Duration> {
    Some(pause(headers.get("retry-after")?.to_str().ok()?)?.min(longest))
}

/// Parses the header's value; a date in the past is a back-off of zero.
fn pause(value: &str) -> Option<Duration> {
    let date = || value.parse::<HttpDate>().ok().map(SystemTime::from);
    match value.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => Some(date()?.duration_since(SystemTime::now()).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_dates_are_understood() {
        assert_eq!(pause("120"), Some(Duration::from_secs(120)));
        assert_eq!(pause("Wed, 21 Oct 2015 07:28:00 GMT"), Some(Duration::ZERO));
        let later = HttpDate::from(SystemTime::now() + Duration::from_secs(100)).to_string();
        let pause_until = pause(&later);
        assert!(pause_until.is_some_and(|pause| (90..=100).contains(&pause.as_secs())), "{pause_until:?}");
        for other in ["", "soon", "-1", "1.5"] {
            assert_eq!(pause(other), None, "{other}");
        }
    }
}
