//! Parsing a template of 30 KB.

use tollgate_vtl::Template;

use crate::contest::profile;
use crate::own::repeated;
use crate::race::{Racer, race};

/// Races the parsers; Askama has none at run time.
pub(crate) fn contest(velocity: &str) {
    let profile = profile();
    let minijinja = repeated(include_str!("jinja/block.jinja"));
    let tera = minijinja.replace(".items()", " | pairs");
    race(
        "large: parse",
        Racer::new("ours", || Template::parse(velocity, &profile)),
        vec![
            Racer::new("tera", || {
                let mut parsed = tera::Tera::default();
                parsed.add_raw_template("large", &tera).expect("a template");
                parsed
            }),
            Racer::new("minijinja", || {
                let mut parsed = minijinja::Environment::empty();
                parsed
                    .add_template("large", &minijinja)
                    .map(drop)
                    .expect("a template");
            }),
        ],
    );
}
