#include "processor/policy/describe.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "processor/policy/activity_words.h"
#include "processor/policy/asked_values.h"
#include "processor/policy/response_of.h"
#include "processor/policy/targets_for.h"
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

// With what it means where that is no place, and its sign surprises: Etc/GMT+1
// is behind UTC.
std::string Zone(const CalendarSpec& spec, const BusinessCalendar& calendar) {
  const absl::TimeZone zone = calendar.zone();
  const bool is_place =
      absl::StrContains(spec.zone, '/') && !absl::StartsWith(spec.zone, "Etc/");
  const absl::Time first = absl::FromCivil(BusinessCalendar::kFirstDay, zone);
  absl::TimeZone::CivilTransition transition;
  const int offset = zone.At(first).offset;
  if (is_place || offset == 0 || zone.NextTransition(first, &transition)) {
    return spec.zone;
  }
  const int hours = std::abs(offset) / 3600;
  const int minutes = std::abs(offset) / 60 % 60;
  return absl::StrCat(spec.zone, " (UTC", offset < 0 ? "-" : "+", hours,
                      minutes == 0 ? "" : absl::StrCat(":", minutes),
                      " all year)");
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
    table.Add({calendar.name, Zone(*spec, calendar.calendar), WeekOf(*spec),
               absl::StrJoin(more, "; ")});
  }
  return table.Text();
}

std::string CalendarFor(const Policy& policy) {
  Part table("Which calendar counts");
  for (const CalendarRule& rule : policy.calendar_for) {
    table.Add({Clause(rule.when), policy.calendars[rule.calendar].name});
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
    table.Add({Clause(rule.when), Words(rule),
               absl::StrCat("reason ", rule.reason), rule.recommended_action});
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
                 is_only ? "" : Clause(rule.when)});
    }
  }
  table.Add({"a role that nobody holds",
             absl::StrCat("falls to ",
                          absl::StrJoin(policy.fallback, ", then to "))});
  return table.Text();
}

std::string Responses(const Policy& policy) {
  Part table("Which touches count");
  for (const NamedResponse& response : policy.responses) {
    table.Add({response.name, Words(response.touch)});
  }
  return table.Text();
}

// About where a mark stands on a count up to a target, to sort by.
absl::Duration Place(const Mark& mark, const Target& target) {
  return PlaceOf(mark, target.kind == Target::Kind::kOpenTime
                           ? target.length
                           : (target.days + 1) * absl::Hours(8));
}

// The rungs of a ladder that stand under one condition.
struct RungGroup {
  Condition when;
  std::vector<Rung> rungs;  // in the order in which they are reached
  // With which target they are reached so, if that is not so with all.
  std::optional<Target> in_order_of;
};

void PutInOrder(const ClockRule& clock, RungGroup& group) {
  const std::vector<Target> targets = TargetsFor(group.when, clock.targets);
  const std::vector<Target> last_first(targets.rbegin(), targets.rend());
  const auto is_before = [&last_first](const Rung& a, const Rung& b) {
    for (const Target& target : last_first) {
      const absl::Duration first = Place(a.mark, target);
      const absl::Duration second = Place(b.mark, target);
      if (first != second) return first < second;
    }
    return false;
  };
  std::vector<Rung>& rungs = group.rungs;
  std::stable_sort(rungs.begin(), rungs.end(), is_before);
  for (size_t i = 1; i < rungs.size(); ++i) {
    for (const Target& target : targets) {
      if (Place(rungs[i].mark, target) < Place(rungs[i - 1].mark, target)) {
        group.in_order_of = targets.back();
      }
    }
  }
}

