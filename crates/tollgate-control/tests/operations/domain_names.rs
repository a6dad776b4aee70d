//! Custom domain names and their base path mappings.

use serde_json::{Value, json};

use crate::support::{Plane, patches};

/// What is asked, and how it is refused.
type Case<'a> = (&'a str, &'a str, Value, (u16, &'a str), &'a str);

const NAME: &str = "api.example.com";

async fn new_domain(plane: &Plane) -> String {
    let body = json!({
        "domainName": NAME,
        "endpointConfiguration": {"types": ["REGIONAL"]},
    });
    plane.done(201, "POST", "/domainnames", body).await;
    format!("/domainnames/{NAME}")
}

#[tokio::test]
async fn a_name_is_made_read_changed_and_removed() {
    let plane = Plane::new();
    let body = json!({
        "domainName": NAME,
        "certificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/a",
        "certificateBody": "secret",
        "certificatePrivateKey": "secret",
        "endpointAccessMode": "STRICT",
        "ownershipVerificationCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/o",
        "tags": {"team": "pets"},
    });
    let created = plane.done(201, "POST", "/domainnames", body).await;
    let edge = created["distributionDomainName"].clone();
    let name = edge.as_str().expect("it has one");
    assert!(
        name.starts_with('d') && name.ends_with(".cloudfront.net"),
        "{name}"
    );
    let mut expected = json!({
        "domainName": NAME,
        "domainNameArn": "arn:aws:apigateway:us-east-1::/domainnames/api.example.com",
        "domainNameStatus": "AVAILABLE",
        "certificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/a",
        "certificateUploadDate": 0,
        "distributionDomainName": edge,
        "distributionHostedZoneId": "Z2FDTNDATAQYW2",
        "endpointConfiguration": {"types": ["EDGE"], "ipAddressType": "ipv4"},
        "securityPolicy": "TLS_1_2",
        "endpointAccessMode": "STRICT",
        "ownershipVerificationCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/o",
        "routingMode": "BASE_PATH_MAPPING_ONLY",
        "tags": {"team": "pets"},
    });
    assert_eq!(created, expected);
    let path = format!("/domainnames/{NAME}");
    assert_eq!(plane.done(200, "GET", &path, json!(null)).await, expected);
    let all = plane.done(200, "GET", "/domainnames", json!(null)).await;
    assert_eq!(all, json!({"item": [expected]}));
    for (owner, count) in [("SELF", 1), ("OTHER_ACCOUNTS", 0)] {
        let path = format!("/domainnames?resourceOwner={owner}");
        let found = plane.done(200, "GET", &path, json!(null)).await;
        assert_eq!(found["item"].as_array().map(Vec::len), Some(count));
    }

    let operations = patches([
        ("add", "/endpointConfiguration/types", "REGIONAL"),
        ("remove", "/endpointConfiguration/types", "EDGE"),
        (
            "replace",
            "/endpointConfiguration/ipAddressType",
            "dualstack",
        ),
        ("replace", "/certificateArn", ""),
        ("replace", "/certificateName", ""),
        (
            "add",
            "/regionalCertificateArn",
            "arn:aws:acm:us-east-1:1:certificate/b",
        ),
        ("replace", "/regionalCertificateName", "b"),
        ("replace", "/endpointAccessMode", "BASIC"),
        ("replace", "/securityPolicy", "TLS_1_0"),
        (
            "replace",
            "/routingMode",
            "ROUTING_RULE_THEN_BASE_PATH_MAPPING",
        ),
        ("replace", "/policy", "{\"Version\": \"2012-10-17\"}"),
        ("replace", "/managementPolicy", "{}"),
        ("remove", "/ownershipVerificationCertificateArn", ""),
    ]);
    let changed = plane.done(200, "PATCH", &path, operations).await;
    let regional = changed["regionalDomainName"].clone();
    let name = regional.as_str().expect("it has one");
    assert!(
        name.starts_with("d-") && name.ends_with(".execute-api.us-east-1.amazonaws.com"),
        "{name}"
    );
    expected = json!({
        "domainName": NAME,
        "domainNameArn": "arn:aws:apigateway:us-east-1::/domainnames/api.example.com",
        "domainNameStatus": "AVAILABLE",
        "regionalCertificateArn": "arn:aws:acm:us-east-1:1:certificate/b",
        "regionalCertificateName": "b",
        "regionalDomainName": regional,
        "regionalHostedZoneId": "Z1UJRXOUMOOFQ8",
        "endpointConfiguration": {"types": ["REGIONAL"], "ipAddressType": "dualstack"},
        "securityPolicy": "TLS_1_0",
        "endpointAccessMode": "BASIC",
        "policy": "{\"Version\": \"2012-10-17\"}",
        "managementPolicy": "{}",
        "routingMode": "ROUTING_RULE_THEN_BASE_PATH_MAPPING",
        "tags": {"team": "pets"},
    });
    assert_eq!(changed, expected);
    let operations = patches([("replace", "/endpointConfiguration/types/0", "PRIVATE")]);
    let changed = plane.done(200, "PATCH", &path, operations).await;
    let id = changed["domainNameId"].as_str().expect("it has one");
    let arn = format!("arn:aws:apigateway:us-east-1:123456789012:/domainnames/{NAME}+{id}");
    assert_eq!(changed["domainNameArn"], arn);
    let endpoint = json!({"types": ["PRIVATE"], "ipAddressType": "dualstack"});
    assert_eq!(changed["endpointConfiguration"], endpoint);
    for gone in ["regionalDomainName", "regionalHostedZoneId"] {
        assert_eq!(changed.get(gone), None, "{gone}");
    }
    for (id, status) in [(id, 200), ("other", 404)] {
        let path = format!("{path}?domainNameId={id}");
        assert_eq!(plane.get(&path).await.status, status);
    }
    plane.done(202, "DELETE", &path, json!(null)).await;
    for verb in ["GET", "PATCH", "DELETE"] {
        let answer = plane.ask(verb, &path, json!(null)).await;
        answer.refused(
            404,
            "NotFoundException",
            "Invalid domain name identifier specified",
        );
    }
    plane.is_empty().await;
}

