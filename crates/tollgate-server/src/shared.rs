//! Limits that gateways share over Redis.

#[cfg(not(feature = "redis"))]
use std::sync::Arc;

use tollgate::gateway::Limits;
#[cfg(not(feature = "redis"))]
use tollgate::throttle::UsageJournal;

use crate::config::Config;
use crate::console::Console;
use crate::report::Report;

/// Where limits are kept.
#[derive(Debug)]
pub(crate) struct SharedLimits {
    #[cfg(feature = "redis")]
    store: Option<std::sync::Arc<tollgate::throttle::RedisStore>>,
}

/// What is wrong with the configuration of Redis.
#[cfg(not(feature = "redis"))]
pub(crate) fn check(config: &Config) -> Result<(), Report> {
    match config.redis {
        None => Ok(()),
        Some(_) => Err(config.wrong("redis: this build has no Redis".to_owned())),
    }
}

#[cfg(not(feature = "redis"))]
impl SharedLimits {
    /// No limits are shared.
    pub(crate) fn connect(
        config: &Config,
        _: &Console,
        _: Option<Arc<dyn UsageJournal>>,
    ) -> Result<Self, Report> {
        check(config).map(|()| Self {})
    }

    /// Limits of this process.
    #[expect(clippy::unused_self, reason = "a store is asked in other builds")]
    pub(crate) fn limits(&self, _: &Config) -> Limits {
        Limits::new()
    }

    /// Whether counts are Redis's, which sees to it that they are kept.
    #[expect(clippy::unused_self, reason = "a store is asked in other builds")]
    pub(crate) const fn keeps_counts(&self) -> bool {
        false
    }

    /// Returns nothing.
    pub(crate) async fn close(&self) {}
}

#[cfg(feature = "redis")]
pub(crate) use over_redis::check;

#[cfg(feature = "redis")]
mod over_redis {
    use std::sync::Arc;
    use std::time::Duration;

    use tollgate::core::{SystemClock, SystemRandom};
    use tollgate::redis::{Connector, Transition};
    use tollgate::throttle::{RedisStore, UsageJournal};

    use super::{Config, Console, Limits, Report, SharedLimits};
    use crate::text_file;

    /// Bytes of a file with an address.
    const MOST_ADDRESS_BYTES: u64 = 4_096;

    /// How long a server that ends tries to return what it has fetched.
    const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

    /// What is wrong with the configuration of Redis.
    pub(crate) fn check(config: &Config) -> Result<(), Report> {
        connector(config).map(drop)
    }

    fn connector(config: &Config) -> Result<Option<Connector>, Report> {
        let Some(redis) = &config.redis else {
            return Ok(None);
        };
        let address = match (&redis.address, &redis.address_file) {
            (Some(address), None) => address.get_ref().clone(),
            (None, Some(file)) => {
                let file = file.get_ref();
                text_file::read(file, MOST_ADDRESS_BYTES)
                    .map_err(|error| Report::unreadable(file, &error))?
            }
            _ => {
                let message = "redis: expected one of address and address_file";
                return Err(config.wrong(message.to_owned()));
            }
        };
        // Not at its place, which would be shown with what is secret.
        let connector = Connector::new(address.trim())
            .map_err(|error| config.wrong(format!("redis: {error}")))?;
        let connector = connector
            .with_prefix(&redis.prefix.0.0)
            .with_call_timeout(redis.timeout.0.0)
            .with_connect_timeout(redis.connect_timeout.0.0);
        Ok(Some(connector))
    }

    impl SharedLimits {
        /// Connects in the background, if limits are shared: Redis may be away. It is called in a
        /// runtime.
        pub(crate) fn connect(
            config: &Config,
            console: &Console,
            journal: Option<Arc<dyn UsageJournal>>,
        ) -> Result<Self, Report> {
            let Some(connector) = connector(config)? else {
                return Ok(Self { store: None });
            };
            let console = console.clone();
            let connector = connector.with_observer(move |change| {
                console.say(match change {
                    Transition::Lost { reason } => {
                        format!("Redis is away, limits are decided here: {reason}")
                    }
                    _ => "limits are shared over Redis".to_owned(),
                });
            });
            let clock = Arc::new(SystemClock::new());
            let connection = connector.connect(clock.clone(), Arc::new(SystemRandom));
            let store = connection.and_then(|redis| RedisStore::new(redis, clock, journal));
            let store = store.map_err(|error| config.wrong(format!("redis: {error}")))?;
            Ok(Self {
                store: Some(Arc::new(store)),
            })
        }

        /// Limits that are taken from there.
        pub(crate) fn limits(&self, config: &Config) -> Limits {
            let limits = Limits::new();
            match &self.store {
                Some(store) => limits
                    .with_account_id(config.account_id.0.0.clone())
                    .with_store(store.clone()),
                None => limits,
            }
        }

        /// Whether counts are Redis's, which sees to it that they are kept.
        pub(crate) const fn keeps_counts(&self) -> bool {
            self.store.is_some()
        }

        /// Returns what was fetched and not used.
        pub(crate) async fn close(&self) {
            if let Some(store) = &self.store {
                // What is not returned by then is back soon anyway.
                let _ = tokio::time::timeout(CLOSE_TIMEOUT, store.close()).await;
            }
        }
    }
}
