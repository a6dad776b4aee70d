//! Issuers of tokens, and where their public keys are.

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use async_trait::async_trait;
use bytes::Bytes;
use http::uri::InvalidUri;
use http::{HeaderValue, Method, Uri, header};
use thiserror::Error;
use tollgate_auth::{InvalidJwtAuthorizer, JWKS_TIMEOUT, JwksSource, JwtIssuer, MAX_JWKS_BYTES};
use tollgate_core::{Body, Clock, SystemClock};
use tollgate_integration::{Http, HttpClient, IntegrationRequest};

use crate::collect::{Unreadable, collect};

/// The issuers whose tokens methods with `COGNITO_USER_POOLS` and `JWT` take, with their public keys.
///
/// User pools are found by their ARNs, and their keys fetched from where Amazon Cognito has them; other
/// issuers by their URLs, below which they say where their keys are; unless something else is said here.
/// Plans that share it share the keys: they are fetched once, and go on when another plan is published.
///
/// ```
/// use std::sync::Arc;
/// use tollgate_gateway::{CompileOptions, TokenIssuers};
///
/// let mut options = CompileOptions::default();
/// let issuers = TokenIssuers::new()
///     .with_pool(
///         "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_AbCdEf",
///         "http://localhost:9229/us-east-1_AbCdEf",
///         "http://localhost:9229/us-east-1_AbCdEf/.well-known/jwks.json",
///     )?
///     .with_issuer("https://id.example.com", "http://localhost:8080/keys")?;
/// options.token_issuers = Arc::new(issuers);
/// # Ok::<(), tollgate_gateway::InvalidJwksUrl>(())
/// ```
pub struct TokenIssuers {
    clock: Arc<dyn Clock>,
    /// What is said of some: of pools by their ARNs, of others by their URLs.
    named: BTreeMap<Box<str>, Named>,
    /// Issuers for as long as a plan has them, by the same.
    issuers: Mutex<HashMap<Box<str>, Issuer>>,
}

#[derive(PartialEq)]
struct Named {
    name: Box<str>,
    jwks_url: Uri,
}

#[derive(Clone)]
struct Issuer {
    http: HttpClient,
    issuer: Weak<JwtIssuer>,
}

/// A URL that no keys can be fetched from.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0:?}, expected a URL of a key set, http://… or https://…")]
pub struct InvalidJwksUrl(String);

impl Default for TokenIssuers {
    fn default() -> Self {
        Self::new()
    }
}

impl TokenIssuers {
    /// Nothing is said of any: pools are those of Amazon Cognito.
    #[must_use]
    pub fn new() -> Self {
        Self {
            clock: Arc::new(SystemClock::new()),
            named: BTreeMap::new(),
            issuers: Mutex::default(),
        }
    }

    /// Reads the age of keys from another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Tokens of the pool with this ARN are issued under this name (`iss`), and its public keys are
    /// at this URL.
    ///
    /// # Errors
    ///
    /// [`InvalidJwksUrl`] for another URL than one of HTTP or HTTPS.
    pub fn with_pool(
        self,
        arn: &str,
        issuer: &str,
        jwks_url: &str,
    ) -> Result<Self, InvalidJwksUrl> {
        self.with(arn, issuer, jwks_url)
    }

    /// The public keys of the issuer with this URL are here, and not where it says itself.
    ///
    /// # Errors
    ///
    /// [`InvalidJwksUrl`] for another URL of keys than one of HTTP or HTTPS.
    pub fn with_issuer(self, url: &str, jwks_url: &str) -> Result<Self, InvalidJwksUrl> {
        self.with(url, url, jwks_url)
    }

    fn with(mut self, key: &str, name: &str, jwks_url: &str) -> Result<Self, InvalidJwksUrl> {
        let invalid = || InvalidJwksUrl(jwks_url.to_owned());
        let url: Uri = jwks_url.parse().map_err(|_| invalid())?;
        let is_http = matches!(url.scheme_str(), Some("http" | "https"));
        if !is_http || url.authority().is_none() {
            return Err(invalid());
        }
        let named = Named {
            name: name.into(),
            jwks_url: url,
        };
        self.named.insert(key.into(), named);
        Ok(self)
    }

    /// Goes on with what others know of issuers of which they say the same.
    #[must_use]
    pub fn continuing(self, others: &Self) -> Self {
        let theirs = others
            .issuers
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let is_same = |key: &str| self.named.get(key) == others.named.get(key);
        let known = theirs.iter().filter(|(key, _)| is_same(key));
        let known = known.map(|(key, issuer)| (key.clone(), issuer.clone()));
        Self {
            issuers: Mutex::new(known.collect()),
            ..self
        }
    }

