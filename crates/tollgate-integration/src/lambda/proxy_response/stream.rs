//! Streamed answers of functions behind a proxy integration.

use http::{HeaderMap, Response};
use http_body_util::BodyExt as _;
use tollgate_core::{Body, BoxError, GatewayResponseType, Rejection};

use super::metadata::{Metadata, ended};
use super::{FUNCTION_ERROR, ProxyResponse, function_failed};
use crate::AnswerError;
use crate::lambda::begun::begun;
use crate::lambda::integration::{Uncollected, collected};
use crate::lambda::{StreamFailure, error_message};

impl ProxyResponse {
    /// Reads the beginning of an answer that [`Lambda`](crate::lambda::Lambda) streams; the rest is the
    /// response's body, as it arrives.
    ///
    /// An answer begins with a JSON object that may have `statusCode`, `headers`, `multiValueHeaders`
    /// and `cookies`, which become headers `Set-Cookie`; eight NUL bytes follow, and then the body. It
    /// is never Base64.
    ///
    /// ```
    /// use http::HeaderMap;
    /// use tollgate_core::Body;
    /// use tollgate_integration::lambda::ProxyResponse;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let answer = Body::from("{\"statusCode\": 201}\0\0\0\0\0\0\0\0made");
    /// let response = ProxyResponse::of_stream(&HeaderMap::new(), answer).await?;
    /// assert_eq!(response.status(), 201);
    /// assert_eq!(response.body().as_bytes(), Some(&b"made"[..]));
    /// # Ok::<_, tollgate_core::Rejection>(())
    /// # }).expect("it is an answer");
    /// # Ok::<_, std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// 502 where the function failed before it answered, or its answer is malformed: another beginning,
    /// or none within [`MAX_METADATA_BYTES`](crate::lambda::MAX_METADATA_BYTES). `INTEGRATION_TIMEOUT`
    /// where the beginning is late.
    pub async fn of_stream(
        headers: &HeaderMap,
        mut answer: Body,
    ) -> Result<Response<Body>, Rejection> {
        if headers.contains_key(FUNCTION_ERROR) {
            let payload = match collected(answer).await {
                Ok(payload) => payload,
                Err(Uncollected::TooLarge) => bytes::Bytes::new(),
                Err(Uncollected::Broken(error)) => return Err(broken_off(headers, &error)),
            };
            return Err(function_failed(headers, &error_message(headers, &payload)));
        }
        let mut metadata = Metadata::default();
        match answer.try_into_bytes() {
            Ok(whole) => {
                let rest = metadata.push(whole)?.ok_or_else(ended)?;
                return respond(&metadata, Body::from(rest));
            }
            Err(stream) => answer = stream,
        }
        while let Some(frame) = answer.frame().await {
            let frame = frame.map_err(|error| broken_off(headers, &error))?;
            let Ok(piece) = frame.into_data() else {
                continue;
            };
            if let Some(first) = metadata.push(piece)? {
                return respond(&metadata, begun(first, answer));
            }
        }
        Err(ended().into())
    }
}

fn respond(metadata: &Metadata, body: Body) -> Result<Response<Body>, Rejection> {
    let response = metadata.read()?.into_response(false)?;
    Ok(response.map(|_| body))
}

/// The refusal of a client of whose answer nothing has been sent.
fn broken_off(headers: &HeaderMap, error: &BoxError) -> Rejection {
    if let Some(failure) = error.downcast_ref::<StreamFailure>() {
        return function_failed(headers, &failure.to_string());
    }
    match error.downcast_ref::<AnswerError>() {
        Some(error) => error.to_rejection(),
        None => Rejection::new(GatewayResponseType::IntegrationFailure)
            .because(format!("the function's answer broke off: {error}")),
    }
}
