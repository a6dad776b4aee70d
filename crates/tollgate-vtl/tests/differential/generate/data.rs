//! What templates are rendered with.

use serde_json::{Map, Value, json};

use super::Generator;
use crate::case::Flavour;

impl Generator {
    pub(super) fn context(&mut self) -> Map<String, Value> {
        let mut pick = |values: Value| {
            let values = values.as_array().expect("a choice");
            values[self.random.below(values.len())].clone()
        };
        let context = json!({
            "a": pick(json!(["A", "Ada Lovelace", "x,y,,z", "1"])),
            "b": pick(json!(["b", "", " ", "42", "-7", "4.5", "true", "null", "$a", "#if"])),
            "u": pick(json!(["é", "naïve 😀", "\u{3b1}\u{3b2}", "a\nb", "say \"hi\"", "it's", "\\"])),
            "n": pick(json!([0, 1, 2, 3, -1, 7])),
            "big": pick(json!([2_147_483_647, -2_147_483_648, 2_147_483_648_i64, i64::MAX, u64::MAX])),
            "d": pick(json!([0.0, 1.0, 2.5, -0.5, 1e7, 12_345_678.9, 0.001, 0.0001, 1e21])),
            "t": true,
            "f": false,
            "nul": null,
            "l": pick(json!([[], [1, 2, 3], ["x"], ["b", "a", "b"], [1, "1", 1.0, true, null]])),
            "ll": pick(json!([[[1, 2], [3]], [[], ["x", null]], [{"k": 1}, {"k": 2}, {}]])),
            "m": pick(json!([
                {},
                {"k": "v"},
                {"k": 1, "j": null, "l": [1, 2]},
                {"k": {"k": {"k": "deep"}}, "size": 9},
                {"k": "v", "a-b": "hyphen", "1": "one"},
            ])),
        });
        context.as_object().expect("an object").clone()
    }

    /// Files for `#parse` and `#include`, where there are such.
    pub(super) fn files(&mut self) -> Map<String, Value> {
        if self.is_api_gateway() || !self.random.percent(25) {
            return Map::new();
        }
        self.has_files = true;
        let end = self.random.pick(&["", "\n", "\r\n"]);
        let one = self.body(1) + end;
        let two = self.template();
        let files = json!({"one.vm": one, "two.vm": two});
        files.as_object().expect("an object").clone()
    }

    /// Settings, for a few cases.
    pub(super) fn props(&mut self) -> Map<String, Value> {
        let strict = "runtime.references.strict";
        let props = match (self.flavour, self.random.below(100)) {
            (Flavour::V2, 0..=5) => json!({"parser.space_gobbling": "structured"}),
            (Flavour::V2, 6..=9) => json!({"parser.space_gobbling": "none"}),
            (Flavour::V2, 10..=13) => json!({"parser.space_gobbling": "bc"}),
            (Flavour::V2, 14 | 15) => json!({"directive.if.empty_check": false}),
            (Flavour::V2, 16 | 17) => json!({"parser.allow_hyphen_in_identifiers": true}),
            (Flavour::V2, 18..=20) => json!({strict: true, "runtime.strict_mode.enable": true}),
            (Flavour::V17, 0..=2) => json!({strict: true, "runtime.strict_mode.enable": true}),
            (Flavour::V17 | Flavour::V2, 21) => json!({"velocimacro.arguments.strict": true}),
            (Flavour::V17 | Flavour::V2, 22) => {
                json!({"runtime.strict.math": true, "runtime.strict_math": true})
            }
            (Flavour::V17 | Flavour::V2, 23) => {
                json!({"directive.foreach.maxloops": "2", "directive.foreach.max_loops": "2"})
            }
            (Flavour::V17 | Flavour::V2, 24) => json!({
                "runtime.interpolate.string.literals": false,
                "runtime.interpolate_string_literals": false,
            }),
            (Flavour::V17 | Flavour::V2, 25) => json!({
                "directive.foreach.skip.invalid": false,
                "directive.foreach.skip_invalid": false,
            }),
            _ => json!({}),
        };
        props.as_object().expect("an object").clone()
    }
}
