//! The keys that maps share, also called hidden classes.

use std::sync::atomic::{AtomicU64, Ordering};

use super::key::Key;

/// Low bits of a [`Near`] that hold a position.
const POSITION_BITS: u32 = 16;

/// The position of a name that is not there.
const ABSENT: usize = (1 << POSITION_BITS) - 1;

/// The keys of maps that have the same ones in the same order.
pub(crate) struct Shape<'a> {
    /// A number that no other shape of the process has, above the bits of a position.
    mark: u64,
    keys: Box<[Key<'a>]>,
}

impl<'a> Shape<'a> {
    /// A shape of these keys, a few strings of which no two are equal; none once there are no
    /// numbers left.
    #[cfg(any(feature = "json", test))]
    pub(crate) fn new(keys: &[super::Str<'a>]) -> Option<std::rc::Rc<Self>> {
        static LAST: AtomicU64 = AtomicU64::new(0);
        let mark = next_number(&LAST)? << POSITION_BITS;
        let keys = keys.iter().map(|key| Key(key.clone().into())).collect();
        Some(Self { mark, keys }.into())
    }

    pub(super) fn keys(&self) -> &[Key<'a>] {
        &self.keys
    }
}

/// Takes the next number. None is used again, or a name could be found where another shape has it.
#[cfg(any(feature = "json", test))]
fn next_number(last: &AtomicU64) -> Option<u64> {
    let next = |last: u64| (last < u64::MAX >> POSITION_BITS).then_some(last + 1);
    let last = last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
    last.ok().map(|last| last + 1)
}

/// Where a name was last: the number of the shape, 0 for a map without, and the position.
///
/// Both are in one word, since threads share it.
#[derive(Debug, Default)]
pub(crate) struct Near(AtomicU64);

impl Near {
    /// The position that was noted for maps without a shape; one beyond theirs if none was.
    #[inline(always)]
    pub(super) fn position(&self) -> usize {
        usize::try_from(self.0.load(Ordering::Relaxed)).unwrap_or(usize::MAX)
    }

    /// The position that was noted for this very shape; one beyond its keys if none was.
    #[inline(always)]
    pub(super) fn position_in(&self, shape: &Shape<'_>) -> usize {
        // Equal numbers cancel each other out.
        let position = self.0.load(Ordering::Relaxed) ^ shape.mark;
        usize::try_from(position).unwrap_or(usize::MAX)
    }

    /// Whether the name was found to be missing in this very shape.
    pub(super) fn is_absent_in(&self, shape: &Shape<'_>) -> bool {
        self.position_in(shape) == ABSENT
    }

    pub(super) fn note(&self, shape: Option<&Shape<'_>>, position: usize) {
        if position < ABSENT {
            self.set(shape, position);
        }
    }

    pub(super) fn note_absent(&self, shape: &Shape<'_>) {
        self.set(Some(shape), ABSENT);
    }

    fn set(&self, shape: Option<&Shape<'_>>, position: usize) {
        let mark = shape.map_or(0, |shape| shape.mark);
        self.0.store(mark | position as u64, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    #[test]
    fn numbers_are_never_used_again() {
        let last = AtomicU64::new(0);
        assert_eq!(next_number(&last), Some(1));
        assert_eq!(next_number(&last), Some(2));
        let most = (1 << 48) - 1;
        last.store(most - 1, Ordering::Relaxed);
        assert_eq!(next_number(&last), Some(most));
        assert_eq!(next_number(&last), None);
        assert_eq!(next_number(&last), None);
    }

    #[test]
    fn positions_are_of_one_shape_only() {
        let shapes = [(); 3].map(|()| Shape::new(&[]).unwrap());
        let near = Near::default();
        assert_eq!(near.position(), 0);
        for noted in &shapes {
            near.note(Some(noted), 7);
            assert!(near.position() > ABSENT);
            for shape in &shapes {
                let here = Rc::ptr_eq(shape, noted);
                assert_eq!(near.position_in(shape) == 7, here);
                assert_eq!(near.position_in(shape) <= ABSENT, here);
                assert!(!near.is_absent_in(shape));
            }
            near.note_absent(noted);
            for shape in &shapes {
                assert_eq!(near.is_absent_in(shape), Rc::ptr_eq(shape, noted));
            }
        }
        near.note(None, 3);
        near.note(None, ABSENT);
        assert_eq!(near.position(), 3);
    }
}
