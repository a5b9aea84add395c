//! The settings of how the service is shared among those who call it.

use std::time::Duration;

use clap::Args;
use ipnet::IpNet;

use crate::http::fairness::FairSettings;
use crate::http::pace::Pace;

/// How fairly the service is shared among those who call it.
#[derive(Debug, Clone, Args)]
pub struct ShareSettings {
    /// Seconds that a body may stand still; and 512 bytes a second at least
    #[arg(long, env = "JIXIAO_BODY_SECONDS", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=3600), value_name = "N")]
    pub body_seconds: u32,
    /// Connections at the same time
    #[arg(long, env = "JIXIAO_CONNECTIONS", default_value_t = 8192, value_parser = clap::value_parser!(u32).range(1..=1_000_000), value_name = "N")]
    pub connections: u32,
    /// Requests of an organization at the same time
    #[arg(long, env = "JIXIAO_ORGANIZATION_REQUESTS", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(1..=1_000_000), value_name = "N")]
    pub organization_requests: u32,
    /// Requests a second of an organization; 0 for as many as there are
    #[arg(long, env = "JIXIAO_ORGANIZATION_RATE", default_value_t = 0, value_name = "N")]
    pub organization_rate: u32,
    /// Requests a second of a token's holder; 0 for as many as there are
    #[arg(long, env = "JIXIAO_TOKEN_RATE", default_value_t = 0, value_name = "N")]
    pub token_rate: u32,
    /// Long polls of an organization at the same time
    #[arg(long, env = "JIXIAO_ORGANIZATION_POLLS", default_value_t = 100, value_name = "N")]
    pub organization_polls: u32,
    /// Long polls of all organizations at the same time
    #[arg(long, env = "JIXIAO_POLLS", default_value_t = 4000, value_name = "N")]
    pub polls: u32,
    /// PDFs of an organization at the same time
    #[arg(long, env = "JIXIAO_ORGANIZATION_PDFS", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=1000), value_name = "N")]
    pub organization_pdfs: u32,
    /// Networks that may read /metrics, separated by commas; never through a proxy
    #[arg(
        long,
        env = "JIXIAO_METRICS_NETWORKS",
        value_delimiter = ',',
        default_value = "127.0.0.0/8,::1/128",
        value_name = "NETWORK,…"
    )]
    pub metrics_networks: Vec<IpNet>,
    /// Seconds that the service still answers after SIGTERM, with Connection: close and not ready, so that no request is cut
    #[arg(long, env = "JIXIAO_DRAIN_SECONDS", default_value_t = 3, value_parser = clap::value_parser!(u32).range(0..=600), value_name = "N")]
    pub drain_seconds: u32,
}

impl ShareSettings {
    /// How much each may take.
    pub fn fair(&self) -> FairSettings {
        FairSettings {
            organization_rate: self.organization_rate,
            token_rate: self.token_rate,
            organization_requests: self.organization_requests,
            organization_polls: self.organization_polls,
            polls: self.polls,
            organization_pdfs: self.organization_pdfs,
        }
    }

    /// How long a body may stand still.
    pub fn pace(&self) -> Pace {
        Pace(Duration::from_secs(u64::from(self.body_seconds)))
    }
}
