//! What an importer may choose.

use tollgate_core::{AccountId, ApiId};

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
    /// Values for `${AWS::…}` in the document's texts.
    pub aws: AwsVariables,
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
