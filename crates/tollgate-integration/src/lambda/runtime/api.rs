//! The requests of the Runtime API, version 2018-06-01.
//!
//! The answers are those of the Lambda developer guide's page "Using the Lambda runtime API for
//! custom runtimes"; types of errors are those that AWS's own emulator of the API gives.

use bytes::{Bytes, BytesMut};
use http::header::{ALLOW, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use serde_json::json;
use tollgate_core::RequestId;

use super::browser;
use super::event::LARGEST_ANSWER;
use super::failure::Failure;
use super::server::Api;
use super::session::{Refusal, Report};
use super::streamed::{self, LARGEST_STREAM, StreamEnd};
use crate::lambda::StreamFailure;

const VERSION: &str = "/2018-06-01/";
const REQUEST_ID: HeaderName = HeaderName::from_static("lambda-runtime-aws-request-id");
const DEADLINE: HeaderName = HeaderName::from_static("lambda-runtime-deadline-ms");
const FUNCTION_ARN: HeaderName = HeaderName::from_static("lambda-runtime-invoked-function-arn");
const TRACE_ID: HeaderName = HeaderName::from_static("lambda-runtime-trace-id");
const CLIENT_CONTEXT: HeaderName = HeaderName::from_static("lambda-runtime-client-context");
const RESPONSE_MODE: &str = "lambda-runtime-function-response-mode";
const JSON: HeaderValue = HeaderValue::from_static("application/json");

type Answer = Response<Full<Bytes>>;

/// Answers one request of a process.
pub(super) async fn answer(api: &Api, request: Request<Incoming>) -> Answer {
    if browser::is_of_page(request.headers()) {
        let message = "Web pages are not heard here.";
        return error(StatusCode::FORBIDDEN, "Forbidden", message);
    }
    let path = request
        .uri()
        .path()
        .strip_prefix(VERSION)
        .unwrap_or_default();
    let parts: Vec<_> = path.splitn(5, '/').collect();
    let allowed = match parts.as_slice() {
        ["ping"] | ["runtime", "invocation", "next"] => Method::GET,
        ["runtime", "init", "error"] => Method::POST,
        ["runtime", "invocation", _, "response" | "error"] => Method::POST,
        _ => return error(StatusCode::NOT_FOUND, "NotFound", "There is no such path."),
    };
    if request.method() != allowed {
        let message = format!("This path takes {allowed} only.");
        let mut refused = error(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", &message);
        if let Ok(allowed) = HeaderValue::try_from(allowed.as_str()) {
            refused.headers_mut().insert(ALLOW, allowed);
        }
        return refused;
    }
    let outcome = match parts.as_slice() {
        ["runtime", "invocation", "next"] => next(api).await,
        ["runtime", "init", "error"] => init_error(api, request.into_body()).await,
        ["runtime", "invocation", id, "response"] => {
            let id = RequestId::parse(id);
            response(api, id, request).await
        }
        ["runtime", "invocation", id, _] => {
            let id = RequestId::parse(id);
            invocation_error(api, id, request.into_body()).await
        }
        _ => Ok(Response::new(Full::from("pong"))),
    };
    outcome.unwrap_or_else(refused)
}

async fn next(api: &Api) -> Result<Answer, Refusal> {
    let event = api.session.next().await?;
    let deadline = api.clock.now().unix().saturating_add(api.timeout);
    let deadline = u64::try_from(deadline.as_millis()).unwrap_or(u64::MAX);
    let mut answer = Response::new(Full::new(event.payload));
    let headers = answer.headers_mut();
    let id = event.id.to_string();
    headers.insert(
        REQUEST_ID,
        HeaderValue::try_from(id).expect("a UUID is ASCII"),
    );
    headers.insert(DEADLINE, deadline.into());
    headers.insert(FUNCTION_ARN, api.function_arn.clone());
    headers.insert(CONTENT_TYPE, JSON);
    headers.extend(event.trace_id.map(|id| (TRACE_ID, id)));
    headers.extend(
        event
            .client_context
            .map(|context| (CLIENT_CONTEXT, context)),
    );
    Ok(answer)
}

async fn response(
    api: &Api,
    id: Option<RequestId>,
    request: Request<Incoming>,
) -> Result<Answer, Refusal> {
    let answering = api.session.answer(id)?;
    let mode = request
        .headers()
        .get(RESPONSE_MODE)
        .map(HeaderValue::as_bytes);
    let is_streamed = match mode {
        None => false,
        Some(b"streaming") => true,
        Some(_) => {
            answering.finish(Report::Refused(Failure::InvalidResponseMode));
            let message = "Invalid function response mode";
            return Ok(error(
                StatusCode::BAD_REQUEST,
                "InvalidFunctionResponseMode",
                message,
            ));
        }
    };
    let body = request.into_body();
    if !is_streamed {
        return Ok(match read(body).await {
            Read::Whole(bytes) => {
                answering.finish(Report::Answered(bytes));
                accepted()
            }
            Read::TooLarge => {
                answering.finish(Report::Refused(Failure::AnswerTooLarge));
                too_large(LARGEST_ANSWER as u64)
            }
            Read::Broken => truncated(),
        });
    }
    let (streamed, pieces, end) = streamed::stream();
    let streaming = answering.stream(streamed, end);
    let end = pass_on(body, &pieces).await;
    let answer = match &end {
        Err(failure) if failure.error_type == TOO_LARGE => too_large(LARGEST_STREAM),
        Err(failure) if failure.error_type == TRUNCATED => truncated(),
        _ => accepted(),
    };
    streaming.finish(end);
    Ok(answer)
}

async fn invocation_error(
    api: &Api,
    id: Option<RequestId>,
    body: Incoming,
) -> Result<Answer, Refusal> {
    let answering = api.session.answer(id)?;
    Ok(match read(body).await {
        Read::Whole(bytes) => {
            answering.finish(Report::Failed(bytes));
            accepted()
        }
        Read::TooLarge => {
            answering.finish(Report::Refused(Failure::AnswerTooLarge));
            too_large(LARGEST_ANSWER as u64)
        }
        Read::Broken => truncated(),
    })
}

async fn init_error(api: &Api, body: Incoming) -> Result<Answer, Refusal> {
    api.session.may_fail()?;
    Ok(match read(body).await {
        Read::Whole(bytes) => {
            api.session.fail(bytes)?;
            accepted()
        }
        Read::TooLarge => {
            let (error_type, message) = (TOO_LARGE, "The error is too large to be shown.");
            let payload = json!({"errorType": error_type, "errorMessage": message});
            api.session.fail(payload.to_string().into())?;
            too_large(LARGEST_ANSWER as u64)
        }
        Read::Broken => truncated(),
    })
}

enum Read {
    Whole(Bytes),
    /// What is too much was read and dropped, so that the process hears of it.
    TooLarge,
    Broken,
}

async fn read(mut body: Incoming) -> Read {
    let mut bytes = BytesMut::new();
    let mut is_too_large = false;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return Read::Broken;
        };
        let Ok(data) = frame.into_data() else {
            continue;
        };
        is_too_large |= bytes.len() + data.len() > LARGEST_ANSWER;
        if is_too_large {
            bytes = BytesMut::new();
        } else {
            bytes.extend_from_slice(&data);
        }
    }
    match is_too_large {
        true => Read::TooLarge,
        false => Read::Whole(bytes.freeze()),
    }
}

