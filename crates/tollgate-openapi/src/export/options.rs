//! What an exporter may choose.

use std::fmt;
use std::ops::BitOr;
use std::str::FromStr;

use tollgate_core::StageName;
use tollgate_model::{Timestamp, UnknownValue};

use crate::version::Version;
use crate::write::Notation;

/// Characters of a version that a file's name has at most.
const MAX_FILE_NAME_VERSION: usize = 128;

/// How an API is exported.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ExportOptions {
    /// Which kind of document.
    pub format: ExportFormat,
    /// JSON or YAML.
    pub notation: Notation,
    /// What there is besides of plain OpenAPI.
    pub extensions: Extensions,
    /// The host that serves the API, such as `a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com`;
    /// absent: the document does not tell.
    pub host: Option<String>,
    /// The stage, which is the first part of every path that clients call; absent: the document does
    /// not tell.
    pub stage: Option<StageName>,
    /// The version of an API that has none of its own.
    pub date: Timestamp,
    /// The name of the API's version of documentation, and when it was made.
    pub documentation_version: Option<(String, Timestamp)>,
}

impl ExportOptions {
    /// Plain OpenAPI in JSON, without an address; the date is the version of an API without one.
    #[must_use]
    pub const fn new(format: ExportFormat, date: Timestamp) -> Self {
        Self {
            format,
            notation: Notation::Json,
            extensions: Extensions::NONE,
            host: None,
            stage: None,
            date,
            documentation_version: None,
        }
    }

    /// What the service calls the file of a document of this version.
    pub(super) fn file_name(&self, version: &str) -> String {
        let version = version.chars().take(MAX_FILE_NAME_VERSION);
        let version: String = version
            .map(|char| match char {
                '.' | '_' | '-' | ':' => char,
                char if char.is_ascii_alphanumeric() => char,
                _ => '_',
            })
            .collect();
        let ending = match self.notation {
            Notation::Json => "json",
            Notation::Yaml => "yaml",
        };
        format!("{}_{version}.{ending}", self.format)
    }
}

/// The kinds of document that the service exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExportFormat {
    /// `swagger`: Swagger 2.0.
    Swagger2,
    /// `oas30`: OpenAPI 3.0.1.
    OpenApi3,
}

impl ExportFormat {
    const NAMES: [(&'static str, Self); 2] =
        [("swagger", Self::Swagger2), ("oas30", Self::OpenApi3)];

    pub(super) const fn version(self) -> Version {
        match self {
            Self::Swagger2 => Version::Swagger2,
            Self::OpenApi3 => Version::OpenApi3,
        }
    }
}

/// The service's name for it.
impl fmt::Display for ExportFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = Self::NAMES.iter().find(|(_, one)| one == self);
        f.pad(named.map_or("", |(name, _)| name))
    }
}

/// Takes the service's names of kinds of export: `swagger` and `oas30`.
impl FromStr for ExportFormat {
    type Err = UnknownValue;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let named = Self::NAMES.iter().find(|(one, _)| *one == name);
        named
            .map(|(_, format)| *format)
            .ok_or_else(|| UnknownValue {
                what: "export type",
                value: name.to_owned(),
                expected: "swagger, oas30",
            })
    }
}

/// What a document holds besides of plain OpenAPI.
///
/// ```
/// use tollgate_openapi::Extensions;
///
/// let extensions: Extensions = "integrations,authorizers".parse()?;
/// assert_eq!(extensions, Extensions::INTEGRATIONS | Extensions::AUTHORIZERS);
/// assert!(Extensions::API_GATEWAY.contains(extensions));
/// assert!("integration".parse::<Extensions>().is_err());
/// # Ok::<(), tollgate_model::UnknownValue>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extensions(u8);

