//! Runs a pattern as a nondeterministic automaton, all of its ways at a time, counting each state
//! that it enters.
//!
//! What it takes is thereby known, whatever the pattern: about the characters of the text, times the
//! states that are open at a time. Nothing is kept between two texts, so that the same text always
//! takes the same.

use std::collections::HashMap;

use regex_automata::util::look::{Look, LookMatcher};
use regex_syntax::hir::{self, Class, ClassUnicode, Hir, HirKind, Repetition};

/// So many states are as much work as a step.
const STATES_PER_STEP: u64 = 8;

/// A pattern as states, each of which goes on with one character or without.
pub(crate) struct Automaton {
    states: Vec<State>,
    /// Sorted ranges of characters, both ends included.
    classes: Vec<Box<[(char, char)]>>,
    start: Ix,
    looks: LookMatcher,
}

/// The place of a state.
type Ix = u32;

enum State {
    Match,
    Char(char, Ix),
    /// A character of this class.
    Class(u32, Ix),
    Look(Look, Ix),
    Either(Ix, Ix),
    Any(Box<[Ix]>),
}

/// A pattern has more states than it may have.
#[derive(Debug)]
pub(crate) struct TooLarge;

impl Automaton {
    /// With counted repetitions written out, it has at most so many states.
    pub(crate) fn new(tree: &Hir, most: usize) -> Result<Self, TooLarge> {
        let mut builder = Builder {
            states: vec![State::Match],
            classes: Vec::new(),
            known: HashMap::new(),
            room: most,
        };
        let start = builder.add(tree, 0)?;
        Ok(Self {
            states: builder.states,
            classes: builder.classes,
            start,
            looks: LookMatcher::new(),
        })
    }

    /// How many states there are.
    pub(crate) fn size(&self) -> usize {
        self.states.len()
    }

    /// Whether there is a match that begins at the start of the text, and the steps that it takes to
    /// tell; `None` if they are more than `limit`.
    pub(crate) fn find(&self, text: &str, limit: u64) -> Option<(bool, u64)> {
        let mut run = Run {
            automaton: self,
            text: text.as_bytes(),
            now: Open::new(self.size()),
            next: Open::new(self.size()),
            stack: Vec::new(),
            // Room for all states is made at the beginning.
            work: self.size() as u64 / 32,
        };
        let found = run.find(text, limit.saturating_mul(STATES_PER_STEP))?;
        Some((found, 1 + run.work / STATES_PER_STEP))
    }
}

/// Builds from behind: each part knows what follows it.
struct Builder {
    states: Vec<State>,
    classes: Vec<Box<[(char, char)]>>,
    /// By where they are in the tree, since repetitions come by again and again.
    known: HashMap<*const Class, u32>,
    /// How many more parts may be added.
    room: usize,
}

impl Builder {
    fn push(&mut self, state: State) -> Result<Ix, TooLarge> {
        self.room = self.room.checked_sub(1).ok_or(TooLarge)?;
        self.states.push(state);
        Ix::try_from(self.states.len() - 1).map_err(|_| TooLarge)
    }

    /// Adds a part that goes on at `next`; gives where it begins.
    fn add(&mut self, tree: &Hir, next: Ix) -> Result<Ix, TooLarge> {
        match tree.kind() {
            HirKind::Empty => Ok(next),
            HirKind::Literal(literal) => {
                let text = str::from_utf8(&literal.0).map_err(|_| TooLarge)?;
                let mut chars = text.chars().rev();
                chars.try_fold(next, |next, ch| self.push(State::Char(ch, next)))
            }
            HirKind::Class(class) => {
                let class = self.class(class);
                self.push(State::Class(class, next))
            }
            HirKind::Look(look) => self.push(State::Look(look_of(*look), next)),
            HirKind::Repetition(repetition) => self.repetition(repetition, next),
            HirKind::Capture(group) => self.add(&group.sub, next),
            HirKind::Concat(parts) => {
                let mut parts = parts.iter().rev();
                parts.try_fold(next, |next, part| self.add(part, next))
            }
            HirKind::Alternation(parts) => {
                let parts = parts.iter().map(|part| self.add(part, next));
                let parts = parts.collect::<Result<_, _>>()?;
                self.push(State::Any(parts))
            }
        }
    }

    fn repetition(&mut self, repetition: &Repetition, next: Ix) -> Result<Ix, TooLarge> {
        let sub = &repetition.sub;
        let (mut begin, written) = match repetition.max {
            Some(max) => {
                let mut begin = next;
                for _ in repetition.min..max {
                    let body = self.add(sub, begin)?;
                    begin = self.push(State::Either(body, next))?;
                }
                (begin, 0)
            }
            None => {
                let again = self.push(State::Match)?;
                let body = self.add(sub, again)?;
                self.states[again as usize] = State::Either(body, next);
                // One of those that there must be is the one that is repeated.
                let begin = if repetition.min == 0 { again } else { body };
                (begin, repetition.min.min(1))
            }
        };
        for _ in written..repetition.min {
            // Each counts, even of what has no states.
            self.room = self.room.checked_sub(1).ok_or(TooLarge)?;
            begin = self.add(sub, begin)?;
        }
        Ok(begin)
    }

