//! Patch operations, as tables over the model.
//!
//! Each kind of thing has one table: which paths there are, which operations they take, and which part
//! of the model they change. All calls that patch go through [`Table::apply`].

mod edit;

use crate::call::Call;
use crate::error::{ControlError, Result};
use crate::shape::{Member, Shape, Violations, optional};

pub(crate) use edit::{Edit, Target, edit_map};

/// What is done at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Add,
    Replace,
    Remove,
    Copy,
    /// The service knows the name, and nothing that takes it.
    Move,
    /// As `Move`.
    Test,
}

impl Op {
    const NAMES: &[&str] = &["add", "remove", "move", "test", "replace", "copy"];

    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "add" => Self::Add,
            "replace" => Self::Replace,
            "remove" => Self::Remove,
            "copy" => Self::Copy,
            "move" => Self::Move,
            "test" => Self::Test,
            _ => return None,
        })
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Replace => "replace",
            Self::Remove => "remove",
            Self::Copy => "copy",
            Self::Move => "move",
            Self::Test => "test",
        }
    }
}

/// One patch operation. All values are texts.
#[derive(Clone, Debug)]
pub(crate) struct PatchOperation {
    pub(crate) op: Op,
    pub(crate) path: Option<String>,
    pub(crate) value: Option<String>,
    pub(crate) from: Option<String>,
}

const MEMBERS: &[Member] = &[optional(
    "patchOperations",
    Shape::List(&Shape::Object(&[
        optional("op", Shape::OneOf(Op::NAMES)),
        optional("path", Shape::Text),
        optional("value", Shape::Text),
        optional("from", Shape::Text),
    ])),
)];

/// Reads a document of patch operations.
///
/// # Errors
///
/// Where it is none.
pub(crate) fn read(
    body: &[u8],
    at: &str,
    violations: &mut Violations,
) -> Result<Vec<PatchOperation>> {
    let input = crate::shape::read(body, MEMBERS, at, violations)?;
    let operations = input.objects("patchOperations");
    let read = |input: crate::input::Input| {
        let text = |name| input.text(name).map(str::to_owned);
        // One that is none is among the violations.
        let op = input.text("op").and_then(Op::of).unwrap_or(Op::Test);
        PatchOperation {
            op,
            path: text("path"),
            value: text("value"),
            from: text("from"),
        }
    };
    Ok(operations.into_iter().map(read).collect())
}

/// The operations that a path takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ops(&'static [Op]);

/// `replace` alone.
pub(crate) const REPLACE: Ops = Ops(&[Op::Replace]);
/// `add`, `replace` and `remove`.
pub(crate) const ALL: Ops = Ops(&[Op::Add, Op::Replace, Op::Remove]);
/// `add` and `remove`.
pub(crate) const ADD_REMOVE: Ops = Ops(&[Op::Add, Op::Remove]);
/// `replace` and `remove`.
pub(crate) const REPLACE_REMOVE: Ops = Ops(&[Op::Replace, Op::Remove]);
/// `add` and `replace`.
pub(crate) const ADD_REPLACE: Ops = Ops(&[Op::Add, Op::Replace]);
/// `remove` alone.
pub(crate) const REMOVE: Ops = Ops(&[Op::Remove]);
/// All that there are: the edit says which it takes.
pub(crate) const ANY: Ops = Ops(&[
    Op::Add,
    Op::Replace,
    Op::Remove,
    Op::Copy,
    Op::Move,
    Op::Test,
]);

/// A path and what it changes. A segment `{name}` of the path stands for any one segment, and a last
/// `{name+}` for one or more.
#[derive(Debug)]
pub(crate) struct Row<T: 'static> {
    path: &'static str,
    ops: Ops,
    edit: Edit<T>,
}

/// A row of a table.
pub(crate) const fn row<T>(path: &'static str, ops: Ops, edit: Edit<T>) -> Row<T> {
    Row { path, ops, edit }
}

impl<T> Row<T> {
    fn takes(&self, op: Op) -> bool {
        self.ops.0.contains(&op)
    }
}

/// In which words wrong operations are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// Paths that there are, are told.
    Strict,
    /// They are not.
    Loose,
}

