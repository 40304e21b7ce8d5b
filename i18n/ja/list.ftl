# list、show、status、outbox、collect と、人の操作の表示。断る理由も。

## 断る理由

list-no-link-of-municipality = 団体コード { $code } の連携はありません
    .code = TT-9101
    .why = ゲートウェイの団体にも、連携の団体にも、このコードがありません。
    .do = 6 桁の団体コードを書いてください。どの団体があるかは、totatsu check と links/ のファイルで分かります。
list-no-report = { $kind } { $id } は「{ $state }」です。誤りの報告はありません
    .code = TT-9102
    .why = 報告は、拒否したファイルと、隔離したレコードについて作ります。
    .do = どうなっているかは totatsu show で確かめてください。
list-report-removed = { $id } の報告は、内容とともに { $day } に削除されています
    .code = TT-9116
    .why = 報告にはレコードの引用があり得るため、内容とともに削除します。
list-folder-removed = { $id } のフォルダは、{ $day } に保管庫から削除されています。到達証は台帳に残っています
    .code = TT-9103
    .why = 保管期間が終わりました。
    .do = 到達証の番号とダイジェストは台帳にあります（totatsu show）。バイト列が要るときは、ご自身のバックアップから戻してください。
list-folder-gone = { $id } のフォルダは、もう保管されていません
    .code = TT-9104
    .why = spool にも保管庫にも、そのディレクトリがありません。
    .do = あるはずのものなら、バックアップから戻してください。ほかに何が欠けているかは totatsu audit verify で分かります。
list-of-whom = 対象を書いてください: 配信の番号、--partner、--link のどれか
    .code = TT-9105
    .why = 何を対象にするか分かりません。
list-until-form = 13:00 または "2026-12-01 13:00" のように書いてください
list-time-form = { $text } は日付でも時刻でもありません。2026-12-01 または "2026-12-01 13:00" のように書いてください
list-hash-form = SHA-256 は 0～9 と a～f の 64 文字です
list-until-past = { $at } はもう過ぎています

## 状態の語。人が打つ語と JSON の語は、常に英語のもの

list-state-and-name = { $word }（{ $name }）

## 状態の意味

list-meaning-found = 発見。連携先にあり、まだ取得していない
list-meaning-fetched = 取得済み。連携先のバイト列が手元にある
list-meaning-decoded = 解読済み。レイアウトのとおりに読めた
list-meaning-placing = 引き渡し中。受信フォルダに置いている
list-meaning-placed = 引き渡し済み。受信フォルダにある
list-meaning-importing = 取り込み中。取り込みのコマンドを実行している
list-meaning-imported = 取り込み済み。取り込みのコマンドが成功した
list-meaning-accepted = 引き取り済み。送信フォルダから引き取った
list-meaning-converted = 変換済み。送るバイト列ができた
list-meaning-transferring = 送信中
list-meaning-transferred = 送信済み。一時的な名前で送り終えた
list-meaning-verified = 照合済み。連携先のバイト列が同じだと確かめた
list-meaning-published = 到達。連携先で正式な名前になった
list-meaning-acknowledged = 受領確認済み。連携先の受領ファイルを確かめた
list-meaning-confirmed = 到達確認済み。別の方法で届いたことを人が確認した
list-meaning-receipted = 到達証作成済み
list-meaning-archived = 完了。保管庫にある
list-meaning-queued = 順番待ち。失敗ではない
list-meaning-handed-over = 媒体受け渡し待ち。媒体に書いてあり、受け取りの確認を待っている
list-meaning-waiting = 再試行待ち。失敗したので、自動でやり直す
list-meaning-unknown = 到達不明。正式な名前になったかまだ分からず、次に連携先を見て判断する
list-meaning-held = 保留。人の判断を待っている
list-meaning-rejected = 拒否。レイアウトに合わず、何も送っていない（引き渡していない）
list-meaning-repeated = 集信済みと同一。前に集信したものと同じファイル
list-meaning-superseded = 新しい全件に代替。新しい全件ファイルに譲った
list-meaning-cancelled = 取り消し。人が取りやめた

## 何が起きたか、一つずつ

