//! JSONPaths at the cost of a render.

use std::cell::RefCell;
use std::rc::Rc;

use tollgate_jsonpath::{Allowance, JsonPath};
use tollgate_vtl::{Budget, CallError, LimitExceeded};

/// Paths that one render keeps compiled.
const KEPT: usize = 16;

/// The paths that a render compiled last.
#[derive(Debug, Default)]
pub(crate) struct Paths(RefCell<Vec<Rc<JsonPath>>>);

impl Paths {
    /// The path of this text, compiled unless it is kept.
    pub(crate) fn get(&self, text: &str, budget: &mut Budget) -> Result<Rc<JsonPath>, CallError> {
        let mut kept = self.0.borrow_mut();
        if let Some(path) = kept.iter().find(|path| path.as_str() == text) {
            return Ok(Rc::clone(path));
        }
        let path = spend(budget, |left| JsonPath::parse_within(text, left))?;
        let path = Rc::new(path.map_err(CallError::new)?);
        if kept.len() == KEPT {
            kept.remove(0);
        }
        kept.push(Rc::clone(&path));
        Ok(path)
    }
}

/// Does something with no more than the budget has, and takes from it what that needed.
pub(crate) fn spend<T, E>(
    budget: &mut Budget,
    act: impl FnOnce(&mut Allowance) -> Result<T, E>,
) -> Result<Result<T, E>, LimitExceeded> {
    let before = Allowance {
        visits: usize::try_from(budget.steps_left()).unwrap_or(usize::MAX),
        bytes: budget.bytes_left(),
    };
    let mut left = before;
    let result = act(&mut left);
    budget.take_steps((before.visits - left.visits) as u64)?;
    budget.allocate(before.bytes - left.bytes)?;
    // What failed with nothing left failed for that.
    match result {
        Err(_) if left.visits == 0 => Err(LimitExceeded::Steps(budget.limits().steps)),
        Err(_) if left.bytes == 0 => Err(LimitExceeded::AllocatedBytes(
            budget.limits().allocated_bytes,
        )),
        result => Ok(result),
    }
}
