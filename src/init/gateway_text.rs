//! The text of `totatsu.toml` and of `coverage.toml`, as `init` writes them.
//!
//! The texts stand here and not in `i18n`: they are the template of a file, in two languages, and as messages not for people.

use super::answers::InitAnswers;
use super::choice::Choice;
use super::made::Lines;
use crate::catalogue::{InterfaceList, Tongue};

/// What stands in `totatsu.toml`.
pub(super) fn gateway(answers: &InitAnswers, tongue: Tongue) -> String {
    let mut lines = Lines::new(tongue);
    lines.comment(
        "ゲートウェイ本体の設定。totatsu init が作成した。起動時に読む。変更したら totatsu check で確かめ、totatsu reload で読み直させる。",
        "The gateway itself. Written by totatsu init; read when totatsu starts. After a change: `totatsu check` tells what is wrong, then `totatsu reload` has it read.",
    );
    lines.raw("\n[gateway]");
    lines.comment("到達証に載る名前。", "The name that receipts show.");
    lines.text("name", &answers.name);
    lines.comment(
        "全国地方公共団体コード (検査数字を含む 6 桁)。",
        "全国地方公共団体コード, six digits with the check digit.",
    );
    lines.text("municipality_code", &answers.municipality);
    lines.comment("記録と知らせの言語。", "The language of the log, of reasons and of alerts.");
    lines.text("language", tongue.of("ja", "en"));
    lines.raw("\n[paths]");
    let paths = &answers.paths;
    for (key, given, usual, ja, en) in [
        (
            "spool",
            &paths.spool,
            "/var/lib/totatsu/spool",
            "送信フォルダ・処理中の配信・保管庫。",
            "Outboxes, deliveries under way, archive.",
        ),
        (
            "ledger",
            &paths.ledger,
            "/var/lib/totatsu/ledger",
            "台帳 (ジャーナルと索引)。",
            "Journal and index.",
        ),
        ("layouts", &paths.layouts, "/usr/share/totatsu/layouts", "レイアウト。", "Record layouts."),
        (
            "socket",
            &paths.socket,
            "/run/totatsu/control.sock",
            "コマンドが使うソケット。",
            "The Unix socket on which the daemon answers commands.",
        ),
    ] {
        lines.comment(ja, en);
        match given {
            Some(path) => lines.path(key, path),
            None => lines.raw(&format!("#{key} = {usual:?}")),
        }
    }
    lines.raw("\n[calendar]");
    lines.comment(
        "土日・祝日・年末年始のほかに休む日があれば、1 行に 1 日付のファイルを指定する。",
        "Days off besides weekends, public holidays and the new year: a file with one date a line.",
    );
    lines.raw("#closures = \"closures.txt\"");
    lines.raw("\n[alerts]");
    lines.comment(
        "知らせを渡すプログラム (絶対パス)。指定しなければログに残るだけ。",
        "The program that alerts are handed to, by its whole path; without one they are only logged.",
    );
    lines.raw("#command = [\"/usr/local/bin/totatsu-alert\"]");
    lines.written
}

/// What stands in `coverage.toml`.
pub(super) fn coverage(answers: &InitAnswers, choice: &Choice, tongue: Tongue) -> String {
    let words = &InterfaceList::shipped().words;
    let mut lines = Lines::new(tongue);
    lines.comment(
        "連携一覧のうち、本ゲートウェイが受け持つ範囲。totatsu coverage がこれと連携を一覧と突き合わせる。",
        "The part of the national interface list that this gateway answers for: `totatsu coverage` compares it, and the links, with the list.",
    );
    let names: Vec<&str> =
        answers.businesses.iter().map(|business| words.business(business, tongue)).collect();
    lines.comment_of(&names.join(tongue.of("・", ", ")));
    lines.texts("businesses", &answers.businesses);
    for (interface, reason) in &choice.left_out {
        lines.raw("\n[[not_served]]");
        lines.text("interface", &interface.id);
        lines.text("reason", reason);
    }
    lines.written
}
