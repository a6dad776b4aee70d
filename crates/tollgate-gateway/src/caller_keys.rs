//! The keys of callers.

use std::fmt;
use std::sync::Arc;

use tollgate_auth::{CredentialStore, IamKey};

/// The access keys of callers who sign their requests: those of methods with `AWS_IAM`.
///
/// It is cheap to clone. A look-up sees what its store has at that time, so that keys come and go
/// without a deployment. By default there are none, and every signature is refused.
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::Arc;
///
/// use tollgate_auth::{IamCaller, IamKey};
/// use tollgate_gateway::{CallerKeys, CompileOptions};
/// use tollgate_iam::policy::{Policy, PolicyKind};
/// use tollgate_iam::sigv4::{Credentials, Principal};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let policy = r#"{
///     "Version": "2012-10-17",
///     "Statement": [{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}]
/// }"#;
/// let alice = Principal::new("arn:aws:iam::123456789012:user/alice");
/// let alice = IamCaller::new(alice, [Policy::parse(policy, PolicyKind::Identity)?])?;
/// let credentials = Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
/// let key = Arc::new(IamKey::new(credentials, Arc::new(alice)));
///
/// let mut options = CompileOptions::default();
/// options.caller_keys = CallerKeys::new(HashMap::from([("AKIDEXAMPLE".to_owned(), key)]));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct CallerKeys(Option<Arc<dyn CredentialStore>>);

impl CallerKeys {
    /// The keys of this store.
    pub fn new(store: impl CredentialStore + 'static) -> Self {
        Self(Some(Arc::new(store)))
    }

    /// Whether there is no store at all.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        self.0.is_none()
    }
}

impl CredentialStore for CallerKeys {
    fn find(&self, access_key_id: &str) -> Option<Arc<IamKey>> {
        self.0.as_ref()?.find(access_key_id)
    }
}

/// Those are equal that have the same store.
impl PartialEq for CallerKeys {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (None, None) => true,
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }
}

impl Eq for CallerKeys {}

impl fmt::Debug for CallerKeys {
    /// A store of keys need not be printable, and had better not be.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CallerKeys(…)")
    }
}
