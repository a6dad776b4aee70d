//! Calls of methods of strings that give their results where they are wanted.

use crate::methods::direct::{Argument, Call};
use crate::program::{Expr, NEAR_STEPS, Step};

/// The calls that a few steps are, behind a property or none; none if there is anything else to the
/// steps, or a method that does not give its result [directly](crate::methods::direct).
pub(super) fn calls(steps: &[Step], text: &str) -> Box<[Call]> {
    let calls = match steps {
        [Step::Property(_), calls @ ..] => calls,
        calls => calls,
    };
    if steps.len() > NEAR_STEPS {
        return Box::default();
    }
    let calls: Option<Box<[Call]>> = calls.iter().map(|step| call(step, text)).collect();
    match calls {
        Some(calls) if gives_texts_between(&calls) => calls,
        _ => Box::default(),
    }
}

/// Whether every call gives the next a string.
fn gives_texts_between(calls: &[Call]) -> bool {
    let before_last = calls.iter().rev().skip(1);
    before_last.into_iter().all(Call::gives_text)
}

fn call(step: &Step, text: &str) -> Option<Call> {
    let Step::Call {
        method: Some(name),
        arguments,
        ..
    } = step
    else {
        return None;
    };
    let arguments = arguments
        .iter()
        .map(|argument| self::argument(argument, text));
    Call::new(*name, arguments.collect::<Option<_>>()?)
}

/// An argument, if it is a string, a number or a variable.
fn argument(argument: &Expr, text: &str) -> Option<Argument> {
    Some(match argument {
        Expr::Str(span) => Argument::Text(text[span.start as usize..span.end as usize].into()),
        Expr::Int(number) => Argument::Number(i32::try_from(*number).ok()?),
        Expr::Reference(reference) if reference.plain && reference.steps.is_empty() => {
            Argument::Variable(reference.slot)
        }
        _ => return None,
    })
}
