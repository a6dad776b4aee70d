//! A node: what keeps gateways in step with a store.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::AbortHandle;
use tollgate_core::{ApiId, StageName};
use tollgate_gateway::{Gateways, StagePlans};
use tollgate_store::{ConfigStore, Revision, State, StoreError};

use crate::publisher::Publisher;
use crate::{NodeOptions, StateObserver, Status};

/// How long a store that could not be read is left alone.
const PAUSE: Duration = Duration::from_secs(1);

/// Keeps gateways in step with a store, as long as it lives.
///
/// Whenever the store has another revision, what changed is compiled, on a thread that requests do not
/// wait for, and published at once. What cannot be compiled stays what it was, and
/// [`status`](Self::status) says why. While the store is away, all goes on as it is.
///
/// See the [crate's page](crate) for an example.
#[derive(Debug)]
pub struct Node {
    /// With a number that every change makes greater.
    options: watch::Sender<(u64, NodeOptions)>,
    status: watch::Receiver<Arc<Status>>,
    task: AbortHandle,
    gateways: Gateways,
}

impl Node {
    /// Publishes what the store has, and follows it from then on, in a task of the runtime that this is
    /// called in.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the store cannot be read; nothing has been published.
    pub async fn start(
        store: Arc<dyn ConfigStore>,
        gateways: Gateways,
        options: NodeOptions,
    ) -> Result<Self, StoreError> {
        Self::start_with(store, gateways, options, None).await
    }

    /// The same, with somebody who has to keep in step.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the store cannot be read; nothing has been published.
    pub async fn start_observed(
        store: Arc<dyn ConfigStore>,
        gateways: Gateways,
        options: NodeOptions,
        observer: Arc<dyn StateObserver>,
    ) -> Result<Self, StoreError> {
        Self::start_with(store, gateways, options, Some(observer)).await
    }

    async fn start_with(
        store: Arc<dyn ConfigStore>,
        gateways: Gateways,
        options: NodeOptions,
        observer: Option<Arc<dyn StateObserver>>,
    ) -> Result<Self, StoreError> {
        let revisions = store.watch();
        let state = store.load().await?;
        let (options, changed) = watch::channel((0, options));
        let publisher = Publisher::new(gateways.clone(), observer);
        let (told, status) = watch::channel(Arc::default());
        let mut follower = Follower {
            store,
            revisions,
            options: changed,
            told,
        };
        let publisher = follower.publish(publisher, state).await;
        let task = tokio::spawn(follower.run(publisher)).abort_handle();
        Ok(Self {
            options,
            status,
            task,
            gateways,
        })
    }

    /// What is served, and what should be.
    #[must_use]
    pub fn status(&self) -> Arc<Status> {
        self.status.borrow().clone()
    }

    /// Tells of every change of [`status`](Self::status).
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Arc<Status>> {
        self.status.clone()
    }

    /// Waits until what the store had at a revision, or later, is served as far as it can be.
    ///
    /// This is for ever where the store cannot be read any more: a caller has a time of its own.
    pub async fn reached(&self, revision: Revision) -> Arc<Status> {
        self.wait_for(|status| status.revision >= revision).await
    }

    /// The options that are served with, or will be next.
    #[must_use]
    pub fn options(&self) -> NodeOptions {
        self.options.borrow().1.clone()
    }

    /// Forgets what the Lambda authorizers of a stage answered; whether the stage is served.
    pub fn flush_authorizers(&self, api: &ApiId, stage: &StageName) -> bool {
        let table = self.gateways.table();
        let mut plans = table.plans().map(StagePlans::production);
        let served = plans.find(|plan| {
            let of = plan.stage();
            (&of.api_id, &of.stage) == (api, stage)
        });
        // The canary's plan shares the cache.
        served.inspect(|plan| plan.flush_authorizers()).is_some()
    }

    /// Serves with other options, and waits until it does.
    pub async fn set_options(&self, options: NodeOptions) -> Arc<Status> {
        let mut wanted = 0;
        self.options.send_if_modified(|(number, known)| {
            let is_other = *known != options;
            if is_other {
                (*number, *known) = (*number + 1, options);
            }
            wanted = *number;
            is_other
        });
        self.wait_for(|status| status.options >= wanted).await
    }

    async fn wait_for(&self, is_it: impl Fn(&Status) -> bool) -> Arc<Status> {
        let mut status = self.status.clone();
        let found = status.wait_for(|status| is_it(status)).await;
        let found = found.map(|status| status.clone());
        // The runtime is ending otherwise.
        found.unwrap_or_else(|_| self.status())
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The task of a node.
struct Follower {
    store: Arc<dyn ConfigStore>,
    revisions: watch::Receiver<Revision>,
    options: watch::Receiver<(u64, NodeOptions)>,
    told: watch::Sender<Arc<Status>>,
}

impl Follower {
    async fn run(mut self, mut publisher: Publisher) {
        loop {
            tokio::select! {
                changed = self.revisions.changed() => if changed.is_err() { return },
                changed = self.options.changed() => if changed.is_err() { return },
            }
            let state = loop {
                match self.store.load().await {
                    Ok(state) => break state,
                    Err(error) => {
                        self.told.send_modify(|status| {
                            Arc::make_mut(status).unavailable = Some(error.to_string());
                        });
                        tokio::time::sleep(PAUSE).await;
                    }
                }
            };
            publisher = self.publish(publisher, state).await;
        }
    }

    /// Compiles and publishes on a thread for work that takes its time.
    async fn publish(&mut self, mut publisher: Publisher, state: Arc<State>) -> Publisher {
        let (number, options) = self.options.borrow_and_update().clone();
        let (afresh, revision) = (publisher.afresh(), state.revision());
        let work = tokio::task::spawn_blocking(move || {
            let mut status = publisher.publish(&state, options);
            status.options = number;
            (publisher, status)
        });
        match work.await {
            Ok((publisher, status)) => {
                self.told.send_replace(Arc::new(status));
                publisher
            }
            Err(error) => {
                let message = format!("publishing failed, which is a bug: {error}");
                // Whoever waits for this is told of it, too.
                self.told.send_modify(|status| {
                    let status = Arc::make_mut(status);
                    status.problems = vec![message];
                    (status.revision, status.options) = (revision, number);
                });
                // What is served goes on; all of it is compiled again next time.
                afresh
            }
        }
    }
}
