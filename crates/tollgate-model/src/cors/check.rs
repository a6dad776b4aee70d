//! What is wrong with a configuration.

use tollgate_core::{Diagnostic, Diagnostics};

use super::CorsConfiguration;
use crate::HttpMethod;

/// Seconds that a [`CorsConfiguration`]'s `maxAge` may be: a day, as for HTTP APIs.
pub const MAX_CORS_AGE_SECONDS: u32 = 86_400;

/// Entries that each list of a [`CorsConfiguration`] may have.
pub const MAX_CORS_ENTRIES: usize = 100;

/// Bytes that each entry of a list of a [`CorsConfiguration`] may have.
pub const MAX_CORS_ENTRY_BYTES: usize = 256;

const ANY: &str = "*";

impl CorsConfiguration {
    /// All that is wrong or odd, by JSON pointers into the configuration; nothing if it is fine.
    ///
    /// A configuration with an error among these has no meaning, and nobody may act on it.
    #[must_use]
    pub fn check(&self) -> Diagnostics {
        let mut found = Diagnostics::new();
        for (name, list, problem) in [
            (
                "allowOrigins",
                &self.allow_origins,
                origin_problem as fn(&str) -> Option<Problem>,
            ),
            ("allowMethods", &self.allow_methods, method_problem),
            ("allowHeaders", &self.allow_headers, header_problem),
            ("exposeHeaders", &self.expose_headers, header_problem),
        ] {
            check_list(name, list, problem, &mut found);
            if self.allow_credentials && list.iter().any(|one| one == ANY) {
                let message = format!("credentials cannot be allowed beside `*` in `{name}`");
                found.push(
                    Diagnostic::error("/allowCredentials", message)
                        .help("name all that is allowed: for browsers `*` is no wildcard then"),
                );
            }
        }
        if self.allow_origins.is_empty() {
            found.push(
                Diagnostic::warning("/allowOrigins", "no origin is allowed")
                    .help("name one, or `*` for all"),
            );
        }
        if self.allow_credentials
            && let Some(all) = self
                .allow_origins
                .iter()
                .find(|one| is_scheme_wildcard(one))
        {
            let message = format!("credentials are allowed to every page of `{all}`");
            found.push(Diagnostic::warning("/allowCredentials", message));
        }
        if let Some(age) = self.max_age.filter(|age| *age > MAX_CORS_AGE_SECONDS) {
            found.push(
                Diagnostic::error("/maxAge", format!("found {age} seconds"))
                    .expected(format!("a whole number from 0 to {MAX_CORS_AGE_SECONDS}")),
            );
        }
        found
    }
}

/// What would have been right instead.
type Problem = &'static str;

fn check_list(
    name: &str,
    list: &[String],
    problem: fn(&str) -> Option<Problem>,
    found: &mut Diagnostics,
) {
    if list.len() > MAX_CORS_ENTRIES {
        let message = format!("`{name}` has {} entries", list.len());
        let expected = format!("at most {MAX_CORS_ENTRIES}");
        found.push(Diagnostic::error(format!("/{name}"), message).expected(expected));
        return;
    }
    for (index, entry) in list.iter().enumerate() {
        let pointer = format!("/{name}/{index}");
        if entry.len() > MAX_CORS_ENTRY_BYTES {
            let message = format!("the entry has {} bytes", entry.len());
            let expected = format!("at most {MAX_CORS_ENTRY_BYTES}");
            found.push(Diagnostic::error(pointer, message).expected(expected));
        } else if let Some(expected) = problem(entry) {
            found.push(Diagnostic::error(pointer, format!("found `{entry}`")).expected(expected));
        }
    }
}

/// Whether an origin stands for all with one scheme ("Configure CORS for HTTP APIs").
pub(super) fn is_scheme_wildcard(origin: &str) -> bool {
    origin == "https://*" || origin == "http://*"
}

fn origin_problem(origin: &str) -> Option<Problem> {
    if origin == ANY || is_scheme_wildcard(origin) {
        return None;
    }
    const EXPECTED: Problem = "`*`, `https://*`, `http://*`, or an origin as browsers send it: \
                               scheme, host in lower case, and the port unless it is the \
                               scheme's own, such as `https://www.example.com`";
    let Some((scheme, authority)) = origin.split_once("://") else {
        return Some(EXPECTED);
    };
    let (host, port) = split_port(authority);
    let fine = is_scheme(scheme)
        && is_host(host)
        && port.is_none_or(|port| is_port(port) && !is_default_port(scheme, port));
    (!fine).then_some(EXPECTED)
}

fn is_scheme(scheme: &str) -> bool {
    let allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"+-.".contains(&byte);
    scheme.starts_with(|first: char| first.is_ascii_lowercase()) && scheme.bytes().all(allowed)
}

/// Host and port; the host of an IPv6 address keeps its brackets.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[') {
        let address = address.strip_suffix(']');
        return address.is_some_and(|address| address.parse::<std::net::Ipv6Addr>().is_ok());
    }
    let allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-._".contains(&byte);
    !host.is_empty() && host.bytes().all(allowed)
}

fn is_port(port: &str) -> bool {
    !port.starts_with(['0', '+']) && port.parse::<u16>().is_ok()
}

fn is_default_port(scheme: &str, port: &str) -> bool {
    matches!((scheme, port), ("https", "443") | ("http", "80"))
}

