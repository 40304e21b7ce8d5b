//! Writes the files that are made of texts which stand elsewhere: `cargo run --example texts`.
//!
//! `i18n/en/help.ftl` is made of the doc comments of the command line, `docs/codes.md` and `docs/ja/codes.md` of the messages that have
//! a code, `docs/ja/configuration.md` of the Japanese sample, whose keys and defaults tests hold to the program's. A test compares them
//! with what they are made of. On failure: the message of the file system, and exit code 1.

use std::fs;
use std::process::ExitCode;

use totatsu::cli;
use totatsu_base::messages::Tongue;

/// What stands before the texts of the help.
const HEADING: &str = "\
# The help of the command line. Made of the doc comments in src/cli by: cargo run --example texts
# The Japanese texts stand in i18n/ja/help.ftl, under the same ids, and are written by people.

";

#[allow(dead_code, reason = "the test of these files takes this file in as a module")]
fn main() -> ExitCode {
    for (path, text) in files() {
        if let Err(error) = fs::write(path, text) {
            eprintln!("texts: {path}: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// Each file, and what stands in it.
pub fn files() -> [(&'static str, String); 4] {
    let help: String = cli::help_texts().iter().map(|(id, text)| message(id, text)).collect();
    [
        ("i18n/en/help.ftl", format!("{HEADING}{help}")),
        ("docs/codes.md", cli::codes_page(Tongue::En)),
        ("docs/ja/codes.md", cli::codes_page(Tongue::Ja)),
        ("docs/ja/configuration.md", configuration()),
    ]
}

/// What stands before the keys.
const CONFIGURATION: &str = "\
# 設定一覧

<!-- config/ja の見本から作成: cargo run --example texts -->

設定は一つのディレクトリ（`/etc/totatsu`、または `--config`、`TOTATSU_CONFIG`）にあります。

```
/etc/totatsu/
├── totatsu.toml         ゲートウェイ
├── partners/名前.toml   連携先ごとに一つ。名前が連携先の名前
├── links/名前.toml      連携ごとに一つ。名前が連携の名前で、送信フォルダの名前
├── coverage.toml        連携一覧のうち受け持つ範囲（なくてもよい）
└── keys/                秘密鍵など。モード 0600、所有者 totatsu
```

- 起動のときに読みます。変えたら `totatsu check` で確かめ、`totatsu reload` で切り替えます。知らない項目は誤りです（`[values]` を除く）。
- 時間は `\"30s\"`、`\"5min\"`、`\"2h\"`、`\"3d\"`、大きさは `\"64 KiB\"`、`\"10MB\"` のように書きます。時刻はすべて日本時間です。
- 秘密（パスワード、パスフレーズ）は設定ファイルに書きません。ファイルか systemd の credential の名前を書きます。
- `init` を日本語で実行すると、注釈も日本語で書きます。手で書き始めるなら、日本語の注釈の見本が `/usr/share/totatsu/example/ja` にあります
  （ソースでは `config/ja`）。この一覧はその見本から作っています。`表.項目` は、表 `[表]` の中の項目です。
- 条件の詳しい説明（英語）は [configuration.md](../configuration.md) にあります。
";

/// Each section of the list of keys: its heading, its sample, and the tables of it that are shown; all where none is named.
const SECTIONS: [(&str, &str, &[&str]); 6] = [
    ("`totatsu.toml`（ゲートウェイ）", "totatsu.toml", &[]),
    ("`partners/名前.toml`（連携先、SFTP）", "partners/eltax.toml", &[]),
    ("`partners/名前.toml`（連携先、FTPS と FTP）", "partners/shuno.toml", &["ftps", "allow_cleartext"]),
    ("`partners/名前.toml`（連携先、媒体）", "partners/mpn.toml", &["medium", "sheet"]),
    ("`links/名前.toml`（配信の連携）", "links/nenkin-tokucho-irai.toml", &[]),
    ("`links/名前.toml`（集信の連携）", "links/keshikomi-joho.toml", &[]),
];
/// The table whose keys are the layout's own.
const VALUES: &str = "values";

/// Every key with its default and what it means, as the Japanese sample has it.
fn configuration() -> String {
    let section = |(heading, sample, tables): &(&str, &str, &[&str])| {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/config/ja/").to_owned() + sample;
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let keys = keys_of(&text).into_iter().filter(|(key, ..)| {
            let first = key.split('.').next().unwrap_or_default();
            tables.is_empty() || tables.contains(&first)
        });
        let row = |(key, default, meaning): (String, String, String)| {
            format!("| `{key}` | {default} | {} |\n", meaning.replace('|', "\\|"))
        };
        let rows: String = keys.map(row).collect();
        format!("\n## {heading}\n\n| 項目 | 省略時 | 意味 |\n|---|---|---|\n{rows}")
    };
    let free = "| `values` | レイアウトのもの | レイアウトが連携から受け取る値。名前はレイアウトのもの（`totatsu layout show`） |\n";
    let sections: Vec<String> = SECTIONS.iter().map(section).collect();
    let with_values =
        |text: &String| if text.contains("links/") { text.clone() + free } else { text.clone() };
    CONFIGURATION.to_owned() + &sections.iter().map(with_values).collect::<String>()
}

/// The keys of a sample: with the table before it, the default, and the comment above it.
fn keys_of(sample: &str) -> Vec<(String, String, String)> {
    let (mut keys, mut table, mut comment) = (Vec::new(), "", String::new());
    for line in sample.lines() {
        if let Some(more) = line.strip_prefix("# ") {
            comment += more;
        } else if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            (table, comment) = (name, String::new());
        } else if let Some((key, value)) = line.trim_start_matches('#').split_once(" = ") {
            let told = std::mem::take(&mut comment);
            if table != VALUES {
                let key = if table.is_empty() { key.to_owned() } else { format!("{table}.{key}") };
                keys.push((key, default_of(&told, value), meaning_of(&told)));
            }
        } else {
            comment.clear();
        }
    }
    keys
}

/// What holds where the key isn't written: what the comment says of it, else what the sample shows.
fn default_of(comment: &str, shown: &str) -> String {
    let said = comment.split_once("省略時: ").map(|(_, rest)| rest.trim_end_matches('。').to_owned());
    match said {
        Some(said) => said,
        None if comment.contains("必須。") => "（必須）".to_owned(),
        None => format!("`{shown}`"),
    }
}

fn meaning_of(comment: &str) -> String {
    let said = comment.split_once("省略時: ").map_or(comment, |(meaning, _)| meaning);
    said.replacen("必須。", "", 1).trim().to_owned()
}

/// A text as a message in Fluent's format.
fn message(id: &str, text: &str) -> String {
    let literal = |text: &str| text.replace('{', "\u{1}").replace('}', "{\"}\"}").replace('\u{1}', "{\"{\"}");
    if !text.contains('\n') {
        return format!("{id} = {}\n", literal(text));
    }
    let line = |line: &str| match line {
        "" => "\n".to_owned(),
        line => format!("    {}\n", literal(line)),
    };
    format!("{id} =\n{}", text.lines().map(line).collect::<String>())
}
