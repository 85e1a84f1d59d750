//! Provokes everything that the catalogue has, and shows what came of it: one line for each condition, operation and
//! protocol, and at the end which of the classic conditions the kernel itself said.
//!
//! `cargo run --release -p usocket-testkit --example catalogue -- [--json FILE]`
//!
//! Recipes that need a lab run in a process of their own (`--lab`): in a private network an unprivileged process has
//! rights that would keep other errors from happening.

usocket_testkit::lab_main!("--lab");

#[cfg(any(unix, windows))]
#[path = "../tests/driver/mod.rs"]
mod driver;

use std::collections::BTreeMap;
use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::process::{Command, Stdio};
use std::time::Instant;

use usocket_testkit::provoke::{Recipe, Tier, catalogue, missing};
use usocket_testkit::{Condition, Errno, Protocol, Scene};

/// What came of one recipe over one protocol, as one line of words between tabs.
struct Row {
    condition: String,
    operation: String,
    protocol: String,
    way: String,
    tier: String,
    recipe: String,
    /// The error number's name, or in words what was said or why nothing was.
    said: String,
    /// Of the failing call; none where it was not made.
    microseconds: Option<f64>,
    /// Whether that is what the recipe promises.
    promised: bool,
}

const HEADS: [&str; 8] = [
    "condition",
    "operation",
    "protocol",
    "way",
    "tier",
    "recipe",
    "said",
    "microseconds",
];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--lab"] => {
            for row in rows(Tier::Lab) {
                println!("{}", row.line());
            }
            Ok(())
        }
        [] => show(None),
        ["--json", file] => show(Some(file)),
        _ => Err("expected nothing, or --json FILE".into()),
    }
}

fn show(json: Option<&str>) -> Result<(), Box<dyn Error>> {
    let mut rows = rows(Tier::Plain);
    let lab = Command::new(env::current_exe()?)
        .arg("--lab")
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()?;
    for line in String::from_utf8(lab.stdout)?.lines() {
        rows.push(Row::read(line).ok_or_else(|| format!("no row: {line:?}"))?);
    }
    let place = |row: &Row| {
        let condition = row.condition.parse::<Condition>().ok();
        Condition::ALL
            .iter()
            .position(|one| Some(*one) == condition)
    };
    rows.sort_by_key(place);
    let [
        condition,
        operation,
        protocol,
        way,
        tier,
        recipe,
        said,
        time,
    ] = HEADS;
    println!(
        "{condition:<28} {operation:<12} {protocol:<11} {way:<3} {tier:<4} {recipe:<6} {time:>12}  {said}"
    );
    for row in &rows {
        let time = row
            .microseconds
            .map_or_else(String::new, |time| format!("{time:.0}"));
        println!(
            "{:<28} {:<12} {:<11} {:<3} {:<4} {:<6} {time:>12}  {}",
            row.condition, row.operation, row.protocol, row.way, row.tier, row.recipe, row.said
        );
    }
    for row in missing() {
        println!("{:<28} none: {}", row.condition().name(), row.reason());
    }
    println!();
    let classic = classic(&rows);
    println!(
        "{:>2} of the twenty classic conditions came from the real kernel",
        classic.len()
    );
    for (way, words) in [
        ("K", "by the kernel"),
        ("F", "by the kernel, through another descriptor"),
    ] {
        let names: Vec<_> = classic
            .iter()
            .filter(|one| *one.1 == way)
            .map(|one| *one.0)
            .collect();
        println!("{:>2} {words}: {}", names.len(), names.join(" "));
    }
    let broken = rows
        .iter()
        .filter(|row| row.microseconds.is_some() && !row.promised)
        .count();
    println!("{} rows, {broken} of them not as promised", rows.len());
    if let Some(file) = json {
        fs::write(file, as_json(&rows)).map_err(|error| format!("cannot write {file}: {error}"))?;
    }
    if broken > 0 {
        return Err("a recipe broke its promise".into());
    }
    Ok(())
}

/// The classic conditions that were shown, each with the letter of its best way.
fn classic(rows: &[Row]) -> BTreeMap<&'static str, &str> {
    let mut shown = BTreeMap::new();
    for condition in Condition::CLASSIC {
        let ways = rows
            .iter()
            .filter(|row| row.promised && row.condition == condition.name());
        // `K` is better than `F`, and comes later.
        if let Some(way) = ways.map(|row| row.way.as_str()).max() {
            shown.insert(condition.name(), way);
        }
    }
    shown
}

