//! Velocity's answers to cases worth keeping, in `data/velocity.jsonl`; see the README.

use std::collections::HashSet;
use std::path::Path;

use serde_json::{Value, json};

use crate::case::{Case, Flavour, Outcome};
use crate::differs::Difference;
use crate::explained::Classes;
use crate::oracle::Oracle;
use crate::{generate, number};

const PATH: &str = "tests/data/velocity.jsonl";

/// Answers of the table that differ as documented; to be lowered, never raised. The templates are as
/// they were recorded, so that a class may fit what is not the reason.
const EXPLAINED: usize = 78;

#[test]
fn answers_as_in_the_table() {
    let classes = Classes::new();
    let (mut explained, mut unexplained, mut total) = (0, 0, 0);
    for line in lines() {
        let case = Case::from_json(&line);
        for flavour in Flavour::ALL {
            let Some(answer) = line.get(flavour.member()) else {
                continue;
            };
            total += 1;
            match Difference::of(case.clone(), Outcome::from_json(answer), flavour) {
                None => {}
                Some(difference) if classes.of(&difference, flavour).is_some() => explained += 1,
                Some(difference) => {
                    unexplained += 1;
                    println!("{flavour:?} {difference}");
                }
            }
        }
    }
    println!("{explained} of {total} answers differ as documented, {unexplained} unexplained");
    assert_eq!(unexplained, 0, "answers that differ from the table");
    assert!(explained <= EXPLAINED, "{explained} answers differ");
}

/// Asks for all answers anew, with `TOLLGATE_RECORD` many random cases in addition.
#[test]
fn records_the_table() {
    let Some(added) = number::<usize>("TOLLGATE_RECORD") else {
        println!("skipped: TOLLGATE_RECORD is not set");
        return;
    };
    let mut cases: Vec<Case> = lines().iter().map(Case::from_json).collect();
    let mut known: HashSet<String> = cases.iter().map(|case| case.id.clone()).collect();
    for index in 0..added {
        let seed = number("TOLLGATE_SEED").unwrap_or(crate::SEED);
        let flavour = Flavour::ALL[index % Flavour::ALL.len()];
        let case = generate::case(seed, index, flavour);
        if known.insert(case.id.clone()) {
            cases.push(case);
        }
    }
    let mut table: Vec<_> = cases.iter().map(Case::to_json).collect();
    for flavour in Flavour::ALL {
        let oracle = Oracle::of(flavour).expect("recording takes both oracles");
        let asked: Vec<usize> = (0..cases.len())
            .filter(|place| asks(&cases[*place], flavour))
            .collect();
        let questions: Vec<Case> = asked.iter().map(|place| cases[*place].clone()).collect();
        for (place, mut answer) in asked.into_iter().zip(oracle.answers(&questions)) {
            if is_answer(&answer) {
                let answer = answer.as_object_mut().expect("an answer is an object");
                answer.retain(|member, _| member == "output" || member == "error");
                table[place].insert(flavour.member().into(), json!(answer));
            }
        }
    }
    let lines = table.iter().map(|line| json!(line).to_string() + "\n");
    std::fs::write(path(), lines.collect::<String>()).expect("the table is written");
}

fn path() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(PATH)
}

fn lines() -> Vec<Value> {
    let table = std::fs::read_to_string(path()).expect("the table is there");
    let line = |line| serde_json::from_str(line).expect("a line is JSON");
    table.lines().map(line).collect()
}

/// Whether a flavour has what the case is about.
fn asks(case: &Case, flavour: Flavour) -> bool {
    let loads = ["evaluate", "parse", "include"];
    match flavour {
        Flavour::V2 => true,
        Flavour::V17 => !case.props.contains_key("parser.space_gobbling"),
        // Those are no directives there, which the model does not know.
        Flavour::ApiGateway => {
            case.props.is_empty() && !loads.iter().any(|word| case.template.contains(word))
        }
    }
}

/// Whether an answer is one of the language, rather than a crash of the engine or a text with the
/// address of an object.
fn is_answer(answer: &Value) -> bool {
    if let Some(text) = answer["output"].as_str() {
        let host = ["[Ljava", "java.", "see log"];
        return !host.iter().any(|mark| text.contains(mark));
    }
    let error = answer["error"].as_str().expect("an output or an error");
    [
        "ParseErrorException",
        "TemplateInitException",
        "VelocityException",
    ]
    .contains(&error)
        || ["MethodInvocationException", "MacroOverflowException"].contains(&error)
        || [
            "ResourceNotFoundException",
            "ConcurrentModificationException",
        ]
        .contains(&error)
}
