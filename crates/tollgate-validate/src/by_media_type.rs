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

    /// The models for a `Content-Type`, each with the type that is meant; none if bodies of that type
    /// are not checked.
    ///
    /// A header names one type. Where it names several all the same, nobody knows which of them the
    /// endpoint goes by, and the model of each counts.
    pub(crate) fn find<'a>(
        &'a self,
        content_type: Option<&'a [u8]>,
    ) -> impl Iterator<Item = (&'a [u8], &'a Model)> {
        let header = content_type.unwrap_or_default();
        let own = move |(known, _): &&(Box<str>, Arc<Model>)| {
            media_types(header).any(|it| it.eq_ignore_ascii_case(known.as_bytes()))
        };
        let is_default = |(known, _): &&(Box<str>, Arc<Model>)| known.eq_ignore_ascii_case(DEFAULT);
        let own = self.0.iter().filter(own);
        let default = self.0.iter().find(is_default);
        let default = default.filter(|_| own.clone().next().is_none());
        let own = own.map(|(known, model)| (known.as_bytes(), &**model));
        let first = media_types(header).next().unwrap_or_default();
        own.chain(default.map(|(_, model)| (first, &**model)))
    }
}

/// The types of a header, without their parameters. One that is not named is JSON.
fn media_types(header: &[u8]) -> impl Iterator<Item = &[u8]> {
    // A comma in the value of a parameter makes two of it as well, as it does for others who split.
    header.split(|byte| *byte == b',').map(|part| {
        let media_type = part.split(|byte| *byte == b';').next();
        match media_type.unwrap_or_default().trim_ascii() {
            [] => JSON.as_bytes(),
            media_type => media_type,
        }
    })
}
