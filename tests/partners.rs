//! The delivery guarantee against a faulty line and lying partners.
//!
//! A line that breaks at any byte, and trouble at any request, end in a delivery that is archived once and whole. What a
//! partner of each other kind must end in stands in the table of `campaign/liar/trials.rs`.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod campaign;
mod support;

use std::sync::Mutex;
use std::time::{Duration, Instant};

use campaign::liar::kinds::{kinds, link_takers, rename_takers};
use campaign::liar::trials::{
    self, End, Kind, PATIENCE, TROUBLES, requests, trouble_at, trouble_for_ever, trouble_three_times,
    try_kind_and_end, try_kind_so_often,
};
use campaign::liar::{Liar, Lies, Takes, Trouble};
use campaign::line::{self, Carried, Fault, How, Line, Toward};
use campaign::partner::Carrier;
use campaign::tally::{Finding, Row};
use campaign::way::{self, Breach, Far, Way};
use campaign::{liar_in, line_in, restless, severed};
use support::medium::Format;
use support::sshd::{Options, Sshd};

/// Trials at a time within a test; most of them wait for a deadline.
const WORKERS: usize = 6;
/// Seed of the tests that draw their faults.
const SEED: u64 = 20_261_123;

/// OpenSSH's server behind a line, for one worker.
struct Distant {
    far: Far,
    line: Line,
    sshd: Sshd,
    _root: tempfile::TempDir,
}

impl Distant {
    fn start() -> Distant {
        let root = way::folder();
        let sshd = Sshd::start(Options { root: Some(root.path().to_owned()), ..Options::default() });
        let far = Far {
            port: sshd.port(),
            user: sshd.user().to_owned(),
            host_key: sshd.host_key_line(),
            key_file: sshd.client_key(),
            inbox: sshd.root().to_owned(),
            names_in_two_steps: false,
        };
        Distant { line: Line::to(far.port), far, sshd, _root: root }
    }

    fn measure(&self) -> Carried {
        line::measure(&self.far, &self.line)
    }

    fn try_fault(&self, fault: Fault) -> (String, bool, Vec<Breach>) {
        let (breaches, outcome) = line::try_fault(&self.far, &self.line, fault);
        (format!("{fault:?} {:?}", outcome.failures), self.line.struck() > 0, breaches)
    }
}

/// Tries one thing after another with several workers, and fails with all that was found.
fn try_all<T: Send, W>(
    things: Vec<T>,
    worker: impl Fn() -> W + Sync,
    one: impl Fn(&W, T) -> (String, bool, Vec<Breach>) + Sync,
) {
    let start = Instant::now();
    let (things, row) = (Mutex::new(things.into_iter()), Mutex::new(Row::default()));
    let work = || {
        let worker = worker();
        loop {
            let Some(thing) = things.lock().unwrap().next() else { return };
            let (what, struck, breaches) = one(&worker, thing);
            let finding = |(harm, words)| Finding { harm, seed: SEED, text: format!("{what}: {words}") };
            let findings = breaches.into_iter().map(finding).collect();
            row.lock().unwrap().add(Row {
                injected: usize::from(struck),
                deliveries: 1,
                findings,
                ..Row::default()
            });
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(work);
        }
    });
    let row = row.into_inner().unwrap();
    println!("{} deliveries, {} faults struck, {:?}", row.deliveries, row.injected, start.elapsed());
    row.must_be_clean();
    assert!(row.injected * 10 >= row.deliveries * 9, "faults that don't strike prove nothing");
}

fn try_kinds(kinds: Vec<Kind>) {
    try_kinds_so_often(kinds, PATIENCE);
}

fn try_kinds_so_often(kinds: Vec<Kind>, patience: usize) {
    try_all(kinds, Liar::start, |liar, kind| {
        let (breaches, outcome) = try_kind_so_often(liar, &kind, patience);
        let what = format!("{} {:?}", kind.name, kind.lies.troubles);
        println!("{what}: {} {:?}", outcome.delivery.state(), outcome.failures.last());
        (what, true, breaches)
    });
}

