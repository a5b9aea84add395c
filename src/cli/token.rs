//! `jixiao token`: a token for scripts and first steps.

use std::error::Error;
use std::time::Duration;

use clap::Args;

use crate::auth::{self, Claims, Scope};
use crate::config::{DatabaseSettings, KeySettings};
use crate::values::{FromText, NaturalCode};

/// Print a token for scripts and first steps, signed with the installation's secret
#[derive(Debug, Args)]
pub struct Token {
    /// The code of the organization whose subtree the token opens
    #[arg(long, value_name = "CODE")]
    org: String,
    /// What it allows, separated by spaces, for example "projects:read scores:read"; all for everything
    #[arg(long, value_name = "SCOPES")]
    scope: String,
    /// Who holds it; stands in the record of transitions
    #[arg(long, default_value = "script", value_name = "NAME")]
    subject: String,
    /// How long it is valid: 15m, 1h, 30days
    #[arg(long, default_value = "1h", value_parser = humantime::parse_duration, value_name = "TIME")]
    ttl: Duration,
    #[command(flatten)]
    database: DatabaseSettings,
    #[command(flatten)]
    keys: KeySettings,
}

/// Prints the token alone on standard output.
pub fn run(command: &Token) -> Result<(), Box<dyn Error>> {
    NaturalCode::from_text(&command.org).map_err(|misread| format!("--org: {}", misread.detail.en))?;
    let scope = match command.scope.as_str() {
        "all" => every_scope(),
        names => {
            for name in names.split_whitespace() {
                Scope::from_text(name).map_err(|misread| format!("--scope: {}", misread.detail.en))?;
            }
            names.to_owned()
        }
    };
    if command.keys.jwks.is_some() {
        return Err(
            "tokens of an installation with a JWKS come from its identity provider, which has the private keys".into(),
        );
    }
    let address = command.database.address()?;
    let file = command.keys.secret_file(&address);
    let secret = match command.keys.jwt_secret_file {
        Some(_) => auth::read_secret(&file)?,
        None => {
            let (secret, made) = auth::create_secret(&file)?;
            if made {
                // Standard output holds the token alone.
                eprintln!(
                    "jixiao: made a new secret in {}; a service that runs on another database does not know it \
                     (give its --database or --jwt-secret-file)",
                    file.display()
                );
            }
            secret
        }
    };
    println!("{}", mint(&command.keys, &command.subject, &command.org, &scope, command.ttl, &secret)?);
    Ok(())
}

/// Every scope, as a token has them.
pub fn every_scope() -> String {
    let names: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
    names.join(" ")
}

/// Signs a token of this installation.
pub fn mint(
    keys: &KeySettings,
    subject: &str,
    organization_code: &str,
    scope: &str,
    ttl: Duration,
    secret: &[u8],
) -> Result<String, Box<dyn Error>> {
    let expires = chrono::Utc::now() + chrono::TimeDelta::from_std(ttl)?;
    let claims = Claims {
        sub: subject.to_owned(),
        org: organization_code.to_owned(),
        scope: scope.to_owned(),
        iss: keys.issuer.clone(),
        aud: keys.audience.clone().into(),
        exp: expires.timestamp(),
    };
    Ok(auth::mint(&claims, secret)?)
}
