# 配信と集信の進行: 人の判断を待つ理由と、spool と台帳の対応。

## spool と台帳

journey-spool-in-use = { $spool } は、別の totatsu プロセスが使用中です。一つの spool で動くゲートウェイは一つだけです
    .code = TT-5201
    .do = もう一方を終わらせます。二つの設定が同じ spool を指しているときは paths.spool を直します。
journey-ledger-empty = { $spool } に配信がありますが、{ $ledger } の台帳は一件も知りません。paths.ledger を直すか、台帳を戻してください。どうしても戻せないときだけ、マニュアル（docs/ja/operation.md）にある計算機を失ったときの手順に従い、{ $lost } を touch してください
    .code = TT-5202
    .why = 空の台帳で始めると、送ったことを忘れ、もう一度送ってしまいます。
    .do = 手順は docs/ja/operation.md の「バックアップと復元」にあります。
journey-ledger-foreign = { $spool } は、{ $ledger } とは別の台帳のものです。paths.spool か paths.ledger を直すか、正しい台帳を { $id } ごと戻してください。どうしても戻せないか、この台帳が正しいときだけ、{ $lost } を touch してください
    .code = TT-5203
    .why = paths.spool と paths.ledger の組み合わせが違います（復元の誤り、写した設定など）。
    .do = 手順は docs/ja/operation.md の「バックアップと復元」にあります。
journey-ledger-older = { $spool } で使っていた台帳はイベント { $seen } まで進んでいますが、{ $ledger } の台帳にはありません（{ $has } で終わっています）。古い写しです。忘れられた分を、もう一度送ったり引き渡したりしてしまいます。新しい台帳を戻してください。どうしても戻せないときだけ、マニュアル（docs/ja/operation.md）にある計算機を失ったときの手順に従い、{ $lost } を touch してください
    .code = TT-5204
    .why = 台帳が、spool より古い写しから戻されています。
    .do = 手順は docs/ja/operation.md の「バックアップと復元」にあります。
journey-ledger-said-lost = 前の台帳を失ったことを示すファイルがありました。これから、この spool はこの台帳のものです
journey-cannot-remember = 台帳がどこまで進んだかを spool に書けません。もう一度試します
journey-paths-moved = spool、台帳、ソケットの場所が、動いているゲートウェイと違います。止めて、移して、起動してください
    .code = TT-5205
    .why = 動いているゲートウェイが使っている場所は、reload では変えられません。
    .do = systemctl restart totatsu で切り替わります。
journey-waits-until-mended = これが要るものは、直るまで待ちます

## 連携先と保留

journey-partner-gone = 連携先 { $partner } は設定にありません。元に戻し、再起動してから release してください
    .code = TT-5206
    .why = 終わっていない配信があるのに、partners/ からファイルがなくなりました。
    .do = もう送らないなら totatsu cancel ID です。
journey-no-partner = 連携先 { $partner } は設定にありません
    .code = TT-5207
    .why = 連携が、partners/ にない連携先を指しています。
    .do = どの連携かは totatsu check で分かります。
journey-partner-undecided = 連携先 { $partner } のファイルに未定の項目があります（ホストが未記入）。記入して reload してください。置かれたファイルは、それまで待ちます
    .code = TT-5229
    .why = ホスト名が、init が書いた仮のもの（.invalid）のままです。
    .do = 足りない項目は totatsu check --open で分かります。
journey-held-until = { $until } までの保留でした
journey-hold-ended = { $subject } の保留が解けました（{ $until } までの保留）
journey-step-stops = { $delivery } の段階「{ $step }」でゲートウェイが止まります: { $reason }
    .code = TT-5208
    .why = 自機のディスクかメモリを信用できません。書いたものが、違うものとして読み戻されました。
    .do = 起動し直す前に、ディスクとメモリを調べます。

## 人が判断すること

