//! How the slashes and escapes of a request path show in matches and parameter values.

use tollgate_router::{MAX_REQUEST_PATH_LEN, MethodKey, RouteTable, Verb};

#[expect(clippy::unwrap_used, reason = "the tables of this file can be built")]
fn table(paths: &[&'static str]) -> RouteTable<&'static str> {
    let mut table = RouteTable::builder();
    for path in paths {
        table
            .insert(&path.parse().unwrap(), MethodKey::Any, *path)
            .unwrap();
    }
    table.build()
}

type Found<'a> = Option<(&'static str, Vec<(&'a str, &'a str)>)>;

fn find<'a>(table: &'a RouteTable<&'static str>, path: &'a str) -> Found<'a> {
    let found = table.find(Verb::Get, path)?;
    Some((*found.value(), found.parameters().collect()))
}

#[test]
fn recorded_paths() {
    let table = table(&["/{proxy+}", "/hardcoded"]);
    for (path, proxy) in [
        ("/proxy-value", "proxy-value"),
        ("/proxy-value/", "proxy-value"),
        ("/proxy-value//double-slash", "proxy-value//double-slash"),
        ("//proxy-value", "proxy-value"),
        (
            "/proxy-value/api/user/a%2Bb@c/plus/a+b@c",
            "proxy-value/api/user/a%2Bb@c/plus/a+b@c",
        ),
    ] {
        assert_eq!(
            find(&table, path),
            Some(("/{proxy+}", vec![("proxy", proxy)])),
            "{path}"
        );
    }
    assert_eq!(find(&table, "//hardcoded"), Some(("/hardcoded", vec![])));
}

#[test]
fn leading_and_trailing_slashes_are_ignored() {
    let table = table(&["/", "/pets", "/pets/{id}", "/files/{path+}"]);
    for (path, expected) in [
        ("", Some(("/", vec![]))),
        ("/", Some(("/", vec![]))),
        ("///", Some(("/", vec![]))),
        ("/pets/", Some(("/pets", vec![]))),
        ("///pets///", Some(("/pets", vec![]))),
        ("//pets/7//", Some(("/pets/{id}", vec![("id", "7")]))),
        (
            "/files/a/b//",
            Some(("/files/{path+}", vec![("path", "a/b")])),
        ),
        ("//files/a/", Some(("/files/{path+}", vec![("path", "a")]))),
        ("/files//", None),
    ] {
        assert_eq!(find(&table, path), expected, "{path:?}");
    }
}

#[test]
fn slashes_inside_are_kept() {
    let table = table(&["/a/b", "/a/{x}/b", "/files/{path+}"]);
    for (path, expected) in [
        ("/a//b", None),
        ("/a///b", None),
        ("/a/x//b", None),
        (
            "/files/a//b",
            Some(("/files/{path+}", vec![("path", "a//b")])),
        ),
        ("/files//a", Some(("/files/{path+}", vec![("path", "/a")]))),
    ] {
        assert_eq!(find(&table, path), expected, "{path}");
    }
}

#[test]
fn parameter_values_stay_encoded() {
    let table = table(&["/{a}/{b+}"]);
    for (path, a, b) in [
        ("/%20/%2F", "%20", "%2F"),
        ("/a%2Fb/c", "a%2Fb", "c"),
        ("/a+b/c;d=e", "a+b", "c;d=e"),
        ("/é/ü/x", "é", "ü/x"),
    ] {
        assert_eq!(
            find(&table, path),
            Some(("/{a}/{b+}", vec![("a", a), ("b", b)])),
            "{path}"
        );
    }
}

#[test]
fn dot_segments_are_not_resolved() {
    let table = table(&["/b", "/{proxy+}"]);
    assert_eq!(
        find(&table, "/a/../b"),
        Some(("/{proxy+}", vec![("proxy", "a/../b")]))
    );
}

#[test]
fn a_path_starts_with_a_slash_or_is_empty() {
    let table = table(&["/", "/pets", "/{proxy+}"]);
    for path in ["*", "pets", "http://host/pets"] {
        assert_eq!(find(&table, path), None, "{path}");
    }
}

#[test]
fn a_path_too_long_matches_nothing() {
    let table = table(&["/{proxy+}"]);
    let longest = format!("/{}", "a".repeat(MAX_REQUEST_PATH_LEN - 1));
    let value = &longest[1..];
    assert_eq!(
        find(&table, &longest),
        Some(("/{proxy+}", vec![("proxy", value)]))
    );
    assert_eq!(find(&table, &format!("{longest}a")), None);
}

#[test]
fn spans_outlive_the_borrow_of_the_path() {
    let table = table(&["/pets/{id}/{rest+}"]);
    let received = String::from("//pets/7/a/b/");
    let kept = received.clone();
    let (route, spans) = {
        let found = table.find(Verb::Get, &received).unwrap();
        (found.route(), found.spans())
    };
    drop(received);

    assert_eq!(
        route.path().parameters(spans, &kept).collect::<Vec<_>>(),
        [("id", "7"), ("rest", "a/b")]
    );
    assert_eq!(spans.ranges().collect::<Vec<_>>(), [7..8, 9..12]);
}

#[test]
fn a_parameter_is_found_by_name() {
    let table = table(&["/{a}/{b}"]);
    let found = table.find(Verb::Get, "/1/2").unwrap();
    assert_eq!(found.parameter("b"), Some("2"));
    assert_eq!(found.parameter("c"), None);
}
