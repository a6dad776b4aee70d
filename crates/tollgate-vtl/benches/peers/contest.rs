//! One template in the languages of all engines, rendered by each of them.

use serde::Deserialize;
use serde_json::Value as Json;
use tollgate_vtl::{Limits, Map, Profile, Template, Value};

use crate::race::{Racer, race};

/// The data of a template as a type, with what renders it without a template engine that works at
/// run time: Askama, which compiles the template, and a function by hand.
pub(crate) trait Typed<'j>: Deserialize<'j> + askama::Template {
    /// Writes what the template writes.
    fn write(&self, out: &mut String);

    fn by_hand(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    /// As [`write`](Self::write), from a JSON document that has no type.
    fn write_untyped(data: &Json, out: &mut String);
}

/// The items of a JSON array.
pub(crate) fn items(data: &Json) -> &[Json] {
    data.as_array().map_or(&[], Vec::as_slice)
}

/// The text of a JSON string.
pub(crate) fn text(data: &Json) -> &str {
    data.as_str().unwrap_or_default()
}

/// The same template for each engine.
pub(crate) struct Sources<'s> {
    pub(crate) velocity: &'s str,
    pub(crate) tera: &'s str,
    pub(crate) minijinja: &'s str,
}

/// The flavour to measure, without a bound on the rounds of a loop.
pub(crate) fn profile() -> Profile {
    Profile::velocity17().with_limits(Limits::default())
}

/// Races all engines, with the data prepared and from JSON. Returns the median of a render of ours
/// in nanoseconds.
///
/// # Panics
///
/// When two engines do not render the same.
pub(crate) fn contest<'j, T: Typed<'j>>(name: &str, sources: &Sources<'_>, json: &'j str) -> f64 {
    let template = Template::parse(sources.velocity, &profile()).expect("a template");
    let mut tera = tera::Tera::default();
    tera.autoescape_on(Vec::<&str>::new());
    tera.add_raw_template(name, sources.tera)
        .expect("a template");
    let mut environment = minijinja::Environment::new();
    environment
        .add_template(name, sources.minijinja)
        .expect("a template");
    let jinja = environment.get_template(name).expect("it was added");

    let teras = |context: &tera::Context| tera.render(name, context).expect("it renders");
    let minijinjas = |context: &minijinja::Value| jinja.render(context).expect("it renders");
    let askamas = |data: &T| data.render().expect("it renders");

    let ours_data = || read(json);
    let tera_data = || {
        let data: Json = serde_json::from_str(json).expect("JSON");
        tera::Context::from_serialize(&data).expect("an object")
    };
    let jinja_data = || serde_json::from_str::<minijinja::Value>(json).expect("JSON");
    let untyped_data = || serde_json::from_str::<Json>(json).expect("JSON");
    let untyped = |data: &Json| {
        let mut out = String::new();
        T::write_untyped(data, &mut out);
        out
    };
    let typed_data = || serde_json::from_str::<T>(json).expect("JSON of this type");

    let (our_context, tera_context) = (ours_data(), tera_data());
    let (jinja_context, data, document) = (jinja_data(), typed_data(), untyped_data());
    let expected = data.by_hand();
    for (engine, text) in [
        ("ours", render(&template, &our_context)),
        ("tera", teras(&tera_context)),
        ("minijinja", minijinjas(&jinja_context)),
        ("askama", askamas(&data)),
        ("by hand, untyped", untyped(&document)),
    ] {
        assert_eq!(text, expected, "{engine} renders {name}");
    }

    race(
        &format!("{name}: read"),
        Racer::new("ours", ours_data),
        vec![
            Racer::new("serde_json", untyped_data),
            Racer::new("minijinja", jinja_data),
            Racer::new("typed", typed_data),
        ],
    );
    race(
        &format!("{name}: read+render"),
        Racer::new("ours", || render(&template, &ours_data())),
        vec![
            Racer::new("tera", || teras(&tera_data())),
            Racer::new("minijinja", || minijinjas(&jinja_data())),
            Racer::new("askama", || askamas(&typed_data())),
            Racer::new("by hand", || typed_data().by_hand()),
            Racer::new("by hand, untyped", || untyped(&untyped_data())),
        ],
    );
    race(
        &format!("{name}: render"),
        Racer::new("ours", || render(&template, &our_context)),
        vec![
            Racer::new("tera", || teras(&tera_context)),
            Racer::new("minijinja", || minijinjas(&jinja_context)),
            Racer::new("askama", || askamas(&data)),
            Racer::new("by hand", || data.by_hand()),
            Racer::new("by hand, untyped", || untyped(&document)),
        ],
    )
}

fn render<'a>(template: &'a Template, context: &Map<'a>) -> String {
    template.render(context).expect("it renders")
}

/// The variables in a JSON object.
pub(crate) fn read(json: &str) -> Map<'_> {
    match Value::from_json_str(json) {
        Ok(Value::Map(map)) => map,
        _ => panic!("the data is a JSON object"),
    }
}