list-event-queued = 順番待ち: { $why }
list-event-waiting = { $step }に失敗（{ $attempt } 回目）、次の試行 { $until }: { $reason }
list-event-held = { $step }で保留: { $reason }
list-event-act = { $act }（{ $by }）: { $reason }
list-event-resent = { $of } の再配信（{ $by }）: { $reason }
list-event-name-taken = 連携先に同じ名前があった: { $path }
list-event-superseded = 新しい全件 { $newer } に代わった
list-event-repeated = { $of } と同じファイル
list-event-rejected = 拒否: 誤り { $count } 件
list-event-answered = 受領ファイル { $name } を連携 { $link } に渡した
list-event-cleared = 連携先のファイルを片付けた
list-event-import = 取り込み開始（{ $run } 回目）
list-event-receipted = 到達証 { $number }
list-event-requested = { $by } が{ $act }を申請: { $reason }（二人目を { $until } まで待つ）
list-event-request-granted = 二人目: { $by }: { $reason }
list-event-request-withdrawn = { $by } が申請を取り下げ: { $reason }
list-event-removed = 削除: { $why }
list-event-contents-removed = 内容の削除: { $why }
list-event-alerted = 知らせ { $kind }: { $text }

## 段階、人の操作、連携先の状態の語

list-act-held = 保留
list-act-released = 再開
list-act-resent = 再配信
list-act-confirmed = 到達の確認
list-act-cancelled = 取り消し
list-act-contents-removed = 内容の削除
list-partner-up = 接続可
list-partner-undecided = 未定
list-partner-untried = 未確認
list-partner-down = 接続不可
list-partner-medium-wanted = 媒体待ち
list-partner-held = 保留
list-partner-unknown = 不明
list-how-medium = 媒体
list-how-phone = 電話
list-how-other = その他
list-kind-delivery = 配信
list-kind-collection = 集信
list-comma = 、

## 表の見出し

list-column-delivery = 番号
list-column-state = 状態
list-column-link = 連携
list-column-file = ファイル
list-column-note = 備考
list-column-partner = 連携先
list-column-unfinished = 未完了
list-column-since = いつから
list-column-next = 次の試行
list-column-why = 理由
list-column-inbound = 集信の連携
list-column-looked = 確認時刻
list-column-complete = 完成
list-column-taken-up = 集信開始
list-column-not-yet = 未完成
list-column-wrong = 異常
list-column-size = サイズ
list-column-standing = 状況

## 一覧

list-none = ありません
list-more = ほかに { $count } 件あります（--limit で表示）
list-more-so-far = ほかに少なくとも { $count } 件あります（--limit で表示）
list-more-than = ほかに { $count } 件を超えてあります。--limit で増やすか、--since と --until で絞ってください
list-looked-back = { $id } より前は調べていません。該当するものが長く見つからなかったためです。--since で最初の日を指定するか、--until で続きを調べてください
list-note-until = { $until } に再試行: { $reason }
list-note-problems = 誤り { $count } 件
list-note-receipt-of = 到達証 { $number }、{ $path }
list-note-receipt = 到達証 { $number }
list-note-receipt-left-out = 到達証 { $number }、隔離 { $count } 件

## 一件の詳細