    /// The pool with this ARN, whose keys are fetched by this client.
    pub(crate) fn pool(
        &self,
        arn: &str,
        http: &HttpClient,
    ) -> Result<Arc<JwtIssuer>, InvalidJwtAuthorizer> {
        // Amazon Cognito has no other place for them than the one that the ARN tells.
        let fetch = HttpJwks::new(http, None);
        self.find(arn, http, || {
            JwtIssuer::user_pool(arn, fetch, self.clock.clone())
        })
    }

    /// The issuer with this URL, whose keys are fetched by this client.
    pub(crate) fn issuer(
        &self,
        url: &str,
        http: &HttpClient,
    ) -> Result<Arc<JwtIssuer>, InvalidUri> {
        self.find(url, http, || {
            let fetch = HttpJwks::new(http, Some(url.parse()?));
            Ok(JwtIssuer::discovered(url, fetch, self.clock.clone()))
        })
    }

    fn find<E>(
        &self,
        key: &str,
        http: &HttpClient,
        make: impl FnOnce() -> Result<Arc<JwtIssuer>, E>,
    ) -> Result<Arc<JwtIssuer>, E> {
        // A map of issuers is whole at all times, whoever panicked.
        let mut issuers = self.issuers.lock().unwrap_or_else(PoisonError::into_inner);
        let known = issuers.get(key).filter(|known| known.http == *http);
        if let Some(issuer) = known.and_then(|known| known.issuer.upgrade()) {
            return Ok(issuer);
        }
        let issuer = match self.named.get(key) {
            Some(Named { name, jwks_url }) => {
                let fetch = HttpJwks::new(http, Some(jwks_url.clone()));
                JwtIssuer::new(name, &jwks_url.to_string(), fetch, self.clock.clone())
            }
            None => make()?,
        };
        if issuers.len() == issuers.capacity() {
            issuers.retain(|_, known| known.issuer.strong_count() > 0);
        }
        let known = Issuer {
            http: http.clone(),
            issuer: Arc::downgrade(&issuer),
        };
        issuers.insert(key.into(), known);
        Ok(issuer)
    }
}

/// Those are equal that are the same.
impl PartialEq for TokenIssuers {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for TokenIssuers {}

impl fmt::Debug for TokenIssuers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenIssuers")
            .field("named", &self.named.keys())
            .finish_non_exhaustive()
    }
}

/// Fetches key sets as integrations call their endpoints.
#[derive(Clone, Debug)]
struct HttpJwks {
    http: HttpClient,
    /// The place that the author of the API or the operator names, and may have in a network of theirs;
    /// absent: wherever keys are, they named it. What an issuer names elsewhere is judged as what a
    /// request names.
    vouched: Option<Uri>,
}

impl HttpJwks {
    fn new(http: &HttpClient, vouched: Option<Uri>) -> Arc<Self> {
        let http = http.clone();
        Arc::new(Self { http, vouched })
    }

    fn client(&self, url: &Uri) -> Http {
        let http = Http::new(self.http.clone(), JWKS_TIMEOUT);
        let is_vouched = self.vouched.as_ref().is_none_or(|vouched| {
            (vouched.scheme(), vouched.authority()) == (url.scheme(), url.authority())
        });
        match (url.scheme(), url.authority()) {
            (Some(scheme), Some(authority)) if is_vouched => http.with_origin(scheme, authority),
            _ => http,
        }
    }

    async fn get(&self, url: Uri) -> Result<Bytes, Box<dyn Error + Send + Sync>> {
        let http = self.client(&url);
        let mut request = IntegrationRequest::new(Method::GET, Body::empty());
        request.uri = url;
        let json = HeaderValue::from_static("application/json");
        request.headers.insert(header::ACCEPT, json);
        let answer = http.send(request).await.map_err(|rejection| {
            let reason = rejection.reason().unwrap_or("nobody answers");
            reason.to_owned()
        })?;
        if answer.status != 200 {
            return Err(format!("status {}", answer.status).into());
        }
        let whole = collect(answer.body, MAX_JWKS_BYTES).await;
        whole.map_err(|error| match error {
            Unreadable::TooLarge => format!("more than {MAX_JWKS_BYTES} bytes").into(),
            Unreadable::Broken(error) => error,
        })
    }
}

#[async_trait]
impl JwksSource for HttpJwks {
    async fn fetch(&self, url: &str) -> Result<Bytes, Box<dyn Error + Send + Sync>> {
        let (this, url) = (self.clone(), url.parse()?);
        // It goes on when whoever began it goes: the next one finds it at its end.
        tokio::spawn(async move { this.get(url).await }).await?
    }
}
