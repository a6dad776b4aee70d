//! What is deployed and served.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::runtime::Handle;
use tollgate::core::{Clock as _, SystemClock};
use tollgate::gateway::{CompileOptions, Gateways, Limits};
use tollgate::integration::lambda::FunctionLog;
use tollgate::node::{Node, NodeOptions, StateObserver, Status};
use tollgate::store::{ConfigStore, MemoryStore, Revision, StoreError};

use crate::callers::Callers;
use crate::clients::Clients;
use crate::config::Config;
use crate::document::{self, Compiled};
use crate::functions::Functions;
use crate::limits::SiteLimits;
use crate::report::Report;
use crate::site::{Site, SiteApi};
use crate::site_changes::{Fresh, changes};

/// What is served from a store: one that holds what documents say, or one that others write to.
pub(crate) struct Deployments {
    runtime: Handle,
    store: Arc<dyn ConfigStore>,
    /// Whether documents are what stands in the store.
    has_documents: bool,
    gateways: Gateways,
    /// Who hears of what is served.
    observer: Option<Arc<dyn StateObserver>>,
    /// `None` before anything is served.
    node: Option<Arc<Node>>,
    deployed: BTreeMap<PathBuf, Deployed>,
    clients: Option<Clients>,
    functions: Functions,
    /// They go on whatever is deployed.
    limits: Arc<Limits>,
    /// What they were set to last.
    limited: Option<SiteLimits>,
    callers: Callers,
}

/// The last deployment of a document that could be served.
#[derive(Debug)]
struct Deployed {
    text: Arc<str>,
    api: SiteApi,
    options: CompileOptions,
}

/// What came of deploying a site.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// What is served, and what is not as it should be.
    pub(crate) status: Arc<Status>,
    /// Whether API keys, usage plans or throttles are others now.
    pub(crate) limits_changed: bool,
    /// Whether keys of callers or issuers of tokens are others now.
    pub(crate) callers_changed: bool,
    /// Documents that were deployed anew.
    pub(crate) deployed: Vec<PathBuf>,
    /// What there is to say about these.
    pub(crate) reports: Vec<Report>,
    /// Documents that cannot be served as they are now.
    pub(crate) refused: Vec<Report>,
}

impl Deployments {
    /// Documents, none of them deployed yet. What functions write goes to the log.
    pub(crate) fn of_documents(
        runtime: Handle,
        gateways: Gateways,
        log: FunctionLog,
        limits: Limits,
    ) -> Self {
        let store = Arc::new(MemoryStore::new());
        Self {
            has_documents: true,
            ..Self::of_store(runtime, store, gateways, log, limits)
        }
    }

    /// A store that others write to.
    pub(crate) fn of_store(
        runtime: Handle,
        store: Arc<dyn ConfigStore>,
        gateways: Gateways,
        log: FunctionLog,
        limits: Limits,
    ) -> Self {
        Self {
            runtime,
            store,
            has_documents: false,
            gateways,
            observer: None,
            node: None,
            deployed: BTreeMap::new(),
            clients: None,
            functions: Functions::new(log),
            limits: Arc::new(limits),
            limited: None,
            callers: Callers::default(),
        }
    }

    /// The same, and somebody hears of what is served.
    pub(crate) fn observed_by(self, observer: Arc<dyn StateObserver>) -> Self {
        let observer = Some(observer);
        Self { observer, ..self }
    }

    /// What limits requests.
    pub(crate) const fn limits(&self) -> &Arc<Limits> {
        &self.limits
    }

    /// What follows the store, once something is served.
    pub(crate) const fn node(&self) -> Option<&Arc<Node>> {
        self.node.as_ref()
    }

    /// Where what is served is kept.
    pub(crate) const fn store(&self) -> &Arc<dyn ConfigStore> {
        &self.store
    }

