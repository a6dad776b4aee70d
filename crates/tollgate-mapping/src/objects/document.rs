//! JSONPaths through the values of templates.

use tollgate_jsonpath::{FindError, Found, JsonPath, Node, Number, View};
use tollgate_vtl::{Budget, CallError, List, ListStyle, Value};

use super::paths::spend;

/// The value at a path; `None` where there is nothing.
///
/// A value of the document is given by reference: what a template changes in it changes there.
pub(crate) fn find<'a>(
    root: &Value<'a>,
    path: &JsonPath,
    budget: &mut Budget,
) -> Result<Option<Value<'a>>, CallError> {
    let root = Document(root.clone());
    match spend(budget, |left| path.find_within(root, left))? {
        Ok(found) => Ok(Some(value(found, budget)?)),
        Err(FindError::NotFound { .. } | FindError::NullDocument) => Ok(None),
        Err(error) => Err(CallError::new(error)),
    }
}

/// A value as what paths walk over.
#[derive(Clone)]
struct Document<'a>(Value<'a>);

impl Node for Document<'_> {
    fn view(&self) -> View<'_> {
        match &self.0 {
            Value::Null => View::Null,
            Value::Bool(value) => View::Bool(*value),
            Value::Int(number) => View::Number(match number.as_i64() {
                Some(number) => Number::Int(number),
                None => Number::BigInt(number.to_string().into()),
            }),
            Value::Double(number) => View::Number(Number::Double(*number)),
            Value::Str(text) => View::Text(text),
            Value::List(_) => View::List,
            Value::Map(_) => View::Map,
            // Entries and the embedder's objects, which a template may have put there.
            _ => View::Opaque,
        }
    }

    fn size(&self) -> usize {
        match &self.0 {
            Value::List(list) => list.len(),
            Value::Map(map) => map.len(),
            _ => 0,
        }
    }

    fn member(&self, name: &str) -> Option<Self> {
        self.0.as_map()?.get(name).map(Self)
    }

    fn element(&self, index: usize) -> Option<Self> {
        self.0.as_list()?.get(index).map(Self)
    }

    fn try_each_member<E>(
        &self,
        mut visit: impl FnMut(&str, Self) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(map) = self.0.as_map() else {
            return Ok(());
        };
        for index in 0..map.len() {
            let Some((key, value)) = map.get_index(index) else {
                break;
            };
            // A template can put a value under any key; paths know names only.
            if let Some(name) = key.as_str() {
                visit(name, Self(value))?;
            }
        }
        Ok(())
    }
}

/// What a path has found, as a template sees it: lists print as JSON, as those of the body do.
fn value<'a>(found: Found<Document<'a>>, budget: &mut Budget) -> Result<Value<'a>, CallError> {
    Ok(match found {
        Found::Node(Document(value)) => value,
        Found::Null => Value::Null,
        Found::Bool(value) => Value::from(value),
        Found::Number(number) => match number {
            Number::Int(number) => Value::from(number),
            Number::Double(number) => Value::from(number),
            Number::BigInt(digits) | Number::Decimal(digits) => {
                Value::from_json_copied(&digits).map_err(CallError::new)?
            }
        },
        Found::Text(text) => {
            budget.allocate_string(text.len())?;
            Value::from(String::from(text))
        }
        Found::List(found) => {
            budget.allocate_items(found.len(), found.len())?;
            let items = found.into_iter().map(|item| inner(item, budget));
            let items: Result<_, CallError> = items.collect();
            Value::List(List::new(items?, ListStyle::Json))
        }
        Found::Map(members) => {
            budget.allocate_entries(members.len(), members.len())?;
            let entries = members
                .into_iter()
                .map(|(name, found)| Ok((own(name, budget)?, inner(found, budget)?)));
            Value::map(entries.collect::<Result<Vec<_>, CallError>>()?)
        }
        Found::Keys(names) => {
            budget.allocate_items(names.len(), names.len())?;
            let names = names.into_iter().map(|name| own(name, budget));
            Value::list(names.collect::<Result<Vec<_>, CallError>>()?)
        }
    })
}

/// A value inside of another, which no call counts as what it gives.
fn inner<'a>(found: Found<Document<'a>>, budget: &mut Budget) -> Result<Value<'a>, CallError> {
    let value = value(found, budget)?;
    budget.allocate_value(&value)?;
    Ok(value)
}

/// A name as a value of its own.
fn own<'a>(name: Box<str>, budget: &mut Budget) -> Result<Value<'a>, CallError> {
    budget.allocate_string(name.len())?;
    let name = Value::from(String::from(name));
    budget.allocate_value(&name)?;
    Ok(name)
}

#[cfg(test)]
mod tests {
    use tollgate_vtl::Profile;

    use super::*;

    fn find<'a>(root: &Value<'a>, path: &JsonPath) -> Result<Option<Value<'a>>, CallError> {
        super::find(root, path, &mut Budget::new(&Profile::api_gateway()))
    }

    const BODY: &str = r#"{"a":{"b":[10,{"c":"x"},30],"h-y":true,"nil":null},
        "big":123456789012345678901234567890,"pets":[{"n":"a","p":1},{"n":"b","p":2.5}]}"#;

    fn json(path: &str) -> Option<String> {
        let root = Value::from_json_str(BODY).expect("it is JSON");
        let path = JsonPath::parse(path).expect("it is a path");
        let found = find(&root, &path).expect("it can be followed")?;
        Some(found.to_json().expect("it is small"))
    }

    #[test]
    fn paths_lead_through_the_body() {
        for (path, expected) in [
            ("$.a.b[0]", Some("10")),
            ("a.b[-1]", Some("30")),
            ("$['a'].b[1].c", Some(r#""x""#)),
            ("$.a.h-y", Some("true")),
            ("$.a.nil", Some("null")),
            ("$.big", Some("123456789012345678901234567890")),
            ("$.a.b[3]", None),
            ("$.z", None),
            ("$.pets[*].n", Some(r#"["a","b"]"#)),
            ("$.pets[?(@.p > 2)].n", Some(r#"["b"]"#)),
            ("$.pets[?(@.n =~ /A/i)].p", Some("[1]")),
            ("$.pets[?(@.p > 9)]", Some("[]")),
            ("$..c", Some(r#"["x"]"#)),
            ("$.pets[0]['p','n']", Some(r#"{"p":1,"n":"a"}"#)),
            ("$.pets.length()", Some("2")),
            ("$.z[*]", None),
        ] {
            assert_eq!(json(path).as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn what_is_found_is_shared_with_the_document() {
        let root = Value::from_json_str(BODY).expect("it is JSON");
        let path = |text| JsonPath::parse(text).expect("it is a path");
        let found = find(&root, &path("$.pets[*]")).expect("it is there");
        let found = found.expect("it is there");
        let pet = found.as_list().and_then(|pets| pets.get(0)).expect("one");
        pet.as_map()
            .expect("a map")
            .insert("n", Value::from("changed"));
        let name = find(&root, &path("$.pets[0].n")).expect("it is there");
        assert_eq!(name.expect("it is there").as_str(), Some("changed"));
    }

    #[test]
    fn errors_are_told_from_nothing() {
        let root = Value::from_json_str(BODY).expect("it is JSON");
        let path = JsonPath::parse("$.a.nope()").expect("it is a path");
        let error = find(&root, &path).expect_err("there is no such function");
        assert!(error.to_string().contains("nope"), "{error}");
    }
}
