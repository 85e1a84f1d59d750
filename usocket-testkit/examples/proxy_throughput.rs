//! How fast is the proxy where it does nothing, beside no proxy and beside the best published Rust fault proxy?
//!
//! Bytes per second over one connection and over four at a time, and the time that one byte takes there and back. The
//! paths take turns, so that what else the machine does hits all of them, and medians are printed. Nothing leaves this
//! machine, but that cargo fetches and builds the other proxy, noxious 1.0.4, in a folder for temporary files.
//!
//! ```text
//! cargo run --release -p usocket-testkit --example proxy_throughput
//! ```

#[cfg(target_os = "wasi")]
fn main() {
    println!("there is no proxy where there are no threads");
}

#[cfg(not(target_os = "wasi"))]
fn main() -> std::process::ExitCode {
    measure::main()
}

#[cfg(not(target_os = "wasi"))]
mod measure {
    use std::env;
    use std::error::Error;
    use std::fs;
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::{SocketAddr, TcpListener, TcpStream};
    use std::process::{Child, Command, ExitCode, Stdio};
    use std::thread;
    use std::time::{Duration, Instant};

    use usocket_testkit::discover;
    use usocket_testkit::proxy::Proxy;

    const HELP: &str = "\
Measures the proxy where it does nothing, beside no proxy and beside noxious 1.0.4.

Usage: proxy_throughput [OPTION VALUE]...

  --rounds N      how often each path is measured [7]
  --megabytes N   how much goes over each path in a round, with one connection and with four [256]
  --trips N       how many round trips are timed in a round [2000]
  --noxious 0     does not build and start the other proxy [1]
  --help          this text";

    const CHUNK: usize = 256 << 10;
    /// Nothing takes so long unless it hangs.
    const WATCHDOG: Duration = Duration::from_secs(60);

    type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

    pub(super) fn main() -> ExitCode {
        let words: Vec<_> = env::args().skip(1).collect();
        if words.iter().any(|word| word == "--help" || word == "-h") {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        match Work::from_arguments(&words).and_then(|work| work.run()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("proxy_throughput: {error}");
                ExitCode::FAILURE
            }
        }
    }

    struct Work {
        rounds: usize,
        megabytes: usize,
        trips: usize,
        noxious: bool,
    }

    /// What one path took in each round.
    struct Path {
        name: &'static str,
        addr: SocketAddr,
        one: Vec<f64>,
        four: Vec<f64>,
        trip: Vec<f64>,
    }

    impl Work {
        fn from_arguments(words: &[String]) -> Outcome<Self> {
            let mut work = Self {
                rounds: 7,
                megabytes: 256,
                trips: 2000,
                noxious: true,
            };
            for pair in words.chunks(2) {
                let [option, value] = pair else {
                    return Err(format!("{} needs a value", pair[0]).into());
                };
                let number: usize = value.parse()?;
                match option.as_str() {
                    "--rounds" => work.rounds = number.max(1),
                    "--megabytes" => work.megabytes = number.max(4),
                    "--trips" => work.trips = number.max(1),
                    "--noxious" => work.noxious = number != 0,
                    _ => return Err(format!("{option} is no option; see --help").into()),
                }
            }
            Ok(work)
        }

        fn run(&self) -> Outcome<()> {
            let server = TcpListener::bind("127.0.0.1:0")?;
            let addr = server.local_addr()?;
            thread::spawn(move || serve(&server));
            let proxy = Proxy::tcp(addr)?;
            let mut paths = vec![Path::new("direct", addr), Path::new("ours", proxy.addr())];
            let other = if self.noxious {
                Self::other(addr)
            } else {
                None
            };
            if let Some(other) = &other {
                paths.push(Path::new("noxious 1.0.4", other.addr));
            }
            for round in 0..=self.rounds {
                for turn in 0..paths.len() {
                    // Each is first, second and third in turn.
                    let place = (round + turn) % paths.len();
                    self.measure(&mut paths[place])?;
                }
                if round == 0 {
                    // Warming up.
                    paths.iter_mut().for_each(Path::forget);
                }
            }
            print(&paths, self.rounds);
            Ok(())
        }

