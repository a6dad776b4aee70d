//! What is made of a state of the store.

use tollgate_core::{Clock as _, SystemClock};
use tollgate_gateway::{Gateways, Limits};
use tollgate_store::State;

use crate::addresses;
use crate::client_certificates::ClientCertificates;
use crate::plans::Plans;
use crate::usage_plans::{InvalidUsagePlans, keys, plans};
use crate::{NodeOptions, Status};

/// Compiles states, and publishes what comes of them.
#[derive(Debug)]
pub(crate) struct Publisher {
    gateways: Gateways,
    plans: Plans,
    certificates: ClientCertificates,
    options: Option<NodeOptions>,
    /// The keys and plans that were taken last.
    admitted: Option<State>,
}

impl Publisher {
    pub(crate) fn new(gateways: Gateways) -> Self {
        Self {
            gateways,
            plans: Plans::default(),
            certificates: ClientCertificates::default(),
            options: None,
            admitted: None,
        }
    }

    pub(crate) const fn gateways(&self) -> &Gateways {
        &self.gateways
    }

    /// Publishes what a state has, as far as it can be served.
    pub(crate) fn publish(&mut self, state: &State, mut options: NodeOptions) -> Status {
        let mut problems = Vec::new();
        self.certificates.follow(state, &mut problems);
        self.certificates
            .add_to(&mut options.compile.client_certificates);
        let before = self.options.as_ref();
        let is_anew = before.is_some_and(|before| before.compile != options.compile);
        if let Err(error) = self.admit(state, &options.compile.limits) {
            problems.push(format!(
                "{error}; the keys and usage plans before stay in use"
            ));
        }
        self.plans.follow(state, &options.compile, is_anew);
        let any_host = options.any_host.as_deref();
        if let Some(table) = addresses::table(&self.plans, state, any_host, &mut problems) {
            self.gateways.publish(table);
        }
        self.options = Some(options);
        Status {
            revision: state.revision(),
            stages: self.plans.status(),
            problems,
            ..Status::default()
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
