//! `tollgate.toml`: what a document cannot say.
//!
//! Every key is described in `docs/configuration.md`.

mod api_key;
mod check;
mod control;
mod error;
mod function;
mod iam_key;
mod redis;
mod secret;
mod text;
mod token_issuer;
mod usage_plans;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ipnet::IpNet;
use serde::Deserialize;
use tollgate::core::{Diagnostic, Diagnostics, StageName};
use tollgate::gateway::LinkTarget;
use tollgate::gateway::address::{BasePath, DomainName};
use tollgate::integration::aws::{Endpoint, Endpoints};
use toml::Spanned;

use api_key::ApiKey;
pub(crate) use control::Control;
pub(crate) use error::{Found, syntax};
pub(crate) use function::Function;
pub(crate) use iam_key::IamKey;
pub(crate) use redis::Redis;
pub(crate) use text::Text;
use text::{Account, RegionName};
pub(crate) use text::{ApiName, Bounded, TimeSpan};
pub(crate) use token_issuer::{JwtIssuer, UserPool};
pub(crate) use usage_plans::{Throttle, UsagePlans};

use crate::document;
use crate::environment::{Environment, InvalidVariable};
use crate::forwarded::TrustedProxies;
use crate::plane::Plane;
use crate::report::Report;

/// The name under which the file is looked for beside a document.
const FILE_NAME: &str = "tollgate.toml";

/// What the file says; what it leaves out has its default.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    /// The file, and what stands in it.
    #[serde(skip)]
    source: Option<(PathBuf, Arc<str>)>,
    /// What the environment says besides.
    #[serde(skip)]
    pub(crate) environment: Environment,
    pub(crate) account_id: Text<Account>,
    pub(crate) region: Text<RegionName>,
    /// Whether APIs are reached by paths on hosts that nothing is known about; absent: where there
    /// are no domains.
    pub(crate) any_host: Option<bool>,
    pub(crate) listeners: Vec<Listener>,
    pub(crate) trusted_proxies: TrustedProxies,
    pub(crate) apis: Vec<Api>,
    pub(crate) domains: Vec<Domain>,
    pub(crate) limits: Limits,
    pub(crate) timeouts: Timeouts,
    /// Where AWS services are called, by the name of the service; `all` is all others.
    endpoints: BTreeMap<String, Text<Endpoint>>,
    /// Where VPC links lead, by their ids.
    pub(crate) vpc_links: BTreeMap<String, Text<LinkTarget>>,
    /// What stages show to HTTPS endpoints, by the names that stages have for it.
    pub(crate) client_certificates: BTreeMap<String, Certificate>,
    pub(crate) outbound: Outbound,
    /// Lambda functions in processes of their own, by the names that integrations call them by.
    pub(crate) functions: BTreeMap<Spanned<String>, Function>,
    /// API keys by their ids.
    pub(crate) api_keys: BTreeMap<Spanned<String>, ApiKey>,
    pub(crate) usage_plans: UsagePlans,
    pub(crate) throttle: Throttles,
    /// Keys of callers who sign, by their ids.
    pub(crate) iam_keys: BTreeMap<Spanned<String>, IamKey>,
    /// User pools that are not those of Amazon Cognito, by their ARNs.
    pub(crate) user_pools: BTreeMap<String, UserPool>,
    /// Issuers of tokens that do not say themselves where their keys are, by their URLs.
    pub(crate) jwt_issuers: BTreeMap<Spanned<String>, JwtIssuer>,
    /// The folder that stands for the object storage in which domain names of a store have their
    /// truststores; absent: there is none.
    pub(crate) truststores: Option<PathBuf>,
    /// The control plane.
    pub(crate) control: Option<Control>,
    /// Where limits are shared; absent: nowhere.
    pub(crate) redis: Option<Redis>,
}

/// Limits of all requests together.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Throttles {
    /// Of the account.
    pub(crate) account: Option<Throttle>,
    /// Of this process.
    pub(crate) process: Option<Throttle>,
    /// Of each caller of methods that need no key.
    pub(crate) client: Option<Throttle>,
    /// Requests that are answered at the same time.
    pub(crate) concurrent_requests: Option<usize>,
    /// What is only observed.
    pub(crate) shadow: Vec<Shadow>,
}

/// Limits that can be observed without being enforced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Shadow {
    /// Those of methods, of all stages.
    Methods,
    Account,
    Process,
    Client,
}

/// Where connections are accepted.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Listener {
    pub(crate) address: SocketAddr,
    /// Absent: connections are not encrypted.
    #[serde(default)]
    pub(crate) tls: Option<ListenerTls>,
    /// What is served there.
    #[serde(skip)]
    pub(crate) plane: Plane,
}

impl Listener {
    /// A listener for requests to APIs, without encryption.
    pub(crate) const fn data(address: SocketAddr) -> Self {
        Self {
            address,
            tls: None,
            plane: Plane::Data,
        }
    }
}

