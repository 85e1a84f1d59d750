//! What the systems answered, as it stands in `fixtures/reports`, is about mistakes that there are, in words that there are.

use std::collections::HashSet;
use std::path::PathBuf;

use usocket::Condition;
#[cfg(target_os = "linux")]
use usocket_conformance::cell::Cell;

fn table() -> Vec<Vec<String>> {
    let conformance = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap());
    let path = conformance.join("../fixtures/reports/platforms.tsv");
    let text = std::fs::read_to_string(path).unwrap();
    let fields = |line: &str| line.split('\t').map(str::to_owned).collect();
    text.lines().map(fields).collect()
}

#[test]
fn each_line_has_all_platforms_and_a_first_answer() {
    let table = table();
    let columns = table[0].len();
    assert_eq!(table[0][0], "mistake");
    assert!(columns > 5, "{columns}");
    let mut mistakes = HashSet::new();
    for line in &table[1..] {
        assert_eq!(line.len(), columns, "{line:?}");
        assert!(mistakes.insert(&line[0]), "{line:?}");
        let first = line[1..].iter().find(|answer| *answer != "-");
        assert_ne!(first.map(String::as_str), Some("="), "{line:?}");
    }
    assert!(mistakes.len() > 300, "{}", mistakes.len());
}

#[test]
fn each_answer_is_a_condition_or_says_what_came_in_its_place() {
    for line in &table()[1..] {
        for answer in &line[1..] {
            let word = answer.split(' ').next().unwrap();
            let other = ["=", "-", "hang", "unknown", "no"];
            let known = word.parse::<Condition>().is_ok() || other.contains(&word);
            assert!(known, "{line:?}");
        }
    }
}

/// Windows has mistakes of its own, which Linux' catalogue does not name.
#[test]
#[cfg(target_os = "linux")]
fn each_mistake_of_linux_is_a_cell() {
    let cells: HashSet<String> = Cell::all().map(|cell| cell.name()).collect();
    for line in &table()[1..] {
        if line[1] != "-" {
            assert!(cells.contains(&format!("{}::usocket", line[0])), "{line:?}");
        }
    }
}
