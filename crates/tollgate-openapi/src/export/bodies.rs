//! Bodies: requests, responses, and the media types of both.

use indexmap::{IndexMap, IndexSet};
use serde_json::Value;
use tollgate_model::MethodResponse;

use super::paths::Subject;
use super::{Exporter, Members, put};
use crate::bodies::DEFAULT_MEDIA_TYPE;
use crate::node::escape;
use crate::version::Version;

const RESPONSE_HEADER: &str = "method.response.header.";

/// A body's models by media type.
type Models<'a> = IndexMap<&'a str, &'a str>;

impl<'a> Exporter<'a> {
    /// Lists what Swagger 2.0 says once for all bodies of an operation.
    ///
    /// A reader gives every type of the list the body's model, so that types of templates stand in
    /// it only where no body has a model.
    pub(super) fn put_media_types(&mut self, operation: &mut Members, subject: &Subject<'_, 'a>) {
        if self.version != Version::Swagger2 {
            return;
        }
        let method = subject.method;
        let integration = method.method_integration.as_ref();
        let request_models = self.known(&method.request_models);
        let mut consumes = types_of_one_model(&request_models);
        if consumes.is_empty() {
            let templates = integration.iter().flat_map(|one| &one.request_templates);
            consumes.extend(templates.map(|(media_type, _)| media_type.as_str()));
        }
        let mut produces = IndexSet::new();
        for response in method.method_responses.values() {
            let models = response.response_models.as_ref();
            let models = models.map(|models| self.known(models)).unwrap_or_default();
            produces.extend(types_of_one_model(&models));
        }
        if produces.is_empty() {
            let responses = integration
                .iter()
                .flat_map(|one| one.integration_responses.values());
            let templates = responses.flat_map(|one| one.response_templates.iter().flatten());
            produces.extend(templates.map(|(media_type, _)| media_type.as_str()));
        }
        // So are proxies exported, which say nothing of their responses.
        if produces.is_empty() && method.method_responses.is_empty() {
            produces.insert(DEFAULT_MEDIA_TYPE);
        }
        for (member, types) in [("consumes", consumes), ("produces", produces)] {
            if !types.is_empty() {
                let types: Vec<_> = types.into_iter().map(Value::from).collect();
                put(operation, member, types);
            }
        }
    }

    /// The body as a parameter or by itself.
    pub(super) fn request_body(&mut self, subject: &Subject<'_, 'a>) -> Option<Members> {
        let method = subject.method;
        let pointer = format!("{}/requestModels", subject.pointer);
        self.tell_unknown(&method.request_models, &pointer);
        let models = self.known(&method.request_models);
        let about = self
            .documentation
            .request_body(subject.about, method.http_method);
        let mut body = Members::new();
        match self.version {
            Version::Swagger2 => {
                let model = self.one_model(&models, &pointer)?;
                put(&mut body, "in", "body");
                put(&mut body, "name", model);
                self.describe(&mut body, about, &["description"]);
                put(&mut body, "required", true);
                put(&mut body, "schema", self.version.schema_reference(model));
            }
            Version::OpenApi3 if models.is_empty() => return None,
            Version::OpenApi3 => {
                self.describe(&mut body, about, &["description"]);
                put(&mut body, "content", self.content(&models));
                put(&mut body, "required", true);
            }
        }
        Some(body)
    }

    pub(super) fn responses(&mut self, subject: &Subject<'_, 'a>) -> Members {
        let method = subject.method;
        let mut written = Members::new();
        let all = method.method_responses.values();
        let all = all.filter_map(|one| one.response_models.as_ref());
        let with_models: Vec<_> = all
            .map(|models| types_of_one_model(&self.known(models)))
            .filter(|types| !types.is_empty())
            .collect();
        if self.version == Version::Swagger2 && with_models.windows(2).any(|two| two[0] != two[1]) {
            let message = "Swagger 2.0 has one list of media types for all responses: importing it \
                           gives each of them the types of the others";
            let pointer = format!("{}/methodResponses", subject.pointer);
            self.warn(&pointer, message);
        }
        for (status, response) in &method.method_responses {
            let pointer = format!("{}/methodResponses/{status}", subject.pointer);
            let response = self.response(response, &pointer, subject);
            put(&mut written, status, response);
        }
        written
    }

