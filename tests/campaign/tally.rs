//! What the campaign found, counted for each kind of fault.

use std::collections::BTreeMap;
use std::fmt;

/// Findings that a failed test shows: the first ones tell the reason.
const SHOWN: usize = 20;

/// A promise that was broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Harm {
    /// A source or a delivery is gone, never ended, or a file at the partner was destroyed.
    Lost,
    /// The partner got the same file twice, or a file was accepted twice.
    Duplicated,
    /// The partner saw something else than the whole file under its final name.
    Partial,
    /// Ledger, receipt or answer say something else than what is true.
    Misreported,
    /// A link that keeps order did not.
    OutOfOrder,
}

/// One broken promise, with what is needed to see it again.
#[derive(Debug, Clone)]
pub struct Finding {
    pub harm: Harm,
    pub seed: u64,
    pub text: String,
}

/// What one kind of fault did.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// Faults that struck.
    pub injected: usize,
    /// Files that were dropped and accounted for.
    pub deliveries: usize,
    /// Files that a partner offered and that were accounted for.
    pub collections: usize,
    pub findings: Vec<Finding>,
}

/// Every kind of fault.
#[derive(Debug, Default)]
pub struct Tally(BTreeMap<String, Row>);

impl Tally {
    /// All kinds together.
    pub fn total(self) -> Row {
        self.0.into_values().fold(Row::default(), |mut total, row| {
            total.add(row);
            total
        })
    }
}

impl Row {
    /// Adds what another round of the same fault did.
    pub fn add(&mut self, other: Row) {
        self.injected += other.injected;
        self.deliveries += other.deliveries;
        self.collections += other.collections;
        self.findings.extend(other.findings);
    }

    fn count(&self, harm: Harm) -> usize {
        self.findings.iter().filter(|finding| finding.harm == harm).count()
    }

    /// Fails the test that asked, with every finding.
    pub fn must_be_clean(&self) {
        let texts: Vec<String> = self.findings.iter().take(SHOWN).map(Finding::to_string).collect();
        assert!(texts.is_empty(), "{} findings:\n{}", self.findings.len(), texts.join("\n"));
    }
}

impl Tally {
    /// Adds what one round did, and prints its findings.
    pub fn add(&mut self, fault: &str, row: Row) {
        for finding in &row.findings {
            println!("FINDING {fault}: {finding}");
        }
        self.0.entry(fault.to_owned()).or_default().add(row);
    }

    pub fn is_clean(&self) -> bool {
        self.0.values().all(|row| row.findings.is_empty())
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, seed {}: {}", self.harm, self.seed, self.text)
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| fault | injected | deliveries | collections | lost | duplicated | partial | misreported | out of order |"
        )?;
        writeln!(f, "|---|---:|---:|---:|---:|---:|---:|---:|---:|")?;
        for (fault, row) in &self.0 {
            write!(f, "| {fault} | {} | {} | {} |", row.injected, row.deliveries, row.collections)?;
            let harms = [Harm::Lost, Harm::Duplicated, Harm::Partial, Harm::Misreported, Harm::OutOfOrder];
            for harm in harms {
                write!(f, " {} |", row.count(harm))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
