//! The two ids that every response carries.

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::{ExtendedRequestId, RequestId};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
const EXTENDED_REQUEST_ID: HeaderName = HeaderName::from_static("x-amz-apigw-id");

/// Adds the ids of a request to the headers of its response.
pub fn add_request_ids(
    headers: &mut HeaderMap,
    (request_id, extended_request_id): (RequestId, ExtendedRequestId),
) {
    let mut buffer = [0; RequestId::LENGTH];
    for (name, id) in [
        (REQUEST_ID, request_id.encode(&mut buffer)),
        (EXTENDED_REQUEST_ID, extended_request_id.as_str()),
    ] {
        let id = HeaderValue::from_str(id).expect("ids are letters, digits and signs");
        // A response that has as many headers as it can have goes without.
        drop(headers.try_insert(name, id));
    }
}
