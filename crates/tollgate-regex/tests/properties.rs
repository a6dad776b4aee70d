//! Laws that hold for all patterns and texts.

use proptest::prelude::*;
use tollgate_regex::{Pattern, StepLimit};

/// Patterns made of what patterns are made of, so that many of them compile.
fn pattern() -> impl Strategy<Value = String> {
    let token = prop::sample::select(vec![
        "a", "b", "é", "1", ".", "^", "$", "|", "(", ")", "(?:", "(?=", "(?!", "(?<=", "(?<!",
        "(?>", "(?i)", "(?x)", "(?<n>", "[", "]", "[^", "-", "&&", "*", "+", "?", "{2}", "{1,}",
        "{", "}", "\\", "\\d", "\\W", "\\b", "\\R", "\\X", "\\G", "\\Z", "\\1", "\\k<n>", "\\Q",
        "\\E", "\\p{L}", "\\x41", "\\u00e9", "\\0", "#", " ", "\n",
    ]);
    prop::collection::vec(token, 0..12).prop_map(|tokens| tokens.concat())
}

fn text() -> impl Strategy<Value = String> {
    prop::string::string_regex("[ab1é A\r\n\u{301}😀]{0,12}").expect("it is a regular expression")
}

fn check(pattern: &str, text: &str, replacement: &str) {
    let Ok(pattern) = Pattern::new(pattern) else {
        return;
    };
    // A bad replacement is refused, which is as good as a text.
    let _ = pattern.replace_all(text, replacement);
    let _ = pattern.replace_first(text, replacement);
    // So is a search that is given up.
    let _: Result<(), StepLimit> = laws(&pattern, text);
}

fn laws(pattern: &Pattern, text: &str) -> Result<(), StepLimit> {
    let matches = pattern.find_iter(text).collect::<Result<Vec<_>, _>>()?;
    assert!(!matches.is_empty() || !pattern.matches(text)?);

    let mut end = 0;
    for found in &matches {
        assert!(end <= found.start() && found.start() <= found.end());
        assert!(text.get(found.range()).is_some());
        end = found.end();
    }

    let captures = pattern.captures_iter(text).collect::<Result<Vec<_>, _>>()?;
    let wholes: Vec<_> = captures.iter().map(|groups| groups.get(0)).collect();
    assert_eq!(
        wholes,
        matches.iter().copied().map(Some).collect::<Vec<_>>()
    );

    let pieces: usize = pattern
        .split(text, -1)?
        .iter()
        .map(|piece| piece.len())
        .sum();
    let matched: usize = matches.iter().map(|found| found.as_str().len()).sum();
    assert_eq!(pieces + matched, text.len());

    if let Ok(same) = pattern.replace_all(text, "$0") {
        assert_eq!(same, text);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn likely_patterns_keep_the_laws(pattern in pattern(), text in text(), replacement in "[$0-2a{}\\\\]{0,4}") {
        check(&pattern, &text, &replacement);
    }

    #[test]
    fn any_patterns_keep_the_laws(pattern in any::<String>(), text in any::<String>(), replacement in any::<String>()) {
        check(&pattern, &text, &replacement);
    }

    #[test]
    fn quoted_texts_match_themselves(text in "[^\\\\]*") {
        let pattern = Pattern::new(&format!(r"\Q{text}\E")).expect("a quotation is a pattern");
        prop_assert_eq!(pattern.matches(&text), Ok(true));
    }
}
