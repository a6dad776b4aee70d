//! The headers that hold a signature's parameters.

use super::error::SignatureError;
use super::request::SignableRequest;

/// The headers of a request that belong to a signature, found in one pass.
#[derive(Debug)]
pub(crate) struct HeaderParameters<'a> {
    pub(crate) authorization: Single<'a>,
    pub(crate) amz_date: Single<'a>,
    pub(crate) date: Single<'a>,
    pub(crate) session_token: Single<'a>,
}

impl<'a> HeaderParameters<'a> {
    pub(crate) fn find(request: &SignableRequest<'a>) -> Self {
        let mut found = Self {
            authorization: Single::named("Authorization"),
            amz_date: Single::named("X-Amz-Date"),
            date: Single::named("Date"),
            session_token: Single::named("X-Amz-Security-Token"),
        };
        for (name, value) in request.headers() {
            found.authorization.look_at(name, value);
            found.amz_date.look_at(name, value);
            found.date.look_at(name, value);
            found.session_token.look_at(name, value);
        }
        found
    }
}

/// A header that must not be there twice.
#[derive(Debug)]
pub(crate) struct Single<'a> {
    name: &'static str,
    value: Option<&'a [u8]>,
    doubled: bool,
}

impl<'a> Single<'a> {
    const fn named(name: &'static str) -> Self {
        Self {
            name,
            value: None,
            doubled: false,
        }
    }

    fn look_at(&mut self, name: &str, value: &'a [u8]) {
        if self.name.eq_ignore_ascii_case(name) {
            self.doubled = self.value.replace(value).is_some();
        }
    }

    pub(crate) const fn is_there(&self) -> bool {
        self.value.is_some()
    }

    /// Its value, if it is there once.
    pub(crate) fn value(&self) -> Result<Option<&'a [u8]>, SignatureError> {
        if self.doubled {
            return Err(SignatureError::Duplicate { name: self.name });
        }
        Ok(self.value)
    }
}
