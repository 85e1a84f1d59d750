//! A program as a subject: a library in any language, behind a driver that speaks lines.
//!
//! What a driver reads and says is told in [`drivers`](crate::drivers).

mod driver;
#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "elsewhere.rs")]
mod inherit;
mod message;

use std::fmt;
use std::io;
use std::str::FromStr;
use std::time::{Duration, Instant};

use usocket::{Condition, Operation};
use usocket_testkit::provoke::{OptionCall, Recipe, Shape, Tier};
use usocket_testkit::{OwnedDescriptor, Protocol, Scene};

use self::driver::{Driver, Silence};
use self::message::Message;
use super::{
    Answer, Inability, SUBJECTS, Subject, happens_in_the_call, local, plain_arguments, struck,
};

/// The least time for a driver to start and to say what it can: an interpreter on a busy machine takes its time.
const PATIENCE: Duration = Duration::from_secs(30);

/// A program that is started anew for each cell and asked to make the call.
///
/// ```no_run
/// use usocket_conformance::cell::Cell;
/// use usocket_conformance::subject::{Program, Subject};
///
/// let program: Program = "python=python3 drivers/python.py".parse()?;
/// assert_eq!(program.name(), "python");
/// // It lives as long as the process: a subject is part of every cell.
/// let subject: &'static Program = Box::leak(Box::new(program.ask()?));
/// println!("{} cells", Cell::of(&[subject]).filter(|cell| cell.can().is_ok()).count());
/// # Ok::<(), usocket_conformance::subject::ProgramError>(())
/// ```
#[derive(Debug)]
pub struct Program {
    name: String,
    command: Vec<String>,
    /// The process that performs the cell began then, and may take so long.
    began: Instant,
    limit: Duration,
    /// Nothing as long as nobody has asked.
    capabilities: Option<Capabilities>,
}

#[derive(Debug)]
struct Capabilities {
    operations: Vec<Operation>,
    protocols: Vec<Protocol>,
    given: bool,
    limit: bool,
}

impl Program {
    /// The limit of a cell, counted from when the program was made known to this process. The driver gets a little less, so
    /// that it is ended before the process that watches it.
    #[must_use]
    pub fn with_limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Starts the command and asks what it can; what it cannot is then known without starting it again.
    ///
    /// # Errors
    ///
    /// The command cannot be started, does not answer within half a minute, or says something else.
    pub fn ask(mut self) -> Result<Self, ProgramError> {
        let trouble = |what: String| ProgramError(format!("program {}: {what}", self.name));
        let mut driver = Driver::start(&self.command, Instant::now() + PATIENCE)
            .map_err(|error| trouble(format!("cannot start {:?}: {error}", self.command[0])))?;
        let answer = driver
            .say(&Message::new("capabilities"))
            .and_then(|()| driver.hear())
            .map_err(|silence| trouble(silence.to_string()))?;
        let capabilities = Capabilities::of(&answer)
            .map_err(|wrong| trouble(format!("its driver said {wrong}")))?;
        self.capabilities = Some(capabilities);
        Ok(self)
    }

    fn end(&self) -> Instant {
        self.began + self.limit.mul_f32(0.9)
    }
}

impl FromStr for Program {
    type Err = ProgramError;

    fn from_str(text: &str) -> Result<Self, ProgramError> {
        let wrong = |why: &str| {
            ProgramError(format!(
                "expected NAME=COMMAND, for example python='python3 driver.py', not {text:?}{why}"
            ))
        };
        let (name, command) = text.split_once('=').ok_or_else(|| wrong(""))?;
        let command: Vec<_> = command.split_whitespace().map(str::to_owned).collect();
        let fits = |one: char| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '-';
        if name.is_empty() || !name.chars().all(fits) {
            return Err(wrong(": a name has lower-case letters, digits and hyphens"));
        }
        if SUBJECTS.iter().any(|subject| subject.name() == name) {
            return Err(wrong(": that is the name of a subject of this program"));
        }
        if command.is_empty() {
            return Err(wrong(": there is no command"));
        }
        Ok(Self {
            name: name.to_owned(),
            command,
            began: Instant::now(),
            limit: PATIENCE,
            capabilities: None,
        })
    }
}

/// A [`Program`] that cannot be put under test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramError(String);

impl ProgramError {
    /// Two programs have the same name.
    pub fn twice(name: &str) -> Self {
        Self(format!("two programs are called {name:?}"))
    }
}

impl fmt::Display for ProgramError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ProgramError {}

impl Subject for Program {
    fn name(&self) -> &str {
        &self.name
    }

