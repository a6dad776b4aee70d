//! A process with everything that it has started.

use tokio::process::Child;

/// The process group of a function's process, which is its leader.
///
/// A group's number is not given to another process as long as anyone is in it. Between the end of
/// its last process and the moment at which its owner hears of that, it could be; that is the time
/// of one wake-up of a task.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    #[cfg(unix)]
    leader: Option<rustix::process::Pid>,
}

#[cfg(unix)]
impl Group {
    pub(super) fn led_by(child: &Child) -> Self {
        let number = child.id().and_then(|id| i32::try_from(id).ok());
        let leader = number.and_then(rustix::process::Pid::from_raw);
        Self { leader }
    }

    /// Ends all of them at once; those that have ended already are no error.
    pub(super) fn kill(self) {
        if let Some(leader) = self.leader {
            let signal = rustix::process::Signal::KILL;
            rustix::process::kill_process_group(leader, signal).unwrap_or_default();
        }
    }
}

/// Elsewhere only the process itself can be ended, which [`Child`] does when it is dropped.
#[cfg(not(unix))]
impl Group {
    pub(super) fn led_by(_: &Child) -> Self {
        Self {}
    }

    pub(super) fn kill(self) {}
}
