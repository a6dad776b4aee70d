//! Importing API keys.

use std::collections::{HashMap, HashSet};

use serde_json::json;
use tollgate_model::ApiKey;
use tollgate_store::{Change, Entity};
use tollgate_throttle::{KeyRecord, import_keys};

use super::api_key;
use super::usage_plan_key::Memberships;
use crate::call::Call;
use crate::error::{ControlError, Result};
use crate::operation::{Operation, post};
use crate::outcome::Outcome;
use crate::shape::{Shape, Violations};

pub(super) const OPERATIONS: &[Operation] = &[post("ImportApiKeys", "/apikeys", &[], import)
    .when("mode", "import")
    .raw()];

/// Makes the keys of a file, and changes those whose values are there already. The usage plans of a row
/// are added to those that its key is in.
fn import(call: &Call<'_>) -> Result<Outcome> {
    let mut violations = Violations::default();
    let format = call.query("format").unwrap_or_default();
    violations.check_text(format, Shape::OneOf(&["csv"]), "importApiKeysInput.format");
    violations.finish()?;
    let text = std::str::from_utf8(call.body())
        .map_err(|_| ControlError::bad_request("the file is no UTF-8"))?;
    let imported =
        import_keys(text).map_err(|error| ControlError::bad_request(error.to_string()))?;
    let mut warnings: Vec<_> = imported.warnings.iter().map(ToString::to_string).collect();
    let mut importing = Importing::new(call);
    for record in &imported.keys {
        importing.take(record, &mut warnings)?;
    }
    if call.is_asked("failonwarnings") && !warnings.is_empty() {
        return Err(ControlError::bad_request(warnings.join("; ")));
    }
    let Importing { changes, ids, .. } = importing;
    let reply = json!({ "ids": ids, "warnings": warnings });
    Ok(Outcome::changing(changes, reply))
}

struct Importing<'c, 'a> {
    call: &'c Call<'a>,
    by_value: HashMap<&'a str, &'a ApiKey>,
    memberships: Memberships<'a>,
    new: HashSet<String>,
    ids: Vec<String>,
    changes: Vec<Change>,
}

impl<'c, 'a> Importing<'c, 'a> {
    fn new(call: &'c Call<'a>) -> Self {
        let keys = call.state.api_keys();
        let by_value = keys.filter_map(|key| Some((key.value.as_deref()?, key)));
        Self {
            call,
            by_value: by_value.collect(),
            memberships: Memberships::new(call),
            new: HashSet::new(),
            ids: Vec::new(),
            changes: Vec::new(),
        }
    }

    fn take(&mut self, record: &KeyRecord, warnings: &mut Vec<String>) -> Result<()> {
        let call = self.call;
        let mut key = match self.by_value.get(record.value()) {
            Some(known) if call.is_here(known.home.as_ref()) => ApiKey::clone(known),
            // It is another one's, and stays that.
            Some(_) => return Err(api_key::already_exists()),
            None => api_key::new(call, |id| {
                call.state.api_key(id).is_some() || self.new.contains(id)
            }),
        };
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        key.name = some(record.name());
        key.description = some(record.description());
        key.enabled = record.is_enabled();
        key.value = some(record.value());
        key.last_updated_date = call.now;
        api_key::check(&key)?;
        self.new.insert(key.id.clone());
        self.ids.push(key.id.clone());
        let id = key.id.clone();
        self.changes.push(Change::Put(Entity::ApiKey(key)));
        for plan in record.usage_plan_ids() {
            match self.memberships.add(plan, &id) {
                Ok(change) => self.changes.extend(change),
                Err(error) => {
                    let message = error.message();
                    warnings.push(format!("API key {id}, usage plan {plan}: {message}"));
                }
            }
        }
        Ok(())
    }
}
