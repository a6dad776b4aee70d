//! Bounds the nesting of brackets before pest, which recurses on them, sees the text.

use memchr::memchr2;

/// Checks that no bracket of an expression stands deeper than `deepest`; else says where.
///
/// The scan follows the grammar only as far as it must: brackets count where they directly follow
/// a reference or a directive, and strings count as one piece, since their inside is parsed later
/// and on its own.
pub(super) fn check(text: &str, deepest: usize) -> Result<(), usize> {
    let mut scan = Scan {
        text: text.as_bytes(),
        at: 0,
        deepest,
    };
    while let Some(found) = memchr2(b'$', b'#', &scan.text[scan.at..]) {
        scan.at += found + 1;
        if scan.text[scan.at - 1] == b'$' {
            scan.reference()?;
        } else {
            scan.directive()?;
        }
    }
    Ok(())
}

struct Scan<'s> {
    text: &'s [u8],
    at: usize,
    deepest: usize,
}

impl Scan<'_> {
    /// Goes on behind a `$`.
    fn reference(&mut self) -> Result<(), usize> {
        self.skip(|byte| matches!(byte, b'!' | b'\\'));
        if self.peek() == Some(b'{') {
            self.at += 1;
        }
        if self.word() == 0 {
            return Ok(());
        }
        loop {
            match self.peek() {
                Some(b'[') => self.brackets()?,
                Some(b'.') => {
                    self.at += 1;
                    if self.word() == 0 {
                        return Ok(());
                    }
                    if self.peek() == Some(b'(') {
                        self.brackets()?;
                    }
                }
                _ => return Ok(()),
            }
        }
    }

    /// Goes on behind a `#`.
    fn directive(&mut self) -> Result<(), usize> {
        match self.peek() {
            Some(b'#') => self.skip(|byte| !matches!(byte, b'\n' | b'\r')),
            Some(b'*') => self.skip_past(b"*#"),
            Some(b'[') if self.text[self.at..].starts_with(b"[[") => self.skip_past(b"]]#"),
            _ => {
                let start = self.at;
                self.skip(|byte| matches!(byte, b'{' | b'@'));
                let name = self.at;
                if self.word() == 0 {
                    self.at = start;
                    return Ok(());
                }
                let takes_none = matches!(&self.text[name..self.at], b"end" | b"else");
                self.skip(|byte| byte == b'}');
                if !takes_none {
                    self.skip(|byte| byte.is_ascii_whitespace());
                    if self.peek() == Some(b'(') {
                        self.brackets()?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Walks from an opening bracket to behind its closing one.
    fn brackets(&mut self) -> Result<(), usize> {
        let mut depth = 0;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'(' | b'[' | b'{' => {
                    depth += 1;
                    if depth > self.deepest {
                        return Err(self.at - 1);
                    }
                }
                b')' | b']' | b'}' => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
                b'\'' | b'"' => {
                    self.skip(|inside| inside != byte);
                    self.at += 1;
                }
                _ => {}
            }
        }
        // A string without end leaves the position one past the text.
        self.at = self.at.min(self.text.len());
        Ok(())
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// Skips a name and returns its length.
    fn word(&mut self) -> usize {
        let start = self.at;
        self.skip(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
        self.at - start
    }

    fn skip(&mut self, belongs: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&belongs) {
            self.at += 1;
        }
    }

    fn skip_past(&mut self, end: &[u8]) {
        let rest = &self.text[self.at..];
        let found = memchr::memmem::find(rest, end);
        self.at += found.map_or(rest.len(), |found| found + end.len());
    }
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
            (format!("## #if({}", parentheses(9)), Ok(())),
            (format!("#* #if({} *#", parentheses(9)), Ok(())),
            (format!("#[[ #if({} ]]#", parentheses(9)), Ok(())),
            (format!("#if('{}')", parentheses(9)), Ok(())),
            ("$a[$b[$c[$d[$e[1]]]]]".to_owned(), Ok(())),
            ("$a[$b[$c[$d[$e[$f[1]]]]]]".to_owned(), Err(17)),
            ("${a.b($c.d([[[[1]]]]))}".to_owned(), Err(14)),
            ("$a[$b".to_owned(), Ok(())),
            ("$a['".to_owned(), Ok(())),
        ] {
            assert_eq!(check(&text, 5), expected, "{text}");
        }
    }
}
