//! The tags of what can have some.

use indexmap::IndexMap;
use serde_json::{Value, json};
use tollgate_core::ApiId;
use tollgate_deploy::check_tags;
use tollgate_model::Home;
use tollgate_store::{Change, Entity, EntityKey};

use super::domain_name::name::find;
use crate::arn::Arn;
use crate::call::Call;
use crate::error::{ControlError, Result};
use crate::operation::{Operation, delete, get, put};
use crate::outcome::Outcome;
use crate::shape::{Member, TEXT_MAP, required};

use crate::texts::{
    NO_API_KEY, NO_CLIENT_CERTIFICATE, NO_DOMAIN_NAME, NO_STAGE, NO_USAGE_PLAN, NO_VPC_LINK,
};

const ONE: &str = "/tags/{resource_arn}";

pub(super) const OPERATIONS: &[Operation] = &[
    put("TagResource", ONE, MEMBERS, tag).answering(204),
    get("GetTags", ONE, read),
    delete("UntagResource", ONE, untag).answering(204),
];

const MEMBERS: &[Member] = &[required("tags", TEXT_MAP)];

type Tags = IndexMap<String, String>;

fn read(call: &Call<'_>) -> Result<Outcome> {
    let mut entity = named(call)?;
    let tags = tags(&mut entity).map(|(_, tags)| std::mem::take(tags));
    let tags = tags.unwrap_or_default();
    let tags: serde_json::Map<_, Value> = tags
        .into_iter()
        .map(|(key, value)| (key, value.into()))
        .collect();
    Ok(Outcome::reply(json!({ "tags": tags })))
}

fn tag(call: &Call<'_>) -> Result<Outcome> {
    change(call, |tags| {
        tags.extend(call.input().map("tags"));
        Ok(check_tags(tags)?)
    })
}

/// Keys come one an argument, or several with commas between them; keys have none.
fn untag(call: &Call<'_>) -> Result<Outcome> {
    let keys: Vec<_> = call
        .queries("tagKeys")
        .flat_map(|keys| keys.split(','))
        .filter(|key| !key.is_empty())
        .collect();
    if keys.is_empty() {
        return Err(ControlError::bad_request("tagKeys: expected a key"));
    }
    change(call, |tags| {
        tags.retain(|key, _| !keys.contains(&key.as_str()));
        Ok(())
    })
}

fn change(call: &Call<'_>, change: impl FnOnce(&mut Tags) -> Result<()>) -> Result<Outcome> {
    let mut entity = named(call)?;
    if let Some((_, tags)) = tags(&mut entity) {
        change(tags)?;
    }
    Ok(Outcome::silent(vec![Change::Put(entity)]))
}

/// What the path's ARN names.
///
/// # Errors
///
/// 400 where it is no ARN of such a thing, and 404 where that is not here.
fn named(call: &Call<'_>) -> Result<Entity> {
    let arn = Arn::of(call.label("resource_arn")).filter(|arn| arn.service == "apigateway");
    let arn = arn.ok_or_else(invalid)?;
    let (key, missing) = key(arn.resource, call).ok_or_else(invalid)?;
    let missing = || ControlError::not_found(missing.clone());
    let Home {
        account_id, region, ..
    } = call.home;
    let is_here = (arn.partition, arn.region) == (region.partition(), region.as_str())
        && (arn.account.is_empty() || arn.account == account_id.as_str());
    let mut entity = call.state.entity(&key).cloned().ok_or_else(missing)?;
    let of_api = key.api().and_then(|api| call.state.api(api)?.home.as_ref());
    let of_itself = tags(&mut entity).and_then(|(home, _)| home);
    let is_here = is_here && call.is_here(of_itself.or(of_api));
    let is_it = match &entity {
        Entity::DomainName(domain) => {
            let id = arn.resource.split_once('+').map(|(_, id)| id);
            id.is_none_or(|id| domain.domain_name_id.as_deref() == Some(id))
        }
        _ => true,
    };
    if is_here && is_it {
        Ok(entity)
    } else {
        Err(missing())
    }
}

fn invalid() -> ControlError {
    ControlError::bad_request("Invalid ARN specified in the request")
}

/// The record that a path names, and what is said where it is not there.
fn key(path: &str, call: &Call<'_>) -> Option<(EntityKey, String)> {
    let parts: Vec<_> = path.strip_prefix('/')?.split('/').collect();
    Some(match parts.as_slice() {
        ["restapis", api] => {
            let account = &call.home.account_id;
            let missing = format!("Invalid API identifier specified {account}:{api}");
            (EntityKey::RestApi(ApiId::new(*api)), missing)
        }
        ["restapis", api, "stages", stage] => {
            let stage = stage.parse().ok()?;
            let key = EntityKey::Stage(ApiId::new(*api), stage);
            (key, NO_STAGE.to_owned())
        }
        ["usageplans", id] => (EntityKey::UsagePlan((*id).into()), NO_USAGE_PLAN.to_owned()),
        ["apikeys", id] => (EntityKey::ApiKey((*id).into()), NO_API_KEY.to_owned()),
        ["domainnames", name] => {
            // That of a private name has its id.
            let name = name.split_once('+').map_or(*name, |(name, _)| name);
            let name = find(call, name).map_or(name, |known| known.domain_name.as_str());
            let key = EntityKey::DomainName(name.into());
            (key, NO_DOMAIN_NAME.to_owned())
        }
        ["vpclinks", id] => (EntityKey::VpcLink((*id).into()), NO_VPC_LINK.to_owned()),
        ["clientcertificates", id] => {
            let key = EntityKey::ClientCertificate((*id).into());
            (key, NO_CLIENT_CERTIFICATE.to_owned())
        }
        _ => return None,
    })
}

/// The home, unless it is that of its API, and the tags of what can have some.
fn tags(entity: &mut Entity) -> Option<(Option<&Home>, &mut Tags)> {
    Some(match entity {
        Entity::RestApi(one) => (one.home.as_ref(), &mut one.tags),
        Entity::Stage(_, one) => (None, &mut one.tags),
        Entity::UsagePlan(one) => (one.home.as_ref(), &mut one.tags),
        Entity::ApiKey(one) => (one.home.as_ref(), &mut one.tags),
        Entity::DomainName(one) => (one.home.as_ref(), &mut one.tags),
        Entity::VpcLink(one) => (one.home.as_ref(), &mut one.tags),
        Entity::ClientCertificate(one) => (one.home.as_ref(), &mut one.tags),
        _ => return None,
    })
}
