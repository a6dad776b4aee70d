//! An issuer of tokens, and its public keys for as long as they are good.

use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::{BoxFuture, Shared};
use tollgate_core::Clock;

use super::authorizer::InvalidJwtAuthorizer;
use super::discovery;
use super::key::Key;
use super::key_set::{Found, JwkSet};
use super::source::JwksSource;
use crate::limits::{JWKS_MAX_AGE, JWKS_REFRESH_INTERVAL, JWKS_RETRY_INTERVAL};

/// Somebody who issues tokens: its name, and where its public keys are.
///
/// Keys are fetched when the first token comes, and kept. A token that names a key which is not among
/// them has them fetched once more, but not within [`JWKS_REFRESH_INTERVAL`] of the last time: whoever
/// makes key names up causes no more than that. After [`JWKS_MAX_AGE`] they are fetched again in any
/// case; where that fails, the old ones go on, and it is tried again after [`JWKS_RETRY_INTERVAL`].
/// It is to outlive the authorizers that use it.
pub struct JwtIssuer {
    jwks: Arc<Jwks>,
}

struct Jwks {
    place: Arc<Place>,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

/// Where keys come from.
struct Place {
    issuer: Box<str>,
    /// Where they are, unless the issuer says that itself.
    url: Option<Box<str>>,
    source: Arc<dyn JwksSource>,
}

#[derive(Default)]
struct State {
    /// The keys, and when they came.
    keys: Option<(JwkSet, Duration)>,
    /// When keys may be asked for again that are not among those that are there.
    ask_again: Duration,
    /// Why they did not come the last time.
    failure: Option<String>,
    /// A fetch that has not ended. Nobody has to wait for it to stay: a stranger who begins one and goes
    /// would take the keys away from all others.
    fetching: Option<Shared<Fetch>>,
}

/// A fetch, which whoever comes drives.
type Fetch = BoxFuture<'static, ()>;

/// Why there is no key.
#[derive(Debug)]
pub(super) enum NoKey {
    /// The issuer has none of this name.
    Unknown,
    /// It is for another algorithm.
    OtherAlgorithm,
    /// No keys could be had, for this reason.
    Unavailable(String),
}

impl JwtIssuer {
    /// An issuer by the name that its tokens have as `iss`, with its keys at this URL.
    #[must_use]
    pub fn new(
        name: &str,
        jwks_url: &str,
        source: Arc<dyn JwksSource>,
        clock: Arc<dyn Clock>,
    ) -> Arc<Self> {
        Self::of(name, Some(jwks_url.into()), source, clock)
    }

    /// An issuer by its URL, which its tokens have as `iss`, and below which it says where its keys are
    /// (OpenID Connect Discovery 1.0). That is asked again whenever keys are fetched.
    #[must_use]
    pub fn discovered(url: &str, source: Arc<dyn JwksSource>, clock: Arc<dyn Clock>) -> Arc<Self> {
        Self::of(url, None, source, clock)
    }

    fn of(
        name: &str,
        jwks_url: Option<Box<str>>,
        source: Arc<dyn JwksSource>,
        clock: Arc<dyn Clock>,
    ) -> Arc<Self> {
        let place = Place {
            issuer: name.into(),
            url: jwks_url,
            source,
        };
        let jwks = Jwks {
            place: Arc::new(place),
            clock,
            state: Mutex::default(),
        };
        Arc::new(Self {
            jwks: Arc::new(jwks),
        })
    }

