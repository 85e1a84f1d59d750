//! The calls that streams of every family have.

/// Implements them for an owner `struct $owner { inner: $std, link: Link }`.
///
/// `$pair` is hidden code for the examples, which makes two connected streams, `a` and `b`.
macro_rules! stream_calls {
    ($owner:ident, $std:ty, $pair:literal) => {
        impl $owner {
            /// Receives what has come, at least one byte; `Ok(0)` is the end of the stream.
            ///
            /// Blocks as long as nothing has come, or as long as the read timeout says.
            ///
            /// # Errors
            ///
            /// [`ConnectionReset`](Condition::ConnectionReset), [`Timeout`](Condition::Timeout)
            /// where a read timeout is set, [`WouldBlock`](Condition::WouldBlock) in non-blocking
            /// mode, [`NotConnected`](Condition::NotConnected), or what the network said of a
            /// connection that is lost, such as [`HostUnreachable`](Condition::HostUnreachable).
            /// Source: POSIX `recv`.
            ///
            /// ```
            #[doc = $pair]
            /// a.send(b"ping")?;
            /// let mut buffer = [0; 16];
            /// let length = b.recv(&mut buffer)?;
            /// assert_eq!(&buffer[..length], b"ping");
            /// # Ok::<(), usocket::Error>(())
            /// ```
            pub fn recv(&self, buffer: &mut [u8]) -> Result<usize, Error> {
                self.link.receive(&self.inner, buffer, Take::Out, None)
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
            ) -> Result<usize, Error> {
                self.link
                    .receive(&self.inner, buffer, Take::Out, Some(until.into()))
            }

            /// The same without blocking; `None` if nothing has come, for which no error is made.
            ///
            /// # Errors
            ///
            /// As [`recv`](Self::recv), but never [`WouldBlock`](Condition::WouldBlock).
            ///
            /// ```
            #[doc = $pair]
            /// assert_eq!(b.try_recv(&mut [0; 16])?, None);
            /// drop(a);
            /// assert_eq!(b.recv(&mut [0; 16])?, 0); // the end of the stream
            /// assert_eq!(b.try_recv(&mut [0; 16])?, Some(0));
            /// # Ok::<(), usocket::Error>(())
            /// ```
            #[doc(alias = "MSG_DONTWAIT")]
            pub fn try_recv(&self, buffer: &mut [u8]) -> Result<Option<usize>, Error> {
                self.link.at_once(&self.inner, Operation::Receive, |mode| {
                    transfer::receive(&self.inner, buffer, Take::Out, mode)
                })
            }

            /// Receives what has come and leaves it there for the next call.
            ///
            /// # Errors
            ///
            /// As [`recv`](Self::recv); [`OperationNotSupported`](Condition::OperationNotSupported) on WASI.
            /// Source: POSIX `recv`, `MSG_PEEK`.
            ///
            /// ```
            #[doc = $pair]
            /// a.send(b"ping")?;
            /// assert_eq!(b.peek(&mut [0; 16])?, 4);
            /// assert_eq!(b.recv(&mut [0; 16])?, 4);
            /// # Ok::<(), usocket::Error>(())
            /// ```
            #[doc(alias = "MSG_PEEK")]
            pub fn peek(&self, buffer: &mut [u8]) -> Result<usize, Error> {
                self.link.receive(&self.inner, buffer, Take::Peek, None)
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
            /// assert_eq!(b.peek_deadline(&mut [0; 16], std::time::Duration::from_secs(9))?, 4);
            /// # Ok::<(), usocket::Error>(())
            /// ```
            pub fn peek_deadline<'a>(
                &self,
                buffer: &mut [u8],
                until: impl Into<Until<'a>>,
            ) -> Result<usize, Error> {
                self.link
                    .receive(&self.inner, buffer, Take::Peek, Some(until.into()))
            }

            /// Receives until the buffer is full, or a deadline or a cancel ends it.
            ///
            /// # Errors
            ///
            /// As [`recv_deadline`](Self::recv_deadline);
            /// [`UnexpectedEof`](Condition::UnexpectedEof) if the stream ends before. The error says
            /// how many bytes are in the buffer: [`Error::bytes_done`].
            ///
            /// ```
            /// use std::time::Duration;
            /// use usocket::Condition;
            ///
            #[doc = $pair]
            /// a.send(b"ping")?;
            /// drop(a);
            /// let mut buffer = [0; 3];
            /// b.read_exact_deadline(&mut buffer, Duration::from_secs(9))?;
            /// assert_eq!(&buffer, b"pin");
            /// let error = b.read_exact_deadline(&mut buffer, Duration::from_secs(9)).unwrap_err();
            /// assert_eq!(error.condition(), Condition::UnexpectedEof);
            /// assert_eq!(error.bytes_done(), Some(1));
            /// # Ok::<(), usocket::Error>(())
            /// ```
            #[doc(alias = "MSG_WAITALL")]
            pub fn read_exact_deadline<'a>(
                &self,
                buffer: &mut [u8],
                until: impl Into<Until<'a>>,
            ) -> Result<(), Error> {
                let until = until.into();
                let mut done = 0;
                while done < buffer.len() {
                    let rest = &mut buffer[done..];
                    done += match self.link.receive(&self.inner, rest, Take::Out, Some(until)) {
                        Ok(0) => {
                            let error = Error::new(Operation::Receive, Condition::UnexpectedEof);
                            return Err(self.link.dress(error).with_bytes_done(done));
                        }
                        Ok(length) => length,
                        Err(error) => return Err(error.with_bytes_done(done)),
                    };
                }
                Ok(())
            }

            /// Sends as much as the system takes at once, at least one byte of those that there are.
            ///
            /// Blocks as long as it takes nothing, or as long as the write timeout says.
            ///
            /// # Errors
            ///
            /// [`Shutdown`](Condition::Shutdown) after either side ended this direction,
            /// [`ConnectionReset`](Condition::ConnectionReset), [`Timeout`](Condition::Timeout)
            /// where a write timeout is set, [`WouldBlock`](Condition::WouldBlock) in non-blocking
            /// mode, [`NoBuffers`](Condition::NoBuffers). Never a SIGPIPE. Source: POSIX `send`.
            ///
            /// ```
            #[doc = $pair]
            /// assert_eq!(a.send(b"ping")?, 4);
            /// # drop(b);
            /// # Ok::<(), usocket::Error>(())
            /// ```
            pub fn send(&self, bytes: &[u8]) -> Result<usize, Error> {
                self.link.send(&self.inner, bytes, None)
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
                self.link.send(&self.inner, bytes, Some(until.into()))
            }

            /// The same without blocking; `None` if the system takes nothing now, for which no error
            /// is made.
            ///
            /// # Errors
            ///
            /// As [`send`](Self::send), but never [`WouldBlock`](Condition::WouldBlock).
            ///
            /// ```
            #[doc = $pair]
            /// while a.try_send(&[0; 4096])?.is_some() {}
            /// // Now it is full, until the other side receives.
            /// # drop(b);
            /// # Ok::<(), usocket::Error>(())
            /// ```
            #[doc(alias = "MSG_DONTWAIT")]
            pub fn try_send(&self, bytes: &[u8]) -> Result<Option<usize>, Error> {
                self.link.at_once(&self.inner, Operation::Send, |mode| {
                    transfer::send(&self.inner, bytes, mode)
                })
            }

            /// Sends all of it, or as much as it can before a deadline or a cancel.
            ///
            /// # Errors
            ///
            /// As [`send_deadline`](Self::send_deadline). The error says how many bytes the system
            /// took: [`Error::bytes_done`].
            ///
            /// ```
            /// use std::time::Duration;
            ///
            #[doc = $pair]
            /// a.write_all_deadline(b"ping", Duration::from_secs(9))?;
            /// // Nobody receives, so at some point nothing more fits.
            /// let error = a.write_all_deadline(&[0; 1 << 24], Duration::ZERO).unwrap_err();
            /// assert!(error.bytes_done().is_some_and(|done| done < 1 << 24));
            /// # drop(b);
            /// # Ok::<(), usocket::Error>(())
            /// ```
            pub fn write_all_deadline<'a>(
                &self,
                bytes: &[u8],
                until: impl Into<Until<'a>>,
            ) -> Result<(), Error> {
                let until = until.into();
                let mut done = 0;
                while done < bytes.len() {
                    done += self
                        .link
                        .send(&self.inner, &bytes[done..], Some(until))
                        .map_err(|error| error.with_bytes_done(done))?;
                }
                Ok(())
            }

            /// Ends one or both directions: the peer reads to the end of what was sent and then gets
            /// the end of the stream.
            ///
            /// All clones see it. That there is nothing to end any more, because the peer has left,
            /// is no error. Shutting down the receiving side wakes whoever is receiving.
            ///
            /// # Errors
            ///
            /// [`BadFileDescriptor`](Condition::BadFileDescriptor) and
            /// [`NotASocket`](Condition::NotASocket) for a handle that is no socket. Source: POSIX
            /// `shutdown`.
            ///
            /// ```
            /// use std::net::Shutdown;
            ///
            #[doc = $pair]
            /// a.send(b"last")?;
            /// a.shutdown(Shutdown::Write)?;
            /// b.recv(&mut [0; 16])?;
            /// assert_eq!(b.recv(&mut [0; 16])?, 0);
            /// b.send(b"the other direction is still open")?;
            /// # Ok::<(), usocket::Error>(())
            /// ```
            #[doc(alias = "socket-shutdown")]
            #[doc(alias = "SHUT_RD")]
            #[doc(alias = "SHUT_WR")]
            #[doc(alias = "SHUT_RDWR")]
            pub fn shutdown(&self, how: Shutdown) -> Result<(), Error> {
                if how != Shutdown::Read {
                    self.link.set_shut_down_writing();
                }
                socket::shutdown(&self.inner, how)
                    .map_err(|source| self.link.error(Operation::Shutdown, source))
                    .or_else(|error| absorb(error, Condition::NotConnected))
            }

            /// Closes in order and says whether the other side has closed too: ends the sending
            /// direction, drops what still comes, and waits for the end of the stream.
            ///
            /// Just dropping a stream also delivers what was sent, as long as nothing is left to
            /// receive: a system that closes a socket with unread bytes in it resets the connection,
            /// which can take away from the peer what it has not read yet. This call reads them.
            ///
            /// # Errors
            ///
            /// [`Timeout`](Condition::Timeout) and [`Cancelled`](Condition::Cancelled) if the other
            /// side has not closed by then; [`ConnectionReset`](Condition::ConnectionReset) if it
            /// closed without reading everything. The stream is closed in any case.
            ///
            /// ```
            /// use std::time::Duration;
            ///
            #[doc = $pair]
            /// let other = std::thread::spawn(move || b.close(Duration::from_secs(9)));
            /// a.close(Duration::from_secs(9))?;
            /// # other.join().unwrap()?;
            /// # Ok::<(), usocket::Error>(())
            /// ```
            #[doc(alias = "socket-close")]
            pub fn close<'a>(self, until: impl Into<Until<'a>>) -> Result<(), Error> {
                let until = until.into();
                self.shutdown(Shutdown::Write)?;
                // Enough for a system call to be worth it.
                let mut unread = vec![0; 1 << 16];
                while self
                    .link
                    .receive(&self.inner, &mut unread, Take::Out, Some(until))?
                    > 0
                {}
                Ok(())
            }

            /// Another handle to the same socket: what one of them sets, ends or receives, the
            /// others have set, ended or missed.
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
            /// assert_eq!(clone.recv(&mut [0; 16])?, 4);
            /// # Ok::<(), usocket::Error>(())
            /// ```
            #[doc(alias = "dup")]
            pub fn try_clone(&self) -> Result<Self, Error> {
                let inner = self
                    .link
                    .named_result(Operation::Duplicate, self.inner.try_clone())?;
                Ok(Self {
                    inner,
                    link: self.link.clone(),
                })
            }

            /// Gives std's type, the same socket with its mode and options, for nothing.
            ///
            /// For an asynchronous runtime, set it to non-blocking before.
            ///
            /// ```
            #[doc = $pair]
            /// a.set_nonblocking(true)?;
            /// let for_tokio = a.into_std();
            /// # drop(b);
            /// # Ok::<(), usocket::Error>(())
            /// ```
            #[doc(alias = "socket")]
            pub fn into_std(self) -> $std {
                self.inner
            }
        }

        impl Read for &$owner {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                if self.link.has_ended(&self.inner, None)? {
                    return Ok(0);
                }
                let read = (&self.inner).read(buffer);
                read.map_err(|error| self.link.timed_out(&self.inner, Operation::Receive, error))
            }

            fn read_vectored(&mut self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
                if self.link.has_ended(&self.inner, None)? {
                    return Ok(0);
                }
                let read = (&self.inner).read_vectored(buffers);
                read.map_err(|error| self.link.timed_out(&self.inner, Operation::Receive, error))
            }
        }

        impl Write for &$owner {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                let room = self.link.room(&self.inner, None)?;
                let written = (&self.inner).write(&bytes[..bytes.len().min(room)]);
                written.map_err(|error| self.link.timed_out(&self.inner, Operation::Send, error))
            }

            fn write_vectored(&mut self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
                let room = self.link.room(&self.inner, None)?;
                let written = if room == usize::MAX {
                    (&self.inner).write_vectored(buffers)
                } else {
                    let first = buffers.iter().find(|buffer| !buffer.is_empty());
                    let first = first.map_or(&[][..], |buffer| buffer);
                    (&self.inner).write(&first[..first.len().min(room)])
                };
                written.map_err(|error| self.link.timed_out(&self.inner, Operation::Send, error))
            }

            /// There is nothing to flush: what was written is the system's.
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }

        impl Read for $owner {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                (&*self).read(buffer)
            }

            fn read_vectored(&mut self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
                (&*self).read_vectored(buffers)
            }
        }

        impl Write for $owner {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                (&*self).write(bytes)
            }

            fn write_vectored(&mut self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
                (&*self).write_vectored(buffers)
            }

            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
    };
}

pub(crate) use stream_calls;
