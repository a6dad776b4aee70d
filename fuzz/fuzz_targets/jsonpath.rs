//! A path text and a document text, separated by a line feed: compile, read, evaluate.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tollgate_jsonpath::{JsonPath, read_lenient};

fuzz_target!(|data: &str| {
    let (path, document) = data
        .split_once('\n')
        .unwrap_or((data, "{\"a\":[1,{\"b\":\"1\"}]}"));
    let document = read_lenient(document);
    let Ok(path) = JsonPath::parse(path) else {
        return;
    };
    let Ok(again) = path.to_string().parse::<JsonPath>() else {
        panic!("{path} does not parse again");
    };
    assert_eq!(again.is_definite(), path.is_definite());
    if let Ok(document) = document {
        if let Ok(found) = path.find(&document) {
            let _ = serde_json::Value::from(found).to_string();
        }
    }
});
