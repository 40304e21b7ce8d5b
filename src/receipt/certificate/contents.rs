//! What stands on a certificate, in the order in which it stands there.

use std::collections::BTreeMap;
use std::fmt::Display;

use totatsu_base::evidence::{Arrival, ByHand, Grade, HandedOver, How, Peer, Receipt, SentFacts};
use totatsu_base::messages::{Argument, Tongue, text_in};
use totatsu_base::typeset::{cut, grouped};
use totatsu_base::{Moment, Sha256};
use totatsu_ledger::words::grade_word_in;
use totatsu_records::kind_in;

/// Characters of a name or a path that are shown.
const NAME_SHOWN: usize = 160;
/// Characters of what somebody said that are shown.
const REASON_SHOWN: usize = 80;
/// Kinds of records, and sums, that are shown; the receipt has all.
const KINDS_SHOWN: usize = 6;
/// Acts by hand that are shown, the last of them; the receipt has more.
const ACTS_SHOWN: usize = 4;

/// A receipt that was found genuine, and what its certificate says of it besides.
#[derive(Debug, Clone, Copy)]
pub struct Certified<'a> {
    /// The language of its readers.
    pub tongue: Tongue,
    /// The receipt.
    pub receipt: &'a Receipt,
    /// SHA-256 of its file.
    pub sha256: Sha256,
    /// The signature beside it, as it stands in its file.
    pub signature: &'a str,
    /// What people call its link.
    pub link: &'a str,
    /// What people call its partner.
    pub partner: &'a str,
    /// The interfaces of the national list that its link serves.
    pub interfaces: &'a [String],
}

/// Facts under one heading.
#[derive(Debug)]
pub(super) struct CertifiedPart {
    pub(super) heading: String,
    pub(super) facts: Vec<CertifiedFact>,
}

/// One fact.
#[derive(Debug)]
pub(super) struct CertifiedFact {
    pub(super) label: String,
    pub(super) value: String,
    /// Whether people compare it character by character: a digest, a key.
    pub(super) exact: bool,
}

impl CertifiedFact {
    fn new(label: String, value: String) -> CertifiedFact {
        CertifiedFact { label, value, exact: false }
    }
}

