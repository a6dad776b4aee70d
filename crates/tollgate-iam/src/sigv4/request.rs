//! What of a request a signature can cover.

use std::fmt;

use http::{header, request};

/// A request as it arrived or is about to leave, without its body.
///
/// Plain text and bytes, so that requests of any HTTP library can be looked at. The target is the
/// path and the query as they are on the wire; headers keep their order.
#[derive(Clone)]
pub struct SignableRequest<'a> {
    method: &'a str,
    path: &'a str,
    query: &'a str,
    headers: Vec<(&'a str, &'a [u8])>,
}

impl<'a> SignableRequest<'a> {
    /// Looks at the parts of a request.
    #[must_use]
    pub fn new(
        method: &'a str,
        target: &'a str,
        headers: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    ) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self {
            method,
            path,
            query,
            headers: headers.into_iter().collect(),
        }
    }

    pub(crate) const fn method(&self) -> &'a str {
        self.method
    }

    pub(crate) const fn path(&self) -> &'a str {
        self.path
    }

    pub(crate) const fn query(&self) -> &'a str {
        self.query
    }

    pub(crate) fn headers(&self) -> impl Iterator<Item = (&'a str, &'a [u8])> {
        self.headers.iter().copied()
    }

    /// The values of a header, in order of arrival. The case of its name does not matter.
    pub(crate) fn values(&self, name: impl AsRef<[u8]>) -> impl Iterator<Item = &'a [u8]> {
        let is_it = move |(other, _): &(&str, _)| {
            let (other, name) = (other.as_bytes(), name.as_ref());
            // Most names are lower-case on both sides, and equal as they are or not at all.
            other.len() == name.len() && (other == name || other.eq_ignore_ascii_case(name))
        };
        self.headers().filter(is_it).map(|(_, value)| value)
    }

    /// The same request with another query.
    pub(crate) fn with_query<'b>(&self, query: &'b str) -> SignableRequest<'b>
    where
        'a: 'b,
    {
        SignableRequest {
            query,
            ..self.clone()
        }
    }

    /// Adds a header after the others.
    pub(crate) fn push(&mut self, name: &'a str, value: &'a [u8]) {
        self.headers.push((name, value));
    }
}

impl<'a> From<&'a request::Parts> for SignableRequest<'a> {
    /// The authority of HTTP/2 stands in for a missing `Host`. One that says something else than
    /// `Host` is taken for a second `Host`, so that neither of them goes unsigned.
    fn from(parts: &'a request::Parts) -> Self {
        // Room for what signing adds.
        let mut headers = Vec::with_capacity(parts.headers.len() + 4);
        for (name, value) in &parts.headers {
            headers.push((name.as_str(), value.as_bytes()));
        }
        if let Some(authority) = parts.uri.authority() {
            let authority = authority.as_str().as_bytes();
            let mut hosts = parts.headers.get_all(header::HOST).iter();
            if !hosts.any(|host| host.as_bytes().eq_ignore_ascii_case(authority)) {
                headers.push((header::HOST.as_str(), authority));
            }
        }
        Self {
            method: parts.method.as_str(),
            path: parts.uri.path(),
            query: parts.uri.query().unwrap_or_default(),
            headers,
        }
    }
}

impl fmt::Debug for SignableRequest<'_> {
    /// Headers and queries may hold credentials, and are left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignableRequest")
            .field("method", &self.method)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn hosts(request: request::Builder) -> Vec<String> {
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let hosts = SignableRequest::from(&parts);
        let hosts = hosts.values("host");
        hosts
            .map(|host| String::from_utf8_lossy(host).into_owned())
            .collect()
    }

    #[test]
    fn the_authority_is_the_host_of_http2() {
        assert_eq!(hosts(Request::get("https://a.test/x")), ["a.test"]);
        assert_eq!(
            hosts(Request::get("/x").header("host", "a.test")),
            ["a.test"]
        );
    }

    #[test]
    fn an_authority_that_contradicts_the_host_is_a_second_host() {
        let same = Request::get("http://A.test/x").header("host", "a.test");
        assert_eq!(hosts(same), ["a.test"]);
        let other = Request::get("http://b.test/x").header("host", "a.test");
        assert_eq!(hosts(other), ["a.test", "b.test"]);
    }
}
