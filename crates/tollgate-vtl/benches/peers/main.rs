//! Rendering beside Tera, MiniJinja, Askama and code by hand.
//!
//! All render the same text, from data prepared in their own form and from JSON. Each line has our
//! time, a peer's, and ours over the peer's: medians of turns taken one after the other. `read` is
//! JSON to an engine's own form of data; `typed` is what Askama and the code by hand take. What is
//! untyped by hand takes any JSON, as a template does: it looks members up in a `serde_json::Value`.
//!
//! Arguments are names of templates to measure; without one, those of the conformance suite follow.
#![expect(clippy::print_stdout, reason = "a benchmark prints its ratios")]

mod conformance;
mod contest;
mod lines;
mod macros;
mod object;
mod own;
mod parsing;
mod passthrough;
mod race;
mod strings;

use contest::{Sources, contest};

fn main() -> std::io::Result<()> {
    // `cargo bench` adds options of its own.
    let wanted: Vec<_> = std::env::args()
        .skip(1)
        .filter(|name| !name.starts_with('-'))
        .collect();
    for name in own::NAMES {
        if !wanted.is_empty() && !wanted.iter().any(|wanted| wanted == name) {
            continue;
        }
        let own = &own::own(name).expect("it has a name");
        let json = &own.json;
        match name {
            "object" => {
                let sources = sources(own, object::TERA, object::MINIJINJA);
                contest::<object::Object<'_>>(name, &sources, json);
            }
            "strings" => {
                let sources = sources(own, strings::TERA, strings::MINIJINJA);
                contest::<strings::Strings<'_>>(name, &sources, json);
            }
            "macros" => {
                let sources = sources(own, macros::TERA, macros::MINIJINJA);
                contest::<macros::Macros<'_>>(name, &sources, json);
            }
            "passthrough" => {
                let sources = sources(own, passthrough::TERA, passthrough::MINIJINJA);
                contest::<passthrough::Passthrough<'_>>(name, &sources, json);
            }
            "large" => parsing::contest(&own.template),
            lines => {
                let sources = sources(own, lines::TERA, lines::MINIJINJA);
                let time = contest::<lines::Lines<'_>>(lines, &sources, json);
                let count = json.matches("pieces").count();
                println!("{lines}: {:.0} ns a line", time / count as f64);
            }
        }
    }
    if wanted.is_empty() {
        conformance::times()?;
    }
    Ok(())
}

fn sources<'s>(own: &'s own::Own, tera: &'s str, minijinja: &'s str) -> Sources<'s> {
    Sources {
        velocity: &own.template,
        tera,
        minijinja,
    }
}
