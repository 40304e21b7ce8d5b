#!/usr/bin/env python3
"""Golden pairs for the eLTAX layouts: sources in CSV, and the bytes that they must become.

Has field tables of its own, typed from the facts about each file; reads no layout file and shares no code with the
gateway. All persons, numbers and places are made up. The same bytes come out of every run.

    python3 crates/records/tests/golden/make_eltax.py        writes crates/records/tests/golden/eltax/*/
"""

import pathlib
import re
import unicodedata

HERE = pathlib.Path(__file__).resolve().parent / "eltax"
CITY = "13101"
CITY_WITH_CHECK_DIGIT = "131016"
TODAY = "20260710"

# ---------------------------------------------------------------- characters

SHIFT_CODES = (bytes.fromhex("1B2442"), bytes.fromhex("1B284A"))

HALF_KANA = [chr(c) for c in range(0xFF61, 0xFFA0)]
TO_HALF = {unicodedata.normalize("NFKC", c): c for c in HALF_KANA if c not in "ﾞﾟ"}
for base in HALF_KANA:
    for mark in "ﾞﾟ":
        whole = unicodedata.normalize("NFKC", base + mark)
        if len(whole) == 1:
            TO_HALF[whole] = base + mark
LARGE = str.maketrans("ァィゥェォャュョッヮｧｨｩｪｫｬｭｮｯ", "アイウエオヤユヨツワｱｲｳｴｵﾔﾕﾖﾂ")


def half(text):
    """Full-width letters, digits and kana to their one-byte forms; a sound mark becomes a character of its own."""
    out = []
    for c in text:
        if c == "　":
            out.append(" ")
        elif 0xFF01 <= ord(c) <= 0xFF5E:
            out.append(chr(ord(c) - 0xFEE0))
        else:
            out.append(TO_HALF.get(c, c))
    return "".join(out)


def kana(text):
    return half(text.translate(LARGE))


def wide(text):
    """One-byte characters to their full-width forms; signs of two spellings to the one that reading gives."""
    text = re.sub("[｡-ﾟ]+", lambda run: unicodedata.normalize("NFKC", run[0]), text)
    return read_back("".join("　" if c == " " else chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text))


def read_back(text):
    return text.translate(str.maketrans("〜−‖—", "～－∥―"))


def sjis(text):
    """Strict Shift_JIS: JIS X 0201 and JIS X 0208. Python's codec has the other spelling of some signs."""
    assert not set(text) & set("\\~¥‾"), "these differ between codecs"
    return text.translate(str.maketrans("～－∥", "〜−‖")).encode("shift_jis")


def jis7(text):
    """JIS X 0208 as two bytes of seven bits."""
    euc = text.translate(str.maketrans("～－∥", "〜−‖")).encode("euc_jp")
    assert len(euc) == 2 * len(text) and all(byte >= 0xA1 for byte in euc)
    return bytes(byte & 0x7F for byte in euc)


def nine(value, width):
    assert value.isascii() and (value.isdigit() or value == "") and len(value) <= width, value
    return (value.rjust(width, "0") if value else " " * width).encode("ascii")


def one(value, width):
    encoded = sjis(value)
    assert len(encoded) == len(value) <= width, (value, len(encoded), width)
    return encoded.ljust(width)


