//! A list of objects mapped to another, with a sum.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::Value as Json;

use crate::contest::{Typed, items, text};

pub(crate) const TERA: &str = r#"{% set total = 0 -%}
{"lines":[
{% for line in lines -%}
{"no":{{ loop.index }},"name":"{{ line.name }}","size":"{{ line.spec.size }}"{% if line.pieces > 4 %},"large":true{% elif line.pieces == 0 %},"out":true{% else %},"pieces":{{ line.pieces }}{% endif %}{% if line.fragile %},"fragile":true{% endif %}}{% if not loop.last %},{% endif %}
{% set_global total = total + line.pieces -%}
{% endfor -%}
],"total":{{ total }}}"#;

pub(crate) const MINIJINJA: &str = r#"{% set sum = namespace(total=0) -%}
{"lines":[
{% for line in lines -%}
{"no":{{ loop.index }},"name":"{{ line.name }}","size":"{{ line.spec.size }}"{% if line.pieces > 4 %},"large":true{% elif line.pieces == 0 %},"out":true{% else %},"pieces":{{ line.pieces }}{% endif %}{% if line.fragile %},"fragile":true{% endif %}}{% if not loop.last %},{% endif %}
{% set sum.total = sum.total + line.pieces -%}
{% endfor -%}
],"total":{{ sum.total }}}"#;

#[derive(Deserialize, askama::Template)]
#[template(
    ext = "txt",
    source = r#"{% let mut total = 0 -%}
{"lines":[
{% for line in lines -%}
{"no":{{ loop.index }},"name":"{{ line.name }}","size":"{{ line.spec.size }}"{% if line.pieces > 4 %},"large":true{% else if line.pieces == 0 %},"out":true{% else %},"pieces":{{ line.pieces }}{% endif %}{% if line.fragile %},"fragile":true{% endif %}}{% if !loop.last %},{% endif %}
{% mut total += line.pieces -%}
{% endfor -%}
],"total":{{ total }}}"#
)]
pub(crate) struct Lines<'j> {
    #[serde(borrow)]
    lines: Vec<Line<'j>>,
}

#[derive(Deserialize)]
struct Line<'j> {
    #[serde(borrow)]
    name: Cow<'j, str>,
    pieces: u32,
    fragile: bool,
    #[serde(borrow)]
    spec: Spec<'j>,
}

#[derive(Deserialize)]
struct Spec<'j> {
    #[serde(borrow)]
    size: Cow<'j, str>,
}

impl<'j> Typed<'j> for Lines<'j> {
    fn write(&self, out: &mut String) {
        let mut total = 0;
        out.push_str("{\"lines\":[\n");
        for (index, line) in self.lines.iter().enumerate() {
            // Writing to a `String` cannot fail.
            let _ = write!(out, "{{\"no\":{},\"name\":\"", index + 1);
            out.push_str(&line.name);
            out.push_str("\",\"size\":\"");
            out.push_str(&line.spec.size);
            out.push('"');
            if line.pieces > 4 {
                out.push_str(",\"large\":true");
            } else if line.pieces == 0 {
                out.push_str(",\"out\":true");
            } else {
                let _ = write!(out, ",\"pieces\":{}", line.pieces);
            }
            if line.fragile {
                out.push_str(",\"fragile\":true");
            }
            out.push('}');
            if index + 1 < self.lines.len() {
                out.push(',');
            }
            out.push('\n');
            total += line.pieces;
        }
        let _ = write!(out, "],\"total\":{total}}}");
    }

    fn write_untyped(data: &Json, out: &mut String) {
        let mut total = 0;
        let lines = items(&data["lines"]);
        out.push_str("{\"lines\":[\n");
        for (index, line) in lines.iter().enumerate() {
            let _ = write!(out, "{{\"no\":{},\"name\":\"", index + 1);
            out.push_str(text(&line["name"]));
            out.push_str("\",\"size\":\"");
            out.push_str(text(&line["spec"]["size"]));
            out.push('"');
            let pieces = line["pieces"].as_i64().unwrap_or_default();
            if pieces > 4 {
                out.push_str(",\"large\":true");
            } else if pieces == 0 {
                out.push_str(",\"out\":true");
            } else {
                let _ = write!(out, ",\"pieces\":{pieces}");
            }
            if line["fragile"].as_bool() == Some(true) {
                out.push_str(",\"fragile\":true");
            }
            out.push('}');
            if index + 1 < lines.len() {
                out.push(',');
            }
            out.push('\n');
            total += pieces;
        }
        let _ = write!(out, "],\"total\":{total}}}");
    }
}
