//! The guide: that its table of conditions is what the crate does, and that no page is missing.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use usocket::{Class, Condition, Disposition, Operation};

/// The folder of the crate. Asked when it runs: an archive of tests runs elsewhere than it was built.
fn crate_folder() -> PathBuf {
    std::env::var("CARGO_MANIFEST_DIR").unwrap().into()
}

/// The documentation at the top of a source.
fn page(file: &str) -> String {
    let path = crate_folder().join(file);
    let source =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    source
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .flat_map(|line| [line.trim_start(), "\n"])
        .collect()
}

/// The cells of a table's row.
fn cells(row: &str) -> Option<Vec<&str>> {
    let inner = row.strip_prefix('|')?.strip_suffix('|')?;
    Some(inner.split('|').map(str::trim).collect())
}

/// What the last column of the table of conditions says of one operation.
///
/// Such as `connect, send-to: back off; accept: retry now`, or `any: back off`.
fn promised(cell: &str, operation: Operation) -> Disposition {
    for part in cell.split("; ").filter(|part| !part.is_empty()) {
        let (operations, disposition) = part.split_once(": ").unwrap();
        let disposition = match disposition {
            "retry now" => Disposition::RetryNow,
            "back off" => Disposition::BackOff,
            other => panic!("{other:?} is no disposition"),
        };
        for name in operations.split(", ") {
            if name == "any" || name.parse::<Operation>().unwrap() == operation {
                return disposition;
            }
        }
    }
    Disposition::Fatal
}

/// The rows of a section of the page about errors: the condition, and the last cell.
fn conditions(section: &str) -> Vec<(Condition, String)> {
    let page = page("src/guide/errors.rs");
    let (_, rest) = page.split_once(&format!("## {section}\n")).unwrap();
    let section = rest.split("\n#").next().unwrap();
    let mut found = Vec::new();
    for row in section.lines().filter(|line| line.starts_with("| [")) {
        let cells = cells(row).unwrap();
        assert_eq!(cells.len(), 4, "{row}");
        assert!(cells[..3].iter().all(|cell| !cell.is_empty()), "{row}");
        let name = cells[0].split('`').nth(1).unwrap();
        let condition = Condition::ALL
            .iter()
            .find(|condition| format!("{condition:?}") == name)
            .unwrap_or_else(|| panic!("{name} is no condition"));
        assert!(
            cells[0].ends_with(&format!("(crate::Condition::{name})")),
            "{row}"
        );
        found.push((*condition, cells[3].to_owned()));
    }
    found
}

#[test]
fn the_page_about_errors_has_every_condition_once_in_its_section() {
    let of = |section| -> Vec<_> {
        let conditions = conditions(section).into_iter();
        conditions.map(|(condition, _)| condition).collect()
    };
    let (classic, beyond, names) = (
        of("The classic twenty"),
        of("Beyond the twenty"),
        of("Of names"),
    );
    assert_eq!(classic, Condition::CLASSIC);
    assert!(
        names
            .iter()
            .all(|condition| condition.class() == Class::NameError)
    );
    assert_eq!([classic, beyond, names].concat(), Condition::ALL);
}

#[test]
fn the_page_about_errors_says_what_disposition_says() {
    let sections = ["The classic twenty", "Beyond the twenty", "Of names"];
    let mut wrong = Vec::new();
    for (condition, cell) in sections.into_iter().flat_map(conditions) {
        for operation in Operation::ALL {
            let promised = promised(&cell, *operation);
            let held = Disposition::of(condition, *operation);
            if promised != held {
                wrong.push(format!(
                    "{condition:?} in {}: the page says {promised:?}, the crate {held:?}",
                    operation.name(),
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_page_is_listed_on_the_crates_page_and_on_the_guides_and_has_code() {
    let folder = crate_folder().join("src/guide");
    let pages: BTreeSet<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .filter(|page| page != "mod")
        .collect();
    assert!(pages.len() >= 9);
    for (file, prefix) in [("src/lib.rs", "guide::"), ("src/guide/mod.rs", "")] {
        let text = page(file);
        let listed: BTreeSet<_> = text
            .lines()
            .filter_map(cells)
            .filter_map(|cells| Some(cells[0].strip_prefix("[`")?.strip_suffix("`]")?.to_owned()))
            .filter_map(|link| Some(link.strip_prefix(prefix)?.to_owned()))
            .collect();
        assert_eq!(listed, pages, "{file}");
    }
    for page_name in pages {
        let text = page(&format!("src/guide/{page_name}.rs"));
        // A fence without anything behind it is a test.
        assert!(text.contains("\n```\n"), "{page_name} has no code");
        for not_run in ["```no_run", "```ignore", "```text"] {
            assert!(
                !text.contains(not_run),
                "{page_name} has code that does not run"
            );
        }
    }
}
