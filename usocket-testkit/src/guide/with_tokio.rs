//! A client on tokio's sockets.
//!
//! The runtime is built after the lab. So its threads are in the lab, whatever runs the tests.
//!
//! ```
//! usocket_testkit::lab_main!(); // once per test file
//!
//! # #[cfg(target_os = "linux")]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::io::{self, ErrorKind};
//! use std::time::Duration;
//! use tokio::io::{AsyncReadExt, AsyncWriteExt};
//! use tokio::net::TcpStream;
//! use usocket_testkit::lab::{After, Ending};
//! use usocket_testkit::{Errno, Lab};
//!
//! /// The client under test: asks, and reads an answer of five bytes.
//! async fn ask(server: &str, patience: Duration) -> io::Result<[u8; 5]> {
//!     tokio::time::timeout(patience, async {
//!         let mut stream = TcpStream::connect(server).await?;
//!         stream.write_all(b"hello").await?;
//!         let mut answer = [0; 5];
//!         stream.read_exact(&mut answer).await?;
//!         Ok(answer)
//!     })
//!     .await?
//! }
//!
//! let (patience, watchdog) = (Duration::from_millis(50), Duration::from_secs(30));
//! let lab = Lab::new()?;
//! let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
//! let ask = |server, patience| runtime.block_on(ask(server, patience));
//!
//! let host = lab.host("10.77.1.5").icmp(3, 7);
//! assert_eq!(Errno::of(&ask("10.77.1.5:80", watchdog).unwrap_err()), Some(Errno::EHOSTDOWN));
//!
//! host.silent();
//! assert_eq!(ask("10.77.1.5:80", patience).unwrap_err().kind(), ErrorKind::TimedOut);
//!
//! host.accept_then(Ending::Reset, After::Sent(3));
//! assert_eq!(ask("10.77.1.5:80", watchdog).unwrap_err().kind(), ErrorKind::ConnectionReset);
//!
//! // The first address is dead, the second lives.
//! host.refuse();
//! let lives = lab.host("10.77.1.6").echo();
//! lab.names().add("web.test", [host.ip(), lives.ip()]);
//! assert_eq!(ask("web.test:80", watchdog)?, *b"hello");
//! # Ok(())
//! # }
//! # #[cfg(not(target_os = "linux"))]
//! # fn main() {}
//! ```
//!
//! # What it shows
//!
//! * One `timeout` around everything is a deadline: it ends a silent host, a server that stalls, and one that drips.
//! * tokio looks names up on a thread of its own, by the C library: a lab's names are found there too.
