//! How to put a socket library of any language under test: the lines between `conformance` and a driver.
//!
//! A driver is a program that makes one call with the library and says what came of it.
//!
//! ```text
//! conformance run --program python='python3 conformance/drivers/python.py'
//! ```
//!
//! adds a column `python` to the report. The words of the command are separated by spaces; no shell is involved. The command
//! is started once to ask what it can, and then anew for each cell, so that it may hang, crash and leave behind
//! what it likes: at the limit of the cell it is ended. A cell that needs a private network starts its driver inside.
//!
//! # Messages
//!
//! Both sides speak lines of UTF-8, each ended by a line feed. A message is some lines `key value`, the value being the rest of
//! the line, and then a line of one word, the *verb*, which ends the message. There are no quotes and no escapes. A driver
//! reads from standard input and writes to standard output, which it must flush after each message. What it writes to standard
//! error is shown if it ends without an answer. It ends when its input ends.
//!
//! # What it can
//!
//! The first message is `capabilities` or `perform`. To the first, a driver answers
//!
//! ```text
//! operations connect send receive look-up
//! protocols tcp4 tcp6
//! given yes
//! limit yes
//! capabilities
//! ```
//!
//! | key | value |
//! | --- | --- |
//! | `operations` | those it has a call for, by the names of [`Operation`](usocket::Operation) |
//! | `protocols` | those it speaks, by the names of [`Protocol`](usocket_testkit::Protocol) |
//! | `given` | `yes` if it can take a descriptor that it inherits; left out, `no` |
//! | `limit` | `yes` if its calls can have a time limit; left out, `no` |
//!
//! What it does not declare is *not expressible*, and it is not started for it.
//!
//! # The call
//!
//! To `perform`, a driver makes the call and says one of
//!
//! | verb | keys | meaning |
//! | --- | --- | --- |
//! | `done` | `bytes`, where the call moves bytes | the call succeeded |
//! | `failed` | `named`, `errno`, `text`; each may be left out | the call failed |
//! | `cannot` | `reason` | the library has no way to make the call |
//!
//! `named` is the condition that a program can tell from the error by the means of the language (a type, a constant, a
//! predicate; not by reading the text), by the names of [`Condition`](usocket::Condition); it is left out where the library has
//! no name for it. `errno` is the system's number, if the error has it: it is held against what the recipe
//! promises. `text` is what the library says, in one line.
//!
//! ```text
//! named connection-refused
//! errno 111
//! text [Errno 111] Connection refused
//! failed
//! ```
//!
//! The keys of the request are these. A driver that meets a key it does not know says `cannot`: newer versions of this
//! program may ask for more.
//!
//! | key | value |
//! | --- | --- |
//! | `operation`, `protocol` | the call, by the names above |
//! | `shape` | `target`, `peer` or `given`: see below |
//! | `address`, `port` | what the call names: where to connect, bind or send to |
//! | `path` | the same in the Unix domain |
//! | `local` | where a socket that needs a local address is to be bound, at port 0: before `receive-from` |
//! | `name` | the name to look up |
//! | `descriptor` | the number of a descriptor that the driver has inherited, and makes the call on |
//! | `limit` | how long the call may take, in seconds, with a fraction |
//! | `payload` | how many bytes to send, whatever they are |
//! | `domain`, `type`, `number` | the arguments of `socket`, in the system's numbers |
//! | `option` | of `get-option` and `set-option`: `reuse-address`, `no-delay`, `hop-limit`, `mark`, `join-group`, `leave-group` |
//! | `value` | the hops, or the mark; the others are switched on |
//! | `group`, `interface` | the multicast group, and the index of the interface (for IPv4 it is 127.0.0.1) |
//!
//! # The shapes
//!
//! * `target`: make a socket, and make the call with the address, the path or the name. The operations `connect`, `bind`,
//!   `send-to`, `receive-from` and `look-up` have it.
//! * `given`: make the call on the descriptor, without asking it anything before.
//! * `peer`: make a socket and connect it to the address; then say
//!
//!   ```text
//!   descriptor 5
//!   ready
//!   ```
//!
//!   with the number of the connected socket in the driver. The scene makes happen what the cell is about, and says `go`. Then
//!   make the call, and answer as above.
//!
//! # What goes wrong
//!
//! No answer in time is a *hang*, an end without an answer is a *crash*, and so is an answer that is none, with the line
//! in its text. A driver that does not start, or that does not say what it can, ends the run with exit code 2. A program has no
//! [expectations](crate::expectation): what it gets wrong fails the run.
//!
//! Descriptors go to drivers and back on Linux 5.6 and newer only, by `pidfd_getfd(2)`.
//!
//! # Where a driver runs
//!
//! It is a program like any other, and so is what starts it: a script that starts a container, a sandbox or an emulator and
//! the driver inside. What reaches it there are the lines, and the packets of a cell in a private network, if it is
//! started in the network namespace of whoever starts the script. Descriptors do not, and loopback may be another: it says
//! `cannot` to what it cannot reach. The example `driver` of this package is one for usocket, which can be told to do so:
//! `conformance run --program sandboxed='./start-sandbox target/release/examples/driver --own-loopback'`.
//!
//! # A whole one
//!
//! Python's `socket`, with nothing but the standard library:
//!
//! ```python
#![doc = include_str!("../drivers/python.py")]
//! ```