    /// Deploys what changed of the site that this configuration makes, and serves it.
    ///
    /// A document that cannot be served keeps its last deployment, if it has one. At the beginning,
    /// nothing is served where one cannot.
    ///
    /// It waits for the store, and must not be called from a task.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the store cannot be read at the beginning.
    pub(crate) fn deploy(&mut self, site: &Site, config: &Config) -> Result<Outcome, StoreError> {
        let clients = self.clients.take().filter(|known| known.are_for(site));
        let clients = self
            .clients
            .insert(clients.unwrap_or_else(|| Clients::of(site)));
        let mut options = site.compile_options.clone();
        (options.http, options.aws) = clients.both();
        options.functions = self.functions.of(config);
        options.limits = self.limits.clone();
        let callers_changed = self.callers.apply(&site.callers, &mut options);
        let limits_changed = self.limited.as_ref() != Some(&site.limits);
        if limits_changed {
            // Those of a store are the node's to set.
            if self.has_documents {
                site.limits.apply_plans(&self.limits);
            }
            site.limits.apply(&self.limits);
            self.limited = Some(site.limits.clone());
        }
        let mut outcome = Outcome {
            status: Arc::default(),
            limits_changed,
            callers_changed,
            deployed: Vec::new(),
            reports: Vec::new(),
            refused: Vec::new(),
        };
        let (fresh, made) = self.compile(site, &options, &mut outcome);
        if self.node.is_none() && !outcome.refused.is_empty() {
            return Ok(outcome);
        }
        outcome.status = self.serve(site, &fresh, options)?;
        // What was not deployed is tried once more.
        self.deployed.extend(made);
        let is_there = |file: &PathBuf| site.apis.iter().any(|api| api.file == *file);
        self.deployed.retain(|file, _| is_there(file));
        Ok(outcome)
    }

    /// Whether a document has been deployed.
    pub(crate) fn has(&self, file: &Path) -> bool {
        self.deployed.contains_key(file)
    }

    /// Compiles the documents that are not as before, to see whether they can be served.
    fn compile(
        &self,
        site: &Site,
        options: &CompileOptions,
        outcome: &mut Outcome,
    ) -> (Vec<Fresh>, Vec<(PathBuf, Deployed)>) {
        let (mut fresh, mut made) = (Vec::new(), Vec::new());
        for api in &site.apis {
            match self.compile_one(api, options) {
                Ok(None) => {}
                Ok(Some((one, deployed, report))) => {
                    fresh.push(one);
                    made.push((api.file.clone(), deployed));
                    outcome.deployed.push(api.file.clone());
                    outcome.reports.push(report);
                }
                Err(report) => outcome.refused.push(report),
            }
        }
        (fresh, made)
    }

    /// `None` if nothing changed.
    fn compile_one(
        &self,
        api: &SiteApi,
        options: &CompileOptions,
    ) -> Result<Option<(Fresh, Deployed, Report)>, Report> {
        let text = document::read(&api.file)?;
        let is_same =
            |known: &Deployed| known.text == text && known.api == *api && known.options == *options;
        if self.deployed.get(&api.file).is_some_and(is_same) {
            return Ok(None);
        }
        let Compiled {
            frozen,
            stages,
            report,
            ..
        } = document::compile(api, &text, &options.on_trial())?;
        let deployed = Deployed {
            text,
            api: api.clone(),
            options: options.clone(),
        };
        let fresh = Fresh {
            document: frozen,
            stages,
        };
        Ok(Some((fresh, deployed, report)))
    }

    /// Puts what is fresh into the store, and waits until it is served.
    fn serve(
        &mut self,
        site: &Site,
        fresh: &[Fresh],
        options: CompileOptions,
    ) -> Result<Arc<Status>, StoreError> {
        let mut with = NodeOptions::default();
        with.compile = options;
        with.any_host.clone_from(&site.any_host);
        self.runtime.clone().block_on(async {
            let revision = if self.has_documents {
                self.write(site, fresh).await?
            } else {
                Revision::default()
            };
            let node = match &self.node {
                Some(node) => {
                    node.set_options(with).await;
                    node
                }
                None => {
                    let (store, gateways) = (self.store.clone(), self.gateways.clone());
                    let node = match self.observer.clone() {
                        Some(observer) => {
                            Node::start_observed(store, gateways, with, observer).await?
                        }
                        None => Node::start(store, gateways, with).await?,
                    };
                    self.node.insert(Arc::new(node))
                }
            };
            Ok(node.reached(revision).await)
        })
    }

