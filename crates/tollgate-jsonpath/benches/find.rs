//! Finding values in one document: ours, the crates of RFC 9535, and walks written by hand. Prints
//! the ratios of the medians at the end.

use std::hint::black_box;

use criterion::{BenchmarkGroup, Criterion, measurement::WallTime};
use jsonpath_rust::parser::parse_json_path;
use jsonpath_rust::query::js_path_process;
use serde_json::{Value, json};
use tollgate_jsonpath::{Found, JsonPath, Node};

/// How many values a walk written for one path finds.
type ByHand = fn(&Value) -> usize;

const PEERS: [&str; 3] = ["serde_json_path", "jsonpath-rust", "by hand"];

fn main() {
    let document = document();
    let mut criterion = Criterion::default().configure_from_args();
    let cases: [(&str, &str, ByHand); 4] = [
        ("definite", "$.a.b[0].c", definite),
        ("wildcard", "$.books[*].title", wildcard),
        ("filter", "$.books[?(@.price < 10)].title", filter),
        ("scan", "$..price", scan),
    ];
    for (name, path, by_hand) in cases {
        let mut group = criterion.benchmark_group(name);
        bench(&mut group, path, by_hand, &document);
        group.finish();
    }
    criterion.final_summary();
    for (name, ..) in cases {
        tollgate_bench::print_ratios(name, "tollgate", &PEERS);
    }
}

fn bench(group: &mut BenchmarkGroup<'_, WallTime>, path: &str, by_hand: ByHand, document: &Value) {
    let ours = JsonPath::parse(path).expect("a path");
    let serde_json_path = serde_json_path::JsonPath::parse(path).expect("a path");
    let jsonpath_rust = parse_json_path(path).expect("a path");

    let count = by_hand(document);
    assert_eq!(found(&ours, document), count);
    assert_eq!(serde_json_path.query(document).len(), count);
    let theirs = js_path_process(&jsonpath_rust, document).expect("a result");
    assert_eq!(theirs.len(), count);

    group.bench_function("tollgate", |bencher| {
        bencher.iter(|| found(black_box(&ours), black_box(document)));
    });
    group.bench_function("serde_json_path", |bencher| {
        bencher.iter(|| black_box(&serde_json_path).query(black_box(document)).len());
    });
    group.bench_function("jsonpath-rust", |bencher| {
        bencher.iter(|| {
            js_path_process(black_box(&jsonpath_rust), black_box(document))
                .map_or(0, |nodes| nodes.len())
        });
    });
    group.bench_function("by hand", |bencher| {
        bencher.iter(|| by_hand(black_box(document)));
    });
}

/// How many values a path finds.
fn found(path: &JsonPath, document: &Value) -> usize {
    match path.find(document) {
        Ok(list @ Found::List(_)) => list.size(),
        Ok(_) => 1,
        Err(_) => 0,
    }
}

fn definite(document: &Value) -> usize {
    let leaf = document.get("a").and_then(|a| a.get("b")?.get(0)?.get("c"));
    usize::from(black_box(leaf).is_some())
}

fn wildcard(document: &Value) -> usize {
    let books = document["books"].as_array().into_iter().flatten();
    let titles: Vec<&Value> = books.filter_map(|book| book.get("title")).collect();
    black_box(titles).len()
}

fn filter(document: &Value) -> usize {
    let books = document["books"].as_array().into_iter().flatten();
    let titles: Vec<&Value> = books
        .filter(|book| book["price"].as_f64().is_some_and(|price| price < 10.0))
        .filter_map(|book| book.get("title"))
        .collect();
    black_box(titles).len()
}

fn scan(document: &Value) -> usize {
    fn walk<'v>(value: &'v Value, found: &mut Vec<&'v Value>) {
        match value {
            Value::Object(map) => {
                found.extend(map.get("price"));
                map.values().for_each(|member| walk(member, found));
            }
            Value::Array(list) => list.iter().for_each(|element| walk(element, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(document, &mut found);
    black_box(found).len()
}

fn document() -> Value {
    let books: Vec<Value> = (0..100)
        .map(|number| {
            json!({
                "title": format!("Volume {number}"),
                "author": "Anonymous",
                "price": 5.5 + f64::from(number % 10),
                "tags": ["new", "used"],
            })
        })
        .collect();
    json!({"x": 1, "a": {"y": [], "b": [{"z": null, "c": "leaf"}]}, "books": books})
}
