//! Functions of authorizers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use tollgate_auth::{AuthorizerEvent, AuthorizerFunction, FunctionError};

/// What a function does with an event.
type Answer = dyn Fn(&AuthorizerEvent) -> Result<String, FunctionError> + Send + Sync;

/// A function that counts its calls.
#[derive(Clone)]
pub(crate) struct Counted {
    calls: Arc<AtomicUsize>,
    answer: Arc<Answer>,
}

impl Counted {
    pub(crate) fn new(
        answer: impl Fn(&AuthorizerEvent) -> Result<String, FunctionError> + Send + Sync + 'static,
    ) -> Self {
        Self {
            calls: Arc::default(),
            answer: Arc::new(answer),
        }
    }

    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl AuthorizerFunction for Counted {
    async fn invoke(&self, event: AuthorizerEvent) -> Result<Bytes, FunctionError> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        (self.answer)(&event).map(Bytes::from)
    }
}

impl std::fmt::Debug for Counted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Counted")
    }
}