def two(value, width):
    encoded = sjis(value)
    assert len(encoded) == 2 * len(value) <= width, value
    return encoded + b"\x81\x40" * ((width - len(encoded)) // 2)


def two_jis7(value, width):
    encoded = jis7(value)
    assert len(encoded) <= width
    encoded += b"\x21\x21" * ((width - len(encoded)) // 2)
    # Between its shift codes the field is what a reader of ISO-2022-JP expects.
    shown = (SHIFT_CODES[0] + encoded + SHIFT_CODES[1]).decode("iso2022_jp")
    assert read_back(shown).rstrip("　") == value
    return encoded


# ---------------------------------------------------------------- files


def csv(columns, rows):
    lines = [columns] + [[row[column] for column in columns] for row in rows]
    for line in lines:
        assert not any(set(field) & set(',"\r\n') for field in line)
    return "".join(",".join(line) + "\n" for line in lines).encode("utf-8")


def write(name, columns, source, normal, output, link=None):
    folder = HERE / name
    folder.mkdir(parents=True, exist_ok=True)
    for leftover in folder.iterdir():
        leftover.unlink()
    sent, back = csv(columns, source), csv(columns, normal)
    (folder / "input.csv").write_bytes(sent)
    (folder / "output.bin").write_bytes(output)
    if back != sent:
        (folder / "decoded.csv").write_bytes(back)
    if link:
        body = "".join(f'"{key}" = "{value}"\n' for key, value in link.items())
        (folder / "link.toml").write_text("[values]\n" + body, encoding="utf-8")


# ---------------------------------------------------------------- 年金特別徴収

PERSON = ["基礎年金番号", "年金コード", "生年月日", "性別", "カナ氏名", "漢字氏名", "郵便番号", "カナ住所", "漢字住所"]
TAIL_OUT = ["各種区分", "処理結果", "各種年月日", "金額1", "金額2", "金額3", "共済年金証書記号番号"]
TAIL_IN = ["各種区分", "処理結果", "後期移管コード", "各種年月日", "金額1", "金額2", "金額3", "共済年金証書記号番号"]
TOP_IN = ["媒体通番", "媒体作成年月日", "ファイル格納件数", "媒体コード"]
KEYS = ["特別徴収義務者コード", "通知内容コード", "特別徴収制度コード"]

# payer, number, code, birth, sex, kana, kanji, post, kana address, address, three amounts, certificate
PEOPLE = [
    ("501", "9999999999", "9999", "18730101", "1", "ガ" * 12 + "ア", "龍" * 25, "9999999", "パ" * 39 + "ミナ",
     "町" * 78 + "９号", "99999999999", "99999999999", "99999999999", "A12345678901234"),
    ("501", "0000000001", "0160", "20000229", "2", "シャクジイ リョウコ", "石神井　良子", "1000001", "チヨダ1-1",
     "千代田１〜１−１", "0", "0", "0", "ｱ-1"),
    ("999", "1234567890", "1150", "19450815", "1", "ゴトウ　ヴィクトル", "後藤 ビクトル", "1000002", "チヨダク　コウキョガイエン１ー２",
     "千代田区皇居外苑1-2", "5000", "4000", "100", ""),
    ("999", "1234567891", "1350", "19450000", "2", "ｻｻｷ ｷｮｳｺ", "々木　京子", "", "", "", "12300", "12300", "0", ""),
    ("999", "1234567892", "1150", "19391231", "2", "ヲンダ ユッコ", "遠田　雪子", "1020082", "チヨダクイチバンチョウ",
     "千代田区一番町‖ニ―三", "1", "10", "100", ""),
    ("999", "1234567893", "1150", "19000101", "1", "ポンタ", "本多", "1020083", "コウジマチ｡｢ｱ･ｲ｣",
     "麹町五丁目", "70", "80", "90", ""),
]


def people(classes):
    """A row for each person, and more until every class has had its turn; the payer changes once."""
    count = max(len(PEOPLE), len(classes))
    for n in range(count):
        person = PEOPLE[n] if n < len(PEOPLE) else PEOPLE[-1]
        row = dict(zip(["特別徴収義務者コード"] + PERSON + ["金額1", "金額2", "金額3", "共済年金証書記号番号"], person))
        row["特別徴収制度コード"] = "0"
        row["各種区分"] = classes[n % len(classes)]
        yield n, row


def normal_person(row):
    back = dict(row)
    back["カナ氏名"], back["カナ住所"] = kana(row["カナ氏名"]), kana(row["カナ住所"])
    back["漢字氏名"], back["漢字住所"] = wide(row["漢字氏名"]), wide(row["漢字住所"])
    return back


def person_bytes(row, made, shift=(b"   ", b"   "), kanji=two):
    """Bytes 0 to 380 of a data record."""
    into, out = shift
    record = b"2" + CITY.encode() + nine(row["特別徴収義務者コード"], 3) + nine(row["通知内容コード"], 2)
    record += b" " + nine(row["特別徴収制度コード"], 1) + nine(made, 8)
    record += nine(row["基礎年金番号"], 10) + nine(row["年金コード"], 4) + b"   "
    record += nine(row["生年月日"], 8) + nine(row["性別"], 1) + one(row["カナ氏名"], 25)
    record += into + kanji(row["漢字氏名"], 50) + out
    record += nine(row["郵便番号"], 7) + one(row["カナ住所"], 80)
    record += into + kanji(row["漢字住所"], 160) + out
    assert len(record) == 381
    return record


def data_record(row, made, shift, kanji):
    record = person_bytes(row, made, shift, kanji)
    record += nine(row["各種区分"], 2) + nine(row["処理結果"], 2) + one(row.get("後期移管コード", ""), 1)
    record += nine(row["各種年月日"], 8)
    record += nine(row["金額1"], 11) + nine(row["金額2"], 11) + nine(row["金額3"], 11)
    record += b" " * 58 + one(row["共済年金証書記号番号"], 15)
    assert len(record) == 500
    return record


def nenkin_file(rows, records, made, medium, amounts):
    """Control records, then blocks of header, data and trailer; `rows` in normal form."""
    number, day, count = medium
    out = CITY.encode() + b" " + nine(number, 3) + nine(day, 8) + b" " * 31
    out += nine(count, 6) + b" " * 42
    first = 0
    while first < len(rows):
        key = (rows[first]["通知内容コード"], rows[first]["特別徴収義務者コード"])
        last = first
        while last < len(rows) and (rows[last]["通知内容コード"], rows[last]["特別徴収義務者コード"]) == key:
            last += 1
        block = rows[first:last]
        ident = CITY.encode() + nine(key[1], 3) + nine(key[0], 2)
        system = nine(block[0]["特別徴収制度コード"], 1)
        header = b"1" + ident + one(block[0]["媒体コード"], 1) + system + nine(made, 8) + b" " * 479
        trailer = b"3" + ident + b" " + system + nine(made, 8) + b"%09d" % len(block)
        for amount in ("金額1", "金額2", "金額3"):
            trailer += b"%011d" % (sum(int(row[amount]) for row in block) if amount in amounts else 0)
        trailer += b" " * 437
        assert len(header) == len(trailer) == 500
        out += header + b"".join(records[first:last]) + trailer
        first = last
    return out


ALL_AMOUNTS = ("金額1", "金額2", "金額3")


def outbound(name, code, classes, jis=False, link=None):
    source, normal = [], []
    for n, row in people(classes):
        row["通知内容コード"] = code
        row["処理結果"] = ["", "00"][n % 2]
        row["各種年月日"] = ["20260710", "20240229", "19991231", "2026-04-01"][n % 4]
        source.append(row)
        back = normal_person(row)
        back["各種年月日"] = row["各種年月日"].replace("-", "")
        back["媒体コード"] = (link or {}).get("媒体コード", "6")
        normal.append(back)
    shift, kanji = (SHIFT_CODES, two_jis7) if jis else ((b"   ", b"   "), two)
    records = [data_record(row, TODAY, shift, kanji) for row in normal]
    medium = ((link or {}).get("媒体通番", "001"), TODAY, str(len(source)))
    output = nenkin_file(normal, records, TODAY, medium, ALL_AMOUNTS)
    assert (len(output) - 96) % 500 == 0 and output[105:107] == code.encode()
    write(name, KEYS + PERSON + TAIL_OUT, source, normal, output, link)


def inbound(name, code, classes, dummy=False):
    source, normal, made = [], [], "20260525"
    for n, row in people(classes):
        row.update({"通知内容コード": code, "作成年月日": made, "媒体通番": "012", "媒体作成年月日": "20260526"})
        row["媒体コード"] = {"501": "", "999": "1"}[row["特別徴収義務者コード"]]
        row["処理結果"] = ["", "00", "99", "01"][n % 4]
        row["後期移管コード"] = ["", "1"][n % 2]
        row["各種年月日"] = ["20260701", "00000000", "", "20240229"][n % 4]
        source.append(row)
    if dummy:
        for empty in ("", "0"):
            row = dict(source[-1])
            for column, width in zip(PERSON[:4], (10, 4, 8, 1)):
                row[column] = empty * width
            row.update({"カナ氏名": "", "漢字氏名": "", "郵便番号": empty * 7, "カナ住所": "", "漢字住所": ""})
            row.update({"金額1": "0", "金額2": "0", "金額3": "0", "各種区分": "70"})
            source.append(row)
    count = str(len(source))
    for row in source:
        row["ファイル格納件数"] = count
        normal.append(normal_person(row))
    records = [data_record(row, made, (b"   ", b"   "), two) for row in normal]
    output = nenkin_file(normal, records, made, ("012", "20260526", count), ALL_AMOUNTS)
    write(name, TOP_IN + KEYS + ["作成年月日"] + PERSON + TAIL_IN, source, normal, output)


def nenkin():
    irai = ["01", "02", "03"]
    link = {"媒体通番": "007", "媒体コード": "4"}
    inbound("nenkin-tokucho-taishosha", "00", ["01", "02", "70"], dummy=True)
    outbound("nenkin-tokucho-irai", "01", irai, link=link)
    outbound("nenkin-tokucho-irai-jis7", "01", irai, jis=True)
    inbound("nenkin-tokucho-irai-kekka", "02", irai)
    inbound("nenkin-tokucho-kekka", "22", ["00", "01", "02", "03", "05", "10"])
    inbound("nenkin-tokucho-tsuika-kohosha", "30", ["01", "02"])
    outbound("nenkin-tokucho-tsuika-irai", "31", irai)
    inbound("nenkin-tokucho-tsuika-irai-kekka", "32", irai)
    outbound("nenkin-tokucho-shikaku-soshitsu", "41", ["01", "02", "03", "04"], link=link)
    inbound("nenkin-tokucho-shikaku-soshitsu-kekka", "42", ["01", "02", "03", "04"])
    outbound("nenkin-tokucho-kari-choshu-henko", "61", ["00"])
    inbound("nenkin-tokucho-kari-choshu-henko-kekka", "62", ["00"])
    outbound("nenkin-tokucho-jushochi-tokurei", "81", ["01", "02"])
    inbound("nenkin-tokucho-jushochi-tokurei-kekka", "82", ["01", "02"])


def hikazei():
    tail = ["対象年", "訂正表示", "各種区分", "処理結果", "金額1", "共済年金証書記号番号"]
    source, normal = [], []
    for n, row in people(["01", "02"]):
        row.update({"通知内容コード": "93" if n < 4 else "94", "特別徴収制度コード": "5", "作成年月日": "20260601"})
        row.update({"媒体通番": "000", "媒体作成年月日": "20260602", "ファイル格納件数": "999999", "媒体コード": ""})
        row.update({"対象年": "2025", "訂正表示": "01"[n % 2], "処理結果": ["00", "01", "02"][n % 3]})
        source.append(row)
        normal.append(normal_person(row))
    records = []
    for row in normal:
        record = person_bytes(row, "20260601")
        record += nine(row["対象年"], 4) + nine(row["訂正表示"], 1) + nine(row["各種区分"], 2) + nine(row["処理結果"], 2)
        record += b" " + b" " * 8 + nine(row["金額1"], 11) + b" " * 11 + b" " * 11 + b" " * 53
        record += one(row["共済年金証書記号番号"], 15)
        assert len(record) == 500
        records.append(record)
    output = nenkin_file(normal, records, "20260601", ("000", "20260602", "999999"), ("金額1",))
    write("hikazei-nenkin-taishosha", TOP_IN + KEYS + ["作成年月日"] + PERSON + tail, source, normal, output)


# ---------------------------------------------------------------- 支払報告書 (CSV)

# A column a line: name, kind (9 digits, X one-byte, K half-width kana, N two-byte), bytes, ! if there must be a value.
KYUYO = """
    法定資料の種類 93!
    整理番号1 X10
    本支店等区分番号 X5
    提出義務者 住所(居所)又は所在地 N120!
    提出義務者 氏名又は名称 N60!
    提出義務者 電話番号 X15
    整理番号2 X13
    提出者 住所又は所在地 N120
    提出者 氏名又は名称 N60
    訂正表示 91!
    年分 92!
    支払を受ける者 住所又は居所 N120!
    国外住所表示 91
    支払を受ける者 氏名 N60!
    役職名 N30
    種別 N20
    支払金額 910
    未払金額 910
    給与所得控除後の給与等の金額 910
    所得控除の額の合計額 910
    源泉徴収税額 910
    未徴収税額 910
    控除対象配偶者の有無等 91
    老人控除対象配偶者 91
    配偶者(特別)控除の額 910
    控除対象扶養親族の数 特定 主 92
    控除対象扶養親族の数 特定 従 92
    控除対象扶養親族の数 老人 主 92
    控除対象扶養親族の数 老人 上の内訳 92
    控除対象扶養親族の数 老人 従 92
    控除対象扶養親族の数 その他 主 92
    控除対象扶養親族の数 その他 従 92
    障害者の数 特別障害者 92
    障害者の数 特別障害者 上の内訳 92
    障害者の数 その他 92
    社会保険料等の金額 910
    社会保険料等の金額 上の内訳 910
    生命保険料の控除額 910
    地震保険料の控除額 910
    住宅借入金等特別控除の額 910
    旧個人年金保険料の金額 910
    配偶者の合計所得 910
    旧長期損害保険料の金額 910
    受給者の生年月日 元号 91!
    受給者の生年月日 年 92!
    受給者の生年月日 月 92!
    受給者の生年月日 日 92!
    夫あり 91
    未成年者 91
    乙欄適用 91
    本人が特別障害者 91
    本人がその他の障害者 91
    老年者 91
    寡婦 91
    寡夫 91
    勤労学生 91
    死亡退職 91
    災害者 91
    外国人 91
    中途就・退職 区分 91
    中途就・退職 年 92
    中途就・退職 月 92
    中途就・退職 日 92
    他の支払者 住所又は所在地 N120
    他の支払者 国外住所表示 91
    他の支払者 氏名又は名称 N60
    他の支払者 給与等の金額 910
    他の支払者 徴収した額 910
    他の支払者 控除した社会保険料の金額 910
    災害者に係る徴収猶予税額 910
    他の支払者の退職年月日 年 92
    他の支払者の退職年月日 月 92
    他の支払者の退職年月日 日 92
    住宅借入金等 居住開始年月日(1回目) 年 92
    住宅借入金等 居住開始年月日(1回目) 月 92
    住宅借入金等 居住開始年月日(1回目) 日 92
    住宅借入金等特別控除適用数 91
    住宅借入金等特別控除可能額 910
    住宅借入金等特別控除区分(1回目) 92
    住宅借入金等の額(1回目) 98
    住宅借入金等 居住開始年月日(2回目) 年 92
    住宅借入金等 居住開始年月日(2回目) 月 92
    住宅借入金等 居住開始年月日(2回目) 日 92
    住宅借入金等特別控除区分(2回目) 92
    住宅借入金等の額(2回目) 98
    摘要 N130
    新生命保険料の金額 910
    旧生命保険料の金額 910
    介護医療保険料の金額 910
    新個人年金保険料の金額 910
    16歳未満扶養親族の数 92
    普通徴収 91
    青色専従者 91
    条約免除 91
    支払を受ける者のフリガナ K60!
    受給者番号 X25
    提出先市町村コード 96!
    指定番号 X12
"""
NENKIN = """
    法定資料の種類 93!
    整理番号1 X10
    本支店等区分番号 X5
    提出義務者 住所又は所在地 N120!
    提出義務者 氏名又は名称 N60!
    提出義務者 電話番号 X15
    整理番号2 X13
    提出者 住所又は所在地 N120
    提出者 氏名又は名称 N60
    訂正表示 91!
    年分 92!
    支払を受ける者 住所又は居所 N120!
    国外住所表示 91
    支払を受ける者 氏名 N60!
    生年月日 元号 91!
    生年月日 年 92!
    生年月日 月 92!
    生年月日 日 92!
    所得税法203条の3 第1号適用分 支払金額 910
    所得税法203条の3 第1号適用分 未払金額 910
    所得税法203条の3 第1号適用分 源泉徴収税額 910
    所得税法203条の3 第1号適用分 未徴収税額 910
    所得税法203条の3 第2号適用分 支払金額 910
    所得税法203条の3 第2号適用分 未払金額 910
    所得税法203条の3 第2号適用分 源泉徴収税額 910
    所得税法203条の3 第2号適用分 未徴収税額 910
    所得税法203条の3 第3号適用分 支払金額 910
    所得税法203条の3 第3号適用分 未払金額 910
    所得税法203条の3 第3号適用分 源泉徴収税額 910
    所得税法203条の3 第3号適用分 未徴収税額 910
    本人 特別障害者 91
    本人 その他の障害者 91
    本人 老年者 91
    控除対象配偶者の有無等 91
    扶養親族の数 老人 92
    扶養親族の数 その他 92
    障害者の数 特別 92
    障害者の数 その他 92
    社会保険料の金額 910
    扶養親族の数 特定 92
    摘要 N200
    障害者の数 特別のうち同居 92
    本人 特別寡婦 91
    本人 寡婦・寡夫 91
    16歳未満の扶養親族の数 92
    カナ氏名 K60!
    受給者番号 X25
    提出先市町村コード 96!
    指定番号 X12
"""
# Western date, 元号, 年, 月, 日: the first and last days of the eras that the sheet of 2014 knows.
BIRTHS = [
    ("19890108", "4", "01", "01", "08"),
    ("19890107", "1", "64", "01", "07"),
    ("19261225", "1", "01", "12", "25"),
    ("19261224", "2", "15", "12", "24"),
    ("19120730", "2", "01", "07", "30"),
    ("19120729", "3", "45", "07", "29"),
    ("20000229", "4", "12", "02", "29"),
]


def columns_of(table):
    columns = []
    for line in table.strip().splitlines():
        name, _, form = line.strip().rpartition(" ")
        columns.append((name, form[0], int(form[1:].rstrip("!")), form.endswith("!")))
    return columns


# 令和: its first day, and the last of 平成.
BIRTHS_REIWA = [*BIRTHS, ("20190501", "5", "01", "05", "01"), ("20190430", "4", "31", "04", "30")]


def kyuyo_reiwa():
    """The order of 144: the first 91 of the old sheet, then what came later, with the old 92 to 98 as 134 to 140."""
    old = KYUYO.strip().splitlines()
    person = ["フリガナ K60", "氏名 N60", "区分 92", "個人番号 912"]
    people = ["控除対象配偶者", *(f"控除対象扶養親族{n}" for n in range(1, 5)), *(f"16歳未満の扶養親族{n}" for n in range(1, 5))]
    new = ["国民年金保険料等の金額 910", "非居住者である親族の数 92", "支払者の法人番号又は個人番号 913", "支払を受ける者の個人番号 912",
           *(f"{who} {what}" for who in people for what in person),
           "5人目以降の控除対象扶養親族 N400", "5人目以降の16歳未満の扶養親族 N400"]
    last = ["基礎控除の額 910", "所得金額調整控除額 910", "ひとり親 91", "提出先判定 91!"]
    return "\n".join([*old[:91], *new, *old[91:], *last])


def report(name, table, kind, birth, codes, births=BIRTHS):
    """Seven rows: all columns full, then only what must be there, then each code. `birth` is (first column, name)."""
    columns = columns_of(table)
    numbers = {number: column for number, column in enumerate(columns, 1)}
    heads = []
    for number, (title, *_) in numbers.items():
        if number == 1 or birth[0] < number < birth[0] + 4:
            continue
        heads.append(birth[1] if number == birth[0] else title)
    source, normal, lines = [], [], []
    for n, (day, *parts) in enumerate(births):
        row, back, line = {}, {}, []
        for number, (title, form, width, needed) in numbers.items():
            if number == 1:
                line.append(kind)
                continue
            if birth[0] <= number < birth[0] + 4:
                row[birth[1]] = back[birth[1]] = day
                line.append(parts[number - birth[0]])
                continue
            value = full(form, width) if n == 0 else sample(form, width, needed, n)
            if number in codes:
                value = codes[number][n % len(codes[number])]
            shown = {"9": lambda v: v, "X": lambda v: v, "K": half, "N": wide}[form](value)
            assert len(sjis(shown)) <= width
            row[title], back[title] = value, shown
            line.append(shown)
        source.append(row)
        normal.append(back)
        lines.append(line)
    assert all(len(line) == len(columns) for line in lines)
    output = b"".join(sjis(",".join(line)) + b"\r\n" for line in lines)
    write(name, heads, source, normal, output)


def full(form, width):
    return {"9": "9" * width, "X": ("A1-" * width)[:width], "K": "ガ" * (width // 2), "N": "亜" * (width // 2 - 1) + "腕"}[form]


def sample(form, width, needed, n):
    if (n == 1 or width == 1) and not needed:
        return ""
    return {"9": str(n), "X": f"({n}) ｱ", "K": "シャクジイ　ヴィクトル", "N": f"千代田{n}〜A−ﾊﾞﾝ"}[form]


def reports():
    yes_no = ["1", "", "0"]
    codes = {10: ["0", "1", "2", "3"], 11: ["26", "01"], 13: yes_no, 23: ["1", "", "2", "3", "4", "0"], 24: yes_no, 48: ["0", ""]}
    codes.update({number: yes_no for number in (49, 50, 51, 52, 53, 55, 56, 57, 58, 59, 65, 92, 93, 94)})
    codes.update({54: ["2", "", "1", "0"], 60: ["2", "", "1", "0"]})
    codes.update({79: ["01", "", "02", "03", "04"], 84: ["04", "", "03", "02", "01"], 97: ["131016", "13101"]})
    assert len(columns_of(KYUYO)) == 98
    report("kyuyo-shiharai-hokoku@2014-01-01", KYUYO, "315", (44, "受給者の生年月日"), codes)
    number = ["123456789012", ""]
    newer = {n: values for n, values in codes.items() if n not in (79, 84)}
    newer = {n if n < 92 else n + 42: values for n, values in newer.items()}
    newer.update({53: ["", "0"], 55: ["0", ""], 94: ["1234567890123", "123456789012", ""], 95: number, 143: yes_no, 144: ["2", "1", "0"]})
    newer.update({n: number for n in range(99, 132, 4)})
    newer.update({n: ["00", "", "01"] for n in range(98, 132, 4)})
    assert len(columns_of(kyuyo_reiwa())) == 144
    report("kyuyo-shiharai-hokoku", kyuyo_reiwa(), "315", (44, "受給者の生年月日"), newer, BIRTHS_REIWA)
    codes = {10: ["0", "1", "2", "3"], 11: ["26", "01"], 13: yes_no, 34: ["1", "", "2", "3"], 48: ["131016", "13101"]}
    codes.update({number: yes_no for number in (31, 32, 43, 44)})
    assert len(columns_of(NENKIN)) == 49
    report("nenkin-shiharai-hokoku@2014-01-01", NENKIN, "331", (15, "生年月日"), codes)


# ---------------------------------------------------------------- 共通納税 (CSV)


def kyotsu_nozei():
    link = {
        "委託者コード": "12345",
        "取引支店番号": "1",
        "特別徴収義務者名": "カブシキガイシャ　ポチットnote（ダミー）０１２３４５６７８９００００",
        "特別徴収義務者所在地": "トウキョウト　チヨダク　カスミガセキ1-1-1　ドコカノビル99カイ　ﾆｼｶﾞﾜﾄｳ１１１１",
    }
    columns = ["納期限", "納付月分", "市区町村コード", "指定番号", "給与税額 件数", "給与税額 金額", "督促手数料", "延滞金",
               "合計 件数", "合計 金額"]
    values = [
        ("2026-08-10", "2026-07", "131016", "123456789012345", "99999", "999999999", "999999999", "999999999", "99999", "999999999"),
        ("2026-08-10", "2026-07", "011002", "", "1", "12300", "100", "2000", "1", "12300"),
        ("2026-08-10", "2026-07", "472018", "ｱB-1", "10", "0", "", "", "10", "0"),
    ]
    source = [dict(zip(columns, row)) for row in values]
    normal = []
    for row in source:
        back = dict(row)
        back["納期限"], back["納付月分"] = row["納期限"].replace("-", ""), row["納付月分"].replace("-", "")
        for column in columns[4:]:
            back[column] = str(int(row[column] or "0"))
        normal.append(back)
    assert [len(kana(link[key])) for key in ("特別徴収義務者名", "特別徴収義務者所在地")] == [40, 50]
    name, place = (kana(link[key]).upper() for key in ("特別徴収義務者名", "特別徴収義務者所在地"))
    lines = [["1", "99", "0", link["委託者コード"].zfill(10), link["取引支店番号"].zfill(3), "080810", "0807", name, place, " "]]
    for row, given in zip(normal, source):
        amounts = [row["給与税額 件数"], row["給与税額 金額"], row["督促手数料"], row["延滞金"], row["合計 件数"], row["合計 金額"]]
        lines.append(["3", row["市区町村コード"], "0807", row["指定番号"], *amounts, "", " "])
    total = lambda column: str(sum(int(row[column]) for row in normal))
    lines.append(["8", total("給与税額 件数"), total("給与税額 金額"), "0", "0", total("合計 件数"), total("合計 金額"), " "])
    lines.append(["9", " "])
    assert [len(lines[0]), len(lines[1]), len(lines[-2]), len(lines[-1])] == [10, 12, 8, 2]
    output = b"\xef\xbb\xbf" + "".join(",".join(line) + "\r\n" for line in lines).encode("utf-8")
    write("kyotsu-nozei-tokucho", columns, source, normal, output, link)


# ---------------------------------------------------------------- 扶養是正情報


def fuyo_zesei():
    columns = ["年分", "処理区分", "納税者 宛名番号", "納税者 カナ氏名", "納税者 氏名", "納税者 生年月日", "納税者 郵便番号",
               "納税者 住所", "支払者 名称", "支払者 所在地", "対象者 カナ氏名", "対象者 氏名", "対象者 生年月日", "対象者 続柄",
               "対象者 区分", "対象者 合計所得金額", "是正理由", "是正前 控除額", "是正後 控除額", "確認年月日"]
    values = [
        ("2024", "新規", "A00000000000001", "ガ" * 20, "亜" * 30, "19000101", "9999999", "町" * 60, "社" * 30, "丁" * 60,
         "ポ" * 20, "子" * 30, "20240229", "その他の者", "配偶者", "9999999999", "所得超過", "99999999", "99999999", "20260710"),
        ("2024", "訂正", "2", "カツシカ イチロウ", "葛\U000E0100飾　一郎", "19700101", "1240000", "東京都葛\U000E0100飾区1-2-3", "", "",
         "カツシカ ハナコ", "葛飾　花子", "19750000", "妻", "一般", "", "重複", "380000", "380000", "2026-06-30"),
        ("2025", "取消", "3", "タカハシ ジロウ", "髙橋　二郎", "19881231", "", "千代田１〜２", "（株）到達", "千代田",
         "", "か\u3099藤　はな", "20100401", "子", "特定", "1030001", "生計別", "630000", "0", "20260401"),
        ("2025", "新規", "4", "タカハシ", "高橋", "19890107", "", "千代田", "", "", "タカハシ", "高橋", "19400101", "父", "老人", "0",
         "その他", "480000", "0", "20260401"),
        ("2025", "新規", "5", "タカハシ", "高橋", "19890108", "", "千代田", "", "", "タカハシ", "高橋", "19400101", "母", "同居老親等",
         "480001", "所得超過", "580000", "0", "20260401"),
        ("2025", "新規", "6", "タカハシ", "高橋", "20190501", "", "千代田", "", "", "タカハシ", "高橋", "20200101", "孫", "16歳未満",
         "0", "重複", "0", "0", "20260401"),
    ]
    state = {"新規": "1", "訂正": "2", "取消": "3"}
    relation = {"配偶者": "1", "一般": "2", "特定": "3", "老人": "4", "同居老親等": "5", "16歳未満": "6"}
    reason = {"所得超過": "01", "重複": "02", "生計別": "03", "その他": "99"}
    source = [dict(zip(columns, row)) for row in values]
    normal = []
    for row in source:
        back = dict(row)
        for column in columns:
            if "カナ" in column:
                back[column] = kana(row[column])
            elif column.rpartition(" ")[2] in ("氏名", "住所", "名称", "所在地", "続柄"):
                text = unicodedata.normalize("NFC", row[column]).replace("\U000E0100", "").replace("髙", "高")
                back[column] = wide(text)
        back["確認年月日"] = row["確認年月日"].replace("-", "")
        normal.append(back)
    lines, number = [], 0
    for year in ("2024", "2025"):
        block = [row for row in normal if row["年分"] == year]
        lines.append(b"1" + CITY_WITH_CHECK_DIGIT.encode() + TODAY.encode() + year.encode() + b" " * 581)
        for row in block:
            number += 1
            line = b"2" + b"%06d" % number + year.encode() + state[row["処理区分"]].encode()
            line += one(row["納税者 宛名番号"], 15) + one(row["納税者 カナ氏名"], 40) + two(row["納税者 氏名"], 60)
            line += nine(row["納税者 生年月日"], 8) + nine(row["納税者 郵便番号"], 7) + two(row["納税者 住所"], 120)
            line += two(row["支払者 名称"], 60) + two(row["支払者 所在地"], 120)
            line += one(row["対象者 カナ氏名"], 40) + two(row["対象者 氏名"], 60) + nine(row["対象者 生年月日"], 8)
            line += two(row["対象者 続柄"], 10) + relation[row["対象者 区分"]].encode() + nine(row["対象者 合計所得金額"], 10)
            line += reason[row["是正理由"]].encode() + nine(row["是正前 控除額"], 8) + nine(row["是正後 控除額"], 8)
            line += nine(row["確認年月日"], 8) + b"   "
            lines.append(line)
        before, after = (sum(int(row[column]) for row in block) for column in ("是正前 控除額", "是正後 控除額"))
        lines.append(b"8" + b"%06d%012d%012d" % (len(block), before, after) + b" " * 569)
    lines.append(b"9" + b"%06d" % number + b" " * 593)
    assert all(len(line) == 600 for line in lines), [len(line) for line in lines]
    write("fuyo-zesei-joho", columns, source, normal, b"".join(line + b"\r\n" for line in lines))


nenkin()
hikazei()
reports()
kyotsu_nozei()
fuyo_zesei()
