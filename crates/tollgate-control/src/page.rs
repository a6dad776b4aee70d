//! Lists, a page at a time.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::call::Call;
use crate::error::{ControlError, Result};
use crate::outcome::Outcome;

/// Entries of a page where the call does not say (AWS documentation).
pub(crate) const DEFAULT_LIMIT: usize = 25;

/// Entries that a page may have (AWS documentation).
pub(crate) const MAX_LIMIT: usize = 500;

/// What a page of a list begins after, and how long it is.
#[derive(Debug)]
pub(crate) struct Page {
    after: Option<String>,
    limit: usize,
}

impl Page {
    /// Reads `position` and `limit`.
    ///
    /// # Errors
    ///
    /// Where they are none.
    pub(crate) fn of(call: &Call<'_>) -> Result<Self> {
        let limit = match call.query("limit") {
            None | Some("") => DEFAULT_LIMIT,
            Some(text) => {
                let number: i64 = text.parse().map_err(|_| {
                    ControlError::bad_request(format!("limit {text:?} is no whole number"))
                })?;
                // A negative one is accepted (recorded).
                match usize::try_from(number) {
                    Ok(0) | Err(_) => DEFAULT_LIMIT,
                    Ok(limit) => limit.min(MAX_LIMIT),
                }
            }
        };
        let position = call
            .query("position")
            .filter(|position| !position.is_empty());
        let after = position.map(read_position).transpose()?;
        Ok(Self { after, limit })
    }

    /// The entries of the page, and the position of the next one if there is more.
    ///
    /// Entries come sorted by key. Where the one is gone that the page begins after, it begins with the
    /// next.
    pub(crate) fn take<T>(
        &self,
        entries: impl Iterator<Item = T>,
        key: impl Fn(&T) -> String,
    ) -> (Vec<T>, Option<String>) {
        let mut entries = entries.skip_while(|entry| {
            let after = self.after.as_ref();
            after.is_some_and(|after| key(entry) <= *after)
        });
        let page: Vec<T> = entries.by_ref().take(self.limit).collect();
        let last = page.last().filter(|_| entries.next().is_some());
        let position = last.map(|last| BASE64_URL_SAFE_NO_PAD.encode(key(last)));
        (page, position)
    }
}

fn read_position(text: &str) -> Result<String> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok();
    let key = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    key.ok_or_else(|| ControlError::bad_request("position: expected what an earlier answer said"))
}

/// A page of a list, as it is answered. Entries come sorted by key.
///
/// # Errors
///
/// Where the call's `position` or `limit` is none.
pub(crate) fn list<T>(
    call: &Call<'_>,
    entries: impl Iterator<Item = T>,
    key: impl Fn(&T) -> String,
    show: impl Fn(&T) -> Value,
) -> Result<Outcome> {
    let (page, position) = Page::of(call)?.take(entries, key);
    let items: Vec<_> = page.iter().map(show).collect();
    let mut answer = json!({ "item": items });
    if let Some(position) = position {
        answer["position"] = position.into();
    }
    Ok(Outcome::reply(answer))
}
