//! What is to be known of a function in order to run it.

use std::fmt;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;
use tollgate_core::{AccountId, Region, StageContext};

use super::FunctionLog;

/// How a function's processes are started, and what they may take.
///
/// The limits are those of `CreateFunction` in the Lambda API reference, where it names one.
#[derive(Clone)]
#[non_exhaustive]
pub struct FunctionSettings {
    /// The function's name: at most 64 letters, digits, hyphens and underscores.
    pub name: String,
    /// What is started. A path that is relative and has several parts begins at the
    /// [`working_directory`](Self::working_directory); a name alone is looked for in `PATH`.
    pub program: PathBuf,
    /// What the program is given on its command line.
    pub arguments: Vec<String>,
    /// `_HANDLER`, which some runtime clients read.
    pub handler: String,
    /// Where the program starts, and what `LAMBDA_TASK_ROOT` says; the current directory where
    /// nothing is said.
    pub working_directory: Option<PathBuf>,
    /// Variables besides those of this process, which functions inherit, and those that Lambda
    /// sets. The latter win.
    pub environment: Vec<(String, String)>,
    /// How long one event may take, three seconds where nothing is said; at most 15 minutes.
    pub timeout: Duration,
    /// How long a new process may take until it asks for its first event: ten seconds where
    /// nothing is said, and at most 15 minutes.
    pub init_timeout: Duration,
    /// Megabytes of memory that the function is told it has, 128 where nothing is said. Nothing
    /// holds it to them.
    pub memory_size: u32,
    /// How many processes may run at a time, ten where nothing is said.
    pub max_concurrency: usize,
    /// How long a process may wait for its next event before it is ended, five minutes where
    /// nothing is said.
    pub idle_timeout: Duration,
    /// How long an event that nobody waits for is left alone before it is tried again once the
    /// function has failed; there are as many further attempts as times. As on Lambda, a minute and
    /// then two, where nothing is said.
    pub retry_after: Vec<Duration>,
    /// Region in the function's ARN and in `AWS_REGION`.
    pub region: Region,
    /// Account in the function's ARN.
    pub account_id: AccountId,
    /// Who is told what the function writes; nobody where nothing is said.
    pub log: FunctionLog,
}

/// Why a function cannot be run.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidSettings {
    /// The name has none, too many or other characters.
    #[error("{0:?} is no name of a function: 1 to 64 letters, digits, hyphens and underscores")]
    Name(String),
    /// A time is zero or too long.
    #[error("{what} is {given:?}, which is not between nothing and {most:?}")]
    Time {
        /// The setting.
        what: &'static str,
        /// What it says.
        given: Duration,
        /// The longest it may be.
        most: Duration,
    },
    /// A number is too small or too large.
    #[error("{what} is {given}, which is not between {} and {}", .allowed.start(), .allowed.end())]
    Number {
        /// The setting.
        what: &'static str,
        /// What it says.
        given: usize,
        /// What it may be.
        allowed: RangeInclusive<usize>,
    },
    /// A variable's name is empty or has an equals sign or NUL in it, or its value has NUL.
    #[error("{0:?} cannot be a variable of the environment")]
    Variable(String),
}

impl FunctionSettings {
    /// The longest that an event may take.
    pub const LONGEST_TIMEOUT: Duration = Duration::from_secs(900);
    /// Megabytes that a function may have.
    pub const MEMORY_SIZES: RangeInclusive<usize> = 128..=10_240;
    /// Processes that may run at a time.
    pub const CONCURRENCY: RangeInclusive<usize> = 1..=1_000;
    /// Further attempts for an event that nobody waits for, at most.
    pub const RETRIES: RangeInclusive<usize> = 0..=2;

    const LONGEST_NAME: usize = 64;
    /// How long an event may lie before it is tried again: the service's maximum event age.
    const LONGEST_RETRY: Duration = Duration::from_secs(6 * 60 * 60);

    /// A function that this program runs, with the settings that the fields name.
    #[must_use]
    pub fn new(name: impl Into<String>, program: impl Into<PathBuf>) -> Self {
        Self {
            name: name.into(),
            program: program.into(),
            arguments: Vec::new(),
            handler: String::new(),
            working_directory: None,
            environment: Vec::new(),
            timeout: Duration::from_secs(3),
            init_timeout: Duration::from_secs(10),
            memory_size: 128,
            max_concurrency: 10,
            idle_timeout: Duration::from_secs(5 * 60),
            retry_after: vec![Duration::from_secs(60), Duration::from_secs(120)],
            region: StageContext::LOCAL_REGION.into(),
            account_id: StageContext::LOCAL_ACCOUNT_ID.into(),
            log: FunctionLog::default(),
        }
    }

    /// The function's ARN, without a version.
    #[must_use]
    pub fn arn(&self) -> String {
        let (region, account, name) = (&self.region, &self.account_id, &self.name);
        format!("arn:aws:lambda:{region}:{account}:function:{name}")
    }

