//! The documented decisions of policies, through a gateway that is served: security §2.
//!
//! `TOLLGATE_CONFORMANCE` names the folder of the data; without it the test says that it was skipped,
//! or fails if `TOLLGATE_REQUIRE_CONFORMANCE` is 1.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tollgate_auth::{IamCaller, IamKey};
use tollgate_core::ManualClock;
use tollgate_gateway::{CallerKeys, CompileOptions, Plan, UserPools};
use tollgate_iam::policy::{Policy, PolicyKind};
use tollgate_iam::sigv4::{Credentials, Principal};
use tollgate_integration::lambda::LambdaEvent;

use crate::api::{ENCRYPTED, PEER, Server, custom, document, mock, stage, token_authorizer};
use crate::pools::{ISSUER, Jwks, POOL, signed};
use crate::signatures::{Client, SECRET, iam};

/// Condition keys that the gateway finds in a request itself.
const OF_REQUESTS: [&str; 6] = [
    "aws:SourceIp",
    "aws:SecureTransport",
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:UserAgent",
    "aws:Referer",
];
/// Condition keys that follow from who signs.
const OF_CALLERS: [&str; 5] = [
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalType",
    "aws:username",
    "aws:userid",
];

#[tokio::test]
async fn policies_decide_as_documented() {
    let Some(folder) = std::env::var_os("TOLLGATE_CONFORMANCE") else {
        let required = std::env::var("TOLLGATE_REQUIRE_CONFORMANCE").is_ok_and(|it| it == "1");
        assert!(!required, "TOLLGATE_CONFORMANCE is not set");
        println!("skipped: TOLLGATE_CONFORMANCE is not set");
        return;
    };
    let path = PathBuf::from(folder).join("iam").join("policies.jsonl");
    let lines = std::fs::read_to_string(&path).expect("the data is there");
    let jwks = Jwks::start().await;
    let (mut count, mut left_out) = (0, 0);
    let mut disagreements = Vec::new();
    for line in lines.lines() {
        let case = Case(serde_json::from_str(line).expect("it is JSON"));
        let Some(actual) = case.decide(&jwks).await else {
            left_out += 1;
            continue;
        };
        count += 1;
        let expected = case.text("/expected");
        if actual != expected {
            let title = format!("{} {}", case.text("/id"), case.text("/why"));
            disagreements.push(format!("{title}: expected {expected}, but {actual}"));
        }
    }
    println!("conformance: {count} cases; {left_out} are not about calls of methods");
    assert!(count > 200, "{count}");
    assert!(disagreements.is_empty(), "{}", disagreements.join("\n"));
}

/// Members of the method, options, and headers of a call.
type Setting = (Value, CompileOptions, Vec<(String, String)>);

struct Case(Value);

impl Case {
    fn text(&self, pointer: &str) -> &str {
        let value = self.0.pointer(pointer);
        value.and_then(Value::as_str).unwrap_or_default()
    }

    fn key(&self, name: &str) -> Option<&Value> {
        self.0.pointer("/request/context")?.get(name)
    }

    /// `None` for cases about policies alone, or about keys that no such request has here.
    async fn decide(&self, jwks: &Jwks) -> Option<&'static str> {
        if self.text("/request/action") != "execute-api:Invoke" {
            return None;
        }
        let parts: Vec<&str> = self.text("/request/resource").splitn(6, ':').collect();
        let ["arn", "aws", "execute-api", region, account, method] = parts[..] else {
            return None;
        };
        let mut method = method.splitn(4, '/');
        let (api, name) = (method.next()?, method.next()?);
        let (verb, path) = (method.next()?, format!("/{}", method.next()?));
        let seconds = self.key("aws:EpochTime")?.as_str()?.parse().ok()?;
        let clock = Arc::new(ManualClock::at_unix(Duration::from_secs(seconds)));
        let host = format!("{api}.execute-api.localhost");
        let target = format!("/{name}{path}");
        target.parse::<http::Uri>().ok()?;
        // The ARN of a request has no slash at its end, and every request has `aws:SourceArn`.
        let names_source = self.0["policies"].to_string().contains("aws:SourceArn");
        if path.len() > 1 && path.ends_with('/') || names_source {
            return None;
        }

        let (members, mut options, mut headers) = match self.text("/mode") {
            "none" => self.anybody(json!({}))?,
            "lambda" => self.by_authorizer()?,
            "cognito" => self.by_token(jwks, &clock, seconds)?,
            "identity" | "iam_same" | "iam_cross" => {
                let request = (verb, &*target, &*host);
                self.by_signature(request, region, seconds)?
            }
            _ => return None,
        };
        options.region = region.into();
        options.account_id = account.into();
        let policy = self.0["policies"].get("resource");
        let method = mock("ok", members);
        let resources = [("/", method.clone()), ("/{proxy+}", method)];
        let pool = json!({
            "id": "pool01", "name": "pool", "type": "COGNITO_USER_POOLS", "providerARNs": [POOL],
            "identitySource": "method.request.header.Authorization"
        });
        let document = document(
            &resources,
            json!({
                "id": api,
                "authorizers": [token_authorizer(json!({})), pool],
                "policy": policy.map(Value::to_string)
            }),
        );
        let mut stage = stage("prod");
        stage.stage_name = name.parse().ok()?;
        let plan = Plan::compile_with(&document, &stage, &options).expect("it has a plan");
        let server = Server::start(&[Arc::new(plan)], &clock).await;

