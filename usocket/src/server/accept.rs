//! The loop that accepts.

use std::net::SocketAddr;
use std::sync::Arc;

use super::connections::{Connections, Slot};
use super::event::ServerEvent;
use super::halt::Halt;
use super::observer::Observer;
use super::retry::Retry;
use crate::disposition::Disposition;
use crate::error::Error;
use crate::stream::TcpStream;

/// Accepts until the halt or a fatal error, which it gives. `accept` waits for a connection until
/// the halt; `serve` sees to it that somebody serves it.
pub(super) fn run(
    mut accept: impl FnMut() -> Result<(TcpStream, SocketAddr), Error>,
    mut serve: impl FnMut(Slot) -> Result<(), Error>,
    halt: &Halt,
    connections: &Arc<Connections>,
    observer: &Observer,
) -> Option<Arc<Error>> {
    let mut retry = Retry::new();
    // An accept that was called off takes what waits already; nobody else may come in like that.
    while connections.room() && !halt.is_thrown() {
        let (error, disposition) = match accept() {
            Ok((stream, peer)) => {
                let slot = connections.admit(stream, peer)?;
                observer.tell(ServerEvent::Accepted { peer });
                match serve(slot) {
                    Ok(()) => {
                        retry.succeeded();
                        continue;
                    }
                    // It says nothing of the listener.
                    Err(error) => (error.with_peer(peer), Disposition::BackOff),
                }
            }
            Err(_) if halt.is_thrown() => return None,
            Err(error) => {
                let disposition = error.disposition();
                (error, disposition)
            }
        };
        let pause = retry.after(disposition);
        let error = Arc::new(error);
        observer.tell(ServerEvent::AcceptFailed {
            error: Arc::clone(&error),
            retry: pause,
        });
        match pause {
            None => return Some(error),
            Some(pause) if halt.pause(pause) => {}
            Some(_) => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::sync::Mutex;
    use std::time::{Duration, Instant};

    use super::*;
    use crate::condition::Condition;
    use crate::deadline::Deadline;
    use crate::listen::TcpListener;
    use crate::operation::Operation;

    const PATIENCE: Duration = Duration::from_secs(20);

    /// What an accept gives: a connection, or a failure.
    type Script = VecDeque<Option<Condition>>;

    struct Outcome {
        served: usize,
        pauses: Vec<Option<Duration>>,
        fatal: Option<Condition>,
        /// Places that were not given back.
        left: usize,
    }

    /// Runs the loop on what the script says; when that is at its end, somebody stops the server.
    fn run_script(script: impl Into<Script>, serve_fails: bool) -> Outcome {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let halt = Halt::new().unwrap();
        let pauses = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&pauses);
        let observer = Observer::new(move |event| {
            if let ServerEvent::AcceptFailed { retry, .. } = event {
                told.lock().unwrap().push(retry);
            }
        });
        let connections = Connections::new(1, observer.clone()).unwrap();
        let (mut script, mut served) = (script.into(), 0);
        let accept = || match script.pop_front() {
            Some(None) => {
                let _client = TcpStream::connect_deadline(address, PATIENCE)?;
                listener.accept_deadline(PATIENCE)
            }
            Some(Some(condition)) => Err(Error::new(Operation::Accept, condition)),
            None => {
                halt.throw();
                Err(Error::new(Operation::Accept, Condition::Cancelled))
            }
        };
        let serve = |_slot| {
            served += 1;
            if serve_fails {
                // Whatever it is, it is no reason to end.
                return Err(Error::new(Operation::Wait, Condition::BadFileDescriptor));
            }
            Ok(())
        };
        let fatal = run(accept, serve, &halt, &connections, &observer);
        let pauses = pauses.lock().unwrap().clone();
        Outcome {
            served,
            pauses,
            fatal: fatal.map(|error| error.condition()),
            left: connections.count(),
        }
    }

    #[test]
    fn a_connection_that_died_before_it_was_accepted_harms_nobody() {
        let outcome = run_script(
            [
                Some(Condition::ConnectionAborted),
                None,
                Some(Condition::ConnectionReset),
                None,
            ],
            false,
        );
        assert_eq!((outcome.served, outcome.fatal), (2, None));
        assert_eq!(outcome.pauses, [Some(Duration::ZERO); 2]);
        assert_eq!(outcome.left, 0);
    }

    #[test]
    fn want_of_descriptors_pauses_longer_and_longer_until_it_is_over() {
        let none_left = Some(Condition::TooManyOpenFiles);
        let begin = Instant::now();
        let outcome = run_script([none_left, none_left, none_left, None, none_left], false);
        assert!(begin.elapsed() >= Duration::from_millis(5 + 10 + 20 + 5));
        assert_eq!((outcome.served, outcome.fatal), (1, None));
        let pauses = [5, 10, 20, 5].map(|pause| Some(Duration::from_millis(pause)));
        assert_eq!(outcome.pauses, pauses);
    }

    #[test]
    fn a_fatal_error_ends_it_and_is_told() {
        let outcome = run_script([Some(Condition::InvalidArgument), None], false);
        assert_eq!(outcome.fatal, Some(Condition::InvalidArgument));
        assert_eq!((outcome.served, outcome.pauses), (0, vec![None]));
    }

    #[test]
    fn a_connection_that_nobody_can_serve_is_closed_and_never_fatal() {
        let outcome = run_script([None, None], true);
        assert_eq!((outcome.served, outcome.fatal, outcome.left), (2, None, 0));
        let pauses = [5, 10].map(|pause| Some(Duration::from_millis(pause)));
        assert_eq!(outcome.pauses, pauses);
    }

    #[test]
    fn a_stop_ends_a_pause() {
        let halt = Halt::new().unwrap();
        let connections = Connections::new(1, Observer::default()).unwrap();
        let accepting = connections.accepting();
        std::thread::scope(|scope| {
            let pausing = scope.spawn(|| {
                let none_left = || Err(Error::new(Operation::Accept, Condition::NoBuffers));
                run(
                    none_left,
                    |_| Ok(()),
                    &halt,
                    &connections,
                    &Observer::default(),
                )
            });
            connections.begin_stop();
            halt.throw();
            assert!(pausing.join().unwrap().is_none());
        });
        drop(accepting);
        assert!(connections.wait_over(Deadline::NEVER));
    }
}
