//! Renders a Velocity template with values of a JSON file: `vtl-standalone TEMPLATE [VALUES]`.

use std::process::ExitCode;

use tollgate_vtl::{Map, Profile, Template, Value};

const USAGE: &str = "usage: vtl-standalone TEMPLATE [VALUES]: a template, and a JSON object with the \
    values of its variables";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        #[expect(clippy::print_stdout, reason = "the text is what the command is for")]
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        #[expect(clippy::print_stderr, reason = "a command says what went wrong")]
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// The rendered text, or what to tell the user.
fn run(arguments: &[String]) -> Result<String, String> {
    let (file, values_file) = match arguments {
        [file] => (file, None),
        [file, values_file] => (file, Some(values_file)),
        _ => return Err(USAGE.to_owned()),
    };
    let source = read(file)?;
    let template = Template::parse(&source, &Profile::api_gateway())
        .map_err(|error| show(file, &source, (error.line(), error.column()), error.kind()))?;
    let json = values_file.map_or_else(|| Ok("{}".to_owned()), |file| read(file))?;
    let values = variables(&json).map_err(|error| match values_file {
        Some(file) => format!("{file}: {error}"),
        None => error,
    })?;
    // A map is a source of variables; so is a function from a name to a value.
    template
        .render(&values)
        .map_err(|error| show(file, &source, (error.line(), error.column()), error.kind()))
}

fn variables(json: &str) -> Result<Map<'_>, String> {
    let values = Value::from_json_str(json).map_err(|error| error.to_string())?;
    let values = values.as_map().cloned();
    values.ok_or_else(|| "expected an object with a member for each variable".to_owned())
}

fn read(file: &str) -> Result<String, String> {
    std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))
}

/// What is wrong, and the place: as compilers show it.
fn show(
    file: &str,
    source: &str,
    (line, column): (usize, usize),
    what: &impl std::fmt::Display,
) -> String {
    let text = source.lines().nth(line - 1).unwrap_or_default();
    let indent = " ".repeat(column - 1);
    format!("{file}:{line}:{column}: {what}\n  {text}\n  {indent}^")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(files: &[&str]) -> Result<String, String> {
        let folder = env!("CARGO_MANIFEST_DIR");
        let files: Vec<_> = files
            .iter()
            .map(|file| format!("{folder}/{file}"))
            .collect();
        run(&files).map_err(|error| error.replace(&format!("{folder}/"), ""))
    }

    #[test]
    fn a_template_is_rendered() {
        let text = render(&["order.vtl", "order.json"]).unwrap();
        assert_eq!(
            text,
            "Order of ADA:\n  1. 2 x tea\n  2. 1 x milk (a gift)\n  3. 1 x sugar\n\
             4 items: they are delivered for free.\n"
        );
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        for (files, expected) in [
            (&["broken.vtl"][..], "broken.vtl:3:"),
            (&["order.vtl", "broken.vtl"], "broken.vtl: "),
            (&["no.vtl"], "no.vtl: No such file"),
            (&[], "usage: "),
        ] {
            let error = render(files).unwrap_err();
            assert!(error.starts_with(expected), "{files:?}: {error}");
        }
    }
}
