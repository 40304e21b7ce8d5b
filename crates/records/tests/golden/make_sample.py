#!/usr/bin/env python3
"""Golden pairs for the samples: MPN, immigration, light motor vehicles. Sources in CSV, and the bytes that they must become.

Has field tables of its own, typed from the facts about each file; reads no layout file and shares no code with the
gateway. All persons, numbers and places are made up. The same bytes come out of every run.

    python3 crates/records/tests/golden/make_sample.py       writes crates/records/tests/golden/mpn/*/, immigration/*/ and keijidosha/*/
"""

from wire import CITY_6, TODAY, full, lines, mixed, mod10, nine, one, pair, record, strict, two

SPACES = b" "
DAY = f"{TODAY[:4]}-{TODAY[4:6]}-{TODAY[6:]}"


def dashed(day):
    return f"{day[:4]}-{day[4:6]}-{day[6:]}" if day else ""


def quoted(text, when_needed):
    if when_needed and not set(text) & set(',"'):
        return text
    return '"' + text.replace('"', '""') + '"'


# ---------------------------------------------------------------- ＭＰＮ

def seikyu_joho():
    columns = ["お客様番号", "確認番号", "OCR情報", "バーコード情報", "支払形態", "利用者名カナ", "利用者名漢字", "パスワード", "請求番号",
               "払込書区分", "納付区分", "税目・料金番号", "賦課年度", "期別", "請求金額", "延滞金", "納期限", "支払期限"]
    code_44 = "91912345" + "678901234567890123456" + "0" + "260731" + "0" + "012300"
    code_50 = "9" * 49
    rows = [
        ["12345678901234567890", "123456", full("1234567890" * 8 + "ABC", 83), code_50 + mod10(code_50), "1",
         "ガギグゲゴ　パピプペポ,\"A", "見本，花子山田川上村下中", "abcDEF7890abcDEF7890", "AB345678901234567890", "1", "A01",
         "001", "2026", "01", "99999999999", "99999999999", "20260731", "20991231"],
        ["1", "2", "", "", "0", "", "", "", "00000000000000000001", "0", "", "002", "2025", "12", "0", "", "20280229", ""],
        ["A9", "z", "", code_44 + mod10(code_44), "9", "ｼｮｯﾋﾟﾝ", "ｶﾞ 1", "", "00000000000000000002", "9", "9", "999", "2026",
         "04", "12300", "0", "2026-12-31", "2027-01-04"],
    ]
    normal = [list(row) for row in rows]
    normal[0][5] = full("ｶﾞｷﾞｸﾞｹﾞｺﾞ ﾊﾟﾋﾟﾌﾟﾍﾟﾎﾟ,\"A", 24)
    full(normal[0][6], 24)
    normal[1][15] = "0"
    normal[2][5], normal[2][6] = "ｼﾖﾂﾋﾟﾝ", "ガ　１"
    normal[2][16], normal[2][17] = "20261231", "20270104"
    link = {"収納機関コード": "00123456", "収納機関名カナ": "トウタツシ", "収納機関名漢字": "到達市"}
    out = []
    for row in normal:
        (customer, confirm, ocr, code, form, kana, kanji, secret, number, slip, section, tax, year, term, amount, late, due,
         limit) = row
        values = ["00123456", customer, confirm, ocr, code, form, kana, kanji, secret, "ﾄｳﾀﾂｼ", "到達市", number, slip, section,
                  tax, year, term, amount, late, due, limit]
        out.append(strict(",".join(quoted(value, when_needed=True) for value in values)))
    pair("mpn/seikyu-joho", columns, rows, lines(*out), normal, link)


