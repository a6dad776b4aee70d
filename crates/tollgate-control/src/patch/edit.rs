//! What one patch operation changes.

use std::fmt::Display;
use std::str::FromStr;

use indexmap::IndexMap;

use crate::call::Call;
use crate::error::{ControlError, Result};

use super::{Op, PatchOperation};

/// The part of the model that a path stands for.
pub(crate) enum Edit<T: 'static> {
    /// A text that may be absent; an empty one is.
    Text(fn(&mut T) -> &mut Option<String>),
    /// A flag: whatever is not `true` is false (recorded).
    Flag(fn(&mut T) -> &mut bool),
    /// Texts, of which the operation's value is added or removed.
    Texts(fn(&mut T) -> &mut Vec<String>),
    /// Texts by the name that is last in the path; with what is said where one is not there.
    Map(fn(&mut T) -> &mut IndexMap<String, String>, &'static str),
    /// Flags, likewise.
    Flags(fn(&mut T) -> &mut IndexMap<String, bool>, &'static str),
    /// Something of its own.
    With(fn(&mut T, &Target<'_>) -> Result<()>),
}

/// What one operation is about.
#[derive(Debug)]
pub(crate) struct Target<'a> {
    pub(crate) call: &'a Call<'a>,
    pub(crate) operation: &'a PatchOperation,
    names: Vec<String>,
}

impl<'a> Target<'a> {
    pub(super) const fn new(
        call: &'a Call<'a>,
        operation: &'a PatchOperation,
        names: Vec<String>,
    ) -> Self {
        Self {
            call,
            operation,
            names,
        }
    }

    pub(crate) const fn op(&self) -> Op {
        self.operation.op
    }

    /// The path, as it was sent.
    pub(crate) fn path(&self) -> &'a str {
        self.operation.path.as_deref().unwrap_or_default()
    }

    /// The value; a missing one is empty.
    pub(crate) fn value(&self) -> &'a str {
        self.operation.value.as_deref().unwrap_or_default()
    }

    /// The value, unless it is empty or the text goes.
    pub(crate) fn some_value(&self) -> Option<String> {
        let is_there = self.op() != Op::Remove && !self.value().is_empty();
        is_there.then(|| self.value().to_owned())
    }

    /// The value, as one of those that the model knows; an empty one is none.
    ///
    /// # Errors
    ///
    /// 400 where it is another one.
    pub(crate) fn parsed<V: FromStr<Err: Display>>(&self) -> Result<Option<V>> {
        let value = self.some_value().map(|value| value.parse());
        let value = value.transpose();
        value.map_err(|error: V::Err| ControlError::bad_request(error.to_string()))
    }

    /// Whatever is not `true` is false (recorded).
    pub(crate) fn flag(&self) -> bool {
        self.op() != Op::Remove && self.value() == "true"
    }

    /// What stands for the names of the row's path, unescaped.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// What stands for the last name of the row's path.
    pub(crate) fn name(&self) -> &str {
        self.names.last().map_or("", String::as_str)
    }
}

impl<T> Edit<T> {
    pub(super) fn apply(&self, subject: &mut T, target: &Target<'_>) -> Result<()> {
        match self {
            Self::Text(of) => *of(subject) = target.some_value(),
            Self::Flag(of) => *of(subject) = target.flag(),
            Self::Texts(of) => {
                let (texts, value) = (of(subject), target.value());
                if target.op() == Op::Remove {
                    texts.retain(|text| text != value);
                } else if !texts.iter().any(|text| text == value) {
                    texts.push(value.to_owned());
                }
            }
            Self::Map(of, missing) => {
                edit_map(of(subject), target, target.value().to_owned(), missing)?;
            }
            Self::Flags(of, missing) => edit_map(of(subject), target, target.flag(), missing)?,
            Self::With(edit) => edit(subject, target)?,
        }
        Ok(())
    }
}

/// Adds, replaces or removes the entry of a map that the path names last.
///
/// # Errors
///
/// 404 with the text `missing` where one is to be replaced or removed that is not there.
pub(crate) fn edit_map<V>(
    map: &mut IndexMap<String, V>,
    target: &Target<'_>,
    value: V,
    missing: &'static str,
) -> Result<()> {
    let name = target.name();
    if target.op() != Op::Add && !map.contains_key(name) {
        return Err(ControlError::not_found(missing));
    }
    if target.op() == Op::Remove {
        map.shift_remove(name);
    } else {
        map.insert(name.to_owned(), value);
    }
    Ok(())
}

/// The functions have no form that could be shown.
impl<T> std::fmt::Debug for Edit<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text",
            Self::Flag(_) => "Flag",
            Self::Texts(_) => "Texts",
            Self::Map(..) => "Map",
            Self::Flags(..) => "Flags",
            Self::With(_) => "With",
        })
    }
}
