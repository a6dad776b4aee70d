//! What becomes of a case.

use serde::Serialize;
use thiserror::Error;
use tollgate::vtl::{ParseError, Profile, PropertyError, RenderError, Template};

use super::case::{self, Case};

/// A line of output: what a case rendered to, or why it did not.
#[derive(Debug, Default, Serialize)]
pub(super) struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<serde_json::Value>,
    /// Where a line that is no case stands, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// Settings that were ignored.
    #[serde(skip)]
    pub(super) unknown: Vec<PropertyError>,
}

#[derive(Debug, Error)]
enum Failure {
    #[error("{0}")]
    Malformed(String),
    #[error(transparent)]
    Property(#[from] PropertyError),
    #[error(transparent)]
    Parse(#[from] ParseError),
    #[error(transparent)]
    Render(#[from] RenderError),
}

impl Answer {
    /// The answer to the line of this number.
    pub(super) fn to(line: &[u8], number: usize, profile: &Profile) -> Self {
        let mut answer = Self::default();
        match answer.render(line, profile) {
            Ok(output) => answer.output = Some(output),
            Err(failure) => {
                answer.line = matches!(failure, Failure::Malformed(_)).then_some(number);
                answer.error = Some(failure.to_string());
            }
        }
        answer
    }

    /// What the template of a line renders to. What is noticed on the way is kept.
    fn render(&mut self, line: &[u8], profile: &Profile) -> Result<String, Failure> {
        let line = str::from_utf8(line).map_err(|error| Failure::Malformed(error.to_string()))?;
        // Declared first to live longest: what a render puts into the values may borrow from it.
        let mut template = None;
        let members = case::object(line).map_err(Failure::Malformed)?;
        let id = members.get("id").and_then(|id| id.to_json().ok());
        self.id = id.and_then(|id| serde_json::from_str(&id).ok());
        let case = Case::new(&members).map_err(Failure::Malformed)?;
        let (profile, unknown) = case.profile(profile)?;
        self.unknown = unknown;
        let template = template.insert(Template::parse(&case.template, &profile)?);
        Ok(template.render_with(&case.context, &case.files)?)
    }
}
