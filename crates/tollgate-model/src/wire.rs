//! Enumerations with a name on the wire.

use thiserror::Error;

/// A text that names none of an enumeration's values.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("unknown {what} {value:?}, expected one of {expected}")]
pub struct UnknownValue {
    /// The enumeration, such as `integration type`.
    pub what: &'static str,
    /// The text that was refused.
    pub value: String,
    /// The names that would have been right, comma-separated.
    pub expected: &'static str,
}

/// Defines an enumeration and its spelling on the wire, in one table.
macro_rules! wire_enum {
    (
        $(#[$doc:meta])*
        pub enum $name:ident($what:literal) {
            $( $(#[$variant_doc:meta])* $variant:ident = $wire:literal, )+
        }
    ) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize,
        )]
        pub enum $name {
            $( $(#[$variant_doc])* #[serde(rename = $wire)] $variant, )+
        }

        impl $name {
            /// All values, in the order of the wire model.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $( Self::$variant => $wire, )+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        /// Takes the names in any case, as documents spell them.
        impl std::str::FromStr for $name {
            type Err = $crate::wire::UnknownValue;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL
                    .iter()
                    .copied()
                    .find(|one| one.as_str().eq_ignore_ascii_case(text))
                    .ok_or_else(|| $crate::wire::UnknownValue {
                        what: $what,
                        value: text.to_owned(),
                        expected: $crate::wire::list!($($wire),+),
                    })
            }
        }
    };
}

/// Joins literals with commas.
macro_rules! list {
    ($first:literal $(, $more:literal)*) => { concat!($first $(, ", ", $more)*) };
}

pub(crate) use {list, wire_enum};
