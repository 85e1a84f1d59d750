//! Whether a recipe gives its error.

use std::time::Instant;

use usocket_testkit::provoke::{Recipe, Tier, UnavailableKind};
use usocket_testkit::{Condition, Errno, Operation, Protocol};

use crate::driver::drive;

/// What the call is to leave.
enum Expected {
    /// One of the recipe's numbers.
    Promised,
    /// Another number, or none because the call succeeds.
    #[cfg_attr(target_os = "linux", allow(dead_code))]
    Known(Option<Errno>),
}

/// Sets the recipe up, makes the call, and holds what it says against the recipe.
pub(crate) fn check(recipe: &'static Recipe, protocol: Protocol) {
    check_against(recipe, protocol, &Expected::Promised);
}

/// The same for a system that is known to leave another number, or none because the call succeeds.
#[cfg(not(target_os = "linux"))]
pub(crate) fn check_named(recipe: &'static Recipe, protocol: Protocol, errno: Option<Errno>) {
    check_against(recipe, protocol, &Expected::Known(errno));
}

fn check_against(recipe: &'static Recipe, protocol: Protocol, expected: &Expected) {
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
                // Wine tells datagram sockets nothing.
                #[cfg(windows)]
                UnavailableKind::Host,
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
    if let Expected::Known(other) = expected {
        let number = answer.as_ref().err().and_then(Errno::of);
        assert_eq!(number, *other, "{row}: {answer:?}");
        assert!(
            !other.is_some_and(|other| recipe.errnos().contains(&other)),
            "{row}"
        );
        return;
    }
    match recipe.condition() {
        Condition::UnexpectedEof => assert_eq!(answer.expect(&row), 0, "{row}"),
        // The resolver has codes of its own; one of them says that there is a number.
        condition
            if (recipe.errnos().is_empty() || cfg!(windows))
                && matches!(
                    recipe.operation(),
                    Operation::Lookup | Operation::ReverseLookup
                ) =>
        {
            let error = answer.expect_err(&row);
            if cfg!(windows) && error.raw_os_error().is_some() {
                // There they are numbers of sockets like all others.
                let named = Condition::of(&error, recipe.operation());
                assert_eq!(named, condition, "{row}: {error}");
                return;
            }
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
