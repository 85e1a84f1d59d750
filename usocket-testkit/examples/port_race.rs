//! How often does a port that was found free turn out to be somebody else's when it is used?
//!
//! Many processes at once do what test suites do: find a port, do something else for a moment, have
//! a server listen on it, and let it go. Three ways to find one are compared. Nothing leaves this
//! machine.
//!
//! ```text
//! cargo run --release -p usocket-testkit --example port_race
//! ```

use std::env;
use std::fmt::Display;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::process::{self, Child, Command, ExitCode, Stdio};
use std::str::FromStr;
use std::thread;
use std::time::{Duration, Instant};

use usocket_testkit::{PortLease, discover};

const HELP: &str = "\
Counts how often a port that was found free cannot be bound after all.

Usage: port_race [OPTION VALUE]...

  --processes N   how many look for ports at the same time [32]
  --rounds N      how many ports each of them looks for, in each way [4000]
  --gap MICROS    from finding a port to listening on it [1000]
  --hold MICROS   from listening on it to letting it go [1000]
  --seconds N     the longest that each way may take, whatever is left to do [12]
  --help          this text";

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let done = match arguments.first().map(String::as_str) {
        Some("--help" | "-h") => {
            println!("{HELP}");
            Ok(())
        }
        Some(WORKER) => worker(&arguments[1..]),
        _ => Race::from_arguments(&arguments).and_then(Race::run),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("port_race: {error}");
            ExitCode::FAILURE
        }
    }
}

/// A way to find a free port, and what it keeps so that the port stays free.
type Find = fn() -> io::Result<(u16, Option<PortLease>)>;

const WAYS: [(&str, Find); 3] = [
    ("bind, close, bind again", bind_and_close),
    ("portpicker 0.1", portpicker),
    ("lease", lease),
];

fn bind_and_close() -> io::Result<(u16, Option<PortLease>)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok((listener.local_addr()?.port(), None))
}

fn portpicker() -> io::Result<(u16, Option<PortLease>)> {
    let port = portpicker::pick_unused_port().ok_or_else(|| io::Error::other("no port found"))?;
    Ok((port, None))
}

fn lease() -> io::Result<(u16, Option<PortLease>)> {
    let lease = discover::unused_port()?;
    Ok((lease.port(), Some(lease)))
}

/// What is to be raced.
#[derive(Clone, Copy)]
struct Race {
    processes: u32,
    rounds: u32,
    gap: Duration,
    hold: Duration,
    limit: Duration,
}

impl Race {
    fn from_arguments(arguments: &[String]) -> io::Result<Self> {
        let mut race = Self {
            processes: 32,
            rounds: 4000,
            gap: Duration::from_millis(1),
            hold: Duration::from_millis(1),
            limit: Duration::from_secs(12),
        };
        for pair in arguments.chunks(2) {
            let (name, value) = (pair[0].as_str(), pair.get(1));
            match name {
                "--processes" => race.processes = number(name, value)?,
                "--rounds" => race.rounds = number(name, value)?,
                "--gap" => race.gap = Duration::from_micros(number(name, value)?),
                "--hold" => race.hold = Duration::from_micros(number(name, value)?),
                "--seconds" => race.limit = Duration::from_secs(number(name, value)?),
                _ => return Err(usage(format!("there is no option {name}; see --help"))),
            }
        }
        Ok(race)
    }

    fn run(self) -> io::Result<()> {
        println!(
            "{} processes, {:?} from finding a port to listening on it, {:?} until it is let go\n",
            self.processes, self.gap, self.hold
        );
        println!(
            "{:<26}{:>10}{:>10}{:>13}",
            "way", "tries", "failures", "per 100,000"
        );
        for (way, (title, _)) in WAYS.iter().enumerate() {
            let count = self.count(way)?;
            println!(
                "{title:<26}{:>10}{:>10}{:>13.1}",
                count.tries,
                count.failures,
                count.per_100_000()
            );
        }
        Ok(())
    }

