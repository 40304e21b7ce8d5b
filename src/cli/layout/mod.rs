//! `totatsu layout`: layouts listed, shown, checked, compared and tried out, without a gateway and without a network.
//!
//! Owns: how a layout is named on the command line, and where layouts are looked for.
//! Promises: nothing but what is asked for goes to standard output, and nothing at all if a conversion fails.
//! On failure: says what is wrong on standard error. Exit code 2, or 1 where this machine's disk is at fault.
//! Never: touches spool or ledger. Of the configuration it reads only the folder of layouts and the gateway's own values.

mod characters;
mod conversion;
mod sources;
mod tables;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::exit::Exit;
use super::options::Common;
use sources::{InForce, Named, Sources};

// The Japanese text stands in help.ftl. // not for people
const AFTER_HELP: &str = "\
NAME is a layout as links name it (eltax/nenkin-tokucho-irai), its last part if no other layout has it, NAME@VERSION
for one version, or the path of a layout file.";

/// `totatsu layout`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct LayoutArguments {
    /// Folder of the layouts; otherwise the configuration's paths.layouts; where there is none, ./layouts or the installed ones
    #[arg(long, global = true, value_name = "DIR")]
    layouts: Option<PathBuf>,
    #[command(subcommand)]
    command: LayoutCommand,
}

#[derive(Debug, Subcommand)]
enum LayoutCommand {
    /// List all layouts and their versions; * marks the version in force
    List(InForce),
    /// Show a layout: its sources, its doubts, and every item of every record
    Show(Named),
    /// Check layout files, or all layouts of the folder, and name every problem with line, record and item
    Check {
        /// Layout files, or directories: of those every .toml file in them and below
        files: Vec<PathBuf>,
    },
    /// Encode UTF-8 CSV from standard input to the partner's bytes on standard output
    Encode(conversion::Encode),
    /// Decode a partner's bytes from standard input to UTF-8 CSV (or, with --json, JSON lines) on standard output
    Decode(conversion::Decode),
    /// Show one record of a file byte by byte, under a ruler, with hex and item names. It shows personal data
    Ruler(conversion::Ruler),
    /// Say what changed from one layout to another; exit code 1 if anything did
    Diff {
        /// The older layout
        a: String,
        /// The newer layout
        b: String,
    },
    /// Count what a source would need folded, by table, before it is first delivered. Code points are shown, no text
    Characters(characters::Characters),
    /// Print the heading of a layout's source, and under it a made-up row to overwrite
    Template(Named),
}

impl LayoutArguments {
    pub(super) fn run(self, common: &Common) -> Result<Exit, Exit> {
        let sources = Sources { common, folder: self.layouts };
        match self.command {
            LayoutCommand::List(list) => tables::list(&sources, list.day()),
            LayoutCommand::Show(named) => {
                named.find(&sources).and_then(|layout| tables::show(common, &layout))
            }
            LayoutCommand::Check { files } => tables::check(&sources, &files),
            LayoutCommand::Encode(encode) => encode.run(&sources),
            LayoutCommand::Decode(decode) => decode.run(&sources),
            LayoutCommand::Ruler(ruler) => ruler.run(&sources),
            LayoutCommand::Diff { a, b } => tables::diff(&sources, &a, &b),
            LayoutCommand::Characters(characters) => characters.run(common),
            LayoutCommand::Template(named) => {
                named.find(&sources).and_then(|layout| tables::template(&layout))
            }
        }
    }
}