    fn class(&mut self, class: &Class) -> u32 {
        if let Some(known) = self.known.get(&std::ptr::from_ref(class)) {
            return *known;
        }
        let ranges = |class: &ClassUnicode| class.iter().map(|it| (it.start(), it.end())).collect();
        self.classes.push(match class {
            Class::Unicode(class) => ranges(class),
            // Of ASCII, since the pattern is one for texts.
            Class::Bytes(class) => class
                .to_unicode_class()
                .map_or_else(Box::default, |it| ranges(&it)),
        });
        let ix = (self.classes.len() - 1) as u32;
        self.known.insert(std::ptr::from_ref(class), ix);
        ix
    }
}

/// The words of ECMA 262, by which `\b` goes, are those of ASCII.
const fn look_of(look: hir::Look) -> Look {
    use hir::Look as Hir;
    match look {
        Hir::Start => Look::Start,
        Hir::End => Look::End,
        Hir::StartLF => Look::StartLF,
        Hir::EndLF => Look::EndLF,
        Hir::StartCRLF => Look::StartCRLF,
        Hir::EndCRLF => Look::EndCRLF,
        Hir::WordAscii | Hir::WordUnicode => Look::WordAscii,
        Hir::WordAsciiNegate | Hir::WordUnicodeNegate => Look::WordAsciiNegate,
        Hir::WordStartAscii | Hir::WordStartUnicode => Look::WordStartAscii,
        Hir::WordEndAscii | Hir::WordEndUnicode => Look::WordEndAscii,
        Hir::WordStartHalfAscii | Hir::WordStartHalfUnicode => Look::WordStartHalfAscii,
        Hir::WordEndHalfAscii | Hir::WordEndHalfUnicode => Look::WordEndHalfAscii,
    }
}

/// The states that are open at one place of the text.
struct Open {
    /// Those that wait for a character.
    waiting: Vec<Ix>,
    /// For each state, whether it was entered.
    entered: Vec<bool>,
    /// Those that were entered, to be forgotten.
    marks: Vec<Ix>,
}

impl Open {
    fn new(states: usize) -> Self {
        Self {
            waiting: Vec::new(),
            entered: vec![false; states],
            marks: Vec::new(),
        }
    }

    /// Whether it is the first time.
    fn enter(&mut self, state: Ix) -> bool {
        let entered = &mut self.entered[state as usize];
        if *entered {
            return false;
        }
        *entered = true;
        self.marks.push(state);
        true
    }

    fn clear(&mut self) {
        for state in self.marks.drain(..) {
            self.entered[state as usize] = false;
        }
        self.waiting.clear();
    }
}

struct Run<'a, 't> {
    automaton: &'a Automaton,
    text: &'t [u8],
    now: Open,
    next: Open,
    stack: Vec<Ix>,
    work: u64,
}

impl Run<'_, '_> {
    fn find(&mut self, text: &str, limit: u64) -> Option<bool> {
        if self.open(self.automaton.start, 0) {
            return Some(true);
        }
        for (at, ch) in text.char_indices() {
            std::mem::swap(&mut self.now, &mut self.next);
            if self.now.waiting.is_empty() {
                break;
            }
            self.next.clear();
            let behind = at + ch.len_utf8();
            for index in 0..self.now.waiting.len() {
                if let Some(next) = self.step(self.now.waiting[index], ch)
                    && self.open(next, behind)
                {
                    return Some(true);
                }
            }
            if self.work > limit {
                return None;
            }
        }
        Some(false)
    }

    /// Where a state leads to with a character.
    fn step(&mut self, state: Ix, ch: char) -> Option<Ix> {
        self.work += 1;
        match &self.automaton.states[state as usize] {
            State::Char(expected, next) => (*expected == ch).then_some(*next),
            State::Class(class, next) => {
                let ranges = &self.automaton.classes[*class as usize];
                self.work += u64::from(ranges.len().checked_ilog2().unwrap_or_default() / 2);
                let place = ranges.partition_point(|(_, last)| *last < ch);
                ranges.get(place).filter(|(first, _)| *first <= ch)?;
                Some(*next)
            }
            _ => None,
        }
    }

    /// Opens a state and those that it leads to without a character; whether the match is among
    /// them.
    fn open(&mut self, state: Ix, at: usize) -> bool {
        self.stack.clear();
        self.stack.push(state);
        while let Some(state) = self.stack.pop() {
            self.work += 1;
            if !self.next.enter(state) {
                continue;
            }
            match &self.automaton.states[state as usize] {
                State::Match => return true,
                State::Char(..) | State::Class(..) => self.next.waiting.push(state),
                State::Look(look, next) => {
                    if self.automaton.looks.matches(*look, self.text, at) {
                        self.stack.push(*next);
                    }
                }
                State::Either(one, other) => self.stack.extend([*one, *other]),
                State::Any(all) => self.stack.extend(all.iter()),
            }
        }
        false
    }
}
