//! Whole exports, beside the documents that they are made of.

use std::fs;
use std::path::Path;

use tollgate_openapi::{ExportFormat, ExportOptions};
#[cfg(feature = "yaml")]
use tollgate_openapi::{Extensions, Notation};

use crate::{plain, read, whole, written};

/// Documents of our own that are imported without an error.
pub(crate) const DOCUMENTS: &[&str] = &[
    include_str!("../golden/pets.swagger.json"),
    #[cfg(feature = "yaml")]
    include_str!("../golden/pets.openapi.yaml"),
    #[cfg(feature = "yaml")]
    include_str!("../golden/accounts.openapi.yaml"),
];

pub(crate) fn documents() -> impl Iterator<Item = &'static str> {
    DOCUMENTS.iter().copied()
}

/// Checks an export against a file; `UPDATE_GOLDEN=1` writes that file instead.
fn check(text: &str, options: &ExportOptions, output: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(output);
    let exported = written(&read(text), options).text;
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&file, &exported).unwrap();
    }
    assert_eq!(exported, fs::read_to_string(&file).unwrap(), "{output}");
}

const PETS: &str = include_str!("../golden/pets.swagger.json");
#[cfg(feature = "yaml")]
const ACCOUNTS: &str = include_str!("../golden/accounts.openapi.yaml");

fn served(mut options: ExportOptions) -> ExportOptions {
    options.host = Some("a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com".to_owned());
    options.stage = Some("prod".parse().unwrap());
    options
}

#[test]
fn all_of_an_api_in_swagger() {
    let options = whole(ExportFormat::Swagger2);
    check(PETS, &options, "pets.all.swagger.json");
}

#[cfg(feature = "yaml")]
#[test]
fn all_of_an_api_in_openapi_and_yaml() {
    let mut options = served(whole(ExportFormat::OpenApi3));
    options.notation = Notation::Yaml;
    check(PETS, &options, "pets.all.oas30.yaml");
}

#[test]
fn plain_openapi_as_the_service_exports_it() {
    for format in crate::FORMATS {
        let options = served(plain(format));
        check(PETS, &options, &format!("pets.plain.{format}.json"));
    }
}

#[cfg(feature = "yaml")]
#[test]
fn security_as_the_service_exports_it() {
    let mut options = served(plain(ExportFormat::OpenApi3));
    options.extensions = Extensions::API_GATEWAY;
    check(ACCOUNTS, &options, "accounts.apigateway.oas30.json");
    options.notation = Notation::Yaml;
    options.format = ExportFormat::Swagger2;
    check(ACCOUNTS, &options, "accounts.apigateway.swagger.yaml");
}
