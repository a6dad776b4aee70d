//! What the variables in a macro stand for where it is called.

use crate::program::{Argument, Call, Expr, Macro, Parameter, Property, Slot, Span, Step};

/// What a macro is called with, and from what.
pub(super) struct Scope<'s> {
    parameters: &'s [Parameter],
    arguments: &'s [Argument],
    caller: Option<&'s Self>,
}

/// What a variable in a macro stands for.
pub(super) enum Meaning<'s> {
    /// A constant argument.
    Constant(&'s Expr),
    /// Properties of a variable outside of all macros, and how the argument of the innermost macro
    /// is written if it is one.
    Path(Slot, Vec<&'s Property>, Option<Span>),
}

impl<'s> Scope<'s> {
    /// The scope of a macro that is called with as many arguments as it has parameters; none if some
    /// argument is more than a constant or properties of a variable.
    pub(super) fn new(made: &'s Macro, call: &'s Call, caller: Option<&'s Self>) -> Option<Self> {
        let (parameters, arguments) = (&*made.parameters, &*call.arguments);
        let twice = |(at, parameter): (usize, &Parameter)| {
            parameters[..at].iter().any(|it| it.slot == parameter.slot)
        };
        let fits = parameters.len() == arguments.len()
            && arguments.iter().all(|argument| is_simple(&argument.value))
            && !parameters.iter().enumerate().any(twice);
        fits.then_some(Scope {
            parameters,
            arguments,
            caller,
        })
    }

    /// What a variable stands for; none if that is a member of a constant.
    pub(super) fn meaning(&self, slot: Slot) -> Option<Meaning<'s>> {
        let Some((argument, caller)) = self.argument(slot) else {
            return Some(Meaning::Path(slot, Vec::new(), None));
        };
        let Expr::Reference(reference) = &argument.value else {
            return Some(Meaning::Constant(&argument.value));
        };
        let outer = match caller {
            Some(caller) => caller.meaning(reference.slot)?,
            None => Meaning::Path(reference.slot, Vec::new(), None),
        };
        Some(match outer {
            Meaning::Constant(_) if !reference.steps.is_empty() => return None,
            Meaning::Constant(constant) => Meaning::Constant(constant),
            Meaning::Path(slot, mut path, _) => {
                path.extend(reference.steps.iter().filter_map(Step::as_property));
                Meaning::Path(slot, path, Some(argument.source))
            }
        })
    }

    /// Whether a variable is a parameter of this macro or of one that calls it.
    pub(super) fn binds(&self, slot: Slot) -> bool {
        self.argument(slot).is_some()
    }

    /// The argument a parameter stands for, and the scope it is written in.
    fn argument(&self, slot: Slot) -> Option<(&'s Argument, Option<&'s Self>)> {
        let mut parameters = self.parameters.iter();
        match parameters.position(|parameter| parameter.slot == slot) {
            Some(at) => Some((&self.arguments[at], self.caller)),
            None => self.caller?.argument(slot),
        }
    }
}

/// Whether an argument is a constant that prints as itself, or properties of a variable.
fn is_simple(argument: &Expr) -> bool {
    match argument {
        Expr::Str(_) | Expr::Int(_) | Expr::Bool(_) => true,
        Expr::Reference(reference) => reference.plain,
        _ => false,
    }
}
