//! Apache Velocity itself, behind a command that answers cases.

use std::collections::HashMap;
use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::case::{Case, Flavour, Outcome};

/// A command that reads cases as JSON lines and answers each with a JSON line; see the README.
#[derive(Clone, Debug)]
pub(crate) struct Oracle {
    command: String,
    flavour: Flavour,
}

impl Oracle {
    /// The oracle of a flavour, if the environment names one.
    pub(crate) fn of(flavour: Flavour) -> Option<Self> {
        let variable = match flavour {
            Flavour::V17 | Flavour::ApiGateway => "TOLLGATE_VELOCITY_17",
            Flavour::V2 => "TOLLGATE_VELOCITY_2",
        };
        let Ok(command) = std::env::var(variable) else {
            println!("skipped: {variable} is not set");
            return None;
        };
        Some(Self { command, flavour })
    }

    /// The answers in the order of the cases; `None` where the oracle gave up.
    pub(crate) fn ask(&self, cases: &[Case]) -> Vec<Option<Outcome>> {
        let answers = self.answers(cases);
        answers.iter().map(Outcome::from_json).collect()
    }

    /// The answers as the oracle gives them.
    pub(crate) fn answers(&self, cases: &[Case]) -> Vec<Value> {
        let mut questions = String::new();
        for (number, case) in cases.iter().enumerate() {
            let mut line = case.to_json();
            line["id"] = json!(number.to_string());
            if self.flavour == Flavour::ApiGateway {
                line.insert("aws".into(), json!(true));
            }
            questions += &json!(line).to_string();
            questions.push('\n');
        }
        let answers = self.run(questions);
        let mut by_number: HashMap<usize, Value> = answers
            .lines()
            .map(|line| {
                let answer: Value = serde_json::from_str(line).expect("an answer is JSON");
                let number = answer["id"].as_str().and_then(|id| id.parse().ok());
                (
                    number.expect("an answer has the number of its case"),
                    answer,
                )
            })
            .collect();
        (0..cases.len())
            .map(|number| by_number.remove(&number).expect("every case is answered"))
            .collect()
    }

    fn run(&self, questions: String) -> String {
        let mut oracle = Command::new("sh")
            .args(["-c", &self.command])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the oracle starts");
        let mut input = oracle.stdin.take().expect("it is piped");
        let writer = std::thread::spawn(move || input.write_all(questions.as_bytes()));
        let output = oracle.wait_with_output().expect("the oracle ends");
        let written = writer.join().expect("nothing panics");
        written.expect("the oracle reads all cases");
        String::from_utf8(output.stdout).expect("answers are UTF-8")
    }
}
