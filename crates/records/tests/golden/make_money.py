#!/usr/bin/env python3
"""Golden pairs for the bank files and the convenience store files: sources in CSV, and the bytes that they must become.

Has field tables of its own, typed from the facts about each file; reads no layout file and shares no code with the
gateway. All persons, numbers and places are made up. The same bytes come out of every run.

    python3 crates/records/tests/golden/make_money.py        writes crates/records/tests/golden/zengin/*/ and crates/records/tests/golden/konbini/*/
"""

from wire import full, lines, mod10, nine, one, pair, record, strict

SPACES = b" "
COLLECTOR = ("トウタツシ　カイケイカンリシャ　コウザフリカエカカリ　ホンチョウシャ　ゴカイ", "ﾄｳﾀﾂｼ ｶｲｹｲｶﾝﾘｼﾔ ｺｳｻﾞﾌﾘｶｴｶｶﾘ ﾎﾝﾁﾖｳｼﾔ ｺﾞｶｲ")
BANK = ("トウタツチョウミン-ギンコウ", "ﾄｳﾀﾂﾁﾖｳﾐﾝ-ｷﾞﾝｺｳ")
BRANCH = ("ホンテンエイギョウブダ２", "ﾎﾝﾃﾝｴｲｷﾞﾖｳﾌﾞﾀﾞ2")
# Every sound mark, brackets, small letters, signs: 30 bytes in the bank's form.
PAYER = ("ガギグゲゴ　パピプペポ　（カ）ａb－1．", "ｶﾞｷﾞｸﾞｹﾞｺﾞ ﾊﾟﾋﾟﾌﾟﾍﾟﾎﾟ (ｶ)AB-1.")
LONG_VOWEL = ("シャッチョー　ヴ", "ｼﾔﾂﾁﾖ- ｳﾞ")
DECOMPOSED = ("カ\u3099ッハ\u309aー", "ｶﾞﾂﾊﾟ-")
HALF = ("ﾔﾏﾀﾞ ﾀﾛｳ", "ﾔﾏﾀﾞ ﾀﾛｳ")
full(COLLECTOR[1], 40), full(BANK[1], 15), full(BRANCH[1], 15), full(PAYER[1], 30)


def head_120(kind, code, name, mmdd, bank, bank_name, branch, branch_name, account_kind, account):
    return record(
        120, b"1", nine(2, kind), b"0", nine(10, code), one(40, name), nine(4, mmdd), nine(4, bank), one(15, bank_name),
        nine(3, branch), one(15, branch_name), nine(1, account_kind), nine(7, account), SPACES * 17,
    )


def end(length):
    return record(length, b"9", SPACES * (length - 1))


# ---------------------------------------------------------------- 口座振替

def debit(bank, bank_name, branch, branch_name, kind, account, name, amount, new, customer, result):
    return record(
        120, b"2", nine(4, bank), one(15, bank_name), nine(3, branch), one(15, branch_name), SPACES * 4, nine(1, kind),
        nine(7, account), one(30, name), nine(10, amount), nine(1, new), one(20, customer), nine(1, result), SPACES * 8,
    )


def debit_trailer(length, amounts, done=None):
    """`done` are the amounts that were paid; a request has none and zeros in their place."""
    fields = [len(amounts), sum(amounts)]
    if done is None:
        fields += [0, 0, 0, 0]
    else:
        fields += [len(done), sum(done), len(amounts) - len(done), sum(amounts) - sum(done)]
    n, s, dn, ds, bn, bs = fields
    return record(
        length, b"8", nine(6, n), nine(12, s), nine(6, dn), nine(12, ds), nine(6, bn), nine(12, bs),
        SPACES * (length - 55),
    )


