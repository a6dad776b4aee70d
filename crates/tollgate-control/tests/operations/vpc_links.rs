//! Links into private networks.

use serde_json::{Value, json};

use crate::support::{Plane, id_of, patches};

const TARGET: &str = "arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/net/a/1";

#[tokio::test]
async fn a_link_is_made_read_changed_and_removed() {
    let plane = Plane::new();
    let body = json!({"name": "inside", "description": "to pets", "targetArns": [TARGET]});
    let created = plane.done(202, "POST", "/vpclinks", body).await;
    let id = id_of(&created);
    let mut expected = json!({
        "id": id,
        "name": "inside",
        "description": "to pets",
        "targetArns": [TARGET],
        "status": "PENDING",
    });
    assert_eq!(created, expected);
    expected["status"] = json!("AVAILABLE");
    expected["statusMessage"] = json!("Your vpc link is ready for use");
    let all = plane.done(200, "GET", "/vpclinks", json!(null)).await;
    assert_eq!(all, json!({"item": [expected]}));
    expected["tags"] = json!({});
    let path = format!("/vpclinks/{id}");
    assert_eq!(plane.done(200, "GET", &path, json!(null)).await, expected);
    let operations = patches([
        ("replace", "/name", "deep inside"),
        ("replace", "/description", "to dogs"),
    ]);
    expected["name"] = json!("deep inside");
    expected["description"] = json!("to dogs");
    let changed = plane.done(200, "PATCH", &path, operations).await;
    assert_eq!(changed, expected);
    assert_eq!(plane.done(200, "GET", &path, json!(null)).await, expected);

    let cases: &[(&str, &str, Value, &str)] = &[
        (
            "POST",
            "/vpclinks",
            json!({"name": "", "targetArns": [TARGET]}),
            "Name cannot be empty",
        ),
        (
            "POST",
            "/vpclinks",
            json!({"name": "a", "targetArns": ["a:b"]}),
            "Invalid ARN. ARN is not well formed a:b",
        ),
        (
            "POST",
            "/vpclinks",
            json!({"name": "a", "targetArns": [TARGET, TARGET]}),
            "targetArns: expected one load balancer, and there are 2",
        ),
        (
            "PATCH",
            &path,
            patches([("replace", "/name", "")]),
            "Name cannot be empty",
        ),
        (
            "PATCH",
            &path,
            patches([("replace", "/targetArns", TARGET)]),
            "Invalid patch path /targetArns",
        ),
    ];
    for (verb, path, body, message) in cases {
        let answer = plane.ask(verb, path, body.clone()).await;
        answer.refused(400, "BadRequestException", message);
    }
    plane.done(202, "DELETE", &path, json!(null)).await;
    for verb in ["GET", "PATCH", "DELETE"] {
        let answer = plane.ask(verb, &path, json!(null)).await;
        answer.refused(
            404,
            "NotFoundException",
            "Invalid Vpc Link identifier specified",
        );
    }
    plane.is_empty().await;
}
