//! Laws of what is read, whether objects are alike or not.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::read::{Room, read};
use crate::value::{List, ListStyle, Map, Str, Value};
use crate::{Profile, Template};

/// A JSON value that has yet to be written.
#[derive(Clone, Debug)]
enum Json {
    Number(i8),
    Text(&'static str),
    List(Vec<Self>),
    /// Members, and the blanks around them.
    Object(Vec<(&'static str, Self)>, &'static str),
}

/// Names, as they are and as they are written.
const NAMES: [[&str; 2]; 8] = [
    ["a", r#""a""#],
    ["b", r#""b""#],
    ["c", r#""c""#],
    ["", r#""""#],
    ["b", r#""\u0062""#],
    ["\"é\"", r#""\"é\"""#],
    ["seven", r#""seven""#],
    ["more than sixteen bytes", r#""more than sixteen bytes""#],
];

/// More names than objects without a table have members.
const MANY: [&str; 20] = [
    "m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "m9", "m10", "m11", "m12", "m13", "m14",
    "m15", "m16", "m17", "m18", "m19",
];

impl Json {
    fn write(&self, out: &mut String) {
        match self {
            Self::Number(number) => out.push_str(&number.to_string()),
            Self::Text(text) => out.extend(["\"", text, "\""]),
            Self::List(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    out.push_str(if index == 0 { "" } else { "," });
                    item.write(out);
                }
                out.push(']');
            }
            Self::Object(members, blank) => {
                out.extend(["{", blank]);
                for (index, (name, value)) in members.iter().enumerate() {
                    out.push_str(if index == 0 { "" } else { "," });
                    match NAMES.iter().find(|[_, written]| written == name) {
                        Some(_) => out.extend([blank, name, blank, ":"]),
                        None => out.extend(["\"", name, "\":", blank]),
                    }
                    value.write(out);
                }
                out.extend([blank, "}"]);
            }
        }
    }

    fn written(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    /// What it is if nothing is shared.
    fn value<'a>(&self) -> Value<'a> {
        match self {
            Self::Number(number) => i32::from(*number).into(),
            Self::Text(text) => (*text).into(),
            Self::List(items) => {
                List::new(items.iter().map(Self::value).collect(), ListStyle::Json).into()
            }
            Self::Object(members, _) => {
                let map = Map::new();
                for (name, value) in members {
                    let known = NAMES.iter().find(|[_, written]| written == name);
                    let name = known.map_or(*name, |[name, _]| *name);
                    map.insert(name, value.value());
                }
                map.into()
            }
        }
    }
}

fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        any::<i8>().prop_map(Json::Number),
        select(&["", "text"][..]).prop_map(Json::Text),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            2 => vec(inner.clone(), 0..4).prop_map(Json::List),
            4 => object(inner),
        ]
    })
}

/// Objects that are often alike, in part or in all.
fn object(value: impl Strategy<Value = Json>) -> impl Strategy<Value = Json> {
    let any_names = vec(select(&NAMES[..]).prop_map(|[_, written]| written), 0..5);
    let names = prop_oneof![
        4 => (0..4_usize).prop_map(|count| [r#""a""#, r#""seven""#, r#""c""#][..count.min(3)].to_vec()),
        2 => any_names,
        1 => (14..MANY.len()).prop_map(|count| MANY[..count].to_vec()),
    ];
    let blank = prop_oneof![3 => Just(""), 1 => Just(" "), 1 => Just("\n\t")];
    (names, vec(value, 1..5), blank).prop_map(|(names, values, blank)| {
        Json::Object(
            names.into_iter().zip(values.into_iter().cycle()).collect(),
            blank,
        )
    })
}

fn list() -> impl Strategy<Value = Json> {
    vec(object(json()), 1..12).prop_map(Json::List)
}

/// Something done to a map.
fn change(map: &Map<'_>, (change, name): (u8, &'static str)) {
    match change {
        0 => drop(map.insert(name, "changed".into())),
        1 => drop(map.remove(&name.into())),
        _ => {
            let first = map.get_index(0).map(|(key, _)| key);
            drop(first.and_then(|key| map.remove(&key)));
        }
    }
}

fn parts<'a>(value: &Value<'a>) -> Vec<(Value<'a>, Value<'a>)> {
    value.as_map().map(Map::to_vec).unwrap_or_default()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn objects_in_lists_are_what_their_members_make_them(
        list in list(),
        changes in vec((any::<prop::sample::Index>(), (0..3_u8, select(&["a", "c", "new"][..]))), 0..8),
    ) {
        let text = list.written();
        let expected = list.value();
        let actual = [
            Value::from_json_str(&text).unwrap(),
            Value::from_json_copied(&text).unwrap(),
        ];
        for actual in &actual {
            prop_assert_eq!(actual.to_json(), expected.to_json());
            prop_assert_eq!(actual.to_str(), expected.to_str());
        }
        for (index, what) in changes {
            for value in actual.iter().chain([&expected]) {
                let items = value.as_list().unwrap();
                let item = items.get(index.index(items.len())).unwrap();
                change(item.as_map().unwrap(), what);
            }
            for actual in &actual {
                prop_assert_eq!(actual.to_json(), expected.to_json());
            }
        }
        let [actual, _] = actual;
        for (a, b) in actual.as_list().unwrap().to_vec().iter().zip(expected.as_list().unwrap().to_vec()) {
            let (a, b) = (parts(a), parts(&b));
            prop_assert_eq!(a.len(), b.len());
            for ((key, _), (other, _)) in a.iter().zip(&b) {
                prop_assert_eq!(key.as_str(), other.as_str());
            }
        }
    }

    #[test]
    fn templates_find_members_of_any_shape(lists in vec(list(), 1..4)) {
        let source = "#foreach($list in $lists)#foreach($it in $list)\
            [$!it.a|$!it.c|$!it.seven|$!it.a.seven.c|$!it.m3|$!it.m17]#end#end";
        let template = Template::parse(source, &Profile::velocity17()).unwrap();
        let lists = Json::List(lists);
        let text = lists.written();
        let render = |lists| template.render(&Map::from_iter([("lists", lists)])).unwrap();
        let expected = render(lists.value());
        for _ in 0..2 {
            prop_assert_eq!(&render(Value::from_json_str(&text).unwrap()), &expected);
        }
    }

    #[test]
    fn room_is_taken_as_if_nothing_were_shared(items in vec(object(json()), 1..12)) {
        let taken = |text: &str, keep: &dyn Fn(&str) -> Str<'static>| {
            let room = Room { values: 1 << 20, bytes: 1 << 30 };
            let (value, left) = read(text, ListStyle::Json, keep, room);
            value.unwrap();
            [room.values - left.values, room.bytes - left.bytes]
        };
        for keep in [&Str::copied as &dyn Fn(&str) -> Str<'static>, &|_| "".into()] {
            let mut expected = taken("[]", keep);
            for item in &items {
                // Alone it stands in no list.
                let item = taken(&item.written(), keep);
                expected = [expected[0] + item[0], expected[1] + item[1]];
            }
            prop_assert_eq!(taken(&Json::List(items.clone()).written(), keep), expected);
        }
    }

    #[test]
    fn any_room_is_kept_to(list in list(), most in 0..4_000_usize) {
        let text = list.written();
        let all = Room { values: 1 << 20, bytes: 1 << 30 };
        let (_, left) = read(&text, ListStyle::Json, Str::copied, all);
        let needed = all.bytes - left.bytes;
        let (value, _) = read(&text, ListStyle::Json, Str::copied, Room { bytes: most, ..all });
        prop_assert_eq!(value.is_ok(), needed <= most);
    }

    #[test]
    fn numbers_are_the_nearest(number in "-?(0|[1-9][0-9]{0,17})(\\.[0-9]{1,17})?([eE][-+]?[0-9]{1,2})?") {
        let value = Value::from_json_str(&number).unwrap();
        let double: f64 = number.parse().unwrap();
        match value {
            Value::Int(int) => prop_assert_eq!(int.to_string(), number.parse::<i128>().unwrap().to_string()),
            value => prop_assert_eq!(value.as_f64().map(f64::to_bits), Some(double.to_bits())),
        }
    }
}

/// Which item an item of a list shares its keys with, the first if there are several.
fn shared(json: &str) -> Vec<Option<usize>> {
    let value = Value::from_json_str(json).unwrap();
    let items = value.as_list().unwrap().to_vec();
    let first = |item| items.iter().position(|other| share_keys(item, other));
    items.iter().map(first).collect()
}

fn share_keys<'a>(a: &Value<'a>, b: &Value<'a>) -> bool {
    a.as_map().unwrap().shares_keys(b.as_map().unwrap())
}

fn member<'a>(map: &Value<'a>, name: &str) -> Value<'a> {
    map.as_map().unwrap().get(name).unwrap()
}

fn item<'a>(list: &Value<'a>, index: usize) -> Value<'a> {
    list.as_list().unwrap().get(index).unwrap()
}