def koza_furikae_irai():
    columns = ["引落日", "引落銀行番号", "引落銀行名", "引落支店番号", "引落支店名", "預金種目", "口座番号", "預金者名",
               "引落金額", "新規コード", "顧客番号"]
    # bank, bank name, branch, branch name, kind, account, name, amount, new, customer: as the source has them, and as they are sent
    rows = [
        (("9901", *BANK), ("901", *BRANCH), "1", "9999999", PAYER, ("9999999999", 9999999999), "1", full("A1234567890123456789", 20)),
        (("0001", "", ""), ("001", "", ""), "2", "1", LONG_VOWEL, ("0000000001", 1), "0", ""),
        (("0005", "", ""), ("123", "", ""), "9", "0000000", DECOMPOSED, ("0", 0), "2", "00000000000000000042"),
        (("0005", "", ""), ("123", "", ""), "3", "7654321", HALF, ("12300", 12300), "0", "K-1"),
    ]
    source, normal, data = [], [], []
    for (bank, name_in, name_out), (branch, branch_in, branch_out), kind, account, who, amount, new, customer in rows:
        source.append(["2028-02-29", bank, name_in, branch, branch_in, kind, account, who[0], amount[0], new, customer])
        normal.append(["0229", bank, name_out, branch, branch_out, kind, account.zfill(7), who[1], str(amount[1]), new, customer])
        data.append(debit(bank, name_out, branch, branch_out, kind, account, who[1], amount[1], new, customer, 0))
    link = {
        "委託者コード": "1234567890", "委託者名": COLLECTOR[0], "取引銀行番号": "9901", "取引銀行名": BANK[0],
        "取引支店番号": "901", "預金種目(委託者)": "1", "口座番号(委託者)": "7654321",
    }
    head = head_120(91, "1234567890", COLLECTOR[1], "0229", "9901", BANK[1], "901", "", "1", "7654321")
    trailer = debit_trailer(120, [amount[1] for *_, amount, _, _ in rows])
    pair("zengin/koza-furikae-irai", columns, source, lines(head, *data, trailer, end(120)), normal, link)


def koza_furikae_kekka():
    columns = ["委託者コード", "委託者名", "引落日", "取引銀行番号", "取引銀行名", "取引支店番号", "取引支店名",
               "預金種目(委託者)", "口座番号(委託者)", "引落銀行番号", "引落銀行名", "引落支店番号", "引落支店名", "預金種目",
               "口座番号", "預金者名", "引落金額", "新規コード", "顧客番号", "振替結果コード"]
    first = ["1234567890", COLLECTOR[1], "1231", "9901", BANK[1], "901", BRANCH[1], "1", "7654321"]
    second = ["0000000001", "ﾄｳﾀﾂｼ", "0101", "0001", "", "001", "", "9", "0000001"]
    third = ["0000000001", "ﾄｳﾀﾂｼ", "0101", "0001", "", "001", "", "2", "0000001"]
    blocks = [
        (first, [
            ["9901", BANK[1], "901", BRANCH[1], "1", "9999999", PAYER[1], "9999999999", "1", "A1234567890123456789", "0"],
            ["9901", "", "901", "", "2", "0000002", "ｶﾞﾂﾊﾟ-", "1", "0", "", "1"],
            ["9901", "", "901", "", "1", "0000003", HALF[1], "200", "2", "3", "2"],
            ["9901", "", "901", "", "1", "0000004", HALF[1], "3000", "0", "4", "3"],
            ["9901", "", "901", "", "1", "0000005", HALF[1], "40000", "0", "5", "4"],
        ]),
        (second, [
            ["0001", "", "001", "", "1", "0000006", HALF[1], "50", "0", "6", "8"],
            ["0001", "", "001", "", "9", "0000007", HALF[1], "0", "0", "7", "9"],
            ["0001", "", "002", "", "1", "0000008", HALF[1], "600", "0", "8", "0"],
        ]),
        (third, [["0005", "", "123", "", "1", "0000009", HALF[1], "7000", "0", "9", "0"]]),
    ]
    rows, out = [], []
    for header, data in blocks:
        out.append(head_120(91, *header))
        for row in data:
            rows.append(header + row)
            out.append(debit(*row))
        amounts = [int(row[7]) for row in data]
        out.append(debit_trailer(120, amounts, [int(row[7]) for row in data if row[10] == "0"]))
    pair("zengin/koza-furikae-kekka", columns, rows, lines(*out, end(120)))


# ---------------------------------------------------------------- 総合振込

