//! Writing keys.

use csv::WriterBuilder;

use super::{DESCRIPTION, ENABLED, KEY, KeyRecord, NAME, USAGE_PLAN_IDS};

/// Writes keys, with their values, so that [`import_keys`](crate::import_keys) reads the same.
///
/// ```
/// use tollgate_throttle::{KeyRecord, export_keys};
///
/// let key = KeyRecord::new("shop", "0123456789abcdefghij")?
///     .with_usage_plan("gold")?
///     .with_usage_plan("trial")?;
/// assert_eq!(
///     export_keys(&[key]),
///     "name,key,description,enabled,usageplanIds\n\
///      shop,0123456789abcdefghij,,true,\"gold,trial\"\n"
/// );
/// # Ok::<(), tollgate_throttle::KeyFault>(())
/// ```
#[must_use]
pub fn export_keys(keys: &[KeyRecord]) -> String {
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    let mut write = |fields: [&str; 5]| {
        writer
            .write_record(fields)
            .expect("memory takes what is written, and all rows have as many fields");
    };
    write([NAME, KEY, DESCRIPTION, ENABLED, USAGE_PLAN_IDS]);
    for key in keys {
        let enabled = if key.is_enabled() { "true" } else { "false" };
        write([
            key.name(),
            key.value(),
            key.description(),
            enabled,
            &key.usage_plan_ids().join(","),
        ]);
    }
    let written = writer.into_inner().expect("memory takes what is written");
    String::from_utf8(written).expect("texts are written")
}