const TRUSTSTORE: [&str; 2] = [
    "/mutualTlsAuthentication/truststoreUri",
    "/mutualTlsAuthentication/truststoreVersion",
];

#[tokio::test]
async fn a_name_asks_for_certificates_of_clients_and_does_not_any_more() {
    let plane = Plane::new();
    let [uri, version] = TRUSTSTORE;
    let given = json!({"truststoreUri": "s3://bucket/a.pem", "truststoreVersion": "1"});
    let body = json!({
        "domainName": NAME,
        "endpointConfiguration": {"types": ["REGIONAL"]},
        "mutualTlsAuthentication": given,
    });
    let path = format!("/domainnames/{NAME}");
    let create = async || {
        let made = plane.done(201, "POST", "/domainnames", body.clone()).await;
        assert_eq!(made["mutualTlsAuthentication"], given);
    };
    create().await;
    let only = |uri: &str| json!({ "truststoreUri": uri });
    for (operations, expected) in [
        (patches([("replace", "/securityPolicy", "")]), given.clone()),
        (
            patches([
                ("replace", uri, "s3://bucket/b/c.pem"),
                ("remove", version, ""),
            ]),
            only("s3://bucket/b/c.pem"),
        ),
        (
            patches([("add", version, "1"), ("add", uri, "s3://bucket/a.pem")]),
            given.clone(),
        ),
        (
            patches([("replace", version, "")]),
            only("s3://bucket/a.pem"),
        ),
        (
            patches([
                ("remove", uri, ""),
                ("replace", version, "2"),
                ("add", uri, "s3://b/d"),
            ]),
            json!({"truststoreUri": "s3://b/d", "truststoreVersion": "2"}),
        ),
        // As the developer guide ends it; the version goes with the truststore.
        (patches([("replace", uri, "")]), json!(null)),
        (patches([("replace", uri, "")]), json!(null)),
        (
            patches([("add", uri, "s3://bucket/a.pem"), ("add", version, "1")]),
            given.clone(),
        ),
        (
            patches([("remove", version, ""), ("remove", uri, "")]),
            json!(null),
        ),
        (
            patches([("add", uri, "s3://bucket/a.pem")]),
            only("s3://bucket/a.pem"),
        ),
        (patches([("remove", uri, "")]), json!(null)),
    ] {
        let changed = plane.done(200, "PATCH", &path, operations.clone()).await;
        let found = plane.done(200, "GET", &path, json!(null)).await;
        assert_eq!(changed, found);
        assert_eq!(found["mutualTlsAuthentication"], expected, "{operations}");
    }
    plane.done(202, "DELETE", &path, json!(null)).await;
    create().await;
    plane.done(202, "DELETE", &path, json!(null)).await;
    plane.is_empty().await;
}

