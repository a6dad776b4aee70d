//! Policies in which every statement looks at resource, variables and conditions, and a request
//! that only the last statement allows.

use tollgate_iam::policy::{Context, Policy, PolicyKind, Principal, Request};

/// The text of a policy of so many statements.
pub(crate) fn text(statements: usize) -> String {
    let statement = |index: usize| {
        let verb = if index + 1 == statements {
            "GET"
        } else {
            "PUT"
        };
        format!(
            r#"{{
                "Sid": "S{index}", "Effect": "Allow", "Action": "execute-api:Inv*",
                "Resource": "arn:aws:execute-api:*:*:a1b2c3d4e5/*/{verb}/${{aws:username}}/*",
                "Condition": {{
                    "IpAddress": {{"aws:SourceIp": "203.0.113.0/24"}},
                    "StringLike": {{"aws:PrincipalTag/team": "${{aws:PrincipalTag/area, 'x'}}-*"}},
                    "DateLessThan": {{"aws:CurrentTime": "2030-01-01T00:00:00Z"}}
                }}
            }}"#
        )
    };
    let statements: Vec<String> = (0..statements).map(statement).collect();
    let statements = statements.join(",");
    format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)
}

/// That policy, compiled. Hundred of these statements are more than an attached policy may hold,
/// so that they are dealt out to several.
pub(crate) fn policies(statements: usize) -> Vec<Policy> {
    const TOGETHER: usize = 20;
    let full = statements.div_ceil(TOGETHER);
    (1..=full)
        .map(|index| {
            let text = if index == full {
                text(statements - (full - 1) * TOGETHER)
            } else {
                // Its last statement is for another verb too.
                text(TOGETHER).replace("/GET/", "/PUT/")
            };
            Policy::parse(&text, PolicyKind::Identity).expect("a policy")
        })
        .collect()
}

/// What is known of the request.
pub(crate) fn context() -> Context {
    let mut context = Context::new();
    for (key, value) in [
        ("aws:CurrentTime", "2026-03-01T12:00:00Z"),
        ("aws:EpochTime", "1772366400"),
        ("aws:SecureTransport", "true"),
        ("aws:SourceIp", "203.0.113.10"),
        ("aws:UserAgent", "curl/8.1"),
        ("aws:PrincipalAccount", "123456789012"),
        ("aws:PrincipalArn", "arn:aws:iam::123456789012:user/alice"),
        ("aws:username", "alice"),
        ("aws:PrincipalTag/area", "pets"),
        ("aws:PrincipalTag/team", "pets-7"),
    ] {
        context.set(key, value);
    }
    context
}

/// The request.
pub(crate) fn request(context: &Context) -> Request<'_> {
    Request {
        principal: Principal::from_arn("arn:aws:iam::123456789012:user/alice").expect("an ARN"),
        action: "execute-api:Invoke",
        resource: "arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/prod/GET/alice/7",
        context,
    }
}
