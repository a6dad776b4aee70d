//! DER, as far as certificates need it to be read (ITU-T X.690).

/// The tag of a sequence.
pub(crate) const SEQUENCE: u8 = 0x30;
/// The tag of a set.
pub(crate) const SET: u8 = 0x31;
/// The tag of a whole number.
pub(crate) const INTEGER: u8 = 0x02;
/// The tag of an object identifier.
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;

/// Elements that follow each other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Der<'d>(pub(crate) &'d [u8]);

/// One element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Element<'d> {
    pub(crate) tag: u8,
    pub(crate) content: &'d [u8],
    /// With its tag and length.
    pub(crate) whole: &'d [u8],
}

impl<'d> Der<'d> {
    /// The next element; `None` where there is none, or what is there is not DER.
    pub(crate) fn next(&mut self) -> Option<Element<'d>> {
        let (&tag, after) = self.0.split_first()?;
        // Tags of several bytes do not come up in certificates.
        if tag & 0x1f == 0x1f {
            return None;
        }
        let (&first, after) = after.split_first()?;
        let (length, after) = match first {
            0..=0x7f => (usize::from(first), after),
            0x81..=0x84 => {
                let (bytes, after) = after.split_at_checked(usize::from(first & 0x7f))?;
                let add = |length: usize, byte: &u8| length << 8 | usize::from(*byte);
                (bytes.iter().fold(0, add), after)
            }
            _ => return None,
        };
        let (content, rest) = after.split_at_checked(length)?;
        let whole = &self.0[..self.0.len() - rest.len()];
        self.0 = rest;
        Some(Element {
            tag,
            content,
            whole,
        })
    }

    /// The content of the next element, where it has this tag.
    pub(crate) fn take(&mut self, tag: u8) -> Option<&'d [u8]> {
        self.next()
            .filter(|element| element.tag == tag)
            .map(|element| element.content)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_have_lengths() {
        let long = [&[0x04, 0x81, 0x80][..], &[7; 0x80], &[1]].concat();
        for (bytes, expected) in [
            (&[0x02, 0x01, 0x05][..], Some((0x02, 1, 0))),
            (&[0x02, 0x01, 0x05, 0x06], Some((0x02, 1, 1))),
            (&[0x05, 0x00], Some((0x05, 0, 0))),
            (&long, Some((0x04, 0x80, 1))),
            (&[], None),
            (&[0x02], None),
            (&[0x02, 0x02, 0x05], None),
            (&[0x02, 0x80, 0x05, 0, 0], None),
            (&[0x02, 0x81], None),
            (&[0x02, 0x84, 0xff, 0xff, 0xff, 0xff], None),
            (&[0x02, 0x85, 0, 0, 0, 0, 1, 0], None),
            (&[0x1f, 0x81, 0x01, 0x00], None),
        ] {
            let mut der = Der(bytes);
            let found = der.next();
            let found = found.map(|one| (one.tag, one.content.len(), der.0.len()));
            assert_eq!(found, expected, "{bytes:x?}");
        }
    }
}
