//! Which policies have a say in a call of an API, and how they are combined.
//!
//! API Gateway Developer Guide, "How API Gateway resource policies affect authorization workflow".

use super::decision::{Decision, StatementRef};
use super::principal::Grant;
use super::statement::{Judgement, Policy, Request};

/// How a method authorizes its callers, with what is known of this one.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Authorization<'p> {
    /// `NONE`: anyone, unless a resource policy says otherwise.
    None,
    /// `CUSTOM`: a Lambda authorizer returned this policy.
    Authorizer(&'p Policy),
    /// `AWS_IAM`: the signature is the caller's, to whom these identity policies are attached.
    Iam(&'p [Policy]),
    /// `COGNITO_USER_POOLS`: the token is valid.
    UserPool,
}

/// What the API's resource policy and the policies of the caller say together.
///
/// | authorization | with a resource policy | without one |
/// |---|---|---|
/// | `None`, `UserPool` | the policy must allow | allow |
/// | `Authorizer`, and `Iam` within one account | either must allow | the caller's must allow |
/// | `Iam` across accounts | both must allow | deny |
///
/// A deny in either is the end of it. Within one account, a statement of the resource policy that
/// names the account, and not the caller, leaves it to the caller's own policies. The account of
/// the API is read from the ARN of the request's resource.
#[must_use]
pub fn authorize<'p>(
    authorization: Authorization<'p>,
    resource_policy: Option<&'p Policy>,
    request: &Request<'_>,
) -> Decision<'p> {
    let resource = resource_policy.map(|policy| Judgement::of([policy], request));
    match authorization {
        Authorization::None | Authorization::UserPool => match resource {
            None => Decision::Allow { statement: None },
            Some(resource) => resource.decision(),
        },
        Authorization::Authorizer(policy) => {
            either_allows(Judgement::of([policy], request), resource)
        }
        Authorization::Iam(policies) => {
            let own = Judgement::of(policies, request);
            if request.principal.owns(request.resource) {
                either_allows(own, resource)
            } else {
                both_allow(own, resource)
            }
        }
    }
}

/// The statement of the resource policy by which a call is refused before its Lambda authorizer is
/// asked; `None` if the authorizer is to be called.
///
/// Only a deny counts here: what the policy does not allow, the authorizer still may.
#[must_use]
pub fn denied_before_authorizer<'p>(
    resource_policy: &'p Policy,
    request: &Request<'_>,
) -> Option<StatementRef<'p>> {
    Judgement::of([resource_policy], request).deny
}

/// Table A of the guide: caller and API belong to one account.
fn either_allows<'p>(own: Judgement<'p>, resource: Option<Judgement<'p>>) -> Decision<'p> {
    let granted = resource
        .and_then(|it| it.allow)
        .filter(|(grant, _)| *grant == Grant::Direct);
    combined(own, resource, own.allow.or(granted))
}

/// Table B of the guide: caller and API belong to two accounts.
fn both_allow<'p>(own: Judgement<'p>, resource: Option<Judgement<'p>>) -> Decision<'p> {
    let granted = resource.and_then(|it| it.allow);
    combined(own, resource, own.allow.and(granted))
}

fn combined<'p>(
    own: Judgement<'p>,
    resource: Option<Judgement<'p>>,
    allow: Option<(Grant, StatementRef<'p>)>,
) -> Decision<'p> {
    let deny = own.deny.or(resource.and_then(|it| it.deny));
    Judgement { deny, allow }.decision()
}