journey-lacks-evidence = 台帳に { $evidence } の記録がありません。totatsu の不具合として報告してください
    .code = TT-5209
    .why = 状態の根拠が台帳にありません。プログラムの誤りか、別の版の台帳です。
    .do = 台帳とログを残し、報告してください。
journey-dropped-twice = 二度置かれたようです。{ $at } の配信 { $id } と中身が同じです。これを cancel するか、わざとなら release で送ってください
    .code = TT-5210
    .why = 同じ連携に、同じバイト列が duplicates_within の間に来ました。多くは、ジョブの二重実行です。
    .do = それぞれがいつ来たかは totatsu show ID で比べられます。
journey-older = その間に送った { $newer } より古いものです。これを cancel するか、それでも送るなら release してください
    .code = TT-5211
    .why = 順番を守る連携で、これが保留の間に新しいものを送りました。
journey-agreement-link-gone = 送った時は受領ファイルを取り決めていましたが、連携 { $link } が設定にありません。元に戻し、再起動してから release してください。または、連携先が持っているかを聞いて confirm か resend してください
    .code = TT-5212
    .why = 到達は受領確認で確かめる取り決めで、何を探すかは連携のファイルにありました。
journey-agreement-gone = 送った時は受領ファイルを取り決めていましたが、連携先 { $partner } の連携に取り決めがありません。元に戻し、再起動してから release してください。または、連携先が持っているかを聞いて confirm か resend してください
    .code = TT-5213
    .why = 到達は受領確認で確かめる取り決めでしたが、連携から [acknowledgement] がなくなりました。
journey-sent-twice = 二度送られたようです。{ $at } の集信 { $id } と中身が同じです。これを cancel するか、わざとなら release で引き渡してください
    .code = TT-5214
    .why = 連携先が、同じバイト列を duplicates_within の間にもう一度送りました。
    .do = totatsu show で比べ、連携先に確かめてください。
journey-sent-twice-old = 二度送られたようです。{ $at } の集信 { $id } と中身が同じで、順序も合いません: { $what }。これを cancel するか、わざとなら release で引き渡してください
    .code = TT-5215
    .why = 同じバイト列がまた来て、番号や日付の順も違います。
    .do = どちらが正しいか、連携先に確かめてください。
journey-sent-twice-gap = 二度送られたようです。{ $at } の集信 { $id } と中身が同じです。これを cancel するか、わざとなら release してください。順番が来たら引き渡します: { $what }
    .code = TT-5216
    .why = 同じバイト列がまた来て、その前に来るはずのものがありません。
    .do = 足りないものを連携先に頼んでください。
journey-gap = { $what }。抜けているものを連携先に頼んでください。それを引き渡すと、続けて進みます。なしで進めるなら release してください
    .code = TT-5217
    .why = 連携の sequence では、先に来るものがあります。
    .do = 最後に来たものは totatsu list --link 名前 で分かります。
journey-too-old = { $what }。連携先に聞いて、それでも引き渡すなら release、要らなければ cancel してください
    .code = TT-5218
    .why = 番号か日付が、最後に渡したものより進んでいません。送り直しか、遅れたものです。
journey-suspicious = { $what }。作成元に確かめ、正しければ release、誤りなら cancel してください
    .code = TT-5219
    .why = 件数が、連携の見込みや最近のファイルから大きく外れています（[expected]）。
    .do = まだ何も送っていません（渡していません）。
journey-other-partner = 連携 { $link } の連携先は今は { $now } ですが、これは連携先 { $partner } で始まりました。連携を元に戻し、再起動してから release してください。または cancel してください
    .code = TT-5220
    .why = 途中で連携の連携先が変わりました。そのまま送ると、別の相手に届きます。
journey-medium-name = 名前が使えません: { $fault }。別の名前を連携先と取り決め（remote.name、remote.directory）、再起動してから release してください
    .code = TT-5221
    .why = FAT で使えない名前です（制御文字、" * : < > ? や縦棒など、末尾の空白や点）。
