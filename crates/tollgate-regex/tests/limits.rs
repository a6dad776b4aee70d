//! What happens past each limit.

use tollgate_regex::{MAX_NESTING, MAX_PATTERN_LEN, MAX_STEPS, Pattern, PatternError, StepLimit};

#[test]
fn bounds_the_length_of_a_pattern() {
    assert!(Pattern::new(&"a".repeat(MAX_PATTERN_LEN)).is_ok());
    let length = MAX_PATTERN_LEN + 1;
    let refused = Pattern::new(&"a".repeat(length)).err();
    assert_eq!(refused, Some(PatternError::TooLong { length }));
}

#[test]
fn bounds_the_depth_of_nesting() {
    for (open, inner, close) in [
        ("(", "a", ")"),
        ("(?=", "a", ")"),
        ("[", "a", "]"),
        ("(?:", "a", ")*"),
    ] {
        let nested = |depth| format!("{}{inner}{}", open.repeat(depth), close.repeat(depth));
        assert!(Pattern::new(&nested(MAX_NESTING)).is_ok(), "{open}");
        let at = (MAX_NESTING + 1) * open.len();
        let refused = Pattern::new(&nested(MAX_NESTING + 1)).err();
        let expected = if open == "[" { at } else { at - open.len() };
        assert_eq!(
            refused,
            Some(PatternError::TooDeep { at: expected }),
            "{open}"
        );
    }
    // Without an end too.
    for open in ["(", "(?=", "(?<=", "(?>", "[", "[a&&", "(?i:"] {
        assert!(Pattern::new(&open.repeat(1000)).is_err(), "{open}");
    }
}

#[test]
fn bounds_the_size_of_the_automaton() {
    for pattern in [
        "((a{1000}){1000}){1000}",
        "a{2147483647}",
        "(?:[^a]{999}|b){999}",
    ] {
        let refused = Pattern::new(pattern).err();
        assert_eq!(refused, Some(PatternError::TooLarge), "{pattern}");
    }
    let many = r"\pL".repeat(3000);
    assert_eq!(Pattern::new(&many).err(), Some(PatternError::TooLarge));
    // Backtracking counts instead of making copies.
    let pattern = Pattern::new("(?>a{2000000000}|b)").expect("it backtracks");
    assert_eq!(pattern.matches("b"), Ok(true));
}

#[test]
fn bounds_the_steps_of_backtracking() {
    let text = format!("{}!", "a".repeat(60));
    for pattern in [
        "(?:a+)+\\1(x)",
        "(?=(?:a|aa)+$)b",
        "(?>(?:a*)*b|c)",
        "(a*)*\\1b",
    ] {
        let pattern = Pattern::new(pattern).expect(pattern);
        assert!(pattern.backtracks(), "{pattern}");
        assert_eq!(pattern.matches(&text), Err(StepLimit), "{pattern}");
        assert_eq!(pattern.find(&text), Err(StepLimit), "{pattern}");
        assert_eq!(pattern.split(&text, 0), Err(StepLimit), "{pattern}");
        assert!(pattern.replace_all(&text, "$0").is_err(), "{pattern}");
    }
}

#[test]
fn matches_without_backtracking_what_would_take_java_years() {
    let text = format!("{}!", "a".repeat(5000));
    for pattern in [
        "(.*a){20}",
        "(a+)+",
        "(a|a)*b",
        "(?:a|aa)+$",
        "^(([a-z])+.)+[A-Z]([a-z])+$",
    ] {
        let pattern = Pattern::new(pattern).expect(pattern);
        assert!(!pattern.backtracks(), "{pattern}");
        assert_eq!(pattern.matches(&text), Ok(false), "{pattern}");
    }
}

#[test]
fn grants_steps_for_the_length_of_the_text() {
    let text = "é word ".repeat(MAX_STEPS / 16);
    let pattern = Pattern::new(r"\bend\b").expect("it is a pattern");
    assert_eq!(pattern.find(&text), Ok(None));
    let pattern = Pattern::new(r"(?=.*é)(?!.*[0-9]).*").expect("it is a pattern");
    assert_eq!(pattern.matches(&text), Ok(true));
}

#[test]
fn tells_how_much_work_a_search_takes() {
    let text = "a".repeat(10_000);
    for (pattern, least, most) in [
        // Each letter is looked for to the end of the text.
        ("a*b|a", 40_000_000, 60_000_000),
        ("(a*b)?a", 40_000_000, 60_000_000),
        // What is long is looked at once, or about so.
        ("a", 10_000, 10_000),
        ("a+", 10_000, 10_000),
        ("(?:a|b)+", 10_000, 40_000),
        ("a{100}", 10_000, 40_000),
        ("a*b", 10_000, 40_000),
    ] {
        let pattern = Pattern::new(pattern).expect(pattern);
        assert!(!pattern.backtracks(), "{pattern}");
        let mut found = pattern.find_iter(&text);
        for found in found.by_ref() {
            assert!(found.is_ok(), "{pattern}");
        }
        let work = found.work();
        assert!((least..=most).contains(&work), "{pattern}: {work}");
    }
    let pattern = Pattern::new("(?>a*)b").expect("it is a pattern");
    let mut found = pattern.find_iter("aaa");
    assert_eq!(found.next(), None);
    assert!(found.work() > 10, "{}", found.work());
}
