//! What holds for every table and every path.

use proptest::{collection::vec, prelude::*, sample::select};
use tollgate_router::{MethodKey, PathPart, ResourcePath, RouteTable, Verb, check_path};

/// Literals of few, of eight and of more bytes; the last two differ in the middle only.
const WORDS: [&str; 6] = [
    "a",
    "b",
    "seven-7",
    "eight--8",
    "same-ends-1-same-ends",
    "same-ends-2-same-ends",
];

type RouteSpec = (ResourcePath, MethodKey);

type Parameters = Vec<(String, String)>;

/// Index of the route selected, and its parameters.
type Answer = Option<(usize, Parameters)>;

#[expect(clippy::unwrap_used, reason = "generated routes never collide")]
fn table(routes: &[RouteSpec], order: impl Iterator<Item = usize>) -> RouteTable<usize> {
    let mut table = RouteTable::builder();
    for index in order {
        let (path, method) = &routes[index];
        table.insert(path, *method, index).unwrap();
    }
    table.build()
}

fn answer(table: &RouteTable<usize>, verb: Verb, path: &str) -> Answer {
    let found = table.find(verb, path)?;
    let parameters = found
        .parameters()
        .map(|(name, value)| (name.into(), value.into()));
    Some((*found.value(), parameters.collect()))
}

/// Selects by matching every route alone and comparing those that match.
fn naive(routes: &[RouteSpec], verb: Verb, path: &str) -> Answer {
    let trimmed = path.trim_matches('/');
    let segments: Vec<&str> = if trimmed.is_empty() {
        vec![]
    } else {
        trimmed.split('/').collect()
    };
    routes
        .iter()
        .enumerate()
        .filter(|(_, (_, method))| [MethodKey::Any, MethodKey::Verb(verb)].contains(method))
        .filter_map(|(index, (path, method))| {
            let (ranks, parameters) = naive_match(path, &segments)?;
            Some(((ranks, *method == MethodKey::Any), index, parameters))
        })
        .min()
        .map(|(_, index, parameters)| (index, parameters))
}

/// The rank of each path part (less is more specific) and the parameters, if the path matches.
fn naive_match(path: &ResourcePath, segments: &[&str]) -> Option<(Vec<u8>, Parameters)> {
    let parts: Vec<_> = path.parts().collect();
    let (mut ranks, mut parameters) = (Vec::new(), Vec::new());
    for (position, part) in parts.iter().enumerate() {
        let segment = *segments.get(position)?;
        match part {
            PathPart::Literal(text) => {
                if *text != segment {
                    return None;
                }
                ranks.push(0);
            }
            PathPart::Parameter(name) => {
                if segment.is_empty() {
                    return None;
                }
                ranks.push(1);
                parameters.push(((*name).to_owned(), segment.to_owned()));
            }
            PathPart::Greedy(name) => {
                ranks.push(2);
                parameters.push(((*name).to_owned(), segments[position..].join("/")));
                return Some((ranks, parameters));
            }
        }
    }
    (parts.len() == segments.len()).then_some((ranks, parameters))
}

/// Paths over few words, so that branches share prefixes. Parameters are named by their depth, so
/// that siblings never differ in name.
#[expect(clippy::unwrap_used, reason = "generated paths are well-formed")]
fn resource_path() -> impl Strategy<Value = ResourcePath> {
    (vec(0..10_u8, 0..6), prop::bool::weighted(0.3)).prop_map(|(kinds, greedy)| {
        let mut text: String = kinds
            .iter()
            .enumerate()
            .map(|(depth, kind)| match kind {
                0..6 => format!("/{}", WORDS[usize::from(*kind)]),
                _ => format!("/{{p{depth}}}"),
            })
            .collect();
        if greedy {
            text += "/{rest+}";
        } else if text.is_empty() {
            text += "/";
        }
        text.parse().unwrap()
    })
}

fn verb() -> impl Strategy<Value = Verb> {
    select(&Verb::ALL[..3])
}

fn routes() -> impl Strategy<Value = Vec<RouteSpec>> {
    let method = prop_oneof![3 => verb().prop_map(MethodKey::Verb), 1 => Just(MethodKey::Any)];
    vec((resource_path(), method), 0..30).prop_map(|mut routes| {
        let mut seen = Vec::new();
        routes.retain(|route| {
            let new = !seen.contains(route);
            seen.push(route.clone());
            new
        });
        routes
    })
}

