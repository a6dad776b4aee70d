//! Documents of what stages serve.

use tollgate_core::{ApiId, StageName};
use tollgate_model::{ApiDocument, Deployment, DocumentationVersion, Home, Stage};
use tollgate_openapi::{ExportFormat, ExportOptions, Exported, Notation};

use super::stage;
use crate::call::Call;
use crate::error::{ControlError, Result};
use crate::operation::{Operation, get};
use crate::outcome::{Outcome, Reply};

pub(super) const OPERATIONS: &[Operation] = &[get(
    "GetExport",
    "/restapis/{restapi_id}/stages/{stage_name}/exports/{export_type}",
    read,
)
.at_length()];

fn read(call: &Call<'_>) -> Result<Outcome> {
    let format: ExportFormat = call.label("export_type").parse().map_err(bad_request)?;
    let extensions: Vec<_> = call.queries("extensions").collect();
    let extensions = extensions.join(",").parse().map_err(bad_request)?;
    let stage = stage::find(call)?;
    let (deployment, document) = deployed(call, stage)?;
    let version = documentation(call, stage);
    // What is told of the API is the stage's, not what it was when it was deployed.
    let mut document = document.clone();
    document.documentation_parts = version.map_or_else(Vec::new, |version| version.parts.clone());
    let mut options = ExportOptions::new(format, deployment.created_date);
    options.notation = notation(call.accept());
    options.extensions = extensions;
    options.host = Some(host(&call.api_id(), call.home));
    options.stage = Some(stage.stage_name.clone());
    options.documentation_version =
        version.map(|version| (version.version.clone(), version.created_date));
    let exported = tollgate_openapi::export(&document, &options).map_err(bad_request)?;
    Ok(Outcome {
        changes: Vec::new(),
        reply: Reply::File {
            content_type: Exported::CONTENT_TYPE,
            disposition: exported.content_disposition(),
            content: exported.text.into(),
        },
    })
}

fn bad_request(error: impl std::error::Error) -> ControlError {
    ControlError::bad_request(error.to_string())
}

/// What a stage serves to all but its canary's requests.
fn deployed<'a>(call: &Call<'a>, stage: &Stage) -> Result<(&'a Deployment, &'a ApiDocument)> {
    let id = stage.deployment_id.as_ref();
    let deployment = id.and_then(|id| call.state.deployment(&call.api_id(), id));
    let found = deployment.and_then(|deployment| {
        let document = call.state.document(deployment.content_hash)?;
        Some((deployment, &**document.document()))
    });
    found.ok_or_else(|| {
        let name: &StageName = &stage.stage_name;
        ControlError::not_found(format!("stage {name} serves no deployment"))
    })
}

/// The version of the documentation that belongs to a stage.
fn documentation<'a>(call: &Call<'a>, stage: &Stage) -> Option<&'a DocumentationVersion> {
    let version = stage.documentation_version.as_deref()?;
    call.state.documentation_version(&call.api_id(), version)
}

/// JSON, unless YAML alone is asked for.
fn notation(accept: Option<&str>) -> Notation {
    let accepts = |what| accept.is_some_and(|accept| accept.contains(what));
    if accepts("yaml") && !accepts("json") {
        Notation::Yaml
    } else {
        Notation::Json
    }
}

/// The host by which the service serves an API.
fn host(api: &ApiId, home: &Home) -> String {
    let region = &home.region;
    let suffix = match region.partition() {
        "aws-cn" => "amazonaws.com.cn",
        _ => "amazonaws.com",
    };
    format!("{api}.execute-api.{region}.{suffix}")
}
