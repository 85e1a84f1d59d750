//! Who is told of events.

use std::error::Error as StdError;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use super::event::ServerEvent;
use super::isolate::isolate;
use super::trace;

type Callback = dyn Fn(ServerEvent) + Send + Sync;

/// Who is told.
#[derive(Clone, Default)]
pub(super) struct Observer(Option<Arc<Callback>>);

impl Observer {
    pub(super) fn new(callback: impl Fn(ServerEvent) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(callback)))
    }

    /// Tells of an event. Who panics because of it harms nobody else.
    pub(super) fn tell(&self, event: ServerEvent) {
        let _ = isolate(|| trace::event(&event));
        if let Some(callback) = &self.0 {
            let _ = isolate(|| callback(event));
        }
    }

    /// What a handler gives; tells of it if that is an error or a panic.
    pub(super) fn watch<T, E: Into<Box<dyn StdError + Send + Sync>>>(
        &self,
        peer: SocketAddr,
        handler: impl FnOnce() -> Result<T, E>,
    ) -> Option<T> {
        match isolate(|| handler().map_err(Into::into)) {
            Ok(Ok(value)) => return Some(value),
            Ok(Err(error)) => self.tell(ServerEvent::HandlerFailed {
                peer,
                error: error.into(),
            }),
            Err(message) => self.tell(ServerEvent::HandlerPanicked { peer, message }),
        }
        None
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Some(..)" } else { "None" })
    }
}
