//! Which method answers a request: precedence, backtracking and verbs, one row a rule.

use tollgate_router::{MethodKey, RouteTable, Verb};

/// A table of `"VERB /path"` lines, each line being its own value.
#[expect(clippy::unwrap_used, reason = "the tables of this file can be built")]
fn table(lines: &[&'static str]) -> RouteTable<&'static str> {
    let mut table = RouteTable::builder();
    for line in lines {
        let (method, path) = line.split_once(' ').unwrap();
        table
            .insert(&path.parse().unwrap(), method.parse().unwrap(), *line)
            .unwrap();
    }
    table.build()
}

/// Asks for a `"VERB /path"` line.
#[expect(
    clippy::unwrap_used,
    reason = "the requests of this file are well-formed"
)]
fn answer(table: &RouteTable<&'static str>, request: &str) -> Option<&'static str> {
    let (verb, path) = request.split_once(' ').unwrap();
    let method = http::Method::from_bytes(verb.as_bytes()).unwrap();
    Some(*table.find(Verb::of(&method)?, path)?.value())
}

fn check(routes: &[&'static str], rows: &[(&str, Option<&str>)]) {
    let backwards: Vec<_> = routes.iter().rev().copied().collect();
    for (order, table) in [
        ("as written", table(routes)),
        ("backwards", table(&backwards)),
    ] {
        for (request, expected) in rows {
            assert_eq!(
                answer(&table, request),
                *expected,
                "{request} among {routes:?}, inserted {order}"
            );
        }
    }
}

#[test]
fn a_literal_without_the_verb_does_not_hide_a_greedy_parameter() {
    check(
        &["POST /test", "ANY /test/any", "OPTIONS /{proxy+}"],
        &[
            ("OPTIONS /test", Some("OPTIONS /{proxy+}")),
            ("POST /test", Some("POST /test")),
            ("OPTIONS /test/any", Some("ANY /test/any")),
            ("GET /test", None),
        ],
    );
}

#[test]
fn a_literal_branch_without_a_match_falls_back_up_the_tree() {
    check(
        &["GET /part1", "GET /part1/hardcoded-value", "GET /{param+}"],
        &[
            ("GET /part1/random-value", Some("GET /{param+}")),
            (
                "GET /part1/hardcoded-value",
                Some("GET /part1/hardcoded-value"),
            ),
            ("GET /part1", Some("GET /part1")),
        ],
    );
}

#[test]
fn a_literal_parent_wins_over_a_greedy_sibling_for_one_segment() {
    check(
        &["DELETE /proxy/{proxy+}", "DELETE /proxy/bar/{param}"],
        &[
            (
                "DELETE /proxy/bar/foobar",
                Some("DELETE /proxy/bar/{param}"),
            ),
            ("DELETE /proxy/bar/a/b", Some("DELETE /proxy/{proxy+}")),
            ("DELETE /proxy/bar", Some("DELETE /proxy/{proxy+}")),
            ("DELETE /proxy", None),
        ],
    );
}

#[test]
fn unknown_verbs_and_unknown_paths_are_alike() {
    check(
        &["GET /existing"],
        &[
            ("GET /existing", Some("GET /existing")),
            ("POST /existing", None),
            ("GET /random", None),
            ("GET /existing/below", None),
            ("GET /", None),
        ],
    );
}

#[test]
fn a_parameter_wins_over_a_greedy_sibling_for_one_segment() {
    check(
        &["GET /{id}", "GET /{proxy+}", "POST /{proxy+}"],
        &[
            ("GET /a", Some("GET /{id}")),
            ("GET /a/b", Some("GET /{proxy+}")),
            ("POST /a", Some("POST /{proxy+}")),
        ],
    );
}

#[test]
fn precedence_goes_segment_by_segment() {
    check(
        &[
            "GET /a/{y}/{z}",
            "GET /{x}/b/c",
            "GET /a/{proxy+}",
            "GET /{x}/b/{z}",
        ],
        &[
            ("GET /a/b/c", Some("GET /a/{y}/{z}")),
            ("GET /q/b/c", Some("GET /{x}/b/c")),
            ("GET /q/b/q", Some("GET /{x}/b/{z}")),
            ("GET /a/b/c/d", Some("GET /a/{proxy+}")),
            ("GET /q/q/c", None),
        ],
    );
}

#[test]
fn a_greedy_parameter_never_matches_its_parent() {
    check(
        &["GET /parent/{proxy+}", "ANY /other", "ANY /other/{proxy+}"],
        &[
            ("GET /parent", None),
            ("GET /parent/", None),
            ("GET /parent/x", Some("GET /parent/{proxy+}")),
            ("GET /other/", Some("ANY /other")),
        ],
    );
    check(
        &["GET /{proxy+}"],
        &[("GET ", None), ("GET /", None), ("GET //", None)],
    );
}

#[test]
fn any_covers_seven_verbs() {
    let routes = ["ANY /x"];
    let any = Some("ANY /x");
    check(
        &routes,
        &[
            ("DELETE /x", any),
            ("GET /x", any),
            ("HEAD /x", any),
            ("OPTIONS /x", any),
            ("PATCH /x", any),
            ("POST /x", any),
            ("PUT /x", any),
            ("CONNECT /x", None),
            ("TRACE /x", None),
            ("PURGE /x", None),
            ("ANY /x", None),
            ("get /x", None),
        ],
    );
}

#[test]
fn an_explicit_verb_wins_over_any_on_the_same_resource_only() {
    check(
        &["ANY /x", "GET /x", "GET /{p}", "ANY /y", "POST /{p}"],
        &[
            ("GET /x", Some("GET /x")),
            ("PUT /x", Some("ANY /x")),
            ("POST /x", Some("ANY /x")),
            ("GET /y", Some("ANY /y")),
            ("GET /z", Some("GET /{p}")),
        ],
    );
}

#[test]
fn head_and_options_need_methods_of_their_own() {
    check(
        &["GET /x", "HEAD /y"],
        &[
            ("HEAD /x", None),
            ("OPTIONS /x", None),
            ("HEAD /y", Some("HEAD /y")),
            ("GET /y", None),
        ],
    );
}

#[test]
fn literals_are_compared_as_they_are_spelled() {
    check(
        &["GET /a%2Fb", "GET /Case", "GET /a:b@c", "GET /{id}"],
        &[
            ("GET /a%2Fb", Some("GET /a%2Fb")),
            ("GET /a%2fb", Some("GET /{id}")),
            ("GET /a/b", None),
            ("GET /case", Some("GET /{id}")),
            ("GET /%43ase", Some("GET /{id}")),
            ("GET /a:b@c", Some("GET /a:b@c")),
            ("GET /{id}", Some("GET /{id}")),
        ],
    );
}

#[test]
fn an_empty_table_answers_nothing() {
    check(&[], &[("GET ", None), ("GET /", None), ("GET /x", None)]);
}

#[test]
fn a_route_keeps_its_method_key() {
    let table = table(&["ANY /x"]);
    let found = table.find(Verb::Get, "/x").unwrap();
    assert_eq!(found.route().method(), MethodKey::Any);
    assert_eq!(found.route().path().as_str(), "/x");
}

#[test]
fn siblings_by_the_thousand_are_told_apart() {
    // Literals of few bytes, of eight, of more, and such that differ in the middle only.
    let names = |number| {
        [
            format!("{number}"),
            format!("{number:08}"),
            format!("collection-{number}"),
            format!("a-long-beginning-{number:04}-a-long-end"),
        ]
    };
    let mut table = RouteTable::builder();
    for name in (0..2_000).flat_map(names) {
        let path = format!("/{name}").parse().unwrap();
        table.insert(&path, MethodKey::Any, name).unwrap();
    }
    let table = table.build();
    for name in (0..2_000).flat_map(names) {
        for path in [format!("/{name}"), format!("//{name}/")] {
            let found = table.find(Verb::Get, &path).map(|found| found.value());
            assert_eq!(found, Some(&name), "{path}");
        }
        for path in [
            format!("/{name}-"),
            format!("/-{name}"),
            format!("/{name}/{name}"),
        ] {
            assert!(table.find(Verb::Get, &path).is_none(), "{path}");
        }
    }
}
