//! Calls as a role.

use std::time::Duration;

use http::Method;
use tollgate_core::{GatewayResponseType, Rejection};
use tollgate_iam::sigv4::Credentials;
use tollgate_integration::aws::{AwsClient, Identity, Service};

use crate::endpoint::{Endpoint, OK, Reply};
use crate::signed::{Arrived, PATIENCE, REGION, client, key, noon, request};

const ROLE: &str = "arn:aws:iam::123456789012:role/gateway";

/// A key that ends at one o'clock.
const LENT: Reply = Reply::Send(
    "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 221\r\n\r\n<AssumeRoleResponse>\
     <Credentials><AccessKeyId>ASIALENT</AccessKeyId><SecretAccessKey>lent</SecretAccessKey>\
     <SessionToken>token</SessionToken><Expiration>2026-03-01T13:00:00Z</Expiration></Credentials>\
     </AssumeRoleResponse>",
);
const REFUSED: Reply = Reply::Send(
    "HTTP/1.1 403 Forbidden\r\nContent-Length: 56\r\n\r\n\
     <Error><Message>not authorized: sts</Message></Error>   ",
);
const NONSENSE: Reply = Reply::Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");

/// Calls a service as the role.
async fn call(client: &AwsClient, endpoint: &Endpoint) -> Result<i64, Rejection> {
    call_within(PATIENCE, client, endpoint).await
}

async fn call_within(
    timeout: Duration,
    client: &AwsClient,
    endpoint: &Endpoint,
) -> Result<i64, Rejection> {
    let identity: Identity = ROLE.parse().expect("it is a role");
    let caller = client
        .caller(&Service::new("sqs"), REGION, timeout)
        .with_identity(identity);
    let uri = format!("http://{}/", endpoint.address);
    let answer = caller.send(request(Method::POST, &uri, "x")).await;
    answer.map(|answer| answer.status)
}

#[tokio::test]
async fn a_role_is_assumed_once_and_again_before_its_end() {
    let endpoint = Endpoint::start(&[LENT, OK, OK, LENT, OK]).await;
    let clock = noon();
    let client = client(&endpoint, clock.clone());
    for (minutes, requests) in [(0, 2), (54, 3), (1, 5)] {
        clock.advance(Duration::from_secs(minutes * 60));
        assert_eq!(call(&client, &endpoint).await, Ok(200));
        assert_eq!(
            endpoint.requests().len(),
            requests,
            "{minutes} minutes later"
        );
    }
    let arrived: Vec<_> = endpoint
        .requests()
        .iter()
        .map(|text| Arrived::read(text))
        .collect();
    assert_eq!(
        arrived[0].body,
        "Action=AssumeRole&Version=2011-06-15\
         &RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fgateway\
         &RoleSessionName=BackplaneAssumeRoleSession"
    );
    assert_eq!(
        arrived[0].signed_by("sts", key()).as_deref(),
        Ok("AKIDEXAMPLE")
    );
    let lent = Credentials::new("ASIALENT", "lent").with_session_token("token");
    assert_eq!(arrived[1].signed_by("sqs", lent).as_deref(), Ok("ASIALENT"));
    assert_eq!(arrived[1].header("x-amz-security-token"), Some("token"));
}

#[tokio::test]
async fn callers_that_come_at_once_share_one_assumption() {
    let endpoint = Endpoint::start(&[LENT, OK]).await;
    let client = client(&endpoint, noon());
    let calls = (0..5).map(|_| call(&client, &endpoint));
    for answer in futures::future::join_all(calls).await {
        assert_eq!(answer, Ok(200));
    }
    let requests = endpoint.requests();
    let to_sts = requests.iter().filter(|text| text.contains("AssumeRole"));
    assert_eq!((to_sts.count(), requests.len()), (1, 6));
}

#[tokio::test]
async fn a_role_that_is_refused_is_500_and_asked_for_again() {
    for (reply, expected) in [
        (
            &[REFUSED, LENT, OK][..],
            "STS answered 403: not authorized: sts",
        ),
        (&[NONSENSE, LENT, OK], "STS gave no credentials"),
        (
            &[
                Reply::SendAndClose("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"),
                LENT,
                OK,
            ],
            "the answer of STS",
        ),
    ] {
        let endpoint = Endpoint::start(reply).await;
        let client = client(&endpoint, noon());
        let rejection = call(&client, &endpoint).await.expect_err(expected);
        let kind = Some(GatewayResponseType::ApiConfigurationError);
        assert_eq!(rejection.response_type(), kind, "{expected}");
        let reason = rejection.reason().unwrap_or_default();
        let recorded = "API Gateway does not have permission to assume the provided role \
                        arn:aws:iam::123456789012:role/gateway";
        assert!(reason.starts_with(recorded), "{reason}");
        assert!(reason.contains(expected), "{reason}");
        assert_eq!(call(&client, &endpoint).await, Ok(200), "{expected}");
    }
}

#[tokio::test]
async fn a_role_that_is_late_is_a_timeout() {
    let endpoint = Endpoint::start(&[Reply::SendAndStall("HTTP/1.1 200 OK\r\n"), LENT, OK]).await;
    let client = client(&endpoint, noon());
    let late = call_within(Duration::from_millis(50), &client, &endpoint).await;
    let rejection = late.expect_err("there is no key");
    let kind = Some(GatewayResponseType::IntegrationTimeout);
    assert_eq!(rejection.response_type(), kind, "{rejection:?}");
    assert_eq!(call(&client, &endpoint).await, Ok(200));
}

#[tokio::test]
async fn an_answer_of_sts_has_a_limit() {
    let long = "x".repeat(64 * 1024 + 1);
    let length = long.len();
    let long = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{long}");
    let replies = Box::leak(Box::new([Reply::Send(long.leak())]));
    let endpoint = Endpoint::start(replies).await;
    let client = client(&endpoint, noon());
    let rejection = call(&client, &endpoint).await.expect_err("it is too long");
    let reason = rejection.reason().unwrap_or_default();
    assert!(
        reason.contains("the answer of STS: length limit exceeded"),
        "{reason}"
    );
}
