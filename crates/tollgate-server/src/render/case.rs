//! One case: a template with all that it is rendered with.

use tollgate::vtl::{ListStyle, Loader, Map, Profile, PropertyError, Value};

/// What a line of a file of cases asks for.
pub(super) struct Case<'a> {
    pub(super) template: String,
    pub(super) context: Map<'a>,
    pub(super) files: Files<'a>,
    /// Velocity's settings, by name.
    props: Vec<(String, String)>,
}

/// Texts by the names that `#parse` and `#include` know them by.
pub(super) struct Files<'a>(Map<'a>);

impl Loader for Files<'_> {
    fn load(&self, name: &str) -> Option<String> {
        self.0.get(name)?.as_str().map(str::to_owned)
    }
}

/// Reads a line as an object, whose lists print as Java's.
pub(super) fn object(line: &str) -> Result<Map<'_>, String> {
    let value = Value::from_json_str_with(line, ListStyle::Java);
    let value = value.map_err(|error| error.to_string())?;
    let object = value.as_map().cloned();
    object.ok_or_else(|| "expected an object".to_owned())
}

impl<'a> Case<'a> {
    /// The case that an object describes; what is wrong with it otherwise.
    pub(super) fn new(members: &Map<'a>) -> Result<Self, String> {
        let template = members.get("template");
        let template = template.as_ref().and_then(Value::as_str);
        let files = map(members, "files")?;
        if files
            .to_vec()
            .iter()
            .any(|(_, text)| text.as_str().is_none())
        {
            return Err("expected files with strings".to_owned());
        }
        let props = map(members, "props")?.to_vec();
        let props = props.iter().map(|(name, value)| match value {
            Value::Bool(_) | Value::Int(_) | Value::Double(_) | Value::Str(_) => {
                let text = |value: &Value<'_>| value.to_str().ok().map(|text| text.to_string());
                text(name).zip(text(value))
            }
            _ => None,
        });
        let props = props.collect::<Option<_>>();
        Ok(Self {
            template: template
                .ok_or("expected a template, which is a string")?
                .to_owned(),
            context: map(members, "context")?,
            files: Files(files),
            props: props.ok_or("expected props with strings, numbers and booleans")?,
        })
    }

    /// The profile with the settings of the case; and those that are unknown, which are left out.
    pub(super) fn profile(
        &self,
        profile: &Profile,
    ) -> Result<(Profile, Vec<PropertyError>), PropertyError> {
        let mut profile = profile.clone();
        let mut unknown = Vec::new();
        for (name, value) in &self.props {
            match profile.clone().with_property(name, value) {
                Ok(changed) => profile = changed,
                Err(error @ PropertyError::Unknown { .. }) => unknown.push(error),
                Err(error) => return Err(error),
            }
        }
        Ok((profile, unknown))
    }
}

/// A member that is an object, or an empty one in its stead.
fn map<'a>(members: &Map<'a>, name: &str) -> Result<Map<'a>, String> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Map(map)) => Ok(map),
        Some(_) => Err(format!("expected a {name} member with an object")),
    }
}
