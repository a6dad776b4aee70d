//! Media types as keys of templates.

use tollgate_core::first_media_type;

/// What templates are chosen by where a request names no type.
pub(crate) const JSON: &str = "application/json";

/// The type that templates are chosen by: JSON where there is no header, or none in it.
pub(crate) fn media_type_or_json(header: Option<&[u8]>) -> &[u8] {
    match header.map(first_media_type) {
        None | Some([]) => JSON.as_bytes(),
        Some(media_type) => media_type,
    }
}

/// Values by media type, in the order of the document.
///
/// There are one or two of them, so a walk is as quick as anything.
#[derive(Clone, Debug)]
pub(crate) struct ByMediaType<T>(Box<[(Box<str>, T)]>);

impl<T> ByMediaType<T> {
    /// The value for a media type, and the type as the document spells it.
    pub(crate) fn get(&self, media_type: &[u8]) -> Option<(&str, &T)> {
        let same = |(known, _): &&(Box<str>, T)| known.as_bytes().eq_ignore_ascii_case(media_type);
        self.0.iter().find(same).map(|(key, value)| (&**key, value))
    }

    pub(crate) fn first(&self) -> Option<(&str, &T)> {
        self.0.first().map(|(key, value)| (&**key, value))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T> Default for ByMediaType<T> {
    fn default() -> Self {
        Self(Box::default())
    }
}

impl<T> FromIterator<(String, T)> for ByMediaType<T> {
    fn from_iter<I: IntoIterator<Item = (String, T)>>(values: I) -> Self {
        Self(
            values
                .into_iter()
                .map(|(media_type, value)| (media_type.into(), value))
                .collect(),
        )
    }
}
