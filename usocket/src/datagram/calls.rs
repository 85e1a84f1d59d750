//! The calls that datagram sockets of every family have.

use crate::condition::Condition;
use crate::error::Error;
use crate::link::Link;
use crate::operation::Operation;

/// Implements them for an owner `struct $owner { inner: $std, link: Link }` whose peers have
/// addresses of the type `$address`.
///
/// The owner supplies `receive_one`, one system call that receives. `$pair` is hidden code for the
/// examples, which makes two sockets, `a` and `b`, that are connected to each other.
macro_rules! datagram_calls {
    ($owner:ident, $std:ty, $address:ty, $pair:literal) => {
        impl $owner {
            /// Sends one datagram to the peer that the socket is connected to; gives its length.
            ///
            /// A datagram is sent whole or not at all, so the length is that of `bytes`, which may
            /// be empty. That it was sent does not mean that it arrives. Blocks as long as the
            /// system has no room for it, or as long as the write timeout says.
            ///
            /// # Errors
            ///
            /// [`DestinationRequired`](Condition::DestinationRequired) or
            /// [`NotConnected`](Condition::NotConnected) without a peer,
            /// [`MessageTooLong`](Condition::MessageTooLong),
            /// [`ConnectionRefused`](Condition::ConnectionRefused) where nobody listens there: of UDP
            /// it is an earlier datagram that was refused, this one was not sent, and the socket
            /// can be used as before. [`Timeout`](Condition::Timeout) where a write timeout is set,
            /// [`WouldBlock`](Condition::WouldBlock) in non-blocking mode,
            /// [`NoBuffers`](Condition::NoBuffers), and what the network says, such as
            /// [`NetworkUnreachable`](Condition::NetworkUnreachable). Source: POSIX `send`.
            ///
            /// ```
            #[doc = $pair]
            /// assert_eq!(a.send(b"ping")?, 4);
            /// # drop(b);
            /// # Ok::<(), usocket::Error>(())
            /// ```
            #[doc(alias = "socket-send")]
            pub fn send(&self, bytes: &[u8]) -> Result<usize, Error> {
                let sent = self.link.send(&self.inner, bytes, None)?;
                whole(&self.link, Operation::Send, bytes, sent)
            }

            /// The same, until a deadline or a cancel, whatever mode and timeout the socket has.
            ///
            /// What the system takes at once is sent even if the deadline has passed.
            ///
            /// # Errors
            ///
            /// As [`send`](Self::send); [`Timeout`](Condition::Timeout) at the deadline,
            /// [`Cancelled`](Condition::Cancelled).
            ///
            /// ```
            #[doc = $pair]
            /// assert_eq!(a.send_deadline(b"ping", std::time::Duration::from_secs(9))?, 4);
            /// # drop(b);
            /// # Ok::<(), usocket::Error>(())
            /// ```
            pub fn send_deadline<'a>(
                &self,
                bytes: &[u8],
                until: impl Into<Until<'a>>,
            ) -> Result<usize, Error> {
                let sent = self.link.send(&self.inner, bytes, Some(until.into()))?;
                whole(&self.link, Operation::Send, bytes, sent)
            }

            /// The same without blocking; `None` if the system has no room now, for which no error
            /// is made.
            ///
            /// # Errors
            ///
            /// As [`send`](Self::send), but never [`WouldBlock`](Condition::WouldBlock).
            ///
            /// ```
            #[doc = $pair]
            /// assert_eq!(a.try_send(b"ping")?, Some(4));
            /// # drop(b);
            /// # Ok::<(), usocket::Error>(())
            /// ```
            #[doc(alias = "MSG_DONTWAIT")]
            pub fn try_send(&self, bytes: &[u8]) -> Result<Option<usize>, Error> {
                self.link
                    .at_once(&self.inner, Operation::Send, |mode| {
                        transfer::send(&self.inner, bytes, mode)
                    })?
                    .map(|sent| whole(&self.link, Operation::Send, bytes, sent))
                    .transpose()
            }

            /// Receives one datagram, from the peer if the socket is connected.
            ///
            /// What does not fit into the buffer is gone, and [`Datagram::truncated`] says so. A
            /// datagram may be empty, which is the end of nothing; the buffer may be empty too.
            /// Blocks as long as nothing has come, or as long as the read timeout says.
            ///
            /// # Errors
            ///
            /// [`ConnectionRefused`](Condition::ConnectionRefused), and what else the network said of
            /// an earlier datagram to the peer of a connected UDP socket: once, and the socket can be
            /// used as before. [`Timeout`](Condition::Timeout) where a read timeout is set,
            /// [`WouldBlock`](Condition::WouldBlock) in non-blocking mode. Source: POSIX `recv`.
            ///
            /// ```
            #[doc = $pair]
            /// a.send(b"")?;
            /// a.send(b"ping")?;
            /// let mut buffer = [0; 16];
            /// assert_eq!(b.recv(&mut buffer)?.len, 0);
            /// let got = b.recv(&mut buffer)?;
            /// assert_eq!(&buffer[..got.len], b"ping");
            /// # Ok::<(), usocket::Error>(())
            /// ```
            #[doc(alias = "socket-receive")]
            #[doc(alias = "recvmsg")]
            pub fn recv(&self, buffer: &mut [u8]) -> Result<Datagram<$address>, Error> {
                self.receive(Operation::Receive, buffer, Take::Out, None)
            }

            /// The same, until a deadline or a cancel, whatever mode and timeout the socket has.
            ///
            /// What has already come is received even if the deadline has passed.
            ///
            /// # Errors
            ///
            /// As [`recv`](Self::recv); [`Timeout`](Condition::Timeout) at the deadline,
            /// [`Cancelled`](Condition::Cancelled).
            ///
            /// ```
            /// use std::time::Duration;
            /// use usocket::Condition;
            ///
            #[doc = $pair]
            /// let error = b.recv_deadline(&mut [0; 16], Duration::from_millis(5)).unwrap_err();
            /// assert_eq!(error.condition(), Condition::Timeout);
            /// # drop(a);
            /// # Ok::<(), usocket::Error>(())
            /// ```
            pub fn recv_deadline<'a>(
                &self,
                buffer: &mut [u8],
                until: impl Into<Until<'a>>,
            ) -> Result<Datagram<$address>, Error> {
                self.receive(Operation::Receive, buffer, Take::Out, Some(until.into()))
            }

            /// The same without blocking; `None` if nothing has come, for which no error is made.
            ///
            /// # Errors
            ///
            /// As [`recv`](Self::recv), but never [`WouldBlock`](Condition::WouldBlock).
            ///
            /// ```
            #[doc = $pair]
            /// assert!(b.try_recv(&mut [0; 16])?.is_none());
            /// # drop(a);
            /// # Ok::<(), usocket::Error>(())
            /// ```
            #[doc(alias = "MSG_DONTWAIT")]
            pub fn try_recv(&self, buffer: &mut [u8]) -> Result<Option<Datagram<$address>>, Error> {
                self.receive_at_once(Operation::Receive, buffer)
            }

            /// Receives one datagram and leaves it there, whole, for the next call.
            ///
            /// # Errors
            ///
            /// As [`recv`](Self::recv); [`OperationNotSupported`](crate::Condition::OperationNotSupported)
            /// on WASI. Source: POSIX `recv`, `MSG_PEEK`.
            ///
            /// ```
            #[doc = $pair]
            /// a.send(b"ping")?;
            /// assert!(b.peek(&mut [0; 2])?.truncated);
            /// assert!(!b.recv(&mut [0; 16])?.truncated);
            /// # Ok::<(), usocket::Error>(())
            /// ```
            #[doc(alias = "MSG_PEEK")]
            pub fn peek(&self, buffer: &mut [u8]) -> Result<Datagram<$address>, Error> {
                self.receive(Operation::Receive, buffer, Take::Peek, None)
            }

            /// The same, until a deadline or a cancel.
            ///
            /// # Errors
            ///
            /// As [`recv_deadline`](Self::recv_deadline).
            ///
            /// ```
            #[doc = $pair]
            /// a.send(b"ping")?;
            /// assert_eq!(b.peek_deadline(&mut [0; 16], std::time::Duration::from_secs(9))?.len, 4);
            /// # Ok::<(), usocket::Error>(())
            /// ```
            pub fn peek_deadline<'a>(
                &self,
                buffer: &mut [u8],
                until: impl Into<Until<'a>>,
            ) -> Result<Datagram<$address>, Error> {
                self.receive(Operation::Receive, buffer, Take::Peek, Some(until.into()))
            }

            /// Receives one datagram from anybody, and says from whom: [`Datagram::peer`].
            ///
            /// On a connected socket, from its peer only; there it is as [`recv`](Self::recv).
            ///
            /// # Errors
            ///
            /// As [`recv`](Self::recv). On a socket that is not connected, nothing that happened to
            /// an earlier datagram is an error here, on no system. Source: POSIX `recvfrom`.
            ///
            /// ```
            #[doc = $pair]
            /// a.send(b"ping")?;
            /// let mut buffer = [0; 3];
            /// let got = b.recv_from(&mut buffer)?;
            /// assert_eq!((got.len, got.truncated), (3, true));
            /// # Ok::<(), usocket::Error>(())
            /// ```
            #[doc(alias = "socket-receive")]
            #[doc(alias = "recvfrom")]
            #[doc(alias = "recvmsg")]
            pub fn recv_from(&self, buffer: &mut [u8]) -> Result<Datagram<$address>, Error> {
                self.receive(Operation::ReceiveFrom, buffer, Take::Out, None)
            }

            /// The same, until a deadline or a cancel, whatever mode and timeout the socket has.
            ///
            /// What has already come is received even if the deadline has passed.
            ///
            /// # Errors
            ///
            /// As [`recv_from`](Self::recv_from); [`Timeout`](Condition::Timeout) at the deadline,
            /// [`Cancelled`](Condition::Cancelled).
            ///
            /// ```
            #[doc = $pair]
            /// a.send(b"ping")?;
            /// let got = b.recv_from_deadline(&mut [0; 16], std::time::Duration::from_secs(9))?;
            /// assert_eq!(got.len, 4);
            /// # Ok::<(), usocket::Error>(())
            /// ```
            pub fn recv_from_deadline<'a>(
                &self,
                buffer: &mut [u8],
                until: impl Into<Until<'a>>,
            ) -> Result<Datagram<$address>, Error> {
                self.receive(
                    Operation::ReceiveFrom,
                    buffer,
                    Take::Out,
                    Some(until.into()),
                )
            }

            /// The same without blocking; `None` if nothing has come, for which no error is made.
            ///
            /// # Errors
            ///
            /// As [`recv_from`](Self::recv_from), but never [`WouldBlock`](Condition::WouldBlock).
            ///
            /// ```
            #[doc = $pair]
            /// assert!(b.try_recv_from(&mut [0; 16])?.is_none());
            /// # drop(a);
            /// # Ok::<(), usocket::Error>(())
            /// ```
            #[doc(alias = "MSG_DONTWAIT")]
            pub fn try_recv_from(
                &self,
                buffer: &mut [u8],
            ) -> Result<Option<Datagram<$address>>, Error> {
                self.receive_at_once(Operation::ReceiveFrom, buffer)
            }

            /// As [`recv_from`](Self::recv_from), and leaves the datagram there, whole.
            ///
            /// # Errors
            ///
            /// As [`recv_from`](Self::recv_from);
            /// [`OperationNotSupported`](crate::Condition::OperationNotSupported) on WASI. Source: POSIX
            /// `recvfrom`, `MSG_PEEK`.
            ///
            /// ```
            #[doc = $pair]
            /// a.send(b"ping")?;
            /// assert_eq!(b.peek_from(&mut [0; 16])?.len, 4);
            /// assert_eq!(b.recv_from(&mut [0; 16])?.len, 4);
            /// # Ok::<(), usocket::Error>(())
            /// ```
            #[doc(alias = "MSG_PEEK")]
            pub fn peek_from(&self, buffer: &mut [u8]) -> Result<Datagram<$address>, Error> {
                self.receive(Operation::ReceiveFrom, buffer, Take::Peek, None)
            }

            /// The same, until a deadline or a cancel.
            ///
            /// # Errors
            ///
            /// As [`recv_from_deadline`](Self::recv_from_deadline).
            ///
            /// ```
            #[doc = $pair]
            /// a.send(b"ping")?;
            /// let got = b.peek_from_deadline(&mut [0; 16], std::time::Duration::from_secs(9))?;
            /// assert_eq!(got.len, 4);
            /// # Ok::<(), usocket::Error>(())
            /// ```
            pub fn peek_from_deadline<'a>(
                &self,
                buffer: &mut [u8],
                until: impl Into<Until<'a>>,
            ) -> Result<Datagram<$address>, Error> {
                self.receive(
                    Operation::ReceiveFrom,
                    buffer,
                    Take::Peek,
                    Some(until.into()),
                )
            }

            /// Another handle to the same socket: each datagram goes to one of them, and what one of
            /// them sets or connects to, the others have set or are connected to.
            ///
            /// # Errors
            ///
            /// [`TooManyOpenFiles`](Condition::TooManyOpenFiles); [`Unsupported`](Condition::Unsupported) on
            /// WASI.
            ///
            /// ```
            #[doc = $pair]
            /// let clone = b.try_clone()?;
            /// a.send(b"ping")?;
            /// assert_eq!(clone.recv(&mut [0; 16])?.len, 4);
            /// # Ok::<(), usocket::Error>(())
            /// ```
            #[doc(alias = "dup")]
            pub fn try_clone(&self) -> Result<Self, Error> {
                let inner = self
                    .link
                    .named_result(Operation::Duplicate, self.inner.try_clone())?;
                Ok(Self::new(inner, self.link.clone()))
            }

            /// Gives std's type, the same socket with its mode and options, for nothing.
            ///
            /// For an asynchronous runtime, set it to non-blocking before.
            ///
            /// ```
            #[doc = $pair]
            /// let socket = a.into_std();
            /// # drop(b);
            /// # Ok::<(), usocket::Error>(())
            /// ```
            #[doc(alias = "socket")]
            pub fn into_std(self) -> $std {
                self.inner
            }

            /// The owner of a socket that this crate made.
            pub(crate) fn new(inner: $std, link: Link) -> Self {
                Self { inner, link }
            }

            fn receive(
                &self,
                operation: Operation,
                buffer: &mut [u8],
                take: Take,
                until: Option<Until<'_>>,
            ) -> Result<Datagram<$address>, Error> {
                let mut call = |mode| self.receive_one(operation, buffer, take, mode);
                match until {
                    None => self
                        .link
                        .plainly(&self.inner, operation, || call(Mode::AsSet)),
                    Some(until) => {
                        self.link
                            .until(&self.inner, operation, Interest::Readable, until, call)
                    }
                }
            }

            fn receive_at_once(
                &self,
                operation: Operation,
                buffer: &mut [u8],
            ) -> Result<Option<Datagram<$address>>, Error> {
                self.link.at_once(&self.inner, operation, |mode| {
                    self.receive_one(operation, buffer, Take::Out, mode)
                })
            }
        }
    };
}

