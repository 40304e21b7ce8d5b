//! A file that `init` would write.

use std::path::Path;

use crate::catalogue::Tongue;

/// A file that `init` would write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MadeFile {
    /// Its path below the configuration's directory.
    pub(super) path: String,
    /// What it holds.
    pub(super) content: MadeContent,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum MadeContent {
    /// Text that follows from the answers.
    Text(String),
    /// A new key pair, the public key in a file beside it. It is made once, and never again.
    KeyPair(String),
    /// An empty file for a secret, which others may not read.
    Secret,
}

/// A configuration file that grows line by line.
#[derive(Debug)]
pub(super) struct Lines {
    pub(super) written: String,
    /// The language of its comments.
    pub(super) tongue: Tongue,
}

impl Lines {
    pub(super) fn new(tongue: Tongue) -> Lines {
        Lines { written: String::new(), tongue }
    }

    /// A comment in the language of the file.
    pub(super) fn comment(&mut self, ja: &str, en: &str) {
        self.comment_of(self.tongue.of(ja, en));
    }

    /// A comment; text that is too long for a line is broken at spaces.
    pub(super) fn comment_of(&mut self, text: &str) {
        let mut line = "#".to_owned();
        for word in text.split(' ') {
            if line.len() > 1 && line.chars().count() + word.chars().count() > 118 {
                self.raw(&line);
                line = "#".to_owned();
            }
            line.push(' ');
            line += word;
        }
        self.raw(&line);
    }

    /// A key with a text.
    pub(super) fn text(&mut self, key: &str, value: &str) {
        self.raw(&format!("{key} = {}", toml::Value::String(value.to_owned())));
    }

    /// A key with a path.
    pub(super) fn path(&mut self, key: &str, path: &Path) {
        self.text(key, &path.to_string_lossy());
    }

    /// A key with a list of texts; no line where there are none.
    pub(super) fn texts<S: AsRef<str>>(&mut self, key: &str, values: &[S]) {
        if !values.is_empty() {
            let values = values.iter().map(|value| toml::Value::String(value.as_ref().to_owned()));
            self.raw(&format!("{key} = {}", toml::Value::Array(values.collect())));
        }
    }

    /// A line as it is.
    pub(super) fn raw(&mut self, line: &str) {
        self.written += line;
        self.written.push('\n');
    }
}
