//! The parameters of a request, with what the gateway adds to its headers.

use std::borrow::Cow;

use indexmap::IndexMap;

use super::Context;
use crate::ParameterLocation;

/// The headers that the gateway adds before anything is mapped.
const OWN: [&str; 4] = [
    "X-Forwarded-For",
    "X-Forwarded-Port",
    "X-Forwarded-Proto",
    "X-Amzn-Trace-Id",
];

/// Characters that an address has at most.
const LONGEST_ADDRESS: usize = 45;

impl Context {
    /// The value of a parameter, the last one if there are several.
    ///
    /// Headers include those that the gateway adds to a client's: `X-Forwarded-For`, `-Port` and
    /// `-Proto`, and `X-Amzn-Trace-Id`. They are made when they are asked for.
    #[must_use]
    pub fn parameter(&self, location: ParameterLocation, name: &str) -> Option<Cow<'_, str>> {
        let own = (location == ParameterLocation::Header).then(|| self.own_header(name));
        own.flatten()
            .or_else(|| self.request.parameter(location, name))
    }

    /// Each name with its last value, in the order in which the names were first sent, and the
    /// headers that the gateway adds at the end.
    #[must_use]
    pub fn parameters(&self, location: ParameterLocation) -> IndexMap<Cow<'_, str>, Cow<'_, str>> {
        let mut parameters = self.request.parameters(location);
        if location == ParameterLocation::Header {
            for name in OWN {
                let Some(value) = self.own_value(name) else {
                    continue;
                };
                parameters.retain(|sent, _| !sent.eq_ignore_ascii_case(name));
                parameters.insert(Cow::Borrowed(name), value);
            }
        }
        parameters
    }

    /// The addresses that the request came by: those that it tells itself, and that of the connection.
    /// `None` where that is not known.
    #[must_use]
    pub fn forwarded_for(&self) -> Option<String> {
        let identity = &self.identity;
        let address = identity.forwarded_by.or(identity.source_ip);
        let address = address.filter(|_| !self.is_test)?;
        let mut all = String::with_capacity(LONGEST_ADDRESS);
        for before in self.request.headers.get_all("x-forwarded-for") {
            all.push_str(&String::from_utf8_lossy(before.as_bytes()));
            all.push_str(", ");
        }
        super::address::push(&mut all, address);
        Some(all)
    }

    fn own_header(&self, name: &str) -> Option<Cow<'_, str>> {
        // Names are exact where the client's are known to be, as those of all headers.
        let is_exact = self.request.spelling.is_some();
        let is_it = |own: &str| own == name || (!is_exact && own.eq_ignore_ascii_case(name));
        self.own_value(OWN.into_iter().find(|own| is_it(own))?)
    }

    fn own_value(&self, name: &str) -> Option<Cow<'_, str>> {
        if self.is_test {
            return None;
        }
        match name {
            "X-Forwarded-For" => self.forwarded_for().map(Cow::Owned),
            "X-Forwarded-Port" => Some(Cow::Owned(self.request.port().to_string())),
            "X-Forwarded-Proto" => Some(Cow::Borrowed(self.request.scheme())),
            _ => Some(self.trace_id()),
        }
    }
}
