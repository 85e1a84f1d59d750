//! What the guide of `usocket-testkit` shows of published clients is what the tests here run, word by word.

use std::fs;
use std::path::{Path, PathBuf};

/// A page of the guide, and the test files that its code is from.
const PAGES: [(&str, &[&str]); 3] = [
    ("http_blocking.rs", &["http_ureq.rs"]),
    ("http_async.rs", &["http_reqwest.rs"]),
    (
        "with_rules.rs",
        &[
            "rules_ureq.rs",
            "rules_redis.rs",
            "rules_postgres.rs",
            "rules_tiny_http.rs",
            "rules_axum.rs",
        ],
    ),
];

#[test]
fn the_guide_shows_code_that_runs() {
    let clients = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap());
    let guide = clients.join("../usocket-testkit/src/guide");
    for (page, tests) in PAGES {
        let code: Vec<_> = tests
            .iter()
            .map(|test| read(&clients.join("tests").join(test)))
            .collect();
        let page = read(&guide.join(page));
        let blocks = blocks(&page);
        assert!(blocks.len() >= 5, "{tests:?}: {} blocks", blocks.len());
        // What stands apart in a block may stand apart in the test.
        for part in blocks
            .iter()
            .flat_map(|block| block.trim_end().split("\n\n"))
        {
            let runs = code.iter().any(|code| code.contains(part));
            assert!(runs, "{tests:?} do not have:\n{part}");
        }
    }
}

/// The front page of the testkit shows two of the tests.
#[test]
fn the_readme_shows_code_that_runs() {
    let clients = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap());
    let page = read(&clients.join("../usocket-testkit/README.md"));
    let shown: Vec<&str> = page
        .split("```rust,ignore\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .collect();
    assert_eq!(shown.len(), 2);
    for (code, test) in shown.iter().zip(["rules_postgres.rs", "rules_axum.rs"]) {
        assert!(
            read(&clients.join("tests").join(test)).contains(code),
            "{test} does not have:\n{code}"
        );
    }
}

/// The code on a page.
fn blocks(page: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut block = None;
    for line in page.lines() {
        let line = line.strip_prefix("//!").unwrap();
        let line = line.strip_prefix(' ').unwrap_or(line);
        match (line, &mut block) {
            ("```ignore", None) => block = Some(String::new()),
            ("```", Some(_)) => blocks.extend(block.take()),
            (line, Some(block)) => {
                block.push_str(line);
                block.push('\n');
            }
            (line, None) => assert!(!line.starts_with("```"), "{line} is not compared"),
        }
    }
    assert_eq!(block, None, "the last block has no end");
    blocks
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
