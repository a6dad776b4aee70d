//! Templates by media type.

use http::{HeaderMap, header};

use crate::Template;

/// There are one or two of them, so a walk is as quick as anything.
#[derive(Clone, Debug, Default)]
pub(super) struct Templates(Vec<(String, Template)>);

impl Templates {
    pub(super) fn insert(&mut self, media_type: String, template: Template) {
        self.0
            .retain(|(known, _)| !known.eq_ignore_ascii_case(&media_type));
        self.0.push((media_type, template));
    }

    /// The template for a message with these headers.
    pub(super) fn find(&self, headers: &HeaderMap) -> Option<&Template> {
        let content_type = headers.get(header::CONTENT_TYPE)?.as_bytes();
        let media_type = content_type.split(|byte| *byte == b';').next()?;
        let media_type = media_type.trim_ascii();
        let same = |known: &str| known.as_bytes().eq_ignore_ascii_case(media_type);
        let found = self.0.iter().find(|(known, _)| same(known));
        found.map(|(_, template)| template)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
