//! Tags.

use serde_json::{Value, json};

use crate::support::{Plane, id_of};

fn path_of(arn: &str) -> String {
    format!(
        "/tags/{}",
        arn.replace(':', "%3A")
            .replace('/', "%2F")
            .replace('+', "%2B")
    )
}

#[tokio::test]
async fn all_that_can_have_tags_takes_them() {
    let plane = Plane::new();
    let (api, _) = plane.new_api().await;
    plane.new_stage(&api, "prod").await;
    let made =
        async |path: &str, status: u16, body: Value| plane.done(status, "POST", path, body).await;
    let plan = made("/usageplans", 201, json!({"name": "gold"})).await;
    let key = made("/apikeys", 201, json!({})).await;
    let target = "arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/net/a/1";
    let link = made(
        "/vpclinks",
        202,
        json!({"name": "a", "targetArns": [target]}),
    )
    .await;
    let certificate = made("/clientcertificates", 201, json!({})).await;
    let certificate = certificate["clientCertificateId"]
        .as_str()
        .expect("it has one");
    let domain = made("/domainnames", 201, json!({"domainName": "a.example.com"})).await;
    let private = json!({"domainName": "b.local", "endpointConfiguration": {"types": ["PRIVATE"]}});
    let private = made("/domainnames", 201, private).await;
    let arn = |domain: &Value| {
        domain["domainNameArn"]
            .as_str()
            .expect("it has one")
            .to_owned()
    };
    let of = |path: &str| format!("arn:aws:apigateway:us-east-1::{path}");
    for arn in [
        of(&format!("/restapis/{api}")),
        of(&format!("/restapis/{api}/stages/prod")),
        of(&format!("/usageplans/{}", id_of(&plan))),
        of(&format!("/apikeys/{}", id_of(&key))),
        of(&format!("/vpclinks/{}", id_of(&link))),
        of(&format!("/clientcertificates/{certificate}")),
        arn(&domain),
        arn(&private),
    ] {
        let path = path_of(&arn);
        let tags = async || plane.done(200, "GET", &path, json!(null)).await;
        assert_eq!(tags().await, json!({"tags": {}}), "{arn}");
        let body = json!({"tags": {"a": "1", "b": "2", "c": "3", "d": "4"}});
        plane.done(204, "PUT", &path, body).await;
        plane
            .done(204, "PUT", &path, json!({"tags": {"b": "5", "e": ""}}))
            .await;
        let expected = json!({"tags": {"a": "1", "b": "5", "c": "3", "d": "4", "e": ""}});
        assert_eq!(tags().await, expected, "{arn}");
        let query = format!("{path}?tagKeys=a,c&tagKeys=d&tagKeys=none");
        plane.done(204, "DELETE", &query, json!(null)).await;
        assert_eq!(tags().await, json!({"tags": {"b": "5", "e": ""}}), "{arn}");
    }
    let path = format!("/apikeys/{}", id_of(&key));
    let read = plane.done(200, "GET", &path, json!(null)).await;
    assert_eq!(read["tags"], json!({"b": "5", "e": ""}));
}

#[tokio::test]
async fn what_is_not_here_has_no_tags() {
    let plane = Plane::new();
    let (api, _) = plane.new_api().await;
    let body = json!({"domainName": "a.example.com"});
    plane.done(201, "POST", "/domainnames", body).await;
    let bad = (
        400,
        "BadRequestException",
        "Invalid ARN specified in the request".to_owned(),
    );
    let missing = |message: &str| (404, "NotFoundException", message.to_owned());
    let no_api = |api: &str| {
        missing(&format!(
            "Invalid API identifier specified 123456789012:{api}"
        ))
    };
    for (arn, (status, error, message)) in [
        ("nothing".to_owned(), bad.clone()),
        (
            format!("arn:aws:s3:us-east-1::/restapis/{api}"),
            bad.clone(),
        ),
        (
            format!("arn:aws:apigateway:us-east-1::restapis/{api}"),
            bad.clone(),
        ),
        (
            format!("arn:aws:apigateway:us-east-1::/restapis/{api}/models/a"),
            bad.clone(),
        ),
        (
            "arn:aws:apigateway:us-east-1::/account".to_owned(),
            bad.clone(),
        ),
        (
            "arn:aws:apigateway:us-east-1::/restapis/none".to_owned(),
            no_api("none"),
        ),
        (
            format!("arn:aws:apigateway:eu-west-1::/restapis/{api}"),
            no_api(&api),
        ),
        (
            format!("arn:aws-cn:apigateway:us-east-1::/restapis/{api}"),
            no_api(&api),
        ),
        (
            format!("arn:aws:apigateway:us-east-1:1:/restapis/{api}"),
            no_api(&api),
        ),
        (
            format!("arn:aws:apigateway:us-east-1::/restapis/{api}/stages/none"),
            missing("Invalid stage identifier specified"),
        ),
        (
            "arn:aws:apigateway:us-east-1::/apikeys/none".to_owned(),
            missing("Invalid API Key identifier specified"),
        ),
        (
            "arn:aws:apigateway:us-east-1::/domainnames/a.example.com+other".to_owned(),
            missing("Invalid domain name identifier specified"),
        ),
        (
            "arn:aws:apigateway:us-east-1::/usageplans/none".to_owned(),
            missing("Invalid Usage Plan ID specified"),
        ),
    ] {
        let path = path_of(&arn);
        plane.get(&path).await.refused(status, error, &message);
        let answer = plane.ask("PUT", &path, json!({"tags": {"a": "b"}})).await;
        answer.refused(status, error, &message);
        let answer = plane
            .ask("DELETE", &format!("{path}?tagKeys=a"), json!(null))
            .await;
        answer.refused(status, error, &message);
    }
}

#[tokio::test]
async fn tags_that_cannot_be_are_refused() {
    let plane = Plane::new();
    let (api, _) = plane.new_api().await;
    let path = path_of(&format!("arn:aws:apigateway:us-east-1::/restapis/{api}"));
    let many: serde_json::Map<_, _> = (0..50).map(|at| (at.to_string(), json!("v"))).collect();
    plane.done(204, "PUT", &path, json!({"tags": many})).await;
    for (tags, error) in [
        (json!({"one more": "v"}), "BadRequestException"),
        (json!({"aws:a": "v"}), "BadRequestException"),
        (json!({"a": "v".repeat(257)}), "BadRequestException"),
        (json!({"a".repeat(129): "v"}), "BadRequestException"),
        (json!({"a": 1}), "SerializationException"),
        (json!(null), "ValidationException"),
    ] {
        let answer = plane.ask("PUT", &path, json!({"tags": tags})).await;
        assert_eq!((answer.status, answer.error.as_deref()), (400, Some(error)));
    }
    let answer = plane.ask("DELETE", &path, json!(null)).await;
    answer.refused(400, "BadRequestException", "tagKeys: expected a key");
}
