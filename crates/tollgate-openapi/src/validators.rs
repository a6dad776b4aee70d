//! Request validators, and which one a method has.

use indexmap::IndexMap;
use tollgate_model::RequestValidator;

use crate::ids::Ids;
use crate::members;
use crate::node::Node;
use crate::reader::Reader;

const LIST: &str = "x-amazon-apigateway-request-validators";
const CHOICE: &str = "x-amazon-apigateway-request-validator";

/// The validators of a document, by name.
#[derive(Debug)]
pub(crate) struct Validators(IndexMap<String, RequestValidator>);

impl Validators {
    pub(crate) fn read(reader: &mut Reader<'_>, ids: &mut Ids) -> Self {
        let mut validators = IndexMap::new();
        let Some(list) = reader.document.get(LIST) else {
            return Self(validators);
        };
        for (name, node) in reader.object(&list) {
            reader.object(&node);
            reader.review(&node, &members::REQUEST_VALIDATOR);
            let mut flag = |member| {
                let flag = node.get(member).and_then(|flag| reader.flag(&flag));
                flag.unwrap_or(false)
            };
            let mut validator = RequestValidator::new(ids.id("validator", name, 6), name);
            validator.validate_request_body = flag("validateRequestBody");
            validator.validate_request_parameters = flag("validateRequestParameters");
            validators.insert(name.to_owned(), validator);
        }
        Self(validators)
    }

    /// The id of the validator that an operation names, or else the document.
    pub(crate) fn id_for(&self, reader: &mut Reader<'_>, operation: &Node<'_>) -> Option<String> {
        let choice = match operation.get(CHOICE) {
            Some(own) => own,
            None => {
                let default = reader.document.get(CHOICE)?;
                reader.share(&default)?;
                default
            }
        };
        let name = reader.text(&choice)?;
        let id = self.0.get(&name).map(|validator| validator.id.clone());
        if id.is_none() {
            reader.error(&choice, format!("there is no request validator `{name}`"));
        }
        id
    }

    /// All validators, in document order.
    pub(crate) fn into_validators(self) -> Vec<RequestValidator> {
        self.0.into_values().collect()
    }
}