    /// One way, in all processes at once.
    fn count(self, way: usize) -> io::Result<Count> {
        let mut workers = Workers::default();
        for _ in 0..self.processes {
            workers.start(self, way)?;
        }
        workers.finish()
    }

    /// What a worker is told, and reads again.
    fn to_arguments(self, way: usize) -> [String; 5] {
        [
            way.to_string(),
            self.rounds.to_string(),
            self.gap.as_micros().to_string(),
            self.hold.as_micros().to_string(),
            self.limit.as_millis().to_string(),
        ]
    }
}

#[derive(Clone, Copy, Default)]
struct Count {
    tries: u64,
    failures: u64,
}

impl Count {
    fn per_100_000(self) -> f64 {
        // Exact up to 2^53, which no machine counts to here.
        #[allow(clippy::cast_precision_loss)]
        let (tries, failures) = (self.tries.max(1) as f64, self.failures as f64);
        failures * 1e5 / tries
    }
}

/// The processes, ended on drop whatever they are doing.
#[derive(Default)]
struct Workers(Vec<Child>);

impl Workers {
    fn start(&mut self, race: Race, way: usize) -> io::Result<()> {
        let child = Command::new(env::current_exe()?)
            .arg(WORKER)
            .args(race.to_arguments(way))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        self.0.push(child);
        Ok(())
    }

    /// Lets them all go at once, now that all are there, and adds up what they say.
    fn finish(mut self) -> io::Result<Count> {
        let mut inputs = Vec::new();
        for child in &mut self.0 {
            let mut input = child.stdin.take().expect("it was asked for");
            input.write_all(GO)?;
            // Kept open: a worker whose input ends has lost its parent.
            inputs.push(input);
        }
        let mut sum = Count::default();
        for child in &mut self.0 {
            let mut said = String::new();
            let output = child.stdout.take().expect("it was asked for");
            { output }.read_to_string(&mut said)?;
            let status = child.wait()?;
            let (Some((tries, failures)), true) = (said.trim().split_once(' '), status.success())
            else {
                return Err(io::Error::other(format!("a worker failed: {status}")));
            };
            sum.tries += number::<u64>("tries", Some(&tries.to_owned()))?;
            sum.failures += number::<u64>("failures", Some(&failures.to_owned()))?;
        }
        Ok(sum)
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        for child in &mut self.0 {
            // Both fail where it has ended already.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

const WORKER: &str = "worker";
const GO: &[u8] = b"!";

fn worker(arguments: &[String]) -> io::Result<()> {
    let argument = |index| number::<u64>(WORKER, arguments.get(index));
    let (_, find) = usize::try_from(argument(0)?)
        .ok()
        .and_then(|way| WAYS.get(way))
        .ok_or_else(|| usage("no such way"))?;
    let rounds = argument(1)?;
    let gap = Duration::from_micros(argument(2)?);
    let hold = Duration::from_micros(argument(3)?);
    let limit = Duration::from_millis(argument(4)?);

    io::stdin().read_exact(&mut [0; GO.len()])?;
    thread::spawn(|| {
        // Nothing more comes: this returns when the parent is gone, however it ended.
        let _ = io::stdin().read(&mut [0]);
        process::exit(1);
    });
    let start = Instant::now();
    let mut count = Count::default();
    while count.tries < rounds && start.elapsed() < limit {
        let (port, lease) = find()?;
        thread::sleep(gap);
        count.tries += 1;
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            Ok(server) => {
                thread::sleep(hold);
                drop(server);
            }
            Err(_) => count.failures += 1,
        }
        drop(lease);
    }
    println!("{} {}", count.tries, count.failures);
    Ok(())
}

fn number<T: FromStr<Err: Display>>(name: &str, value: Option<&String>) -> io::Result<T> {
    let value = value.ok_or_else(|| usage(format!("{name} needs a number")))?;
    value
        .parse()
        .map_err(|error| usage(format!("{name} {value}: {error}")))
}

fn usage(text: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, text.into())
}