def keshikomi_joho():
    columns = ["データ種別", "データ識別コード", "被仕向センタコード", "仕向センタコード", "送信日", "MPN取扱日",
               "ヘッダ 収納機関コード", "ヘッダ 金融機関コード", "フォーマット種別", "幹事金融機関収納区分", "収納機関コード", "納付番号",
               "確認番号", "納付区分", "税目・料金番号", "収納金額", "収納日", "収納時刻", "金融機関コード", "店舗コード", "チャネル区分",
               "納付金区分", "入力区分", "歳入代理店コード", "仕向処理年月日", "仕向処理通番", "振込日"]
    head = ["MPN00", "1234567890", "9876543200", "20260710", "20260709", "12345678", "99019999", "A1", "Z"]
    filled = ["12345678", "12345678901234567890", "123456", "ABCDEFGHIJKLMNOP", "999", "99999999999", "20260709", "2359", "99019999",
              "901999", "C1", "N1", "I1", "88888888", "20280229", "99999999"]
    short = ["00123456", "1", "2", "", "001", "1200", "20260706", "0000", "", "", "", "", "", "", "20260706", "00000001"]
    empty = ["00123456", "3", "4", "A", "000", "0", "20261231", "0001", "9901", "901", "1", "2", "3", "4", "20270101", "00000002"]
    data = [
        ["01", *filled, ""], ["02", *filled, "20991231"], ["03", *filled, ""], ["01", *short, ""], ["02", *short, "20260715"],
        ["03", *empty, ""], ["01", *empty, ""],
    ]
    ident, ours, theirs, sent, handled, collector, bank, form, section = head
    out = [record(
        160, b"MPN HDR", one(5, ident), one(10, ours), one(10, theirs), nine(8, sent), nine(8, handled), nine(8, collector),
        one(8, bank), one(2, form), b"00160", one(1, section), SPACES * 88,
    )]
    for row in data:
        (kind, collector, number, confirm, section, tax, amount, paid, time, bank, branch, channel, sort, entry, agent, day,
         serial, transfer) = row
        out.append(record(
            160, b"2", nine(2, kind), nine(8, collector), one(20, number), one(6, confirm), one(16, section), nine(3, tax),
            nine(11, amount), nine(8, paid), nine(4, time), one(8, bank), one(6, branch), one(2, channel), one(2, sort),
            one(2, entry), one(8, agent), nine(8, day), nine(8, serial), nine(8, transfer or 0), SPACES * 29,
        ))
    totals = []
    for kind in ("01", "02", "03"):
        amounts = [int(row[6]) for row in data if row[0] == kind]
        totals += [nine(8, len(amounts)), nine(13, sum(amounts))]
    out.append(record(160, b"8", *totals, SPACES * 96))
    kinds = {"01": "速報", "02": "確報", "03": "速報取消"}
    pair("mpn/keshikomi-joho", columns, [[row[0]] + head + row[1:] for row in data], lines(*out),
         status=("データ種別", kinds))


# ---------------------------------------------------------------- 入管

STATUS = {"中長期在留者": "1", "特別永住者": "2", "一時庇護許可者": "3", "仮滞在許可者": "4", "経過滞在者": "5"}
SEX = {"男": "1", "女": "2"}
ADDRESS = ["市区町村コード", "町字コード", "郵便番号", "都道府県", "市区郡町村名", "町字", "番地号", "方書"]
# Kanji beyond the basic plane, with a variation selector, and outside JIS X 0208.
NAME = "髙﨑\U00020bb7葛\U000e0100"


def utf8_lines(columns, rows):
    whole = [columns, *rows]
    return lines(*[",".join(quoted(value, when_needed=False) for value in row).encode("utf-8") for row in whole])


def long_text(seed, count):
    text = (seed * count)[:count]
    assert len(text) == count
    return text


def address(prefix):
    return [prefix + name for name in ADDRESS]


FULL_ADDRESS = ["131016", "0001001", "1000001", "東京都見", long_text("見本市霞が関", 12), long_text("丸の内髙", 120),
                long_text("１２３－", 50), long_text("第三到達ビル", 300)]
NO_ADDRESS = [""] * 8
SHORT_ADDRESS = ["011002", "", "0600001", "北海道", "札幌市", "北一条西", "２丁目", ""]


def person(full_width):
    if full_width:
        return [long_text("SAMPLE, TARO \"X\" ", 100), long_text("髙﨑\U00020bb7", 100), "19450000", "女", "USA", long_text("アメリカ合衆国", 200)]
    return ["MIHON HANAKO", "", "20000229", "男", "TWN", ""]


def sent_person(values):
    name, kanji, born, sex, code, country = values
    return [name, kanji, dashed(born), SEX[sex], code, country]


