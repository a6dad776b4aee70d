//! What an importer may choose.

use std::str::FromStr;

use tollgate_core::{AccountId, ApiId};
use tollgate_model::{EndpointType, UnknownValue};

/// How a document is read. The default is what AWS does unless told otherwise.
///
/// ```
/// use tollgate_openapi::{BasePathMode, ImportOptions};
///
/// let mut options = ImportOptions::default();
/// options.base_path = BasePathMode::Prepend;
/// options.aws.region = Some("eu-central-1".to_owned());
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ImportOptions {
    /// What becomes of the document's base path.
    pub base_path: BasePathMode,
    /// The API's id, where it has one already: models refer to each other by it, and the ids of
    /// resources, validators and authorizers follow from it.
    pub api_id: Option<ApiId>,
    /// The kind of endpoint of a new API, which documents do not tell. One that is there keeps its
    /// own.
    pub endpoint_type: Option<EndpointType>,
    /// Whether documentation parts are passed over: `ignore=documentation`.
    pub ignore_documentation: bool,
    /// Whether a warning refuses the document, as an error does.
    pub fail_on_warnings: bool,
    /// Values for `${AWS::…}` in the document's texts.
    pub aws: AwsVariables,
}

/// What becomes of the parts of an API that a document put over it does not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum PutMode {
    /// They are kept.
    #[default]
    Merge,
    /// They are deleted, and settings reset.
    Overwrite,
}

/// What becomes of `basePath`, or of the path of the first server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum BasePathMode {
    /// It is left out.
    #[default]
    Ignore,
    /// It comes before every path.
    Prepend,
    /// All of it but the first segment comes before every path.
    Split,
}

impl PutMode {
    const NAMES: [(&'static str, Self); 2] =
        [("merge", Self::Merge), ("overwrite", Self::Overwrite)];
}

/// Takes the names of the service's parameter `mode`, in any case.
impl FromStr for PutMode {
    type Err = UnknownValue;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        named(Self::NAMES, name).ok_or_else(|| UnknownValue {
            what: "mode",
            value: name.to_owned(),
            expected: "merge, overwrite",
        })
    }
}

impl BasePathMode {
    const NAMES: [(&'static str, Self); 3] = [
        ("ignore", Self::Ignore),
        ("prepend", Self::Prepend),
        ("split", Self::Split),
    ];
}

/// Takes the names of the service's parameter `basepath`, in any case.
impl FromStr for BasePathMode {
    type Err = UnknownValue;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        named(Self::NAMES, name).ok_or_else(|| UnknownValue {
            what: "base path mode",
            value: name.to_owned(),
            expected: "ignore, prepend, split",
        })
    }
}

fn named<T>(names: impl IntoIterator<Item = (&'static str, T)>, name: &str) -> Option<T> {
    let mut names = names.into_iter();
    let found = names.find(|(one, _)| one.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value)
}

/// Values for the pseudo parameters that a document may name.
///
/// One that is absent stays in the text, with a warning.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AwsVariables {
    /// `${AWS::AccountId}`.
    pub account_id: Option<AccountId>,
    /// `${AWS::Partition}`, such as `aws`.
    pub partition: Option<String>,
    /// `${AWS::Region}`.
    pub region: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_named_as_in_the_service() {
        for (name, mode) in PutMode::NAMES {
            assert_eq!(name.parse(), Ok(mode));
            assert_eq!(name.to_uppercase().parse(), Ok(mode));
        }
        for (name, mode) in BasePathMode::NAMES {
            assert_eq!(name.parse(), Ok(mode));
        }
        assert_eq!(
            "append".parse::<PutMode>().unwrap_err().to_string(),
            "unknown mode \"append\", expected one of merge, overwrite"
        );
        assert!("".parse::<BasePathMode>().is_err());
    }
}
