//! Runs a schema over a value, counting every step.

use std::fmt::Write as _;

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::judge::{Judge, schema_steps};
use crate::limits::{MAX_DEPTH, MAX_STEPS};
use crate::pattern::{Pattern, Undecided};
use crate::program::{Dependency, Keyword, Members, Program, Schema, SchemaIx};
use crate::report::{Names, Report};

/// Why there is no verdict, which counts as a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    Steps,
    Depth,
    Pattern,
}

impl Stop {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Steps => "checking the instance against the schema takes too many steps",
            Self::Depth => "the schema asks for checks that are nested too deep",
            Self::Pattern => "matching a string against a pattern takes too many steps",
        }
    }
}

impl From<Undecided> for Stop {
    fn from(undecided: Undecided) -> Self {
        match undecided {
            Undecided::Steps => Self::Steps,
            Undecided::Backtracks => Self::Pattern,
        }
    }
}

/// Patterns whose verdict takes as many steps are asked once for each text.
const REMEMBERED_STEPS: u64 = 16;

/// Whether the value fits; `None` if it does, else the remarks about it.
///
/// There is but one look, which finds the verdict and the words.
pub(crate) fn remarks(program: &Program, root: SchemaIx, value: &Value) -> Option<String> {
    let mut report = Report::default();
    match Run::new(program).check(root, value, &mut Some(&mut report)) {
        Ok(true) => return None,
        Ok(false) => {}
        // What was said until then is worth more than nothing.
        Err(stop) => report.say(|f| f.write_str(stop.as_str())),
    }
    Some(report.into_text())
}

struct Run<'p> {
    program: &'p Program,
    steps_left: u64,
    depth: u32,
    /// What patterns said of which texts, where it took long to tell. Neither moves meanwhile.
    verdicts: HashMap<(*const Pattern, *const str), bool>,
}

/// Where remarks go, if they are wanted. Without them, the first fault settles a schema.
type Remarks<'r> = Option<&'r mut Report>;

impl<'p> Run<'p> {
    fn new(program: &'p Program) -> Self {
        Self {
            program,
            steps_left: MAX_STEPS,
            depth: 0,
            verdicts: HashMap::new(),
        }
    }

    fn spend(&mut self, steps: u64) -> Result<(), Stop> {
        self.steps_left = self.steps_left.checked_sub(steps).ok_or(Stop::Steps)?;
        Ok(())
    }

    fn judge(&mut self, judge: &Judge, value: &Value) -> Result<bool, Stop> {
        self.spend(judge.cost(value))?;
        Ok(judge.judge(value))
    }

    /// Whether a pattern is found in a text of the body.
    fn find(&mut self, pattern: &Pattern, text: &str) -> Result<bool, Stop> {
        let asked = (std::ptr::from_ref(pattern), std::ptr::from_ref(text));
        if let Some(known) = self.verdicts.get(&asked).copied() {
            self.spend(1)?;
            return Ok(known);
        }
        let (found, steps) = pattern.find(text, self.steps_left)?;
        self.spend(steps)?;
        if steps >= REMEMBERED_STEPS {
            self.verdicts.insert(asked, found);
        }
        Ok(found)
    }

    fn check(
        &mut self,
        ix: SchemaIx,
        value: &Value,
        remarks: &mut Remarks<'_>,
    ) -> Result<bool, Stop> {
        let schema = &self.program.schemas[ix.index()];
        self.spend(1 + schema.keywords.len() as u64)?;
        if self.depth == MAX_DEPTH {
            return Err(Stop::Depth);
        }
        self.depth += 1;
        let fits = self.check_keywords(schema, value, remarks)?
            // As in the Java validator, what is inside counts once the value itself fits.
            && match value {
                Value::Array(items) => self.check_items(schema, items, remarks)?,
                Value::Object(members) => self.check_members(schema, members, remarks)?,
                _ => true,
            };
        self.depth -= 1;
        Ok(fits)
    }

    fn check_keywords(
        &mut self,
        schema: &Schema,
        value: &Value,
        remarks: &mut Remarks<'_>,
    ) -> Result<bool, Stop> {
        let mut fits = true;
        for keyword in &schema.keywords {
            fits &= self.check_keyword(schema, keyword, value, remarks)?;
            if !fits && is_settled(remarks) {
                break;
            }
        }
        Ok(fits)
    }

