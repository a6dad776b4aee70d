//! What a store does not say of what is served.

use tollgate_gateway::CompileOptions;
use tollgate_gateway::address::BasePathMapping;

/// What a store does not say of what is served.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NodeOptions {
    /// How documents are compiled. The keys and usage plans of the store are put into its limits.
    pub compile: CompileOptions,
    /// Mappings of hosts that nothing else is known about; `None`: such hosts lead nowhere.
    pub any_host: Option<Vec<BasePathMapping>>,
}
