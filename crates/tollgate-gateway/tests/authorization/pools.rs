//! A user pool, and the server that has its keys.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::api::NOW;

pub(crate) const POOL: &str =
    "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_AbCdEf";
pub(crate) const ISSUER: &str = "https://pool.test/us-east-1_AbCdEf";

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// The key of the pool.
fn pair() -> &'static RsaKeyPair {
    static PAIR: OnceLock<RsaKeyPair> = OnceLock::new();
    PAIR.get_or_init(|| RsaKeyPair::generate(KeySize::Rsa2048).expect("it has room"))
}

/// A token of the pool, with these claims besides the usual ones; `null` takes one away.
pub(crate) fn token(token_use: &str, members: Value) -> String {
    let claims = json!({
        "iss": ISSUER, "token_use": token_use, "sub": "ada",
        "iat": NOW - 60, "exp": NOW + 3_600
    });
    let mut claims = crate::api::with(claims, members);
    let members = claims.as_object_mut().expect("it is an object");
    members.retain(|_, value| !value.is_null());
    signed(&json!({ "alg": "RS256", "kid": "key-1" }), &claims)
}

pub(crate) fn signed(header: &Value, claims: &Value) -> String {
    let (header, claims) = (encoded(header.to_string()), encoded(claims.to_string()));
    let message = format!("{header}.{claims}");
    let mut signature = vec![0; pair().public_modulus_len()];
    pair()
        .sign(
            &RSA_PKCS1_SHA256,
            &SystemRandom::new(),
            message.as_bytes(),
            &mut signature,
        )
        .expect("it signs");
    format!("{message}.{}", encoded(signature))
}

/// A server of a key set.
#[derive(Clone)]
pub(crate) struct Jwks {
    pub(crate) address: SocketAddr,
    fetches: Arc<AtomicUsize>,
}

impl Jwks {
    /// A server of the pool's keys; it ends with its runtime.
    pub(crate) async fn start() -> Self {
        // `RSAPublicKey` of RFC 8017: a sequence of the modulus, whose 256 bytes stand behind a zero,
        // and the exponent 65,537.
        let public = pair().public_key().as_ref();
        let modulus = &public[public.len() - 5 - 256..public.len() - 5];
        let key = json!({ "kty": "RSA", "kid": "key-1", "alg": "RS256", "use": "sig",
                          "n": encoded(modulus), "e": "AQAB" });
        let keys = json!({ "keys": [key] }).to_string();
        Self::answering(format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{keys}",
            keys.len()
        ))
        .await
    }

    /// A server of this answer.
    pub(crate) async fn answering(answer: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("the loopback works");
        let address = listener.local_addr().expect("the loopback works");
        let fetches = Arc::new(AtomicUsize::new(0));
        let count = fetches.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::Relaxed);
                let answer = answer.clone();
                tokio::spawn(async move {
                    let mut request = Vec::new();
                    let mut part = [0; 1024];
                    while !request.ends_with(b"\r\n\r\n") {
                        match stream.read(&mut part).await {
                            Ok(read) if read > 0 => request.extend_from_slice(&part[..read]),
                            _ => return,
                        }
                    }
                    // A client that has enough may go.
                    drop(stream.write_all(answer.as_bytes()).await);
                });
            }
        });
        Self { address, fetches }
    }

    pub(crate) fn fetches(&self) -> usize {
        self.fetches.load(Ordering::Relaxed)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/keys", self.address)
    }
}
