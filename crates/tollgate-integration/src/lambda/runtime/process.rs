//! One process of a function, from its start to its end.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::{Pin, pin};
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use tokio::io::AsyncRead;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot, watch};
use tokio::task::{AbortHandle, JoinHandle};
use tokio::time::{Sleep, sleep, timeout};
use tollgate_core::{Body, RequestId};

use super::failure::{Failure, failed};
use super::group::{Group, Guard};
use super::log::read_lines;
use super::pool::{self, Handle, Job, NotStarted, Pool};
use super::server::{self, Api};
use super::session::{Report, Session};
use super::streamed::StreamEnd;
use super::{LogLine, LogSource, environment};
use crate::lambda::{Invoked, StreamFailure};

/// How long a process that has said that it cannot be started may go on saying why in its log.
const INIT_ERROR_GRACE: Duration = Duration::from_secs(1);
/// How long an end is waited for that was ordered; only a process that hangs in the kernel needs it.
const KILL_GRACE: Duration = Duration::from_secs(1);
/// How long the rest of a log is waited for. It is there at once, unless someone outside the process
/// group has the pipe.
const LOG_GRACE: Duration = Duration::from_millis(250);

/// A process, and the task in which it is looked after. Dropping it ends the process.
#[derive(Debug)]
pub(super) struct Process {
    pool: Arc<Pool>,
    handle: Handle,
    jobs: mpsc::Receiver<Job>,
    session: Arc<Session>,
    child: Child,
    /// `None` once it is ended; its number may belong to others from then on.
    group: Option<Group>,
    guard: Guard,
    server: AbortHandle,
    logs: Vec<JoinHandle<()>>,
    ended: watch::Receiver<bool>,
}

/// What is to be done with a process once it has had a job.
#[derive(PartialEq)]
enum Then {
    Keep,
    End,
}

/// What came first while an event was with the process.
enum News {
    Report(Report),
    Exited(ExitStatus),
    TimeOver,
    /// The function is dropped.
    Ended,
}

impl Process {
    /// Starts a process for a job and leaves it to a task of its own.
    pub(super) fn start(pool: &Arc<Pool>, job: Job) {
        let id = job.event.id;
        let outcome = match pool.register(|number| Self::spawn(pool, number, id)) {
            Ok(process) => {
                tokio::spawn(process.run(job));
                return;
            }
            Err(NotStarted::Failed(error)) => {
                let program = pool.settings.program.display();
                let failure = Failure::NotStarted(format!("cannot start {program}: {error}"));
                Ok(failure.to_invoked(id))
            }
            Err(NotStarted::Ended) => Err(pool::ended()),
        };
        drop(job.permit);
        answer(job.reply, outcome);
    }

    fn spawn(pool: &Arc<Pool>, number: u64, id: RequestId) -> io::Result<(Self, Group)> {
        let settings = &pool.settings;
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        let address = listener.local_addr()?;
        let mut child = command(pool, address, id)?.spawn()?;
        let group = Group::led_by(&child);
        let session = Arc::new(Session::default());
        let api = Api {
            session: session.clone(),
            clock: pool.clock.clone(),
            function_arn: HeaderValue::try_from(settings.arn()).map_err(io::Error::other)?,
            timeout: settings.timeout,
        };
        let server = tokio::spawn(server::serve(listener, address, Arc::new(api)));
        let (output, error) = (child.stdout.take(), child.stderr.take());
        let output = output.map(|pipe| read_log(pool, &session, pipe, LogSource::Output));
        let error = error.map(|pipe| read_log(pool, &session, pipe, LogSource::Error));
        let (sender, jobs) = mpsc::channel(1);
        let process = Self {
            pool: pool.clone(),
            handle: Handle {
                number,
                jobs: sender,
            },
            jobs,
            session,
            child,
            group: Some(group),
            guard: group.guard(),
            server: server.abort_handle(),
            logs: output.into_iter().chain(error).collect(),
            ended: pool.watch_end(),
        };
        Ok((process, group))
    }

    async fn run(mut self, first: Job) {
        let mut job = Some(first);
        while let Some(next) = job {
            if self.handle(next).await == Then::End {
                break;
            }
            job = self.wait().await;
        }
        self.stop().await;
        // A job that came while the process ended is for another.
        self.jobs.close();
        if let Some(job) = self.jobs.recv().await {
            self.pool.dispatch(job);
        }
    }

    /// The next job; `None` where there is none in time, or the process ends by itself.
    async fn wait(&mut self) -> Option<Job> {
        tokio::select! {
            job = self.jobs.recv() => job,
            _ = self.child.wait() => None,
            () = sleep(self.pool.settings.idle_timeout) => None,
            _ = self.ended.wait_for(|is_ended| *is_ended) => None,
        }
    }

    /// Has an event handled.
    async fn handle(&mut self, job: Job) -> Then {
        let id = job.event.id;
        let is_new = !self.session.is_initialized();
        let mut reports = self.session.offer(job.event.clone());
        let settings = &self.pool.settings;
        let timeout = settings.timeout;
        let until_taken = if is_new {
            settings.init_timeout
        } else {
            timeout
        };
        let news = self.news(&mut reports, pin!(sleep(until_taken))).await;
        let failure = match news {
            News::Report(Report::InitFailed(error)) => {
                drop(job.permit);
                answer(job.reply, Ok(failed(error, id)));
                self.exit_within(INIT_ERROR_GRACE).await;
                return Then::End;
            }
            // All others come later.
            News::Report(_) => return self.handle_taken(job, &mut reports, timeout).await,
            News::Ended => return Then::End,
            // It has not seen the event, and may have ended before there was any.
            News::Exited(_) | News::TimeOver if !is_new => {
                self.pool.dispatch(job);
                return Then::End;
            }
            News::Exited(status) => Failure::Exited(status),
            News::TimeOver => Failure::TimedOut(until_taken),
        };
        self.end_with(job, &failure).await
    }

