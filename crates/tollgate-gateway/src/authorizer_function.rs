//! The function of an authorizer, run as an integration's is.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use tollgate_auth::{AuthorizerEvent, AuthorizerFunction, FunctionError};
use tollgate_integration::lambda::{Lambda, LambdaFunction, raised_message};

/// How long an authorizer's function may take: as long as an endpoint (API Gateway Developer Guide,
/// "Amazon API Gateway quotas"); that this holds for authorizers of REST APIs is a decision of ours.
const TIMEOUT: Duration = Duration::from_secs(29);

/// A Lambda function that says who calls.
#[derive(Debug)]
pub(crate) struct InvokedFunction(Lambda);

impl InvokedFunction {
    pub(crate) const fn new(function: Arc<dyn LambdaFunction>) -> Self {
        Self(Lambda::new(function, TIMEOUT))
    }
}

#[async_trait]
impl AuthorizerFunction for InvokedFunction {
    async fn invoke(&self, event: AuthorizerEvent) -> Result<Bytes, FunctionError> {
        let invoked = self.0.invoke(event.into_json()).await;
        let invoked = invoked.map_err(|failure| FunctionError::NotRun(failure.into()))?;
        // Answers are read whole, and so at hand.
        let answer = invoked.payload.try_into_bytes().unwrap_or_default();
        match invoked.function_error {
            None => Ok(answer),
            Some(_) => Err(FunctionError::Raised {
                message: raised_message(&answer),
            }),
        }
    }
}
