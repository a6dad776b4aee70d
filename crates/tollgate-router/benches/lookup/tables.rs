//! The tables of the benchmark, and the same paths in each router's own spelling.

use tollgate_router::{MethodKey, RouteTable, Verb};

/// A table and the request paths to look up in it.
pub(crate) struct Workload {
    pub(crate) name: &'static str,
    resources: Vec<String>,
    /// One for each resource.
    pub(crate) hits: Vec<String>,
    /// Hits that go astray in their last segment, or past it.
    pub(crate) misses: Vec<String>,
}

impl Workload {
    /// 130 resources in the shape of GitHub's REST API.
    pub(crate) fn github() -> Self {
        let resources = include_str!("github.txt").lines().map(str::to_owned);
        Self::new("github, 130 resources", resources.collect())
    }

    /// So many synthetic resources, in families of twenty below a word of their own.
    pub(crate) fn synthetic(name: &'static str, count: usize) -> Self {
        const FAMILY: [&str; 20] = [
            "",
            "/search",
            "/export",
            "/{id}",
            "/{id}/status",
            "/{id}/history",
            "/{id}/history/{revision}",
            "/{id}/comments",
            "/{id}/comments/{comment_id}",
            "/{id}/comments/{comment_id}/reactions",
            "/{id}/attachments",
            "/{id}/attachments/{attachment_id}",
            "/{id}/attachments/{attachment_id}/content",
            "/{id}/permissions",
            "/{id}/permissions/{user}",
            "/{id}/links",
            "/{id}/links/{link_id}",
            "/{id}/archive",
            "/{id}/files/{path+}",
            "/settings",
        ];
        let resources = (0..count).map(|number| {
            let (family, member) = (number / FAMILY.len(), number % FAMILY.len());
            format!("/v1/collection-{family}{}", FAMILY[member])
        });
        Self::new(name, resources.collect())
    }

    pub(crate) fn all() -> [Self; 3] {
        [
            Self::github(),
            Self::synthetic("1,000 resources", 1_000),
            Self::synthetic("10,000 resources", 10_000),
        ]
    }

    fn new(name: &'static str, resources: Vec<String>) -> Self {
        let hits: Vec<String> = resources.iter().map(|path| request_path(path)).collect();
        let misses = hits.iter().enumerate().map(|(number, path)| {
            if number % 2 == 0 {
                format!("{path}/nowhere")
            } else {
                format!(
                    "{}/nowhere",
                    path.rsplit_once('/').map_or("", |(parent, _)| parent)
                )
            }
        });
        let mut workload = Self {
            name,
            misses: misses.collect(),
            resources,
            hits,
        };
        let table = workload.tollgate();
        workload
            .misses
            .retain(|path| table.find(Verb::Get, path).is_none());
        // Neighbours in the table are not neighbours in time.
        scatter(&mut workload.hits);
        scatter(&mut workload.misses);
        workload
    }

    pub(crate) fn tollgate(&self) -> RouteTable<usize> {
        let mut table = RouteTable::builder();
        for (index, path) in self.resources.iter().enumerate() {
            let path = path.parse().expect("the paths are well-formed");
            table
                .insert(&path, MethodKey::Verb(Verb::Get), index)
                .expect("the paths differ");
        }
        table.build()
    }

    pub(crate) fn wayfind(&self) -> wayfind::Router<usize> {
        let mut router = wayfind::RouterBuilder::new();
        for (index, path) in self.resources.iter().enumerate() {
            let path = spelled(
                path,
                |name| format!("<{name}>"),
                |name| format!("<*{name}>"),
            );
            router.insert(&path, index).expect("the paths differ");
        }
        router.build()
    }

    pub(crate) fn matchit(&self) -> matchit::Router<usize> {
        let mut router = matchit::Router::new();
        for (index, path) in self.resources.iter().enumerate() {
            let path = spelled(
                path,
                |name| format!("{{{name}}}"),
                |name| format!("{{*{name}}}"),
            );
            router.insert(path, index).expect("the paths differ");
        }
        router
    }
}

/// Puts the items in an order without rhyme that is the same in every run.
fn scatter(items: &mut [String]) {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for at in (1..items.len()).rev() {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        items.swap(at, (state >> 33) as usize % (at + 1));
    }
}

/// A path that a client might send to a resource.
fn request_path(resource: &str) -> String {
    const VALUES: [&str; 5] = ["octocat", "42", "hello-world", "7fd1a60b01f91b31", "main"];
    let mut count = resource.len();
    let mut value = || {
        count += 1;
        VALUES[count % VALUES.len()].to_owned()
    };
    let greedy = || "src/lib/index.html".to_owned();
    spelled(resource, |_| value(), |_| greedy())
}

/// The resource path with each parameter spelled another way.
fn spelled(
    resource: &str,
    mut parameter: impl FnMut(&str) -> String,
    mut greedy: impl FnMut(&str) -> String,
) -> String {
    let parts = resource[1..].split('/').map(|part| {
        match part
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'))
        {
            None => part.to_owned(),
            Some(inner) => match inner.strip_suffix('+') {
                None => parameter(inner),
                Some(name) => greedy(name),
            },
        }
    });
    parts.map(|part| format!("/{part}")).collect()
}
