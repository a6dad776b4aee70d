//! Methods of strings.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::Value as Json;

use crate::contest::{Typed, items, text};

pub(crate) const TERA: &str = r#"{% set all = "" -%}
{% for word in words -%}
{% set loud = word | upper -%}
{% set_global all = all ~ loud ~ "+" -%}
{{ word | trim | replace(from="e", to="3") }} {{ word | length }} {{ word[0:3] }} {% if word is containing(pat="r") and not word is starting_with(pat="b") %}yes{% else %}no{% endif %}
{% endfor -%}
{{ all }}"#;

pub(crate) const MINIJINJA: &str = r#"{% set ns = namespace(all="") -%}
{% for word in words -%}
{% set loud = word | upper -%}
{% set ns.all = ns.all ~ loud ~ "+" -%}
{{ word | trim | replace("e", "3") }} {{ word | length }} {{ word[0:3] }} {% if "r" in word and word is not startingwith("b") %}yes{% else %}no{% endif %}
{% endfor -%}
{{ ns.all }}"#;

#[derive(Deserialize, askama::Template)]
#[template(
    ext = "txt",
    source = r#"{% let mut all = String::new() -%}
{% for word in words -%}
{% let loud = word.to_uppercase() -%}
{% mut all += loud.as_str() -%}
{% mut all += "+" -%}
{{ word.trim().replace("e", "3") }} {{ word.len() }} {{ word[0..3] }} {% if word.contains("r") && !word.starts_with("b") %}yes{% else %}no{% endif %}
{% endfor -%}
{{ all }}"#
)]
pub(crate) struct Strings<'j> {
    #[serde(borrow)]
    words: Vec<Cow<'j, str>>,
}

impl<'j> Typed<'j> for Strings<'j> {
    fn write(&self, out: &mut String) {
        write_words(self.words.iter().map(|word| &**word), out);
    }

    fn write_untyped(data: &Json, out: &mut String) {
        write_words(items(&data["words"]).iter().map(text), out);
    }
}

fn write_words<'w>(words: impl Iterator<Item = &'w str>, out: &mut String) {
    let mut all = String::new();
    for word in words {
        all.push_str(&word.to_uppercase());
        all.push('+');
        out.push_str(&word.trim().replace('e', "3"));
        // Writing to a `String` cannot fail.
        let _ = write!(out, " {} {} ", word.len(), &word[..3]);
        let yes = word.contains('r') && !word.starts_with('b');
        out.push_str(if yes { "yes\n" } else { "no\n" });
    }
    out.push_str(&all);
}
