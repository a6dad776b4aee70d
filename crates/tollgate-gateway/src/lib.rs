#![doc = include_str!("../README.md")]

pub mod address;
mod authorization;
mod authorizer_function;
mod authorizer_test;
mod caller_keys;
mod collect;
mod compile;
mod compression;
mod content_coding;
mod cors;
mod exchange;
mod future;
mod gateway;
mod gateways;
mod integration_request;
mod integration_response;
mod limited;
mod limits;
mod pipeline;
mod plan;
mod recording;
mod seams;
mod stage_plans;
mod test_invoke;
mod token_issuers;
mod trace;
mod transport;

pub use authorizer_test::{AuthorizerTest, TEST_AUTHORIZER_STAGE, test_authorizer};
pub use caller_keys::CallerKeys;
pub use collect::MAX_BODY_BYTES;
pub use compile::{
    CompileOptions, DEFAULT_ACCOUNT_ID, DEFAULT_API_ID, DEFAULT_DEPLOYMENT_ID, DEFAULT_REGION,
    InvalidLinkTarget, LinkTarget, VpcLinks,
};
pub use future::ResponseFuture;
pub use gateway::Gateway;
pub use gateways::Gateways;
pub use limits::Limits;
pub use plan::{Method, Plan};
pub use recording::{
    Difference, FailureKind, HeaderLine, InvalidRecording, Recorded, RecordedCall, RecordedOutcome,
    RecordedOutgoing, RecordedRequest, RecordedResponse, Recorder, Recording, Replay, Subject,
    Unwritable,
};
pub use stage_plans::StagePlans;
pub use test_invoke::{TestInvoke, TestInvokeError, TestRequest, TestResponse};
pub use token_issuers::{InvalidJwksUrl, TokenIssuers};
pub use tollgate_integration::ClientCertificate;
pub use trace::{Secrets, Trace, TraceEvent, TraceFate, TraceStep};
pub use transport::Transport;
