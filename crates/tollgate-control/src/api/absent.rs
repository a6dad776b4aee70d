//! Operations whose parts this build does not have: clients are told so.

use crate::call::Call;
use crate::error::{ControlError, ErrorKind, Result};
use crate::operation::{Operation, delete, get};
use crate::outcome::Outcome;

pub(super) const OPERATIONS: &[Operation] = &[
    delete(
        "FlushStageCache",
        "/restapis/{restapi_id}/stages/{stage_name}/cache/data",
        |_| refuse("answers are not cached: there is nothing to flush"),
    ),
    get(
        "GetSdk",
        "/restapis/{restapi_id}/stages/{stage_name}/sdks/{sdk_type}",
        no_sdk,
    ),
    get("GetSdkTypes", "/sdktypes", no_sdk),
    get("GetSdkType", "/sdktypes/{sdktype_id}", no_sdk),
];

fn no_sdk(_: &Call<'_>) -> Result<Outcome> {
    refuse("client SDKs are not generated")
}

fn refuse(message: &'static str) -> Result<Outcome> {
    let message = format!("This version of Tollgate lacks this operation: {message}");
    Err(ControlError::new(ErrorKind::NotImplemented, message))
}
