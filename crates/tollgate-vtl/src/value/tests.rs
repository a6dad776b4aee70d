use super::{Entry, List, ListStyle, Map, Value, equals};
use crate::render::Budget;

fn printed(value: &Value<'_>) -> String {
    let mut out = String::new();
    value.print(&mut out).unwrap();
    out
}

#[test]
fn prints_like_java() {
    let list = Value::list(["a".into(), Value::Null, 1.into()]);
    let map = Value::map([("k", list.clone()), ("l", 2.5.into())]);
    assert_eq!(printed(&list), "[a, null, 1]");
    assert_eq!(printed(&map), "{k=[a, null, 1], l=2.5}");
    assert_eq!(
        printed(&Value::Entry(Entry::new("k".into(), map))),
        "k={k=[a, null, 1], l=2.5}"
    );
    assert_eq!(
        printed(&List::new(vec![list], ListStyle::Json).into()),
        r#"[["a",null,1]]"#
    );
}

#[test]
fn keys_compare_by_kind_and_content() {
    let map = Map::new();
    let list = Value::list([]);
    let keys = [
        Value::Null,
        true.into(),
        1.into(),
        1.0.into(),
        "1".into(),
        list,
    ];
    for (index, key) in keys.iter().enumerate() {
        assert!(map.insert(key.clone(), index.into()).is_none());
    }
    for (index, key) in keys.iter().enumerate() {
        let value = map.get_value(key).and_then(|value| value.as_int());
        assert_eq!(value, Some(index as i64), "{key:?}");
    }
    assert_eq!(map.get("1").and_then(|value| value.as_int()), Some(4));
    assert!(map.get_value(&Value::list([])).is_none());
}

#[test]
fn removal_keeps_the_order_of_the_rest() {
    let map: Map<'_> = ["a", "b", "c", "d"]
        .map(|key| (key, Value::from(key)))
        .into_iter()
        .collect();
    map.remove(&"b".into());
    assert_eq!(printed(&map.into()), "{a=a, c=c, d=d}");
}

#[test]
fn equality_is_strict_about_kinds() {
    let mut budget = Budget::new(&crate::Profile::default());
    let list = |items: Vec<Value<'static>>| Value::list(items);
    for (a, b, expected) in [
        (Value::from(1), Value::from(1), true),
        (1.into(), 1.0.into(), false),
        (1.into(), "1".into(), false),
        (f64::NAN.into(), f64::NAN.into(), true),
        (list(vec![1.into()]), list(vec![1.into()]), true),
        (list(vec![1.into()]), list(vec![1.0.into()]), false),
        (
            Value::map([("a", 1.into()), ("b", 2.into())]),
            Value::map([("b", 2.into()), ("a", 1.into())]),
            true,
        ),
        (
            Value::map([("a", 1.into())]),
            Value::map([("b", 1.into())]),
            false,
        ),
    ] {
        assert_eq!(equals(&a, &b, &mut budget), Ok(expected), "{a:?} {b:?}");
    }
}

#[test]
fn debug_output_ends_for_values_that_contain_themselves() {
    let list = List::new(vec![], ListStyle::Java);
    list.push(list.clone().into());
    assert_eq!(format!("{:?}", Value::from(list.clone())), "List(1 items)");
    assert!(Value::from(list.clone()).print(&mut String::new()).is_err());
    // Takes the cycle apart, so that the test leaks nothing.
    list.set(0, Value::Null);
}

#[test]
fn absent_values_are_null() {
    assert!(Value::from(None::<&str>).is_null());
    assert_eq!(Value::from(Some("a")).as_str(), Some("a"));
}

#[test]
fn a_value_takes_three_words() {
    assert_eq!(size_of::<Value<'_>>(), 3 * size_of::<usize>());
}

/// The order of entries, and which of them are there, as maps grow past what is searched one by one.
#[test]
fn maps_keep_their_order_however_large() {
    for count in [0, 1, 15, 16, 17, 40] {
        let name = |number: i64| Value::from(format!("name {number}"));
        let map = Map::new();
        for number in 0..count {
            assert!(map.insert(name(number), number.into()).is_none());
        }
        for number in 0..count {
            let before = map.insert(name(number), (number * 2).into());
            assert_eq!(before.and_then(|value| value.as_int()), Some(number));
        }
        assert!(map.get("name").is_none());
        if count > 2 {
            let removed = map.remove(&name(1));
            assert_eq!(removed.and_then(|value| value.as_int()), Some(2));
            map.insert(name(1), 2.into());
        }
        let mut expected: Vec<_> = (0..count).collect();
        if count > 2 {
            expected.remove(1);
            expected.push(1);
        }
        let numbers = map.to_vec().into_iter().map(|(_, value)| value.as_int());
        let expected = expected.into_iter().map(|number| Some(number * 2));
        assert!(numbers.eq(expected), "{count} entries");
        assert_eq!(map.len(), count as usize);
    }
}

#[test]
fn deep_values_are_freed() {
    let mut value = Value::Null;
    for level in 0..300_000 {
        value = match level % 3 {
            0 => Value::list([value]),
            1 => Value::map([("in", value)]),
            _ => Value::Entry(Entry::new(Value::Null, value)),
        };
    }
    drop(value);
}
