//! Functions by name.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tower_service::Service;

use super::handler::{Closure, Handler};
use super::{FunctionName, LambdaEvent, LambdaFunction};

/// The functions that integrations can call.
///
/// It is cheap to clone. A gateway looks functions up when a document is compiled, so it does not see
/// what is registered later.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use tollgate_integration::lambda::{LambdaEvent, LambdaFunctions};
///
/// #[derive(Deserialize)]
/// struct Order {
///     pet: String,
/// }
///
/// #[derive(Serialize)]
/// struct Receipt {
///     text: String,
/// }
///
/// let mut functions = LambdaFunctions::new();
/// functions.register_fn("orders", async |event: LambdaEvent<Order>| {
///     let text = format!("one {}", event.payload.pet);
///     Ok::<_, std::convert::Infallible>(Receipt { text })
/// });
/// assert!(functions.find(&"orders:live".parse()?).is_some());
/// assert!(functions.find(&"pets".parse()?).is_none());
/// # Ok::<(), tollgate_integration::lambda::InvalidFunctionName>(())
/// ```
#[derive(Clone, Default)]
pub struct LambdaFunctions {
    known: Arc<BTreeMap<Box<str>, Arc<dyn LambdaFunction>>>,
    fallback: Option<Fallback>,
}

type Fallback = Arc<dyn Fn(&FunctionName) -> Option<Arc<dyn LambdaFunction>> + Send + Sync>;

impl LambdaFunctions {
    /// No functions yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a service that takes events as its requests; it replaces what had its name.
    ///
    /// Payloads are read from JSON, and answers written to it. An error of the service is one of the
    /// function, with the error's text and type.
    pub fn register<T, S>(&mut self, name: impl Into<Box<str>>, service: S)
    where
        T: DeserializeOwned + Send + 'static,
        S: Service<LambdaEvent<T>, Response: Serialize, Error: fmt::Display, Future: Send>
            + Clone
            + Send
            + Sync
            + 'static,
    {
        self.insert(name, Arc::new(Handler::new(service)));
    }

    /// The same for an async closure.
    pub fn register_fn<T, F, A, R, E>(&mut self, name: impl Into<Box<str>>, handle: F)
    where
        T: DeserializeOwned + Send + 'static,
        F: Fn(LambdaEvent<T>) -> A + Clone + Send + Sync + 'static,
        A: Future<Output = Result<R, E>> + Send,
        R: Serialize,
        E: fmt::Display,
    {
        self.register(name, Closure(handle));
    }

    /// Adds a function of any kind; it replaces what had its name.
    ///
    /// A name may end with a version or alias, such as `pets:live`: it is then that version's alone.
    pub fn insert(&mut self, name: impl Into<Box<str>>, function: Arc<dyn LambdaFunction>) {
        Arc::make_mut(&mut self.known).insert(name.into(), function);
    }

    /// Finds functions elsewhere whose names are not known here.
    #[must_use]
    pub fn with_fallback(
        mut self,
        find: impl Fn(&FunctionName) -> Option<Arc<dyn LambdaFunction>> + Send + Sync + 'static,
    ) -> Self {
        self.fallback = Some(Arc::new(find));
        self
    }

    /// The function of this name: the one with its version or alias, else the one without. Accounts
    /// and regions do not count here.
    #[must_use]
    pub fn find(&self, function: &FunctionName) -> Option<Arc<dyn LambdaFunction>> {
        let qualified = function.qualifier().and_then(|qualifier| {
            let name = format!("{}:{qualifier}", function.name());
            self.known.get(name.as_str())
        });
        let known = qualified.or_else(|| self.known.get(function.name()));
        match known {
            Some(known) => Some(known.clone()),
            None => self.fallback.as_ref()?(function),
        }
    }
}

/// Those are equal that have the same functions by the same names, and find others in the same way.
impl PartialEq for LambdaFunctions {
    fn eq(&self, other: &Self) -> bool {
        let same_fallback = match (&self.fallback, &other.fallback) {
            (None, None) => true,
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            _ => false,
        };
        let mut pairs = self.known.iter().zip(&*other.known);
        same_fallback
            && self.known.len() == other.known.len()
            && pairs.all(|(one, other)| one.0 == other.0 && Arc::ptr_eq(one.1, other.1))
    }
}

impl Eq for LambdaFunctions {}

impl fmt::Debug for LambdaFunctions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LambdaFunctions")
            .field("known", &self.known)
            .field("has_fallback", &self.fallback.is_some())
            .finish()
    }
}
