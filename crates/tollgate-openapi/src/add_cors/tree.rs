//! What one API has more than another, written into the value of the other's document.

use indexmap::IndexMap;
use serde_json::{Map, Value};
use tollgate_model::{ApiDocument, Method};

use super::operation::{gateway_response, operation};
use crate::Places;
use crate::export;
use crate::node::escape;
use crate::version::Version;

const GATEWAY_RESPONSES: &str = "x-amazon-apigateway-gateway-responses";
const INTEGRATION: &str = "x-amazon-apigateway-integration";

/// What becomes of parts that operations refer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shared {
    /// They are edited where they stand.
    Edited,
    /// Each operation gets a copy, which is edited.
    Copied,
}

/// The value of a document, and where in it the parts of its API stand.
pub(super) struct Tree<'a> {
    pub(super) value: &'a mut Value,
    pub(super) version: Version,
    pub(super) places: &'a Places,
    pub(super) shared: Shared,
}

impl Tree<'_> {
    /// Adds what `after` has more than `before`; `None` where it has no place in the document.
    pub(super) fn add(mut self, before: &ApiDocument, after: &ApiDocument) -> Option<()> {
        for (index, (before, after)) in before.resources.iter().zip(&after.resources).enumerate() {
            let model = format!("/resources/{index}/resourceMethods");
            for (verb, method) in &after.resource_methods {
                match before.resource_methods.get(verb) {
                    Some(before) => self.method(&format!("{model}/{verb}"), before, method)?,
                    None => {
                        let (beside, _) = before.resource_methods.first()?;
                        self.new_method(&format!("{model}/{beside}"), method)?;
                    }
                }
            }
        }
        self.gateway_responses(before, after)
    }

    /// The pointer in the document of a part of the model.
    fn find(&self, model: &str) -> Option<String> {
        Some(self.places.find(model)?.pointer)
    }

    /// Adds a method to the path item that another is of.
    fn new_method(&mut self, beside: &str, method: &Method) -> Option<()> {
        let pointer = self.find(beside)?;
        let (path_item, _) = pointer.rsplit_once('/')?;
        let security = self.value.get("security");
        let is_open = security.is_some_and(|list| !list.is_null());
        let operation = operation(method, self.version, is_open);
        let path_item = self.value.pointer_mut(path_item)?.as_object_mut()?;
        let name = method.http_method.as_str().to_ascii_lowercase();
        // Paths that refer to one path item get it once.
        path_item.entry(name).or_insert(operation);
        Some(())
    }

    /// Adds headers to the responses of a method.
    fn method(&mut self, model: &str, before: &Method, after: &Method) -> Option<()> {
        if before == after {
            return Some(());
        }
        for (status, response) in &after.method_responses {
            let old = before.method_responses.get(status)?;
            let old = old.response_parameters.as_ref();
            let new = more(old, response.response_parameters.as_ref());
            if new.is_empty() {
                continue;
            }
            let operation = self.find(model)?;
            let status = escape(status);
            let own = format!("{operation}/responses/{status}");
            let found = self.find(&format!("{model}/methodResponses/{status}"))?;
            let pointer = self.own(&own, &found)?;
            let headers = members(self.value.pointer_mut(&pointer)?, "headers")?;
            let targets = new.into_iter().map(|(target, _)| target);
            for (name, value) in export::response_headers(targets, self.version) {
                headers.entry(name).or_insert(value);
            }
        }
        self.integration(model, before, after)
    }

    fn integration(&mut self, model: &str, before: &Method, after: &Method) -> Option<()> {
        let (Some(before), Some(after)) = (&before.method_integration, &after.method_integration)
        else {
            return Some(());
        };
        for (status, response) in &after.integration_responses {
            let old = before.integration_responses.get(status)?;
            let old = old.response_parameters.as_ref();
            let new = more(old, response.response_parameters.as_ref());
            if new.is_empty() {
                continue;
            }
            let own = format!("{}/{INTEGRATION}", self.find(model)?);
            let model = format!("{model}/methodIntegration");
            let found = self.find(&model)?;
            let list = self.find(&format!("{model}/integrationResponses"))?;
            let response =
                self.find(&format!("{model}/integrationResponses/{}", escape(status)))?;
            // One whose name is too long to be noted is taken for the list that it is in.
            if response == list {
                return None;
            }
            let below = response.strip_prefix(&found)?.to_owned();
            let pointer = self.own(&own, &found)?;
            let response = self.value.pointer_mut(&format!("{pointer}{below}"))?;
            add(members(response, "responseParameters")?, new);
        }
        Some(())
    }

    /// Where to edit a part that an operation has at `own`, perhaps as a reference to what is
    /// `found`.
    fn own(&mut self, own: &str, found: &str) -> Option<String> {
        if own == found || self.shared == Shared::Edited {
            return Some(found.to_owned());
        }
        let part = self.value.pointer_mut(own)?;
        // Not the second time, when the copy is there.
        if part.get("$ref").is_some() {
            let copy = self.value.pointer(found)?.clone();
            *self.value.pointer_mut(own)? = copy;
        }
        Some(own.to_owned())
    }

    fn gateway_responses(&mut self, before: &ApiDocument, after: &ApiDocument) -> Option<()> {
        for (index, response) in after.gateway_responses.iter().enumerate() {
            match before.gateway_responses.get(index) {
                None => {
                    let list = members(self.value, GATEWAY_RESPONSES)?;
                    let name = response.response_type.as_str().to_owned();
                    list.insert(name, gateway_response(response));
                }
                Some(old) => {
                    let old = Some(&old.response_parameters);
                    let new = more(old, Some(&response.response_parameters));
                    if !new.is_empty() {
                        let pointer = self.find(&format!("/gatewayResponses/{index}"))?;
                        let response = self.value.pointer_mut(&pointer)?;
                        add(members(response, "responseParameters")?, new);
                    }
                }
            }
        }
        Some(())
    }
}

/// The entries that are new.
fn more<'m, V>(
    old: Option<&IndexMap<String, V>>,
    new: Option<&'m IndexMap<String, V>>,
) -> Vec<(&'m String, &'m V)> {
    let is_old = |name: &String| old.is_some_and(|old| old.contains_key(name));
    let new = new.into_iter().flatten();
    new.filter(|(name, _)| !is_old(name)).collect()
}

fn add(members: &mut Map<String, Value>, new: Vec<(&String, &String)>) {
    for (name, value) in new {
        members.insert(name.clone(), Value::from(value.as_str()));
    }
}

/// The members of a member that is an object, or becomes one where there is none.
fn members<'v>(holder: &'v mut Value, name: &str) -> Option<&'v mut Map<String, Value>> {
    let member = holder.as_object_mut()?.entry(name).or_insert(Value::Null);
    if member.is_null() {
        *member = Value::Object(Map::new());
    }
    member.as_object_mut()
}
