//! `$stageVariables`.

/// The variables of a stage, as frozen into a plan.
///
/// ```
/// use tollgate_core::StageVariables;
///
/// let variables = StageVariables::from_iter([("version", "7")]);
/// assert_eq!(variables.get("version"), Some("7"));
/// assert_eq!(variables.get("missing"), None);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StageVariables(Box<[(Box<str>, Box<str>)]>);

impl StageVariables {
    /// The value of a variable.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        // AWS allows a hundred of them; a walk is as quick as a hash for the few there are.
        self.iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    /// Each name with its value, in the order of the stage.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }
}

impl<N: Into<Box<str>>, V: Into<Box<str>>> FromIterator<(N, V)> for StageVariables {
    fn from_iter<T: IntoIterator<Item = (N, V)>>(variables: T) -> Self {
        Self(
            variables
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }
}
