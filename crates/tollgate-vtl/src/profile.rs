//! Which Velocity a template is written for.

use crate::limits::Limits;

/// The flavour of the language and the limits to parse and render under.
#[derive(Clone, Debug)]
pub struct Profile {
    limits: Limits,
}

impl Profile {
    /// Amazon API Gateway: Velocity 1.7 in which a missing value prints nothing, and without
    /// macros and `#evaluate`, whose calls print as they stand.
    #[must_use]
    pub fn api_gateway() -> Self {
        Self {
            limits: Limits::default(),
        }
    }

    /// The same flavour under other limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The limits.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }
}
