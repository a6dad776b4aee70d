//! What this crate makes of a case.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tollgate_vtl::{
    CallError, LimitExceeded, ListStyle, Profile, RenderErrorKind, Template, Value,
};

use crate::case::{Case, Flavour, Outcome};

/// Renders; `None` if a bound was met that Velocity does not have.
///
/// # Errors
///
/// The message of a panic.
pub(crate) fn render(case: &Case, flavour: Flavour) -> Result<Option<Outcome>, String> {
    catch_unwind(AssertUnwindSafe(|| answer(case, flavour))).map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        text.unwrap_or("a panic").to_owned()
    })
}

fn answer(case: &Case, flavour: Flavour) -> Option<Outcome> {
    let Ok(template) = Template::parse(&case.template, &profile(case, flavour)) else {
        return Some(Outcome::Error);
    };
    let json = serde_json::to_string(&case.context).expect("data is JSON");
    // Velocity's data are Java collections, whose lists do not print as JSON.
    let context = Value::from_json_str_with(&json, ListStyle::Java).expect("data is JSON");
    let context = context.as_map().expect("data is an object");
    let files: BTreeMap<String, String> = case
        .files
        .iter()
        .map(|(name, text)| (name.clone(), text.as_str().expect("a text").to_owned()))
        .collect();
    match template.render_with(context, &files) {
        Ok(text) => Some(Outcome::Text(text)),
        Err(error) => match error.kind() {
            RenderErrorKind::Limit(LimitExceeded::MacroDepth(_)) => Some(Outcome::Error),
            RenderErrorKind::Limit(_) | RenderErrorKind::ContainsItself => None,
            RenderErrorKind::Call {
                error: CallError::Limit(_) | CallError::ContainsItself,
                ..
            } => None,
            _ => Some(Outcome::Error),
        },
    }
}

fn profile(case: &Case, flavour: Flavour) -> Profile {
    let mut profile = match flavour {
        Flavour::V17 => Profile::velocity17(),
        Flavour::V2 => Profile::velocity2(),
        Flavour::ApiGateway => Profile::api_gateway(),
    };
    for (name, value) in &case.props {
        let value = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        let set = profile.with_property(name, &value);
        profile = set.unwrap_or_else(|error| panic!("{error}"));
    }
    profile
}