#[tokio::test]
async fn mutual_tls_that_cannot_be_is_refused() {
    let plane = Plane::new();
    let [uri, version] = TRUSTSTORE;
    let no_uri = |text: &str| {
        format!(
            "mutualTlsAuthentication.truststoreUri {text:?}: expected s3://bucket/key: a bucket of 1 to 63 \
             letters, digits and .-_, of which the first is a letter or a digit, and a key of 1 to 1024 \
             bytes, without control characters and backslashes, whose parts between slashes are not \
             empty, `.` or `..`"
        )
    };
    let regional = "Mutual TLS authentication is supported for Regional domain names only";
    let modern = "Mutual TLS authentication is supported with a minimum TLS version of 1.2 only";
    let created = |kind: &str, policy: &str, mutual_tls: Value| {
        json!({
            "domainName": NAME,
            "endpointConfiguration": {"types": [kind]},
            "securityPolicy": policy,
            "mutualTlsAuthentication": mutual_tls,
        })
    };
    let good = json!({"truststoreUri": "s3://bucket/a.pem"});
    let of_uri = |uri: &str| created("REGIONAL", "TLS_1_2", json!({ "truststoreUri": uri }));
    for (body, message) in [
        (
            created("EDGE", "TLS_1_2", good.clone()),
            regional.to_owned(),
        ),
        (
            created("PRIVATE", "TLS_1_2", good.clone()),
            regional.to_owned(),
        ),
        (
            json!({"domainName": NAME, "mutualTlsAuthentication": good}),
            regional.to_owned(),
        ),
        (
            created("REGIONAL", "TLS_1_0", good.clone()),
            modern.to_owned(),
        ),
        (created("REGIONAL", "TLS_1_2", json!({})), no_uri("")),
        (
            created("REGIONAL", "TLS_1_2", json!({"truststoreVersion": "1"})),
            no_uri(""),
        ),
        (of_uri(""), no_uri("")),
        (of_uri("bucket/a.pem"), no_uri("bucket/a.pem")),
        (
            of_uri("s3://bucket/../a.pem"),
            no_uri("s3://bucket/../a.pem"),
        ),
        (of_uri("s3://../a.pem"), no_uri("s3://../a.pem")),
        (
            of_uri("s3://bucket//etc/a.pem"),
            no_uri("s3://bucket//etc/a.pem"),
        ),
    ] {
        let answer = plane.ask("POST", "/domainnames", body.clone()).await;
        answer.refused(400, "BadRequestException", &message);
    }
    plane.is_empty().await;

    let path = new_domain(&plane).await;
    let answer = plane
        .ask("PATCH", &path, patches([("add", version, "1")]))
        .await;
    answer.refused(400, "BadRequestException", &no_uri(""));
    let operations = patches([("add", uri, "s3://bucket/a.pem"), ("add", version, "1")]);
    let before = plane.done(200, "PATCH", &path, operations).await;
    for (operations, message) in [
        (
            patches([("replace", uri, "s3://bucket/..")]),
            no_uri("s3://bucket/.."),
        ),
        (
            patches([("replace", uri, ""), ("replace", version, "2")]),
            no_uri(""),
        ),
        (
            patches([("replace", "/securityPolicy", "TLS_1_0")]),
            modern.to_owned(),
        ),
        (
            patches([("add", "/endpointConfiguration/types", "EDGE")]),
            regional.to_owned(),
        ),
        (
            patches([("replace", "/endpointConfiguration/types/0", "PRIVATE")]),
            regional.to_owned(),
        ),
    ] {
        let answer = plane.ask("PATCH", &path, operations).await;
        answer.refused(400, "BadRequestException", &message);
    }
    assert_eq!(plane.done(200, "GET", &path, json!(null)).await, before);
}