list-fact-state = 状態
list-fact-why = 理由
list-fact-next = 次の試行
list-fact-link = 連携
list-fact-source = 元ファイル
list-status-second = { $delivery }（連携 { $link }）: { $act }
list-fact-second = 二人目
list-second-awaited = { $by } が申請した{ $act }が、{ $until } まで二人目を待っています: { $reason }
list-second-late = { $by } が申請した{ $act }に、{ $until } まで二人目がいませんでした: { $reason }
list-requested-resend = 再配信
list-requested-resend-older = 再配信（新しいものがあっても）
list-requested-confirm = 到達の確認（{ $says }、{ $how }）
list-fact-dropped-by = 投入者
list-fact-rejected = 拒否
list-fact-layout = レイアウト
list-fact-sent = 送信データ
list-fact-goes-to = 宛先
list-fact-moving = 送受信中
list-fact-proof = 証明
list-fact-said-so = 受領ファイル
list-fact-left = 先方に残存
list-fact-gave-way = 代替
list-fact-receipt = 到達証
list-fact-removed = 削除
list-fact-contents = 内容
list-fact-kept = 保管場所
list-fact-resend-of = 再配信の元
list-fact-found = 発見場所
list-fact-vouched = ダイジェストのファイル
list-fact-left-out = 隔離
list-fact-inbox = 受信フォルダ
list-fact-import = 取り込み
list-fact-answered = 返送した受領ファイル
list-fact-at-partner = 連携先で
list-fact-repeats = 同一
list-fact-others = 同名のもの
list-fact-folded = 縮退
list-fact-deadline = 期限
list-fact-resent-as = 再配信
list-fact-import-log = 取り込みの出力
list-fact-history = 履歴
list-folded = { $count } 文字
list-folded-by = { $count } 文字（表ごと: { $tables }）
list-deadline-met = 間に合った: 期限 { $due }、到達 { $arrived }
list-deadline-late = { $by }遅れた: 期限 { $due }、到達 { $arrived }
list-deadline-missed = 過ぎた: 期限 { $due } までに到達していない
list-deadline-due = { $due } まで
list-late-by = { $hours } 時間 { $minutes } 分
list-history-unreadable = 記録（ジャーナル）が読めません: { $error }
list-state-since = { $state } { $since } から
list-why-waiting = { $step }（{ $attempt } 回目）: { $reason }
list-why-held = { $step }: { $reason }
list-link-to = { $link } → { $partner }
list-link-from = { $link } ← { $partner }
list-source = { $name }、{ $bytes } バイト、SHA-256 { $sha256 }
list-never-fetched = { $name }（取得していません）
list-not-fetched = { $name }（まだ取得していません）
list-problems-report = 誤り { $count } 件: totatsu report { $id }
list-sent = { $bytes } バイト、SHA-256 { $sha256 }
list-moving = { $done } / { $total }
list-left-whole = { $path } が、全体のまま残っているおそれがあります。連携先に削除してもらってください
list-left-perhaps = { $path } が残っているおそれがあります。連携先に削除してもらってください
list-gave-way = { $newer } に譲りました
list-receipt = 番号 { $number }、SHA-256 { $sha256 }
list-removed = { $at }: バイト列はもう保管していません。到達証は台帳に残っています
list-contents-removed = { $at } に削除済み。到達証、署名、台帳の行は残っています
list-no-longer-there = { $file }（削除済み）
list-kept = { $folder }（{ $until } まで）
list-count-of-records = { $kind } { $count } 件
list-layout = { $name } { $version }: { $counts }
list-in-its-folder = この集信のディレクトリの { $file }
list-left-out = { $count } 件のレコード（{ $path } に保存）: totatsu report { $id }
list-placed = { $path }、{ $bytes } バイト、SHA-256 { $sha256 }
list-placed-for-import = { $path }、{ $bytes } バイト、SHA-256 { $sha256 }（取り込みのコマンド用）
list-import = { $times } 回実行。出力は { $path }
list-answered = { $name }（連携 { $link }）
list-repeats = { $earlier } と同じファイルです。連携先で更新日時だけが変わったもので、引き渡していません
list-by-hand = { $at } { $by }: { $reason }
list-report-of-delivery = { $file }、連携 { $link }、引き取り { $at }、配信 { $id }
list-report-of-collection = { $file }、連携 { $link }、発見 { $at }、集信 { $id }

## 人の操作の結果

list-act-done = { $kind } { $id }: { $act }
list-act-done-of = { $kind } { $id }: { $act }（{ $of } と同じバイト列）
list-act-stays = release するまで、このまま止まっています
list-act-goes-on = 続きから進みます
list-act-goes-on-with = 次は{ $step }です
list-act-told = { $done }。{ $next }。経過を見るには: totatsu show { $id }
list-act-imports-again = 取り込みを、同じファイルでもう一度実行します
list-act-left-whole = 注意: 連携先 { $partner } の { $path } に、全体を送り終えています。連携先がファイルとして扱うおそれがあります。いま接続できれば削除します。削除できたかは totatsu show で分かります。残っていれば、すぐに連携先に削除してもらってください
list-act-left = 送りかけたものがあれば、連携先 { $partner } の { $path } にあります（全体のこともあります）。いま接続できれば削除します。削除できたかは totatsu show で分かります。残っていれば、連携先に削除してもらってください

