//! Any request in front of a verifier, and any request signed and verified.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use tollgate_iam::sigv4::{
    Credentials, IssuedKey, PathStyle, PayloadHash, Principal, SignableRequest, SignatureError,
    Signer, Timestamp, Verifier,
};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    method: &'a str,
    path: &'a str,
    query: &'a str,
    headers: Vec<(&'a str, &'a [u8])>,
    body: &'a [u8],
    seconds: u32,
    way: Way<'a>,
}

#[derive(Arbitrary, Debug)]
enum Way<'a> {
    /// As it is.
    Unsigned,
    /// With parameters of any kind in the header.
    Header {
        credential: &'a str,
        signed_headers: &'a str,
        signature: &'a str,
        date: &'a str,
    },
    /// With parameters of any kind in the query.
    Query {
        credential: &'a str,
        signed_headers: &'a str,
        expires: u32,
        date: &'a str,
    },
    Signed {
        style: u8,
        token: Option<&'a str>,
        hash: bool,
    },
    Presigned {
        style: u8,
        token: Option<&'a str>,
        expires: u32,
    },
}

fuzz_target!(|input: Input<'_>| {
    let now = Timestamp::from_unix(std::time::Duration::from_secs(u64::from(input.seconds)));
    let target = format!("/{}?{}", input.path, input.query);
    let payload = PayloadHash::of(input.body);
    let mut headers = input.headers.clone();
    match input.way {
        Way::Unsigned => refuse(&input, &target, headers, now),
        Way::Header {
            credential,
            signed_headers,
            signature,
            date,
        } => {
            let authorization = format!(
                "AWS4-HMAC-SHA256 Credential={credential}/us-east-1/execute-api/aws4_request, \
                 SignedHeaders={signed_headers}, Signature={signature}"
            );
            headers.push(("authorization", authorization.as_bytes()));
            headers.push(("x-amz-date", date.as_bytes()));
            refuse(&input, &target, headers, now);
        }
        Way::Query {
            credential,
            signed_headers,
            expires,
            date,
        } => {
            let target = format!(
                "{target}&X-Amz-Algorithm=AWS4-HMAC-SHA256\
                 &X-Amz-Credential={credential}/us-east-1/execute-api/aws4_request\
                 &X-Amz-SignedHeaders={signed_headers}&X-Amz-Expires={expires}\
                 &X-Amz-Date={date}&X-Amz-Signature=0"
            );
            refuse(&input, &target, headers, now);
        }
        Way::Signed { style, token, hash } => {
            let (mut signer, verifier, key) = pair(style, token);
            if hash {
                signer = signer.with_content_sha256();
            }
            headers.push(("host", b"api.example.com"));
            let request = SignableRequest::new(input.method, &target, headers.clone());
            let Ok(signed) = signer.sign(&request, &payload, now) else {
                return;
            };
            headers.extend(
                signed
                    .headers()
                    .map(|(name, value)| (name, value.as_bytes())),
            );
            let request = SignableRequest::new(input.method, &target, headers);
            check(&verifier, &request, &payload, &key, now);
        }
        Way::Presigned {
            style,
            token,
            expires,
        } => {
            let (signer, verifier, key) = pair(style, token);
            headers.push(("host", b"api.example.com"));
            let request = SignableRequest::new(input.method, &target, headers.clone());
            let Ok(presigned) = signer.presign(&request, &payload, now, expires) else {
                return;
            };
            let request = SignableRequest::new(input.method, presigned.target(), headers);
            check(&verifier, &request, &payload, &key, now);
        }
    }
});

fn refuse(input: &Input<'_>, target: &str, headers: Vec<(&str, &[u8])>, now: Timestamp) {
    let request = SignableRequest::new(input.method, target, headers);
    let (_, verifier, key) = pair(0, None);
    let payload = PayloadHash::of(input.body);
    let verified = verifier
        .claim(&request, now)
        .and_then(|claim| verifier.verify(claim, &payload, Some(&key)));
    assert!(
        !verified
            .expect_err("nobody signed it")
            .to_string()
            .is_empty()
    );
}

/// What was signed verifies, but for what only the verifier bounds.
fn check(
    verifier: &Verifier,
    request: &SignableRequest<'_>,
    payload: &PayloadHash,
    key: &IssuedKey,
    now: Timestamp,
) {
    match verifier.claim(request, now) {
        // A header's name may be no name, and so stand for two, or for none.
        Err(SignatureError::TooLong { .. } | SignatureError::Duplicate { .. }) => {}
        Err(error) => panic!("{error}: {error:?}"),
        Ok(claim) => {
            if let Err(error) = verifier.verify(claim, payload, Some(key)) {
                panic!("{error}");
            }
        }
    }
    let other = PayloadHash::of(b"another body");
    if other != *payload
        && let Ok(claim) = verifier.claim(request, now)
    {
        assert!(verifier.verify(claim, &other, Some(key)).is_err());
    }
}

fn pair(style: u8, token: Option<&str>) -> (Signer, Verifier, IssuedKey) {
    let style = match style % 3 {
        0 => PathStyle::Normalized,
        1 => PathStyle::AsSent,
        _ => PathStyle::S3,
    };
    let mut credentials = Credentials::new("AKIDEXAMPLE", "secret");
    if let Some(token) = token.filter(|token| token.trim() == *token && !token.is_empty()) {
        credentials = credentials.with_session_token(token);
    }
    let signer = Signer::new(credentials.clone(), "us-east-1", "execute-api");
    let verifier = Verifier::new("us-east-1");
    let alice = Principal::new("arn:aws:iam::123456789012:user/alice");
    (
        signer.with_path_style(style),
        verifier.with_path_style(style),
        IssuedKey::new(credentials, alice),
    )
}
