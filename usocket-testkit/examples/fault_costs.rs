//! What rules cost: nanoseconds per call, printed and judged by nobody.
//!
//! ```text
//! cargo run --release -p usocket-testkit --example fault_costs
//! ```
//!
//! The call is a receive on an empty UDP socket that does not block, which the kernel answers at once. Each row is the
//! median of several runs, in a thread of its own, since a filter stays for as long as its thread does. Rules for other
//! programs (user notification) are measured by the same program as a child; where `strace` is installed, it runs under
//! strace's injection too.

#[cfg(target_os = "linux")]
fn main() {
    linux::main();
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("rules on system calls are Linux's");
}

#[cfg(target_os = "linux")]
mod linux {
    use std::env;
    use std::io;
    use std::net::UdpSocket;
    use std::process::{Command, Output};
    use std::thread;
    use std::time::Instant;

    use usocket_testkit::faults::{Action, Rule};
    use usocket_testkit::{Errno, Faults, Operation};

    const RUNS: usize = 7;
    /// The argument of the program's own runs as a child, before the name of the row.
    const CHILD: &str = "--child";

    pub(crate) fn main() {
        let mut arguments = env::args();
        if arguments.any(|argument| argument == CHILD) {
            print(&arguments.next().expect("a name"), 5_000, receive);
            return;
        }
        print("no filter", 200_000, receive);
        with_faults("filter, another call (getppid)", |_| {
            median(200_000, || assert!(parent() > 0))
        });
        with_faults("filter, no rule", |_| median(100_000, receive_on()));
        with_faults("rule on another operation", |faults| {
            let _rule = faults.on(Operation::Connect).errno(Errno::EHOSTDOWN);
            median(100_000, receive_on())
        });
        with_faults("rule on another address", |faults| {
            let _rule = faults
                .on(Operation::Receive)
                .to(([127, 0, 0, 9], 9))
                .errno(Errno::EIO);
            median(50_000, receive_on())
        });
        with_faults("injected", |faults| {
            let _rule = faults.on(Operation::Receive).errno(Errno::ENOBUFS);
            median(100_000, receive_on())
        });
        with_faults("recorded", |faults| {
            let recording = faults.record();
            let cost = median(5_000, receive_on());
            assert!(!recording.records().is_empty());
            cost
        });
        notified("notified, no rule", |_| None);
        notified("notified, rule, pass", |faults| {
            let rule = faults.on(Operation::Receive);
            rule.arm(Action::Pass).ok()
        });
        notified("notified, injected", |faults| {
            Some(faults.on(Operation::Receive).errno(Errno::ENOBUFS))
        });
        strace();
    }

    /// The program itself as a child under rules.
    fn notified(name: &str, arm: impl FnOnce(&Faults) -> Option<Rule>) {
        let mut command = Command::new(env::current_exe().expect("a path"));
        command.args([CHILD, name]);
        match Faults::for_command(&mut command) {
            Ok(faults) => {
                let _rule = arm(&faults);
                show(name, command.output());
            }
            Err(refusal) => println!("{name:34} {refusal}"),
        }
    }

    /// A call that is not watched.
    fn parent() -> u32 {
        std::os::unix::process::parent_id()
    }

    fn socket() -> UdpSocket {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
        socket.set_nonblocking(true).expect("a mode");
        socket
    }

    fn receive_on() -> impl FnMut() {
        let socket = socket();
        move || drop(socket.recv(&mut [0; 16]))
    }

    fn receive() -> Box<dyn FnMut()> {
        Box::new(receive_on())
    }

    fn with_faults(name: &str, measure: impl FnOnce(&Faults) -> f64 + Send) {
        let cost = thread::scope(|scope| {
            scope
                .spawn(|| Faults::here().map(|faults| measure(&faults)))
                .join()
                .expect("no panic")
        });
        match cost {
            Ok(cost) => row(name, cost),
            Err(refusal) => println!("{name:34} {refusal}"),
        }
    }

    fn print(name: &str, calls: u32, call: fn() -> Box<dyn FnMut()>) {
        row(name, median(calls, call()));
    }

    fn row(name: &str, nanoseconds: f64) {
        println!("{name:34} {nanoseconds:9.0} ns");
    }

    fn median(calls: u32, mut call: impl FnMut()) -> f64 {
        let mut runs: Vec<f64> = (0..RUNS)
            .map(|_| {
                let start = Instant::now();
                for _ in 0..calls {
                    call();
                }
                start.elapsed().as_secs_f64() * 1e9 / f64::from(calls)
            })
            .collect();
        runs.sort_by(f64::total_cmp);
        runs[RUNS / 2]
    }

    fn strace() {
        for (options, name) in [
            (&["-f"][..], "strace, injected"),
            (&["-f", "--seccomp-bpf"], "strace --seccomp-bpf, injected"),
        ] {
            let program = env::current_exe().expect("a path");
            let traced = Command::new("strace")
                .args(options)
                .args(["-e", "inject=recvfrom:error=ENOBUFS", "-o", "/dev/null"])
                .arg(program)
                .args([CHILD, name])
                .output();
            show(name, traced);
        }
    }

    fn show(name: &str, output: io::Result<Output>) {
        match output {
            Ok(output) if output.status.success() => {
                print!("{}", String::from_utf8_lossy(&output.stdout));
            }
            Ok(output) => println!("{name:34} {}", String::from_utf8_lossy(&output.stderr)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                println!("{name:34} is not installed");
            }
            Err(error) => println!("{name:34} {error}"),
        }
    }
}
