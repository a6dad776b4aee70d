//! Lambda: functions that events are sent to.

mod function;

pub use function::{
    FunctionError, Invocation, InvocationType, InvokeFailure, Invoked, LambdaFunction,
};
