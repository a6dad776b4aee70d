//! From the tree of a pattern to instructions.

use super::program::{FastSet, Label, Loop, Op, Program, Register};
use crate::{
    char_set::CharSet,
    tree::{Count, Direction, Greed, Node},
};

/// The program of a pattern with so many capturing groups.
pub(crate) fn compile(tree: &Node, groups: usize) -> Program {
    let groups = groups + 1;
    let mut compiler = Compiler {
        program: Program {
            ops: Vec::new(),
            sets: Vec::new(),
            registers: 2 * groups,
            groups,
        },
    };
    compiler.node(tree);
    compiler.push(Op::Match);
    compiler.program
}

struct Compiler {
    program: Program,
}

impl Compiler {
    fn node(&mut self, node: &Node) {
        match node {
            Node::Empty => {}
            Node::Char(ch) => self.push(Op::Char(*ch)),
            Node::Set(set) => {
                let set = self.set(set.clone());
                self.push(Op::Set(set));
            }
            Node::Assertion(assertion) => self.push(Op::Assert(*assertion)),
            Node::LineBreak => {
                let crlf = Node::Concat(vec![Node::Char('\r'), Node::Char('\n')]);
                let single =
                    CharSet::new(&[('\n', '\r'), ('\u{85}', '\u{85}'), ('\u{2028}', '\u{2029}')]);
                self.alternation(&[crlf, Node::Set(single)]);
            }
            Node::Grapheme => self.push(Op::Grapheme),
            Node::Concat(parts) => parts.iter().for_each(|part| self.node(part)),
            Node::Alternation(branches) => self.alternation(branches),
            Node::Capture { group, body } => self.capture(*group, body),
            Node::Repeat { body, count, greed } => self.repeat(body, *count, *greed),
            Node::Atomic(body) => {
                let mark = self.registers(2);
                self.push(Op::Mark(mark));
                self.node(body);
                self.push(Op::Cut(mark));
            }
            Node::Look {
                direction,
                negated: false,
                body,
            } => {
                let mark = self.registers(3);
                self.push(Op::Mark(mark));
                self.look(*direction, mark, body);
                self.push(Op::CutAndReturn(mark));
            }
            Node::Look {
                direction,
                negated: true,
                body,
            } => {
                let mark = self.registers(3);
                self.push(Op::Mark(mark));
                let otherwise = self.reserve();
                self.look(*direction, mark, body);
                self.push(Op::CutAndFail(mark));
                let other = self.here();
                self.set_op(otherwise, Op::TryNext { other });
            }
            Node::BackReference { group, case } => self.push(if *group < self.program.groups {
                Op::BackReference {
                    group: *group,
                    case: *case,
                }
            } else {
                Op::Fail
            }),
        }
    }

    fn alternation(&mut self, branches: &[Node]) {
        let mut jumps = Vec::new();
        for (index, branch) in branches.iter().enumerate() {
            let last = index + 1 == branches.len();
            let split = (!last).then(|| self.reserve());
            self.node(branch);
            if let Some(split) = split {
                jumps.push(self.reserve());
                let other = self.here();
                self.set_op(split, Op::TryNext { other });
            }
        }
        let end = self.here();
        for jump in jumps {
            self.set_op(jump, Op::Jump(end));
        }
    }

    /// The bounds of a group change together, when it closes.
    fn capture(&mut self, group: usize, body: &Node) {
        let start = self.registers(1);
        self.push(Op::Save(start));
        self.node(body);
        self.push(Op::Close { group, start });
    }

    fn repeat(&mut self, body: &Node, count: Count, greed: Greed) {
        if greed == Greed::Possessive {
            let mark = self.registers(2);
            self.push(Op::Mark(mark));
            self.repeat(body, count, Greed::Greedy);
            self.push(Op::Cut(mark));
            return;
        }
        if greed == Greed::Greedy && matches!(body, Node::Char(_) | Node::Set(_)) {
            let set = match body {
                Node::Set(set) => set.clone(),
                Node::Char(ch) => CharSet::new(&[(*ch, *ch)]),
                _ => CharSet::empty(),
            };
            let set = self.set(set);
            self.push(Op::Run { set, count });
            return;
        }
        let counter = self.registers(2);
        self.push(Op::LoopStart { counter });
        let test = self.reserve();
        let enter = self.here();
        self.push(Op::LoopEnter { counter });
        self.node(body);
        self.push(Op::Jump(test));
        let exit = self.here();
        self.set_op(
            test,
            Op::LoopTest(Loop {
                counter,
                count,
                lazy: greed == Greed::Lazy,
                deterministic: count.max > 1 && body.is_deterministic(),
                enter,
                exit,
            }),
        );
    }

    fn look(&mut self, direction: Direction, mark: Register, body: &Node) {
        match direction {
            Direction::Ahead => self.node(body),
            Direction::Behind { min, max } => {
                self.push(Op::Behind { mark, min, max });
                self.push(Op::BehindStep { mark });
                self.node(body);
                self.push(Op::BehindEnd(mark));
            }
        }
    }

    fn set(&mut self, set: CharSet) -> usize {
        self.program.sets.push(FastSet::new(set));
        self.program.sets.len() - 1
    }

    fn registers(&mut self, count: usize) -> Register {
        let first = self.program.registers;
        self.program.registers += count;
        first
    }

    fn here(&self) -> Label {
        // A pattern is short, and each of its bytes makes a few instructions at most.
        self.program.ops.len() as Label
    }

    fn push(&mut self, op: Op) {
        self.program.ops.push(op);
    }

    /// A place for an instruction that is known later.
    fn reserve(&mut self) -> Label {
        let label = self.here();
        self.push(Op::Fail);
        label
    }

    fn set_op(&mut self, label: Label, op: Op) {
        self.program.ops[label as usize] = op;
    }
}
