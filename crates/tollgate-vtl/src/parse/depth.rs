//! Bounds the nesting of brackets before pest, which recurses on them, sees the text.
//!
//! The scan need not know the grammar, only never count less than pest recurses. pest enters
//! brackets where they follow a reference or a directive, and inside of such brackets. There each
//! quote begins or ends a string, and what no expression has ends the attempt. What is text, a
//! comment or a string is not told apart, since whoever is wrong about that once counts at the wrong
//! places from then on. So a template must not have brackets nested beyond the limit behind what
//! looks like a reference or a directive, not even in a comment.

use memchr::memchr2;

/// Checks that no bracket of an expression stands deeper than `deepest`; else says where.
pub(super) fn check(text: &str, deepest: usize) -> Result<(), usize> {
    let mut scan = Scan {
        text: text.as_bytes(),
        at: 0,
        deepest,
        outside: 0,
        in_single: 0,
        in_double: 0,
    };
    loop {
        if scan.outside == 0 && scan.in_single == 0 && scan.in_double == 0 {
            match memchr2(b'$', b'#', &scan.text[scan.at..]) {
                Some(found) => scan.at += found,
                None => return Ok(()),
            }
        }
        let Some(byte) = scan.peek() else {
            return Ok(());
        };
        scan.byte(byte)?;
    }
}

/// How deep brackets stand at a place.
///
/// Whether the place is inside of a string depends on where one began to read. A quote takes
/// readers from outside of strings into one, and back, so that those who began elsewhere stay in
/// three groups: outside, in a string of single quotes, in one of double quotes. Each has a depth;
/// that of who began first counts for all of the group.
struct Scan<'s> {
    text: &'s [u8],
    at: usize,
    deepest: usize,
    outside: usize,
    in_single: usize,
    in_double: usize,
}

impl Scan<'_> {
    /// Reads one byte, or a whole name behind a sigil.
    fn byte(&mut self, byte: u8) -> Result<(), usize> {
        self.at += 1;
        match byte {
            b'$' => self.reference()?,
            b'#' => {
                // No expression goes on behind it.
                self.outside = 0;
                self.directive()?;
            }
            b'\'' => std::mem::swap(&mut self.outside, &mut self.in_single),
            b'"' => std::mem::swap(&mut self.outside, &mut self.in_double),
            b'(' | b'[' | b'{' if self.outside > 0 => self.open()?,
            b')' | b']' | b'}' if self.outside > 0 => {
                self.outside -= 1;
                if self.outside == 0 {
                    self.members()?;
                }
            }
            byte if !is_of_expression(byte) => self.outside = 0,
            _ => {}
        }
        Ok(())
    }

    /// Goes on behind a `$`.
    fn reference(&mut self) -> Result<(), usize> {
        // In brackets that are open already all others count.
        if self.outside > 0 {
            return Ok(());
        }
        self.skip(|byte| matches!(byte, b'!' | b'\\' | b'{' | b'$'));
        match self.word() {
            0 => Ok(()),
            _ => self.members(),
        }
    }

    /// Goes on behind the name of a reference, or behind brackets that belong to one: to the next
    /// bracket, which is opened.
    fn members(&mut self) -> Result<(), usize> {
        loop {
            match self.peek() {
                // An alternative has a level of its own, up to the brace behind it.
                Some(b'[' | b'|') => {
                    self.at += 1;
                    return self.open();
                }
                Some(b'.') => {
                    self.at += 1;
                    if self.word() == 0 {
                        return Ok(());
                    }
                    if self.peek() == Some(b'(') {
                        self.at += 1;
                        return self.open();
                    }
                }
                _ => return Ok(()),
            }
        }
    }

    /// Goes on behind a `#`.
    fn directive(&mut self) -> Result<(), usize> {
        let start = self.at;
        self.skip(|byte| byte == b'{');
        let name = self.at;
        self.skip(|byte| is_of_name(byte) || byte == b'@');
        if matches!(&self.text[name..self.at], b"" | b"end" | b"else") {
            self.at = start;
            return Ok(());
        }
        self.skip(|byte| byte == b'}');
        self.skip(|byte| byte.is_ascii_whitespace());
        if self.peek() == Some(b'(') {
            self.at += 1;
            return self.open();
        }
        Ok(())
    }

    /// Counts the bracket just read.
    fn open(&mut self) -> Result<(), usize> {
        self.outside += 1;
        match self.outside > self.deepest {
            true => Err(self.at - 1),
            false => Ok(()),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// Skips a name and returns its length.
    fn word(&mut self) -> usize {
        let start = self.at;
        self.skip(is_of_name);
        self.at - start
    }

    fn skip(&mut self, belongs: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&belongs) {
            self.at += 1;
        }
    }
}

/// Whether a byte can be part of an expression, outside of its strings.
fn is_of_expression(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_@$!.,:=<>&|+-*/%()[]{}'\" \t\r\n".contains(&byte)
}

/// Whether a byte can be part of a name, of however it is spelled.
fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_brackets_of_expressions_only() {
        let parentheses = |n| format!("{}1{}", "(".repeat(n), ")".repeat(n));
        for (text, expected) in [
            (format!("#if({})x#end", parentheses(4)), Ok(())),
            (format!("#if({})x#end", parentheses(5)), Err(8)),
            (format!("#{{if}} ({})", parentheses(5)), Err(11)),
            (parentheses(9), Ok(())),
            (format!("#end{}", parentheses(9)), Ok(())),
            (format!("$ # $5 {}", parentheses(9)), Ok(())),
            (format!("#if('{}')", parentheses(9)), Ok(())),
            (format!("#if('a\"{}')", parentheses(9)), Ok(())),
            (format!("$a;{}", parentheses(9)), Ok(())),
            ("$a[0] (b $a[0] (b ".repeat(9), Ok(())),
            ("$a[$b[$c[$d[$e[1]]]]]".to_owned(), Ok(())),
            ("$a[$b[$c[$d[$e[$f[1]]]]]]".to_owned(), Err(17)),
            ("${a.b($c.d([[[[1]]]]))}".to_owned(), Err(14)),
            ("$a[0][[[[[[".to_owned(), Err(10)),
            ("$a[$b".to_owned(), Ok(())),
            ("$a['".to_owned(), Ok(())),
        ] {
            assert_eq!(check(&text, 5), expected, "{text}");
        }
    }

    #[test]
    fn keeps_step_wherever_the_grammar_goes_on() {
        for before in [
            "${a|",
            "#foo@bar(",
            "#@(",
            "#@x (",
            "#{@x}(",
            "$a.b##$a[",
            "$a.b(# ' $a[",
            "#*#*#$a[",
            "#*#$a[",
            "#[[$a[",
            "##$a[",
            "## ' \n$a[",
            "\"$a[",
            "'$a['$a[",
            "$a['\"$a[",
            "#a('x\"', \"y'\", ",
            "$!\\!{a.b(",
            "$a.b().c[",
            "${a.b[1].c(",
            "é$a[",
            "#set ( $a = ",
            "#if(# #if(",
        ] {
            let text = format!("{before}((((((");
            assert!(check(&text, 5).is_err(), "{text}");
        }
    }
}
