//! The addresses of what is served.

use std::collections::{HashMap, HashSet};

use tollgate_gateway::address::{AddressTable, BasePath, BasePathMapping, DomainName};
use tollgate_model as model;
use tollgate_store::State;

use crate::plans::Plans;

/// A table of all that runs; what leads nowhere, or where something else stands already, is left out and
/// told.
pub(crate) fn table(
    plans: &Plans,
    state: &State,
    any_host: Option<&[BasePathMapping]>,
    problems: &mut Vec<String>,
) -> Option<AddressTable> {
    let mut table = AddressTable::builder();
    let (mut apis, mut stages) = (HashSet::new(), HashSet::new());
    let mut taken = HashMap::new();
    for plans in plans.running() {
        let of = plans.production().stage();
        // Case makes no difference in a host.
        let place = (of.api_id.as_str().to_ascii_lowercase(), &of.stage);
        if let Some(other) = taken.get(&place) {
            problems.push(format!(
                "API {}, stage {}: API {other} has this address",
                of.api_id, of.stage
            ));
            continue;
        }
        taken.insert(place, &of.api_id);
        apis.insert(&of.api_id);
        stages.insert((&of.api_id, &of.stage));
        table = table.stage(plans.clone());
    }
    let is_served = |mapping: &BasePathMapping| match &mapping.stage {
        Some(stage) => stages.contains(&(&mapping.api, stage)),
        None => apis.contains(&mapping.api),
    };
    let mut names: HashMap<DomainName, &str> = HashMap::new();
    for domain in state.domain_names() {
        let name: DomainName = match domain.domain_name.parse() {
            Ok(name) => name,
            Err(error) => {
                problems.push(format!("domain name {:?}: {error}", domain.domain_name));
                continue;
            }
        };
        if let Some(other) = names.get(&name) {
            problems.push(format!(
                "domain name {}: it is the same as {other}",
                domain.domain_name
            ));
            continue;
        }
        names.insert(name.clone(), &domain.domain_name);
        let (mut mappings, mut paths) = (Vec::new(), HashSet::new());
        for mapping in state.base_path_mappings(&domain.domain_name) {
            let place = || {
                format!(
                    "domain name {}, base path {}",
                    domain.domain_name, mapping.base_path
                )
            };
            match read(mapping) {
                Ok(read) if is_served(&read) => {
                    if paths.insert(read.base_path.clone()) {
                        mappings.push(read);
                    } else {
                        problems.push(format!("{}: another mapping has it", place()));
                    }
                }
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
