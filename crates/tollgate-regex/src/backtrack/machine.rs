//! The machine: a position in the text, registers, and a stack of what else to try.

use super::{
    boundary::{grapheme_end, holds, marks_around},
    program::{Label, Loop, Op, Program, Register},
};
use crate::{
    case,
    error::StepLimit,
    spans::Spans,
    tree::{Case, Count},
};

/// How many steps backtracking may take for one call, beside [`STEPS_PER_BYTE`].
///
/// A step is a character compared or an alternative taken.
pub const MAX_STEPS: usize = 100_000;

/// How many steps more are granted for each byte of the text.
pub const STEPS_PER_BYTE: usize = 64;

/// How many alternatives may be kept open at a time; each takes 24 bytes.
pub const MAX_BACKTRACK_FRAMES: usize = 1 << 20;

/// A register without a position.
const UNSET: usize = usize::MAX;

/// A run of a program over a text, or several in a row with a common bound on their steps.
pub(crate) struct Machine<'p, 't> {
    program: &'p Program,
    text: &'t str,
    registers: Vec<usize>,
    stack: Vec<Frame>,
    steps_left: usize,
    /// Where the match before ended, for `\G`.
    last_end: usize,
}

#[derive(Clone, Copy)]
enum Frame {
    /// Go on at the label, from this position.
    Resume { label: Label, position: usize },
    /// Put the value back into the register.
    Restore { register: u32, value: usize },
    /// Give one character of a run back, down to `low`, and go on at the label.
    BackOff {
        label: Label,
        low: usize,
        high: usize,
    },
}

/// Where a match has to end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Target {
    Anywhere,
    End,
}

impl<'p, 't> Machine<'p, 't> {
    pub(crate) fn new(program: &'p Program, text: &'t str) -> Self {
        Self {
            program,
            text,
            registers: vec![UNSET; program.registers],
            stack: Vec::new(),
            steps_left: MAX_STEPS.saturating_add(text.len().saturating_mul(STEPS_PER_BYTE)),
            last_end: 0,
        }
    }

    /// How many steps were taken so far.
    pub(crate) fn work(&self) -> u64 {
        let granted = MAX_STEPS.saturating_add(self.text.len().saturating_mul(STEPS_PER_BYTE));
        (granted - self.steps_left) as u64
    }

    /// The groups of a match of the whole text.
    pub(crate) fn full(&mut self) -> Result<Option<Spans>, StepLimit> {
        self.reset()?;
        self.run(0, Target::End)
    }

    /// The groups of the first match that starts at `from` or later.
    pub(crate) fn find(&mut self, from: usize) -> Result<Option<Spans>, StepLimit> {
        self.reset()?;
        let mut start = from;
        loop {
            if let Some(found) = self.run(start, Target::Anywhere)? {
                self.last_end = found.whole().map_or(start, |(_, end)| end);
                return Ok(Some(found));
            }
            let Some(ch) = self.text[start..].chars().next() else {
                return Ok(None);
            };
            start += ch.len_utf8();
        }
    }

    fn reset(&mut self) -> Result<(), StepLimit> {
        self.registers.fill(UNSET);
        // Filling is fast, but there can be thousands of groups, and a match at every byte.
        self.spend(self.registers.len() / 16)
    }

    fn run(&mut self, start: usize, target: Target) -> Result<Option<Spans>, StepLimit> {
        self.stack.clear();
        let mut label: Label = 0;
        let mut position = start;
        loop {
            self.steps_left = self.steps_left.checked_sub(1).ok_or(StepLimit)?;
            let passed = match self.program.ops[label as usize] {
                Op::Match => {
                    if target == Target::Anywhere || position == self.text.len() {
                        return Ok(Some(self.spans(start, position)));
                    }
                    None
                }
                Op::Fail => None,
                op => self.step(op, label, &mut position)?,
            };
            label = match passed {
                Some(next) => next,
                None => match self.back(&mut position)? {
                    Some(next) => next,
                    None => return Ok(None),
                },
            };
        }
    }

