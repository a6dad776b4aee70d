//! References in all forms.

use super::Generator;

/// Names of values, and of some that do not exist.
pub(super) const NAMES: &[&str] = &[
    "a",
    "b",
    "u",
    "n",
    "big",
    "d",
    "t",
    "f",
    "nul",
    "l",
    "ll",
    "m",
    "x",
    "y",
    "i",
    "j",
    "undef",
    "foreach",
    "velocityCount",
];

impl Generator {
    /// A reference to print or to use as an operand.
    pub(super) fn reference(&mut self, depth: usize) -> String {
        let path = self.path(depth);
        self.dressed(&path)
    }

    fn dressed(&mut self, path: &str) -> String {
        match self.random.below(12) {
            0..=5 => format!("${path}"),
            6 | 7 => format!("$!{path}"),
            8 | 9 => format!("${{{path}}}"),
            10 => format!("$!{{{path}}}"),
            _ if self.is_v2() => {
                let other = self.expression(1);
                format!("${{{path}|{other}}}")
            }
            _ => format!("${path}"),
        }
    }

    /// A name and what follows it, without dollar and braces.
    pub(super) fn path(&mut self, depth: usize) -> String {
        let name = self.random.pick(NAMES);
        let mut path = match name {
            "l" | "ll" => name.to_owned() + &self.list_step(depth),
            "m" => name.to_owned() + &self.map_step(depth),
            "a" | "b" | "u" => name.to_owned() + &self.string_step(depth),
            "n" | "big" | "d" => name.to_owned() + self.number_step(),
            "foreach" => {
                let property = self
                    .random
                    .pick(&["index", "count", "hasNext", "first", "last"]);
                let from = self.random.pick(&["", "", "", ".parent", ".topmost"]);
                format!("foreach{from}.{property}")
            }
            "velocityCount" => name.to_owned(),
            _ => name.to_owned() + &self.any_step(depth),
        };
        if depth > 0 && self.random.percent(12) {
            path += &self.any_step(depth - 1);
        }
        path
    }

    fn any_step(&mut self, depth: usize) -> String {
        match self.random.below(10) {
            0 => self.list_step(depth),
            1 => self.map_step(depth),
            2 => self.string_step(depth),
            3 => self
                .random
                .pick(&[".k", ".none", ".k.k", "-b", ".a-b", ".toString()"])
                .to_owned(),
            _ => String::new(),
        }
    }

    fn list_step(&mut self, depth: usize) -> String {
        if depth == 0 || self.random.percent(40) {
            return self
                .random
                .pick(&["", "", "[0]", ".size()", ".isEmpty()", ".empty"])
                .to_owned();
        }
        let argument = self.argument(depth - 1);
        match self.random.below(11) {
            0 => format!("[{argument}]"),
            1 => self
                .random
                .pick(&["[-1]", "[9]", "[0][0]", "['0']", ".0", "[ 0 ]"])
                .to_owned(),
            2 => format!(".add({argument})"),
            3 => format!(".get({})", self.random.pick(&["0", "1", "9", "-1", "'0'"])),
            4 => format!(".contains({argument})"),
            5 => format!(".indexOf({argument})"),
            6 => format!(
                ".remove({})",
                self.random.pick(&["0", "'b'", "9", "$n", "$b"])
            ),
            7 => format!(".set(0, {argument})"),
            8 => format!(".subList(0, {})", self.random.pick(&["0", "1", "$n"])),
            9 => format!(".add(0,{argument})"),
            _ => format!(".equals({argument})"),
        }
    }

    fn map_step(&mut self, depth: usize) -> String {
        if depth == 0 || self.random.percent(40) {
            return self
                .random
                .pick(&[
                    "",
                    ".k",
                    ".k.k",
                    ".none",
                    "['k']",
                    ".size()",
                    ".a-b",
                    ".keySet()",
                    ".j",
                    ".1",
                ])
                .to_owned();
        }
        let argument = self.argument(depth - 1);
        let key = self
            .random
            .pick(&["'k'", "'j'", "'none'", "$a", "\"k\"", "'new'", "1"]);
        match self.random.below(10) {
            0 => format!("[{key}]"),
            1 => format!(".get({key})"),
            2 | 3 => format!(".put({key}, {argument})"),
            4 => format!(".remove({key})"),
            5 => format!(".containsKey({key})"),
            6 => self
                .random
                .pick(&[".values()", ".entrySet()", ".isEmpty()", ".empty"])
                .to_owned(),
            7 => format!(".getOrDefault({key}, {argument})"),
            8 => format!(".k{}", self.any_step(depth - 1)),
            _ => format!(".containsValue({argument})"),
        }
    }

    fn string_step(&mut self, depth: usize) -> String {
        if depth == 0 || self.random.percent(50) {
            return self
                .random
                .pick(&[
                    "",
                    "",
                    "",
                    ".length()",
                    ".trim()",
                    ".toUpperCase()",
                    ".isEmpty()",
                    "[0]",
                ])
                .to_owned();
        }
        let argument = self.argument(depth - 1);
        match self.random.below(12) {
            0 => format!(
                ".substring({})",
                self.random
                    .pick(&["0", "1", "0, 1", "9", "$n", "'1'", "1.0"])
            ),
            1 => format!(".indexOf({argument})"),
            2 => format!(
                ".replace({})",
                self.random
                    .pick(&["'a', 'b'", "',', \"\"", "\"A\" \"x\"", "1, 2"])
            ),
            3 => format!(
                ".replaceAll({})",
                self.random
                    .pick(&["'[a-z]', '$0$0'", "\"(.)\", '<$1>'", "'(', ''"])
            ),
            4 => format!(
                ".split({}){}",
                self.random.pick(&["','", "' '", "''"]),
                self.random.pick(&[".size()", "[0]", ".get(0)"])
            ),
            5 => format!(".concat({argument})"),
            6 => format!(".equals({argument})"),
            7 => format!(".contains({argument})"),
            8 => format!(".startsWith({argument})"),
            9 => format!(".charAt({})", self.random.pick(&["0", "1", "99"])),
            10 => format!(".compareTo({})", self.random.pick(&["'A'", "$b", "$a"])),
            _ => self
                .random
                .pick(&[
                    ".trim( )",
                    ".length(1)",
                    ".none()",
                    ".none($a)",
                    ".Length()",
                    ".trim().length()",
                ])
                .to_owned(),
        }
    }

    fn number_step(&mut self) -> &'static str {
        self.random.pick(&[
            "",
            "",
            "",
            "",
            ".toString()",
            ".intValue()",
            ".doubleValue()",
            ".equals(1)",
            ".toString().length()",
            ".none",
            "-1",
            ".longValue()",
        ])
    }

    /// What may stand between the parentheses of a call.
    pub(super) fn argument(&mut self, depth: usize) -> String {
        if depth > 0 && self.is_v2() && self.random.percent(20) {
            return self.expression(depth - 1);
        }
        self.operand(depth)
    }
}
