//! Functions at the end of a path, such as `length()`.

use crate::error::{FindError, ReadError};
use crate::evaluate::Scope;
use crate::filter::LiteralValue;
use crate::found::Found;
use crate::java_text;
use crate::limits::BYTES_PER_VISIT;
use crate::node::{Node, Number, View};
use crate::step::Steps;

/// A call with its arguments.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    function: Result<Function, Box<str>>,
    arguments: Vec<Argument>,
}

#[derive(Clone, Copy, Debug)]
enum Function {
    Average,
    StandardDeviation,
    Sum,
    Minimum,
    Maximum,
    Concat,
    Length,
    Append,
    Keys,
    First,
    Last,
    Index,
}

/// An argument of a function.
#[derive(Clone, Debug)]
pub(crate) enum Argument {
    /// A literal. One that cannot be read fails where it is needed, as in Java.
    Json(Result<LiteralValue, ReadError>),
    /// A path, and the same with `[*]` behind it for `length()`.
    Path { path: Steps, children: Steps },
}

impl Argument {
    pub(crate) fn path(path: Steps) -> Self {
        Self::Path {
            children: path.with_wildcard(),
            path,
        }
    }
}

impl Call {
    /// A call of the function with that name; an unknown one fails when it is invoked.
    pub(crate) fn new(name: &str, arguments: Vec<Argument>) -> Self {
        Self {
            function: Function::from_name(name).ok_or_else(|| name.into()),
            arguments,
        }
    }

    /// Makes a path the only argument.
    pub(crate) fn apply_to(&mut self, path: Steps) {
        self.arguments = vec![Argument::path(path)];
    }

    /// The result for the value the path has led to.
    pub(crate) fn invoke<N: Node>(
        &self,
        model: &Found<N>,
        scope: &mut Scope<'_, N>,
    ) -> Result<Found<N>, FindError> {
        let function = match &self.function {
            Ok(function) => *function,
            Err(name) => return Err(FindError::UnknownFunction { name: name.clone() }),
        };
        // Paths first, whether the function needs them or not: one that leads nowhere fails it.
        let mut paths = Vec::new();
        for argument in &self.arguments {
            if let Argument::Path { path, .. } = argument {
                let value = scope.argument(path)?;
                scope.visit(value.size() + value.own_bytes() / BYTES_PER_VISIT)?;
                paths.push(value);
            }
        }
        scope.visit(model.size())?;
        match function {
            Function::Length => return self.length(model, scope),
            Function::Keys => return Ok(keys(model)),
            _ => {}
        }
        let arguments = self.values(function, paths, scope)?;
        match function {
            Function::Concat => concat(model, &arguments, scope),
            Function::Append => Ok(append(model, arguments)),
            Function::First => element(function, model, 0),
            Function::Last => element(function, model, -1),
            Function::Index => match numbers(&arguments).first() {
                #[expect(clippy::cast_possible_truncation, reason = "as `intValue()` does")]
                Some(index) => element(function, model, *index as i64),
                None => Err(FindError::NoSuchElement {
                    function: function.name(),
                    index: 0,
                    length: 0,
                }),
            },
            _ => aggregate(function, model, &arguments),
        }
    }

    /// The values of all arguments in their order.
    fn values<N: Node>(
        &self,
        function: Function,
        paths: Vec<Found<N>>,
        scope: &mut Scope<'_, N>,
    ) -> Result<Vec<Found<N>>, FindError> {
        let mut paths = paths.into_iter();
        let value = |argument: &Argument| match argument {
            Argument::Json(Ok(value)) => {
                let value = value.to_found();
                scope.visit(value.own_bytes() / BYTES_PER_VISIT)?;
                Ok(value)
            }
            Argument::Json(Err(error)) => Err(FindError::InvalidArgument {
                function: function.name().into(),
                error: error.clone(),
            }),
            Argument::Path { .. } => Ok(paths.next().unwrap_or(Found::Null)),
        };
        self.arguments.iter().map(value).collect()
    }

    /// The elements of a list, the members of a map, `null` for anything else. With an argument,
    /// the children of all the argument finds, if that is a list.
    fn length<N: Node>(
        &self,
        model: &Found<N>,
        scope: &mut Scope<'_, N>,
    ) -> Result<Found<N>, FindError> {
        match self.arguments.first() {
            Some(Argument::Json(_)) => return Err(FindError::LiteralArgument),
            Some(Argument::Path { children, .. }) => {
                let found = scope.within(children, model)?;
                if found.view() == View::List {
                    return Ok(count(found.size()));
                }
            }
            None => {}
        }
        Ok(match model.view() {
            View::List | View::Map => count(model.size()),
            _ => Found::Null,
        })
    }
}

