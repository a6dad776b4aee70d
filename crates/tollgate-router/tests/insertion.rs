//! Which routes can stand in one table.

use tollgate_router::{InsertError, MAX_ROUTES, MethodKey, ResourcePath, RouteTable, Verb};

#[expect(clippy::unwrap_used, reason = "the paths of this file are well-formed")]
fn path(text: &str) -> ResourcePath {
    text.parse().unwrap()
}

/// Inserts `GET` on each path and gives the first error.
fn insert(paths: &[&str]) -> Result<(), InsertError> {
    let mut table = RouteTable::builder();
    paths
        .iter()
        .try_for_each(|text| table.insert(&path(text), MethodKey::Verb(Verb::Get), ()))
}

#[test]
fn these_go_together() {
    for paths in [
        &["/{id}", "/{proxy+}"][..],
        &["/{proxy+}", "/{id}"],
        &["/{id}/a", "/{proxy+}"],
        &["/x", "/{id}", "/{id}/{id2}"],
        &["/a/{x}", "/b/{y}"],
        &["/a", "/a%41"],
        &["/a", "/A"],
    ] {
        assert_eq!(insert(paths), Ok(()), "{paths:?}");
    }
}

#[test]
fn siblings_of_one_kind_have_one_name() {
    for (existing, refused, index) in [
        ("/{a}", "/{b}", 0),
        ("/{a+}", "/{b+}", 0),
        ("/pets/{id}", "/pets/{pet}/toys", 1),
        ("/pets/{id}/toys", "/pets/{pet}", 1),
        ("/{a}/{b}/c", "/{a}/{x}/d", 1),
        ("/{a}/{b}/{c+}", "/{a}/{b}/{d+}", 2),
    ] {
        let expected = InsertError::SiblingParameter {
            path: path(refused),
            existing: path(existing),
            index,
        };
        assert_eq!(
            insert(&[existing, refused]),
            Err(expected),
            "{refused} beside {existing}"
        );
    }
}

#[test]
fn the_path_that_brought_the_sibling_is_named() {
    let error = insert(&["/a/{x}/b", "/a/{x}", "/a/{x}/c", "/a/{y}"]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "/a/{y} and /a/{x}/b name the parameter at index 1 differently"
    );
}

#[test]
fn a_resource_has_each_method_once() {
    for method in Verb::ALL
        .map(MethodKey::Verb)
        .into_iter()
        .chain([MethodKey::Any])
    {
        for text in ["/", "/pets/{id}", "/{proxy+}"] {
            let mut table = RouteTable::builder();
            table.insert(&path(text), method, 1).unwrap();
            assert_eq!(
                table.insert(&path(text), method, 2),
                Err(InsertError::Duplicate {
                    path: path(text),
                    method
                }),
                "{method} {text}"
            );
        }
    }
}

#[test]
fn a_resource_can_have_every_method() {
    let mut table = RouteTable::builder();
    for method in Verb::ALL
        .map(MethodKey::Verb)
        .into_iter()
        .chain([MethodKey::Any])
    {
        table.insert(&path("/pets/{id}"), method, method).unwrap();
    }
    let table = table.build();
    for verb in Verb::ALL {
        let found = table.find(verb, "/pets/7").unwrap();
        assert_eq!(*found.value(), MethodKey::Verb(verb), "{verb}");
    }
}

#[test]
fn a_refused_route_leaves_no_trace() {
    let mut table = RouteTable::builder();
    table.insert(&path("/a/{x}/b"), MethodKey::Any, 1).unwrap();
    table
        .insert(&path("/a/{y}/c"), MethodKey::Any, 2)
        .unwrap_err();
    table
        .insert(&path("/a/{x}/b"), MethodKey::Any, 3)
        .unwrap_err();
    let table = table.build();

    assert_eq!(
        table
            .routes()
            .iter()
            .map(|route| *route.value())
            .collect::<Vec<_>>(),
        [1]
    );
    assert_eq!(
        table.find(Verb::Get, "/a/1/b").map(|found| *found.value()),
        Some(1)
    );
    assert!(table.find(Verb::Get, "/a/1/c").is_none());
}

#[test]
fn routes_are_listed_in_the_order_of_insertion() {
    let mut table = RouteTable::builder();
    let routes = [
        ("/{proxy+}", MethodKey::Any),
        ("/b", MethodKey::Verb(Verb::Put)),
        ("/a", MethodKey::Verb(Verb::Get)),
        ("/b", MethodKey::Verb(Verb::Get)),
    ];
    for (text, method) in routes {
        table.insert(&path(text), method, ()).unwrap();
    }
    let table = table.build();
    let listed: Vec<_> = table
        .routes()
        .iter()
        .map(|route| (route.path().as_str(), route.method()))
        .collect();
    assert_eq!(listed, routes);
}

#[test]
fn a_full_table_refuses_more() {
    let methods: Vec<_> = Verb::ALL
        .map(MethodKey::Verb)
        .into_iter()
        .chain([MethodKey::Any])
        .collect();
    let mut table = RouteTable::builder();
    for number in 0..MAX_ROUTES / methods.len() {
        let path = path(&format!("/{number:06}"));
        for method in &methods {
            table.insert(&path, *method, ()).unwrap();
        }
    }
    assert_eq!(
        table.insert(&path("/one-more"), MethodKey::Any, ()),
        Err(InsertError::Full)
    );
    let table = table.build();
    assert_eq!(table.routes().len(), MAX_ROUTES);
    assert!(table.find(Verb::Put, "/000007").is_some());
    assert!(table.find(Verb::Get, "/one-more").is_none());
}
