//! What a verifier takes and what it refuses, and why.

use std::time::Duration;

use tollgate_iam::sigv4::{
    Authenticated, Credentials, IssuedKey, MAX_SESSION_TOKEN_BYTES, MAX_TARGET_BYTES, PathStyle,
    PayloadHash, Principal, SignableRequest, SignatureError, Signer, SigningError, Timestamp,
    Verifier,
};

const NOW: &str = "20260301T120000Z";
const HOST: (&str, &str) = ("Host", "api.example.com");
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

/// A request with text for everything, easy to change.
#[derive(Clone, Debug)]
struct Request {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Request {
    fn new(method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: [HOST].iter().chain(headers).map(owned).collect(),
            body: body.to_owned(),
        }
    }

    fn get(target: &str) -> Self {
        Self::new("GET", target, &[], "")
    }

    fn view(&self) -> SignableRequest<'_> {
        let headers = self.headers.iter();
        let headers = headers.map(|(name, value)| (&**name, value.as_bytes()));
        SignableRequest::new(&self.method, &self.target, headers)
    }

    fn payload(&self) -> PayloadHash {
        PayloadHash::of(self.body.as_bytes())
    }

    fn signed_with(mut self, signer: &Signer, at: &str) -> Self {
        let signed = signer
            .sign(&self.view(), &self.payload(), time(at))
            .expect("a request to sign");
        for (name, value) in signed.headers() {
            self.headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    fn presigned_with(mut self, signer: &Signer, at: &str, life: u32) -> Self {
        let (view, payload) = (self.view(), self.payload());
        let presigned = signer
            .presign(&view, &payload, time(at), life)
            .expect("a request to sign");
        self.target = presigned.target().to_owned();
        self
    }

    fn signed(self) -> Self {
        self.signed_with(&signer(), NOW)
    }

    fn presigned(self) -> Self {
        self.presigned_with(&signer(), NOW, 300)
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Changes the value of a header.
    fn edit(mut self, name: &str, edit: impl Fn(&str) -> String) -> Self {
        for (_, value) in self
            .headers
            .iter_mut()
            .filter(|(other, _)| other.eq_ignore_ascii_case(name))
        {
            *value = edit(value);
        }
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.headers
            .retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        self
    }

    fn verify(&self) -> Result<Authenticated, SignatureError> {
        self.verify_with(&Verifier::new("us-east-1"), Some(&issued(credentials())))
    }

    fn verify_with(
        &self,
        verifier: &Verifier,
        key: Option<&IssuedKey>,
    ) -> Result<Authenticated, SignatureError> {
        let claim = verifier.claim(&self.view(), time(NOW))?;
        verifier.verify(claim, &self.payload(), key)
    }
}

fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn credentials() -> Credentials {
    Credentials::new("AKIDEXAMPLE", SECRET)
}

fn temporary() -> Credentials {
    Credentials::new("ASIAEXAMPLE", SECRET).with_session_token("token+/=")
}

fn issued(credentials: Credentials) -> IssuedKey {
    IssuedKey::new(
        credentials,
        Principal::new("arn:aws:iam::123456789012:user/alice"),
    )
}

fn signer() -> Signer {
    Signer::new(credentials(), "us-east-1", "execute-api")
}

fn is_mismatch(result: &Result<Authenticated, SignatureError>) -> bool {
    matches!(result, Err(SignatureError::Mismatch(_)))
}

#[test]
fn both_forms_of_a_signature_are_taken() {
    let headers = [("X-Two", "a  b"), ("X-Two", "c"), ("User-Agent", "test")];
    for request in [
        Request::get("/prod/pets"),
        Request::get("/prod/a%20b/%2F/%E1%88%B4?b=2&a=%20&a=1&flag"),
        Request::new("POST", "/prod/pets", &headers, r#"{"a":1}"#),
    ] {
        let caller = request.clone().signed().verify().unwrap();
        assert_eq!(caller.access_key_id(), "AKIDEXAMPLE");
        let arn = "arn:aws:iam::123456789012:user/alice";
        assert_eq!(caller.principal().arn(), arn);
        assert_eq!(request.presigned().verify().unwrap(), caller);
    }
}

#[test]
fn what_is_signed_cannot_be_changed() {
    let header = Request::new("POST", "/prod/pets?a=1", &[("X-Role", "user")], "body").signed();
    let query = Request::new("POST", "/prod/pets?a=1", &[("X-Role", "user")], "body").presigned();
    for request in [header, query] {
        assert!(request.verify().is_ok());
        let change = |change: fn(&mut Request)| {
            let mut changed = request.clone();
            change(&mut changed);
            changed
        };
        for changed in [
            change(|it| it.method = "PUT".to_owned()),
            change(|it| it.target = it.target.replace("pets", "pet")),
            change(|it| it.target = it.target.replace("a=1", "a=2")),
            change(|it| it.target = it.target.replace("a=1", "a=1&admin=true")),
            change(|it| it.body.push(' ')),
            request
                .clone()
                .edit("Host", |_| "other.example.com".to_owned()),
            request.clone().edit("X-Role", |_| "admin".to_owned()),
            request.clone().with("X-Role", "admin"),
            request.clone().without("X-Role"),
        ] {
            assert!(is_mismatch(&changed.verify()), "{changed:?}");
        }
        assert!(request.clone().with("X-Other", "unsigned").verify().is_ok());
    }
}

#[test]
fn a_mismatch_shows_what_should_have_been_signed_and_nothing_secret() {
    let request = Request::get("/prod/pets")
        .signed()
        .edit("Host", |_| "b".to_owned());
    let message = request.verify().unwrap_err().to_string();
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let canonical =
        format!("'GET\n/prod/pets\n\nhost:b\nx-amz-date:{NOW}\n\nhost;x-amz-date\n{empty}'\n\n");
    assert!(message.contains(&canonical), "{message}");
    let scope = "20260301/us-east-1/execute-api/aws4_request";
    let to_sign = format!("'AWS4-HMAC-SHA256\n{NOW}\n{scope}\n");
    assert!(message.contains(&to_sign), "{message}");
    assert!(!message.contains(SECRET), "{message}");
}

#[test]
fn a_signature_that_is_none_by_its_form_is_a_mismatch() {
    let request = Request::get("/prod/pets").signed();
    let edits: [fn(&str) -> String; 4] = [
        |it| it[..it.len() - 8].to_owned(),
        |it| format!("{it}00"),
        |it| format!("{}zz", &it[..it.len() - 2]),
        |it| {
            let (start, signature) = it.split_once("Signature=").unwrap();
            format!("{start}Signature={}", signature.to_uppercase())
        },
    ];
    for edit in edits {
        let changed = request.clone().edit("Authorization", edit);
        assert!(is_mismatch(&changed.verify()), "{changed:?}");
    }
}

#[test]
fn the_list_of_signed_headers_must_be_in_its_canonical_form() {
    let request = Request::get("/prod/pets").signed();
    for list in [
        "x-amz-date;host",
        "Host;x-amz-date",
        "host;host;x-amz-date",
        "host;x-amz-date;",
    ] {
        let changed = request
            .clone()
            .edit("Authorization", |it| it.replace("host;x-amz-date", list));
        assert!(is_mismatch(&changed.verify()), "{list}");
    }
}

#[test]
fn the_host_must_be_signed() {
    let request = Request::get("/prod/pets")
        .signed()
        .edit("Authorization", |it| it.replace("host;", ""));
    let refused = request.verify().unwrap_err();
    let expected = "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.";
    assert_eq!(refused.to_string(), expected);
    let missing = Request::get("/prod/pets").signed().without("Host");
    assert!(is_mismatch(&missing.verify()));
}

#[test]
fn an_empty_header_cannot_be_removed() {
    let request = Request::new("GET", "/", &[("X-Empty", "")], "").signed();
    assert!(request.verify().is_ok());
    assert!(is_mismatch(&request.without("X-Empty").verify()));
}

#[test]
fn all_faults_of_the_scope_are_named() {
    let request = |region: &str, service: &str| {
        let signer = Signer::new(credentials(), region, service);
        Request::get("/prod/pets").signed_with(&signer, NOW)
    };
    let region = "Credential should be scoped to a valid region, not 'eu-west-1'. ";
    let service = "Credential should be scoped to correct service: 'execute-api'. ";
    for (request, expected) in [
        (request("eu-west-1", "execute-api"), region.to_owned()),
        (request("us-east-1", "s3"), service.to_owned()),
        (request("eu-west-1", "s3"), format!("{region}{service}")),
        (
            Request::get("/")
                .signed()
                .edit("Authorization", |it| it.replace("aws4_r", "aws5_r")),
            "Credential should be scoped with a valid terminator: 'aws4_request', not \
             'aws5_request'. "
                .to_owned(),
        ),
        (
            Request::get("/")
                .signed()
                .edit("Authorization", |it| it.replace("/20260301/", "/20260228/")),
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from \
             HTTP: '20260228' != '20260301', from '20260301T120000Z'. "
                .to_owned(),
        ),
    ] {
        let refused = request.verify().unwrap_err();
        assert_eq!(refused.to_string(), expected);
        assert_eq!(refused.error_type(), "InvalidSignatureException");
    }
}

#[test]
fn a_signature_in_headers_is_good_for_five_minutes_either_way() {
    for (signed_at, taken) in [
        ("20260301T115500Z", true),
        ("20260301T115459Z", false),
        ("20260301T120500Z", true),
        ("20260301T120501Z", false),
    ] {
        let request = Request::get("/").signed_with(&signer(), signed_at);
        assert_eq!(request.verify().is_ok(), taken, "{signed_at}");
    }
    let verifier = Verifier::new("us-east-1").with_allowed_skew(Duration::from_secs(900));
    let request = Request::get("/").signed_with(&signer(), "20260301T114500Z");
    let key = issued(credentials());
    assert!(request.verify_with(&verifier, Some(&key)).is_ok());
}

#[test]
fn a_signature_in_the_query_is_good_for_as_long_as_it_says() {
    for (signed_at, life, taken) in [
        ("20260301T115500Z", 300, true),
        ("20260301T115459Z", 300, false),
        ("20260222T120000Z", 604_800, true),
        ("20260222T115959Z", 604_800, false),
        ("20260301T115959Z", 1, true),
        ("20260301T115958Z", 1, false),
        ("20260301T120500Z", 1, true),
        ("20260301T120501Z", 604_800, false),
    ] {
        let request = Request::get("/").presigned_with(&signer(), signed_at, life);
        assert_eq!(request.verify().is_ok(), taken, "{signed_at} {life}");
    }
    let request = Request::get("/").presigned_with(&signer(), "20260301T115958Z", 1);
    assert_eq!(
        request.verify().unwrap_err().to_string(),
        "Signature expired: 20260301T115958Z is now earlier than 20260301T115959Z \
         (20260301T120000Z - 1 sec.)"
    );
}

#[test]
fn the_date_header_stands_in_for_x_amz_date() {
    // The vector "get-vanilla" of AWS's first test suite for Signature Version 4.
    let authorization = "AWS4-HMAC-SHA256 \
        Credential=AKIDEXAMPLE/20110909/us-east-1/host/aws4_request, SignedHeaders=date;host, \
        Signature=b27ccfbfa7df52a200ff74193ca6e32d4b48b8856fab7ebf1c595d0670a7e470";
    let dated = [
        ("date", "Mon, 09 Sep 2011 23:36:00 GMT"),
        ("Authorization", authorization),
    ];
    let request = Request::new("GET", "/", &dated, "").edit("Host", |_| "host.foo.com".to_owned());
    let verifier = Verifier::new("us-east-1").with_service("host");
    let now = time("20110909T233600Z");
    let claim = verifier.claim(&request.view(), now).unwrap();
    assert_eq!(claim.signed_at(), now);
    let key = issued(credentials());
    let verified = verifier.verify(claim, &request.payload(), Some(&key));
    assert!(verified.is_ok(), "{verified:?}");

    let request = Request::get("/prod/pets").signed();
    let undated = request.clone().without("X-Amz-Date");
    let message = undated.verify().unwrap_err().to_string();
    let date =
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.";
    assert!(message.contains(date), "{message}");
    let undatable = request.edit("X-Amz-Date", |_| "2026-03-01".to_owned());
    let message = undatable.verify().unwrap_err().to_string();
    assert!(message.contains("Got '2026-03-01'"), "{message}");
}

#[test]
fn a_temporary_key_needs_its_token() {
    let signer = Signer::new(temporary(), "us-east-1", "execute-api");
    let key = issued(temporary());
    let header = Request::get("/prod/pets").signed_with(&signer, NOW);
    let query = Request::get("/prod/pets").presigned_with(&signer, NOW, 300);
    let verifier = Verifier::new("us-east-1");
    let verify = |request: &Request| request.verify_with(&verifier, Some(&key));
    assert!(verify(&header).is_ok());
    assert!(verify(&query).is_ok());
    let mut renamed = query.clone();
    renamed.target = query.target.replace("token", "other");
    for wrong in [
        header.clone().without("X-Amz-Security-Token"),
        header
            .clone()
            .edit("X-Amz-Security-Token", |_| "other".to_owned()),
        header.edit("X-Amz-Security-Token", |_| String::new()),
        renamed,
    ] {
        assert_eq!(
            verify(&wrong),
            Err(SignatureError::WrongSessionToken),
            "{wrong:?}"
        );
    }
    let permanent = Request::get("/").with("X-Amz-Meta", "").signed();
    let with_token = permanent.with("X-Amz-Security-Token", "token");
    assert_eq!(with_token.verify(), Err(SignatureError::WrongSessionToken));
}

#[test]
fn the_token_may_stand_beside_the_signature() {
    let signer = Signer::new(temporary(), "us-east-1", "execute-api").with_session_token_unsigned();
    let verifier = Verifier::new("us-east-1").with_session_token_unsigned();
    let key = issued(temporary());
    for request in [
        Request::get("/prod/pets?a=1").signed_with(&signer, NOW),
        Request::get("/prod/pets?a=1").presigned_with(&signer, NOW, 300),
    ] {
        assert!(request.verify_with(&verifier, Some(&key)).is_ok());
    }
}

#[test]
fn an_expired_key_is_told_so_only_after_its_signature() {
    let verifier = Verifier::new("us-east-1");
    let request = Request::get("/").signed();
    let until = |end: &str| issued(credentials().with_expiry(time(end)));
    assert!(
        request
            .verify_with(&verifier, Some(&until("20260301T120001Z")))
            .is_ok()
    );
    let expired = until(NOW);
    let refused = request.verify_with(&verifier, Some(&expired)).unwrap_err();
    assert_eq!(refused, SignatureError::ExpiredToken);
    assert_eq!(
        refused.to_string(),
        "The security token included in the request is expired"
    );
    let changed = request.with("Host", "other.example.com");
    assert!(is_mismatch(&changed.verify_with(&verifier, Some(&expired))));
}

#[test]
fn an_unknown_key_is_refused_whatever_it_was_signed_with() {
    let verifier = Verifier::new("us-east-1");
    for secret in ["", SECRET] {
        let credentials = Credentials::new("AKIDUNKNOWN", secret);
        let signer = Signer::new(credentials, "us-east-1", "execute-api");
        let request = Request::get("/").signed_with(&signer, NOW);
        let refused = request.verify_with(&verifier, None).unwrap_err();
        assert_eq!(refused, SignatureError::UnknownAccessKey);
        let message = "The security token included in the request is invalid.";
        assert_eq!(refused.to_string(), message);
        // A source that finds another key has found none.
        let other = issued(self::credentials());
        let refused = request.verify_with(&verifier, Some(&other)).unwrap_err();
        assert_eq!(refused, SignatureError::UnknownAccessKey);
    }
}

#[test]
fn a_changed_secret_takes_effect_at_once() {
    let verifier = Verifier::new("us-east-1");
    let request = Request::get("/").signed();
    assert!(
        request
            .verify_with(&verifier, Some(&issued(credentials())))
            .is_ok()
    );
    let changed = issued(Credentials::new("AKIDEXAMPLE", "another"));
    assert!(is_mismatch(&request.verify_with(&verifier, Some(&changed))));
}

#[test]
fn no_signature_is_a_missing_token() {
    for request in [
        Request::get("/"),
        Request::get("/?X-Amz-Date=20260301T120000Z"),
        Request::get("/?x-amz-signature=0"),
    ] {
        let refused = request.verify().unwrap_err();
        assert_eq!(refused.to_string(), "Missing Authentication Token");
        assert_eq!(refused.error_type(), "MissingAuthenticationTokenException");
    }
}

#[test]
fn nothing_may_be_said_twice() {
    let header = Request::get("/").signed();
    let authorization = header.headers.last().unwrap().1.clone();
    for (name, value) in [
        ("authorization", &*authorization),
        ("Authorization", "Bearer abc"),
        ("x-amz-date", NOW),
    ] {
        let refused = header.clone().with(name, value).verify().unwrap_err();
        assert!(
            matches!(refused, SignatureError::Duplicate { .. }),
            "{name}"
        );
    }
    let signer = Signer::new(temporary(), "us-east-1", "execute-api");
    let token = Request::get("/").signed_with(&signer, NOW);
    let refused = token.with("x-amz-security-token", "token+/=").verify();
    assert!(matches!(refused, Err(SignatureError::Duplicate { .. })));

    let query = Request::get("/").presigned();
    for (name, value) in [
        ("Authorization", &*authorization),
        ("authorization", "Bearer abc"),
    ] {
        let refused = query.clone().with(name, value).verify();
        assert_eq!(refused, Err(SignatureError::BothForms));
    }
    let mut in_query = header;
    in_query.target = "/?x-amz-security-token=t".to_owned();
    assert_eq!(in_query.verify(), Err(SignatureError::BothForms));

    let query = Request::get("/").presigned_with(&signer, NOW, 300);
    let refused = query.with("X-Amz-Security-Token", "token+/=").verify();
    assert!(matches!(refused, Err(SignatureError::Duplicate { .. })));
}

#[test]
fn a_signed_hash_of_the_body_must_be_that_of_the_body() {
    let signer = signer().with_content_sha256();
    let request = Request::new("POST", "/", &[], "body").signed_with(&signer, NOW);
    assert!(request.verify().is_ok());
    let mut other = request;
    other.body = "another".to_owned();
    assert!(is_mismatch(&other.verify()));
    // One that is not signed says nothing.
    let beside = Request::new("POST", "/", &[], "body").signed();
    assert!(
        beside
            .with("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")
            .verify()
            .is_ok()
    );
}

#[test]
fn paths_of_one_canonical_form_share_a_signature_unless_the_service_is_s3() {
    let mut same = Request::get("/prod/./a//b").signed();
    same.target = "/prod/a/b".to_owned();
    assert!(same.verify().is_ok());

    let signer = Signer::new(credentials(), "us-east-1", "s3").with_path_style(PathStyle::S3);
    let verifier = Verifier::new("us-east-1")
        .with_service("s3")
        .with_path_style(PathStyle::S3);
    let key = issued(credentials());
    let request = Request::get("/bucket/./a//b%20c").signed_with(&signer, NOW);
    assert!(request.verify_with(&verifier, Some(&key)).is_ok());
    let mut other = request;
    other.target = "/bucket/a/b%20c".to_owned();
    assert!(is_mismatch(&other.verify_with(&verifier, Some(&key))));
}

#[test]
fn limits_hold() {
    let long = "a".repeat(MAX_TARGET_BYTES);
    let refused = Request::get(&long).verify().unwrap_err();
    assert!(matches!(
        refused,
        SignatureError::MissingAuthenticationToken
    ));
    let refused = Request::get(&format!("/{long}")).verify().unwrap_err();
    assert!(matches!(
        refused,
        SignatureError::TooLong {
            limit: MAX_TARGET_BYTES,
            ..
        }
    ));
    let token = "t".repeat(MAX_SESSION_TOKEN_BYTES + 1);
    let request = Request::get("/")
        .signed()
        .with("X-Amz-Security-Token", &token);
    let refused = request.verify().unwrap_err();
    assert!(matches!(refused, SignatureError::TooLong { .. }));
    assert_eq!(refused.error_type(), "IncompleteSignatureException");
}

#[test]
fn what_cannot_be_signed_is_refused() {
    let signer = signer();
    let payload = PayloadHash::of(b"");
    let no_host = SignableRequest::new("GET", "/", []);
    assert_eq!(
        signer.sign(&no_host, &payload, time(NOW)).unwrap_err(),
        SigningError::NoHost
    );
    for signed in [Request::get("/").signed(), Request::get("/").presigned()] {
        let refused = signer
            .sign(&signed.view(), &payload, time(NOW))
            .unwrap_err();
        assert_eq!(refused, SigningError::Signed);
        let refused = signer
            .presign(&signed.view(), &payload, time(NOW), 60)
            .unwrap_err();
        assert_eq!(refused, SigningError::Signed);
    }
    let other = PayloadHash::of(b"another body").to_string();
    let own = payload.to_string();
    for hashes in [vec![&other], vec![&own, &own]] {
        let mut request = Request::get("/");
        for hash in hashes {
            request = request.with("x-amz-content-sha256", hash);
        }
        for signer in [signer.clone(), signer.clone().with_content_sha256()] {
            let refused = signer.sign(&request.view(), &payload, time(NOW));
            assert_eq!(refused.unwrap_err(), SigningError::PayloadHash);
        }
    }
    for seconds in [0, 604_801] {
        let request = Request::get("/");
        let refused = signer
            .presign(&request.view(), &payload, time(NOW), seconds)
            .unwrap_err();
        assert_eq!(refused, SigningError::InvalidExpires { seconds });
    }
}

#[test]
fn nothing_that_signs_a_request_is_printed() {
    let request = Request::get("/prod/pets");
    let signed = signer()
        .sign(&request.view(), &request.payload(), time(NOW))
        .unwrap();
    let presigned = signer()
        .presign(&request.view(), &request.payload(), time(NOW), 60)
        .unwrap();
    let request = request.signed();
    let claim = Verifier::new("us-east-1")
        .claim(&request.view(), time(NOW))
        .unwrap();
    let shown = format!(
        "{:?} {signed:?} {presigned:?} {claim:?} {:?}",
        signer(),
        request.view()
    );
    for hidden in [SECRET, signed.signature(), presigned.signature()] {
        assert!(!shown.contains(hidden), "{shown}");
    }
}

#[test]
fn what_is_no_name_of_a_header_is_not_signed() {
    let headers = [(";s", "1"), ("a;b", "2"), ("", "3"), ("X-Real", "4")];
    let request = Request::new("GET", "/", &headers, "").signed();
    assert!(request.verify().is_ok(), "{:?}", request.verify());
}
