//! Functions in processes of their own, which speak to us over the Lambda Runtime API.

mod api;
mod browser;
mod environment;
mod event;
mod failure;
mod group;
mod log;
#[cfg(target_os = "linux")]
mod peer;
mod pool;
mod process;
mod server;
mod session;
mod settings;
mod streamed;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use tollgate_core::{Body, Clock, Ids, RandomIds, SystemClock, SystemRandom};

pub use log::{FunctionLog, LogLine, LogSource};
pub use settings::{FunctionSettings, InvalidSettings};

use self::event::{Event, LARGEST_ASYNCHRONOUS_EVENT, LARGEST_EVENT};
use self::pool::Pool;
use super::{Invocation, InvocationType, InvokeFailure, Invoked, LambdaFunction};

/// A function in processes that are started when they are needed.
///
/// Its program is one that runs on Lambda: it fetches events from the [Runtime API], whose host and
/// port it finds in `AWS_LAMBDA_RUNTIME_API`, as the runtime clients of all languages do. Each
/// process handles one event at a time; one that has answered waits for the next.
///
/// Dropping the function kills its processes and whatever they have started in their process
/// group; events that were accepted for later are lost. On Unix a shell in that group, `/bin/sh`,
/// does the same should this program end without a chance to do so.
///
/// It must be used in a tokio runtime with time and input/output enabled.
///
/// ```
/// use std::time::Duration;
/// use tollgate_integration::lambda::{FunctionSettings, Invocation, LambdaFunction, LocalFunction};
///
/// let mut settings = FunctionSettings::new("orders", "python3");
/// settings.arguments = vec!["-m".into(), "awslambdaric".into(), "orders.handler".into()];
/// settings.working_directory = Some("functions/orders".into());
/// settings.timeout = Duration::from_secs(10);
/// let function = LocalFunction::new(settings)?;
/// # async fn call(function: LocalFunction) -> Result<(), Box<dyn std::error::Error>> {
/// let event = Invocation::new(r#"{"id": 7}"#, Duration::from_secs(29));
/// let answer = function.invoke(event).await?;
/// assert_eq!(answer.function_error, None);
/// # Ok(())
/// # }
/// # Ok::<_, tollgate_integration::lambda::InvalidSettings>(())
/// ```
///
/// [Runtime API]: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
pub struct LocalFunction {
    pool: Arc<Pool>,
}

impl LocalFunction {
    /// A function with these settings, of which no process runs yet.
    ///
    /// # Errors
    ///
    /// [`InvalidSettings`] where Lambda would not have them either.
    pub fn new(settings: FunctionSettings) -> Result<Self, InvalidSettings> {
        let ids = RandomIds::new(Arc::new(SystemRandom));
        Self::with_clock(settings, Arc::new(SystemClock::new()), Arc::new(ids))
    }

    /// The same with a clock and ids of your own.
    ///
    /// The clock tells functions their deadline; time itself is measured by tokio. An id should be
    /// one that cannot be guessed: whoever knows it can answer in the function's place.
    ///
    /// # Errors
    ///
    /// [`InvalidSettings`] where Lambda would not have them either.
    pub fn with_clock(
        settings: FunctionSettings,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    ) -> Result<Self, InvalidSettings> {
        settings.check()?;
        let pool = Arc::new(Pool::new(settings, clock, ids));
        Ok(Self { pool })
    }
}

#[async_trait]
impl LambdaFunction for LocalFunction {
    async fn invoke(&self, invocation: Invocation) -> Result<Invoked, InvokeFailure> {
        let largest = match invocation.invocation_type {
            InvocationType::Event => LARGEST_ASYNCHRONOUS_EVENT,
            InvocationType::RequestResponse | InvocationType::DryRun => LARGEST_EVENT,
        };
        if invocation.payload.len() > largest {
            return Err(InvokeFailure::PayloadTooLarge);
        }
        let event = Event::new(&invocation, self.pool.new_id());
        let request_id = Some(event.id.to_string());
        let accepted = |status| Invoked {
            status,
            function_error: None,
            payload: Body::empty(),
            request_id,
        };
        match invocation.invocation_type {
            InvocationType::RequestResponse => self.pool.run(event, invocation.timeout).await,
            InvocationType::Event => {
                self.pool.accept(event)?;
                Ok(accepted(202))
            }
            InvocationType::DryRun => Ok(accepted(204)),
        }
    }
}

impl Drop for LocalFunction {
    fn drop(&mut self) {
        self.pool.end();
    }
}

impl fmt::Debug for LocalFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalFunction")
            .field("name", &self.pool.settings.name)
            .field("program", &self.pool.settings.program)
            .finish_non_exhaustive()
    }
}
