//! The command as its users start it.

mod built;

use std::collections::BTreeSet;
use std::process::{Command, Output, Stdio};

use built::program;
use rstest::rstest;
use serde_json::Value;
use usocket_conformance::testkit::provoke::{self, Tier};

fn conformance(arguments: &[&str]) -> Output {
    Command::new(program())
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("it starts")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

/// A folder for a report, of the test's own.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &str {
        self.0.path().to_str().unwrap()
    }

    fn file(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.file(name)).unwrap()
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.text("report.json")).unwrap()
    }

    /// Runs the cells whose names contain the text, with a report here.
    fn run(&self, arguments: &[&str]) -> Output {
        conformance(&[arguments, &["--report", self.path()]].concat())
    }
}

/// What a run finds, without what differs from one run to the next.
fn timeless(mut report: Value) -> Value {
    report["seconds"].take();
    for host in report["hosts"].as_array_mut().unwrap() {
        host["unused_port"].take();
    }
    for cell in report["cells"].as_array_mut().unwrap() {
        cell["milliseconds"].take();
        // It names the ports.
        cell["text"].take();
    }
    report
}

#[test]
fn a_whole_run_finds_usocket_right_and_leaves_no_condition_out() {
    let folder = Folder::new();
    // What rules say is much of the same: the tests of the cells have it.
    let output = folder.run(&["--skip", "::z"]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}\n{}", stderr(&output));
    assert!(!text.contains("wrong:"), "{text}");
    // Progress is told while it runs.
    assert!(stderr(&output).contains(" cells"), "{}", stderr(&output));

    let report = folder.json();
    assert_eq!(report["schema"], 3);
    let host = &report["hosts"][0];
    let port = host["unused_port"]["value"].as_str().unwrap();
    assert!(port.starts_with("127.0.0.1:"), "{port}");
    let labs = host["lab"]["available"] == true;
    for summary in report["summary"].as_array().unwrap() {
        let (subject, provoked) = (&summary["subject"], summary["classic_provoked"].as_u64());
        if ["usocket", "usocket-waiting", "socket2", "rustix"].contains(&subject.as_str().unwrap())
        {
            assert!(provoked >= Some(if labs { 18 } else { 16 }), "{summary}");
        }
        if subject == "usocket" || subject == "usocket-waiting" {
            assert_eq!(summary["right"], summary["expressible"]);
        }
        assert!(summary["expressible"].as_u64() > Some(100), "{summary}");
    }

    // Every cell made its call, or says why it did not.
    for cell in report["cells"].as_array().unwrap() {
        let verdict = cell["verdict"].as_str().unwrap();
        let silent = cell["remark"].is_null();
        assert_eq!(silent, verdict == "pass", "{cell}");
        // A subject that fails before the call would be a hole that nobody sees.
        let remark = cell["remark"].as_str().unwrap_or_default();
        assert!(!remark.contains("could not be prepared"), "{cell}");
        assert!(
            !["crash", "hang", "not-provoked"].contains(&verdict),
            "{cell}"
        );
        assert!(text.contains(cell["condition"].as_str().unwrap()), "{cell}");
    }
    for condition in usocket::Condition::ALL {
        let rows = |key: &str| {
            report[key]
                .as_array()
                .unwrap()
                .iter()
                .any(|row| row["condition"] == condition.name())
        };
        let by_rules_only = provoke::catalogue()
            .iter()
            .any(|recipe| recipe.condition() == *condition && recipe.tier() == Tier::Rules);
        assert!(
            rows("cells") || rows("not_provoked") || by_rules_only,
            "{condition} is neither provoked nor named"
        );
    }
    for row in report["not_provoked"].as_array().unwrap() {
        assert!(!row["reason"].as_str().unwrap().is_empty(), "{row}");
        assert!(text.contains(row["condition"].as_str().unwrap()), "{row}");
    }
}

