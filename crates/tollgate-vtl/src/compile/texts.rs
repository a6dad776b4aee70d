//! Puts the texts of a body where they take the least to print.

use crate::program::{Before, Body, Label, Line, Op, Span};

use super::draft::Ops;

/// The operations of a body with all texts in a row in front of the operation behind them, unless a
/// jump leads between them.
pub(super) fn attached(body: Ops, text: &str) -> Body {
    let is_target = targets(&body);
    let mut labels = Vec::with_capacity(is_target.len());
    let mut lines = Vec::with_capacity(body.ops.len());
    let mut before = Texts::default();
    let operations = body.ops.into_iter().zip(body.places).map(Some);
    for (operation, is_target) in operations.chain([None]).zip(is_target) {
        if is_target && !before.text.is_empty() {
            let at = before.at;
            // A jump to what comes next takes nothing but the text along.
            lines.push((before.take(), Op::Jump(Label(labels.len() as u32)), at));
        }
        labels.push(Label(lines.len() as u32));
        match operation {
            Some((Op::Text(span), at)) => before.push(span, at, text),
            Some((op, at)) => lines.push((before.take(), op, at)),
            None => {}
        }
    }
    let aimed = lines.into_iter().map(|(before, mut op, at)| {
        for target in op.targets_mut() {
            *target = labels[target.index()];
        }
        Line {
            before,
            cost: op.cost(),
            op,
            at,
        }
    });
    aimed.collect()
}

/// Texts in a row, and where the first stands.
#[derive(Default)]
struct Texts {
    text: String,
    at: u32,
}

impl Texts {
    fn push(&mut self, span: Span, at: u32, text: &str) {
        if self.text.is_empty() {
            self.at = at;
        }
        self.text
            .push_str(&text[span.start as usize..span.end as usize]);
    }

    fn take(&mut self) -> Before {
        Before {
            text: std::mem::take(&mut self.text).into(),
            at: self.at,
        }
    }
}

/// Which operations jumps lead to; the last is the end of the body.
fn targets(body: &Ops) -> Vec<bool> {
    let mut is_target = vec![false; body.ops.len() + 1];
    for target in body.ops.iter().flat_map(Op::targets) {
        is_target[target.index()] = true;
    }
    // What ends with the body is printed there.
    is_target[body.ops.len()] = true;
    is_target
}
