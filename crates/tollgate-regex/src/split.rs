//! `String.split`.

use crate::{FindIter, Pattern, StepLimit};

/// The pieces between the matches of a pattern, from [`Pattern::pieces`].
#[derive(Debug)]
pub struct Pieces<'p, 't> {
    text: &'t str,
    matches: FindIter<'p, 't>,
    /// How many matches may still divide the text.
    most: usize,
    /// Where the next piece starts; `None` after the last.
    from: Option<usize>,
}

impl<'p, 't> Pieces<'p, 't> {
    pub(crate) fn new(pattern: &'p Pattern, text: &'t str, limit: i32) -> Self {
        // The last piece takes what is left, so that a limit is one more than the matches it needs.
        let most = usize::try_from(limit).ok().filter(|&limit| limit > 0);
        Self {
            text,
            matches: pattern.find_iter(text),
            most: most.map_or(usize::MAX, |limit| limit - 1),
            from: Some(0),
        }
    }

    /// How much work the searches have taken so far, as [`FindIter::work`] counts it.
    #[must_use]
    pub fn work(&self) -> u64 {
        self.matches.work()
    }
}

impl<'t> Iterator for Pieces<'_, 't> {
    type Item = Result<&'t str, StepLimit>;

    fn next(&mut self) -> Option<Self::Item> {
        let from = self.from.take()?;
        while self.most > 0 {
            let found = match self.matches.next() {
                Some(Ok(found)) => found,
                Some(Err(limit)) => return Some(Err(limit)),
                None => break,
            };
            // An empty match at the beginning divides nothing.
            if found.end() > 0 {
                self.most -= 1;
                self.from = Some(found.end());
                return Some(Ok(&self.text[from..found.start()]));
            }
        }
        Some(Ok(&self.text[from..]))
    }
}

pub(crate) fn split<'t>(
    pattern: &Pattern,
    text: &'t str,
    limit: i32,
) -> Result<Vec<&'t str>, StepLimit> {
    let mut pieces: Vec<_> = pattern.pieces(text, limit).collect::<Result<_, _>>()?;
    if limit == 0 && pieces.len() > 1 {
        let kept = pieces.iter().rposition(|piece| !piece.is_empty());
        pieces.truncate(kept.map_or(0, |last| last + 1));
    }
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use crate::Pattern;

    #[test]
    fn splits_as_the_class_doc_of_string_says() {
        for (pattern, limit, expected) in [
            (":", 2, &["boo", "and:foo"][..]),
            (":", 5, &["boo", "and", "foo"]),
            (":", -2, &["boo", "and", "foo"]),
            ("o", 5, &["b", "", ":and:f", "", ""]),
            ("o", -2, &["b", "", ":and:f", "", ""]),
            ("o", 0, &["b", "", ":and:f"]),
        ] {
            let pattern = Pattern::new(pattern).expect("it is a pattern");
            let pieces = pattern.split("boo:and:foo", limit);
            assert_eq!(pieces.as_deref(), Ok(expected), "{pattern} {limit}");
        }
    }
}