#[test]
fn four_partitions_merged_are_the_whole() {
    let whole = Folder::new();
    assert_eq!(
        whole
            .run(&["--only", "tcp4", "--skip", "::z"])
            .status
            .code(),
        Some(0)
    );
    let parts: Vec<Folder> = (1..=4)
        .map(|part| {
            let folder = Folder::new();
            let partition = format!("hash:{part}/4");
            let output =
                folder.run(&["--only", "tcp4", "--skip", "::z", "--partition", &partition]);
            assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
            folder
        })
        .collect();
    for part in &parts {
        let cells = part.json()["cells"].as_array().unwrap().len();
        assert!(
            cells > 10,
            "{cells} cells only: the parts are to be of one size"
        );
    }
    let merged = Folder::new();
    let files: Vec<String> = parts.iter().map(|part| part.file("report.json")).collect();
    let mut arguments = vec!["merge", "--report", merged.path()];
    arguments.extend(files.iter().map(String::as_str));
    let output = conformance(&arguments);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let (merged, whole) = (timeless(merged.json()), timeless(whole.json()));
    let cells = |report: &Value| report["cells"].as_array().unwrap().clone();
    for (one, other) in cells(&merged).iter().zip(&cells(&whole)) {
        assert_eq!(one, other);
    }
    assert!(
        merged == whole,
        "they differ outside of the cells, or in their number"
    );
}

#[test]
fn platforms_merged_stand_side_by_side() {
    let (one, other, both) = (Folder::new(), Folder::new(), Folder::new());
    let only = ["--only", "d1_target"];
    one.run(&only);
    other.run(&[&only[..], &["--platform", "moon-riscv64"]].concat());
    let files = [one.file("report.json"), other.file("report.json")];
    let output = conformance(&["merge", &files[0], &files[1], "--report", both.path()]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let count = |folder: &Folder| folder.json()["cells"].as_array().unwrap().len();
    assert_eq!(count(&both), count(&one) + count(&other));
    assert!(
        stdout(&output).contains("moon-riscv64"),
        "{}",
        stdout(&output)
    );
    assert!(both.text("index.html").contains("moon-riscv64"));
}

#[test]
fn what_each_platform_answers_is_a_table() {
    let (one, other, both) = (Folder::new(), Folder::new(), Folder::new());
    one.run(&["--only", "1_target::usocket"]);
    other.run(&["--only", "d1_target", "--platform", "moon-riscv64"]);
    // A system with another number for the same.
    let mut moon = other.json();
    for cell in moon["cells"].as_array_mut().unwrap() {
        if cell["name"] == "connection_refused::connect::tcp6::d1_target::usocket" {
            cell["errno"] = "EHOSTDOWN (host is down)".into();
        }
    }
    std::fs::write(other.file("report.json"), moon.to_string()).unwrap();
    let files = [one.file("report.json"), other.file("report.json")];
    let output = conformance(&["merge", &files[0], &files[1], "--report", both.path()]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));

    let table = both.text("platforms.tsv");
    let lines: Vec<Vec<&str>> = table
        .lines()
        .map(|line| line.split('\t').collect())
        .collect();
    assert_eq!(lines[0].len(), 3, "{table}");
    assert_eq!((lines[0][0], lines[0][2]), ("mistake", "moon-riscv64"));
    for line in [
        [
            "connection_refused::connect::tcp4::d1_target",
            "connection-refused ECONNREFUSED",
            "=",
        ],
        [
            "connection_refused::connect::tcp6::d1_target",
            "connection-refused ECONNREFUSED",
            "connection-refused EHOSTDOWN",
        ],
        [
            "address_in_use::bind::tcp4::a1_target",
            "address-in-use EADDRINUSE",
            "-",
        ],
    ] {
        assert!(
            lines.contains(&line.to_vec()),
            "{line:?} is not in\n{table}"
        );
    }
    assert!(!table.contains("usocket"), "{table}");
}

#[test]
fn diff_tells_what_became_worse() {
    let (old, new) = (Folder::new(), Folder::new());
    old.run(&["--only", "d1_target::usocket"]);
    new.run(&["--only", "d1_target::usocket", "--expect", "D1=timeout"]);
    let (before, after) = (old.file("report.json"), new.file("report.json"));

    let same = conformance(&["diff", &before, &before]);
    assert_eq!(same.status.code(), Some(0));
    assert!(stdout(&same).contains("0 differ"), "{}", stdout(&same));

    let worse = conformance(&["diff", &before, &after]);
    assert_eq!(worse.status.code(), Some(1));
    let line = "worse    connection_refused::connect::tcp4::d1_target::usocket: pass \
                (connection-refused, ECONNREFUSED (connection refused)), now wrong-condition";
    assert!(stdout(&worse).contains(line), "{}", stdout(&worse));

    let better = conformance(&["diff", &after, &before]);
    assert_eq!(better.status.code(), Some(0));
    assert!(stdout(&better).contains("changed "), "{}", stdout(&better));
}

