//! The text of a link's file, as `init` writes it: what the list says of the interface, as keys and as comments.
//!
//! The texts stand here and not in `i18n`: they are the template of a file, in two languages, and as messages not for people.

use std::collections::BTreeSet;

use super::answers::InitAnswers;
use super::layouts::{LayoutChoice, layout_of};
use super::made::Lines;
use crate::catalogue::{
    Frequency, GuaranteeDuty, Interface, InterfaceList, InterfaceScope, ListedWay, Tongue,
};

/// The names of one interface in the configuration. Those of another municipality than the gateway's own have a prefix.
pub(super) struct LinkNames<'a> {
    /// The link.
    pub(super) link: &'a str,
    /// The partner.
    pub(super) partner: &'a str,
    /// The lock that imports of the business share.
    pub(super) lock: &'a str,
    /// The municipality's code, where it isn't the gateway's own.
    pub(super) municipality: Option<&'a str>,
}

/// What stands in a link's file.
pub(super) fn link(
    answers: &InitAnswers,
    interface: &Interface,
    names: &LinkNames<'_>,
    tongue: Tongue,
) -> String {
    let mut lines = Lines::new(tongue);
    let layout = layout_of(interface, answers.internal_layout());
    heading(&mut lines, interface);
    lines.text("title", &title(interface));
    lines.text("interface", &interface.id);
    lines.text("direction", interface.direction.into());
    lines.text("partner", names.partner);
    if let Some(municipality) = names.municipality {
        lines.text("municipality", municipality);
    }
    open(&mut lines, answers, interface, &layout);
    layout_lines(&mut lines, &layout);
    order(&mut lines, interface);
    if interface.is_exclusive() {
        lines.comment(
            "データ取込中は排他制御を行う。同じ業務の取込みと同時には動かない。",
            "Exclusive import: nothing else of this business is imported meanwhile, nor by a program that honours the lock.",
        );
        lines.text("lock", names.lock);
    }
    expectation(&mut lines, answers, interface);
    expected_records(&mut lines, interface);
    remote(&mut lines, answers, interface, names);
    if interface.direction == ListedWay::In {
        import(&mut lines, answers, interface);
    }
    if !layout.values.is_empty() {
        lines.raw("\n[values]");
        for (name, value) in layout.values {
            lines.raw(&format!("{name:?} = {value:?}"));
        }
    }
    lines.written
}

/// What people call the link.
fn title(interface: &Interface) -> String {
    let words = &InterfaceList::shipped().words;
    let business = words.business(&interface.business, Tongue::Ja);
    let partner = words.partner(&interface.partner, Tongue::Ja);
    let arrow = if interface.direction == ListedWay::Out { "→" } else { "←" };
    let (frequency, scope) = (interface.frequency.says(Tongue::Ja), interface.scope.says(Tongue::Ja));
    format!("{business} {arrow} {partner} {frequency} {scope}")
}

/// What the list says of the interface, for people.
fn heading(lines: &mut Lines, interface: &Interface) {
    let (words, tongue) = (&InterfaceList::shipped().words, lines.tongue);
    lines.comment_of(&tongue.of(
        "連携一覧の {id}。totatsu init が作成した。一覧の記載: totatsu catalogue show {id}",
        "Interface {id} of the national list. Written by totatsu init; what the list says: totatsu catalogue show {id}",
    ).replace("{id}", &interface.id));
    let functions: Vec<&str> = interface
        .rows
        .iter()
        .filter_map(|row| words.function.get(&format!("{}-{}", row.business, row.function)))
        .map(|words| words.says(tongue))
        .collect();
    lines.comment_of(&format!(
        "{}: {}",
        tongue.of("業務機能", "Functions"),
        functions.join(tongue.of("、", ", "))
    ));
    let mut told = BTreeSet::new();
    for row in &interface.rows {
        let notes = row.note_keys().filter_map(|note| words.note.get(note));
        let doubt = words.doubt.get(&row.doubt);
        for (name, said) in notes
            .map(|note| (tongue.of("注", "Note"), note))
            .chain(doubt.map(|doubt| (tongue.of("疑義", "Doubt"), doubt)))
        {
            let said = format!("{name}: {}", said.says(tongue));
            if told.insert(said.clone()) {
                lines.comment_of(&said);
            }
        }
    }
    match interface.guarantee() {
        GuaranteeDuty::Sender => lines.comment(
            "到達保障: 送信側 (当方)。到達証がその証拠となる。",
            "Guarantee of arrival: ours. The receipt is the proof.",
        ),
        GuaranteeDuty::BySender => lines.comment(
            "到達保障: 送信側 (連携先)。連携先がダイジェストのファイルを置くなら remote.digest に書く。",
            "Guarantee of arrival: the partner's, who sends. If it leaves a digest file, name that in remote.digest.",
        ),
        GuaranteeDuty::None => lines.comment(
            "到達保障: 一覧に記載なし。当方では同じように証明する。",
            "Guarantee of arrival: the list says nothing. It is proven like the others.",
        ),
    }
}

