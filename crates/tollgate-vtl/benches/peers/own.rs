//! The templates that are measured, in Velocity's language, and the data they render.

use std::fmt::Write as _;

/// A template and its data.
pub(crate) struct Own {
    pub(crate) template: String,
    pub(crate) json: String,
}

/// Their names.
pub(crate) const NAMES: [&str; 8] = [
    "object",
    "lines-100",
    "lines-1000",
    "lines-10000",
    "strings",
    "macros",
    "passthrough",
    "large",
];

/// The one of this name.
pub(crate) fn own(name: &str) -> Option<Own> {
    let lines_template = include_str!("vtl/lines.vm");
    let (template, json) = match name {
        "object" => (include_str!("vtl/object.vm"), person()),
        "lines-100" => (lines_template, lines(100)),
        "lines-1000" => (lines_template, lines(1_000)),
        "lines-10000" => (lines_template, lines(10_000)),
        "strings" => (include_str!("vtl/strings.vm"), words()),
        "macros" => (include_str!("vtl/macros.vm"), pairs()),
        "passthrough" => (include_str!("vtl/passthrough.vm"), body()),
        "large" => {
            let template = repeated(include_str!("vtl/block.vm"));
            let json = r#"{"all":{},"count":7,"flag":false,"list":["x","y","z"]}"#.to_owned();
            return Some(Own { template, json });
        }
        _ => return None,
    };
    let template = template.to_owned();
    Some(Own { template, json })
}

fn person() -> String {
    r#"{"person":{"key":42,"given":"Grace","family":"Hopper","mail":"grace@example.org",
"mobile":"+1 555 0100","home":{"road":"1 Harbour Lane","town":"Arlington","code":"VA 22201"},
"member":true,"rating":7.25,"note":"calls back"}}"#
        .to_owned()
}

fn lines(count: usize) -> String {
    let mut json = String::from(r#"{"lines":["#);
    for line in 0..count {
        let comma = if line == 0 { "" } else { "," };
        let size = ["small", "medium", "large"][line % 3];
        let (pieces, price, fragile) = (line % 9, line as f64 * 0.5, line % 4 == 0);
        // Writing to a `String` cannot fail.
        let _ = write!(
            json,
            r#"{comma}{{"name":"Part {line:05}","pieces":{pieces},"price":{price:?},"fragile":{fragile},"spec":{{"size":"{size}"}}}}"#
        );
    }
    json + "]}"
}

fn words() -> String {
    let words = [
        "amber", "basil", "cedar", "dune", "ember", "fjord", "grove", "heather", "iris", "juniper",
        "kelp", "lichen", "maple", "nettle", "orchid", "poplar", "quartz", "reed", "saffron",
        "thyme",
    ];
    format!(r#"{{"words":["{}"]}}"#, words.join(r#"",""#))
}

fn pairs() -> String {
    let pairs = (0..30).map(|pair| format!(r#"{{"left":"L{pair}","right":"R{pair}"}}"#));
    let pairs: Vec<_> = pairs.collect();
    format!(r#"{{"pairs":[{}]}}"#, pairs.join(","))
}

fn body() -> String {
    let body = r#"{\"invoice\": \"B-77\", \"payer\": {\"id\": 9, \"name\": \"Grace\"}, \"rows\": [1, 2, 3], \"text\": \"paid\"}"#;
    format!(r#"{{"body":"{body}"}}"#)
}

/// A template of 30 KB, most of which does not run: a block over and over, with its number for `NN`.
pub(crate) fn repeated(block: &str) -> String {
    (0..75).fold(String::new(), |text, number| {
        text + &block.replace("NN", &number.to_string())
    })
}
