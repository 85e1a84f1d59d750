//! The cells: recipe x protocol x subject, each with a name of its own.

use std::fmt;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use usocket_testkit::provoke::{self, Recipe, UnavailableKind};
use usocket_testkit::{Protocol, Scene, Unavailable};

use crate::subject::{Answer, Inability, SUBJECTS, Subject};
use crate::trace::{Recorder, Trace};

/// One thing to check: what one subject calls one provoked failure.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Cell {
    /// How the failure is provoked.
    pub recipe: &'static Recipe,
    /// Over which protocol.
    pub protocol: Protocol,
    /// Which library makes the call.
    pub subject: &'static dyn Subject,
}

impl Cell {
    /// Every cell of the catalogue with the subjects of this crate, by condition and operation in the catalogue's order.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::of(&SUBJECTS)
    }

    /// Every cell of the catalogue with these subjects, in the same order.
    pub fn of(subjects: &[&'static dyn Subject]) -> impl Iterator<Item = Self> {
        provoke::catalogue()
            .iter()
            .flat_map(move |recipe| Self::of_recipe(recipe, subjects))
    }

    fn of_recipe(
        recipe: &'static Recipe,
        subjects: &[&'static dyn Subject],
    ) -> impl Iterator<Item = Self> {
        recipe.protocols().iter().flat_map(move |protocol| {
            subjects.iter().map(move |subject| Self {
                recipe,
                protocol: *protocol,
                subject: *subject,
            })
        })
    }

    /// The stable name: `connection_refused::connect::tcp4::d1_target::std`.
    ///
    /// The recipe stands in it with its shape, because there can be several for the same condition,
    /// operation and protocol.
    pub fn name(&self) -> String {
        let recipe = self.recipe;
        let name = format!(
            "{}::{}::{}::{}_{}::{}",
            recipe.condition().name(),
            recipe.operation().name(),
            self.protocol.name(),
            recipe.id().to_lowercase(),
            recipe.shape().name(),
            self.subject.name(),
        );
        name.replace('-', "_")
    }

    /// The cell of that name with one of these subjects.
    ///
    /// Every process of a run asks for its own among thousands: only those with the recipe's id are looked at closely.
    pub fn named(name: &str, subjects: &[&'static dyn Subject]) -> Option<Self> {
        let id = name.split("::").nth(3)?.split('_').next()?;
        provoke::catalogue()
            .iter()
            .filter(|recipe| recipe.id().eq_ignore_ascii_case(id))
            .flat_map(|recipe| Self::of_recipe(recipe, subjects))
            .find(|cell| cell.name() == name)
    }

    /// Whether the subject has a way to make the call, as far as that is known without a scene.
    ///
    /// # Errors
    ///
    /// Why it has none: see [`Subject::can`].
    pub fn can(&self) -> Result<(), &'static str> {
        self.subject.can(self.recipe, self.protocol)
    }

    /// Sets the scene and lets the subject make its call, here and now.
    ///
    /// Nothing limits the time it takes; that is for [`worker`](crate::worker).
    pub fn perform(&self) -> Report {
        match self.scene() {
            Ok(scene) => self.act(&scene),
            Err(unavailable) => Report::unavailable(&unavailable),
        }
    }

    /// The same, and writes down what is called.
    pub fn perform_recorded(&self) -> Report {
        let mut recorder = match Recorder::start(self.subject) {
            Ok(recorder) => recorder,
            Err(reason) => return self.perform().with(reason),
        };
        match self.scene() {
            Ok(scene) => {
                recorder.scene_is_set();
                // Before the scene ends.
                self.act(&scene).with(recorder.trace())
            }
            Err(unavailable) => Report::unavailable(&unavailable).with(recorder.trace()),
        }
    }

    fn scene(&self) -> Result<Scene, Unavailable> {
        // A cell that changes its process has one of its own, so that nobody else is disturbed.
        let request = self.recipe.request(self.protocol).process_wide();
        request.ready()
    }

    fn act(&self, scene: &Scene) -> Report {
        let begin = Instant::now();
        let performed = match self.subject.perform(scene) {
            Ok(answer) => Performed::Answered(answer),
            Err(Inability::Inexpressible(reason)) => Performed::Inexpressible(reason.into()),
            Err(Inability::Declined(reason)) => Performed::Inexpressible(reason),
            Err(Inability::Hung) => Performed::Hung,
            Err(Inability::Crashed(words)) => Performed::Crashed(words),
            Err(inability @ Inability::Unprepared(_)) => Performed::NotRun {
                reason: inability.to_string(),
                lacks: None,
            },
        };
        Report {
            limit: scene.limit(),
            ..Report::of(performed, begin.elapsed())
        }
    }
}

impl fmt::Debug for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cell({})", self.name())
    }
}

/// What came of a cell, before anybody judges it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Report {
    /// What happened.
    pub performed: Performed,
    /// How long the subject took, its preparations included.
    pub elapsed: Duration,
    /// How long the call was allowed to take, where the scene said so.
    pub limit: Option<Duration>,
    /// What was called, where somebody [asked](Cell::perform_recorded).
    pub trace: Option<Trace>,
}

impl Report {
    /// The cell did not run, or was ended.
    pub(crate) fn of(performed: Performed, elapsed: Duration) -> Self {
        Self {
            performed,
            elapsed,
            limit: None,
            trace: None,
        }
    }

    fn with(self, trace: Trace) -> Self {
        Self {
            trace: Some(trace),
            ..self
        }
    }

    /// The condition that the subject's error can be told to be, if it failed and has a name for it.
    pub(crate) fn named(&self) -> Option<&str> {
        match &self.performed {
            Performed::Answered(Answer::Failed { named, .. }) => named.as_deref(),
            _ => None,
        }
    }

    fn unavailable(unavailable: &Unavailable) -> Self {
        let mut text = unavailable.to_string();
        if let Some(source) = std::error::Error::source(unavailable) {
            text = format!("{text}: {source}");
        }
        let lacks = match unavailable.kind() {
            UnavailableKind::NoLab => Some("lab".to_owned()),
            UnavailableKind::NoFaults => Some("faults".to_owned()),
            _ => None,
        };
        Self::of(
            Performed::NotRun {
                reason: text,
                lacks,
            },
            Duration::ZERO,
        )
    }
}

/// What happened in a cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Performed {
    /// The subject made the call, and this is what it said.
    Answered(Answer),
    /// The subject has no way to make the call; the reason.
    Inexpressible(String),
    /// The call was not made.
    NotRun {
        /// Why.
        reason: String,
        /// What the host does not offer, as `USOCKET_TESTKIT_SKIP` names it, where it is that.
        lacks: Option<String>,
    },
    /// The call did not end in time, and its process was ended.
    Hung,
    /// Its process ended without a word on the call; what it said instead.
    Crashed(String),
}