    fn check_items(
        &mut self,
        schema: &Schema,
        items: &[Value],
        remarks: &mut Remarks<'_>,
    ) -> Result<bool, Stop> {
        let rest = schema.items.rest;
        let by_place = schema.items.first.iter().copied().map(Some);
        let schemas = by_place.chain(std::iter::repeat(rest));
        let mut fits = true;
        for (item, ix) in items.iter().zip(schemas) {
            let Some(ix) = ix else { break };
            fits &= self.check(ix, item, remarks)?;
            if !fits && is_settled(remarks) {
                break;
            }
        }
        Ok(fits)
    }

    fn check_members(
        &mut self,
        schema: &Schema,
        members: &Map<String, Value>,
        remarks: &mut Remarks<'_>,
    ) -> Result<bool, Stop> {
        let asked = &schema.members;
        if asked.by_pattern.is_empty() && asked.others.is_none() && asked.by_name.is_empty() {
            return Ok(true);
        }
        let mut fits = true;
        if remarks.is_none() {
            for (name, value) in members {
                if !self.check_member(asked, name, value, remarks)? {
                    return Ok(false);
                }
            }
            return Ok(true);
        }
        // In the order of their names, as the Java validator goes.
        let mut sorted: Vec<(&String, &Value)> = members.iter().collect();
        sorted.sort_unstable_by_key(|(name, _)| *name);
        for (name, value) in sorted {
            fits &= self.check_member(asked, name, value, remarks)?;
            if !fits && is_settled(remarks) {
                break;
            }
        }
        Ok(fits)
    }

    fn check_member(
        &mut self,
        asked: &Members,
        name: &str,
        value: &Value,
        remarks: &mut Remarks<'_>,
    ) -> Result<bool, Stop> {
        self.spend(1)?;
        let mut fits = true;
        let by_name = asked.by_name.get(name).copied();
        let mut is_known = by_name.is_some();
        if let Some(ix) = by_name {
            fits &= self.check(ix, value, remarks)?;
        }
        if !asked.by_pattern.is_empty() {
            for (pattern, ix) in &asked.by_pattern {
                if self.find(pattern, name)? {
                    is_known = true;
                    fits &= self.check(*ix, value, remarks)?;
                }
            }
        }
        match asked.others {
            Some(others) if !is_known => Ok(self.check(others, value, remarks)? && fits),
            _ => Ok(fits),
        }
    }

    fn check_keyword(
        &mut self,
        schema: &Schema,
        keyword: &Keyword,
        value: &Value,
        remarks: &mut Remarks<'_>,
    ) -> Result<bool, Stop> {
        match keyword {
            Keyword::Type(types) => {
                let fits = types.contains(value);
                Ok(fits || refuse(remarks, |report| report.wrong_type(*types, value)))
            }
            Keyword::Judged { judge, words } => {
                let fits = self.judge(judge, value)?;
                Ok(fits || refuse(remarks, |report| report.judged(words, value)))
            }
            Keyword::Pattern { pattern, words } => {
                let fits = match value {
                    Value::String(text) => self.find(pattern, text)?,
                    _ => true,
                };
                Ok(fits || refuse(remarks, |report| report.judged(words, value)))
            }
            Keyword::MetaSchema => {
                // Checked by the library, whose pace is that of a walk or two.
                self.spend(schema_steps(value))?;
                let fits = jsonschema::draft4::meta::is_valid(value);
                Ok(fits
                    || refuse(remarks, |report| {
                        report.say(|f| f.write_str("instance is no JSON Schema"))
                    }))
            }
            Keyword::AllOf(_) | Keyword::AnyOf(_) | Keyword::OneOf(_) | Keyword::Not(_) => {
                self.check_combination(keyword, value, remarks)
            }
            Keyword::AdditionalItems { .. }
            | Keyword::MaxItems(_)
            | Keyword::MinItems(_)
            | Keyword::MaxLength(_)
            | Keyword::MinLength(_)
            | Keyword::MaxProperties(_)
            | Keyword::MinProperties(_) => self.check_size(keyword, value, remarks),
            Keyword::AdditionalProperties | Keyword::Dependencies(_) | Keyword::Required(_) => {
                let Value::Object(members) = value else {
                    return Ok(true);
                };
                self.check_names(schema, keyword, members, value, remarks)
            }
        }
    }

