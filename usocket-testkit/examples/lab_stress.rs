//! Makes thousands of labs, many at a time, and says how long they took until the first answer.
//!
//! ```sh
//! cargo run --release --example lab_stress              # 2,000 labs, 32 at a time
//! cargo run --release --example lab_stress -- 500 8
//! ```
//!
//! It fails at the first answer that is not the right one, and if anything is left behind.

#[cfg(target_os = "linux")]
usocket_testkit::lab_main!();

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("{}", usocket_testkit::Lab::new().unwrap_err());
}

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    stress::main()
}

#[cfg(target_os = "linux")]
mod stress {
    use std::error::Error;
    use std::fs;
    use std::io::{Read, Write};
    use std::net::{SocketAddr, TcpStream, ToSocketAddrs, UdpSocket};
    use std::process::ExitCode;
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;
    use std::time::{Duration, Instant};

    use usocket_testkit::{Errno, Lab};

    /// A lost packet costs a second: what takes so long hangs for good.
    const WATCHDOG: Duration = Duration::from_secs(20);

    /// What the steps of one lab took, counted from its beginning.
    struct Times {
        made: Duration,
        first_answer: Duration,
        all_answers: Duration,
        gone: Duration,
    }

    pub(super) fn main() -> ExitCode {
        let mut numbers = [2000, 32];
        for (number, word) in numbers.iter_mut().zip(std::env::args().skip(1)) {
            match word.parse() {
                Ok(given) if given > 0 => *number = given,
                _ => {
                    eprintln!(
                        "expected how many labs and how many at a time, as 500 8, not {word:?}"
                    );
                    return ExitCode::FAILURE;
                }
            }
        }
        let [count, at_a_time] = numbers;
        if let Err(refusal) = Lab::available() {
            eprintln!("{refusal}");
            return ExitCode::FAILURE;
        }
        let before = [entries("/proc/self/fd"), entries("/proc/self/task")];
        let began = Instant::now();
        let started = AtomicUsize::new(0);
        let results = Mutex::new(Vec::new());
        thread::scope(|scope| {
            for _ in 0..at_a_time {
                scope.spawn(|| {
                    while started.fetch_add(1, Ordering::Relaxed) < count {
                        let result = one_lab().map_err(|error| error.to_string());
                        results.lock().unwrap().push(result);
                    }
                });
            }
        });
        let took = began.elapsed();
        let mut times = Vec::new();
        for result in results.into_inner().unwrap() {
            match result {
                Ok(time) => times.push(time),
                Err(error) => eprintln!("failed: {error}"),
            }
        }
        let failures = count - times.len();
        println!("{count} labs, {at_a_time} at a time, in {took:.2?}: {failures} failed");
        if times.is_empty() {
            return ExitCode::FAILURE;
        }
        println!(
            "{:24} {:>9} {:>9} {:>9} {:>9}",
            "ms since it was begun", "median", "95 %", "99 %", "most"
        );
        print("made", times.iter().map(|time| time.made));
        print("first answer", times.iter().map(|time| time.first_answer));
        print("all answers", times.iter().map(|time| time.all_answers));
        print("gone", times.iter().map(|time| time.gone));
        let left = move || [entries("/proc/self/fd"), entries("/proc/self/task")];
        // A joined thread may be seen in /proc for a moment more.
        let deadline = Instant::now() + WATCHDOG;
        while left() != before && Instant::now() < deadline {
            thread::yield_now();
        }
        println!(
            "descriptors and threads before and after: {before:?} {:?}",
            left()
        );
        if failures == 0 && left() == before {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }

    fn one_lab() -> Result<Times, Box<dyn Error>> {
        let began = Instant::now();
        let lab = Lab::new()?;
        let made = began.elapsed();
        let host = lab.host("10.77.1.5");
        refused(host.addr(80), Errno::ECONNREFUSED)?;
        let first_answer = began.elapsed();
        refused(host.icmp(3, 7).addr(80), Errno::EHOSTDOWN)?;
        refused(lab.host("fd77::9").icmp(1, 1).addr(80), Errno::EACCES)?;
        let echo = lab.host("fd77::7").echo();
        lab.names().add("echo.test", [echo.ip()]);
        let addr = ("echo.test", 7)
            .to_socket_addrs()?
            .next()
            .ok_or("no address")?;
        let mut stream = TcpStream::connect_timeout(&addr, WATCHDOG)?;
        stream.set_read_timeout(Some(WATCHDOG))?;
        stream.write_all(b"hello")?;
        let mut buffer = [0; 5];
        stream.read_exact(&mut buffer)?;
        let socket = UdpSocket::bind("10.77.0.1:0")?;
        socket.set_read_timeout(Some(WATCHDOG))?;
        socket.connect(host.echo().addr(7))?;
        socket.send(b"hello")?;
        socket.recv(&mut buffer)?;
        let all_answers = began.elapsed();
        drop((lab, stream, socket));
        Ok(Times {
            made,
            first_answer,
            all_answers,
            gone: began.elapsed(),
        })
    }

    fn refused(addr: SocketAddr, expected: Errno) -> Result<(), Box<dyn Error>> {
        match TcpStream::connect_timeout(&addr, WATCHDOG) {
            Err(error) if Errno::of(&error) == Some(expected) => Ok(()),
            other => Err(format!("{addr}: {other:?} in place of {expected}").into()),
        }
    }

    fn print(what: &str, times: impl Iterator<Item = Duration>) {
        let mut times: Vec<_> = times.map(|time| time.as_secs_f64() * 1e3).collect();
        times.sort_by(f64::total_cmp);
        let at = |hundredths| times[(times.len() - 1) * hundredths / 100];
        println!(
            "{what:24} {:9.2} {:9.2} {:9.2} {:9.2}",
            at(50),
            at(95),
            at(99),
            at(100)
        );
    }

    fn entries(folder: &str) -> usize {
        fs::read_dir(folder).map_or(0, Iterator::count)
    }
}
