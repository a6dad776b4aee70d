//! The grammar: from a JSON value to statements, with every fault on the way.
//!
//! Source of the rules: IAM User Guide, "Grammar of the IAM JSON policy language" and "IAM JSON
//! policy elements reference". Where those leave a point open, it is settled as the IAM service has
//! been observed to answer `CreatePolicy`: no empty lists of statements, actions and resources, one
//! colon in an action, no wildcard in the service of an action or a resource.

use serde_json::{Map, Value};

use super::arn::{ArnPattern, ResourceFault, ResourcePattern};
use super::condition::{
    Comparison, Condition, Decimal, Operator, Test, binary, boolean, date, network,
};
use super::document;
use super::error::{Fault, FaultKind, InvalidPolicy, ValueFamily, VariableFault};
use super::glob::{Case, Glob};
use super::key::ConditionKey;
use super::limits::MAX_AUTHORIZER_RESOURCE_LEN;
use super::place::Place;
use super::principal::{PrincipalPattern, PrincipalType, Principals};
use super::statement::{Effect, Policy, PolicyKind, Selection, Statement};
use super::template::{Syntax, Template, pieces};

/// Reads a document; `faults` were found in its text.
pub(super) fn policy(
    document: &Value,
    kind: PolicyKind,
    faults: Vec<Fault>,
) -> Result<Policy, InvalidPolicy> {
    let mut parser = Parser {
        kind,
        variables: false,
        faults,
    };
    let statements = parser.document(document);
    if parser.faults.is_empty() {
        Ok(Policy::new(kind, statements))
    } else {
        Err(InvalidPolicy::new(parser.faults))
    }
}

struct Parser {
    kind: PolicyKind,
    /// Whether the document's version has policy variables.
    variables: bool,
    faults: Vec<Fault>,
}

const TOP_LEVEL: &str = "Version, Id and Statement";
const IN_STATEMENT: &str = "Sid, Effect, Principal, NotPrincipal, Action, NotAction, Resource, \
     NotResource and Condition";

impl Parser {
    fn document(&mut self, document: &Value) -> Vec<Statement> {
        let root = Place::ROOT;
        let size = document::size(document);
        let limit = self.kind.max_size();
        if size > limit {
            self.fault(&root, FaultKind::TooLarge { size, limit });
            return Vec::new();
        }
        let Some(members) = self.object(&root, document, "an object, the policy") else {
            return Vec::new();
        };
        for (name, value) in members {
            let place = root.key(name);
            match name.as_str() {
                "Version" => self.version(&place, value),
                "Id" => {
                    self.text(&place, value);
                }
                "Statement" => {}
                _ => self.unknown(&place, name, TOP_LEVEL),
            }
        }
        match members.get("Statement") {
            Some(statements) => self.statements(&root.key("Statement"), statements),
            None => {
                self.missing(&root, "Statement", "policy");
                Vec::new()
            }
        }
    }

    fn version(&mut self, place: &Place<'_>, value: &Value) {
        match self.text(place, value) {
            Some("2012-10-17") => self.variables = true,
            Some("2008-10-17") | None => {}
            Some(found) => {
                let found = found.to_owned();
                self.fault(place, FaultKind::Version { found });
            }
        }
    }

    fn statements(&mut self, place: &Place<'_>, value: &Value) -> Vec<Statement> {
        let mut statements = Vec::new();
        let mut sids: Vec<(&str, usize)> = Vec::new();
        let list = match value {
            Value::Array(list) => list.iter(),
            single => std::slice::from_ref(single).iter(),
        };
        if list.len() == 0 {
            self.fault(place, FaultKind::Empty("list of statements"));
        }
        for (index, statement) in list.enumerate() {
            let place = if value.is_array() {
                place.index(index)
            } else {
                *place
            };
            let Some(members) = self.object(&place, statement, "an object, a statement") else {
                continue;
            };
            if let Some(sid) = members.get("Sid").and_then(Value::as_str)
                && !sid.is_empty()
            {
                match sids.iter().find(|(known, _)| *known == sid) {
                    Some((_, first)) => {
                        let sid = sid.to_owned();
                        let first = *first;
                        self.fault(&place.key("Sid"), FaultKind::DuplicateSid { sid, first });
                    }
                    None => sids.push((sid, index)),
                }
            }
            statements.extend(self.statement(&place, members));
        }
        statements
    }

