//! Programs as subjects, from the command line.

use std::time::Duration;

use usocket_conformance::subject::{Program, ProgramError, SUBJECTS, Subject};

#[derive(Debug, clap::Args)]
pub(super) struct Programs {
    /// Put a program under test too: the name of its column, and the command of a driver that speaks lines (see the
    /// documentation of `usocket_conformance::drivers`); the words of the command are separated by spaces; may be repeated
    #[arg(long = "program", value_name = "NAME=COMMAND")]
    all: Vec<String>,
}

impl Programs {
    /// The subjects of this program, and these, each of which was asked what it can.
    pub(super) fn asked(&self) -> Result<Vec<&'static dyn Subject>, ProgramError> {
        self.subjects(Program::ask)
    }

    /// The same for a worker: it is started for what they can.
    pub(super) fn unasked(
        &self,
        limit: Duration,
    ) -> Result<Vec<&'static dyn Subject>, ProgramError> {
        self.subjects(|program| Ok(program.with_limit(limit)))
    }

    fn subjects(
        &self,
        finish: impl Fn(Program) -> Result<Program, ProgramError>,
    ) -> Result<Vec<&'static dyn Subject>, ProgramError> {
        let mut subjects = SUBJECTS.to_vec();
        for text in &self.all {
            let program = finish(text.parse()?)?;
            if subjects.iter().any(|other| other.name() == program.name()) {
                return Err(ProgramError::twice(program.name()));
            }
            // A few, for as long as the process lives.
            subjects.push(Box::leak(Box::new(program)));
        }
        Ok(subjects)
    }
}
