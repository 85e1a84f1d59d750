//! What was called in a cell, and what the calls returned, where somebody asks for it.

use std::fmt;

use serde::{Deserialize, Serialize};
use usocket_testkit::faults::Recording;
use usocket_testkit::{Faults, Way};

use crate::subject::Subject;

/// The calls of a cell on sockets, step by step: each with its arguments, its answer and its time, as
/// [`Record`](usocket_testkit::faults::Record) writes them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Trace {
    /// What was seen.
    #[non_exhaustive]
    Recorded {
        /// What set the scene.
        scene: Vec<String>,
        /// What the subject called, and in between what the scene did where it struck.
        subject: Vec<String>,
    },
    /// Nothing was; why.
    Unrecorded(String),
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scene, subject) = match self {
            Self::Recorded { scene, subject } => (scene, subject),
            Self::Unrecorded(why) => return writeln!(f, "calls not written down: {why}"),
        };
        for (whose, calls) in [
            ("the scene called", scene),
            ("the subject called, and the scene where it struck", subject),
        ] {
            writeln!(f, "{whose}")?;
            if calls.is_empty() {
                writeln!(f, "  nothing on a socket")?;
            }
            for call in calls {
                writeln!(f, "  {call}")?;
            }
        }
        Ok(())
    }
}

/// Writes down what the calling thread calls, and the threads that it starts.
pub(crate) struct Recorder {
    recording: Recording,
    _faults: Faults,
    /// How many calls set the scene.
    scene: usize,
}

impl Recorder {
    /// Begins with the scene; the reason where there is no such thing.
    pub(crate) fn start(subject: &dyn Subject) -> Result<Self, Trace> {
        let unrecorded = |why: &dyn ToString| Trace::Unrecorded(why.to_string());
        if subject.is_elsewhere() {
            return Err(unrecorded(
                &"its driver makes the calls, and what another process calls is not seen",
            ));
        }
        let faults = Faults::here().map_err(|refusal| unrecorded(&refusal))?;
        if faults.backend().way() == Way::Seam {
            return Err(unrecorded(&"a seam does not see what calls answer"));
        }
        Ok(Self {
            recording: faults.record(),
            _faults: faults,
            scene: 0,
        })
    }

    /// What comes from now on is the subject's.
    pub(crate) fn scene_is_set(&mut self) {
        self.scene = self.recording.records().len();
    }

    /// What was called until now.
    pub(crate) fn trace(&self) -> Trace {
        let mut scene: Vec<_> = self
            .recording
            .records()
            .iter()
            .map(ToString::to_string)
            .collect();
        let subject = scene.split_off(self.scene);
        Trace::Recorded { scene, subject }
    }
}
