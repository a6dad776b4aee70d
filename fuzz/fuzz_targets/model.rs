//! A schema and a body, separated by a line feed: compile, check, and tell what does not fit.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tollgate_validate::{Models, limits};

const SELF: &str = "https://apigateway.amazonaws.com/restapis/a/models/";

fuzz_target!(|data: &str| {
    let (schema, body) = data
        .split_once('\n')
        .unwrap_or((data, "{\"a\":[1,{\"b\":\"1\"}]}"));
    let other = format!(r#"{{"properties": {{"a": {{"$ref": "{SELF}M"}}}}}}"#);
    let models = Models::compile([("M", schema), ("Other", &other)]);
    let broken = models.errors().count();
    assert!(
        broken == 0 || broken == 2,
        "a model spoils those that refer to it, and no other"
    );
    let Ok(body) = serde_json::from_str(body) else {
        return;
    };
    for name in ["M", "Other"] {
        if let Some(Ok(model)) = models.get(name) {
            if let Err(mismatch) = model.check(&body) {
                let most = (limits::MAX_REMARKS + 1) * (limits::MAX_REMARK_BYTES + 8);
                assert!(mismatch.to_string().len() <= most);
            }
        }
    }
});
