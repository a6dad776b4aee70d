//! What a running macro holds, by the numbers of variables.

use std::collections::BTreeMap;

use crate::program::Slot;

/// Up to how many are searched one by one.
const FEW: usize = 16;

/// Values under the numbers of variables. Most macros hold a few, which take less to search one by
/// one; one that holds more is not to pay for each with all the others.
pub(super) enum Slots<T> {
    Few(Vec<(Slot, T)>),
    Many(BTreeMap<Slot, T>),
}

impl<T> Slots<T> {
    /// Forgets all, but keeps the room for a few.
    pub(super) fn clear(&mut self) {
        match self {
            Self::Few(values) => values.clear(),
            Self::Many(_) => *self = Self::default(),
        }
    }

    pub(super) fn get(&self, slot: Slot) -> Option<&T> {
        match self {
            Self::Few(values) => {
                let found = values.iter().find(|(known, _)| *known == slot);
                found.map(|(_, value)| value)
            }
            Self::Many(values) => values.get(&slot),
        }
    }

    pub(super) fn insert(&mut self, slot: Slot, value: T) {
        match self {
            Self::Few(values) => {
                if let Some((_, old)) = values.iter_mut().find(|(known, _)| *known == slot) {
                    *old = value;
                } else if values.len() < FEW {
                    values.push((slot, value));
                } else {
                    let mut many: BTreeMap<_, _> = values.drain(..).collect();
                    many.insert(slot, value);
                    *self = Self::Many(many);
                }
            }
            Self::Many(values) => {
                values.insert(slot, value);
            }
        }
    }

    pub(super) fn remove(&mut self, slot: Slot) {
        match self {
            Self::Few(values) => values.retain(|(known, _)| *known != slot),
            Self::Many(values) => {
                values.remove(&slot);
            }
        }
    }
}

impl<T> Default for Slots<T> {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_behave_alike() {
        let mut slots = Slots::default();
        for slot in 0..40 {
            slots.insert(Slot(slot), slot);
            slots.insert(Slot(slot / 2), 100 + slot);
        }
        for slot in 0..40 {
            let expected = if slot < 20 { 101 + 2 * slot } else { slot };
            assert_eq!(slots.get(Slot(slot)), Some(&expected));
        }
        slots.remove(Slot(7));
        assert_eq!(slots.get(Slot(7)), None);
        slots.clear();
        assert_eq!(slots.get(Slot(8)), None);
        let mut slots = Slots::default();
        slots.insert(Slot(1), 1);
        slots.remove(Slot(2));
        assert_eq!(slots.get(Slot(1)), Some(&1));
        slots.remove(Slot(1));
        assert_eq!(slots.get(Slot(1)), None);
    }
}