/// What a listener shows to clients that name none of the domains with a certificate; absent: they
/// are refused.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListenerTls {
    #[serde(default)]
    certificate: Option<Spanned<PathBuf>>,
    #[serde(default)]
    private_key: Option<Spanned<PathBuf>>,
}

impl ListenerTls {
    /// The files of the certificate.
    pub(crate) fn certificate(&self) -> Option<Certificate> {
        let (certificate, private_key) = (self.certificate.as_ref()?, self.private_key.as_ref()?);
        Some(Certificate {
            certificate: certificate.get_ref().clone(),
            private_key: private_key.get_ref().clone(),
        })
    }
}

/// A certificate chain and its key, in PEM files.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Certificate {
    pub(crate) certificate: PathBuf,
    pub(crate) private_key: PathBuf,
}

/// A document and how it is served.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Api {
    pub(crate) file: Spanned<PathBuf>,
    #[serde(default)]
    pub(crate) id: Option<Spanned<Text<ApiName>>>,
    #[serde(default)]
    pub(crate) base_path: Option<Text<BasePath>>,
    #[serde(default)]
    pub(crate) stages: Vec<Stage>,
}

/// A stage of an API.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stage {
    pub(crate) name: Spanned<Text<StageName>>,
    #[serde(default)]
    pub(crate) description: Option<String>,
    #[serde(default)]
    pub(crate) client_certificate: Option<Spanned<String>>,
    #[serde(default)]
    pub(crate) variables: BTreeMap<String, Spanned<String>>,
    /// The limit of each method that has none of its own.
    #[serde(default)]
    pub(crate) throttle: Option<Throttle>,
    /// Limits of methods, such as `/pets/GET`.
    #[serde(default)]
    pub(crate) methods: BTreeMap<String, Throttle>,
}

/// A custom domain name.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Domain {
    pub(crate) name: Spanned<Text<DomainName>>,
    #[serde(default)]
    pub(crate) tls: Option<Certificate>,
    /// The certificates that those of clients must be signed with; absent: clients need none.
    #[serde(default)]
    pub(crate) truststore: Option<Spanned<PathBuf>>,
    #[serde(default)]
    pub(crate) mappings: Vec<Mapping>,
}

/// A base path mapping.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mapping {
    #[serde(default)]
    pub(crate) base_path: Option<Text<BasePath>>,
    pub(crate) api: Spanned<String>,
    #[serde(default)]
    pub(crate) stage: Option<Spanned<Text<StageName>>>,
}

/// How much a client may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Limits {
    /// Connections of one listener.
    pub(crate) connections: Bounded<1, 1_000_000>,
    /// Bytes of all header lines of a request.
    pub(crate) header_bytes: Bounded<256, 65_536>,
    /// Bytes of a request target.
    pub(crate) target_bytes: Bounded<64, 65_534>,
    /// Requests that one HTTP/2 connection may have open.
    pub(crate) http2_streams: Bounded<1, 10_000>,
    /// Bytes of an HTTP/2 header list, as HTTP/2 counts them.
    pub(crate) http2_header_list_bytes: Bounded<1_024, 1_048_576>,
    /// Streams that a client reset and the server is not done with.
    pub(crate) http2_pending_resets: Bounded<1, 10_000>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: Bounded(10_000),
            header_bytes: Bounded(10_240),
            target_bytes: Bounded(10_240),
            http2_streams: Bounded(100),
            http2_header_list_bytes: Bounded(16_384),
            http2_pending_resets: Bounded(20),
        }
    }
}

/// How long a client may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Timeouts {
    /// For the TLS handshake.
    pub(crate) handshake: Text<TimeSpan>,
    /// For the head of a request, from its first byte, or from the beginning of the connection.
    pub(crate) header: Text<TimeSpan>,
    /// Between two parts of a request's body.
    pub(crate) body_idle: Text<TimeSpan>,
    /// Until the client takes more of a response.
    pub(crate) write_idle: Text<TimeSpan>,
    /// Between two requests.
    pub(crate) keep_alive_idle: Text<TimeSpan>,
    /// Between two signs of life of an HTTP/2 client.
    pub(crate) http2_ping_interval: Text<TimeSpan>,
    /// For the answer to a ping.
    pub(crate) http2_ping_timeout: Text<TimeSpan>,
    /// For requests in flight once the server is asked to end.
    pub(crate) shutdown_grace: Text<TimeSpan>,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            handshake: TimeSpan::seconds(10),
            header: TimeSpan::seconds(10),
            body_idle: TimeSpan::seconds(10),
            write_idle: TimeSpan::seconds(30),
            keep_alive_idle: TimeSpan::seconds(60),
            http2_ping_interval: TimeSpan::seconds(20),
            http2_ping_timeout: TimeSpan::seconds(10),
            shutdown_grace: TimeSpan::seconds(30),
        }
    }
}

