//! The documented decisions about signatures and policies, through a gateway that is served: security §1
//! and 2.
//!
//! `TOLLGATE_CONFORMANCE` names the folder of the data; without it the test says that it was skipped,
//! or fails if `TOLLGATE_REQUIRE_CONFORMANCE` is 1.

#![expect(clippy::print_stdout, reason = "a test that skips says so")]

use std::collections::HashMap;
use std::path::PathBuf;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tollgate_auth::{IamCaller, IamKey};
use tollgate_core::ManualClock;
use tollgate_gateway::{CallerKeys, CompileOptions, Plan, TokenIssuers};
use tollgate_iam::policy::{Policy, PolicyKind};
use tollgate_iam::sigv4::{Credentials, Principal, Timestamp};
use tollgate_integration::lambda::LambdaEvent;

use crate::api::{
    ENCRYPTED, PEER, Server, custom, document, mock, policy, stage, statement, token_authorizer,
};
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

/// The lines of a file of the data; `None` without it.
fn lines(file: &str) -> Option<String> {
    let Some(folder) = std::env::var_os("TOLLGATE_CONFORMANCE") else {
        let required = std::env::var("TOLLGATE_REQUIRE_CONFORMANCE").is_ok_and(|it| it == "1");
        assert!(!required, "TOLLGATE_CONFORMANCE is not set");
        println!("skipped: TOLLGATE_CONFORMANCE is not set");
        return None;
    };
    let lines = std::fs::read_to_string(PathBuf::from(folder).join(file));
    Some(lines.expect("the data is there"))
}

#[tokio::test]
async fn policies_decide_as_documented() {
    let Some(lines) = lines("iam/policies.jsonl") else {
        return;
    };
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
        let pools = TokenIssuers::new().with_clock(clock.clone());
        let pools = pools.with_pool(POOL, ISSUER, &jwks.url());
        options.token_issuers = Arc::new(pools.expect("it is a URL"));
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

#[tokio::test]
async fn signatures_are_verified_as_documented() {
    let Some(lines) = lines("sigv4/execute_api_verify.jsonl") else {
        return;
    };
    let (mut count, mut left_out) = (0, 0);
    let mut disagreements = Vec::new();
    for line in lines.lines() {
        let case = Case(serde_json::from_str(line).expect("it is JSON"));
        match case.verify().await {
            None => left_out += 1,
            Some(said) => {
                count += 1;
                disagreements.extend(said.map(|said| format!("{}: {said}", case.text("/name"))));
            }
        }
    }
    println!("conformance: {count} cases; {left_out} do not reach a method");
    assert!(count > 40, "{count}");
    assert!(disagreements.is_empty(), "{}", disagreements.join("\n"));
}

/// The gateway responses that refusals of signatures have.
const REFUSALS: [&str; 4] = [
    "ACCESS_DENIED",
    "EXPIRED_TOKEN",
    "INVALID_SIGNATURE",
    "MISSING_AUTHENTICATION_TOKEN",
];

impl Case {
    /// What is not as documented, if something is; `None` for a request that the front door refuses.
    async fn verify(&self) -> Option<Option<String>> {
        let moment = |text: &str| {
            let text = text.replace(['-', ':'], "");
            Timestamp::from_str(&text).expect("it is a time")
        };
        let now = moment(self.text("/server_time")).as_unix_seconds();
        let now = Duration::from_secs(now.unsigned_abs());
        let clock = Arc::new(ManualClock::at_unix(now));
        let allow = policy(&[statement("Allow", &json!("*"))]).to_string();
        let allow = Policy::parse(&allow, PolicyKind::Identity).expect("it is a policy");
        let keys = self.0["keys"].as_object()?.iter().map(|(id, key)| {
            let text = |name: &str| key[name].as_str();
            let mut credentials =
                Credentials::new(id.as_str(), text("secret").expect("it has one"));
            if let Some(token) = text("token") {
                credentials = credentials.with_session_token(token);
            }
            if let Some(end) = text("expires") {
                credentials = credentials.with_expiry(moment(end));
            }
            let principal = Principal::new(text("principal").expect("it has one"));
            let caller = IamCaller::new(principal, [allow.clone()]).expect("it is a caller");
            (
                id.clone(),
                Arc::new(IamKey::new(credentials, Arc::new(caller))),
            )
        });
        let mut options = CompileOptions::default();
        options.region = self.text("/region").into();
        options.caller_keys = CallerKeys::new(keys.collect::<HashMap<_, _>>());
        let method = mock("ok", iam());
        let resources = [("/", method.clone()), ("/{proxy+}", method)];
        let responses = REFUSALS.map(|name| {
            let header = json!({ "gatewayresponse.header.x-type": format!("'{name}'") });
            json!({ "responseType": name, "responseParameters": header })
        });
        let document = document(&resources, json!({ "gatewayResponses": responses }));
        let server = Server::of(&document, &options, &clock).await;
        let headers: Vec<(String, String)> =
            serde_json::from_value(self.0["request"]["headers"].clone()).ok()?;
        let headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value))
            .collect();
        let headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| (&**name, &***value))
            .collect();
        let (verb, target) = (self.text("/request/method"), self.text("/request/target"));
        let body = self.text("/request/body");
        let found = server.send(verb, target, &headers, body).await;
        if found.status == 400 || found.error_type() == "ForbiddenException" {
            return None;
        }
        let (status, error_type, response_type) = match self.text("/expected/result") {
            "authenticated" => (200, "", ""),
            _ => (
                403,
                self.text("/expected/error_type"),
                self.text("/expected/gateway_response"),
            ),
        };
        let named = found
            .headers
            .get("x-type")
            .map(|name| name.to_str().expect("it is text"));
        let said = serde_json::from_str::<Value>(&found.body).unwrap_or_default();
        let message = said["message"].as_str().unwrap_or_default();
        let is_as_expected = found.status == status
            // Not all of them are known.
            && (found.error_type() == error_type || status == 403 && error_type.is_empty())
            && named.unwrap_or_default() == response_type
            && message.contains(self.text("/expected/message_contains"));
        Some((!is_as_expected).then(|| format!("{}, but {found:?}", self.0["expected"])))
    }
}
