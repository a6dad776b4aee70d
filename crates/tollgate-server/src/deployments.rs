//! Documents compiled to the plans of their stages.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ipnet::IpNet;
use tollgate::Plan;
use tollgate::core::{Diagnostics, Severity};
use tollgate::gateway::CompileOptions;
use tollgate::gateway::address::{AddressError, AddressTable};
use tollgate::integration::{AddressFilter, HttpClient};
use tollgate::model::Stage;

use crate::document::{self, DocumentError};
use crate::hash::{Base36, fnv1a};
use crate::site::{Site, SiteApi};

/// The last deployment of each document that could be served.
#[derive(Debug, Default)]
pub(crate) struct Deployments {
    deployed: BTreeMap<PathBuf, Deployed>,
    /// What calls endpoints, and the networks that it was made for: deployments share it, so that
    /// connections outlive them.
    client: HttpClient,
    reachable: Vec<IpNet>,
}

#[derive(Debug)]
struct Deployed {
    text: String,
    api: SiteApi,
    options: CompileOptions,
    plans: Vec<Arc<Plan>>,
}

/// What came of deploying a site.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The addresses of all stages that can be served.
    pub(crate) table: Result<AddressTable, AddressError>,
    /// Documents that were deployed anew.
    pub(crate) deployed: Vec<PathBuf>,
    /// What there is to say about these.
    pub(crate) reports: Vec<String>,
    /// Documents that cannot be served as they are now.
    pub(crate) refused: Vec<DocumentError>,
}

impl Deployments {
    /// Deploys what changed of a site.
    ///
    /// A document that cannot be served keeps its last deployment, if it has one.
    pub(crate) fn deploy(&mut self, site: &Site) -> Outcome {
        let (mut deployed, mut reports, mut refused) = (Vec::new(), Vec::new(), Vec::new());
        let mut options = site.compile_options.clone();
        options.http = self.client(&site.reachable);
        for api in &site.apis {
            match self.deploy_one(api, &options) {
                Ok(None) => {}
                Ok(Some(said)) => {
                    deployed.push(api.file.clone());
                    if said.iter().any(|one| one.severity > Severity::Note) {
                        reports.push(document::report(&api.file, &said));
                    }
                }
                Err(error) => refused.push(error),
            }
        }
        self.deployed
            .retain(|file, _| site.apis.iter().any(|api| api.file == *file));
        let mut table = AddressTable::builder();
        for plan in self.deployed.values().flat_map(|one| &one.plans) {
            table = table.stage(plan.clone());
        }
        for (name, mappings) in &site.domains {
            table = table.domain(name.clone(), mappings.iter().cloned());
        }
        if let Some(mappings) = &site.any_host {
            table = table.any_host(mappings.iter().cloned());
        }
        Outcome {
            table: table.build(),
            deployed,
            reports,
            refused,
        }
    }

    /// What calls endpoints, for a site that may reach these private networks.
    fn client(&mut self, reachable: &[IpNet]) -> HttpClient {
        if self.reachable != reachable {
            let addresses = AddressFilter::public_and(reachable.iter().copied());
            self.client = HttpClient::builder().address_filter(addresses).build();
            self.reachable = reachable.to_vec();
        }
        self.client.clone()
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
    ) -> Result<Option<Diagnostics>, DocumentError> {
        let text = document::read(&api.file)?;
        let is_same =
            |known: &Deployed| known.text == text && known.api == *api && known.options == *options;
        if self.deployed.get(&api.file).is_some_and(is_same) {
            return Ok(None);
        }
        let document = document::import(&api.file, &text, &api.id, options)?;
        let deployment_id = Base36::<6>(fnv1a(text.as_bytes())).to_string();
        let mut plans = Vec::new();
        let mut said = Diagnostics::new();
        for stage in &api.stages {
            let mut stage: Stage = stage.clone();
            let id = stage.deployment_id.take();
            stage.deployment_id = Some(id.unwrap_or_else(|| deployment_id.as_str().into()));
            let plan = document.compile(&stage, options);
            let plan = plan.map_err(|said| document::refused(&api.file, said))?;
            for one in plan.diagnostics().iter() {
                // Most remarks are about all stages alike.
                if !said.iter().any(|known| known == one) {
                    said.push(one.clone());
                }
            }
            plans.push(Arc::new(plan));
        }
        let deployed = Deployed {
            text,
            api: api.clone(),
            options: options.clone(),
            plans,
        };
        self.deployed.insert(api.file.clone(), deployed);
        Ok(Some(said))
    }
}
