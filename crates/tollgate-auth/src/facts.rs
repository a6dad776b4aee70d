//! What conditions of policies can ask about a request.

use std::cell::OnceCell;

use http::header::{self, HeaderName};
use tollgate_core::Context;
use tollgate_iam::policy::{ConditionKey, RequestContext, Values};
use tollgate_iam::sigv4::Timestamp;

/// The condition keys of a call, made when a policy asks for them.
///
/// `aws:SourceIp` is [`Identity::source_ip`](tollgate_core::Identity::source_ip): the peer of the
/// connection, or what a trusted proxy said of it. No header has a part in it.
pub(crate) struct Facts<'a> {
    context: &'a Context,
    method_arn: &'a str,
    /// The keys of a caller who signed.
    caller: Option<&'a dyn RequestContext>,
    source_ip: OnceCell<String>,
    current_time: OnceCell<String>,
    epoch_time: OnceCell<String>,
}

impl<'a> Facts<'a> {
    pub(crate) const fn new(context: &'a Context, method_arn: &'a str) -> Self {
        Self {
            context,
            method_arn,
            caller: None,
            source_ip: OnceCell::new(),
            current_time: OnceCell::new(),
            epoch_time: OnceCell::new(),
        }
    }

    /// Adds what is known of a caller.
    pub(crate) fn with_caller(mut self, caller: &'a dyn RequestContext) -> Self {
        self.caller = Some(caller);
        self
    }

    pub(crate) const fn method_arn(&self) -> &str {
        self.method_arn
    }

    /// Of several headers the last one counts, as for all parameters.
    fn header(&self, name: HeaderName) -> Option<&str> {
        let values = self.context.request.headers.get_all(name);
        values.iter().next_back()?.to_str().ok()
    }
}

impl RequestContext for Facts<'_> {
    fn values(&self, key: &ConditionKey) -> Values<'_> {
        let (context, now) = (self.context, self.context.received_at);
        let value = match key {
            ConditionKey::SourceIp => context
                .identity
                .source_ip
                .map(|address| &**self.source_ip.get_or_init(|| address.to_string())),
            ConditionKey::SecureTransport => Some(if context.request.is_encrypted {
                "true"
            } else {
                "false"
            }),
            ConditionKey::CurrentTime => Some(&**self.current_time.get_or_init(|| iso_8601(now))),
            ConditionKey::EpochTime => Some(
                &**self
                    .epoch_time
                    .get_or_init(|| now.unix_seconds().to_string()),
            ),
            ConditionKey::SourceArn => Some(self.method_arn),
            ConditionKey::Referer => self.header(header::REFERER),
            ConditionKey::UserAgent => self.header(header::USER_AGENT),
            key => return self.caller.map_or(Values::Missing, |it| it.values(key)),
        };
        value.map_or(Values::Missing, Values::One)
    }
}

/// The time as `2026-03-01T12:00:00Z`.
fn iso_8601(moment: tollgate_core::Moment) -> String {
    let basic = Timestamp::from_unix(moment.unix()).to_string();
    // From `20260301T120000Z`, whose digits stand at fixed places.
    let part = |at: std::ops::Range<usize>| basic.get(at).unwrap_or_default();
    format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0..4),
        part(4..6),
        part(6..8),
        part(9..11),
        part(11..13),
        part(13..15)
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use tollgate_core::{Contexts, ManualClock};

    use super::*;

    fn context(request: http::request::Builder) -> Context {
        let clock = ManualClock::at_unix(Duration::from_secs(1_772_366_400));
        let contexts = Contexts::default().with_clock(Arc::new(clock));
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let mut context = contexts.make(parts);
        context.identity.source_ip = Some([203, 0, 113, 10].into());
        context
    }

    #[test]
    fn every_key_of_an_anonymous_call_has_its_value() {
        let request = http::Request::get("/")
            .header("x-forwarded-for", "10.0.0.1")
            .header("referer", "https://a.test/")
            .header("user-agent", "first")
            .header("user-agent", "last");
        let context = context(request);
        let facts = Facts::new(&context, "arn:of:the:method");
        for (key, expected) in [
            ("aws:CurrentTime", Some("2026-03-01T12:00:00Z")),
            ("aws:EpochTime", Some("1772366400")),
            ("aws:SourceIp", Some("203.0.113.10")),
            ("aws:SecureTransport", Some("false")),
            ("aws:SourceArn", Some("arn:of:the:method")),
            ("aws:Referer", Some("https://a.test/")),
            ("aws:UserAgent", Some("last")),
            ("aws:PrincipalArn", None),
            ("aws:SourceVpc", None),
            ("aws:VpcSourceIp", None),
        ] {
            let values = facts.values(&ConditionKey::new(key));
            assert_eq!(values.iter().next(), expected, "{key}");
        }
    }

    #[test]
    fn what_was_not_sent_is_missing() {
        let mut context = context(http::Request::get("/"));
        context.identity.source_ip = None;
        let facts = Facts::new(&context, "arn");
        for key in ["aws:SourceIp", "aws:Referer", "aws:UserAgent"] {
            assert!(facts.values(&ConditionKey::new(key)).is_missing(), "{key}");
        }
    }
}
