//! JSONPaths through the values of templates.

use tollgate_jsonpath::{FindError, Found, JsonPath, Node, Number, View};
use tollgate_vtl::{CallError, List, ListStyle, Value};

/// The value at a path; `None` where there is nothing.
///
/// A value of the document is given by reference: what a template changes in it changes there.
pub(crate) fn find<'a>(root: &Value<'a>, path: &JsonPath) -> Result<Option<Value<'a>>, CallError> {
    match path.find(Document(root.clone())) {
        Ok(found) => Ok(Some(value(found)?)),
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
        let entries = self.0.as_map().map(tollgate_vtl::Map::to_vec);
        for (key, value) in entries.into_iter().flatten() {
            // A template can put a value under any key; paths know names only.
            if let Some(name) = key.as_str() {
                visit(name, Self(value))?;
            }
        }
        Ok(())
    }
}

/// What a path has found, as a template sees it: lists print as JSON, as those of the body do.
fn value<'a>(found: Found<Document<'a>>) -> Result<Value<'a>, CallError> {
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
        Found::Text(text) => Value::from(String::from(text)),
        Found::List(found) => {
            let items: Result<_, _> = found.into_iter().map(value).collect();
            Value::List(List::new(items?, ListStyle::Json))
        }
        Found::Map(members) => {
            let entries = members
                .into_iter()
                .map(|(name, found)| Ok((String::from(name), value(found)?)));
            Value::map(entries.collect::<Result<Vec<_>, CallError>>()?)
        }
        Found::Keys(names) => Value::list(
            names
                .into_iter()
                .map(|name| Value::from(String::from(name))),
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
