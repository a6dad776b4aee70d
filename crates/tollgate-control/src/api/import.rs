//! APIs from documents.

use std::str::FromStr;

use tollgate_core::ApiId;
use tollgate_model::{EndpointType, UnknownValue};
use tollgate_openapi::{BasePathMode, ImportError, ImportOptions, Imported, PutMode};

use super::credentials::check_all;
use super::documentation_part::check_count;
use super::rest_api;
use super::rest_api::stored;
use crate::call::Call;
use crate::error::{ControlError, Result};
use crate::operation::{Operation, post, put};
use crate::outcome::Outcome;
use crate::shape::{Shape, Violations};
use crate::view::Shown;

pub(super) const OPERATIONS: &[Operation] = &[
    post("ImportRestApi", "/restapis", &[], import)
        .raw()
        .when("mode", "import"),
    put("PutRestApi", "/restapis/{restapi_id}", &[], replace)
        .raw()
        .answering(200),
];

/// What becomes of parts that a document does not have.
const MODES: Shape = Shape::OneOf(&["merge", "overwrite"]);

fn import(call: &Call<'_>) -> Result<Outcome> {
    let mut options = options(call)?;
    let id = call.new_id(10, |id| call.state.api(&ApiId::new(id)).is_some());
    options.api_id = Some(ApiId::new(id));
    options.endpoint_type = endpoint_type(call)?;
    let mut imported =
        tollgate_openapi::import(text(call)?, &options).map_err(|error| refused(&error))?;
    let api = &mut imported.document.rest_api;
    api.home = Some(call.home.clone());
    api.created_date = Some(call.now);
    kept(call, imported, Shown::Created)
}

fn replace(call: &Call<'_>) -> Result<Outcome> {
    let mode = mode(call, "putRestApiInput.mode")?;
    call.api()?;
    let draft = call.state.draft(&call.api_id());
    let draft = draft.ok_or_else(|| call.no_api())?;
    let put = tollgate_openapi::put(&draft, text(call)?, mode, &options(call)?);
    kept(call, put.map_err(|error| refused(&error))?, Shown::Alone)
}

/// Makes what was read the draft of its API, and shows it with its warnings.
fn kept(call: &Call<'_>, imported: Imported, shown: Shown) -> Result<Outcome> {
    let Imported {
        mut document,
        warnings,
        ..
    } = imported;
    check_all(call, &document)?;
    check_count(document.documentation_parts.len())?;
    let api = &mut document.rest_api;
    if let Some(policy) = api.policy.take() {
        api.policy = stored(call, api, &policy)?;
    }
    let mut reply = rest_api::show(api, shown);
    if !warnings.is_empty() {
        reply["warnings"] = warnings.into();
    }
    let changes = call.state.replace_draft(&document);
    Ok(Outcome::changing(changes, reply))
}

/// What becomes of parts that the document of this call does not have.
///
/// # Errors
///
/// Where `mode`, which `at` stands for in the error, says something else.
pub(super) fn mode(call: &Call<'_>, at: &str) -> Result<PutMode> {
    let mode = call.query("mode").filter(|mode| !mode.is_empty());
    let mut violations = Violations::default();
    violations.check_text(mode.unwrap_or("merge"), MODES, at);
    violations.finish()?;
    Ok(asked(mode)?.unwrap_or(PutMode::Merge))
}

/// How the document of this call is read.
///
/// # Errors
///
/// Where `basepath` says nothing that is known.
pub(super) fn options(call: &Call<'_>) -> Result<ImportOptions> {
    let mut options = ImportOptions::default();
    options.fail_on_warnings = call.is_asked("failonwarnings");
    options.base_path = asked(call.query("basepath"))?.unwrap_or(BasePathMode::Ignore);
    options.ignore_documentation = call.queries("ignore").any(|name| name == "documentation");
    let home = call.home;
    options.aws.account_id = Some(home.account_id.clone());
    options.aws.partition = Some(home.region.partition().to_owned());
    options.aws.region = Some(home.region.to_string());
    Ok(options)
}

/// What a query argument chooses, if it is there.
fn asked<T: FromStr<Err = UnknownValue>>(name: Option<&str>) -> Result<Option<T>> {
    let name = name.filter(|name| !name.is_empty());
    let chosen = name.map(str::parse).transpose();
    chosen.map_err(|error: UnknownValue| ControlError::bad_request(error.to_string()))
}

fn endpoint_type(call: &Call<'_>) -> Result<Option<EndpointType>> {
    let name = call.query("endpointConfigurationTypes");
    let Some(name) = name.filter(|name| !name.is_empty()) else {
        return Ok(None);
    };
    if name.contains(',') {
        return Err(ControlError::bad_request(rest_api::MANY_ENDPOINTS));
    }
    rest_api::endpoint_type(name).map(Some)
}

/// The document that was sent.
fn text<'a>(call: &Call<'a>) -> Result<&'a str> {
    let text = std::str::from_utf8(call.body());
    text.map_err(|_| ControlError::bad_request("Invalid OpenAPI input."))
}

/// The refusal of a document.
pub(super) fn refused(error: &ImportError) -> ControlError {
    ControlError::bad_request(error.message().to_owned())
}
