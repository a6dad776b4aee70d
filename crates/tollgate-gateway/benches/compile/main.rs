//! What publishing takes: plans of documents of 100, 1,000 and 10,000 resources, settings that are
//! replaced, and a table of 1,000 stages with a domain name each.

use std::time::Duration;

use criterion::{BatchSize, Criterion, Throughput};
use tollgate_core::RateLimit;
use tollgate_gateway::{Gateways, Plan};
use tollgate_model::{MethodSetting, Stage};

mod documents;

use documents::Kind;

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_secs(1))
        .configure_from_args();
    let stage = Stage::new("prod".parse().expect("it is a name"));
    for kind in Kind::ALL {
        let mut group = criterion.benchmark_group(format!("compile, {}", kind.name()));
        for resources in [100, 1_000, 10_000] {
            let document = documents::document(kind, resources);
            group.throughput(Throughput::Elements(resources as u64));
            group.bench_function(resources.to_string(), |bencher| {
                bencher.iter_with_large_drop(|| Plan::compile(&document, &stage));
            });
        }
        group.finish();
    }

    let mut group = criterion.benchmark_group("replace settings");
    let document = documents::document(Kind::Proxy, 10_000);
    let plan = Plan::compile(&document, &stage).expect("it has a plan");
    let mut limited = stage.clone();
    let limit = RateLimit::new(100.0, 10).expect("it is a rate");
    let setting = MethodSetting::throttled(limit);
    limited.method_settings.insert("*/*".to_owned(), setting);
    for (name, stage) in [("10000, none", &stage), ("10000, throttled", &limited)] {
        group.bench_function(name, |bencher| {
            bencher.iter_with_large_drop(|| plan.with_settings(stage));
        });
    }
    group.finish();

    let mut group = criterion.benchmark_group("publish");
    let stages = documents::stages(1_000);
    let gateways = Gateways::new(documents::table(&stages));
    group.bench_function("a table of 1000 stages", |bencher| {
        bencher.iter(|| gateways.publish(documents::table(&stages)));
    });
    group.bench_function("a table that is there", |bencher| {
        bencher.iter_batched(
            || documents::table(&stages[..10]),
            |table| gateways.publish(table),
            BatchSize::SmallInput,
        );
    });
    group.finish();
    criterion.final_summary();
}
