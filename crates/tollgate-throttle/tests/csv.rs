//! Keys as comma-separated values.

use proptest::collection::vec;
use proptest::prelude::*;
use tollgate_throttle::{
    ImportError, ImportedKeys, KeyRecord, MOST_CSV_BYTES, MOST_CSV_KEYS, export_keys, import_keys,
};

const ONE: &str = "0123456789abcdefghij";
const TWO: &str = "0123456789ABCDEFGHIJ";

/// What was read, in words; the lines of warnings after it.
fn read(text: &str) -> Vec<String> {
    let ImportedKeys { keys, warnings, .. } = import_keys(text).expect("it is a table");
    let key = |key: &KeyRecord| {
        let (value, plans) = (key.value(), key.usage_plan_ids().join("+"));
        let (name, about) = (key.name(), key.description());
        format!("{name}|{value}|{about}|{}|{plans}", key.is_enabled())
    };
    let warnings = warnings.iter().map(ToString::to_string);
    keys.iter().map(key).chain(warnings).collect()
}

#[test]
fn tables_are_read_as_the_service_does() {
    for (row, text, expected) in [
        (
            "all columns",
            format!(
                "Name,key,description,Enabled,usageplanIds\nshop,{ONE},An imported key,TRUE,c7y23b\n"
            ),
            format!("shop|{ONE}|An imported key|true|c7y23b"),
        ),
        (
            "any order, any case, unknown columns",
            format!("KEY,colour,eNabled,NAME\n{ONE},red,FaLsE,shop"),
            format!("shop|{ONE}||false|"),
        ),
        (
            "only what is needed",
            format!("name,key\r\nshop,{ONE}\r\n\r\n"),
            format!("shop|{ONE}||true|"),
        ),
        (
            "missing values",
            format!("name,key,description,enabled,usageplanIds\nshop,{ONE}"),
            format!("shop|{ONE}||true|"),
        ),
        (
            "empty values",
            format!("name,key,description,enabled,usageplanIds\nshop,{ONE},,,"),
            format!("shop|{ONE}||true|"),
        ),
        (
            "spaces, and a mark of byte order",
            format!("\u{feff} name , key , enabled \n shop , {ONE} , true "),
            format!("shop|{ONE}||true|"),
        ),
        (
            "plans in double quotes",
            format!("name,key,usageplanIds\nshop,{ONE},\" gold , trial,gold\""),
            format!("shop|{ONE}||true|gold+trial"),
        ),
        (
            "in double quotes after a space",
            format!("name,key,usageplanIds\nshop,{ONE}, \"gold,trial\""),
            format!("shop|{ONE}||true|gold+trial"),
        ),
        (
            "in single quotes, before other columns",
            format!("name,usageplanIds,key,description\nshop,'gold, trial',{ONE},about 'it'"),
            format!("shop|{ONE}|about 'it'|true|gold+trial"),
        ),
        (
            "one in single quotes",
            format!("name,usageplanIds,key\nshop,'gold',{ONE}"),
            format!("shop|{ONE}||true|gold"),
        ),
        (
            "quotes elsewhere are text",
            format!("name,key,description\n'tis mine,{ONE},\"a \"\"b\"\",\nc\""),
            format!("'tis mine|{ONE}|a \"b\",\nc|true|"),
        ),
        ("no rows", "name,key\n".to_owned(), String::new()),
    ] {
        assert_eq!(read(&text).join("\n"), expected, "{row}");
    }
}

