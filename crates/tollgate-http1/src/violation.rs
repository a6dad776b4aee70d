//! What is refused, and how a client is told.

use std::fmt;

macro_rules! violations {
    ($( $(#[$doc:meta])* $variant:ident = $status:literal $reason:literal, )+) => {
        /// Why a request is refused before anybody parses it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Violation {
            $( $(#[$doc])* $variant, )+
        }

        impl Violation {
            /// The status that says so to the client: 400, 414 or 431.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self {
                    $( Self::$variant => $status, )+
                }
            }

            /// What is wrong, in words.
            #[must_use]
            pub const fn reason(self) -> &'static str {
                match self {
                    $( Self::$variant => $reason, )+
                }
            }
        }
    };
}

violations! {
    /// A line ends in a bare LF.
    LineEnd = 400 "a line ends in a bare LF",
    /// The request line is not a method, a target and a version with single blanks between them.
    RequestLine = 400 "the request line is malformed",
    /// The method is `CONNECT`.
    Connect = 400 "the method CONNECT is not served",
    /// The target is neither a path nor an `http` URL.
    Target = 400 "the target is neither a path nor a URL",
    /// The version is neither HTTP/1.0 nor HTTP/1.1.
    Version = 400 "the version is neither HTTP/1.0 nor HTTP/1.1",
    /// The target is over its limit.
    TargetTooLong = 414 "the target is too long",
    /// A header line begins with a blank.
    Folding = 400 "a header line is folded",
    /// A header name has characters that it may not have.
    FieldName = 400 "a header name is malformed",
    /// A header value has characters that it may not have.
    FieldValue = 400 "a header value has control characters",
    /// Header lines are over their limit in bytes.
    FieldsTooLarge = 431 "the header lines are too large",
    /// There are more header lines than may be.
    TooManyFields = 431 "there are too many header lines",
    /// There is no `Host`, or an empty one.
    NoHost = 400 "there is no Host",
    /// There are several `Host` lines.
    RepeatedHost = 400 "there are several Host lines",
    /// The `Host` is no host with an optional port.
    Host = 400 "the Host is malformed",
    /// The target names another host than `Host`.
    OtherHost = 400 "the target names another host than Host",
    /// There are several `Content-Length` lines.
    RepeatedLength = 400 "there are several Content-Length lines",
    /// The `Content-Length` is no number, or too large a one.
    Length = 400 "the Content-Length is no number",
    /// There are several `Transfer-Encoding` lines.
    RepeatedTransferEncoding = 400 "there are several Transfer-Encoding lines",
    /// The `Transfer-Encoding` is not `chunked`, or the version has none.
    TransferEncoding = 400 "the Transfer-Encoding is not chunked",
    /// There are both `Content-Length` and `Transfer-Encoding`.
    LengthAndTransferEncoding = 400 "there are both Content-Length and Transfer-Encoding",
    /// The size of a chunk is malformed, or too large.
    ChunkSize = 400 "the size of a chunk is malformed",
    /// The extensions of chunks are malformed, or too large.
    ChunkExtension = 400 "the extension of a chunk is malformed",
    /// A chunk is not followed by a line end.
    ChunkEnd = 400 "a chunk has no end",
    /// Trailers are malformed, or too large.
    Trailer = 400 "a trailer is malformed",
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason())
    }
}

impl std::error::Error for Violation {}
