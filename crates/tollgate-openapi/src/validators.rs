//! Request validators, and which one a method has.

use std::borrow::Cow;

use indexmap::IndexMap;
use tollgate_model::RequestValidator;

use crate::ids::{Ids, Kind};
use crate::members;
use crate::node::Node;
use crate::reader::Reader;

pub(crate) const LIST: &str = "x-amazon-apigateway-request-validators";
pub(crate) const CHOICE: &str = "x-amazon-apigateway-request-validator";

/// The validators of a document, by name, after those that were there.
#[derive(Debug)]
pub(crate) struct Validators(IndexMap<String, RequestValidator>);

impl Validators {
    pub(crate) fn read(
        reader: &mut Reader<'_>,
        ids: &mut Ids,
        existing: Vec<RequestValidator>,
    ) -> Self {
        let existing = existing.into_iter().map(|one| (one.name.clone(), one));
        let mut validators: IndexMap<_, _> = existing.collect();
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
            let mut validator = RequestValidator::new(ids.id(Kind::Validator, name, 6), name);
            validator.validate_request_body = flag("validateRequestBody");
            validator.validate_request_parameters = flag("validateRequestParameters");
            let (place, _) = validators.insert_full(name.to_owned(), validator);
            reader.trace(&format!("/requestValidators/{place}"), &node);
        }
        Self(validators)
    }

    /// The id of the validator that an operation names, or else the document.
    pub(crate) fn id_for(
        &self,
        reader: &mut Reader<'_>,
        operation: &Node<'_>,
        model: &str,
    ) -> Option<String> {
        let choice = match operation.get(CHOICE) {
            Some(own) => own,
            None => {
                let default = reader.document.get(CHOICE)?;
                reader.share(&default)?;
                default
            }
        };
        reader.trace(&format!("{model}/requestValidatorId"), &choice);
        let name = reader.text(&choice)?;
        let id = self.0.get(&name).map(|validator| validator.id.clone());
        if id.is_none() {
            let help = match self.0.is_empty() {
                true => Some(Cow::Borrowed(
                    "define it in `x-amazon-apigateway-request-validators`",
                )),
                false => reader.did_you_mean(&name, self.0.keys().map(String::as_str)),
            };
            reader
                .error(&choice, format!("there is no request validator `{name}`"))
                .help_if(|| help);
        }
        id
    }

    /// All validators.
    pub(crate) fn into_validators(self) -> Vec<RequestValidator> {
        self.0.into_values().collect()
    }
}
