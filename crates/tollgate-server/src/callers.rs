//! Who may call the methods of a site that are protected.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use arc_swap::ArcSwap;
use tollgate::auth::{AuthorizerCache, IamCaller, IamKey};
use tollgate::core::SystemClock;
use tollgate::gateway::{CallerKeys, CompileOptions, InvalidJwksUrl, TokenIssuers};
use tollgate::iam::policy::{Policy, PolicyKind};
use tollgate::iam::sigv4::{Credentials, Principal};
use toml::Spanned;

use crate::config::{self, Config};
use crate::report::Report;
use crate::text_file;

/// Bytes of a file with a policy.
const MOST_POLICY_BYTES: u64 = 64 * 1_024;

/// What the configuration says of callers.
#[derive(Clone, Debug, Default)]
pub(crate) struct SiteCallers {
    /// What it was made of.
    texts: Texts,
    keys: Arc<HashMap<String, Arc<IamKey>>>,
}

/// All that is read of callers, to see whether it has changed.
#[derive(Clone, Default, PartialEq)]
struct Texts {
    keys: BTreeMap<String, KeyTexts>,
    pools: BTreeMap<String, config::UserPool>,
    issuers: BTreeMap<Spanned<String>, config::JwtIssuer>,
}

#[derive(Clone, PartialEq)]
struct KeyTexts {
    secret: String,
    arn: String,
    user_id: Option<String>,
    policies: Vec<String>,
}

impl SiteCallers {
    /// Reads what the configuration names.
    pub(crate) fn new(config: &Config) -> Result<Self, Report> {
        let mut texts = Texts {
            keys: BTreeMap::new(),
            pools: config.user_pools.clone(),
            issuers: config.jwt_issuers.clone(),
        };
        let mut keys = HashMap::new();
        for (id, key) in &config.iam_keys {
            let id = id.get_ref();
            let read = KeyTexts::read(key)?;
            let wrong = |error: String| config.wrong(format!("iam_keys.{id}: {error}"));
            keys.insert(id.clone(), Arc::new(read.key(id).map_err(wrong)?));
            texts.keys.insert(id.clone(), read);
        }
        Ok(Self {
            texts,
            keys: Arc::new(keys),
        })
    }

    fn token_issuers(&self) -> Result<TokenIssuers, InvalidJwksUrl> {
        let (mut pools, mut issuers) = (self.texts.pools.iter(), self.texts.issuers.iter());
        let known = pools.try_fold(TokenIssuers::new(), |known, (arn, pool)| {
            known.with_pool(arn, &pool.issuer, pool.jwks_url.get_ref())
        })?;
        issuers.try_fold(known, |known, (url, issuer)| {
            known.with_issuer(url.get_ref(), issuer.jwks_url.get_ref())
        })
    }

    /// Lets documents be compiled for these callers.
    pub(crate) fn apply(&self, options: &mut CompileOptions) {
        Callers::default().apply(self, options);
    }
}

impl KeyTexts {
    fn read(key: &config::IamKey) -> Result<Self, Report> {
        let policies = key.policies.iter();
        let policies = policies.map(|file| policy(file));
        Ok(Self {
            secret: key.secret().read()?,
            arn: key.arn.get_ref().clone(),
            user_id: key.user_id.clone(),
            policies: policies.collect::<Result<_, _>>()?,
        })
    }

    fn key(&self, id: &str) -> Result<IamKey, String> {
        if self.secret.is_empty() {
            return Err("the secret is empty".to_owned());
        }
        let policies = self.policies.iter();
        let policies: Vec<_> = policies
            .map(|text| Policy::parse(text, PolicyKind::Identity))
            .collect::<Result<_, _>>()
            .map_err(|error| error.to_string())?;
        let mut principal = Principal::new(self.arn.as_str());
        if let Some(user_id) = &self.user_id {
            principal = principal.with_user_id(user_id.as_str());
        }
        let caller = IamCaller::new(principal, policies).map_err(|error| error.to_string())?;
        let credentials = Credentials::new(id, &self.secret);
        Ok(IamKey::new(credentials, Arc::new(caller)))
    }
}

fn policy(file: &Path) -> Result<String, Report> {
    text_file::read(file, MOST_POLICY_BYTES).map_err(|error| Report::unreadable(file, &error))
}

/// There are secrets among them.
impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Texts")
            .field("keys", &self.keys.keys())
            .field("pools", &self.pools)
            .finish()
    }
}

/// What deployments share of callers: it goes on whatever is deployed.
#[derive(Debug)]
pub(crate) struct Callers {
    applied: SiteCallers,
    keys: Arc<ArcSwap<HashMap<String, Arc<IamKey>>>>,
    caller_keys: CallerKeys,
    token_issuers: Arc<TokenIssuers>,
    authorizer_cache: AuthorizerCache,
}

impl Default for Callers {
    fn default() -> Self {
        let keys: Arc<ArcSwap<HashMap<String, Arc<IamKey>>>> = Arc::default();
        let known = keys.clone();
        Self {
            applied: SiteCallers::default(),
            caller_keys: CallerKeys::new(move |id: &str| known.load().get(id).cloned()),
            keys,
            token_issuers: Arc::default(),
            authorizer_cache: AuthorizerCache::new(Arc::new(SystemClock::new())),
        }
    }
}

impl Callers {
    /// Lets these callers count from now on, and documents be compiled for them; whether they are others
    /// than before.
    pub(crate) fn apply(&mut self, callers: &SiteCallers, options: &mut CompileOptions) -> bool {
        let is_other = callers.texts != self.applied.texts;
        let (said, before) = (&callers.texts, &self.applied.texts);
        if (&said.pools, &said.issuers) != (&before.pools, &before.issuers) {
            // A URL that is none was found in the file; else those before would stay.
            if let Ok(issuers) = callers.token_issuers() {
                self.token_issuers = Arc::new(issuers.continuing(&self.token_issuers));
            }
        }
        if is_other {
            self.keys.store(callers.keys.clone());
            self.applied = callers.clone();
        }
        options.authorizer_cache = self.authorizer_cache.clone();
        options.token_issuers = self.token_issuers.clone();
        // Without any, the documents' authors are told that nobody can sign.
        options.caller_keys = if callers.keys.is_empty() {
            CallerKeys::default()
        } else {
            self.caller_keys.clone()
        };
        is_other
    }
}