    fn statement(&mut self, place: &Place<'_>, members: &Map<String, Value>) -> Option<Statement> {
        let mut sid = None;
        let mut effect = None;
        let mut conditions = Vec::new();
        for (name, value) in members {
            let place = place.key(name);
            match name.as_str() {
                "Sid" => sid = self.sid(&place, value),
                "Effect" => effect = self.effect(&place, value),
                "Condition" => conditions = self.conditions(&place, value),
                "Principal" | "NotPrincipal" | "Action" | "NotAction" | "Resource"
                | "NotResource" => {}
                _ => self.unknown(&place, name, IN_STATEMENT),
            }
        }
        if !members.contains_key("Effect") {
            self.missing(place, "Effect", "statement");
        }
        let principals = self.principals(place, members, effect);
        let actions = self.selection(
            place,
            members,
            ["Action", "NotAction"],
            "Action or NotAction",
            Self::action,
        );
        let resources = self.selection(
            place,
            members,
            ["Resource", "NotResource"],
            "Resource or NotResource",
            Self::resource,
        );
        Some(Statement {
            sid: sid.map(Into::into),
            effect: effect?,
            principals,
            actions: actions?,
            resources: resources?,
            conditions: conditions.into(),
        })
    }

    fn sid<'v>(&mut self, place: &Place<'_>, value: &'v Value) -> Option<&'v str> {
        let sid = self.text(place, value)?;
        // Resource policies of other services take blanks and more; what API Gateway takes is not
        // said, so that only identity policies are held to the narrow rule.
        let plain = sid.bytes().all(|b| b.is_ascii_alphanumeric());
        if self.kind == PolicyKind::Identity && !plain {
            let sid = sid.to_owned();
            self.fault(place, FaultKind::Sid { sid });
        }
        Some(sid)
    }

    fn effect(&mut self, place: &Place<'_>, value: &Value) -> Option<Effect> {
        match self.text(place, value)? {
            "Allow" => Some(Effect::Allow),
            "Deny" => Some(Effect::Deny),
            found => {
                let found = found.to_owned();
                self.fault(place, FaultKind::Effect { found });
                None
            }
        }
    }

