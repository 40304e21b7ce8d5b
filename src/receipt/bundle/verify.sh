#!/bin/sh
# Verifies a bundle of totatsu, its extracted files, or an export of `totatsu audit export`: sh verify.sh BUNDLE.html|DIRECTORY
# Needs openssl (3.0 or newer), sha256sum, awk, base64, od, cmp. Uses no network and changes nothing.
# 到達証の資料 (HTML 1 つ、取り出したファイル、監査の書き出し) を確かめます。totatsu は要りません。
set -u
export LC_ALL=C
[ $# -eq 1 ] || { echo "usage: sh verify.sh BUNDLE.html|DIRECTORY" >&2; exit 2; }
for tool in openssl sha256sum awk base64 od cmp; do
    command -v "$tool" >/dev/null || { echo "UNABLE 確かめられません: $tool is missing / がありません" >&2; exit 2; }
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
        [ -f "$file" ] || { echo "NG $1: no bundle / 資料ではありません"; exit 1; }
        base64 -d "$file" >"${file%.b64}" || bad "$file"
        rm "$file"
    done
    from=$scratch/files
else
    from=$1
fi
[ ! -e "$from/UNFINISHED.txt" ] || bad "UNFINISHED.txt: the export was interrupted / 書き出しが途中で止まっています"

# Every file is as listed, and none is there that isn't.
if [ -f "$from/SHA256SUMS" ]; then
    (cd "$from" && sha256sum --check --strict --quiet SHA256SUMS) || bad "SHA256SUMS: a file differs or is missing / ファイルが変わったか、足りません"
else
    bad "SHA256SUMS is missing / がありません"
fi
[ -f "$from/receipt-key.pub" ] || { bad "receipt-key.pub is missing / がありません"; exit 1; }

# The public keys, each as it stands in a signature, and as openssl reads it.
keys=0
while read -r kind key _; do
    [ "$kind" = ssh-ed25519 ] || continue
    keys=$((keys + 1))
    printf '%s' "$key" | base64 -d >"$scratch/key$keys"
    { printf '\060\052\060\005\006\003\053\145\160\003\041\000'; tail -c 32 "$scratch/key$keys"; } >"$scratch/der$keys"
    { printf 'SSHSIG\000\000\000\001\000\000\000\063'; cat "$scratch/key$keys"
      printf '\000\000\000\017totatsu-receipt\000\000\000\000\000\000\000\006sha512\000\000\000\123\000\000\000\013ssh-ed25519\000\000\000\100'; } >"$scratch/head$keys"
    echo "key / 鍵: SHA256:$(openssl dgst -sha256 -binary "$scratch/key$keys" | base64 | tr -d '=')"
done <"$from/receipt-key.pub"

# Whether one of the keys signed this file.
signed() {
    sed '1d;$d' "$2" | tr -d '\n' | base64 -d >"$scratch/sig" 2>/dev/null || return 1
    [ "$(wc -c <"$scratch/sig")" -eq 185 ] || return 1
    head -c 121 "$scratch/sig" >"$scratch/said"
    tail -c 64 "$scratch/sig" >"$scratch/bare"
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
[ -f "$journal" ] || bad "$(basename "$journal") is missing / がありません"
first=0 last=0 declared=0
if [ -f "$from/export.json" ]; then
    declared=1
    first=$(sed -n 's/.*"first_event":\([0-9]*\).*/\1/p' "$from/export.json")
    last=$(sed -n 's/.*"last_event":\([0-9]*\).*/\1/p' "$from/export.json")
fi

# Each line of the journal has the SHA-256 of the line before it.
: >"$scratch/recorded"; : >"$scratch/lines"
before= sum=
[ ! -s "$journal" ] || [ "$(tail -c 1 "$journal" | od -An -tx1 | tr -d ' ')" = 0a ] || bad "$(basename "$journal"): its end is cut off / 末尾が切れています"
if [ -f "$from/journal.jsonl" ]; then
    head -n 1 "$journal" | grep -qE "\"delivery\":\"$(fact "$receipts/receipt.json" delivery)\",\"event\":\"(accepted|found|resent)\"" ||
        bad "journal: its first line isn't the beginning of this delivery / 最初の行が配信の始まりではありません"
fi
while IFS= read -r line; do
    seq=$(printf '%s' "$line" | sed -n 's/^{"seq":\([0-9][0-9]*\),.*/\1/p')
    prev=$(printf '%s' "$line" | sed -n 's/^{"seq":[0-9]*,[^{]*"prev":"\([0-9a-f]*\)".*/\1/p')
    [ -n "$seq" ] || { bad "journal: a line after event ${before:-0} is unreadable / 行が読めません"; break; }
    if [ -z "$before" ]; then
        [ "$declared" -eq 0 ] || [ -z "$first" ] || [ "$seq" = "$first" ] || bad "journal: events $first to $((seq - 1)) are missing / 行が足りません"
    elif [ "$seq" -eq $((before + 1)) ]; then
        [ "$prev" = "$sum" ] || bad "journal: event $before was changed / 行が変わっています"
    elif [ "$declared" -eq 0 ] || [ -z "$last" ] || [ "$before" -lt "$last" ]; then
        bad "journal: events $((before + 1)) to $((seq - 1)) are missing / 行が足りません"
    fi
    sum=$(printf '%s' "$line" | sha256sum | cut -c 1-64)
    echo "$seq $sum" >>"$scratch/lines"
    case $line in
        *'"event":"receipted"'*) printf '%s\n' "$line" | sed -n 's/.*"event":"receipted","number":\([0-9]*\),"sha256":"\([0-9a-f]*\)".*/\1 \2 '"$seq"'/p' >>"$scratch/recorded" ;;
    esac
    before=$seq
done <"$journal"
if [ "$declared" -eq 1 ] && [ -n "$last" ] && [ "${before:-0}" -lt "$last" ]; then bad "journal: events $((${before:-0} + 1)) to $last are missing / 行が足りません"; fi

# Every receipt that the journal records is here, signed, and follows the one before; and no other is.
: >"$scratch/unsigned"
before_all=${before:-0}
previous= number= count=0 vouched=0
for file in $(ls "$receipts" | grep -E '^([0-9]+|receipt)\.json$' | sort -n); do
    path=$receipts/$file count=$((count + 1)) before=$number
    number=$(fact "$path" number)
    digest=$(sha256sum <"$path" | cut -c 1-64)
    grep -q "^$number $digest " "$scratch/recorded" || bad "receipt $number: not as the journal records it / 台帳の記録と違います"
    if [ -f "$path.sig" ]; then signed "$path" "$path.sig" || bad "receipt $number: the signature doesn't fit / 署名が合いません"
    elif [ "$declared" -eq 1 ]; then
        # A later receipt's signature vouches for the line that records it.
        echo "$number" >>"$scratch/unsigned"
    else
        bad "receipt $number: no signature / 署名がありません"
    fi
    if [ -n "$before" ] && [ "$number" -eq $((before + 1)) ]; then
        [ "$(fact "$path" previous)" = "$previous" ] || bad "receipt $number: doesn't follow receipt $before / 一つ前と続いていません"
    fi
    seq=$(sed -n '/^  "journal": {/,/}/s/^    "seq": \([0-9]*\),\{0,1\}$/\1/p' "$path")
    anchor=$(sed -n '/^  "journal": {/,/}/s/^    "sha256": "\([0-9a-f]*\)",\{0,1\}$/\1/p' "$path")
    there=$(sed -n "s/^${seq:-none} //p" "$scratch/lines")
    if [ -f "$path.sig" ] && [ -n "$there" ] && [ "$there" = "$anchor" ]; then vouched=$seq; fi
    [ -z "$there" ] || [ "$there" = "$anchor" ] || bad "receipt $number: event $seq of the journal isn't the one it vouches for / 台帳の行が違います"
    previous=$digest
done
while read -r number _; do
    if [ -f "$from/events.jsonl" ]; then path=$receipts/$number.json; else path=$receipts/receipt.json; fi
    [ -f "$path" ] || bad "receipt $number is missing / 到達証が足りません"
done <"$scratch/recorded"
while read -r number; do
    seq=$(sed -n "s/^$number [0-9a-f]* //p" "$scratch/recorded")
    if [ -n "$seq" ] && [ "$seq" -le "$vouched" ]; then
        echo "-- receipt $number: no signature of its own, a later one vouches / 自身の署名はなく、後の署名が裏付けます"
    else
        bad "receipt $number: no signature / 署名がありません"
    fi
done <"$scratch/unsigned"
if [ "$declared" -eq 1 ] && [ -z "$last" ] && [ "$before_all" -gt 0 ]; then
    echo "-- the export of one municipality of several: a missing line can't be seen / 一団体分の書き出しのため、台帳の行の欠けは分かりません"
elif [ "$declared" -eq 1 ] && [ "$before_all" -gt "$vouched" ]; then
    echo "-- journal: events $((vouched + 1)) to $before_all are vouched for by no signature yet / まだ署名の裏付けがありません"
fi
[ "$count" -gt 0 ] || [ -f "$from/events.jsonl" ] || bad "no receipt / 到達証がありません"

echo "receipts / 到達証: $count, events / 台帳の行: $(wc -l <"$scratch/lines")"
if [ "$faults" -gt 0 ]; then echo "NOT SOUND 確かめられないところがあります: $faults"; exit 1; fi
echo "SOUND 変わったところ、欠けたところはありません。上の鍵の指紋を、別の経路で受け取ったものと見比べてください / compare the key with what you were told by another way"
