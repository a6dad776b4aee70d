//! Which form a body has, and why, for who wants to know.

use std::borrow::Cow;

use tollgate_core::{BodyForm, Context, Event, MappingSide, Observer};

use crate::{Content, ContentHandling};

/// What decided about the form of a body.
pub(crate) struct Formed<'a> {
    pub(crate) handling: Option<ContentHandling>,
    /// The binary media type that the body's own type fits.
    pub(crate) own_entry: Option<Cow<'a, str>>,
    /// The one that the client accepts.
    pub(crate) accepted_entry: Option<Cow<'a, str>>,
    pub(crate) before: &'a [u8],
}

impl Formed<'_> {
    /// Tells of the form that the body has now; nothing of text that stays text.
    pub(crate) fn tell(
        &self,
        (side, content): (MappingSide, &Content<'_>),
        context: &Context,
        observer: &dyn Observer,
    ) {
        let from = match self.own_entry {
            Some(_) => BodyForm::Binary,
            None => BodyForm::Text,
        };
        let to = content.form();
        if (from, to) == (BodyForm::Text, BodyForm::Text) {
            return;
        }
        let event = Event::BodyFormed {
            side,
            from,
            to,
            content_handling: self.handling.map(ContentHandling::as_str),
            own_entry: self.own_entry.as_deref(),
            accepted_entry: self.accepted_entry.as_deref(),
            before: self.before.len(),
            after: content.as_bytes().len(),
        };
        observer.observe(context, &event);
    }
}
