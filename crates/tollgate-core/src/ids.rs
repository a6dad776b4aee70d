//! The ids that a request is given when it arrives.

use std::fmt;
use std::sync::Arc;

use uuid::{Builder, Uuid};

use crate::Random;

/// A request's id: a UUID, shown as `$context.requestId` and in the header `x-amzn-RequestId`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestId(Uuid);

impl RequestId {
    /// The id with these bits.
    #[must_use]
    pub const fn from_u128(bits: u128) -> Self {
        Self(Uuid::from_u128(bits))
    }

    /// The id's bits.
    #[must_use]
    pub const fn as_u128(&self) -> u128 {
        self.0.as_u128()
    }

    /// The id that this text spells; `None` unless it is a UUID with its hyphens.
    ///
    /// ```
    /// use tollgate_core::RequestId;
    ///
    /// let id = RequestId::parse("00000000-0000-0000-0000-00000000000A");
    /// assert_eq!(id, Some(RequestId::from_u128(10)));
    /// assert_eq!(RequestId::parse("10"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_hyphenated = text.len() == Self::LENGTH;
        is_hyphenated.then(|| Uuid::try_parse(text).ok().map(Self))?
    }

    /// Writes the id into a buffer of its own length and returns it as text.
    pub fn encode<'b>(&self, buffer: &'b mut [u8; Self::LENGTH]) -> &'b str {
        self.0.hyphenated().encode_lower(buffer)
    }

    /// Characters of the text form.
    pub const LENGTH: usize = uuid::fmt::Hyphenated::LENGTH;
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.encode(&mut [0; Self::LENGTH]))
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestId({self})")
    }
}

/// A request's second id, shown as `$context.extendedRequestId` and in the header
/// `x-amz-apigw-id`: fifteen characters of the URL-safe Base64 alphabet and an equals sign.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ExtendedRequestId([u8; Self::LENGTH]);

impl ExtendedRequestId {
    /// Characters of the text form.
    pub const LENGTH: usize = 16;

    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    /// The id made of the low ninety bits, six a character.
    #[must_use]
    pub fn from_bits(bits: u128) -> Self {
        let mut text = [b'='; Self::LENGTH];
        for (index, character) in text.iter_mut().take(Self::LENGTH - 1).enumerate() {
            let sextet = (bits >> (6 * index)) & 63;
            // Six bits, so the conversion keeps them all.
            *character = Self::ALPHABET[sextet as usize];
        }
        Self(text)
    }

    /// The id that this text spells; `None` unless it is one.
    ///
    /// ```
    /// use tollgate_core::ExtendedRequestId;
    ///
    /// let id = ExtendedRequestId::from_bits(1);
    /// assert_eq!(ExtendedRequestId::parse(id.as_str()), Some(id));
    /// assert_eq!(ExtendedRequestId::parse("BAAA="), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text: [u8; Self::LENGTH] = text.as_bytes().try_into().ok()?;
        let (last, digits) = text.split_last()?;
        let is_id = *last == b'=' && digits.iter().all(|digit| Self::ALPHABET.contains(digit));
        is_id.then_some(Self(text))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("its alphabet is ASCII")
    }
}

impl fmt::Display for ExtendedRequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for ExtendedRequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ExtendedRequestId({self})")
    }
}

/// Where requests get their ids from.
pub trait Ids: Send + Sync + fmt::Debug {
    /// The next request's ids.
    fn request(&self) -> (RequestId, ExtendedRequestId);
}

/// Ids made of random numbers, as the service makes them: UUIDs of version 4.
///
/// ```
/// use std::sync::Arc;
/// use tollgate_core::{Ids, RandomIds, SeededRandom};
///
/// let ids = RandomIds::new(Arc::new(SeededRandom::new(1)));
/// let (request_id, extended) = ids.request();
/// assert_eq!(request_id.to_string().as_bytes()[14], b'4');
/// assert!(extended.as_str().ends_with('='));
/// ```
#[derive(Clone, Debug)]
pub struct RandomIds {
    random: Arc<dyn Random>,
}

impl RandomIds {
    /// Ids drawn from this source.
    #[must_use]
    pub fn new(random: Arc<dyn Random>) -> Self {
        Self { random }
    }

    fn bits(&self) -> u128 {
        u128::from(self.random.next_u64()) << 64 | u128::from(self.random.next_u64())
    }
}

impl Ids for RandomIds {
    fn request(&self) -> (RequestId, ExtendedRequestId) {
        let uuid = Builder::from_random_bytes(self.bits().to_be_bytes()).into_uuid();
        (RequestId(uuid), ExtendedRequestId::from_bits(self.bits()))
    }
}
