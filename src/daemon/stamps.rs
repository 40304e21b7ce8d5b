//! Has the chain's end stamped from outside, once a day, where a command is configured for it.
//!
//! Owns when: at the first look of a day, at midnight or at the start, and again after a failure, until a stamp is had.
//! Promises that nothing waits for it, that a failure is an alert, once for each day, and that no stamp is asked for where the
//! journal has nothing new since the last one.

use std::sync::Arc;
use std::time::Duration;

use super::stopping::{DaemonError, Stopping};
use crate::alert::{Alert, AlertSubject, Kind};
use crate::blocking::blocking;
use crate::gateway::{Gateway, Stop};
use crate::stamp;
use totatsu_base::evidence::Anchor;
use totatsu_base::program::OperatorCommand;
use totatsu_base::{Moment, Remedy, SpoolError, say};
use totatsu_ledger::{GatewayActs, LedgerError, Position};

/// How often it is looked whether a day has begun.
const LOOK: Duration = Duration::from_secs(60);
/// How long to wait after a failure, and how long at most.
const AGAIN: [Duration; 2] = [Duration::from_secs(60), Duration::from_secs(3600)];

/// Stamps the end once a day, until asked to stop.
pub(super) async fn run(gateway: Arc<Gateway>, mut stopping: Stopping) -> Result<(), DaemonError> {
    let Some(command) = gateway.config.gateway.stamps.clone() else { return Ok(()) };
    let (mut pause, mut told_on) = (AGAIN[0], None);
    loop {
        let mut wait = LOOK;
        if let Some(line) = due(&gateway, Moment::now()).await.map_err(Stop::from)? {
            let stamped = tokio::select! {
                () = stopping.asked() => return Ok(()),
                stamped = stamp_end(&gateway, &command, line) => stamped?,
            };
            match stamped {
                Ok(()) => pause = AGAIN[0],
                Err(why) => {
                    let today = Moment::now().date();
                    // People are told once a day; each try is in the log.
                    match told_on.replace(today) == Some(today) {
                        true => tracing::warn!("{}", say!("daemon-stamp-again", why = why)),
                        false => gateway.bell.ring(&alert(&gateway, &why)),
                    }
                    (wait, pause) = (pause, (pause * 2).min(AGAIN[1]));
                }
            }
        }
        if stopping.asked_within(wait).await {
            return Ok(());
        }
    }
}

/// The line that is to be stamped, if one is.
async fn due(gateway: &Arc<Gateway>, now: Moment) -> Result<Option<Anchor>, LedgerError> {
    let looking = gateway.clone();
    let (end, acts) =
        blocking(move || Ok::<_, LedgerError>((looking.ledger.position()?, looking.ledger.gateway_acts()?)))
            .await?;
    let Position { seq, digest } = end;
    Ok(is_due(seq, acts, now).then_some(Anchor { seq, sha256: digest }))
}

/// Whether the day's stamp is missing, and something came since the last one.
fn is_due(end: u64, acts: GatewayActs, now: Moment) -> bool {
    match acts.stamped {
        None => end > 0,
        Some(last) => last.at.date() < now.date() && end > last.event,
    }
}

/// Has the line stamped, and the answer kept. Says why not, where a later try may succeed.
async fn stamp_end(
    gateway: &Arc<Gateway>,
    command: &OperatorCommand,
    line: Anchor,
) -> Result<Result<(), String>, DaemonError> {
    let (answer, given) = match stamp::stamp(command, line).await {
        Ok((answer, stamp)) => (answer, stamp.given),
        Err(error) => return Ok(Err(error.to_string())),
    };
    let ledger = gateway.config.gateway.ledger.clone();
    let kept: Result<_, SpoolError> = blocking(move || stamp::keep(&ledger, line, &answer)).await;
    let recorded = match kept {
        Ok(event) => gateway.ledger.record_general(event).await,
        Err(error) if Remedy::for_own_disk(&error.error) == Remedy::Stop => return Err(error.into()),
        Err(error) => return Ok(Err(error.to_string())),
    };
    match recorded {
        Ok(()) => {
            tracing::info!(event = line.seq, given, "{}", say!("daemon-stamped"));
            Ok(Ok(()))
        }
        Err(error) if error.remedy() == Remedy::Stop => Err(Stop::Ledger(error).into()),
        Err(error) => Ok(Err(error.to_string())),
    }
}

fn alert(gateway: &Gateway, why: &str) -> Alert {
    let subject = AlertSubject::Directory(gateway.config.gateway.ledger.clone());
    let text = say!("daemon-stamp-failed", why = why);
    Alert { kind: Kind::StampFailed, subject, occasion: None, text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use totatsu_ledger::LastStamp;

    #[test]
    fn a_stamp_is_due_once_a_day_and_only_for_something_new() {
        let at = |text: &str| -> Moment { format!("{text}:00+09:00").parse().unwrap() };
        let after = |event: u64, text: &str| GatewayActs {
            stamped: Some(LastStamp { at: at(text), event }),
            ..GatewayActs::default()
        };
        assert!(!is_due(0, GatewayActs::default(), at("2026-11-29T00:00")));
        assert!(is_due(1, GatewayActs::default(), at("2026-11-29T00:00")));
        assert!(!is_due(9, after(5, "2026-11-29T00:01"), at("2026-11-29T23:59")));
        assert!(is_due(9, after(5, "2026-11-29T23:59"), at("2026-11-30T00:00")));
        assert!(!is_due(5, after(5, "2026-11-29T00:01"), at("2026-12-24T00:00")));
    }
}
