//! Functions in the configuration, as `tollgate check` sees them.

use serde_json::json;

use crate::command::{Folder, tollgate};

/// A document with a method that calls a function.
fn document(function: &str) -> String {
    let uri = format!(
        "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/\
         arn:aws:lambda:us-east-1:123456789012:function:{function}/invocations"
    );
    json!({
        "openapi": "3.0.1",
        "info": { "title": "test", "version": "1" },
        "paths": { "/x": { "get": { "x-amazon-apigateway-integration": {
            "type": "aws_proxy", "httpMethod": "POST", "uri": uri
        } } } }
    })
    .to_string()
}

/// What is said of the document with this configuration, and whether it fails.
fn check(function: &str, config: &str, key: &str) -> (Option<i32>, String) {
    let folder = Folder::new();
    let file = folder.write("api.json", &document(function));
    folder.write("tollgate.toml", config);
    let output = tollgate()
        .arg("check")
        .arg(file)
        .env("AWS_ACCESS_KEY_ID", key)
        .env("AWS_SECRET_ACCESS_KEY", key)
        .output()
        .expect("it is run");
    let written = String::from_utf8(output.stdout).expect("it is text");
    (output.status.code(), written)
}

#[test]
fn functions_that_are_not_there_are_named() {
    let pets = "[functions.pets]\ncommand = [\"./pets\"]\n";
    let live = "[functions.\"pets:live\"]\ncommand = [\"./pets\"]\n";
    for (function, config, key, is_there) in [
        ("pets", "", "", false),
        ("pets", "", "AKIDEXAMPLE", true),
        ("pets", pets, "", true),
        ("pets:live", pets, "", true),
        ("pets:live", live, "", true),
        ("pets", live, "", false),
        ("dogs", pets, "", false),
    ] {
        let told = format!("{function} with {config:?}");
        let (code, written) = check(function, config, key);
        assert_eq!(code, Some(i32::from(!is_there)), "{told}: {written}");
        let expected = format!(
            "there is no function \"arn:aws:lambda:us-east-1:123456789012:function:{function}\" here"
        );
        assert_eq!(written.contains(&expected), !is_there, "{told}: {written}");
    }
}

#[test]
fn what_a_function_cannot_have_is_named_with_its_place() {
    for (config, place, expected) in [
        (
            "[functions.pets]\ncommand = []\n",
            "2:11",
            "the command is empty, expected a program and its arguments",
        ),
        (
            "[functions.pets]\ncommand = [\"\"]\n",
            "2:11",
            "the command is empty, expected a program and its arguments",
        ),
        ("[functions.pets]\n", "1:1", "missing field `command`"),
        (
            "[functions.pets]\ncommand = [\"x\"]\nmemory = 128\n",
            "3:1",
            "unknown field `memory`, expected one of `command`, `directory`",
        ),
        (
            "[functions.pets]\ncommand = [\"x\"]\ntimeout = \"16m\"\n",
            "3:11",
            "timeout is 960s, which is not between nothing and 900s",
        ),
        (
            "[functions.pets]\ncommand = [\"x\"]\ntimeout = 3\n",
            "3:11",
            "invalid type: integer `3`, expected a string",
        ),
        (
            "[functions.pets]\ncommand = [\"x\"]\ninit_timeout = \"1h\"\n",
            "3:16",
            "init_timeout is 3600s, which is not between nothing and 900s",
        ),
        (
            "[functions.pets]\ncommand = [\"x\"]\nmemory_size = 64\n",
            "3:15",
            "memory_size is 64, which is not between 128 and 10240",
        ),
        (
            "[functions.pets]\ncommand = [\"x\"]\nmax_concurrency = 0\n",
            "3:19",
            "max_concurrency is 0, which is not between 1 and 1000",
        ),
        (
            "[functions.pets]\ncommand = [\"x\"]\nretry_after = [\"1s\", \"1s\", \"1s\"]\n",
            "3:15",
            "retry_after is 3, which is not between 0 and 2",
        ),
        (
            "[functions.pets]\ncommand = [\"x\"]\nenvironment = { \"A=B\" = \"c\" }\n",
            "1:12",
            "\"A=B\" cannot be a variable of the environment",
        ),
        (
            "[functions.\"p e t s\"]\ncommand = [\"x\"]\n",
            "1:12",
            "\"p e t s\" is no name of a function, expected one such as pets or \"pets:live\"",
        ),
        (
            "[functions.\"arn:aws:lambda:us-east-1:123456789012:function:pets\"]\ncommand = [\"x\"]\n",
            "1:12",
            "is no name of a function, expected one such as pets",
        ),
    ] {
        let (code, written) = check("pets", config, "");
        assert_eq!(code, Some(1), "{config}: {written}");
        assert!(written.contains(expected), "{config}: {written}");
        let place = format!("tollgate.toml:{place}\n");
        assert!(written.contains(&place), "{config}: {written}");
    }
}