def sogo_furikomi():
    columns = ["識別表示", "振込指定日", "被仕向銀行番号", "被仕向銀行名", "被仕向支店番号", "被仕向支店名", "預金種目", "口座番号",
               "受取人名", "振込金額", "新規コード", "顧客コード1", "顧客コード2", "振込指定区分", "EDI情報"]
    edi = ("ヲﾜ￥「ショー」12345／(A)", "ｦﾜ¥｢ｼﾖ-｣12345/(A)")
    edi_full = ("ヲﾜ￥「ショー」123456(A)ガ．", "ｦﾜ¥｢ｼﾖ-｣123456(A)ｶﾞ.")
    full(edi_full[1], 20)
    rows = [
        ("", ("9901", *BANK), ("901", *BRANCH), "1", "9999999", PAYER, "9999999999", "1", "9876543210", "1234567890", "7", ("", "")),
        ("Y", ("9901", *BANK), ("901", *BRANCH), "2", "9999999", PAYER, "9999999999", "1", "", "", "8", edi_full),
        ("", ("0001", "", ""), ("001", "", ""), "2", "1", LONG_VOWEL, "1", "0", "", "", "8", ("", "")),
        ("", ("0001", "", ""), ("001", "", ""), "4", "20", DECOMPOSED, "0", "2", "", "", "7", ("", "")),
        ("Y", ("0001", "", ""), ("001", "", ""), "9", "300", HALF, "50000", "2", "", "", "7", edi),
        ("Y", ("0001", "", ""), ("001", "", ""), "1", "4000", HALF, "600", "0", "", "", "7", ("", "")),
        ("Y", ("0001", "", ""), ("001", "", ""), "4", "4001", HALF, "0", "0", "", "", "7", ("", "")),
        ("", ("0001", "", ""), ("001", "", ""), "9", "50000", HALF, "7", "0", "8", "", "0", ("", "")),
    ]
    source, normal, data, total = [], [], [], 0
    for mark, bank, branch, kind, account, who, amount, new, code_1, code_2, how, note in rows:
        source.append([mark, "20270101", bank[0], bank[1], branch[0], branch[1], kind, account, who[0], amount, new, code_1,
                       code_2, how, note[0]])
        filled = ["", ""] if mark else [code_1.zfill(10), code_2.zfill(10)]
        normal.append([mark, "0101", bank[0], bank[2], branch[0], branch[2], kind, account.zfill(7), who[1], amount, new,
                       *filled, how, note[1]])
        middle = one(20, note[1]) if mark else nine(10, code_1 or 0) + nine(10, code_2 or 0)
        data.append(record(
            120, b"2", nine(4, bank[0]), one(15, bank[2]), nine(3, branch[0]), one(15, branch[2]), b"0000", nine(1, kind),
            nine(7, account), one(30, who[1]), nine(10, amount), nine(1, new), middle, nine(1, how), one(1, mark), SPACES * 7,
        ))
        total += int(amount)
    link = {
        "委託者コード": "1234567890", "委託者名": "トウタツシ", "仕向銀行番号": "9901",
        "仕向支店番号": "901", "仕向支店名": BRANCH[0], "預金種目(依頼人)": "2", "口座番号(依頼人)": "1",
    }
    head = head_120(21, "1234567890", "ﾄｳﾀﾂｼ", "0101", "9901", "", "901", BRANCH[1], "2", "1")
    trailer = record(120, b"8", nine(6, len(rows)), nine(12, total), SPACES * 101)
    pair("zengin/sogo-furikomi", columns, source, lines(head, *data, trailer, end(120)), normal, link)


# ---------------------------------------------------------------- 地方税納付代行

def chihozei_nofu_daiko():
    columns = ["委託者コード", "取引支店番号", "納付期限", "納付月分", "特別徴収義務者名", "特別徴収義務者の所在地", "市町村コード",
               "市町村名", "指定番号", "異動の有無", "給与税額 件数", "給与税額 金額", "退職税額 件数", "退職税額 金額",
               "合計税額 件数", "合計税額 金額"]
    # Two lines of 20, three lines of 15, 15 and 20.
    name = full("ｶﾌﾞｼｷｶﾞｲｼﾔ ﾄｳﾀﾂ".ljust(20) + "ｼﾞﾝｼﾞﾌﾞ ｷﾕｳﾖｶ ﾀﾝﾄｳ12", 40)
    place = full("ﾄｳﾀﾂｼ ｶｻｷﾁﾖｳ".ljust(15) + "ｲﾁﾁﾖｳﾒ 1-2-3".ljust(15) + "ﾄｳﾀﾂﾋﾞﾙ 12F ABC-1234", 50)
    head = ["1234567890", "901", "20260710", "202606", name, place]
    data = [
        ["131016", full("ﾁﾖﾀﾞｸ ﾄｸﾍﾞﾂｸ 12", 15), full("AB1234567890123", 15), "1", "99999", "999999999", "99999", "999999999",
         "99999", "999999999"],
        ["011002", "", "", "0", "0", "0", "0", "0", "0", "0"],
        ["271004", "ｵｵｻｶｼ", "77", "9", "12", "345600", "1", "7000", "13", "352600"],
    ]
    out = [record(
        120, b"1", b"99", b"0", nine(10, head[0]), nine(3, head[1]), b"080710", b"0806", one(40, name), one(50, place),
        SPACES * 3,
    )]
    for city, city_name, number, moved, *amounts in data:
        counted = [nine((5, 9)[n % 2], amount) for n, amount in enumerate(amounts)]
        out.append(record(120, b"2", nine(6, city), one(15, city_name), one(15, number), nine(1, moved), *counted, SPACES * 40))
    sums = [sum(int(row[4 + n]) for row in data) for n in range(6)]
    out.append(record(120, b"8", *[nine((7, 11)[n % 2], total) for n, total in enumerate(sums)], SPACES * 65))
    pair("zengin/chihozei-nofu-daiko", columns, [head + row for row in data], lines(*out, end(120)))


