//! A recipe, set up and ready.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use socket2::SockRef;
use usocket::{Condition, Operation};

use super::consent::Consent;
use super::given::Given;
use super::recipe::{Recipe, Shape};
use super::stage::{Stage, Strike};
use super::unavailable::{Hindrance, Unavailable, UnavailableKind};
use crate::descriptor::AsDescriptor;
use crate::discover;
use crate::protocol::Protocol;
use crate::way::Way;

/// What a sender should send where the content does not matter.
const ONE_BYTE: &[u8] = b"?";

/// A place where one condition happens for sure: made by [`provoke()`](super::provoke()).
///
/// A scene has one of three shapes.
///
/// * A *target* is something to name in the call: [`addr`](Self::addr) to connect, bind or send
///   to, [`path`](Self::path) in the Unix domain, [`name`](Self::name) to look up.
/// * A *peer* is a far end: connect to [`addr`](Self::addr), then [`strike`](Self::strike) with
///   the connected socket, then make the call.
/// * *Given* is a prepared descriptor or arguments for the call, in [`given`](Self::given), with
///   [`addr`](Self::addr) or [`path`](Self::path) where the call takes one.
///
/// A scene owns the sockets that make it so, is `Send`, and puts everything back when dropped.
///
/// # Scenes with a lab
///
/// A scene of [`Tier::Lab`](super::Tier::Lab) owns a [`Lab`](crate::Lab), and the thread that made the scene is in its
/// network until it drops the scene: the subject makes its socket on that thread, or on one that was started
/// since; under `cargo nextest run` any thread will do, for the first such scene of a test. Addresses are those of the
/// lab, so a subject that binds before it connects binds to "any" address, not to loopback. Several
/// scenes of one thread are dropped in the reverse order.
///
/// ```
/// # #[cfg(target_os = "linux")]
/// # {
/// use std::io::{ErrorKind, Read};
/// use std::net::TcpStream;
/// use usocket_testkit::{Condition, Operation, provoke};
///
/// let scene = provoke(Condition::ConnectionReset).on(Operation::Receive).ready()?;
/// let mut stream = TcpStream::connect(scene.addr())?;
/// scene.strike(&stream)?;
/// let error = stream.read(&mut [0; 8]).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::ConnectionReset);
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "the condition lasts only as long as the scene"]
pub struct Scene {
    recipe: &'static Recipe,
    protocol: Protocol,
    stage: Stage,
}

impl Recipe {
    /// Sets the recipe up over one of its protocols.
    ///
    /// ```
    /// # #[cfg(target_os = "linux")]
    /// # {
    /// use usocket_testkit::{Protocol, provoke};
    ///
    /// let recipe = provoke::catalogue().iter().find(|recipe| recipe.id() == "D1");
    /// let scene = recipe.expect("in the catalogue").ready(Protocol::Tcp4)?;
    /// assert!(std::net::TcpStream::connect(scene.addr()).is_err());
    /// # }
    /// # Ok::<(), usocket_testkit::Unavailable>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Unavailable`]: the recipe does not cover the protocol, or this host or process does not
    /// let it happen.
    pub fn ready(&'static self, protocol: Protocol) -> Result<Scene, Unavailable> {
        self.ready_with(protocol, Consent::of_this_process())
    }

    /// Asks for this recipe over one of its protocols, for a scene that needs to be
    /// [allowed](super::Provoke::process_wide) first.
    ///
    /// ```
    /// # #[cfg(target_os = "linux")]
    /// # {
    /// use usocket_testkit::{Protocol, provoke};
    ///
    /// let recipe = provoke::catalogue().iter().find(|recipe| recipe.id() == "D1");
    /// let request = recipe.expect("in the catalogue").request(Protocol::Tcp4);
    /// assert_eq!(request.process_wide().ready()?.recipe().id(), "D1");
    /// # }
    /// # Ok::<(), usocket_testkit::Unavailable>(())
    /// ```
    pub fn request(&'static self, protocol: Protocol) -> super::Provoke {
        super::Provoke::exactly(self, protocol)
    }

    pub(super) fn ready_with(
        &'static self,
        protocol: Protocol,
        consent: Consent,
    ) -> Result<Scene, Unavailable> {
        match self.stage(protocol, consent) {
            Ok(stage) => Ok(Scene {
                recipe: self,
                protocol,
                stage,
            }),
            Err(hindrance) => Err(Unavailable::new(
                self.condition,
                Some(self.operation),
                Some(protocol),
                hindrance,
            )),
        }
    }

    fn stage(&self, protocol: Protocol, consent: Consent) -> Result<Stage, Hindrance> {
        consent.covers(self)?;
        if !self.protocols.contains(&protocol) {
            let text = format!("recipe {} is not for {protocol}", self.id);
            return Err(Hindrance::new(UnavailableKind::NoRecipe, text));
        }
        if protocol.is_ipv6() {
            let ipv6 = discover::ipv6();
            if !ipv6.has_loopback() {
                let text = format!(
                    "it needs IPv6, which is {} here: {}",
                    ipv6.reach(),
                    ipv6.evidence()
                );
                return Err(Hindrance::new(UnavailableKind::NoIpv6, text));
            }
        }
        (self.set_up)(protocol)
    }
}

impl Scene {
    /// What goes wrong here.
    pub fn condition(&self) -> Condition {
        self.recipe.condition
    }

