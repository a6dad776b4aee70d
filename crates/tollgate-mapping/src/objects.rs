//! The variables of mapping templates: `$input`, `$util`, `$context`, `$stageVariables`.

mod context;
pub(crate) mod document;
mod input;
mod overrides;
mod paths;
mod stage_variables;
mod util;

pub(crate) use context::ContextObject;
pub(crate) use input::Input;
pub(crate) use stage_variables::StageVariablesObject;
pub(crate) use util::Util;

#[cfg(test)]
mod tests;
