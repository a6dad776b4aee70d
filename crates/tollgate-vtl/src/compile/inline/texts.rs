//! Makes one text of those in a row.

use crate::program::{Body, Label, Op, Span};

/// The operations of a body with one text where several follow one another, unless a jump leads
/// between them. Texts that are not one in the program become one behind its text.
pub(super) fn joined(body: Body, text: &mut String) -> Body {
    let mut is_target = vec![false; body.ops.len() + 1];
    for target in body.ops.iter().flat_map(Op::targets) {
        is_target[target.index()] = true;
    }
    let mut labels = Vec::with_capacity(is_target.len());
    let mut joined = Body::default();
    for (index, (op, at)) in body.ops.into_iter().zip(body.places).enumerate() {
        if let (Op::Text(span), Some(Op::Text(last)), false) =
            (&op, joined.ops.last_mut(), is_target[index])
        {
            *last = join(*last, *span, text);
            labels.push(Label(joined.ops.len() as u32 - 1));
            continue;
        }
        labels.push(Label(joined.ops.len() as u32));
        joined.ops.push(op);
        joined.places.push(at);
    }
    labels.push(Label(joined.ops.len() as u32));
    for target in joined.ops.iter_mut().flat_map(Op::targets_mut) {
        *target = labels[target.index()];
    }
    joined
}

fn join(first: Span, second: Span, text: &mut String) -> Span {
    if first.end == second.start {
        return Span {
            end: second.end,
            ..first
        };
    }
    let mut start = first.start;
    // One that is the last already only grows.
    if first.end as usize != text.len() {
        start = text.len() as u32;
        text.extend_from_within(first.start as usize..first.end as usize);
    }
    text.extend_from_within(second.start as usize..second.end as usize);
    Span {
        start,
        end: text.len() as u32,
    }
}
