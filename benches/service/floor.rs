//! The floor of HTTP: an actix server with one worker that answers from memory.

use std::collections::HashMap;
use std::error::Error;
use std::io::Read;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::{self, Bytes};
use actix_web::{App, HttpResponse, HttpServer};
use serde::{Deserialize, Serialize};

use super::load::Reply;

/// With this argument and a port the benchmark's program is that server.
pub const ARGUMENT: &str = "serve-from-memory";

/// A reply of the service, kept to be given again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Kept {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Kept {
    /// With all headers but those that every server writes by itself.
    pub fn of(reply: &Reply<'_>) -> Kept {
        let by_itself = ["content-length", "date", "connection"];
        let headers = reply.head.lines().filter_map(|line| line.split_once(": "));
        let headers = headers.filter(|(name, _)| !by_itself.contains(&name.to_ascii_lowercase().as_str()));
        Kept {
            status: reply.status,
            headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            body: String::from_utf8_lossy(reply.body).into_owned(),
        }
    }

    pub fn bytes(&self) -> usize {
        self.body.len()
    }

    pub fn status(&self) -> u16 {
        self.status
    }
}

/// What is sent for each reply.
struct Prepared {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
}

impl Prepared {
    fn of(kept: Kept) -> Result<Prepared, Box<dyn Error>> {
        let header = |(name, value): &(String, String)| -> Result<_, Box<dyn Error>> {
            Ok((HeaderName::try_from(name.as_str())?, HeaderValue::try_from(value.as_str())?))
        };
        Ok(Prepared {
            status: StatusCode::from_u16(kept.status)?,
            headers: kept.headers.iter().map(header).collect::<Result<_, _>>()?,
            body: Bytes::from(kept.body),
        })
    }

    fn response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        for (name, value) in &self.headers {
            response.insert_header((name.clone(), value.clone()));
        }
        response.body(self.body.clone())
    }
}

/// Serves the replies that standard input gives as JSON, the first as `/0`, until it is ended.
pub fn serve(port: u16) -> Result<(), Box<dyn Error>> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let kept: Vec<Kept> = serde_json::from_str(&text)?;
    let replies: HashMap<String, Prepared> = kept
        .into_iter()
        .enumerate()
        .map(|(index, kept)| Ok((format!("/{index}"), Prepared::of(kept)?)))
        .collect::<Result<_, Box<dyn Error>>>()?;
    let replies = web::Data::new(replies);
    actix_web::rt::System::new().block_on(async move {
        HttpServer::new(move || {
            let answer = |request: actix_web::HttpRequest, replies: web::Data<HashMap<String, Prepared>>| async move {
                replies.get(request.path()).map_or_else(|| HttpResponse::NotFound().finish(), Prepared::response)
            };
            App::new().app_data(replies.clone()).default_service(web::to(answer))
        })
        .workers(1)
        .bind(("127.0.0.1", port))?
        .run()
        .await
    })?;
    Ok(())
}
