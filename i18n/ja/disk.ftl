# 自機のディスクでの作業。何をしていたかは、それぞれ別のメッセージになっている（パスを受け取る）。

disk-failed = { $doing }に失敗しました: { $error }
    .code = TT-1001

disk-asking-for-the-free-space-of = { $path } の空き容量の確認
disk-binding-the-socket = ソケット { $path } の作成
disk-copying = { $path } のコピー
disk-copying-to = { $path } へのコピー
disk-cutting-the-torn-end-of = { $path } の末尾の書きかけの削除
disk-linking = { $path } へのリンク
disk-listing = { $path } の一覧
disk-locking = { $path } のロック
disk-looking-at = { $path } の確認
disk-looking-into = { $path } の中の確認
disk-making = { $path } の作成
disk-making-a-directory-in = { $path } の中でのディレクトリの作成
disk-making-directory = ディレクトリ { $path } の作成
disk-naming = { $path } の名前付け
disk-opening = { $path } のオープン
disk-opening-directory = ディレクトリ { $path } のオープン
disk-opening-the-lock-file = ロックファイル { $path } のオープン
disk-opening-the-socket-to-the-group = ソケット { $path } のグループへの公開
disk-packing = { $path } の圧縮
disk-preparing = { $path } の準備
disk-reading = { $path } の読み込み
disk-removing = { $path } の削除
disk-removing-the-old-socket = 古いソケット { $path } の削除
disk-renaming = { $path } の改名
disk-starting-the-writer-of = { $path } の書き込み処理の開始
disk-syncing = { $path } のディスクへの同期
disk-syncing-directory = ディレクトリ { $path } のディスクへの同期
disk-understanding = { $path } の解釈
disk-using = { $path } の使用
disk-waiting-for = { $path } の待ち合わせ
disk-writing = { $path } への書き込み

## 信用できないもの

disk-not-ours = 所有者がユーザー { $owner } です。ゲートウェイのユーザー { $we } だけのものでなければなりません。chown し、chmod go-w してください
disk-no-directory = ディレクトリではありません（ここではシンボリックリンクをたどりません）。直すか、消してください
disk-another-name = 引き取る間に、別の名前が付けられました
disk-replaced = 引き取る間に、別のファイルに替えられました
disk-stranger = 所有者がユーザー { $owner } です（ゲートウェイのユーザー { $we } でも root でもありません）。連携に所有者を書くか、所有者をこのどちらかに変えてください
disk-stranger-named = 所有者がユーザー { $owner } です（ゲートウェイのユーザー { $we } でも、ユーザー { $named } でも、root でもありません）。連携に所有者を書くか、所有者をこのどれかに変えてください
disk-everybody = 中のものを誰でも改名、削除できます。その権限を外す（chmod o-w）か、スティッキービットを付けてください
disk-somebody-elses = 同じディレクトリにある { $name } は、ほかのユーザーのものです。消してください

## どの権限が足りないか

disk-right-to-read = { $error }。ユーザー { $user } に { $path } を読む権限がありません（所有者 { $owner }、モード { $mode }）
disk-right-to-write = { $error }。ユーザー { $user } に { $path } へ書き込む権限がありません（所有者 { $owner }、モード { $mode }）
disk-right-to-pass = { $error }。ユーザー { $user } に { $path } の中へ進む権限がありません（所有者 { $owner }、モード { $mode }）
disk-user = { $name }（{ $number }）
