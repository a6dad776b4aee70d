//! The connection that notifications come over.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio_postgres::AsyncMessage;
use tollgate_core::Random;

use super::CALL_TIMEOUT;
use super::session::{CHANNEL, Connector, failed, within};
use super::worker::jittered;
use crate::StoreError;

/// The time before the first attempt to connect once more; it doubles with each one that fails.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest such time.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Wakes the worker whenever there may be something new, as long as it is polled. Notifications make
/// things faster; what they miss is found by a poll.
pub(super) async fn listen(connector: Arc<Connector>, wake: Arc<Notify>, random: Arc<dyn Random>) {
    let mut pause = FIRST_PAUSE;
    loop {
        // Why it ended makes no difference to what is done about it.
        if listen_once(&connector, &wake).await.is_ok() {
            pause = FIRST_PAUSE;
        }
        tokio::time::sleep(jittered(pause, &*random)).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// `Ok` where it did listen for a while.
async fn listen_once(connector: &Connector, wake: &Notify) -> Result<(), StoreError> {
    let connecting = async { connector.raw().await.map_err(failed) };
    let (client, mut connection) = within(CALL_TIMEOUT, connecting).await?;
    let listen = format!("LISTEN {CHANNEL}");
    {
        let beginning = async { client.batch_execute(&listen).await.map_err(failed) };
        let mut beginning = pin!(within(CALL_TIMEOUT, beginning));
        loop {
            tokio::select! {
                begun = &mut beginning => break begun?,
                message = poll_fn(|cx| connection.poll_message(cx)) => {
                    if message.transpose().map_err(failed)?.is_none() {
                        return Ok(());
                    }
                }
            }
        }
    }
    // What was sent before that is lost.
    wake.notify_one();
    while let Some(Ok(message)) = poll_fn(|cx| connection.poll_message(cx)).await {
        if matches!(message, AsyncMessage::Notification(_)) {
            wake.notify_one();
        }
    }
    Ok(())
}
