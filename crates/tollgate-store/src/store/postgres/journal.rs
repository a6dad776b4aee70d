//! Counts of quotas in the database, for threads that wait.

use std::sync::mpsc::{SyncSender, sync_channel};

use tokio::sync::mpsc;
use tollgate_throttle::{UsageJournal, UsageRecord};

use super::WAIT_TIMEOUT;
use super::worker::Request;
use crate::BoxError;

pub(super) struct Journal(mpsc::Sender<Request>);

impl Journal {
    pub(super) const fn new(requests: mpsc::Sender<Request>) -> Self {
        Self(requests)
    }

    fn ask<T>(
        &self,
        request: impl FnOnce(SyncSender<Result<T, BoxError>>) -> Request,
    ) -> Result<T, BoxError> {
        let (reply, answer) = sync_channel(1);
        self.0.try_send(request(reply))?;
        answer.recv_timeout(WAIT_TIMEOUT)?
    }
}

impl UsageJournal for Journal {
    fn load(&self) -> Result<Vec<UsageRecord>, BoxError> {
        self.ask(Request::Usage)
    }

    fn record(&self, records: &[UsageRecord]) -> Result<(), BoxError> {
        self.ask(|reply| Request::RecordUsage(records.to_vec(), reply))
    }
}
