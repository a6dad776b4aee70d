//! What is made of a state of the store.

use std::sync::Arc;

use tollgate_core::{Clock as _, SystemClock};
use tollgate_gateway::{CompileOptions, Gateways, Limits};
use tollgate_store::State;

use crate::addresses;
use crate::client_certificates::ClientCertificates;
use crate::plans::Plans;
use crate::usage_plans::{InvalidUsagePlans, keys, plans};
use crate::{NodeOptions, StateObserver, Status};

/// Compiles states, and publishes what comes of them.
#[derive(Debug)]
pub(crate) struct Publisher {
    gateways: Gateways,
    observer: Option<Arc<dyn StateObserver>>,
    plans: Plans,
    certificates: ClientCertificates,
    options: Option<NodeOptions>,
    /// The keys and plans that were taken last.
    admitted: Option<State>,
}

impl Publisher {
    pub(crate) fn new(gateways: Gateways, observer: Option<Arc<dyn StateObserver>>) -> Self {
        Self {
            gateways,
            observer,
            plans: Plans::default(),
            certificates: ClientCertificates::default(),
            options: None,
            admitted: None,
        }
    }

    /// One that has published nothing yet.
    pub(crate) fn afresh(&self) -> Self {
        Self::new(self.gateways.clone(), self.observer.clone())
    }

    /// Publishes what a state has, as far as it can be served.
    pub(crate) fn publish(&mut self, state: &State, mut options: NodeOptions) -> Status {
        let mut problems = Vec::new();
        self.certificates.follow(state, &mut problems);
        self.certificates
            .add_to(&mut options.compile.client_certificates);
        let before = self.options.as_ref();
        let is_anew = before.is_some_and(|before| is_other(&before.compile, &options.compile));
        if let Err(error) = self.admit(state, &options.compile.limits) {
            problems.push(format!(
                "{error}; the keys and usage plans before stay in use"
            ));
        }
        self.plans.follow(state, &options.compile, is_anew);
        let any_host = options.any_host.as_deref();
        let table = addresses::table(&self.plans, state, any_host, &mut problems);
        // Nothing is served before those know of it who have to guard it.
        self.tell(|observer| observer.coming(state));
        if let Some(table) = table {
            self.gateways.publish(table);
            self.tell(|observer| observer.served(state));
        }
        self.options = Some(options);
        Status {
            revision: state.revision(),
            stages: self.plans.status(),
            problems,
            ..Status::default()
        }
    }

    fn tell(&self, what: impl Fn(&dyn StateObserver)) {
        if let Some(observer) = &self.observer {
            what(&**observer);
        }
    }

    /// Lets the keys and usage plans of a state count, where they are others than before.
    fn admit(&mut self, state: &State, limits: &Limits) -> Result<(), InvalidUsagePlans> {
        let is_same = match &self.admitted {
            Some(before) => {
                state.api_keys().eq(before.api_keys())
                    && state.usage_plans().eq(before.usage_plans())
                    && state.usage_plans().all(|plan| {
                        let keys = state.usage_plan_keys(&plan.id);
                        keys.eq(before.usage_plan_keys(&plan.id))
                    })
            }
            // Whoever has none in the store may have others.
            None => state.api_keys().next().is_none() && state.usage_plans().next().is_none(),
        };
        if is_same {
            return Ok(());
        }
        let keys = keys(state.api_keys())?;
        let plans = plans(state)?;
        let known = limits.usage_plans();
        let updated = known.updated(&plans, &keys, SystemClock::new().now());
        let updated = updated.map_err(InvalidUsagePlans::Plans)?;
        limits.set_usage_plans(updated);
        self.admitted = Some(state.clone());
        Ok(())
    }
}

/// Whether all stages are to be compiled anew. Client certificates are compared stage by stage.
fn is_other(before: &CompileOptions, options: &CompileOptions) -> bool {
    let mut before = before.clone();
    let certificates = &mut before.client_certificates;
    certificates.clone_from(&options.client_certificates);
    before != *options
}

#[cfg(test)]
mod tests {
    use tollgate_core::{ApiId, SeededRandom};
    use tollgate_deploy::{Change as Step, Frozen, Lifecycle, NewDeployment};
    use tollgate_gateway::Plan;
    use tollgate_gateway::address::AddressTable;
    use tollgate_model::{ApiDocument, ClientCertificate, Resource, Timestamp};
    use tollgate_store::{Change, Entity};

    use super::*;

    /// An API with a stage that shows this certificate.
    fn api(id: &str, certificate: Option<&str>) -> Vec<Change> {
        let mut document = ApiDocument::new(id);
        document.rest_api.id = Some(id.into());
        document.resources.push(Resource::root("root000000".into()));
        let mut changes = State::new().replace_draft(&document);
        let frozen = Frozen::new(document).expect("it is small");
        let (new, now) = (NewDeployment::to_stage("prod"), Timestamp::from_seconds(0));
        let deployed = Lifecycle::default().deploy(frozen, &new, now, &SeededRandom::new(1));
        for mut step in deployed.expect("it can be deployed").changes {
            if let Step::PutStage(stage) = &mut step {
                stage.client_certificate_id = certificate.map(str::to_owned);
            }
            changes.push((ApiId::new(id), step).into());
        }
        changes
    }

    fn certificate(id: &str) -> Change {
        let made = rcgen::generate_simple_self_signed(["client".to_owned()]);
        let made = made.expect("it is made of a name");
        let (chain, key) = (made.cert.pem(), made.signing_key.serialize_pem());
        Change::Put(Entity::ClientCertificate(ClientCertificate::new(
            id, chain, key,
        )))
    }

    #[test]
    fn a_certificate_is_compiled_into_the_stages_that_show_it() {
        let table = AddressTable::builder().build().expect("it is empty");
        let mut publisher = Publisher::new(Gateways::new(table), None);
        let mut options = NodeOptions::default();
        let mut publish = |state: &State, options: &NodeOptions| -> Vec<Arc<Plan>> {
            let status = publisher.publish(state, options.clone());
            assert_eq!(status.problems, [""; 0]);
            let running = publisher.plans.running();
            running
                .map(|plans| Arc::clone(plans.production()))
                .collect()
        };
        let mut changes = vec![certificate("shown")];
        changes.extend(api("a", Some("shown")));
        changes.extend(api("b", None));
        let mut state = State::new().apply(&changes).expect("it is whole").state;
        let mut before = publish(&state, &options);
        for (id, is_shown) in [("other", false), ("shown", true), ("other", false)] {
            let changed = state.apply(&[certificate(id)]);
            state = changed.expect("it is whole").state;
            let plans = publish(&state, &options);
            let is_same = |at: usize| Arc::ptr_eq(&plans[at], &before[at]);
            assert_eq!((is_same(0), is_same(1)), (!is_shown, true), "{id}");
            before = plans;
        }
        options.compile.region = "eu-west-1".into();
        let plans = publish(&state, &options);
        let mut both = plans.iter().zip(&before);
        assert!(both.all(|(plan, before)| !Arc::ptr_eq(plan, before)));
    }
}
