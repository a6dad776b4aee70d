//! Lambda functions in processes of their own, as the configuration names them.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tollgate::core::{AccountId, Region};
use tollgate::integration::lambda::{FunctionLog, LambdaFunctions, LocalFunction};

use crate::config::{self, Config};
use crate::console::Console;
use crate::printable::printable_start;

/// Characters of a line of a function that are shown.
const MOST_CHARS: usize = 8_000;

/// The functions that run, or would once they are called.
#[derive(Debug, Default)]
pub(crate) struct Functions {
    log: FunctionLog,
    known: BTreeMap<String, Known>,
}

/// A function, and what it was made of.
#[derive(Debug)]
struct Known {
    function: Arc<LocalFunction>,
    config: config::Function,
    account_id: AccountId,
    region: Region,
}

impl Functions {
    /// No functions yet; what they write goes there.
    pub(crate) fn new(log: FunctionLog) -> Self {
        Self {
            log,
            known: BTreeMap::new(),
        }
    }

    /// The functions of a configuration. One that is as before stays the same, with its processes; one
    /// that is not ends when nobody uses it any more.
    pub(crate) fn of(&mut self, config: &Config) -> LambdaFunctions {
        let mut before = std::mem::take(&mut self.known);
        let mut functions = LambdaFunctions::new();
        for (name, function) in &config.functions {
            let name = name.get_ref();
            let is_same = |known: &Known| {
                known.config == *function
                    && known.account_id == config.account_id.0.0
                    && known.region == config.region.0.0
            };
            let known = before.remove(name).filter(is_same);
            let Some(known) = known.or_else(|| self.make(name, function, config)) else {
                continue;
            };
            functions.insert(name.as_str(), known.function.clone());
            self.known.insert(name.clone(), known);
        }
        functions
    }

    fn make(&self, name: &str, function: &config::Function, config: &Config) -> Option<Known> {
        let mut settings = function.settings(name, config);
        settings.log = self.log.clone();
        let account_id = settings.account_id.clone();
        let region = settings.region.clone();
        // It was tried when the configuration was checked.
        let made = Arc::new(LocalFunction::new(settings).ok()?);
        Some(Known {
            function: made,
            config: function.clone(),
            account_id,
            region,
        })
    }
}

/// A log among the lines that the server says.
pub(crate) fn log_to(console: Console) -> FunctionLog {
    FunctionLog::new(move |line| {
        let time = Timestamp::now().strftime("%H:%M:%S");
        for line in shown(line.function, line.text) {
            console.say(format!("{time} {line}"));
        }
    })
}

/// A log on standard error, and what ends once nobody writes to it any more.
pub(crate) fn log_to_stderr() -> (FunctionLog, mpsc::Receiver<Infallible>) {
    let (alive, all_gone) = mpsc::channel(1);
    let log = FunctionLog::new(move |line| {
        let _alive = &alive;
        for line in shown(line.function, line.text) {
            #[expect(clippy::print_stderr, reason = "a function tells its user something")]
            {
                eprintln!("{line}");
            }
        }
    });
    (log, all_gone)
}

/// Lines behind the function's name. Runtime clients write the lines of one message with carriage
/// returns between them.
fn shown(function: &str, text: &str) -> impl Iterator<Item = String> {
    let parts = text.split('\r');
    parts.map(move |part| format!("{function} | {}", printable_start(part, MOST_CHARS)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_functions_write_cannot_act_on_a_terminal() {
        for (text, expected) in [
            ("hello", &["pets | hello"][..]),
            ("", &["pets | "]),
            ("one\r  two", &["pets | one", "pets |   two"]),
            ("\u{1b}[2Jgone", &["pets | \\u{1b}[2Jgone"]),
        ] {
            assert_eq!(shown("pets", text).collect::<Vec<_>>(), expected);
        }
        let long = shown("pets", &"a".repeat(MOST_CHARS + 1)).collect::<String>();
        assert!(long.ends_with("a…"), "{long}");
    }

    #[test]
    fn a_function_that_is_as_before_stays_the_same() {
        let config = |text: &str| -> Config { toml::from_str(text).expect("it is one") };
        let one = "[functions.a]\ncommand = [\"x\"]\n";
        let other = "[functions.b]\ncommand = [\"x\"]\n";
        let mut functions = Functions::default();
        let first = functions.of(&config(one));
        for (text, is_same) in [
            (one.to_owned(), true),
            (format!("# the same\n{one}"), true),
            (format!("{one}{other}"), false),
            (one.to_owned(), true),
            (one.replace("x", "y"), false),
            (format!("region = \"eu-central-1\"\n{one}"), false),
        ] {
            let now = functions.of(&config(&text));
            assert_eq!(now == first, is_same, "{text}");
        }
    }
}
