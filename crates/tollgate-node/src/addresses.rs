//! The addresses of what is served.

use tollgate_gateway::address::{AddressTable, BasePath, BasePathMapping, DomainName};
use tollgate_model as model;
use tollgate_store::State;

use crate::plans::Plans;

/// A table of all that runs; what leads nowhere is left out and told.
pub(crate) fn table(
    plans: &Plans,
    state: &State,
    any_host: Option<&[BasePathMapping]>,
    problems: &mut Vec<String>,
) -> Option<AddressTable> {
    let is_served = |mapping: &BasePathMapping| {
        plans.running().any(|plans| {
            let of = plans.production().stage();
            of.api_id == mapping.api && mapping.stage.as_ref().is_none_or(|name| *name == of.stage)
        })
    };
    let mut table = AddressTable::builder();
    for plans in plans.running() {
        table = table.stage(plans.clone());
    }
    for domain in state.domain_names() {
        let name: DomainName = match domain.domain_name.parse() {
            Ok(name) => name,
            Err(error) => {
                problems.push(format!("domain name {:?}: {error}", domain.domain_name));
                continue;
            }
        };
        let mut mappings = Vec::new();
        for mapping in state.base_path_mappings(&domain.domain_name) {
            let place = || {
                format!(
                    "domain name {}, base path {}",
                    domain.domain_name, mapping.base_path
                )
            };
            match read(mapping) {
                Ok(read) if is_served(&read) => mappings.push(read),
                Ok(read) => {
                    let stage = read
                        .stage
                        .map_or_else(String::new, |name| format!(", stage {name}"));
                    problems.push(format!(
                        "{}: API {}{stage} is not served",
                        place(),
                        read.api
                    ));
                }
                Err(error) => problems.push(format!("{}: {error}", place())),
            }
        }
        table = table.domain(name, mappings);
    }
    if let Some(mappings) = any_host {
        table = table.any_host(mappings.iter().filter(|one| is_served(one)).cloned());
    }
    table
        .build()
        .map_err(|error| problems.push(error.to_string()))
        .ok()
}

fn read(mapping: &model::BasePathMapping) -> Result<BasePathMapping, String> {
    let path = match mapping.base_path.as_str() {
        model::BasePathMapping::REST => BasePath::default(),
        path => path
            .parse()
            .map_err(|error: tollgate_gateway::address::InvalidBasePath| error.to_string())?,
    };
    Ok(BasePathMapping::new(
        path,
        mapping.rest_api_id.clone(),
        mapping.stage.clone(),
    ))
}