# ---------------------------------------------------------------- 地公体 350

def head_350(code, subject, subject_name, name, era_day, bank, bank_name, branch, branch_name, kind, account, year):
    year_, month, day = era_day
    return record(
        350, b"1", b"91", b"0", nine(8, code), nine(2, subject), one(5, subject_name), one(35, name), nine(2, year_),
        nine(2, month), nine(2, day), nine(4, bank), one(15, bank_name), nine(3, branch), one(15, branch_name), nine(1, kind),
        nine(7, account), nine(2, year), SPACES * 243,
    )


COLUMNS_350 = ["引落銀行番号", "引落銀行名", "引落支店番号", "引落支店名", "預金種目", "口座番号", "口座名義人", "引落金額",
               "新規コード", "(新)義務者番号", "(旧)義務者番号", "種目コード", "種目名", "年度", "期別", "整理番号", "収納番号",
               "納税(付)者氏名", "郵便番号", "住所(市町村)", "住所(町名)", "住所(番地)", "住所(方書)", "科目", "口座番号(14桁)"]


def data_350(row, result):
    (bank, bank_name, branch, branch_name, kind, account, holder, amount, new, number, old, item, item_name, year, term,
     serial, receipt, payer, post, city, town, lot, house, subject, account_14) = row
    return record(
        350, b"2", nine(4, bank), one(15, bank_name), nine(3, branch), one(15, branch_name), SPACES * 4, nine(1, kind),
        nine(7, account), one(30, holder), nine(10, amount), nine(1, new), nine(1, result), SPACES * 10, one(18, number),
        SPACES * 2, one(18, old), one(2, item), one(5, item_name), nine(2, year), one(5, term), one(11, serial),
        one(26, receipt), SPACES * 7, one(30, payer), nine(5, post), one(22, city), one(22, town), one(22, lot),
        one(22, house), one(15, subject), one(14, account_14),
    )


# As it is sent.
FULL_350 = ["9901", BANK[1], "901", BRANCH[1], "1", "9999999", PAYER[1], "9999999999", "1", full("N12345678901234567", 18),
            full("O12345678901234567", 18), "01", full("ﾌﾂｳｶﾞ", 5), "08", full("01ABC", 5), full("S1234567890", 11),
            full("R1234567890123456789012345", 26), PAYER[1], "10000", full("ﾁﾖﾀﾞｸ ﾄｸﾍﾞﾂｸ 123456789", 22),
            full("ｶｽﾐｶﾞｾｷ ﾏﾙﾉｳﾁ 12345678", 22), full("1-2-3 ﾊﾞﾝﾁ 12345678901", 22), full("ﾄｳﾀﾂﾋﾞﾙ 12F 1234567890", 22),
            full("ｼﾁﾖｳｿﾝﾐﾝｾﾞｲ ﾌﾂ3", 15), full("12345678901234", 14)]
EMPTY_350 = ["0001", "", "001", "", "2", "0000001", "ｼﾔﾂﾁﾖ- ｳﾞ", "1", "0", "", "", "", "", "31", "", "", "", "", "00000", "", "",
             "", "", "", ""]
CHANGED_350 = [*FULL_350[:8], "2", *FULL_350[9:]]


def chikotai_350_irai():
    columns = ["科目コード", "科目名", "振替日", "ヘッダの年度", *COLUMNS_350]
    wide = list(FULL_350)
    wide[1], wide[3], wide[6], wide[12], wide[17] = BANK[0], BRANCH[0], PAYER[0], "フツウガ", PAYER[0]
    wide[19:23] = ["チヨダク　トクベツク　123456789", "カスミガセキ　マルノウチ　12345678", "1－2－3　バンチ　12345678901",
                   "トウタツビル　12F　1234567890"]
    wide[23] = "シチョウソンミンゼイ　フツ3"
    empty = list(EMPTY_350)
    empty[6], empty[18], empty[5], empty[7] = LONG_VOWEL[0], "", "1", "01"
    last = list(EMPTY_350)
    last[6], last[7], last[8] = DECOMPOSED[1], "12300", "2"
    last_in = list(last)
    last_in[6] = DECOMPOSED[0]
    head = ["91", "ジュウミ", "2028-12-31", "10"]
    source = [head + row for row in (wide, empty, last_in)]
    normal = [["91", "ｼﾞﾕｳﾐ", "20281231", "10"] + row for row in (FULL_350, EMPTY_350, last)]
    link = {
        "委託者コード": "12345678", "委託者名": "トウタツシ", "銀行コード": "9901", "銀行名": BANK[0], "支店コード": "901",
        "入金預金種目": "1", "入金口座番号": "7654321",
    }
    out = [head_350("12345678", "91", full("ｼﾞﾕｳﾐ", 5), "ﾄｳﾀﾂｼ", ("10", "12", "31"), "9901", BANK[1], "901", "", "1", "7654321", "10")]
    out += [data_350(row, 0) for row in (FULL_350, EMPTY_350, last)]
    out.append(debit_trailer(350, [9999999999, 1, 12300]))
    pair("zengin/chikotai-350-irai", columns, source, lines(*out, end(350)), normal, link)


