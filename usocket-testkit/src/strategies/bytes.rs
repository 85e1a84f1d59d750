//! Streams, cut into the pieces in which a network may deliver them.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::ops::RangeInclusive;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

/// The most cuts of one body, but where every byte comes alone.
const MOST_CUTS: usize = 8;

/// Bytes, so many. The simplest are the fewest, and zero.
///
/// ```
/// use proptest::prelude::*;
/// use usocket_testkit::strategies::bytes;
///
/// proptest!(|(body in bytes(1..=64))| {
///     prop_assert!((1..=64).contains(&body.len()));
/// });
/// ```
pub fn bytes(len: RangeInclusive<usize>) -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), len)
}

/// Ways in which these bytes may come: whole, in up to nine pieces, byte by byte; with the end of the stream behind them,
/// or with nothing. The simplest is in one piece and with the end.
///
/// ```
/// use proptest::prelude::*;
/// use usocket_testkit::strategies::{byte_schedule, bytes};
///
/// let bodies = bytes(0..=64).prop_flat_map(byte_schedule);
/// proptest!(|(schedule in bodies)| {
///     prop_assert_eq!(schedule.chunks().concat(), schedule.body());
/// });
/// ```
pub fn byte_schedule(body: impl Into<Vec<u8>>) -> impl Strategy<Value = ByteSchedule> {
    let body = body.into();
    // What splits it, in order; a cut at an end or at another cut is none.
    let cuts = prop_oneof![
        1 => Just(Cuts::None),
        6 => vec(any::<Index>(), 1..=MOST_CUTS).prop_map(Cuts::At),
        1 => Just(Cuts::Everywhere),
    ];
    (cuts, prop_oneof![Just(true), Just(false)]).prop_map(move |(cuts, half_closes)| ByteSchedule {
        chunks: cuts.cut(&body),
        half_closes,
    })
}

/// A body in pieces: see [`byte_schedule`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByteSchedule {
    chunks: Vec<Vec<u8>>,
    half_closes: bool,
}

impl ByteSchedule {
    /// The pieces, in order. None is empty.
    pub fn chunks(&self) -> &[Vec<u8>] {
        &self.chunks
    }

    /// All of it.
    pub fn body(&self) -> Vec<u8> {
        self.chunks.concat()
    }

    /// Whether the end of the stream comes behind it.
    pub fn half_closes(&self) -> bool {
        self.half_closes
    }

    /// A stream that gives one piece for each read, or as much of it as fits. Then comes the end, or, where there is none,
    /// `WouldBlock`, as a socket says that does not wait: code that reads on has read too far.
    ///
    /// ```
    /// use proptest::prelude::*;
    /// use std::io::Read;
    /// use usocket_testkit::strategies::byte_schedule;
    ///
    /// proptest!(|(schedule in byte_schedule("hello"))| {
    ///     let mut read = String::new();
    ///     let ended = schedule.reader().read_to_string(&mut read);
    ///     prop_assert_eq!(read, "hello");
    ///     prop_assert_eq!(ended.is_ok(), schedule.half_closes());
    /// });
    /// ```
    pub fn reader(&self) -> ByteReader<'_> {
        ByteReader {
            chunks: &self.chunks,
            taken: 0,
            half_closes: self.half_closes,
        }
    }

    /// Sends it, each piece with a call of its own and without `Nagle`'s delay, and then the end, if it has one. On the way
    /// pieces may still be joined.
    ///
    /// ```
    /// use proptest::prelude::*;
    /// use std::io::Read;
    /// use std::net::{TcpListener, TcpStream};
    /// use usocket_testkit::strategies::byte_schedule;
    ///
    /// let listener = TcpListener::bind("127.0.0.1:0")?;
    /// let addr = listener.local_addr()?;
    /// proptest!(ProptestConfig::with_cases(16), |(schedule in byte_schedule("hello"))| {
    ///     let server = TcpStream::connect(addr)?;
    ///     let (mut client, _) = listener.accept()?;
    ///     schedule.send(&server)?;
    ///     let mut read = [0; 5];
    ///     client.read_exact(&mut read)?;
    ///     prop_assert_eq!(&read, b"hello");
    /// });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What the socket says.
    pub fn send(&self, mut stream: &TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        for chunk in &self.chunks {
            stream.write_all(chunk)?;
        }
        if self.half_closes {
            stream.shutdown(Shutdown::Write)?;
        }
        Ok(())
    }
}

/// A stream that comes in pieces: see [`ByteSchedule::reader`].
#[derive(Clone, Debug)]
pub struct ByteReader<'schedule> {
    chunks: &'schedule [Vec<u8>],
    /// How much of the first piece is gone.
    taken: usize,
    half_closes: bool,
}

impl Read for ByteReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some((chunk, later)) = self.chunks.split_first() else {
            return if self.half_closes || buffer.is_empty() {
                Ok(0)
            } else {
                Err(ErrorKind::WouldBlock.into())
            };
        };
        let length = (&chunk[self.taken..]).read(buffer)?;
        self.taken += length;
        if self.taken == chunk.len() {
            self.chunks = later;
            self.taken = 0;
        }
        Ok(length)
    }
}

/// Where a body is cut.
#[derive(Clone, Debug)]
enum Cuts {
    None,
    At(Vec<Index>),
    Everywhere,
}

impl Cuts {
    fn cut(self, body: &[u8]) -> Vec<Vec<u8>> {
        let mut ends: Vec<_> = match self {
            Self::None => Vec::new(),
            Self::At(cuts) => cuts.iter().map(|cut| cut.index(body.len() + 1)).collect(),
            Self::Everywhere => (1..body.len()).collect(),
        };
        ends.push(body.len());
        ends.sort_unstable();
        ends.dedup();
        let mut start = 0;
        let mut chunks = Vec::new();
        for end in ends.into_iter().filter(|end| *end > 0) {
            chunks.push(body[start..end].to_vec());
            start = end;
        }
        chunks
    }
}
