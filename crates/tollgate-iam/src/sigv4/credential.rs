//! The `Credential` parameter: a key's id and the scope of a signature.

use std::ops::Range;

use super::error::SignatureError;

/// Bytes that the `Credential` parameter may have. Ids of keys have at most 128 (IAM API, type
/// `AccessKey`).
pub const MAX_CREDENTIAL_BYTES: usize = 512;

/// `key/date/region/service/terminator`.
#[derive(Clone, Debug)]
pub(crate) struct Credential {
    text: Box<str>,
    slashes: [usize; 4],
}

impl Credential {
    pub(crate) fn parse(text: &str) -> Result<Self, SignatureError> {
        if text.len() > MAX_CREDENTIAL_BYTES {
            return Err(SignatureError::TooLong {
                what: "Credential",
                limit: MAX_CREDENTIAL_BYTES,
            });
        }
        let malformed = || SignatureError::MalformedCredential {
            credential: text.into(),
        };
        let mut slashes = [0; 4];
        let mut found = memchr::memchr_iter(b'/', text.as_bytes());
        for slash in &mut slashes {
            *slash = found.next().ok_or_else(malformed)?;
        }
        if found.next().is_some() || slashes[0] == 0 {
            return Err(malformed());
        }
        Ok(Self {
            text: text.into(),
            slashes,
        })
    }

    pub(crate) fn access_key_id(&self) -> &str {
        self.part(0..self.slashes[0])
    }

    pub(crate) fn date(&self) -> &str {
        self.part(self.slashes[0] + 1..self.slashes[1])
    }

    pub(crate) fn region(&self) -> &str {
        self.part(self.slashes[1] + 1..self.slashes[2])
    }

    pub(crate) fn service(&self) -> &str {
        self.part(self.slashes[2] + 1..self.slashes[3])
    }

    pub(crate) fn terminator(&self) -> &str {
        self.part(self.slashes[3] + 1..self.text.len())
    }

    /// All but the key's id.
    pub(crate) fn scope(&self) -> &str {
        self.part(self.slashes[0] + 1..self.text.len())
    }

    /// The key's id and the day, with the slash between them.
    pub(crate) fn key_and_date(&self) -> &str {
        self.part(0..self.slashes[1])
    }

    /// The day with the slash before it: no key's, since ids are not empty.
    pub(crate) fn no_key_and_date(&self) -> &str {
        self.part(self.slashes[0]..self.slashes[1])
    }

    fn part(&self, range: Range<usize>) -> &str {
        &self.text[range]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_parts_are_told_apart() {
        let credential = Credential::parse("AKID/20260301/us-east-1/execute-api/aws4_request");
        let credential = credential.unwrap();
        assert_eq!(credential.access_key_id(), "AKID");
        assert_eq!(credential.date(), "20260301");
        assert_eq!(credential.region(), "us-east-1");
        assert_eq!(credential.service(), "execute-api");
        assert_eq!(credential.terminator(), "aws4_request");
        let scope = "20260301/us-east-1/execute-api/aws4_request";
        assert_eq!(credential.scope(), scope);
        assert_eq!(credential.key_and_date(), "AKID/20260301");
        assert_eq!(credential.no_key_and_date(), "/20260301");
    }

    #[test]
    fn anything_but_five_parts_is_refused() {
        for text in ["", "AKID", "a/b/c/d", "a/b/c/d/e/f", "/b/c/d/e"] {
            let refused = Credential::parse(text).unwrap_err().to_string();
            let expected = format!(
                "Credential must have exactly 5 slash-delimited elements, e.g. \
                 keyid/date/region/service/term, got '{text}'"
            );
            assert_eq!(refused, expected);
        }
    }

    #[test]
    fn a_credential_has_a_longest_length() {
        let text = format!("{}/a/b/c/d", "K".repeat(MAX_CREDENTIAL_BYTES - 8));
        assert!(Credential::parse(&text).is_ok());
        let refused = Credential::parse(&format!("K{text}")).unwrap_err();
        assert!(matches!(
            refused,
            SignatureError::TooLong { limit: 512, .. }
        ));
    }
}