/// A fault at each position of the tail, where close, proof, rename and their answers lie, and at some before it.
fn try_positions(step: u64, how: How, connections: u32) {
    let whole = Distant::start().measure();
    println!("{whole:?}");
    let mut faults = Vec::new();
    for (toward, length, tail) in
        [(Toward::Partner, whole.to_partner, 2000), (Toward::Gateway, whole.to_gateway, 1400)]
    {
        let early = (0..12).map(|twelfth| (length - tail) * twelfth / 12);
        let positions = early.chain(line::tail(length, tail, step));
        faults.extend(positions.map(|at| Fault { toward, at, how, connections }));
    }
    try_all(faults, Distant::start, Distant::try_fault);
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_line_cut_at_any_byte_of_the_end_delivers_once_and_whole() {
    try_positions(16, How::Cut, 1);
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_line_reset_at_any_byte_of_the_end_delivers_once_and_whole() {
    try_positions(24, How::Reset, 1);
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_line_that_breaks_at_the_same_byte_three_times_delivers_once_and_whole() {
    try_positions(96, How::Reset, 3);
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_line_that_swallows_bytes_is_given_up_by_the_deadline_and_the_next_delivers_once_and_whole() {
    try_positions(64, How::Stall, 1);
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn requests_that_reach_the_partner_after_they_were_given_up_deliver_nothing_twice() {
    try_positions(64, How::Late, 1);
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_line_that_trickles_is_given_up_by_the_deadline_though_bytes_never_stop() {
    try_positions(400, How::Trickle(Duration::from_millis(100)), 1);
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_slow_line_that_meets_every_deadline_is_given_up_by_its_pace() {
    let patient =
        "[deadlines]\nwrite = \"20s\"\nread = \"20s\"\n[throughput]\nminimum = \"64 KiB\"\nover = \"1s\"\n";
    let distant = Distant::start();
    let whole = distant.measure();
    for (toward, length, words) in
        [(Toward::Partner, whole.to_partner, "(write)"), (Toward::Gateway, whole.to_gateway, "(read)")]
    {
        // From where the bytes of the file begin to flow.
        let fault = Fault { toward, at: length - 73_500, how: How::Throttle(24 * 1024), connections: 1 };
        let (breaches, outcome) = line::try_fault_with(&distant.far, &distant.line, fault, patient);
        assert_eq!(breaches, [], "{fault:?}");
        let failure = outcome.failures.first().map(String::as_str).unwrap_or_default();
        assert!(failure.contains("bytes a second") && failure.contains(words), "{fault:?} {outcome:?}");
    }
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_line_that_is_merely_slow_delivers_without_a_failure() {
    let distant = Distant::start();
    for toward in [Toward::Partner, Toward::Gateway] {
        let fault = Fault { toward, at: 0, how: How::Delay(Duration::from_millis(60)), connections: 9 };
        let (breaches, outcome) = line::try_fault(&distant.far, &distant.line, fault);
        assert_eq!(breaches, [], "{fault:?}");
        assert_eq!(outcome.failures, [""; 0], "{fault:?}");
        assert!(distant.line.struck() > 0);
    }
}

/// OpenSSH's server behind a jump host, with a line that fails before or behind that.
struct Jumped {
    far: Far,
    line: Line,
    /// The port that the partner's file names.
    port: u16,
    table: String,
    _servers: [Sshd; 2],
    _root: tempfile::TempDir,
}

impl Jumped {
    fn start(line_is_behind: bool) -> Jumped {
        let Distant { far, line: behind, sshd, _root } = Distant::start();
        let port = if line_is_behind { behind.port() } else { far.port };
        let lines = vec![format!("PermitOpen 127.0.0.1:{port}")];
        let jump = Sshd::start(Options { lines, ..Options::default() });
        let (line, jump_port) = if line_is_behind {
            (behind, jump.port())
        } else {
            let before = Line::to(jump.port());
            let port = before.port();
            (before, port)
        };
        let table = format!(
            "[jump]\nhost = \"127.0.0.1\"\nport = {jump_port}\nuser = {:?}\nhost_keys = [{:?}]\nprivate_key_file = {:?}\n",
            jump.user(),
            jump.host_key_line(),
            jump.client_key()
        );
        Jumped { far, line, port, table, _servers: [sshd, jump], _root }
    }

    fn deliver(&self, fault: Option<Fault>) -> way::Outcome {
        self.line.arm(fault);
        way::clear(&self.far.inbox);
        way::runtime()
            .block_on(async { Way::new(&self.far, self.port, &self.table, "").deliver(line::PATIENCE).await })
    }

    fn try_fault(&self, fault: Fault) -> (String, bool, Vec<Breach>) {
        let outcome = self.deliver(Some(fault));
        let breaches = outcome.arrived_or_unknown(&self.far);
        (format!("{fault:?} {:?}", outcome.failures), self.line.struck() > 0, breaches)
    }
}

/// A fault at some positions of a whole delivery, and at more of its end.
fn try_positions_with_a_jump_host(line_is_behind: bool) {
    let jumped = Jumped::start(line_is_behind);
    assert_eq!(jumped.deliver(None).arrived(&jumped.far.inbox), []);
    let whole = jumped.line.carried()[0];
    println!("{whole:?}");
    let mut faults = Vec::new();
    for (toward, length) in [(Toward::Partner, whole.to_partner), (Toward::Gateway, whole.to_gateway)] {
        let early = (0..16).map(|sixteenth| (length - 2600) * sixteenth / 16);
        for (number, at) in early.chain(line::tail(length, 2600, 96)).enumerate() {
            let how = if number % 2 == 0 { How::Cut } else { How::Reset };
            faults.push(Fault { toward, at, how, connections: 1 });
        }
    }
    try_all(faults, || Jumped::start(line_is_behind), Jumped::try_fault);
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_line_cut_before_a_jump_host_delivers_once_and_whole() {
    try_positions_with_a_jump_host(false);
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_line_cut_behind_a_jump_host_delivers_once_and_whole() {
    try_positions_with_a_jump_host(true);
}

#[test]
fn a_line_that_fails_at_random_delivers_once_and_whole() {
    let tally = line::trials(SEED, 60);
    println!("{tally}");
    assert!(tally.is_clean(), "seed {SEED}\n{tally}");
}

#[test]
fn each_kind_of_lying_partner_ends_as_the_table_says() {
    try_kinds(kinds());
}

#[test]
fn partners_of_random_kinds_get_nothing_twice_and_nothing_is_lost() {
    let tally = trials::trials(SEED, 40);
    println!("{tally}");
    assert!(tally.is_clean(), "seed {SEED}\n{tally}");
}

#[test]
fn trouble_at_any_request_of_a_partner_with_extensions_delivers_once_and_whole() {
    trouble_everywhere(&Lies::default());
}

#[test]
fn trouble_at_any_request_of_a_partner_without_extensions_delivers_once_and_whole() {
    trouble_everywhere(&Lies { plain: true, ..Lies::default() });
}

fn trouble_everywhere(lies: &Lies) {
    let asked = requests(&Liar::start(), lies);
    println!("{asked:?}");
    let at = |(number, ask)| TROUBLES.map(|trouble| trouble_at(number, ask, trouble, lies));
    try_kinds(asked.into_iter().enumerate().flat_map(at).collect());
}

#[test]
fn trouble_at_any_request_of_a_partner_that_takes_files_away_delivers_nothing_twice() {
    for plain in [false, true] {
        let lies = Lies { plain, takes: Takes::Final, ..Lies::default() };
        // A file that is taken away is not looked for: the requests are those of a partner that leaves it.
        let asked = requests(&Liar::start(), &Lies { plain, ..Lies::default() });
        let at = |(number, ask)| {
            TROUBLES.map(|trouble| Kind { end: End::AtMostOnce, ..trouble_at(number, ask, trouble, &lies) })
        };
        try_kinds(asked.into_iter().enumerate().flat_map(at).collect());
    }
}

/// The gateway ends the moment the partner has carried a request out, whichever it is, and starts again.
#[test]
fn a_gateway_that_ends_at_any_request_delivers_nothing_twice() {
    for takes in [Takes::Nothing, Takes::Final] {
        for plain in [false, true] {
            let asked = requests(&Liar::start(), &Lies { plain, ..Lies::default() });
            let lies = Lies { plain, takes, ..Lies::default() };
            let kinds = asked.into_iter().enumerate().map(|(number, ask)| Kind {
                end: if takes == Takes::Nothing { End::ArrivedOrUnknown } else { End::AtMostOnce },
                ..trouble_at(number, ask, Trouble::SilentAfter, &lies)
            });
            try_all(kinds.collect(), Liar::start, |liar, kind: Kind| {
                let (breaches, outcome) = try_kind_and_end(liar, &kind);
                let what = format!("the gateway ends at {:?}", kind.lies.troubles);
                println!("{what}: {} {:?}", outcome.delivery.state(), outcome.failures.last());
                (what, true, breaches)
            });
        }
    }
}

#[test]
fn trouble_at_the_first_three_requests_of_each_kind_delivers_once_and_whole() {
    try_kinds(trouble_three_times(&Lies::default()));
}

#[test]
fn trouble_for_ever_is_tried_again_and_delivers_nothing_twice() {
    try_kinds_so_often(trouble_for_ever(&Lies::default()), 2);
    try_kinds_so_often(trouble_for_ever(&Lies { plain: true, ..Lies::default() }), 2);
}

#[test]
fn a_plain_partner_that_takes_files_away_gets_none_twice() {
    try_kinds(rename_takers("", &Lies { plain: true, ..Lies::default() }));
}

#[test]
fn a_partner_whose_profile_says_that_it_takes_files_away_gets_none_twice() {
    try_kinds(rename_takers("[profile]\ntakes_away = true\n", &Lies::default()));
}

#[test]
fn a_partner_that_takes_a_file_away_between_link_and_removal_gets_none_twice() {
    try_kinds(link_takers());
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_changed_host_key_holds_the_delivery_before_a_byte_is_sent() {
    let mut distant = Distant::start();
    distant.sshd.replace_host_key();
    let far = &distant.far;
    let outcome = way::runtime().block_on(async { Way::new(far, far.port, "", "").deliver(3).await });
    // The partner is held, and its deliveries wait for that.
    assert_eq!((outcome.delivery.state(), outcome.breaches.as_slice()), ("queued", [].as_slice()));
    assert!(outcome.failures[0].contains("ask the partner by telephone"), "{:?}", outcome.failures);
    assert_eq!(way::names_in(&far.inbox), [""; 0]);
}

#[test]
fn each_kind_of_partner_that_lies_about_what_it_offers_ends_as_the_table_says() {
    try_offers(liar_in::kinds());
}

#[test]
fn trouble_at_any_request_of_the_way_in_collects_once_and_whole() {
    // One in three; the campaign tries them all.
    try_offers(liar_in::troubles().into_iter().step_by(3).collect());
}

fn try_offers(kinds: Vec<liar_in::Kind>) {
    try_all(kinds, Liar::start, |liar, kind| {
        let what = format!("{} {:?}", kind.name, kind.lies.troubles);
        let breaches = liar_in::try_kind(liar, &kind);
        println!("{what}: {breaches:?}");
        (what, true, breaches)
    });
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_line_that_fails_at_random_while_files_come_in_loses_none_and_hands_none_over_twice() {
    let row = line_in::trials(SEED, 15);
    row.must_be_clean();
    assert_eq!(row.injected, 15, "faults that don't strike prove nothing");
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn what_a_partner_changes_replaces_or_removes_while_it_is_collected_comes_once_and_whole_over_sftp() {
    restless::trials(Carrier::Sftp, SEED, 24).must_be_clean();
}

#[test]
#[cfg_attr(
    not(all(have_vsftpd, have_proftpd)),
    ignore = "needs the FTP servers that scripts/test unpacks: run scripts/test"
)]
fn what_a_partner_changes_replaces_or_removes_while_it_is_collected_comes_once_and_whole_over_ftps() {
    for carrier in [Carrier::FtpsWithFacts, Carrier::FtpsBare] {
        restless::trials(carrier, SEED, 12).must_be_clean();
    }
}

#[test]
#[cfg_attr(
    not(all(have_root, have_loop, have_fat)),
    ignore = "needs root, loop devices and a driver for FAT: run scripts/test as root"
)]
fn what_a_partner_changes_replaces_or_removes_while_it_is_collected_comes_once_and_whole_from_a_medium() {
    for format in [Format::Ext4, Format::Fat] {
        restless::trials(Carrier::Medium(format), SEED, 12).must_be_clean();
    }
}

#[test]
#[cfg_attr(
    not(all(have_vsftpd, have_proftpd, have_root, have_loop)),
    ignore = "needs the FTP servers that scripts/test unpacks, root and loop devices: run scripts/test as root"
)]
fn ftp_sessions_that_end_and_media_that_are_pulled_out_while_files_come_in_lose_none_and_double_none() {
    for carrier in severed::CARRIERS {
        let row = severed::trials(carrier, SEED, 12);
        row.must_be_clean();
        assert!(row.injected >= 6, "ways that nobody was on prove nothing: {}", row.injected);
    }
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_fetch_that_was_cut_goes_on_from_the_part_that_is_here() {
    const SIZE: usize = 3_000_000;
    let mut distant = line_in::Distant::new(SEED);
    // Begun anew each time, it would carry more than six times its size.
    let fault = Fault { toward: Toward::Gateway, at: 2_000_000, how: How::Cut, connections: 12 };
    distant.collect(0, SIZE, Some(fault)).unwrap();
    let carried: u64 = distant.line.carried().iter().map(|carried| carried.to_gateway).sum();
    assert!(distant.line.struck() > 0);
    assert!(carried < SIZE as u64 * 3, "{carried} bytes were carried");
    distant.world.home.start();
    campaign::account::settle(&mut distant.world, 1).must_be_clean();
}