/// Writes `open`: the keys that only people can fill in.
fn open(lines: &mut Lines, answers: &InitAnswers, interface: &Interface, layout: &LayoutChoice<'_>) {
    let is_in = interface.direction == ListedWay::In;
    let says_day = matches!(interface.frequency, Frequency::Yearly | Frequency::Monthly);
    let values: Vec<String> = layout.values.iter().map(|(name, _)| format!("values.{name}")).collect();
    let mut points: Vec<&str> = Vec::new();
    points.extend(layout.is_open.then_some("layout"));
    points.extend(is_in.then_some("remote.name"));
    points.extend(says_day.then_some("expect"));
    let imports = is_in && interface.is_exclusive() && !answers.import.contains_key(&interface.business);
    points.extend(imports.then_some("import.command"));
    points.extend(values.iter().map(String::as_str));
    if !points.is_empty() {
        lines.comment(
            "まだ決まっていない項目。決めて下に書き、ここから消す。totatsu check が残りを数える。",
            "Still to be agreed: write it below, and remove it here. `totatsu check` counts what is left.",
        );
        lines.texts("open", &points);
    }
}

fn layout_lines(lines: &mut Lines, layout: &LayoutChoice<'_>) {
    if layout.is_open {
        lines.comment(
            "一覧にレイアウトはない。連携先の最新の仕様書と突き合わせてから使う。",
            "The list has no layouts: compare this one with the partner's own sheet before the first real file.",
        );
    } else {
        lines.comment(
            "庁内のファイルはそのまま送る。標準仕様の CSV なら、そのレイアウトの名前を書くと中身も確かめる。",
            "Files within the municipality go as they are; the name of a CSV layout has their contents checked too.",
        );
    }
    lines.text("layout", layout.name);
    if !layout.others.is_empty() {
        lines.comment_of(&format!(
            "{}: {}",
            lines.tongue.of(
                "ほかの種類のファイルは、それぞれ別の連携にする",
                "Files of other kinds get a link of their own each"
            ),
            layout.others.join(", ")
        ));
    }
}

fn order(lines: &mut Lines, interface: &Interface) {
    match (interface.scope, interface.direction) {
        (InterfaceScope::Diff, _) => {
            lines.comment("差分: 1 件ずつ、順番を守る。", "Differences: one after another, none overtakes.");
            lines.text("order", "strict");
        }
        (InterfaceScope::Full, ListedWay::Out) => {
            lines.comment(
                "全件: 新しいファイルが、まだ送り始めていない古いものに代わる。",
                "Full: a newer file takes the place of those not yet begun.",
            );
            lines.text("order", "latest");
        }
        (InterfaceScope::Full, ListedWay::In) => {
            lines.comment(
                "全件の集信: 古いファイルが新しいものの後に取り込まれないよう、順番を守る。",
                "Full, coming in: one after another, so that no older file is imported after a newer one.",
            );
            lines.text("order", "strict");
        }
    }
}

