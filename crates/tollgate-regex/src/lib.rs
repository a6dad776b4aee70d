#![doc = include_str!("../README.md")]

mod backtrack;
mod case;
mod char_set;
mod error;
mod gauge;
mod linear;
mod matched;
mod parse;
mod pattern;
mod property;
mod replacement;
mod row;
mod spans;
mod split;
mod tree;
mod unquote;

pub use backtrack::{MAX_BACKTRACK_FRAMES, MAX_STEPS, STEPS_PER_BYTE};
pub use error::{
    Fault, NotSupported, PatternError, ReplaceError, ReplacementError, ReplacementFault, StepLimit,
};
pub use linear::MAX_COMPILED_SIZE;
pub use matched::{Captures, CapturesIter, FindIter, Match};
pub use parse::{MAX_NESTING, MAX_PATTERN_LEN};
pub use pattern::Pattern;
pub use replacement::Replacement;
pub use split::Pieces;