    /// Executes an instruction; gives the label of the next, or `None` for a failure.
    fn step(
        &mut self,
        op: Op,
        label: Label,
        position: &mut usize,
    ) -> Result<Option<Label>, StepLimit> {
        let next = Some(label + 1);
        Ok(match op {
            Op::Char(wanted) => match self.char_at(*position) {
                Some(ch) if ch == wanted => {
                    *position += ch.len_utf8();
                    next
                }
                _ => None,
            },
            Op::Set(set) => match self.char_at(*position) {
                Some(ch) if self.program.sets[set].contains(ch) => {
                    *position += ch.len_utf8();
                    next
                }
                _ => None,
            },
            Op::Run { set, count } => {
                let Some((low, high)) = self.run_of(set, *position, count.min, count.max)? else {
                    return Ok(None);
                };
                if high > low {
                    let label = label + 1;
                    self.keep(Frame::BackOff { label, low, high })?;
                }
                *position = high;
                next
            }
            Op::Grapheme => match grapheme_end(self.text, *position) {
                Some(end) => {
                    self.spend(end - *position)?;
                    *position = end;
                    next
                }
                None => None,
            },
            Op::Assert(assertion) => {
                let marks = marks_around(assertion, self.text, *position);
                self.spend(marks)?;
                holds(assertion, self.text, *position, self.last_end).then_some(label + 1)
            }
            Op::BackReference { group, case } => match self.repeated(group, case, *position)? {
                Some(end) => {
                    *position = end;
                    next
                }
                None => None,
            },
            Op::Save(register) => {
                self.set(register, *position)?;
                next
            }
            Op::Close { group, start } => {
                self.set(2 * group, self.registers[start])?;
                self.set(2 * group + 1, *position)?;
                next
            }
            Op::Jump(target) => Some(target),
            Op::TryNext { other } => {
                self.keep(Frame::Resume {
                    label: other,
                    position: *position,
                })?;
                next
            }
            Op::LoopStart { counter } => {
                self.set(counter, 0)?;
                self.set(counter + 1, UNSET)?;
                next
            }
            Op::LoopTest(test) => self.loop_test(test, *position)?,
            Op::LoopEnter { counter } => {
                self.set(counter, self.registers[counter] + 1)?;
                self.set(counter + 1, *position)?;
                next
            }
            // What follows up to the cut cannot be entered again before the cut, so that the
            // registers of a mark need not be restored.
            Op::Mark(mark) => {
                self.registers[mark] = self.stack.len();
                self.registers[mark + 1] = *position;
                next
            }
            Op::Cut(mark) => {
                self.cut(mark);
                next
            }
            Op::CutAndReturn(mark) => {
                self.cut(mark);
                *position = self.registers[mark + 1];
                next
            }
            Op::CutAndFail(mark) => {
                self.cut(mark);
                None
            }
            Op::Behind { mark, min, max } => self.behind(mark, min, max, label, position)?,
            Op::BehindStep { mark } => self.behind_step(mark, label, position)?,
            Op::BehindEnd(mark) => (*position == self.registers[mark + 1]).then_some(label + 1),
            Op::Fail | Op::Match => None,
        })
    }

    /// Takes the latest alternative.
    fn back(&mut self, position: &mut usize) -> Result<Option<Label>, StepLimit> {
        while let Some(frame) = self.stack.pop() {
            match frame {
                Frame::Restore { register, value } => self.registers[register as usize] = value,
                Frame::Resume {
                    label,
                    position: then,
                } => {
                    *position = then;
                    return Ok(Some(label));
                }
                Frame::BackOff { label, low, high } => {
                    let high = self.text[..high]
                        .char_indices()
                        .next_back()
                        .map_or(low, |(before, _)| before);
                    if high > low {
                        self.keep(Frame::BackOff { label, low, high })?;
                    }
                    *position = high;
                    return Ok(Some(label));
                }
            }
        }
        Ok(None)
    }

    fn loop_test(&mut self, test: Loop, position: usize) -> Result<Option<Label>, StepLimit> {
        let done = self.registers[test.counter];
        let min = test.count.min as usize;
        // An iteration that consumes nothing is the last, even if the minimum is not reached. Where
        // Java sees but one way through the body, it takes back one that was not needed.
        if self.registers[test.counter + 1] == position {
            return Ok((!test.deterministic || done <= min).then_some(test.exit));
        }
        if done < min {
            return Ok(Some(test.enter));
        }
        if test.count.max != Count::UNBOUNDED && done >= test.count.max as usize {
            return Ok(Some(test.exit));
        }
        let (first, other) = if test.lazy {
            (test.exit, test.enter)
        } else {
            (test.enter, test.exit)
        };
        self.keep(Frame::Resume {
            label: other,
            position,
        })?;
        Ok(Some(first))
    }

