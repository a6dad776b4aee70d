//! Directives other than macros.

use super::Generator;

impl Generator {
    /// `#word`, rarely `#{word}`.
    fn word(&mut self, word: &str) -> String {
        if self.random.percent(8) {
            return format!("#{{{word}}}");
        }
        format!("#{word}")
    }

    pub(super) fn set(&mut self) -> String {
        let word = self.word("set");
        let left = match self.random.below(12) {
            0 => "$m.k".to_owned(),
            1 => self
                .random
                .pick(&[
                    "$m.new", "$m['k']", "$l[0]", "$l[-1]", "$m.k.k", "$x.k", "$x[0]", "$m[$a]",
                    "$undef.k",
                ])
                .to_owned(),
            2 => self
                .random
                .pick(&[
                    "$!x",
                    "${x}",
                    "$!{y}",
                    "$x-y",
                    "$a",
                    "$l",
                    "$m",
                    "$foreach",
                    "$velocityCount",
                ])
                .to_owned(),
            3 => "$i".to_owned(),
            4..=6 => "$y".to_owned(),
            _ => "$x".to_owned(),
        };
        let right = match self.random.below(6) {
            0 => self
                .random
                .pick(&["$m", "$l", "$x", "$y", "$m.k", "$undef", "$nul"])
                .to_owned(),
            1 => self.string(1),
            _ => self.expression(2),
        };
        let open = self.random.pick(&["(", "(", "(", "( ", " (", "  ("]);
        let equals = self.random.pick(&[" = ", "=", " = ", "\n=\n"]);
        let close = self.random.pick(&[")", ")", " )", ")\n", ") \n", ")\r\n"]);
        format!("{word}{open}{left}{equals}{right}{close}")
    }

    /// A break between a directive and what it holds.
    fn gap(&mut self) -> &'static str {
        self.random
            .pick(&["", "", " ", "\n", "\n  ", "  \n", "\r\n", "\n\n", "\t"])
    }

    /// `#end` with what may surround it.
    pub(super) fn end(&mut self) -> String {
        let before = self.random.pick(&["", "", "", "\n", "  "]);
        let word = self.word("end");
        let after = self
            .random
            .pick(&[" ", "\n", "\n", "  \n", "|", "\r\n", ".", ",\n", "\n\n", ""]);
        // The word goes on until something that is no letter.
        let after = if after.is_empty() && !word.ends_with('}') {
            "!"
        } else {
            after
        };
        format!("{before}{word}{after}")
    }

    pub(super) fn condition_block(&mut self, depth: usize) -> String {
        let mut block = self.word("if") + self.random.pick(&["", "", " "]);
        block += &format!("({}){}", self.expression(2), self.gap());
        block += &self.body(depth);
        if self.random.percent(25) {
            let word = self.word("elseif");
            block += &format!("{word}({}){}", self.expression(1), self.gap());
            block += &self.body(depth);
        }
        if self.random.percent(35) {
            block += "#{else}";
            block += self.gap();
            block += &self.body(depth);
        } else if self.random.percent(20) {
            block += "#else\n";
            block += &self.body(depth);
        }
        block + &self.end()
    }

    pub(super) fn foreach(&mut self, depth: usize) -> String {
        let variable = self.random.pick(&["$i", "$i", "$j", "$x", "$a", "${i}"]);
        let over = match self.random.below(12) {
            0..=2 => self
                .random
                .pick(&["$l", "$ll", "$m", "$m.entrySet()", "$m.keySet()", "$i"])
                .to_owned(),
            3..=5 => self.range(),
            6 | 7 => self
                .random
                .pick(&[
                    "[1, 2]",
                    "['a', 'b', 'c']",
                    "[$a, $undef, $n]",
                    "[]",
                    "{'k': 1, 'j': 2}",
                ])
                .to_owned(),
            8 => self
                .random
                .pick(&["$undef", "$nul", "$a", "$n", "'abc'", "5", "true"])
                .to_owned(),
            _ => self.operand(2),
        };
        let word = self.word("foreach");
        let mut block = format!("{word}({variable} in {over}){}", self.gap());
        let extra = match self.random.below(8) {
            0 => "$foreach.count".to_owned(),
            1 => "$velocityCount ".to_owned(),
            2 => "#if($foreach.hasNext),#end".to_owned(),
            3 => format!(
                "#if($foreach.count == 2)#break{}#end ",
                self.random
                    .pick(&["", "()", "($foreach)", "($foreach.topmost)"])
            ),
            4 => "$foreach.parent.index|".to_owned(),
            5 => "$i".to_owned(),
            _ => String::new(),
        };
        if self.random.percent(50) {
            block += &extra;
            block += &self.body(depth);
        } else {
            block += &self.body(depth);
            block += &extra;
        }
        if self.is_v2() && self.random.percent(15) {
            block += "#{else}";
            block += &self.body(depth);
        }
        block + &self.end()
    }

    pub(super) fn define(&mut self, depth: usize) -> String {
        let name = self.random.pick(&["x", "y", "dd", "a"]);
        let word = self.word("define");
        let mut block = format!("{word}(${name}){}", self.gap());
        block += &self.body(depth);
        if self.random.percent(12) {
            block += &format!("${name}.");
        }
        if self.random.percent(8) {
            block += "#break ";
        }
        block += &self.end();
        let mentions = self.random.below(3);
        for _ in 0..mentions {
            block += &self
                .random
                .pick(&[
                    "$@",
                    "$!@",
                    "${@}",
                    "$@.toString()",
                    "\"$@\"",
                    "#if($@)1#end",
                ])
                .replace('@', name);
        }
        block
    }

    /// `#evaluate`, `#parse`, `#include`, `#break` and `#stop`.
    pub(super) fn loader(&mut self, depth: usize) -> String {
        if self.random.percent(30) {
            let word = self.random.pick(&[
                "#stop", "#break", "#{stop}", "#{break}", "#stop()", "#break()",
            ]);
            let end = self.random.pick(&[" ", "\n", "|"]);
            return format!("{word}{end}");
        }
        if self.is_api_gateway() {
            return self.text();
        }
        let argument = match self.random.below(if self.has_files { 8 } else { 4 }) {
            0 => self
                .random
                .pick(&["$undef", "$nul", "$n", "$l", "$b", "$x"])
                .to_owned(),
            1 => self.string(1),
            2 if depth > 0 => {
                let inner = self.template().replace('\'', "''");
                return self.loaded("evaluate", &format!("'{inner}'"));
            }
            _ => {
                let there = ["'one.vm'", "'two.vm'", "\"one.vm\"", "'missing.vm'"];
                let there = if self.has_files {
                    &there[..]
                } else {
                    &there[3..]
                };
                let file = self.random.pick(there);
                let word = self.random.pick(&["parse", "parse", "include"]);
                return self.loaded(word, file);
            }
        };
        self.loaded("evaluate", &argument)
    }

    fn loaded(&mut self, word: &str, argument: &str) -> String {
        let word = self.word(word);
        let end = self.random.pick(&["", "\n", " \n", "\r\n", "|"]);
        format!("{word}({argument}){end}")
    }
}
