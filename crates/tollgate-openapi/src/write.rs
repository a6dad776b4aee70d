//! From the value of a document back to a text.

mod json;
#[cfg(feature = "yaml")]
mod yaml;

use serde_json::{Number, Value};

use crate::place::Place;
use crate::source::{START, Source};

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notation {
    /// JSON.
    Json,
    /// YAML.
    Yaml,
}

impl Notation {
    /// The notation in which [`import`](crate::import) reads a text: JSON where it begins with `{`.
    ///
    /// ```
    /// use tollgate_openapi::Notation;
    ///
    /// assert_eq!(Notation::of(" {\"openapi\": \"3.0.1\"}"), Notation::Json);
    /// assert_eq!(Notation::of("openapi: 3.0.1"), Notation::Yaml);
    /// ```
    #[must_use]
    pub fn of(text: &str) -> Self {
        Source::new(text).notation()
    }
}

/// Writes a value in the notation of the text that it was read from.
///
/// Members keep their order, and numbers the form in which they are written there: the version
/// `1.10` is another than `1.1`. What has no place in that text is written in its shortest form.
pub(crate) fn write(value: &Value, place: &Place, source: Source<'_>) -> String {
    write_as(source.notation(), value, place, Numbers { source })
}

/// Writes a value that was read from no text.
pub(crate) fn write_new(value: &Value, notation: Notation) -> String {
    let source = Source::new("{}");
    write_as(notation, value, &Place::new(START), Numbers { source })
}

fn write_as(notation: Notation, value: &Value, place: &Place, numbers: Numbers<'_>) -> String {
    let mut text = match notation {
        Notation::Json => json::write(value, place, numbers),
        #[cfg(feature = "yaml")]
        Notation::Yaml => yaml::write(value, place, numbers),
        // Nothing in this notation could be read.
        #[cfg(not(feature = "yaml"))]
        Notation::Yaml => json::write(value, place, numbers),
    };
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// How numbers are written in the source.
#[derive(Clone, Copy)]
struct Numbers<'t> {
    source: Source<'t>,
}

impl Numbers<'_> {
    fn text(self, number: &Number, place: Option<&Place>) -> String {
        let written = place.and_then(|place| self.source.number(place));
        // A value that was put in another's place is not what is written there.
        let written = written.filter(|text| text.parse::<f64>().ok() == number.as_f64());
        written.map_or_else(|| number.to_string(), str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn again(text: &str) -> String {
        let source = Source::new(text);
        let (value, place) = source.read().expect("the text is a document");
        let written = write(&value, &place, source);
        let (same, _) = Source::new(&written).read().expect("it can be read again");
        assert_eq!(same, value, "{written}");
        written
    }

    #[test]
    fn json_stays_as_it_is_but_for_blanks() {
        for text in [
            "{}\n",
            "{\n  \"b\": [],\n  \"a\": [\n    1.10,\n    -2e3,\n    {}\n  ],\n  \"t\": \"\\u0000 ü \\\"\"\n}\n",
        ] {
            assert_eq!(again(text), text);
        }
        assert_eq!(
            again("{\"a\":{\"b\":null}}"),
            "{\n  \"a\": {\n    \"b\": null\n  }\n}\n"
        );
    }

    #[cfg(feature = "yaml")]
    #[test]
    fn yaml_stays_as_it_is_but_for_comments_and_quotes() {
        let text = "\
openapi: 3.0.1
info:
  title: Pets & more
  version: 1.10
paths:
  /pets/{id}:
    get:
      tags:
        - a
        - name: b
          list:
            - - 1
              - {}
            - []
      responses:
        \"200\":
          description: \"yes\"
      template: |-
        #set($x = 1)
          {\"a\": $x}
      ended: |
        one
      more: |+
        two

      arn: arn:aws:lambda:eu-central-1:1:function:x/invocations
      fixed: \"'*'\"
      odd: \" : #\\u0007\\u0085\"
      flag: true
      nothing: null
";
        assert_eq!(again(text), text);
        assert_eq!(
            again("a: 1.10 # of this\nb: &x {c: 0x10}\nd: *x\ne: 007\nf: no\n"),
            "a: 1.10\nb:\n  c: 16\nd:\n  c: 16\ne: \"007\"\nf: \"no\"\n"
        );
    }
}