impl Function {
    fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "avg" => Self::Average,
            "stddev" => Self::StandardDeviation,
            "sum" => Self::Sum,
            "min" => Self::Minimum,
            "max" => Self::Maximum,
            "concat" => Self::Concat,
            "length" | "size" => Self::Length,
            "append" => Self::Append,
            "keys" => Self::Keys,
            "first" => Self::First,
            "last" => Self::Last,
            "index" => Self::Index,
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Average => "avg",
            Self::StandardDeviation => "stddev",
            Self::Sum => "sum",
            Self::Minimum => "min",
            Self::Maximum => "max",
            Self::Concat => "concat",
            Self::Length => "length",
            Self::Append => "append",
            Self::Keys => "keys",
            Self::First => "first",
            Self::Last => "last",
            Self::Index => "index",
        }
    }
}

fn count<N>(size: usize) -> Found<N> {
    Found::Number(Number::Int(i64::try_from(size).unwrap_or(i64::MAX)))
}

fn keys<N: Node>(model: &Found<N>) -> Found<N> {
    if model.view() != View::Map {
        return Found::Null;
    }
    let mut names = Vec::with_capacity(model.size());
    each(model.try_each_member(|name, _| {
        names.push(name.into());
        Ok(())
    }));
    Found::Keys(names)
}

/// The strings of a list, then every argument as text, a list of them element by element.
fn concat<N: Node>(
    model: &Found<N>,
    arguments: &[Found<N>],
    scope: &mut Scope<'_, N>,
) -> Result<Found<N>, FindError> {
    let mut text = String::new();
    model.try_each_element(|element| {
        if let View::Text(part) = element.view() {
            java_text::take(part, scope)?;
            text.push_str(part);
        }
        Ok(())
    })?;
    for argument in arguments {
        let mut print = |value: &Found<N>| match value.view() {
            View::Null => Ok(()),
            _ => java_text::print(value, &mut text, scope),
        };
        match argument.view() {
            View::List => argument.try_each_element(|element| print(&element))?,
            _ => print(argument)?,
        }
    }
    Ok(Found::Text(text.into()))
}

/// A list with the arguments behind it; Jayway changes the document's own list instead. Anything
/// but a list stays as it is.
fn append<N: Node>(model: &Found<N>, arguments: Vec<Found<N>>) -> Found<N> {
    if model.view() != View::List || arguments.is_empty() {
        return model.clone();
    }
    let mut list = Vec::with_capacity(model.size() + arguments.len());
    each(model.try_each_element(|element| {
        list.push(element);
        Ok(())
    }));
    list.extend(arguments);
    Found::List(list)
}

/// An element, negative positions counting from the end. `last()` does not find the only element
/// of a list (observed on Jayway 3.0.0).
fn element<N: Node>(
    function: Function,
    model: &Found<N>,
    index: i64,
) -> Result<Found<N>, FindError> {
    if model.view() != View::List {
        return Err(FindError::NothingToAggregate {
            function: function.name(),
            expected: "a list",
        });
    }
    let length = model.size();
    let position = match usize::try_from(index) {
        Ok(position) => Some(position),
        Err(_) => usize::try_from(index.unsigned_abs())
            .ok()
            .and_then(|back| length.checked_sub(back))
            .filter(|position| *position > 0),
    };
    position
        .and_then(|position| model.element(position))
        .ok_or(FindError::NoSuchElement {
            function: function.name(),
            index,
            length,
        })
}

/// A double made of all numbers in the list and the arguments.
fn aggregate<N: Node>(
    function: Function,
    model: &Found<N>,
    arguments: &[Found<N>],
) -> Result<Found<N>, FindError> {
    let mut values = Vec::new();
    each(model.try_each_element(|element| {
        if let View::Number(number) = element.view() {
            values.push(number.to_f64());
        }
        Ok(())
    }));
    values.extend(numbers(arguments));
    if values.is_empty() {
        return Err(FindError::NothingToAggregate {
            function: function.name(),
            expected: "at least one number",
        });
    }
    #[expect(
        clippy::cast_precision_loss,
        reason = "Java counts in a double as well"
    )]
    let count = values.len() as f64;
    let sum = values.iter().fold(0.0, |sum, value| sum + value);
    let result = match function {
        Function::Average => sum / count,
        Function::StandardDeviation => {
            let squares = values.iter().fold(0.0, |sum, value| sum + value * value);
            (squares / count - sum * sum / count / count).sqrt()
        }
        Function::Minimum => values.into_iter().fold(f64::MAX, f64::min),
        Function::Maximum => values.into_iter().fold(f64::MIN, f64::max),
        _ => sum,
    };
    Ok(Found::Number(Number::Double(result)))
}

/// The numbers among the arguments, those in lists included.
fn numbers<N: Node>(arguments: &[Found<N>]) -> Vec<f64> {
    let mut numbers = Vec::new();
    for argument in arguments {
        match argument.view() {
            View::Number(number) => numbers.push(number.to_f64()),
            _ => each(argument.try_each_element(|element| {
                if let View::Number(number) = element.view() {
                    numbers.push(number.to_f64());
                }
                Ok(())
            })),
        }
    }
    numbers
}

/// Ends a visit that cannot fail.
fn each(visited: Result<(), std::convert::Infallible>) {
    let Ok(()) = visited;
}
