//! Parameters of operations, from the names in method requests.

use indexmap::IndexSet;
use serde_json::Value;

use super::paths::Subject;
use super::{Exporter, Members, put};
use crate::parameters::Location;
use crate::resources::variables;
use crate::version::Version;

const REQUEST: &str = "method.request.";

/// Bytes of a parameter without its name, or thereabouts.
const PARAMETER_BYTES: usize = 64;

impl<'a> Exporter<'a> {
    pub(super) fn parameters(&mut self, subject: &Subject<'_, 'a>) -> Vec<Value> {
        let mut written = Vec::new();
        let path = subject.resource.path.as_str();
        let variables: IndexSet<&str> = variables(path).collect();
        for (target, required) in &subject.method.request_parameters {
            let place = target
                .strip_prefix(REQUEST)
                .and_then(|rest| rest.split_once('.'))
                .and_then(|(place, name)| {
                    let mut all = Location::ALL.into_iter();
                    let place = all.find(|one| one.source() == Some(place))?;
                    Some((place, name))
                });
            let Some((place, name)) = place else {
                let message = format!("`{target}` is no parameter that a document can have");
                self.warn(subject.pointer, message);
                continue;
            };
            // Every method of a path has all of its variables.
            if !self.share(PARAMETER_BYTES + name.len()) {
                break;
            }
            if place == Location::Path && !variables.contains(name) {
                let message = format!("`{target}` has no place in `{path}` and is left out");
                self.note(subject.pointer, message);
                continue;
            }
            let about = self.documentation.parameter(
                subject.about,
                subject.method.http_method,
                place,
                name,
            );
            let mut parameter = parameter(name, place, *required, self.version);
            self.describe(&mut parameter, about, &["description"]);
            self.extend(&mut parameter, about);
            written.push(parameter.into());
        }
        for name in variables {
            let target = format!("{REQUEST}path.{name}");
            if !subject.method.request_parameters.contains_key(&target) {
                let message = format!("importing it declares `{target}`, which is in the path");
                self.note(subject.pointer, message);
            }
        }
        written
    }
}

/// A required variable of a path.
pub(crate) fn path_parameter(name: &str, version: Version) -> Value {
    parameter(name, Location::Path, true, version).into()
}

fn parameter(name: &str, place: Location, required: bool, version: Version) -> Members {
    let mut parameter = Members::new();
    put(&mut parameter, "name", name);
    put(&mut parameter, "in", place.as_str());
    if required || version.tells_optional() {
        put(&mut parameter, "required", required);
    }
    version.put_text_type(&mut parameter);
    parameter
}
