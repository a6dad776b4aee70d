//! A whole state as one JSON text.

use std::io;

use serde::Deserialize;
use serde_json::Value;

use crate::{EntityKey, Record, Revision, State, StoreError, Write};

/// Bytes that a text may have which is imported: 1 GiB.
pub const MAX_EXPORT_BYTES: usize = 1 << 30;

/// The format that this version writes.
const KNOWN_FORMAT: u64 = 1;

/// What messages call a text that is imported.
const PLACE: &str = "the export";

/// Writes a state as JSON: records sorted by key, one member a line, so that two of them can be
/// compared line by line. It holds the values of API keys and the keys of client
/// certificates.
///
/// ```
/// use tollgate_store::{State, export, import};
///
/// let mut text = Vec::new();
/// export(&State::new(), &mut text)?;
/// assert_eq!(import(&text)?.len(), 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// Those of the writer.
pub fn export(state: &State, mut to: impl io::Write) -> io::Result<()> {
    let mut records: Vec<_> = state.records().collect();
    records.sort_by_cached_key(|(key, _)| key.to_string());
    write!(
        to,
        "{{\n\"format\": {KNOWN_FORMAT},\n\"revision\": {},\n\"records\": [",
        state.revision()
    )?;
    for (index, (key, record)) in records.into_iter().enumerate() {
        to.write_all(if index == 0 { b"\n" } else { b",\n" })?;
        let made = record.made();
        write!(to, "{{\"key\": \"{key}\", \"made\": {made}, \"value\": ")?;
        let value: Value = serde_json::from_slice(record.json())?;
        serde_json::to_writer_pretty(&mut to, &value)?;
        to.write_all(b"}")?;
    }
    to.write_all(b"\n]\n}\n")?;
    to.flush()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Export {
    format: u64,
    revision: Revision,
    records: Vec<Exported>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exported {
    key: String,
    made: u64,
    value: Value,
}

/// Reads what [`export`] wrote.
///
/// # Errors
///
/// [`StoreError::Corrupt`] where it is no such text, has more than [`MAX_EXPORT_BYTES`], or what it says
/// is not whole; [`StoreError::NewerFormat`].
pub fn import(text: &[u8]) -> Result<State, StoreError> {
    import_within(text, MAX_EXPORT_BYTES)
}

fn import_within(text: &[u8], most: usize) -> Result<State, StoreError> {
    let wrong = |reason: String| StoreError::Corrupt {
        place: PLACE.to_owned(),
        reason,
    };
    let bytes = text.len();
    if bytes > most {
        return Err(wrong(format!(
            "it has {bytes} bytes, of {most} that it may have"
        )));
    }
    #[derive(Deserialize)]
    struct Format {
        format: u64,
    }
    let unreadable = |error: serde_json::Error| wrong(error.to_string());
    let Format { format: found } = serde_json::from_slice(text).map_err(unreadable)?;
    if found > KNOWN_FORMAT {
        return Err(StoreError::NewerFormat {
            place: PLACE.to_owned(),
            found,
            known: KNOWN_FORMAT,
        });
    }
    let export: Export = serde_json::from_slice(text).map_err(unreadable)?;
    if export.format == 0 {
        return Err(wrong("there is no format 0".to_owned()));
    }
    let mut writes = Vec::new();
    for Exported { key, made, value } in export.records {
        let wrong = |reason: String| wrong(format!("record {key:?}: {reason}"));
        let parsed: EntityKey = key.parse().map_err(|_| wrong("it is no key".to_owned()))?;
        let json = serde_json::to_vec(&value).map_err(unreadable)?;
        let record = Record::read(&parsed, made, &json).map_err(wrong)?;
        writes.push(Write {
            key: parsed,
            record: Some(record),
        });
    }
    // Two of one key would be one that is lost.
    let count = writes.len();
    let state = State::new()
        .replayed(export.revision, writes)
        .map_err(|error| wrong(error.to_string()))?;
    if state.len() != count {
        return Err(wrong("two records have one key".to_owned()));
    }
    Ok(state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_a_size() {
        let mut text = Vec::new();
        export(&State::new(), &mut text).expect("memory can be written");
        assert!(import_within(&text, text.len()).is_ok());
        let error = import_within(&text, text.len() - 1).expect_err("it is larger");
        assert!(error.to_string().contains("bytes, of"), "{error}");
    }
}
