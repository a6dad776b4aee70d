//! Roles: keys that the gateway is lent.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use form_urlencoded::Serializer;
use http::{HeaderValue, Method, header};
use http_body_util::{BodyExt as _, Limited};
use tokio::sync::OnceCell;
use tollgate_core::Body;
use tollgate_iam::sigv4::{Credentials, Timestamp};

use super::client::AwsClient;
use super::credentials::CredentialsError;
use super::identity::RoleArn;
use super::service::Service;
use crate::IntegrationRequest;

/// The name of the gateway's sessions, as it stands in logs: the service's own.
const SESSION_NAME: &str = "BackplaneAssumeRoleSession";
/// How long before its end a key is not used any more.
const RENEWED_BEFORE: Duration = Duration::from_secs(300);
/// How long the service that lends keys may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes that its answer may have.
const LONGEST_ANSWER: usize = 64 * 1024;
/// Characters of an answer that are shown in a reason.
const LONGEST_EXCERPT: usize = 300;
/// Roles that are known at a time; documents and stage variables can name any number.
const MOST_ROLES: usize = 1024;

/// The keys of roles, until shortly before their end.
#[derive(Default)]
pub(super) struct Roles(Mutex<HashMap<RoleArn, Arc<OnceCell<Credentials>>>>);

impl Roles {
    /// The place of a role's key, empty where it is to be fetched.
    ///
    /// Whoever finds it empty fetches it, and others that come meanwhile wait for that.
    fn place(&self, role: &RoleArn, now: Timestamp) -> Arc<OnceCell<Credentials>> {
        // A map of places is whole at all times, whoever panicked.
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = places.get(role)
            && place.get().is_none_or(|key| is_good(key, now))
        {
            return place.clone();
        }
        if places.len() >= MOST_ROLES {
            places.clear();
        }
        let place = Arc::<OnceCell<Credentials>>::default();
        places.insert(role.clone(), place.clone());
        place
    }
}

fn is_good(key: &Credentials, now: Timestamp) -> bool {
    key.expires().is_none_or(|end| {
        let left = end.as_unix_seconds() - now.as_unix_seconds();
        u64::try_from(left).is_ok_and(|left| left > RENEWED_BEFORE.as_secs())
    })
}

impl fmt::Debug for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Roles").finish_non_exhaustive()
    }
}

impl AwsClient {
    /// The key of a role, from the region's STS or from before.
    pub(super) async fn assume(
        &self,
        role: &RoleArn,
        region: &str,
    ) -> Result<Credentials, CredentialsError> {
        let now = Timestamp::from_unix(self.clock.now().unix());
        let place = self.roles.place(role, now);
        let fetched = place.get_or_try_init(|| self.fetch(role, region)).await;
        fetched.cloned()
    }

    async fn fetch(&self, role: &RoleArn, region: &str) -> Result<Credentials, CredentialsError> {
        let failed = |reason: String| CredentialsError::Role {
            role: role.as_str().to_owned(),
            reason,
        };
        let sts = self.caller(&Service::new("sts"), region, TIMEOUT);
        let endpoint = sts
            .endpoint()
            .ok_or_else(|| failed("there is no such region".to_owned()))?;
        let form = Serializer::new(String::new())
            .append_pair("Action", "AssumeRole")
            .append_pair("Version", "2011-06-15")
            .append_pair("RoleArn", role.as_str())
            .append_pair("RoleSessionName", SESSION_NAME)
            .finish();
        let mut request = IntegrationRequest::new(Method::POST, Body::from(form));
        let uri = format!("{endpoint}/").parse();
        request.uri = uri.map_err(|error| failed(format!("{endpoint}: {error}")))?;
        request.headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded; charset=utf-8"),
        );
        let own = self.credentials().await;
        let own = own.map_err(|error| failed(error.to_string()))?;
        let answer = sts.send_with(own, request).await.map_err(|rejection| {
            failed(
                rejection
                    .reason()
                    .unwrap_or("STS cannot be called")
                    .to_owned(),
            )
        })?;
        let body = Limited::new(answer.body, LONGEST_ANSWER).collect().await;
        let body = body.map_err(|error| failed(format!("the answer of STS: {error}")))?;
        let body = body.to_bytes();
        let text = String::from_utf8_lossy(&body);
        if answer.status != 200 {
            let said = element(&text, "Message").unwrap_or(&text);
            let excerpt: String = said.chars().take(LONGEST_EXCERPT).collect();
            return Err(failed(format!("STS answered {}: {excerpt}", answer.status)));
        }
        lent(&text).ok_or_else(|| failed("STS gave no credentials".to_owned()))
    }
}

/// The key in an answer of `AssumeRole`.
fn lent(answer: &str) -> Option<Credentials> {
    let key = element(answer, "Credentials")?;
    let end: jiff::Timestamp = element(key, "Expiration")?.parse().ok()?;
    let end = Duration::from_secs(u64::try_from(end.as_second()).ok()?);
    Some(
        Credentials::new(
            element(key, "AccessKeyId")?,
            element(key, "SecretAccessKey")?,
        )
        .with_session_token(element(key, "SessionToken")?)
        .with_expiry(Timestamp::from_unix(end)),
    )
}

/// The text of the first element of this name.
///
/// The answer is XML, of which no more is needed: its elements have no attributes, and keys hold
/// nothing that would be escaped.
fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let (_, after) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = after.split_once(&format!("</{name}>"))?;
    Some(text.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">
        <AssumeRoleResult><Credentials>
        <AccessKeyId>ASIAEXAMPLE</AccessKeyId>
        <SecretAccessKey>a/b+c=</SecretAccessKey>
        <SessionToken>tok/en==</SessionToken>
        <Expiration>2026-03-01T13:00:00Z</Expiration>
        </Credentials></AssumeRoleResult></AssumeRoleResponse>";

    #[test]
    fn the_key_is_read_from_the_answer() {
        let key = lent(ANSWER).expect("there is one");
        assert_eq!(key.access_key_id(), "ASIAEXAMPLE");
        let end = key.expires().map(|end| end.to_string());
        assert_eq!(end.as_deref(), Some("20260301T130000Z"));
        for missing in [
            "AccessKeyId",
            "SecretAccessKey",
            "SessionToken",
            "Expiration",
            "Credentials",
        ] {
            assert!(
                lent(&ANSWER.replace(missing, "Other")).is_none(),
                "{missing}"
            );
        }
        assert!(lent(&ANSWER.replace("2026-03", "soon")).is_none());
        assert!(lent("").is_none());
    }

    #[test]
    fn a_key_is_used_until_shortly_before_its_end() {
        let key = lent(ANSWER).expect("there is one");
        for (now, expected) in [
            ("20260301T120000Z", true),
            ("20260301T125459Z", true),
            ("20260301T125500Z", false),
            ("20260301T140000Z", false),
        ] {
            assert_eq!(is_good(&key, now.parse().unwrap()), expected, "{now}");
        }
        assert!(is_good(
            &Credentials::new("a", "b"),
            "20260301T140000Z".parse().unwrap()
        ));
    }
}
