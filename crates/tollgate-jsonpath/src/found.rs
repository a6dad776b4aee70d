//! What a path gives.

use crate::node::{Node, Number, View};

/// The result of a path: a value of the document, or one made from it.
///
/// It is a [`Node`] itself, so that callers walk it the same way in both cases.
#[derive(Clone, Debug, PartialEq)]
pub enum Found<N> {
    /// A value of the document.
    Node(N),
    /// A function's `null`, or one in a literal.
    Null,
    /// A boolean in a literal.
    Bool(bool),
    /// A function's number, or one in a literal.
    Number(Number<'static>),
    /// The text `concat()` makes, or one in a literal.
    Text(Box<str>),
    /// The matches of an indefinite path, or the list `append()` makes.
    List(Vec<Self>),
    /// The members several names select, in the order of the names.
    Map(Vec<(Box<str>, Self)>),
    /// The names `keys()` gives; Java has them as a set, they walk as a list.
    Keys(Vec<Box<str>>),
}

impl<N> Found<N> {
    /// The memory that a copy takes beside its own place; none for a value of the document.
    pub(crate) fn own_bytes(&self) -> usize {
        match self {
            Self::Node(_) | Self::Null | Self::Bool(_) => 0,
            Self::Number(Number::BigInt(digits) | Number::Decimal(digits)) => digits.len(),
            Self::Number(_) => 0,
            Self::Text(text) => text.len(),
            Self::List(list) => {
                let items = list.iter().map(|item| size_of::<Self>() + item.own_bytes());
                items.sum()
            }
            Self::Map(members) => {
                let member = size_of::<(Box<str>, Self)>();
                let members = members.iter();
                let members = members.map(|(name, it)| member + name.len() + it.own_bytes());
                members.sum()
            }
            Self::Keys(names) => {
                let names = names.iter().map(|name| size_of_val(name) + name.len());
                names.sum()
            }
        }
    }
}

impl<N: Node> Node for Found<N> {
    fn view(&self) -> View<'_> {
        match self {
            Self::Node(node) => node.view(),
            Self::Null => View::Null,
            Self::Bool(value) => View::Bool(*value),
            Self::Number(number) => View::Number(number.clone()),
            Self::Text(text) => View::Text(text),
            Self::List(_) | Self::Keys(_) => View::List,
            Self::Map(_) => View::Map,
        }
    }

    fn size(&self) -> usize {
        match self {
            Self::Node(node) => node.size(),
            Self::List(list) => list.len(),
            Self::Keys(names) => names.len(),
            Self::Map(members) => members.len(),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) => 0,
        }
    }

    fn member(&self, name: &str) -> Option<Self> {
        match self {
            Self::Node(node) => node.member(name).map(Self::Node),
            Self::Map(members) => members
                .iter()
                .find(|(member, _)| **member == *name)
                .map(|(_, value)| value.clone()),
            _ => None,
        }
    }

    fn element(&self, index: usize) -> Option<Self> {
        match self {
            Self::Node(node) => node.element(index).map(Self::Node),
            Self::List(list) => list.get(index).cloned(),
            Self::Keys(names) => names.get(index).cloned().map(Self::Text),
            _ => None,
        }
    }

    fn try_each_member<E>(
        &self,
        mut visit: impl FnMut(&str, Self) -> Result<(), E>,
    ) -> Result<(), E> {
        match self {
            Self::Node(node) => node.try_each_member(|name, value| visit(name, Self::Node(value))),
            Self::Map(members) => members
                .iter()
                .try_for_each(|(name, value)| visit(name, value.clone())),
            _ => Ok(()),
        }
    }

    fn try_each_element<E>(&self, mut visit: impl FnMut(Self) -> Result<(), E>) -> Result<(), E> {
        match self {
            Self::Node(node) => node.try_each_element(|element| visit(Self::Node(element))),
            Self::List(list) => list.iter().cloned().try_for_each(visit),
            Self::Keys(names) => names.iter().cloned().map(Self::Text).try_for_each(visit),
            _ => Ok(()),
        }
    }
}

/// Copies what was found. A big whole number or decimal fraction becomes the nearest double, and
/// what JSON has no number for becomes `null`.
#[cfg(feature = "serde_json")]
impl From<Found<&Self>> for serde_json::Value {
    fn from(found: Found<&Self>) -> Self {
        match found {
            Found::Node(node) => node.clone(),
            Found::Null => Self::Null,
            Found::Bool(value) => Self::Bool(value),
            Found::Number(Number::Int(number)) => number.into(),
            Found::Number(number) => number.to_f64().into(),
            Found::Text(text) => Self::String(text.into()),
            Found::List(list) => Self::Array(list.into_iter().map(Self::from).collect()),
            Found::Map(members) => Self::Object(
                members
                    .into_iter()
                    .map(|(name, value)| (name.into(), Self::from(value)))
                    .collect(),
            ),
            Found::Keys(names) => Self::Array(
                names
                    .into_iter()
                    .map(|name| Self::String(name.into()))
                    .collect(),
            ),
        }
    }
}