fn rows(tier: Tier) -> Vec<Row> {
    let recipes = catalogue().iter().filter(|recipe| recipe.tier() == tier);
    recipes
        .flat_map(|recipe| {
            recipe
                .protocols()
                .iter()
                .map(|protocol| row(recipe, *protocol))
        })
        .collect()
}

fn row(recipe: &'static Recipe, protocol: Protocol) -> Row {
    // Nothing else runs in this process.
    let request = recipe.request(protocol).process_wide();
    let (said, microseconds, promised) = match request.ready() {
        Ok(scene) => {
            let begin = Instant::now();
            let answer = call(&scene);
            let time = begin.elapsed().as_secs_f64() * 1e6;
            let (said, promised) = judge(recipe, answer);
            (said, Some(time), promised)
        }
        Err(why) => (format!("not here: {why}"), None, false),
    };
    Row {
        condition: recipe.condition().name().into(),
        operation: recipe.operation().name().into(),
        protocol: protocol.name().into(),
        way: recipe.way().letter().into(),
        tier: recipe.tier().name().into(),
        recipe: recipe.id().into(),
        said,
        microseconds,
        promised,
    }
}

#[cfg(any(unix, windows))]
fn call(scene: &Scene) -> io::Result<usize> {
    driver::drive(scene)
}

#[cfg(not(any(unix, windows)))]
fn call(_: &Scene) -> io::Result<usize> {
    Err(io::ErrorKind::Unsupported.into()) // there are no recipes yet
}

fn judge(recipe: &Recipe, answer: io::Result<usize>) -> (String, bool) {
    match answer {
        Ok(0) => (
            "end of stream".into(),
            recipe.condition() == Condition::UnexpectedEof,
        ),
        Ok(bytes) => (format!("no error, {bytes} bytes"), false),
        Err(error) => match Errno::of(&error) {
            Some(errno) => (errno.name().into(), recipe.errnos().contains(&errno)),
            None => (error.to_string(), recipe.errnos().is_empty()),
        },
    }
}

impl Row {
    fn line(&self) -> String {
        let time = self
            .microseconds
            .map_or_else(String::new, |time| time.to_string());
        let promised = self.promised.to_string();
        let [condition, operation, protocol] = [&self.condition, &self.operation, &self.protocol];
        let [way, tier, recipe, said] = [&self.way, &self.tier, &self.recipe, &self.said];
        let words = [
            condition, operation, protocol, way, tier, recipe, said, &time, &promised,
        ];
        words.map(|word| word.replace(['\t', '\n'], " ")).join("\t")
    }

    fn read(line: &str) -> Option<Self> {
        let mut words = line.split('\t').map(str::to_owned);
        Some(Self {
            condition: words.next()?,
            operation: words.next()?,
            protocol: words.next()?,
            way: words.next()?,
            tier: words.next()?,
            recipe: words.next()?,
            said: words.next()?,
            microseconds: words.next()?.parse().ok(),
            promised: words.next()?.parse().ok()?,
        })
    }
}

fn as_json(rows: &[Row]) -> String {
    let row = |row: &Row| {
        let texts = [
            &row.condition,
            &row.operation,
            &row.protocol,
            &row.way,
            &row.tier,
            &row.recipe,
            &row.said,
        ];
        let mut object = String::from("  {");
        for (head, text) in HEADS.iter().zip(texts) {
            let _ = write!(object, "{}: {}, ", quoted(head), quoted(text));
        }
        let time = row
            .microseconds
            .map_or_else(|| "null".into(), |time| format!("{time:.1}"));
        let _ = write!(
            object,
            "{}: {time}, \"promised\": {}}}",
            quoted(HEADS[7]),
            row.promised
        );
        object
    };
    let objects: Vec<_> = rows.iter().map(row).collect();
    format!("[\n{}\n]\n", objects.join(",\n"))
}

/// A text as JSON writes it (RFC 8259 7).
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            control if control < ' ' => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(control));
            }
            plain => quoted.push(plain),
        }
    }
    quoted + "\""
}
