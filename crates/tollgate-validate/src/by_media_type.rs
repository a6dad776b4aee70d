//! Models by media type.

use std::sync::Arc;

use crate::Model;

/// The type of a body that does not name one.
pub(crate) const JSON: &str = "application/json";

/// The key that stands for every type without a model of its own.
const DEFAULT: &str = "$default";

/// There are one or two of them, so a walk is as quick as anything.
#[derive(Clone, Debug, Default)]
pub(crate) struct ByMediaType(Vec<(Box<str>, Arc<Model>)>);

impl ByMediaType {
    /// A later model for the same type takes the place of an earlier one.
    pub(crate) fn insert(&mut self, media_type: &str, model: Arc<Model>) {
        self.0
            .retain(|(known, _)| !known.eq_ignore_ascii_case(media_type));
        self.0.push((media_type.into(), model));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The model for a `Content-Type`, and the media type that is meant.
    pub(crate) fn find<'a>(&self, content_type: Option<&'a [u8]>) -> Option<(&'a [u8], &Model)> {
        let media_type = content_type.map(media_type).unwrap_or_default();
        let media_type = if media_type.is_empty() {
            JSON.as_bytes()
        } else {
            media_type
        };
        let of = |name: &[u8]| {
            let same =
                |(known, _): &&(Box<str>, Arc<Model>)| known.as_bytes().eq_ignore_ascii_case(name);
            self.0.iter().find(same).map(|(_, model)| &**model)
        };
        let model = of(media_type).or_else(|| of(DEFAULT.as_bytes()))?;
        Some((media_type, model))
    }
}

/// The first type of a header, without its parameters.
fn media_type(header: &[u8]) -> &[u8] {
    let first = header.split(|byte| b",;".contains(byte)).next();
    first.unwrap_or_default().trim_ascii()
}