        headers.push(("host".to_owned(), host));
        let peer = self.key("aws:SourceIp").and_then(Value::as_str);
        headers.push((PEER.to_owned(), peer.unwrap_or("none").to_owned()));
        if self.key("aws:SecureTransport") == Some(&json!("true")) {
            headers.push((ENCRYPTED.to_owned(), String::new()));
        }
        for (name, key) in [("user-agent", "aws:UserAgent"), ("referer", "aws:Referer")] {
            if let Some(value) = self.key(key).and_then(Value::as_str) {
                headers.push((name.to_owned(), value.to_owned()));
            }
        }
        let headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect();
        let found = server.call(verb, &target, &headers).await;
        match found.status {
            200 => Some("allow"),
            401 => Some("unauthorized"),
            403 if found.body.contains("with an explicit deny") => Some("explicit_deny"),
            403 if found.error_type() == "AccessDeniedException" => Some("implicit_deny"),
            _ => panic!("{}: {found:?}", self.text("/id")),
        }
    }

    /// Callers of whom nothing is known.
    fn anybody(&self, members: Value) -> Option<Setting> {
        let mut keys = self.0.pointer("/request/context")?.as_object()?.keys();
        let is_found = keys.all(|key| OF_REQUESTS.contains(&&**key));
        is_found.then(|| (members, CompileOptions::default(), Vec::new()))
    }

    fn by_authorizer(&self) -> Option<Setting> {
        let (members, mut options, mut headers) = self.anybody(custom())?;
        let policy = self.0["policies"]["authorizer"].clone();
        let answer = json!({ "principalId": "user", "policyDocument": policy });
        let handle = move |_: LambdaEvent<Value>| {
            std::future::ready(Ok::<_, std::convert::Infallible>(answer.clone()))
        };
        options.functions.register_fn("who", handle);
        headers.push(("authorization".to_owned(), "token".to_owned()));
        Some((members, options, headers))
    }

    fn by_token(&self, jwks: &Jwks, clock: &Arc<ManualClock>, now: u64) -> Option<Setting> {
        let members =
            json!({ "authorizationType": "COGNITO_USER_POOLS", "authorizerId": "pool01" });
        let (members, mut options, mut headers) = self.anybody(members)?;
        let pools = UserPools::new().with_clock(clock.clone());
        let pools = pools.with_pool(POOL, ISSUER, &jwks.url());
        options.user_pools = Arc::new(pools.expect("it is a URL"));
        let header = json!({ "alg": "RS256", "kid": "key-1" });
        let claims = json!({ "iss": ISSUER, "token_use": "id", "exp": now + 60 });
        let mut token = signed(&header, &claims);
        if self.0["authenticated"] == json!(false) {
            token.pop();
        }
        headers.push(("authorization".to_owned(), token));
        Some((members, options, headers))
    }

    fn by_signature(
        &self,
        (verb, target, host): (&str, &str, &str),
        region: &str,
        now: u64,
    ) -> Option<Setting> {
        let policies = self.0["policies"].get("identity").and_then(Value::as_array);
        let policies = policies
            .into_iter()
            .flatten()
            .map(|document| Policy::parse(&document.to_string(), PolicyKind::Identity));
        let policies: Result<Vec<_>, _> = policies.collect();
        let principal = Principal::new(self.text("/request/principal"));
        let mut caller = IamCaller::new(principal, policies.ok()?).ok()?;
        for key in OF_CALLERS.iter().filter(|key| self.key(key).is_none()) {
            caller = caller.with_key(*key, [""; 0]);
        }
        let keys = self.0.pointer("/request/context")?.as_object()?;
        for (key, value) in keys {
            if OF_REQUESTS.contains(&&**key) {
                continue;
            }
            let values: Vec<&str> = match value {
                Value::String(value) => vec![value],
                Value::Array(values) => values.iter().filter_map(Value::as_str).collect(),
                _ => return None,
            };
            caller = caller.with_key(key.as_str(), values);
        }
        let key = IamKey::new(Credentials::new("AKIDCALLER", SECRET), Arc::new(caller));
        let mut options = CompileOptions::default();
        let keys = HashMap::from([("AKIDCALLER".to_owned(), Arc::new(key))]);
        options.caller_keys = CallerKeys::new(keys);
        let mut client = Client::new("AKIDCALLER");
        client.region = region.to_owned();
        client.at = now;
        let mut headers = client.headers((verb, target, host), "");
        headers.retain(|(name, _)| name != "host");
        Some((iam(), options, headers))
    }
}