def chikotai_350_kekka():
    columns = ["委託者コード", "科目コード", "科目名", "委託者名", "振替日", "銀行コード", "銀行名", "支店コード", "支店名",
               "入金預金種目", "入金口座番号", "ヘッダの年度", *COLUMNS_350[:9], "振替結果コード", *COLUMNS_350[9:]]
    collector = full("ﾄｳﾀﾂｼ ｶｲｹｲｶﾝﾘｼﾔ ｺｳｻﾞﾌﾘｶｴｶｶﾘ ﾎﾝﾁﾖｳｼﾔ", 35)
    blocks = [
        (["12345678", "01", "ｼﾞﾕｳﾐ", collector, "20190501", "9901", BANK[1], "901", BRANCH[1], "1", "7654321", "01"],
         ("01", "05", "01"), [(FULL_350, "0"), (EMPTY_350, "1"), (EMPTY_350, "2"), (EMPTY_350, "3")]),
        (["12345678", "92", "", "", "20281231", "0001", "", "001", "", "9", "0000000", "10"],
         ("10", "12", "31"), [(EMPTY_350, "4"), (EMPTY_350, "8"), (EMPTY_350, "9"), (CHANGED_350, "0")]),
    ]
    rows, out = [], []
    for head, day, data in blocks:
        code, subject, subject_name, name, _, *account = head
        out.append(head_350(code, subject, subject_name, name, day, *account))
        for row, result in data:
            rows.append(head + row[:9] + [result] + row[9:])
            out.append(data_350(row, result))
        done = [int(row[7]) for row, result in data if result == "0"]
        out.append(debit_trailer(350, [int(row[7]) for row, _ in data], done))
    pair("zengin/chikotai-350-kekka", columns, rows, lines(*out, end(350)))


# ---------------------------------------------------------------- コンビニ収納

def barcode(company, free, again, limit, stamp, amount):
    """44 digits."""
    digits = "91" + company + free + again + limit + stamp + amount.zfill(6)
    assert len(digits) == 43 and digits.isdigit(), digits
    return digits + mod10(digits)


def unknown_record(kind):
    return record(120, kind, SPACES * 119)


STATUS = {"01": "速報", "02": "確報", "03": "速報取消"}


def shuno_muf():
    columns = ["ヘッダ データ作成日", "ヘッダ MUF企業コード", "ヘッダ 収納企業コード", "ヘッダ 収納企業名(カナ)", "データ種別",
               "CVS店舗収納年月日", "CVS店舗収納時分", "MUF企業コード", "収納企業コード", "自由使用欄", "再発行区分", "支払期限",
               "印紙フラグ", "金額", "CVS受付店舗コード", "データ取得年月日", "振込予定年月日", "経理処理年月日", "CVSコード"]
    one_key, other_key = "1234567890123456", "0000000000000000"
    blocks = [
        (["20260710", "12345", "67890", full("ﾄｳﾀﾂｼ ｼﾕｳﾉｳｶ ｹｲｼﾞﾄﾞｳｼﾔｾﾞｲ ｺﾃｲｼｻﾝｾﾞｲ ABCD", 40)], [
            ["01", "20260709", "2359", "12345", "67890", one_key, "9", "20260731", "1", "999999", full("ABC1234", 7), "20260710", "", "", full("C001", 4)],
            ["02", "20260706", "0000", "12345", "67890", other_key, "0", "999999", "0", "1", "", "20260707", "20260715", "20260710", ""],
        ]),
        (["20260710", "12345", "00001", ""], [
            ["03", "20280229", "1200", "12345", "00001", one_key, "0", "20991231", "0", "0", "1", "20280301", "", "", "C2"],
            ["01", "20260709", "0001", "12345", "00001", one_key, "1", "20000101", "1", "50001", "1", "20260710", "", "20260711", "C2"],
        ]),
    ]
    rows, out = [], []
    for head, data in blocks:
        day, muf, company, name = head
        out.append(record(120, b"1", nine(8, day), nine(5, muf), nine(5, company), one(40, name), SPACES * 61))
        for row in data:
            rows.append(head + row)
            (kind, paid, time, muf, company, free, again, limit, stamp, amount, shop, taken, transfer, booked, chain) = row
            code = barcode("9" + muf, company + free, again, limit[-6:], stamp, amount)
            out.append(record(
                120, b"2", nine(2, kind), nine(8, paid), nine(4, time), nine(44, code), SPACES * 3, one(7, shop), nine(8, taken),
                nine(8, transfer or 0), SPACES * 8, nine(8, booked or 0), one(4, chain), SPACES * 15,
            ))
        out.append(unknown_record(b"8"))
    pair("konbini/shuno-muf", columns, rows, lines(*out, unknown_record(b"9")), status=("データ種別", STATUS))


