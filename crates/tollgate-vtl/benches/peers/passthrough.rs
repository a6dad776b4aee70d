//! A text passed through.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value as Json;

use crate::contest::{Typed, text};

pub(crate) const TERA: &str = "{{ body }}";
pub(crate) const MINIJINJA: &str = TERA;

#[derive(Deserialize, askama::Template)]
#[template(ext = "txt", source = "{{ body }}")]
pub(crate) struct Passthrough<'j> {
    #[serde(borrow)]
    body: Cow<'j, str>,
}

impl<'j> Typed<'j> for Passthrough<'j> {
    fn write(&self, out: &mut String) {
        out.push_str(&self.body);
    }

    fn write_untyped(data: &Json, out: &mut String) {
        out.push_str(text(&data["body"]));
    }
}