    fn response(
        &mut self,
        response: &'a MethodResponse,
        pointer: &str,
        subject: &Subject<'_, 'a>,
    ) -> Value {
        let status = response.status_code.as_str();
        let verb = subject.method.http_method;
        let about = self.documentation.response(subject.about, verb, status);
        let mut written = Members::new();
        put(&mut written, "description", format!("{status} response"));
        self.describe(&mut written, about, &["description"]);
        let of_models = format!("{pointer}/responseModels");
        let models = match &response.response_models {
            Some(models) => {
                self.tell_unknown(models, &of_models);
                self.known(models)
            }
            None => Models::new(),
        };
        match self.version {
            Version::Swagger2 => {
                if let Some(model) = self.one_model(&models, &of_models) {
                    put(&mut written, "schema", self.version.schema_reference(model));
                }
            }
            Version::OpenApi3 => put(&mut written, "content", self.content(&models)),
        }
        let parameters = response.response_parameters.iter().flatten();
        let mut headers = Members::new();
        for (target, required) in parameters {
            if *required {
                let message = format!("a document does not say that `{target}` is required");
                self.note(pointer, message);
            }
            match header(target, self.version) {
                Some((name, mut header)) => {
                    let about =
                        self.documentation
                            .response_header(subject.about, verb, status, name);
                    self.describe(&mut header, about, &["description"]);
                    self.extend(&mut header, about);
                    put(&mut headers, name, header);
                }
                None => {
                    self.warn(pointer, format!("`{target}` is no header of a response"));
                }
            }
        }
        if !headers.is_empty() {
            put(&mut written, "headers", headers);
        }
        self.extend(&mut written, about);
        written.into()
    }

    /// The models that are there.
    fn known(&self, models: &'a IndexMap<String, String>) -> Models<'a> {
        let models = models
            .iter()
            .map(|(kind, name)| (kind.as_str(), name.as_str()));
        models
            .filter(|(_, name)| self.models.contains(name))
            .collect()
    }

    fn tell_unknown(&mut self, models: &IndexMap<String, String>, pointer: &str) {
        for (media_type, name) in models {
            if !self.models.contains(name) {
                let pointer = format!("{pointer}/{}", escape(media_type));
                self.warn(&pointer, format!("there is no model `{name}` to refer to"));
            }
        }
    }

    /// The model that Swagger 2.0 names for all media types.
    fn one_model(&mut self, models: &Models<'a>, pointer: &str) -> Option<&'a str> {
        let one = chosen(models)?;
        for (media_type, model) in models.iter().filter(|(_, model)| **model != one) {
            let message = format!(
                "Swagger 2.0 has one model for all media types: `{model}` for {media_type} is left \
                 out"
            );
            self.warn(&format!("{pointer}/{}", escape(media_type)), message);
        }
        Some(one)
    }

    fn content(&self, models: &Models<'a>) -> Members {
        let models = models.iter();
        models
            .map(|(media_type, model)| {
                let mut body = Members::new();
                put(&mut body, "schema", self.version.schema_reference(model));
                ((*media_type).to_owned(), body.into())
            })
            .collect()
    }
}

/// The model of JSON, else the first.
fn chosen<'a>(models: &Models<'a>) -> Option<&'a str> {
    let json = models.get(DEFAULT_MEDIA_TYPE);
    json.or_else(|| models.values().next()).copied()
}

/// The media types of the model that is chosen.
fn types_of_one_model<'a>(models: &Models<'a>) -> IndexSet<&'a str> {
    let one = chosen(models);
    let models = models.iter().filter(|(_, model)| Some(**model) == one);
    models.map(|(media_type, _)| *media_type).collect()
}

/// Headers of a response by their names, from targets of mappings.
pub(crate) fn response_headers<'t>(
    targets: impl IntoIterator<Item = &'t String>,
    version: Version,
) -> Members {
    let headers = targets.into_iter();
    headers
        .filter_map(|target| header(target, version))
        .map(|(name, header)| (name.to_owned(), header.into()))
        .collect()
}

/// The declaration of a header by its name.
fn header(target: &str, version: Version) -> Option<(&str, Members)> {
    let name = target.strip_prefix(RESPONSE_HEADER)?;
    let mut header = Members::new();
    version.put_text_type(&mut header);
    Some((name, header))
}