fn expectation(lines: &mut Lines, answers: &InitAnswers, interface: &Interface) {
    let dates = &answers.dates;
    let by = &dates.by;
    let yearly = dates.yearly_on.get(&interface.business).map_or("04-01", String::as_str);
    let expect = match (interface.frequency, interface.scope) {
        (Frequency::Daily, InterfaceScope::Diff) => format!("business days by {by}"),
        (Frequency::Daily, InterfaceScope::Full) => {
            lines.comment(
                "日次の全件。当初課税の時期だけなら、期待する日を決めない。毎日来るなら次の行を有効にする。",
                "Daily and full: where it goes at the first assessment only, no day is expected. Where it goes each day, uncomment:",
            );
            return lines.raw(&format!("#expect = \"business days by {by}\""));
        }
        (Frequency::Monthly, _) => format!("monthly on {} by {by}", dates.monthly_on),
        (Frequency::Yearly, _) => format!("yearly on {yearly} by {by}"),
        (Frequency::Adhoc, _) => {
            return lines.comment("随時: 来る日を期待しない。", "As it comes: no day is expected.");
        }
    };
    lines.comment(
        "この日時までに来なければ知らせる。一覧には頻度だけがあり、日付と時刻はない。",
        "An alert tells when nothing came by then. The list has the frequency, but no day and no time.",
    );
    lines.text("expect", &expect);
}

fn expected_records(lines: &mut Lines, interface: &Interface) {
    lines.raw("\n[expected]");
    match interface.expected_max() {
        Some(max) => {
            match interface.has_busy_season() {
                true => {
                    lines.comment("想定件数 (繁忙期の上限)。", "Up to so many records, in the busy season.")
                }
                false => lines.comment("想定件数 (上限)。", "Up to so many records."),
            }
            lines.raw(&format!("records = {max}"));
        }
        None => {
            lines.comment("想定件数は一覧に記載なし。", "The list gives no number of records.");
            lines.raw("#records = 1000");
        }
    }
    if interface.scope == InterfaceScope::Full {
        lines.comment(
            "0 件の全件ファイルは疑って保留する。",
            "A full file without a record is held as suspicious.",
        );
        lines.text("empty", "hold");
    }
}

fn remote(lines: &mut Lines, answers: &InitAnswers, interface: &Interface, names: &LinkNames<'_>) {
    let said = answers.partners.get(&interface.partner);
    let above = said.and_then(|said| said.directory.as_deref()).unwrap_or_default().trim_end_matches('/');
    let above = if above.is_empty() { String::new() } else { format!("{above}/") };
    lines.raw("\n[remote]");
    lines.comment(
        "連携先のディレクトリ。連携ごとに分けておけば、ファイル名だけで混ざることがない。",
        "The partner's directory: one for each link, so that no two links' files can be taken for each other.",
    );
    lines.text("directory", &format!("{above}{}", names.link));
    match interface.direction {
        ListedWay::Out => {
            lines.comment(
                "連携先でのファイル名。{name} は元の名前。",
                "The name at the partner; {name} is the source's own.",
            );
            lines.text("name", "{name}");
            lines.comment(
                "連携先が、次のファイルが同じ名前で届くまでに前のファイルを引き取らないときは、日付の入った名前 (name = \"…{date}…\") にするか、\
                 same_name を \"version\" (番号を付ける) か \"replace\" (置き換える) にする。\"hold\" は保留する。",
                "If the partner doesn't remove its file before the next one comes under the same name: a dated name (name = \"…{date}…\"), \
                 or same_name = \"version\" (a number is added) or \"replace\"; \"hold\" holds the delivery.",
            );
            lines.raw("#same_name = \"hold\"");
        }
        ListedWay::In => {
            lines.comment(
                "集めるファイルの名前。連番や日付があれば {number} や {date} と書く。",
                "Which names are meant; {number} and {date} where names have them.",
            );
            lines.text("name", "*");
        }
    }
}

fn import(lines: &mut Lines, answers: &InitAnswers, interface: &Interface) {
    lines.raw("\n[import]");
    lines.comment(
        "取込みのプログラム (絶対パス) と引数。{file} は受信フォルダのファイル。なければ業務システムが受信フォルダから取る。",
        "What imports a file: a program by its whole path, and its arguments; {file} is the file in the inbox. Without one, the \
         business system takes files from the inbox by itself.",
    );
    match answers.import.get(&interface.business) {
        Some(command) => lines.texts("command", command),
        None => {
            lines.raw(&format!("#command = [\"/usr/local/bin/{}-import\", \"{{file}}\"]", interface.business))
        }
    }
}
