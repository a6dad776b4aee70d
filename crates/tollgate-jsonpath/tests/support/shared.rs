//! A value that is shared and changeable, as a template engine's is: elements come out as handles.

use std::cell::RefCell;
use std::rc::Rc;

use tollgate_jsonpath::{Build, Found, Node, Number, View};

/// A value whose lists and maps are shared by all its clones.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shared {
    Null,
    Bool(bool),
    Number(Number<'static>),
    Text(Rc<str>),
    List(Rc<RefCell<Vec<Self>>>),
    Map(Rc<RefCell<Vec<(String, Self)>>>),
}

impl Shared {
    /// The result of a path as a value of its own.
    pub(crate) fn from_found(found: &Found<Self>) -> Self {
        if let Found::Node(node) = found {
            return node.clone();
        }
        match found.view() {
            View::Bool(value) => Self::Bool(value),
            View::Number(number) => Self::Number(number.into_owned()),
            View::Text(text) => Self::Text(text.into()),
            View::List => {
                let mut list = Vec::new();
                let visited: Result<(), ()> = found.try_each_element(|element| {
                    list.push(Self::from_found(&element));
                    Ok(())
                });
                visited.expect("no visit fails");
                Self::List(Rc::new(RefCell::new(list)))
            }
            View::Map => {
                let mut members = Vec::new();
                let visited: Result<(), ()> = found.try_each_member(|name, value| {
                    members.push((name.to_owned(), Self::from_found(&value)));
                    Ok(())
                });
                visited.expect("no visit fails");
                Self::Map(Rc::new(RefCell::new(members)))
            }
            _ => Self::Null,
        }
    }
}

impl Node for Shared {
    fn view(&self) -> View<'_> {
        match self {
            Self::Null => View::Null,
            Self::Bool(value) => View::Bool(*value),
            Self::Number(number) => View::Number(number.clone()),
            Self::Text(text) => View::Text(text),
            Self::List(_) => View::List,
            Self::Map(_) => View::Map,
        }
    }

    fn size(&self) -> usize {
        match self {
            Self::List(list) => list.borrow().len(),
            Self::Map(members) => members.borrow().len(),
            _ => 0,
        }
    }

    fn member(&self, name: &str) -> Option<Self> {
        match self {
            Self::Map(members) => members
                .borrow()
                .iter()
                .find(|(member, _)| member == name)
                .map(|(_, value)| value.clone()),
            _ => None,
        }
    }

    fn element(&self, index: usize) -> Option<Self> {
        match self {
            Self::List(list) => list.borrow().get(index).cloned(),
            _ => None,
        }
    }

    fn try_each_member<E>(
        &self,
        mut visit: impl FnMut(&str, Self) -> Result<(), E>,
    ) -> Result<(), E> {
        match self {
            Self::Map(members) => members
                .borrow()
                .iter()
                .try_for_each(|(name, value)| visit(name, value.clone())),
            _ => Ok(()),
        }
    }
}

/// Makes [`Shared`] values.
pub(crate) struct SharedBuilder;

impl Build for SharedBuilder {
    type Value = Shared;

    fn null(&mut self) -> Shared {
        Shared::Null
    }

    fn bool(&mut self, value: bool) -> Shared {
        Shared::Bool(value)
    }

    fn number(&mut self, number: Number<'_>) -> Shared {
        Shared::Number(number.into_owned())
    }

    fn text(&mut self, text: String) -> Shared {
        Shared::Text(text.into())
    }

    fn list(&mut self, elements: Vec<Shared>) -> Shared {
        Shared::List(Rc::new(RefCell::new(elements)))
    }

    fn map(&mut self, members: Vec<(String, Shared)>) -> Shared {
        let mut map: Vec<(String, Shared)> = Vec::new();
        for (name, value) in members {
            match map.iter_mut().find(|(other, _)| *other == name) {
                Some(member) => member.1 = value,
                None => map.push((name, value)),
            }
        }
        Shared::Map(Rc::new(RefCell::new(map)))
    }
}
