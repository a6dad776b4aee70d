//! What many small values take of the machine's memory is about what they count as.
#![cfg(all(target_os = "linux", feature = "json"))]

use std::cell::Cell;
use std::process::Command;
use std::rc::Rc;
use std::{env, fs};

use tollgate_vtl::{
    Budget, CallError, LimitExceeded, Limits, Object, Profile, RenderErrorKind, Template, Value,
};

const MEGABYTE: usize = 1024 * 1024;

/// Bytes of the memory of this process that are in use.
fn resident() -> usize {
    let status = fs::read_to_string("/proc/self/status").expect("Linux counts memory");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kilobytes: usize = kilobytes.expect("it is there").parse().expect("a number");
    kilobytes * 1024
}

/// Looks at the memory whenever a template asks it to.
#[derive(Clone, Default)]
struct Probe(Rc<Cell<usize>>);

impl<'a> Object<'a> for Probe {
    fn property(&self, name: &str) -> Option<Value<'a>> {
        if name == "text" {
            return Some("a text of some length".to_owned().into());
        }
        self.0.set(self.0.get().max(resident()));
        Some(true.into())
    }

    fn call(
        &self,
        _method: &str,
        arguments: &[Value<'a>],
        budget: &mut Budget,
    ) -> Result<Option<Value<'a>>, CallError> {
        let json = arguments.first().and_then(Value::as_str);
        let read = Value::from_json_copied_within(json.unwrap_or_default(), budget)?;
        read.map(Some).map_err(CallError::new)
    }
}

/// The name by which a process of this test is told what to make.
const MADE: &str = "TOLLGATE_MADE";

/// What is made over and over, each by itself.
const VALUES: [&str; 37] = [
    "[]",
    "[1]",
    "[1..1]",
    "[1..9]",
    "{}",
    "{'a': 1}",
    "{'a': 1, 'b': 2}",
    "{'a': 1, 'b': 2, 'c': 3, 'd': 4, 'e': 5}",
    "\"$i\"",
    "\"$i and some more of it\"",
    "$s.substring(1)",
    "$s.trim()",
    "$s.split(',')",
    "$s.toCharArray()",
    "$s.concat('x')",
    "$m.keySet()",
    "$m.values()",
    "$m.entrySet()",
    "$m.entrySet().iterator().next()",
    "$m.clone()",
    "$r.subList(0, 2)",
    "$r.iterator()",
    "$r.toArray()",
    "$big",
    "$decimal",
    "$grown",
    "$filled",
    "$large",
    "$made",
    "$d",
    "$probe.read('[]')",
    "$probe.read('[1]')",
    "$probe.read('{}')",
    "$probe.read('{\"a\":1,\"b\":[2,{\"c\":[]}]}')",
    "$probe.read('[\"text\",\"a text of some length\",100000000000000000000]')",
    "$probe.read($json)",
    "$probe.text",
];

/// What a template does before it uses such a value.
fn preparation(made: &str) -> &'static str {
    match made {
        "$big" => "#set($big = $i + 100000000000000000000)",
        "$decimal" => "#set($decimal = 100000000000000000000 + 1.5)",
        "$grown" => "#set($grown = [])#set($x = $grown.add(1))#set($x = $grown.add(2))",
        "$filled" => "#set($filled = {})#set($x = $filled.put('a', 1))",
        "$large" => "#set($large = {})#foreach($n in [1..40])#set($x = $large.put($n, $n))#end",
        "$made" => "#evaluate('#set($made = \"a text of some length\")')",
        _ => "",
    }
}

/// Makes values until the limit is passed; what they take at most, over the limit.
fn taken_by(made: &str) -> f64 {
    let mut limits = Limits::default();
    limits.allocated_bytes = 16 * MEGABYTE;
    limits.steps = u64::MAX;
    limits.loop_rounds = usize::MAX;
    let profile = Profile::velocity2().with_limits(limits);
    let prepare = preparation(made);
    let source = format!(
        "#set($s = '  a,')#set($s = \"${{s}}b,c \")#set($m = {{'k': 1}})#set($r = [1..3])\
         #define($d)x#end#set($json = '{{\"m\":1')#foreach($n in [1..40])\
         #set($json = \"$json,\"\"$n\"\":$n\")#end#set($json = \"$json}}\")#set($all = [])#foreach($o in [1..1000000])#set($l = [])\
         #foreach($i in [1..50]){prepare}#set($x = $l.add({made}))#end\
         #set($x = $all.add($l))$probe.look#end"
    );
    let template = Template::parse(&source, &profile).expect(made);
    let probe = Probe::default();
    let seen = Rc::clone(&probe.0);
    let before = resident();
    let error = template
        .render(&move |name: &str| (name == "probe").then(|| Value::object(probe.clone())))
        .expect_err(made);
    let expected = RenderErrorKind::Limit(LimitExceeded::AllocatedBytes(16 * MEGABYTE));
    assert_eq!(*error.kind(), expected, "{made}");
    assert!(seen.get() > 0, "{made} has not been seen");
    seen.get().saturating_sub(before) as f64 / limits.allocated_bytes as f64
}

#[test]
fn the_limit_of_memory_holds() {
    if let Ok(made) = env::var(MADE) {
        let taken = taken_by(&made);
        assert!(taken < 1.5, "{made} takes {taken:.2} of the limit");
        return;
    }
    // A process each, so that nothing is left of the one before.
    let program = env::current_exe().expect("it runs");
    for made in VALUES {
        let run = Command::new(&program)
            .args(["--exact", "the_limit_of_memory_holds"])
            .env(MADE, made)
            .output()
            .expect("it runs again");
        let output = String::from_utf8_lossy(&run.stdout);
        assert!(run.status.success(), "{output}");
    }
}
