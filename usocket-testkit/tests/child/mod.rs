//! A test runs itself again as another process: no other program is needed.
#![allow(dead_code)] // each user has use for a part

use std::env;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{self, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

const TASK: &str = "USOCKET_TESTKIT_TEST_TASK";

/// Tells the child's lines from what libtest says.
const SAID: &str = "child: ";

/// A process that runs one test of this binary with a task; ended on drop.
pub(crate) struct Child {
    process: process::Child,
    said: BufReader<ChildStdout>,
}

impl Child {
    pub(crate) fn of_test(name: &str, task: &str) -> Self {
        Self::of_test_with(name, task, |_| ())
    }

    /// The same with something else about the process.
    pub(crate) fn of_test_with(name: &str, task: &str, change: impl FnOnce(&mut Command)) -> Self {
        Self::of_program(&env::current_exe().unwrap(), name, task, change)
    }

    /// The same of a copy of this program.
    pub(crate) fn of_program(
        program: &Path,
        name: &str,
        task: &str,
        change: impl FnOnce(&mut Command),
    ) -> Self {
        let mut command = Command::new(program);
        command
            .args(["--exact", name, "--nocapture", "--test-threads=1"])
            .env(TASK, task)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        change(&mut command);
        let mut process = command.spawn().unwrap();
        let said = BufReader::new(process.stdout.take().unwrap());
        Self { process, said }
    }

    /// The next line that the child says; it has a watchdog of its own.
    pub(crate) fn hear(&mut self) -> String {
        let mut line = String::new();
        while self.said.read_line(&mut line).unwrap() > 0 {
            // libtest writes "test name ... " before it, without an end of the line.
            if let Some((_, said)) = line.split_once(SAID) {
                return said.trim_end().to_owned();
            }
            line.clear();
        }
        let status = self.process.wait();
        // It was skipped for want of what this test is about, and that is on the record.
        if env::var_os("USOCKET_TESTKIT_SKIP").is_some()
            && status.as_ref().is_ok_and(ExitStatus::success)
        {
            process::exit(0);
        }
        panic!("the child ended without a word: {status:?}");
    }

    /// One byte for the child.
    pub(crate) fn word(&mut self) {
        let stdin = self.process.stdin.as_mut().unwrap();
        stdin.write_all(b".").unwrap();
    }

    /// Lets the child go on to its end.
    pub(crate) fn ends_well(self) {
        let status = self.ends();
        assert!(status.success(), "{status}");
    }

    /// The same to whatever end.
    pub(crate) fn ends(mut self) -> ExitStatus {
        drop(self.process.stdin.take());
        io::copy(&mut self.said, &mut io::sink()).unwrap();
        self.process.wait().unwrap()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // Both fail where it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// In the child: what it is to do. It ends after a minute at the latest.
pub(crate) fn task() -> Option<String> {
    let task = env::var(TASK).ok()?;
    thread::spawn(|| {
        thread::sleep(Duration::from_secs(60));
        process::exit(3);
    });
    Some(task)
}

/// In the child: a line for the parent.
pub(crate) fn say(line: &str) {
    println!("{SAID}{line}");
}

/// In the child: until the parent lets it go on, or is gone.
pub(crate) fn wait_for_parent() {
    io::stdin().read_to_end(&mut Vec::new()).unwrap();
}
