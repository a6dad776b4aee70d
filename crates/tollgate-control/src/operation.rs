//! What can be asked, and how.

use tollgate_router::Verb;

use crate::call::Call;
use crate::error::Result;
use crate::outcome::Outcome;
use crate::shape::Member;

/// One operation of the service.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operation {
    /// Its name in the service's model.
    pub(crate) name: &'static str,
    pub(crate) verb: Verb,
    pub(crate) path: &'static str,
    /// The query argument by which it is told from another one of the same verb and path.
    pub(crate) when: Option<(&'static str, &'static str)>,
    /// The status of its answers.
    pub(crate) status: u16,
    pub(crate) body: Payload,
    pub(crate) run: Run,
    /// Whether a thread of its own is worth the while.
    pub(crate) may_take_long: bool,
}

/// What its body holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Payload {
    /// Nothing that is looked at.
    None,
    /// A JSON object with these members.
    Members(&'static [Member]),
    /// A document of patch operations.
    Patch,
    /// Bytes of any kind.
    Raw,
}

/// How it is done.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Run {
    /// It is decided on the state alone.
    Decide(fn(&Call<'_>) -> Result<Outcome>),
    /// The data plane takes part.
    Ask(Question),
}

/// What the data plane is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// To try a method of a draft.
    TestInvokeMethod,
    /// To try an authorizer of a draft.
    TestInvokeAuthorizer,
    /// To forget what the authorizers of a stage answered.
    FlushAuthorizers,
    /// What keys have used.
    GetUsage,
    /// To let a key have another rest of its quota.
    UpdateUsage,
}

type Decide = fn(&Call<'_>) -> Result<Outcome>;

const fn operation(name: &'static str, verb: Verb, path: &'static str, run: Decide) -> Operation {
    Operation {
        name,
        verb,
        path,
        when: None,
        status: 200,
        body: Payload::None,
        run: Run::Decide(run),
        // One thing is read at once; lists have no name at their end.
        may_take_long: !(matches!(verb, Verb::Get) && names_one(path)),
    }
}

const fn names_one(path: &str) -> bool {
    matches!(path.as_bytes().last(), Some(b'}'))
}

/// Reads something.
pub(crate) const fn get(name: &'static str, path: &'static str, run: Decide) -> Operation {
    operation(name, Verb::Get, path, run)
}

/// Makes something of members; answers 201.
pub(crate) const fn post(
    name: &'static str,
    path: &'static str,
    members: &'static [Member],
    run: Decide,
) -> Operation {
    Operation {
        status: 201,
        body: Payload::Members(members),
        ..operation(name, Verb::Post, path, run)
    }
}

/// Makes something of members in its place; answers 201.
pub(crate) const fn put(
    name: &'static str,
    path: &'static str,
    members: &'static [Member],
    run: Decide,
) -> Operation {
    Operation {
        verb: Verb::Put,
        ..post(name, path, members, run)
    }
}

/// Changes something by patch operations.
pub(crate) const fn patch(name: &'static str, path: &'static str, run: Decide) -> Operation {
    Operation {
        body: Payload::Patch,
        ..operation(name, Verb::Patch, path, run)
    }
}

/// Removes something; answers 202.
pub(crate) const fn delete(name: &'static str, path: &'static str, run: Decide) -> Operation {
    Operation {
        status: 202,
        ..operation(name, Verb::Delete, path, run)
    }
}

/// Asks the data plane something.
pub(crate) const fn ask(
    name: &'static str,
    verb: Verb,
    path: &'static str,
    body: Payload,
    question: Question,
) -> Operation {
    Operation {
        name,
        verb,
        path,
        when: None,
        status: 200,
        body,
        run: Run::Ask(question),
        may_take_long: true,
    }
}

impl Operation {
    /// Reads one thing, and may take long with it.
    pub(crate) const fn at_length(self) -> Self {
        Self {
            may_take_long: true,
            ..self
        }
    }

    /// Answers with another status.
    pub(crate) const fn answering(self, status: u16) -> Self {
        Self { status, ..self }
    }

    /// Is meant where a query argument has this value.
    pub(crate) const fn when(self, name: &'static str, value: &'static str) -> Self {
        Self {
            when: Some((name, value)),
            ..self
        }
    }

    /// Takes bytes of any kind.
    pub(crate) const fn raw(self) -> Self {
        Self {
            body: Payload::Raw,
            ..self
        }
    }

    /// What its input is called in errors: `createRestApiInput`.
    pub(crate) fn input_name(&self) -> String {
        let (first, rest) = self.name.split_at(1);
        format!("{}{rest}Input", first.to_ascii_lowercase())
    }
}
