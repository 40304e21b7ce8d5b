#!/usr/bin/env python3
"""The golden pair of the standard CSV: a source, and the bytes that it must become. Reads no layout file and shares no code with
the gateway. All persons are made up.

    python3 crates/records/tests/golden/make_standard.py
"""

from wire import pair

columns = ["宛名番号", "氏名", "氏名_フリガナ", "生年月日", "生年月日_不詳フラグ", "生年月日_不詳表記", "異動年月日", "更新時刻", "削除フラグ"]
names = ["葛\U000e0102城　\U0010de92子", "𠮷\"野\",髙", "ﾔﾏﾀﾞ A", "\U0002ea41\U000e0100辻"]
rows = [
    ["1", names[0], "カツラギ", "1945-08-15", "0", "", "2026-04-01", "09:30:00", "0"],
    ["000000000000002", names[1], "", "1945-08-00", "1", "昭和20年8月頃", "", "", "0"],
    ["3", names[2], "ヤマダ", "", "1", "不明", "20260401", "093000", "1"],
    ["5", "山田", "ヤマダ", "", "0", "", "", "", "0"],
    ["4", names[3], "ツジ", "19450000", "1", "", "2026-04-01", "23:59:59", "0"],
]
heading = ["市区町村コード", "宛名番号", "全件差分区分", "氏名", "氏名_フリガナ", "生年月日", "生年月日_不詳フラグ", "生年月日_不詳表記", "異動年月日",
           "更新時刻", "削除フラグ"]


def day(text):
    digits = text.replace("-", "")
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if digits else "0000-00-00"


def time(text):
    digits = text.replace(":", "")
    return f"{digits[:2]}:{digits[2:4]}:{digits[4:]}" if digits else ""


def quoted(values):
    return ",".join('"' + value.replace('"', '""') + '"' for value in values) + "\n"


out, normal = quoted(heading), []
for number, name, kana, born, unknown, words, moved, at, gone in rows:
    out += quoted(["131016", number, "2", name, kana, day(born), unknown, words, day(moved), time(at), gone])
    normal.append([number, name, kana, born.replace("-", ""), unknown, words, moved.replace("-", ""), at.replace(":", ""), gone])
pair("standard/juminzei-atena", columns, rows, out.encode("utf-8"), normal, {"全件差分区分": "差分"})
