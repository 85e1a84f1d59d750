//! The rows of every Unix against their independent statement, wherever a Unix is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::catalogue::CATALOGUE;

#[test]
fn the_rows_of_every_unix_are_those_of_the_fixture() {
    let folder = std::env::var("CARGO_MANIFEST_DIR").unwrap();
    let path = Path::new(&folder).join("../fixtures/recipes-elsewhere.toml");
    let text = std::fs::read_to_string(path).expect("the fixture is in the repository");
    let fixture: toml::Table = text.parse().expect("it is a table");
    let stated: BTreeMap<String, BTreeSet<String>> =
        fixture["unix"].clone().try_into().expect("rows by id");

    let mut ours = BTreeMap::<String, BTreeSet<String>>::new();
    for recipe in CATALOGUE {
        let errno = recipe.errnos().first().map_or("none", |one| one.name());
        assert!(recipe.errnos().len() < 2, "{recipe:?}");
        let protocols: Vec<_> = recipe.protocols().iter().map(|one| one.name()).collect();
        let row = format!(
            "{} {} {} {errno} {}",
            recipe.condition().name(),
            recipe.operation().name(),
            recipe.shape(),
            protocols.join(" "),
        );
        let rows = ours.entry(recipe.id().to_owned()).or_default();
        assert!(rows.insert(row), "{recipe:?} stands twice");
    }
    assert_eq!(ours, stated);
}