fn method_problem(method: &str) -> Option<Problem> {
    // Verbs have a case, and browsers send these in upper case.
    let is_verb = |one: &HttpMethod| *one != HttpMethod::Any && one.as_str() == method;
    let fine = method == ANY || HttpMethod::ALL.iter().any(is_verb);
    (!fine).then_some("`*`, or one of DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT")
}

/// A token of RFC 9110, section 5.6.2, `*` among them. Without the apostrophe, which ends the
/// static values of mappings.
fn header_problem(name: &str) -> Option<Problem> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&*+-.^_`|~".contains(&byte);
    let fine = !name.is_empty() && name.bytes().all(allowed);
    (!fine).then_some("`*`, or the name of a header")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(edit: impl FnOnce(&mut CorsConfiguration)) -> Vec<String> {
        let mut cors = CorsConfiguration::like_console();
        edit(&mut cors);
        cors.check().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn origins_are_what_browsers_send() {
        for origin in [
            "*",
            "https://*",
            "http://*",
            "https://www.example.com",
            "http://localhost:3000",
            "http://127.0.0.1:8080",
            "http://[::1]",
            "http://[::1]:8080",
            "chrome-extension://abcdefgh",
        ] {
            assert_eq!(origin_problem(origin), None, "{origin}");
        }
        for origin in [
            "",
            "null",
            "www.example.com",
            "https://",
            "https://www.example.com/",
            "https://www.example.com/app",
            "https://Example.com",
            "HTTPS://example.com",
            "https://user@example.com",
            "https://*.example.com",
            "https://example.com:443",
            "http://example.com:80",
            "http://example.com:",
            "http://example.com:0",
            "http://example.com:+1",
            "http://example.com:65536",
            "http://[::1",
            "http://[zz]",
            "https://exa mple.com",
            "https://example.com'",
            "https://example.com\r\nx: y",
            "1a://x",
        ] {
            assert!(origin_problem(origin).is_some(), "{origin:?}");
        }
    }

    #[test]
    fn everything_wrong_is_told_with_its_place() {
        for (edit, expected) in [
            ((|_| {}) as fn(&mut CorsConfiguration), &[][..]),
            (
                |cors| cors.allow_origins.clear(),
                &[
                    "warning: no origin is allowed (at /allowOrigins); help: name one, or `*` for all",
                ],
            ),
            (
                |cors| cors.allow_origins.push("example.com".to_owned()),
                &[
                    "error: found `example.com`, expected `*`, `https://*`, `http://*`, or an origin as \
                   browsers send it: scheme, host in lower case, and the port unless it is the \
                   scheme's own, such as `https://www.example.com` (at /allowOrigins/1)",
                ],
            ),
            (
                |cors| {
                    cors.allow_methods = vec!["GET".into(), "*".into(), "get".into(), "ANY".into()]
                },
                &[
                    "error: found `get`, expected `*`, or one of DELETE, GET, HEAD, OPTIONS, PATCH, \
                     POST, PUT (at /allowMethods/2)",
                    "error: found `ANY`, expected `*`, or one of DELETE, GET, HEAD, OPTIONS, PATCH, \
                     POST, PUT (at /allowMethods/3)",
                ],
            ),
            (
                |cors| {
                    cors.expose_headers =
                        vec!["date".into(), "a b".into(), "".into(), "it's".into()]
                },
                &[
                    "error: found `a b`, expected `*`, or the name of a header (at /exposeHeaders/1)",
                    "error: found ``, expected `*`, or the name of a header (at /exposeHeaders/2)",
                    "error: found `it's`, expected `*`, or the name of a header (at /exposeHeaders/3)",
                ],
            ),
            (
                |cors| cors.max_age = Some(MAX_CORS_AGE_SECONDS + 1),
                &[
                    "error: found 86401 seconds, expected a whole number from 0 to 86400 (at /maxAge)",
                ],
            ),
            (
                |cors| {
                    cors.allow_credentials = true;
                    cors.allow_headers = vec!["*".into()];
                },
                &[
                    "error: credentials cannot be allowed beside `*` in `allowOrigins` (at \
                     /allowCredentials); help: name all that is allowed: for browsers `*` is no \
                     wildcard then",
                    "error: credentials cannot be allowed beside `*` in `allowHeaders` (at \
                     /allowCredentials); help: name all that is allowed: for browsers `*` is no \
                     wildcard then",
                ],
            ),
            (
                |cors| {
                    cors.allow_credentials = true;
                    cors.allow_origins = vec!["https://*".into()];
                },
                &[
                    "warning: credentials are allowed to every page of `https://*` (at \
                   /allowCredentials)",
                ],
            ),
        ] {
            assert_eq!(check(edit), expected);
        }
    }

    #[test]
    fn lists_and_entries_have_limits() {
        let name = "a".repeat(MAX_CORS_ENTRY_BYTES);
        assert!(check(|cors| cors.allow_headers = vec![name.clone(); MAX_CORS_ENTRIES]).is_empty());
        assert_eq!(
            check(|cors| cors.allow_headers = vec![name.clone(); MAX_CORS_ENTRIES + 1]),
            ["error: `allowHeaders` has 101 entries, expected at most 100 (at /allowHeaders)"]
        );
        assert_eq!(
            check(|cors| cors.allow_headers = vec![format!("{name}a")]),
            ["error: the entry has 257 bytes, expected at most 256 (at /allowHeaders/0)"]
        );
    }
}
