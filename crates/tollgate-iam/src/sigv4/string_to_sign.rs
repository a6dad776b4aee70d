//! The string to sign.

use super::hex::Hex;
use super::timestamp::TimestampText;

/// Algorithm, time, scope and the hash of the canonical request, a line each.
///
/// All but the scope have a length of their own, so that nothing is to be allocated.
pub(crate) struct StringToSign<'a> {
    algorithm_and_time: [u8; 34],
    scope: &'a str,
    hash: [u8; 65],
}

impl<'a> StringToSign<'a> {
    pub(crate) fn new(time: &TimestampText, scope: &'a str, request_hash: &Hex) -> Self {
        let mut algorithm_and_time = *b"AWS4-HMAC-SHA256\n----------------\n";
        algorithm_and_time[17..33].copy_from_slice(time.as_bytes());
        let mut hash = [b'\n'; 65];
        hash[1..].copy_from_slice(request_hash.as_bytes());
        Self {
            algorithm_and_time,
            scope,
            hash,
        }
    }

    pub(crate) const fn parts(&self) -> [&[u8]; 3] {
        [&self.algorithm_and_time, self.scope.as_bytes(), &self.hash]
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.parts().concat()).into_owned()
    }
}
