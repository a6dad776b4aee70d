//! What is served where, with lines to copy.

use std::fmt::Write as _;
use std::net::SocketAddr;

use tollgate::Plan;
use tollgate::gateway::Method;

/// Methods that are shown a `curl` line for; a person tries a few.
const MOST_EXAMPLES: usize = 8;

/// The text that a server greets its user with.
pub(crate) fn summary(plan: &Plan, address: SocketAddr) -> String {
    let mut out = String::new();
    let mut line = |text: String| writeln!(out, "{text}").expect("a string takes any text");
    let base = format!("http://{address}");
    line(format!("serving stage {} at {base}/", plan.stage().stage));
    line(String::new());
    for method in plan.methods() {
        line(match method.refusal {
            None => format!("  {:<7} {}", method.http_method, method.path),
            Some(refusal) => format!(
                "  {:<7} {}  refused with {}: {}",
                method.http_method,
                method.path,
                refusal.status().as_u16(),
                refusal.reason().unwrap_or("it cannot be executed"),
            ),
        });
    }
    let examples: Vec<_> = plan
        .methods()
        .filter_map(|method| example(&base, &method))
        .collect();
    if !examples.is_empty() {
        line(String::new());
        line("try".to_owned());
        for example in examples.iter().take(MOST_EXAMPLES) {
            line(format!("  {example}"));
        }
        if let Some(more) = examples
            .len()
            .checked_sub(MOST_EXAMPLES)
            .filter(|more| *more > 0)
        {
            line(format!("  ({more} more methods)"));
        }
    }
    out
}

/// A command that calls a method, with made-up parameters.
fn example(base: &str, method: &Method<'_>) -> Option<String> {
    if method.refusal.is_some() {
        return None;
    }
    let segments = method
        .path
        .split('/')
        .map(|part| match part.strip_prefix('{') {
            Some(parameter) if parameter.ends_with("+}") => "a/b",
            Some(_) => "1",
            None => part,
        });
    let url = format!("'{base}{}'", segments.collect::<Vec<_>>().join("/"));
    Some(match method.http_method {
        "GET" | "ANY" => format!("curl {url}"),
        "HEAD" => format!("curl --head {url}"),
        verb @ ("POST" | "PUT" | "PATCH") => {
            format!("curl -X {verb} -H 'Content-Type: application/json' -d '{{}}' {url}")
        }
        verb => format!("curl -X {verb} {url}"),
    })
}