    /// Waits for the answer to an event that the process has.
    async fn handle_taken(
        &mut self,
        job: Job,
        reports: &mut mpsc::Receiver<Report>,
        time: Duration,
    ) -> Then {
        let id = job.event.id;
        let mut deadline = pin!(sleep(time));
        let outcome = match self.news(reports, deadline.as_mut()).await {
            News::Report(Report::Answered(payload)) => Invoked {
                request_id: Some(id.to_string()),
                ..Invoked::new(payload)
            },
            News::Report(Report::Refused(failure)) => failure.to_invoked(id),
            News::Report(Report::Streaming(body, end)) => {
                let invoked = Invoked {
                    request_id: Some(id.to_string()),
                    ..Invoked::new(Body::stream(body))
                };
                answer(job.reply, Ok(invoked));
                let ended = self.news(reports, deadline).await;
                return self.end_stream(ended, id, job.permit, end, time).await;
            }
            News::Report(Report::Failed(error) | Report::InitFailed(error)) => failed(error, id),
            News::Exited(status) => return self.end_with(job, &Failure::Exited(status)).await,
            News::TimeOver => return self.end_with(job, &Failure::TimedOut(time)).await,
            News::Report(Report::Taken | Report::StreamEnded(_)) | News::Ended => return Then::End,
        };
        // Whoever hears the answer finds the process free.
        self.pool.put_back(self.handle.clone());
        drop(job.permit);
        answer(job.reply, Ok(outcome));
        Then::Keep
    }

    async fn end_stream(
        &mut self,
        news: News,
        id: RequestId,
        permit: OwnedSemaphorePermit,
        end: oneshot::Sender<StreamEnd>,
        time: Duration,
    ) -> Then {
        let failure = match news {
            News::Report(Report::StreamEnded(ended)) => {
                self.pool.put_back(self.handle.clone());
                drop(permit);
                // Nobody may be reading any more.
                end.send(ended).unwrap_or_default();
                return Then::Keep;
            }
            News::Exited(status) => Failure::Exited(status),
            News::TimeOver => Failure::TimedOut(time),
            News::Report(_) | News::Ended => return Then::End,
        };
        self.stop().await;
        drop(permit);
        let failure = StreamFailure::new(failure.error_type(), failure.message(id));
        end.send(Err(failure)).unwrap_or_default();
        Then::End
    }

    /// Ends the process and answers in its place.
    async fn end_with(&mut self, job: Job, failure: &Failure) -> Then {
        let id = job.event.id;
        self.stop().await;
        drop(job.permit);
        answer(job.reply, Ok(failure.to_invoked(id)));
        Then::End
    }

    /// What happens first. Where a report and the end of its process come together, the report counts.
    async fn news(
        &mut self,
        reports: &mut mpsc::Receiver<Report>,
        deadline: Pin<&mut Sleep>,
    ) -> News {
        tokio::select! {
            biased;
            report = reports.recv() => News::of(report),
            // The wait fails for a process that is none of ours.
            status = self.child.wait() => status.map_or(News::Ended, News::Exited),
            () = deadline => News::TimeOver,
            _ = self.ended.wait_for(|is_ended| *is_ended) => News::Ended,
        }
    }

    async fn exit_within(&mut self, time: Duration) {
        tokio::select! {
            _ = self.child.wait() => {}
            () = sleep(time) => {}
            _ = self.ended.wait_for(|is_ended| *is_ended) => {}
        }
    }

    /// Ends the process and its group, and reads what they have written.
    async fn stop(&mut self) {
        let Some(group) = self.group.take() else {
            return;
        };
        self.pool.forget(self.handle.number);
        group.kill();
        // It has left its group, or there are no groups here.
        self.child.start_kill().unwrap_or_default();
        // What cannot be ended in time is left to the operating system.
        drop(timeout(KILL_GRACE, self.child.wait()).await);
        drop(timeout(KILL_GRACE, self.guard.wait()).await);
        self.server.abort();
        for mut log in self.logs.drain(..) {
            if timeout(LOG_GRACE, &mut log).await.is_err() {
                log.abort();
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(group) = self.group {
            self.pool.forget(self.handle.number);
            group.kill();
        }
        self.server.abort();
        for log in &self.logs {
            log.abort();
        }
    }
}

impl News {
    fn of(report: Option<Report>) -> Self {
        // The session lets go of an event only with its last report.
        report.map_or(Self::Ended, Self::Report)
    }
}

fn command(pool: &Pool, address: SocketAddr, id: RequestId) -> io::Result<Command> {
    let settings = &pool.settings;
    let task_root = environment::task_root(settings)?;
    let started = pool.clock.now();
    let variables = environment::variables(settings, address, &task_root, started, id);
    let mut command = Command::new(environment::program(settings, &task_root));
    command
        .args(&settings.arguments)
        .envs(variables)
        .current_dir(task_root)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    Ok(command)
}

fn read_log(
    pool: &Arc<Pool>,
    session: &Arc<Session>,
    pipe: impl AsyncRead + Unpin + Send + 'static,
    source: LogSource,
) -> JoinHandle<()> {
    let (pool, session) = (pool.clone(), session.clone());
    tokio::spawn(async move {
        let settings = &pool.settings;
        let write = |text: &str| {
            settings.log.write(&LogLine {
                function: &settings.name,
                source,
                request_id: session.current(),
                text,
            });
        };
        read_lines(pipe, write).await;
    })
}

fn answer<T>(reply: oneshot::Sender<T>, outcome: T) {
    // Whoever asked may not wait any more.
    drop(reply.send(outcome));
}
