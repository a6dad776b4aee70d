//! A text passed through.

use std::borrow::Cow;

use serde::Deserialize;

use crate::contest::Typed;

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
}
