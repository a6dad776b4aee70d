//! A slow evaluator over the JSON document itself: it builds every text anew and matches by regular
//! expressions.

use std::collections::BTreeMap;
use std::net::IpAddr;

use regex::Regex;
use serde_json::Value;

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) principal: Option<&'static str>,
    pub(crate) action: &'static str,
    pub(crate) resource: &'static str,
    pub(crate) context: BTreeMap<&'static str, Vec<&'static str>>,
}

/// What a document says to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Allow,
    Silent,
    Deny,
}

pub(crate) fn evaluate(document: &Value, call: &Call) -> Outcome {
    let reference = Reference {
        call,
        variables: document["Version"] == "2012-10-17",
    };
    let applying: Vec<&str> = document["Statement"]
        .as_array()
        .expect("a list of statements")
        .iter()
        .filter(|statement| reference.applies(statement))
        .map(|statement| statement["Effect"].as_str().expect("a text"))
        .collect();
    if applying.contains(&"Deny") {
        Outcome::Deny
    } else if applying.contains(&"Allow") {
        Outcome::Allow
    } else {
        Outcome::Silent
    }
}

struct Reference<'a> {
    call: &'a Call,
    variables: bool,
}

/// A text whose variables are replaced; what came out of them is marked as literal.
type Resolved = Vec<(char, bool)>;

impl Reference<'_> {
    fn applies(&self, statement: &Value) -> bool {
        self.action(statement)
            && self.resource(statement)
            && self.principal(statement)
            && self.conditions(&statement["Condition"])
    }

    fn action(&self, statement: &Value) -> bool {
        let covered = |text: &str| {
            let pattern: Resolved = text.to_lowercase().chars().map(|c| (c, false)).collect();
            full_match(&expression(&pattern, "."), &self.call.action.to_lowercase())
        };
        match statement.get("Action") {
            Some(action) => list(action).iter().any(|it| covered(it)),
            None => !list(&statement["NotAction"]).iter().any(|it| covered(it)),
        }
    }

    fn resource(&self, statement: &Value) -> bool {
        let covered = |text: &str| {
            let resolved = self.resolve(text)?;
            Some(full_match(&arn_expression(&resolved), self.call.resource))
        };
        match statement.get("Resource") {
            Some(resource) => list(resource).iter().any(|it| covered(it) == Some(true)),
            None => {
                let excepted = list(&statement["NotResource"]);
                excepted.iter().all(|it| covered(it) == Some(false))
            }
        }
    }

    fn principal(&self, statement: &Value) -> bool {
        match (statement.get("Principal"), statement.get("NotPrincipal")) {
            (None, None) => true,
            (Some(named), _) => self.is_named(named, false),
            (_, Some(named)) => !self.is_named(named, true),
        }
    }

    fn is_named(&self, named: &Value, excepted: bool) -> bool {
        if named == "*" {
            return true;
        }
        let entries = list(named.get("AWS").unwrap_or(&Value::Array(Vec::new())));
        let account_of = |arn: &str| arn.split(':').nth(4).unwrap_or(arn).to_owned();
        let is_account = |entry: &str| !entry.contains('/') && entry != "*";
        entries.iter().any(|entry| {
            if entry == "*" {
                return true;
            }
            let Some(caller) = self.call.principal else {
                return false;
            };
            if is_account(entry) {
                let accompanies = entries
                    .iter()
                    .any(|it| it.contains('/') && account_of(it) == account_of(entry));
                return account_of(entry) == account_of(caller) && !(excepted && accompanies);
            }
            let session_of = entry.rsplit('/').next().unwrap_or_default();
            let of_role = format!(
                "arn:aws:sts::{}:assumed-role/{session_of}/",
                account_of(entry)
            );
            entry == caller || (entry.contains(":role/") && caller.starts_with(&of_role))
        })
    }

    fn conditions(&self, block: &Value) -> bool {
        let mut all = true;
        for (operator, keys) in block.as_object().into_iter().flatten() {
            for (key, values) in keys.as_object().into_iter().flatten() {
                all &= self.condition(operator, key, &list(values));
            }
        }
        all
    }

    fn condition(&self, operator: &str, key: &str, expected: &[String]) -> bool {
        let values = self.context(key);
        let present = !values.is_empty();
        if operator == "Null" {
            let wanted = if present { "false" } else { "true" };
            return expected.iter().any(|it| it == wanted);
        }
        let (set, name) = operator.split_once(':').unwrap_or(("", operator));
        let base = name.trim_end_matches("IfExists");
        if !present && base != name {
            return true;
        }
        let negated = base.contains("Not");
        let one = |value: &&str| {
            let compared: Vec<Option<bool>> = expected
                .iter()
                .map(|it| self.compare(&base.replace("Not", ""), value, it))
                .collect();
            if negated {
                compared.iter().all(|it| *it == Some(false))
            } else {
                compared.contains(&Some(true))
            }
        };
        match set {
            "ForAllValues" => values.iter().all(one),
            "ForAnyValue" => values.iter().any(one),
            _ if !present => negated,
            _ if negated => values.iter().all(one),
            _ => values.iter().any(one),
        }
    }

    /// `None` if a variable has no value.
    fn compare(&self, base: &str, value: &str, expected: &str) -> Option<bool> {
        let text = || -> Option<String> {
            let resolved = self.resolve(expected)?;
            Some(resolved.into_iter().map(|(c, _)| c).collect())
        };
        Some(match base {
            "StringEquals" => value == text()?,
            "StringEqualsIgnoreCase" => value.to_lowercase() == text()?.to_lowercase(),
            "StringLike" => full_match(&expression(&self.resolve(expected)?, "."), value),
            "ArnEquals" | "ArnLike" => {
                let pattern = self.resolve(expected)?;
                let is_arn = value.starts_with("arn:") && value.matches(':').count() >= 5;
                let parts: Vec<&str> = value.splitn(6, ':').collect();
                if expected == "*" {
                    return Some(is_arn);
                }
                let patterns = parts_of(&pattern);
                is_arn
                    && patterns.len() == 6
                    && patterns
                        .iter()
                        .zip(parts)
                        .all(|(pattern, part)| full_match(&expression(pattern, "."), part))
            }
            "Bool" => value.to_lowercase() == expected,
            "BinaryEquals" => value == expected,
            "IpAddress" => in_network(value, expected),
            numeric if numeric.starts_with("Numeric") => {
                let number = |text: &str| {
                    let is_number = !text.is_empty()
                        && text
                            .chars()
                            .all(|c| c.is_ascii_digit() || "-.e".contains(c));
                    is_number.then(|| text.parse::<f64>().ok()).flatten()
                };
                ordered(&numeric["Numeric".len()..], number(value), number(expected))
            }
            date => ordered(&date["Date".len()..], seconds(value), seconds(expected)),
        })
    }

    fn context(&self, key: &str) -> Vec<&str> {
        let mut found = self.call.context.iter();
        found
            .find(|(name, _)| name.eq_ignore_ascii_case(key))
            .map(|(_, values)| values.clone())
            .unwrap_or_default()
    }

    /// The text with the values of its variables; `None` if one has none.
    fn resolve(&self, text: &str) -> Option<Resolved> {
        let mut resolved = Vec::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if !self.variables || !rest.starts_with("${") {
                resolved.push((c, false));
                rest = &rest[c.len_utf8()..];
                continue;
            }
            let end = rest.find('}').expect("a closed variable");
            let (name, default) = match rest[2..end].split_once(", ") {
                Some((name, default)) => (name, Some(default.trim_matches('\''))),
                None => (&rest[2..end], None),
            };
            let value = match name {
                "*" | "?" | "$" => name,
                name => match self.context(name)[..] {
                    [] => default?,
                    [value] => value,
                    _ => return None,
                },
            };
            resolved.extend(value.chars().map(|c| (c, true)));
            rest = &rest[end + 1..];
        }
        Some(resolved)
    }
}

