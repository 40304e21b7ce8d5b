//! A gateway of the real binary, with its configuration in a temporary directory.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use totatsu::config;
use totatsu::control::{self, Answer, DeliveryFilter, Question, Shown};
use totatsu::spool::{DeliveryFolder, Spool};
use totatsu_base::delivery_id::DeliveryId;
use totatsu_records::invented;

use super::sshd::{Options, Sshd};

/// The only link, unless a test writes more.
pub const LINK: &str = "irai";
/// Longer than anything here takes on a slow machine; reaching it is a failure.
pub const PATIENCE: Duration = Duration::from_secs(120);
pub const LOOK: Duration = Duration::from_millis(20);
/// How far the daemon's clock is from the machine's, in the words of faketime; where it is missing, they agree.
const CLOCK: &str = "clock";
/// Where a gateway that runs as another user makes its temporary files.
const TEMPORARY: &str = "tmp";
/// Where a gateway's own database of users lies, if it has one.
const USERS: &str = "etc";
/// The environment's word for another build of the program.
pub const PROGRAM: &str = "TOTATSU_PROGRAM";

/// A configured gateway; its daemon runs between `start` and `kill` or `stop`.
pub struct Home {
    folder: TempDir,
    daemon: Option<Child>,
    /// Whom the daemon runs as, user and group; the tests' own user unless given.
    user: Option<(u32, u32)>,
}

/// Where a partner is, and how it knows us.
pub struct Address<'a> {
    pub port: u16,
    pub user: &'a str,
    pub host_key: &'a str,
    pub key_file: &'a Path,
}

/// Writes a gateway's configuration below `home`, with one partner and without links.
pub fn configure(home: &Path, address: &Address) {
    for directory in ["config/partners", "config/links"] {
        fs::create_dir_all(home.join(directory)).unwrap();
    }
    let layouts = Path::new(env!("CARGO_MANIFEST_DIR")).join("layouts");
    let gateway = format!(
        "[gateway]\nname = \"試験市\"\nmunicipality_code = \"131016\"\n[paths]\nspool = \"../spool\"\n\
         ledger = \"../ledger\"\nlayouts = {layouts:?}\nsocket = \"../control.sock\"\n\
         [retry]\nfirst = \"200ms\"\nceiling = \"400ms\"\ngive_up_after = \"1h\"\n[accept]\nrescan = \"500ms\"\n\
         [disk]\nreserve = \"0B\"\n"
    );
    fs::write(home.join("config/totatsu.toml"), gateway).unwrap();
    fs::write(home.join("config/partners/eltax.toml"), address.partner_file()).unwrap();
}

impl Address<'_> {
    /// The partner's file of the configuration.
    pub fn partner_file(&self) -> String {
        format!(
            "transport = \"sftp\"\n[sftp]\nhost = \"127.0.0.1\"\nport = {}\nuser = {:?}\nhost_keys = [{:?}]\n\
             private_key_file = {:?}\n",
            self.port, self.user, self.host_key, self.key_file,
        )
    }
}

/// Writes the only link, with more of its own keys and of those about the partner's side.
pub fn write_link(home: &Path, more: &str, remote: &str) {
    let link =
        format!("partner = \"eltax\"\nlayout = \"eltax/nenkin-tokucho-irai\"\n{more}[remote]\n{remote}");
    fs::write(home.join(format!("config/links/{LINK}.toml")), link).unwrap();
}

impl Home {
    /// A gateway whose only partner is `sshd`.
    pub fn new(sshd: &Sshd) -> Home {
        let home = Home { folder: tempfile::tempdir().unwrap(), daemon: None, user: None };
        home.trust(sshd);
        home.write_link("ready = \"rename\"\n", "name = \"{stem}.DTA\"\n");
        home
    }

    /// A server, and a gateway whose daemon runs.
    pub fn running(options: Options) -> (Sshd, Home) {
        let sshd = Sshd::start(options);
        let mut home = Home::new(&sshd);
        home.start();
        (sshd, home)
    }

