//! Names of what is kept here.

use tollgate_model::Home;

/// The ARN of a path, such as `/restapis/a1b2c3d4e5`. It names no account.
pub(crate) fn of(home: &Home, path: &str) -> String {
    let (partition, region) = (home.region.partition(), &home.region);
    format!("arn:{partition}:apigateway:{region}::{path}")
}

/// An ARN, in its parts; any of them may be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Arn<'a> {
    pub(crate) partition: &'a str,
    pub(crate) service: &'a str,
    pub(crate) region: &'a str,
    /// Of an integration's URI, the service that is called.
    pub(crate) account: &'a str,
    /// The rest, in which colons may stand.
    pub(crate) resource: &'a str,
}

impl<'a> Arn<'a> {
    /// The parts of a text that has them all.
    pub(crate) fn of(text: &'a str) -> Option<Self> {
        let parts: Vec<_> = text.splitn(6, ':').collect();
        let &["arn", partition, service, region, account, resource] = parts.as_slice() else {
            return None;
        };
        Some(Self {
            partition,
            service,
            region,
            account,
            resource,
        })
    }
}

/// Whether a text is an ARN that says where, of which service and what.
pub(crate) fn is_well_formed(text: &str) -> bool {
    let is_named = |arn: Arn<'_>| {
        [arn.partition, arn.service, arn.resource]
            .iter()
            .all(|part| !part.is_empty())
    };
    Arn::of(text).is_some_and(is_named)
}
