//! One call: what was asked, of which state, and when.

use bytes::Bytes;
use percent_encoding::percent_decode_str;
use tollgate_core::{ApiId, Random, ResourceId, random_id};
use tollgate_model::{Home, Resource, RestApi, Timestamp};
use tollgate_store::State;

use crate::error::{ControlError, Result};
use crate::input::Input;
use crate::operation::{Operation, Payload};
use crate::patch::{self, PatchOperation};
use crate::shape::{self, Violations};
use crate::texts;

/// What a request asks for. It is read once, also where the call is tried several times.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) operation: &'static Operation,
    labels: Vec<(Box<str>, String)>,
    query: Vec<(String, String)>,
    pub(crate) accept: Option<String>,
    input: Input,
    patches: Vec<PatchOperation>,
    body: Bytes,
}

impl Asked {
    /// Reads labels, query and body, and holds them against their shapes.
    ///
    /// # Errors
    ///
    /// Where they do not have them.
    pub(crate) fn read<'p>(
        operation: &'static Operation,
        parameters: impl Iterator<Item = (&'p str, &'p str)>,
        query: &str,
        accept: Option<String>,
        body: Bytes,
    ) -> Result<Self> {
        let at = operation.input_name();
        let mut violations = Violations::default();
        let mut labels = Vec::new();
        for (name, value) in parameters {
            let value = percent_decode_str(value).decode_utf8();
            let value = value.map_err(|_| {
                ControlError::bad_request(format!("{name} in the path is no UTF-8"))
            })?;
            if let Some((member, shape)) = texts::label(name) {
                violations.check_text(&value, shape, &format!("{at}.{member}"));
            }
            labels.push((name.into(), value.into_owned()));
        }
        let (input, patches) = match operation.body {
            Payload::Members(members) => {
                let input = shape::read(&body, members, &at, &mut violations)?;
                (input, Vec::new())
            }
            Payload::Patch => {
                let patches = patch::read(&body, &at, &mut violations)?;
                (Input::default(), patches)
            }
            Payload::None | Payload::Raw => (Input::default(), Vec::new()),
        };
        violations.finish()?;
        let query = form_urlencoded::parse(query.as_bytes());
        Ok(Self {
            operation,
            labels,
            query: query.into_owned().collect(),
            accept,
            input,
            patches,
            body,
        })
    }
}

/// What a call is decided on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    asked: &'a Asked,
    pub(crate) state: &'a State,
    /// The account and region that are asked about.
    pub(crate) home: &'a Home,
    /// The account and region of what has none of its own.
    default_home: &'a Home,
    pub(crate) now: Timestamp,
    pub(crate) random: &'a dyn Random,
}

impl<'a> Call<'a> {
    pub(crate) const fn new(
        asked: &'a Asked,
        state: &'a State,
        homes: (&'a Home, &'a Home),
        now: Timestamp,
        random: &'a dyn Random,
    ) -> Self {
        let (home, default_home) = homes;
        Self {
            asked,
            state,
            home,
            default_home,
            now,
            random,
        }
    }

    /// What stands in the path, decoded. All operations name labels that their paths have.
    pub(crate) fn label(&self, name: &str) -> &'a str {
        let label = self.asked.labels.iter().find(|(label, _)| **label == *name);
        label.map_or("", |(_, value)| value)
    }

    /// A query argument.
    pub(crate) fn query(&self, name: &str) -> Option<&'a str> {
        self.queries(name).next()
    }

    /// The values of a query argument that may stand several times.
    pub(crate) fn queries(&self, name: &str) -> impl Iterator<Item = &'a str> {
        let all = self.asked.query.iter();
        let named = all.filter(move |(argument, _)| argument == name);
        named.map(|(_, value)| value.as_str())
    }

    /// Whether a query argument asks for something by `true`.
    pub(crate) fn is_asked(&self, name: &str) -> bool {
        self.query(name) == Some("true")
    }

    /// Whether the call asks to have something embedded.
    pub(crate) fn embeds(&self, name: &str) -> bool {
        let mut embedded = self.queries("embed").flat_map(|list| list.split(','));
        embedded.any(|one| one == name)
    }

    /// The members of the body.
    pub(crate) const fn input(&self) -> &'a Input {
        &self.asked.input
    }

    /// The patch operations of the body.
    pub(crate) fn patches(&self) -> &'a [PatchOperation] {
        &self.asked.patches
    }

    /// The bytes of the body.
    pub(crate) const fn body(&self) -> &'a Bytes {
        &self.asked.body
    }

    /// The header `Accept`.
    pub(crate) fn accept(&self) -> Option<&'a str> {
        self.asked.accept.as_deref()
    }

    /// Whether something belongs to the account and region that are asked about.
    pub(crate) fn is_here(&self, home: Option<&Home>) -> bool {
        home.unwrap_or(self.default_home) == self.home
    }

    /// A new id of so many letters and digits, which is not taken.
    pub(crate) fn new_id(&self, length: u32, is_taken: impl Fn(&str) -> bool) -> String {
        random_id(self.random, length, is_taken)
    }

    /// The id of the API that the path names.
    pub(crate) fn api_id(&self) -> ApiId {
        ApiId::new(self.label("restapi_id"))
    }

    /// The API that the path names, if it is here.
    pub(crate) fn find_api(&self) -> Option<&'a RestApi> {
        let api = self.state.api(&self.api_id())?;
        self.is_here(api.home.as_ref()).then_some(api)
    }

    /// The API that the path names.
    ///
    /// # Errors
    ///
    /// 404 in the words that most operations have for it.
    pub(crate) fn api(&self) -> Result<&'a RestApi> {
        self.find_api().ok_or_else(|| self.no_api())
    }

    /// That the API is not there, in the words that most operations have for it.
    pub(crate) fn no_api(&self) -> ControlError {
        let (account, api) = (&self.home.account_id, self.label("restapi_id"));
        ControlError::not_found(format!("Invalid API identifier specified {account}:{api}"))
    }

    /// The resource that the path names.
    ///
    /// # Errors
    ///
    /// 404; also where the API is not there (recorded).
    pub(crate) fn resource(&self) -> Result<&'a Resource> {
        self.resource_of(self.label("resource_id"))
    }

    /// A resource of the API that the path names, by its id.
    ///
    /// # Errors
    ///
    /// As with [`resource`](Self::resource).
    pub(crate) fn resource_of(&self, id: &str) -> Result<&'a Resource> {
        let api = self.find_api().and_then(|api| api.id.as_ref());
        let found = api.and_then(|api| self.state.resource(api, &ResourceId::new(id)));
        found.ok_or_else(|| ControlError::not_found(texts::NO_RESOURCE))
    }
}
