//! The connection that notifications come over.

use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio_postgres::AsyncMessage;
use tollgate_core::Random;

use super::session::{CHANNEL, Connector};
use super::worker::jittered;

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
async fn listen_once(connector: &Connector, wake: &Notify) -> Result<(), tokio_postgres::Error> {
    let (client, mut connection) = connector.raw().await?;
    let listen = format!("LISTEN {CHANNEL}");
    let listening = client.batch_execute(&listen);
    tokio::pin!(listening);
    let mut is_listening = false;
    loop {
        tokio::select! {
            begun = &mut listening, if !is_listening => {
                begun?;
                is_listening = true;
                // What was sent before that is lost.
                wake.notify_one();
            }
            message = poll_fn(|cx| connection.poll_message(cx)) => match message {
                Some(Ok(AsyncMessage::Notification(_))) => wake.notify_one(),
                Some(Ok(_)) => {}
                Some(Err(_)) | None if is_listening => return Ok(()),
                Some(Err(error)) => return Err(error),
                None => return Ok(()),
            }
        }
    }
}
