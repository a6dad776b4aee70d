//! Lists and maps written into a path.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::error::ReadError;
use crate::found::Found;
use crate::lenient::Build;
use crate::node::{Node, Number, View};

/// A JSON value that stands in the path itself.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum LiteralValue {
    Null,
    Bool(bool),
    Number(Number<'static>),
    Text(Box<str>),
    List(Vec<Self>),
    Map(Vec<(Box<str>, Self)>),
}

impl LiteralValue {
    /// The same value as a result.
    pub(crate) fn to_found<N>(&self) -> Found<N> {
        match self {
            Self::Null => Found::Null,
            Self::Bool(value) => Found::Bool(*value),
            Self::Number(number) => Found::Number(number.clone()),
            Self::Text(text) => Found::Text(text.clone()),
            Self::List(list) => Found::List(list.iter().map(Self::to_found).collect()),
            Self::Map(members) => Found::Map(
                members
                    .iter()
                    .map(|(name, value)| (name.clone(), value.to_found()))
                    .collect(),
            ),
        }
    }
}

impl Node for &LiteralValue {
    fn view(&self) -> View<'_> {
        match self {
            LiteralValue::Null => View::Null,
            LiteralValue::Bool(value) => View::Bool(*value),
            LiteralValue::Number(number) => View::Number(number.clone()),
            LiteralValue::Text(text) => View::Text(text),
            LiteralValue::List(_) => View::List,
            LiteralValue::Map(_) => View::Map,
        }
    }

    fn size(&self) -> usize {
        match self {
            LiteralValue::List(list) => list.len(),
            LiteralValue::Map(members) => members.len(),
            _ => 0,
        }
    }

    fn member(&self, name: &str) -> Option<Self> {
        match self {
            LiteralValue::Map(members) => members
                .iter()
                .find(|(member, _)| **member == *name)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    fn element(&self, index: usize) -> Option<Self> {
        match self {
            LiteralValue::List(list) => list.get(index),
            _ => None,
        }
    }

    fn try_each_member<E>(
        &self,
        mut visit: impl FnMut(&str, Self) -> Result<(), E>,
    ) -> Result<(), E> {
        match self {
            LiteralValue::Map(members) => members
                .iter()
                .try_for_each(|(name, value)| visit(name, value)),
            _ => Ok(()),
        }
    }
}

/// Makes [`LiteralValue`]s.
pub(crate) struct LiteralBuilder;

impl Build for LiteralBuilder {
    type Value = LiteralValue;

    fn null(&mut self) -> LiteralValue {
        LiteralValue::Null
    }

    fn bool(&mut self, value: bool) -> LiteralValue {
        LiteralValue::Bool(value)
    }

    fn number(&mut self, number: Number<'_>) -> LiteralValue {
        LiteralValue::Number(number.into_owned())
    }

    fn text(&mut self, text: String) -> LiteralValue {
        LiteralValue::Text(text.into())
    }

    fn list(&mut self, elements: Vec<LiteralValue>) -> LiteralValue {
        LiteralValue::List(elements)
    }

    fn map(&mut self, members: Vec<(String, LiteralValue)>) -> LiteralValue {
        let mut map: Vec<(Box<str>, LiteralValue)> = Vec::with_capacity(members.len());
        let mut places: HashMap<Box<str>, usize> = HashMap::with_capacity(members.len());
        for (name, value) in members {
            let name = Box::from(name);
            match places.entry(Box::clone(&name)) {
                Entry::Occupied(place) => map[*place.get()].1 = value,
                Entry::Vacant(place) => {
                    place.insert(map.len());
                    map.push((name, value));
                }
            }
        }
        LiteralValue::Map(map)
    }
}

/// A list or map in a filter. One that cannot be read fails where it is compared, as in Java.
#[derive(Clone, Debug)]
pub(crate) struct Literal {
    value: Result<LiteralValue, ReadError>,
}

impl Literal {
    pub(crate) fn for_filter(value: Result<LiteralValue, ReadError>) -> Self {
        Self { value }
    }

    pub(crate) fn value(&self) -> Result<&LiteralValue, ReadError> {
        self.value.as_ref().map_err(Clone::clone)
    }
}
