//! Waiting for many sockets with one thread.
//!
//! # A few, now and then
//!
//! [`wait_for`](crate::wait_for) takes references and gives the places of those on which something can
//! be received or accepted. At the deadline there are none; that is no error.
//!
//! ```
//! use std::time::Duration;
//! use usocket::{TcpListener, TcpStream, wait_for};
//!
//! // Both of `localhost`, by hand.
//! let four = TcpListener::bind("127.0.0.1:0")?;
//! let six = TcpListener::bind("[::1]:0")?;
//! assert!(wait_for(&[&four, &six], Duration::ZERO)?.is_empty());
//!
//! let _client = TcpStream::connect(six.local_addr()?)?;
//! for place in wait_for(&[&four, &six], Duration::from_secs(9))? {
//!     let (_stream, peer) = [&four, &six][place].accept_deadline(Duration::ZERO)?;
//!     assert!(peer.is_ipv6());
//! }
//! # Ok::<(), usocket::Error>(())
//! ```
//!
//! [`wait_for_each`](crate::wait_for_each) has an [`Interest`](crate::Interest) for each: to receive, to
//! send, or both.
//!
//! # Many, again and again
//!
//! A [`WaitSet`](crate::WaitSet) keeps its members, each under a key of yours. A wait costs the same for
//! one member and for ten thousand that are idle.
//!
//! ```
//! use std::collections::HashMap;
//! use std::sync::Arc;
//! use std::time::Duration;
//! use usocket::{Deadline, Interest, TcpListener, TcpStream, WaitSet};
//!
//! const LISTENER: usize = 0;
//!
//! let listener = TcpListener::bind("127.0.0.1:0")?;
//! let address = listener.local_addr()?;
//! let client = std::thread::spawn(move || -> Result<[u8; 4], usocket::Error> {
//!     let stream = TcpStream::connect(address)?;
//!     stream.send(b"ping")?;
//!     let mut answer = [0; 4];
//!     stream.read_exact_deadline(&mut answer, Duration::from_secs(9))?;
//!     Ok(answer)
//! });
//!
//! // Echoes, in one thread, until the first client has gone.
//! let deadline = Deadline::from(Duration::from_secs(9));
//! let set = WaitSet::new()?;
//! set.add(&listener, LISTENER, Interest::READABLE)?;
//! let mut streams = HashMap::new();
//! let mut last = LISTENER;
//! let mut buffer = [0; 1024];
//! let mut gone = 0;
//! while gone == 0 && !deadline.has_passed() {
//!     for (key, _readiness) in set.wait(deadline)? {
//!         if key == LISTENER {
//!             while let Some((stream, _peer)) = listener.try_accept()? {
//!                 let stream = Arc::new(stream);
//!                 last += 1;
//!                 set.add(Arc::clone(&stream), last, Interest::READABLE)?;
//!                 streams.insert(last, stream);
//!             }
//!         } else if let Some(stream) = streams.get(&key) {
//!             match stream.try_recv(&mut buffer) {
//!                 Ok(None) => {}
//!                 Ok(Some(length @ 1..)) => stream.write_all_deadline(&buffer[..length], deadline)?,
//!                 // The end, or a failure of this one.
//!                 Ok(Some(0)) | Err(_) => {
//!                     set.remove(stream)?;
//!                     streams.remove(&key);
//!                     gone += 1;
//!                 }
//!             }
//!         }
//!     }
//! }
//! assert_eq!(&client.join().unwrap()?, b"ping");
//! assert!(streams.is_empty());
//! # Ok::<(), usocket::Error>(())
//! ```
//!
//! # What to know
//!
//! * **Ready means: the call does not block.** A peer that closed, an error and a hang-up are ready;
//!   the call says which it was.
//! * **It is level-triggered.** What is not received is told again by the next wait.
//! * **Use the calls in `try_…`** behind a wait: another thread may have been quicker.
//! * **A member cannot be closed** while it is one: it is borrowed, or the set holds an
//!   [`Arc`](std::sync::Arc).
//! * **A buffer is in front of the system.** What a [`BufReader`](std::io::BufReader) has read is no
//!   longer seen by the system. `wait_for` knows of it, a set takes the sockets only.
//! * **To end a wait from another thread:** a [`Waker`](crate::Waker) for "look again", a
//!   [`Cancel`](crate::Cancel) for "stop".
