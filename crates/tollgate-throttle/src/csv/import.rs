//! Reading keys.

use std::collections::HashMap;

use csv::{ReaderBuilder, StringRecord, Trim};
use thiserror::Error;

use super::record::{KeyFault, KeyRecord};
use super::{DESCRIPTION, ENABLED, KEY, NAME, USAGE_PLAN_IDS};

/// Bytes of a file (a decision: no request to the service has more).
pub const MOST_CSV_BYTES: usize = 6 * 1024 * 1024;

/// Keys of a file: as many as an account has in a region (quotas of API Gateway).
pub const MOST_CSV_KEYS: usize = 10_000;

/// What a file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImportedKeys {
    /// The keys, in the file's order; no value is there twice.
    pub keys: Vec<KeyRecord>,
    /// Rows that are left out.
    pub warnings: Vec<ImportWarning>,
}

/// A row that is no key. Values of keys are not shown.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}: {fault}")]
#[non_exhaustive]
pub struct ImportWarning {
    /// The line that the row begins on, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub fault: KeyFault,
}

/// A file that is no table of keys.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The file is too long.
    #[error("the file has {0} bytes, and 6291456 are the most")]
    TooManyBytes(usize),
    /// The file has too many rows.
    #[error("line {0}: the file has more than 10000 keys")]
    TooManyKeys(u64),
    /// The header row names no such column.
    #[error("line 1: the header has no column {0:?}")]
    MissingColumn(&'static str),
    /// The header row names a column twice.
    #[error("line 1: the header has the column {0:?} twice")]
    ColumnTwice(&'static str),
    /// The file cannot be read as comma-separated values.
    #[error("line {line}: {reason}")]
    Syntax {
        /// The line, from 1.
        line: u64,
        /// What the reader says.
        reason: Box<str>,
    },
}

/// Reads keys as the service imports them (`ImportApiKeys`, format `csv`).
///
/// The first row names the columns, in any order and without regard to case: `name` and `key`, and if
/// they are there `description`, `enabled` and `usageplanIds`; others do not count. Several usage plans
/// stand in quotes, single or double, with commas between them. A value that is missing is empty, and
/// that of `enabled` is true. Where a key's value comes again, its last row counts.
///
/// ```
/// use tollgate_throttle::import_keys;
///
/// let file = "Name,Key,Enabled,usageplanIds\n\
///             shop,0123456789abcdefghij,FALSE,\"gold,trial\"\n\
///             shop,short,,\n";
/// let imported = import_keys(file)?;
/// let key = &imported.keys[0];
/// assert_eq!((key.name(), key.is_enabled()), ("shop", false));
/// assert!(key.usage_plan_ids().iter().map(|id| &**id).eq(["gold", "trial"]));
/// assert_eq!(imported.warnings[0].line, 3);
/// # Ok::<(), tollgate_throttle::ImportError>(())
/// ```
///
/// # Errors
///
/// [`ImportError`] where the file is no such table. What is wrong with a single row is a warning, and
/// the row is left out; whoever is asked to fail on warnings (`failonwarnings`) takes nothing in then.
pub fn import_keys(text: &str) -> Result<ImportedKeys, ImportError> {
    if text.len() > MOST_CSV_BYTES {
        return Err(ImportError::TooManyBytes(text.len()));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = ReaderBuilder::new()
        .flexible(true)
        .trim(Trim::All)
        .from_reader(text.as_bytes());
    let columns = Columns::of(reader.headers().map_err(|error| syntax(&error))?)?;
    let mut imported = ImportedKeys::default();
    let mut known = HashMap::new();
    let mut rows = 0;
    let mut row = StringRecord::new();
    while reader
        .read_record(&mut row)
        .map_err(|error| syntax(&error))?
    {
        let line = row.position().map_or(0, csv::Position::line);
        rows += 1;
        if rows > MOST_CSV_KEYS {
            return Err(ImportError::TooManyKeys(line));
        }
        match columns.key(&row) {
            Ok(key) => match known.get(key.value()) {
                Some(&index) => imported.keys[index] = key,
                None => {
                    known.insert(key.value().to_owned(), imported.keys.len());
                    imported.keys.push(key);
                }
            },
            Err(fault) => imported.warnings.push(ImportWarning { line, fault }),
        }
    }
    Ok(imported)
}

/// Which columns say what.
struct Columns {
    name: usize,
    key: usize,
    description: Option<usize>,
    enabled: Option<usize>,
    usage_plan_ids: Option<usize>,
}

impl Columns {
    fn of(header: &StringRecord) -> Result<Self, ImportError> {
        let find = |name: &'static str| {
            let mut found = header
                .iter()
                .enumerate()
                .filter(|(_, column)| column.eq_ignore_ascii_case(name))
                .map(|(index, _)| index);
            match (found.next(), found.next()) {
                (first, None) => Ok(first),
                (_, Some(_)) => Err(ImportError::ColumnTwice(name)),
            }
        };
        Ok(Self {
            name: find(NAME)?.ok_or(ImportError::MissingColumn(NAME))?,
            key: find(KEY)?.ok_or(ImportError::MissingColumn(KEY))?,
            description: find(DESCRIPTION)?,
            enabled: find(ENABLED)?,
            usage_plan_ids: find(USAGE_PLAN_IDS)?,
        })
    }

    fn key(&self, row: &StringRecord) -> Result<KeyRecord, KeyFault> {
        let list = self.usage_plan_ids.map(|first| List::at(first, row));
        let list = list.transpose()?;
        // A list that the reader has cut at its commas takes the place of one column.
        let field = |column: usize| {
            let list = list.filter(|list| list.first < column);
            let extra = list.map_or(0, |list| list.last - list.first);
            row.get(column + extra).unwrap_or("")
        };
        let mut key = KeyRecord::new(field(self.name), field(self.key))?
            .with_description(self.description.map_or("", field))
            .with_enabled(enabled(self.enabled.map_or("", field))?);
        for id in list.into_iter().flat_map(|list| list.ids(row)) {
            key = key.with_usage_plan(id)?;
        }
        Ok(key)
    }
}

/// The fields that a list of usage plans stands in: several if it is in quotes that the reader does not
/// know, which are single ones, and double ones after a space.
#[derive(Clone, Copy)]
struct List {
    first: usize,
    last: usize,
    quote: Option<char>,
}

impl List {
    fn at(first: usize, row: &StringRecord) -> Result<Self, KeyFault> {
        let field = |column: usize| row.get(column).unwrap_or("");
        let quote = field(first).chars().next();
        let Some(quote) = quote.filter(|first| matches!(first, '\'' | '"')) else {
            let (last, quote) = (first, None);
            return Ok(Self { first, last, quote });
        };
        let closes = |&column: &usize| {
            let is_other = column > first || field(column).len() > 1;
            is_other && field(column).ends_with(quote)
        };
        let last = (first..row.len()).find(closes);
        Ok(Self {
            first,
            last: last.ok_or(KeyFault::UsagePlanId)?,
            quote: Some(quote),
        })
    }

    fn ids(self, row: &StringRecord) -> impl Iterator<Item = &str> {
        let fields = (self.first..=self.last).filter_map(|column| row.get(column));
        let ids = fields.flat_map(|field| field.split(','));
        let ids = ids.map(move |id| match self.quote {
            Some(quote) => id.trim_matches(quote).trim(),
            None => id.trim(),
        });
        ids.filter(|id| !id.is_empty())
    }
}

fn enabled(text: &str) -> Result<bool, KeyFault> {
    match text {
        "" => Ok(true),
        text if text.eq_ignore_ascii_case("true") => Ok(true),
        text if text.eq_ignore_ascii_case("false") => Ok(false),
        _ => Err(KeyFault::Enabled),
    }
}

fn syntax(error: &csv::Error) -> ImportError {
    ImportError::Syntax {
        line: error.position().map_or(0, csv::Position::line),
        reason: error.to_string().into(),
    }
}
