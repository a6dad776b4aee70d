//! Which stage a request is for.

use std::collections::HashMap;
use std::sync::Arc;

use http::uri::PathAndQuery;
use http::{Request, Uri};
use tollgate_core::{RawRejection, Rejection, StageContext};
use tower_layer::Layer;

use super::Staged;

/// Tells the layers and the service within which stage a request is for.
///
/// What a stage is to a plain service is a name, a deployment and variables. They go along with the
/// request as an `Arc<`[`StageContext`]`>` among its extensions, where handlers find them, and where
/// other layers of Tollgate do: `$context.stage` and `$stageVariables` of their templates are those of
/// the stage.
///
/// A [fixed](Self::fixed) stage is that of all requests. Of [several](Self::by_path), the first segment
/// of the path names the stage and is taken away, as behind an `execute-api` host: `/prod/pets` is
/// `/pets` of the stage `prod`. A request for another one is refused with 403 `Forbidden`.
///
/// ```
/// use std::sync::Arc;
///
/// use http::{Request, Response, StatusCode};
/// use http_body_util::BodyExt;
/// use tollgate_core::{StageContext, StageVariables};
/// use tollgate_deploy::StageLayer;
/// use tower::{Layer, ServiceExt, service_fn};
///
/// # fn main() -> Result<(), tollgate_core::BoxError> {
/// let stage = |name: &str, host: &str| -> Result<_, tollgate_core::InvalidStageName> {
///     let mut stage = StageContext::local();
///     stage.stage = name.parse()?;
///     stage.variables = StageVariables::from_iter([("host", host)]);
///     Ok(stage)
/// };
/// let handler = service_fn(async |request: Request<()>| {
///     let stage = request.extensions().get::<Arc<StageContext>>();
///     let host = stage.and_then(|stage| stage.variables.get("host")).unwrap_or_default();
///     let text = format!("{} of {host}", request.uri());
///     Ok::<_, std::convert::Infallible>(Response::new(text))
/// });
/// let layer = StageLayer::by_path([stage("dev", "localhost")?, stage("prod", "example.com")?]);
/// let service = layer.layer(handler);
///
/// # futures::executor::block_on(async {
/// let request = Request::get("/prod/pets?page=2").body(())?;
/// let response = service.clone().oneshot(request).await?;
/// let body = response.into_body().collect().await?.to_bytes();
/// assert_eq!(body, "/pets?page=2 of example.com");
///
/// let response = service.oneshot(Request::get("/test/pets").body(())?).await?;
/// assert_eq!(response.status(), StatusCode::FORBIDDEN);
/// # Ok(())
/// # })
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct StageLayer {
    stages: Stages,
}

#[derive(Clone, Debug)]
pub(super) enum Stages {
    Fixed(Arc<StageContext>),
    ByPath(Arc<HashMap<String, Arc<StageContext>>>),
}

impl StageLayer {
    /// All requests are for this stage.
    #[must_use]
    pub const fn fixed(stage: Arc<StageContext>) -> Self {
        Self {
            stages: Stages::Fixed(stage),
        }
    }

    /// The first segment of a request's path names its stage.
    ///
    /// Of stages with the same name, the last is taken.
    #[must_use]
    pub fn by_path(stages: impl IntoIterator<Item = StageContext>) -> Self {
        let stages = stages.into_iter();
        let by_name = stages.map(|stage| (stage.stage.to_string(), Arc::new(stage)));
        Self {
            stages: Stages::ByPath(Arc::new(by_name.collect())),
        }
    }
}

impl<S> Layer<S> for StageLayer {
    type Service = Staged<S>;

    fn layer(&self, inner: S) -> Staged<S> {
        Staged::new(inner, self.stages.clone())
    }
}

impl Stages {
    /// Finds a request's stage, and makes the request one to the stage.
    pub(super) fn enter<B>(&self, request: &mut Request<B>) -> Result<(), Rejection> {
        let stage = match self {
            Self::Fixed(stage) => stage.clone(),
            Self::ByPath(stages) => {
                let name = first_segment(request.uri().path());
                let Some(stage) = stages.get(name) else {
                    let unknown = Rejection::raw(RawRejection::Forbidden);
                    return Err(unknown.because("its path begins with no stage"));
                };
                let below = below(request.uri(), name.len())
                    .ok_or_else(|| Rejection::raw(RawRejection::BadRequest))?;
                *request.uri_mut() = below;
                stage.clone()
            }
        };
        request.extensions_mut().insert(stage);
        Ok(())
    }
}

fn first_segment(path: &str) -> &str {
    let path = path.strip_prefix('/').unwrap_or_default();
    path.split_once('/').map_or(path, |(first, _)| first)
}

/// The address without the first segment of its path, which has this length.
fn below(uri: &Uri, length: usize) -> Option<Uri> {
    let all = uri.path_and_query()?.as_str();
    let rest = all.get(1 + length..)?;
    let rest = if rest.starts_with('/') {
        PathAndQuery::try_from(rest)
    } else {
        // Nothing, or only a query: the stage's root.
        PathAndQuery::try_from(format!("/{rest}"))
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(rest.ok()?);
    Uri::from_parts(parts).ok()
}
