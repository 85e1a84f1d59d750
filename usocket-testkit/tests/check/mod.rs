//! Whether a recipe gives its error.

use std::time::Instant;

use usocket_testkit::provoke::{Recipe, Tier, UnavailableKind};
use usocket_testkit::{Condition, Errno, Operation, Protocol};

use crate::driver::drive;

/// Sets the recipe up, makes the call, and holds what it says against the recipe.
pub(crate) fn check(recipe: &'static Recipe, protocol: Protocol) {
    let row = format!(
        "{} {} in {} over {protocol}, {}",
        recipe.id(),
        recipe.condition().name(),
        recipe.operation().name(),
        recipe.shape(),
    );
    let scene = match recipe.ready(protocol) {
        Ok(scene) => scene,
        Err(why) => {
            // Only what the host or the process is may stand in the way, and it is said.
            let kinds = [
                UnavailableKind::Privileged,
                UnavailableKind::NoIpv6,
                // Other tests run in this process.
                UnavailableKind::ProcessWide,
            ];
            assert!(kinds.contains(&why.kind()), "{row}: {why:?}");
            println!("{row}: not run here: {why}");
            return;
        }
    };
    assert_eq!(scene.protocol(), protocol);
    let start = Instant::now();
    let answer = drive(&scene);
    let took = start.elapsed();
    println!("{row}: {answer:?} after {took:?}");
    match recipe.condition() {
        Condition::UnexpectedEof => assert_eq!(answer.expect(&row), 0, "{row}"),
        // The resolver has codes of its own.
        condition
            if matches!(
                recipe.operation(),
                Operation::Lookup | Operation::ReverseLookup
            ) =>
        {
            let error = answer.expect_err(&row);
            assert_eq!(Errno::of(&error), None, "{row}");
            // What came of arguments was asked of a library that names the codes.
            let inner = error.get_ref();
            if let Some(named) = inner.and_then(|inner| inner.downcast_ref::<usocket::Error>()) {
                assert_eq!(named.condition(), condition, "{row}: {named}");
            }
        }
        _ => {
            let error = answer.expect_err(&row);
            let errno = Errno::of(&error).unwrap_or_else(|| panic!("{row}: {error}"));
            assert!(recipe.errnos().contains(&errno), "{row}: {error}");
        }
    }
    let has_limit = recipe.operation() != Operation::Lookup && recipe.tier() != Tier::Rules;
    if recipe.condition() == Condition::Timeout && has_limit {
        let limit = scene.limit().expect(&row);
        // The kernel counts in ticks and may end a little early; it does not end at once.
        if recipe.id() == "S1" {
            assert!(took >= limit / 2, "{row}: {took:?}");
        } else {
            assert!(took < limit, "{row}: {took:?}");
        }
    }
}
