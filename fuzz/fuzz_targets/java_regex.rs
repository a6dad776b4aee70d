//! Any pattern on any text, with any replacement.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tollgate_regex::{Pattern, StepLimit};

fuzz_target!(|input: (&str, &str, &str)| {
    let (pattern, text, replacement) = input;
    let Ok(pattern) = Pattern::new(pattern) else {
        return;
    };
    // A refused replacement or a search given up is as good as a text.
    let _ = pattern.replace_all(text, replacement);
    let _ = pattern.replace_first(text, replacement);
    let _: Result<(), StepLimit> = check(&pattern, text);
});

fn check(pattern: &Pattern, text: &str) -> Result<(), StepLimit> {
    let found = pattern.find_iter(text).collect::<Result<Vec<_>, _>>()?;
    assert!(!found.is_empty() || !pattern.matches(text)?);

    let mut end = 0;
    for found in &found {
        assert!(end <= found.start() && found.start() <= found.end());
        assert!(text.get(found.range()).is_some());
        end = found.end();
    }

    let captures = pattern.captures_iter(text).collect::<Result<Vec<_>, _>>()?;
    assert_eq!(captures.len(), found.len());
    for (captures, found) in captures.iter().zip(&found) {
        assert_eq!(captures.get(0).as_ref(), Some(found));
        assert!(
            captures
                .iter()
                .flatten()
                .all(|group| text.get(group.range()).is_some())
        );
    }
    if let Some(full) = pattern.full_captures(text)? {
        assert_eq!(full.get(0).map(|whole| whole.range()), Some(0..text.len()));
    }

    for limit in [-1, 0, 2] {
        let pieces = pattern.split(text, limit)?;
        assert!(limit != 2 || pieces.len() <= 2);
        let length: usize = pieces.iter().map(|piece| piece.len()).sum();
        let matched: usize = found.iter().map(|found| found.as_str().len()).sum();
        assert!(length + matched >= text.len() || limit == 0);
    }
    if let Ok(same) = pattern.replace_all(text, "$0") {
        assert_eq!(same, text);
    }
    Ok(())
}
