//! Where a match and its groups are.

/// How many are kept without allocation.
const FEW: usize = 3;

/// Ranges of a match and of its groups, in bytes; the first is the whole match.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spans {
    few: [Option<(usize, usize)>; FEW],
    more: Vec<Option<(usize, usize)>>,
    len: usize,
}

impl Spans {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The range of a group; `None` if it took no part, or there is none.
    pub(crate) fn get(&self, group: usize) -> Option<(usize, usize)> {
        if group >= self.len {
            return None;
        }
        match self.few.get(group) {
            Some(span) => *span,
            None => self.more.get(group - FEW).copied().flatten(),
        }
    }

    /// The range of the match.
    pub(crate) fn whole(&self) -> Option<(usize, usize)> {
        self.few[0]
    }

    pub(crate) fn clear(&mut self) {
        self.few[0] = None;
        self.more.clear();
        self.len = 0;
    }

    /// Adds the range of the next group.
    #[inline]
    pub(crate) fn push(&mut self, span: Option<(usize, usize)>) {
        match self.few.get_mut(self.len) {
            Some(place) => *place = span,
            None => self.more.push(span),
        }
        self.len += 1;
    }
}

impl FromIterator<Option<(usize, usize)>> for Spans {
    fn from_iter<I: IntoIterator<Item = Option<(usize, usize)>>>(spans: I) -> Self {
        let mut made = Self::default();
        for span in spans {
            made.push(span);
        }
        made
    }
}

#[cfg(test)]
mod tests {
    use super::Spans;

    #[test]
    fn few_and_many_behave_alike() {
        for len in 0..6 {
            let span = |group| (group != 1).then_some((group, 10 + group));
            let mut spans: Spans = (0..7).map(Some).map(|it| it.map(|it| (it, it))).collect();
            spans.clear();
            (0..len).map(span).for_each(|span| spans.push(span));
            assert_eq!(spans.len(), len);
            for group in 0..8 {
                let expected = (group < len).then(|| span(group)).flatten();
                assert_eq!(spans.get(group), expected, "{group} of {len}");
            }
        }
    }
}
