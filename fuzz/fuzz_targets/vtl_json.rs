//! Any JSON text: the engine reads what a JSON library reads, alone and as the items of a list, where
//! objects share their keys.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value as Json;
use tollgate_vtl::Value;

fuzz_target!(|text: &str| {
    // The same text three times, since it takes others to share anything with.
    let list = format!("[{text},{text},[{text}]]");
    for text in [text, &list] {
        let (ours, theirs) = (
            Value::from_json_str(text),
            serde_json::from_str::<Json>(text),
        );
        match (ours, theirs) {
            (Ok(ours), Ok(theirs)) => {
                let printed = ours.to_json().expect("it is no larger than what was read");
                let again: Json = serde_json::from_str(&printed).expect("it prints JSON");
                assert!(same(&again, &theirs), "{text} reads as {printed}");
            }
            (Err(error), Ok(theirs)) => {
                // What is allowed differs in how deep it may go and how many digits it may have.
                let bounded = depth(&theirs) > 100 || text.len() > 300;
                assert!(bounded, "{text} is not read: {error}");
            }
            (Ok(_), Err(error)) => {
                let bounded = error.to_string().contains("recursion limit")
                    || error.to_string().contains("number out of range");
                assert!(bounded, "{text} is read, and is not JSON: {error}");
            }
            (Err(error), Err(_)) => assert!(error.offset() <= text.len()),
        }
    }
});

/// Whether both are the same, where a whole number may have become a double.
fn same(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Number(a), Json::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Json::Array(a), Json::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Json::Object(a), Json::Object(b)) => {
            let alike =
                |(name, value): (&String, &Json)| b.get(name).is_some_and(|it| same(value, it));
            a.len() == b.len() && a.iter().all(alike)
        }
        (a, b) => a == b,
    }
}

fn depth(value: &Json) -> usize {
    match value {
        Json::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Json::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}