    /// The ends of the shortest and the longest run of a set.
    fn run_of(
        &mut self,
        set: usize,
        position: usize,
        min: u32,
        max: u32,
    ) -> Result<Option<(usize, usize)>, StepLimit> {
        let set = &self.program.sets[set];
        let mut low = (min == 0).then_some(position);
        let mut high = position;
        let mut count = 0;
        for ch in self.text[position..].chars() {
            if count == max || !set.contains(ch) {
                break;
            }
            count += 1;
            high += ch.len_utf8();
            if count == min {
                low = Some(high);
            }
        }
        self.spend(count as usize)?;
        Ok(low.map(|low| (low, high)))
    }

    /// The end of what a group matched before, if it stands here again.
    fn repeated(
        &mut self,
        group: usize,
        case: Case,
        position: usize,
    ) -> Result<Option<usize>, StepLimit> {
        let (start, end) = (self.registers[2 * group], self.registers[2 * group + 1]);
        if start == UNSET {
            return Ok(None);
        }
        self.spend(end - start)?;
        let mut here = self.text[position..].chars();
        for wanted in self.text[start..end].chars() {
            match here.next() {
                Some(ch) if case::equal(case, wanted, ch) => {}
                _ => return Ok(None),
            }
        }
        Ok(Some(self.text.len() - here.as_str().len()))
    }

    fn behind(
        &mut self,
        mark: Register,
        min: u32,
        max: u32,
        label: Label,
        position: &mut usize,
    ) -> Result<Option<Label>, StepLimit> {
        let Some(start) = self.chars_back(*position, min as usize)? else {
            return Ok(None);
        };
        *position = start;
        self.registers[mark + 2] = (max - min) as usize;
        self.retry_behind(mark, label + 1, start)?;
        Ok(Some(label + 2))
    }

    fn behind_step(
        &mut self,
        mark: Register,
        label: Label,
        position: &mut usize,
    ) -> Result<Option<Label>, StepLimit> {
        self.registers[mark + 2] -= 1;
        let Some(start) = self.chars_back(*position, 1)? else {
            return Ok(None);
        };
        *position = start;
        self.retry_behind(mark, label, start)?;
        Ok(Some(label + 1))
    }

    fn retry_behind(
        &mut self,
        mark: Register,
        label: Label,
        position: usize,
    ) -> Result<(), StepLimit> {
        if self.registers[mark + 2] > 0 && position > 0 {
            self.keep(Frame::Resume { label, position })?;
        }
        Ok(())
    }

    /// The position so many characters before.
    fn chars_back(&mut self, position: usize, count: usize) -> Result<Option<usize>, StepLimit> {
        if count == 0 {
            return Ok(Some(position));
        }
        self.spend(count.min(position))?;
        let mut before = self.text[..position].char_indices().rev();
        Ok(before.nth(count - 1).map(|(start, _)| start))
    }

    /// Forgets alternatives. What the groups got meanwhile stays with them for good, as in Java.
    fn cut(&mut self, mark: Register) {
        let height = self.registers[mark];
        self.stack.truncate(height);
    }

    fn set(&mut self, register: Register, value: usize) -> Result<(), StepLimit> {
        let old = std::mem::replace(&mut self.registers[register], value);
        if old == value {
            return Ok(());
        }
        self.keep(Frame::Restore {
            register: register as u32,
            value: old,
        })
    }

    fn keep(&mut self, frame: Frame) -> Result<(), StepLimit> {
        if self.stack.len() == MAX_BACKTRACK_FRAMES {
            return Err(StepLimit);
        }
        self.stack.push(frame);
        Ok(())
    }

    fn spend(&mut self, steps: usize) -> Result<(), StepLimit> {
        self.steps_left = self.steps_left.checked_sub(steps).ok_or(StepLimit)?;
        Ok(())
    }

    fn char_at(&self, position: usize) -> Option<char> {
        self.text[position..].chars().next()
    }

    fn spans(&self, start: usize, end: usize) -> Spans {
        let groups = self.registers[2..2 * self.program.groups].chunks_exact(2);
        std::iter::once(Some((start, end)))
            .chain(groups.map(|bounds| (bounds[0] != UNSET).then(|| (bounds[0], bounds[1]))))
            .collect()
    }
}
