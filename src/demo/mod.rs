//! The demo: a throw-away gateway, a partner of its own on loopback, and one delivery of made-up records between them.
//!
//! Everything but the partner is the product itself: the configuration is read from files, the daemon runs, the ledger
//! records. The demo touches nothing outside its directory, and the partner listens on loopback only.

pub mod partner;

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use crate::daemon::{self, DaemonError, Stopping};
use crate::gateway::{Ending, Gateway, OpenError};
use crate::{config, receipt};
use partner::EmbeddedPartner;
use totatsu_base::evidence::Receipt;
use totatsu_base::messages::os_error;
use totatsu_base::{Problem, Sha256, SpoolError, say};
use totatsu_ledger::{Delivery, LedgerError, Stage};

/// The layout that the demo uses, as it is shipped.
const LAYOUT: &str = include_str!("../../layouts/eltax/nenkin-tokucho-irai/2008-04-01.toml");
/// Where the layout lies below a directory of layouts.
const LAYOUT_PATH: &str = "eltax/nenkin-tokucho-irai/2008-04-01.toml";
/// The demo's only link.
const LINK: &str = "nenkin-tokucho-irai";
/// The directory at the partner.
const INBOX: &str = "inbox";
/// How often the demo looks how far it has come.
const LOOK: Duration = Duration::from_millis(20);

/// How the demo's delivery ended.
#[derive(Debug, Serialize)]
pub struct DemoOutcome {
    /// Records asked for.
    pub records: u64,
    /// The file at the partner.
    pub arrived: PathBuf,
    /// SHA-256 of that file, computed from the partner's disk, not over the line.
    pub arrived_sha256: Sha256,
    /// Whether the file there has the bytes that the gateway meant to send.
    pub equal: bool,
    /// The delivery's folder in the archive.
    pub kept: PathBuf,
    /// The receipt.
    pub receipt: Receipt,
    /// The first data record, item by item.
    #[serde(skip)]
    pub ruler: String,
}

