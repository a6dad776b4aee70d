//! What is to be served: documents, their stages, and the addresses of these.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ipnet::IpNet;
use tollgate::Plan;
use tollgate::core::{ApiId, StageName};
use tollgate::gateway::CompileOptions;
use tollgate::gateway::address::{
    AddressError, AddressTable, BasePath, BasePathMapping, DomainName,
};
use tollgate::iam::sigv4::Credentials;
use tollgate::integration::ClientCertificate;
use tollgate::integration::aws::Endpoints;
use tollgate::model::{MethodSetting, Stage};

use crate::callers::SiteCallers;
use crate::config::Config;
use crate::hash::{Base36, fnv1a};
use crate::limits::SiteLimits;
use crate::report::Report;
use crate::text_file;

/// Bytes of a file with a client certificate or its key that are read.
const MOST_PEM_BYTES: u64 = 1024 * 1024;

/// What is to be served.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    pub(crate) apis: Vec<SiteApi>,
    pub(crate) domains: Vec<(DomainName, Vec<BasePathMapping>)>,
    /// Mappings of hosts that nothing is known about.
    pub(crate) any_host: Option<Vec<BasePathMapping>>,
    /// How documents are compiled, but for what calls their endpoints.
    pub(crate) compile_options: CompileOptions,
    /// Where AWS services are called.
    pub(crate) endpoints: Endpoints,
    /// What calls to them are signed with.
    pub(crate) credentials: Option<Credentials>,
    /// API keys, usage plans and throttles.
    pub(crate) limits: SiteLimits,
    /// Who may call methods that are protected.
    pub(crate) callers: SiteCallers,
    /// Private networks that a host which a request names may be in.
    pub(crate) reachable: Vec<IpNet>,
}

/// A document and how it is served.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SiteApi {
    pub(crate) file: PathBuf,
    pub(crate) id: ApiId,
    pub(crate) stages: Vec<Stage>,
}

impl Site {
    /// Puts together what the command line and the configuration say.
    ///
    /// `stage` is the stage of documents for which the configuration names none.
    pub(crate) fn new(
        files: &[PathBuf],
        stage: &StageName,
        config: &Config,
    ) -> Result<Self, Report> {
        let wrong = |message| config.wrong(message);
        let mut apis = Vec::new();
        let mut base_paths = Vec::new();
        for api in &config.apis {
            let file = api.file.get_ref();
            let id = api.id.as_ref().map(|id| id.get_ref().0.0.clone());
            let stages = api.stages.iter().map(model_stage).collect();
            base_paths.push(api.base_path.as_ref().map(|path| path.0.clone()));
            apis.push(SiteApi {
                id: id.unwrap_or_else(|| api_id(file)),
                file: file.clone(),
                stages,
            });
        }
        for file in files {
            if !apis.iter().any(|known| same_file(&known.file, file)) {
                base_paths.push(None);
                apis.push(SiteApi {
                    id: api_id(file),
                    file: file.clone(),
                    stages: Vec::new(),
                });
            }
        }
        if apis.is_empty() {
            let message = "there is nothing to serve, expected a document or [[apis]]";
            return Err(wrong(message.to_owned()));
        }
        let mut ids = BTreeMap::new();
        for api in &mut apis {
            if api.stages.is_empty() {
                api.stages.push(Stage::new(stage.clone()));
            }
            if let Some(other) = ids.insert(api.id.clone(), api.file.clone()) {
                return Err(wrong(format!(
                    "{} and {} are both API {}, expected an id of its own for each (apis.id)",
                    other.display(),
                    api.file.display(),
                    api.id
                )));
            }
        }
        check_mappings(config, &apis)?;
        let any_host = config.any_host.unwrap_or(config.domains.is_empty());
        let any_host = any_host.then(|| any_host_mappings(&apis, base_paths));
        Self::around(config, apis, any_host)
    }

    /// These APIs, and what the configuration says besides.
    fn around(
        config: &Config,
        apis: Vec<SiteApi>,
        any_host: Option<Vec<BasePathMapping>>,
    ) -> Result<Self, Report> {
        let domains = config.domains.iter().map(|domain| {
            let mappings = domain.mappings.iter().map(|mapping| {
                let stage = mapping
                    .stage
                    .as_ref()
                    .map(|stage| stage.get_ref().0.clone());
                let base_path = mapping.base_path.clone().unwrap_or_default().0;
                BasePathMapping::new(base_path, mapping.api.get_ref().as_str().into(), stage)
            });
            (domain.name.get_ref().0.clone(), mappings.collect())
        });
        let mut compile_options = CompileOptions::default();
        compile_options.account_id = config.account_id.0.0.clone();
        compile_options.region = config.region.0.0.clone();
        let links = config.vpc_links.iter();
        compile_options.vpc_links = links.map(|(id, to)| (id.clone(), to.0.clone())).collect();
        compile_options.client_certificates = client_certificates(config)?;
        Ok(Self {
            domains: domains.collect(),
            any_host,
            compile_options,
            endpoints: config.endpoints(),
            credentials: config.environment.credentials.clone(),
            limits: SiteLimits::new(config)?,
            callers: SiteCallers::new(config)?,
            reachable: config.outbound.allow.clone(),
            apis,
        })
    }

