//! Which Velocity a template is written for.

mod property;

use crate::limits::Limits;

pub use property::PropertyError;

/// The flavour of the language and the limits to parse and render under.
#[derive(Clone, Debug)]
pub struct Profile {
    pub(crate) rules: Rules,
    limits: Limits,
}

/// Where the flavours of the language differ. One engine asks these questions; there is no second
/// one.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a rule of its own, and flavours combine them freely"
)]
pub(crate) struct Rules {
    pub(crate) syntax: Syntax,
    pub(crate) gobbling: SpaceGobbling,
    /// Whether double-quoted strings are templates.
    pub(crate) interpolates: bool,
    /// Whether a reference that leads nowhere is the empty string, as on Amazon API Gateway.
    pub(crate) null_is_empty: bool,
    /// Whether zero and what is empty count as false.
    pub(crate) empty_is_false: bool,
    /// Whether literals can count as true.
    pub(crate) literals_have_truth: bool,
    /// Whether `#set` stores null.
    pub(crate) sets_null: bool,
    /// Whether strings that hold a number count as one where a number is wanted.
    pub(crate) converts_strings: bool,
    /// Whether `$list.size` and `$text.length` read what the methods give.
    pub(crate) size_is_property: bool,
    /// Whether macros get values rather than expressions.
    pub(crate) passes_values: bool,
    /// Whether `#stop` inside of `#evaluate` ends the whole render.
    pub(crate) stop_ends_all: bool,
    /// Whether a template may define macros; where not, definitions are removed.
    pub(crate) macros: bool,
    /// Whether `#evaluate`, `#parse` and `#include` are directives.
    pub(crate) loads: bool,
    /// Whether references that lead nowhere are errors.
    pub(crate) strict_references: bool,
    /// Whether arithmetic without a result is an error.
    pub(crate) strict_math: bool,
    /// Whether the call of a macro must have all its arguments.
    pub(crate) strict_macros: bool,
    /// Whether `#foreach` passes over what it cannot walk.
    pub(crate) skips_invalid: bool,
    /// Rounds after which a `#foreach` ends silently.
    pub(crate) max_rounds: Option<usize>,
}

/// Which grammar reads the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// Velocity 1.7.
    V17,
    /// Velocity 2.x.
    V2,
    /// Velocity 2.x with hyphens in names.
    V2Hyphens,
}

/// What becomes of blanks and line ends around directives.
///
/// The names are those of Velocity's setting `parser.space_gobbling`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpaceGobbling {
    /// Nothing is removed.
    None,
    /// Velocity 1.7's way: a line end behind a directive is removed, with the blanks before it.
    BackwardCompatible,
    /// A line with nothing but one directive is removed whole.
    Lines,
    /// As `Lines`, and the indentation of blocks is removed from their content.
    Structured,
}

impl Profile {
    /// Apache Velocity 2.x.
    #[must_use]
    pub fn velocity2() -> Self {
        Self {
            rules: Rules {
                syntax: Syntax::V2,
                gobbling: SpaceGobbling::Lines,
                interpolates: true,
                null_is_empty: false,
                empty_is_false: true,
                literals_have_truth: true,
                sets_null: true,
                converts_strings: true,
                size_is_property: true,
                passes_values: true,
                stop_ends_all: true,
                macros: true,
                loads: true,
                strict_references: false,
                strict_math: false,
                strict_macros: false,
                skips_invalid: true,
                max_rounds: None,
            },
            limits: Limits::default(),
        }
    }

    /// Apache Velocity 1.7.
    #[must_use]
    pub fn velocity17() -> Self {
        Self {
            rules: Rules {
                syntax: Syntax::V17,
                gobbling: SpaceGobbling::BackwardCompatible,
                empty_is_false: false,
                literals_have_truth: false,
                sets_null: false,
                converts_strings: false,
                size_is_property: false,
                passes_values: false,
                stop_ends_all: false,
                ..Self::velocity2().rules
            },
            limits: Limits::default(),
        }
    }

    /// Amazon API Gateway: Velocity 1.7 in which a missing value prints nothing, without macros,
    /// `#evaluate`, `#parse` and `#include`, and with at most 1,000 rounds in any one `#foreach`.
    #[must_use]
    pub fn api_gateway() -> Self {
        let limits = Limits {
            foreach_rounds: 1_000,
            ..Limits::default()
        };
        Self {
            rules: Rules {
                null_is_empty: true,
                macros: false,
                loads: false,
                ..Self::velocity17().rules
            },
            limits,
        }
    }

    /// The same flavour under other limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The same flavour with another treatment of blanks. Velocity 1.7 and Amazon API Gateway know
    /// only [`SpaceGobbling::BackwardCompatible`] and keep to it.
    #[must_use]
    pub fn with_space_gobbling(mut self, gobbling: SpaceGobbling) -> Self {
        if self.rules.syntax != Syntax::V17 {
            self.rules.gobbling = gobbling;
        }
        self
    }

    /// The limits.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }
}

impl Default for Profile {
    /// [`Profile::velocity2`].
    fn default() -> Self {
        Self::velocity2()
    }
}