#[tokio::test]
async fn names_that_cannot_be_are_refused() {
    let plane = Plane::new();
    let path = new_domain(&plane).await;
    let taken = "The domain name you provided already exists.";
    let one_type = "Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE";
    let patch = |op: &str, path: &str, value: &str| patches([(op, path, value)]);
    let cases: &[(&str, &str, Value, &str)] = &[
        ("POST", "/domainnames", json!({"domainName": NAME}), taken),
        (
            "POST",
            "/domainnames",
            json!({"domainName": "API.example.com"}),
            taken,
        ),
        (
            "POST",
            "/domainnames",
            json!({"domainName": "a:80"}),
            "domain name \"a:80\": expected a host name such as api.example.com or *.example.com, \
             without a port, and not one of an execute-api endpoint",
        ),
        (
            "POST",
            "/domainnames",
            json!({"domainName": "a.com", "endpointConfiguration": {"types": ["EDGE", "REGIONAL"]}}),
            "endpointConfiguration: expected one type",
        ),
        (
            "PATCH",
            &path,
            patch("remove", "/endpointConfiguration/types", "REGIONAL"),
            "endpointConfiguration: expected a type",
        ),
        (
            "PATCH",
            &path,
            patch("add", "/endpointConfiguration/types", "X"),
            one_type,
        ),
        (
            "PATCH",
            &path,
            patch("replace", "/endpointConfiguration/types/0", "X"),
            one_type,
        ),
        (
            "PATCH",
            &path,
            patch("replace", "/endpointConfiguration/types/1", "EDGE"),
            "Invalid patch path /endpointConfiguration/types/1",
        ),
        (
            "PATCH",
            &path,
            patch("replace", "/endpointConfiguration/ipAddressType", "x"),
            "ipAddressType must be either ipv4 or dualstack.",
        ),
        (
            "PATCH",
            &path,
            patches([
                ("add", "/certificateArn", "a"),
                ("remove", "/regionalCertificateArn", ""),
            ]),
            "a certificate cannot be added and removed in one call",
        ),
        (
            "PATCH",
            &path,
            patch("replace", "/policy", "{"),
            "Invalid policy document. EOF while parsing an object at line 1 column 1",
        ),
        (
            "PATCH",
            &path,
            patch("replace", "/domainName", "x"),
            "Invalid patch path /domainName",
        ),
    ];
    for (verb, path, body, message) in cases {
        let answer = plane.ask(verb, path, body.clone()).await;
        answer.refused(400, "BadRequestException", message);
    }
    for (member, value) in [
        ("/securityPolicy", "SSL"),
        ("/routingMode", "x"),
        ("/endpointAccessMode", "x"),
    ] {
        let answer = plane
            .ask("PATCH", &path, patch("replace", member, value))
            .await;
        assert_eq!(
            answer.error.as_deref(),
            Some("BadRequestException"),
            "{member}"
        );
    }
    for body in [
        json!({}),
        json!({"domainName": "a.com", "securityPolicy": "SSL"}),
        json!({"domainName": "a.com", "routingMode": "x"}),
    ] {
        let answer = plane.ask("POST", "/domainnames", body).await;
        assert_eq!(answer.error.as_deref(), Some("ValidationException"));
    }
    let answer = plane.get("/domainnames?resourceOwner=x").await;
    assert_eq!(answer.error.as_deref(), Some("ValidationException"));
}

