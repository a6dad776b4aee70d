//! Velocity's own settings, by name.

use std::str::FromStr;

use thiserror::Error;

use super::{Profile, SpaceGobbling, Syntax};

/// Why a setting does not change a [`Profile`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PropertyError {
    /// No setting that changes how templates run has this name.
    #[error("unknown setting {name:?}")]
    Unknown {
        /// The name.
        name: String,
    },
    /// The setting cannot have this value.
    #[error("{name} is {value:?}, expected {expected}")]
    Value {
        /// Name of the setting.
        name: String,
        /// The value.
        value: String,
        /// What would be right.
        expected: &'static str,
    },
}

impl Profile {
    /// The same flavour with one of Velocity's own settings, as `velocity.properties` names them.
    ///
    /// | Velocity 2.x | Velocity 1.7 | value |
    /// |---|---|---|
    /// | `runtime.interpolate_string_literals` | `runtime.interpolate.string.literals` | switch |
    /// | `runtime.strict_math` | `runtime.strict.math` | switch |
    /// | `runtime.strict_mode.enable` | `runtime.references.strict` | switch |
    /// | `directive.if.empty_check` | | switch |
    /// | `directive.foreach.max_loops` | `directive.foreach.maxloops` | rounds; below 1: no bound |
    /// | `directive.foreach.skip_invalid` | `directive.foreach.skip.invalid` | switch |
    /// | `directive.parse.max_depth` | `directive.parse.max.depth` | levels, from 1 |
    /// | `velocimacro.inline.allow` | `velocimacro.permissions.allow.inline` | switch |
    /// | `velocimacro.arguments.strict` | the same | switch |
    /// | `velocimacro.max_depth` | `velocimacro.max.depth` | levels, from 1 |
    /// | `parser.space_gobbling` | | `none`, `bc`, `lines`, `structured` |
    /// | `parser.allow_hyphen_in_identifiers` | | switch |
    ///
    /// A switch is `true`, `on`, `yes` or `false`, `off`, `no`, in upper or lower case. Both
    /// spellings of a setting work in every flavour. What a version does not know, it ignores as
    /// Velocity does: the last two and the check for emptiness change nothing in Velocity 1.7 and
    /// Amazon API Gateway, though their values must be right there too. The two depths are fields of
    /// [`Limits`](crate::Limits); unlike in Velocity they cannot be lifted.
    ///
    /// ```
    /// use tollgate_vtl::{Profile, PropertyError, Template};
    ///
    /// let profile = Profile::velocity2().with_property("directive.foreach.max_loops", "2")?;
    /// let profile = profile.with_property("runtime.strict_math", "true")?;
    ///
    /// let wrong = profile.with_property("runtime.strict_math", "2").unwrap_err();
    /// let expected = r#"runtime.strict_math is "2", expected true or false"#;
    /// assert_eq!(wrong.to_string(), expected);
    /// # Ok::<(), PropertyError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`PropertyError`] for a name that is not in the table, and for a value that does not fit.
    pub fn with_property(mut self, name: &str, value: &str) -> Result<Self, PropertyError> {
        let setting = Setting { name, value };
        let is_2 = self.rules.syntax != Syntax::V17;
        let rules = &mut self.rules;
        match name {
            "runtime.interpolate_string_literals" | "runtime.interpolate.string.literals" => {
                rules.interpolates = setting.switch()?;
            }
            "runtime.strict_math" | "runtime.strict.math" => {
                rules.strict_math = setting.switch()?;
            }
            "runtime.strict_mode.enable" | "runtime.references.strict" => {
                rules.strict_references = setting.switch()?;
            }
            "directive.if.empty_check" => {
                let checks = setting.switch()?;
                rules.empty_is_false = checks && is_2;
            }
            "directive.foreach.max_loops" | "directive.foreach.maxloops" => {
                rules.max_rounds = setting.rounds()?;
            }
            "directive.foreach.skip_invalid" | "directive.foreach.skip.invalid" => {
                rules.skips_invalid = setting.switch()?;
            }
            "directive.parse.max_depth" | "directive.parse.max.depth" => {
                self.limits.parse_depth = setting.depth()?;
            }
            "velocimacro.inline.allow" | "velocimacro.permissions.allow.inline" => {
                rules.macros = setting.switch()?;
            }
            "velocimacro.arguments.strict" => rules.strict_macros = setting.switch()?,
            "velocimacro.max_depth" | "velocimacro.max.depth" => {
                self.limits.macro_depth = setting.depth()?;
            }
            "parser.space_gobbling" => return Ok(self.with_space_gobbling(value.parse()?)),
            "parser.allow_hyphen_in_identifiers" => {
                rules.syntax = match (rules.syntax, setting.switch()?) {
                    (Syntax::V17, _) => Syntax::V17,
                    (_, true) => Syntax::V2Hyphens,
                    (_, false) => Syntax::V2,
                };
            }
            _ => {
                let name = name.to_owned();
                return Err(PropertyError::Unknown { name });
            }
        }
        Ok(self)
    }
}

