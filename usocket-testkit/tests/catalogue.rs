//! The catalogue as a whole: against its independent statement, against the conditions, and as the
//! builder gives it out.
#![cfg(target_os = "linux")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use usocket_testkit::provoke::{
    LeftOut, Missing, Recipe, Tier, UnavailableKind, catalogue, left_out, missing,
};
use usocket_testkit::{Condition, Operation, Protocol, Scene, Unavailable, Way, provoke};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fixture {
    table: Vec<String>,
    left_out: Vec<String>,
    recipe: Vec<Row>,
    rule: Vec<Rules>,
    /// Shape and protocols, by operation.
    rule_calls: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    calls: Vec<String>,
    /// Id, condition, error number.
    rows: Vec<[String; 3]>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    condition: String,
    operations: Vec<String>,
    protocols: Vec<String>,
    errno: Option<String>,
    shape: String,
    way: char,
    tier: String,
    #[serde(default)]
    slow: bool,
    #[serde(default)]
    process_wide: bool,
    #[serde(default)]
    by_name_only: bool,
    source: String,
}

/// What makes a row unique: condition, operation, shape, id.
type Key = (String, String, String, String);

/// All rows, each as its key and, on one line, what there is to compare; each fact once for each
/// protocol, so that it does not matter how rows are grouped.
type Rows = BTreeMap<(Key, String), String>;

fn fixture() -> Fixture {
    let path =
        Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("../fixtures/recipes.toml");
    let text = std::fs::read_to_string(path).expect("the fixture is in the repository");
    toml::from_str(&text).expect("the fixture is as described in its head")
}

fn stated() -> Rows {
    let mut rows = Rows::new();
    let fixture = fixture();
    for rules in &fixture.rule {
        for ([id, condition, errno], call) in rules
            .rows
            .iter()
            .flat_map(|row| rules.calls.iter().map(move |call| (row, call)))
        {
            for (shape, protocols) in &fixture.rule_calls[call] {
                for protocol in protocols {
                    let call = call.trim_end_matches("-stream").to_owned();
                    let key = (condition.clone(), call.clone(), shape.clone(), id.clone());
                    let value = format!("{errno} S T2 [POSIX errno.h]");
                    let double = rows.insert((key, protocol.clone()), value);
                    assert_eq!(double, None, "{id} in {call} over {protocol} stands twice");
                }
            }
        }
    }
    for row in fixture.recipe {
        for operation in &row.operations {
            for protocol in &row.protocols {
                let key = (
                    row.condition.clone(),
                    operation.clone(),
                    row.shape.clone(),
                    row.id.clone(),
                );
                let errno = row.errno.as_deref().unwrap_or("none");
                let words = words(row.slow, row.process_wide, row.by_name_only);
                let value = format!("{errno} {} {}{words} [{}]", row.way, row.tier, row.source);
                let double = rows.insert((key.clone(), protocol.clone()), value);
                assert_eq!(double, None, "{key:?} over {protocol} stands twice");
            }
        }
    }
    rows
}

/// What else there is to say of a row, if anything.
fn words(slow: bool, process_wide: bool, by_name_only: bool) -> String {
    [
        (slow, " slow"),
        (process_wide, " process-wide"),
        (by_name_only, " by-name-only"),
    ]
    .iter()
    .filter_map(|(is_so, word)| is_so.then_some(*word))
    .collect()
}

fn ours() -> Rows {
    let mut rows = Rows::new();
    for recipe in catalogue() {
        for protocol in recipe.protocols() {
            let key = (
                recipe.condition().name().to_owned(),
                recipe.operation().name().to_owned(),
                recipe.shape().name().to_owned(),
                recipe.id().to_owned(),
            );
            let errnos: Vec<_> = recipe.errnos().iter().map(|errno| errno.name()).collect();
            let errnos = if errnos.is_empty() {
                "none".to_owned()
            } else {
                errnos.join("/")
            };
            let words = words(
                recipe.is_slow(),
                recipe.is_process_wide(),
                recipe.is_by_name_only(),
            );
            let value = format!(
                "{errnos} {} {}{words} [{}]",
                recipe.way().letter(),
                recipe.tier(),
                recipe.source()
            );
            let double = rows.insert((key.clone(), protocol.name().to_owned()), value);
            assert_eq!(double, None, "{key:?} over {protocol} stands twice");
        }
    }
    rows
}

#[test]
fn catalogue_says_what_the_fixture_says() {
    let (stated, ours) = (stated(), ours());
    let mut differences = Vec::new();
    for (key, value) in &stated {
        match ours.get(key) {
            None => differences.push(format!("{key:?}: only in fixtures/recipes.toml")),
            Some(other) if other != value => {
                differences.push(format!("{key:?}: the fixture says {value}, we say {other}"));
            }
            Some(_) => {}
        }
    }
    for key in ours.keys().filter(|key| !stated.contains_key(key)) {
        differences.push(format!("{key:?}: only in the catalogue"));
    }
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}

