//! Chunked bodies (RFC 9112, section 7.1).

use crate::field::{is_token, is_value};
use crate::{Limits, Violation};

/// How far a chunked body was seen.
#[derive(Clone, Debug)]
pub(crate) struct Chunked {
    state: State,
    /// The size of the chunk at hand, and then what is left of it.
    size: u64,
    digits: u8,
    /// Bytes of extensions so far.
    extensions: usize,
    /// Bytes of trailers so far.
    trailers: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Size,
    /// Blanks between a size and what follows it.
    Blank,
    Extension,
    SizeLf,
    Data,
    DataCr,
    DataLf,
    TrailerStart,
    TrailerName,
    TrailerValue,
    TrailerLf,
    LastLf,
    Done,
}

impl Chunked {
    /// Digits of a size: those of 2^64.
    const MOST_DIGITS: u8 = 16;

    pub(crate) const fn new() -> Self {
        Self {
            state: State::Size,
            size: 0,
            digits: 0,
            extensions: 0,
            trailers: 0,
        }
    }

    /// Reads on; how many bytes are sound, whether the body ends after them, and what is wrong with
    /// the next.
    pub(crate) fn advance(
        &mut self,
        input: &[u8],
        limits: &Limits,
    ) -> (usize, Result<bool, Violation>) {
        let mut at = 0;
        while at < input.len() && self.state != State::Done {
            if self.state == State::Data {
                let rest = input.len() - at;
                let left = usize::try_from(self.size).unwrap_or(usize::MAX);
                let taken = left.min(rest);
                self.size -= taken as u64;
                at += taken;
                if self.size == 0 {
                    self.state = State::DataCr;
                }
                continue;
            }
            match self.byte(input[at], limits) {
                Ok(state) => self.state = state,
                Err(violation) => return (at, Err(violation)),
            }
            at += 1;
        }
        (at, Ok(self.state == State::Done))
    }

    fn byte(&mut self, byte: u8, limits: &Limits) -> Result<State, Violation> {
        match (self.state, byte) {
            (State::Size, _) if byte.is_ascii_hexdigit() => self.digit(byte),
            (State::Size | State::Blank, b'\r') if self.digits > 0 => Ok(State::SizeLf),
            (State::Size | State::Blank, b';') if self.digits > 0 => Ok(State::Extension),
            (State::Size | State::Blank, b' ' | b'\t') if self.digits > 0 => {
                self.extension()?;
                Ok(State::Blank)
            }
            (State::Extension, b'\r') => Ok(State::SizeLf),
            (State::Extension, _) if is_value(byte) => self.extension(),
            (State::SizeLf, b'\n') if self.size == 0 => Ok(State::TrailerStart),
            (State::SizeLf, b'\n') => Ok(State::Data),
            (State::DataCr, b'\r') => Ok(State::DataLf),
            (State::DataLf, b'\n') => {
                (self.size, self.digits) = (0, 0);
                Ok(State::Size)
            }
            (State::TrailerStart, b'\r') => Ok(State::LastLf),
            (State::TrailerName, b':') => self.trailer(State::TrailerValue, limits),
            (State::TrailerStart | State::TrailerName, _) if is_token(byte) => {
                self.trailer(State::TrailerName, limits)
            }
            (State::TrailerValue, b'\r') => self.trailer(State::TrailerLf, limits),
            (State::TrailerValue, _) if is_value(byte) => self.trailer(State::TrailerValue, limits),
            (State::TrailerLf, b'\n') => self.trailer(State::TrailerStart, limits),
            (State::LastLf, b'\n') => Ok(State::Done),
            (State::Size | State::Blank | State::SizeLf, _) => Err(Violation::ChunkSize),
            (State::Extension, _) => Err(Violation::ChunkExtension),
            (State::Data | State::DataCr | State::DataLf, _) => Err(Violation::ChunkEnd),
            (
                State::TrailerStart
                | State::TrailerName
                | State::TrailerValue
                | State::TrailerLf
                | State::LastLf
                | State::Done,
                _,
            ) => Err(Violation::Trailer),
        }
    }

    fn digit(&mut self, byte: u8) -> Result<State, Violation> {
        self.digits += 1;
        if self.digits > Self::MOST_DIGITS {
            return Err(Violation::ChunkSize);
        }
        let digit = char::from(byte).to_digit(16).unwrap_or_default();
        self.size = self.size << 4 | u64::from(digit);
        Ok(State::Size)
    }

    fn extension(&mut self) -> Result<State, Violation> {
        self.extensions += 1;
        if self.extensions > Limits::EXTENSIONS {
            return Err(Violation::ChunkExtension);
        }
        Ok(State::Extension)
    }

    fn trailer(&mut self, next: State, limits: &Limits) -> Result<State, Violation> {
        self.trailers += 1;
        if self.trailers > limits.fields {
            return Err(Violation::Trailer);
        }
        Ok(next)
    }
}
