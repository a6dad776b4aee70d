//! The `Authorization` header.

use super::ALGORITHM;
use super::error::SignatureError;
use super::split::split_once;

/// Bytes that the `Authorization` header may have: what API Gateway allows all headers together.
pub const MAX_AUTHORIZATION_BYTES: usize = 10_240;

/// In the order in which the service names those that are missing.
const NAMES: [&str; 3] = ["Credential", "Signature", "SignedHeaders"];

/// The parameters of a signature in the `Authorization` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Authorization<'a> {
    pub(crate) credential: &'a str,
    pub(crate) signed_headers: &'a str,
    pub(crate) signature: &'a str,
}

impl<'a> Authorization<'a> {
    /// Reads the value of the header. `has_date` tells whether the request has a date in another
    /// header: all that is missing is named in one error.
    pub(crate) fn parse(value: &'a [u8], has_date: bool) -> Result<Self, SignatureError> {
        if value.len() > MAX_AUTHORIZATION_BYTES {
            return Err(SignatureError::TooLong {
                what: "Authorization",
                limit: MAX_AUTHORIZATION_BYTES,
            });
        }
        let text = std::str::from_utf8(value.trim_ascii())
            .map_err(|_| SignatureError::not_a_pair(value))?;
        let blank = text.bytes().position(|byte| byte.is_ascii_whitespace());
        let (scheme, rest) = text.split_at(blank.unwrap_or(text.len()));
        let rest = rest.trim_ascii_start();

        let mut values = [""; 3];
        let mut seen = [false; 3];
        let mut left = Some(rest).filter(|rest| !rest.is_empty());
        while let Some(pairs) = left {
            let (pair, others) = split_once(pairs, b',');
            left = others;
            let (name, Some(value)) = split_once(pair.trim_ascii(), b'=') else {
                return Err(SignatureError::not_a_pair(value));
            };
            // Of names that differ in case, a lenient reader could take either.
            let is_it = |it: &&str| *it == name || it.eq_ignore_ascii_case(name);
            let known = NAMES.iter().position(is_it);
            if let Some(index) = known {
                if std::mem::replace(&mut seen[index], true) {
                    return Err(SignatureError::Duplicate { name: NAMES[index] });
                }
                if NAMES[index] == name {
                    values[index] = value;
                }
            }
        }

        let [credential, signature, signed_headers] = values;
        if values.contains(&"") || !has_date {
            let missing = NAMES.into_iter().zip(values);
            let missing = missing.filter(|(_, value)| value.is_empty());
            let missing = missing.map(|(name, _)| name);
            return Err(SignatureError::missing(missing, has_date, value));
        }
        if scheme != ALGORITHM {
            return Err(SignatureError::UnsupportedAlgorithm {
                algorithm: scheme.into(),
            });
        }
        Ok(Self {
            credential,
            signed_headers,
            signature,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refused(value: &str, has_date: bool) -> String {
        let refused = Authorization::parse(value.as_bytes(), has_date);
        refused.unwrap_err().to_string()
    }

    #[test]
    fn parameters_may_stand_in_any_order_with_or_without_blanks() {
        for value in [
            "AWS4-HMAC-SHA256 Credential=c, SignedHeaders=h, Signature=s",
            "AWS4-HMAC-SHA256 Signature=s,SignedHeaders=h,Credential=c",
            " AWS4-HMAC-SHA256\tCredential=c ,  Other=o, SignedHeaders=h, Signature=s ",
        ] {
            let expected = Authorization {
                credential: "c",
                signed_headers: "h",
                signature: "s",
            };
            let parsed = Authorization::parse(value.as_bytes(), true).unwrap();
            assert_eq!(parsed, expected, "{value}");
        }
    }

    #[test]
    fn what_is_no_pair_is_refused_without_an_echo() {
        for value in [
            "Bearer abc",
            "AWS4-HMAC-SHA256 Credential=c, Signature",
            "A B=c,",
        ] {
            let message = refused(value, true);
            let start = "Invalid key=value pair (missing equal-sign) in Authorization header \
                         (hashed with SHA-256 and encoded with Base64): '";
            assert!(message.starts_with(start), "{message}");
            assert!(!message.contains(value), "{message}");
        }
        let not_text = Authorization::parse(b"AWS4-HMAC-SHA256 Credential=\xff", true);
        assert!(matches!(not_text, Err(SignatureError::NotAPair { .. })));
    }

    #[test]
    fn all_that_is_missing_is_named_at_once() {
        let credential = "Authorization header requires 'Credential' parameter. ";
        let signature = "Authorization header requires 'Signature' parameter. ";
        let headers = "Authorization header requires 'SignedHeaders' parameter. ";
        let date = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' \
                    header. ";
        for (value, has_date, parts) in [
            ("", true, vec![credential, signature, headers]),
            (
                "eyJhbGciOi",
                false,
                vec![credential, signature, headers, date],
            ),
            ("Basic dXNlcg==", true, vec![credential, signature, headers]),
            (
                "A Credential=c, SignedHeaders=h, Sig=s",
                true,
                vec![signature],
            ),
            (
                "A Credential=c, SignedHeaders=, Signature=s",
                true,
                vec![headers],
            ),
            (
                "A credential=c, SignedHeaders=h, Signature=s",
                true,
                vec![credential],
            ),
            (
                "A Credential=c, SignedHeaders=h, Signature=s",
                false,
                vec![date],
            ),
        ] {
            let message = refused(value, has_date);
            let hashed = "(Hashed with SHA-256 and encoded with Base64) Authorization=";
            let (named, _) = message.split_once(hashed).unwrap();
            assert_eq!(named, parts.concat(), "{value}");
        }
    }

    #[test]
    fn doubled_parameters_are_refused_in_any_case() {
        for double in ["Signature=t", "signature=t", "CREDENTIAL=d"] {
            let value = format!("A Credential=c, SignedHeaders=h, Signature=s, {double}");
            let message = refused(&value, true);
            assert!(message.contains("more than once"), "{message}");
        }
    }

    #[test]
    fn other_algorithms_are_refused() {
        let message = refused(
            "AWS4-HMAC-SHA1 Credential=c, SignedHeaders=h, Signature=s",
            true,
        );
        assert_eq!(message, "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA1'.");
    }

    #[test]
    fn a_header_has_a_longest_length() {
        let value = format!(
            "AWS4-HMAC-SHA256 Credential=c, SignedHeaders=h, Signature={}",
            "s".repeat(MAX_AUTHORIZATION_BYTES)
        );
        let refused = Authorization::parse(value.as_bytes(), true);
        assert!(matches!(refused, Err(SignatureError::TooLong { .. })));
    }

    proptest! {
        #[test]
        fn no_value_breaks_the_parser(
            value in prop_oneof![
                any::<Vec<u8>>(),
                "AWS4-HMAC-SHA256 ((Credential|SignedHeaders|Signature)?=?[a-z,= ]{0,9}){0,6}"
                    .prop_map(String::into_bytes),
            ],
            has_date: bool,
        ) {
            if let Ok(parsed) = Authorization::parse(&value, has_date) {
                prop_assert!(has_date && !parsed.signature.is_empty());
            }
        }
    }
}
