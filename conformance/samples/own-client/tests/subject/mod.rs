//! The client as a subject: how it makes the call of a scene, and what it calls the failure.

use std::time::Duration;

use own_client::{Client, Failure};
use usocket_conformance::subject::{Answer, Inability, Subject};
use usocket_conformance::testkit::{Condition, Operation, Protocol, Scene, provoke::Shape};

/// The client; with a mistake planted on request.
pub struct OwnClient {
    /// Takes every end of a connection for a refusal.
    pub flawed: bool,
}

impl OwnClient {
    /// The client as it is.
    pub const SOUND: Self = Self { flawed: false };
}

impl Subject for OwnClient {
    fn name(&self) -> &'static str {
        "own-client"
    }

    fn vocabulary(&self) -> Option<&'static [Condition]> {
        Some(&[
            Condition::ConnectionRefused,
            Condition::ConnectionReset,
            Condition::Timeout,
        ])
    }

    fn perform(&self, scene: &Scene) -> Result<Answer, Inability> {
        let operations = [Operation::Connect, Operation::Send, Operation::Receive];
        let protocols = [Protocol::Tcp4, Protocol::Tcp6];
        if !operations.contains(&scene.operation())
            || !protocols.contains(&scene.protocol())
            || scene.shape() == Shape::Given
        {
            return Err(Inability::Inexpressible(
                "it makes streams of its own, sends and receives",
            ));
        }
        let limit = scene.limit().unwrap_or(Duration::from_secs(5));
        let connected = Client::connect(scene.addr(), limit);
        let result = match scene.operation() {
            Operation::Connect => connected.map(|_| None),
            Operation::Send => self
                .prepared(connected, scene)?
                .send(scene.payload())
                .map(|()| None),
            _ => self
                .prepared(connected, scene)?
                .receive(&mut [0; 16])
                .map(Some),
        };
        Ok(match result {
            Ok(bytes) => Answer::done(bytes),
            Err(failure) => self.named(&failure),
        })
    }
}

impl OwnClient {
    /// The connection, to which it then happens.
    fn prepared(
        &self,
        connected: Result<Client, Failure>,
        scene: &Scene,
    ) -> Result<Client, Inability> {
        let client = connected.map_err(|failure| std::io::Error::other(format!("{failure:?}")))?;
        scene.strike(client.stream())?;
        Ok(client)
    }

    /// What a program can tell of the client's failure.
    fn named(&self, failure: &Failure) -> Answer {
        let name = match failure {
            Failure::Refused => Some("connection-refused"),
            Failure::Reset if self.flawed => Some("connection-refused"),
            Failure::Reset => Some("connection-reset"),
            Failure::TimedOut => Some("timeout"),
            Failure::Other(_) => None,
        };
        Answer::failed(name, format!("{failure:?}"))
    }
}
