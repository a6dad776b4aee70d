//! User pools, and where their public keys are.

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, Method, Uri, header};
use thiserror::Error;
use tollgate_auth::{InvalidJwtAuthorizer, JWKS_TIMEOUT, JwksSource, JwtIssuer, MAX_JWKS_BYTES};
use tollgate_core::{Body, Clock, SystemClock};
use tollgate_integration::{Http, HttpClient, IntegrationRequest};

use crate::collect::{Unreadable, collect};

/// The user pools whose tokens methods with `COGNITO_USER_POOLS` take, with their public keys.
///
/// Pools are found by their ARNs, and their keys fetched from where Amazon Cognito has them, unless
/// something else is said here. Plans that share it share the keys: they are fetched once, and go on
/// when another plan is published.
///
/// ```
/// use std::sync::Arc;
/// use tollgate_gateway::{CompileOptions, UserPools};
///
/// let mut options = CompileOptions::default();
/// options.user_pools = Arc::new(UserPools::new().with_pool(
///     "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_AbCdEf",
///     "http://localhost:9229/us-east-1_AbCdEf",
///     "http://localhost:9229/us-east-1_AbCdEf/.well-known/jwks.json",
/// )?);
/// # Ok::<(), tollgate_gateway::InvalidJwksUrl>(())
/// ```
pub struct UserPools {
    clock: Arc<dyn Clock>,
    /// Pools that are somewhere else, by their ARNs.
    named: BTreeMap<Box<str>, Named>,
    /// Issuers for as long as a plan has them.
    issuers: Mutex<HashMap<Box<str>, Issuer>>,
}

struct Named {
    name: Box<str>,
    jwks_url: Box<str>,
}

struct Issuer {
    http: HttpClient,
    issuer: Weak<JwtIssuer>,
}

/// A URL that no keys can be fetched from.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0:?}, expected a URL of a key set, http://… or https://…")]
pub struct InvalidJwksUrl(String);

impl Default for UserPools {
    fn default() -> Self {
        Self::new()
    }
}

impl UserPools {
    /// All pools are those of Amazon Cognito.
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
        mut self,
        arn: &str,
        issuer: &str,
        jwks_url: &str,
    ) -> Result<Self, InvalidJwksUrl> {
        let invalid = || InvalidJwksUrl(jwks_url.to_owned());
        let url: Uri = jwks_url.parse().map_err(|_| invalid())?;
        let is_http = matches!(url.scheme_str(), Some("http" | "https"));
        if !is_http || url.authority().is_none() {
            return Err(invalid());
        }
        let named = Named {
            name: issuer.into(),
            jwks_url: jwks_url.into(),
        };
        self.named.insert(arn.into(), named);
        Ok(self)
    }

    /// The pool with this ARN, whose keys are fetched by this client.
    pub(crate) fn issuer(
        &self,
        arn: &str,
        http: &HttpClient,
    ) -> Result<Arc<JwtIssuer>, InvalidJwtAuthorizer> {
        // A map of issuers is whole at all times, whoever panicked.
        let mut issuers = self.issuers.lock().unwrap_or_else(PoisonError::into_inner);
        let known = issuers.get(arn).filter(|known| known.http == *http);
        if let Some(issuer) = known.and_then(|known| known.issuer.upgrade()) {
            return Ok(issuer);
        }
        let source = Arc::new(HttpJwks(http.clone()));
        let clock = self.clock.clone();
        let issuer = match self.named.get(arn) {
            Some(named) => JwtIssuer::new(&named.name, &named.jwks_url, source, clock),
            None => JwtIssuer::user_pool(arn, source, clock)?,
        };
        if issuers.len() == issuers.capacity() {
            issuers.retain(|_, known| known.issuer.strong_count() > 0);
        }
        let known = Issuer {
            http: http.clone(),
            issuer: Arc::downgrade(&issuer),
        };
        issuers.insert(arn.into(), known);
        Ok(issuer)
    }
}

/// Those are equal that are the same.
impl PartialEq for UserPools {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for UserPools {}

impl fmt::Debug for UserPools {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserPools")
            .field("named", &self.named.keys())
            .finish_non_exhaustive()
    }
}

/// Fetches key sets as integrations call their endpoints.
#[derive(Debug)]
struct HttpJwks(HttpClient);

#[async_trait]
impl JwksSource for HttpJwks {
    async fn fetch(&self, url: &str) -> Result<Bytes, Box<dyn Error + Send + Sync>> {
        let url: Uri = url.parse()?;
        let mut http = Http::new(self.0.clone(), JWKS_TIMEOUT);
        if let (Some(scheme), Some(authority)) = (url.scheme(), url.authority()) {
            // The author of the API or the operator names it, and no request does.
            http = http.with_origin(scheme, authority);
        }
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