def shuno_mizuho():
    columns = ["種別", "店舗収納日", "店舗収納時間", "バーコード種別", "請求書発行企業コード", "自由使用欄", "再発行区分", "支払期限",
               "印紙フラグ", "金額", "収納店舗コード", "客層データ", "データ取得年月日", "振込予定日", "経理処理年月日", "CVSコード"]
    rows = [
        ["01", "20260709", "23:59", "1", "901234", "123456789012345678901", "9", "2026-07-31", "1", "999999", "ABC1234", "M9",
         "20260710", "", "", "CVS001"],
        ["02", "20260706", "0000", "", "000000", "000000000000000000000", "0", "999999", "0", "000001", "", "", "20260707",
         "20260715", "20260710", ""],
        ["03", "20280229", "1200", "", "554321", "123456789012345678901", "0", "20000101", "0", "0", "1", "", "20280301", "", "", "2"],
    ]
    normal = [list(row) for row in rows]
    normal[0][2], normal[0][7], normal[1][9] = "2359", "20260731", "1"
    out = [unknown_record(b"1")]
    for kind, paid, time, sort, company, free, again, limit, stamp, amount, shop, guest, taken, transfer, booked, chain in normal:
        code = barcode(company, free, again, limit[-6:], stamp, amount)
        out.append(record(
            120, b"2", nine(2, kind), nine(8, paid), nine(4, time), one(1, sort), nine(44, code), SPACES * 3, one(7, shop),
            one(2, guest), nine(8, taken), nine(8, transfer or 0), nine(8, booked or 0), one(6, chain), SPACES * 18,
        ))
    pair("konbini/shuno-mizuho", columns, rows, lines(*out, unknown_record(b"8"), unknown_record(b"9")), normal,
         status=("種別", STATUS))


def shuno_dsk():
    columns = ["種別", "収納日", "収納時刻", "バーコード情報", "ユーザー使用欄１", "ユーザー使用欄２", "印紙フラグ", "金額",
               "コンビニ本部コード", "コンビニ名", "コンビニ店舗コード", "振込日", "データ作成日"]

    def row(kind, day, time, user_1, user_2, again, limit, stamp, in_code, amount, chain, name, shop, transfer):
        code = barcode("912345", "67890" + user_1 + user_2, again, limit, stamp, in_code)
        assert code[13:19] == user_1 and code[19:30] == user_2 + again and code[36] == stamp
        return [kind, day, time, "EAN" + code, user_1, user_2 + again, stamp, amount, chain, name, shop, transfer, "20260710"]

    rows = [
        row("01", "20260709", "2359", "123456", "7890123456", "9", "260731", "1", "999999", "999999", "010", "見本マート, 霞が関\"1\"号", "123456", ""),
        row("02", "20260706", "0000", "000000", "0000000000", "0", "999999", "0", "1", "1", "020", "髙島見本", "000000", "20260715"),
        row("03", "20280229", "1200", "123456", "7890123456", "0", "280229", "0", "50000", "50000", "030", "ﾐﾎﾝﾏｰﾄ", "000001", ""),
        row("12", "20260707", "0000", "123456", "7890123456", "0", "999999", "0", "1200", "1200", "910", "ゆうびん", "000000", "20260714"),
        row("22", "20260708", "0000", "123456", "7890123456", "0", "999999", "0", "1200", "1300", "911", "", "000000", "20260715"),
        row("81", "20260710", "0859", "123456", "7890123456", "0", "260731", "0", "1200", "1200", "820", "ペイ", "000000", ""),
    ]

    def windows(text):
        """Windows writes the IBM extension of 髙 as FBFC."""
        return b"".join(b"\xfb\xfc" if c == "髙" else c.encode("cp932") for c in text)

    out = [strict(",".join(columns))]
    for values in rows:
        line = list(values)
        line[9] = '"' + line[9].replace('"', '""') + '"'
        line[11] = line[11] or "0"
        out.append(b",".join(windows(value) for value in line))
    others = {"12": "郵便振替", "22": "郵便振替訂正", "81": "リアル"}
    pair("konbini/shuno-dsk", columns, rows, lines(*out), status=("種別", STATUS | others))


