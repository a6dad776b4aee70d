//! What goes wrong with Redis.

use thiserror::Error;

/// Why there is no answer.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no connection, or the breaker is open: nothing was asked.
    #[error("Redis is away")]
    Away,
    /// There was no answer in time. What was asked may be done all the same.
    #[error("Redis did not answer in time")]
    Timeout,
    /// The connection ended. What was asked may be done all the same.
    #[error("the connection to Redis ended")]
    Lost(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Redis refused.
    #[error("Redis refused with {code}: {detail}")]
    Refused {
        /// The word that the refusal begins with, such as `WRONGTYPE`.
        code: Box<str>,
        /// The rest of it.
        detail: Box<str>,
    },
    /// An answer of another kind than the command has.
    #[error("Redis answered with something else than was asked for")]
    UnexpectedReply,
}

/// A text that is no address of Redis.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0:?} is no address of Redis: expected redis://HOST[:PORT][/DATABASE] or unix:///PATH")]
pub struct InvalidAddress(pub Box<str>);

/// There is no tokio runtime for a connection's tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a connection to Redis needs a tokio runtime")]
pub struct NoRuntime;