fn request_path() -> impl Strategy<Value = String> {
    let segment = prop_oneof![
        6 => select(&WORDS[..]).prop_map(str::to_owned),
        2 => select(&["c", "%61", "é", "", "same-ends-3-same-ends"][..]).prop_map(str::to_owned),
        1 => Just("long".repeat(200)),
    ];
    vec(segment, 0..8).prop_map(|segments| format!("/{}", segments.join("/")))
}

/// Strings that come close to what the parsers look at.
fn nearly_a_path() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[/a.%{}+0é\0]{0,40}",
        "/[/a.%{}+0é\0]{0,40}"
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_naive_matcher_agrees(
        routes in routes(),
        requests in vec((verb(), request_path()), 1..20),
    ) {
        let table = table(&routes, 0..routes.len());
        for (verb, path) in requests {
            prop_assert_eq!(
                answer(&table, verb, &path),
                naive(&routes, verb, &path),
                "{} {}", verb, path
            );
        }
    }

    #[test]
    fn the_order_of_insertion_makes_no_difference(
        (routes, order) in routes().prop_flat_map(|routes| {
            let order: Vec<_> = (0..routes.len()).collect();
            (Just(routes), Just(order).prop_shuffle())
        }),
        requests in vec((verb(), request_path()), 1..20),
    ) {
        let straight = table(&routes, 0..routes.len());
        let shuffled = table(&routes, order.into_iter());
        for (verb, path) in requests {
            prop_assert_eq!(
                answer(&straight, verb, &path),
                answer(&shuffled, verb, &path),
                "{} {}", verb, path
            );
        }
    }

    #[test]
    fn any_text_can_be_asked_for(routes in routes(), path in nearly_a_path()) {
        let table = table(&routes, 0..routes.len());
        if let Some(found) = table.find(Verb::Get, &path) {
            let names = found.route().path().parameter_names().count();
            prop_assert_eq!(found.parameters().count(), names);
        }
    }

    #[test]
    fn a_text_that_parses_prints_as_itself(text in nearly_a_path()) {
        if let Ok(path) = text.parse::<ResourcePath>() {
            prop_assert_eq!(path.to_string(), text.as_str());
            let again: String = path.parts().map(|part| format!("/{part}")).collect();
            prop_assert_eq!(if again.is_empty() { "/" } else { &again }, text);
        }
    }

    #[test]
    fn a_path_is_accepted_if_no_segment_decodes_to_dots_or_nul(path in nearly_a_path()) {
        let refused = !(path.is_empty() || path.starts_with('/'))
            || path.split('/').any(|segment| match naive_decode(segment) {
                None => true,
                Some(decoded) => decoded == b"." || decoded == b".." || decoded.contains(&0),
            });
        prop_assert_eq!(check_path(&path).is_err(), refused);
    }

    #[test]
    fn a_resource_is_found_by_a_path_made_from_it(path in resource_path(), verb in verb()) {
        let request: String = path
            .parts()
            .map(|part| match part {
                PathPart::Literal(text) => format!("/{text}"),
                PathPart::Parameter(_) => "/x%2Fy".to_owned(),
                PathPart::Greedy(_) => "/x//y/z".to_owned(),
            })
            .collect();
        let mut table = RouteTable::builder();
        table.insert(&path, MethodKey::Verb(verb), ()).unwrap();
        prop_assert!(table.build().find(verb, &request).is_some(), "{} by {}", path, request);
    }
}

/// Percent-decodes a segment, `None` where an escape is malformed.
fn naive_decode(segment: &str) -> Option<Vec<u8>> {
    let mut pieces = segment.split('%');
    let mut decoded = pieces.next()?.as_bytes().to_vec();
    for piece in pieces {
        let digits = piece.get(..2).filter(|digits| !digits.starts_with('+'))?;
        decoded.push(u8::from_str_radix(digits, 16).ok()?);
        decoded.extend_from_slice(&piece.as_bytes()[2..]);
    }
    Some(decoded)
}
