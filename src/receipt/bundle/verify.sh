#!/bin/sh
# Verifies a bundle of totatsu, its extracted files, or an export of `totatsu audit export`: sh verify.sh BUNDLE.html|DIRECTORY
# Time stamps of an export are verified by the certificate of their authority: sh verify.sh DIRECTORY AUTHORITY.pem
# Needs openssl (3.0 or newer), sha256sum, awk, base64, od, cmp, paste, xargs. Uses no network and changes nothing.
# 到達証の資料（HTML 1 つ、取り出したファイル、監査の書き出し）を確かめます: sh verify.sh 資料.html|フォルダ
# 書き出しのタイムスタンプは、タイムスタンプ局の証明書で確かめます: sh verify.sh フォルダ 証明書.pem
# openssl（3.0 以上）などの上のコマンドを使います。totatsu は要りません。ネットワークは使わず、何も変えません。
# Each line tells in Japanese first, then in English.
set -u
export LC_ALL=C
[ $# -eq 1 ] || [ $# -eq 2 ] || { echo "使い方: sh verify.sh 資料.html|フォルダ [タイムスタンプ局の証明書.pem] / usage: sh verify.sh BUNDLE.html|DIRECTORY [AUTHORITY.pem]" >&2; exit 2; }
authority=${2:-}
for tool in openssl sha256sum awk base64 od cmp paste xargs; do
    command -v "$tool" >/dev/null || { echo "UNABLE 確かめられません: コマンド $tool がありません / can't verify: the command $tool is missing" >&2; exit 2; }
done
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
faults=0
bad() { echo "NG $*"; faults=$((faults + 1)); }

if [ -f "$1" ]; then
    mkdir "$scratch/files"
    awk -v into="$scratch/files/" '
        /^<script type="text\/plain" data-name="[A-Za-z0-9._-]+">$/ { split($0, part, "\""); name = part[4]; next }
        /^<\/script>$/ { name = "" }
        name != "" { print > (into name ".b64") }' "$1"
    for file in "$scratch/files/"*.b64; do
        [ -f "$file" ] || { echo "NG $1: 到達証の資料ではありません / no bundle"; exit 1; }
        base64 -d "$file" >"${file%.b64}" || bad "${file##*/}: 読み取れません / unreadable"
        rm "$file"
    done
    from=$scratch/files
else
    from=$1
fi
[ ! -e "$from/UNFINISHED.txt" ] || bad "UNFINISHED.txt: 書き出しが途中で止まっています / the export was interrupted"

# Every file is as listed, and none is there that isn't.
if [ -f "$from/SHA256SUMS" ]; then
    (cd "$from" && sha256sum --check --strict --quiet SHA256SUMS) || bad "SHA256SUMS: ファイルが変わったか、足りません（上の行） / a file differs or is missing (see above)"
else
    bad "SHA256SUMS がありません / SHA256SUMS is missing"
fi
[ -f "$from/receipt-key.pub" ] || { bad "receipt-key.pub がありません / receipt-key.pub is missing"; exit 1; }

# The public keys, each as it stands in a signature, and as openssl reads it.
keys=0
while read -r kind key _; do
    [ "$kind" = ssh-ed25519 ] || continue
    keys=$((keys + 1))
    printf '%s' "$key" | base64 -d >"$scratch/key$keys"
    { printf '\060\052\060\005\006\003\053\145\160\003\041\000'; tail -c 32 "$scratch/key$keys"; } >"$scratch/der$keys"
    { printf 'SSHSIG\000\000\000\001\000\000\000\063'; cat "$scratch/key$keys"
      printf '\000\000\000\017totatsu-receipt\000\000\000\000\000\000\000\006sha512\000\000\000\123\000\000\000\013ssh-ed25519\000\000\000\100'; } >"$scratch/head$keys"
    echo "鍵 / key: SHA256:$(openssl dgst -sha256 -binary "$scratch/key$keys" | base64 | tr -d '=')"
done <"$from/receipt-key.pub"

# Whether one of the keys signed this file.
signed() {
    sed '1d;$d' "$2" | base64 -d >"$scratch/sig" 2>/dev/null || return 1
    head -c 121 "$scratch/sig" >"$scratch/said"
    tail -c +122 "$scratch/sig" >"$scratch/bare"
    { printf 'SSHSIG\000\000\000\017totatsu-receipt\000\000\000\000\000\000\000\006sha512\000\000\000\100'
      openssl dgst -sha512 -binary "$1"; } >"$scratch/message"
    each=0
    while [ "$each" -lt "$keys" ]; do
        each=$((each + 1))
        cmp -s "$scratch/said" "$scratch/head$each" || continue
        openssl pkeyutl -verify -pubin -keyform DER -inkey "$scratch/der$each" -rawin -in "$scratch/message" -sigfile "$scratch/bare" >/dev/null 2>&1 && return 0
    done
    return 1
}

# A number or a word of a receipt, whose form is one fact a line.
fact() { sed -n "s/^  \"$2\": \"\{0,1\}\([A-Za-z0-9-]*\)\"\{0,1\},\{0,1\}$/\1/p" "$1" | head -n 1; }

if [ -f "$from/events.jsonl" ]; then journal=$from/events.jsonl receipts=$from/receipts; else journal=$from/journal.jsonl receipts=$from; fi
[ -f "$journal" ] || bad "$(basename "$journal") がありません / $(basename "$journal") is missing"
first=0 last=0 declared=0
if [ -f "$from/export.json" ]; then
    declared=1
    first=$(sed -n 's/.*"first_event":\([0-9]*\).*/\1/p' "$from/export.json")
    last=$(sed -n 's/.*"last_event":\([0-9]*\).*/\1/p' "$from/export.json")
fi

# Tells what was found: a fault, or what a reader should know.
tell() {
    while IFS= read -r told; do
        case $told in
            "bad "*) bad "${told#bad }" ;;
            "note "*) echo "-- ${told#note }" ;;
        esac
    done <"$1"
}

