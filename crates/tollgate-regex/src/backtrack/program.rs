//! What the machine runs.

use crate::{
    char_set::CharSet,
    tree::{Assertion, Case, Count},
};

/// The instructions for a pattern.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(super) ops: Vec<Op>,
    pub(super) sets: Vec<FastSet>,
    /// How many registers there are. The first hold the bounds of the groups, two each.
    pub(super) registers: usize,
    /// How many groups there are, with the whole match.
    pub(super) groups: usize,
}

/// The index of an instruction.
pub(super) type Label = u32;
pub(super) type Register = usize;

#[derive(Clone, Copy, Debug)]
pub(super) enum Op {
    Char(char),
    Set(usize),
    /// As many characters of the set as there are, within the bounds, and back one by one.
    Run {
        set: usize,
        count: Count,
    },
    Grapheme,
    Assert(Assertion),
    BackReference {
        group: usize,
        case: Case,
    },
    /// Remembers the position in a register.
    Save(Register),
    /// Gives a group the range from the position in `start` to the current one.
    Close {
        group: usize,
        start: Register,
    },
    Jump(Label),
    /// Tries what follows, and `other` if that fails.
    TryNext {
        other: Label,
    },
    /// Starts a loop whose registers are `counter` and the one after.
    LoopStart {
        counter: Register,
    },
    /// Decides at the start, and after each iteration, whether there is another one.
    LoopTest(Loop),
    /// Starts an iteration.
    LoopEnter {
        counter: Register,
    },
    /// Remembers the height of the stack and the position in `mark` and the register after.
    Mark(Register),
    /// Forgets all alternatives since the mark.
    Cut(Register),
    /// Forgets them and goes back to where the mark was set.
    CutAndReturn(Register),
    /// Forgets them and fails.
    CutAndFail(Register),
    /// Goes back `min` characters from the mark, and passes over the `BehindStep` that follows.
    ///
    /// What comes then is tried again from there, up to `max` characters back, by that step.
    /// `mark` has a third register for how many characters are left.
    Behind {
        mark: Register,
        min: u32,
        max: u32,
    },
    /// Goes back one more character.
    BehindStep {
        mark: Register,
    },
    /// Fails unless the position is that of the mark.
    BehindEnd(Register),
    Fail,
    Match,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Loop {
    pub(super) counter: Register,
    pub(super) count: Count,
    pub(super) lazy: bool,
    /// Whether there is but one way through the body.
    pub(super) deterministic: bool,
    pub(super) enter: Label,
    pub(super) exit: Label,
}

/// A set with a table for ASCII.
#[derive(Clone, Debug)]
pub(super) struct FastSet {
    ascii: u128,
    all: CharSet,
}

impl FastSet {
    pub(super) fn new(all: CharSet) -> Self {
        let ascii = (0..128_u8)
            .filter(|&byte| all.contains(byte.into()))
            .fold(0, |ascii, byte| ascii | 1 << byte);
        Self { ascii, all }
    }

    pub(super) fn contains(&self, ch: char) -> bool {
        if ch.is_ascii() {
            self.ascii >> u32::from(ch) & 1 == 1
        } else {
            self.all.contains(ch)
        }
    }
}
