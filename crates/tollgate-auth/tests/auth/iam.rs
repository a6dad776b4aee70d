//! Callers who sign, and callers of methods that are open to everybody.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tollgate_auth::{CredentialStore, IamAuthenticator, IamCaller, IamKey, StageAccess};
use tollgate_core::{Clock as _, GatewayResponseType, Rejection};
use tollgate_iam::policy::{Policy, PolicyKind};
use tollgate_iam::sigv4::{
    Credentials, PayloadHash, Principal, SignableRequest, Signer, Timestamp, Verifier,
};

use crate::requests::{API, access, arriving, clock, policy_of, resource_policy, statement};
use crate::told::{denied, told};

const ALICE: &str = "arn:aws:iam::123456789012:user/alice";
const FOREIGN: &str = "arn:aws:iam::210987654321:user/bob";
const RESOURCE: &str = "arn:aws:execute-api:eu-central-1:********9012:a1b2c3d4e5/prod/GET/pets";

fn identity_policy(effect: &str) -> Policy {
    let statement = match effect {
        "silent" => statement("Allow", &format!("{API}/prod/POST/*")),
        effect => statement(effect, &format!("{API}/prod/GET/*")),
    };
    Policy::parse(&policy_of(&[statement]).to_string(), PolicyKind::Identity).unwrap()
}

fn caller(arn: &str, effect: &str) -> IamCaller {
    IamCaller::new(Principal::new(arn), [identity_policy(effect)]).unwrap()
}

fn api(resource: &str) -> StageAccess {
    match resource {
        "no policy" => access(),
        "silent" => access().with_resource_policy(resource_policy(None)),
        effect => access().with_resource_policy(resource_policy(Some(effect))),
    }
}

#[derive(Clone, Copy, Debug)]
enum Outcome {
    Allow,
    Implicit,
    Explicit,
}
use Outcome::{Allow, Explicit, Implicit};

fn assert_outcome(outcome: &Result<(), Rejection>, expected: Outcome, caller: &str, row: &str) {
    let message = format!(
        "User: {caller} is not authorized to perform: execute-api:Invoke on resource: {RESOURCE}"
    );
    let message = match expected {
        Allow => {
            assert_eq!(*outcome, Ok(()), "{row}");
            return;
        }
        Implicit => message,
        Explicit => format!("{message} with an explicit deny"),
    };
    let rejection = outcome.as_ref().expect_err(row);
    assert_eq!(told(rejection), denied(&message), "{row}");
}

/// Tables A and B of the guide, each row, and what holds without a resource policy.
#[test]
fn callers_and_apis_decide_together() {
    for (own, resource, same_account, other_account) in [
        ("Allow", "Allow", Allow, Allow),
        ("Allow", "silent", Allow, Implicit),
        ("Allow", "Deny", Explicit, Explicit),
        ("silent", "Allow", Allow, Implicit),
        ("silent", "silent", Implicit, Implicit),
        ("silent", "Deny", Explicit, Explicit),
        ("Deny", "Allow", Explicit, Explicit),
        ("Deny", "silent", Explicit, Explicit),
        ("Deny", "Deny", Explicit, Explicit),
        ("Allow", "no policy", Allow, Implicit),
        ("silent", "no policy", Implicit, Implicit),
        ("Deny", "no policy", Explicit, Explicit),
    ] {
        let context = arriving(&clock(), http::Request::get("/pets"));
        for (arn, expected) in [(ALICE, same_account), (FOREIGN, other_account)] {
            let outcome = api(resource).authorize_caller(&caller(arn, own), &context);
            let row = format!("{arn}: own policy {own}, resource policy {resource}");
            assert_outcome(&outcome, expected, arn, &row);
        }
    }
}

#[test]
fn open_methods_need_an_allow_where_there_is_a_policy() {
    let context = arriving(&clock(), http::Request::get("/pets"));
    for (resource, expected) in [
        ("no policy", Allow),
        ("Allow", Allow),
        ("silent", Implicit),
        ("Deny", Explicit),
    ] {
        let outcome = api(resource).authorize_anyone(&context);
        assert_outcome(&outcome, expected, "anonymous", resource);
    }
}

#[test]
fn the_address_of_a_caller_is_that_of_the_connection() {
    let policy = |operator: &str| {
        let mut statement = statement("Deny", &format!("{API}/*"));
        statement["Principal"] = "*".into();
        statement["Condition"][operator]["aws:SourceIp"] = "203.0.113.0/24".into();
        let mut allow = self::statement("Allow", &format!("{API}/*"));
        allow["Principal"] = "*".into();
        let text = policy_of(&[allow, statement]).to_string();
        access().with_resource_policy(Policy::parse(&text, PolicyKind::Resource).unwrap())
    };
    let request = http::Request::get("/pets")
        .header("x-forwarded-for", "198.51.100.1")
        .header("forwarded", "for=198.51.100.1")
        .header("x-real-ip", "198.51.100.1");
    let context = arriving(&clock(), request);
    assert!(policy("IpAddress").authorize_anyone(&context).is_err());
    assert_eq!(policy("NotIpAddress").authorize_anyone(&context), Ok(()));
}

