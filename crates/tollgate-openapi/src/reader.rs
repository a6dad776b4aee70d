//! Reads values as what they must be, and keeps all that there is to say about them.

use std::collections::HashMap;
use std::fmt::Display;
use std::ptr;
use std::str::FromStr;

use indexmap::IndexMap;
use percent_encoding::percent_decode_str;
use serde_json::Value;
use tollgate_core::{Diagnostic, Diagnostics, Severity};
use tollgate_model::UnknownValue;

use crate::limits::{MAX_REFERENCE_HOPS, MAX_SHARED_BYTES};
use crate::members::{self, Fate, Table};
use crate::node::{Node, kind};
use crate::remarks::Remarks;
use crate::source::Source;
use crate::version::Version;

/// A document that is being read.
pub(crate) struct Reader<'a> {
    pub(crate) document: Node<'a>,
    pub(crate) version: Version,
    source: Source<'a>,
    remarks: Remarks,
    shared_bytes: usize,
    /// Sizes of shared parts, by their address in the document.
    sizes: HashMap<*const Value, usize>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(
        document: Node<'a>,
        version: Version,
        source: Source<'a>,
        remarks: Remarks,
    ) -> Self {
        Self {
            document,
            version,
            source,
            remarks,
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
    ) {
        // Asked first, for making pointers takes time.
        if self.remarks.is_full(severity) {
            return;
        }
        let mut remark = Diagnostic::new(severity, node.pointer(), message);
        remark.expected = expected.map(str::to_owned);
        self.remarks.say(remark);
    }

    pub(crate) fn error(&mut self, node: &Node<'_>, message: impl Into<String>) {
        self.say(Severity::Error, node, message, None);
    }

    /// An error that says what would have been right.
    pub(crate) fn expect(&mut self, node: &Node<'_>, expected: &str, message: impl Into<String>) {
        self.say(Severity::Error, node, message, Some(expected));
    }

    pub(crate) fn warn(&mut self, node: &Node<'_>, message: impl Into<String>) {
        self.say(Severity::Warning, node, message, None);
    }

    fn note(&mut self, node: &Node<'_>, message: impl Into<String>) {
        self.say(Severity::Note, node, message, None);
    }

    /// All that was said, in the order of the text.
    pub(crate) fn finish(self) -> Diagnostics {
        self.remarks.into_diagnostics(self.source)
    }

    /// Says of each member that is not used what becomes of it.
    pub(crate) fn review(&mut self, object: &Node<'_>, table: &Table) {
        for (name, member) in object.members() {
            match table.fate(name) {
                Fate::Used => {}
                Fate::Irrelevant => self.note(&member, format!("`{name}` is not used")),
                Fate::Ignored(why) => self.warn(&member, format!("`{name}` is ignored: {why}")),
                Fate::Misplaced => self.error(&member, format!("`{name}` protects nothing here")),
                Fate::Unknown => self.warn(&member, format!("unknown member `{name}` is ignored")),
            }
        }
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

    /// A text; YAML gives numbers where texts such as `200` are meant.
    pub(crate) fn text(&mut self, node: &Node<'_>) -> Option<String> {
        match node.value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => {
                self.wrong_kind(node, "a string");
                None
            }
        }
    }

    /// A text, where a number such as the version `1.10` must keep its spelling.
    pub(crate) fn text_as_written(&mut self, node: &Node<'_>) -> Option<String> {
        if node.value.is_number()
            && let Some(written) = self.source.scalar(&node.pointer())
        {
            return Some(written.to_owned());
        }
        self.text(node)
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
                let expected = format!("one of {expected}");
                self.expect(node, &expected, format!("unknown {what} `{value}`"));
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
            self.expect(reference, expected, message);
            return None;
        };
        let pointer = percent_decode_str(fragment)
            .decode_utf8_lossy()
            .into_owned();
        let target = self.document.value.pointer(&pointer);
        if target.is_none() {
            self.error(reference, format!("nothing is at `{text}`"));
        }
        target.map(|value| Node::at_pointer(value, pointer))
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
