//! Certificates that endpoints are shown.

use std::time::Duration;

use rcgen::{CertificateParams, DnType, KeyPair};
use serde_json::Value;
use tollgate_deploy::check_tags;
use tollgate_model::{ClientCertificate, Timestamp};
use tollgate_store::{Entity, EntityKey};

use crate::call::Call;
use crate::error::{ControlError, ErrorKind, Result};
use crate::operation::{Operation, delete, get, patch, post};
use crate::outcome::Outcome;
use crate::page::list;
use crate::patch::{Edit, REPLACE, Row, Style, Table, row};
use crate::shape::{Member, Shape, TEXT_MAP, optional};

use crate::texts::NO_CLIENT_CERTIFICATE;
use crate::view::{Shown, show_tags, wire};

const ALL: &str = "/clientcertificates";
const ONE: &str = "/clientcertificates/{clientcertificate_id}";

pub(super) const OPERATIONS: &[Operation] = &[
    post("GenerateClientCertificate", ALL, MEMBERS, create),
    get("GetClientCertificates", ALL, list_all),
    get("GetClientCertificate", ONE, read),
    patch("UpdateClientCertificate", ONE, update),
    delete("DeleteClientCertificate", ONE, remove),
];

const MEMBERS: &[Member] = &[
    optional("description", Shape::Text),
    optional("tags", TEXT_MAP),
];

const TABLE: Table<ClientCertificate> = Table {
    style: Style::Loose,
    rows: ROWS,
};

const ROWS: &[Row<ClientCertificate>] = &[row(
    "/description",
    REPLACE,
    Edit::Text(|certificate| &mut certificate.description),
)];

/// How long a certificate is valid (AWS documentation).
const VALIDITY: Duration = Duration::from_secs(365 * 86_400);

/// Whose certificates they are.
const COMMON_NAME: &str = "ApiGateway";

fn create(call: &Call<'_>) -> Result<Outcome> {
    let input = call.input();
    let id = call.new_id(6, |id| call.state.client_certificate(id).is_some());
    let (certificate, key) = generated(call.now).map_err(|error| {
        ControlError::new(
            ErrorKind::Internal,
            format!("no certificate could be made: {error}"),
        )
    })?;
    let mut certificate = ClientCertificate::new(id, certificate, key);
    certificate.home = Some(call.home.clone());
    certificate.description = input.some_text("description");
    certificate.created_date = call.now;
    let expires = call.now.seconds().saturating_add(VALIDITY.as_secs());
    certificate.expiration_date = Timestamp::from_seconds(expires);
    certificate.tags = input.map("tags");
    check_tags(&certificate.tags)?;
    let reply = show(&certificate, Shown::Created);
    let entity = Entity::ClientCertificate(certificate);
    Ok(Outcome::put(entity, reply))
}

/// A certificate that its own key signs, and the key, in PEM.
fn generated(now: Timestamp) -> std::result::Result<(String, String), rcgen::Error> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, COMMON_NAME);
    let begins = rcgen::date_time_ymd(1970, 1, 1) + Duration::from_secs(now.seconds());
    params.not_before = begins;
    params.not_after = begins + VALIDITY;
    let certificate = params.self_signed(&key)?;
    Ok((certificate.pem(), key.serialize_pem()))
}

fn list_all(call: &Call<'_>) -> Result<Outcome> {
    let certificates = call.state.client_certificates();
    list(
        call,
        certificates.filter(|one| call.is_here(one.home.as_ref())),
        |one| one.client_certificate_id.clone(),
        |one| show(one, Shown::Listed),
    )
}

fn read(call: &Call<'_>) -> Result<Outcome> {
    Ok(Outcome::reply(show(named(call)?, Shown::Alone)))
}

fn update(call: &Call<'_>) -> Result<Outcome> {
    let mut certificate = named(call)?.clone();
    TABLE.apply(call, &mut certificate)?;
    let reply = show(&certificate, Shown::Alone);
    let entity = Entity::ClientCertificate(certificate);
    Ok(Outcome::put(entity, reply))
}

/// One that a stage shows stays.
fn remove(call: &Call<'_>) -> Result<Outcome> {
    let id = &named(call)?.client_certificate_id;
    let apis = call.state.apis().filter_map(|api| api.id.as_ref());
    let mut stages = apis.flat_map(|api| call.state.stages(api).map(move |stage| (api, stage)));
    let shown = stages.find(|(_, stage)| stage.client_certificate_id.as_ref() == Some(id));
    if let Some((api, stage)) = shown {
        let stage = &stage.stage_name;
        return Err(ControlError::bad_request(format!(
            "client certificate {id} is that of the stage {api}:{stage}"
        )));
    }
    let id = id.as_str().into();
    Ok(Outcome::remove(EntityKey::ClientCertificate(id)))
}

fn named<'a>(call: &Call<'a>) -> Result<&'a ClientCertificate> {
    let id = call.label("clientcertificate_id");
    let certificate = call.state.client_certificate(id);
    let here = certificate.filter(|one| call.is_here(one.home.as_ref()));
    here.ok_or_else(|| ControlError::not_found(NO_CLIENT_CERTIFICATE))
}

/// Never with its key.
fn show(certificate: &ClientCertificate, shown: Shown) -> Value {
    let mut members = wire(certificate);
    members.remove("home");
    members.remove("privateKey");
    show_tags(&mut members, &certificate.tags, shown);
    Value::Object(members)
}
