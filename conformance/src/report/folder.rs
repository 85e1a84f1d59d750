//! The folder that a run leaves: every form of the report, each in its file.

use std::fmt::Display;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::answers::Answers;
use super::pages::{Badge, Index, Markdown, Provocation};
use super::{Picture, Report, junit, write_json};

/// A folder for a report.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Makes the folder where there is none.
    ///
    /// # Errors
    ///
    /// What making it says; or a file in it cannot be written.
    pub fn create(path: &Path) -> io::Result<Self> {
        fs::create_dir_all(path)?;
        let folder = Self {
            path: path.to_owned(),
        };
        // A folder that was there may be somebody else's.
        File::create(folder.page())?;
        Ok(folder)
    }

    /// The page for people.
    pub fn page(&self) -> PathBuf {
        self.path.join("index.html")
    }

    /// Writes every form of the report.
    ///
    /// # Errors
    ///
    /// What writing says, with the name of the file.
    pub fn write(&self, report: &Report) -> io::Result<()> {
        self.file("report.json", |file| write_json(file, report))?;
        self.file("junit.xml", |file| junit::write(report, file))?;
        self.text("index.html", &Index::new(report))?;
        self.text("provocation.html", &Provocation::new(report))?;
        self.text("summary.md", &Markdown::new(report))?;
        self.text("platforms.tsv", &Answers::new(report))?;
        self.text("badge.svg", &Badge::new(report))?;
        self.text("matrix.svg", &Picture::new(report))
    }

    fn text(&self, name: &str, text: &impl Display) -> io::Result<()> {
        self.file(name, |mut file| {
            write!(file, "{text}").and_then(|()| file.flush())
        })
    }

    fn file(
        &self,
        name: &str,
        write: impl FnOnce(BufWriter<File>) -> io::Result<()>,
    ) -> io::Result<()> {
        let path = self.path.join(name);
        File::create(&path)
            .and_then(|file| write(BufWriter::new(file)))
            .map_err(|error| {
                io::Error::new(
                    error.kind(),
                    format!("cannot write {}: {error}", path.display()),
                )
            })
    }
}
