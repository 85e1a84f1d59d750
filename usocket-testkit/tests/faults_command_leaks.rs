//! Rules for other programs leave nothing behind: no thread, and no descriptor, at the end of the last program.
//! Counting is for the whole process: this file has one test only.
#![cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64"),
    feature = "faults"
))]

mod child;
mod counts;
mod faults_support;

use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::thread;
use std::time::Instant;

use usocket_testkit::{Errno, Faults, Operation};

use child::{Child, say, task, wait_for_parent};
use counts::counts;
use faults_support::{WATCHDOG, listener};

const NAME: &str = "rules_for_programs_leave_nothing_behind";

fn start(addr: SocketAddr) -> (Child, Faults) {
    let mut faults = None;
    let child = Child::of_test_with(NAME, &addr.to_string(), |command| {
        faults = Some(Faults::for_command(command).unwrap());
    });
    (child, faults.unwrap())
}

#[test]
fn rules_for_programs_leave_nothing_behind() {
    if let Some(task) = task() {
        say("ready");
        wait_for_parent();
        let _ = TcpStream::connect(task.parse::<SocketAddr>().unwrap());
        return;
    }
    let (_server, addr) = listener();
    let before = counts();
    for n in 0..20 {
        // The program first: nothing is left as soon as the rules are dropped.
        let (mut child, faults) = start(addr);
        let rule = faults.on(Operation::Connect).errno(Errno::EHOSTDOWN);
        assert_eq!(child.hear(), "ready");
        if n % 2 == 0 {
            child.ends_well();
            rule.assert_hit();
        } else {
            drop(child); // ends it
        }
        drop(faults);
        assert_eq!(counts(), before);

        // No program at all.
        drop(Faults::for_command(&mut Command::new("true")).unwrap());
        assert_eq!(counts(), before);
    }
    // The rules first: the thread goes with the last program, by itself.
    let (mut child, faults) = start(addr);
    assert_eq!(child.hear(), "ready");
    drop(faults);
    assert_eq!(counts().1, before.1 + 1);
    child.ends_well();
    let start = Instant::now();
    while counts() != before {
        assert!(start.elapsed() < WATCHDOG, "{:?} {before:?}", counts());
        thread::yield_now();
    }
}
