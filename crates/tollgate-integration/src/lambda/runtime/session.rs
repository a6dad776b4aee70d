//! Whose turn it is between us and one process.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::{Notify, mpsc, oneshot};
use tollgate_core::RequestId;

use super::event::Event;
use super::failure::Failure;
use super::streamed::{StreamEnd, Streamed, broken_off};

/// Reports that one event can lead to, at most: taken, streaming, stream ended.
const MOST_REPORTS: usize = 3;

/// What a process has been given and what it has made of it.
///
/// One event is offered at a time; the process takes it, and answers it once.
#[derive(Debug, Default)]
pub(super) struct Session {
    state: Mutex<State>,
    offered: Notify,
}

#[derive(Debug, Default)]
struct State {
    turn: Turn,
    offer: Option<(Event, Reports)>,
}

#[derive(Debug, Default)]
enum Turn {
    /// The process has not asked for an event yet.
    #[default]
    Starting,
    /// It has said that it cannot be started.
    Failed,
    /// It waits for an event.
    Waiting,
    /// It has one.
    Running(Current),
    /// Its answer is arriving.
    Answering(RequestId),
    /// It has answered and not asked for another event yet.
    Answered,
}

/// The event that a process has in hand.
#[derive(Debug)]
struct Current {
    id: RequestId,
    reports: Reports,
}

/// What happens to an event.
#[derive(Debug)]
pub(super) enum Report {
    /// The process cannot be started, it says.
    InitFailed(Bytes),
    /// It has the event.
    Taken,
    /// It has answered.
    Answered(Bytes),
    /// It has answered with an error.
    Failed(Bytes),
    /// Its answer is none.
    Refused(Failure),
    /// It has begun to answer; how it ends is to be told to the reader.
    Streaming(Streamed, oneshot::Sender<StreamEnd>),
    /// The stream is over.
    StreamEnded(StreamEnd),
}

type Reports = mpsc::Sender<Report>;

/// Why a request of a process is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It is not the time for it.
    WrongTurn,
    /// It is about another event.
    WrongId,
}

impl Session {
    /// Offers an event, and says where to hear of it.
    pub(super) fn offer(&self, event: Event) -> mpsc::Receiver<Report> {
        let (reports, receiver) = mpsc::channel(MOST_REPORTS);
        self.state().offer = Some((event, reports));
        self.offered.notify_one();
        receiver
    }

    /// Whether the process has asked for an event yet.
    pub(super) fn is_initialized(&self) -> bool {
        !matches!(self.state().turn, Turn::Starting | Turn::Failed)
    }

    /// The event that the process has in hand.
    pub(super) fn current(&self) -> Option<RequestId> {
        match &self.state().turn {
            Turn::Running(current) => Some(current.id),
            Turn::Answering(id) => Some(*id),
            _ => None,
        }
    }

    /// Waits for an event and takes it.
    pub(super) async fn next(&self) -> Result<Event, Refusal> {
        loop {
            let offered = self.offered.notified();
            {
                let mut state = self.state();
                match state.turn {
                    Turn::Starting | Turn::Waiting | Turn::Answered => state.turn = Turn::Waiting,
                    _ => return Err(Refusal::WrongTurn),
                }
                if let Some((event, reports)) = state.offer.take() {
                    report(&reports, Report::Taken);
                    state.turn = Turn::Running(Current {
                        id: event.id,
                        reports,
                    });
                    return Ok(event);
                }
            }
            offered.await;
        }
    }

    /// Begins to receive the answer to an event; `None` is an id that cannot be read.
    pub(super) fn answer(&self, id: Option<RequestId>) -> Result<Answering<'_>, Refusal> {
        let mut state = self.state();
        let Turn::Running(current) = &state.turn else {
            return Err(Refusal::WrongTurn);
        };
        if Some(current.id) != id {
            return Err(Refusal::WrongId);
        }
        let answering = Turn::Answering(current.id);
        let Turn::Running(current) = std::mem::replace(&mut state.turn, answering) else {
            return Err(Refusal::WrongTurn);
        };
        let current = Some(current);
        Ok(Answering {
            session: self,
            current,
        })
    }

    /// Whether the process may still say that it cannot be started.
    pub(super) fn may_fail(&self) -> Result<(), Refusal> {
        match self.state().turn {
            Turn::Starting => Ok(()),
            _ => Err(Refusal::WrongTurn),
        }
    }

    /// Hears that the process cannot be started.
    pub(super) fn fail(&self, error: Bytes) -> Result<(), Refusal> {
        let mut state = self.state();
        let Turn::Starting = state.turn else {
            return Err(Refusal::WrongTurn);
        };
        state.turn = Turn::Failed;
        // Processes are started for an event, so that there is one.
        let offer = state.offer.take();
        if let Some((_, reports)) = offer {
            report(&reports, Report::InitFailed(error));
        }
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A state is whole at all times, whoever panicked.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn report(reports: &Reports, report: Report) {
    // Nobody listens any more where the process is ended already. There is room for all reports
    // that the order of turns allows.
    reports.try_send(report).unwrap_or_default();
}

/// An answer that is arriving. One that breaks off leaves the event to be answered anew.
#[derive(Debug)]
pub(super) struct Answering<'a> {
    session: &'a Session,
    current: Option<Current>,
}

