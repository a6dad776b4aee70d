//! The table of addresses.

use std::ops::Range;

use tollgate_core::{ApiId, PathAddress, StageName};

use super::error::Unaddressed;
use super::host::{compare, first_label, host_name, is_execute_api};
use super::mappings::Mappings;
use super::{AddressTableBuilder, DomainName};
use crate::StagePlans;

/// Which stage of which API a host and a path stand for.
///
/// A request is addressed in one of these ways, the first that its host or path has the form of:
///
/// 1. the host `{api}.execute-api.{anything}`, with the stage as the first segment of the path;
/// 2. a custom domain name, with base path mappings; an exact name wins over `*.example.com`;
/// 3. on any other host, the path `/restapis/{api}/{stage}/_user_request_/…`;
/// 4. on any other host, the mappings of [`AddressTableBuilder::any_host`].
///
/// Hosts are compared without case, port and trailing dot; paths as they are. A lookup allocates
/// nothing.
#[derive(Debug)]
pub struct AddressTable {
    /// Ordered by id.
    pub(super) apis: Vec<Api>,
    /// In the order of names.
    pub(super) exact: Vec<(DomainName, Mappings<Target>)>,
    /// In the order of what follows `*.`.
    pub(super) wildcard: Vec<(DomainName, Mappings<Target>)>,
    pub(super) any_host: Option<Mappings<Target>>,
}

/// An API and its stages.
#[derive(Debug)]
pub(super) struct Api {
    pub(super) id: ApiId,
    /// Ordered by name.
    pub(super) stages: Vec<(StageName, StagePlans)>,
}

/// What a mapping leads to.
#[derive(Debug)]
pub(super) enum Target {
    /// The positions of an API and of its stage.
    Stage(usize, usize),
    /// The position of an API, whose stage is the next segment of the path.
    Api(usize),
}

/// The stage that a request is for, and what of its path said so.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Address<'t> {
    /// The stage's plans.
    pub plans: &'t StagePlans,
    /// What of the path belongs to the address.
    pub path: PathAddress,
    /// Where the API's part begins in a path of the form `/restapis/…`, which stands for
    /// `/{stage}` and that part.
    pub user_request: Option<usize>,
}

impl AddressTable {
    /// A table to be filled.
    #[must_use]
    pub fn builder() -> AddressTableBuilder {
        AddressTableBuilder::default()
    }

    /// The plans of all stages, in the order of API ids and stage names.
    pub fn plans(&self) -> impl Iterator<Item = &StagePlans> {
        let stages = self.apis.iter().flat_map(|api| &api.stages);
        stages.map(|(_, plans)| plans)
    }

