//! Functions that run in processes of their own.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use tollgate::integration::lambda::{
    FunctionName, FunctionSettings, InvalidSettings, LocalFunction,
};
use toml::Spanned;

use super::error::Found;
use super::{Config, Text, TimeSpan};

/// How a function's processes are started; what is left out has the default of
/// [`FunctionSettings`].
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Function {
    /// The program and its arguments.
    command: Spanned<Vec<String>>,
    /// Where the program starts; absent: in the folder of the file.
    #[serde(default)]
    directory: PathBuf,
    #[serde(default)]
    handler: String,
    #[serde(default)]
    environment: Variables,
    #[serde(default)]
    timeout: Option<Spanned<Text<TimeSpan>>>,
    #[serde(default)]
    init_timeout: Option<Spanned<Text<TimeSpan>>>,
    #[serde(default)]
    idle_timeout: Option<Text<TimeSpan>>,
    #[serde(default)]
    memory_size: Option<Spanned<u32>>,
    #[serde(default)]
    max_concurrency: Option<Spanned<usize>>,
    #[serde(default)]
    retry_after: Option<Spanned<Vec<Text<TimeSpan>>>>,
}

/// Variables, whose values may be secrets.
#[derive(Clone, Default, PartialEq, Deserialize)]
#[serde(transparent)]
struct Variables(BTreeMap<String, String>);

impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Function {
    /// What the function is run with. `name` may have a version or alias behind it, which the function
    /// does not hear of.
    pub(crate) fn settings(&self, name: &str, config: &Config) -> FunctionSettings {
        let name = name.split_once(':').map_or(name, |(name, _)| name);
        let mut command = self.command.get_ref().iter();
        let program = command.next().map_or("", String::as_str);
        let mut settings = FunctionSettings::new(name, program);
        settings.arguments = command.cloned().collect();
        settings.handler.clone_from(&self.handler);
        settings.working_directory = Some(self.directory.clone());
        settings.environment = self.environment.0.clone().into_iter().collect();
        for (span, setting) in [
            (&self.timeout, &mut settings.timeout),
            (&self.init_timeout, &mut settings.init_timeout),
        ] {
            if let Some(span) = span {
                *setting = span.get_ref().0.0;
            }
        }
        if let Some(span) = self.idle_timeout {
            settings.idle_timeout = span.0.0;
        }
        if let Some(size) = &self.memory_size {
            settings.memory_size = *size.get_ref();
        }
        if let Some(count) = &self.max_concurrency {
            settings.max_concurrency = *count.get_ref();
        }
        if let Some(spans) = &self.retry_after {
            settings.retry_after = spans.get_ref().iter().map(|span| span.0.0).collect();
        }
        settings.region = config.region.0.0.clone();
        settings.account_id = config.account_id.0.0.clone();
        settings
    }

    /// What is wrong with it, each at its place.
    pub(super) fn check(&self, name: &Spanned<String>, config: &Config, found: &mut Vec<Found>) {
        let key = name.get_ref();
        let is_plain = key.parse::<FunctionName>().is_ok_and(|function| {
            let qualifier = function
                .qualifier()
                .map(|qualifier| format!(":{qualifier}"));
            *key == format!("{}{}", function.name(), qualifier.unwrap_or_default())
        });
        if !is_plain {
            let message = format!(
                "{key:?} is no name of a function, expected one such as pets or \"pets:live\""
            );
            found.push((name.span(), message));
            return;
        }
        if self.command.get_ref().first().is_none_or(String::is_empty) {
            let message = "the command is empty, expected a program and its arguments";
            found.push((self.command.span(), message.to_owned()));
        }
        if let Err(error) = LocalFunction::new(self.settings(key, config)) {
            let span = self.place_of(&error).unwrap_or_else(|| name.span());
            found.push((span, error.to_string()));
        }
    }

    /// Where the setting stands that a function cannot have.
    fn place_of(&self, error: &InvalidSettings) -> Option<Range<usize>> {
        match error {
            InvalidSettings::Time { what, .. } | InvalidSettings::Number { what, .. } => {
                match *what {
                    "timeout" => self.timeout.as_ref().map(Spanned::span),
                    "init_timeout" => self.init_timeout.as_ref().map(Spanned::span),
                    "memory_size" => self.memory_size.as_ref().map(Spanned::span),
                    "max_concurrency" => self.max_concurrency.as_ref().map(Spanned::span),
                    "retry_after" => self.retry_after.as_ref().map(Spanned::span),
                    _ => None,
                }
            }
            // A variable would be shown with its value; others stand in the name, or are new.
            _ => None,
        }
    }

    /// Makes its directory relative to the folder of the file.
    pub(super) fn resolve(&mut self, folder: &Path) {
        // An empty folder is the current one.
        let folder = Path::new(".").join(folder);
        self.directory = folder.join(&self.directory);
    }
}
