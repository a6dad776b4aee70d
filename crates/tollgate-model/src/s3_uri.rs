//! Names of objects in an object storage.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// An object of an object storage: `s3://bucket/key`.
///
/// Every one can be a file below a folder, at `bucket/key`, and none is outside of it: keys that are no
/// such paths are refused, though Amazon S3 has them.
///
/// ```
/// use tollgate_model::S3Uri;
///
/// let uri: S3Uri = "s3://certificates/clients/2026.pem".parse()?;
/// assert_eq!((uri.bucket(), uri.key()), ("certificates", "clients/2026.pem"));
/// assert!("s3://certificates/../2026.pem".parse::<S3Uri>().is_err());
/// # Ok::<(), tollgate_model::InvalidS3Uri>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct S3Uri {
    bucket: Box<str>,
    key: Box<str>,
}

/// A text that is no [`S3Uri`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "expected s3://bucket/key: a bucket of 1 to {} letters, digits and .-_, of which the first is a letter \
     or a digit, and a key of 1 to {} bytes, without control characters and backslashes, whose parts \
     between slashes are not empty, `.` or `..`",
    S3Uri::MAX_BUCKET_LENGTH,
    S3Uri::MAX_KEY_LENGTH
)]
pub struct InvalidS3Uri;

impl S3Uri {
    /// Characters that a bucket's name may have at most.
    pub const MAX_BUCKET_LENGTH: usize = 63;
    /// Bytes that a key may have at most.
    pub const MAX_KEY_LENGTH: usize = 1_024;

    /// The name of the bucket.
    #[must_use]
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// The key within the bucket.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl FromStr for S3Uri {
    type Err = InvalidS3Uri;

    fn from_str(text: &str) -> Result<Self, InvalidS3Uri> {
        let path = text.strip_prefix("s3://").ok_or(InvalidS3Uri)?;
        let (bucket, key) = path.split_once('/').ok_or(InvalidS3Uri)?;
        let is_allowed =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        let is_bucket = bucket.len() <= Self::MAX_BUCKET_LENGTH
            && bucket.starts_with(|first: char| first.is_ascii_alphanumeric())
            && bucket.bytes().all(is_allowed);
        let is_part = |part: &str| !matches!(part, "" | "." | "..");
        let is_key = key.len() <= Self::MAX_KEY_LENGTH
            && !key.contains(|char: char| char.is_control() || char == '\\')
            && key.split('/').all(is_part);
        if is_bucket && is_key {
            Ok(Self {
                bucket: bucket.into(),
                key: key.into(),
            })
        } else {
            Err(InvalidS3Uri)
        }
    }
}

impl fmt::Display for S3Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.bucket, self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_files_below_a_folder() {
        let longest = "k".repeat(1_024);
        for (bucket, key) in [
            ("bucket", "key"),
            ("my.bucket-1_a", "a/b/c.pem"),
            ("bucket", "..."),
            ("bucket", ".hidden/..a"),
            ("bucket", "with space, ü and :"),
            ("bucket", &longest),
        ] {
            let text = format!("s3://{bucket}/{key}");
            let uri: S3Uri = text.parse().expect(&text);
            assert_eq!((uri.bucket(), uri.key()), (bucket, key));
            assert_eq!(uri.to_string(), text);
        }
        for text in [
            "",
            "key",
            "/bucket/key",
            "s3:/bucket/key",
            "S3://bucket/key",
            "file:///bucket/key",
            "https://bucket.s3.amazonaws.com/key",
            "arn:aws:s3:::bucket/key",
            " s3://bucket/key",
            "s3://",
            "s3://bucket",
            "s3://bucket/",
            "s3:///key",
            "s3://./key",
            "s3://../key",
            "s3://.bucket/key",
            "s3://bu cket/key",
            "s3://bucket//key",
            "s3://bucket//",
            "s3://bucket/a//b",
            "s3://bucket/a/",
            "s3://bucket/.",
            "s3://bucket/..",
            "s3://bucket/../other/key",
            "s3://bucket/a/../../b",
            "s3://bucket/a/./b",
            "s3://bucket/a\\..\\b",
            "s3://bucket/a\0",
            "s3://bucket/a\nb",
            "s3://bucket/a\u{85}b",
            &format!("s3://{}/key", "b".repeat(64)),
            &format!("s3://bucket/{longest}k"),
        ] {
            assert_eq!(text.parse::<S3Uri>(), Err(InvalidS3Uri), "{text}");
        }
    }
}