    async fn write(&self, site: &Site, fresh: &[Fresh]) -> Result<Revision, StoreError> {
        let state = self.store.load().await?;
        let now = SystemClock::new().now().into();
        let changes = changes(&state, site, fresh, now);
        let state = self.store.commit(state.revision(), &changes).await?;
        Ok(state.revision())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use futures::future::BoxFuture;
    use tokio::runtime::Runtime;
    use tokio::sync::watch;
    use tollgate::gateway::address::AddressTable;
    use tollgate::model::{ApiKey, ApiStage, UsagePlan, UsagePlanKey};
    use tollgate::store::{Change, Entity, InvalidChange, State};

    use super::*;

    fn config(text: &str) -> Config {
        toml::from_str(text).expect("the test's configuration is one")
    }

    /// A store whose first commit fails.
    #[derive(Default)]
    struct Full(MemoryStore, AtomicBool);

    impl ConfigStore for Full {
        fn load<'s, 'f>(&'s self) -> BoxFuture<'f, Result<Arc<State>, StoreError>>
        where
            's: 'f,
            Self: 'f,
        {
            self.0.load()
        }

        fn commit<'s, 'c, 'f>(
            &'s self,
            expected: Revision,
            changes: &'c [Change],
        ) -> BoxFuture<'f, Result<Arc<State>, StoreError>>
        where
            's: 'f,
            'c: 'f,
            Self: 'f,
        {
            if self.1.swap(true, Ordering::Relaxed) {
                return self.0.commit(expected, changes);
            }
            let full = StoreError::Invalid(InvalidChange::CommitTooLarge);
            Box::pin(std::future::ready(Err(full)))
        }

        fn watch(&self) -> watch::Receiver<Revision> {
            self.0.watch()
        }
    }

    #[test]
    fn what_was_not_stored_is_deployed_the_next_time() {
        let runtime = Runtime::new().expect("there are threads");
        let name = format!("tollgate-deployments-{}.json", std::process::id());
        let file = std::env::temp_dir().join(name);
        let text = r#"{"openapi": "3.0.1", "info": {"title": "a", "version": "1"}, "paths": {}}"#;
        std::fs::write(&file, text).expect("there is a place for temporary files");
        let nothing = AddressTable::builder().build().expect("it is empty");
        let gateways = Gateways::new(nothing);
        let mut deployments = Deployments {
            store: Arc::new(Full::default()),
            ..Deployments::of_documents(
                runtime.handle().clone(),
                gateways.clone(),
                FunctionLog::new(|_| {}),
                Limits::new(),
            )
        };
        let (config, stage) = (config(""), "prod".parse().expect("it is a stage name"));
        let site = Site::new(std::slice::from_ref(&file), &stage, &config);
        let site = site.expect("the configuration is right");
        assert!(deployments.deploy(&site, &config).is_err());
        let outcome = deployments.deploy(&site, &config);
        let outcome = outcome.expect("the store is there");
        assert_eq!(outcome.deployed, std::slice::from_ref(&file));
        assert_eq!(gateways.table().plans().count(), 1);
        std::fs::remove_file(file).expect("it is ours");
    }

    #[test]
    fn throttles_that_change_leave_the_keys_of_a_store_alone() {
        let runtime = Runtime::new().expect("there are threads");
        let mut key = ApiKey::new("key");
        key.value = Some("let-me-in-let-me-in-let-me".to_owned());
        let mut plan = UsagePlan::new("plan", "gold");
        let prod = "prod".parse().expect("it is a stage name");
        plan.api_stages.push(ApiStage::new("api".into(), prod));
        let entities = [
            Entity::ApiKey(key),
            Entity::UsagePlan(plan),
            Entity::UsagePlanKey(UsagePlanKey::new("plan", "key")),
        ];
        let changes: Vec<_> = entities.into_iter().map(Change::Put).collect();
        let state = State::new().apply(&changes).expect("it is whole").state;
        let nothing = AddressTable::builder().build().expect("it is empty");
        let mut deployments = Deployments::of_store(
            runtime.handle().clone(),
            Arc::new(MemoryStore::of(state)),
            Gateways::new(nothing),
            FunctionLog::new(|_| {}),
            Limits::new(),
        );
        for text in [
            "",
            "throttle = { process = { rate = 1, burst = 1 } }",
            "throttle = { account = { rate = 1, burst = 1 } }",
        ] {
            let config = config(text);
            let site = Site::of_store(&config).expect("the configuration is right");
            let outcome = deployments.deploy(&site, &config);
            let outcome = outcome.expect("a store in memory can be read");
            assert_eq!(outcome.status.problems, [""; 0], "{text}");
            let plans = deployments.limits().usage_plans();
            assert!(plans.stage("api", "prod").is_some(), "{text}");
        }
    }
}
