//! `tollgate policy eval`.

use crate::command::{Folder, said, tollgate};

const OF_API: &str = r#"{"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/prod/GET/*"},
    {"Sid": "NoAdmins", "Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke",
     "Resource": "execute-api:/*/*/admin",
     "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}
]}"#;

const OF_CALLER: &str = r#"{"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "arn:aws:execute-api:*:*:*/prod/POST/*"}
]}"#;

const ALICE: &str = "arn:aws:iam::123456789012:user/alice";
const MALLORY: &str = "arn:aws:iam::000000000042:user/mallory";

/// Evaluates: the exit status, and what is written or said.
fn evaluate(policies: &[&str], call: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let folder = Folder::new();
    let mut command = tollgate();
    command.args(["policy", "eval"]);
    for (number, policy) in policies.iter().enumerate() {
        command.arg(folder.write(&format!("{number}.json"), policy));
    }
    let request = format!("arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/{call}");
    command.args(["--request", &request]).args(arguments);
    let output = command.output().expect("the command can be run");
    let written = String::from_utf8(output.stdout.clone()).expect("it is text");
    let all = format!("{written}{}", said(&output));
    (
        output.status.code(),
        all.replace(
            folder
                .path("")
                .to_str()
                .expect("it is text")
                .trim_end_matches('/'),
            ".",
        ),
    )
}

#[test]
fn a_decision_names_its_statement() {
    let outside = "--condition=aws:SourceIp=198.51.100.7";
    let inside = "--condition=aws:SourceIp=203.0.113.7";
    for (policies, call, arguments, status, expected) in [
        (
            &[OF_API][..],
            "prod/GET/pets",
            &[][..],
            0,
            "allowed by statement 1 of ./0.json\n",
        ),
        (
            &[OF_API],
            "prod/POST/pets",
            &[],
            1,
            "denied: no statement allows it\n",
        ),
        (
            &[OF_API],
            "prod/GET/admin",
            &[outside],
            1,
            "denied by statement 2 (NoAdmins) of ./0.json\n",
        ),
        (
            &[OF_API],
            "prod/GET/admin",
            &[inside],
            0,
            "allowed by statement 1 of ./0.json\n",
        ),
        // Within one account either is enough, across accounts both have to allow it.
        (
            &[OF_API, OF_CALLER],
            "prod/POST/pets",
            &["--caller", ALICE],
            0,
            "allowed by statement 1 of ./1.json\n",
        ),
        (
            &[OF_API, OF_CALLER],
            "prod/POST/pets",
            &["--caller", MALLORY],
            1,
            "denied: no statement allows it\n",
        ),
        (
            &[OF_CALLER],
            "prod/POST/pets",
            &["--caller", ALICE, "--format", "json"],
            0,
            "{\"decision\":\"allowed\",\"statement\":{\"file\":\"./0.json\",\"index\":0,\"sid\":null}}\n",
        ),
        (
            &[OF_API],
            "prod/POST/pets",
            &["--format", "json"],
            1,
            "{\"decision\":\"implicitDeny\",\"statement\":null}\n",
        ),
    ] {
        let found = evaluate(policies, call, arguments);
        assert_eq!(
            found,
            (Some(status), expected.to_owned()),
            "{call} {arguments:?}"
        );
    }
}

#[test]
fn what_cannot_be_evaluated_is_said() {
    for (policies, call, arguments, status, expected) in [
        (
            &[OF_CALLER][..],
            "prod/GET/pets",
            &[][..],
            1,
            "expected --caller with the ARN",
        ),
        (
            &[OF_API, OF_API],
            "prod/GET/pets",
            &[],
            1,
            "expected one resource policy",
        ),
        (&["{"], "prod/GET/pets", &["--caller", ALICE], 1, "0.json: "),
        (
            &[OF_API],
            "prod/GET/pets",
            &["--caller", "alice"],
            1,
            "error: --caller: ",
        ),
        (&[OF_API], "prod", &[], 2, "expected the ARN of a call"),
        (
            &[OF_API],
            "prod/GET/pets",
            &["--condition", "a"],
            2,
            "expected KEY=VALUE",
        ),
        (&[], "prod/GET/pets", &[], 2, "<POLICY>"),
    ] {
        let (found, text) = evaluate(policies, call, arguments);
        assert_eq!(found, Some(status), "{text}");
        assert!(text.contains(expected), "{text}");
    }
}
