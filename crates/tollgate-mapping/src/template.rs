//! Mapping templates: compiled once, rendered per request.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;
use thiserror::Error;
use tollgate_core::{Context, Event, MappingSide, Observer, Overrides, Rejection, TemplateRule};
use tollgate_vtl::{Budget, Profile, Template, Value};

use crate::objects::{ContextObject, Input, StageVariablesObject, Util};
use crate::{Content, Payload};

/// A mapping template in the dialect of API Gateway.
///
/// Clones share the text and its parsed form.
#[derive(Clone, Debug)]
pub struct MappingTemplate {
    source: Arc<str>,
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
#[derive(Clone, Debug)]
pub struct TemplateScope<'a> {
    /// The request, its context and its stage.
    pub context: &'a Context,
    /// The body: the client's for a request template, the endpoint's for a response template.
    pub payload: Payload<'a>,
}

/// The template that is for a request, and the key that it stands under.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ChosenTemplate<'a> {
    /// The key, such as `application/json`.
    pub media_type: &'a str,
    /// The template.
    pub template: &'a MappingTemplate,
}

/// Which template makes a body, and what decided it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TemplateChoice<'a> {
    /// The key that the template stands under; `None`: none makes the body.
    pub media_type: Option<&'a str>,
    /// What decided.
    pub rule: TemplateRule,
}

impl<'a> ChosenTemplate<'a> {
    pub(crate) fn of(
        (media_type, template): (&'a str, &'a Result<MappingTemplate, TemplateFailure>),
    ) -> Result<Self, Rejection> {
        let template = template.as_ref().map_err(TemplateFailure::to_rejection)?;
        Ok(Self {
            media_type,
            template,
        })
    }

    /// Makes a body of content, which is the payload's text unless it was converted.
    pub(crate) fn render(
        &self,
        side: MappingSide,
        context: &'a Context,
        (content, payload): (&Content<'_>, &Payload<'a>),
        observer: Option<&dyn Observer>,
    ) -> Result<Rendered, Rejection> {
        let rendered = match content {
            Content::Text(Cow::Borrowed(_)) => self.template.render(&TemplateScope {
                context,
                payload: payload.clone(),
            }),
            Content::Text(Cow::Owned(text)) => self.template.render(&TemplateScope {
                context,
                payload: Payload::new(text),
            }),
            Content::Binary(_) => Err(TemplateFailure {
                reason: "unable to transform: a template cannot read a binary body".to_owned(),
            }),
        };
        let rendered = rendered.map_err(|failure| failure.to_rejection())?;
        if let Some(observer) = observer {
            let event = Event::TemplateRendered {
                side,
                media_type: self.media_type,
                template: self.template.source(),
                input: content.as_bytes(),
                output: &rendered.text,
            };
            observer.observe(context, &event);
        }
        Ok(rendered)
    }
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
    pub fn render<'a>(&'a self, scope: &TemplateScope<'a>) -> Result<Rendered, TemplateFailure> {
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
                .overrides(&mut Budget::new(&Profile::api_gateway()))
                .map_err(|reason| TemplateFailure { reason })?,
            None => None,
        };
        Ok(Rendered {
            text: text.into(),
            overrides,
        })
    }
}
