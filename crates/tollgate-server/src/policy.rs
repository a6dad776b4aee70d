//! `tollgate policy eval`.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::json;
use thiserror::Error;
use tollgate::iam::policy::{
    ApiArn, Authorization, Context, Decision, InvalidCallerArn, InvalidPolicy, Policy, PolicyKind,
    Principal, Request, StatementRef, authorize,
};

use crate::cli::{Evaluate, Format};
use crate::printable::printable;
use crate::text_file;

/// Bytes that the file of a policy may have: more than the largest policy, with white space.
const MOST_BYTES: u64 = 1 << 20;

/// Why nobody can say whether a call is allowed.
#[derive(Debug, Error)]
pub(crate) enum EvaluateError {
    #[error("error: cannot read {}: {reason}", file.display())]
    Unreadable { file: PathBuf, reason: String },
    #[error("error: {}: {error}", file.display())]
    Invalid { file: PathBuf, error: InvalidPolicy },
    #[error(
        "error: {} and {} both have principals, expected one resource policy", one.display(),
        other.display()
    )]
    TwoResourcePolicies { one: PathBuf, other: PathBuf },
    #[error(
        "error: {} has no principals, so that it is a caller's: expected --caller with the ARN",
        file.display()
    )]
    NoCaller { file: PathBuf },
    #[error("error: --caller: {0}")]
    Caller(#[from] InvalidCallerArn),
    #[error("error: cannot write: {0}")]
    Write(#[from] io::Error),
}

/// The policies that have a say, and the files that they stand in.
#[derive(Default)]
struct Policies {
    resource: Option<(PathBuf, Policy)>,
    caller: Vec<Policy>,
    of_caller: Vec<PathBuf>,
}

/// Says whether a call is allowed, and by which statement.
pub(crate) fn evaluate(options: &Evaluate) -> Result<ExitCode, EvaluateError> {
    let policies = read(options)?;
    let principal = match &options.caller {
        Some(arn) => Principal::from_arn(arn)?,
        None => Principal::Anonymous,
    };
    let mut context = Context::new();
    for condition in &options.conditions {
        context.set(condition.key.as_str(), condition.value.as_str());
    }
    let request = Request {
        principal,
        action: &options.action,
        resource: &options.request.0,
        context: &context,
    };
    let authorization = match options.caller {
        Some(_) => Authorization::Iam(&policies.caller),
        None => Authorization::None,
    };
    let resource = policies.resource.as_ref().map(|(_, policy)| policy);
    let decision = authorize(authorization, resource, &request);
    let text = match options.format {
        Format::Text => text(&policies, &decision),
        Format::Json => format!("{}\n", json(&policies, &decision)),
    };
    io::stdout().lock().write_all(text.as_bytes())?;
    Ok(if decision.is_allow() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn read(options: &Evaluate) -> Result<Policies, EvaluateError> {
    let mut policies = Policies::default();
    let api = options.request.api();
    for file in &options.files {
        let text = text_file::read(file, MOST_BYTES);
        let text = text.map_err(|error| EvaluateError::Unreadable {
            file: file.clone(),
            reason: error.to_string(),
        })?;
        let invalid = |error| EvaluateError::Invalid {
            file: file.clone(),
            error,
        };
        if has_principals(&text) {
            let policy = Policy::parse_of_api(&text, &api).map_err(invalid)?;
            if let Some((one, _)) = policies.resource.replace((file.clone(), policy)) {
                let other = file.clone();
                return Err(EvaluateError::TwoResourcePolicies { one, other });
            }
        } else {
            let policy = Policy::parse(&text, PolicyKind::Identity).map_err(invalid)?;
            if options.caller.is_none() {
                return Err(EvaluateError::NoCaller { file: file.clone() });
            }
            policies.caller.push(policy);
            policies.of_caller.push(file.clone());
        }
    }
    Ok(policies)
}

/// Whether it is an API's policy: these say in each statement whom it is about.
fn has_principals(text: &str) -> bool {
    let document: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    let statements = match &document["Statement"] {
        serde_json::Value::Array(statements) => statements.as_slice(),
        one => std::slice::from_ref(one),
    };
    let has = |name| statements.iter().any(|one| one.get(name).is_some());
    has("Principal") || has("NotPrincipal")
}

impl Policies {
    fn file(&self, statement: &StatementRef<'_>) -> &Path {
        match (&self.resource, statement.kind) {
            (Some((file, _)), PolicyKind::Resource) => file,
            _ => self
                .of_caller
                .get(statement.policy)
                .map_or(Path::new(""), PathBuf::as_path),
        }
    }
}

fn text(policies: &Policies, decision: &Decision<'_>) -> String {
    let mut line = String::new();
    let (verdict, statement) = match decision {
        Decision::Allow { statement } => ("allowed", statement.as_ref()),
        Decision::ExplicitDeny { statement } => ("denied", Some(statement)),
        Decision::ImplicitDeny => return "denied: no statement allows it\n".to_owned(),
    };
    line.push_str(verdict);
    match statement {
        Some(statement) => {
            // A string takes any text.
            let _ = write!(line, " by statement {}", statement.statement + 1);
            if let Some(sid) = statement.sid {
                let _ = write!(line, " ({})", printable(sid));
            }
            let file = policies.file(statement).display().to_string();
            let _ = write!(line, " of {}", printable(&file));
        }
        None => line.push_str(": no policy has a say"),
    }
    line.push('\n');
    line
}

fn json(policies: &Policies, decision: &Decision<'_>) -> serde_json::Value {
    let (verdict, statement) = match decision {
        Decision::Allow { statement } => ("allowed", statement.as_ref()),
        Decision::ExplicitDeny { statement } => ("explicitDeny", Some(statement)),
        Decision::ImplicitDeny => ("implicitDeny", None),
    };
    let statement = statement.map(|statement| {
        json!({
            "file": policies.file(statement).display().to_string(),
            "index": statement.statement,
            "sid": statement.sid,
        })
    });
    json!({ "decision": verdict, "statement": statement })
}

/// The ARN of a call: `arn:aws:execute-api:{region}:{account}:{api}/{stage}/{verb}/{path}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MethodArn(String);

impl MethodArn {
    fn api(&self) -> ApiArn {
        let mut parts = self.0.splitn(6, ':').skip(1);
        let mut part = || parts.next().unwrap_or_default();
        let (partition, _service, region, account) = (part(), part(), part(), part());
        let api = part().split('/').next().unwrap_or_default();
        ApiArn::new(partition, region, account, api)
    }
}

impl std::str::FromStr for MethodArn {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<_> = text.splitn(6, ':').collect();
        match parts.as_slice() {
            ["arn", _, "execute-api", _, _, call] if call.split('/').count() >= 3 => {
                Ok(Self(text.to_owned()))
            }
            _ => Err("expected the ARN of a call, such as \
                      arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/prod/GET/pets"
                .to_owned()),
        }
    }
}
