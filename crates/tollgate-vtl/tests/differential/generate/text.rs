//! Text, comments and escapes.

use super::Generator;

/// Text that is no markup, though some of it looks like it.
const TEXT: &[&str] = &[
    "text ",
    "a",
    " ",
    "\n",
    "\r\n",
    "\t",
    "  \n",
    "é",
    "{\"k\": ",
    "}",
    "]",
    "[",
    ")",
    "(",
    "\"",
    "'",
    ",",
    ".",
    "..",
    "!",
    "-",
    "=",
    "|",
    "$ ",
    "$5.00",
    "$1",
    "$-",
    "${}",
    "${ a }",
    "$$ ",
    "$!",
    "$!! ",
    "$( ",
    "# ",
    "#1",
    "#fff ",
    "#-",
    "#( ",
    "#{ ",
    "#! ",
    "&#39;",
    "#IF",
    "#ifx ",
    "#endx ",
    "#elsewhere ",
    "#stopped ",
    "user@host",
    "100%",
    "\\",
    "\\n",
    "\\\\ ",
    "\\{",
    "#nope ",
    "#nope()",
    "#nope($a, 'b')",
    "#{nope}",
    "#set x",
    "#set",
    "# end",
    "<!-- -->",
    "*#",
    "]]#",
    "@",
    "#@ ",
    "$.a",
];

impl Generator {
    pub(super) fn text(&mut self) -> String {
        let count = 1 + self.random.below(2);
        (0..count).map(|_| self.random.pick(TEXT)).collect()
    }

    pub(super) fn comment(&mut self) -> String {
        self.random
            .pick(&[
                "##\n",
                "## c\n",
                "##$a#if(\n",
                "##c\r\n",
                "  ## c\n",
                "#**#",
                "#* c *#",
                "#* $a #if( *#",
                "#** doc\n *#",
                "#*\n*#",
                "#[[raw]]#",
                "#[[$a #if( ## ]]#",
                "#[[\n  x\n]]#",
                "#[[]]#",
                "#*a*##*b*#",
                "  #* c *#  \n",
            ])
            .to_owned()
    }

    /// Backslashes before what may or may not be markup.
    pub(super) fn escaped(&mut self) -> String {
        let backslashes = "\\".repeat(1 + self.random.below(4));
        let subject = match self.random.below(10) {
            0..=4 => self.reference(1),
            5 => self
                .random
                .pick(&[
                    "$undef", "$!undef", "${undef}", "$m.none", "$!m.none", "$nul", "$1", "$ ",
                ])
                .to_owned(),
            6 => self.set(),
            7 => self
                .random
                .pick(&[
                    "#end", "#else", "#stop", "#if", "#foreach", "#break", "#macro", "#define",
                ])
                .to_owned(),
            8 => self
                .random
                .pick(&["#nope", "#nope()", "#p", "#p()", "#{p}", "#@w"])
                .to_owned(),
            _ => self
                .random
                .pick(&["##c\n", "#*c*#", "#[[x]]#", "\\", "n", "# "])
                .to_owned(),
        };
        let end = self.random.pick(&["", " ", "|", "\n"]);
        format!("{backslashes}{subject}{end}")
    }
}