/// Why the demo did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// A file of the demo could not be written or read.
    #[error("{}", say!("cli-demo-files", error = os_error(.0)))]
    Disk(#[from] io::Error),
    /// A file of the demo could not be written or read: the error names its path.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// The configuration that the demo wrote is wrong.
    #[error("{}", say!("cli-demo-configuration", problems = told(.0)))]
    Configuration(Vec<Problem>),
    /// The gateway could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The ledger could not be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The daemon ended.
    #[error(transparent)]
    Daemon(#[from] DaemonError),
    /// The delivery did not arrive.
    #[error("{}", say!("cli-demo-not-arrived", state = state, why = why))]
    NotArrived {
        /// The delivery's state, or `unfinished` where the daemon ended.
        state: &'static str,
        /// Why it did not arrive.
        why: String,
    },
}

fn told(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// How far the demo has come: the stage, and bytes done and to do.
pub type LookOnTheWay = (Stage, u64, u64);

/// Runs the demo below `home` with `records` made-up records, and tells `watch` how far it has come.
///
/// # Errors
/// A file or the gateway failed, or the delivery did not arrive: see [`DemoError`].
pub async fn deliver(
    home: &Path,
    records: u64,
    watch: impl FnMut(LookOnTheWay),
) -> Result<DemoOutcome, DemoError> {
    let partner_root = home.join("partner");
    fs::create_dir_all(partner_root.join(INBOX))?;
    let partner = EmbeddedPartner::start(&partner_root)?;
    let directory = home.join("config");
    configure(home, &directory, &partner)?;
    let (configured, problems) = config::read(&directory);
    let (gateway, _) = Gateway::open(configured.ok_or(DemoError::Configuration(problems))?)?;
    let gateway = Arc::new(gateway);
    let (stop, stopping) = Stopping::channel();
    let mut daemon = tokio::spawn(daemon::run(gateway.clone(), stopping, || ()));
    drop_file(&gateway.spool.outbox(LINK), records)?;
    let carried = tokio::select! {
        carried = carried(&gateway, watch) => carried,
        ended = &mut daemon => {
            ended.map_err(DaemonError::Panicked)??;
            return Err(DemoError::NotArrived { state: "unfinished", why: say!("cli-demo-daemon-ended") });
        }
    };
    stop.send_replace(Ending::Stop);
    daemon.await.map_err(DaemonError::Panicked)??;
    partner.stop();
    outcome(&gateway, &partner_root, carried?, records)
}

/// Writes the configuration, as an operator would, and the layout.
fn configure(home: &Path, directory: &Path, partner: &EmbeddedPartner) -> io::Result<()> {
    let key = directory.join("keys/eltax");
    fs::create_dir_all(directory.join("keys"))?;
    partner.write_client_key(&key)?;
    let write = |path: &Path, text: &str| {
        fs::create_dir_all(path.parent().unwrap_or(home))?;
        fs::write(path, text)
    };
    write(&home.join("layouts").join(LAYOUT_PATH), LAYOUT)?;
    write(
        &directory.join("totatsu.toml"),
        "[gateway]\nname = \"見本市\"\nmunicipality_code = \"131016\"\n\n[paths]\nspool = \"../spool\"\n\
         ledger = \"../ledger\"\nlayouts = \"../layouts\"\nsocket = \"../control.sock\"\n\
         [disk]\nreserve = \"0B\"\n",
    )?;
    write(
        &directory.join("partners/eltax.toml"),
        &format!(
            "title = \"eLTAX（見本の経由機関）\"\ntransport = \"sftp\"\n\n[sftp]\nhost = \"{}\"\nport = {}\n\
             user = \"{}\"\nhost_keys = [\"{}\"]\nprivate_key_file = \"keys/eltax\"\n",
            partner.host(),
            partner.port(),
            partner::USER,
            partner.host_key_line().trim(),
        ),
    )?;
    write(
        &directory.join(format!("links/{LINK}.toml")),
        &format!(
            "title = \"年金特別徴収 依頼通知\"\npartner = \"eltax\"\nlayout = \"eltax/nenkin-tokucho-irai\"\n\
             ready = \"rename\"\n\n[remote]\ndirectory = \"{INBOX}\"\nname = \"Z12{{municipality}}.DTA\"\n"
        ),
    )
}

/// Drops the source as a well-behaved system does: written under a temporary name, then renamed.
fn drop_file(outbox: &Path, records: u64) -> Result<(), DemoError> {
    let temporary = outbox.join("irai.csv.tmp");
    let mut out = BufWriter::new(File::create(&temporary)?);
    totatsu_records::invented::write_csv(&mut out, records, u64::from(std::process::id()))?;
    out.flush()?;
    fs::rename(&temporary, outbox.join("irai.csv"))?;
    Ok(())
}

/// Watches until the delivery is finished, or can't go on without a person.
async fn carried(gateway: &Gateway, mut watch: impl FnMut(LookOnTheWay)) -> Result<Delivery, DemoError> {
    loop {
        tokio::time::sleep(LOOK).await;
        let Some(delivery) = gateway.ledger.newest_first().next().transpose()? else { continue };
        let progress = gateway.claims.progress(&delivery.id);
        let (done, total) = progress.map_or((0, 0), |progress| (progress.done(), progress.total()));
        watch((delivery.stage, done, total));
        let why = match delivery.standing.why(&delivery.id) {
            None if delivery.stage == Stage::Archived => return Ok(delivery),
            None if delivery.stage == Stage::Rejected => {
                Some(fs::read_to_string(gateway.spool.folder(&delivery.id).report())?)
            }
            why => why,
        };
        if let Some(why) = why {
            return Err(DemoError::NotArrived { state: delivery.state(), why });
        }
    }
}

fn outcome(
    gateway: &Gateway,
    partner_root: &Path,
    delivery: Delivery,
    records: u64,
) -> Result<DemoOutcome, DemoError> {
    let folder = gateway.spool.archived_folder(&delivery.id);
    let (receipt, _) = receipt::read(&folder.receipt())?;
    let place = receipt.arrival.as_ref().map(|arrival| arrival.path.as_str()).unwrap_or_default();
    let arrived = partner_root.join(place);
    let (arrived_sha256, _) = Sha256::of_file(&arrived)?;
    let (sent_sha256, _) = Sha256::of_file(&folder.sent())?;
    let why = |why| DemoError::NotArrived { state: "archived", why };
    let layout = gateway.config.layout(&delivery.link, delivery.accepted_at.date()).map_err(why)?;
    let ruler = layout.ruler_of_first_data_record(&arrived)?;
    let (equal, kept) = (arrived_sha256 == sent_sha256, folder.path().to_owned());
    Ok(DemoOutcome { records, arrived, arrived_sha256, equal, kept, receipt, ruler })
}