#[tokio::test]
async fn names_are_found_in_any_case() {
    let plane = Plane::new();
    let body = json!({"domainName": "API.Example.com"});
    let made = plane.done(201, "POST", "/domainnames", body).await;
    assert_eq!(made["domainName"], NAME);
    let path = "/domainnames/Api.example.COM";
    let found = plane.done(200, "GET", path, json!(null)).await;
    assert_eq!(found["domainNameArn"], made["domainNameArn"]);
    let (api, _) = plane.new_api().await;
    let mappings = format!("{path}/basepathmappings");
    let body = json!({"restApiId": api});
    plane.done(201, "POST", &mappings, body).await;
    let found = plane.done(200, "GET", &mappings, json!(null)).await;
    assert_eq!(found["item"].as_array().map(Vec::len), Some(1));
    let tags = "/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Fdomainnames%2FAPI.example.com";
    plane.done(200, "GET", tags, json!(null)).await;
    plane.done(202, "DELETE", path, json!(null)).await;
    plane
        .done(202, "DELETE", &format!("/restapis/{api}"), json!(null))
        .await;
    plane.is_empty().await;
}

#[tokio::test]
async fn names_that_lead_to_the_control_plane_itself_are_refused() {
    let plane = Plane::new();
    for name in ["localhost", "*.localhost", "127.0.0.1", "10.1"] {
        let body = json!({ "domainName": name });
        let answer = plane.ask("POST", "/domainnames", body).await;
        let message = format!(
            "domain name {name:?}: expected one of the DNS with at least two labels, such as \
             api.example.com, and no address"
        );
        answer.refused(400, "BadRequestException", &message);
    }
    plane.is_empty().await;
}

#[tokio::test]
async fn no_name_takes_requests_from_one_of_another_region() {
    let plane = Plane::new();
    for name in ["*.example.com", "a.example.org"] {
        let body = json!({ "domainName": name });
        plane.done(201, "POST", "/domainnames", body).await;
    }
    for (region, name, status) in [
        ("eu-west-1", "a.example.com", 400),
        ("eu-west-1", "*.Example.com", 400),
        ("eu-west-1", "*.example.org", 400),
        ("eu-west-1", "A.example.org", 400),
        ("eu-west-1", "a.b.example.com", 201),
        ("eu-west-1", "example.com", 201),
        ("us-east-1", "a.example.com", 201),
        ("us-east-1", "*.example.org", 201),
    ] {
        let body = json!({ "domainName": name });
        let answer = plane.ask_in(region, "POST", "/domainnames", body).await;
        assert_eq!(answer.status, status, "{region} {name}: {answer:?}");
        if status == 400 {
            let taken = "The domain name you provided already exists.";
            answer.refused(400, "BadRequestException", taken);
        }
    }
}

