//! Laws of signing and verifying, over requests of any kind.

use proptest::prelude::*;
use tollgate_iam::sigv4::{
    Authenticated, Credentials, IssuedKey, PathStyle, PayloadHash, Principal, SignableRequest,
    SignatureError, Signer, Timestamp, Verifier,
};

#[derive(Clone, Debug)]
struct Request {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl Request {
    fn target(&self) -> String {
        if self.query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, self.query)
        }
    }

    fn view<'a>(&'a self, target: &'a str) -> SignableRequest<'a> {
        let headers = self.headers.iter();
        SignableRequest::new(
            &self.method,
            target,
            headers.map(|(name, value)| (&**name, &**value)),
        )
    }

    fn payload(&self) -> PayloadHash {
        PayloadHash::of(&self.body)
    }
}

/// How a request is signed.
#[derive(Clone, Copy, Debug)]
struct Way {
    in_query: bool,
    path_style: PathStyle,
    with_token: bool,
    with_hash: bool,
}

impl Way {
    fn credentials(self) -> Credentials {
        let credentials = Credentials::new("AKIDEXAMPLE", "secret/+EXAMPLE");
        if self.with_token {
            credentials.with_session_token("to/ken+==")
        } else {
            credentials
        }
    }

    fn sign(self, mut request: Request) -> Request {
        let mut signer = Signer::new(self.credentials(), "us-east-1", "execute-api")
            .with_path_style(self.path_style);
        if self.with_hash {
            signer = signer.with_content_sha256();
        }
        let (target, payload) = (request.target(), request.payload());
        if self.in_query {
            let presigned = signer.presign(&request.view(&target), &payload, now(), 300);
            let presigned = presigned.expect("a request to sign");
            let (_, query) = presigned.target().split_once('?').expect("a query");
            request.query = query.to_owned();
        } else {
            let signed = signer
                .sign(&request.view(&target), &payload, now())
                .expect("a request to sign");
            for (name, value) in signed.headers() {
                request.headers.push((name.to_owned(), value.into()));
            }
        }
        request
    }

    fn verify(self, request: &Request) -> Result<Authenticated, SignatureError> {
        let verifier = Verifier::new("us-east-1").with_path_style(self.path_style);
        let alice = Principal::new("arn:aws:iam::123456789012:user/alice");
        let key = IssuedKey::new(self.credentials(), alice);
        let target = request.target();
        let view = request.view(&target);
        let claim = verifier.claim(&view, now())?;
        verifier.verify(claim, &request.payload(), Some(&key))
    }
}

fn now() -> Timestamp {
    "20260301T120000Z".parse().expect("a time")
}

fn any_way() -> impl Strategy<Value = Way> {
    let style = prop_oneof![
        Just(PathStyle::Normalized),
        Just(PathStyle::AsSent),
        Just(PathStyle::S3)
    ];
    (any::<[bool; 3]>(), style).prop_map(|([in_query, with_token, with_hash], path_style)| Way {
        in_query,
        path_style,
        with_token,
        with_hash,
    })
}

fn any_request() -> impl Strategy<Value = Request> {
    let header = (
        "[A-Wa-w][A-Za-z0-9-]{0,9}",
        prop::collection::vec(any::<u8>(), 0..20),
    );
    (
        "[A-Z]{1,7}",
        "/[a-z/.%\\PC&&[^?]]{0,12}",
        "([a-w%][a-z%+ \\PC]{0,5}=?[a-z%+=]{0,5}&?){0,5}",
        prop::collection::vec(header, 0..5),
        prop::collection::vec(any::<u8>(), 0..40),
    )
        .prop_map(|(method, path, query, mut headers, body)| {
            // These names mean something to signatures.
            let special = ["authorization", "date"];
            headers.retain(|(name, _)| !special.iter().any(|it| it.eq_ignore_ascii_case(name)));
            headers.push(("Host".to_owned(), b"api.example.com".to_vec()));
            Request {
                method,
                path,
                query,
                headers,
                body,
            }
        })
}

/// A request whose every character means something of its own.
fn plain_request() -> impl Strategy<Value = Request> {
    let header = ("x-[a-z]{1,5}", "[!-~]{1,9}".prop_map(String::into_bytes));
    (
        "[A-Z]{1,7}",
        "(/[a-z0-9]{1,5}){1,3}",
        "[a-w]{1,4}=[a-z0-9]{1,4}(&[a-w]{1,4}=[a-z0-9]{1,4}){0,2}",
        prop::collection::vec(header, 1..3),
        prop::collection::vec(any::<u8>(), 1..9),
    )
        .prop_map(|(method, path, query, mut headers, body)| {
            headers.insert(0, ("host".to_owned(), b"api.example.com".to_vec()));
            Request {
                method,
                path,
                query,
                headers,
                body,
            }
        })
}

