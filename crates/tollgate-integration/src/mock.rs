//! MOCK: the gateway answers by itself.

use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use serde::Deserialize;
use tollgate_core::{Body, Context, Rejection};

use crate::{Integration, IntegrationRequest, IntegrationResponse};

/// The integration that calls nothing.
///
/// The body of the request says which status it answers with: `{"statusCode": 200}`. Any integer
/// will do. As on the service the reader is lenient, so that what the CDK writes for CORS is
/// accepted: `{ statusCode: 200 }`, single quotes, a comma at the end, and members that are not
/// JSON. A quoted number is no number.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mock;

/// What the service logs when a mock's template does not name a status.
const NO_STATUS: &str = "unable to parse statusCode: it should be an integer that is defined in \
                         the request template";

#[async_trait]
impl Integration for Mock {
    async fn call(
        &self,
        _: &Context,
        request: IntegrationRequest,
    ) -> Result<IntegrationResponse, Rejection> {
        let body = match request.body.try_into_bytes() {
            Ok(body) => body,
            Err(stream) => collected(stream).await?,
        };
        let status = std::str::from_utf8(&body).ok().and_then(status_code);
        status
            .map(IntegrationResponse::new)
            .ok_or_else(|| Rejection::configuration(NO_STATUS))
    }
}

async fn collected(stream: Body) -> Result<Bytes, Rejection> {
    let broken =
        |error| Rejection::configuration(format!("the request's body cannot be read: {error}"));
    Ok(stream.collect().await.map_err(broken)?.to_bytes())
}

/// The member `statusCode` of an object, if it is an integer.
fn status_code(text: &str) -> Option<i64> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Object {
        status_code: Option<serde_json::Value>,
    }
    match serde_json::from_str::<Object>(text) {
        Ok(object) => object.status_code?.as_i64(),
        Err(_) => lenient_status_code(text),
    }
}

/// The same in text that is only nearly JSON: `name: value` pairs in braces.
fn lenient_status_code(text: &str) -> Option<i64> {
    let members = text.trim().strip_prefix('{')?.strip_suffix('}')?;
    members.split(',').find_map(|member| {
        let (name, value) = member.split_once(':')?;
        (unquoted(name.trim()) == "statusCode").then(|| value.trim().parse().ok())?
    })
}

fn unquoted(name: &str) -> &str {
    ['"', '\'']
        .into_iter()
        .find_map(|quote| name.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use http::Method;
    use std::sync::Arc;

    use tollgate_core::{
        ClientRequest, GatewayResponseType, Ids as _, Moment, RandomIds, SeededRandom, StageContext,
    };

    use super::*;

    fn context() -> Context {
        let ids = RandomIds::new(Arc::new(SeededRandom::new(1))).request();
        let request = ClientRequest::new(Method::GET, "/".parse().unwrap());
        Context::new(
            Arc::new(StageContext::local()),
            ids,
            Moment::default(),
            request,
        )
    }

    #[test]
    fn statuses_are_read_leniently() {
        for (body, status) in [
            (r#"{"statusCode": 200}"#, Some(200)),
            (r#"{"statusCode":404,"message":"x"}"#, Some(404)),
            ("{statusCode: 200}", Some(200)),
            ("{ statusCode: 200 }", Some(200)),
            ("{'statusCode': 200}", Some(200)),
            ("{\"statusCode\": 200,}", Some(200)),
            ("\n{\n  \"statusCode\": 200\n}\n", Some(200)),
            (r#"{"extra": rubbish here, "statusCode": 201}"#, Some(201)),
            (r#"{"statusCode": 0}"#, Some(0)),
            (r#"{"statusCode": -1000}"#, Some(-1000)),
            (r#"{"statusCode": "200"}"#, None),
            ("{statusCode: '200'}", None),
            (r#"{"statusCode": 200.5}"#, None),
            (r#"{"statusCode": null}"#, None),
            (r#"{"statusCode": 99999999999999999999}"#, None),
            (r#"{"message": "no status"}"#, None),
            ("{}", None),
            ("[]", None),
            ("statusCode: 200", None),
            ("{statusCode: 200", None),
            ("", None),
        ] {
            assert_eq!(status_code(body), status, "{body}");
        }
    }

    #[tokio::test]
    async fn a_mock_answers_with_its_status_and_no_body() {
        let request = |body| IntegrationRequest::new(Method::GET, Body::from(body));
        let response = Mock
            .call(&context(), request(r#"{"statusCode": 202}"#))
            .await
            .unwrap();
        assert_eq!(response.status, 202);
        assert!(
            http_body_util::BodyExt::collect(response.body)
                .await
                .unwrap()
                .to_bytes()
                .is_empty()
        );

        let rejection = Mock
            .call(&context(), request("nonsense"))
            .await
            .unwrap_err();
        assert_eq!(
            rejection.response_type(),
            Some(GatewayResponseType::ApiConfigurationError)
        );
        assert_eq!(rejection.reason(), Some(NO_STATUS));
    }

    proptest::proptest! {
        #[test]
        fn every_text_is_read_or_refused(text in ".*") {
            if let Some(status) = status_code(&text) {
                proptest::prop_assert!(text.contains(&status.to_string()) || text.contains("-0"));
            }
        }
    }
}
