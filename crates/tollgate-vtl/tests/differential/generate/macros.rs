//! Macros and their calls.

use super::Generator;

impl Generator {
    /// A definition or a call. Calls go to macros defined before, so that no macro calls itself but
    /// where that ends.
    pub(super) fn macro_item(&mut self, depth: usize) -> String {
        if self.is_api_gateway() && self.random.percent(75) {
            return self.reference(2);
        }
        if depth > 0 && (self.macros.is_empty() || self.random.percent(40)) {
            return self.macro_definition(depth - 1);
        }
        self.macro_call(depth)
    }

    fn macro_definition(&mut self, depth: usize) -> String {
        let name = self.random.pick(&["p", "q", "w", "p_1"]);
        let parameters = self.random.below(3);
        let mut head = format!("#macro({name}");
        for parameter in ["$x", "$y"].into_iter().take(parameters) {
            head += self.random.pick(&[" ", " ", ", ", "\n"]);
            head += parameter;
            if self.is_v2() && self.random.percent(20) {
                head += "=";
                head += &self.operand(1);
            }
        }
        let mut body = self.random.pick(&["", " ", "\n", "\n  "]).to_owned();
        if parameters > 0 {
            body += self.random.pick(&[
                "$x",
                "[$!x]",
                "${x}|",
                "$x.k",
                "$x $x",
                "#set($x = 'set')$x",
                "#if($x)x#end ",
                "#foreach($i in $x)$i#end ",
            ]);
        }
        body += &self.body(depth);
        if self.random.percent(25) {
            body += self.random.pick(&[
                "$bodyContent",
                "$!bodyContent ",
                "${bodyContent}",
                "$bodyContent$bodyContent",
            ]);
        }
        if self.random.percent(6) {
            body += &format!("#{name}()");
        }
        if self.random.percent(6) {
            body += "#break ";
        }
        self.macros.push((name, parameters));
        format!("{head}){body}{}", self.end())
    }

    fn macro_call(&mut self, depth: usize) -> String {
        let (name, parameters) = if self.macros.is_empty() || self.random.percent(10) {
            (self.random.pick(&["p", "q", "nope"]), 1)
        } else {
            let known = self.random.below(self.macros.len());
            self.macros[known]
        };
        let count = match self.random.below(10) {
            0 => parameters + 1,
            1 => parameters.saturating_sub(1),
            _ => parameters,
        };
        let arguments: Vec<String> = (0..count).map(|_| self.operand(2)).collect();
        let arguments = arguments.join(self.random.pick(&[" ", " ", ", ", ","]));
        let open = self.random.pick(&["(", "(", "(", " (", "( "]);
        let after = self.random.pick(&["", "\n", " \n", "|", " "]);
        match self.random.below(10) {
            0 => format!("#{name}{}", self.random.pick(&["\n", " ", "|"])),
            1 => format!("#{{{name}}}{open}{arguments}){after}"),
            2 | 3 if depth > 0 => {
                let body = self.body(depth - 1);
                let gap = self.random.pick(&["", "\n", "\n  "]);
                format!("#@{name}{open}{arguments}){gap}{body}{}", self.end())
            }
            _ => format!("#{name}{open}{arguments}){after}"),
        }
    }
}