// Those without a condition first.
std::vector<RungGroup> Grouped(const ClockRule& clock) {
  std::vector<RungGroup> groups = {
      {.when = {}, .rungs = {}, .in_order_of = {}}};
  for (const Rung& rung : clock.ladder) {
    auto group = std::find_if(
        groups.begin(), groups.end(),
        [&](const RungGroup& known) { return known.when == rung.when; });
    if (group == groups.end()) {
      groups.push_back({.when = rung.when, .rungs = {}, .in_order_of = {}});
      group = groups.end() - 1;
    }
    group->rungs.push_back(rung);
  }
  if (groups.front().rungs.empty()) groups.erase(groups.begin());
  for (RungGroup& group : groups) PutInOrder(clock, group);
  return groups;
}

std::string Ladder(const ClockRule& clock) {
  Part ladder("  Ladder");
  for (const RungGroup& group : Grouped(clock)) {
    std::vector<std::string> heading;
    if (!group.when.empty()) heading.push_back("if " + Clause(group.when));
    if (group.in_order_of) {
      heading.push_back("in the order that the target " +
                        leadclock::Words(*group.in_order_of) + " gives");
    }
    if (!heading.empty()) {
      ladder.Add({absl::StrCat("  ", absl::StrJoin(heading, ", "), ":")});
    }
    const absl::string_view indent = group.when.empty() ? "  " : "    ";
    for (const Rung& rung : group.rungs) {
      ladder.Add({absl::StrCat(indent, leadclock::Words(rung.mark)),
                  WhatIsDone(rung, clock.ladder), rung.name,
                  rung.recommended_action});
    }
  }
  return ladder.Text();
}

// A trigger, and a touch, by the names of a policy.

constexpr absl::string_view kOnAnother =
    "on another channel than the touch that started it";

// Whether it asks for nothing but another channel than the first touch's.
bool IsOnAnother(const TouchName& name) {
  TouchTest only;
  only.another_channel = true;
  return name.further == only;
}

std::string Words(const Policy& policy, const TouchTest& touch) {
  const std::optional<TouchName> name = ResponseOf(policy, touch);
  if (!name) return absl::StrCat("a touch that is ", leadclock::Words(touch));
  const TouchTest& further = name->further;
  if (further == TouchTest()) return name->response;
  TouchTest only_channels;
  only_channels.channels = further.channels;
  only_channels.another_channel = further.another_channel;
  return absl::StrCat(name->response,
                      further == only_channels ? " " : " that is ",
                      leadclock::Words(further));
}

std::string Words(const DateTest& test) {
  std::vector<std::string> length;
  if (test.days != 0) {
    length.push_back(Count(static_cast<size_t>(std::abs(test.days)), "day"));
  }
  if (test.length != absl::ZeroDuration()) {
    length.push_back(leadclock::Words(absl::AbsDuration(test.length)));
  }
  const bool is_end = test.date == "term_ends";
  const std::string its =
      absl::StrCat("its ", absl::StrReplaceAll(test.date, {{"_", " "}}));
  if (length.empty()) {
    return is_end ? its : absl::StrCat("the time of ", its, " comes");
  }
  const bool is_before = test.days > 0 || test.length > absl::ZeroDuration();
  return absl::StrCat(length[0], is_before ? " before " : " after ", its);
}

std::string Words(const Policy& policy, const Trigger& trigger) {
  const auto clock_is = [&](absl::string_view what) {
    return absl::StrCat(policy.clocks[trigger.clock].name, what);
  };
  switch (trigger.kind) {
    case Trigger::Kind::kLeadCreated:
      return "the lead comes in";
    case Trigger::Kind::kReentered:
      return "the lead comes back";
    case Trigger::Kind::kAssigned:
      return absl::StrCat("somebody becomes its ", NameOf(trigger.role));
    case Trigger::Kind::kTouch:
      return Words(policy, trigger.touch);
    case Trigger::Kind::kClockAnswered:
      return clock_is(" is answered");
    case Trigger::Kind::kClockMissed:
      return clock_is(" is missed");
    case Trigger::Kind::kClockStopped:
      return clock_is(" ends without an answer");
    case Trigger::Kind::kRungFired:
      return absl::StrCat("the rung ", trigger.rung, " of ",
                          clock_is(" fires"));
    case Trigger::Kind::kActivity:
      return leadclock::Words(trigger.activity);
    case Trigger::Kind::kFlagAdded:
      return absl::StrCat("it gets the flag ", Or(Shown(trigger.flags)));
    case Trigger::Kind::kDate:
      break;
  }
  return Words(trigger.date);
}

