//! The settings of an account.

use serde_json::json;

use crate::support::{Plane, patches};

#[tokio::test]
async fn an_account_has_a_role_and_a_feature() {
    let plane = Plane::new();
    let mut expected = json!({
        "features": ["UsagePlans"],
        "throttleSettings": {"burstLimit": 5000, "rateLimit": 10000.0},
        "apiKeyVersion": "4",
    });
    let read = plane.done(200, "GET", "/account", json!(null)).await;
    assert_eq!(read, expected);

    let role = "arn:aws:iam::123456789012:role/logs";
    let operations = patches([
        ("replace", "/cloudwatchRoleArn", role),
        ("add", "/features", "UsagePlans"),
    ]);
    expected["cloudwatchRoleArn"] = json!(role);
    let changed = plane.done(200, "PATCH", "/account", operations).await;
    assert_eq!(changed, expected);
    let read = plane.done(200, "GET", "/account", json!(null)).await;
    assert_eq!(read, expected);

    for (op, path, value, message) in [
        (
            "replace",
            "/cloudwatchRoleArn",
            "logs",
            "Invalid ARN specified in the request",
        ),
        (
            "remove",
            "/features",
            "UsagePlans",
            "Usage Plans cannot be disabled once enabled",
        ),
        (
            "add",
            "/features",
            "Other",
            "Invalid feature specified. Valid options are UsagePlans",
        ),
        (
            "replace",
            "/apiKeyVersion",
            "5",
            "Invalid patch path /apiKeyVersion",
        ),
        (
            "add",
            "/cloudwatchRoleArn",
            role,
            "Invalid patch operation specified. Must be one of: [replace]",
        ),
    ] {
        let answer = plane
            .ask("PATCH", "/account", patches([(op, path, value)]))
            .await;
        answer.refused(400, "BadRequestException", message);
    }
    let operations = patches([("replace", "/cloudwatchRoleArn", "")]);
    plane.done(200, "PATCH", "/account", operations).await;
    plane.is_empty().await;
}