def shichoson_tsuchi():
    people = ["氏名(ローマ字)", "氏名(漢字)", "生年月日", "性別", "国籍・地域コード", "国籍・地域"]
    flags = ["修正_" + name for name in ("氏名", "生年月日", "性別", "国籍・地域", "住所", "在留の区分", "在留カードの番号",
                                         "特別永住者証明書の番号")]
    tail = ["届出の根拠の別", "届出の年月日", "転出の予定年月日", "職権等の根拠の別", "記載等の年月日"]
    middle = ["在留の区分", "在留カードの番号", "特別永住者証明書の番号", "記載・消除・修正の別"]
    columns = people + address("住所_") + middle + flags + address("修正前の住所_") + tail
    sheet = ["市区町村コード", "通知年月日", "通知番号"] + columns
    changes = {"記載": "1", "消除": "2", "記載の修正": "3"}
    reports = {"": "", "住基法22条": "01", "住基法23条": "02", "住基法24条": "03", "住基法30条の46": "04", "住基法30条の47": "05"}
    offices = {"": "", "住基法施行令12条1項": "01", "住基法施行令12条2項": "02", "住基法施行令12条3項": "03"}
    card, special = "AB12345678CD", "EF87654321GH"
    none, all_of_them = ["0"] * 8, ["1"] * 8
    address_only = ["0", "0", "0", "0", "1", "0", "0", "0"]
    rows = [
        (person(True), FULL_ADDRESS, ["中長期在留者", card, special, "記載の修正"], all_of_them, FULL_ADDRESS,
         ["住基法22条", "20260709", "20260801", "住基法施行令12条1項", "20260710"]),
        (person(False), SHORT_ADDRESS, ["特別永住者", "", special, "記載"], none, NO_ADDRESS, ["住基法23条", "20260709", "", "", ""]),
        (person(False), SHORT_ADDRESS, ["一時庇護許可者", "", "", "消除"], none, NO_ADDRESS,
         ["住基法24条", "20280229", "20991231", "", ""]),
        (person(False), SHORT_ADDRESS, ["仮滞在許可者", "", "", "記載の修正"], address_only, SHORT_ADDRESS,
         ["住基法30条の46", "20260709", "", "住基法施行令12条2項", "20260709"]),
        (person(False), NO_ADDRESS, ["経過滞在者", "", "", "記載"], none, NO_ADDRESS,
         ["住基法30条の47", "20260709", "", "住基法施行令12条3項", "20260709"]),
        (person(False), NO_ADDRESS, ["経過滞在者", "", "", "消除"], none, NO_ADDRESS, ["", "", "", "", "20260709"]),
    ]
    source, normal, out = [], [], []
    for n, (who, where, status, marks, before, end) in enumerate(rows, 1):
        normal.append(who + where + status + marks + before + end)
        # No mark is the mark 0; half-width letters of an address become wide.
        blank = ["" if mark == "0" else mark for mark in marks]
        narrow = [value.replace("２", "2").replace("１", "1") for value in where]
        source.append(who + narrow + status + blank + before + end)
        out.append(
            [CITY_6, DAY, str(n).zfill(6)] + sent_person(who) + where
            + [STATUS[status[0]], status[1], status[2], changes[status[3]]] + marks + before
            + [reports[end[0]], dashed(end[1]), dashed(end[2]), offices[end[3]], dashed(end[4])]
        )
    pair("immigration/shichoson-tsuchi", columns, source, utf8_lines(sheet, out), normal)


def homusho_tsuchi():
    columns = ["通知年月日", "通知番号", "氏名(ローマ字)", "氏名(漢字)", "出生の年月日", "男女の別", "国籍等コード", "国籍等", "在留の区分",
               "在留資格", "在留期間 年", "在留期間 月", "在留期間 日", "在留期間の満了の日", "在留カードの番号",
               "特別永住者証明書の番号", "上陸期間", "仮滞在期間", "経過滞在の事由"]
    events = {"": "", "出生": "1", "国籍喪失": "2"}
    named = ["MIHON HANAKO", NAME, "19991231", "女", "KOR", "韓国"]
    rows = [
        ["20260709", "000001", *person(True), "中長期在留者", "A01", "05", "00", "000", "20310709", "AB12345678CD", "EF87654321GH",
         "20270101", "20270102", "出生"],
        ["20260709", "000002", *named, "特別永住者", "", "", "", "", "", "", "EF87654321GH", "", "", ""],
        ["20260709", "000003", *person(False), "一時庇護許可者", "", "", "", "", "", "", "", "20280229", "", ""],
        ["20260709", "000004", *person(False), "仮滞在許可者", "", "", "", "", "", "", "", "", "20991231", ""],
        ["20260709", "999999", *person(False), "経過滞在者", "", "", "", "", "", "", "", "", "", "国籍喪失"],
    ]
    out = []
    for day, number, *values in rows:
        who, (status, kind, years, months, days, until, card, special, landing, leave, event) = values[:6], values[6:]
        out.append([CITY_6, dashed(day), number] + sent_person(who)
                   + [STATUS[status], kind, years, months, days, dashed(until), card, special, dashed(landing), dashed(leave),
                      events[event]])
    pair("immigration/homusho-tsuchi", columns, rows, utf8_lines(["市区町村コード", *columns], out))


