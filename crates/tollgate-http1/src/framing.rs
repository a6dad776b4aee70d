//! The framing of a connection.

use crate::chunked::Chunked;
use crate::head::{BodyLength, PartialHead};
use crate::{Head, Limits, Violation};

/// Follows the requests of one connection through its bytes.
///
/// See the [crate's page](crate) for an example.
#[derive(Clone, Debug)]
pub struct Framing {
    limits: Limits,
    state: State,
}

#[derive(Clone, Debug)]
enum State {
    Head(PartialHead),
    Body(u64),
    Chunked(Chunked),
    Refused(Violation),
}

/// What came of looking at bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// How many of the bytes may be passed on. The others are to be shown again.
    pub accepted: usize,
    /// What stands behind them.
    pub event: Event,
}

/// What stands behind the accepted bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// Nothing yet: more bytes are needed.
    NeedMore,
    /// A head ends here; its body follows.
    Head(Head),
    /// A request ends here; the next head follows.
    End,
    /// What follows is refused, and everything after it.
    Violation(Violation),
}

impl Framing {
    /// The framing of a connection that begins now.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            state: State::Head(PartialHead::default()),
        }
    }

    /// Looks at the bytes that follow those accepted so far, up to the end of a head or a request.
    ///
    /// Bytes that were not accepted are shown again at the next call, with what came after them. An
    /// event ends a call; the bytes behind it are for the next.
    pub fn advance(&mut self, input: &[u8]) -> Progress {
        let (accepted, event) = match &mut self.state {
            State::Head(head) => match head.advance(input, &self.limits) {
                Ok(None) => (0, Event::NeedMore),
                Ok(Some((head, length))) => {
                    self.state = match head.body() {
                        BodyLength::Known(length) => State::Body(length),
                        BodyLength::Chunked => State::Chunked(Chunked::new()),
                    };
                    (length, Event::Head(head))
                }
                Err(violation) => (0, Event::Violation(violation)),
            },
            State::Body(left) => {
                let taken = usize::try_from(*left)
                    .unwrap_or(usize::MAX)
                    .min(input.len());
                *left -= taken as u64;
                (
                    taken,
                    if *left == 0 {
                        Event::End
                    } else {
                        Event::NeedMore
                    },
                )
            }
            State::Chunked(body) => match body.advance(input, &self.limits) {
                (taken, Ok(true)) => (taken, Event::End),
                (taken, Ok(false)) => (taken, Event::NeedMore),
                (taken, Err(violation)) => (taken, Event::Violation(violation)),
            },
            State::Refused(violation) => (0, Event::Violation(*violation)),
        };
        match event {
            Event::End => self.state = State::Head(PartialHead::default()),
            Event::Violation(violation) => self.state = State::Refused(violation),
            Event::NeedMore | Event::Head(_) => {}
        }
        Progress { accepted, event }
    }

    /// Whether what follows is a head, of which some bytes may have been shown already.
    #[must_use]
    pub const fn is_at_head(&self) -> bool {
        matches!(self.state, State::Head(_))
    }
}
