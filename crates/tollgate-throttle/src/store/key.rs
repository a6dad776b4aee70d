//! How limits are told apart where many processes share them.

use std::fmt::Write;

/// What a limit is about: the same for all processes that share it.
///
/// ```
/// use tollgate_throttle::LimitKey;
///
/// let method = LimitKey::method("a1b2c3d4e5", "prod", "/pets/GET");
/// assert_eq!(method.to_string(), "stage:a1b2c3d4e5:prod method:/pets/GET");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LimitKey {
    /// What is decided by one script: limits with the same tag lie together in a cluster.
    tag: Box<str>,
    name: Box<str>,
}

impl LimitKey {
    fn new(tag: &[&str], name: &[&str]) -> Self {
        Self {
            tag: joined(tag),
            name: joined(name),
        }
    }

    /// All requests of an account.
    #[must_use]
    pub fn account(account_id: &str) -> Self {
        Self::new(&["account", account_id], &["rate"])
    }

    /// A method of a stage, such as `/pets/GET`.
    #[must_use]
    pub fn method(api_id: &str, stage: &str, method: &str) -> Self {
        Self::new(&["stage", api_id, stage], &["method", method])
    }

    /// A key's requests over all stages of a plan.
    #[must_use]
    pub fn plan(plan_id: &str, key_id: &str) -> Self {
        Self::new(&["plan", plan_id, key_id], &["rate"])
    }

    /// A key's requests to a method of a stage, as a plan limits them.
    #[must_use]
    pub fn plan_method(
        (plan_id, key_id): (&str, &str),
        (api_id, stage): (&str, &str),
        method: &str,
    ) -> Self {
        let name = ["method", api_id, stage, method];
        Self::new(&["plan", plan_id, key_id], &name)
    }

    /// A limit of the embedder's own.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self::new(&["named", name], &["rate"])
    }

    pub(crate) fn quota(plan_id: &str, key_id: &str) -> Self {
        Self::new(&["plan", plan_id, key_id], &["quota"])
    }

    #[cfg(feature = "redis")]
    pub(crate) fn tag(&self) -> &str {
        &self.tag
    }

    #[cfg(feature = "redis")]
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl std::fmt::Display for LimitKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.tag, self.name)
    }
}

/// Parts with colons between them; what could be taken for something else is escaped, braces above
/// all, since a cluster hashes what is between the first two.
fn joined(parts: &[&str]) -> Box<str> {
    let mut joined = String::new();
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            joined.push(':');
        }
        for byte in part.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~/+*$@=".contains(&byte) {
                joined.push(char::from(byte));
            } else {
                // Writing to a string does not fail.
                let _ = write!(joined, "%{byte:02X}");
            }
        }
    }
    joined.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_told_apart() {
        for (one, other) in [
            (LimitKey::plan("a:b", "c"), LimitKey::plan("a", "b:c")),
            (LimitKey::plan("a", "b"), LimitKey::quota("a", "b")),
            (LimitKey::method("a", "b", "/"), LimitKey::plan("a", "b")),
            (LimitKey::named("a}"), LimitKey::named("a")),
            (LimitKey::named("é"), LimitKey::named("%C3%A9")),
        ] {
            assert_ne!(one.to_string(), other.to_string());
        }
        let method = LimitKey::method("a", "b", "/{id}/GET");
        assert_eq!(method.to_string(), "stage:a:b method:/%7Bid%7D/GET");
    }
}
