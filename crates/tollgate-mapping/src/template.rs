//! Mapping templates: compiled once, rendered per request.

use std::cell::OnceCell;
use std::rc::Rc;

use bytes::Bytes;
use thiserror::Error;
use tollgate_core::{Context, Overrides, Rejection};
use tollgate_vtl::{Profile, Template, Value};

use crate::objects::{ContextObject, Input, StageVariablesObject, Util};

/// A mapping template in the dialect of API Gateway.
#[derive(Clone, Debug)]
pub struct MappingTemplate {
    source: Box<str>,
    program: Template,
    /// The text of a template that reads nothing, such as `{"statusCode": 200}`.
    constant: Option<Bytes>,
}

/// Why a template cannot be used, or could not be rendered.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{reason}")]
pub struct TemplateFailure {
    reason: String,
}

impl TemplateFailure {
    /// 500: a template that fails is a fault of the API.
    #[must_use]
    pub fn to_rejection(&self) -> Rejection {
        Rejection::configuration(self.reason.clone())
    }
}

/// What a template reads.
#[derive(Clone, Copy, Debug)]
pub struct TemplateScope<'a> {
    /// The request, its context and its stage.
    pub context: &'a Context,
    /// The body: the client's for a request template, the endpoint's for a response template.
    pub body: &'a str,
}

/// What a template made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rendered {
    /// The text.
    pub text: Bytes,
    /// The overrides of request and response, where the template touched them.
    pub overrides: Option<Overrides>,
}

impl MappingTemplate {
    /// Compiles a template.
    ///
    /// # Errors
    ///
    /// [`TemplateFailure`] with line and column where the text is no template.
    pub fn parse(source: &str) -> Result<Self, TemplateFailure> {
        // The service trims templates at both ends.
        let source = source.trim();
        let program =
            Template::parse(source, &Profile::api_gateway()).map_err(|error| TemplateFailure {
                reason: format!("invalid mapping template: {error}"),
            })?;
        // Without a variable, all requests see the same. One that fails does so when it is asked.
        let is_constant = program.variables().next().is_none();
        let render = || program.render(&|_: &str| None).ok().map(Bytes::from);
        let constant = is_constant.then(render).flatten();
        Ok(Self {
            source: source.into(),
            program,
            constant,
        })
    }

    /// The template's text.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Renders the template for a request.
    ///
    /// # Errors
    ///
    /// [`TemplateFailure`] where a method throws or a limit is reached; nothing is kept of what was
    /// rendered until then.
    pub fn render(&self, scope: &TemplateScope<'_>) -> Result<Rendered, TemplateFailure> {
        if let Some(text) = &self.constant {
            return Ok(Rendered {
                text: text.clone(),
                overrides: None,
            });
        }
        let context = OnceCell::new();
        let globals = |name: &str| match name {
            "input" => Some(Value::object(Input::new(scope))),
            "context" => {
                let object = context.get_or_init(|| Rc::new(ContextObject::new(scope.context)));
                Some(Value::Object(object.clone()))
            }
            "stageVariables" => Some(Value::object(StageVariablesObject::new(
                &scope.context.stage.variables,
            ))),
            "util" => Some(Value::object(Util)),
            _ => None,
        };
        let text = self
            .program
            .render(&globals)
            .map_err(|error| TemplateFailure {
                reason: format!("unable to transform: {error}"),
            })?;
        let overrides = match context.get() {
            Some(context) => context
                .overrides()
                .map_err(|reason| TemplateFailure { reason })?,
            None => None,
        };
        Ok(Rendered {
            text: text.into(),
            overrides,
        })
    }
}