/// All that can be patched of one kind of thing.
#[derive(Debug)]
pub(crate) struct Table<T: 'static> {
    pub(crate) style: Style,
    pub(crate) rows: &'static [Row<T>],
}

impl<T> Table<T> {
    /// Does the call's operations in their order, to all of which one failure puts an end.
    ///
    /// # Errors
    ///
    /// Where one cannot be done, in the service's words.
    pub(crate) fn apply(&self, call: &Call<'_>, subject: &mut T) -> Result<()> {
        call.patches()
            .iter()
            .try_for_each(|operation| self.apply_one(call, operation, subject))
    }

    fn apply_one(
        &self,
        call: &Call<'_>,
        operation: &PatchOperation,
        subject: &mut T,
    ) -> Result<()> {
        let path = operation.path.as_deref();
        let segments = path.and_then(segments);
        let found = segments.and_then(|segments| {
            let rows = self.rows.iter();
            let mut rows = rows.filter_map(|row| Some((row, captured(row.path, &segments)?)));
            let first = rows.next()?;
            // The first that takes the operation; where there is none, the first tells which it takes.
            if first.0.takes(operation.op) {
                return Some(first);
            }
            let other = rows.find(|(row, _)| row.takes(operation.op));
            Some(other.unwrap_or(first))
        });
        let Some((row, names)) = found else {
            return Err(self.unknown_path(operation));
        };
        if !row.takes(operation.op) {
            return Err(self.unsupported(operation, row));
        }
        let target = Target::new(call, operation, names);
        row.edit.apply(subject, &target)
    }

    fn unknown_path(&self, operation: &PatchOperation) -> ControlError {
        let path = operation.path.as_deref().unwrap_or("null");
        ControlError::bad_request(match self.style {
            Style::Strict => {
                let paths = self.paths_for(operation.op).join(", ");
                let op = operation.op.name();
                format!(
                    "Invalid patch path  '{path}' specified for op '{op}'. Must be one of: [{paths}]"
                )
            }
            Style::Loose => format!("Invalid patch path {path}"),
        })
    }

    /// The paths that take an operation, or all where none does, as the service tells them.
    fn paths_for(&self, op: Op) -> Vec<String> {
        // A last `{name+}` is another spelling of what the rows before it say.
        let rows = self.rows.iter().filter(|row| !row.path.ends_with("+}"));
        let (taking, others): (Vec<_>, Vec<_>) = rows.partition(|row| row.ops.0.contains(&op));
        let told = if taking.is_empty() { others } else { taking };
        let spelled = |row: &Row<T>| row.path.replace('{', "<").replace('}', ">");
        told.into_iter().map(spelled).collect()
    }

    fn unsupported(&self, operation: &PatchOperation, row: &Row<T>) -> ControlError {
        let path = operation.path.as_deref().unwrap_or("null");
        ControlError::bad_request(match self.style {
            Style::Strict => format!(
                "Invalid patch path  '{path}' specified for op '{}'. Please choose supported \
                 operations",
                operation.op.name()
            ),
            Style::Loose => {
                let ops: Vec<_> = row.ops.0.iter().map(|op| op.name()).collect();
                format!(
                    "Invalid patch operation specified. Must be one of: [{}]",
                    ops.join(", ")
                )
            }
        })
    }
}

/// The segments of a JSON Pointer; `None` where it is none.
fn segments(path: &str) -> Option<Vec<String>> {
    let path = path.strip_prefix('/')?;
    let unescaped = |segment: &str| segment.replace("~1", "/").replace("~0", "~");
    Some(path.split('/').map(unescaped).collect())
}

/// What stands for the names of a row's path, if it is that path.
fn captured(pattern: &str, segments: &[String]) -> Option<Vec<String>> {
    let mut names = Vec::new();
    let mut rest = segments;
    for part in pattern.split('/').skip(1) {
        if part.ends_with("+}") {
            if rest.is_empty() {
                return None;
            }
            names.extend_from_slice(rest);
            return Some(names);
        }
        let (first, others) = rest.split_first()?;
        if part.starts_with('{') {
            names.push(first.clone());
        } else if part != first {
            return None;
        }
        rest = others;
    }
    rest.is_empty().then_some(names)
}