def jukyochi_dentatsu():
    columns = ["氏名(ローマ字)", "氏名(漢字)", "生年月日", "性別", "国籍・地域コード", "国籍・地域", *address("住居地_"),
               "在留カードの番号", "届出の年月日", "届出の種類", "住居地を定めた年月日", "移転年月日", *address("前の住居地_")]
    sheet = ["市区町村コード", "通知年月日", "通知番号"] + columns
    sorts = ["入管法19条の7", "入管法19条の8", "入管法19条の9", "住基法30条の46", "住基法30条の47", "住基法22条", "住基法23条"]
    rows, out = [], []
    for n, sort in enumerate(sorts, 1):
        who = person(n == 1)
        home = FULL_ADDRESS if n == 1 else SHORT_ADDRESS
        past = FULL_ADDRESS if n == 1 else SHORT_ADDRESS if n == 7 else NO_ADDRESS
        moved = "20260708" if n in (1, 7) else ""
        days = ("20280229", "20991231") if n == 2 else ("20260709", "20260708")
        rows.append(who + home + ["AB12345678CD", days[0], sort, days[1], moved] + past)
        out.append([CITY_6, DAY, str(n).zfill(6)] + sent_person(who) + home
                   + ["AB12345678CD", dashed(days[0]), str(n).zfill(2), dashed(days[1]), dashed(moved)] + past)
    pair("immigration/jukyochi-dentatsu", columns, rows, utf8_lines(sheet, out))


# ---------------------------------------------------------------- 軽自動車

def plate(office, group, kana, number):
    return two(8, office) + two(6, group) + two(2, kana) + two(8, number, right=True)


