//! Macros that call one another.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value as Json;

use crate::contest::{Typed, items, text};

pub(crate) const TERA: &str = r#"{% component member(name, value) %}"{{ name }}":"{{ value }}"{% endcomponent member -%}
{% component both(name, a, b) %}{{ "{" }}{{<member name={name} value={a} />}},{{<member name="other" value={b} />}}}{% endcomponent both -%}
{% for pair in pairs -%}
[{{<both name="left" a={pair.left} b={pair.right} />}},{{<both name="right" a={pair.right} b={pair.left} />}}]
{% endfor -%}"#;

pub(crate) const MINIJINJA: &str = r#"{% macro member(name, value) %}"{{ name }}":"{{ value }}"{% endmacro -%}
{% macro both(name, a, b) %}{{ "{" }}{{ member(name, a) }},{{ member("other", b) }}}{% endmacro -%}
{% for pair in pairs -%}
[{{ both("left", pair.left, pair.right) }},{{ both("right", pair.right, pair.left) }}]
{% endfor -%}"#;

#[derive(Deserialize, askama::Template)]
#[template(
    ext = "txt",
    source = r#"{% macro member(name, value) %}"{{ name }}":"{{ value }}"{% endmacro -%}
{% macro both(name, a, b) %}{{ "{" }}{% call member(name, a) %}{% endcall %},{% call member("other", b) %}{% endcall %}}{% endmacro -%}
{% for pair in pairs -%}
[{% call both("left", pair.left, pair.right) %}{% endcall %},{% call both("right", pair.right, pair.left) %}{% endcall %}]
{% endfor -%}"#
)]
pub(crate) struct Macros<'j> {
    #[serde(borrow)]
    pairs: Vec<Pair<'j>>,
}

#[derive(Deserialize)]
struct Pair<'j> {
    #[serde(borrow)]
    left: Cow<'j, str>,
    #[serde(borrow)]
    right: Cow<'j, str>,
}

impl<'j> Typed<'j> for Macros<'j> {
    fn write(&self, out: &mut String) {
        for Pair { left, right } in &self.pairs {
            out.push('[');
            write_both(out, "left", left, right);
            out.push(',');
            write_both(out, "right", right, left);
            out.push_str("]\n");
        }
    }

    fn write_untyped(data: &Json, out: &mut String) {
        for pair in items(&data["pairs"]) {
            let (left, right) = (text(&pair["left"]), text(&pair["right"]));
            out.push('[');
            write_both(out, "left", left, right);
            out.push(',');
            write_both(out, "right", right, left);
            out.push_str("]\n");
        }
    }
}

fn write_both(out: &mut String, name: &str, a: &str, b: &str) {
    out.push('{');
    write_member(out, name, a);
    out.push(',');
    write_member(out, "other", b);
    out.push('}');
}

fn write_member(out: &mut String, name: &str, value: &str) {
    for part in ["\"", name, "\":\"", value, "\""] {
        out.push_str(part);
    }
}