fn list(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values
            .iter()
            .map(|value| value.as_str().expect("a text").to_owned())
            .collect(),
        other => panic!("{other}"),
    }
}

fn full_match(expression: &str, text: &str) -> bool {
    Regex::new(&format!("(?s)^(?:{expression})$"))
        .expect("a regular expression")
        .is_match(text)
}

/// A pattern whose wildcards stand for characters of this class.
fn expression(pattern: &[(char, bool)], class: &str) -> String {
    let one = |(c, literal): &(char, bool)| match c {
        '*' if !literal => format!("{class}*"),
        '?' if !literal => class.to_owned(),
        c => regex::escape(&c.to_string()),
    };
    pattern.iter().map(one).collect()
}

/// The six parts, colons of variables not counted.
fn parts_of(pattern: &[(char, bool)]) -> Vec<Resolved> {
    let mut parts = vec![Vec::new()];
    for item in pattern {
        if *item == (':', false) && parts.len() < 6 {
            parts.push(Vec::new());
        } else {
            parts.last_mut().expect("a part").push(*item);
        }
    }
    parts
}

fn arn_expression(pattern: &[(char, bool)]) -> String {
    if pattern == [('*', false)] {
        return ".*".to_owned();
    }
    let parts = parts_of(pattern);
    let mut all = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        all.push(if index == 5 {
            expression(part, ".")
        } else {
            let (stem, open) = match part.split_last() {
                Some((('*', false), stem)) => (stem, ".*"),
                _ => (&part[..], ""),
            };
            // Within a part nothing stands for a colon.
            let stem = expression(stem, "[^:]");
            format!("{stem}{open}")
        });
    }
    all.join(":")
}

fn ordered<T: PartialOrd>(relation: &str, value: Option<T>, expected: Option<T>) -> bool {
    let (Some(value), Some(expected)) = (value, expected) else {
        return false;
    };
    match relation {
        "Equals" => value == expected,
        "LessThan" => value < expected,
        "LessThanEquals" => value <= expected,
        "GreaterThan" => value > expected,
        "GreaterThanEquals" => value >= expected,
        other => panic!("{other}"),
    }
}

/// The dates and numbers that the properties use, by hand.
fn seconds(text: &str) -> Option<i64> {
    Some(match text {
        "2026-03-01T12:00:00Z" | "1772366400" => 1_772_366_400,
        "2026-03-01T13:00:01+01:00" | "1772366401" => 1_772_366_401,
        "2026-03-01" => 1_772_323_200,
        "2026" => 1_767_225_600,
        "300" => 300,
        "-7" => -7,
        _ => return None,
    })
}

fn in_network(value: &str, network: &str) -> bool {
    let bits = |address: IpAddr| match address {
        IpAddr::V4(v4) => (32, u128::from(u32::from(v4))),
        IpAddr::V6(v6) => (128, u128::from(v6)),
    };
    let Ok(value) = value.parse::<IpAddr>() else {
        return false;
    };
    let (address, prefix) = network.split_once('/').unwrap_or((network, "max"));
    let (width, network) = bits(address.parse().expect("an address"));
    let (value_width, value) = bits(value);
    let prefix = prefix.parse::<u32>().unwrap_or(width);
    let shift = width - prefix;
    width == value_width && value.checked_shr(shift) == network.checked_shr(shift)
}