std::string Reviews(const Policy& policy) {
  Part table("Who looks at a lead while its clocks go on");
  for (const ReviewRule& rule : policy.reviews) {
    table.Add({Clause(rule.when),
               absl::StrCat("review by ", absl::StrJoin(rule.to, ", ")),
               absl::StrCat("reason ", rule.reason), rule.recommended_action});
  }
  return table.Text();
}

std::string ReentryOf(const Policy& policy) {
  Part table("Leads that go away and come back");
  if (policy.reentry == Reentry()) return "";
  table.Add({"recycled when", Words(policy, policy.reentry.ends),
             "its clocks end, and none starts"});
  table.Add({"back when", Words(policy, policy.reentry.returns),
             "a new cycle begins"});
  return table.Text();
}

std::string NotifyWithin(const Policy& policy) {
  Part table("What comes too late");
  if (policy.notify_within == absl::InfiniteDuration()) return "";
  table.Add({absl::StrCat("a rung that could not be said for ",
                          leadclock::Words(policy.notify_within)),
             "is recorded, and nobody is told"});
  return table.Text();
}

std::string Outcomes(const Policy& policy) {
  Part table("What becomes of leads");
  for (const OutcomeRule& rule : policy.outcomes) {
    table.Add({rule.name, rule.repeats ? "each time" : "once in a cycle",
               absl::StrCat("when ", Words(policy, rule.on),
                            rule.when.empty() ? "" : ", if ",
                            rule.when.empty() ? "" : Clause(rule.when))});
  }
  return table.Text();
}

// Where the policy says that nothing warns; "" elsewhere.
std::string WhoIsNeverAtRisk(const ClockRule& clock) {
  bool warns = false;
  for (const Rung& rung : clock.ladder) {
    if (rung.action != RungAction::kWarn) continue;
    if (rung.when.empty()) return "";
    warns = true;
  }
  return warns ? "only where a rung warns" : "never";
}

// Whether what starts it may happen more than once to a lead.
bool MayStartAgain(const ClockRule& clock) {
  return std::any_of(clock.starts.begin(), clock.starts.end(),
                     [](const Trigger& trigger) {
                       return trigger.kind != Trigger::Kind::kLeadCreated &&
                              trigger.kind != Trigger::Kind::kReentered;
                     });
}

std::string Clock(const Policy& policy, const ClockRule& clock) {
  Part table(absl::StrCat("Clock ", clock.name));
  table.Add({"starts when", Words(policy, clock.starts)});
  if (!clock.when.empty()) table.Add({"only if", Clause(clock.when)});
  if (clock.repeats != ClockRule::Repeats::kNever) {
    table.Add({"repeats", Words(clock.repeats)});
  } else if (MayStartAgain(clock)) {
    table.Add({"repeats", "never: it starts once in a cycle of the lead"});
  }
  table.Add({"stops when", WhatStops(policy, clock)});
  if (clock.keeps_when_ineligible) {
    table.Add({"stays open", "also when the lead is not eligible any more"});
  }
  if (!clock.cancels.empty()) {
    table.Add({"is cancelled when", Words(policy, clock.cancels)});
  }
  const std::string pauses = WhatPauses(clock);
  if (!pauses.empty()) {
    table.Add({"stands still", absl::StrCat("while ", pauses)});
  }
  if (!clock.resumes.empty()) {
    table.Add({"goes on when", Words(policy, clock.resumes)});
  }
  table.Add({"counts", WhatCounts(policy, clock)});
  for (const ClockRule::TargetRule& rule : clock.targets) {
    const bool is_only = clock.targets.size() == 1;
    const std::string when =
        absl::StrCat(rule.when.empty() ? ", " : ", if ", Clause(rule.when));
    table.Add(
        {"target", absl::StrCat(Words(rule.target), is_only ? "" : when)});
  }
  if (const std::string at_risk = WhoIsNeverAtRisk(clock); !at_risk.empty()) {
    table.Add({"at risk", at_risk});
  }
  if (clock.task) table.Add({"task", Words(*clock.task)});
  if (!clock.responsible.empty()) {
    table.Add({"responsible", clock.responsible});
  }
  if (!clock.kpi.empty()) table.Add({"measured as", clock.kpi});
  std::string text = table.Text();
  text.pop_back();
  return clock.ladder.empty() ? text + "\n" : text + Ladder(clock);
}