#[test]
fn condition_keys_of_a_caller_are_those_of_its_identity() {
    let allowed_if = |key: &str, value: &str| {
        let mut statement = statement("Allow", &format!("{API}/*"));
        statement["Condition"]["StringEquals"][key] = value.into();
        let text = policy_of(&[statement]).to_string();
        let policy = Policy::parse(&text, PolicyKind::Identity).unwrap();
        let principal = Principal::new(ALICE).with_user_id("AIDA1");
        let caller = IamCaller::new(principal, [policy]).unwrap();
        let caller = caller.with_key("aws:PrincipalTag/team", ["blue"]);
        let request = http::Request::get("/pets").header("user-agent", "curl");
        let context = arriving(&clock(), request);
        access().authorize_caller(&caller, &context).is_ok()
    };
    for (key, value, expected) in [
        ("aws:PrincipalArn", ALICE, true),
        ("aws:PrincipalAccount", "123456789012", true),
        ("aws:username", "alice", true),
        ("aws:userid", "AIDA1", true),
        ("aws:PrincipalTag/team", "blue", true),
        ("aws:PrincipalTag/Team", "blue", true),
        ("aws:PrincipalTag/team", "red", false),
        ("aws:UserAgent", "curl", true),
        ("aws:SecureTransport", "true", false),
        ("aws:CurrentTime", "2026-03-01T12:00:00Z", true),
        ("aws:PrincipalOrgID", "o-1", false),
    ] {
        assert_eq!(allowed_if(key, value), expected, "{key} = {value}");
    }
}

#[test]
fn an_abbreviated_policy_is_expanded_by_the_arn_of_the_api() {
    let mut statement = statement("Allow", "execute-api:/prod/GET/pets");
    statement["Principal"] = "*".into();
    let mut document = policy_of(&[statement]);
    access().arn().expand(&mut document);
    let policy = Policy::parse(&document.to_string(), PolicyKind::Resource).unwrap();
    let access = access().with_resource_policy(policy);
    for (path, is_allowed) in [("/pets", true), ("/pets/", true), ("/pets/7", false)] {
        let context = arriving(&clock(), http::Request::get(path));
        assert_eq!(
            access.authorize_anyone(&context).is_ok(),
            is_allowed,
            "{path}"
        );
    }
}

#[test]
fn partitions_follow_from_regions() {
    for (region, partition) in [
        ("eu-central-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
    ] {
        let mut stage = crate::requests::stage();
        stage.region = region.into();
        let arn = StageAccess::new(&stage).arn().to_string();
        assert!(
            arn.starts_with(&format!("arn:{partition}:execute-api:{region}:")),
            "{arn}"
        );
    }
}

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

fn keys() -> HashMap<String, Arc<IamKey>> {
    let end = Timestamp::from_unix(Duration::from_secs(crate::requests::NOW));
    let alice = Arc::new(caller(ALICE, "Allow"));
    let session = Credentials::new("ASIASESSION", SECRET).with_session_token("token");
    [
        Credentials::new("AKIAALICE", SECRET),
        session,
        Credentials::new("ASIAOVER", SECRET)
            .with_session_token("token")
            .with_expiry(end),
    ]
    .map(|key| {
        let id = key.access_key_id().to_owned();
        (id, Arc::new(IamKey::new(key, alice.clone())))
    })
    .into()
}

/// Who signed with this key, or the answer.
fn authenticate(
    store: impl CredentialStore + 'static,
    key: &Credentials,
) -> Result<String, Rejection> {
    let now = clock().now();
    let host = [(
        "host",
        "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com".as_bytes(),
    )];
    let request = SignableRequest::new("GET", "/prod/pets", host);
    let payload = PayloadHash::of(b"");
    let signer = Signer::new(key.clone(), "eu-central-1", "execute-api");
    let time = Timestamp::from_unix(now.unix());
    let signed = signer.presign(&request, &payload, time, 60).unwrap();
    let request = SignableRequest::new("GET", signed.target(), host);

    let authenticator = IamAuthenticator::new(Verifier::new("eu-central-1"), store);
    let claim = authenticator.claim(&request, now)?;
    let key = authenticator.authenticate(claim, &payload)?;
    Ok(key.caller().arn().to_owned())
}

#[test]
fn keys_tell_who_signed() {
    use GatewayResponseType::{ExpiredToken, InvalidSignature};
    let alice = Ok(ALICE.to_owned());
    let of = |id: &str, secret: &str, token: Option<&str>| {
        let key = Credentials::new(id, secret);
        match token {
            Some(token) => key.with_session_token(token),
            None => key,
        }
    };
    for (name, key, expected) in [
        (
            "long-term key",
            of("AKIAALICE", SECRET, None),
            alice.clone(),
        ),
        ("session", of("ASIASESSION", SECRET, Some("token")), alice),
        (
            "unknown key",
            of("AKIANOBODY", SECRET, None),
            Err(InvalidSignature),
        ),
        (
            "wrong secret",
            of("AKIAALICE", "guess", None),
            Err(InvalidSignature),
        ),
        (
            "no token",
            of("ASIASESSION", SECRET, None),
            Err(InvalidSignature),
        ),
        (
            "other token",
            of("ASIASESSION", SECRET, Some("t")),
            Err(InvalidSignature),
        ),
        (
            "token too many",
            of("AKIAALICE", SECRET, Some("token")),
            Err(InvalidSignature),
        ),
        (
            "session is over",
            of("ASIAOVER", SECRET, Some("token")),
            Err(ExpiredToken),
        ),
    ] {
        let from_map = authenticate(keys(), &key);
        let keys = keys();
        let from_closure = authenticate(move |id: &str| keys.get(id).cloned(), &key);
        for outcome in [from_map, from_closure] {
            let outcome = outcome.map_err(|it| it.response_type().unwrap());
            assert_eq!(outcome, expected, "{name}");
        }
    }
}

#[test]
fn secrets_of_keys_are_not_shown() {
    let shown = format!("{:?}", keys());
    assert!(
        !shown.contains(SECRET) && !shown.contains("\"token\""),
        "{shown}"
    );
}
