//! The processes of a function, and who gets one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot, watch};
use tokio::time::{Instant, timeout};
use tollgate_core::{Clock, Ids, RequestId};

use super::event::Event;
use super::group::Group;
use super::process::Process;
use super::{FunctionSettings, LogLine, LogSource};
use crate::lambda::backlog::Backlog;
use crate::lambda::{InvokeFailure, Invoked};

/// Callers that may wait for a process.
const MOST_WAITING: usize = 1_000;

/// What all processes of a function share.
#[derive(Debug)]
pub(super) struct Pool {
    pub(super) settings: FunctionSettings,
    pub(super) clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    /// One for each process that may have an event in hand.
    permits: Arc<Semaphore>,
    waiting: Semaphore,
    /// Events that nobody waits for and that have not been handled yet.
    backlog: Backlog,
    processes: Mutex<Processes>,
    ended: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct Processes {
    /// Those that wait for an event, the one that has waited least last.
    idle: Vec<Handle>,
    /// All that are not known to have ended.
    running: HashMap<u64, Group>,
    started: u64,
    are_ended: bool,
}

/// How a process is given an event.
#[derive(Clone, Debug)]
pub(super) struct Handle {
    pub(super) number: u64,
    pub(super) jobs: mpsc::Sender<Job>,
}

/// An event that a process is to handle.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) event: Event,
    pub(super) permit: OwnedSemaphorePermit,
    pub(super) reply: oneshot::Sender<Result<Invoked, InvokeFailure>>,
}

impl Pool {
    pub(super) fn new(
        settings: FunctionSettings,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    ) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(settings.max_concurrency)),
            waiting: Semaphore::new(MOST_WAITING),
            backlog: Backlog::default(),
            processes: Mutex::default(),
            ended: watch::Sender::new(false),
            settings,
            clock,
            ids,
        }
    }

    pub(super) fn new_id(&self) -> RequestId {
        self.ids.request().0
    }

    /// Runs the function and waits for its answer, so long.
    ///
    /// The function goes on if that was too short, as it does on Lambda.
    pub(super) async fn run(
        self: &Arc<Self>,
        event: Event,
        time: Duration,
    ) -> Result<Invoked, InvokeFailure> {
        let called = Instant::now();
        let place = self.waiting.try_acquire();
        let place = place.map_err(|_| InvokeFailure::Throttled)?;
        // Nothing has run where the time is over already.
        let permit = timeout(time, self.permits.clone().acquire_owned());
        let permit = permit.await.map_err(|_| InvokeFailure::Throttled)?;
        drop(place);
        let reply = self.dispatch_with(event, permit.map_err(|_| ended())?);
        let left = time.saturating_sub(called.elapsed());
        match timeout(left, reply).await {
            Ok(reply) => reply.unwrap_or_else(|_| Err(ended())),
            Err(_) => Err(InvokeFailure::TimedOut(time)),
        }
    }

    /// Runs the function when it can be, and again if it fails.
    pub(super) fn accept(self: &Arc<Self>, event: Event) -> Result<(), InvokeFailure> {
        let place = self.backlog.place(event.payload.len())?;
        let pool = self.clone();
        tokio::spawn(async move {
            let mut ended = pool.ended.subscribe();
            tokio::select! {
                () = pool.attempt(&event) => {}
                _ = ended.wait_for(|is_ended| *is_ended) => {}
            }
            drop(place);
        });
        Ok(())
    }

    async fn attempt(self: &Arc<Self>, event: &Event) {
        let mut waits = self.settings.retry_after.iter();
        loop {
            let Ok(permit) = self.permits.clone().acquire_owned().await else {
                return;
            };
            let answer = self.dispatch_with(event.clone(), permit).await;
            if matches!(
                answer,
                Ok(Ok(Invoked {
                    function_error: None,
                    ..
                }))
            ) {
                return;
            }
            let Some(wait) = waits.next() else {
                break;
            };
            tokio::time::sleep(*wait).await;
        }
        let attempts = self.settings.retry_after.len() + 1;
        self.settings.log.write(&LogLine {
            function: &self.settings.name,
            source: LogSource::Platform,
            request_id: Some(event.id),
            text: &format!("the event is given up after {attempts} attempts"),
        });
    }

    fn dispatch_with(
        self: &Arc<Self>,
        event: Event,
        permit: OwnedSemaphorePermit,
    ) -> oneshot::Receiver<Result<Invoked, InvokeFailure>> {
        let (reply, answer) = oneshot::channel();
        self.dispatch(Job {
            event,
            permit,
            reply,
        });
        answer
    }

    /// Gives a job to a process that waits, or to a new one.
    pub(super) fn dispatch(self: &Arc<Self>, mut job: Job) {
        loop {
            let waiting = self.processes().idle.pop();
            let Some(handle) = waiting else {
                break;
            };
            match handle.jobs.try_send(job) {
                Ok(()) => return,
                // It has ended just now.
                Err(unsent) => job = unsent.into_inner(),
            }
        }
        Process::start(self, job);
    }

    /// Notes a process that `start` starts, unless the function has been dropped.
    pub(super) fn register<T>(
        &self,
        start: impl FnOnce(u64) -> std::io::Result<(T, Group)>,
    ) -> Result<T, NotStarted> {
        // It is held while the process is made, so that none can be made behind the back of `end`.
        let mut processes = self.processes();
        if processes.are_ended {
            return Err(NotStarted::Ended);
        }
        let number = processes.started;
        let (started, group) = start(number).map_err(NotStarted::Failed)?;
        processes.started += 1;
        processes.running.insert(number, group);
        Ok(started)
    }

    /// Lets a process wait for another job.
    pub(super) fn put_back(&self, handle: Handle) {
        self.processes().idle.push(handle);
    }

    /// Forgets a process that has ended.
    pub(super) fn forget(&self, number: u64) {
        let mut processes = self.processes();
        processes.running.remove(&number);
        processes.idle.retain(|handle| handle.number != number);
    }

    /// Turns true when the function is dropped.
    pub(super) fn watch_end(&self) -> watch::Receiver<bool> {
        self.ended.subscribe()
    }

    /// Ends all processes, at once and for good.
    pub(super) fn end(&self) {
        let mut processes = self.processes();
        processes.are_ended = true;
        processes.idle.clear();
        for (_, group) in processes.running.drain() {
            group.kill();
        }
        drop(processes);
        self.ended.send_replace(true);
    }

    fn processes(&self) -> MutexGuard<'_, Processes> {
        // The tables are whole at all times, whoever panicked.
        self.processes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why there is no process.
#[derive(Debug)]
pub(super) enum NotStarted {
    Failed(std::io::Error),
    Ended,
}

pub(super) fn ended() -> InvokeFailure {
    InvokeFailure::Unreachable("it has been ended".to_owned())
}
