//! Links into private networks.

use serde_json::Value;
use tollgate_deploy::check_tags;
use tollgate_model::{VpcLink, VpcLinkStatus};
use tollgate_store::{Entity, EntityKey};

use crate::arn;
use crate::call::Call;
use crate::error::{ControlError, Result};
use crate::operation::{Operation, delete, get, patch, post};
use crate::outcome::Outcome;
use crate::page::list;
use crate::patch::{Edit, REPLACE, Row, Style, Table, Target, row};
use crate::shape::{Member, Shape, TEXT_MAP, TEXTS, optional, required};

use crate::texts::NO_VPC_LINK;
use crate::view::{Shown, show_tags, wire};

const ALL: &str = "/vpclinks";
const ONE: &str = "/vpclinks/{vpclink_id}";

pub(super) const OPERATIONS: &[Operation] = &[
    post("CreateVpcLink", ALL, MEMBERS, create).answering(202),
    get("GetVpcLinks", ALL, list_all),
    get("GetVpcLink", ONE, read),
    patch("UpdateVpcLink", ONE, update),
    delete("DeleteVpcLink", ONE, remove),
];

const MEMBERS: &[Member] = &[
    required("name", Shape::Text),
    optional("description", Shape::Text),
    required("targetArns", TEXTS),
    optional("tags", TEXT_MAP),
];

const TABLE: Table<VpcLink> = Table {
    style: Style::Loose,
    rows: ROWS,
};

const ROWS: &[Row<VpcLink>] = &[
    row("/name", REPLACE, Edit::With(set_name)),
    row(
        "/description",
        REPLACE,
        Edit::Text(|link| &mut link.description),
    ),
];

/// What there is to say about a link that can be used.
const READY: &str = "Your vpc link is ready for use";

/// It can be used as soon as it is there; the answer alone says that it is being made (recorded).
fn create(call: &Call<'_>) -> Result<Outcome> {
    let input = call.input();
    let id = call.new_id(6, |id| call.state.vpc_link(id).is_some());
    let mut link = VpcLink::new(id, input.text("name").unwrap_or_default());
    link.home = Some(call.home.clone());
    link.description = input.some_text("description");
    link.target_arns = input.texts("targetArns");
    link.tags = input.map("tags");
    check_tags(&link.tags)?;
    check_name(&link)?;
    let [target] = link.target_arns.as_slice() else {
        let count = link.target_arns.len();
        return Err(ControlError::bad_request(format!(
            "targetArns: expected one load balancer, and there are {count}"
        )));
    };
    if !arn::is_well_formed(target) {
        return Err(ControlError::bad_request(format!(
            "Invalid ARN. ARN is not well formed {target}"
        )));
    }
    let reply = show(&link, Shown::Created);
    link.status = VpcLinkStatus::Available;
    link.status_message = Some(READY.to_owned());
    Ok(Outcome::put(Entity::VpcLink(link), reply))
}

fn check_name(link: &VpcLink) -> Result<()> {
    if link.name.is_empty() {
        return Err(ControlError::bad_request("Name cannot be empty"));
    }
    Ok(())
}

fn list_all(call: &Call<'_>) -> Result<Outcome> {
    let links = call.state.vpc_links();
    list(
        call,
        links.filter(|link| call.is_here(link.home.as_ref())),
        |link| link.id.clone(),
        |link| show(link, Shown::Listed),
    )
}

fn read(call: &Call<'_>) -> Result<Outcome> {
    Ok(Outcome::reply(show(named(call)?, Shown::Alone)))
}

fn update(call: &Call<'_>) -> Result<Outcome> {
    let mut link = named(call)?.clone();
    TABLE.apply(call, &mut link)?;
    check_name(&link)?;
    let reply = show(&link, Shown::Alone);
    Ok(Outcome::put(Entity::VpcLink(link), reply))
}

fn remove(call: &Call<'_>) -> Result<Outcome> {
    let id = named(call)?.id.as_str().into();
    Ok(Outcome::remove(EntityKey::VpcLink(id)))
}

fn named<'a>(call: &Call<'a>) -> Result<&'a VpcLink> {
    let link = call.state.vpc_link(call.label("vpclink_id"));
    let here = link.filter(|link| call.is_here(link.home.as_ref()));
    here.ok_or_else(|| ControlError::not_found(NO_VPC_LINK))
}

fn show(link: &VpcLink, shown: Shown) -> Value {
    let mut members = wire(link);
    members.remove("home");
    show_tags(&mut members, &link.tags, shown);
    Value::Object(members)
}

fn set_name(link: &mut VpcLink, target: &Target<'_>) -> Result<()> {
    target.value().clone_into(&mut link.name);
    Ok(())
}
