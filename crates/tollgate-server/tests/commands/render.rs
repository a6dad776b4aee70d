//! `tollgate render`.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;

use crate::command::{Folder, said, tollgate};
use crate::golden::{compare, folder as golden, in_folder, run};

#[test]
fn a_template_is_rendered_with_its_variables() {
    for profile in ["velocity2", "velocity17", "api-gateway"] {
        let render = ["render", "greeting.vm", "--context", "greeting.json"];
        let (code, written) = run(&[&render[..], &["--profile", profile]].concat());
        assert_eq!(code, Some(0), "{profile}");
        compare(&written, "render-greeting.txt");
    }
    let (code, written) = run(&["render", "greeting.vm", "--profile", "api-gateway"]);
    assert_eq!(code, Some(0));
    assert_eq!(written, "Dear ,\n\nyou have  dishes: \n");
}

#[test]
fn what_is_wrong_is_said_with_its_place_and_nothing_is_written() {
    for (arguments, expected) in [
        (&["unclosed.vm"][..], "unclosed.vm:2:13: #if has no #end\n"),
        (
            &["outside.vm", "--context", "outside.json"],
            "outside.vm:2:1: index 7 is outside a list of 2\n",
        ),
        (
            &["none.vm"],
            "error: cannot read the template none.vm: No such file",
        ),
        (
            &["greeting.vm", "--context", "none.json"],
            "error: cannot read the variables in none.json: No such file",
        ),
        (
            &["greeting.vm", "--context", "greeting.vm"],
            "greeting.vm: expected a value at byte 0\n",
        ),
        (
            &["greeting.vm", "--root", "none"],
            "error: cannot read the folder none: No such file",
        ),
        (
            &["--cases", "none.jsonl"],
            "error: cannot read the cases in none.jsonl: No such file",
        ),
    ] {
        let output = in_folder(&[&["render"], arguments].concat())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let said = said(&output);
        assert!(said.starts_with(expected), "{arguments:?}: {said}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
    let folder = Folder::new();
    let list = folder.write("list.json", "[]");
    let output = in_folder(&["render", "greeting.vm", "--context"])
        .arg(list)
        .output()
        .unwrap();
    let expected = "list.json: expected an object with a member for each variable\n";
    assert!(said(&output).ends_with(expected), "{}", said(&output));
}

#[test]
fn a_wrong_command_line_ends_with_status_2() {
    for arguments in [
        &["render"][..],
        &["render", "greeting.vm", "--cases", "cases.jsonl"],
        &["render", "--cases", "cases.jsonl", "--root", "."],
        &["render", "greeting.vm", "--profile", "velocity3"],
        &["render", "greeting.vm", "--space-gobbling", "all"],
    ] {
        let output = in_folder(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(said(&output).starts_with("error: "), "{arguments:?}");
    }
}

#[test]
fn cases_are_answered_in_order_whatever_becomes_of_each() {
    for cases in ["cases.jsonl", "-"] {
        let file = golden().join("cases.jsonl");
        let output = in_folder(&["render", "--cases", cases])
            .stdin(std::fs::File::open(file).unwrap())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{cases}");
        let written = String::from_utf8(output.stdout.clone()).unwrap();
        compare(&written, "render-cases.jsonl");
        let expected = "line 6: unknown setting \"x.y\" is ignored\n";
        assert_eq!(said(&output), expected);
    }
}

#[test]
fn lines_that_are_no_text_are_answered_too() {
    let folder = Folder::new();
    let file = folder.path("cases.jsonl");
    std::fs::write(&file, b"\xff\n{\"id\": 1, \"template\": \"x\"}").unwrap();
    let output = tollgate().args(["render", "--cases"]).arg(file).output();
    let written = String::from_utf8(output.unwrap().stdout).unwrap();
    let expected = "{\"line\":1,\"error\":\"invalid utf-8 sequence of 1 bytes from index 0\"}\n\
        {\"id\":1,\"output\":\"x\"}\n";
    assert_eq!(written, expected);
}

#[test]
fn who_gives_one_case_at_a_time_gets_each_answer() {
    let mut child = tollgate()
        .args(["render", "--cases", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut cases = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    for id in 0..3 {
        writeln!(
            cases,
            "{{\"id\": {id}, \"template\": \"#set($x = {id})$x\"}}"
        )
        .unwrap();
        let answer = answers.next().unwrap().unwrap();
        assert_eq!(answer, format!("{{\"id\":{id},\"output\":\"{id}\"}}"));
    }
    drop(cases);
    assert!(answers.next().is_none());
    assert!(child.wait().unwrap().success());
}
