//! A value of the document that knows where it stands.

use std::borrow::Cow;
use std::rc::Rc;

use serde_json::Value;

/// A value of the document, and the way there.
#[derive(Clone, Debug)]
pub(crate) struct Node<'a> {
    pub(crate) value: &'a Value,
    way: Rc<Way<'a>>,
}

/// The way to a value. A pointer is only made of it when there is something to say: pointers of
/// all values together could be far longer than the document.
#[derive(Debug)]
enum Way<'a> {
    Pointer(String),
    Name(Rc<Self>, &'a str),
    Index(Rc<Self>, usize),
}

impl<'a> Node<'a> {
    /// The whole document.
    pub(crate) fn root(value: &'a Value) -> Self {
        Self::at_pointer(value, String::new())
    }

    /// A value at a pointer.
    pub(crate) fn at_pointer(value: &'a Value, pointer: String) -> Self {
        Self {
            value,
            way: Rc::new(Way::Pointer(pointer)),
        }
    }

    /// The value's JSON pointer.
    pub(crate) fn pointer(&self) -> String {
        let mut tokens = Vec::new();
        let mut way = &self.way;
        let mut pointer = loop {
            way = match way.as_ref() {
                Way::Pointer(pointer) => break pointer.clone(),
                Way::Name(above, name) => {
                    tokens.push(escape(name));
                    above
                }
                Way::Index(above, index) => {
                    tokens.push(Cow::Owned(index.to_string()));
                    above
                }
            };
        };
        for token in tokens.iter().rev() {
            pointer.push('/');
            pointer.push_str(token);
        }
        pointer
    }

    /// The names and indices on the way to the value, unless they have more bytes than this.
    pub(crate) fn tokens(&self, most_bytes: usize) -> Option<Vec<Cow<'_, str>>> {
        let mut tokens = Vec::new();
        let mut way = &self.way;
        loop {
            way = match way.as_ref() {
                Way::Pointer(pointer) if pointer.len() > most_bytes => return None,
                Way::Pointer(pointer) => {
                    tokens.extend(pointer.rsplit('/').map(unescape));
                    // What stands before the first slash is nothing.
                    tokens.pop();
                    break;
                }
                Way::Name(above, name) => {
                    tokens.push(Cow::Borrowed(*name));
                    above
                }
                Way::Index(above, index) => {
                    tokens.push(Cow::Owned(index.to_string()));
                    above
                }
            };
        }
        tokens.reverse();
        let bytes: usize = tokens.iter().map(|token| token.len()).sum();
        (bytes <= most_bytes).then_some(tokens)
    }

    /// The member of an object. One that is `null` counts as absent.
    pub(crate) fn get(&self, name: &str) -> Option<Self> {
        self.get_even_null(name)
            .filter(|member| !member.value.is_null())
    }

    /// The member of an object, where `null` must not pass for absence.
    pub(crate) fn get_even_null(&self, name: &str) -> Option<Self> {
        let (name, value) = self.value.as_object()?.get_key_value(name)?;
        Some(self.member(name, value))
    }

    /// The member below members.
    pub(crate) fn at(&self, names: &[&str]) -> Option<Self> {
        names
            .iter()
            .try_fold(self.clone(), |node, name| node.get(name))
    }

    /// The members of an object; nothing for another value.
    pub(crate) fn members(&self) -> impl Iterator<Item = (&'a str, Self)> {
        self.value
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, value)| (name.as_str(), self.member(name, value)))
    }

    /// The elements of a list; nothing for another value.
    pub(crate) fn items(&self) -> impl Iterator<Item = Self> {
        let items = self.value.as_array().into_iter().flatten();
        items.enumerate().map(|(index, value)| Self {
            value,
            way: Rc::new(Way::Index(Rc::clone(&self.way), index)),
        })
    }

    fn member(&self, name: &'a str, value: &'a Value) -> Self {
        Self {
            value,
            way: Rc::new(Way::Name(Rc::clone(&self.way), name)),
        }
    }
}

/// What a value is called in diagnostics.
pub(crate) const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// A name as a token of a JSON pointer (RFC 6901).
pub(crate) fn escape(name: &str) -> Cow<'_, str> {
    if name.contains(['~', '/']) {
        Cow::Owned(name.replace('~', "~0").replace('/', "~1"))
    } else {
        Cow::Borrowed(name)
    }
}

/// The name that a token of a JSON pointer stands for.
pub(crate) fn unescape(token: &str) -> Cow<'_, str> {
    if token.contains('~') {
        Cow::Owned(token.replace("~1", "/").replace("~0", "~"))
    } else {
        Cow::Borrowed(token)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn pointers_follow_the_way_down() {
        let value = json!({"paths": {"/a~b": [{"get": null}, 1]}});
        let root = Node::root(&value);
        let list = root.at(&["paths", "/a~b"]).unwrap();
        assert_eq!(list.pointer(), "/paths/~1a~0b");
        let pointers: Vec<_> = list.items().map(|item| item.pointer()).collect();
        assert_eq!(pointers, ["/paths/~1a~0b/0", "/paths/~1a~0b/1"]);
        for item in list.items() {
            assert_eq!(value.pointer(&item.pointer()), Some(item.value));
            let again = Node::at_pointer(item.value, item.pointer());
            assert_eq!(again.tokens(100), item.tokens(100));
            assert_eq!(item.tokens(100).unwrap()[..2], ["paths", "/a~b"]);
            assert_eq!(item.tokens(8), None);
        }
        assert_eq!(root.tokens(0), Some(Vec::new()));
    }

    #[test]
    fn null_is_absent_unless_asked_for() {
        let value = json!({"security": null});
        let root = Node::root(&value);
        assert!(root.get("security").is_none());
        assert!(root.get_even_null("security").is_some());
        assert!(root.get_even_null("paths").is_none());
    }

    #[test]
    fn tokens_come_back_as_the_names_they_escape() {
        for name in ["plain", "/pets/{id}", "~1", "a~/b", ""] {
            assert_eq!(unescape(&escape(name)), name);
        }
    }
}
