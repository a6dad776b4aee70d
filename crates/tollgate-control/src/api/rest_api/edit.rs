//! What can be patched of REST APIs.

use tollgate_model::{EndpointAccessMode, EndpointConfiguration, EndpointType, RestApi};

use super::policy::stored;
use crate::error::{ControlError, Result};
use crate::patch::{ADD_REMOVE, ALL, ANY, Edit, Op, REPLACE, Row, Style, Table, Target, row};
use crate::texts::INVALID_COMPRESSION;

pub(super) const TABLE: Table<RestApi> = Table {
    style: Style::Loose,
    rows: ROWS,
};

const ROWS: &[Row<RestApi>] = &[
    row("/name", REPLACE, Edit::With(set_name)),
    row("/description", ALL, Edit::Text(|api| &mut api.description)),
    row(
        "/binaryMediaTypes/{type}",
        ALL,
        Edit::With(edit_binary_media_type),
    ),
    row(
        "/minimumCompressionSize",
        REPLACE,
        Edit::With(set_compression),
    ),
    row("/apiKeySource", REPLACE, Edit::With(set_key_source)),
    row(
        "/disableExecuteApiEndpoint",
        REPLACE,
        Edit::Flag(|api| &mut api.disable_execute_api_endpoint),
    ),
    row("/policy", REPLACE, Edit::With(set_policy)),
    row(
        "/securityPolicy",
        REPLACE,
        Edit::Text(|api| &mut api.security_policy),
    ),
    row("/endpointAccessMode", REPLACE, Edit::With(set_access_mode)),
    row(
        "/endpointConfiguration/ipAddressType",
        REPLACE,
        Edit::With(set_ip_address_type),
    ),
    row(
        "/endpointConfiguration/types/{type}",
        ANY,
        Edit::With(edit_endpoint_type),
    ),
    row(
        "/endpointConfiguration/vpcEndpointIds",
        ADD_REMOVE,
        Edit::Texts(|api| &mut endpoint(api).vpc_endpoint_ids),
    ),
];

const UNKNOWN_ENDPOINT: &str =
    "Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE";

/// The type of endpoints of this name.
///
/// # Errors
///
/// 400.
pub(in crate::api) fn endpoint_type(name: &str) -> Result<EndpointType> {
    let mut all = EndpointType::ALL.iter().copied();
    let found = all.find(|known| known.as_str() == name);
    found.ok_or_else(|| ControlError::bad_request(UNKNOWN_ENDPOINT))
}

/// The endpoint of an API; where nothing was said of it, what it is then.
fn endpoint(api: &mut RestApi) -> &mut EndpointConfiguration {
    let endpoint = api.endpoint_configuration.get_or_insert_default();
    if endpoint.types.is_empty() {
        endpoint.types.push(EndpointType::Edge);
    }
    endpoint
}

fn set_name(api: &mut RestApi, target: &Target<'_>) -> Result<()> {
    api.name = target.value().to_owned();
    Ok(())
}

/// `add` ignores its value; `replace` puts the new type to the end (recorded).
fn edit_binary_media_type(api: &mut RestApi, target: &Target<'_>) -> Result<()> {
    let types = &mut api.binary_media_types;
    match target.op() {
        Op::Add => {
            if !types.iter().any(|known| known == target.name()) {
                types.push(target.name().to_owned());
            }
        }
        op => {
            types.retain(|known| known != target.name());
            if op == Op::Replace {
                types.push(target.value().to_owned());
            }
        }
    }
    Ok(())
}

fn set_compression(api: &mut RestApi, target: &Target<'_>) -> Result<()> {
    api.minimum_compression_size = match target.value() {
        "" => None,
        value => {
            let size = value.parse();
            Some(size.map_err(|_| ControlError::bad_request(INVALID_COMPRESSION))?)
        }
    };
    Ok(())
}

fn set_key_source(api: &mut RestApi, target: &Target<'_>) -> Result<()> {
    let source = target.value().parse();
    let source = source.map_err(|error| ControlError::bad_request(format!("{error}")))?;
    api.api_key_source = source;
    Ok(())
}

fn set_policy(api: &mut RestApi, target: &Target<'_>) -> Result<()> {
    api.policy = stored(target.call, api, target.value())?;
    Ok(())
}

fn set_access_mode(api: &mut RestApi, target: &Target<'_>) -> Result<()> {
    api.endpoint_access_mode = match target.value() {
        "" => None,
        value => {
            let mode: std::result::Result<EndpointAccessMode, _> = value.parse();
            Some(mode.map_err(|error| ControlError::bad_request(format!("{error}")))?)
        }
    };
    Ok(())
}

fn set_ip_address_type(api: &mut RestApi, target: &Target<'_>) -> Result<()> {
    if !matches!(target.value(), "ipv4" | "dualstack") {
        return Err(ControlError::bad_request(
            "ipAddressType must be either ipv4 or dualstack.",
        ));
    }
    endpoint(api).ip_address_type = Some(target.value().to_owned());
    Ok(())
}

fn edit_endpoint_type(api: &mut RestApi, target: &Target<'_>) -> Result<()> {
    let types = &mut endpoint(api).types;
    // The path names what is there by its place or by itself.
    let named = endpoint_type(target.name()).ok();
    let named = named.or_else(|| types.get(target.name().parse::<usize>().ok()?).copied());
    let invalid = || ControlError::bad_request(UNKNOWN_ENDPOINT);
    match target.op() {
        Op::Add => types.push(endpoint_type(target.value()).or_else(|error| named.ok_or(error))?),
        Op::Remove => {
            let named = named.ok_or_else(invalid)?;
            types.retain(|known| *known != named);
        }
        Op::Replace => {
            let wanted = endpoint_type(target.value())?;
            types.retain(|known| Some(*known) != named);
            types.push(wanted);
            if let Some(endpoint) = &mut api.endpoint_configuration {
                endpoint.ip_address_type = None;
            }
        }
        Op::Copy | Op::Move | Op::Test => {
            return Err(ControlError::bad_request(
                "Invalid patch operation specified. Must be 'add'|'remove'|'replace'",
            ));
        }
    }
    Ok(())
}
