//! A place in a document, spelled as a JSON pointer only when a fault is found there.

use std::fmt::{self, Write};

/// A member or an element, linked to what holds it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    parent: Option<&'a Self>,
    step: Step<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Root,
    Key(&'a str),
    Index(usize),
}

impl<'a> Place<'a> {
    /// The whole document.
    pub(super) const ROOT: Place<'static> = Place {
        parent: None,
        step: Step::Root,
    };

    /// The member of this name.
    pub(super) fn key(&'a self, key: &'a str) -> Self {
        Self {
            parent: Some(self),
            step: Step::Key(key),
        }
    }

    /// The element at this index.
    pub(super) fn index(&'a self, index: usize) -> Self {
        Self {
            parent: Some(self),
            step: Step::Index(index),
        }
    }

    /// How many objects and lists hold it.
    pub(super) fn depth(&self) -> usize {
        let mut depth = 0;
        let mut place = self;
        while let Some(parent) = place.parent {
            depth += 1;
            place = parent;
        }
        depth
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match self.step {
            Step::Root => Ok(()),
            Step::Index(index) => write!(f, "/{index}"),
            Step::Key(key) => {
                f.write_char('/')?;
                for c in key.chars() {
                    match c {
                        '~' => f.write_str("~0")?,
                        '/' => f.write_str("~1")?,
                        c => f.write_char(c)?,
                    }
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn is_spelled_as_a_json_pointer() {
        let statements = Place::ROOT.key("Statement");
        let statement = statements.index(2);
        let condition = statement.key("aws:PrincipalTag/a~b");
        assert_eq!(Place::ROOT.to_string(), "");
        assert_eq!(condition.to_string(), "/Statement/2/aws:PrincipalTag~1a~0b");
        assert_eq!(condition.depth(), 3);
    }
}