// What to write if a value is meant as several; "" if it does not look so.
std::string MeantList(const std::string& value) {
  if (!absl::StrContains(value, ", ")) return "";
  return absl::StrCat(
      Shown(value), " is one value; if several are meant, write [", value, "]");
}

std::string AskedFor(const Policy& policy) {
  Part table("Values that this policy asks for, letter by letter");
  for (const AskedValues& asked : ValuesAskedFor(policy)) {
    table.Add({asked.of, absl::StrJoin(Shown(asked.values), ", ")});
    for (const std::string& value : asked.values) {
      const std::string hint = MeantList(value);
      if (!hint.empty()) table.Add({"", hint});
    }
  }
  return table.Text();
}

}  // namespace

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

std::string OpenTimeOf(const Policy& policy, const CalendarRule& rule) {
  if (rule.calendar == 0) return "day and night";
  return absl::StrCat("the open time of ",
                      policy.calendars[rule.calendar].name);
}

std::string WhatCounts(const Policy& policy, const ClockRule& clock) {
  std::vector<std::string> words;
  bool is_complete = false;
  for (const CalendarRule& rule : clock.calendars) {
    is_complete = rule.when.empty();
    words.push_back(absl::StrCat(OpenTimeOf(policy, rule),
                                 is_complete ? "" : ", if ",
                                 is_complete ? "" : Clause(rule.when)));
  }
  if (!is_complete) words.emplace_back("the open time of the lead's calendar");
  return absl::StrJoin(words, "; otherwise ");
}

std::string Words(const Policy& policy, const std::vector<Trigger>& triggers) {
  std::vector<std::string> words;
  std::vector<std::string> on_another;
  for (const Trigger& trigger : triggers) {
    const bool is_touch = trigger.kind == Trigger::Kind::kTouch;
    const auto name =
        is_touch ? ResponseOf(policy, trigger.touch) : std::nullopt;
    if (name && IsOnAnother(*name)) {
      on_another.push_back(name->response);
    } else {
      words.push_back(Words(policy, trigger));
    }
  }
  // A comma within one of them does not part it from the next.
  const bool has_commas = std::any_of(
      words.begin(), words.end(),
      [](const std::string& one) { return absl::StrContains(one, ","); });
  if (has_commas && words.size() > 1 && on_another.empty()) {
    return absl::StrJoin(words, "; or ");
  }
  if (on_another.empty()) return Or(words);
  return absl::StrCat(Or(on_another), on_another.size() > 1 ? ", " : " ",
                      kOnAnother, words.empty() ? "" : ", or ", Or(words));
}

std::string Words(const Policy& policy, const ClockRule::Attempts& attempts) {
  std::vector<std::string> of;
  for (const TouchTest& touch : attempts.of) of.push_back(Words(policy, touch));
  std::string words =
      absl::StrCat("it has had ", attempts.at_least, " of ", Or(of));
  if (attempts.channels > 1) {
    absl::StrAppend(&words, " on ", attempts.channels, " channels");
  }
  if (attempts.apart > absl::ZeroDuration()) {
    absl::StrAppend(&words, ", at least ", Words(attempts.apart), " apart");
  }
  return words;
}

