//! Every verdict that a worker's report can deserve, from a real worker: this test is its own subject, which misbehaves in
//! the way that its name says, and its own worker.

use std::env;
use std::io::ErrorKind;
use std::net::TcpStream;
use std::process::{self, ExitCode};
use std::thread;
use std::time::Duration;

use libtest_mimic::{Arguments, Failed, Trial};
use usocket_conformance::cell::Cell;
use usocket_conformance::subject::{Answer, Inability, Subject};
use usocket_conformance::verdict::{GRACE, Verdict, judge};
use usocket_conformance::worker;
use usocket_testkit::{Errno, Scene};

/// A library that does one thing with every scene.
struct Misbehaving {
    name: &'static str,
    answer: fn(&Scene) -> Result<Answer, Inability>,
}

impl Subject for Misbehaving {
    fn name(&self) -> &str {
        self.name
    }

    fn perform(&self, scene: &Scene) -> Result<Answer, Inability> {
        (self.answer)(scene)
    }
}

const REFUSED: &str = "connection_refused::connect::tcp4::d1_target";
const SILENT: &str = "timeout::receive::tcp4::s1_peer";

/// Only ever reached if a cell hangs that must not.
const PATIENCE: Duration = Duration::from_secs(45);

struct Case {
    subject: Misbehaving,
    cell: &'static str,
    limit: Duration,
    verdict: Verdict,
}

const fn case(
    name: &'static str,
    cell: &'static str,
    limit: Duration,
    verdict: Verdict,
    answer: fn(&Scene) -> Result<Answer, Inability>,
) -> Case {
    Case {
        subject: Misbehaving { name, answer },
        cell,
        limit,
        verdict,
    }
}

static CASES: [Case; 9] = [
    case("right", REFUSED, PATIENCE, Verdict::Pass, |scene| {
        Ok(Answer::of_io(TcpStream::connect(scene.addr()).map(drop)))
    }),
    case("wrong", REFUSED, PATIENCE, Verdict::WrongCondition, |_| {
        Ok(Answer::failed(Some("timeout"), "too slow"))
    }),
    case("silent", REFUSED, PATIENCE, Verdict::Lost, |_| {
        Ok(Answer::done(None))
    }),
    case("elsewhere", REFUSED, PATIENCE, Verdict::NotProvoked, |_| {
        Ok(Answer::of_io::<()>(Err(Errno::EBADF.into())))
    }),
    case("unable", REFUSED, PATIENCE, Verdict::NotExpressible, |_| {
        Err(Inability::Inexpressible("it only waves"))
    }),
    case("unprepared", REFUSED, PATIENCE, Verdict::NotRun, |_| {
        Err(Inability::Unprepared(ErrorKind::OutOfMemory.into()))
    }),
    case("slow", SILENT, PATIENCE, Verdict::Late, |scene| {
        let limit = scene.limit().expect("the recipe has one");
        // Nothing comes that could be waited for: to be slow is all it does.
        thread::sleep(limit + GRACE + Duration::from_millis(100));
        Ok(Answer::timed_out("at last"))
    }),
    case(
        "stuck",
        SILENT,
        Duration::from_secs(1),
        Verdict::Hang,
        |_| {
            loop {
                thread::park();
            }
        },
    ),
    case("gone", SILENT, PATIENCE, Verdict::Crash, |_| {
        eprintln!("last words");
        process::exit(0)
    }),
];

fn hold(case: &'static Case) -> Result<(), Failed> {
    let name = format!("{}::{}", case.cell, case.subject.name);
    let cell = Cell::named(&name, &[&case.subject]).ok_or("there is no such cell here")?;
    let report = worker::perform(&env::current_exe()?, cell, case.limit)?;
    let judged = judge(cell, cell.recipe.condition(), report);
    if judged.verdict == case.verdict {
        Ok(())
    } else {
        Err(format!("{judged:?}").into())
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().collect();
    if let Some(place) = arguments.iter().position(|one| one == worker::ARGUMENT) {
        let subjects: Vec<&'static dyn Subject> =
            CASES.iter().map(|case| &case.subject as _).collect();
        worker::work(&arguments[place + 1], &subjects).expect("the cell is one of these");
        return ExitCode::SUCCESS;
    }
    let mut trials = Vec::new();
    if cfg!(target_os = "linux") {
        for case in &CASES {
            let name = format!(
                "a_subject_that_is_{}_is_{}",
                case.subject.name,
                case.verdict.name()
            );
            trials.push(Trial::test(name.replace('-', "_"), || hold(case)));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
