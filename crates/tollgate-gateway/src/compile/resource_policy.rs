//! From the text of a resource policy to what is judged by.

use tollgate_auth::StageAccess;
use tollgate_core::{Diagnostic, Diagnostics, StageContext};
use tollgate_iam::policy::Policy;
use tollgate_model::ApiDocument;

/// Who may call the API's stage, by its resource policy if there is one; for a policy that is none,
/// why nobody may.
pub(super) fn compile(
    document: &ApiDocument,
    stage: &StageContext,
    diagnostics: &mut Diagnostics,
) -> (StageAccess, Option<String>) {
    let access = StageAccess::new(stage);
    let Some(text) = &document.rest_api.policy else {
        return (access, None);
    };
    match Policy::parse_of_api(text, access.arn()) {
        Ok(policy) => (access.with_resource_policy(policy), None),
        Err(error) => {
            // Each fault has a line of its own.
            let reason = error.to_string().replace('\n', "; ");
            let reason = format!("the API has a resource policy that cannot be read: {reason}");
            let message = format!("{reason}; every method answers 500");
            diagnostics.push(Diagnostic::error("/policy", message));
            (access, Some(reason))
        }
    }
}
