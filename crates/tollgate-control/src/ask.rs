//! What the data plane takes part in.

use tollgate_node::Node;

use crate::call::Call;
use crate::error::{ControlError, ErrorKind, Result};
use crate::operation::Question;
use crate::outcome::Reply;

/// Asks the data plane.
///
/// # Errors
///
/// Where there is none, and those of the question.
pub(crate) async fn answer(
    question: Question,
    _call: &Call<'_>,
    node: Option<&Node>,
) -> Result<Reply> {
    let _node = node.ok_or_else(|| {
        ControlError::new(
            ErrorKind::NotImplemented,
            "this control plane has no data plane of its own",
        )
    })?;
    match question {}
}
