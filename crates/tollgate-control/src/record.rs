//! What a call was, for logs.

use tollgate_model::Home;

use crate::caller::Caller;

/// What a call was and who made it, among the extensions of its response: for a log of who changed what.
/// Bodies are not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallRecord {
    /// The operation's name, such as `CreateRestApi`; `None` where it was not found out.
    pub operation: Option<&'static str>,
    /// The account and region that were asked about; `None` where the caller may not call.
    pub home: Option<Home>,
    /// The key that the call was signed with, where signatures are verified.
    pub access_key_id: Option<String>,
}

impl CallRecord {
    pub(crate) fn called_by(&mut self, caller: &Caller) {
        self.home = Some(caller.home.clone());
        self.access_key_id.clone_from(&caller.access_key_id);
    }
}
