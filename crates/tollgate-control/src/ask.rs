//! What the data plane takes part in.

use tollgate_node::Node;

use crate::api::{test_authorizer, test_invoke, usage};
use crate::call::Call;
use crate::error::{ControlError, ErrorKind, Result};
use crate::operation::Question;
use crate::options::ControlOptions;
use crate::outcome::Reply;

/// Asks the data plane.
///
/// # Errors
///
/// Where there is none, and those of the question.
pub(crate) async fn answer(
    question: Question,
    call: &Call<'_>,
    node: Option<&Node>,
    options: &ControlOptions,
) -> Result<Reply> {
    let node = node.ok_or_else(|| {
        ControlError::new(
            ErrorKind::NotImplemented,
            "this control plane has no data plane of its own",
        )
    })?;
    match question {
        Question::TestInvokeMethod => test_invoke::invoke(call, node).await,
        Question::TestInvokeAuthorizer => test_authorizer::invoke(call, node).await,
        Question::FlushAuthorizers => test_authorizer::flush(call, node),
        Question::GetUsage => usage::read(call, node).await,
        Question::UpdateUsage => usage::update(call, node, options).await,
    }
}
