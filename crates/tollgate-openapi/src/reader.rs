//! Reads values as what they must be, and keeps all that there is to say about them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Display;
use std::ptr;
use std::str::FromStr;

use indexmap::IndexMap;
use percent_encoding::percent_decode_str;
use serde_json::Value;
use tollgate_core::{Diagnostic, Severity};
use tollgate_model::UnknownValue;

use crate::limits::{MAX_REFERENCE_HOPS, MAX_SHARED_BYTES, MAX_SUGGESTIONS, MAX_WAY_BYTES};
use crate::members::{self, Fate, Table};
use crate::node::{Node, kind, unescape};
use crate::place::Place;
use crate::places::Trail;
use crate::remarks::{Findings, Remarks, Said};
use crate::source::Source;
use crate::suggestions::near;
use crate::version::Version;

/// A document that is being read.
pub(crate) struct Reader<'a> {
    pub(crate) document: Node<'a>,
    pub(crate) version: Version,
    source: Source<'a>,
    place: &'a Place,
    trail: Trail,
    remarks: Remarks,
    suggestions: usize,
    shared_bytes: usize,
    /// Sizes of shared parts, by their address in the document.
    sizes: HashMap<*const Value, usize>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(
        document: Node<'a>,
        version: Version,
        source: Source<'a>,
        place: &'a Place,
        remarks: Remarks,
    ) -> Self {
        Self {
            document,
            version,
            source,
            place,
            trail: Trail::default(),
            remarks,
            suggestions: 0,
            shared_bytes: 0,
            sizes: HashMap::new(),
        }
    }

    // === What there is to say ===

    fn say(
        &mut self,
        severity: Severity,
        node: &Node<'_>,
        message: impl Into<String>,
        expected: Option<&str>,
    ) -> Said<'_> {
        // Asked first, for making pointers takes time.
        if self.remarks.is_full(severity) {
            return Remarks::unsaid();
        }
        let mut remark = Diagnostic::new(severity, node.pointer(), message);
        remark.expected = expected.map(str::to_owned);
        self.remarks.say(remark)
    }

    pub(crate) fn error(&mut self, node: &Node<'_>, message: impl Into<String>) -> Said<'_> {
        self.say(Severity::Error, node, message, None)
    }

    /// An error that says what would have been right.
    pub(crate) fn expect(
        &mut self,
        node: &Node<'_>,
        expected: &str,
        message: impl Into<String>,
    ) -> Said<'_> {
        self.say(Severity::Error, node, message, Some(expected))
    }

    pub(crate) fn warn(&mut self, node: &Node<'_>, message: impl Into<String>) -> Said<'_> {
        self.say(Severity::Warning, node, message, None)
    }

    pub(crate) fn note(&mut self, node: &Node<'_>, message: impl Into<String>) -> Said<'_> {
        self.say(Severity::Note, node, message, None)
    }

    /// All that was said, in the order of the text, and where the parts of the model were read.
    pub(crate) fn finish(self) -> (Findings, Trail) {
        (self.remarks.into_findings(self.place), self.trail)
    }

    /// The question whether the author meant a name that is there; nothing where none is near.
    /// Only so many are asked, for each takes a look at every name.
    pub(crate) fn did_you_mean<'n>(
        &mut self,
        name: &str,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Option<Cow<'static, str>> {
        if self.suggestions >= MAX_SUGGESTIONS {
            return None;
        }
        self.suggestions += 1;
        near(name, names).map(|near| format!("did you mean `{near}`?").into())
    }

    /// As [`review`](Self::review), of an object whose members all forbid something: one that is not known
    /// is an error, for it may be a slip.
    pub(crate) fn review_rules(&mut self, object: &Node<'_>, table: &Table) {
        for (name, member) in object.members() {
            if !table.names().any(|known| known == name) {
                let help = self.did_you_mean(name, table.names());
                self.error(
                    &member,
                    format!("unknown member `{name}` protects nothing here"),
                )
                .help_if(|| help);
            }
        }
    }

    /// Says of each member that is not used what becomes of it.
    pub(crate) fn review(&mut self, object: &Node<'_>, table: &Table) {
        for (name, member) in object.members() {
            match table.fate(name) {
                Fate::Used => {}
                Fate::Irrelevant => {
                    self.note(&member, format!("`{name}` is not used"));
                }
                Fate::Ignored(why) => {
                    self.warn(&member, format!("`{name}` is ignored: {why}"));
                }
                Fate::Misplaced => {
                    let home = members::home(name);
                    self.error(&member, format!("`{name}` protects nothing here"))
                        .help_if(|| home.map(|home| format!("it belongs to {home}").into()));
                }
                Fate::Misspelt(meant) => {
                    self.error(
                        &member,
                        format!("unknown member `{name}` protects nothing here"),
                    )
                    .help(format!("did you mean `{meant}`?"));
                }
                Fate::Unknown => {
                    let help = members::home(name)
                        .map(|home| format!("it belongs to {home}").into())
                        .or_else(|| self.did_you_mean(name, table.names()));
                    self.warn(&member, format!("unknown member `{name}` is ignored"))
                        .help_if(|| help);
                }
            }
        }
    }

    // === Where it is read ===

    /// Notes where a part of the model is read, by its JSON pointer in the model.
    pub(crate) fn trace(&mut self, model: &str, node: &Node<'_>) {
        self.trail.note(model, node, self.place);
    }

    /// Notes so of a member that may be absent.
    pub(crate) fn trace_member(&mut self, model: &str, holder: &Node<'_>, member: &str) {
        if let Some(node) = holder.get(member) {
            self.trace(model, &node);
        }
    }

    /// Notes that a part of the model was there before, unless it was read now.
    pub(crate) fn keep(&mut self, model: &str) {
        self.trail.keep(model);
    }

    // === Values of one kind ===

    fn wrong_kind(&mut self, node: &Node<'_>, expected: &str) {
        self.expect(node, expected, format!("found {}", kind(node.value)));
    }

    /// The members of what must be an object. One that is `null` counts as absent.
    pub(crate) fn object<'n>(&mut self, node: &Node<'n>) -> Vec<(&'n str, Node<'n>)> {
        if !node.value.is_object() {
            self.wrong_kind(node, "an object");
        }
        node.members()
            .filter(|(_, member)| !member.value.is_null())
            .collect()
    }

    /// The elements of what must be a list.
    pub(crate) fn list<'n>(&mut self, node: &Node<'n>) -> Vec<Node<'n>> {
        if !node.value.is_array() {
            self.wrong_kind(node, "a list");
        }
        node.items().collect()
    }

    /// A text. A number is taken as it is written, for YAML gives numbers where texts such as
    /// `200` or the version `1.10` are meant.
    pub(crate) fn text(&mut self, node: &Node<'_>) -> Option<String> {
        match node.value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => {
                let tokens = node.tokens(MAX_WAY_BYTES).unwrap_or_default();
                let place = self.place.nearest(tokens.iter().map(AsRef::as_ref));
                let written = self.source.number(place);
                // Of a part without a place of its own, what is found is another's.
                let written = written.filter(|text| text.parse::<f64>().ok() == number.as_f64());
                Some(written.map_or_else(|| number.to_string(), str::to_owned))
            }
            _ => {
                self.wrong_kind(node, "a string");
                None
            }
        }
    }

    /// Texts in a list.
    pub(crate) fn texts(&mut self, node: &Node<'_>) -> Vec<String> {
        let items = self.list(node);
        items.iter().filter_map(|item| self.text(item)).collect()
    }

    /// Texts by name.
    pub(crate) fn text_map(&mut self, node: &Node<'_>) -> IndexMap<String, String> {
        let members = self.object(node);
        members
            .into_iter()
            .filter_map(|(name, member)| Some((name.to_owned(), self.text(&member)?)))
            .collect()
    }

    /// A truth value, which some tools write as text.
    pub(crate) fn flag(&mut self, node: &Node<'_>) -> Option<bool> {
        match node.value {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => {
                self.wrong_kind(node, "`true` or `false`");
                None
            }
        }
    }

    /// A whole number within bounds, which some tools write as text.
    pub(crate) fn number(&mut self, node: &Node<'_>, least: u32, most: u32) -> Option<u32> {
        let number = match node.value {
            Value::Number(number) => number.as_u64(),
            Value::String(text) => text.parse().ok(),
            _ => None,
        };
        let number = number
            .and_then(|number| u32::try_from(number).ok())
            .filter(|number| (least..=most).contains(number));
        if number.is_none() {
            let expected = format!("a whole number from {least} to {most}");
            self.expect(node, &expected, format!("found {}", node.value));
        }
        number
    }

    /// One of an enumeration's names, in any case.
    pub(crate) fn name_of<T>(&mut self, node: &Node<'_>) -> Option<T>
    where
        T: FromStr<Err = UnknownValue>,
    {
        match self.text(node)?.parse() {
            Ok(one) => Some(one),
            Err(UnknownValue {
                what,
                value,
                expected,
            }) => {
                let help = self.did_you_mean(&value, expected.split(", "));
                let expected = format!("one of {expected}");
                self.expect(node, &expected, format!("unknown {what} `{value}`"))
                    .help_if(|| help);
                None
            }
        }
    }

    // === Parts that are read more than once ===

    /// Follows references to what they mean; what is no reference means itself.
    pub(crate) fn resolve(&mut self, node: Node<'a>) -> Option<Node<'a>> {
        let mut at = node;
        for _ in 0..MAX_REFERENCE_HOPS {
            let Some(reference) = at.get("$ref") else {
                return Some(at);
            };
            self.review(&at, &members::REFERENCE);
            at = self.target(&reference)?;
            self.share(&at)?;
        }
        self.error(&at, "references lead in a circle");
        None
    }

    fn target(&mut self, reference: &Node<'a>) -> Option<Node<'a>> {
        let text = self.text(reference)?;
        let Some(fragment) = text.strip_prefix('#') else {
            let expected = "a reference such as `#/parameters/page`";
            let message = format!("`{text}` is outside of the document");
            self.expect(reference, expected, message)
                .help("copy what it means into the document");
            return None;
        };
        let pointer = percent_decode_str(fragment)
            .decode_utf8_lossy()
            .into_owned();
        if let Some(target) = self.document.value.pointer(&pointer) {
            return Some(Node::at_pointer(target, pointer));
        }
        let help = self.near_reference(&pointer);
        self.error(reference, format!("nothing is at `{text}`"))
            .help_if(|| help);
        None
    }

    /// The question whether a pointer was meant that differs in its last name alone.
    fn near_reference(&mut self, pointer: &str) -> Option<Cow<'static, str>> {
        let (holder, name) = pointer.rsplit_once('/')?;
        let holder = self.document.value.pointer(holder)?.as_object()?;
        self.did_you_mean(&unescape(name), holder.keys().map(String::as_str))
    }

    /// Counts a part that is read once more, and refuses when it becomes too much.
    pub(crate) fn share(&mut self, node: &Node<'_>) -> Option<()> {
        let size = *self
            .sizes
            .entry(ptr::from_ref(node.value))
            .or_insert_with(|| size_of(node.value));
        let before = self.shared_bytes;
        self.shared_bytes = before.saturating_add(size);
        if self.shared_bytes <= MAX_SHARED_BYTES {
            return Some(());
        }
        if before <= MAX_SHARED_BYTES {
            self.error(
                node,
                format!("references and defaults repeat more than {MAX_SHARED_BYTES} bytes"),
            );
        }
        None
    }
}

/// Bytes that a value takes, roughly.
fn size_of(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len() + 16,
        Value::Array(items) => 16 + items.iter().map(size_of).sum::<usize>(),
        Value::Object(members) => {
            let size = |(name, value): (&String, &Value)| name.len() + size_of(value);
            16 + members.iter().map(size).sum::<usize>()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => 16,
    }
}

/// AWS's way of saying what is wrong with a method.
pub(crate) fn unable_to_put_method(verb: impl Display, path: &str, why: &str) -> String {
    format!("Unable to put method '{verb}' on resource at path '{path}': {why}")
}
