//! Which configurations of JWT authorizers can be used.

use serde_json::{Value, json};
use tollgate_model::{JwtConfiguration, MAX_JWT_ENTRIES};

/// A configuration with one issuer, changed as told.
fn configuration(change: impl FnOnce(&mut Value)) -> JwtConfiguration {
    let mut value = json!({
        "issuers": [{
            "issuer": "https://id.example.com/realm",
            "audiences": ["pets"],
            "additionalClaims": [{
                "claimName": "tenant",
                "format": "SINGLE_STRING",
                "required": true,
                "expectedValues": ["acme"]
            }]
        }],
        "defaultAlgorithms": ["RS256", "ES256"]
    });
    change(&mut value);
    serde_json::from_value(value).expect("it has the form")
}

#[test]
fn a_configuration_is_spelled_as_the_service_spells_it() {
    let read = configuration(|_| {});
    assert_eq!(read.check(), Ok(()));
    let written = serde_json::to_value(&read).unwrap();
    assert_eq!(
        serde_json::from_value::<JwtConfiguration>(written).unwrap(),
        read
    );
}

/// A change, and what is said of it; nothing of one that does no harm.
type Row = (&'static str, fn(&mut Value), Option<&'static str>);

const ROWS: &[Row] = &[
    (
        "a slash at the end",
        |it| it["issuers"][0]["issuer"] = "https://id.example.com/".into(),
        None,
    ),
    (
        "a port",
        |it| it["issuers"][0]["issuer"] = "https://id.example.com:8443".into(),
        None,
    ),
    (
        "an address",
        |it| it["issuers"][0]["issuer"] = "https://[::1]/realm".into(),
        None,
    ),
    (
        "no claims",
        |it| it["issuers"][0]["additionalClaims"] = json!([]),
        None,
    ),
    (
        "any value of a claim",
        |it| it["issuers"][0]["additionalClaims"][0]["expectedValues"] = json!([]),
        None,
    ),
    (
        "no issuer",
        |it| it["issuers"] = json!([]),
        Some("issuers: 0 of them, expected 1 to 50"),
    ),
    (
        "too many issuers",
        |it| {
            let one = it["issuers"][0].clone();
            it["issuers"] = vec![one; MAX_JWT_ENTRIES + 1].into();
        },
        Some("issuers: 51 of them, expected 1 to 50"),
    ),
    (
        "an issuer twice",
        |it| {
            let one = it["issuers"][0].clone();
            it["issuers"] = json!([one, one]);
        },
        Some("issuers[1].issuer: it is there twice"),
    ),
    (
        "no algorithm",
        |it| it["defaultAlgorithms"] = json!([]),
        Some("defaultAlgorithms: 0 of them, expected 1 to 50"),
    ),
    (
        "no audience",
        |it| it["issuers"][0]["audiences"] = json!([]),
        Some("issuers[0].audiences: 0 of them, expected 1 to 50"),
    ),
    (
        "an empty audience",
        |it| it["issuers"][0]["audiences"] = json!(["pets", ""]),
        Some("issuers[0].audiences: one of them is empty"),
    ),
    (
        "a claim with a meaning of its own",
        |it| it["issuers"][0]["additionalClaims"][0]["claimName"] = "aud".into(),
        Some(
            "issuers[0].additionalClaims[0].claimName: \"aud\", expected a name that is none of iss, \
             aud, exp, nbf, iat, scope, scp",
        ),
    ),
    (
        "a claim twice",
        |it| {
            let one = it["issuers"][0]["additionalClaims"][0].clone();
            it["issuers"][0]["additionalClaims"] = json!([one, one]);
        },
        Some("issuers[0].additionalClaims[1].claimName: it is there twice"),
    ),
    (
        "an empty value",
        |it| it["issuers"][0]["additionalClaims"][0]["expectedValues"] = json!([""]),
        Some("issuers[0].additionalClaims[0].expectedValues: one of them is empty"),
    ),
];

#[test]
fn what_no_token_could_be_judged_by_is_refused() {
    for (what, change, expected) in ROWS {
        let found = configuration(change).check().err();
        let found = found.map(|error| error.to_string());
        assert_eq!(found.as_deref(), *expected, "{what}");
    }
}

#[test]
fn a_slip_is_no_rule_less() {
    for change in [
        (|it| it["algorithms"] = json!([])) as fn(&mut Value),
        |it| it["issuers"][0]["additionalClaim"] = json!([]),
        |it| it["issuers"][0]["additionalClaims"][0]["expectedValue"] = json!(["acme"]),
    ] {
        let mut value = serde_json::to_value(configuration(|_| {})).unwrap();
        change(&mut value);
        let read = serde_json::from_value::<JwtConfiguration>(value);
        assert!(read.is_err(), "{read:?}");
    }
}

#[test]
fn what_the_service_has_found_out_is_not_kept() {
    let mut value = serde_json::to_value(configuration(|_| {})).unwrap();
    value["issuers"][0]["jwksUri"] = "https://id.example.com/keys".into();
    let read: JwtConfiguration = serde_json::from_value(value).unwrap();
    assert_eq!(read, configuration(|_| {}));
}

#[test]
fn issuers_are_urls_of_https() {
    for text in [
        "",
        "id.example.com",
        "http://id.example.com",
        "https://",
        "https:///realm",
        "https://:8443",
        "https://id.example.com:",
        "https://id.example.com:port",
        "https://id.example.com:70000",
        "https://joe@id.example.com",
        "https://id.example.com?tenant=1",
        "https://id.example.com#keys",
        "https://id.example.com/ realm",
        "https://id.example.com\\@evil.example",
        "https://[::1",
        "https://[x]",
        "https://*",
        "https://a..b",
        "https://${stageVariables.x}",
        "https://id.example.com/{realm}",
    ] {
        let refused = configuration(|it| it["issuers"][0]["issuer"] = text.into()).check();
        let place = refused.expect_err(text).place;
        assert_eq!(place, "issuers[0].issuer", "{text}");
    }
}
