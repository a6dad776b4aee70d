//! A small object mapped to another.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::Value as Json;

use crate::contest::{Typed, text};

pub(crate) const TERA: &str = include_str!("jinja/object.tera");
pub(crate) const MINIJINJA: &str = include_str!("jinja/object.jinja");

#[derive(Deserialize, askama::Template)]
#[template(
    ext = "txt",
    source = r#"{
  "key": {{ person.key }},
  "title": "{{ person.given }} {{ person.family }}",
  "mail": "{{ person.mail }}",
  "mobile": "{{ person.mobile }}",
  "road": "{{ person.home.road }}",
  "town": "{{ person.home.town }}",
  "code": "{{ person.home.code }}",
  "member": {{ person.member }},
  "rating": {{ person.rating }},
  "note": "{{ person.note }}"
}"#
)]
pub(crate) struct Object<'j> {
    #[serde(borrow)]
    person: Person<'j>,
}

#[derive(Deserialize)]
struct Person<'j> {
    key: u32,
    #[serde(borrow)]
    given: Cow<'j, str>,
    #[serde(borrow)]
    family: Cow<'j, str>,
    #[serde(borrow)]
    mail: Cow<'j, str>,
    #[serde(borrow)]
    mobile: Cow<'j, str>,
    #[serde(borrow)]
    home: Home<'j>,
    member: bool,
    rating: f64,
    #[serde(borrow)]
    note: Cow<'j, str>,
}

#[derive(Deserialize)]
struct Home<'j> {
    #[serde(borrow)]
    road: Cow<'j, str>,
    #[serde(borrow)]
    town: Cow<'j, str>,
    #[serde(borrow)]
    code: Cow<'j, str>,
}

impl<'j> Typed<'j> for Object<'j> {
    fn write(&self, out: &mut String) {
        let person = &self.person;
        // Writing to a `String` cannot fail.
        let _ = write!(out, "{{\n  \"key\": {},\n  \"title\": \"", person.key);
        out.push_str(&person.given);
        out.push(' ');
        out.push_str(&person.family);
        for (name, text) in [
            ("mail", &person.mail),
            ("mobile", &person.mobile),
            ("road", &person.home.road),
            ("town", &person.home.town),
            ("code", &person.home.code),
        ] {
            out.push_str("\",\n  \"");
            out.push_str(name);
            out.push_str("\": \"");
            out.push_str(text);
        }
        out.push_str("\",\n  \"member\": ");
        out.push_str(if person.member { "true" } else { "false" });
        let _ = write!(out, ",\n  \"rating\": {},\n  \"note\": \"", person.rating);
        out.push_str(&person.note);
        out.push_str("\"\n}");
    }

    fn write_untyped(data: &Json, out: &mut String) {
        let person = &data["person"];
        let home = &person["home"];
        // Writing to a `String` cannot fail.
        let _ = write!(out, "{{\n  \"key\": {},\n  \"title\": \"", person["key"]);
        out.push_str(text(&person["given"]));
        out.push(' ');
        out.push_str(text(&person["family"]));
        for (name, value) in [
            ("mail", &person["mail"]),
            ("mobile", &person["mobile"]),
            ("road", &home["road"]),
            ("town", &home["town"]),
            ("code", &home["code"]),
        ] {
            out.push_str("\",\n  \"");
            out.push_str(name);
            out.push_str("\": \"");
            out.push_str(text(value));
        }
        let (member, rating) = (&person["member"], &person["rating"]);
        let _ = write!(out, "\",\n  \"member\": {member},\n  \"rating\": {rating}");
        out.push_str(",\n  \"note\": \"");
        out.push_str(text(&person["note"]));
        out.push_str("\"\n}");
    }
}
