//! The filter, in the language of the kernel's packet filters (seccomp(2); `linux/filter.h`).
//!
//! It asks for the number first, and lets all others go without having looked at anything else: the kernel notes such
//! numbers and does not run the filter for them again. Then the condition on an argument, if the row has one; then the
//! instruction's address: what is not in this program's own text, or is the exempt instruction, goes on.

use super::table::{Form, Only, ROWS, Row};

/// A range of instructions: first and last address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) first: u64,
    pub(super) last: u64,
}

impl Range {
    /// In pieces that do not cross a multiple of 4 GiB, since a filter reads the halves of an address one by one.
    fn pieces(self) -> impl Iterator<Item = Self> {
        let mut first = Some(self.first);
        std::iter::from_fn(move || {
            let start = first?;
            let end = self.last.min(start | 0xffff_ffff);
            first = end.checked_add(1).filter(|next| *next <= self.last);
            Some(Self {
                first: start,
                last: end,
            })
        })
    }
}

/// Where the numbers of `struct seccomp_data` are.
mod data {
    pub(super) const NUMBER: u32 = 0;
    pub(super) const ARCHITECTURE: u32 = 4;
    pub(super) const POINTER_LOW: u32 = 8;
    pub(super) const POINTER_HIGH: u32 = 12;

    #[allow(clippy::cast_possible_truncation)] // at most five
    pub(super) const fn argument_low(index: usize) -> u32 {
        16 + 8 * index as u32
    }
}

/// The filter for these instructions; none where it would be too long for the distances that it can jump.
pub(super) fn program(
    architecture: u32,
    scope: u16,
    exempt: u64,
    text: &[Range],
) -> Option<Vec<libc::sock_filter>> {
    let mut code = Assembler::default();
    let [here, allow, trap] = [code.label(), code.label(), code.label()];
    code.select(architecture, allow, |_| Some(here));
    code.place(here);
    code.let_through(exempt, allow);
    for piece in text.iter().flat_map(|range| range.pieces()) {
        let other = code.label();
        code.load(data::POINTER_HIGH);
        code.jump_if(Test::Equal, high(piece.first), Label::NEXT, other);
        code.load(data::POINTER_LOW);
        code.jump_if(Test::NotLess, low(piece.first), Label::NEXT, other);
        code.jump_if(Test::Greater, low(piece.last), other, trap);
        code.place(other);
    }
    code.place(allow);
    code.answer(libc::SECCOMP_RET_ALLOW);
    code.place(trap);
    code.answer(libc::SECCOMP_RET_TRAP | u32::from(scope));
    code.finish()
}

/// The filter for children: whatever their text is, but for the exempt instruction, by which they hand it over before
/// they become another program. Rings would get past it, so there are none.
pub(super) fn for_children(architecture: u32, exempt: u64) -> Option<Vec<libc::sock_filter>> {
    let mut code = Assembler::default();
    let [ask, refuse, allow] = [code.label(), code.label(), code.label()];
    code.select(architecture, allow, |row| match row.form {
        Form::Ring => Some(refuse),
        // What the handler of this process's own calls needs to see.
        Form::EpollControl | Form::SignalMask => None,
        _ => Some(ask),
    });
    code.place(ask);
    code.let_through(exempt, allow);
    code.answer(libc::SECCOMP_RET_USER_NOTIF);
    code.place(refuse);
    #[allow(clippy::cast_sign_loss)] // a positive number
    code.answer(libc::SECCOMP_RET_ERRNO | libc::ENOSYS as u32);
    code.place(allow);
    code.answer(libc::SECCOMP_RET_ALLOW);
    code.finish()
}

#[allow(clippy::cast_possible_truncation)] // the lower half
const fn low(word: u64) -> u32 {
    word as u32
}

const fn high(word: u64) -> u32 {
    low(word >> 32)
}

/// A place in the filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Label(usize);

impl Label {
    /// The next instruction.
    const NEXT: Self = Self(usize::MAX);
}

/// What a jump asks of the word that was loaded.
#[derive(Clone, Copy, Debug)]
enum Test {
    Equal,
    Greater,
    NotLess,
}

#[derive(Debug)]
struct Line {
    code: u32,
    operand: u32,
    jump: Option<[Label; 2]>,
}

