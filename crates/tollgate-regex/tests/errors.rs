//! What is said about patterns that are refused.

use tollgate_regex::{Fault, NotSupported, Pattern, PatternError};

#[test]
fn names_the_place_and_the_fault() {
    for (pattern, at, fault) in [
        ("é*a**", 5, Fault::DanglingQuantifier('*')),
        ("*a", 0, Fault::DanglingQuantifier('*')),
        ("a{,3}", 1, Fault::RepetitionWithoutCount),
        ("{abc}", 0, Fault::RepetitionWithoutCount),
        ("a{2", 3, Fault::UnclosedRepetition),
        ("a{3,2}", 1, Fault::RepetitionRange),
        ("a{2147483648}", 1, Fault::RepetitionRange),
        ("(a", 2, Fault::UnclosedGroup),
        ("a)", 1, Fault::UnmatchedParenthesis),
        ("(?y)", 2, Fault::UnknownGroup),
        ("(?<1a>x)", 3, Fault::GroupName),
        ("(?<a>x)(?<a>y)", 10, Fault::DuplicateGroup("a".into())),
        (r"\k<nope>", 3, Fault::NoSuchGroup("nope".into())),
        (r"\k", 2, Fault::NoReferenceName),
        ("[a", 2, Fault::UnclosedClass),
        ("x[z-a]", 2, Fault::ClassRange),
        ("[&&]", 3, Fault::EmptyIntersection),
        (r"a\y", 1, Fault::UnknownEscape('y')),
        ("a\\", 1, Fault::DanglingBackslash),
        (r"\08", 0, Fault::OctalEscape),
        (r"\x4", 0, Fault::HexadecimalEscape),
        (r"\u12", 0, Fault::UnicodeEscape),
        (r"\x{110000}", 0, Fault::CodePoint),
        (r"\c", 0, Fault::ControlEscape),
        (r"\N", 0, Fault::NameEscape),
        (r"\p{L", 2, Fault::UnclosedProperty),
        (r"\p{}", 2, Fault::EmptyProperty),
        (r"\p{Nope}", 2, Fault::UnknownProperty("Nope".into())),
        ("a(?<=(?:ab)*)", 1, Fault::UnboundedLookBehind),
    ] {
        let refused = Pattern::new(pattern).expect_err(pattern);
        assert_eq!(refused, PatternError::Invalid { at, fault }, "{pattern}");
    }
}

#[test]
fn tells_what_is_not_supported_from_what_is_wrong() {
    for (pattern, at, construct) in [
        (r"a\N{DIGIT ONE}", 1, NotSupported::CharacterName),
        ("(?ic)a", 3, NotSupported::CanonicalEquivalence),
        (r"\p{javaMirrored}", 2, NotSupported::Mirrored),
        (r"\b{g}", 2, NotSupported::GraphemeBoundary),
    ] {
        let refused = Pattern::new(pattern).expect_err(pattern);
        assert_eq!(
            refused,
            PatternError::NotSupported { at, construct },
            "{pattern}"
        );
    }
}

#[test]
fn reads_as_a_sentence() {
    for (pattern, message) in [
        (
            "a)",
            "byte 1 of the pattern: ')' without a group, expected a backslash before it",
        ),
        (
            r"\N{X}",
            r"byte 0 of the pattern: a character by its name (\N{…}) is not supported",
        ),
    ] {
        let refused = Pattern::new(pattern).expect_err(pattern);
        assert_eq!(refused.to_string(), message);
    }
}