    /// The same, and so many files that have been delivered one after the other.
    pub fn delivered(count: usize) -> (Sshd, Home, Vec<DeliveryId>) {
        let (sshd, mut home) = Home::running(Options::default());
        for number in 1..=count {
            home.drop_records(&format!("file{number}.csv"), 2);
            home.wait_for(number, "archived");
        }
        let ids = home.wait_for(count, "archived").into_iter().map(|shown| shown.delivery.id).collect();
        (sshd, home, ids)
    }

    /// A gateway whose only partner's file is `partner`.
    pub fn of_partner(partner: &str) -> Home {
        let home = Home { folder: tempfile::tempdir().unwrap(), daemon: None, user: None };
        configure(home.path(), &Address { port: 1, user: "", host_key: "", key_file: Path::new("") });
        home.write("config/partners/eltax.toml", partner);
        home.write_link("ready = \"rename\"\n", "name = \"{stem}.DTA\"\n");
        home
    }

    /// A gateway with no partner and no link yet, below `parent`.
    pub fn below(parent: &Path) -> Home {
        let home = Home { folder: tempfile::tempdir_in(parent).unwrap(), daemon: None, user: None };
        for directory in ["config/partners", "config/links"] {
            fs::create_dir_all(home.path().join(directory)).unwrap();
        }
        home
    }