# Each line of the journal has the SHA-256 of the line before it. Lines are laid into files, some thousand at a time, so that one
# process takes the digests of all of them.
: >"$scratch/facts"; : >"$scratch/sums"; : >"$scratch/recorded"; : >"$scratch/lines"
[ ! -s "$journal" ] || [ "$(tail -c 1 "$journal" | od -An -tx1 | tr -d ' ')" = 0a ] || bad "$(basename "$journal"): 末尾が切れています / its end is cut off"
if [ -f "$from/journal.jsonl" ]; then
    head -n 1 "$journal" | grep -qE "\"delivery\":\"$(fact "$receipts/receipt.json" delivery)\",\"event\":\"(accepted|found|resent)\"" ||
        bad "台帳: 最初の行が、この配信の始まりではありません / journal: its first line isn't the beginning of this delivery"
fi
mkdir "$scratch/cut"
[ ! -f "$journal" ] || awk -v into="$scratch" '
    function digest() {
        if (held == 0) return
        system("cd \"" into "/cut\" && sha256sum * | cut -c 1-64 >>../sums && rm -f *")
        held = 0
    }
    {
        seq = "x"; prev = number = receipt = "-"
        if (match($0, /^\{"seq":[0-9]+,"at":"[^"]*","prev":"[0-9a-f]+"/)) {
            head = substr($0, 1, RLENGTH)
            seq = substr(head, 8, index(head, ",") - 8)
            prev = substr(head, length(head) - 64, 64)
        }
        if (match($0, /"event":"receipted","number":[0-9]+,"sha256":"[0-9a-f]+"/)) {
            split(substr($0, RSTART, RLENGTH), part, /[:,"]+/)
            number = part[5]; receipt = part[7]
        }
        print seq, prev, number, receipt >(into "/facts")
        file = into "/cut/" sprintf("%05d", held++)
        ORS = ""; print $0 >file; ORS = "\n"
        close(file)
        if (held == 5000) digest()
        if (seq == "x") exit
    }
    END { digest() }' "$journal"
paste -d " " "$scratch/facts" "$scratch/sums" | awk -v declared="$declared" -v first="$first" -v last="$last" -v into="$scratch" '
    $1 == "x" { print "bad 台帳: " before + 0 " 件目より後の行が読めません / journal: a line after event " before + 0 " is unreadable"; exit }
    {
        if (NR == 1) {
            if (declared && first != "" && $1 + 0 != first + 0)
                print "bad 台帳: " first " 件目から " $1 - 1 " 件目までがありません / journal: events " first " to " $1 - 1 " are missing"
        } else if ($1 == before + 1) {
            if ($2 != sum) print "bad 台帳: " before " 件目が変わっています / journal: event " before " was changed"
        } else if (!declared || (last != "" && before < last + 0)) {
            print "bad 台帳: " before + 1 " 件目から " $1 - 1 " 件目までがありません / journal: events " before + 1 " to " $1 - 1 " are missing"
        }
        before = $1 + 0; sum = $5
        print $1, sum >(into "/lines")
        if ($3 != "-") print $3, $4, $1 >(into "/recorded")
    }' >"$scratch/found"
tell "$scratch/found"
before_all=$(tail -n 1 "$scratch/lines" | cut -d " " -f 1)
before_all=${before_all:-0}
if [ "$declared" -eq 1 ] && [ -n "$last" ] && [ "$before_all" -lt "$last" ]; then bad "台帳: $((before_all + 1)) 件目から $last 件目までがありません / journal: events $((before_all + 1)) to $last are missing"; fi

# Each time stamp is for the line that the journal says; a line of the days before isn't here, and the journal vouches for its digest.
[ ! -f "$journal" ] || sed -n 's/.*"event":"stamped","line":{"seq":\([0-9]*\),"sha256":"\([0-9a-f]*\)"},"file":"\([A-Za-z0-9._-]*\)","sha256":"\([0-9a-f]*\)".*/\1 \2 \3 \4/p' "$journal" >"$scratch/stamps"
stamps=0 unproven=0
[ ! -f "$scratch/stamps" ] || while read -r seq digest file kept; do
    stamps=$((stamps + 1))
    there=$(sed -n "s/^$seq //p" "$scratch/lines")
    [ -z "$there" ] || [ "$there" = "$digest" ] || bad "台帳の $seq 件目のタイムスタンプ: その行は別のものです / time stamp of event $seq: that line is another"
    path=$from/timestamps/$file
    if [ ! -f "$path" ]; then bad "台帳の $seq 件目のタイムスタンプがありません / time stamp of event $seq is missing"
    elif [ "$(sha256sum <"$path" | cut -c 1-64)" != "$kept" ]; then bad "台帳の $seq 件目のタイムスタンプが変わっています / time stamp of event $seq was changed"
    elif [ -z "$authority" ]; then unproven=$((unproven + 1))
    elif openssl ts -verify -digest "$digest" -in "$path" -CAfile "$authority" >/dev/null 2>&1 ||
        openssl ts -verify -digest "$digest" -in "$path" -token_in -CAfile "$authority" >/dev/null 2>&1; then
        echo "-- 台帳の $seq 件目のタイムスタンプ / time stamp of event $seq: $(openssl ts -reply -in "$path" -text 2>/dev/null | sed -n 's/^Time stamp: //p')"
    else bad "台帳の $seq 件目のタイムスタンプが合いません / time stamp of event $seq: doesn't fit"; fi
done <"$scratch/stamps"
[ "$unproven" -eq 0 ] || echo "-- タイムスタンプ $unproven 件は、タイムスタンプ局の証明書がないため確かめていません / time stamps: $unproven aren't verified without the certificate of their authority"

# Every receipt that the journal records is here, signed, and follows the one before; and no other is.
ls "$receipts" | grep -E '^([0-9]+|receipt)\.json$' | sort -n >"$scratch/names"
: >"$scratch/digests"; : >"$scratch/said-by"
if [ -s "$scratch/names" ]; then
    (cd "$receipts" && xargs sha256sum) <"$scratch/names" >"$scratch/digests"
    (cd "$receipts" && xargs awk '
        function told() { if (file != "") print file, number, previous, seq, anchor }
        function value() { sub(/^ *"[a-z0-9]*": "?/, ""); sub(/"?,?$/, ""); return $0 }
        FNR == 1 { told(); file = FILENAME; number = previous = seq = anchor = "-"; inside = 0 }
        /^  "number": / && number == "-" { number = value() }
        /^  "previous": / && previous == "-" { previous = value() }
        /^  "journal": \{/ { inside = 1 }
        /^  \}/ { inside = 0 }
        inside && /^    "seq": / { seq = value() }
        inside && /^    "sha256": / { anchor = value() }
        END { told() }') <"$scratch/names" >"$scratch/said-by"
fi
while read -r file; do
    if [ ! -f "$receipts/$file.sig" ]; then echo "$file none"
    elif signed "$receipts/$file" "$receipts/$file.sig"; then echo "$file good"
    else echo "$file wrong"; fi
done <"$scratch/names" >"$scratch/signatures"
exported=0; [ ! -f "$from/events.jsonl" ] || exported=1
awk -v declared="$declared" -v exported="$exported" -v into="$scratch" '
    phase == 1 { if ($4 != "-") wanted[$4] = 1; next }
    phase == 2 { if ($1 in wanted) there[$1] = $2; next }
    phase == 3 { known[$1 " " $2] = 1; at[$1] = $3; order[++records] = $1; next }
    phase == 4 { digest[$2] = $1; next }
    phase == 5 { signature[$1] = $2; next }
    {
        file = $1; before = number; number = $2; seq = $4; count++; here[file] = 1
        if (!((number " " digest[file]) in known)) print "bad 到達証 " number ": 台帳の記録と違います / receipt " number ": not as the journal records it"
        if (signature[file] == "wrong") print "bad 到達証 " number ": 署名が合いません / receipt " number ": the signature doesn\047t fit"
        # A later receipt has a signature that vouches for the line that records it.
        if (signature[file] == "none" && declared) unsigned[++without] = number
        else if (signature[file] == "none") print "bad 到達証 " number ": 署名がありません / receipt " number ": no signature"
        if (count > 1 && number + 0 == before + 1 && $3 != previous)
            print "bad 到達証 " number ": 到達証 " before " に続くものではありません / receipt " number ": doesn\047t follow receipt " before
        if (seq in there && there[seq] == $5) { if (signature[file] != "none") vouched = seq }
        else if (seq in there) print "bad 到達証 " number ": 裏付ける台帳の " seq " 件目が違います / receipt " number ": event " seq " of the journal isn\047t the one it vouches for"
        previous = digest[file]
    }
    END {
        for (i = 1; i <= records; i++)
            if (!((exported ? order[i] ".json" : "receipt.json") in here)) print "bad 到達証 " order[i] " がありません / receipt " order[i] " is missing"
        for (i = 1; i <= without; i++) {
            number = unsigned[i]
            if (number in at && at[number] + 0 <= vouched + 0)
                print "note 到達証 " number ": 自身の署名はなく、後の署名が裏付けます / receipt " number ": no signature of its own, a later one vouches"
            else
                print "bad 到達証 " number ": 署名がありません / receipt " number ": no signature"
        }
        print count + 0, vouched + 0 >(into "/end")
    }' phase=1 "$scratch/said-by" phase=2 "$scratch/lines" phase=3 "$scratch/recorded" phase=4 "$scratch/digests" \
    phase=5 "$scratch/signatures" phase=6 "$scratch/said-by" >"$scratch/found"
tell "$scratch/found"
read -r count vouched <"$scratch/end"
if [ "$declared" -eq 1 ] && [ -z "$last" ] && [ "$before_all" -gt 0 ]; then
    echo "-- 一団体分の書き出しのため、台帳の行の欠けは分かりません / the export of one municipality of several: a missing line can't be seen"
elif [ "$declared" -eq 1 ] && [ "$before_all" -gt "$vouched" ]; then
    echo "-- 台帳: $((vouched + 1)) 件目から $before_all 件目までは、まだ署名の裏付けがありません / journal: events $((vouched + 1)) to $before_all are vouched for by no signature yet"
fi
[ "$count" -gt 0 ] || [ -f "$from/events.jsonl" ] || bad "到達証がありません / no receipt"

lines=$(wc -l <"$scratch/lines")
echo "到達証 $count 件、台帳の行 $lines 件 / receipts: $count, events: $lines"
if [ "$faults" -gt 0 ]; then echo "NOT SOUND 不合格です: 誤りが $faults 件あります / faults: $faults"; exit 1; fi
echo "SOUND 変わったところ、欠けたところはありません。上の鍵の指紋を、別の経路で受け取ったものと見比べてください / nothing was changed, nothing is missing; compare the key's fingerprint with what you were told by another way"
