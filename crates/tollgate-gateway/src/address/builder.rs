//! Tables of addresses in the making.

use std::collections::BTreeSet;

use tollgate_core::{ApiId, StageName};

use super::host::compare;
use super::mappings::Mappings;
use super::table::{Api, Target, key};
use super::{AddressError, AddressTable, BasePath, DomainName};
use crate::StagePlans;

/// Where a base path leads.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BasePathMapping {
    /// The base path.
    pub base_path: BasePath,
    /// The API.
    pub api: ApiId,
    /// The stage; `None`: it is the next segment of the path.
    pub stage: Option<StageName>,
}

impl BasePathMapping {
    /// A mapping to a stage, or to an API whose stage the path names.
    #[must_use]
    pub fn new(base_path: BasePath, api: ApiId, stage: Option<StageName>) -> Self {
        Self {
            base_path,
            api,
            stage,
        }
    }
}

/// Collects what an [`AddressTable`] is made of.
#[derive(Debug, Default)]
pub struct AddressTableBuilder {
    plans: Vec<StagePlans>,
    domains: Vec<(DomainName, Vec<BasePathMapping>)>,
    any_host: Option<Vec<BasePathMapping>>,
}

impl AddressTableBuilder {
    /// Adds a stage, under the API's id and the stage's name that its plan says.
    #[must_use]
    pub fn stage(mut self, plans: impl Into<StagePlans>) -> Self {
        self.plans.push(plans.into());
        self
    }

    /// Adds a custom domain name with its mappings.
    #[must_use]
    pub fn domain(
        mut self,
        name: DomainName,
        mappings: impl IntoIterator<Item = BasePathMapping>,
    ) -> Self {
        self.domains.push((name, mappings.into_iter().collect()));
        self
    }

    /// Sets the mappings of all hosts that nothing else is known about.
    #[must_use]
    pub fn any_host(mut self, mappings: impl IntoIterator<Item = BasePathMapping>) -> Self {
        self.any_host = Some(mappings.into_iter().collect());
        self
    }

    /// The table.
    ///
    /// # Errors
    ///
    /// [`AddressError`] where something comes twice, or a mapping leads nowhere.
    pub fn build(self) -> Result<AddressTable, AddressError> {
        let apis = apis(self.plans)?;
        let (mut exact, mut wildcard) = (Vec::new(), Vec::new());
        let mut seen = BTreeSet::new();
        for (domain, mappings) in self.domains {
            let mappings = resolve(mappings, &apis)?;
            if !seen.insert(domain.clone()) {
                return Err(AddressError::DuplicateDomain { domain });
            }
            let is_wildcard = domain.wildcard_of().is_some();
            let domains = if is_wildcard {
                &mut wildcard
            } else {
                &mut exact
            };
            domains.push((domain, mappings));
        }
        for domains in [&mut exact, &mut wildcard] {
            domains.sort_by(|(one, _), (other, _)| compare(key(one), key(other)));
        }
        let any_host = self.any_host.map(|mappings| resolve(mappings, &apis));
        Ok(AddressTable {
            any_host: any_host.transpose()?,
            apis,
            exact,
            wildcard,
        })
    }
}

/// The APIs of plans, in order.
fn apis(mut plans: Vec<StagePlans>) -> Result<Vec<Api>, AddressError> {
    let names = |plans: &StagePlans| {
        let of = plans.production().stage();
        (of.api_id.clone(), of.stage.clone())
    };
    plans.sort_by(|one, other| {
        let (one, other) = (one.production().stage(), other.production().stage());
        compare(one.api_id.as_str(), other.api_id.as_str())
            .then_with(|| one.stage.cmp(&other.stage))
    });
    let mut apis: Vec<Api> = Vec::new();
    for plans in plans {
        let (id, stage) = names(&plans);
        match apis.last_mut() {
            Some(api) if compare(api.id.as_str(), id.as_str()).is_eq() => {
                if api.stages.last().is_some_and(|(last, _)| *last == stage) {
                    return Err(AddressError::DuplicateStage { api: id, stage });
                }
                api.stages.push((stage, plans));
            }
            _ => apis.push(Api {
                id,
                stages: vec![(stage, plans)],
            }),
        }
    }
    Ok(apis)
}

/// Finds what mappings lead to.
fn resolve(mappings: Vec<BasePathMapping>, apis: &[Api]) -> Result<Mappings<Target>, AddressError> {
    let mut entries = Vec::with_capacity(mappings.len());
    for BasePathMapping {
        base_path,
        api,
        stage,
    } in mappings
    {
        let Ok(index) = apis.binary_search_by(|known| compare(known.id.as_str(), api.as_str()))
        else {
            return Err(AddressError::UnknownApi { base_path, api });
        };
        let target = match stage {
            None => Target::Api(index),
            Some(stage) => {
                let stages = &apis[index].stages;
                match stages.binary_search_by(|(known, _)| known.cmp(&stage)) {
                    Ok(found) => Target::Stage(index, found),
                    Err(_) => {
                        return Err(AddressError::UnknownStage {
                            base_path,
                            api,
                            stage,
                        });
                    }
                }
            }
        };
        entries.push((base_path, target));
    }
    Mappings::new(entries).map_err(|base_path| AddressError::DuplicateBasePath { base_path })
}