    /// Schemas about the same value. Why their parts do not fit is not told, only how many do.
    fn check_combination(
        &mut self,
        keyword: &Keyword,
        value: &Value,
        remarks: &mut Remarks<'_>,
    ) -> Result<bool, Stop> {
        let (schemas, enough) = match keyword {
            Keyword::AnyOf(schemas) => (schemas.as_slice(), 1),
            Keyword::OneOf(schemas) => (schemas.as_slice(), 2),
            Keyword::AllOf(schemas) => (schemas.as_slice(), usize::MAX),
            Keyword::Not(schema) => (std::slice::from_ref(schema), 1),
            _ => return Ok(true),
        };
        let needs_all = matches!(keyword, Keyword::AllOf(_));
        let mut fitting = 0;
        for ix in schemas {
            let fits = self.check(*ix, value, &mut None)?;
            fitting += usize::from(fits);
            let is_clear = fitting == enough || (needs_all && !fits);
            if is_clear && remarks.is_none() {
                break;
            }
        }
        let all = schemas.len();
        Ok(match keyword {
            Keyword::AnyOf(_) => {
                fitting > 0
                    || refuse(remarks, |report| {
                        report.say(|f| {
                            write!(
                                f,
                                "instance failed to match at least one required schema among {all}"
                            )
                        });
                    })
            }
            Keyword::OneOf(_) => {
                fitting == 1
                    || refuse(remarks, |report| {
                        report.say(|f| {
                            write!(
                                f,
                                "instance failed to match exactly one schema (matched {fitting} out of {all})"
                            )
                        });
                    })
            }
            Keyword::AllOf(_) => {
                fitting == all
                    || refuse(remarks, |report| {
                        report.say(|f| {
                            write!(
                                f,
                                "instance failed to match all required schemas \
                                 (matched only {fitting} out of {all})"
                            )
                        });
                    })
            }
            _ => {
                fitting == 0
                    || refuse(remarks, |report| {
                        report.say(|f| {
                            f.write_str("instance matched a schema which it should not have")
                        });
                    })
            }
        })
    }

    fn check_size(
        &mut self,
        keyword: &Keyword,
        value: &Value,
        remarks: &mut Remarks<'_>,
    ) -> Result<bool, Stop> {
        let items = || value.as_array().map(|items| items.len() as u64);
        let members = || value.as_object().map(|members| members.len() as u64);
        let (size, limit, is_maximum) = match keyword {
            Keyword::AdditionalItems { allowed } => (items(), *allowed as u64, true),
            Keyword::MaxItems(limit) => (items(), *limit, true),
            Keyword::MinItems(limit) => (items(), *limit, false),
            Keyword::MaxProperties(limit) => (members(), *limit, true),
            Keyword::MinProperties(limit) => (members(), *limit, false),
            Keyword::MaxLength(limit) => (self.length(value)?, *limit, true),
            Keyword::MinLength(limit) => (self.length(value)?, *limit, false),
            _ => return Ok(true),
        };
        let Some(size) = size else {
            return Ok(true);
        };
        let fits = if is_maximum {
            size <= limit
        } else {
            size >= limit
        };
        let text = value.as_str().unwrap_or_default();
        Ok(fits
            || refuse(remarks, |report| {
                report.say(|f| match keyword {
                    Keyword::AdditionalItems { .. } => write!(
                        f,
                        "schema only allows {limit} elements in array but instance has {size} elements"
                    ),
                    Keyword::MaxItems(_) => write!(
                        f,
                        "array is too long: must have at most {limit} elements \
                         but instance has {size} elements"
                    ),
                    Keyword::MinItems(_) => write!(
                        f,
                        "array is too short: must have at least {limit} elements \
                         but instance has {size} elements"
                    ),
                    Keyword::MaxProperties(_) => write!(
                        f,
                        "object has too many properties \
                         (found {size} but schema requires at most {limit})"
                    ),
                    Keyword::MinProperties(_) => write!(
                        f,
                        "object has too few properties \
                         (found {size} but schema requires at least {limit})"
                    ),
                    Keyword::MaxLength(_) => write!(
                        f,
                        "string \"{text}\" is too long (length: {size}, maximum allowed: {limit})"
                    ),
                    _ => write!(
                        f,
                        "string \"{text}\" is too short (length: {size}, required minimum: {limit})"
                    ),
                });
            }))
    }

