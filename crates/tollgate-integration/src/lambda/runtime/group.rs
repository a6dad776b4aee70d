//! A process with everything that it has started.

use tokio::process::Child;

/// The process group of a function's process, which is its leader.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    #[cfg(unix)]
    leader: Option<rustix::process::Pid>,
}

/// What ends a group when this program ends without having done so, as after SIGKILL: a shell in the
/// group that waits until the other end of its input is closed.
///
/// Some runtime clients would run on else, and ask in vain for events as fast as they can. As it is
/// in the group, the group's number is not given to others before it is ended, too.
#[derive(Debug)]
pub(super) struct Guard {
    shell: Option<Child>,
}

impl Guard {
    /// Waits for its end, which is that of the group.
    pub(super) async fn wait(&mut self) {
        if let Some(shell) = &mut self.shell {
            // How it ends is all the same.
            drop(shell.wait().await);
        }
    }
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

    /// Has the group guarded, where there is a shell.
    pub(super) fn guard(self) -> Guard {
        use std::process::Stdio;

        let shell = self.leader.and_then(|leader| {
            tokio::process::Command::new("/bin/sh")
                .args(["-c", "read -r _; kill -KILL 0"])
                .env_clear()
                .current_dir("/")
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .process_group(leader.as_raw_pid())
                .kill_on_drop(true)
                .spawn()
                // A function without a guard is better than none.
                .ok()
        });
        Guard { shell }
    }
}

/// Elsewhere only the process itself can be ended, which [`Child`] does when it is dropped.
#[cfg(not(unix))]
impl Group {
    pub(super) fn led_by(_: &Child) -> Self {
        Self {}
    }

    pub(super) fn kill(self) {}

    pub(super) fn guard(self) -> Guard {
        Guard { shell: None }
    }
}
