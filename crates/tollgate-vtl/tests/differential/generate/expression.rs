//! Literals and operators.

use super::Generator;

const BINARY: &[&str] = &[
    " + ", " - ", " * ", " / ", " % ", "+", "*", "/", "%", " == ", "==", " != ", " eq ", " ne ",
    " < ", " lt ", " > ", " gt ", " <= ", " le ", " >= ", " ge ", " && ", " and ", " || ", " or ",
    "&&", "||", "<", ">",
];

impl Generator {
    /// What may stand on the right of `#set` and in `#if`.
    pub(super) fn expression(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.operand(0);
        }
        match self.random.below(12) {
            0..=3 => self.operand(depth),
            4..=7 => {
                let (left, right) = (self.expression(depth - 1), self.expression(depth - 1));
                let operator = self.random.pick(BINARY);
                format!("{left}{operator}{right}")
            }
            8 => {
                let inner = self.expression(depth - 1);
                self.random.pick(&["!", "! ", "not "]).to_owned() + &inner
            }
            9 | 10 => {
                let inner = self.expression(depth - 1);
                let blank = self.random.pick(&["", " ", "\n"]);
                format!("({blank}{inner}{blank})")
            }
            _ if self.is_v2() => {
                let inner = self.operand(depth - 1);
                self.random.pick(&["-", "- ", "- -"]).to_owned() + &inner
            }
            _ => self.operand(depth),
        }
    }

    /// A literal or a reference.
    pub(super) fn operand(&mut self, depth: usize) -> String {
        match self.random.below(16) {
            0..=5 => self.reference(depth),
            6 | 7 => self
                .random
                .pick(&[
                    "0",
                    "1",
                    "2",
                    "-3",
                    "007",
                    "2147483647",
                    "9223372036854775807",
                    "-1",
                ])
                .to_owned(),
            8 => self
                .random
                .pick(&["1.5", "0.0", ".5", "5.", "1e3", "2.0", "-2.5"])
                .to_owned(),
            9 => self.random.pick(&["true", "false"]).to_owned(),
            10 => self
                .random
                .pick(&[
                    "'x'",
                    "''",
                    "'it''s'",
                    "'1'",
                    "'$a'",
                    "'a\\b'",
                    "'\\u0041'",
                    "' '",
                    "'é'",
                    "'a\"b'",
                ])
                .to_owned(),
            11 | 12 => self.string(depth),
            13 => self.range(),
            14 if depth > 0 => {
                let count = self.random.below(4);
                let items: Vec<String> = (0..count).map(|_| self.operand(depth - 1)).collect();
                format!("[{}]", items.join(self.random.pick(&[",", ", ", " , "])))
            }
            15 if depth > 0 => {
                let count = self.random.below(3);
                let entries: Vec<String> = (0..count)
                    .map(|_| {
                        let key = self
                            .random
                            .pick(&["'k'", "\"j\"", "'new'", "$a", "1", "'a-b'"]);
                        let colon = self.random.pick(&[":", ": ", " : "]);
                        format!("{key}{colon}{}", self.operand(depth - 1))
                    })
                    .collect();
                format!("{{{}}}", entries.join(self.random.pick(&[",", ", "])))
            }
            _ => self.reference(0),
        }
    }

    pub(super) fn range(&mut self) -> String {
        let bounds = ["1", "3", "0", "-1", "$n", "$undef", "$l.size()", " 2 "];
        let (from, to) = (self.random.pick(&bounds), self.random.pick(&bounds));
        format!("[{from}..{to}]")
    }

    /// A double-quoted string.
    pub(super) fn string(&mut self, depth: usize) -> String {
        let count = self.random.below(4);
        let parts: String = (0..count).map(|_| self.string_part(depth)).collect();
        format!("\"{parts}\"")
    }

    fn string_part(&mut self, depth: usize) -> String {
        match self.random.below(14) {
            0..=3 => self
                .random
                .pick(&["x", "a b", " ", "\"\"", "it's", "''", "1", "é"])
                .to_owned(),
            4..=8 => {
                let path = self.path(0);
                self.random.pick(&["$", "$!", "$"]).to_owned() + &path
            }
            9 if depth > 0 => format!("${{{}}}", self.path(0)),
            10 => self
                .random
                .pick(&[
                    "\\$a", "\\\\$a", "\\u0041", "\\n", "\\\\", "\\#if", "\\$undef",
                ])
                .to_owned(),
            11 => self
                .random
                .pick(&[
                    "$", "#", "# ", "$ ", "##c\n", "#*c*#", "#[[$a]]#", "\n", "#nope()",
                ])
                .to_owned(),
            12 => self
                .random
                .pick(&[
                    "#if($t)y#end",
                    "#if($f)y#{else}n#end",
                    "#set($y = 1)",
                    "#foreach($j in [1..2])$j#end",
                    "#p(1)",
                    "#if($n > 1) big #end",
                ])
                .to_owned(),
            _ => "$m.get(\"\"k\"\")".to_owned(),
        }
    }
}
