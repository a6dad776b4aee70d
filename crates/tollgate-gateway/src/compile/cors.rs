//! From the CORS configuration of the document to that of the plan.

use std::time::Duration;

use http::{HeaderName, HeaderValue, Method};
use tollgate_core::Diagnostics;
use tollgate_model::CorsConfiguration;
use tower_http::cors::{AllowHeaders, AllowMethods, CorsLayer, ExposeHeaders};

use crate::cors::{Cors, Origins};

const ANY: &str = "*";

/// Compiles the configuration of an API that has one. One that is wrong allows no origin.
pub(super) fn compile(
    configuration: Option<&CorsConfiguration>,
    diagnostics: &mut Diagnostics,
) -> Option<Cors> {
    let configuration = configuration?;
    let found = configuration.check();
    let is_wrong = found.has_errors();
    diagnostics.extend(found.into_iter().map(|mut one| {
        one.pointer.insert_str(0, "/corsConfiguration");
        one.message.insert_str(0, "CORS: ");
        if is_wrong && one.help.is_none() {
            one = one.help("until then no origin is allowed");
        }
        one
    }));
    Some(if is_wrong {
        build(&CorsConfiguration::default())
    } else {
        build(configuration)
    })
}

/// Translates a configuration that is fine, so that no name in it is left out.
fn build(cors: &CorsConfiguration) -> Cors {
    let mut layer = CorsLayer::new()
        .allow_credentials(cors.allow_credentials)
        .allow_methods(if has_any(&cors.allow_methods) {
            AllowMethods::any()
        } else {
            let methods = cors.allow_methods.iter();
            AllowMethods::list(methods.filter_map(|one| Method::from_bytes(one.as_bytes()).ok()))
        })
        // `*` stands beside other names here: it does not cover `Authorization`.
        .allow_headers(AllowHeaders::list(names(&cors.allow_headers)))
        .expose_headers(ExposeHeaders::list(names(&cors.expose_headers)));
    if let Some(seconds) = cors.max_age {
        layer = layer.max_age(Duration::from_secs(seconds.into()));
    }
    Cors::new(origins(&cors.allow_origins), layer)
}

fn has_any(list: &[String]) -> bool {
    list.iter().any(|one| one == ANY)
}

fn names(list: &[String]) -> impl Iterator<Item = HeaderName> {
    list.iter().filter_map(|one| one.parse().ok())
}

fn origins(list: &[String]) -> Origins {
    if has_any(list) {
        return Origins::All;
    }
    let mut exact = Vec::new();
    let mut beginnings = Vec::new();
    for origin in list {
        match origin.as_str() {
            "https://*" => beginnings.push("https://"),
            "http://*" => beginnings.push("http://"),
            origin => exact.extend(HeaderValue::from_str(origin)),
        }
    }
    Origins::Some {
        exact: exact.into(),
        beginnings: beginnings.into(),
    }
}
