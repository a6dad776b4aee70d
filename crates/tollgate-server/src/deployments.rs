//! Documents compiled to the plans of their stages.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ipnet::IpNet;
use tollgate::Plan;
use tollgate::gateway::address::{AddressError, AddressTable};
use tollgate::gateway::{CompileOptions, Limits};
use tollgate::integration::aws::{AwsClient, Endpoints};
use tollgate::integration::lambda::FunctionLog;
use tollgate::integration::{AddressFilter, HttpClient};

use crate::config::Config;
use crate::document::{self, Compiled};
use crate::functions::Functions;
use crate::limits::SiteLimits;
use crate::report::Report;
use crate::site::{Site, SiteApi};

/// The last deployment of each document that could be served.
#[derive(Debug, Default)]
pub(crate) struct Deployments {
    deployed: BTreeMap<PathBuf, Deployed>,
    /// `None` before anything is deployed.
    clients: Option<Clients>,
    functions: Functions,
    /// They go on whatever is deployed.
    limits: Arc<Limits>,
    /// What they were set to last.
    limited: Option<SiteLimits>,
}

/// What calls endpoints, and what it was made for: deployments share it, so that connections outlive
/// them.
#[derive(Debug)]
struct Clients {
    http: HttpClient,
    aws: AwsClient,
    reachable: Vec<IpNet>,
    endpoints: Endpoints,
}

#[derive(Debug)]
struct Deployed {
    text: Arc<str>,
    api: SiteApi,
    options: CompileOptions,
    plans: Vec<Arc<Plan>>,
}

/// What calls HTTP endpoints and AWS services of a site.
pub(crate) fn clients(site: &Site) -> (HttpClient, AwsClient) {
    let addresses = AddressFilter::public_and(site.reachable.iter().copied());
    let http = HttpClient::builder().address_filter(addresses).build();
    let mut aws = AwsClient::new(http.clone()).with_endpoints(site.endpoints.clone());
    if let Some(credentials) = &site.credentials {
        aws = aws.with_credentials(Arc::new(credentials.clone()));
    }
    (http, aws)
}

/// What came of deploying a site.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The addresses of all stages that can be served.
    pub(crate) table: Result<AddressTable, AddressError>,
    /// Whether API keys, usage plans or throttles are others now.
    pub(crate) limits_changed: bool,
    /// Documents that were deployed anew.
    pub(crate) deployed: Vec<PathBuf>,
    /// What there is to say about these.
    pub(crate) reports: Vec<Report>,
    /// Documents that cannot be served as they are now.
    pub(crate) refused: Vec<Report>,
}

impl Deployments {
    /// Nothing deployed yet; what functions write goes there, and these are limits.
    pub(crate) fn new(log: FunctionLog, limits: Limits) -> Self {
        Self {
            functions: Functions::new(log),
            limits: Arc::new(limits),
            ..Self::default()
        }
    }

    /// Deploys what changed of the site that this configuration makes.
    ///
    /// A document that cannot be served keeps its last deployment, if it has one.
    pub(crate) fn deploy(&mut self, site: &Site, config: &Config) -> Outcome {
        let (mut deployed, mut reports, mut refused) = (Vec::new(), Vec::new(), Vec::new());
        let mut options = site.compile_options.clone();
        (options.http, options.aws) = self.clients(site);
        options.functions = self.functions.of(config);
        let limits_changed = self.limited.as_ref() != Some(&site.limits);
        if limits_changed {
            site.limits.apply(&self.limits);
            self.limited = Some(site.limits.clone());
        }
        options.limits = self.limits.clone();
        for api in &site.apis {
            match self.deploy_one(api, &options) {
                Ok(None) => {}
                Ok(Some(report)) => {
                    deployed.push(api.file.clone());
                    reports.push(report);
                }
                Err(report) => refused.push(report),
            }
        }
        self.deployed
            .retain(|file, _| site.apis.iter().any(|api| api.file == *file));
        let plans = self.deployed.values().flat_map(|one| &one.plans);
        Outcome {
            table: site.addresses(plans),
            limits_changed,
            deployed,
            reports,
            refused,
        }
    }

    /// What calls endpoints, for a site that is as before in this or is not.
    fn clients(&mut self, site: &Site) -> (HttpClient, AwsClient) {
        // Credentials are those of the environment, which does not change.
        let is_same = |known: &Clients| {
            known.reachable == site.reachable && known.endpoints == site.endpoints
        };
        let known = self.clients.take().filter(is_same).unwrap_or_else(|| {
            let (http, aws) = clients(site);
            Clients {
                http,
                aws,
                reachable: site.reachable.clone(),
                endpoints: site.endpoints.clone(),
            }
        });
        let known = self.clients.insert(known);
        (known.http.clone(), known.aws.clone())
    }

    /// Whether a document has been deployed.
    pub(crate) fn has(&self, file: &Path) -> bool {
        self.deployed.contains_key(file)
    }

    /// `None` if nothing changed, else what there is to say.
    fn deploy_one(
        &mut self,
        api: &SiteApi,
        options: &CompileOptions,
    ) -> Result<Option<Report>, Report> {
        let text = document::read(&api.file)?;
        let is_same =
            |known: &Deployed| known.text == text && known.api == *api && known.options == *options;
        if self.deployed.get(&api.file).is_some_and(is_same) {
            return Ok(None);
        }
        let Compiled { plans, report, .. } = document::compile(api, &text, options)?;
        let deployed = Deployed {
            text,
            api: api.clone(),
            options: options.clone(),
            plans,
        };
        self.deployed.insert(api.file.clone(), deployed);
        Ok(Some(report))
    }
}
