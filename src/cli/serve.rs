//! `jixiao serve`: the service, until it is told to stop.

use std::error::Error;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpServer;
use actix_web::dev::ServerHandle;
use actix_web::web::Data;
use clap::Args;
use rustls::ServerConfig;

use super::tls::TlsSettings;
use crate::app::{Shared, app};
use crate::auth::Keys;
use crate::config::{DatabaseSettings, KeySettings, ServerSettings};
use crate::db::{Connection, Database};
use crate::exports::ExportFiles;
use crate::http::idempotency;
use crate::{assessments, auth, changes, exports, imports, webhooks};

/// Start the service
#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    server: ServerSettings,
    #[command(flatten)]
    database: DatabaseSettings,
    #[command(flatten)]
    keys: KeySettings,
    #[command(flatten)]
    tls: TlsSettings,
}

/// Opens and migrates the database, reads the keys, and serves.
pub fn run(command: &Serve) -> Result<(), Box<dyn Error>> {
    let address = command.database.address()?;
    let tls = command.tls.configuration()?;
    let listener = listen(&command.server)?;
    // A broken key must not leave a new database behind; a secret of our own goes beside the database.
    let configured = command.keys.is_configured().then(|| command.keys.keys(&address)).transpose()?;
    let db = command.database.open()?;
    let applied = db.migrate()?;
    if applied > 0 {
        log::info!("applied {applied} migrations to {address}");
    }
    if let Some(base) = db.read_here(Connection::renew_feeds_if_restored)? {
        log::warn!(
            "{address} was restored from a copy: the change feeds count from {base}, and who follows them is told to take a \
             new snapshot"
        );
    }
    let keys = match configured {
        Some(keys) => keys,
        None => command.keys.keys(&address)?,
    };
    let scheme = if tls.is_some() { "https" } else { "http" };
    log::info!("serving {address} on {scheme}://{}", listener.local_addr()?);
    let signer = command.server.exports.signer(&address)?;
    let shared = Shared::new(db, keys.clone(), signer, &command.server);
    serve((listener, tls), shared, keys, &command.server, &command.database)
}

/// Takes the port before anything else is touched: a second start must not disturb the first.
pub fn listen(settings: &ServerSettings) -> Result<TcpListener, Box<dyn Error>> {
    let listen = settings.listen;
    TcpListener::bind(listen)
        .map_err(|cause| format!("cannot listen on {listen}: {cause}; choose another with --listen ADDR:PORT").into())
}

/// Waits until the service is told to stop, and stops it. After SIGTERM it goes on for a while with the last answer on
/// each connection, and is not ready, so that a balancer goes elsewhere and no request is cut. Nobody waits for a change
/// any more: their requests would hold it up.
async fn stop_when_told(server: ServerHandle, db: Database, exports: Data<ExportFiles>, drain: Duration) {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminated) = signal(SignalKind::terminate()) else { return };
    let drained = tokio::select! {
        _ = terminated.recv() => drain,
        _ = tokio::signal::ctrl_c() => Duration::ZERO,
    };
    db.heads().close();
    exports.wake();
    // Whoever is in a hurry says so again.
    tokio::select! {
        () = tokio::time::sleep(drained) => {}
        _ = terminated.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    server.stop(true).await;
}

/// Serves until SIGTERM or an interrupt; requests under way are finished.
pub fn serve(
    (listener, tls): (TcpListener, Option<ServerConfig>),
    shared: Shared,
    keys: Arc<Keys>,
    server: &ServerSettings,
    database: &DatabaseSettings,
) -> Result<(), Box<dyn Error>> {
    let workers = server.workers();
    // More blocking threads than connections would only queue for them.
    let connections = usize::try_from(database.connections()).unwrap_or(usize::MAX);
    let threads = (connections / workers).max(1);
    let seconds = u64::from(server.shutdown_seconds);
    let per_worker = usize::try_from(server.shares.connections).unwrap_or(usize::MAX).div_ceil(workers);
    let drain = Duration::from_secs(u64::from(server.shares.drain_seconds));
    actix_web::rt::System::new().block_on(async move {
        let (kept, imports, exports) = (shared.database(), shared.imports(), shared.exports());
        let db = kept.get_ref().clone();
        let unanswered = "the store of the files (--files) does not answer; the log says why";
        exports.blobs.check().await.map_err(|_| std::io::Error::other(unanswered))?;
        imports::work::after_start(&kept, &imports).await.map_err(std::io::Error::other)?;
        exports::work::after_start(&kept, &exports).await.map_err(std::io::Error::other)?;
        actix_web::rt::spawn(auth::work::refresh_regularly(keys));
        actix_web::rt::spawn(imports::work::take_over(kept.clone(), imports.clone()));
        actix_web::rt::spawn(exports::work::take_over(kept, exports.clone()));
        actix_web::rt::spawn(imports::work::sweep_hourly(db.clone(), imports));
        actix_web::rt::spawn(exports::work::sweep_hourly(db.clone(), exports.clone()));
        actix_web::rt::spawn(idempotency::sweep_hourly(db.clone()));
        actix_web::rt::spawn(changes::work::sweep_hourly(db.clone(), server.changes_days));
        actix_web::rt::spawn(assessments::frozen::packing::pack_rest(db.clone()));
        actix_web::rt::spawn(changes::work::look_at_others(db.clone()));
        let worker = server.webhooks.worker(db.clone());
        actix_web::rt::spawn(worker.clone().run());
        actix_web::rt::spawn(webhooks::work::sweep_hourly(db.clone(), server.webhooks.webhook_days));
        let running = HttpServer::new(move || app(&shared))
            .workers(workers)
            .max_connections(per_worker)
            .disable_signals()
            .worker_max_blocking_threads(threads)
            .shutdown_timeout(seconds)
            .client_request_timeout(Duration::from_secs(15));
        let running = match tls {
            Some(tls) => running.listen_rustls_0_23(listener, tls)?,
            None => running.listen(listener)?,
        };
        let running = running.run();
        actix_web::rt::spawn(stop_when_told(running.handle(), db, exports, drain));
        running.await?;
        worker.finish().await;
        Ok::<(), std::io::Error>(())
    })?;
    log::info!("stopped");
    Ok(())
}