def sharyo_joho():
    plates = ["標板文字", "分類番号", "かな文字", "一連指定番号"]
    car = ["車台番号", "型式", "原動機型式", "型式指定番号・類別区分番号", "車名", "車体の形状", "燃料の種類コード", "総排気量又は定格出力",
           "初度検査年月", "種別コード", "用途コード", "営・自区分", "乗車定員", "車両重量", "車両総重量"]
    holder = ["氏名", "郵便番号", "住所"]
    # In the order in which the records name them: 旧 comes with the second kind, 廃車年月日 with the third.
    columns = ["申告区分", "作成年月日", "申告事由", "申請年月日", "異動年月日", *plates, *car, *["所有者_" + name for name in holder],
               *["使用者_" + name for name in holder], "使用の本拠の位置", "主たる定置場 市区町村コード", "所有形態区分",
               *["旧_" + name for name in plates], "廃車年月日", "抹消状態表示文字"]
    fuels = ["01", "02", "03", "04", "05", "06", "07", "08", "09", "11", "12", "13", "14", "15", "16", "99"]
    uses = {"自家用": "1", "営業用": "2"}
    full_plate, short_plate = ["尾張小牧", "５８Ａ", "あ", "１２３４"], ["品川", "５", "Ｅ", "１"]
    full_car = [full("[41]ABC-1234567890-ABCD", 23), full("*KUMITATE-1234567", 17), full("ABCDEFGHIJKLMNOPQRSTUVWX", 24),
                full("1234567890", 10), full("見本自動車ﾐﾎﾝ/ABC123", 20), full("箱型　ﾊﾞﾝ12345678901", 20), "01", "99999", "202512",
                "99", "9", "自家用", "99", "99999", "99999"]
    person_full = [full("見本ﾀﾛｳ" * 8 + "見本", 60), "1000001", full("東京都ﾐﾎﾝ1" * 16, 160)]
    short_person = ["見本花子", "0000000", "霞が関ｶﾞ"]
    place = full("本拠ﾎﾝｷｮ" * 20, 160)

    def row(kind, fuel, wide, old=None, gone=None, use="自家用"):
        if wide:
            car_values = full_car[:6] + [fuel] + full_car[7:]
            base = ["01", "20260701", "20260630", *full_plate, *car_values, *person_full, *person_full, place, "131016", "9"]
        else:
            car_values = ["A1", "", "", "", "", "", fuel, "659", "", "01", "0", use, "4", "800", "1020"]
            base = ["99", "20280229", "20991231", *short_plate, *car_values, *short_person, "", "0000000", "", "", "011002", "0"]
        return [kind, "20260705"] + base + (old or [""] * 4) + (gone or ["", ""])

    rows = [
        row("1", "01", True),
        row("2", "02", True, old=full_plate),
        row("3", "03", True, gone=["20260615", "抹消済登録"]),
        row("2", "04", False, old=short_plate, use="営業用"),
        row("3", "05", False, gone=["20280229", ""], use="営業用"),
    ] + [row("1", fuel, False, use="営業用") for fuel in fuels[5:]]
    out = [record(30, b"HD", nine(8, "20260705"), nine(6, CITY_6), nine(8, len(rows)), SPACES * 6)]
    for values in rows:
        kind, _, reason, applied, moved, *rest = values
        now, car_values, rest = rest[:4], rest[4:19], rest[19:]
        owner, user, (place_, city, own, *rest) = rest[:3], rest[3:6], rest[6:]
        old, (gone, mark) = rest[:4], rest[4:]
        (frame, model, engine, type_, name, shape, fuel, size, first, sort, purpose, use, seats, weight, gross) = car_values
        people = b"".join(mixed(60, who) + nine(7, post or 0) + mixed(160, home) for who, post, home in (owner, user))
        out.append(record(
            900, nine(1, kind), nine(2, reason), nine(8, applied), nine(8, moved), plate(*now),
            plate(*old) if kind == "2" else two(24, ""),
            one(23, frame), one(17, model), one(24, engine), one(10, type_), mixed(20, name), mixed(20, shape), nine(2, fuel),
            nine(5, size), nine(6, first or 0), nine(2, sort), nine(1, purpose), nine(1, uses[use]), nine(2, seats),
            nine(5, weight), nine(5, gross), people, mixed(160, place_), nine(6, city), nine(1, own), nine(8, gone or 0),
            two(10, mark), SPACES * 51,
        ))
    # The source may have narrow characters where the file has wide ones.
    source = [list(values) for values in rows]
    for values in source:
        values[5:9] = [{"５": "5", "Ｅ": "E", "１": "1"}.get(value, value) for value in values[5:9]]
    source[0][6], source[0][8] = "58A", "1234"
    pair("keijidosha/sharyo-joho", columns, source, lines(*out), rows)


def nofu_jokyo():
    columns = ["標板文字", "分類番号", "かな文字", "一連指定番号", "車台番号", "種別", "賦課年度", "納付状況", "納付年月日", "証明の有効期限"]
    sorts, states = {"軽三輪": "1", "軽四輪": "2"}, {"納付済": "1", "未納": "2", "課税なし": "3"}
    normal = [
        ["尾張小牧", "５８Ａ", "わ", "１２３４", full("[41]ABC-1234567890-ABCD", 23), "軽四輪", "2026", "納付済", "20260531", "20270614"],
        ["品川", "５", "Ｂ", "１", "A1", "軽三輪", "2026", "未納", "", ""],
        ["那覇", "５８０", "が", "８０", "A2", "軽四輪", "2028", "課税なし", "", "20280229"],
    ]
    source = [list(row) for row in normal]
    source[0][1:4], source[0][4] = ["58A", "わ", "1234"], "[41]abc-1234567890-ABCD"
    source[1][1:4], source[1][4] = ["5", "B", "1"], "Ａ１"
    source[2][2], source[2][3] = "か\u3099", "80"
    out = [record(120, b"1", nine(6, CITY_6), nine(8, TODAY), nine(8, len(normal)), SPACES * 97)]
    for n, (office, group, kana, number, frame, sort, year, state, paid, until) in enumerate(normal, 1):
        out.append(record(
            120, b"2", nine(8, n), plate(office, group, kana, number), one(23, frame), nine(1, sorts[sort]), nine(4, year),
            nine(1, states[state]), nine(8, paid or 0), nine(8, until or 0), SPACES * 42,
        ))
    out.append(record(120, b"9", nine(8, len(normal)), SPACES * 111))
    pair("keijidosha/nofu-jokyo", columns, source, lines(*out), normal)


for make in (seikyu_joho, keshikomi_joho, shichoson_tsuchi, homusho_tsuchi, jukyochi_dentatsu, sharyo_joho, nofu_jokyo):
    make()