const TOO_LARGE: &str = "Function.ResponseSizeTooLarge";
const TRUNCATED: &str = "Runtime.TruncatedResponse";

/// Passes on the pieces of a body, as fast as they are read; one that nobody reads any more is
/// read to its end, as on Lambda, where functions do not hear that their caller is gone.
async fn pass_on(mut body: Incoming, pieces: &tokio::sync::mpsc::Sender<Bytes>) -> StreamEnd {
    let mut passed: u64 = 0;
    let mut end = Ok(());
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return Err(streamed::broken_off());
        };
        let data = match frame.into_data() {
            Ok(data) => data,
            Err(frame) => {
                let trailers = frame.into_trailers().unwrap_or_default();
                end = streamed::failure_of_trailers(&trailers).map_or(end, Err);
                continue;
            }
        };
        passed = passed.saturating_add(data.len() as u64);
        if passed > LARGEST_STREAM {
            let message = format!("more than {LARGEST_STREAM} bytes");
            end = Err(StreamFailure::new(TOO_LARGE, message));
        } else if !data.is_empty() {
            // Whoever has read it is gone: the rest is for nobody.
            pieces.send(data).await.unwrap_or_default();
        }
    }
    end
}

fn accepted() -> Answer {
    json_answer(StatusCode::ACCEPTED, r#"{"status":"OK"}"#.into())
}

fn too_large(most: u64) -> Answer {
    let message = format!("Exceeded maximum allowed payload size ({most} bytes).");
    error(
        StatusCode::PAYLOAD_TOO_LARGE,
        "RequestEntityTooLarge",
        &message,
    )
}

fn truncated() -> Answer {
    let message = "The body of the request is not whole.";
    error(StatusCode::BAD_REQUEST, "TruncatedHTTPRequest", message)
}

fn refused(refusal: Refusal) -> Answer {
    match refusal {
        Refusal::WrongId => error(
            StatusCode::BAD_REQUEST,
            "InvalidRequestID",
            "Invalid request ID",
        ),
        Refusal::WrongTurn => {
            let message = "The runtime may not do this in its present state.";
            error(StatusCode::FORBIDDEN, "InvalidStateTransition", message)
        }
    }
}

fn error(status: StatusCode, error_type: &str, message: &str) -> Answer {
    let body = json!({"errorMessage": message, "errorType": error_type});
    json_answer(status, body.to_string())
}

fn json_answer(status: StatusCode, body: String) -> Answer {
    let mut answer = Response::new(Full::from(body));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, JSON);
    answer
}
