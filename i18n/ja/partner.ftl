# 連携先のサーバを試すとき（totatsu partner probe）と、その鍵を登録するとき（totatsu partner trust）。

## 試すこと

partner-topic-ask = 名前の確認
partner-topic-create = ファイルの作成
partner-topic-sync = ディスクへの同期の確認
partner-topic-size = サイズの確認
partner-topic-list = ディレクトリの一覧
partner-topic-read-back = 読み戻し
partner-topic-digest = 先方でのダイジェスト計算
partner-topic-resume = 途中からの続き
partner-topic-hard-link = 二つ目の名前（ハードリンク）
partner-topic-rename = 空いている名前への改名
partner-topic-rename-refuses = 使用中の名前を守る改名
partner-topic-replace = 一瞬での置き換え
partner-topic-case-sensitive = 大文字と小文字の区別
partner-topic-longest-name = 最長の名前
partner-topic-free-space = 空き容量
partner-topic-clock = 時計の一致
partner-topic-round-trip = 往復の時間
partner-topic-send-rate = 送信
partner-topic-read-rate = 読み戻しの速さ
partner-topic-final-name-stays = 最終の名前が残る
partner-topic-remove = ファイルの削除

## 結果

partner-found-free = 空いている名前を、空いていると答える
partner-found-created = 作成、書き込み、クローズができた
partner-found-synced = 求めて、確認を得た
partner-found-no-request = サーバにその機能がない
partner-found-hidden = ファイルが見えない（隠されているか、すぐに持ち去られた）
partner-found-clock = 先方の時計はこちらと { $ahead } 秒違う（1、2 秒の誤差あり）
partner-found-no-time = 連携先は、書き込みの時刻を答えない
partner-found-ours = こちらのものを含む
partner-found-not-ours = こちらのものが見えない
partner-found-more = ほかにもある（一覧は途中まで）
partner-found-same-bytes = 同じバイト列
partner-found-other-bytes = 送ったものと違うバイト列
partner-found-digest = HASH または XSHA256
partner-found-no-digest = できない（バイト列そのものを読み戻す）
partner-found-rest = 続きを受け付けた
partner-found-made = できた
partner-found-replaced = 置き換わった
partner-found-by-link = 二つ目の名前を作り、元の名前を消す
partner-found-by-link-left = 二つ目の名前を作り、元の名前を消す（ただし元の名前は消せずに残る）
partner-found-by-rename = 確認してから、普通の改名
partner-found-by-replacing = 置き換える改名
partner-found-spares-not = その名前のファイルが置き換わった
partner-found-spares = 断られ、両方のファイルが残る
partner-found-case-apart = 大文字と小文字を区別する
partner-found-case-one = 大文字と小文字は同じ名前
partner-found-case-untold = 名前を確認できないので、わからない
partner-found-bytes = { $bytes } バイト
partner-found-bytes-least = 少なくとも { $bytes } バイト。そのあと: { $error }
partner-found-bytes-most = { $bytes } バイト（ファイルシステムの上限）
partner-found-round-trip = 名前の確認一回に { $milliseconds } ミリ秒
partner-found-rate = 毎秒 { $rate }（{ $bytes } バイトで測定）
partner-found-not-tried-exists = 試していない（{ $path } がすでにあり、触らずに残した）
partner-found-not-tried-untold = 試していない（名前がどうなったかを確かめられない）: { $error }
partner-found-taken = 名前を付けて { $seconds } 秒後になくなった（連携先が持ち去った）
partner-found-stays = { $seconds } 秒後も残っていたので、こちらで消した
partner-found-all-gone = 試験のファイルはすべて消えた
partner-found-left = { $paths } を消せない
partner-found-both = { $one }、{ $other }
partner-found-entries = { $count } 件
partner-found-meant = 連携 { $link } の対象 { $meant } 件（{ $pattern }）
partner-found-unusable = 使えない名前のもの { $count } 件
partner-found-unseen = ほかに見えないものがある
partner-found-unlisted = 一覧しきれないものがある

## 足りないもの

partner-lacks-create = このアカウントは、ここでファイルを作成して書き込めません: { $words }
partner-lacks-rename = ほかのファイルを危険にさらさずに最終の名前を付けられません: { $words }
partner-lacks-remove = このアカウントは自分のファイルを消せないため、途中で切れたときの書きかけが残ります: { $words }
partner-lacks-all = 何も試せませんでした
partner-lacks-listing = 一覧がすべてではありません
partner-lacks-room = ディレクトリに、一覧しきれないほどのものがあります
partner-lacks-collecting = ここから集信できません: { $error }
partner-lacks-moving = ここへ移せません: { $error }

## 先方に許してもらうこと