    fn can(&self, recipe: &Recipe, protocol: Protocol) -> Result<(), &'static str> {
        let Some(capabilities) = &self.capabilities else {
            return Ok(());
        };
        if !capabilities.operations.contains(&recipe.operation()) {
            return Err("its driver does not declare the operation");
        }
        if !capabilities.protocols.contains(&protocol) {
            return Err("its driver does not declare the protocol");
        }
        if recipe.tier() == Tier::Rules || recipe.is_process_wide() || happens_in_the_call(recipe) {
            return Err("it happens to the calls of this process, and its driver is another");
        }
        // The arguments of a call are numbers, which every driver can take.
        if recipe.shape() == Shape::Given
            && recipe.operation() != Operation::Socket
            && !capabilities.given
        {
            return Err("its driver takes no descriptor");
        }
        if recipe.condition() == Condition::Timeout && !capabilities.limit {
            return Err("its driver has no time limits");
        }
        Ok(())
    }

    fn perform(&self, scene: &Scene) -> Result<Answer, Inability> {
        plain_arguments(scene)?;
        // It is to be there until the driver has ended.
        let given = scene.given().has_descriptor();
        let descriptor = given.then(|| struck(scene, Ok)).transpose()?;
        let request = request(scene, descriptor.as_ref())?;
        let mut driver = Driver::start(&self.command, self.end())?;
        driver.say(&request)?;
        let mut answer = driver.hear()?;
        if answer.verb == "ready" && scene.shape() == Shape::Peer {
            let number = answer
                .only(&["descriptor"])
                .and_then(|()| answer.number("descriptor"));
            let number = number
                .and_then(|number| number.ok_or_else(|| answer.quoted()))
                .map_err(|wrong| garbled(&wrong))?;
            let socket = inherit::socket_of(driver.id(), number)?;
            scene.strike(&socket)?;
            drop(socket);
            driver.say(&Message::new("go"))?;
            answer = driver.hear()?;
        }
        judge(&answer).map_err(|wrong| garbled(&wrong))?
    }

    fn arguments(&self) -> Vec<String> {
        let program = format!("{}={}", self.name, self.command.join(" "));
        vec!["--program".to_owned(), program]
    }

    fn is_elsewhere(&self) -> bool {
        true
    }
}

fn garbled(wrong: &str) -> Inability {
    Inability::Crashed(format!("its driver said {wrong}"))
}

impl From<Silence> for Inability {
    fn from(silence: Silence) -> Self {
        match silence {
            Silence::TimedOut => Self::Hung,
            other => Self::Crashed(other.to_string()),
        }
    }
}

impl Capabilities {
    /// Of what a driver says; the line that is wrong.
    fn of(answer: &Message) -> Result<Self, String> {
        if answer.verb != "capabilities" {
            return Err(answer.quoted());
        }
        answer.only(&["operations", "protocols", "given", "limit"])?;
        Ok(Self {
            operations: answer.words("operations")?,
            protocols: answer.words("protocols")?,
            given: answer.yes("given")?,
            limit: answer.yes("limit")?,
        })
    }
}

/// The last word of a driver; the line that is wrong.
fn judge(answer: &Message) -> Result<Result<Answer, Inability>, String> {
    match answer.verb.as_str() {
        "done" => {
            answer.only(&["bytes"])?;
            let bytes = answer.number("bytes")?;
            Ok(Ok(Answer::Done { bytes }))
        }
        "failed" => {
            answer.only(&["named", "errno", "text"])?;
            let named: Option<Condition> = answer.number("named")?;
            Ok(Ok(Answer::Failed {
                named: named.map(|condition| condition.name().to_owned()),
                raw: answer.number("errno")?,
                text: answer.field("text").unwrap_or_default().to_owned(),
            }))
        }
        "cannot" => {
            answer.only(&["reason"])?;
            let reason = answer
                .field("reason")
                .unwrap_or("its driver does not say why");
            Ok(Err(Inability::Declined(reason.to_owned())))
        }
        _ => Err(answer.quoted()),
    }
}

/// What the driver is to do, and with what.
fn request(scene: &Scene, descriptor: Option<&OwnedDescriptor>) -> Result<Message, Inability> {
    let mut request = Message::new("perform");
    request.add("operation", scene.operation().name());
    request.add("protocol", scene.protocol().name());
    request.add("shape", scene.shape().name());
    if let Some(address) = scene.get_addr() {
        request.add("address", address.ip());
        request.add("port", address.port());
    }
    if let Ok(address) = local(scene) {
        request.add("local", address.ip());
    }
    if let Some(path) = scene.path() {
        let text = path.to_str().filter(|text| !text.contains('\n'));
        let text = text.ok_or_else(|| io::Error::other("the path cannot stand in a line"))?;
        request.add("path", text);
    }
    if let Some(name) = scene.name() {
        request.add("name", name);
    }
    if let Some(descriptor) = descriptor {
        request.add("descriptor", inherit::inheritable(descriptor)?);
    }
    if let Some(limit) = scene.limit() {
        request.add("limit", limit.as_secs_f64());
    }
    request.add("payload", scene.payload().len());
    if let Some(arguments) = scene.given().socket() {
        request.add("domain", arguments.domain);
        request.add("type", arguments.kind);
        request.add("number", arguments.protocol);
    }
    if let Some(option) = scene.given().option() {
        add_option(&mut request, option)?;
    }
    Ok(request)
}

fn add_option(request: &mut Message, option: OptionCall) -> Result<(), Inability> {
    match option {
        OptionCall::ReuseAddress => request.add("option", "reuse-address"),
        OptionCall::NoDelay => request.add("option", "no-delay"),
        OptionCall::HopLimit(hops) => {
            request.add("option", "hop-limit");
            request.add("value", hops);
        }
        OptionCall::Mark(mark) => {
            request.add("option", "mark");
            request.add("value", mark);
        }
        OptionCall::JoinGroup { group, interface } => {
            request.add("option", "join-group");
            request.add("group", group);
            request.add("interface", interface);
        }
        OptionCall::LeaveGroup { group, interface } => {
            request.add("option", "leave-group");
            request.add("group", group);
            request.add("interface", interface);
        }
        _ => {
            return Err(Inability::Inexpressible(
                "the lines have no word for the option",
            ));
        }
    }
    Ok(())
}