        fn other(server: SocketAddr) -> Option<Other> {
            match Other::start(server) {
                Ok(other) => Some(other),
                Err(error) => {
                    println!("noxious is not measured: {error}");
                    None
                }
            }
        }

        fn measure(&self, path: &mut Path) -> Outcome<()> {
            path.one.push(self.rate(path.addr, 1)?);
            path.four.push(self.rate(path.addr, 4)?);
            path.trip.push(self.trip(path.addr)?);
            Ok(())
        }

        /// Megabytes per second over so many connections at a time.
        fn rate(&self, addr: SocketAddr, connections: usize) -> Outcome<f64> {
            let bytes = (self.megabytes << 20) / connections;
            let began = Instant::now();
            thread::scope(|scope| {
                let floods: Vec<_> = (0..connections)
                    .map(|_| scope.spawn(move || flood(addr, bytes)))
                    .collect();
                floods
                    .into_iter()
                    .try_for_each(|flood| flood.join().map_err(|_| "a thread failed")?)
            })?;
            #[allow(clippy::cast_precision_loss)] // a few percent are no matter
            let megabytes = (bytes * connections) as f64 / 1e6;
            Ok(megabytes / began.elapsed().as_secs_f64())
        }

        /// Microseconds that one byte takes there and back.
        fn trip(&self, addr: SocketAddr) -> Outcome<f64> {
            let mut stream = connect(addr)?;
            stream.write_all(b"e")?;
            let mut times = Vec::new();
            for _ in 0..self.trips {
                let began = Instant::now();
                stream.write_all(b"x")?;
                stream.read_exact(&mut [0])?;
                times.push(began.elapsed().as_secs_f64() * 1e6);
            }
            Ok(median(&times))
        }
    }

    impl Path {
        fn new(name: &'static str, addr: SocketAddr) -> Self {
            Self {
                name,
                addr,
                one: Vec::new(),
                four: Vec::new(),
                trip: Vec::new(),
            }
        }

        fn forget(&mut self) {
            *self = Self::new(self.name, self.addr);
        }

        fn medians(&self) -> [f64; 3] {
            [&self.one, &self.four, &self.trip].map(|times| median(times))
        }
    }

    fn print(paths: &[Path], rounds: usize) {
        println!("medians of {rounds} rounds");
        println!("path            MB/s, 1 connection   MB/s, 4 connections   round trip, us");
        for path in paths {
            let [one, four, trip] = path.medians();
            println!("{:<15} {one:>18.0} {four:>21.0} {trip:>16.1}", path.name);
        }
        if let [_, ours, other] = paths {
            let ([one, four, trip], [one_o, four_o, trip_o]) = (ours.medians(), other.medians());
            let (one, four, trip) = (one / one_o, four / four_o, trip / trip_o);
            println!("ours / noxious  {one:>18.2} {four:>21.2} {trip:>16.2}");
        }
    }

    fn median(times: &[f64]) -> f64 {
        let mut times = times.to_vec();
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    }

    fn connect(addr: SocketAddr) -> Outcome<TcpStream> {
        let stream = TcpStream::connect_timeout(&addr, WATCHDOG)?;
        stream.set_read_timeout(Some(WATCHDOG))?;
        stream.set_write_timeout(Some(WATCHDOG))?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }

    /// Sends so many bytes, and waits until the server has them all.
    fn flood(addr: SocketAddr, bytes: usize) -> Outcome<()> {
        let mut stream = connect(addr)?;
        stream.write_all(b"s")?;
        stream.write_all(&(bytes as u64).to_le_bytes())?;
        let chunk = vec![7; CHUNK];
        let mut left = bytes;
        while left > 0 {
            let count = left.min(CHUNK);
            stream.write_all(&chunk[..count])?;
            left -= count;
        }
        stream.read_exact(&mut [0])?;
        Ok(())
    }