    /// Finds the stage that a request with this host and path is for.
    ///
    /// # Errors
    ///
    /// [`Unaddressed`], which the service answers with 403 `Forbidden`.
    pub fn find(&self, host: &str, path: &str) -> Result<Address<'_>, Unaddressed> {
        let name = host_name(host);
        if is_execute_api(name) {
            let api = self.endpoint(first_label(name).0)?;
            let stage = segment(path, slashes(path, 0));
            return Ok(Address {
                plans: api.endpoint(&path[stage.clone()])?,
                path: PathAddress::Stage { length: stage.end },
                user_request: None,
            });
        }
        if let Some((_, mappings)) = self.domain(name) {
            return self.mapped(mappings, path);
        }
        if let Some(user_request) = UserRequest::parse(path) {
            return self.user_request(&user_request);
        }
        match &self.any_host {
            Some(mappings) => self.mapped(mappings, path),
            None => Err(Unaddressed::UnknownHost),
        }
    }

    /// Whether an address is one of an API, whatever comes of it: by the host of an API or of a domain
    /// name, or by a path like `/restapis/{api}/{stage}/_user_request_/…`. Other addresses may have
    /// another meaning to whoever serves more than APIs.
    #[must_use]
    pub fn claims(&self, host: &str, path: &str) -> bool {
        let name = host_name(host);
        is_execute_api(name) || self.domain(name).is_some() || UserRequest::parse(path).is_some()
    }

    /// The API of an endpoint's first label, which may name an endpoint of a private network, too.
    fn endpoint(&self, label: &str) -> Result<&Api, Unaddressed> {
        let id = label.split_once("-vpce-").map_or(label, |(id, _)| id);
        self.api(id)
    }

    fn api(&self, id: &str) -> Result<&Api, Unaddressed> {
        let index = self
            .apis
            .binary_search_by(|api| compare(api.id.as_str(), id));
        index
            .map(|index| &self.apis[index])
            .map_err(|_| Unaddressed::UnknownApi)
    }

    /// The custom domain name that a host stands for, which may be a wildcard's.
    #[must_use]
    pub fn domain_name(&self, host: &str) -> Option<&DomainName> {
        let name = host_name(host);
        // An endpoint's host is one, whatever wildcards there are.
        if is_execute_api(name) {
            return None;
        }
        self.domain(name).map(|(name, _)| name)
    }

    fn domain(&self, name: &str) -> Option<&(DomainName, Mappings<Target>)> {
        let find = |domains: &[(DomainName, Mappings<Target>)], name: &str| {
            let compared = |(known, _): &(DomainName, _)| compare(key(known), name);
            domains.binary_search_by(compared).ok()
        };
        match find(&self.exact, name) {
            Some(index) => Some(&self.exact[index]),
            None => find(&self.wildcard, first_label(name).1).map(|index| &self.wildcard[index]),
        }
    }

    fn mapped<'t>(
        &'t self,
        mappings: &'t Mappings<Target>,
        path: &str,
    ) -> Result<Address<'t>, Unaddressed> {
        let start = slashes(path, 0);
        let found = mappings.find(&path[start..]);
        let (length, target) = found.ok_or(Unaddressed::UnmappedPath)?;
        // An empty key ends before the slash that the API's path begins with.
        let start = if length == 0 { 0 } else { start };
        let key = start..start + length;
        let (plans, length) = match target {
            Target::Stage(api, stage) => (&self.apis[*api].stages[*stage].1, key.end),
            Target::Api(index) => {
                let stage = segment(path, slashes(path, key.end));
                (self.apis[*index].stage(&path[stage.clone()])?, stage.end)
            }
        };
        Ok(Address {
            plans,
            path: PathAddress::BasePath { key, length },
            user_request: None,
        })
    }

    fn user_request(&self, request: &UserRequest<'_>) -> Result<Address<'_>, Unaddressed> {
        let api = self.api(request.api)?;
        Ok(Address {
            plans: api.endpoint(request.stage)?,
            path: PathAddress::Stage {
                length: 1 + request.stage.len(),
            },
            user_request: Some(request.end),
        })
    }
}

impl Api {
    fn stage(&self, name: &str) -> Result<&StagePlans, Unaddressed> {
        let index = self
            .stages
            .binary_search_by(|(known, _)| known.as_str().cmp(name));
        index
            .map(|index| &self.stages[index].1)
            .map_err(|_| Unaddressed::UnknownStage)
    }

    /// A stage that is called by the id of its API.
    fn endpoint(&self, stage: &str) -> Result<&StagePlans, Unaddressed> {
        let plans = self.stage(stage)?;
        // The address comes before the choice: the canary's deployment has no say in it.
        if plans.production().deployed.execute_api_disabled {
            return Err(Unaddressed::ExecuteApiDisabled);
        }
        Ok(plans)
    }
}

/// What a domain name is found by: itself, or what follows its `*.`.
pub(super) fn key(name: &DomainName) -> &str {
    name.wildcard_of().unwrap_or(name.as_str())
}

/// A path of the form `/restapis/{api}/{stage}/_user_request_/…`.
struct UserRequest<'p> {
    api: &'p str,
    stage: &'p str,
    /// Where what the API sees begins.
    end: usize,
}

impl<'p> UserRequest<'p> {
    fn parse(path: &'p str) -> Option<Self> {
        let mut segments = path.strip_prefix("/restapis/")?.splitn(4, '/');
        let (api, stage, marker) = (segments.next()?, segments.next()?, segments.next()?);
        let rest = segments.next().map_or(0, |rest| rest.len() + 1);
        (marker == "_user_request_").then_some(Self {
            api,
            stage,
            end: path.len() - rest,
        })
    }
}

/// Where the slashes that begin at `start` end.
fn slashes(path: &str, start: usize) -> usize {
    let rest = path.get(start..).unwrap_or_default();
    start + rest.bytes().take_while(|byte| *byte == b'/').count()
}

/// The segment that begins at `start`.
fn segment(path: &str, start: usize) -> Range<usize> {
    let rest = path.get(start..).unwrap_or_default();
    start..start + rest.find('/').unwrap_or(rest.len())
}
