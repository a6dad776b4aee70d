//! JSON, indented by two blanks.

use serde_json::Value;

use super::Numbers;
use crate::place::Place;

pub(super) fn write(value: &Value, place: &Place, numbers: Numbers<'_>) -> String {
    let mut writer = Writer {
        numbers,
        out: String::new(),
    };
    writer.value(value, Some(place), 0);
    writer.out
}

struct Writer<'t> {
    numbers: Numbers<'t>,
    out: String,
}

impl Writer<'_> {
    fn value(&mut self, value: &Value, place: Option<&Place>, depth: usize) {
        match value {
            Value::Object(members) if !members.is_empty() => {
                self.out.push('{');
                for (index, (name, member)) in members.iter().enumerate() {
                    self.line(index, depth + 1);
                    self.out.push_str(&Value::from(name.as_str()).to_string());
                    self.out.push_str(": ");
                    let place = place.and_then(|place| place.member(name));
                    self.value(member, place, depth + 1);
                }
                self.end('}', depth);
            }
            Value::Array(elements) if !elements.is_empty() => {
                self.out.push('[');
                for (index, element) in elements.iter().enumerate() {
                    self.line(index, depth + 1);
                    let place = place.and_then(|place| place.element(index));
                    self.value(element, place, depth + 1);
                }
                self.end(']', depth);
            }
            Value::Number(number) => self.out.push_str(&self.numbers.text(number, place)),
            value => self.out.push_str(&value.to_string()),
        }
    }

    /// Begins the line of a part, after those before it.
    fn line(&mut self, before: usize, depth: usize) {
        if before > 0 {
            self.out.push(',');
        }
        self.out.push('\n');
        self.out.push_str(&"  ".repeat(depth));
    }

    fn end(&mut self, bracket: char, depth: usize) {
        self.out.push('\n');
        self.out.push_str(&"  ".repeat(depth));
        self.out.push(bracket);
    }
}