## ゲートウェイの状態

list-link-held = 連携 { $link } は { $since } から保留中です（{ $by }）: { $reason }
list-partner-held-until = { $until } まで保留。その時刻に自動で続けます: { $reason }
list-link-held-until = 連携 { $link } は { $since } から { $until } まで保留中です（{ $by }）: { $reason }
list-all-finished = 未完了の配信・集信はありません
list-unfinished = 未完了: { $counts }
list-count-of-state = { $state } { $count } 件
list-to = → { $partner }
list-from = ← { $partner }
list-link-title = { $link }（{ $title }）
list-not-yet-looked = まだ
list-left = 連携 { $link } の送信フォルダに { $name } が { $since } から残っています: { $why }
list-left-more = ほかに { $count } 件のファイルが送信フォルダに残っています: totatsu outbox
list-rejected = 拒否: { $id }（連携 { $link }、{ $name }、{ $at }、問題 { $problems } 件）。同じ名前の正しいファイルはまだ来ていません: totatsu report { $id }
list-rejected-more = ほかに { $count } 件が拒否されています: totatsu list --state rejected
list-configuration-wrong = 設定に誤りがあります（totatsu check で分かります）。台帳にあることだけを表示しています

## 監視システム向けの一行

list-check-no-answer = ゲートウェイが応答しません。理由は標準エラー出力にあります
list-check-well = 正常です
list-check-waiting = 注意（待っているものがあります）: { $told }
list-check-person = 要対応（人の操作が必要です）: { $told }
list-check-next = 、
list-check-stopped = ゲートウェイが動いていません
list-check-state = { $state } { $count } 件
list-check-link = 連携 { $link } が保留中
list-check-partner = 連携先 { $partner }: { $state }
list-check-look = 連携 { $link }: 直近の確認に失敗
list-check-missing = 来るはずのファイルが来ていない連携 { $count } 件
list-check-rejected = 拒否されたままのファイル { $count } 件
list-check-second = 二人目を待つ操作 { $count } 件
list-check-left = 送信フォルダに残っているファイル { $count } 件

## 連携先を見た結果

list-seen = 連携 { $link }: 連携先 { $partner } の { $place } に { $count } 件（確認 { $at }）
list-seen-at-start = 連携 { $link }: 連携先 { $partner } の接続直後のディレクトリに { $count } 件（確認 { $at }）
list-seen-wrong = 異常: { $trouble }
list-seen-nothing = いま集信を始めるものはありません
list-seen-taken-up = いま集信を始めるもの { $count } 件
list-seen-known = すでに台帳にあるもの { $count } 件
list-seen-waited-for = 待っているもの { $count } 件
list-seen-marker = 目印またはダイジェストのファイル { $count } 件
list-seen-not-meant = 名前の型 { $pattern } に合わないもの { $count } 件
list-seen-no-file = ファイルでないもの { $count } 件
list-seen-refused = 使えない名前のもの（エスケープして表示。連携先に改名してもらってください） { $count } 件
list-seen-more = ほか { $count } 件

## 送信フォルダにあるもの

list-outbox-nothing = 送信フォルダにファイルはありません
list-outbox-stays = 残っています: { $why }
list-outbox-no-link = 配信の連携 { $link } は、設定にありません
    .code = TT-9190
list-outbox-behind = 順序を守る連携で、{ $name } が先です
list-outbox-unreadable = このユーザーでは読めません: { $error }
list-outbox-empty = まだ 0 バイトです。中身が入ると引き取ります
list-outbox-ready = 引き取れます
list-outbox-quiet = { $quiet } の間変わらなければ引き取ります
list-outbox-settling = 落ち着くのを待っています
list-outbox-marker = .end ファイルを待っています
list-outbox-passing = 対象外です（一時的な名前、または目印のファイル）
list-outbox-refused = 引き取りません: { $why }