    /// The length of a text in characters, as draft 4 counts.
    fn length(&mut self, value: &Value) -> Result<Option<u64>, Stop> {
        let Value::String(text) = value else {
            return Ok(None);
        };
        self.spend(text.len() as u64 / 64)?;
        Ok(Some(text.chars().count() as u64))
    }

    fn check_names(
        &mut self,
        schema: &Schema,
        keyword: &Keyword,
        members: &Map<String, Value>,
        value: &Value,
        remarks: &mut Remarks<'_>,
    ) -> Result<bool, Stop> {
        match keyword {
            Keyword::Required(names) => {
                self.spend(names.len() as u64)?;
                let missing = names.iter().map(AsRef::as_ref);
                let missing = missing.filter(|name: &&str| !members.contains_key(*name));
                Ok(missing.clone().next().is_none()
                    || refuse(remarks, |report| {
                        report.say(|f| {
                            write!(
                                f,
                                "object has missing required properties ({})",
                                Names(missing)
                            )
                        });
                    }))
            }
            Keyword::AdditionalProperties => {
                let mut strangers = Vec::new();
                for name in members.keys() {
                    if !self.is_known(schema, name)? {
                        strangers.push(name.as_str());
                        if remarks.is_none() {
                            return Ok(false);
                        }
                    }
                }
                strangers.sort_unstable();
                Ok(strangers.is_empty()
                    || refuse(remarks, |report| {
                        report.say(|f| {
                            write!(
                                f,
                                "object instance has properties which are not allowed by the schema: {}",
                                Names(strangers.iter().copied())
                            )
                        });
                    }))
            }
            Keyword::Dependencies(all) => {
                let mut fits = true;
                for (name, dependency) in all {
                    self.spend(1)?;
                    if !members.contains_key(&**name) {
                        continue;
                    }
                    fits &= match dependency {
                        Dependency::Schema(ix) => self.check(*ix, value, remarks)?,
                        Dependency::Members(names) => {
                            self.spend(names.len() as u64)?;
                            depends(name, names, members, remarks)
                        }
                    };
                    if !fits && is_settled(remarks) {
                        break;
                    }
                }
                Ok(fits)
            }
            _ => Ok(true),
        }
    }

    /// Whether a schema speaks of members of this name.
    fn is_known(&mut self, schema: &Schema, name: &str) -> Result<bool, Stop> {
        self.spend(1)?;
        if schema.members.by_name.contains_key(name) {
            return Ok(true);
        }
        if schema.members.by_pattern.is_empty() {
            return Ok(false);
        }
        for (pattern, _) in &schema.members.by_pattern {
            if self.find(pattern, name)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Whether all the members are there that another one asks for.
fn depends(
    name: &str,
    names: &[Box<str>],
    members: &Map<String, Value>,
    remarks: &mut Remarks<'_>,
) -> bool {
    let all = names.iter().map(AsRef::as_ref);
    let missing = all
        .clone()
        .filter(|name: &&str| !members.contains_key(*name));
    missing.clone().next().is_none()
        || refuse(remarks, |report| {
            report.say(|f| {
                write!(
                    f,
                    "property \"{name}\" of object has missing property dependencies \
                     (schema requires {}; missing: {})",
                    Names(all),
                    Names(missing)
                )
            });
        })
}

/// Says why, if anybody listens; the verdict is `false` in either case.
fn refuse(remarks: &mut Remarks<'_>, say: impl FnOnce(&mut Report)) -> bool {
    if let Some(report) = remarks {
        say(report);
    }
    false
}

/// Whether a schema that does not fit needs no further look.
fn is_settled(remarks: &Remarks<'_>) -> bool {
    remarks.as_ref().is_none_or(|report| report.is_full())
}