/// Calls to hosts that requests name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Outbound {
    /// Networks that such a host may be in although they are private.
    pub(crate) allow: Vec<IpNet>,
}

/// Where the configuration of a document is looked for.
pub(crate) fn beside(document: &Path) -> PathBuf {
    let folder = document.parent().unwrap_or(Path::new(""));
    folder.join(FILE_NAME)
}

impl Config {
    /// What a file says, or what holds without one, and what the environment does.
    pub(crate) fn of(file: Option<&Path>) -> Result<Self, Report> {
        let mut config = file.map_or_else(|| Ok(Self::default()), Self::read)?;
        // Not the file's fault.
        let wrong = |error: InvalidVariable| Self::default().wrong(error.to_string());
        config.environment = Environment::of_process().map_err(wrong)?;
        Ok(config)
    }

    /// Where AWS services are called.
    pub(crate) fn endpoints(&self) -> Endpoints {
        let mut configured = Endpoints::default();
        for (service, endpoint) in &self.endpoints {
            configured = configured.with(service, endpoint.0.clone());
        }
        self.environment.over(configured)
    }

    /// Reads the file.
    fn read(file: &Path) -> Result<Self, Report> {
        let text = document::read(file)?;
        let mut config: Self =
            toml::from_str(&text).map_err(|problem| syntax(file, text.clone(), &problem))?;
        let found = check::check(&config);
        if !found.is_empty() {
            return Err(error::found(file, text, found));
        }
        config.resolve(file.parent().unwrap_or(Path::new("")));
        config.source = Some((file.to_owned(), text));
        Ok(config)
    }

    /// The certificates of domains.
    pub(crate) fn domain_certificates(&self) -> impl Iterator<Item = (&DomainName, &Certificate)> {
        let domains = self.domains.iter();
        domains.filter_map(|one| Some((&one.name.get_ref().0, one.tls.as_ref()?)))
    }

    /// The truststores of domains.
    pub(crate) fn truststores(&self) -> impl Iterator<Item = (&DomainName, &PathBuf)> {
        let domains = self.domains.iter();
        domains.filter_map(|one| {
            let truststore = one.truststore.as_ref()?;
            Some((&one.name.get_ref().0, truststore.get_ref()))
        })
    }

    /// Whether the other was read from the same text.
    pub(crate) fn is_same_as(&self, other: &Self) -> bool {
        self.source == other.source
    }

    /// A remark about what does not go together, wherever that is said.
    pub(crate) fn wrong(&self, message: String) -> Report {
        self.report(Diagnostic::error("", message).into())
    }

    fn report(&self, diagnostics: Diagnostics) -> Report {
        let (file, text) = self.source.clone().unzip();
        Report {
            file,
            text,
            diagnostics,
        }
    }

    /// Accepts the file unless something was found in it.
    pub(crate) fn accept(&self, found: Vec<Found>) -> Result<(), Report> {
        match &self.source {
            Some((file, text)) if !found.is_empty() => Err(error::found(file, text.clone(), found)),
            _ => Ok(()),
        }
    }

    /// That there is nothing to say about the file.
    pub(crate) fn unremarkable(&self) -> Report {
        self.report(Diagnostics::new())
    }

    /// Makes paths relative to the folder of the file.
    fn resolve(&mut self, folder: &Path) {
        let resolve = |path: &mut PathBuf| *path = folder.join(&path);
        for api in &mut self.apis {
            resolve(api.file.get_mut());
        }
        let of_control = self.control.as_mut().and_then(|one| one.tls.as_mut());
        let of_listeners = self.listeners.iter_mut();
        let of_listeners = of_listeners.filter_map(|one| one.tls.as_mut());
        for tls in of_listeners.chain(of_control) {
            let files = [&mut tls.certificate, &mut tls.private_key];
            for file in files.into_iter().flatten() {
                resolve(file.get_mut());
            }
        }
        for domain in &mut self.domains {
            if let Some(truststore) = &mut domain.truststore {
                resolve(truststore.get_mut());
            }
        }
        if let Some(truststores) = &mut self.truststores {
            resolve(truststores);
        }
        let of_domains = self.domains.iter_mut().filter_map(|one| one.tls.as_mut());
        for key in self.api_keys.values_mut() {
            if let Some(file) = &mut key.value_file {
                resolve(file.get_mut());
            }
        }
        for key in self.iam_keys.values_mut() {
            key.resolve(folder);
        }
        for pair in of_domains.chain(self.client_certificates.values_mut()) {
            resolve(&mut pair.certificate);
            resolve(&mut pair.private_key);
        }
        let of_redis = self.redis.as_mut();
        if let Some(file) = of_redis.and_then(|redis| redis.address_file.as_mut()) {
            resolve(file.get_mut());
        }
        if let Some(control) = &mut self.control {
            control.resolve(folder);
        }
        for function in self.functions.values_mut() {
            function.resolve(folder);
        }
    }
}
