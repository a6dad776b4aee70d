//! The models of an API, compiled together.

use std::fmt;
use std::sync::{Arc, LazyLock};

use indexmap::IndexMap;
use serde_json::Value;
use thiserror::Error;

use crate::check;
use crate::compile::compile;
use crate::document::{Document, Fault};
use crate::limits::MAX_MODELS;
use crate::program::{Program, SchemaIx};

/// The models that an API has unless it has others of these names (recorded on the service).
const BUILT_IN: [(&str, &str); 2] = [
    (
        "Empty",
        r#"{"$schema": "http://json-schema.org/draft-04/schema#", "title": "Empty Schema", "type": "object"}"#,
    ),
    (
        "Error",
        r#"{"$schema": "http://json-schema.org/draft-04/schema#", "title": "Error Schema", "type": "object",
            "properties": {"message": {"type": "string"}}}"#,
    ),
];

/// The models of an API by name, with the references between them resolved.
///
/// A model that cannot be used is kept as its [`InvalidModel`], and spoils only those that refer to
/// it.
///
/// ```
/// use tollgate_validate::Models;
///
/// let models = Models::compile([
///     ("Pet", r#"{"type": "object", "required": ["name"],
///         "properties": {"name": {"type": "string"}, "owner": {
///             "$ref": "https://apigateway.amazonaws.com/restapis/abc123/models/Person"}}}"#),
///     ("Person", r#"{"type": "object", "properties": {"age": {"type": "integer"}}}"#),
/// ]);
/// let pet = models.get("Pet").expect("it is there").expect("it can be used");
/// assert!(pet.check(&serde_json::json!({"name": "Rex", "owner": {"age": 7}})).is_ok());
///
/// let mismatch = pet.check(&serde_json::json!({"owner": {}})).unwrap_err();
/// assert_eq!(
///     mismatch.to_string(),
///     r#"[object has missing required properties (["name"])]"#
/// );
/// ```
#[derive(Clone, Debug)]
pub struct Models {
    models: IndexMap<String, Result<Arc<Model>, InvalidModel>>,
}

impl Models {
    /// Compiles the models of an API, given by name and the text of their schema.
    ///
    /// References between them are `https://apigateway.amazonaws.com/restapis/{api}/models/{name}`,
    /// whatever API they name, and may lead in circles; `#/definitions/…` refers to a part of the
    /// same schema. Nothing is ever fetched. Of two models with one name the last one counts.
    ///
    /// What a schema may cost is bounded by [`limits`](crate::limits).
    #[must_use]
    pub fn compile<N, T>(models: impl IntoIterator<Item = (N, T)>) -> Self
    where
        N: Into<String>,
        T: AsRef<str>,
    {
        let mut documents = IndexMap::new();
        for (name, text) in models {
            let name = name.into();
            let document = if documents.len() < MAX_MODELS {
                Document::read(name.clone(), text.as_ref())
            } else {
                let fault = Fault::new(format!("an API has at most {MAX_MODELS} models"));
                Document::broken(name.clone(), fault)
            };
            documents.insert(name, document);
        }
        for (name, text) in BUILT_IN {
            let built_in = || Document::read(name.to_owned(), text);
            documents.entry(name.to_owned()).or_insert_with(built_in);
        }
        let documents: Vec<Document> = documents.into_values().collect();
        let compiled = compile(&documents);
        let program = Arc::new(compiled.program);
        let models = documents.into_iter().zip(compiled.roots);
        let models = models.map(|(document, root)| {
            let model = match root {
                Ok(root) => Ok(Arc::new(Model {
                    name: document.name.as_str().into(),
                    program: program.clone(),
                    root,
                })),
                Err(unusable) => Err(InvalidModel {
                    pointer: unusable.pointer,
                    message: unusable.message,
                }),
            };
            (document.name, model)
        });
        Self {
            models: models.collect(),
        }
    }

    /// The model of this name; `None` if the API has none.
    ///
    /// # Errors
    ///
    /// Inside of the option: why the model cannot be used.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Result<&Arc<Model>, &InvalidModel>> {
        self.models.get(name).map(Result::as_ref)
    }

    /// The models that cannot be used, in the order in which they were given.
    pub fn errors(&self) -> impl Iterator<Item = (&str, &InvalidModel)> {
        let broken = |(name, model)| Some((name, Result::as_ref(model).err()?));
        let models = self.models.iter();
        models
            .map(|(name, model)| (name.as_str(), model))
            .filter_map(broken)
    }
}

/// What is known of the shape of a body: a JSON Schema of draft 4, compiled.
#[derive(Clone)]
pub struct Model {
    name: Box<str>,
    program: Arc<Program>,
    root: SchemaIx,
}

impl Model {
    /// The built-in model `Empty`, which takes any object: what a method that validates bodies has
    /// for `application/json` if it names no model at all.
    #[must_use]
    pub fn empty() -> Arc<Self> {
        static EMPTY: LazyLock<Arc<Model>> = LazyLock::new(|| {
            let models = Models::compile::<String, &str>([]);
            let empty = models.models.into_iter().find_map(|(_, model)| model.ok());
            empty.expect("the built-in models are schemas")
        });
        EMPTY.clone()
    }

    /// Its name in the API.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Checks a value.
    ///
    /// # Errors
    ///
    /// [`Mismatch`] when the value is not as the model has it, and when finding out takes more than
    /// [`limits`](crate::limits) allow.
    pub fn check(&self, value: &Value) -> Result<(), Mismatch> {
        match check::remarks(&self.program, self.root, value) {
            None => Ok(()),
            Some(remarks) => Err(Mismatch {
                remarks: remarks.into(),
            }),
        }
    }
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// A model that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}{}", place(.pointer))]
pub struct InvalidModel {
    pointer: String,
    message: String,
}

fn place(pointer: &str) -> String {
    if pointer.is_empty() {
        String::new()
    } else {
        format!(" (at {pointer})")
    }
}

impl InvalidModel {
    /// Where in the schema the fault is, as a JSON pointer; empty for the whole.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// What is wrong, in lower case and without a full stop.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

/// Why a value does not fit its model: a list in brackets, in the words of the service's validator.
///
/// It has at most [`MAX_REMARKS`](crate::limits::MAX_REMARKS) remarks of
/// [`MAX_REMARK_BYTES`](crate::limits::MAX_REMARK_BYTES), and may quote the value.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{remarks}")]
pub struct Mismatch {
    remarks: Box<str>,
}