    /// The element or its `Not` form, of which a statement has one.
    fn selection<P>(
        &mut self,
        place: &Place<'_>,
        members: &Map<String, Value>,
        elements: [&'static str; 2],
        either: &'static str,
        entry: fn(&mut Self, &Place<'_>, &str) -> Option<P>,
    ) -> Option<Selection<P>> {
        let [name, not_name] = elements;
        let read = |this: &mut Self, name: &'static str, value| {
            let place = place.key(name);
            let mut patterns = Vec::new();
            let any = this.texts(&place, value, |this, place, text| {
                patterns.extend(entry(this, place, text));
            });
            if any == 0 {
                this.fault(&place, FaultKind::Empty("list"));
            }
            patterns.into_boxed_slice()
        };
        match (members.get(name), members.get(not_name)) {
            (Some(value), None) => Some(Selection::Only(read(self, name, value))),
            (None, Some(value)) => Some(Selection::AllBut(read(self, not_name, value))),
            (Some(_), Some(_)) => {
                let elements = (name, not_name);
                self.fault(place, FaultKind::Both { elements });
                None
            }
            (None, None) => {
                self.missing(place, either, "statement");
                None
            }
        }
    }

    fn action(&mut self, place: &Place<'_>, text: &str) -> Option<Glob> {
        let service_fits = |service: &str| {
            let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
            service == "*" || (!service.is_empty() && service.bytes().all(plain))
        };
        let fits = text == "*"
            || text.split_once(':').is_some_and(|(service, name)| {
                service_fits(service) && !name.is_empty() && !name.contains(':')
            });
        if !fits {
            let found = text.to_owned();
            self.fault(place, FaultKind::Action { found });
            return None;
        }
        let syntax = Syntax {
            wildcards: true,
            variables: false,
        };
        match pieces(text, syntax) {
            Ok(pieces) => Some(Glob::new(pieces, Case::Ignored)),
            Err(fault) => self.variable(place, text, fault),
        }
    }

    fn resource(&mut self, place: &Place<'_>, text: &str) -> Option<ResourcePattern> {
        let length = text.chars().count();
        if self.kind == PolicyKind::Authorizer && length > MAX_AUTHORIZER_RESOURCE_LEN {
            self.fault(place, FaultKind::ResourceTooLong { length });
        }
        match ResourcePattern::new(text, self.variables) {
            Ok(pattern) => Some(pattern),
            Err(ResourceFault::Variable(fault)) => self.variable(place, text, fault),
            Err(ResourceFault::Arn(fault)) => {
                let found = text.to_owned();
                self.fault(place, FaultKind::Resource { found, fault });
                None
            }
        }
    }

    // === Principal ===

    fn principals(
        &mut self,
        place: &Place<'_>,
        members: &Map<String, Value>,
        effect: Option<Effect>,
    ) -> Option<Principals> {
        let policy = match self.kind {
            PolicyKind::Resource => return self.resource_principals(place, members, effect),
            PolicyKind::Identity => "an identity",
            PolicyKind::Authorizer => "an authorizer's",
        };
        for element in ["Principal", "NotPrincipal"] {
            if members.contains_key(element) {
                let reason = "it covers whoever it is attached to";
                self.fault(
                    &place.key(element),
                    FaultKind::NotAllowed {
                        element,
                        policy,
                        reason,
                    },
                );
            }
        }
        None
    }

    fn resource_principals(
        &mut self,
        place: &Place<'_>,
        members: &Map<String, Value>,
        effect: Option<Effect>,
    ) -> Option<Principals> {
        match (members.get("Principal"), members.get("NotPrincipal")) {
            (Some(value), None) => {
                let patterns = self.principal_patterns(&place.key("Principal"), value);
                Some(Principals::Only(patterns.into()))
            }
            (None, Some(value)) => {
                let place = place.key("NotPrincipal");
                if effect == Some(Effect::Allow) {
                    let reason = "with Allow it would allow everyone else, anonymous callers too";
                    self.fault(
                        &place,
                        FaultKind::NotAllowed {
                            element: "NotPrincipal",
                            policy: "an Allow statement of a resource",
                            reason,
                        },
                    );
                }
                let patterns = self.principal_patterns(&place, value);
                Some(Principals::all_but(&patterns))
            }
            (Some(_), Some(_)) => {
                let elements = ("Principal", "NotPrincipal");
                self.fault(place, FaultKind::Both { elements });
                None
            }
            (None, None) => {
                let of = "statement of a resource policy";
                self.missing(place, "Principal or NotPrincipal", of);
                None
            }
        }
    }

    fn principal_patterns(&mut self, place: &Place<'_>, value: &Value) -> Vec<PrincipalPattern> {
        let mut patterns = Vec::new();
        match value {
            Value::String(text) if text == "*" => patterns.push(PrincipalPattern::Everyone),
            Value::String(text) => {
                let found = text.clone();
                let expected = "* or an object like {\"AWS\": \"123456789012\"}";
                self.fault(place, FaultKind::Principal { found, expected });
            }
            Value::Object(types) => {
                if types.is_empty() {
                    self.fault(place, FaultKind::Empty("object of principals"));
                }
                for (name, value) in types {
                    let place = place.key(name);
                    let Some(principal_type) = PrincipalType::new(name) else {
                        let found = name.clone();
                        self.fault(&place, FaultKind::PrincipalType { found });
                        continue;
                    };
                    let any =
                        self.texts(
                            &place,
                            value,
                            |this, place, text| match PrincipalPattern::new(principal_type, text) {
                                Ok(pattern) => patterns.push(pattern),
                                Err(expected) => {
                                    let found = text.to_owned();
                                    this.fault(place, FaultKind::Principal { found, expected });
                                }
                            },
                        );
                    if any == 0 {
                        self.fault(&place, FaultKind::Empty("list of principals"));
                    }
                }
            }
            other => self.wrong_type(place, other, "* or an object of principals"),
        }
        patterns
    }

    // === Condition ===

    fn conditions(&mut self, place: &Place<'_>, value: &Value) -> Vec<Condition> {
        let mut conditions = Vec::new();
        let Some(operators) = self.object(place, value, "an object of condition operators") else {
            return conditions;
        };
        for (name, keys) in operators {
            let place = place.key(name);
            let operator = Operator::parse(name);
            if operator.is_none() {
                let found = name.clone();
                self.fault(&place, FaultKind::Operator { found });
            }
            let Some(keys) = self.object(&place, keys, "an object of condition keys") else {
                continue;
            };
            let mut known: Vec<(ConditionKey, &str)> = Vec::new();
            for (name, value) in keys {
                let place = place.key(name);
                if name.is_empty() {
                    self.fault(&place, FaultKind::Empty("condition key"));
                }
                let key = ConditionKey::new(name);
                if let Some((_, first)) = known.iter().find(|(known, _)| *known == key) {
                    let key = name.clone();
                    let first = (*first).to_owned();
                    self.fault(&place, FaultKind::DuplicateConditionKey { key, first });
                }
                known.push((key.clone(), name));
                if let Some(operator) = operator {
                    conditions.push(self.condition(&place, operator, key, value));
                }
            }
        }
        conditions
    }

    fn condition(
        &mut self,
        place: &Place<'_>,
        operator: Operator,
        key: ConditionKey,
        value: &Value,
    ) -> Condition {
        let test = match operator.comparison {
            Comparison::Null => {
                let absent = self.values(place, value, ValueFamily::Bool, boolean);
                return Condition::Null { key, absent };
            }
            Comparison::String => Test::String(self.templates(place, value, Template::new)),
            Comparison::StringIgnoringCase => {
                Test::StringIgnoringCase(self.templates(place, value, Template::new))
            }
            Comparison::StringLike => {
                Test::StringLike(self.templates(place, value, |text, variables| {
                    let syntax = Syntax {
                        wildcards: true,
                        variables,
                    };
                    Ok(Glob::new(pieces(text, syntax)?, Case::Sensitive))
                }))
            }
            Comparison::Arn => Test::Arn(self.templates(place, value, ArnPattern::new)),
            Comparison::Number(relation) => {
                let numbers = self.values(place, value, ValueFamily::Number, Decimal::parse);
                Test::Number(relation, numbers)
            }
            Comparison::Date(relation) => {
                Test::Date(relation, self.values(place, value, ValueFamily::Date, date))
            }
            Comparison::Bool => Test::Bool(self.values(place, value, ValueFamily::Bool, boolean)),
            Comparison::Binary => {
                let read = |text: &str| binary(text).map(Into::into);
                Test::Binary(self.values(place, value, ValueFamily::Binary, read))
            }
            Comparison::Address => {
                Test::Address(self.values(place, value, ValueFamily::Address, network))
            }
        };
        Condition::Compare {
            key,
            quantifier: operator.quantifier,
            if_exists: operator.if_exists,
            negated: operator.negated,
            test,
        }
    }

    /// Condition values of a family that has no variables.
    fn values<T>(
        &mut self,
        place: &Place<'_>,
        value: &Value,
        family: ValueFamily,
        read: impl Fn(&str) -> Option<T>,
    ) -> Box<[T]> {
        let mut values = Vec::new();
        self.scalars(place, value, |this, place, text| match read(text) {
            Some(value) => values.push(value),
            None => {
                let found = text.to_owned();
                this.fault(place, FaultKind::ConditionValue { found, family });
            }
        });
        values.into()
    }

    /// Condition values that may have variables.
    fn templates<T>(
        &mut self,
        place: &Place<'_>,
        value: &Value,
        read: impl Fn(&str, bool) -> Result<T, VariableFault>,
    ) -> Box<[T]> {
        let mut values = Vec::new();
        self.scalars(place, value, |this, place, text| {
            match read(text, this.variables) {
                Ok(value) => values.push(value),
                Err(fault) => values.extend(this.variable(place, text, fault)),
            }
        });
        values.into()
    }

    // === Shapes ===

    /// The members of an object.
    fn object<'v>(
        &mut self,
        place: &Place<'_>,
        value: &'v Value,
        expected: &'static str,
    ) -> Option<&'v Map<String, Value>> {
        let members = value.as_object();
        if members.is_none() {
            self.wrong_type(place, value, expected);
        }
        members
    }

    fn text<'v>(&mut self, place: &Place<'_>, value: &'v Value) -> Option<&'v str> {
        let text = value.as_str();
        match text {
            Some(text) => self.characters(place, text),
            None => self.wrong_type(place, value, "a string"),
        }
        text
    }

    /// Calls `entry` with each string of a string or a list of strings; says how many values there
    /// are.
    fn texts(
        &mut self,
        place: &Place<'_>,
        value: &Value,
        mut entry: impl FnMut(&mut Self, &Place<'_>, &str),
    ) -> usize {
        let Value::Array(list) = value else {
            match value {
                Value::String(text) => {
                    self.characters(place, text);
                    entry(self, place, text);
                }
                other => self.wrong_type(place, other, "a string or a list of strings"),
            }
            return 1;
        };
        for (index, value) in list.iter().enumerate() {
            let place = place.index(index);
            if let Some(text) = self.text(&place, value) {
                entry(self, &place, text);
            }
        }
        list.len()
    }

    /// Calls `entry` with each string, number or boolean of one or a list of them, as text.
    fn scalars(
        &mut self,
        place: &Place<'_>,
        value: &Value,
        mut entry: impl FnMut(&mut Self, &Place<'_>, &str),
    ) {
        let mut scalar = |this: &mut Self, place: &Place<'_>, value: &Value| match value {
            Value::String(text) => {
                this.characters(place, text);
                entry(this, place, text);
            }
            Value::Bool(value) => entry(this, place, if *value { "true" } else { "false" }),
            Value::Number(value) => entry(this, place, &value.to_string()),
            other => this.wrong_type(place, other, "a string, a number or a boolean"),
        };
        match value {
            Value::Array(list) => {
                for (index, value) in list.iter().enumerate() {
                    scalar(self, &place.index(index), value);
                }
            }
            single => scalar(self, place, single),
        }
    }

    /// IAM takes Latin-1 in policies only (IAM User Guide, "IAM and AWS STS quotas").
    fn characters(&mut self, place: &Place<'_>, text: &str) {
        let fits = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{FF}');
        if self.kind == PolicyKind::Identity
            && let Some(found) = text.chars().find(|c| !fits(*c))
        {
            self.fault(place, FaultKind::Character { found });
        }
    }

    // === Faults ===

    fn fault(&mut self, place: &Place<'_>, kind: FaultKind) {
        document::push_fault(&mut self.faults, place, kind);
    }

    fn missing(&mut self, place: &Place<'_>, expected: &'static str, of: &'static str) {
        self.fault(place, FaultKind::Missing { expected, of });
    }

    fn unknown(&mut self, place: &Place<'_>, element: &str, expected: &'static str) {
        let element = element.to_owned();
        self.fault(place, FaultKind::UnknownElement { element, expected });
    }

    fn wrong_type(&mut self, place: &Place<'_>, value: &Value, expected: &'static str) {
        let found = match value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        };
        self.fault(place, FaultKind::Type { found, expected });
    }

    fn variable<T>(&mut self, place: &Place<'_>, text: &str, fault: VariableFault) -> Option<T> {
        let found = text.to_owned();
        self.fault(place, FaultKind::Variable { found, fault });
        None
    }
}
