//! The account and region that something belongs to.

use serde::{Deserialize, Serialize};
use tollgate_core::{AccountId, Region};

/// The account and region that something belongs to: the service keeps everything by account and
/// region, and shows nobody what is another one's.
///
/// Where a home is absent, it is the one that the process is configured with. The service has no such
/// member: it shows the two in ARNs.
///
/// ```
/// use tollgate_model::Home;
///
/// let home = Home::new("123456789012", "eu-west-1");
/// let json = r#"{"accountId":"123456789012","region":"eu-west-1"}"#;
/// assert_eq!(serde_json::to_string(&home)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Home {
    /// The account.
    pub account_id: AccountId,
    /// The region.
    pub region: Region,
}

impl Home {
    /// This account and region.
    #[must_use]
    pub fn new(account_id: impl Into<AccountId>, region: impl Into<Region>) -> Self {
        let (account_id, region) = (account_id.into(), region.into());
        Self { account_id, region }
    }
}
