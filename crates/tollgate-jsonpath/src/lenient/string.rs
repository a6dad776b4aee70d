//! Quoted strings.

/// What is wrong with a string, and where.
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) expected: &'static str,
}

/// Reads up to the closing quote; gives the text and the bytes it takes, quote included.
pub(super) fn read(text: &str, quote: u8) -> Result<(String, usize), Fault> {
    let first_quote = text.bytes().position(|byte| byte == quote);
    match first_quote {
        // Without a backslash the text is taken as it stands, control characters included.
        Some(end) if !text[..end].contains('\\') => Ok((text[..end].to_owned(), end + 1)),
        Some(_) => read_escaped(text, quote),
        None => Err(Fault {
            at: text.len(),
            expected: "a closing quote",
        }),
    }
}

/// With a backslash in it, control characters and unknown escapes are left out.
fn read_escaped(text: &str, quote: u8) -> Result<(String, usize), Fault> {
    let mut units = Vec::with_capacity(text.len().min(256));
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => {
                let unit = match characters.next() {
                    Some((_, it @ ('"' | '\'' | '\\' | '/'))) => it,
                    Some((_, 'b')) => '\u{8}',
                    Some((_, 't')) => '\t',
                    Some((_, 'n')) => '\n',
                    Some((_, 'f')) => '\u{c}',
                    Some((_, 'r')) => '\r',
                    Some((_, digits @ ('u' | 'x'))) => {
                        let count = if digits == 'u' { 4 } else { 2 };
                        units.push(hexadecimal(text, at + 2, count)?);
                        characters.nth(count - 1);
                        continue;
                    }
                    Some(_) => continue,
                    None => break,
                };
                units.extend_from_slice(unit.encode_utf16(&mut [0; 2]));
            }
            '\0'..='\u{1f}' | '\u{7f}' => {}
            _ if character == char::from(quote) => {
                return Ok((String::from_utf16_lossy(&units), at + 1));
            }
            _ => units.extend_from_slice(character.encode_utf16(&mut [0; 2])),
        }
    }
    Err(Fault {
        at: text.len(),
        expected: "a closing quote",
    })
}

fn hexadecimal(text: &str, at: usize, count: usize) -> Result<u16, Fault> {
    text.get(at..at + count)
        .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .and_then(|digits| u16::from_str_radix(digits, 16).ok())
        .ok_or(Fault {
            at,
            expected: "hexadecimal digits after the escape",
        })
}
