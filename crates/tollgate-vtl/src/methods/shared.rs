//! Keeps `subList` and the list it is a part of alike.

use crate::error::CallError;
use crate::render::Budget;
use crate::value::{Kind, List, Value};

/// The list that this is a part of, and from where on.
fn whole<'a>(part: &List<'a>) -> Option<(List<'a>, usize)> {
    match part.kind() {
        Kind::Part(whole, from) => whole.upgrade().map(|whole| (whole, *from)),
        _ => None,
    }
}

/// Refuses a value that contains the list or one that it is a part of.
pub(super) fn check_acyclic<'a>(
    list: &List<'a>,
    value: &Value<'a>,
    budget: &mut Budget,
) -> Result<(), CallError> {
    let mut target = Some(list.clone());
    while let Some(list) = target {
        budget.take_steps(1)?;
        super::check_acyclic(&list.clone().into(), value, budget)?;
        target = whole(&list).map(|(whole, _)| whole);
    }
    Ok(())
}

/// Takes over what changed in the lists that this is a part of.
pub(super) fn refresh(part: &List<'_>, budget: &mut Budget) -> Result<(), CallError> {
    let mut parts = Vec::new();
    let mut next = part.clone();
    while let Some((outer, from)) = whole(&next) {
        budget.take_pass(next.len())?;
        let length = next.len();
        parts.push((next, outer.clone(), from, length));
        next = outer;
    }
    for (part, whole, from, length) in parts.into_iter().rev() {
        let items = whole.items().get(from..from + length).map(<[_]>::to_vec);
        // A list that became too short has been changed behind the part's back.
        let items = items.ok_or(CallError::Unchangeable)?;
        let old = std::mem::replace(&mut *part.items_mut(), items);
        drop(old);
    }
    Ok(())
}

/// Passes the items of a part, `before` so many, on to the lists that it is a part of.
pub(super) fn write_back<'a>(
    part: &List<'a>,
    before: usize,
    budget: &mut Budget,
) -> Result<(), CallError> {
    let (mut part, mut before) = (part.clone(), before);
    while let Some((outer, from)) = whole(&part) {
        let items = part.to_vec();
        let length = outer.len();
        budget.take_pass(length)?;
        budget.allocate_items((length + items.len()).saturating_sub(before), 0)?;
        let mut all = outer.to_vec();
        let end = (from + before).min(length);
        all.splice(from.min(end)..end, items);
        let old = std::mem::replace(&mut *outer.items_mut(), all);
        drop(old);
        (part, before) = (outer, length);
    }
    Ok(())
}
