//! Chance that can be repeated.

use super::action::Action;

/// How often which action is taken: a weight for each.
///
/// ```
/// use usocket_testkit::Errno;
/// use usocket_testkit::faults::{Action, Schedule};
///
/// // Of ten calls, on average, seven are left alone, two are interrupted, and one gets a single byte.
/// let schedule = Schedule::pass(7)
///     .or(2, Action::Errno(Errno::EINTR))
///     .or(1, Action::Short(1));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    choices: Vec<(u32, Action)>,
}

impl Schedule {
    /// The weight of leaving a call alone.
    pub fn pass(weight: u32) -> Self {
        Self {
            choices: vec![(weight, Action::Pass)],
        }
    }

    /// The same with one more action, of this weight.
    #[must_use]
    pub fn or(mut self, weight: u32, action: Action) -> Self {
        self.choices.push((weight, action));
        self
    }

    /// What it may decide.
    pub(super) fn actions(&self) -> impl Iterator<Item = &Action> {
        self.choices.iter().map(|(_, action)| action)
    }

    /// The decision for the n-th call. It depends on these numbers alone, so that the threads that make the calls may
    /// come in any order.
    pub(super) fn decide(&self, seed: u64, n: u64) -> &Action {
        let total: u64 = self
            .choices
            .iter()
            .map(|(weight, _)| u64::from(*weight))
            .sum();
        // With no weight at all every call is left alone.
        let mut left = mixed(seed, n) % total.max(1);
        for (weight, action) in &self.choices {
            let weight = u64::from(*weight);
            if left < weight {
                return action;
            }
            left -= weight;
        }
        &Action::Pass
    }
}

/// The n-th output of `SplitMix64` (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
fn mixed(seed: u64, n: u64) -> u64 {
    let state = seed.wrapping_add(n.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_gives_the_published_numbers() {
        // The first outputs for the seed 1234567.
        let expected = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
        ];
        for (n, expected) in (0..).zip(expected) {
            assert_eq!(mixed(1_234_567, n), expected);
        }
    }

    #[test]
    fn weights_are_shares() {
        let schedule = Schedule::pass(3).or(1, Action::Eof).or(0, Action::Short(1));
        let decided: Vec<_> = (0..10_000).map(|n| schedule.decide(7, n)).collect();
        let share = |wanted: Action| decided.iter().filter(|action| ***action == wanted).count();
        // Five standard deviations of 43 around the mean.
        assert!(
            (2280..=2720).contains(&share(Action::Eof)),
            "{}",
            share(Action::Eof)
        );
        assert_eq!(share(Action::Short(1)), 0);
        assert_eq!(Schedule::pass(0).decide(1, 1), &Action::Pass);
    }
}
