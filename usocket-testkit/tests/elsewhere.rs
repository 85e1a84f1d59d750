//! The catalogue of systems other than Linux: against its independent statement, and each recipe against the system.
#![cfg(any(windows, all(unix, not(target_os = "linux"))))]

mod check;
mod driver;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::catch_unwind;
use std::path::Path;

use check::{check, check_named};
use serde::Deserialize;
use usocket_testkit::provoke::{Missing, Recipe, UnavailableKind, catalogue, missing};
use usocket_testkit::{Condition, Errno, Protocol, provoke};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fixture {
    unix: BTreeMap<String, Vec<String>>,
    windows: BTreeMap<String, Vec<String>>,
    wine: Vec<WineRow>,
}

/// What Wine says in the place of Windows.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WineRow {
    id: String,
    condition: String,
    operations: Vec<String>,
    /// None: the call succeeds.
    errno: Option<String>,
    reason: String,
}

fn fixture() -> Fixture {
    let folder = std::env::var("CARGO_MANIFEST_DIR").unwrap();
    let path = Path::new(&folder).join("../fixtures/recipes-elsewhere.toml");
    let text = std::fs::read_to_string(path).expect("the fixture is in the repository");
    toml::from_str(&text).expect("the fixture is as described in its head")
}

/// Wine says where its parts are.
fn under_wine() -> bool {
    cfg!(windows) && std::env::var_os("WINELOADER").is_some()
}

#[test]
fn catalogue_says_what_the_fixture_says() {
    let fixture = fixture();
    let stated = if cfg!(windows) {
        fixture.windows
    } else {
        fixture.unix
    };
    let mut ours = BTreeMap::<String, BTreeSet<String>>::new();
    for recipe in catalogue() {
        let names = |errnos: &[Errno]| {
            let names: Vec<_> = errnos.iter().map(|errno| errno.name()).collect();
            if names.is_empty() {
                "none".to_owned()
            } else {
                names.join("/")
            }
        };
        let protocols: Vec<_> = recipe.protocols().iter().map(|one| one.name()).collect();
        let row = format!(
            "{} {} {} {} {}",
            recipe.condition().name(),
            recipe.operation().name(),
            recipe.shape(),
            names(recipe.errnos()),
            protocols.join(" "),
        );
        let rows = ours.entry(recipe.id().to_owned()).or_default();
        assert!(rows.insert(row), "{recipe:?} stands twice");
    }
    let stated: BTreeMap<_, BTreeSet<_>> = stated
        .into_iter()
        .map(|(id, rows)| (id, rows.into_iter().collect()))
        .collect();
    assert_eq!(ours, stated);
}

#[test]
fn every_recipe_gives_its_error() {
    let fixture = fixture();
    let mut met = BTreeSet::new();
    let mut failed = Vec::new();
    for recipe in catalogue() {
        let wine = under_wine()
            .then(|| fixture.wine.iter().position(|row| row.is_for(recipe)))
            .flatten();
        met.extend(wine);
        for protocol in recipe.protocols() {
            // All of them are told, not the first alone.
            let tried = catch_unwind(|| match wine.and_then(|index| fixture.wine.get(index)) {
                None => check(recipe, *protocol),
                Some(row) => {
                    println!("{}: Wine is not Windows: {}", recipe.id(), row.reason);
                    let errno = row.errno.as_deref().map(|name| name.parse().unwrap());
                    check_named(recipe, *protocol, errno);
                }
            });
            if tried.is_err() {
                failed.push(format!("{recipe:?} over {protocol}"));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    if under_wine() {
        assert_eq!(
            met.len(),
            fixture.wine.len(),
            "a row of Wine's is for no recipe"
        );
    }
}

impl WineRow {
    fn is_for(&self, recipe: &Recipe) -> bool {
        self.id == recipe.id()
            && self.condition == recipe.condition().name()
            && self
                .operations
                .iter()
                .any(|one| one == recipe.operation().name())
    }
}

#[test]
fn every_condition_has_a_recipe_or_a_reason() {
    let made: BTreeSet<_> = catalogue().iter().map(Recipe::condition).collect();
    let mut all = made.clone();
    for row in missing() {
        let condition = row.condition();
        assert!(!made.contains(&condition), "{condition} has a recipe");
        assert!(all.insert(condition), "{condition} is missing twice");
    }
    assert_eq!(all, Condition::ALL.iter().copied().collect());
    let reasons: BTreeSet<_> = missing().iter().map(Missing::reason).collect();
    assert!(reasons.len() < missing().len(), "the system is one reason");
}

#[test]
fn what_only_linux_gives_is_refused_with_that_reason() {
    let request = provoke(Condition::HostDown);
    for request in [request, request.any_shape()] {
        let why = request.ready().unwrap_err();
        assert_eq!(why.kind(), UnavailableKind::OtherSystem);
        assert!(why.to_string().contains("Linux"), "{why}");
    }
}

#[test]
fn what_is_left_open_is_chosen() {
    let refused = provoke(Condition::ConnectionRefused).ready().unwrap();
    assert_eq!(refused.protocol(), Protocol::Tcp4);
    let error = std::net::TcpStream::connect(refused.addr()).unwrap_err();
    assert_eq!(Errno::of(&error), Some(Errno::ECONNREFUSED));
}