    /// What is besides the APIs of a store, which has stages, domain names, keys and usage plans itself.
    pub(crate) fn of_store(config: &Config) -> Result<Self, Report> {
        for (is_there, what) in [
            (!config.apis.is_empty(), "apis"),
            (!config.domains.is_empty(), "domains"),
            (!config.api_keys.is_empty(), "api_keys"),
            (!config.usage_plans.is_empty(), "usage_plans"),
            (config.any_host.is_some(), "any_host"),
        ] {
            if is_there {
                let message = format!("{what}: with --data and --database they stand in the store");
                return Err(config.wrong(message));
            }
        }
        Self::around(config, Vec::new(), None)
    }

    /// The API of a document, under the name that the caller has for it.
    pub(crate) fn api(&self, file: &Path) -> Option<SiteApi> {
        let mut apis = self.apis.iter();
        let mut api = apis.find(|api| same_file(&api.file, file))?.clone();
        file.clone_into(&mut api.file);
        Some(api)
    }

    /// The addresses of these stages.
    pub(crate) fn addresses<'p>(
        &self,
        plans: impl IntoIterator<Item = &'p Arc<Plan>>,
    ) -> Result<AddressTable, AddressError> {
        let mut table = AddressTable::builder();
        for plan in plans {
            table = table.stage(plan.clone());
        }
        for (name, mappings) in &self.domains {
            table = table.domain(name.clone(), mappings.iter().cloned());
        }
        if let Some(mappings) = &self.any_host {
            table = table.any_host(mappings.iter().cloned());
        }
        table.build()
    }
}

/// Reads what stages show to HTTPS endpoints.
fn client_certificates(config: &Config) -> Result<BTreeMap<String, ClientCertificate>, Report> {
    let read = |file: &Path| {
        text_file::read(file, MOST_PEM_BYTES).map_err(|error| Report::unreadable(file, &error))
    };
    let pairs = config.client_certificates.iter();
    pairs
        .map(|(id, pair)| {
            let (chain, key) = (read(&pair.certificate)?, read(&pair.private_key)?);
            let certificate = ClientCertificate::from_pem(chain.as_bytes(), key.as_bytes());
            let certificate = certificate
                .map_err(|error| config.wrong(format!("client_certificates.{id}: {error}")))?;
            Ok((id.clone(), certificate))
        })
        .collect()
}

/// Mappings lead to APIs and stages that are there.
fn check_mappings(config: &Config, apis: &[SiteApi]) -> Result<(), Report> {
    let mut found = Vec::new();
    for mapping in config.domains.iter().flat_map(|domain| &domain.mappings) {
        let name = mapping.api.get_ref();
        let Some(api) = apis.iter().find(|api| api.id.as_str() == name) else {
            let known: Vec<_> = apis.iter().map(|api| api.id.as_str()).collect();
            let message = format!(
                "there is no API {name}, expected one of {}",
                known.join(", ")
            );
            found.push((mapping.api.span(), message));
            continue;
        };
        if let Some(stage) = &mapping.stage {
            let name = &stage.get_ref().0;
            let known: Vec<_> = api
                .stages
                .iter()
                .map(|one| one.stage_name.as_str())
                .collect();
            if !known.contains(&name.as_str()) {
                let known = known.join(", ");
                let message = format!(
                    "API {} has no stage {name}, expected one of {known}",
                    api.id
                );
                found.push((stage.span(), message));
            }
        }
    }
    config.accept(found)
}

/// One API stands at the root; several each stand below a base path. Of several stages, the path
/// names one.
fn any_host_mappings(apis: &[SiteApi], base_paths: Vec<Option<BasePath>>) -> Vec<BasePathMapping> {
    let is_only_one = apis.len() == 1;
    let mapping = |(api, base_path): (&SiteApi, Option<BasePath>)| {
        let own = || {
            if is_only_one {
                BasePath::default()
            } else {
                base_path_of(api)
            }
        };
        let stage = match api.stages.as_slice() {
            [only] => Some(only.stage_name.clone()),
            _ => None,
        };
        BasePathMapping::new(base_path.unwrap_or_else(own), api.id.clone(), stage)
    };
    apis.iter().zip(base_paths).map(mapping).collect()
}

/// The stem of a document's name, or the API's id where that is no base path.
fn base_path_of(api: &SiteApi) -> BasePath {
    let stem = stem(&api.file);
    let is_segment = !stem.is_empty() && !stem.contains('/');
    let of_stem = is_segment.then(|| stem.parse().ok()).flatten();
    let of_id = || api.id.as_str().parse().unwrap_or_default();
    of_stem.unwrap_or_else(of_id)
}

