//! Smaller templates that show the same difference.

use std::collections::HashSet;
use std::iter;
use std::ops::Range;

use serde_json::{Value, json};

use crate::case::{Case, Flavour};
use crate::differs::Difference;
use crate::oracle::Oracle;

/// How many smaller templates of one case are tried in one go.
const BATCH: usize = 60;

/// Makes the templates of all differences smaller at the same time, since it is the start of the
/// oracle that takes long.
pub(crate) fn shrink(
    differences: Vec<Difference>,
    oracle: &Oracle,
    flavour: Flavour,
) -> Vec<Difference> {
    let mut differences = differences;
    let mut tried = HashSet::new();
    loop {
        let mut candidates = Vec::new();
        for (owner, difference) in differences.iter().enumerate() {
            let smaller = smaller(&difference.case)
                .into_iter()
                .filter(|case| tried.insert((owner, json!(case.to_json()).to_string())))
                .take(BATCH)
                .map(|case| (owner, case));
            candidates.extend(smaller);
        }
        if candidates.is_empty() {
            return differences;
        }
        let (owners, cases): (Vec<usize>, Vec<Case>) = candidates.into_iter().unzip();
        let answers = oracle.ask(&cases);
        for ((owner, case), expected) in owners.into_iter().zip(cases).zip(answers) {
            if let Some(found) = Difference::of(case, expected, flavour)
                && found.kind() == differences[owner].kind()
                && size(&found.case) < size(&differences[owner].case)
            {
                differences[owner] = found;
            }
        }
    }
}

/// How much there is to read.
fn size(case: &Case) -> usize {
    let files = case.files.values().filter_map(Value::as_str);
    case.template.len() + files.map(str::len).sum::<usize>()
}

/// The case with a smaller template, or with a smaller file.
fn smaller(case: &Case) -> Vec<Case> {
    let templates = shorter(&case.template).into_iter();
    let mut cases: Vec<Case> = templates.map(|text| case.with_template(text)).collect();
    for (name, file) in &case.files {
        for text in shorter(file.as_str().expect("a text")) {
            let mut case = case.clone();
            case.files[name] = json!(text);
            cases.push(case);
        }
    }
    cases
}

/// The text without one stretch of it, large stretches first, and without the ends of one block.
fn shorter(template: &str) -> Vec<String> {
    let tokens = tokens(template);
    let mut cuts: Vec<Vec<Range<usize>>> = Vec::new();
    let mut size = tokens.len();
    while size > 0 {
        let step = size.div_ceil(2);
        for start in (0..=tokens.len() - size).step_by(step) {
            let (first, last) = (&tokens[start], &tokens[start + size - 1]);
            cuts.push(iter::once(first.start..last.end).collect());
        }
        size = if size > 4 { size * 2 / 3 } else { size - 1 };
    }
    for (open, _) in template.match_indices('#') {
        let Some(close) = closing_parenthesis(template, open) else {
            continue;
        };
        for (end, word) in template.match_indices("#end") {
            if end >= close {
                cuts.push(vec![open..close, end..end + word.len()]);
            }
        }
    }
    cuts.into_iter()
        .map(|cut| without(template, &cut))
        .collect()
}

fn without(template: &str, cuts: &[Range<usize>]) -> String {
    let mut rest = template.to_owned();
    for cut in cuts.iter().rev() {
        rest.replace_range(cut.clone(), "");
    }
    rest
}

/// Words, runs of blanks, and single other characters.
fn tokens(template: &str) -> Vec<Range<usize>> {
    let class = |character: char| match character {
        _ if character.is_ascii_alphanumeric() => 0,
        ' ' | '\t' => 1,
        _ => 2,
    };
    let mut tokens: Vec<Range<usize>> = Vec::new();
    let mut previous = None;
    for (start, character) in template.char_indices() {
        let end = start + character.len_utf8();
        let class = class(character);
        match tokens.last_mut() {
            Some(token) if class < 2 && previous == Some(class) => token.end = end,
            _ => tokens.push(start..end),
        }
        previous = Some(class);
    }
    tokens
}

/// The place behind the parenthesis that closes the first one after `open`.
fn closing_parenthesis(template: &str, open: usize) -> Option<usize> {
    let mut depth = 0;
    for (place, character) in template[open..].char_indices() {
        match character {
            '(' => depth += 1,
            ')' if depth == 1 => return Some(open + place + 1),
            ')' => depth -= 1,
            '\n' if depth == 0 => return None,
            _ => {}
        }
    }
    None
}
