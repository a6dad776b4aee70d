//! What happens to a request, step by step, for whoever wants to know.

use std::fmt;
use std::time::Duration;

use http::{HeaderMap, HeaderName, Method, StatusCode, Uri};

use crate::{Context, GatewayResponseType, Rejection};

/// One step of a request, with what it decided.
///
/// Events borrow from the request in flight: an observer that keeps something copies it.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The request arrived; always the first event. The context holds its head.
    Received,
    /// A resource and method were chosen. The context holds the path parameters.
    Routed {
        /// The resource's path as configured.
        resource: &'a str,
        /// The method as configured, perhaps `ANY`.
        method: &'a str,
    },
    /// The method is protected: where its authorizer looks for who calls, and what stands there. The
    /// values are secrets.
    Identified {
        /// How callers are authorized, such as `CUSTOM`.
        authorization: &'static str,
        /// Such as `method.request.header.Authorization`, with its value if there is one.
        sources: &'a [(String, Option<String>)],
    },
    /// The caller may call the method, which is protected. The context holds what is known of the
    /// caller.
    Authorized {
        /// How it was found out, such as `AWS_IAM`; `NONE`: by the API's resource policy alone.
        authorization: &'static str,
        /// Who calls; `None`: anybody.
        principal: Option<&'a str>,
    },
    /// The request's API key has a usage plan. The context holds the key.
    ApiKeyAccepted {
        /// The usage plan's id.
        usage_plan: &'a str,
    },
    /// A limit was decided without the store that it is shared through, which is away. The context says
    /// so, too.
    LimitsDegraded,
    /// A limit would have refused the request, if it were not only observed.
    ShadowRefusal {
        /// Which limit, such as `plan_quota`.
        limit: &'a str,
        /// What would have been the reason.
        reason: &'a str,
    },
    /// It was decided which template makes a body, if any does.
    TemplateChosen {
        /// Which body is made.
        side: MappingSide,
        /// The key that the template stands under; `None`: none makes the body.
        media_type: Option<&'a str>,
        /// What decided.
        rule: TemplateRule,
    },
    /// The coding of the client's body is undone.
    ContentDecoded {
        /// Its name, such as `gzip`.
        coding: &'static str,
        /// Bytes as they arrived.
        encoded: usize,
        /// Bytes without the coding.
        decoded: usize,
    },
    /// The client's body is at hand whole, without a coding.
    RequestBodyRead {
        /// The body before transformations.
        body: &'a [u8],
    },
    /// The request is as its method's validator wants it.
    Validated {
        /// How many parameters are required, and there.
        parameters: usize,
        /// The model that the body fits; `None`: bodies of its type are not checked.
        model: Option<&'a str>,
    },
    /// A body that is bytes, or became bytes or text, is in the form in which it is mapped.
    BodyFormed {
        /// Which body.
        side: MappingSide,
        /// What it was.
        from: BodyForm,
        /// What it is now.
        to: BodyForm,
        /// The `contentHandling` that decided; `None`: the binary media types did.
        content_handling: Option<&'static str>,
        /// The entry of `binaryMediaTypes` that the body's own type fits.
        own_entry: Option<&'a str>,
        /// The entry that the client's `Accept` fits; only for responses.
        accepted_entry: Option<&'a str>,
        /// Its bytes before.
        before: usize,
        /// Its bytes now.
        after: usize,
    },
    /// A parameter mapping of the API was followed.
    ParameterMapped {
        /// Which message is made.
        side: MappingSide,
        /// What is set, such as `integration.request.header.x-page`.
        target: &'a str,
        /// Where its value comes from, such as `method.request.querystring.page`.
        source: &'a str,
        /// The value; `None` where there is none, which leaves the parameter out.
        value: Option<&'a str>,
        /// What becomes of it.
        fate: ParameterFate<'a>,
    },
    /// What a template wrote to `$context.requestOverride` or `$context.responseOverride` takes
    /// effect.
    Overridden {
        /// Which message is changed.
        side: MappingSide,
        /// What is set, such as `context.responseOverride.header.x-page`.
        target: &'a str,
        /// The value.
        value: &'a str,
        /// What becomes of it.
        fate: ParameterFate<'a>,
    },
    /// A proxy integration does not pass a header on as it is.
    HeaderChanged {
        /// Which message would have it.
        side: MappingSide,
        /// Its name.
        name: &'a HeaderName,
        /// The name that it has instead; `None`: it ends here.
        sent_as: Option<&'a HeaderName>,
    },
    /// A mapping template is rendered.
    TemplateRendered {
        /// Which body it made.
        side: MappingSide,
        /// The key that the template stands under, such as `application/json`.
        media_type: &'a str,
        /// The template's text.
        template: &'a str,
        /// The body before.
        input: &'a [u8],
        /// The body after.
        output: &'a [u8],
    },
    /// The integration request is ready.
    IntegrationRequest {
        /// Its verb.
        method: &'a Method,
        /// What is called; `/` where nothing is.
        uri: &'a Uri,
        /// Its headers.
        headers: &'a HeaderMap,
        /// Its body; `None` where it is passed on as it arrives.
        body: Option<&'a [u8]>,
    },
    /// The endpoint answered.
    IntegrationResponse {
        /// Its status; a mock may answer any number.
        status: i64,
        /// Its headers.
        headers: &'a HeaderMap,
        /// Its body before transformations; `None` where it is passed on as it arrives.
        body: Option<&'a [u8]>,
        /// How long it took.
        latency: Duration,
    },
    /// One of the method's integration responses is for the endpoint's answer.
    IntegrationResponseSelected {
        /// Its selection pattern; `None`: it is the default one.
        pattern: Option<&'a str>,
        /// The status that it gives to the client.
        status: StatusCode,
    },
    /// The method response is ready.
    MethodResponse {
        /// Its status.
        status: StatusCode,
        /// Its headers.
        headers: &'a HeaderMap,
        /// Its body; `None` where it is passed on as it arrives.
        body: Option<&'a [u8]>,
    },
    /// The gateway refuses, and its own response is ready.
    Refused {
        /// Why, and what the client may know of it.
        rejection: &'a Rejection,
        /// Who says what is answered.
        origin: ResponseOrigin,
        /// The response's status.
        status: StatusCode,
        /// Its headers.
        headers: &'a HeaderMap,
        /// Its body.
        body: Option<&'a [u8]>,
    },
    /// The response's body is made smaller, as the client asks for.
    ResponseCompressed {
        /// The coding, such as `gzip`.
        coding: &'static str,
        /// Bytes before, where they are known.
        plain: Option<u64>,
        /// Bytes now, where they are known.
        encoded: Option<u64>,
    },
    /// The response is on its way; always the last event.
    Completed {
        /// Its status.
        status: StatusCode,
        /// Bytes of its body, where that is known.
        length: Option<u64>,
        /// From the request's arrival until now.
        latency: Duration,
        /// Why it is the gateway's own answer, if it is.
        rejection: Option<&'a Rejection>,
    },
}

