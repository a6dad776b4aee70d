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

/// About how many bytes a page may have: once it has more, the rest follows on another one (a decision).
const MAX_PAGE_BYTES: usize = 8 << 20;

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

    /// The entries from where the page begins.
    fn rest<T>(
        &self,
        entries: impl Iterator<Item = T>,
        key: impl Fn(&T) -> String,
    ) -> impl Iterator<Item = T> {
        entries.skip_while(move |entry| {
            let after = self.after.as_ref();
            after.is_some_and(|after| key(entry) <= *after)
        })
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
        let mut entries = self.rest(entries, &key);
        let page: Vec<T> = entries.by_ref().take(self.limit).collect();
        let last = page.last().filter(|_| entries.next().is_some());
        let position = last.map(|last| position_of(&key(last)));
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
    let page = Page::of(call)?;
    let mut entries = page.rest(entries, &key);
    let (mut items, mut last, mut weight) = (Vec::new(), None, 0);
    while items.len() < page.limit && weight < MAX_PAGE_BYTES {
        let Some(entry) = entries.next() else { break };
        let item = show(&entry);
        weight += weight_of(&item);
        items.push(item);
        last = Some(key(&entry));
    }
    let last = last.filter(|_| entries.next().is_some());
    let mut answer = json!({ "item": items });
    if let Some(last) = last {
        answer["position"] = position_of(&last).into();
    }
    Ok(Outcome::reply(answer))
}

/// About how many bytes a value takes.
fn weight_of(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Array(values) => values.iter().map(weight_of).sum(),
        Value::Object(members) => {
            let members = members.iter();
            members
                .map(|(name, value)| name.len() + weight_of(value))
                .sum()
        }
        _ => 8,
    }
}

fn position_of(key: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(key)
}
