//! Selection patterns as users write them, against the `regex` crate with the same meaning spelled
//! by hand.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use regex::Regex;
use tollgate_regex::Pattern;

struct Case {
    name: &'static str,
    pattern: &'static str,
    by_hand: &'static str,
    text: &'static str,
}

const CASES: [Case; 4] = [
    Case {
        name: "status",
        pattern: r"4\d{2}",
        by_hand: r"\A(?:4[0-9]{2})\z",
        text: "404",
    },
    Case {
        name: "one line",
        pattern: ".*Error.*",
        by_hand: r"\A(?:[^\n\r\x{85}\x{2028}\x{2029}]*Error[^\n\r\x{85}\x{2028}\x{2029}]*)\z",
        text: "2024-05-17 RequestId: 8f0a Error: the table is missing, see the log for the cause",
    },
    Case {
        name: "many lines",
        pattern: "(\n|.)*Error(\n|.)*",
        by_hand: r"\A(?:(\n|[^\n\r\x{85}\x{2028}\x{2029}])*Error(\n|[^\n\r\x{85}\x{2028}\x{2029}])*)\z",
        text: "Traceback:\n  at handler\n  at main\nError: the table is missing\n  at the end\n",
    },
    Case {
        name: "json",
        pattern: r#".*"status"\s*:\s*"?[45]\d\d.*"#,
        by_hand: r#"\A(?:[^\n\r\x{85}\x{2028}\x{2029}]*"status"[ \t\n\x0B\f\r]*:[ \t\n\x0B\f\r]*"?[45][0-9]{2}[^\n\r\x{85}\x{2028}\x{2029}]*)\z"#,
        text: r#"{"requestId": "8f0a", "status": 503, "message": "the backend does not answer"}"#,
    },
];

fn matching(criterion: &mut Criterion) {
    for case in &CASES {
        let pattern = Pattern::new(case.pattern).expect("it is a pattern");
        let by_hand = Regex::new(case.by_hand).expect("it is a regular expression");
        assert_eq!(pattern.matches(case.text), Ok(true));
        assert!(by_hand.is_match(case.text));

        let name = format!("match {}", case.name);
        let mut group = criterion.benchmark_group(&name);
        group.bench_function("tollgate", |bencher| {
            bencher.iter(|| pattern.matches(black_box(case.text)));
        });
        group.bench_function("regex", |bencher| {
            bencher.iter(|| by_hand.is_match(black_box(case.text)));
        });
        group.finish();
        tollgate_bench::print_ratios(&name, "tollgate", &["regex"]);
    }
}

fn compiling(criterion: &mut Criterion) {
    for case in &CASES {
        let name = format!("compile {}", case.name);
        let mut group = criterion.benchmark_group(&name);
        group.bench_function("tollgate", |bencher| {
            bencher.iter(|| Pattern::new(black_box(case.pattern)));
        });
        group.bench_function("regex", |bencher| {
            bencher.iter(|| Regex::new(black_box(case.by_hand)));
        });
        group.finish();
        tollgate_bench::print_ratios(&name, "tollgate", &["regex"]);
    }
}

criterion_group!(benches, matching, compiling);
criterion_main!(benches);