impl<'a> Answering<'a> {
    /// The answer is there.
    pub(super) fn finish(mut self, outcome: Report) {
        if let Some(current) = self.current.take() {
            self.session.state().turn = Turn::Answered;
            report(&current.reports, outcome);
        }
    }

    /// The answer goes to its reader as it arrives.
    pub(super) fn stream(
        mut self,
        body: Streamed,
        end: oneshot::Sender<StreamEnd>,
    ) -> Streaming<'a> {
        let reports = self.current.take().map(|current| current.reports);
        if let Some(reports) = &reports {
            report(reports, Report::Streaming(body, end));
        }
        Streaming {
            session: self.session,
            reports,
        }
    }
}

impl Drop for Answering<'_> {
    fn drop(&mut self) {
        if let Some(current) = self.current.take() {
            self.session.state().turn = Turn::Running(current);
        }
    }
}

/// A streamed answer that is arriving. One that is dropped has broken off.
#[derive(Debug)]
pub(super) struct Streaming<'a> {
    session: &'a Session,
    reports: Option<Reports>,
}

impl Streaming<'_> {
    pub(super) fn finish(mut self, end: StreamEnd) {
        self.end(end);
    }

    fn end(&mut self, end: StreamEnd) {
        if let Some(reports) = self.reports.take() {
            self.session.state().turn = Turn::Answered;
            report(&reports, Report::StreamEnded(end));
        }
    }
}

impl Drop for Streaming<'_> {
    fn drop(&mut self) {
        self.end(Err(broken_off()));
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;
    use crate::lambda::Invocation;

    fn event(id: u128) -> Event {
        let invocation = Invocation::new("{}", std::time::Duration::MAX);
        Event::new(&invocation, RequestId::from_u128(id))
    }

    #[test]
    fn an_event_is_answered_once() {
        let session = Session::default();
        let id = Some(RequestId::from_u128(1));
        assert_eq!(session.answer(id).unwrap_err(), Refusal::WrongTurn);
        assert!(!session.is_initialized());
        assert!(session.next().now_or_never().is_none());
        assert!(session.is_initialized());
        assert_eq!(session.may_fail(), Err(Refusal::WrongTurn));

        let mut reports = session.offer(event(1));
        assert_eq!(session.answer(id).unwrap_err(), Refusal::WrongTurn);
        let taken = session.next().now_or_never().unwrap().unwrap();
        assert_eq!(Some(taken.id), id);
        assert!(matches!(reports.try_recv(), Ok(Report::Taken)));
        let again = session.next().now_or_never().unwrap();
        assert_eq!(again.unwrap_err(), Refusal::WrongTurn);

        let other = Some(RequestId::from_u128(2));
        assert_eq!(session.answer(other).unwrap_err(), Refusal::WrongId);
        assert_eq!(session.answer(None).unwrap_err(), Refusal::WrongId);
        // It breaks off, and is given anew.
        drop(session.answer(id).unwrap());
        assert_eq!(session.current(), id);
        let answering = session.answer(id).unwrap();
        assert_eq!(session.answer(id).unwrap_err(), Refusal::WrongTurn);
        answering.finish(Report::Answered(Bytes::new()));
        assert!(matches!(reports.try_recv(), Ok(Report::Answered(_))));
        assert_eq!(session.answer(id).unwrap_err(), Refusal::WrongTurn);
        assert_eq!(session.current(), None);
    }

    #[test]
    fn a_process_fails_to_start_once() {
        let session = Session::default();
        let mut reports = session.offer(event(1));
        assert_eq!(session.may_fail(), Ok(()));
        assert_eq!(session.fail(Bytes::new()), Ok(()));
        assert!(matches!(reports.try_recv(), Ok(Report::InitFailed(_))));
        assert_eq!(session.fail(Bytes::new()), Err(Refusal::WrongTurn));
        let next = session.next().now_or_never().unwrap();
        assert_eq!(next.unwrap_err(), Refusal::WrongTurn);
    }

    #[test]
    fn a_stream_that_is_dropped_has_broken_off() {
        let session = Session::default();
        let mut reports = session.offer(event(1));
        session.next().now_or_never().unwrap().unwrap();
        assert!(matches!(reports.try_recv(), Ok(Report::Taken)));
        let (body, _pieces, end) = super::super::streamed::stream();
        let answering = session.answer(Some(RequestId::from_u128(1))).unwrap();
        drop(answering.stream(body, end));
        assert!(matches!(reports.try_recv(), Ok(Report::Streaming(..))));
        assert!(matches!(
            reports.try_recv(),
            Ok(Report::StreamEnded(Err(_)))
        ));
    }
}
