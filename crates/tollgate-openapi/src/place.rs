//! Where the parts of a text stand.

use indexmap::IndexMap;
use tollgate_core::Position;

use crate::node::{escape, unescape};

/// Where a value stands, and the values in it.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The place of a member's name, or of a list's element.
    pub(crate) position: Position,
    /// The first byte of the value itself, where it is known.
    value_offset: Option<u32>,
    parts: Parts,
}

#[derive(Clone, Debug)]
enum Parts {
    None,
    Elements(Vec<Place>),
    Members(Box<IndexMap<String, Place>>),
}

/// The way from the whole to a part: which of the parts to take, level by level.
pub(crate) type Steps = Box<[u32]>;

impl Place {
    pub(crate) const fn new(position: Position) -> Self {
        Self {
            position,
            value_offset: None,
            parts: Parts::None,
        }
    }

    pub(crate) fn value_offset(&self) -> Option<usize> {
        self.value_offset
            .and_then(|offset| usize::try_from(offset).ok())
    }

    pub(crate) fn set_value_offset(&mut self, offset: usize) {
        self.value_offset = u32::try_from(offset).ok();
    }

    /// Adds an element of a list.
    pub(crate) fn push(&mut self, element: Self) {
        match &mut self.parts {
            Parts::Elements(elements) => elements.push(element),
            Parts::None | Parts::Members(_) => self.parts = Parts::Elements(vec![element]),
        }
    }

    /// Elements of a list so far.
    pub(crate) fn len(&self) -> usize {
        match &self.parts {
            Parts::None => 0,
            Parts::Elements(elements) => elements.len(),
            Parts::Members(members) => members.len(),
        }
    }

    /// Adds a member of an object, and tells whether there was one of that name.
    pub(crate) fn insert(&mut self, name: String, member: Self) -> bool {
        if !matches!(self.parts, Parts::Members(_)) {
            self.parts = Parts::Members(Box::default());
        }
        match &mut self.parts {
            Parts::Members(members) => members.insert(name, member).is_some(),
            Parts::None | Parts::Elements(_) => false,
        }
    }

    /// The member of this name.
    pub(crate) fn member(&self, name: &str) -> Option<&Self> {
        match &self.parts {
            Parts::Members(members) => members.get(name),
            Parts::None | Parts::Elements(_) => None,
        }
    }

    /// The element at this index.
    pub(crate) fn element(&self, index: usize) -> Option<&Self> {
        match &self.parts {
            Parts::Elements(elements) => elements.get(index),
            Parts::None | Parts::Members(_) => None,
        }
    }

    /// The part of this name or index, and which of the parts it is.
    fn part(&self, token: &str) -> Option<(usize, &Self)> {
        match &self.parts {
            Parts::None => None,
            Parts::Elements(elements) => {
                let index = token.parse().ok()?;
                Some((index, elements.get(index)?))
            }
            Parts::Members(members) => {
                let (index, _, part) = members.get_full(token)?;
                Some((index, part))
            }
        }
    }

    /// The part after so many others, and its token in a pointer.
    fn nth(&self, index: usize) -> Option<(String, &Self)> {
        match &self.parts {
            Parts::None => None,
            Parts::Elements(elements) => Some((index.to_string(), elements.get(index)?)),
            Parts::Members(members) => {
                let (name, part) = members.get_index(index)?;
                Some((escape(name).into_owned(), part))
            }
        }
    }

    /// The part that tokens lead to, as far as they do.
    pub(crate) fn nearest<'t>(&self, tokens: impl IntoIterator<Item = &'t str>) -> &Self {
        let mut at = self;
        for token in tokens {
            match at.part(token) {
                Some((_, part)) => at = part,
                None => break,
            }
        }
        at
    }

    /// The part that a pointer means, or the innermost one around it that is there.
    pub(crate) fn nearest_to(&self, pointer: &str) -> &Self {
        let mut at = self;
        for token in pointer.split('/').skip(1) {
            match at.part(&unescape(token)) {
                Some((_, part)) => at = part,
                None => break,
            }
        }
        at
    }

    /// The steps that tokens stand for, as far as they lead.
    pub(crate) fn steps<'t>(&self, tokens: impl IntoIterator<Item = &'t str>) -> Steps {
        let mut at = self;
        let mut steps = Vec::new();
        for token in tokens {
            let Some((index, part)) = at.part(token) else {
                break;
            };
            // Texts have fewer bytes than this has values.
            steps.push(u32::try_from(index).unwrap_or(u32::MAX));
            at = part;
        }
        steps.into_boxed_slice()
    }

    /// The part that steps lead to and then the tokens of a pointer, as far as they do; and its
    /// pointer.
    pub(crate) fn follow<'t>(
        &self,
        steps: &[u32],
        tokens: impl IntoIterator<Item = &'t str>,
    ) -> (String, &Self) {
        let mut at = self;
        let mut pointer = String::new();
        for step in steps {
            let index = usize::try_from(*step).unwrap_or(usize::MAX);
            let Some((token, part)) = at.nth(index) else {
                return (pointer, at);
            };
            pointer.push('/');
            pointer.push_str(&token);
            at = part;
        }
        for token in tokens {
            let Some((_, part)) = at.part(&unescape(token)) else {
                break;
            };
            pointer.push('/');
            pointer.push_str(token);
            at = part;
        }
        (pointer, at)
    }
}
