//! The first pass over a pattern: `\Q…\E`.

/// A character of a pattern after quotation has been resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unit {
    pub(crate) ch: char,
    /// Where it stands in the pattern, in bytes.
    pub(crate) at: usize,
    /// Whether it means itself, as if a backslash stood before it.
    pub(crate) literal: bool,
}

/// Takes `\Q` and `\E` out of a pattern and marks what they keep from being special.
///
/// As in Java, this happens before anything else is looked at, within comments and character
/// classes too; a quoted letter is as good as a bare one, and a missing `\E` is no error.
pub(crate) fn unquote(pattern: &str) -> Vec<Unit> {
    let mut units = Vec::with_capacity(pattern.len());
    let mut chars = pattern.char_indices().peekable();
    let mut quoted = false;
    let mut opening = false;
    while let Some((at, ch)) = chars.next() {
        let next = chars.peek().map(|&(_, next)| next);
        match (quoted, ch, next) {
            (false, '\\', Some('Q')) => {
                chars.next();
                quoted = true;
                opening = true;
                continue;
            }
            (true, '\\', Some('E')) => {
                chars.next();
                quoted = false;
            }
            (false, '\\', Some(next)) => {
                units.push(bare(at, ch));
                units.push(bare(at + 1, next));
                chars.next();
            }
            (false, ..) => units.push(bare(at, ch)),
            (true, ..) => units.push(Unit {
                ch,
                at,
                // A digit is marked where it could join a back-reference before the quotation.
                literal: ch.is_ascii()
                    && !ch.is_ascii_alphabetic()
                    && (opening || !ch.is_ascii_digit()),
            }),
        }
        opening = false;
    }
    units
}

fn bare(at: usize, ch: char) -> Unit {
    Unit {
        ch,
        at,
        literal: false,
    }
}

#[cfg(test)]
mod tests {
    use super::unquote;

    #[test]
    fn marks_what_is_quoted() {
        for (pattern, expected) in [
            ("a*", "a*"),
            (r"\Qa*\E*", "a!**"),
            (r"\Q.", "!."),
            (r"\\Q.", r"\\Q."),
            (r"\1\Q23\E4", r"\1!234"),
            (r"\Qa\b\E", r"a!\b"),
            (r"\Q\E.", "."),
            ("\\", "\\"),
        ] {
            let actual: String = unquote(pattern)
                .iter()
                .flat_map(|unit| [unit.literal.then_some('!'), Some(unit.ch)])
                .flatten()
                .collect();
            assert_eq!(actual, expected, "{pattern}");
        }
    }
}
