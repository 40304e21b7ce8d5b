# 時間帯、期限、到着予定、カレンダー: その誤りと、期限に間に合わないおそれの理由。

schedule-closures-fail = { $path }: { $error }
    .code = TT-4101
    .do = 休日のファイルがあり、ユーザー totatsu が読めることを確かめます。
schedule-too-many-closures = 休日のファイルは { $limit } 行までです
    .code = TT-4102
    .why = 別のファイルを指しているかもしれません。
schedule-named-twice = { $day } が二度書かれています
    .code = TT-4103
    .why = 休日は一度だけ書きます。
schedule-no-date = { $day } は日付ではありません。2026-11-22 のように書いてください
    .code = TT-4104
    .why = 休日のファイルの行は、日付で始まります。
schedule-no-deadline = { $text } は期限の書き方ではありません。"17:00" や "business days by 17:00" のように書いてください
    .code = TT-4105
    .why = 時刻は日本時間で、二桁ずつです。
schedule-no-expectation = { $text } は到着予定の書き方ではありません。"daily by 16:00"、"business days by 16:00"、"monthly on 10 by 12:00"、"yearly on 06-05 by 12:00" のように書いてください
    .code = TT-4106
    .why = 時刻は日本時間で、二桁ずつです。
schedule-no-day = 曜日がありません。一日も開きません。毎日なら項目を消してください
    .code = TT-4107
    .why = 空の並びは「いつも閉じている」になります。
schedule-no-windows = 時間帯がありません。まったく開きません。終日なら項目を消してください
    .code = TT-4108
    .why = 空の並びは「いつも閉じている」になります。
schedule-too-many-windows = 一日の時間帯は { $limit } 個までです
    .code = TT-4109
schedule-days-form = "every"、"business"、または ["mon", "thu"] のような並び
schedule-unknown-days = { $word } とは書けません。"every"、"business"、または ["mon", "thu"] のように書いてください
    .code = TT-4110
    .why = 曜日は決まった語で書きます。
schedule-no-weekday = { $word } は曜日ではありません。書けるのは { $known } です
    .code = TT-4111
    .why = 曜日は英語の三文字（小文字）です。
schedule-no-window = { $text } は時間帯ではありません。"08:30-17:15" のように書いてください
    .code = TT-4112
    .why = 始まりも終わりも、時と分を二桁ずつ書きます。
schedule-never-opens = { $text } では開きません。終日なら `open` を消すか、"00:00-24:00" と書いてください
    .code = TT-4113
    .why = 始まりと終わりが同じです。
schedule-next-day = { $text } は翌日に始まります。"00:00-…" と書いてください
    .code = TT-4114
    .why = 24:00 は、次の日の 00:00 です。

## 期限に間に合わないおそれの理由

schedule-risk-late = { $done } より前に終わる見込みがありません
schedule-risk-closed = 時間帯の残りが足りません
schedule-risk-failing = 再試行が続いていて、残り時間がわずかです
schedule-risk-held = 保留中で、人の判断を待っています
