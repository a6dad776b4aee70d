//! Work that grows with the size of a template or of its data, and no faster: prints what a template
//! of eight times the size takes, in times of the smaller one. Linux counts the time.

#![expect(clippy::print_stdout, reason = "it prints what it finds")]

use std::fs;

use tollgate_vtl::{Limits, Profile, Template};

/// Nanoseconds this thread ran so far, as Linux counts them.
fn processor_time() -> f64 {
    let counters = fs::read_to_string("/proc/thread-self/schedstat").expect("Linux counts time");
    let time = counters.split(' ').next().expect("it is the first counter");
    time.parse().expect("it is a number")
}

/// What a render takes, the shortest of some.
fn time_of(source: &str, profile: &Profile) -> f64 {
    let template = Template::parse(source, profile).expect("the template is well-formed");
    let times = (0..3).map(|_| {
        let start = processor_time();
        let result = template.render(&|_: &str| None);
        assert!(result.is_ok(), "{source:.80}: {result:?}");
        processor_time() - start
    });
    times.fold(f64::INFINITY, f64::min)
}

fn main() {
    variables_of_a_macro();
    parameters_of_a_macro();
    patterns_that_a_template_names();
}

/// What a template of eight times the size takes: about eight times as long, not 64 times.
fn tell(what: &str, profile: &Profile, size: usize, source: impl Fn(usize) -> String) {
    let mut limits = Limits::default();
    limits.steps = u64::MAX;
    let profile = profile.clone().with_limits(limits);
    let (small, large) = (source(size), source(8 * size));
    let growth = time_of(&large, &profile) / time_of(&small, &profile);
    println!("{what}: {growth:.1} times");
}

fn variables_of_a_macro() {
    tell(
        "variables of a macro",
        &Profile::velocity17(),
        1_000,
        |count| {
            let set: String = (0..count).map(|n| format!("#set($a{n} = 1)")).collect();
            format!("#macro(m)#foreach($i in [1..5])#foreach($j in [1..5]){set}#end#end#end#m()")
        },
    );
}

fn parameters_of_a_macro() {
    tell(
        "parameters of a macro",
        &Profile::velocity17(),
        8_000,
        |count| {
            let list = |prefix| {
                (0..count)
                    .map(|n| format!(" {prefix}{n}"))
                    .collect::<String>()
            };
            let (parameters, arguments) = (list("$p"), list("$q"));
            format!("#macro(m{parameters})#end#foreach($i in [1..9])#m({arguments})#end")
        },
    );
}

fn patterns_that_a_template_names() {
    tell(
        "patterns that a template names",
        &Profile::velocity2(),
        200,
        |count| {
            let named: String = (0..count)
                .map(|n| format!("$s.matches('pattern{n}')"))
                .collect();
            let used = "$s.matches('last')".repeat(count);
            let rounds = format!("#foreach($i in [1..300]){used}#end");
            format!("#set($s = 'a')#if(false){named}#end{rounds}")
        },
    );
}
