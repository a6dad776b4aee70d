//! Why a limit refused, in the service's own words for its log.

use std::fmt;

use tollgate_core::{Context, GatewayResponseType, Rejection};
use tollgate_throttle::{Admission, LimitScope, Limited, Refused};

use super::admit::{OfScopes, SCOPES};

/// What is said of a limit that refused.
pub(super) fn refusal(
    refused: &Refused,
    limits: &OfScopes<Limited<'_>>,
    admission: Option<Admission<'_>>,
    context: &Context,
) -> Rejection {
    let limit = limits.get(refused.index).copied().flatten();
    let response_type = match limit {
        Some(Limited::Quota(..)) => GatewayResponseType::QuotaExceeded,
        _ => GatewayResponseType::Throttled,
    };
    let reason = Reason {
        index: refused.index,
        limit,
        admission,
        context,
    };
    Rejection::new(response_type).because(reason.to_string())
}

struct Reason<'a> {
    index: usize,
    limit: Option<Limited<'a>>,
    admission: Option<Admission<'a>>,
    context: &'a Context,
}

impl fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stage = &self.context.stage;
        let (api_id, name) = (&stage.api_id, &stage.stage);
        if let Some(admission) = self
            .admission
            .filter(|_| self.index < LimitScope::OF_PLAN.len())
        {
            let value = admission.key().value();
            let end = value
                .get(value.len().saturating_sub(6)..)
                .unwrap_or_default();
            let plan = admission.plan_id();
            write!(f, "API Key ****************{end} exceeded ")?;
            return match self.limit {
                Some(Limited::Quota(_, quota)) => write!(
                    f,
                    "quota limit for API Stage {api_id}/{name}: Key quota exhausted for Usage Plan ID \
                     {plan}. Limit: {} Period: {}",
                    quota.quota().limit(),
                    quota.quota().period().as_str()
                ),
                _ => {
                    let resource = self.context.resource.as_ref();
                    let resource = resource.map_or("", |resource| resource.id.as_str());
                    write!(
                        f,
                        "throttle limit for API Stage {api_id}/{name}: Key throttle limit exceeded for \
                         Usage Plan ID {plan}, RestApi {api_id}, Stage {name}, Resource {resource}, \
                         HttpMethod {}.{}",
                        self.context.request.method,
                        Rate(self.limit)
                    )
                }
            };
        }
        let whose = match SCOPES.get(self.index) {
            Some(LimitScope::Method) => "the method",
            Some(LimitScope::Account) => "the account",
            _ => "the process",
        };
        write!(
            f,
            "{whose} exceeded its throttle limit.{}",
            Rate(self.limit)
        )
    }
}

struct Rate<'a>(Option<Limited<'a>>);

impl fmt::Display for Rate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(Limited::Rate(bucket)) = self.0 else {
            return Ok(());
        };
        let limit = bucket.limit();
        write!(f, " Limit: {:.2} Burst: {}", limit.rate(), limit.burst())
    }
}