/// The id of an API that was given none: the stem of its document's name where that can be an id,
/// else ten letters and digits that follow from the name.
fn api_id(file: &Path) -> ApiId {
    let stem = stem(file);
    match stem.parse::<crate::config::ApiName>() {
        Ok(name) => name.0,
        Err(_) => {
            let name = file.file_name().unwrap_or_default();
            let hash = fnv1a(name.as_encoded_bytes());
            ApiId::new(Base36::<10>(hash).to_string())
        }
    }
}

fn stem(file: &Path) -> &str {
    let stem = file.file_stem().unwrap_or_default();
    stem.to_str().unwrap_or_default()
}

fn same_file(one: &Path, other: &Path) -> bool {
    let absolute = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    one == other || absolute(one) == absolute(other)
}

fn model_stage(stage: &crate::config::Stage) -> Stage {
    let mut model = Stage::new(stage.name.get_ref().0.clone());
    model.description.clone_from(&stage.description);
    let certificate = stage.client_certificate.as_ref();
    model.client_certificate_id = certificate.map(|id| id.get_ref().clone());
    let variables = stage.variables.iter();
    model.variables = variables
        .map(|(name, value)| (name.clone(), value.get_ref().clone()))
        .collect();
    let of_all = stage.throttle.map(|limit| ("*/*".to_owned(), limit));
    let of_methods = stage.methods.iter();
    // The slash in front is that of the path.
    let of_methods = of_methods.map(|(method, limit)| {
        let method = method.strip_prefix('/').unwrap_or(method);
        (method.to_owned(), *limit)
    });
    let settings = of_all.into_iter().chain(of_methods);
    model.method_settings = settings
        .map(|(method, limit)| (method, MethodSetting::throttled(limit.0)))
        .collect();
    model
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(files: &[&str], config: &str) -> Result<Site, Report> {
        let files: Vec<PathBuf> = files.iter().map(PathBuf::from).collect();
        let config: Config = toml::from_str(config).expect("the test's configuration is one");
        let stage = "default".parse().expect("it is a stage name");
        Site::new(&files, &stage, &config)
    }

    fn any_host(site: &Site) -> Vec<(&str, &str, Option<&str>)> {
        let mappings = site.any_host.iter().flatten();
        mappings
            .map(|one| {
                let stage = one.stage.as_ref().map(StageName::as_str);
                (one.base_path.as_str(), one.api.as_str(), stage)
            })
            .collect()
    }

    #[test]
    fn ids_follow_from_names() {
        for (file, expected) in [
            ("pets.yaml", "pets"),
            ("v1/pets2.json", "pets2"),
            ("pet-store.yaml", "nnufftq6hw"),
            ("v2/pet-store.yaml", "nnufftq6hw"),
            ("Pets.yaml", "8t0p5xd8tb"),
        ] {
            assert_eq!(api_id(Path::new(file)).as_str(), expected, "{file}");
        }
    }

    #[test]
    fn one_api_stands_at_the_root_and_several_below_their_stems() {
        let one = site(&["pets.yaml"], "").unwrap();
        assert_eq!(any_host(&one), [("", "pets", Some("default"))]);
        let two = site(&["pets.yaml", "a-b.yaml"], "").unwrap();
        assert_eq!(any_host(&two)[0], ("pets", "pets", Some("default")));
        assert_eq!(any_host(&two)[1].0, "a-b");
        let config = r#"
            [[apis]]
            file = "pets.yaml"
            id = "store"
            base_path = "shop/pets"
            stages = [{ name = "prod" }, { name = "beta", variables = { a = "b" } }]
        "#;
        let configured = site(&["pets.yaml"], config).unwrap();
        assert_eq!(any_host(&configured), [("shop/pets", "store", None)]);
        assert_eq!(configured.apis[0].stages[1].variables["a"], "b");
    }

    #[test]
    fn domains_close_other_hosts_unless_these_are_asked_for() {
        let domain = "domains = [{ name = \"a.example.com\" }]";
        assert!(site(&["pets.yaml"], domain).unwrap().any_host.is_none());
        let both = format!("any_host = true\n{domain}");
        assert!(site(&["pets.yaml"], &both).unwrap().any_host.is_some());
    }

    #[test]
    fn apis_have_ids_of_their_own() {
        let error = site(&["a/pets.yaml", "b/pets.json"], "").unwrap_err();
        assert_eq!(
            error.diagnostics.to_string(),
            "error: a/pets.yaml and b/pets.json are both API pets, expected an id of its own for \
             each (apis.id)"
        );
        let error = site(&[], "").unwrap_err().diagnostics.to_string();
        assert!(
            error.starts_with("error: there is nothing to serve"),
            "{error}"
        );
    }
}