partner-start-directory = 開始ディレクトリ
partner-advise-create = { $place } への書き込みをこのアカウントに許し、ディスクが一杯でないかを見るよう、先方に頼んでください
partner-advise-read = { $place } で自分のファイルを読むことを、このアカウントに許してもらってください。証明の段階が「内容一致」になります
partner-advise-ask = { $place } で名前とサイズを確認すること（SFTP では lstat、FTP では MLST または SIZE）を、このアカウントに許してもらってください。許されず、読み戻しもできないときは、証明の段階は「書き込みの応答」止まりです
partner-advise-rename = { $place } で自分のファイルを改名することを、このアカウントに許してもらってください
partner-advise-rename-replace = { $place } で自分のファイルを改名することを、このアカウントに許してもらってください。それまでは same_name = "replace" の連携だけが使えます
partner-advise-remove = { $place } で自分のファイルを消すことを、このアカウントに許してもらってください
partner-advise-spare = このサーバの改名は、その名前のファイルを置き換え、ハードリンクもありません。似た名前をほかの誰も書かないようにするか、remote.name に {"{id}"} を入れてください
partner-advise-replace = このサーバでは same_name = "replace" を使えません
partner-advise-sync = 先方は、ディスクに書けたことを確認しません。先方の停電でファイルを失っては困るときは、受領確認を取り決めてください
partner-advise-case = 大文字と小文字だけが違う名前は、先方では同じ名前です。それで区別しないでください
partner-advise-clock = 先方の時計をこちらと比べてもらってください。先方の記録の日時が合いません
partner-advise-takes-away = この連携先の [profile] に takes_away = true と書いてください（--write で書けます）
partner-advise-earlier = { $path } は前の試験の残りです。消してください
partner-advise-names = 使えない名前のものを改名するよう、先方に頼んでください
partner-advise-old-files = 古いファイルを消すよう、先方に頼んでください
partner-advise-list = { $place } の一覧を、このアカウントに許してもらってください
partner-advise-make = { $place } を作り、このアカウントに書き込みを許すよう、先方に頼んでください

## 結果の表示

partner-shown-head = 連携先 { $partner }: { $transport } { $address }、ユーザー { $user }
partner-shown-server = サーバ
partner-shown-key = 鍵
partner-shown-signed-in = 認証方法
partner-shown-cipher = 暗号
partner-shown-key-exchange = 鍵交換
partner-shown-offers = 拡張機能
partner-shown-limits = 上限
partner-shown-limit-packet = パケット { $bytes }
partner-shown-limit-read = 読み込み { $bytes }
partner-shown-limit-write = 書き込み { $bytes }
partner-shown-limit-files = 同時に開けるファイル { $count }
partner-shown-collected = { $directory }（集信元。連携: { $links }）
partner-shown-moved-to = { $directory }（集信したファイルの移動先。連携: { $links }）
partner-shown-start-directory = 開始ディレクトリ
partner-shown-directory = ディレクトリ { $name }
partner-shown-missing = 不足: { $words }
partner-shown-advice = 助言: { $words }
partner-shown-yes = ○
partner-shown-no = ×
partner-shown-proof = 得られる証明の段階: { $grade }
partner-shown-nothing = ここには配信できません

## コマンド probe

partner-file-name = ディレクトリを付けず、ファイル名だけを書いてください
    .code = TT-3501
partner-interrupting = totatsu: 中断しました。試験のファイルを消しています
partner-interrupted = 中断しました
partner-left = 連携先に残りました。手で消してください: { $path }
partner-nothing-written = totatsu: 何も書いていません。連携先がファイルを持ち去るかどうかは、--final-name 名前 を付けたときだけわかります
    .code = TT-3502
partner-written = { $path } に書きました: profile.takes_away = { $takes_away }

## コマンド trust

partner-key-of-example = 連携先のファイルのホスト鍵は、まだ見本のままです（誰の鍵でもありません）。{ $address } のホスト鍵は { $fingerprint } です。書面か電話で確かめた指紋で、先に登録してください: totatsu partner trust { $partner } --fingerprint SHA256:...
    .code = TT-3510
partner-open-point-gone = { $partner } のファイルの未定の項目（open）から { $key } を除きました
partner-differ-mistyped = 入力した指紋は、末尾の文字が指紋の終わりになりえません。打ち間違いか読み違いです

partner-until-first = --until が --as-of より前です
    .code = TT-3503
partner-no-jump = --jump: 連携先 { $partner } の [jump] に中継ホストがありません
    .code = TT-3504
partner-medium-shows-none = 媒体は鍵を示しません。totatsu medium prepare で、見分けるための印を付けます
    .code = TT-3505
partner-fingerprint-form = --fingerprint: `ssh-keygen -l` に出る形（SHA256: と base64）で書いてください
    .code = TT-3506
partner-fingerprint-error = --fingerprint: { $error }
partner-dates-for-sftp = --as-of と --until は SFTP 用です。証明書には有効期間が書いてあります
    .code = TT-3507
partner-pinned = { $told } を { $partner } のファイルに書きました。check で確かめ、reload で読み込ませてください
partner-pinned-example-gone = { $told } を { $partner } のファイルに書き、見本の鍵を消しました。check で確かめ、reload で読み込ませてください
partner-pinned-jump = { $told } を { $partner } のファイルの [jump] に書きました。check で確かめ、reload で読み込ませてください
partner-pinned-jump-example-gone = { $told } を { $partner } のファイルの [jump] に書き、見本の鍵を消しました。check で確かめ、reload で読み込ませてください
partner-trust-not-recorded = だれがこの鍵を登録したかを台帳に記録できませんでした。連携先のファイルの変更は、次の reload または起動のときに記録されます
partner-pinned-already = { $told } は、すでに { $partner } のファイルにあります
partner-pinned-already-jump = { $told } は、すでに { $partner } のファイルの [jump] にあります
partner-differ-told = 入力した指紋: { $told }
partner-differ-shown = サーバの指紋: { $shown }
partner-differ = 一致しません。何も書いていません。電話で先方に確かめてください。書面の誤り、別のサーバ、または間に誰かが入っています
    .code = TT-3508
    .why = 紙が別の鍵のものか、別のサーバか、誰かが間にいます。
partner-differ-jump = 一致しません。何も書いていません。電話で中継ホストの担当者に確かめてください。書面の誤り、別のサーバ、または間に誰かが入っています
    .code = TT-3509
    .why = 紙が別の鍵のものか、別のサーバか、誰かが間にいます。
partner-jump-has-own-key = { $error }。中継ホストには別の鍵があります: totatsu partner trust { $partner } --jump --fingerprint SHA256:...
