//! Gathers differences.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::judge::Verdict;
use super::{Area, Difference, DifferenceKind};

/// Bytes of a value that a difference shows; templates and schemas can have many more.
const SHOWN_BYTES: usize = 80;

#[derive(Default)]
pub(super) struct Collector(Vec<Difference>);

/// A thing that has members, and what it belongs to.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) area: Area,
    pub(super) place: &'a str,
    pub(super) member: &'a str,
}

impl<'a> At<'a> {
    pub(super) const fn new(area: Area, place: &'a str, member: &'a str) -> Self {
        Self {
            area,
            place,
            member,
        }
    }
}

impl Collector {
    pub(super) fn into_differences(self) -> Vec<Difference> {
        self.0
    }

    /// Notes that one value became another, or that one came or went.
    pub(super) fn push(
        &mut self,
        at: At<'_>,
        before: Option<String>,
        after: Option<String>,
        verdict: Verdict,
    ) {
        let kind = match (&before, &after) {
            (None, Some(_)) => DifferenceKind::Added,
            (Some(_), None) => DifferenceKind::Removed,
            _ => DifferenceKind::Changed,
        };
        self.push_kind(at, kind, (before, after), verdict);
    }

    /// Notes that the thing itself came or went.
    pub(super) fn push_whole(&mut self, at: At<'_>, kind: DifferenceKind, verdict: Verdict) {
        self.push_kind(at, kind, (None, None), verdict);
    }

    fn push_kind(
        &mut self,
        at: At<'_>,
        kind: DifferenceKind,
        (before, after): (Option<String>, Option<String>),
        verdict: Verdict,
    ) {
        self.0.push(Difference {
            area: at.area,
            kind,
            place: at.place.to_owned(),
            member: at.member.to_owned(),
            before: before.map(shortened),
            after: after.map(shortened),
            breaking: verdict.breaking,
            severity: verdict.severity,
            reason: verdict.reason.into_owned(),
        });
    }

    /// Notes two values if they differ.
    pub(super) fn value<T: PartialEq + ToString>(
        &mut self,
        at: At<'_>,
        before: T,
        after: T,
        judge: impl FnOnce() -> Verdict,
    ) {
        self.name(at, Some(before), Some(after), judge);
    }

    /// Notes two texts if they differ; quoted, as they may hold anything.
    pub(super) fn text(
        &mut self,
        at: At<'_>,
        before: Option<&str>,
        after: Option<&str>,
        judge: impl FnOnce() -> Verdict,
    ) {
        if before != after {
            self.push(at, before.map(quoted), after.map(quoted), judge());
        }
    }

    /// Notes two names of a few if they differ.
    pub(super) fn name<T: PartialEq + ToString>(
        &mut self,
        at: At<'_>,
        before: Option<T>,
        after: Option<T>,
        judge: impl FnOnce() -> Verdict,
    ) {
        if before != after {
            let shown = |value: Option<T>| value.map(|value| value.to_string());
            self.push(at, shown(before), shown(after), judge());
        }
    }

    /// Notes each entry of two maps of texts that differs, as `member/key`.
    pub(super) fn texts<'t>(
        &mut self,
        at: At<'_>,
        before: impl IntoIterator<Item = (&'t String, &'t str)>,
        after: impl IntoIterator<Item = (&'t String, &'t str)>,
        judge: impl Fn(DifferenceKind) -> Verdict,
    ) {
        for (key, before, after) in both(before, after) {
            let member = format!("{}/{key}", at.member);
            let at = At {
                member: &member,
                ..at
            };
            let kind = match (before, after) {
                (None, _) => DifferenceKind::Added,
                (_, None) => DifferenceKind::Removed,
                _ => DifferenceKind::Changed,
            };
            self.text(at, before, after, || judge(kind));
        }
    }
}

/// The entries of two collections by key, in the keys' order.
pub(super) fn both<K: Ord, V>(
    before: impl IntoIterator<Item = (K, V)>,
    after: impl IntoIterator<Item = (K, V)>,
) -> impl Iterator<Item = (K, Option<V>, Option<V>)> {
    let mut all: BTreeMap<K, (Option<V>, Option<V>)> = BTreeMap::new();
    for (key, value) in before {
        all.entry(key).or_insert((None, None)).0 = Some(value);
    }
    for (key, value) in after {
        all.entry(key).or_insert((None, None)).1 = Some(value);
    }
    all.into_iter()
        .map(|(key, (before, after))| (key, before, after))
}

/// The entries of a map as texts.
pub(super) fn entries(map: &IndexMap<String, String>) -> impl Iterator<Item = (&String, &str)> {
    map.iter().map(|(key, value)| (key, value.as_str()))
}

pub(super) fn quoted(text: &str) -> String {
    // A bound on the work, too: escaped texts are longer.
    let shown = floor(text, SHOWN_BYTES + 1);
    if shown.len() < text.len() {
        let shown = floor(shown, SHOWN_BYTES);
        format!("{shown:?}… of {} bytes", text.len())
    } else {
        format!("{text:?}")
    }
}

fn shortened(text: String) -> String {
    // What is quoted may be up to that longer.
    const ALL: usize = 16 * SHOWN_BYTES;
    let shown = floor(&text, ALL);
    if shown.len() < text.len() {
        format!("{shown}…")
    } else {
        text
    }
}

/// At most so many bytes of a text, whole characters.
fn floor(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