#[test]
fn every_row_of_the_table_is_made_or_left_out_with_a_reason() {
    let fixture = fixture();
    let table: BTreeSet<_> = fixture.table.iter().map(String::as_str).collect();
    assert_eq!(table.len(), 103);
    let made: BTreeSet<_> = catalogue().iter().map(Recipe::id).collect();
    let omitted: BTreeSet<_> = left_out().iter().map(LeftOut::id).collect();
    assert_eq!(omitted.len(), left_out().len(), "an id is left out twice");
    let stated: BTreeSet<_> = fixture.left_out.iter().map(String::as_str).collect();
    assert_eq!(omitted, stated);
    for id in table.iter().chain(&omitted) {
        assert!(table.contains(id), "{id} is not in the table");
        assert_ne!(made.contains(id), omitted.contains(id), "{id}");
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
}

#[test]
fn condition_operation_shape_and_id_are_unique() {
    let mut seen = BTreeSet::new();
    for recipe in catalogue() {
        let (condition, operation) = (recipe.condition(), recipe.operation());
        let key = (condition, operation, recipe.shape(), recipe.id());
        assert!(seen.insert(key), "{key:?} stands twice");
    }
}

#[test]
fn texts_are_sentences_without_their_ends() {
    let texts = catalogue()
        .iter()
        .flat_map(|recipe| [recipe.how(), recipe.source()])
        .chain(missing().iter().map(Missing::reason))
        .chain(left_out().iter().map(LeftOut::reason));
    for text in texts {
        assert!(text.len() > 4 && !text.ends_with('.'), "{text:?}");
        assert_eq!(text, text.trim());
    }
}

#[test]
fn no_answer_without_a_scene_or_a_reason() {
    for condition in Condition::ALL {
        for operation in Operation::ALL {
            for protocol in Protocol::ALL {
                let request = provoke(*condition).on(*operation).over(*protocol);
                for request in [request, request.any_shape()] {
                    match request.ready() {
                        Ok(scene) => {
                            assert_eq!(scene.condition(), *condition);
                            assert_eq!(scene.operation(), *operation);
                            assert_eq!(scene.protocol(), *protocol);
                        }
                        Err(why) => {
                            assert_eq!(why.condition(), *condition);
                            assert_eq!(why.operation(), Some(*operation));
                            assert_eq!(why.protocol(), Some(*protocol));
                            assert_ne!(why.kind(), UnavailableKind::SetUpFailed, "{why:?}");
                            assert!(why.to_string().len() > 20, "{why:?}");
                        }
                    }
                }
            }
        }
    }
}

/// This file has no `lab_main!` line: not one of these recipes may touch the network that the process is in.
#[test]
fn without_a_lab_its_recipes_refuse_and_name_the_line() {
    let mut refused = 0;
    for recipe in catalogue().iter().filter(|one| one.tier() == Tier::Lab) {
        for protocol in recipe.protocols() {
            let request = recipe.request(*protocol).process_wide();
            let why = request.named(recipe.id()).ready().unwrap_err();
            if why.kind() != UnavailableKind::NoIpv6 {
                assert_eq!(why.kind(), UnavailableKind::NoLab, "{recipe:?}");
                assert!(why.to_string().contains("usocket_testkit::lab_main!();"));
                refused += 1;
            }
        }
    }
    assert!(refused > 50, "{refused} only");
}

#[test]
fn without_any_shape_there_is_always_something_to_name() {
    for condition in Condition::ALL {
        for operation in Operation::ALL {
            if let Ok(scene) = provoke(*condition).on(*operation).ready() {
                assert!(!scene.given().has_descriptor(), "{scene:?}");
                if *operation == Operation::Lookup {
                    assert!(scene.name().is_some(), "{scene:?}");
                } else {
                    println!("{condition} in {operation}: {}", scene.addr());
                }
            }
        }
    }
}

#[test]
fn what_is_left_open_is_chosen() {
    let refused = provoke(Condition::ConnectionRefused).ready().unwrap();
    assert_eq!(refused.operation(), Operation::Connect);
    assert_eq!(refused.protocol(), Protocol::Tcp4);
    // Without a lab only a datagram socket meets it in connect, and nobody said that it is one.
    let forbidden = provoke(Condition::OperationNotPermitted).on(Operation::Connect);
    // Elsewhere they are for usocket alone.
    #[cfg(feature = "faults")]
    let has_rules = cfg!(any(target_arch = "x86_64", target_arch = "aarch64"))
        && usocket_testkit::Faults::available().is_ok();
    #[cfg(not(feature = "faults"))]
    let has_rules = false;
    if has_rules {
        let scene = forbidden.ready().unwrap();
        assert_eq!(scene.way(), Way::SystemCallRule);
        assert_eq!(scene.protocol(), Protocol::Tcp4);
    } else {
        let why = forbidden.ready().unwrap_err();
        assert_eq!(why.kind(), UnavailableKind::NoLab);
    }
    let forbidden = forbidden.over(Protocol::Udp4);
    assert_eq!(forbidden.ready().unwrap().way(), Way::Kernel);
    assert_eq!(forbidden.ready().unwrap().protocol(), Protocol::Udp4);
    let receive = provoke(Condition::ConnectionRefused).on(Operation::Receive);
    assert_eq!(receive.ready().unwrap().protocol(), Protocol::Udp4);
    let not_found = provoke(Condition::NotFound).on(Operation::Connect);
    assert_eq!(
        not_found.ready().unwrap_err().kind(),
        UnavailableKind::NoRecipe
    );
    assert!(not_found.any_shape().ready().unwrap().path().is_some());
}

#[test]
fn the_reason_says_what_would_help() {
    let p4 = catalogue()
        .iter()
        .find(|recipe| recipe.id() == "P4")
        .unwrap();
    let why = p4.ready(Protocol::Tcp4).unwrap_err().to_string();
    let expected = if cfg!(feature = "lab") {
        "usocket_testkit::lab_main!();"
    } else {
        "without its feature lab"
    };
    assert!(why.contains(expected), "{why}");
    let why = provoke(Condition::Cancelled).on(Operation::Connect).ready();
    assert_eq!(
        why.unwrap_err().to_string(),
        "no call that sockets make is cancelled by anybody: needs a seam"
    );
    let why = provoke(Condition::AlreadyConnected)
        .on(Operation::Connect)
        .ready();
    assert!(why.unwrap_err().to_string().ends_with("any_shape()"));
    let why = provoke(Condition::NotFound).on(Operation::Bind).ready();
    assert_eq!(
        why.unwrap_err().to_string(),
        "no recipe makes it happen there; it is to be had in connect (unix-stream)"
    );
}

/// A process that runs other tests too is asked first; one that has this test alone need not be.
#[test]
fn what_changes_the_whole_process_is_asked_for() {
    let request = provoke(Condition::TooManyOpenFiles)
        .on(Operation::Accept)
        .any_shape()
        .named("U3");
    let alone =
        std::env::var("NEXTEST_EXECUTION_MODE").is_ok_and(|mode| mode == "process-per-test");
    match request.ready() {
        Ok(scene) => assert!(alone, "{scene:?}"),
        Err(why) => {
            assert!(!alone, "{why:?}");
            assert_eq!(why.kind(), UnavailableKind::ProcessWide);
            assert!(why.to_string().contains("process_wide()"), "{why}");
        }
    }
    // Nothing is lowered before the strike.
    let scene = request.process_wide().ready().unwrap();
    assert!(scene.recipe().is_process_wide());
}

/// Each row can be asked for, also where others share its id.
#[test]
fn a_request_for_a_row_is_for_that_row() {
    let plain = catalogue().iter().filter(|one| one.tier() == Tier::Plain);
    for recipe in plain.filter(|one| !one.is_process_wide()) {
        for protocol in recipe.protocols() {
            match recipe.request(*protocol).ready() {
                Ok(scene) => {
                    assert_eq!(scene.shape(), recipe.shape(), "{recipe:?}");
                    assert_eq!(scene.recipe().how(), recipe.how());
                }
                Err(why) => assert_ne!(why.kind(), UnavailableKind::NoRecipe, "{why:?}"),
            }
        }
    }
}

#[test]
fn what_may_harm_an_old_kernel_is_asked_for_by_its_name() {
    let harmful = || catalogue().iter().filter(|recipe| recipe.is_by_name_only());
    assert_eq!(harmful().map(Recipe::id).collect::<Vec<_>>(), ["N2", "N2"]);
    for recipe in harmful() {
        let protocol = recipe.protocols()[0];
        let request = provoke(recipe.condition())
            .on(recipe.operation())
            .over(protocol)
            .any_shape();
        let others = [
            recipe.ready(protocol),
            recipe.request(protocol).process_wide().ready(),
        ];
        if let Ok(scene) = request.process_wide().ready() {
            assert!(!scene.recipe().is_by_name_only(), "{scene:?}");
        }
        for why in others.map(Result::unwrap_err) {
            assert_eq!(why.kind(), UnavailableKind::ByNameOnly, "{why:?}");
            assert!(why.to_string().contains("named(\"N2\")"), "{why}");
        }
        assert_eq!(
            request.named("D1").ready().unwrap_err().kind(),
            UnavailableKind::NoRecipe
        );
        // By its name it is made, were there a lab.
        let named = request.named("N2").ready().unwrap_err();
        assert_ne!(named.kind(), UnavailableKind::ByNameOnly, "{named:?}");
    }
}

#[test]
fn scenes_can_move_between_threads() {
    const fn send<T: Send + Sync>() {}
    const { send::<Scene>() }
    const { send::<Unavailable>() }
}
