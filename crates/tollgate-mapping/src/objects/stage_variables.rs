//! `$stageVariables`.

use tollgate_core::StageVariables;
use tollgate_vtl::{Object, Value};

/// `$stageVariables`: the variables of the stage.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StageVariablesObject<'a>(&'a StageVariables);

impl<'a> StageVariablesObject<'a> {
    pub(crate) const fn new(variables: &'a StageVariables) -> Self {
        Self(variables)
    }
}

impl<'a> Object<'a> for StageVariablesObject<'a> {
    fn property(&self, name: &str) -> Option<Value<'a>> {
        self.0.get(name).map(Value::from)
    }

    fn entries(&self) -> Vec<(Value<'a>, Value<'a>)> {
        self.0
            .iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect()
    }
}