/// Between client and endpoint there are two mappings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MappingSide {
    /// From method request to integration request.
    Request,
    /// From integration response to method response.
    Response,
}

impl MappingSide {
    /// `request` or `response`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Response => "response",
        }
    }
}

/// What decides which template makes a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TemplateRule {
    /// There is one for the media type that the client names.
    Exact,
    /// The client names no type, which counts as JSON.
    UnnamedIsJson,
    /// There is none for the client's type, but one under `$default`.
    DefaultKey,
    /// There is none for a type that the client accepts, but one for JSON.
    JsonFallback,
    /// There is none for a type that the client accepts, nor for JSON: the first is taken.
    First,
    /// There is none at all.
    NoTemplates,
    /// `WHEN_NO_MATCH` lets a body pass that no template is for.
    WhenNoMatchPasses,
    /// `WHEN_NO_TEMPLATES` refuses it, for there are templates for others.
    WhenNoTemplatesRefuses,
    /// `NEVER` refuses it.
    NeverPasses,
}

impl TemplateRule {
    /// A word for it, such as `when_no_match_passes`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::UnnamedIsJson => "unnamed_is_json",
            Self::DefaultKey => "default_key",
            Self::JsonFallback => "json_fallback",
            Self::First => "first",
            Self::NoTemplates => "no_templates",
            Self::WhenNoMatchPasses => "when_no_match_passes",
            Self::WhenNoTemplatesRefuses => "when_no_templates_refuses",
            Self::NeverPasses => "never_passes",
        }
    }
}

/// A body is text, which templates can read, or bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyForm {
    /// Text.
    Text,
    /// Bytes.
    Binary,
}

impl BodyForm {
    /// `text` or `binary`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Binary => "binary",
        }
    }
}

/// What becomes of a value that a mapping or a template has for a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParameterFate<'a> {
    /// It is set.
    Set,
    /// It is set under this name, for the other is the gateway's own.
    Renamed(&'a str),
    /// It is left out: there is no value, or only the empty one.
    Empty,
    /// It is dropped: what is so called does not leave the gateway.
    Dropped,
}

impl ParameterFate<'_> {
    /// `set`, `renamed`, `empty` or `dropped`.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Set => "set",
            Self::Renamed(_) => "renamed",
            Self::Empty => "empty",
            Self::Dropped => "dropped",
        }
    }
}

/// Who says what is answered to a request that is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResponseOrigin {
    /// The API's gateway response of this type: the refusal's own, or `DEFAULT_4XX` and
    /// `DEFAULT_5XX`.
    Api(GatewayResponseType),
    /// Nobody but the gateway: the API says nothing of it.
    BuiltIn,
    /// Nobody but the gateway: no API has a say in it.
    FrontDoor,
}

/// Watches requests: access logs, metrics and traces are observers.
///
/// Observers run on the request's own path, so they must be quick; whatever they do, the request
/// goes on.
pub trait Observer: Send + Sync + fmt::Debug {
    /// Something happened to the request with this context.
    fn observe(&self, context: &Context, event: &Event<'_>);

    /// Whether events must tell of bodies.
    ///
    /// Bodies that nothing else needs whole are then collected before they are passed on.
    fn wants_bodies(&self) -> bool {
        false
    }
}
