//! Puts the texts of a body where they take the least to print.

use crate::program::{Body, Label, Op, Span, Text};

/// The operations of a body with one text where several follow one another, unless a jump leads
/// between them. Texts that are not one in the program become one behind its text.
pub(super) fn joined(body: Body, text: &mut String) -> Body {
    let is_target = targets(&body);
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
        labels.push(joined.next_label());
        joined.push(op, at);
    }
    labels.push(joined.next_label());
    aim(&mut joined, &labels);
    joined
}

/// The operations of a body with each text in front of the operation behind it, unless a jump leads
/// between them.
pub(super) fn attached(body: Body) -> Body {
    let is_target = targets(&body);
    let mut labels = Vec::with_capacity(is_target.len());
    let mut attached = Body::default();
    let mut before = Text::default();
    let operations = body.ops.into_iter().zip(body.places).map(Some);
    for (operation, is_target) in operations.chain([None]).zip(is_target) {
        let is_text = matches!(operation, Some((Op::Text(_), _)));
        if !before.span.is_empty() && (is_target || is_text) {
            let Text { span, at } = std::mem::take(&mut before);
            attached.push(Op::Text(span), at);
            attached.texts.push(Text::default());
        }
        labels.push(attached.next_label());
        match operation {
            Some((Op::Text(span), at)) => before = Text { span, at },
            Some((op, at)) => {
                attached.push(op, at);
                attached.texts.push(std::mem::take(&mut before));
            }
            None => {}
        }
    }
    aim(&mut attached, &labels);
    attached
}

/// Which operations jumps lead to; the last is the end of the body.
fn targets(body: &Body) -> Vec<bool> {
    let mut is_target = vec![false; body.ops.len() + 1];
    for target in body.ops.iter().flat_map(Op::targets) {
        is_target[target.index()] = true;
    }
    // What ends with the body is printed there.
    is_target[body.ops.len()] = true;
    is_target
}

/// Makes all jumps lead to where the operations they led to are now.
fn aim(body: &mut Body, labels: &[Label]) {
    for target in body.ops.iter_mut().flat_map(Op::targets_mut) {
        *target = labels[target.index()];
    }
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