    /// Has the daemon run as this user and group from now on, who owns everything that is there. Needs root.
    pub fn run_as(&mut self, user: u32, group: u32) {
        self.user = Some((user, group));
        fs::create_dir_all(self.path().join(TEMPORARY)).unwrap();
        let whole = Command::new("chown").arg("-R").arg(format!("{user}:{group}")).arg(self.path()).status();
        assert!(whole.unwrap().success());
        // Neighbours get in, as they do below /var/lib.
        fs::set_permissions(self.path(), fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, path: &str, text: &str) {
        fs::write(self.path().join(path), text).unwrap();
    }

    /// Pins the host key that `sshd` has now.
    pub fn trust(&self, sshd: &Sshd) {
        let (user, host_key, key_file) = (sshd.user(), &sshd.host_key_line(), &sshd.client_key());
        configure(self.path(), &Address { port: sshd.port(), user, host_key, key_file });
    }

    /// Has the partner signed in to with a copy of the key that lies here: another user than root can't read the server's. Says where
    /// the partner is.
    pub fn sign_in_with_own_key(&self, sshd: &Sshd) -> String {
        let key_file = self.path().join("key");
        fs::copy(sshd.client_key(), &key_file).unwrap();
        let (user, host_key) = (sshd.user(), &sshd.host_key_line());
        let text = Address { port: sshd.port(), user, host_key, key_file: &key_file }.partner_file();
        self.write("config/partners/eltax.toml", &text);
        text
    }

    pub fn write_link(&self, more: &str, remote: &str) {
        write_link(self.path(), more, remote);
    }

    pub fn outbox(&self) -> PathBuf {
        self.path().join("spool/outbox").join(LINK)
    }

    /// Drops a source of so many made-up records, as a well-behaved system does. Another name has other contents.
    pub fn drop_records(&self, name: &str, count: u64) -> Vec<u8> {
        let mut source = Vec::new();
        let seed = name.bytes().fold(7, |seed: u64, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
        invented::write_csv(&mut source, count, seed).unwrap();
        self.drop_source(name, &source);
        source
    }

    pub fn drop_source(&self, name: &str, source: &[u8]) {
        let outbox = self.outbox();
        fs::create_dir_all(&outbox).unwrap();
        let temporary = outbox.join(format!("{name}.tmp"));
        fs::write(&temporary, source).unwrap();
        fs::rename(&temporary, outbox.join(name)).unwrap();
    }

    /// Starts the daemon and waits until it answers. Its log goes on in the file of `log`.
    pub fn start(&mut self) {
        let ready_before = self.log().matches(" ready").count();
        self.launch();
        self.until("the daemon is ready", |home| {
            let ended = home.daemon.as_mut().unwrap().try_wait().unwrap();
            assert_eq!(ended, None, "the daemon ended:\n{}", home.log());
            (home.log().matches(" ready").count() > ready_before).then_some(())
        });
    }

    /// Starts the daemon and waits for nothing; says its process id.
    pub fn launch(&mut self) -> u32 {
        assert!(self.daemon.is_none(), "one daemon at a time");
        let log = File::options().append(true).create(true).open(self.path().join("log")).unwrap();
        let mut command = self.command(&["run"]);
        // As the unit has it.
        command.env("MALLOC_ARENA_MAX", "1");
        if let (true, Some(library)) = (self.path().join(CLOCK).exists(), option_env!("FAKETIME_LIBRARY")) {
            command.env("LD_PRELOAD", library).env("FAKETIME_TIMESTAMP_FILE", self.path().join(CLOCK));
            // Only the clock on the wall is set: what is measured by the steady one, and the times of files, stay.
            command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1").env("NO_FAKE_STAT", "1");
            command.env("FAKETIME_NO_CACHE", "1").env("FAKETIME_DONT_RESET", "1");
        }
        if self.user.is_some() {
            // As with the unit's PrivateTmp: what others may do in the machine's own directory is no matter.
            command.env("TMPDIR", self.path().join(TEMPORARY));
        }
        match self.user {
            Some((user, group)) if self.path().join(USERS).is_dir() => {
                command = self.among_own_users(&command, user, group);
            }
            Some((user, group)) => drop(command.uid(user).gid(group)),
            None => {}
        }
        let daemon = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn();
        self.daemon.insert(daemon.unwrap()).id()
    }

    /// The same command, for which `passwd` and `group` in the directory `etc` are the system's database of users.
    fn among_own_users(&self, command: &Command, user: u32, group: u32) -> Command {
        let script = "for file in passwd group; do mount --bind \"$0/$file\" \"/etc/$file\" || exit 1; done; \
                      exec setpriv --reuid \"$U\" --regid \"$G\" --clear-groups \"$@\"";
        let mut inside = Command::new("unshare");
        inside.args(["-m", "/bin/sh", "-c", script]).arg(self.path().join(USERS));
        inside.arg(command.get_program()).args(command.get_args());
        for (key, value) in command.get_envs() {
            match value {
                Some(value) => inside.env(key, value),
                None => inside.env_remove(key),
            };
        }
        inside.env("U", user.to_string()).env("G", group.to_string());
        inside
    }

    /// Has the daemon's clock, from now on or from its next start, differ from the machine's by this much, e.g. `+1d`.
    pub fn set_clock(&self, offset: &str) {
        let next = self.path().join("clock.next");
        fs::write(&next, offset).unwrap();
        fs::rename(next, self.path().join(CLOCK)).unwrap();
    }

    /// The running daemon's process.
    pub fn daemon_id(&self) -> u32 {
        self.daemon.as_ref().unwrap().id()
    }

    /// The daemon has ended, and its tracer was told of it in our place.
    pub fn forget_daemon(&mut self) {
        self.daemon = None;
    }

    /// A daemon was started, and nobody has found it ended yet.
    pub fn is_running(&self) -> bool {
        self.daemon.is_some()
    }

    /// How the daemon ended, if it has; it may then be started again.
    pub fn has_ended(&mut self) -> Option<ExitStatus> {
        let status = self.daemon.as_mut()?.try_wait().unwrap()?;
        self.daemon = None;
        Some(status)
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        let mut daemon = self.daemon.take().unwrap();
        daemon.kill().unwrap();
        daemon.wait().unwrap();
    }

    /// SIGTERM, and the daemon's own end.
    pub fn stop(&mut self) -> ExitStatus {
        let mut daemon = self.daemon.take().unwrap();
        kill_process(Pid::from_child(&daemon), Signal::TERM).unwrap();
        daemon.wait().unwrap()
    }

    /// Waits until the daemon has ended by itself.
    pub fn ended(&mut self) -> ExitStatus {
        let status = self.until("the daemon ends", |home| home.daemon.as_mut().unwrap().try_wait().unwrap());
        self.daemon = None;
        status
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.path().join("log")).unwrap_or_default()
    }

    /// The binary with this gateway's configuration.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        command.arg("--config").arg(self.path().join("config")).args(arguments);
        command.env_remove("TOTATSU_LOG").env_remove("JOURNAL_STREAM").env("LC_ALL", "C.UTF-8");
        // As systemd tells a service where its credentials are.
        let credentials = self.path().join("credentials");
        if credentials.is_dir() {
            command.env("CREDENTIALS_DIRECTORY", credentials);
        }
        command
    }

