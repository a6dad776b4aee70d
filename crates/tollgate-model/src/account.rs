//! The settings of an account.

use serde::{Deserialize, Serialize};

use crate::Home;

/// What an account has set in a region. The service shows limits and a version of API keys besides,
/// which nobody sets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Account {
    /// The account and region.
    pub home: Home,
    /// The role that execution logs are written with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloudwatch_role_arn: Option<String>,
    /// What the account has switched on, such as `UsagePlans`.
    #[serde(default)]
    pub features: Vec<String>,
}

impl Account {
    /// What every account has switched on.
    pub const USAGE_PLANS: &str = "UsagePlans";

    /// An account that has set nothing.
    #[must_use]
    pub fn new(home: Home) -> Self {
        Self {
            home,
            cloudwatch_role_arn: None,
            features: vec![Self::USAGE_PLANS.to_owned()],
        }
    }
}