# ---------------------------------------------------------------- 給与・賞与振込, 振込入金明細

def kyuyo_shoyo_furikomi():
    columns = ["振込指定日", "被仕向銀行番号", "被仕向銀行名", "被仕向支店番号", "被仕向支店名", "預金種目", "口座番号", "受取人名",
               "振込金額", "新規コード", "社員番号", "所属コード"]
    sounds = ("ガギグゲゴ　パピプペポ　（カ）－", "ｶﾞｷﾞｸﾞｹﾞｺﾞ ﾊﾟﾋﾟﾌﾟﾍﾟﾎﾟ (ｶ)-")
    rows = [
        (("9901", *BANK), ("901", *BRANCH), "1", "9999999", sounds, "9999999999", "1", ("9876543210",) * 2, ("１２34567890", "1234567890")),
        (("0001", "", ""), ("001", "", ""), "2", "1", LONG_VOWEL, "1", "0", ("", ""), ("", "")),
        (("0001", "", ""), ("001", "", ""), "1", "20", DECOMPOSED, "0", "2", ("a-7", "A-7"), ("", "")),
    ]
    source, normal, data, total = [], [], [], 0
    for bank, branch, kind, account, who, amount, new, person, office in rows:
        source.append(["20270101", bank[0], bank[1], branch[0], branch[1], kind, account, who[0], amount, new, person[0], office[0]])
        normal.append(["0101", bank[0], bank[2], branch[0], branch[2], kind, account.zfill(7), who[1], amount, new, person[1],
                       office[1]])
        data.append(record(
            120, b"2", nine(4, bank[0]), one(15, bank[2]), nine(3, branch[0]), one(15, branch[2]), b"0000", nine(1, kind),
            nine(7, account), one(30, who[1]), nine(10, amount), nine(1, new), one(10, person[1]), one(10, office[1]), SPACES * 9,
        ))
        total += int(amount)
    link = {
        "種別コード": "71", "委託者コード": "1234567890", "委託者名": "トウタツシ", "仕向銀行番号": "9901", "仕向支店番号": "901",
        "預金種目(依頼人)": "2", "口座番号(依頼人)": "1",
    }
    head = head_120(71, "1234567890", "ﾄｳﾀﾂｼ", "0101", "9901", "", "901", "", "2", "1")
    trailer = record(120, b"8", nine(6, len(rows)), nine(12, total), SPACES * 101)
    pair("zengin/kyuyo-shoyo-furikomi", columns, source, lines(head, *data, trailer, end(120)), normal, link)


def furikomi_nyukin_meisai():
    columns = ["作成日", "勘定日(自)", "勘定日(至)", "銀行コード", "銀行名", "支店コード", "支店名", "預金種目", "口座番号", "口座名", "照会番号",
               "勘定日", "起算日", "金額", "うち他店券金額", "振込依頼人コード", "振込依頼人名", "仕向銀行名", "仕向店名", "取消区分", "EDI情報"]
    account = ["20260710", "20260701", "20260710", "9901", "ﾄｳﾀﾂ", "901", "ﾎﾝﾃﾝ", "1", "0000123", "ﾄｳﾀﾂｼ ｶｲｹｲｶﾝﾘｼﾔ"]
    other = [*account[:8], "0000124", "ﾄｳﾀﾂｼ ﾍﾞﾂｺｳｻﾞ"]
    entries = [
        (account, ["000001", "20260701", "20260701", "9999999999", "0", "1234567890", "ﾔﾏﾀﾞ ﾀﾛｳ", "ﾏﾁﾉ", "ｴｷﾏｴ", "", "INV-001"]),
        (account, ["000002", "20260702", "20260701", "1200", "200", "", "(ｶ)ﾃｽﾄ", "", "", "1", ""]),
        (account, ["000003", "20260710", "20260710", "1", "0", "", "ｽｽﾞｷ", "", "", "", ""]),
        (other, ["000001", "20260710", "20260710", "50", "0", "", "ﾀﾅｶ", "", "", "1", ""]),
    ]

    def reiwa(day):
        return nine(2, int(day[:4]) - 2018) + day[4:].encode()

    def block(account):
        mine = [entry for whose, entry in entries if whose is account]
        head = record(
            200, b"1010", *(reiwa(day) for day in account[:3]), nine(4, account[3]), one(15, account[4]), nine(3, account[5]),
            one(15, account[6]), nine(1, account[7]), nine(7, account[8]), one(40, account[9]), SPACES * 93,
        )
        data = [record(
            200, b"2", nine(6, e[0]), reiwa(e[1]), reiwa(e[2]), nine(10, e[3]), nine(10, e[4]), one(10, e[5]), one(48, e[6]),
            one(15, e[7]), one(15, e[8]), one(1, e[9]), one(20, e[10]), SPACES * 52,
        ) for e in mine]
        paid, undone = ([int(e[3]) for e in mine if e[9] == mark] for mark in ("", "1"))
        trailer = record(200, b"8", nine(6, len(paid)), nine(12, sum(paid)), nine(6, len(undone)), nine(12, sum(undone)), SPACES * 163)
        return [head, *data, trailer]

    pair("zengin/furikomi-nyukin-meisai", columns, [account + entry for account, entry in entries],
         lines(*block(account), *block(other), end(200)))


