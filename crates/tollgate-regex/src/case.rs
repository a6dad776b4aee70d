//! Letters that are the same but for their case, as `java.util.regex` compares them.

use std::sync::LazyLock;

use crate::{char_set::CharSet, tree::Case};

/// Whether two characters are the same.
pub(crate) fn equal(case: Case, one: char, other: char) -> bool {
    match case {
        Case::Sensitive => one == other,
        Case::Ascii => one.eq_ignore_ascii_case(&other),
        Case::Unicode => one == other || fold(one) == fold(other),
    }
}

/// All characters that are the same as `ch`, if there are others.
pub(crate) fn variants(case: Case, ch: char) -> Option<CharSet> {
    let lone = CharSet::new(&[(ch, ch)]);
    let mut set = lone.clone();
    match case {
        Case::Sensitive => {}
        Case::Ascii => {
            let (lower, upper) = (ch.to_ascii_lowercase(), ch.to_ascii_uppercase());
            set.insert(lower, lower);
            set.insert(upper, upper);
        }
        Case::Unicode => {
            let folded = fold(ch);
            set.insert(folded, folded);
            for cased in CASED.iter().filter(|cased| cased.folded == folded) {
                set.insert(cased.ch, cased.ch);
            }
        }
    }
    (set != lone).then_some(set)
}

/// A range of a character class, and what is the same as one of its characters.
///
/// Java looks whether the range holds the character, its upper case or the lower case of that,
/// so that the answer is not always symmetric: `[A-Z]` leaves out the Kelvin sign, `[a-z]` has it.
pub(crate) fn range(case: Case, first: u32, last: u32) -> CharSet {
    let range = CharSet::of_code_points(first, last);
    let holds = |ch: char| (first..=last).contains(&u32::from(ch));
    let more: Vec<(char, char)> = match case {
        Case::Sensitive => return range,
        Case::Ascii => ('a'..='z')
            .chain('A'..='Z')
            .filter(|ch| holds(ch.to_ascii_uppercase()) || holds(ch.to_ascii_lowercase()))
            .map(|ch| (ch, ch))
            .collect(),
        Case::Unicode => CASED
            .iter()
            .filter(|cased| holds(cased.upper) || holds(cased.folded))
            .map(|cased| (cased.ch, cased.ch))
            .collect(),
    };
    range.union(&CharSet::new(&more))
}

/// The lower case of the upper case: the form in which Java compares.
fn fold(ch: char) -> char {
    simple_lowercase(simple_uppercase(ch))
}

/// `Character.toUpperCase`: one character for one.
fn simple_uppercase(ch: char) -> char {
    let mut upper = ch.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(only), None) => only,
        // Where the full mapping has several characters, the simple one leads to a title case
        // that folds back to `ch`, or there is none.
        _ => ch,
    }
}

/// `Character.toLowerCase`: one character for one.
fn simple_lowercase(ch: char) -> char {
    // The first is right for U+0130 too, the only one whose lower case is two characters.
    ch.to_lowercase().next().unwrap_or(ch)
}

/// A character that differs from another in case alone.
struct Cased {
    ch: char,
    upper: char,
    folded: char,
}

static CASED: LazyLock<Vec<Cased>> = LazyLock::new(|| {
    ('\0'..=char::MAX)
        .filter_map(|ch| {
            let upper = simple_uppercase(ch);
            let folded = simple_lowercase(upper);
            (upper != ch || folded != ch).then_some(Cased { ch, upper, folded })
        })
        .collect()
});

#[cfg(test)]
mod tests {
    use super::{equal, range, variants};
    use crate::tree::Case;

    #[test]
    fn compares_as_java_does() {
        for (one, other, ascii, unicode) in [
            ('k', 'K', true, true),
            ('k', '\u{212A}', false, true),
            ('s', 'ſ', false, true),
            ('i', 'İ', false, true),
            ('i', 'ı', false, true),
            ('é', 'É', false, true),
            ('ß', 'ẞ', false, true),
            ('a', 'b', false, false),
        ] {
            assert_eq!(equal(Case::Ascii, one, other), ascii, "{one}{other}");
            assert_eq!(equal(Case::Unicode, one, other), unicode, "{one}{other}");
            let listed = variants(Case::Unicode, one).is_some_and(|set| set.contains(other));
            assert_eq!(listed, unicode, "{one}{other}");
        }
    }

    #[test]
    fn widens_ranges_in_one_direction() {
        let kelvin = '\u{212A}';
        assert!(range(Case::Unicode, 'a'.into(), 'z'.into()).contains(kelvin));
        assert!(!range(Case::Unicode, 'A'.into(), 'Z'.into()).contains(kelvin));
        assert!(range(Case::Ascii, 'A'.into(), 'Z'.into()).contains('q'));
    }
}