journey-other-medium = 媒体 { $medium } に書き込んで照合済みですが、今は { $there } が入っています。{ $medium } に戻して release してください。失くしたときは resend し、失くした媒体は決して渡さないでください
    .code = TT-5222
    .why = 別の媒体に書いてあります。二つの媒体で同じファイルが届いてしまいます。
journey-gave-up = { $attempt } 回試して、あきらめました: { $reason }
    .code = TT-5223
    .why = retry.give_up_after より長く失敗が続きました（接続してよい時間だけを数えます）。
    .do = 原因を直して totatsu release ID。失敗した段階から続けます。
journey-gave-up-unknown = 結果が不明です。{ $attempt } 回試して、あきらめました。名前は付いたかもしれません。連携先に聞き、持っていれば confirm、持っていなければ release してください: { $reason }
    .code = TT-5224
    .why = retry.give_up_after より長く失敗が続き、名前が付いたかどうかが分かりません。
journey-behind-rejected = 配信 { $id } がレイアウトに合わず拒否されました。順序を守る連携なので、後続も止めています。直したファイルを置いてもらい、その配信を先に release し、それから連携を release してください
    .code = TT-5225
    .why = order = "strict" の連携では、抜けたものを追い越せません。
    .do = 直したものを totatsu release ID、そのあと totatsu release --link 名前 です。

## 件数がおかしいもの

journey-no-records = 全件ファイルの連携なのに、レコードが一件もありません
journey-too-many-records = レコードが { $records } 件あり、想定件数（{ $most } 件）の { $allowed } 倍を超えています
journey-too-few-records = レコードが { $records } 件しかありません。この連携の最近のファイルは、いちばん少ないもので { $fewest } 件でした

## やり直す理由

journey-cut-off-transfer = 送信の途中でゲートウェイが止まりました。最初から送り直します
journey-not-whole-yet = 送り終える前にゲートウェイを起動し直したので、最初から送ります
journey-cut-off-naming = 名前を付ける途中でゲートウェイが止まりました。まず連携先を調べます
journey-cut-off-import = 取り込みの途中で止まりました。もう一度実行します
journey-earlier-removes = { $path } がありません。集信 { $earlier } が、前にあったファイルを片付けているところです

## ログと知らせ

journey-breaks-layout = レイアウトに合いません。totatsu report { $id } で誤りの一覧が出ます
journey-in-archive = フォルダを保管しました
journey-at-the-partner = 連携先で: { $asked }: { $answered }
journey-alert-rejected = { $name } はレイアウトに合わず、先へ進みません（連携 { $link } の { $id }）。totatsu report { $id } で誤りの一覧が出ます
    .code = TT-5226
    .why = ファイルがレイアウトに合いません。何も送っていません（渡していません）。
    .do = 報告をファイルの持ち主に渡し、直したものを置き直してもらってください。
journey-alert-quarantined = { $name } の不正なレコード { $count } 件を隔離しました（連携 { $link } の { $id }）。totatsu report { $id } で誤りの一覧が出ます
    .code = TT-5227
    .why = bad_records = "quarantine" の連携です。正しいレコードは渡しました。
    .do = 報告を連携先に渡してください。
journey-left-behind = { $path } が連携先 { $partner } に残っているかもしれません: { $why }
    .code = TT-5228
    .do = 待っているものはありません。連携先に消してもらいます。
journey-no-session = 連携先に接続できません
journey-took-longer = { $time } より長くかかりました
journey-acknowledgement-stays = 受領ファイルが残ります: { $error }

## 連携先に尋ねたことと答え（到達証に残る）

journey-asked-write = { $path } の書き込み
journey-answered-written = 完了、{ $size } バイト、SHA-256 { $sha256 }
journey-asked-remove = { $path } の削除
journey-answered-removed = 削除した
journey-answered-no-file = ファイルなし
