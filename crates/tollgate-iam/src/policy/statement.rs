//! A policy as it is evaluated.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use super::arn::ResourcePattern;
use super::condition::Condition;
use super::context::RequestContext;
use super::decision::{Decision, StatementRef};
use super::document::{self, PolicyDocument};
use super::error::InvalidPolicy;
use super::execute_api::ApiArn;
use super::glob::Glob;
use super::limits::{
    MAX_AUTHORIZER_POLICY_SIZE, MAX_IDENTITY_POLICY_SIZE, MAX_RESOURCE_POLICY_SIZE,
};
use super::parse;
use super::principal::{Grant, Principal, Principals};

/// What a policy is attached to, on which its grammar depends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PolicyKind {
    /// Attached to a user, a group or a role: has no `Principal`.
    Identity,
    /// Attached to an API: names in each statement whom it covers.
    Resource,
    /// Returned by a Lambda authorizer for one caller: has no `Principal`.
    Authorizer,
}

impl PolicyKind {
    /// The most characters such a policy may have, white space between its tokens left out.
    #[must_use]
    pub const fn max_size(self) -> usize {
        match self {
            Self::Identity => MAX_IDENTITY_POLICY_SIZE,
            Self::Resource => MAX_RESOURCE_POLICY_SIZE,
            Self::Authorizer => MAX_AUTHORIZER_POLICY_SIZE,
        }
    }
}

/// A policy document, parsed and compiled; cheap to clone.
#[derive(Clone, Debug)]
pub struct Policy {
    kind: PolicyKind,
    statements: Arc<[Statement]>,
}

/// One request, as policies see it.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// Who makes it.
    pub principal: Principal<'a>,
    /// What is to be done, such as `execute-api:Invoke`.
    pub action: &'a str,
    /// The ARN of what it is to be done with; see [`ApiArn::method`](super::ApiArn::method).
    pub resource: &'a str,
    /// What else is known of the request.
    pub context: &'a dyn RequestContext,
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("principal", &self.principal)
            .field("action", &self.action)
            .field("resource", &self.resource)
            .finish_non_exhaustive()
    }
}

impl Policy {
    /// Reads a policy document.
    ///
    /// # Errors
    ///
    /// [`InvalidPolicy`] with all that is wrong. A member that stands twice in an object is refused
    /// as well (IAM User Guide, "Grammar of the IAM JSON policy language"): two readers that
    /// disagree on which one counts would disagree on who may pass.
    pub fn parse(text: &str, kind: PolicyKind) -> Result<Self, InvalidPolicy> {
        let (document, faults) = document::read(text)?;
        parse::policy(&document, kind, faults)
    }

    /// Reads the resource policy of an API, whose methods it may name in the abbreviated form that
    /// [`ApiArn::expand`](super::ApiArn::expand) knows.
    ///
    /// # Errors
    ///
    /// [`InvalidPolicy`] as for [`parse`](Self::parse).
    pub fn parse_of_api(text: &str, api: &ApiArn) -> Result<Self, InvalidPolicy> {
        let (mut document, faults) = document::read(text)?;
        api.expand(&mut document);
        parse::policy(&document, PolicyKind::Resource, faults)
    }

    /// Reads a policy document that was read along with another text.
    ///
    /// # Errors
    ///
    /// [`InvalidPolicy`] as for [`parse`](Self::parse).
    pub fn from_document(
        document: &PolicyDocument,
        kind: PolicyKind,
    ) -> Result<Self, InvalidPolicy> {
        parse::policy(&document.value, kind, document.faults.clone())
    }

    /// Reads a policy document that was part of another one.
    ///
    /// A member that stood twice is not seen any more; prefer [`parse`](Self::parse) where the text
    /// is at hand.
    ///
    /// # Errors
    ///
    /// [`InvalidPolicy`] with all that is wrong.
    pub fn from_value(document: &Value, kind: PolicyKind) -> Result<Self, InvalidPolicy> {
        parse::policy(document, kind, Vec::new())
    }

    pub(super) fn new(kind: PolicyKind, statements: Vec<Statement>) -> Self {
        Self {
            kind,
            statements: statements.into(),
        }
    }

