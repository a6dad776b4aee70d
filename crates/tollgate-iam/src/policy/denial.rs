//! What a caller is told whom policies do not let through.

use std::fmt::{self, Write as _};

use super::decision::Decision;
use super::principal::Principal;
use super::statement::Request;

/// The message of a call that was not allowed, as API Gateway words it.
///
/// It names the caller, the action and the resource; of the account that owns the resource only the
/// last four digits. `None` for a decision that allows.
///
/// ```
/// use tollgate_iam::policy::{Context, Decision, Principal, Request, denial};
///
/// let request = Request {
///     principal: Principal::Anonymous,
///     action: "execute-api:Invoke",
///     resource: "arn:aws:execute-api:us-west-2:123456782543:a1b2c3d4e5/prod/GET/",
///     context: &Context::new(),
/// };
/// let message = denial(Decision::ImplicitDeny, &request).map(|denial| denial.to_string());
/// assert_eq!(
///     message.as_deref(),
///     Some(
///         "User: anonymous is not authorized to perform: execute-api:Invoke on resource: \
///          arn:aws:execute-api:us-west-2:********2543:a1b2c3d4e5/prod/GET/"
///     )
/// );
/// ```
#[must_use]
pub fn denial<'r>(decision: Decision<'_>, request: &'r Request<'r>) -> Option<Denial<'r>> {
    let is_explicit = match decision {
        Decision::Allow { .. } => return None,
        Decision::ImplicitDeny => false,
        Decision::ExplicitDeny { .. } => true,
    };
    Some(Denial {
        request,
        is_explicit,
    })
}

/// See [`denial`]; it prints as the message.
#[derive(Clone, Copy)]
pub struct Denial<'r> {
    request: &'r Request<'r>,
    is_explicit: bool,
}

impl fmt::Display for Denial<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("User: ")?;
        match self.request.principal {
            Principal::Caller(caller) => f.write_str(caller.as_str())?,
            Principal::Service(name) | Principal::Federated(name) => f.write_str(name)?,
            Principal::Anonymous => f.write_str("anonymous")?,
        }
        let action = self.request.action;
        write!(f, " is not authorized to perform: {action} on resource: ")?;
        write_masked(f, self.request.resource)?;
        if self.is_explicit {
            f.write_str(" with an explicit deny")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Denial<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Denial({self})")
    }
}

/// Writes an ARN with the account, its fifth part, hidden but for the last four characters.
fn write_masked(f: &mut fmt::Formatter<'_>, arn: &str) -> fmt::Result {
    for (index, part) in arn.splitn(6, ':').enumerate() {
        if index > 0 {
            f.write_str(":")?;
        }
        let hidden = match index {
            4 => part.len().saturating_sub(4),
            _ => 0,
        };
        match part.split_at_checked(hidden) {
            Some((hidden, shown)) => {
                hidden.bytes().try_for_each(|_| f.write_char('*'))?;
                f.write_str(shown)?;
            }
            None => f.write_str("****")?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Context, Policy, PolicyKind};

    const ALICE: &str = "arn:aws:iam::123456789012:user/alice";
    const RESOURCE: &str = "arn:aws:execute-api:eu-west-1:123456789012:api/prod/GET/pets:7";

    fn message(effect: &str) -> Option<String> {
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"{effect}","Action":"*","Resource":"*"}}}}"#
        );
        let policy = Policy::parse(&text, PolicyKind::Identity).expect("it is a policy");
        let context = Context::new();
        let request = Request {
            principal: Principal::from_arn(ALICE).expect("it is a caller"),
            action: "execute-api:Invoke",
            resource: RESOURCE,
            context: &context,
        };
        denial(policy.evaluate(&request), &request).map(|denial| denial.to_string())
    }

    #[test]
    fn an_explicit_deny_is_told() {
        assert_eq!(
            message("Deny").as_deref(),
            Some(
                "User: arn:aws:iam::123456789012:user/alice is not authorized to perform: \
                 execute-api:Invoke on resource: \
                 arn:aws:execute-api:eu-west-1:********9012:api/prod/GET/pets:7 \
                 with an explicit deny"
            )
        );
        assert_eq!(message("Allow"), None);
    }

    #[test]
    fn whatever_stands_for_the_account_is_hidden() {
        struct Masked<'a>(&'a str);
        impl fmt::Display for Masked<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_masked(f, self.0)
            }
        }
        for (arn, masked) in [
            ("arn:aws:x:y:123456789012:z", "arn:aws:x:y:********9012:z"),
            ("arn:aws:x:y:12:z", "arn:aws:x:y:12:z"),
            ("arn:aws:x:y::z:123456789012", "arn:aws:x:y::z:123456789012"),
            ("arn:aws:x:y:1€€:z", "arn:aws:x:y:****:z"),
            ("pets", "pets"),
        ] {
            assert_eq!(Masked(arn).to_string(), masked);
        }
        let long = format!("arn:aws:x:y:{}1234:z", "9".repeat(70_000));
        // More than what is shown of an argument of `write!` may be wide.
        let masked = format!("arn:aws:x:y:{}1234:z", "*".repeat(70_000));
        assert_eq!(Masked(&long).to_string(), masked);
    }
}
