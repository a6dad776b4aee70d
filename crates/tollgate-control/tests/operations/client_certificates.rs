//! Client certificates.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use rcgen::{KeyPair, PublicKeyData as _};
use serde_json::json;
use tollgate_model::Stage;
use tollgate_store::{Change, Entity};

use crate::support::{Plane, patches};

/// The bytes within a PEM.
fn der(pem: &str) -> Vec<u8> {
    let lines = pem.lines().filter(|line| !line.starts_with("-----"));
    let text: String = lines.collect();
    BASE64_STANDARD.decode(text).expect("it is base 64")
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[tokio::test]
async fn a_certificate_is_made_read_changed_and_removed() {
    let plane = Plane::new();
    let body = json!({"description": "to pets"});
    let created = plane.done(201, "POST", "/clientcertificates", body).await;
    let id = created["clientCertificateId"].as_str().expect("it has one");
    let pem = created["pemEncodedCertificate"]
        .as_str()
        .expect("it has one");
    let mut expected = json!({
        "clientCertificateId": id,
        "description": "to pets",
        "pemEncodedCertificate": pem,
        "createdDate": 0,
        "expirationDate": 31_536_000,
    });
    assert_eq!(created, expected);
    let state = plane.store.load().await.expect("it is in memory");
    let kept = state.client_certificate(id).expect("it is kept");
    let key = KeyPair::from_pem(&kept.private_key).expect("it is a key");
    let der = der(pem);
    assert!(contains(&der, key.der_bytes()), "it is another key");
    // From 1970-01-01 to 1971-01-01.
    assert!(contains(&der, b"700101000000Z") && contains(&der, b"710101000000Z"));

    let all = plane
        .done(200, "GET", "/clientcertificates", json!(null))
        .await;
    assert_eq!(all, json!({"item": [expected]}));
    expected["tags"] = json!({});
    let path = format!("/clientcertificates/{id}");
    assert_eq!(plane.done(200, "GET", &path, json!(null)).await, expected);
    let operations = patches([("replace", "/description", "to dogs")]);
    expected["description"] = json!("to dogs");
    let changed = plane.done(200, "PATCH", &path, operations).await;
    assert_eq!(changed, expected);
    let answer = plane
        .ask("PATCH", &path, patches([("replace", "/privateKey", "")]))
        .await;
    answer.refused(400, "BadRequestException", "Invalid patch path /privateKey");
    plane.done(202, "DELETE", &path, json!(null)).await;
    for verb in ["GET", "PATCH", "DELETE"] {
        let answer = plane.ask(verb, &path, json!(null)).await;
        let message = "Invalid Client Certificate identifier specified";
        answer.refused(404, "NotFoundException", message);
    }
    plane.is_empty().await;
}

#[tokio::test]
async fn one_that_a_stage_shows_stays() {
    let plane = Plane::new();
    let made = plane
        .done(201, "POST", "/clientcertificates", json!({}))
        .await;
    let id = made["clientCertificateId"].as_str().expect("it has one");
    let (api, _) = plane.new_api().await;
    let mut stage = Stage::new("prod".parse().expect("it is a name"));
    stage.client_certificate_id = Some(id.to_owned());
    let put = Change::Put(Entity::Stage(api.as_str().into(), stage));
    let revision = plane
        .store
        .load()
        .await
        .expect("it is in memory")
        .revision();
    let done = plane.store.commit(revision, &[put]).await;
    done.expect("nobody else writes");
    let path = format!("/clientcertificates/{id}");
    let answer = plane.ask("DELETE", &path, json!(null)).await;
    let message = format!("client certificate {id} is that of the stage {api}:prod");
    answer.refused(400, "BadRequestException", &message);
}