/// The names of Velocity's setting `parser.space_gobbling`, in upper or lower case.
impl FromStr for SpaceGobbling {
    type Err = PropertyError;

    fn from_str(text: &str) -> Result<Self, PropertyError> {
        let setting = Setting {
            name: "parser.space_gobbling",
            value: text,
        };
        match setting.word().as_str() {
            "none" => Ok(Self::None),
            "bc" => Ok(Self::BackwardCompatible),
            "lines" => Ok(Self::Lines),
            "structured" => Ok(Self::Structured),
            _ => Err(setting.wrong("none, bc, lines or structured")),
        }
    }
}

/// A setting as it is given.
#[derive(Clone, Copy)]
struct Setting<'s> {
    name: &'s str,
    value: &'s str,
}

impl Setting<'_> {
    fn word(self) -> String {
        self.value.trim().to_ascii_lowercase()
    }

    fn switch(self) -> Result<bool, PropertyError> {
        match self.word().as_str() {
            "true" | "on" | "yes" => Ok(true),
            "false" | "off" | "no" => Ok(false),
            _ => Err(self.wrong("true or false")),
        }
    }

    /// A bound on rounds, of which there is none below 1.
    fn rounds(self) -> Result<Option<usize>, PropertyError> {
        let rounds = self.whole()?;
        Ok(usize::try_from(rounds).ok().filter(|rounds| *rounds > 0))
    }

    /// A depth, which must stay bounded for the sake of the stack.
    fn depth(self) -> Result<usize, PropertyError> {
        let depth = usize::try_from(self.whole()?).ok();
        depth
            .filter(|depth| *depth > 0)
            .ok_or_else(|| self.wrong("a whole number from 1"))
    }

    /// A whole number of the size that Velocity reads.
    fn whole(self) -> Result<i32, PropertyError> {
        let number = self.value.trim().parse();
        number.map_err(|_| self.wrong("a whole number"))
    }

    fn wrong(self, expected: &'static str) -> PropertyError {
        PropertyError::Value {
            name: self.name.to_owned(),
            value: self.value.to_owned(),
            expected,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(profile: Profile, name: &str, value: &str) -> Profile {
        profile
            .with_property(name, value)
            .unwrap_or_else(|error| panic!("{error}"))
    }

    fn flavours() -> [Profile; 3] {
        [
            Profile::velocity2(),
            Profile::velocity17(),
            Profile::api_gateway(),
        ]
    }

    #[test]
    fn both_spellings_work_in_every_flavour() {
        type Read = fn(&Profile) -> bool;
        let switches: [(&[&str], Read); 6] = [
            (
                &[
                    "runtime.interpolate_string_literals",
                    "runtime.interpolate.string.literals",
                ],
                |profile| profile.rules.interpolates,
            ),
            (&["runtime.strict_math", "runtime.strict.math"], |profile| {
                profile.rules.strict_math
            }),
            (
                &["runtime.strict_mode.enable", "runtime.references.strict"],
                |profile| profile.rules.strict_references,
            ),
            (
                &[
                    "directive.foreach.skip_invalid",
                    "directive.foreach.skip.invalid",
                ],
                |profile| profile.rules.skips_invalid,
            ),
            (
                &[
                    "velocimacro.inline.allow",
                    "velocimacro.permissions.allow.inline",
                ],
                |profile| profile.rules.macros,
            ),
            (&["velocimacro.arguments.strict"], |profile| {
                profile.rules.strict_macros
            }),
        ];
        for (names, read) in switches {
            for name in names {
                for profile in flavours() {
                    for (value, expected) in [("true", true), ("OFF", false), (" yes ", true)] {
                        let profile = with(profile.clone(), name, value);
                        assert_eq!(read(&profile), expected, "{name} {value}");
                    }
                }
            }
        }
    }

    #[test]
    fn bounds_are_numbers() {
        for (value, expected) in [("3", Some(3)), ("0", None), ("-1", None)] {
            for name in ["directive.foreach.max_loops", "directive.foreach.maxloops"] {
                let profile = with(Profile::velocity2(), name, value);
                assert_eq!(profile.rules.max_rounds, expected, "{name} {value}");
            }
        }
        for (macros, parse) in [
            ("velocimacro.max_depth", "directive.parse.max_depth"),
            ("velocimacro.max.depth", "directive.parse.max.depth"),
        ] {
            let profile = with(Profile::velocity17(), macros, "7");
            let limits = *with(profile, parse, "8").limits();
            assert_eq!((limits.macro_depth, limits.parse_depth), (7, 8));
        }
    }

    #[test]
    fn velocity_17_ignores_what_it_does_not_know() {
        let settings = [
            ("directive.if.empty_check", "true"),
            ("parser.allow_hyphen_in_identifiers", "false"),
            ("parser.space_gobbling", "none"),
        ];
        for (name, value) in settings {
            for profile in [Profile::velocity17(), Profile::api_gateway()] {
                let before = format!("{profile:?}");
                let after = with(profile, name, value);
                assert_eq!(format!("{after:?}"), before, "{name}");
                assert!(after.with_property(name, "?").is_err(), "{name}");
            }
        }
    }

    #[test]
    fn velocity_2_knows_them() {
        let profile = with(Profile::velocity2(), "directive.if.empty_check", "false");
        assert!(!profile.rules.empty_is_false);
        let hyphens = "parser.allow_hyphen_in_identifiers";
        let profile = with(profile, hyphens, "true");
        assert_eq!(profile.rules.syntax, Syntax::V2Hyphens);
        assert_eq!(with(profile, hyphens, "false").rules.syntax, Syntax::V2);
        for (value, gobbling) in [
            ("none", SpaceGobbling::None),
            ("BC", SpaceGobbling::BackwardCompatible),
            ("lines", SpaceGobbling::Lines),
            ("structured", SpaceGobbling::Structured),
        ] {
            let profile = with(Profile::velocity2(), "parser.space_gobbling", value);
            assert_eq!(profile.rules.gobbling, gobbling);
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (name, value, expected) in [
            (
                "input.encoding",
                "UTF-8",
                r#"unknown setting "input.encoding""#,
            ),
            (
                "runtime.strict.math",
                "1",
                r#"runtime.strict.math is "1", expected true or false"#,
            ),
            (
                "directive.foreach.maxloops",
                "many",
                r#"directive.foreach.maxloops is "many", expected a whole number"#,
            ),
            (
                "velocimacro.max.depth",
                "0",
                r#"velocimacro.max.depth is "0", expected a whole number from 1"#,
            ),
            (
                "parser.space_gobbling",
                "",
                r#"parser.space_gobbling is "", expected none, bc, lines or structured"#,
            ),
        ] {
            let error = Profile::velocity2().with_property(name, value).unwrap_err();
            assert_eq!(error.to_string(), expected);
        }
    }
}