    /// A user pool by its ARN, `arn:aws:cognito-idp:{region}:{account}:userpool/{id}`.
    ///
    /// # Errors
    ///
    /// [`InvalidJwtAuthorizer::UserPool`] for any other text.
    pub fn user_pool(
        arn: &str,
        source: Arc<dyn JwksSource>,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<Self>, InvalidJwtAuthorizer> {
        let invalid = || InvalidJwtAuthorizer::UserPool(arn.to_owned());
        let (partition, region, pool) = user_pool(arn).ok_or_else(invalid)?;
        let suffix = match partition {
            "aws-cn" => "amazonaws.com.cn",
            _ => "amazonaws.com",
        };
        let name = format!("https://cognito-idp.{region}.{suffix}/{pool}");
        let url = format!("{name}/.well-known/jwks.json");
        Ok(Self::new(&name, &url, source, clock))
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.jwks.place.issuer
    }

    /// Where its keys are, unless it says that itself.
    #[must_use]
    pub fn jwks_url(&self) -> Option<&str> {
        self.jwks.place.url.as_deref()
    }

    /// The key of this name for this algorithm.
    pub(super) async fn key(&self, kid: Option<&str>, algorithm: &str) -> Result<Arc<Key>, NoKey> {
        match self.jwks.wanted(kid, algorithm) {
            None => {}
            Some((fetch, true)) => fetch.await,
            // It goes on a little.
            Some((fetch, false)) => drop(fetch.now_or_never()),
        }
        let state = self.jwks.lock();
        let Some((keys, _)) = &state.keys else {
            let failure = state.failure.as_deref().unwrap_or("nobody waited for them");
            return Err(NoKey::Unavailable(failure.to_owned()));
        };
        match keys.find(kid, algorithm) {
            Found::Key(key) => Ok(key),
            Found::OtherAlgorithm => Err(NoKey::OtherAlgorithm),
            Found::Unknown => Err(NoKey::Unknown),
        }
    }
}

impl Jwks {
    /// The fetch that goes on, and whether it is to be waited for before a key is looked up.
    fn wanted(
        self: &Arc<Self>,
        kid: Option<&str>,
        algorithm: &str,
    ) -> Option<(Shared<Fetch>, bool)> {
        let now = self.clock.now().monotonic();
        let mut state = self.lock();
        let (is_unknown, is_old) = match &state.keys {
            None => (true, true),
            Some((keys, came)) => (
                matches!(keys.find(kid, algorithm), Found::Unknown),
                now.saturating_sub(*came) >= JWKS_MAX_AGE,
            ),
        };
        if let Some(fetching) = &state.fetching {
            // Whoever has a key need not wait for others.
            return Some((fetching.clone(), is_unknown));
        }
        if !(is_unknown || is_old) || now < state.ask_again {
            return None;
        }
        let fetch = self.fetch().shared();
        state.fetching = Some(fetch.clone());
        Some((fetch, true))
    }

    /// Fetches keys and keeps them, if there is still somebody to keep them for.
    fn fetch(self: &Arc<Self>) -> Fetch {
        let (place, jwks) = (Arc::clone(&self.place), Arc::downgrade(self));
        Box::pin(async move {
            // A panic fails for those who wait, and for nobody who comes after them.
            let fetched = AssertUnwindSafe(place.keys()).catch_unwind().await;
            let keys = fetched.unwrap_or_else(|_| Err("fetching them panicked".to_owned()));
            if let Some(jwks) = jwks.upgrade() {
                jwks.keep(keys);
            }
        })
    }

    fn keep(&self, keys: Result<JwkSet, String>) {
        let now = self.clock.now().monotonic();
        let mut state = self.lock();
        match keys {
            Ok(keys) => {
                state.keys = Some((keys, now));
                state.ask_again = now.saturating_add(JWKS_REFRESH_INTERVAL);
            }
            Err(failure) => {
                state.ask_again = now.saturating_add(JWKS_RETRY_INTERVAL);
                state.failure = Some(failure);
            }
        }
        state.fetching = None;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing is left half done where a thread could panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    async fn keys(&self) -> Result<JwkSet, String> {
        let fetch = async |url: &str| {
            let fetched = self.source.fetch(url).await;
            fetched.map_err(|error| error.to_string())
        };
        let keys = match &self.url {
            Some(url) => fetch(url).await?,
            None if !self.issuer.starts_with("https://") => {
                return Err("it has no https://… URL to say where they are".to_owned());
            }
            None => {
                let metadata = fetch(&discovery::metadata_url(&self.issuer)).await?;
                fetch(&discovery::keys_url(&self.issuer, &metadata)?).await?
            }
        };
        JwkSet::parse(&keys).map_err(|error| error.to_string())
    }
}

impl fmt::Debug for JwtIssuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtIssuer")
            .field("name", &self.name())
            .field("jwks_url", &self.jwks_url())
            .finish_non_exhaustive()
    }
}

/// Partition, region and id of a user pool.
fn user_pool(arn: &str) -> Option<(&str, &str, &str)> {
    let parts: Vec<&str> = arn.split(':').collect();
    let ["arn", partition, "cognito-idp", region, account, pool] = parts[..] else {
        return None;
    };
    let pool = pool.strip_prefix("userpool/")?;
    let is_name = |text: &str| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        !text.is_empty() && text.bytes().all(allowed)
    };
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    ([partition, region, pool].into_iter().all(is_name) && is_account)
        .then_some((partition, region, pool))
}