std::string WhatStops(const Policy& policy, const ClockRule& clock) {
  std::vector<std::string> words;
  if (!clock.stops.empty()) words.push_back(Words(policy, clock.stops));
  if (clock.attempts) words.push_back(Words(policy, *clock.attempts));
  return absl::StrJoin(words, ", or ");
}

std::string WhatPauses(const ClockRule& clock) {
  std::vector<std::string> words;
  if (!clock.pauses.empty()) {
    words.push_back(absl::StrCat("status is ", Or(Shown(clock.pauses))));
  }
  for (const Condition& condition : clock.pauses_while) {
    words.push_back(Clause(condition));
  }
  return absl::StrJoin(words, ", or while ");
}

std::string Words(ClockRule::Repeats repeats) {
  switch (repeats) {
    case ClockRule::Repeats::kNever:
      break;
    case ClockRule::Repeats::kAfterEnd:
      return "again after it has ended";
    case ClockRule::Repeats::kEach:
      return "each time, beside those that are open";
  }
  return "once in a cycle";
}

std::string Words(const ClockRule::Task& task) {
  return absl::StrCat(task.kind, " for ", task.to,
                      task.recommended_action.empty() ? "" : ": ",
                      task.recommended_action);
}

std::string WhatIsDone(const Rung& rung, const std::vector<Rung>& ladder) {
  const std::string to = absl::StrJoin(rung.to, ", ");
  if (rung.action == RungAction::kRequestAlternateOwner) {
    return absl::StrCat("ask ", to, " for another owner");
  }
  if (rung.action == RungAction::kSetPriority) {
    return absl::StrCat("set the priority ", rung.priority,
                        to.empty() ? "" : ", and tell ", to);
  }
  const auto warns_beside = [&](const Rung& other) {
    return other.action == RungAction::kWarn && other.name != rung.name;
  };
  const bool is_for_rest =
      rung.for_the_rest &&
      std::any_of(ladder.begin(), ladder.end(), warns_beside);
  return absl::StrCat(NameOf(rung.action), " ", to,
                      is_for_rest ? ", if no other rung warns" : "");
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
  judged(touch.changes_terms, "of changed terms");
  judged(touch.apology, "an apology");
  if (!touch.channels.empty()) {
    words.push_back(absl::StrCat("on ", Or(Shown(touch.channels))));
  }
  if (touch.another_channel) {
    words.emplace_back(kOnAnother);
  }
  return absl::StrJoin(words, ", ");
}

std::string Words(const Mark& mark) {
  switch (mark.from) {
    case Mark::From::kStart:
      if (mark.length == absl::ZeroDuration()) return "at the start";
      return absl::StrCat(
          "after ", Words(mark.length), mark.wall ? " on the wall" : "",
          mark.percent == 0 ? ""
                            : absl::StrCat(", or at ", mark.percent,
                                           "% of a target that is no longer"));
    case Mark::From::kBeforeDue:
      return absl::StrCat(Words(mark.length), " before due");
    case Mark::From::kAfterDue:
      if (mark.length == absl::ZeroDuration()) return "when due";
      return absl::StrCat(Words(mark.length), mark.wall ? " on the wall" : "",
                          " after due");
    case Mark::From::kStarted:
      return "at the start, if closed";
    case Mark::From::kShare:
      break;
  }
  return absl::StrCat("at ", mark.percent, "% of the target");
}

std::string Describe(const Policy& policy, const ClockRule& clock) {
  const std::string text = Clock(policy, clock);
  return text.substr(text.find('\n') + 1);
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
                  CalendarFor(policy), Eligible(policy), Reviews(policy),
                  Responses(policy), Roles(policy), NotifyWithin(policy));
  for (const ClockRule& clock : policy.clocks) {
    absl::StrAppend(&text, Clock(policy, clock));
  }
  absl::StrAppend(&text, ReentryOf(policy), Outcomes(policy), AskedFor(policy));
  text.pop_back();
  return text;
}

}  // namespace leadclock