    /// Runs a command: whether it succeeded, and all it printed.
    pub fn run(&self, arguments: &[&str]) -> (bool, String) {
        let output = self.command(arguments).output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        // What every command says first while the gateway is stopped; tests/cli.rs holds them to it.
        let stopped = |line: &&str| line.starts_with("totatsu: no gateway runs: nothing is sent");
        let err: String = err.split_inclusive('\n').filter(|line| !stopped(line)).collect();
        (output.status.success(), format!("{out}{err}"))
    }

    pub fn ask(&self, question: Question) -> Answer {
        let settings = config::read_gateway(&self.path().join("config")).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(control::ask(&settings, None, question)).unwrap()
    }

    /// All deliveries, newest first.
    pub fn deliveries(&self) -> Vec<Shown> {
        let everything =
            Question::List(Box::new(DeliveryFilter { limit: 10_000, ..DeliveryFilter::default() }));
        let Answer::Deliveries(list) = self.ask(everything) else { panic!("no list") };
        list.deliveries
    }

    /// Waits until so many deliveries are in `state`, and hands them back, oldest first.
    pub fn wait_for(&mut self, count: usize, state: &str) -> Vec<Shown> {
        self.until(&format!("{count} deliveries are {state}"), |home| {
            let mut found = home.deliveries();
            found.retain(|shown| shown.state == state);
            found.reverse();
            (found.len() >= count).then_some(found)
        })
    }

    /// Waits for the one delivery that gets into `state`.
    pub fn wait_for_one(&mut self, state: &str) -> Shown {
        let mut found = self.wait_for(1, state);
        assert_eq!(found.len(), 1);
        found.remove(0)
    }

    /// Looks again and again until there is something, or patience ends with the log.
    pub fn until<T>(&mut self, what: &str, mut look: impl FnMut(&mut Home) -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(found) = look(self) {
                return found;
            }
            assert!(start.elapsed() < PATIENCE, "in vain waited until {what}; the log:\n{}", self.log());
            std::thread::sleep(LOOK);
        }
    }

    /// A delivery's folder, wherever it is.
    pub fn folder(&self, id: &DeliveryId) -> DeliveryFolder {
        Spool::new(&self.path().join("spool")).existing_folder(id).unwrap().unwrap()
    }

    /// Releases what is held.
    pub fn release(&self, id: &DeliveryId) {
        let (done, text) = self.run(&["release", id.as_str(), "--reason", "mended"]);
        assert!(done, "{text}");
    }

    /// The journal's events, as JSON.
    pub fn journal(&self) -> Vec<serde_json::Value> {
        let text = journal_text(&self.path().join("ledger/journal"));
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// All lines of a journal, also of its packed files; of two forms of one file, the plain one counts.
pub fn journal_text(directory: &Path) -> String {
    let mut files: Vec<PathBuf> =
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| match path.extension().and_then(|ending| ending.to_str()) {
        Some("zst") => !path.with_extension("").exists(),
        ending => ending == Some("jsonl"),
    });
    files.sort();
    let text = |path: &PathBuf| {
        let bytes = fs::read(path).unwrap();
        let packed = path.extension().is_some_and(|ending| ending == "zst");
        String::from_utf8(if packed { zstd::decode_all(bytes.as_slice()).unwrap() } else { bytes }).unwrap()
    };
    files.iter().map(text).collect()
}

impl Drop for Home {
    fn drop(&mut self) {
        if let Some(mut daemon) = self.daemon.take() {
            let _ = daemon.kill();
            let _ = daemon.wait();
        }
    }
}

/// The binary: the one that was built for the test, or that of another build, to compare.
pub fn program() -> PathBuf {
    std::env::var_os(PROGRAM).map_or_else(|| env!("CARGO_BIN_EXE_totatsu").into(), PathBuf::from)
}

/// Names in a directory, hidden ones too, sorted.
pub fn names_in(directory: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