pub(crate) use datagram_calls;

/// The length of a datagram that was sent; it is an error if that is not all of it.
///
/// No system sends a part: what is too long is EMSGSIZE (POSIX `send`). But whoever stands between
/// this crate and the system, such as a filter of system calls, can say that it did, and a peer then
/// got something that nobody meant.
pub(crate) fn whole(
    link: &Link,
    operation: Operation,
    bytes: &[u8],
    sent: usize,
) -> Result<usize, Error> {
    if sent == bytes.len() {
        return Ok(sent);
    }
    let error = link.dress(Error::new(operation, Condition::MessageTooLong));
    Err(error.with_bytes_done(sent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_datagram_that_was_sent_in_part_is_an_error_with_what_was_sent() {
        let link = Link::new(true).with_peer(Some(([127, 0, 0, 1], 9).into()));
        assert_eq!(whole(&link, Operation::Send, b"ping", 4).unwrap(), 4);
        assert_eq!(whole(&link, Operation::Send, b"", 0).unwrap(), 0);
        let error = whole(&link, Operation::Send, b"ping", 3).unwrap_err();
        assert_eq!(error.bytes_done(), Some(3));
        assert_eq!(
            error.to_string(),
            "send to 127.0.0.1:9: message too long after 3 bytes"
        );
    }
}
