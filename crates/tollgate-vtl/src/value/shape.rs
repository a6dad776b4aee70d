//! The keys that maps share, also called hidden classes.

use std::sync::atomic::{AtomicU64, Ordering};

use super::key::Key;

/// Low bits of a [`Near`] that hold a position.
const POSITION_BITS: u32 = 8;

/// The position of a name that is not there.
const ABSENT: u64 = (1 << POSITION_BITS) - 1;

/// The keys of maps that have the same ones in the same order.
pub(crate) struct Shape<'a> {
    /// A number made of the keys, above the bits of a position.
    ///
    /// Keys that are the same in another document, and in another thread, have the same number, so
    /// that what a template notes of them need not be noted again. Others have another one: a
    /// stranger does not know the secret it is made with, and two numbers of 56 bits are equal by
    /// chance once in 10^17.
    mark: u64,
    keys: Box<[Key<'a>]>,
}

impl<'a> Shape<'a> {
    /// A shape of these keys, a few strings of which no two are equal.
    #[cfg(any(feature = "json", test))]
    pub(crate) fn new(keys: &[super::Str<'a>]) -> std::rc::Rc<Self> {
        use std::hash::{BuildHasher, RandomState};
        use std::sync::LazyLock;

        static SECRET: LazyLock<RandomState> = LazyLock::new(RandomState::new);
        let names: Vec<&str> = keys.iter().map(|key| &**key).collect();
        let number = SECRET.hash_one(names) >> POSITION_BITS;
        let keys = keys.iter().map(|key| Key(key.clone().into())).collect();
        // Zero is for maps without a shape.
        let mark = number.max(1) << POSITION_BITS;
        Self { mark, keys }.into()
    }

    pub(super) fn keys(&self) -> &[Key<'a>] {
        &self.keys
    }
}

/// Where a name was last: the mark of the shape, 0 for a map without, and the position.
///
/// Both are in one word, since threads share it.
#[derive(Debug, Default)]
pub(crate) struct Near(AtomicU64);

impl Near {
    /// The position noted last, in whatever map.
    #[inline(always)]
    pub(super) fn position(&self) -> usize {
        (self.0.load(Ordering::Relaxed) & ABSENT) as usize
    }

    /// The position that was noted for this very shape; one beyond its keys if none was.
    #[inline(always)]
    pub(super) fn position_in(&self, shape: &Shape<'_>) -> usize {
        // Equal marks cancel each other out.
        let position = self.0.load(Ordering::Relaxed) ^ shape.mark;
        usize::try_from(position).unwrap_or(usize::MAX)
    }

    /// Whether the name was found to be missing in this very shape.
    pub(super) fn is_absent_in(&self, shape: &Shape<'_>) -> bool {
        self.0.load(Ordering::Relaxed) == shape.mark | ABSENT
    }

    pub(super) fn note(&self, shape: Option<&Shape<'_>>, position: usize) {
        let position = position as u64;
        if position < ABSENT {
            let mark = shape.map_or(0, |shape| shape.mark);
            self.0.store(mark | position, Ordering::Relaxed);
        }
    }

    pub(super) fn note_absent(&self, shape: &Shape<'_>) {
        self.0.store(shape.mark | ABSENT, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_that_of_the_keys() {
        let shape = |names: &[&'static str]| {
            let keys: Vec<_> = names.iter().map(|name| (*name).into()).collect();
            Shape::new(&keys)
        };
        let lists: [&[_]; 6] = [
            &[],
            &["a"],
            &["a", "b"],
            &["b", "a"],
            &["ab"],
            &["a", "", "b"],
        ];
        for (at, first) in lists.iter().enumerate() {
            for (other, second) in lists.iter().enumerate() {
                assert_eq!(shape(first).mark == shape(second).mark, at == other);
            }
        }
    }

    #[test]
    fn positions_are_of_one_shape_only() {
        let shapes = ["a", "b", "c"].map(|name| Shape::new(&[name.into()]));
        let near = Near::default();
        assert_eq!(near.position(), 0);
        for (at, noted) in shapes.iter().enumerate() {
            near.note(Some(noted), 7);
            assert_eq!(near.position(), 7);
            for (other, shape) in shapes.iter().enumerate() {
                assert_eq!(near.position_in(shape) == 7, at == other);
                assert_eq!(near.position_in(shape) <= ABSENT as usize, at == other);
                assert!(!near.is_absent_in(shape));
            }
            near.note_absent(noted);
            for (other, shape) in shapes.iter().enumerate() {
                assert_eq!(near.is_absent_in(shape), at == other);
            }
        }
        near.note(None, 3);
        near.note(None, ABSENT as usize);
        near.note(None, 1 << 20);
        assert_eq!(near.position(), 3);
    }
}
