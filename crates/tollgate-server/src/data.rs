//! Stores that commands and servers work on.

use std::error::Error as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use thiserror::Error;
use tollgate::store::{Change, ConfigStore, RedbStore, State, StoreError};
use tollgate::throttle::UsageJournal;

use crate::cli::{DatabaseArgument, StoreArguments};
use crate::console::Console;

/// The file of a folder with data.
const FILE: &str = "tollgate.redb";
/// Bytes of a file with the URL of a database.
#[cfg(feature = "postgres")]
const MOST_URL_BYTES: u64 = 4_096;

/// Why there is no store, or it does not do what it is asked for.
#[derive(Debug, Error)]
pub(crate) enum DataError {
    #[error("error: {}: {source}", place.display())]
    File { place: PathBuf, source: io::Error },
    #[error("error: {}", causes(.0))]
    Store(#[from] StoreError),
    #[error(
        "error: {}\nthe change may be made all the same: look before it is tried once more",
        causes(.0)
    )]
    Unsure(StoreError),
    #[error("error: somebody else changes the store at the same time; try again")]
    Busy,
    #[cfg(not(feature = "postgres"))]
    #[error("error: this build has no PostgreSQL")]
    NoPostgres,
}

/// A store, and where counts of quotas are kept beside it.
pub(crate) struct Data {
    pub(crate) store: Arc<dyn ConfigStore>,
    pub(crate) journal: Arc<dyn UsageJournal>,
}

/// An error and what it comes from, in one line, and what can be done about it.
fn causes(error: &StoreError) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(one) = cause {
        let of_one = one.to_string();
        if !said.contains(&of_one) {
            said.push_str(": ");
            said.push_str(&of_one);
        }
        cause = one.source();
    }
    if matches!(error, StoreError::InUse { .. }) {
        said.push_str(
            "\na folder is for one process at a time: stop the server that has it, or keep the data \
             in a database (--database)",
        );
    }
    said
}

/// Opens the store that a command line names.
pub(crate) async fn open(arguments: &StoreArguments) -> Result<Arc<dyn ConfigStore>, DataError> {
    let data = match (&arguments.data, &arguments.database) {
        (Some(folder), _) => folder_store(folder).await?,
        // A command says itself that the database is away.
        (None, Some(database)) => database_store(database, None, None).await?,
        // The command line asks for one of them.
        (None, None) => folder_store(Path::new("tollgate-data")).await?,
    };
    Ok(data.store)
}

/// Opens the store that a command line names, where there is one.
pub(crate) async fn open_known(
    arguments: &StoreArguments,
) -> Result<Arc<dyn ConfigStore>, DataError> {
    if let Some(folder) = &arguments.data {
        fs::metadata(folder.join(FILE)).map_err(|source| {
            let place = folder.clone();
            let source = match source.kind() {
                io::ErrorKind::NotFound => io::Error::other("there is no store"),
                _ => source,
            };
            DataError::File { place, source }
        })?;
    }
    open(arguments).await
}

/// Opens a folder; it is made if it is not there.
pub(crate) async fn folder_store(folder: &Path) -> Result<Data, DataError> {
    fs::create_dir_all(folder).map_err(|source| DataError::File {
        place: folder.to_owned(),
        source,
    })?;
    let store = Arc::new(RedbStore::open(folder.join(FILE)).await?);
    Ok(Data {
        journal: store.clone(),
        store,
    })
}

/// Connects to a database, or begins with what a folder remembers of it.
#[cfg(feature = "postgres")]
pub(crate) async fn database_store(
    database: &DatabaseArgument,
    cache: Option<&Path>,
    console: Option<&Console>,
) -> Result<Data, DataError> {
    use tollgate::core::SystemRandom;
    use tollgate::store::{PostgresOptions, PostgresStore, PostgresTransition};

    use crate::text_file;

    let url = match database {
        DatabaseArgument::Url(url) => url.clone(),
        DatabaseArgument::File(file) => {
            text_file::read(file, MOST_URL_BYTES).map_err(|source| DataError::File {
                place: file.clone(),
                source,
            })?
        }
    };
    let mut options = PostgresOptions::new();
    if let Some(folder) = cache {
        options = options.with_cache(folder);
    }
    if let Some(console) = console.cloned() {
        options = options.with_observer(move |change| {
            console.say(match change {
                PostgresTransition::Lost { reason } => {
                    format!("the database is away, what is served stays: {reason}")
                }
                _ => "the database is there again".to_owned(),
            });
        });
    }
    let store = PostgresStore::connect(url.trim(), options, Arc::new(SystemRandom)).await?;
    Ok(Data {
        journal: Arc::new(store.usage_journal()),
        store: Arc::new(store),
    })
}

#[cfg(not(feature = "postgres"))]
pub(crate) async fn database_store(
    _: &DatabaseArgument,
    _: Option<&Path>,
    _: Option<&Console>,
) -> Result<Data, DataError> {
    Err(DataError::NoPostgres)
}

/// Changes what is stored, as it is decided for the state that is there. Whoever finds that another was
/// faster decides anew, once.
///
/// # Errors
///
/// Those of the decision, and of the store.
pub(crate) async fn change<T, E: From<DataError>>(
    store: &dyn ConfigStore,
    decide: impl Fn(&State) -> Result<(Vec<Change>, T), E>,
) -> Result<(Arc<State>, T), E> {
    for _ in 0..2 {
        let state = store.load().await.map_err(DataError::from)?;
        let (changes, made) = decide(&state)?;
        match store.commit(state.revision(), &changes).await {
            Ok(state) => return Ok((state, made)),
            Err(StoreError::Conflict { .. }) => {}
            // It may have been sent, and what became of it is not known.
            Err(error @ StoreError::Unavailable(_)) => return Err(DataError::Unsure(error).into()),
            Err(error) => return Err(DataError::from(error).into()),
        }
    }
    Err(DataError::Busy.into())
}

#[cfg(test)]
mod tests {
    use futures::future::BoxFuture;
    use tokio::sync::watch;
    use tollgate::model::ApiKey;
    use tollgate::store::{Entity, MemoryStore, Revision};

    use super::*;

    /// A store that goes away when it is written to.
    #[derive(Default)]
    struct Leaving(MemoryStore);

    impl ConfigStore for Leaving {
        fn load<'s, 'f>(&'s self) -> BoxFuture<'f, Result<Arc<State>, StoreError>>
        where
            's: 'f,
            Self: 'f,
        {
            self.0.load()
        }

        fn commit<'s, 'c, 'f>(
            &'s self,
            _: Revision,
            _: &'c [Change],
        ) -> BoxFuture<'f, Result<Arc<State>, StoreError>>
        where
            's: 'f,
            'c: 'f,
            Self: 'f,
        {
            let away = StoreError::Unavailable("nobody answers".into());
            Box::pin(std::future::ready(Err(away)))
        }

        fn watch(&self) -> watch::Receiver<Revision> {
            self.0.watch()
        }
    }

    #[tokio::test]
    async fn a_change_whose_end_is_not_known_is_told_as_one() {
        let key = || vec![Change::Put(Entity::ApiKey(ApiKey::new("key")))];
        let decide = |_: &State| Ok::<_, DataError>((key(), ()));
        let error = change(&Leaving::default(), decide).await;
        assert_eq!(
            error.expect_err("the store is away").to_string(),
            "error: the store is away: nobody answers\nthe change may be made all the same: look \
             before it is tried once more"
        );
    }
}