def nyushukkin_torihiki_meisai():
    columns = ["作成日", "勘定日(自)", "勘定日(至)", "銀行コード", "銀行名", "支店コード", "支店名", "預金種目", "口座番号", "口座名", "貸越区分",
               "通帳・証書区分", "取引前残高", "照会番号", "勘定日", "預入・払出日", "入払区分", "取引区分", "取引金額", "うち他店券金額", "交換呈示日",
               "不渡返還日", "手形・小切手区分", "手形・小切手番号", "僚店番号", "振込依頼人コード", "振込依頼人名または契約者番号", "仕向銀行名",
               "仕向店名", "摘要内容", "EDI情報"]
    account = ["20260710", "20260701", "20260710", "9901", "ﾄｳﾀﾂ", "901", "ﾎﾝﾃﾝ", "1", "0000000123", "ﾄｳﾀﾂｼ ｶｲｹｲｶﾝﾘｼﾔ", "1", "0", "1000000"]
    other = [*account[:7], "2", "0000000124", "ﾄｳﾀﾂｼ ﾍﾞﾂｺｳｻﾞ", "2", "0", "0"]
    entries = [
        (account, ["00000001", "20260701", "20260701", "1", "11", "999999999999", "0", "", "", "0", "0000000", "000", "1234567890", "ﾔﾏﾀﾞ ﾀﾛｳ",
                   "ﾏﾁﾉ", "ｴｷﾏｴ", "ﾌﾘｺﾐ", "INV-001"]),
        (account, ["00000002", "20260702", "20260701", "2", "14", "1200", "0", "", "", "0", "0000000", "000", "", "ﾃﾞﾝｷ", "", "", "ｺｳｻﾞﾌﾘｶｴ", ""]),
        (account, ["00000003", "20260710", "20260710", "1", "13", "50000", "50000", "20260711", "", "1", "0000468", "456", "", "", "", "", "", ""]),
        (other, ["00000001", "20260710", "20260710", "2", "19", "7", "0", "", "20260709", "2", "0000001", "001", "", "", "", "", "ﾃｲｾｲ", ""]),
    ]

    def reiwa(day):
        return nine(2, int(day[:4]) - 2018) + day[4:].encode() if day else b"000000"

    def block(account):
        mine = [entry for whose, entry in entries if whose is account]
        head = record(
            200, b"1030", *(reiwa(day) for day in account[:3]), nine(4, account[3]), one(15, account[4]), nine(3, account[5]),
            one(15, account[6]), b"000", nine(1, account[7]), nine(10, account[8]), one(40, account[9]), nine(1, account[10]),
            nine(1, account[11]), nine(14, account[12]), SPACES * 71,
        )
        data = [record(
            200, b"2", nine(8, e[0]), reiwa(e[1]), reiwa(e[2]), nine(1, e[3]), nine(2, e[4]), nine(12, e[5]), nine(12, e[6]), reiwa(e[7]),
            reiwa(e[8]), nine(1, e[9]), nine(7, e[10]), nine(3, e[11]), one(10, e[12]), one(48, e[13]), one(15, e[14]), one(15, e[15]),
            one(20, e[16]), one(20, e[17]), SPACES,
        ) for e in mine]
        got, paid = ([int(e[5]) for e in mine if e[3] == way] for way in "12")
        trailer = record(
            200, b"8", nine(6, len(got)), nine(13, sum(got)), nine(6, len(paid)), nine(13, sum(paid)), b"0", nine(14, 0), nine(7, len(mine)),
            SPACES * 139,
        )
        return [head, *data, trailer]

    close = record(200, b"9", nine(10, 0), nine(5, 0), SPACES * 184)
    pair("zengin/nyushukkin-torihiki-meisai", columns, [account + entry for account, entry in entries],
         lines(*block(account), *block(other), close))


for make in (koza_furikae_irai, koza_furikae_kekka, sogo_furikomi, chihozei_nofu_daiko, chikotai_350_irai, chikotai_350_kekka,
             shuno_muf, shuno_mizuho, shuno_dsk, kyuyo_shoyo_furikomi,
             furikomi_nyukin_meisai, nyushukkin_torihiki_meisai):
    make()
