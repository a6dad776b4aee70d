//! The string to sign.

use super::ALGORITHM;
use super::hex::Hex;
use super::timestamp::TimestampText;

/// Algorithm, time, scope and the hash of the canonical request, a line each.
pub(crate) struct StringToSign<'a> {
    pub(crate) time: &'a TimestampText,
    pub(crate) scope: &'a str,
    pub(crate) hash: Hex,
}

impl StringToSign<'_> {
    /// What there is to sign, in parts that need not be put together for it.
    pub(crate) fn parts(&self) -> [&[u8]; 7] {
        [
            ALGORITHM.as_bytes(),
            b"\n",
            self.time.as_bytes(),
            b"\n",
            self.scope.as_bytes(),
            b"\n",
            self.hash.as_bytes(),
        ]
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.parts().concat()).into_owned()
    }
}