impl Certified<'_> {
    /// What a message says in the language of the certificate.
    pub(super) fn says(&self, id: &str, given: &[Argument<'_>]) -> String {
        text_in(self.tongue, id, given)
    }

    /// The sentence that the certificate states.
    pub(super) fn statement(&self) -> String {
        let receipt = self.receipt;
        let given = [("name", cut(&receipt.source.name, NAME_SHOWN)), ("partner", self.partner())];
        let id = match (&receipt.handed_over, &receipt.arrival) {
            (Some(_), _) => "receipt-certificate-states-collected",
            (None, Some(_)) => "receipt-certificate-states-arrived",
            (None, None) => "receipt-certificate-states-confirmed",
        };
        self.says(id, &given)
    }

    /// The gateway that issued the receipt.
    pub(super) fn issuer(&self) -> String {
        let gateway = &self.receipt.gateway;
        let given = [
            ("gateway", cut(&gateway.name, NAME_SHOWN)),
            ("municipality", cut(&gateway.municipality, NAME_SHOWN)),
            ("software", cut(&gateway.software, NAME_SHOWN)),
        ];
        self.says("receipt-certificate-issuer", &given)
    }

    /// All facts, under their headings.
    pub(super) fn parts(&self) -> Vec<CertifiedPart> {
        let receipt = self.receipt;
        let to =
            if receipt.handed_over.is_some() { "receipt-certificate-from" } else { "receipt-certificate-to" };
        vec![
            self.part("receipt-certificate-what", self.what()),
            self.part("receipt-certificate-when", self.when()),
            self.part(to, self.other_side()),
            self.part("receipt-certificate-how", self.how()),
            self.part("receipt-certificate-by-hand", self.by_hand()),
            self.part("receipt-certificate-receipt", self.itself()),
        ]
    }

    /// How anybody may verify the receipt.
    pub(super) fn verifying(&self) -> Vec<String> {
        let id = [("delivery", self.receipt.delivery.to_string())];
        vec![
            self.says("receipt-certificate-verify-key", &[]),
            self.says("receipt-certificate-verify-bundle", &id),
            self.says("receipt-certificate-no-contents", &[]),
        ]
    }

    fn part(&self, heading: &str, facts: Vec<CertifiedFact>) -> CertifiedPart {
        CertifiedPart { heading: self.says(heading, &[]), facts }
    }

    fn fact(&self, label: &str, value: impl Display) -> CertifiedFact {
        CertifiedFact::new(self.says(label, &[]), cut(&value.to_string(), NAME_SHOWN))
    }

    fn exact(&self, label: &str, value: impl Display) -> CertifiedFact {
        CertifiedFact { exact: true, ..self.fact(label, value) }
    }

    /// A title and the name in the configuration, or one of them where both are the same.
    fn called(&self, title: &str, name: &str) -> String {
        if title == name {
            return cut(name, NAME_SHOWN);
        }
        let given = [("title", cut(title, NAME_SHOWN)), ("name", cut(name, NAME_SHOWN))];
        self.says("receipt-certificate-called", &given)
    }

    fn partner(&self) -> String {
        self.called(self.partner, &self.receipt.partner)
    }

    fn bytes(&self, label: &str, size: u64) -> CertifiedFact {
        let given = [("bytes", grouped(&size.to_string()))];
        self.fact(label, self.says("receipt-sheet-bytes", &given))
    }

    fn what(&self) -> Vec<CertifiedFact> {
        let receipt = self.receipt;
        let mut facts = vec![
            self.fact("receipt-certificate-link", self.called(self.link, &receipt.link)),
            self.fact("receipt-certificate-file", &receipt.source.name),
            self.bytes("receipt-certificate-size", receipt.source.size),
            self.exact("receipt-certificate-sha256", receipt.source.sha256),
        ];
        if !self.interfaces.is_empty() {
            let interfaces = self.interfaces.join(self.tongue.of("、", ", "));
            facts.insert(1, self.fact("receipt-certificate-interface", interfaces));
        }
        if let Some(sent) = &receipt.sent {
            facts.extend(self.sent(sent));
        }
        if let Some(over) = &receipt.handed_over {
            facts.extend(self.handed_over(over));
        }
        facts
    }

    fn sent(&self, sent: &SentFacts) -> Vec<CertifiedFact> {
        let signed = sent.signed_totals.iter().map(|(name, sum)| (name.clone(), i128::from(*sum)));
        let totals = sent.totals.iter().map(|(name, sum)| (name.clone(), i128::from(*sum))).chain(signed);
        let mut facts = vec![
            self.bytes("receipt-certificate-sent-size", sent.size),
            self.exact("receipt-certificate-sent-sha256", sent.sha256),
        ];
        facts.extend(self.counted(&sent.layout, &sent.layout_version, &sent.records, totals.collect()));
        if sent.folds > 0 {
            facts.push(self.fact("receipt-certificate-folds", grouped(&sent.folds.to_string())));
        }
        facts
    }

    fn handed_over(&self, over: &HandedOver) -> Vec<CertifiedFact> {
        let totals = over.totals.iter().map(|(name, sum)| (name.clone(), i128::from(*sum)));
        let mut facts = vec![
            self.fact("receipt-certificate-inbox", over.path.display()),
            self.bytes("receipt-certificate-inbox-size", over.size),
            self.exact("receipt-certificate-inbox-sha256", over.sha256),
        ];
        facts.extend(self.counted(&over.layout, &over.layout_version, &over.records, totals.collect()));
        if over.quarantined > 0 {
            facts.push(self.fact("receipt-certificate-quarantined", grouped(&over.quarantined.to_string())));
        }
        facts
    }

    /// The layout, and the counts and sums that were taken by it.
    fn counted(
        &self,
        layout: &str,
        version: &str,
        records: &BTreeMap<String, u64>,
        totals: Vec<(String, i128)>,
    ) -> Vec<CertifiedFact> {
        let counts = records.iter().map(|(kind, count)| {
            let given = [
                ("kind", cut(&kind_in(self.tongue, kind), NAME_SHOWN)),
                ("count", grouped(&count.to_string())),
            ];
            self.says("receipt-sheet-count", &given)
        });
        let sums = totals.into_iter().map(|(name, total)| {
            let given = [("name", cut(&name, NAME_SHOWN)), ("total", grouped(&total.to_string()))];
            self.says("receipt-sheet-sum", &given)
        });
        let (counts, sums) = (self.first_of(counts.collect()), self.first_of(sums.collect()));
        let given = [("layout", layout.to_owned()), ("version", version.to_owned())];
        let layout = self.says("receipt-certificate-layout-version", &given);
        let long = |label: &str, value: String| {
            CertifiedFact::new(self.says(label, &[]), cut(&value, NAME_SHOWN * 2))
        };
        let mut facts = vec![
            self.fact("receipt-certificate-layout", layout),
            long("receipt-certificate-records", counts),
        ];
        if !sums.is_empty() {
            facts.push(long("receipt-certificate-totals", sums));
        }
        facts
    }

    /// The first of many, and how many there are besides.
    fn first_of(&self, mut all: Vec<String>) -> String {
        let more = all.len().saturating_sub(KINDS_SHOWN);
        all.truncate(KINDS_SHOWN);
        if more > 0 {
            all.push(self.says("receipt-certificate-more", &[("count", more.to_string())]));
        }
        all.join(self.tongue.of("、", ", "))
    }

    fn when(&self) -> Vec<CertifiedFact> {
        let receipt = self.receipt;
        let at = |label: &str, at: Moment| self.fact(label, at);
        let mut facts = Vec::new();
        let began = match receipt.handed_over {
            Some(_) => "receipt-certificate-found-at",
            None => "receipt-certificate-accepted-at",
        };
        facts.push(at(began, receipt.source.accepted_at));
        if let Some(over) = &receipt.handed_over {
            facts.push(at("receipt-certificate-fetched-at", over.fetched_at));
            facts.push(at("receipt-certificate-placed-at", over.placed_at));
            facts.extend(over.imported_at.map(|when| at("receipt-certificate-imported-at", when)));
        }
        if let Some(arrival) = &receipt.arrival {
            facts.push(at("receipt-certificate-transferred-at", arrival.transferred_at));
            facts.push(at("receipt-certificate-verified-at", arrival.verified_at));
            facts.push(at("receipt-certificate-arrived-at", arrival.published_at));
        }
        facts.extend(receipt.confirmation.iter().map(|said| at("receipt-certificate-confirmed-at", said.at)));
        facts
    }

    fn other_side(&self) -> Vec<CertifiedFact> {
        let mut facts = vec![self.fact("receipt-certificate-partner", self.partner())];
        if let Some(over) = &self.receipt.handed_over {
            facts.push(self.fact("receipt-certificate-path", &over.from));
            facts.extend(self.peer(&over.peer));
        }
        if let Some(Arrival { path, peer, .. }) = &self.receipt.arrival {
            facts.push(self.fact("receipt-certificate-path", path));
            facts.extend(self.peer(peer));
        }
        facts
    }

    fn peer(&self, peer: &Peer) -> Vec<CertifiedFact> {
        let key = if peer.transport == Peer::MEDIUM {
            "receipt-certificate-medium"
        } else {
            "receipt-certificate-host-key"
        };
        let given = [("transport", peer.transport.clone()), ("address", peer.address.clone())];
        vec![
            self.fact("receipt-certificate-address", self.says("receipt-certificate-address-by", &given)),
            self.exact(key, &peer.host_key),
        ]
    }

    fn how(&self) -> Vec<CertifiedFact> {
        let receipt = self.receipt;
        let sentence = match (receipt.grade, &receipt.handed_over) {
            (Grade::Content, Some(_)) => "receipt-certificate-grade-fetched",
            (Grade::Content, None) => "receipt-certificate-grade-content",
            (Grade::Size, _) => "receipt-certificate-grade-size",
            (Grade::Close, _) => "receipt-certificate-grade-close",
            (Grade::Confirmed, _) => "receipt-certificate-grade-confirmed",
        };
        let given =
            [("grade", grade_word_in(self.tongue, receipt.grade)), ("sentence", self.says(sentence, &[]))];
        let mut facts =
            vec![self.fact("receipt-certificate-grade", self.says("receipt-certificate-grade-is", &given))];
        if let Some(acknowledged) = &receipt.acknowledgement {
            facts.push(self.fact("receipt-certificate-acknowledged", &acknowledged.path));
        }
        if let Some(said) = &receipt.confirmation {
            let how = match said.how {
                How::Medium => "receipt-certificate-by-medium",
                How::Phone => "receipt-certificate-by-phone",
                How::Other => "receipt-certificate-by-other",
            };
            let given = [("by", cut(&said.by, NAME_SHOWN)), ("how", self.says(how, &[]))];
            let said = self.says("receipt-certificate-confirmed-by", &given);
            facts.push(self.fact("receipt-certificate-confirmation", said));
        }
        facts
    }

    fn by_hand(&self) -> Vec<CertifiedFact> {
        let acts = &self.receipt.by_hand;
        if acts.is_empty() {
            let nothing = self.says("receipt-certificate-nothing-by-hand", &[]);
            return vec![CertifiedFact::new(String::new(), nothing)];
        }
        let more = acts.len().saturating_sub(ACTS_SHOWN);
        let mut facts: Vec<CertifiedFact> = acts[more..].iter().map(|act| self.act(act)).collect();
        if more > 0 {
            let value = self.says("receipt-certificate-more", &[("count", more.to_string())]);
            facts.push(CertifiedFact::new(String::new(), value));
        }
        facts
    }

    fn act(&self, act: &ByHand) -> CertifiedFact {
        let word = match act.act.as_str() {
            "held" => self.says("list-act-held", &[]),
            "released" => self.says("list-act-released", &[]),
            "resent" => self.says("list-act-resent", &[]),
            "confirmed" => self.says("list-act-confirmed", &[]),
            "cancelled" => self.says("list-act-cancelled", &[]),
            // An act that only a newer version knows.
            other => cut(other, REASON_SHOWN),
        };
        let given = [
            ("at", act.at.to_string()),
            ("by", cut(&act.by, REASON_SHOWN)),
            ("reason", cut(&act.reason, REASON_SHOWN)),
        ];
        CertifiedFact::new(word, self.says("receipt-certificate-act", &given))
    }

    fn itself(&self) -> Vec<CertifiedFact> {
        let receipt = self.receipt;
        let body: String = self.signature.lines().filter(|line| !line.starts_with("-----")).collect();
        let mut facts = vec![
            self.fact("receipt-certificate-delivery", &receipt.delivery),
            self.fact("receipt-certificate-number", receipt.number),
            self.fact("receipt-certificate-issued-at", receipt.issued_at),
            self.exact("receipt-certificate-file-sha256", self.sha256),
            self.exact("receipt-certificate-previous", receipt.previous),
        ];
        if let Some(of) = &receipt.resend_of {
            facts.insert(1, self.fact("receipt-certificate-resend-of", of));
        }
        if let Some(anchor) = &receipt.journal {
            let given = [("event", anchor.seq.to_string()), ("sha256", anchor.sha256.to_string())];
            let place = self.says("receipt-certificate-journal-at", &given);
            facts.push(self.exact("receipt-certificate-journal", place));
        }
        facts.extend(receipt.signed_by.iter().map(|key| self.exact("receipt-certificate-key", key)));
        // The signature is never cut: half of one proves nothing.
        let label = self.says("receipt-certificate-signature", &[]);
        facts.push(CertifiedFact { label, value: cut(&body, usize::MAX), exact: true });
        facts
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A receipt whose every name is hostile.
    pub(crate) const RECEIPT: &str = r#"{"number":7,"previous":"331f2de312a7df8cd8e2ed920b8fe1f2ddf8b3bc52a94bbf8e6cbf639a74a3f9",
        "issued_at":"2026-11-22T18:30:05.123+09:00",
        "gateway":{"name":"<script>alert(1)</script>試験市","municipality":"13101","software":"totatsu 0.1.0"},
        "signed_by":"SHA256:CvMnofTUfSOqNAaMI43IwiszYT1sZv5IIGPJjC/Nnls",
        "journal":{"seq":41,"sha256":"a14d2f6dbb93c3ae14e18f92b754599fc88f9a55b553da53bde2816aa8913dbc"},
        "delivery":"20261122-183005-k7m2q9","link":"irai","partner":"eltax","grade":"content",
        "source":{"name":"\"><img src=x onerror=alert(1)>\u001b[2J\u202egnp.csv","size":934,
            "sha256":"a14d2f6dbb93c3ae14e18f92b754599fc88f9a55b553da53bde2816aa8913dbc","accepted_at":"2026-11-22T18:29:05.123+09:00"},
        "sent":{"size":1056000,"sha256":"331f2de312a7df8cd8e2ed920b8fe1f2ddf8b3bc52a94bbf8e6cbf639a74a3f9",
            "layout":"eltax/nenkin-tokucho-irai","layout_version":"2008-04-01",
            "layout_sha256":"7d8cfb3fd0e944a8bc3ed72d9178b8ad192e1eb914ba5cd28f903fa249fcad29",
            "records":{"データ<b>":2000,"管理":1},"totals":{"金額1":12345678},"folds":3},
        "arrival":{"path":"IN/<i>&'Z1201.DTA","transferred_at":"2026-11-22T18:30:01.123+09:00",
            "verified_at":"2026-11-22T18:30:02.123+09:00","published_at":"2026-11-22T18:30:03.123+09:00","transfers":1,
            "peer":{"transport":"sftp","address":"sftp.example.jp:22","software":"SSH-2.0-x","host_key":"SHA256:4/XTwgzbxaytYpzi9x1kSQaFbcSxvzLhVagoSq7tPkU",
            "user":"u","authenticated_by":"publickey","cipher":"c","key_exchange":"k","extensions":[]}},
        "asked":[],"by_hand":[{"act":"released","at":"2026-11-22T18:30:00.123+09:00","by":"tanaka</td>","reason":"確認済み\n<script>\u0007REASON"}]}"#;

    pub(crate) fn receipt() -> Receipt {
        serde_json::from_str(RECEIPT).unwrap()
    }

    pub(crate) fn certified(receipt: &Receipt, tongue: Tongue) -> Certified<'_> {
        let signature = "-----BEGIN SSH SIGNATURE-----\nU1NIU0lHAAAAAQ==\n-----END SSH SIGNATURE-----\n";
        let sha256 = Sha256::of(b"x");
        let (link, partner) = ("年金特徴 依頼 <年金>", "地方税共同機構 & ほか");
        Certified { tongue, receipt, sha256, signature, link, partner, interfaces: &[] }
    }
}
