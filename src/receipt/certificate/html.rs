//! The certificate as one HTML file that needs nothing else: one page A4.

use super::contents::{Certified, CertifiedFact, CertifiedPart};
use totatsu_base::typeset::escaped;

// not for people
const STYLE: &str = "\
@page{size:A4;margin:11mm 14mm}\
body{font-family:'Noto Sans CJK JP','Yu Gothic','MS Gothic',sans-serif;font-size:8.5pt;line-height:1.25;color:#000;\
max-width:182mm;margin:0 auto}\
h1{font-size:17pt;letter-spacing:.4em;text-align:center;margin:0 0 2mm;border-bottom:2pt solid #000}\
h2{font-size:9.5pt;margin:2mm 0 .5mm;border-bottom:.6pt solid #000;break-after:avoid}\
p{margin:0 0 1mm}\
p.statement{font-size:11pt;margin:2mm 0}\
table{border-collapse:collapse;width:100%}\
tr{break-inside:avoid}\
th{font-weight:normal;text-align:left;vertical-align:top;width:34mm;padding:.2mm 2mm .2mm 0}\
td{padding:.2mm 0;vertical-align:top;overflow-wrap:anywhere}\
ul{margin:0;padding-left:5mm}\
.exact{font-family:monospace;font-size:7.5pt;word-break:break-all}\
@media screen{body{padding:8mm}}";

/// The page. Nothing on it is loaded from elsewhere, and no script runs.
pub fn html(certified: &Certified<'_>) -> String {
    let says = |id: &str| escaped(&certified.says(id, &[]));
    let (title, number) = (says("receipt-certificate-title"), certified.receipt.number);
    let (lang, issuer) = (certified.tongue.of("ja", "en"), escaped(&certified.issuer()));
    let statement = escaped(&certified.statement());
    let parts: String = certified.parts().iter().map(of_part).collect();
    let ways: String = certified.verifying().iter().map(|way| format!("<li>{}</li>", escaped(way))).collect();
    let verify = says("receipt-certificate-verify");
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <title>{title} {number}</title><style>{STYLE}</style></head>\n<body><h1>{title}</h1>\n<p>{issuer}</p>\n\
         <p class=\"statement\">{statement}</p>\n{parts}<h2>{verify}</h2>\n<ul>{ways}</ul>\n</body></html>\n"
    )
}

fn of_part(part: &CertifiedPart) -> String {
    let rows: String = part.facts.iter().map(row).collect();
    format!("<h2>{}</h2>\n<table>{rows}</table>\n", escaped(&part.heading))
}

fn row(fact: &CertifiedFact) -> String {
    let class = if fact.exact { " class=\"exact\"" } else { "" };
    format!("<tr><th>{}</th><td{class}>{}</td></tr>\n", escaped(&fact.label), escaped(&fact.value))
}

#[cfg(test)]
mod tests {
    use totatsu_base::messages::Tongue;

    use super::super::contents::tests::{certified, receipt};
    use super::*;

    #[test]
    fn hostile_names_stand_on_the_page_in_both_languages_and_none_of_them_is_markup() {
        let receipt = receipt();
        for (tongue, words) in [
            (Tongue::Ja, ["到達証明書", "1,056,000 バイト", "データ&lt;b&gt;：2,000 件", "再開"]),
            (Tongue::En, ["Certificate of arrival", "1,056,000 bytes", "データ&lt;b&gt;: 2,000", "released"]),
        ] {
            let page = html(&certified(&receipt, tongue));
            for word in words.into_iter().chain([
                "&lt;script&gt;alert(1)&lt;/script&gt;試験市",
                "&quot;&gt;&lt;img src=x onerror=alert(1)&gt;",
                "IN/&lt;i&gt;&amp;&#39;Z1201.DTA",
                "tanaka&lt;/td&gt;",
                "SHA256:4/XTwgzbxaytYpzi9x1kSQaFbcSxvzLhVagoSq7tPkU",
                "331f2de312a7df8cd8e2ed920b8fe1f2ddf8b3bc52a94bbf8e6cbf639a74a3f9",
                "U1NIU0lHAAAAAQ==",
            ]) {
                assert!(page.contains(word), "{word} lacks in {page}");
            }
            for hostile in [
                "<script", "<img", "<i>", "<b>", "\u{1b}", "\u{202e}", "\u{7}", "http:", "https:", "url(",
                "receipt-",
            ] {
                assert!(!page.contains(hostile), "{hostile:?} in {page}");
            }
        }
    }
}
