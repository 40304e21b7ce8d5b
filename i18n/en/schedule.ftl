# Hours, deadlines, expectations and the calendar: what is wrong with them, and why a deadline is at risk.

schedule-closures-fail = { $path }: { $error }
    .code = TT-4101
    .do = See that the file of closures is there and the user totatsu can read it.
schedule-too-many-closures = a file of closures has { $limit } lines at most
    .code = TT-4102
    .why = The file may be another one.
schedule-named-twice = { $day } is named twice
    .code = TT-4103
    .why = A day is off once.
schedule-no-date = { $day } is no date: write e.g. 2026-11-22
    .code = TT-4104
    .why = A line of the file of closures begins with its date.
schedule-no-deadline = { $text } is no deadline: write e.g. "17:00" or "business days by 17:00"
    .code = TT-4105
    .why = Times are those of clocks in Japan, with two digits each.
schedule-no-expectation = { $text } is no expectation: write e.g. "daily by 16:00", "business days by 16:00", "monthly on 10 by 12:00" or "yearly on 06-05 by 12:00"
    .code = TT-4106
    .why = Times are those of clocks in Japan, with two digits each.
schedule-no-day = no day: it never opens; leave the key out for every day
    .code = TT-4107
    .why = An empty list means never.
schedule-no-windows = no window: it never opens; leave the key out for the whole day
    .code = TT-4108
    .why = An empty list means never.
schedule-too-many-windows = a day has { $limit } windows at most
    .code = TT-4109
schedule-days-form = "every", "business" or a list such as ["mon", "thu"]
schedule-unknown-days = { $word } is unknown: write "every", "business" or a list such as ["mon", "thu"]
    .code = TT-4110
    .why = Days are words, not dates.
schedule-no-weekday = { $word } is no day of the week: write { $known }
    .code = TT-4111
    .why = Days are three small letters, as in English.
schedule-no-window = { $text } is no window: write e.g. "08:30-17:15"
    .code = TT-4112
    .why = Both ends have two digits for the hour and two for the minute.
schedule-never-opens = { $text } never opens: leave `open` out for the whole day, or write "00:00-24:00"
    .code = TT-4113
    .why = It ends when it begins.
schedule-next-day = { $text } begins on the next day: write "00:00-…"
    .code = TT-4114
    .why = 24:00 of a day is 00:00 of the next.

## Why a deadline is at risk

schedule-risk-late = it will hardly be done before { $done }
schedule-risk-closed = the hours of service leave it no time
schedule-risk-failing = its tries fail, and little time is left
schedule-risk-held = it is held for a person to decide