#[test]
fn rows_that_are_no_keys_are_told() {
    let long = "n".repeat(1_025);
    let plans = "expected ids of usage plans, in quotes where they are several";
    let value = "invalid API key value: expected 20 to 128 visible ASCII characters";
    for (row, expected) in [
        (format!(",{ONE}"), "the API key has no name"),
        (
            format!("{long},{ONE}"),
            "the API key's name has more than 1024 characters",
        ),
        ("shop".to_owned(), value),
        ("shop,0123456789abcdefghi".to_owned(), value),
        (format!("shop,{}", "k".repeat(129)), value),
        ("shop,0123456789 abcdefghi".to_owned(), value),
        (
            format!("shop,{ONE},yes"),
            "expected true or false for enabled",
        ),
        (format!("shop,{ONE},,a b"), plans),
        (format!("shop,{ONE},,'"), plans),
        (format!("shop,{ONE},,'gold,trial"), plans),
    ] {
        let text = format!("name,key,enabled,usageplanIds\n\"two\nlines\",{TWO}\n{row}\n");
        let rest = format!("two\nlines|{TWO}||true|");
        let expected = format!("line 4: {expected}");
        assert_eq!(read(&text), [rest, expected], "{row}");
    }
}

#[test]
fn the_last_row_of_a_value_counts() {
    let text = format!("name,key\nold,{ONE}\nother,{TWO}\nnew,{ONE}\nbroken,{TWO},\n");
    let expected = [format!("new|{ONE}||true|"), format!("broken|{TWO}||true|")];
    assert_eq!(read(&text), expected);
}

#[test]
fn what_is_no_table_is_refused() {
    let rows = format!(
        "name,key\n{}",
        format!("shop,{ONE}\n").repeat(MOST_CSV_KEYS + 1)
    );
    let line = u64::try_from(MOST_CSV_KEYS + 2).expect("it fits");
    for (text, expected) in [
        (String::new(), ImportError::MissingColumn("name")),
        ("name\nshop".to_owned(), ImportError::MissingColumn("key")),
        ("name,key,KEY\n".to_owned(), ImportError::ColumnTwice("key")),
        (rows, ImportError::TooManyKeys(line)),
        (
            " ".repeat(MOST_CSV_BYTES + 1),
            ImportError::TooManyBytes(MOST_CSV_BYTES + 1),
        ),
    ] {
        let error = import_keys(&text).expect_err("it is no table");
        assert_eq!(error, expected);
    }
}

#[test]
fn values_are_not_shown() {
    let text =
        format!("name,key,enabled\nshop,{ONE},\nshop,{TWO},secret-{TWO}\nshop,{TWO}!?\u{7f},");
    let imported = import_keys(&text).expect("it is a table");
    let shown = format!("{imported:?}");
    assert!(!shown.contains(ONE) && !shown.contains(TWO), "{shown}");
    assert_eq!(imported.warnings.len(), 2);
}

fn keys() -> impl Strategy<Value = Vec<KeyRecord>> {
    let text = || "[ -~\u{e4}\u{2028}\n\r\t]{0,12}";
    let key = (
        "[!-~]{1}[ -~\u{e4}\n\r']{0,9}",
        "[!-~]{20,30}",
        text(),
        any::<bool>(),
        vec("[a-zA-Z0-9_-]{1,10}", 0..4),
    );
    vec(key, 0..8).prop_map(|keys| {
        let mut values = std::collections::HashSet::new();
        keys.into_iter()
            .filter(|(_, value, ..)| values.insert(value.clone()))
            .map(|(name, value, description, is_enabled, plans)| {
                let key = KeyRecord::new(&name, &value).expect("it is a key");
                let key = key.with_description(&description).with_enabled(is_enabled);
                let add = |key: KeyRecord, plan: &String| key.with_usage_plan(plan);
                plans.iter().try_fold(key, add).expect("they are ids")
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read(keys in keys()) {
        let imported = import_keys(&export_keys(&keys)).expect("it is a table");
        prop_assert_eq!(imported.warnings, []);
        prop_assert_eq!(imported.keys, keys);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "(name,key,enabled,usageplanIds\n)?[a-z0-9,\"'\n\r \u{e4}-]{0,200}") {
        if let Ok(imported) = import_keys(&text) {
            let again = import_keys(&export_keys(&imported.keys)).expect("it is a table");
            prop_assert_eq!(again.keys, imported.keys);
        }
    }
}
