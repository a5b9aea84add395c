//! Files in a bucket of S3, or of what speaks it: a file is there as a whole or not at all.
//!
//! Everything is asked on a thread of its own, since connections belong to the runtime that opened them and the service
//! has one for each of its workers.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::future::Future;
use std::path::Path as FilePath;
use std::str::FromStr;
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt};
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::buffered::BufWriter;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use tokio::io::AsyncWriteExt;
use tokio::runtime::{Builder, Runtime};

use super::disk::{Partial, Whole};
use crate::http::error::{Error, Result};

/// Bytes of a part of a large file: S3 takes none that is smaller, but for the last.
const PART: usize = 8 << 20;

/// A bucket, and the folder in it that is the service's own.
#[derive(Debug, Clone)]
pub struct Objects {
    store: Arc<dyn ObjectStore>,
    prefix: Path,
    runtime: Arc<Thread>,
    shown: Arc<str>,
}

/// The thread that speaks with the store.
#[derive(Debug)]
struct Thread(Option<Runtime>);

impl Drop for Thread {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            // A runtime must not wait for its threads on a thread of another one.
            runtime.shutdown_background();
        }
    }
}

impl Display for Objects {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.shown.fmt(f)
    }
}

impl FromStr for Objects {
    type Err = String;

    /// From `s3://BUCKET/PREFIX`, with what the environment says of the place and the keys.
    fn from_str(text: &str) -> std::result::Result<Objects, String> {
        Objects::open(
            text,
            std::env::vars_os().filter_map(|(name, value)| name.into_string().ok().zip(value.into_string().ok())),
        )
    }
}

impl Objects {
    /// A bucket `s3://BUCKET/PREFIX`, with what the variables `AWS_…` say of the place and the keys.
    ///
    /// # Errors
    /// In words, when the name or a variable is malformed.
    pub fn open(
        text: &str,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> std::result::Result<Objects, String> {
        let wrong = || format!("{text} is no s3://BUCKET or s3://BUCKET/PREFIX");
        let (bucket, prefix) =
            text.strip_prefix("s3://").map(|rest| rest.split_once('/').unwrap_or((rest, ""))).ok_or_else(wrong)?;
        if bucket.is_empty() {
            return Err(wrong());
        }
        // One that was installed before is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut builder = AmazonS3Builder::new();
        for (name, value) in variables {
            // Others of this beginning are for other programs.
            if name.starts_with("AWS_")
                && let Ok(key) = name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>()
            {
                builder = builder.with_config(key, value);
            }
        }
        let store = builder.with_bucket_name(bucket).build();
        let store = store.map_err(|cause| format!("{text}: {cause}"))?;
        let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("objects").enable_all().build();
        let runtime = runtime.map_err(|cause| format!("{text}: {cause}"))?;
        Ok(Objects {
            store: Arc::new(store),
            prefix: Path::parse(prefix).map_err(|cause| format!("{text}: {cause}"))?,
            runtime: Arc::new(Thread(Some(runtime))),
            shown: text.into(),
        })
    }
}

impl Objects {
    /// The object of a name.
    fn at(&self, name: &str) -> Path {
        name.split('/').fold(self.prefix.clone(), |path, part| path.join(part))
    }

    async fn run<T: Send + 'static>(&self, work: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
        let Some(runtime) = &self.runtime.0 else {
            return Err(Error::internal(&"the thread of the objects has ended"));
        };
        runtime.spawn(work).await.map_err(|cause| Error::internal(&cause))?
    }

    /// What the service says when the store did not do what it was asked for.
    fn failed(&self, cause: &dyn Display) -> Error {
        Error::storage_unavailable(&format!("{self}: {cause}"))
    }

    /// Whether the bucket answers.
    ///
    /// # Errors
    /// When it does not, or does not let the service in.
    pub async fn check(&self) -> Result<()> {
        let of = self.clone();
        self.run(async move {
            let first = of.store.list(Some(&of.prefix)).next().await.transpose();
            first.map(drop).map_err(|cause| of.failed(&cause))
        })
        .await
    }

    /// Keeps a file under a name.
    ///
    /// # Errors
    /// When the file cannot be read, or the store does not take it.
    pub async fn keep(&self, name: &str, path: &FilePath) -> Result<()> {
        let (of, at, path) = (self.clone(), self.at(name), path.to_owned());
        self.run(async move {
            let file = Whole::open(&path).await?;
            let mut writer = BufWriter::with_capacity(of.store.clone(), at, PART);
            loop {
                let piece = file.piece().await?;
                if piece.is_empty() {
                    break;
                }
                writer.put(piece.into()).await.map_err(|cause| of.failed(&cause))?;
            }
            writer.shutdown().await.map_err(|cause| of.failed(&cause))
        })
        .await
    }

    /// Fetches a file to a path; false if there is none of that name.
    ///
    /// # Errors
    /// When the store does not answer, or the disk does not take the file.
    pub async fn fetch(&self, name: &str, path: &FilePath) -> Result<bool> {
        let (of, at, path) = (self.clone(), self.at(name), path.to_owned());
        self.run(async move {
            let mut pieces = match of.store.get(&at).await {
                Ok(found) => found.into_stream(),
                Err(object_store::Error::NotFound { .. }) => return Ok(false),
                Err(cause) => return Err(of.failed(&cause)),
            };
            let file = Partial::begin(&path).await?;
            let fetched: Result<()> = async {
                while let Some(piece) = pieces.try_next().await.map_err(|cause| of.failed(&cause))? {
                    file.write(piece).await?;
                }
                Ok(())
            }
            .await;
            file.end(fetched.is_ok()).await?;
            fetched.map(|()| true)
        })
        .await
    }

    /// Removes the files whose names begin with `folder` and a slash.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn remove(&self, folder: &str) -> Result<()> {
        let (of, at) = (self.clone(), self.at(folder));
        self.run(async move {
            let found = of.store.list(Some(&at)).map_ok(|object| object.location).boxed();
            let removed = of.store.delete_stream(found).try_for_each(|_| async { Ok(()) }).await;
            removed.map_err(|cause| of.failed(&cause))
        })
        .await
    }

    /// The names of the folders in `folder`.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn folders(&self, folder: &str) -> Result<BTreeSet<String>> {
        let (of, at) = (self.clone(), self.at(folder));
        self.run(async move {
            let found = of.store.list_with_delimiter(Some(&at)).await.map_err(|cause| of.failed(&cause))?;
            Ok(found.common_prefixes.iter().filter_map(|path| Some(path.filename()?.to_owned())).collect())
        })
        .await
    }
}
