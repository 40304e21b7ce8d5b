//! What a partner's sessions promise each other, tried against OpenSSH's own server.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::fs;
use std::time::Duration;

use support::partners::{of_sshd, pattern};
use support::sshd::{Options, Sshd};
use tokio::time::timeout;
use totatsu_transport::pool::{Lease, Load, Pool, PoolLimits};
use totatsu_transport::{Progress, Reach};

/// Long enough for whoever has a place free to take it.
const MOMENT: Duration = Duration::from_millis(300);

fn pool(sshd: &Sshd, connections: usize, files_each: usize) -> Pool {
    Pool::new("eltax", PoolLimits { connections, files_each }, Reach::Sftp(of_sshd(sshd)))
}

async fn session(pool: &Pool, load: Load) -> Lease<'_> {
    let permit = pool.permit_in("irai", load).await;
    let session = pool.open(&permit).await.unwrap();
    pool.lease(session, permit)
}

/// Connections that there ever were.
fn connections(sshd: &Sshd) -> usize {
    sshd.log().matches("Accepted publickey").count()
}

async fn has_no_place(pool: &Pool, load: Load) -> bool {
    timeout(MOMENT, pool.permit(load)).await.is_err()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn so_many_small_files_share_a_connection_each_arrives_as_it_is_and_a_large_one_has_it_alone() {
    let sshd = Sshd::start(Options::default());
    let pool = pool(&sshd, 1, 4);
    let home = tempfile::tempdir().unwrap();
    let mut leases = Vec::new();
    for _ in 0..4 {
        leases.push(session(&pool, Load::Light).await);
    }
    assert_eq!((pool.in_use(), connections(&sshd)), (4, 1));
    assert!(has_no_place(&pool, Load::Light).await, "four are as many as were allowed");
    let progress = Progress::new();
    let puts = leases.iter_mut().enumerate().map(|(number, lease)| {
        let source = home.path().join(format!("source-{number}"));
        fs::write(&source, pattern(40_000 * (number + 1))).unwrap();
        let progress = &progress;
        async move { lease.session().put(&source, &format!("file-{number}"), 0, progress).await }
    });
    let [first, second, third, fourth] = <[_; 4]>::try_from(puts.collect::<Vec<_>>()).ok().unwrap();
    let (first, second, third, fourth) = tokio::join!(first, second, third, fourth);
    for (number, put) in [first, second, third, fourth].into_iter().enumerate() {
        assert_eq!(put.unwrap().bytes, 40_000 * (number as u64 + 1));
        let there = fs::read(sshd.root().join(format!("file-{number}"))).unwrap();
        assert!(there == pattern(40_000 * (number + 1)), "file {number} is another");
    }
    let last = leases.pop().unwrap();
    leases.into_iter().for_each(Lease::give_back);
    assert!(has_no_place(&pool, Load::Heavy).await, "a large file waits until nobody else is on the line");
    last.give_back();
    let alone = session(&pool, Load::Heavy).await;
    assert!(has_no_place(&pool, Load::Light).await, "nobody comes beside a large file");
    alone.give_back();
    assert_eq!(connections(&sshd), 1, "it was one connection all the time");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn a_connection_of_ones_own_comes_before_one_that_is_shared() {
    let sshd = Sshd::start(Options::default());
    let pool = pool(&sshd, 2, 8);
    let [first, second, third] = [
        session(&pool, Load::Light).await,
        session(&pool, Load::Light).await,
        session(&pool, Load::Light).await,
    ];
    assert_eq!((pool.in_use(), connections(&sshd)), (3, 2));
    [first, second, third].into_iter().for_each(Lease::give_back);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn where_a_step_failed_nobody_new_comes_to_the_connection_and_who_is_on_it_goes_on() {
    let sshd = Sshd::start(Options::default());
    let pool = pool(&sshd, 1, 4);
    let (failed, mut other) = (session(&pool, Load::Light).await, session(&pool, Load::Light).await);
    drop(failed);
    assert!(other.is_alive() && other.session().stat("nothing").await.unwrap().is_none());
    assert!(has_no_place(&pool, Load::Light).await, "its connection takes nobody in");
    other.give_back();
    let mut anew = session(&pool, Load::Light).await;
    assert!(anew.session().stat("nothing").await.unwrap().is_none());
    assert_eq!(connections(&sshd), 2, "{}", sshd.log());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn a_partner_that_falls_silent_ends_the_connection_for_all_that_share_it_and_the_next_has_a_new_one() {
    let sshd = Sshd::start(Options::default());
    let mut settings = of_sshd(&sshd);
    settings.deadlines.stat = Duration::from_millis(200);
    let pool = Pool::new("eltax", PoolLimits { connections: 1, files_each: 4 }, Reach::Sftp(settings));
    let (mut asks, other) = (session(&pool, Load::Light).await, session(&pool, Load::Light).await);
    sshd.freeze_sessions();
    asks.session().stat("nothing").await.unwrap_err();
    drop(asks);
    assert!(!other.is_alive(), "what it would be answered belongs to nobody");
    other.give_back();
    let mut anew = session(&pool, Load::Light).await;
    assert!(anew.session().stat("nothing").await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn a_place_that_was_never_opened_or_whose_line_broke_is_free_again() {
    let sshd = Sshd::start(Options::default());
    let pool = pool(&sshd, 1, 2);
    drop(pool.permit(Load::Heavy).await);
    let lease = session(&pool, Load::Light).await;
    sshd.kill_sessions();
    drop(lease);
    let mut anew = session(&pool, Load::Heavy).await;
    assert!(anew.session().stat("nothing").await.unwrap().is_none());
    drop(pool.permit_in("irai", Load::Heavy));
    anew.give_back();
    session(&pool, Load::Heavy).await.give_back();
}
