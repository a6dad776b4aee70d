//! The deep scan.

use crate::error::FindError;
use crate::found::Found;
use crate::node::{Node, View};
use crate::step::Step;

use super::{Evaluation, Mode};

impl<N: Node> Evaluation<'_, '_, N> {
    /// Tries the step after `..` on every list and map below the item, parents first.
    ///
    /// On a list Jayway (observed on 3.0.0) does not take that step, unless it is the last one,
    /// but goes on with the elements one by one and leaves it to a last name behind to compare
    /// positions: `$..[0].a` looks at the element 0 only, `$..*.a` at none, `$..[0].a.b` at all.
    pub(super) fn scan(&mut self, step: usize, item: &Found<N>) -> Result<(), FindError> {
        let target_step = step + 1;
        let Some(target) = self.path.steps.get(target_step) else {
            return Err(FindError::ScanForNothing);
        };
        let is_last = self.path.is_last(target_step);
        let mut pending = vec![item.clone()];
        while let Some(value) = pending.pop() {
            self.scope.visit(1 + value.size())?;
            let first_child = pending.len();
            match value.view() {
                View::Map => {
                    match target {
                        // Looked up once, not to test the map and then to enter it.
                        Step::Property(name) => self.property(target_step, name, &value)?,
                        target => {
                            if self.is_target(target, is_last, &value)? {
                                self.step(target_step, &value)?;
                            }
                        }
                    }
                    value.try_each_member(|_, member| keep_container(&mut pending, member))?;
                }
                View::List => {
                    if self.is_target(target, is_last, &value)? {
                        self.list_target(target_step, &value)?;
                    }
                    value.try_each_element(|element| keep_container(&mut pending, element))?;
                }
                _ => {}
            }
            // The next one to look at is the last one here.
            pending[first_child..].reverse();
        }
        Ok(())
    }

    fn list_target(&mut self, target: usize, list: &Found<N>) -> Result<(), FindError> {
        if self.path.is_last(target) {
            return self.step(target, list);
        }
        let mut index = 0;
        list.try_each_element(|element| {
            if self.path.is_last(target + 1) {
                self.scanned_index = Some(index);
            }
            index += 1;
            self.step(target + 1, &element)
        })
    }

    /// Whether the last step, a name or wildcard, may take its result where the scan is. Once
    /// the scan has been through a list the position counts, even outside of it.
    pub(super) fn is_at_scanned_index(&self, last: usize) -> bool {
        let Some(scanned) = self.scanned_index else {
            return true;
        };
        let written = last.checked_sub(1).map(|before| &self.path.steps[before]);
        matches!(written, Some(Step::Index(index)) if usize::try_from(*index) == Ok(scanned))
    }

    fn is_target(
        &mut self,
        target: &Step,
        is_last: bool,
        value: &Found<N>,
    ) -> Result<bool, FindError> {
        let is_map = value.view() == View::Map;
        let requires = self.mode == Mode::Require;
        Ok(match target {
            Step::Property(_) => is_map,
            Step::Properties(names) => {
                let has_all = || names.iter().all(|name| value.member(name).is_some());
                is_map && (requires || !is_last || has_all())
            }
            Step::Index(_) | Step::Indexes(_) | Step::Slice(_) => !is_map,
            Step::Wildcard => true,
            Step::Filter(filter) => filter.accepts(value, self.scope)?,
            Step::Function(_) | Step::Scan => false,
        })
    }
}

fn keep_container<N: Node>(pending: &mut Vec<Found<N>>, value: Found<N>) -> Result<(), FindError> {
    if matches!(value.view(), View::List | View::Map) {
        pending.push(value);
    }
    Ok(())
}
