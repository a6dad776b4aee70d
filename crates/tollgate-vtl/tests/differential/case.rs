//! One template with its data, and what comes out of it.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

/// Which Velocity is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flavour {
    /// Apache Velocity 1.7.
    V17,
    /// Apache Velocity 2.x.
    V2,
    /// The model of Amazon API Gateway: 1.7 in which null prints nothing, without macros.
    ApiGateway,
}

impl Flavour {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::V17, Self::V2, Self::ApiGateway];

    /// The member of a line of the table that holds the answer.
    pub(crate) fn member(self) -> &'static str {
        match self {
            Self::V17 => "v17",
            Self::V2 => "v2",
            Self::ApiGateway => "api_gateway",
        }
    }
}

/// A template, the data it is rendered with, and the settings of the engine.
#[derive(Clone, Debug, Default)]
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) template: String,
    pub(crate) context: Map<String, Value>,
    /// What `#parse` and `#include` can read.
    pub(crate) files: Map<String, Value>,
    /// Velocity's settings by name.
    pub(crate) props: Map<String, Value>,
}

impl Case {
    /// Reads the case out of a line of the table.
    pub(crate) fn from_json(line: &Value) -> Self {
        let text = |member: &str| line[member].as_str().expect("a text").to_owned();
        let object = |member: &str| line[member].as_object().cloned().unwrap_or_default();
        Self {
            id: text("id"),
            template: text("template"),
            context: object("context"),
            files: object("files"),
            props: object("props"),
        }
    }

    /// The case as an oracle reads it, and as it stands in the table.
    pub(crate) fn to_json(&self) -> Map<String, Value> {
        let mut line = Map::new();
        line.insert("id".into(), json!(self.id));
        line.insert("template".into(), json!(self.template));
        for (member, object) in [
            ("context", &self.context),
            ("files", &self.files),
            ("props", &self.props),
        ] {
            if !object.is_empty() {
                line.insert(member.into(), json!(object));
            }
        }
        line
    }

    /// All that is written in it: the template, its files and its settings.
    pub(crate) fn written(&self) -> String {
        let files = self.files.values().filter_map(Value::as_str);
        let settings = json!(self.props).to_string();
        let parts: Vec<&str> = std::iter::once(self.template.as_str())
            .chain(files)
            .chain([settings.as_str()])
            .collect();
        parts.join("\n")
    }

    /// The same case with another template, and without the data that it does not mention.
    pub(crate) fn with_template(&self, template: String) -> Self {
        let words = |text: &str| -> HashSet<String> {
            let words = text.split(|character: char| !character.is_ascii_alphanumeric());
            words.map(str::to_owned).collect()
        };
        let mut mentioned = words(&template);
        for file in self.files.values() {
            mentioned.extend(words(&file.to_string()));
        }
        let kept = |object: &Map<String, Value>| {
            object
                .iter()
                .filter(|(name, _)| mentioned.contains(name.split('.').next().unwrap_or(name)))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect()
        };
        Self {
            context: kept(&self.context),
            files: kept(&self.files),
            template,
            ..self.clone()
        }
    }
}

/// What an engine made of a case. Errors are not told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The rendered text.
    Text(String),
    /// The template was refused, or failed.
    Error,
}

impl Outcome {
    /// Reads an answer of an oracle or of the table; `None` if the engine gave up on the case.
    pub(crate) fn from_json(answer: &Value) -> Option<Self> {
        if let Some(text) = answer["output"].as_str() {
            return Some(Self::Text(text.to_owned()));
        }
        let error = answer["error"].as_str().expect("an output or an error");
        let gave_up = ["Timeout", "StackOverflowError", "OutOfMemoryError"];
        (!gave_up.contains(&error)).then_some(Self::Error)
    }
}
