//! `binaryMediaTypes`: which bodies are bytes and not text.

use std::borrow::Cow;

use crate::first_media_type;

/// The media types whose bodies an API takes for bytes.
///
/// Of a header such as `Accept` the first item counts, without its parameters. An entry may leave
/// its subtype open, or everything; a wildcard in the header matches no entry (recorded on the
/// service).
///
/// ```
/// use tollgate_core::BinaryMediaTypes;
///
/// let types = BinaryMediaTypes::from_iter(["image/png", "application/*"]);
/// assert!(types.contain(Some(b"image/png,image/*;q=0.8")));
/// assert!(types.contain(Some(b"application/zip")));
/// assert!(!types.contain(Some(b"image/webp,image/png")));
/// assert!(!types.contain(None));
/// ```
#[derive(Clone, Debug, Default)]
pub struct BinaryMediaTypes(Box<[Entry]>);

#[derive(Clone, Debug)]
enum Entry {
    /// `*/*`: whatever the header says, and where there is none.
    Any,
    /// `image/*`, up to the slash.
    Type(Box<str>),
    /// `image/png`.
    Exact(Box<str>),
}

impl BinaryMediaTypes {
    /// Whether bodies are bytes for whom this `Content-Type` or `Accept` speaks.
    #[must_use]
    pub fn contain(&self, header: Option<&[u8]>) -> bool {
        self.find(header).is_some()
    }

    /// The entry by which they are.
    #[must_use]
    pub fn entry(&self, header: Option<&[u8]>) -> Option<Cow<'_, str>> {
        Some(match self.find(header)? {
            Entry::Any => Cow::Borrowed("*/*"),
            Entry::Type(start) => Cow::Owned(format!("{start}*")),
            Entry::Exact(whole) => Cow::Borrowed(whole),
        })
    }

    fn find(&self, header: Option<&[u8]>) -> Option<&Entry> {
        let media_type = header.map_or(&b""[..], first_media_type);
        self.0.iter().find(|entry| entry.matches(media_type))
    }
}

impl Entry {
    fn matches(&self, media_type: &[u8]) -> bool {
        match self {
            Self::Any => true,
            Self::Type(start) => media_type
                .get(..start.len())
                .is_some_and(|found| found.eq_ignore_ascii_case(start.as_bytes())),
            Self::Exact(whole) => media_type.eq_ignore_ascii_case(whole.as_bytes()),
        }
    }
}

/// Entries as a document spells them; parameters are left out, and what is no media type matches
/// nothing.
impl<S: AsRef<str>> FromIterator<S> for BinaryMediaTypes {
    fn from_iter<T: IntoIterator<Item = S>>(entries: T) -> Self {
        let entries = entries.into_iter().filter_map(|entry| {
            let entry = first_media_type(entry.as_ref().as_bytes());
            let entry = std::str::from_utf8(entry).ok()?;
            let (kind, subtype) = entry.split_once('/')?;
            Some(match (kind, subtype) {
                ("*", "*") => Entry::Any,
                ("*", _) => return None,
                (_, "*") => Entry::Type(format!("{kind}/").into()),
                _ => Entry::Exact(entry.into()),
            })
        });
        Self(entries.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Section 8.4 of the data plane's reference, recorded with proxy integrations.
    #[test]
    fn entries_match_the_first_item_of_a_header() {
        for (entry, header, expected) in [
            ("image/png", Some("image/png"), true),
            ("image/png", Some("IMAGE/PNG"), true),
            ("image/png", Some("image/png,image/*,*/*;q=0.8"), true),
            ("image/png", Some("image/png; x=y"), true),
            ("image/png;x=y", Some("image/png"), true),
            ("image/png", Some("image/webp,image/png"), false),
            ("image/png", Some("image/*"), false),
            ("image/png", Some("*/*"), false),
            ("image/png", Some("image/pngx"), false),
            ("application/*", Some("application/whatever"), true),
            ("application/*", Some("application/*"), true),
            ("application/*", Some("applications/x"), false),
            ("*/test", Some("random/test"), false),
            ("*/test", Some("*/test"), false),
            ("*/*", Some("anything/at-all"), true),
            ("*/*", Some("application"), true),
            ("*/*", None, true),
            ("application/*", Some("application"), false),
            ("application", Some("application"), false),
            ("image/png", None, false),
        ] {
            let types = BinaryMediaTypes::from_iter([entry]);
            let found = types.contain(header.map(str::as_bytes));
            assert_eq!(found, expected, "{entry} and {header:?}");
        }
    }
}