#[derive(Debug, Default)]
struct Assembler {
    lines: Vec<Line>,
    places: Vec<usize>,
}

impl Assembler {
    fn label(&mut self) -> Label {
        self.places.push(usize::MAX);
        Label(self.places.len() - 1)
    }

    /// The label is the next instruction.
    fn place(&mut self, label: Label) {
        if let Some(place) = self.places.get_mut(label.0) {
            *place = self.lines.len();
        }
    }

    /// To where `target` sends the calls of each row, on their conditions; the others are allowed. Rows with one number
    /// have one target.
    fn select(&mut self, architecture: u32, allow: Label, target: impl Fn(&Row) -> Option<Label>) {
        self.load(data::ARCHITECTURE);
        self.jump_if(Test::Equal, architecture, Label::NEXT, allow);
        self.load(data::NUMBER);
        let mut numbers: Vec<(u32, Label)> = ROWS
            .iter()
            .filter_map(|row| Some((low(row.number as u64), target(row)?)))
            .collect();
        numbers.sort_unstable_by_key(|(number, _)| *number);
        numbers.dedup_by_key(|(number, _)| *number);
        let mut conditions = Vec::new();
        for (number, target) in numbers {
            let only: Vec<_> = ROWS
                .iter()
                .filter(|row| low(row.number as u64) == number)
                .map(|row| row.only)
                .collect();
            if only.contains(&Only::All) {
                self.jump_if(Test::Equal, number, target, Label::NEXT);
            } else {
                let conditional = self.label();
                self.jump_if(Test::Equal, number, conditional, Label::NEXT);
                conditions.push((conditional, only, target));
            }
        }
        self.answer(libc::SECCOMP_RET_ALLOW);

        for (conditional, only, target) in conditions {
            self.place(conditional);
            for condition in only {
                let (test, index, value) = match condition {
                    Only::Is(index, value) => (Test::Equal, index, value),
                    Only::Above(index, value) => (Test::Greater, index, value),
                    Only::All => continue,
                };
                self.load(data::argument_low(index));
                self.jump_if(test, value, target, Label::NEXT);
            }
            self.answer(libc::SECCOMP_RET_ALLOW);
        }
    }

    /// Allows what the exempt instruction calls.
    fn let_through(&mut self, exempt: u64, allow: Label) {
        let other = self.label();
        self.load(data::POINTER_LOW);
        self.jump_if(Test::Equal, low(exempt), Label::NEXT, other);
        self.load(data::POINTER_HIGH);
        self.jump_if(Test::Equal, high(exempt), allow, Label::NEXT);
        self.place(other);
    }

    fn load(&mut self, offset: u32) {
        self.line(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, offset, None);
    }

    fn jump_if(&mut self, test: Test, value: u32, yes: Label, no: Label) {
        let test = match test {
            Test::Equal => libc::BPF_JEQ,
            Test::Greater => libc::BPF_JGT,
            Test::NotLess => libc::BPF_JGE,
        };
        self.line(libc::BPF_JMP | test | libc::BPF_K, value, Some([yes, no]));
    }

    fn answer(&mut self, answer: u32) {
        self.line(libc::BPF_RET | libc::BPF_K, answer, None);
    }

    fn line(&mut self, code: u32, operand: u32, jump: Option<[Label; 2]>) {
        self.lines.push(Line {
            code,
            operand,
            jump,
        });
    }

    /// Jumps are distances from the instruction after them, forward only, and a byte long.
    fn finish(&self) -> Option<Vec<libc::sock_filter>> {
        let distance = |from: usize, to: Label| -> Option<u8> {
            if to == Label::NEXT {
                return Some(0);
            }
            let place = self.places.get(to.0)?;
            u8::try_from(place.checked_sub(from + 1)?).ok()
        };
        self.lines
            .iter()
            .enumerate()
            .map(|(index, line)| {
                let [jt, jf] = match line.jump {
                    Some([yes, no]) => [distance(index, yes)?, distance(index, no)?],
                    None => [0, 0],
                };
                let code = u16::try_from(line.code).ok()?;
                Some(libc::sock_filter {
                    code,
                    jt,
                    jf,
                    k: line.operand,
                })
            })
            .collect()
    }
}