    /// What it is attached to.
    #[must_use]
    pub const fn kind(&self) -> PolicyKind {
        self.kind
    }

    /// What this policy alone says to a request: nothing is allocated.
    ///
    /// Who asks a resource policy alone takes a statement that names the caller's account for an
    /// allow; whether that is enough, [`authorize`](super::authorize()) knows.
    ///
    /// A deny wins over any allow, in whatever order they stand.
    #[must_use]
    pub fn evaluate(&self, request: &Request<'_>) -> Decision<'_> {
        Judgement::of([self], request).decision()
    }

    /// What several policies of one kind say together, such as those attached to one caller:
    /// nothing is allocated.
    ///
    /// A deny in any of them wins.
    #[must_use]
    pub fn evaluate_all<'p>(policies: &'p [Self], request: &Request<'_>) -> Decision<'p> {
        Judgement::of(policies, request).decision()
    }
}

/// One statement.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    pub(super) sid: Option<Box<str>>,
    pub(super) effect: Effect,
    /// `None` where the policy is the caller's own.
    pub(super) principals: Option<Principals>,
    pub(super) actions: Selection<Glob>,
    pub(super) resources: Selection<ResourcePattern>,
    pub(super) conditions: Box<[Condition]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Allow,
    Deny,
}

/// What an element or its `Not` form names.
#[derive(Clone, Debug)]
pub(super) enum Selection<P> {
    Only(Box<[P]>),
    AllBut(Box<[P]>),
}

impl<P> Selection<P> {
    /// Whether it covers what `matches` is about.
    ///
    /// `None` from `matches` is a pattern with a variable without a value. It covers nothing; and
    /// what it would have excepted is not known, so that the `Not` form covers nothing either.
    fn covers(&self, matches: impl Fn(&P) -> Option<bool>) -> bool {
        match self {
            Self::Only(patterns) => patterns.iter().any(|it| matches(it) == Some(true)),
            Self::AllBut(patterns) => patterns.iter().all(|it| matches(it) == Some(false)),
        }
    }
}

impl Statement {
    /// Whether it applies to the request, and how it came to cover the caller.
    fn applies(&self, request: &Request<'_>) -> Option<Grant> {
        let context = request.context;
        let covered = self
            .actions
            .covers(|it| it.matches(request.action, context))
            && self
                .resources
                .covers(|it| it.matches(request.resource, context));
        if !covered {
            return None;
        }
        let grant = match &self.principals {
            Some(principals) => principals.cover(&request.principal)?,
            None => Grant::Direct,
        };
        let holds = self.conditions.iter().all(|it| it.holds(context));
        holds.then_some(grant)
    }
}

/// What policies of one kind say to a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Judgement<'p> {
    /// The first statement that denies.
    pub(super) deny: Option<StatementRef<'p>>,
    /// The first statement that allows, one that names the caller before one that names its
    /// account.
    pub(super) allow: Option<(Grant, StatementRef<'p>)>,
}

impl<'p> Judgement<'p> {
    pub(super) fn of(
        policies: impl IntoIterator<Item = &'p Policy>,
        request: &Request<'_>,
    ) -> Self {
        let mut judgement = Self {
            deny: None,
            allow: None,
        };
        for (policy_index, policy) in policies.into_iter().enumerate() {
            for (index, statement) in policy.statements.iter().enumerate() {
                let Some(grant) = statement.applies(request) else {
                    continue;
                };
                let found = StatementRef {
                    kind: policy.kind,
                    policy: policy_index,
                    statement: index,
                    sid: statement.sid.as_deref(),
                };
                if statement.effect == Effect::Deny {
                    judgement.deny = Some(found);
                    return judgement;
                }
                if judgement.allow.is_none_or(|(known, _)| known < grant) {
                    judgement.allow = Some((grant, found));
                }
            }
        }
        judgement
    }

    /// What they say if no other policy has a say.
    pub(super) fn decision(self) -> Decision<'p> {
        match (self.deny, self.allow) {
            (Some(statement), _) => Decision::ExplicitDeny { statement },
            (None, Some((_, statement))) => Decision::Allow {
                statement: Some(statement),
            },
            (None, None) => Decision::ImplicitDeny,
        }
    }
}
