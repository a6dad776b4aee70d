//! Verifying a request with a body of 1 KiB, beside the hashing that no verifier can leave out: one
//! SHA-256 of the body, one of the canonical request, and one HMAC of the string to sign. The HMAC
//! takes its key anew in `hashes`; in `hashes-prepared` that is done beforehand, as the verifier does
//! it for all requests of a day.

use std::hint::black_box;

use criterion::Criterion;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use tollgate_iam::sigv4::{
    Authenticated, Credentials, IssuedKey, PayloadHash, Principal, SignableRequest, SignatureError,
    Signed, Signer, Timestamp, Verifier,
};

const GROUP: &str = "sigv4";
const TARGET: &str = "/prod/pets/7?limit=10&type=dog";
const HEADERS: [(&str, &str); 6] = [
    ("host", "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com"),
    ("accept", "*/*"),
    ("accept-encoding", "gzip, deflate, br"),
    ("content-type", "application/json"),
    ("content-length", "1024"),
    ("user-agent", "bench/1.0"),
];

fn main() {
    let body = [b'x'; 1024];
    let now: Timestamp = "20260301T120000Z".parse().expect("a time");
    let credentials = Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    let alice = Principal::new("arn:aws:iam::123456789012:user/alice");
    let key = IssuedKey::new(credentials.clone(), alice);
    let signer = Signer::new(credentials, "us-east-1", "execute-api");
    let unsigned = SignableRequest::new("POST", TARGET, own_headers());
    let signed = signer.sign(&unsigned, &PayloadHash::of(&body), now);
    let signed = signed.expect("a request to sign");
    let signed = &signed;
    let verify = |verifier: &Verifier| -> Result<Authenticated, SignatureError> {
        let headers = own_headers().chain(added_headers(signed));
        let request = SignableRequest::new("POST", black_box(TARGET), headers);
        let claim = verifier.claim(&request, now)?;
        let payload = PayloadHash::of(black_box(&body));
        verifier.verify(claim, &payload, Some(&key))
    };
    let verifier = Verifier::new("us-east-1");
    verify(&verifier).expect("the signature is right");

    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group(GROUP);
    group.bench_function("verify", |bencher| bencher.iter(|| verify(&verifier)));
    group.bench_function("verify-uncached", |bencher| {
        bencher.iter_batched_ref(
            || Verifier::new("us-east-1"),
            |verifier| verify(verifier),
            criterion::BatchSize::SmallInput,
        );
    });
    let mac = || Hmac::<Sha256>::new_from_slice(black_box(&[7; 32])).expect("HMAC takes any key");
    let prepared = mac();
    let (canonical, to_sign) = (signed.canonical_request(), signed.string_to_sign());
    group.bench_function("hashes", |bencher| {
        bencher.iter(|| {
            let (body, canonical) = (black_box(&body), black_box(canonical));
            hashes(body, canonical, mac(), black_box(to_sign))
        });
    });
    group.bench_function("hashes-prepared", |bencher| {
        bencher.iter(|| {
            let (body, canonical) = (black_box(&body), black_box(canonical));
            hashes(
                body,
                canonical,
                black_box(prepared.clone()),
                black_box(to_sign),
            )
        });
    });
    group.finish();
    criterion.final_summary();

    for ours in ["verify", "verify-uncached"] {
        tollgate_bench::print_ratios(GROUP, ours, &["hashes", "hashes-prepared"]);
    }
}

fn own_headers<'a>() -> impl Iterator<Item = (&'a str, &'a [u8])> {
    HEADERS
        .iter()
        .map(|(name, value)| (*name, value.as_bytes()))
}

fn added_headers(signed: &Signed) -> impl Iterator<Item = (&str, &[u8])> {
    signed
        .headers()
        .map(|(name, value)| (name, value.as_bytes()))
}

fn hashes(body: &[u8], canonical: &str, mut mac: Hmac<Sha256>, to_sign: &str) -> [[u8; 32]; 3] {
    mac.update(to_sign.as_bytes());
    [
        Sha256::digest(body).into(),
        Sha256::digest(canonical).into(),
        mac.finalize().into_bytes().into(),
    ]
}