    /// In which operation.
    pub fn operation(&self) -> Operation {
        self.recipe.operation
    }

    /// Over which protocol.
    pub fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// Who answers.
    pub fn way(&self) -> Way {
        self.recipe.way
    }

    /// The row of the catalogue that was set up.
    pub fn recipe(&self) -> &'static Recipe {
        self.recipe
    }

    /// What the scene gives to the program under test.
    pub fn shape(&self) -> Shape {
        self.recipe.shape
    }

    /// The address for the call.
    ///
    /// # Panics
    ///
    /// Where the call takes none: a look-up (see [`name`](Self::name)), a path of the Unix domain
    /// (see [`path`](Self::path)), or a call on what is [`given`](Self::given). A scene of
    /// [`provoke()`](super::provoke()) for any other operation over an internet protocol always
    /// has one, unless [`any_shape`](super::Provoke::any_shape) asked for more.
    #[track_caller]
    pub fn addr(&self) -> SocketAddr {
        match self.stage.addr {
            Some(addr) => addr,
            None => panic!(
                "recipe {} ({} in {}, {}) has no address: see what its scene gives instead",
                self.recipe.id, self.recipe.condition, self.recipe.operation, self.recipe.shape,
            ),
        }
    }

    /// The address for the call, if it takes one.
    pub fn get_addr(&self) -> Option<SocketAddr> {
        self.stage.addr
    }

    /// The path to connect to, for a scene of the Unix domain.
    pub fn path(&self) -> Option<&Path> {
        self.stage.path.as_deref()
    }

    /// The name to look up, for a scene of a look-up.
    pub fn name(&self) -> Option<&str> {
        self.stage.name.as_deref()
    }

    /// How long the subject should let the call take, for scenes of [`Condition::Timeout`].
    ///
    /// Where the time limit of the subject is what ends the call, it is short. Where the system
    /// itself ends it (recipes `S2`, `S6` and `S7`), it is a ceiling, and the call ends well before.
    pub fn limit(&self) -> Option<Duration> {
        self.stage.limit
    }

    /// The bytes that a sender should send: one, or too many for
    /// [`Condition::MessageTooLong`].
    pub fn payload(&self) -> &[u8] {
        self.stage.payload.as_deref().unwrap_or(ONE_BYTE)
    }

    /// The descriptor and the arguments that the scene gives; empty for targets and peers.
    pub fn given(&self) -> &Given {
        &self.stage.given
    }

    /// Makes it happen to this socket of the subject's: the very next call meets it.
    ///
    /// For a peer, it has happened when this returns. The far end is found by the socket's local address, so that
    /// several sockets may be connected to one scene. For a scene that gives a descriptor it may do something too, so
    /// that a subject strikes before its call in any case; where there is nothing to do, it does nothing.
    ///
    /// # While the call waits
    ///
    /// Some things happen only to a call that waits: `E3` and `G5`, where another thread shuts the socket down, and
    /// `T1`, where a signal comes. There the thread that is about to make the call strikes, and a thread of the scene's
    /// acts once that very thread sleeps in the kernel: in a call on this socket, or in one that waits for several, as
    /// `poll` and `epoll_wait` do. It is seen in `/proc/self/task`, so that nobody guesses a time.
    ///
    /// A subject that waits for readiness first, as asynchronous ones do, is met there, and what it makes of it is its
    /// own answer. One that waits in `poll` and begins again after a signal gets what it waits for in the end: when it
    /// waits once more, `T1` sends a byte or connects. One that never waits in such a call, because it does not block
    /// or waits on another thread, is never met: nothing happens to it, and the scene's thread ends with the scene, or
    /// with the next strike.
    ///
    /// # The whole process
    ///
    /// `U3` leaves the process no more descriptors from the strike until the scene is dropped. `T1` has a handler for
    /// one signal that is ignored by default, `SIGURG` or `SIGWINCH`; what was set before is back with the scene's end.
    ///
    /// # Errors
    ///
    /// `NotConnected` where the socket of a peer is not connected, `InvalidInput` where it is connected to
    /// somewhere else, and what the calls on it say.
    pub fn strike<S: AsDescriptor>(&self, socket: &S) -> io::Result<()> {
        match &self.stage.strike {
            None => Ok(()),
            Some(Strike::NextCall(strike)) => strike(&SockRef::from(socket)),
            Some(Strike::Connected(strike)) => {
                let socket = SockRef::from(socket);
                // A connection that is not ours would be waited for in vain.
                let peer = socket.peer_addr()?.as_socket().map(canonical);
                if peer != self.stage.addr.map(canonical) {
                    return Err(io::Error::new(
                        io::ErrorKind::InvalidInput,
                        "the socket is not connected to this scene",
                    ));
                }
                strike(&socket)
            }
        }
    }
}

/// An IPv4 address that an IPv6 socket names, as IPv4 names it.
fn canonical(addr: SocketAddr) -> SocketAddr {
    SocketAddr::new(addr.ip().to_canonical(), addr.port())
}

impl fmt::Debug for Scene {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scene")
            .field("recipe", &self.recipe.id)
            .field("condition", &self.recipe.condition)
            .field("operation", &self.recipe.operation)
            .field("protocol", &self.protocol)
            .field("shape", &self.recipe.shape)
            .field("addr", &self.stage.addr)
            .finish_non_exhaustive()
    }
}