proptest! {
    #[test]
    fn what_is_signed_verifies(request in any_request(), way in any_way()) {
        let signed = way.sign(request);
        prop_assert!(way.verify(&signed).is_ok(), "{:?}", way.verify(&signed));
    }

    #[test]
    fn no_byte_of_what_is_signed_can_be_changed(
        request in plain_request(),
        way in any_way(),
        part in 0..5_usize,
        at: prop::sample::Index,
    ) {
        let own_headers = request.headers.len();
        let own_query = request.query.len();
        let mut changed = way.sign(request);
        match part {
            0 => change(&mut changed.method, at),
            1 => change_after_slash(&mut changed.path, at),
            2 => {
                let (own, rest) = changed.query.split_at(own_query);
                let (mut own, rest) = (own.to_owned(), rest.to_owned());
                change(&mut own, at);
                changed.query = own + &rest;
            }
            3 => {
                let header = &mut changed.headers[at.index(own_headers)].1;
                let at = at.index(header.len());
                header[at] = if header[at] == b'a' { b'b' } else { b'a' };
            }
            _ => {
                let at = at.index(changed.body.len());
                changed.body[at] ^= 1;
            }
        }
        let refused = way.verify(&changed);
        prop_assert!(matches!(refused, Err(SignatureError::Mismatch(_))), "{changed:?}");
    }

    #[test]
    fn no_digit_of_a_signature_can_be_changed(way in any_way(), at in 0..64_usize) {
        let request = Request {
            method: "GET".to_owned(),
            path: "/prod/pets".to_owned(),
            query: String::new(),
            headers: vec![("host".to_owned(), b"api.example.com".to_vec())],
            body: Vec::new(),
        };
        let mut changed = way.sign(request);
        let text = if way.in_query {
            &mut changed.query
        } else {
            let value = changed.headers.pop().unwrap().1;
            changed.headers.push(("Authorization".to_owned(), Vec::new()));
            changed.query = String::from_utf8(value).unwrap();
            &mut changed.query
        };
        let at = text.len() - 64 + at;
        let other = if text.as_bytes()[at] == b'0' { "1" } else { "0" };
        text.replace_range(at..=at, other);
        if !way.in_query {
            let value = std::mem::take(&mut changed.query);
            changed.headers.last_mut().unwrap().1 = value.into();
        }
        let refused = way.verify(&changed);
        prop_assert!(matches!(refused, Err(SignatureError::Mismatch(_))), "{refused:?}");
    }

    #[test]
    fn no_request_breaks_a_verifier(
        method in "\\PC{0,5}",
        target in "\\PC{0,20}|/\\?(X-Amz-[A-Z][a-z]{0,9}=[^&]{0,20}&){0,7}",
        headers in prop::collection::vec(
            (
                "Authorization|X-Amz-Date|Host|x-amz-security-token|\\PC{0,5}",
                prop_oneof![
                    any::<Vec<u8>>(),
                    "AWS4-HMAC-SHA256 Credential=([a-z0-9]{0,8}/?){0,6}, SignedHeaders=[a-z;]{0,9}, \
                     Signature=[0-9a-f]{0,64}".prop_map(String::into_bytes),
                    "2026030[0-9]T1[0-9]{5}Z".prop_map(String::into_bytes),
                ],
            ),
            0..6,
        ),
    ) {
        let headers = headers.iter().map(|(name, value)| (&**name, &**value));
        let request = SignableRequest::new(&method, &target, headers);
        let verifier = Verifier::new("us-east-1");
        if let Ok(claim) = verifier.claim(&request, now()) {
            let refused = verifier.verify(claim, &PayloadHash::of(b""), None);
            prop_assert_eq!(refused, Err(SignatureError::UnknownAccessKey));
        }
    }
}

/// Puts another letter for one that is no sign between others.
fn change(text: &mut String, at: prop::sample::Index) {
    let letters = text.char_indices();
    let letters: Vec<(usize, char)> = letters
        .filter(|(_, it)| it.is_ascii_alphanumeric())
        .collect();
    let (at, letter) = letters[at.index(letters.len())];
    // Not an x: the query's names must not become those of a signature's parameters.
    let other = match letter {
        'b' => "c",
        upper if upper.is_ascii_uppercase() => "q",
        _ => "b",
    };
    text.replace_range(at..=at, other);
}

fn change_after_slash(path: &mut String, at: prop::sample::Index) {
    let mut rest = path.split_off(1);
    change(&mut rest, at);
    path.push_str(&rest);
}