impl Extensions {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// `integrations`: what methods call.
    pub const INTEGRATIONS: Self = Self(1);
    /// `authorizers`: who decides about callers.
    pub const AUTHORIZERS: Self = Self(1 << 1);
    /// `documentation`: the documentation parts as they are. What they say of parts of plain
    /// OpenAPI stands there in any case.
    pub const DOCUMENTATION: Self = Self(1 << 2);
    /// `postman`: taken as by the service, and adds nothing.
    pub const POSTMAN: Self = Self(1 << 3);
    /// Request validators, gateway responses, binary media types, the resource policy, the source
    /// of API keys and compression.
    pub(super) const SETTINGS: Self = Self(1 << 4);
    /// What the service does not export.
    pub(super) const REST: Self = Self(1 << 5);
    /// `apigateway`: integrations, authorizers, request validators, gateway responses and settings
    /// of the API.
    pub const API_GATEWAY: Self =
        Self(Self::INTEGRATIONS.0 | Self::AUTHORIZERS.0 | Self::SETTINGS.0);
    /// `all`: all that an import reads, also what the service does not export: the configuration of
    /// the endpoint, its security policy, and CORS of the gateway itself. What documentation parts
    /// say of the API and of models stands in their own extension only, for an import would take it
    /// for the API's own.
    pub const ALL: Self = Self(Self::API_GATEWAY.0 | Self::DOCUMENTATION.0 | Self::REST.0);

    const NAMES: [(&'static str, Self); 6] = [
        ("integrations", Self::INTEGRATIONS),
        ("authorizers", Self::AUTHORIZERS),
        ("documentation", Self::DOCUMENTATION),
        ("postman", Self::POSTMAN),
        ("apigateway", Self::API_GATEWAY),
        ("all", Self::ALL),
    ];

    /// Whether all of others are among these.
    #[must_use]
    pub const fn contains(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }
}

impl BitOr for Extensions {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Takes the names of the service's parameter `extensions`, separated by commas, and `all`; an empty
/// text is none of them.
impl FromStr for Extensions {
    type Err = UnknownValue;

    fn from_str(list: &str) -> Result<Self, Self::Err> {
        let mut extensions = Self::NONE;
        for name in list
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
        {
            let named = Self::NAMES.iter().find(|(one, _)| *one == name);
            let (_, named) = named.ok_or_else(|| UnknownValue {
                what: "extension",
                value: name.to_owned(),
                expected: "integrations, authorizers, documentation, postman, apigateway, all",
            })?;
            extensions = extensions | *named;
        }
        Ok(extensions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_service() {
        for (name, format) in ExportFormat::NAMES {
            assert_eq!(name.parse(), Ok(format));
            assert_eq!(format.to_string(), name);
        }
        assert!("Swagger".parse::<ExportFormat>().is_err());
        for (name, extensions) in Extensions::NAMES {
            assert_eq!(name.parse(), Ok(extensions));
        }
        assert_eq!("".parse(), Ok(Extensions::NONE));
        assert_eq!(
            " apigateway, documentation,".parse(),
            Ok(Extensions::API_GATEWAY | Extensions::DOCUMENTATION)
        );
        assert_eq!(
            "authorizers,x"
                .parse::<Extensions>()
                .unwrap_err()
                .to_string(),
            "unknown extension \"x\", expected one of integrations, authorizers, documentation, \
             postman, apigateway, all"
        );
    }

    #[test]
    fn a_file_name_can_stand_in_a_header() {
        let mut options = ExportOptions::new(ExportFormat::OpenApi3, Timestamp::default());
        for (version, name) in [
            ("1.0", "oas30_1.0.json"),
            ("2016-11-22T22:39:14Z", "oas30_2016-11-22T22:39:14Z.json"),
            ("a\"; b=\r\n/../\u{e4}", "oas30_a___b____..__.json"),
        ] {
            assert_eq!(options.file_name(version), name);
        }
        options.notation = Notation::Yaml;
        let long = options.file_name(&"1".repeat(1 << 20));
        assert_eq!(long.len(), "oas30_.yaml".len() + MAX_FILE_NAME_VERSION);
    }
}
