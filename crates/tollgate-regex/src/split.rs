//! `String.split`.

use crate::{Pattern, StepLimit};

pub(crate) fn split<'t>(
    pattern: &Pattern,
    text: &'t str,
    limit: i32,
) -> Result<Vec<&'t str>, StepLimit> {
    // The last piece takes what is left, so that a limit is one more than the matches it needs.
    let most = usize::try_from(limit)
        .ok()
        .filter(|&limit| limit > 0)
        .map_or(usize::MAX, |limit| limit - 1);
    let mut pieces = Vec::new();
    let mut from = 0;
    for found in pattern.find_iter(text) {
        if pieces.len() == most {
            break;
        }
        let found = found?;
        if found.end() == 0 {
            continue;
        }
        pieces.push(&text[from..found.start()]);
        from = found.end();
    }
    if from == 0 {
        return Ok(vec![text]);
    }
    pieces.push(&text[from..]);
    if limit == 0 {
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