    /// The first byte of a connection says what is wanted: `s`, take so many bytes and say when they are here; `e`, an
    /// echo.
    fn serve(server: &TcpListener) {
        for stream in server.incoming().flatten() {
            thread::spawn(move || answer(stream));
        }
    }

    fn answer(mut stream: TcpStream) -> Outcome<()> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(WATCHDOG))?;
        let mut wanted = [0];
        stream.read_exact(&mut wanted)?;
        let mut buffer = vec![0; CHUNK];
        if &wanted == b"s" {
            let mut length = [0; 8];
            stream.read_exact(&mut length)?;
            let mut left = u64::from_le_bytes(length);
            while left > 0 {
                match stream.read(&mut buffer)? {
                    0 => return Ok(()),
                    count => left -= count as u64,
                }
            }
            stream.write_all(b"d")?;
        } else {
            loop {
                match stream.read(&mut buffer)? {
                    0 => return Ok(()),
                    count => stream.write_all(&buffer[..count])?,
                }
            }
        }
        Ok(())
    }

    /// The other proxy: a process of its own, as its core is published without a program.
    struct Other {
        child: Child,
        addr: SocketAddr,
    }

    const MANIFEST: &str = r#"
[package]
name = "noxious-peer"
version = "0.0.0"
edition = "2021"
[dependencies]
noxious = "=1.0.4"
bmrng = "0.4"
tokio = { version = "1", features = ["rt-multi-thread"] }
[workspace]
"#;

    const PROGRAM: &str = r#"
use noxious::proxy::{ProxyConfig, ProxyRunner, Runner, Toxics};
use noxious::signal::{Close, Stop};
use noxious::socket::TcpListener;

fn main() {
    let words: Vec<String> = std::env::args().collect();
    let config = ProxyConfig {
        name: "peer".into(),
        listen: words[1].clone(),
        upstream: words[2].clone(),
        enabled: true,
        rand_seed: None,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (listener, info) =
            ProxyRunner::initialize_proxy::<TcpListener>(config, Toxics::empty()).await.unwrap();
        let (stop, _stopper) = Stop::new();
        let (_close, closer) = Close::new();
        let (_sender, receiver) = bmrng::channel(1);
        println!("ready");
        ProxyRunner::run_proxy(listener, info, receiver, stop, closer).await.unwrap();
    });
}
"#;

    impl Other {
        fn start(server: SocketAddr) -> Outcome<Self> {
            let folder = env::temp_dir().join("usocket-testkit-proxy-throughput");
            fs::create_dir_all(folder.join("src"))?;
            fs::write(folder.join("Cargo.toml"), MANIFEST)?;
            fs::write(folder.join("src/main.rs"), PROGRAM)?;
            println!(
                "building noxious in {} (once, some minutes)",
                folder.display()
            );
            let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
            let target = folder.join("target");
            let built = Command::new(cargo)
                .args(["build", "--release", "--quiet", "--target-dir"])
                .arg(&target)
                .current_dir(&folder)
                .status()?;
            if !built.success() {
                return Err(format!("cargo build: {built}").into());
            }

            let lease = discover::unused_port()?;
            let program = format!("noxious-peer{}", env::consts::EXE_SUFFIX);
            let child = Command::new(target.join("release").join(program))
                .args([lease.addr().to_string(), server.to_string()])
                .stdout(Stdio::piped())
                .spawn()?;
            let addr = lease.addr();
            let mut other = Self { child, addr };
            let mut line = String::new();
            let output = other.child.stdout.take().ok_or("no output")?;
            BufReader::new(output).read_line(&mut line)?;
            if line.trim() != "ready" {
                return Err("it did not start".into());
            }
            Ok(other)
        }
    }

    impl Drop for Other {
        fn drop(&mut self) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}
