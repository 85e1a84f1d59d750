//! The inside of a scene: what a recipe's set-up builds.

// Systems with few recipes need a part of it.
#![cfg_attr(not(target_os = "linux"), allow(dead_code))]

use std::any::Any;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use socket2::SockRef;

use super::given::{
    Given, LookUpArguments, OptionCall, ReverseLookUpArguments, SendArguments, SocketArguments,
};
use super::unavailable::Hindrance;
use crate::descriptor::AsDescriptor;
use crate::protocol::Protocol;

/// How a recipe builds its stage for one of its protocols.
pub(super) type SetUp = fn(Protocol) -> Result<Stage, Hindrance>;

type OnSocket = Box<dyn Fn(&SockRef<'_>) -> io::Result<()> + Send + Sync>;

/// What a scene does to a socket of the subject's.
pub(super) enum Strike {
    /// Makes it happen to one connection to the scene's address, and returns once it has happened.
    Connected(OnSocket),
    /// Makes it happen to the next call of the calling thread's on that socket.
    NextCall(OnSocket),
}

/// Everything that a scene shows, and what it holds so that it stays so.
#[derive(Default)]
pub(super) struct Stage {
    pub(super) addr: Option<SocketAddr>,
    pub(super) path: Option<PathBuf>,
    pub(super) name: Option<String>,
    pub(super) limit: Option<Duration>,
    pub(super) payload: Option<Vec<u8>>,
    pub(super) given: Given,
    pub(super) strike: Option<Strike>,
    held: Vec<Box<dyn Any + Send + Sync>>,
}

impl Stage {
    /// A stage with an address to connect, bind or send to.
    pub(super) fn at(addr: SocketAddr) -> Self {
        Self {
            addr: Some(addr),
            ..Self::default()
        }
    }

    /// A stage with a path of the Unix domain.
    pub(super) fn path(path: impl Into<PathBuf>) -> Self {
        Self {
            path: Some(path.into()),
            ..Self::default()
        }
    }

    /// A stage with a name to look up.
    pub(super) fn name(name: impl Into<String>) -> Self {
        Self {
            name: Some(name.into()),
            ..Self::default()
        }
    }

    /// A stage with a descriptor.
    pub(super) fn giving(descriptor: &impl AsDescriptor) -> io::Result<Self> {
        Ok(Self {
            given: Given::of(descriptor)?,
            ..Self::default()
        })
    }

    /// A stage with arguments for `socket`.
    pub(super) fn arguments(domain: i32, kind: i32, protocol: i32) -> Self {
        let arguments = SocketArguments {
            domain,
            kind,
            protocol,
        };
        Self {
            given: Given {
                socket: Some(arguments),
                ..Given::default()
            },
            ..Self::default()
        }
    }

    /// A stage with arguments for `socketpair`.
    pub(super) fn pair(domain: i32, kind: i32, protocol: i32) -> Self {
        let mut stage = Self::arguments(domain, kind, protocol);
        stage.given.pair = stage.given.socket.take();
        stage
    }

    /// With flags or a control message for the call on the given descriptor.
    pub(super) fn sending(mut self, arguments: SendArguments) -> Self {
        self.given.send = Some(arguments);
        self
    }

    /// With hints or a service for the look-up.
    pub(super) fn asking(mut self, arguments: LookUpArguments) -> Self {
        self.given.look_up = Some(arguments);
        self
    }

    /// With arguments for the look-up of the address's name.
    pub(super) fn asking_for_the_name(mut self, arguments: ReverseLookUpArguments) -> Self {
        self.given.reverse_look_up = Some(arguments);
        self
    }

    /// With an address for the call on the given descriptor.
    pub(super) fn to(mut self, addr: SocketAddr) -> Self {
        self.addr = Some(addr);
        self
    }

    /// With a path of the Unix domain for the call on the given descriptor.
    pub(super) fn at_path(mut self, path: impl Into<PathBuf>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// With an option for the call on the given descriptor.
    pub(super) fn option(mut self, option: OptionCall) -> Self {
        self.given.option = Some(option);
        self
    }

    /// With the time that the subject should give the call.
    pub(super) fn limit(mut self, limit: Duration) -> Self {
        self.limit = Some(limit);
        self
    }

    /// With the bytes that a sender should send.
    pub(super) fn payload(mut self, payload: Vec<u8>) -> Self {
        self.payload = Some(payload);
        self
    }

    /// With something that must live as long as the scene.
    pub(super) fn holding(mut self, prop: impl Any + Send + Sync) -> Self {
        self.held.push(Box::new(prop));
        self
    }

    /// With what makes it happen to a connection of the subject's.
    pub(super) fn striking(
        mut self,
        strike: impl Fn(&SockRef<'_>) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        self.strike = Some(Strike::Connected(Box::new(strike)));
        self
    }

    /// With what makes it happen to the calling thread's next call on that socket.
    pub(super) fn striking_the_next_call(
        mut self,
        strike: impl Fn(&SockRef<'_>) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        self.strike = Some(Strike::NextCall(Box::new(strike)));
        self
    }
}