#[tokio::test]
async fn mappings_are_made_read_changed_and_removed() {
    let plane = Plane::new();
    let domain = new_domain(&plane).await;
    let (api, _) = plane.new_api().await;
    let (other, _) = plane.new_api().await;
    plane.new_stage(&api, "prod").await;
    let all = format!("{domain}/basepathmappings");
    let rest = plane
        .done(201, "POST", &all, json!({"restApiId": api}))
        .await;
    assert_eq!(rest, json!({"basePath": "(none)", "restApiId": api}));
    let body = json!({"basePath": "orders", "restApiId": api, "stage": "prod"});
    assert_eq!(plane.done(201, "POST", &all, body.clone()).await, body);
    let found = plane.done(200, "GET", &all, json!(null)).await;
    assert_eq!(found, json!({"item": [rest, body]}));
    let one = format!("{all}/%28none%29");
    assert_eq!(plane.done(200, "GET", &one, json!(null)).await, rest);

    let one = format!("{all}/orders");
    assert_eq!(plane.done(200, "GET", &one, json!(null)).await, body);
    let operations = patches([
        ("replace", "/basePath", "v1/orders"),
        ("replace", "/stage", ""),
        ("replace", "/restapiId", &other),
    ]);
    let changed = plane.done(200, "PATCH", &one, operations).await;
    assert_eq!(
        changed,
        json!({"basePath": "v1/orders", "restApiId": other})
    );
    let missing = "Invalid base path mapping identifier specified";
    plane
        .get(&one)
        .await
        .refused(404, "NotFoundException", missing);
    let one = format!("{all}/v1%2Forders");
    assert_eq!(plane.done(200, "GET", &one, json!(null)).await, changed);

    let taken = "Base path already exists for this domain name";
    let (bad, conflict) = ((400, "BadRequestException"), (409, "ConflictException"));
    let cases: &[Case<'_>] = &[
        (
            "POST",
            &all,
            json!({"restApiId": "none"}),
            bad,
            "Invalid REST API identifier specified",
        ),
        ("POST", &all, json!({"restApiId": api}), conflict, taken),
        (
            "POST",
            &all,
            json!({"restApiId": api, "basePath": "v1/orders"}),
            conflict,
            taken,
        ),
        (
            "POST",
            &all,
            json!({"restApiId": api, "basePath": "a", "stage": "none"}),
            bad,
            "Invalid stage identifier specified",
        ),
        (
            "POST",
            &all,
            json!({"restApiId": api, "basePath": "a", "stage": "a b"}),
            bad,
            "Invalid stage identifier specified",
        ),
        (
            "POST",
            &all,
            json!({"restApiId": api, "basePath": "/a"}),
            bad,
            "base path \"/a\": expected at most 300 letters, digits and $-_.+!*'() in segments with \
             single slashes between them",
        ),
        (
            "PATCH",
            &one,
            patches([("replace", "/basepath", "(none)")]),
            conflict,
            taken,
        ),
        (
            "PATCH",
            &one,
            patches([("replace", "/restapiId", "none")]),
            bad,
            "Invalid REST API identifier specified",
        ),
        (
            "PATCH",
            &one,
            patches([("add", "/stage", "prod")]),
            bad,
            "Invalid patch operation specified. Must be one of: [replace]",
        ),
        (
            "POST",
            "/domainnames/none/basepathmappings",
            json!({"restApiId": api}),
            (404, "NotFoundException"),
            "Invalid domain name identifier specified",
        ),
    ];
    for (verb, path, body, (status, error), message) in cases {
        let answer = plane.ask(verb, path, body.clone()).await;
        answer.refused(*status, error, message);
    }
    plane.done(202, "DELETE", &one, json!(null)).await;
    plane
        .get(&one)
        .await
        .refused(404, "NotFoundException", missing);
    plane.done(202, "DELETE", &domain, json!(null)).await;
    for api in [api, other] {
        let path = format!("/restapis/{api}");
        plane.done(202, "DELETE", &path, json!(null)).await;
    }
    plane.is_empty().await;
}

#[tokio::test]
async fn nobody_else_is_given_access() {
    let plane = Plane::new();
    let all = "/domainnameaccessassociations";
    assert_eq!(plane.get(all).await.body, json!({"item": []}));
    let answer = plane.ask("POST", all, json!({})).await;
    assert_eq!(
        (answer.status, answer.error.as_deref()),
        (501, Some("NotImplementedException"))
    );
    for (verb, path) in [
        ("DELETE", "/domainnameaccessassociations/arn%3Aaws%3Ax"),
        (
            "POST",
            "/rejectdomainnameaccessassociations?domainNameArn=a",
        ),
    ] {
        let answer = plane.ask(verb, path, json!(null)).await;
        let message = "Invalid domain name access association identifier specified";
        answer.refused(404, "NotFoundException", message);
    }
}