    pub(super) fn check(&self) -> Result<(), InvalidSettings> {
        let is_allowed = |c: u8| c.is_ascii_alphanumeric() || c == b'-' || c == b'_';
        let has_length = (1..=Self::LONGEST_NAME).contains(&self.name.len());
        if !has_length || !self.name.bytes().all(is_allowed) {
            return Err(InvalidSettings::Name(self.name.clone()));
        }
        for (what, given) in [
            ("timeout", self.timeout),
            ("init_timeout", self.init_timeout),
        ] {
            time(what, given, Self::LONGEST_TIMEOUT)?;
        }
        for retry_after in self.retry_after.iter().filter(|time| !time.is_zero()) {
            time("retry_after", *retry_after, Self::LONGEST_RETRY)?;
        }
        number("memory_size", self.memory_size as usize, Self::MEMORY_SIZES)?;
        number("max_concurrency", self.max_concurrency, Self::CONCURRENCY)?;
        number("retry_after", self.retry_after.len(), Self::RETRIES)?;
        let is_wrong = |(name, value): &&(String, String)| {
            name.is_empty() || name.contains(['=', '\0']) || value.contains('\0')
        };
        match self.environment.iter().find(is_wrong) {
            Some((name, _)) => Err(InvalidSettings::Variable(name.clone())),
            None => Ok(()),
        }
    }
}

fn time(what: &'static str, given: Duration, most: Duration) -> Result<(), InvalidSettings> {
    match given {
        Duration::ZERO => Err(InvalidSettings::Time { what, given, most }),
        given if given > most => Err(InvalidSettings::Time { what, given, most }),
        _ => Ok(()),
    }
}

fn number(
    what: &'static str,
    given: usize,
    allowed: RangeInclusive<usize>,
) -> Result<(), InvalidSettings> {
    match allowed.contains(&given) {
        true => Ok(()),
        false => Err(InvalidSettings::Number {
            what,
            given,
            allowed,
        }),
    }
}

/// The values of variables may be secrets and stay out of it.
impl fmt::Debug for FunctionSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let variables: Vec<_> = self.environment.iter().map(|(name, _)| name).collect();
        f.debug_struct("FunctionSettings")
            .field("name", &self.name)
            .field("program", &self.program)
            .field("arguments", &self.arguments)
            .field("handler", &self.handler)
            .field("working_directory", &self.working_directory)
            .field("environment", &variables)
            .field("timeout", &self.timeout)
            .field("init_timeout", &self.init_timeout)
            .field("memory_size", &self.memory_size)
            .field("max_concurrency", &self.max_concurrency)
            .field("idle_timeout", &self.idle_timeout)
            .field("retry_after", &self.retry_after)
            .field("region", &self.region)
            .field("account_id", &self.account_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_lambda_refuses_are_refused() {
        type Change = fn(&mut FunctionSettings);
        let cases: [(Change, Option<&str>); 16] = [
            (|_| (), None),
            (|s| s.name = "A-z_9".to_owned(), None),
            (|s| s.name = String::new(), Some("name of a function")),
            (|s| s.name = "a".repeat(65), Some("name of a function")),
            (|s| s.name = "a\r\nb".to_owned(), Some("name of a function")),
            (|s| s.timeout = Duration::from_secs(900), None),
            (
                |s| s.timeout = Duration::from_millis(900_001),
                Some("timeout is"),
            ),
            (|s| s.timeout = Duration::ZERO, Some("timeout is")),
            (|s| s.init_timeout = Duration::MAX, Some("init_timeout is")),
            (|s| s.memory_size = 127, Some("between 128 and 10240")),
            (|s| s.max_concurrency = 0, Some("between 1 and 1000")),
            (|s| s.retry_after = vec![Duration::ZERO; 2], None),
            (
                |s| s.retry_after = vec![Duration::ZERO; 3],
                Some("between 0 and 2"),
            ),
            (
                |s| s.retry_after = vec![Duration::MAX],
                Some("retry_after is"),
            ),
            (
                |s| s.environment = vec![("A=B".into(), "".into())],
                Some("variable"),
            ),
            (
                |s| s.environment = vec![("A".into(), "\0".into())],
                Some("variable"),
            ),
        ];
        for (number, (change, expected)) in cases.into_iter().enumerate() {
            let mut settings = FunctionSettings::new("f", "true");
            change(&mut settings);
            let said = settings.check().map_err(|error| error.to_string());
            match expected {
                None => assert_eq!(said, Ok(()), "case {number}"),
                Some(part) => assert!(said.unwrap_err().contains(part), "case {number}"),
            }
        }
    }

    #[test]
    fn values_of_variables_are_not_shown() {
        let mut settings = FunctionSettings::new("f", "true");
        settings.environment = vec![("TOKEN".to_owned(), "secret".to_owned())];
        let shown = format!("{settings:?}");
        assert!(
            shown.contains("TOKEN") && !shown.contains("secret"),
            "{shown}"
        );
    }

    #[test]
    fn a_function_has_an_arn() {
        let arn = FunctionSettings::new("orders", "true").arn();
        assert_eq!(arn, "arn:aws:lambda:us-east-1:123456789012:function:orders");
    }
}