#[test]
fn show_tells_how_and_what_came_of_it() {
    let output = conformance(&["show", "connection_refused::connect::tcp4::d1_target::std"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = stdout(&output);
    for words in [
        "how ",
        "POSIX",
        "ECONNREFUSED",
        "verdict      pass",
        "again ",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    if rules() {
        for call in [
            "the scene called\n  socket(AF_INET, SOCK_STREAM",
            "the subject called",
            "  connect(",
            " = ECONNREFUSED (connection refused) <",
        ] {
            assert!(text.contains(call), "{call}: {text}");
        }
    } else {
        assert!(text.contains("calls not written down: faults: "), "{text}");
    }
    let known = conformance(&["show", "not_a_socket::accept::tcp4::c2_given::std"]);
    assert_eq!(known.status.code(), Some(0));
    assert!(
        stdout(&known).contains("see          https://"),
        "{}",
        stdout(&known)
    );
}

/// Whether programs may have rules on their own system calls here.
fn rules() -> bool {
    stdout(&conformance(&["doctor"])).contains("rules: yes")
}

/// To look closely must not change what is seen: a cell of each operation and way, with each library.
#[test]
fn a_cell_that_is_recorded_comes_out_as_it_does_in_a_run() {
    const CELLS: [&str; 8] = [
        "e1_peer",
        "s1_peer",
        "c1_given",
        "t1_given",
        "p4_target",
        "z17_given",
        "u3_given",
        "g5_given",
    ];
    for cells in CELLS {
        let folder = Folder::new();
        let output = folder.run(&["--only", "tcp4", "--only", cells]);
        assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
        let report = folder.json();
        let of_one = |operation: &Value| {
            report["cells"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|cell| cell["operation"] == *operation)
                .cloned()
                .collect::<Vec<_>>()
        };
        for cell in of_one(&report["cells"][0]["operation"]) {
            let shown = conformance(&["show", cell["name"].as_str().unwrap()]);
            let verdict = format!("verdict      {}\n", cell["verdict"].as_str().unwrap());
            assert!(stdout(&shown).contains(&verdict), "{}", stdout(&shown));
        }
    }
}

#[test]
fn doctor_tells_what_the_host_offers() {
    let output = conformance(&["doctor"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    for words in [
        "unused port",
        "T0 plain",
        "T1 labs",
        "T2 rules",
        "not to be had",
    ] {
        assert!(stdout(&output).contains(words), "{}", stdout(&output));
    }
}

#[test]
fn every_form_of_the_report_tells_the_same() {
    let folder = Folder::new();
    let output = folder.run(&[
        "--only",
        "timeout",
        "--skip",
        "::z",
        "--expect",
        "S1=host-down",
    ]);
    assert_eq!(output.status.code(), Some(1));
    let report = folder.json();
    let failed: Vec<String> = report["cells"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|cell| {
            !["pass", "known", "not-expressible", "not-run"]
                .contains(&cell["verdict"].as_str().unwrap())
        })
        .map(|cell| cell["name"].as_str().unwrap().to_owned())
        .collect();
    assert!(!failed.is_empty());
    let (page, summary, junit) = (
        folder.text("index.html"),
        folder.text("summary.md"),
        folder.text("junit.xml"),
    );
    for name in &failed {
        assert!(
            page.contains(&format!("<code>{name}</code></a>: ")),
            "{name}"
        );
        assert!(summary.contains(&format!("* `{name}` ")), "{name}");
        let (_, case) = junit.split_once(&format!("name=\"{name}\"")).unwrap();
        assert!(
            case.split("</testcase>")
                .next()
                .unwrap()
                .contains("<failure"),
            "{name}"
        );
    }
    assert_eq!(junit.matches("<failure").count(), failed.len());
    assert!(folder.text("badge.svg").contains("#b3261e"));
    // Each square leads to its evidence.
    let targets: BTreeSet<&str> = page
        .split("<h3 id=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    for link in page.split("href=\"#").skip(1) {
        let target = link.split('"').next().unwrap();
        assert!(targets.contains(target), "nothing has the id {target}");
    }
    // One file each: nothing is fetched.
    for page in [&page, &folder.text("provocation.html")] {
        assert!(!page.contains("src="), "it opens from disk, by itself");
        assert!(!page.contains("<link"), "it opens from disk, by itself");
    }
}

#[test]
fn what_a_library_says_is_text_in_the_page() {
    let folder = Folder::new();
    folder.run(&["--only", "d1_target::std"]);
    let mut report = folder.json();
    report["cells"][0]["text"] = "<script>alert(1)</script>".into();
    std::fs::write(folder.file("report.json"), report.to_string()).unwrap();
    let merged = Folder::new();
    conformance(&[
        "merge",
        &folder.file("report.json"),
        "--report",
        merged.path(),
    ]);
    let page = merged.text("index.html");
    assert!(!page.contains("<script>alert"), "it is a program");
    assert!(page.contains("alert(1)"), "it is gone");
}

#[test]
fn the_picture_has_the_worst_verdict_of_each_square() {
    let folder = Folder::new();
    let output = folder.run(&["--only", "timeout", "--skip", "::z"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let picture = folder.text("matrix.svg");
    let report = folder.json();
    let mut squares = BTreeSet::new();
    for cell in report["cells"].as_array().unwrap() {
        let of = |key: &str| cell[key].as_str().unwrap();
        if of("verdict") != "not-run" {
            squares.insert([of("subject"), of("condition"), of("operation")]);
        }
    }
    let titled = |square: &[&str; 3]| {
        let [subject, condition, operation] = square;
        format!("<title>{subject}: {condition} in {operation}: ")
    };
    for square in &squares {
        assert_eq!(picture.matches(&titled(square)).count(), 1, "{square:?}");
    }
    assert_eq!(picture.matches("</title></rect>").count(), squares.len());
    // std's would-block in the place of a timeout outweighs whatever else came out there.
    let worst = titled(&["std", "timeout", "receive"]) + "wrong-condition<";
    assert!(picture.contains(&worst), "{picture}");
    let best = titled(&["usocket", "timeout", "receive"]) + "pass<";
    assert!(picture.contains(&best), "{picture}");
}

#[test]
fn a_falsified_row_ends_the_run_with_exit_code_1() {
    let output = conformance(&[
        "--no-report",
        "--only",
        "d1_target::usocket",
        "--expect",
        "D1=timeout",
    ]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    let line = "wrong: connection_refused::connect::tcp4::d1_target::usocket: \
                expected timeout: wrong-condition: connection-refused";
    assert!(text.contains(line), "{text}");
}

#[test]
fn what_others_are_known_to_get_wrong_is_shown_and_no_failure() {
    let output = conformance(&["--no-report", "--only", "c1_given::std"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(
        stdout(&output).contains("~ F unnamed"),
        "{}",
        stdout(&output)
    );
}

#[test]
fn what_others_get_wrong_in_another_way_is_a_failure() {
    // Known is that it has no name for it, not that it has another.
    let output = conformance(&[
        "--no-report",
        "--only",
        "d1_target::std",
        "--expect",
        "D1=timeout",
    ]);
    assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
}

#[test]
fn without_labs_their_cells_are_not_run_and_say_why() {
    let output = Command::new(program())
        .args(["--no-report", "--only", "p4_target::usocket"])
        .env("USOCKET_TESTKIT_LAB", "off")
        .stdin(Stdio::null())
        .output()
        .expect("it starts");
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("lab: no · rules: "), "{text}");
    let line = "host-down                    connect      lab: switched off by USOCKET_TESTKIT_LAB";
    assert!(text.contains(line), "{text}");
}

#[test]
fn a_cell_that_hangs_is_ended_at_its_limit_and_is_a_verdict() {
    // The recipe takes the kernel a second.
    let output = conformance(&[
        "--no-report",
        "--only",
        "tcp4::s2_given::usocket",
        "--limit",
        "0.2",
    ]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("did not end in time"), "{text}");
}

#[test]
fn help_names_every_command_and_option() {
    let output = conformance(&["--help"]);
    assert_eq!(output.status.code(), Some(0));
    for option in [
        "run",
        "list",
        "show",
        "doctor",
        "diff",
        "merge",
        "--report",
        "--only",
        "--limit",
        "--jobs",
        "--partition",
        "--platform",
        "--expect",
        "--program",
        "Exit code",
    ] {
        assert!(stdout(&output).contains(option), "{}", stdout(&output));
    }
}

#[test]
fn the_listed_names_are_unique() {
    let output = conformance(&["list"]);
    let text = stdout(&output);
    let mut names: Vec<_> = text.lines().collect();
    let count = names.len();
    assert!(names.contains(&"connection_refused::connect::tcp4::d1_target::std"));
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}

#[rstest]
#[case::unknown_option(&["--reprot", "x"], "a similar argument exists: '--report'")]
#[case::folder_missing(&["--report"], "--report")]
#[case::folder_cannot_be(&["--report", "/dev/null/report"], "cannot make the folder /dev/null/report")]
#[case::unknown_command(&["dif"], "a similar subcommand exists: 'diff'")]
#[case::no_such_cell_to_show(&["show", "host_down::connect::tcp4::std"], "did you mean host_down::connect::tcp4::p4_target::std, or host_down::connect::tcp4::z17_target::std?")]
#[case::nothing_like_it(&["show", "nonsense"], "`conformance list` shows all names")]
#[case::no_report(&["diff", "/dev/null/a", "/dev/null/b"], "cannot read /dev/null/a")]
#[case::not_a_report(&["merge", "/dev/null"], "it is no report of this program")]
#[case::merge_nothing(&["merge"], "tip: a report is the file report.json that `conformance run` writes")]
#[case::no_part(&["--partition", "5/4"], "expected hash:PART/PARTS, for example hash:1/4, not \"5/4\"")]
#[case::no_such_cell(&["--no-report", "--only", "no such cell"], "no cell has \"no such cell\" in its name")]
#[case::limit_of_nothing(&["--limit", "0"], "expected a number of seconds above 0, not \"0\"")]
#[case::limit_in_words(&["--limit", "soon"], "expected a number of seconds above 0, not \"soon\"")]
#[case::limit_too_long(&["--limit", "1e300"], "expected a number of seconds above 0")]
#[case::no_jobs(&["--jobs", "0"], "expected a number of cells above 0, for example 8, not \"0\"")]
#[case::nothing_left(&["--no-report", "--only", "tcp4", "--skip", "tcp4"], "no cell is left: --skip takes all")]
#[case::unnamed_platform(&["--no-report", "--platform", ""], "a value is required for '--platform <NAME>'")]
#[case::no_condition(&["--expect", "D1"], "expected RECIPE=CONDITION")]
#[case::bad_condition(&["--expect", "D1=nonsense"], "\"nonsense\" is not the name of a condition")]
#[case::bad_recipe(&["--expect", "D0=timeout"], "there is no recipe \"D0\"")]
#[case::bad_worker(&["--worker", "x"], "there is no cell \"x\"")]
#[case::stray(&["host_down"], "tip: `conformance --only 'host_down'` runs the cells that have it in their name; the commands are run, list,")]
#[case::stray_in_run(&["run", "host_down"], "tip: `conformance --only 'host_down'` runs the cells")]
#[case::option_of_run_in_list(&["list", "--only", "x"], "tip: `conformance list TEXT` lists the cells")]
#[case::nothing_in_list(&["list", "no such cell"], "no cell has \"no such cell\" in its name; `conformance list` shows all names")]
#[case::nothing_to_show(&["show"], "tip: `conformance list` shows the names of the cells")]
#[case::much_to_show(&["show", "a", "b"], "tip: it shows one cell; `conformance --only TEXT` runs several")]
#[case::patient(&["doctor", "now"], "tip: it takes no arguments")]
#[case::diff_of_one(&["diff", "one"], "tip: a report is the file report.json that `conformance run` writes")]
#[case::diff_of_three(&["diff", "a", "b", "c"], "tip: it compares two reports, OLD and NEW; `conformance merge` makes one of several")]
#[case::merge_misspelt(&["merge", "x", "--repot", "y"], "a similar argument exists: '--report'")]
fn wrong_arguments_are_named_and_end_with_exit_code_2(
    #[case] arguments: &[&str],
    #[case] words: &str,
) {
    let output = conformance(arguments);
    assert_eq!(output.status.code(), Some(2), "{}", stdout(&output));
    assert!(stderr(&output).contains(words), "{}", stderr(&output));
}
