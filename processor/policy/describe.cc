#include "processor/policy/describe.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "processor/policy/text_table.h"

namespace leadclock {
namespace {

constexpr std::array<absl::string_view, 7> kWeekdays = {
    "mon", "tue", "wed", "thu", "fri", "sat", "sun"};

// A part of the page: a heading, and rows below it; nothing without rows.
class Part {
 public:
  explicit Part(absl::string_view heading) : heading_(heading) {}

  void Add(TextTable::Row row) { rows_.Add(std::move(row)); }

  std::string Text() const {
    if (rows_.empty()) return "";
    return absl::StrCat(heading_, "\n", rows_.Text(2), "\n");
  }

 private:
  const std::string heading_;
  TextTable rows_;
};

// ---- Conditions

// A whole one with all its digits.
std::string Number(double number) {
  constexpr double kWhole = 1e15;
  if (std::abs(number) < kWhole && std::trunc(number) == number) {
    return absl::StrCat(static_cast<int64_t>(number));
  }
  return absl::StrCat(number);
}

std::string Words(const NumberSpan& span) {
  if (span.from == span.to) return Number(span.from);
  std::vector<std::string> bounds;
  if (std::isfinite(span.from)) {
    bounds.push_back(absl::StrCat(span.with_from ? "at least " : "more than ",
                                  Number(span.from)));
  }
  if (std::isfinite(span.to)) {
    bounds.push_back(absl::StrCat(span.with_to ? "at most " : "less than ",
                                  Number(span.to)));
  }
  return bounds.empty() ? "a number" : absl::StrJoin(bounds, " and ");
}

std::string Words(const AttributeTest& test) {
  std::vector<std::string> values;
  for (const std::string& value : test.any_of) {
    values.push_back(value.empty() ? "not known" : value);
  }
  for (const NumberSpan& span : test.spans) values.push_back(Words(span));
  return absl::StrCat(test.attribute, test.negated ? " is not " : " is ",
                      Or(values));
}

// ---- Calendars

std::string TimeOfDay(absl::Duration since_midnight) {
  if (since_midnight > absl::Hours(24)) since_midnight -= absl::Hours(24);
  const int64_t minutes = absl::ToInt64Minutes(since_midnight);
  return absl::StrCat(absl::Dec(minutes / 60, absl::kZeroPad2), ":",
                      absl::Dec(minutes % 60, absl::kZeroPad2));
}

std::string Count(size_t count, absl::string_view what) {
  return absl::StrCat(count, " ", what, count == 1 ? "" : "s");
}

std::string Calendars(const Policy& policy) {
  Part table("Calendars");
  for (const NamedCalendar& calendar : policy.calendars) {
    const CalendarSpec* const spec = calendar.calendar.spec();
    if (spec == nullptr) {
      table.Add({calendar.name, "", "open day and night"});
      continue;
    }
    std::vector<std::string> more;
    if (!spec->holidays.empty()) {
      more.push_back(
          absl::StrCat(Count(spec->holidays.size(), "holiday"), ", ",
                       absl::FormatCivilTime(*spec->holidays.begin()), " to ",
                       absl::FormatCivilTime(*spec->holidays.rbegin())));
    }
    if (!spec->special_hours.empty()) {
      more.push_back(Count(spec->special_hours.size(), "day") +
                     " with other hours");
    }
    table.Add(
        {calendar.name, spec->zone, WeekOf(*spec), absl::StrJoin(more, "; ")});
  }
  return table.Text();
}

std::string CalendarFor(const Policy& policy) {
  Part table("Which calendar counts");
  for (const CalendarRule& rule : policy.calendar_for) {
    table.Add({Words(rule.when), policy.calendars[rule.calendar].name});
  }
  return table.Text();
}

// ---- The rest

std::string Words(const EligibilityRule& rule) {
  switch (rule.then) {
    case EligibilityRule::Then::kExclude:
      return "clocks end, and it counts as excluded";
    case EligibilityRule::Then::kStop:
      return "clocks end, and it counts as stopped";
    case EligibilityRule::Then::kReview:
      break;
  }
  return absl::StrCat("clocks end, and review by ",
                      absl::StrJoin(rule.to, ", "));
}

std::string Eligible(const Policy& policy) {
  Part table("To whom nothing is promised");
  for (const EligibilityRule& rule : policy.eligible) {
    table.Add(
        {Words(rule.when), Words(rule), absl::StrCat("reason ", rule.reason)});
  }
  return table.Text();
}

std::string Roles(const Policy& policy) {
  Part table("Who is meant");
  for (const NamedRole& role : policy.roles) {
    for (const NamedRole::Rule& rule : role.rules) {
      const bool is_first = &rule == &role.rules.front();
      const bool is_only = role.rules.size() == 1;
      table.Add({is_first ? role.name : "",
                 rule.holder.empty() ? "nobody" : rule.holder.text(),
                 is_only ? "" : Words(rule.when)});
    }
  }
  table.Add({"a role that nobody holds",
             absl::StrCat("falls to ",
                          absl::StrJoin(policy.fallback, ", then to "))});
  return table.Text();
}

std::string Responses(const Policy& policy) {
  Part table("What counts as an answer");
  for (const NamedResponse& response : policy.responses) {
    table.Add({response.name, Words(response.touch)});
  }
  return table.Text();
}

// About where a mark stands on a count up to a target, to sort by.
absl::Duration Place(const Mark& mark, const Target& target) {
  const absl::Duration due = target.kind == Target::Kind::kOpenTime
                                 ? target.length
                                 : (target.days + 1) * absl::Hours(8);
  switch (mark.from) {
    case Mark::From::kStarted:
      return -absl::InfiniteDuration();
    case Mark::From::kStart:
      return mark.length;
    case Mark::From::kBeforeDue:
      return due - mark.length;
    case Mark::From::kShare:
      return due * mark.percent / 100;
    case Mark::From::kAfterDue:
      break;
  }
  return due + mark.length;
}

// In the order in which they are reached, with the target that holds
// otherwise.
std::vector<Rung> Sorted(const ClockRule& clock) {
  std::vector<Rung> ladder = clock.ladder;
  const Target& target = clock.targets.back().target;
  std::stable_sort(ladder.begin(), ladder.end(),
                   [&target](const Rung& a, const Rung& b) {
                     return Place(a.mark, target) < Place(b.mark, target);
                   });
  return ladder;
}

std::string Clock(const Policy& policy, const ClockRule& clock) {
  Part table(absl::StrCat("Clock ", clock.name));
  table.Add({"starts when", Words(policy, clock.starts)});
  table.Add({"stops when", Words(policy, clock.stops)});
  if (!clock.pauses.empty()) {
    table.Add(
        {"stands still", absl::StrCat("while status is ", Or(clock.pauses))});
  }
  table.Add({"counts", WhatCounts(policy, clock)});
  for (const ClockRule::TargetRule& rule : clock.targets) {
    const bool is_only = clock.targets.size() == 1;
    table.Add(
        {"target", absl::StrCat(Words(rule.target), is_only ? "" : ", if ",
                                is_only ? "" : Words(rule.when))});
  }
  std::string text = table.Text();
  text.pop_back();
  Part ladder("  Ladder");
  for (const Rung& rung : Sorted(clock)) {
    ladder.Add({"  " + Words(rung.mark), WhatIsDone(rung), rung.name,
                rung.when.empty() ? "" : absl::StrCat("if ", Words(rung.when)),
                rung.recommended_action});
  }
  return clock.ladder.empty() ? text + "\n" : text + ladder.Text();
}

}  // namespace

std::string Or(const std::vector<std::string>& words) {
  if (words.size() < 2) return absl::StrJoin(words, "");
  return absl::StrCat(absl::StrJoin(words.begin(), words.end() - 1, ", "),
                      " or ", words.back());
}

std::string Words(const std::vector<OpenRange>& ranges) {
  std::vector<std::string> words;
  for (const OpenRange& range : ranges) {
    words.push_back(
        absl::StrCat(TimeOfDay(range.opens), "-", TimeOfDay(range.closes)));
  }
  return absl::StrJoin(words, " ");
}

std::string WeekOf(const CalendarSpec& spec) {
  std::vector<std::string> parts;
  for (size_t first = 0; first < spec.week.size();) {
    size_t last = first;
    while (last + 1 < spec.week.size() &&
           spec.week[last + 1] == spec.week[first]) {
      ++last;
    }
    if (!spec.week[first].empty()) {
      parts.push_back(absl::StrCat(kWeekdays[first], last > first ? "-" : "",
                                   last > first ? kWeekdays[last] : "", " ",
                                   Words(spec.week[first])));
    }
    first = last + 1;
  }
  return absl::StrJoin(parts, ", ");
}

std::string WhatCounts(const Policy& policy, const ClockRule& clock) {
  std::vector<std::string> words;
  bool is_complete = false;
  for (const CalendarRule& rule : clock.calendars) {
    is_complete = rule.when.empty();
    words.push_back(absl::StrCat(
        "the open time of ", policy.calendars[rule.calendar].name,
        is_complete ? "" : ", if ", is_complete ? "" : Words(rule.when)));
  }
  if (!is_complete) words.emplace_back("the open time of the lead's calendar");
  return absl::StrJoin(words, "; otherwise ");
}

std::string Words(const Policy& policy, const std::vector<Trigger>& triggers) {
  std::vector<std::string> words;
  for (const Trigger& trigger : triggers) {
    switch (trigger.kind) {
      case Trigger::Kind::kLeadCreated:
        words.emplace_back("the lead comes in");
        break;
      case Trigger::Kind::kAssigned:
        words.emplace_back("it has an owner");
        break;
      case Trigger::Kind::kTouch: {
        const auto same =
            std::find_if(policy.responses.begin(), policy.responses.end(),
                         [&](const NamedResponse& response) {
                           return response.touch == trigger.touch;
                         });
        words.push_back(
            same == policy.responses.end()
                ? absl::StrCat("a touch that is ", Words(trigger.touch))
                : same->name);
        break;
      }
      case Trigger::Kind::kClockAnswered:
        words.push_back(
            absl::StrCat(policy.clocks[trigger.clock].name, " is answered"));
        break;
      case Trigger::Kind::kClockMissed:
        words.push_back(
            absl::StrCat(policy.clocks[trigger.clock].name, " is missed"));
        break;
      case Trigger::Kind::kClockStopped:
      case Trigger::Kind::kRungFired:
      case Trigger::Kind::kReentered:
      case Trigger::Kind::kActivity:
      case Trigger::Kind::kFlagAdded:
      case Trigger::Kind::kDate:
        break;  // the language has no words for these yet
    }
  }
  return Or(words);
}

std::string WhatIsDone(const Rung& rung) {
  std::vector<std::string> words = {std::string(NameOf(rung.action)),
                                    rung.priority,
                                    absl::StrJoin(rung.to, ", ")};
  std::erase(words, "");
  return absl::StrJoin(words, " ");
}

absl::string_view NameOf(RungAction action) {
  switch (action) {
    case RungAction::kRemind:
      return "remind";
    case RungAction::kBreach:
      return "breach";
    case RungAction::kEscalate:
      return "escalate";
    case RungAction::kReassign:
      return "reassign";
    case RungAction::kWarn:
      return "warn";
    case RungAction::kReview:
      return "review";
    case RungAction::kSetPriority:
      return "set_priority";
    case RungAction::kRequestAlternateOwner:
      return "request_alternate_owner";
    case RungAction::kAcknowledge:
      break;
  }
  return "acknowledge";
}

std::string Words(const Condition& condition) {
  if (condition.empty()) return "otherwise";
  return absl::StrJoin(condition, " and ",
                       [](std::string* out, const AttributeTest& test) {
                         out->append(Words(test));
                       });
}

std::string Words(absl::Duration length) {
  if (length == absl::ZeroDuration()) return "0m";
  std::string text;
  for (const auto& [unit, name] :
       {std::pair(absl::Hours(1), "h"), std::pair(absl::Minutes(1), "m"),
        std::pair(absl::Seconds(1), "s"),
        std::pair(absl::Milliseconds(1), "ms")}) {
    const int64_t count = absl::IDivDuration(length, unit, &length);
    if (count != 0) absl::StrAppend(&text, count, name);
  }
  return text;
}

std::string Words(const Target& target) {
  switch (target.kind) {
    case Target::Kind::kOpenTime:
      break;
    case Target::Kind::kBusinessDays:
      return Count(static_cast<size_t>(target.days), "business day");
    case Target::Kind::kEndOfBusinessDay:
      if (target.days == 0) return "end of business day";
      return absl::StrCat(
          "end of ", Count(static_cast<size_t>(target.days), "business day"));
  }
  return Words(target.length);
}

std::string Words(const TouchTest& touch) {
  std::vector<std::string> words;
  if (touch.direction) {
    constexpr std::array<absl::string_view, 4> kDirections = {
        "of no known direction", "outbound", "inbound", "internal"};
    words.emplace_back(kDirections[static_cast<size_t>(*touch.direction)]);
  }
  if (touch.actor_kind) {
    constexpr std::array<absl::string_view, 5> kActors = {
        "by nobody knows whom", "by a human", "by automation",
        "by an autoresponder", "by an import"};
    words.emplace_back(kActors[static_cast<size_t>(*touch.actor_kind)]);
  }
  if (!touch.by.empty()) {
    std::vector<std::string> roles;
    for (const Role role : touch.by) roles.emplace_back(NameOf(role));
    words.push_back(absl::StrCat("by the ", Or(roles)));
  }
  const auto judged = [&](const std::optional<bool>& test,
                          absl::string_view word) {
    if (test) words.push_back(absl::StrCat(*test ? "" : "not ", word));
  };
  judged(touch.meaningful, "meaningful");
  judged(touch.personalized, "personalized");
  judged(touch.reply_path, "with a way to reply");
  if (!touch.channels.empty()) {
    words.push_back(absl::StrCat("on ", Or(touch.channels)));
  }
  if (touch.another_channel) {
    words.emplace_back("on another channel than the one that started it");
  }
  return absl::StrJoin(words, ", ");
}

std::string Words(const Mark& mark) {
  switch (mark.from) {
    case Mark::From::kStart:
      return absl::StrCat("after ", Words(mark.length));
    case Mark::From::kBeforeDue:
      return absl::StrCat(Words(mark.length), " before due");
    case Mark::From::kAfterDue:
      if (mark.length == absl::ZeroDuration()) return "when due";
      return absl::StrCat(Words(mark.length), " after due");
    case Mark::From::kStarted:
      return "at the start, if closed";
    case Mark::From::kShare:
      break;
  }
  return absl::StrCat("at ", mark.percent, "% of the target");
}

std::string Describe(const Policy& policy) {
  std::string text = absl::StrCat("Policy version ", policy.version);
  if (policy.effective != absl::InfinitePast()) {
    absl::StrAppend(&text, ", in force from ",
                    absl::FormatTime("%Y-%m-%d %H:%M:%E*S UTC",
                                     policy.effective, absl::UTCTimeZone()));
  }
  if (policy.open_clocks == Policy::OpenClocks::kCarry) {
    absl::StrAppend(&text, "; open clocks go over to it");
  }
  absl::StrAppend(&text, "\nhash ", policy.hash, "\n\n", Calendars(policy),
                  CalendarFor(policy), Eligible(policy), Responses(policy),
                  Roles(policy));
  for (const ClockRule& clock : policy.clocks) {
    absl::StrAppend(&text, Clock(policy, clock));
  }
  text.pop_back();
  return text;
}

}  // namespace leadclock