#[test]
fn objects_that_are_alike_share_their_keys() {
    for (json, expected) in [
        // The first may be the only one, and the second tells that they repeat.
        (
            r#"[{"a":1},{"a":2},{"a":3},{"a":4}]"#,
            vec![None, None, Some(2), Some(2)],
        ),
        (
            r#"[{"a":1},{"a":2}, { "a" : 3 },{"a":4}]"#,
            vec![None, None, Some(2), Some(2)],
        ),
        (
            r#"[{"a":1},{"b":1},{"a":1},{"b":1},{"a":1},{"b":1}]"#,
            vec![None, None, None, Some(3), Some(4), Some(3)],
        ),
        // Some lack the last member, or have another.
        (
            r#"[{"a":1,"b":1},{"a":1},{"a":1,"b":1},{"a":1},{"a":1,"c":1},{"a":1,"b":1},{"a":1}]"#,
            vec![None, None, None, Some(3), None, Some(5), Some(3)],
        ),
        (
            r#"[{"\u0061":1},{"\u0061":2},{"a":3},{"a":4}]"#,
            vec![None, None, Some(2), Some(2)],
        ),
        (
            r#"[{"a":1,"a":2},{"a":1,"a":2},{"a":1,"a":2}]"#,
            vec![None; 3],
        ),
        (r#"[{},{},{},{}]"#, vec![None, None, Some(2), Some(2)]),
    ] {
        assert_eq!(shared(json), expected, "{json}");
    }
}

#[test]
fn objects_in_objects_share_their_keys() {
    let object = r#"{"spec":{"size":1},"home":{"town":2},"all":[{"x":1},{"x":2}]}"#;
    let json = format!("[{object},{object},{object},{object}]");
    let value = Value::from_json_str(&json).unwrap();
    let (a, b) = (item(&value, 2), item(&value, 3));
    for name in ["spec", "home"] {
        assert!(share_keys(&member(&a, name), &member(&b, name)), "{name}");
    }
    let (a, b) = (member(&a, "all"), member(&b, "all"));
    assert!(share_keys(&item(&a, 0), &item(&b, 1)));
}

#[test]
fn objects_with_many_members_or_in_no_list_share_nothing() {
    let object = |members: usize| {
        let members: Vec<_> = (0..members).map(|n| format!(r#""m{n}":{n}"#)).collect();
        format!("{{{}}}", members.join(","))
    };
    let list = |members| format!("[{0},{0},{0},{0}]", object(members));
    assert_eq!(shared(&list(16)), [None, None, Some(2), Some(2)]);
    assert_eq!(shared(&list(17)), [None; 4]);
    let value = Value::from_json_str(r#"{"a":{"x":1},"b":{"x":1}}"#).unwrap();
    assert!(!share_keys(&member(&value, "a"), &member(&value, "b")));
}

#[test]
fn a_change_parts_a_map_from_those_like_it() {
    let json = r#"[{"a":1,"b":1},{"a":2,"b":2},{"a":3,"b":3},{"a":4,"b":4}]"#;
    for (name, key, change, parts) in [
        ("replace", "a", true, false),
        ("insert", "c", true, true),
        ("remove", "a", false, true),
        ("remove what is not there", "c", false, false),
    ] {
        let value = Value::from_json_str(json).unwrap();
        let maps = value.as_list().unwrap().to_vec();
        let (changed, other) = (maps[2].as_map().unwrap(), maps[3].as_map().unwrap());
        match change {
            true => drop(changed.insert(key, 9.into())),
            false => drop(changed.remove(&key.into())),
        }
        assert_eq!(!changed.shares_keys(other), parts, "{name}");
        assert_eq!(maps[3].to_json().unwrap(), r#"{"a":4,"b":4}"#, "{name}");
    }
}
