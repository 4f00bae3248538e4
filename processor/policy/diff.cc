#include "processor/policy/diff.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "processor/policy/changed_decisions.h"
#include "processor/policy/describe.h"
#include "processor/policy/policy_book.h"
#include "processor/policy/response_of.h"

namespace leadclock {
namespace {

using Sentences = std::vector<std::string>;

// What is said of each thing of a list, by the thing's name, in the list's
// order.
using Sayings = std::vector<std::pair<std::string, std::string>>;

const std::string* Find(const Sayings& sayings, const std::string& name) {
  for (const auto& [known, saying] : sayings) {
    if (known == name) return &saying;
  }
  return nullptr;
}

// "X, was Y."; on two lines, where both have commas of their own.
std::string Changed(const std::string& sentence, const std::string& is,
                    const std::string& was) {
  const bool is_long =
      absl::StrContains(is, ", ") && absl::StrContains(was, ", ");
  return absl::StrCat(sentence, is_long ? ",\n  was " : ", was ", was,
                      absl::EndsWith(was, ".\"") ? "" : ".");
}

// `form` puts a name and what is said of it into words.
template <typename Form>
void Compare(const Sayings& before, const Sayings& after, const Form& form,
             Sentences& out) {
  for (const auto& [name, saying] : after) {
    const std::string* const was = Find(before, name);
    if (was == nullptr) {
      out.push_back(absl::StrCat(form(name, saying), " (new)."));
    } else if (*was != saying) {
      out.push_back(Changed(form(name, saying), saying, *was));
    }
  }
  for (const auto& [name, saying] : before) {
    if (Find(after, name) == nullptr) {
      out.push_back(absl::StrCat(form(name, saying), " no more."));
    }
  }
}

// `form` puts leads and what is decided for them into words.
template <typename Form>
void CompareDecisions(const std::vector<Decision>& before,
                      const std::vector<Decision>& after, const Form& form,
                      Sentences& out) {
  for (const ChangedDecision& change : ChangedDecisions(before, after)) {
    out.push_back(
        Changed(form(change.leads, change.is), change.is, change.was));
  }
}

// ---- Calendars

Sayings HolidaysOf(const NamedCalendar& calendar) {
  Sayings holidays;
  for (const absl::CivilDay date : calendar.calendar.spec()->holidays) {
    const auto name = calendar.holidays.find(date);
    const bool is_named =
        name != calendar.holidays.end() && !name->second.empty();
    holidays.emplace_back(absl::FormatCivilTime(date),
                          is_named ? name->second : "");
  }
  return holidays;
}

Sayings OtherHoursOf(const NamedCalendar& calendar) {
  Sayings days;
  for (const auto& [date, ranges] : calendar.calendar.spec()->special_hours) {
    days.emplace_back(absl::FormatCivilTime(date),
                      ranges.empty() ? "closed" : Words(ranges));
  }
  return days;
}

void CompareCalendar(const NamedCalendar& before, const NamedCalendar& after,
                     Sentences& out) {
  const CalendarSpec* const was = before.calendar.spec();
  const CalendarSpec* const is = after.calendar.spec();
  if (was == nullptr || is == nullptr) return;  // both are "always"
  Compare(
      {{"zone", was->zone}, {"hours", WeekOf(*was)}},
      {{"zone", is->zone}, {"hours", WeekOf(*is)}},
      [&](const std::string& what, const std::string& saying) {
        return absl::StrCat("Calendar ", after.name, ": ", what, " ", saying);
      },
      out);
  // That a holiday has another name changes no clock.
  Sayings were = HolidaysOf(before);
  Sayings are = HolidaysOf(after);
  Sentences changed;
  for (Sayings* const each : {&were, &are}) {
    const Sayings& other = each == &were ? are : were;
    for (const auto& [date, name] : *each) {
      if (Find(other, date) != nullptr) continue;
      changed.push_back(absl::StrCat(
          each == &are ? "closed on " : "no longer closed on ", date,
          name.empty() ? "" : absl::StrCat(" (", name, ")")));
    }
  }
  for (const std::string& change : changed) {
    out.push_back(absl::StrCat("Calendar ", after.name, ": ", change, "."));
  }
  Compare(
      OtherHoursOf(before), OtherHoursOf(after),
      [&](const std::string& date, const std::string& hours) {
        return absl::StrCat("Calendar ", after.name, ": on ", date, " ", hours);
      },
      out);
}

// Which leads, and which clocks, count by a calendar.
std::string WhatCountsBy(const Policy& policy, const std::string& name) {
  std::vector<std::string> all;
  for (const CalendarRule& rule : policy.calendar_for) {
    if (policy.calendars[rule.calendar].name != name) continue;
    const bool is_only = policy.calendar_for.size() == 1;
    all.push_back(rule.when.empty()
                      ? is_only ? "all leads" : "all other leads"
                      : absl::StrCat("leads whose ", Words(rule.when)));
  }
  for (const ClockRule& clock : policy.clocks) {
    for (const CalendarRule& rule : clock.calendars) {
      if (policy.calendars[rule.calendar].name != name) continue;
      all.push_back(absl::StrCat("the clock ", clock.name,
                                 rule.when.empty() ? "" : ", if ",
                                 rule.when.empty() ? "" : Clause(rule.when)));
    }
  }
  if (all.empty())
    return absl::StrCat("Nothing counts by calendar ", name, ".");
  return absl::StrCat("What counts by calendar ", name, ": ",
                      absl::StrJoin(all, "; "), ".");
}

void CompareCalendars(const Policy& before, const Policy& after,
                      Sentences& out) {
  std::map<std::string, const NamedCalendar*> known;
  for (const NamedCalendar& calendar : before.calendars) {
    known[calendar.name] = &calendar;
  }
  for (const NamedCalendar& calendar : after.calendars) {
    const auto same = known.find(calendar.name);
    if (same == known.end()) {
      out.push_back(absl::StrCat("Calendar ", calendar.name,
                                 " is new: ", calendar.calendar.spec()->zone,
                                 ", ", WeekOf(*calendar.calendar.spec()), "."));
      continue;
    }
    const size_t said = out.size();
    CompareCalendar(*same->second, calendar, out);
    if (out.size() > said) out.push_back(WhatCountsBy(after, calendar.name));
    known.erase(same);
  }
  for (const auto& [name, calendar] : known) {
    out.push_back(absl::StrCat("Calendar ", name, " is no more."));
  }
}

void CompareCalendarFor(const Policy& before, const Policy& after,
                        Sentences& out) {
  const auto decisions_of = [](const Policy& policy) {
    std::vector<Decision> decisions;
    for (const CalendarRule& rule : policy.calendar_for) {
      decisions.push_back({rule.when, policy.calendars[rule.calendar].name});
    }
    return decisions;
  };
  CompareDecisions(
      decisions_of(before), decisions_of(after),
      [](const std::string& leads, const std::string& calendar) {
        return absl::StrCat(leads, ": their calendar is ", calendar);
      },
      out);
}

// ---- People

std::vector<Decision> HoldersOf(const NamedRole& role) {
  std::vector<Decision> decisions;
  for (const NamedRole::Rule& rule : role.rules) {
    decisions.push_back(
        {rule.when, rule.holder.empty() ? "nobody" : rule.holder.text()});
  }
  return decisions;
}

// "ann if team is smb, otherwise bob".
std::string WhoHolds(const NamedRole& role) {
  std::vector<std::string> holders;
  for (const NamedRole::Rule& rule : role.rules) {
    const std::string holder =
        rule.holder.empty() ? "nobody" : rule.holder.text();
    if (!rule.when.empty()) {
      holders.push_back(absl::StrCat(holder, " if ", Clause(rule.when)));
    } else {
      holders.push_back(
          absl::StrCat(role.rules.size() > 1 ? "otherwise " : "", holder));
    }
  }
  return absl::StrJoin(holders, ", ");
}

void CompareRole(const NamedRole& was, const NamedRole& is, Sentences& out) {
  CompareDecisions(
      HoldersOf(was), HoldersOf(is),
      [&](const std::string& leads, const std::string& holder) {
        return absl::StrCat(leads, ": their ", is.name, " is ", holder);
      },
      out);
}

void CompareRecipients(const Policy& before, const Policy& after,
                       Sentences& out) {
  std::map<std::string, const NamedRole*> known;
  for (const NamedRole& role : before.roles) known[role.name] = &role;
  for (const NamedRole& role : after.roles) {
    const auto same = known.find(role.name);
    if (same == known.end()) {
      out.push_back(absl::StrCat("Recipient ", role.name,
                                 " is new: ", WhoHolds(role), "."));
      continue;
    }
    CompareRole(*same->second, role, out);
    known.erase(same);
  }
  for (const auto& [name, role] : known) {
    out.push_back(absl::StrCat("Recipient ", name, " is no more."));
  }
  Compare(
      {{"falls to", absl::StrJoin(before.fallback, ", then ")}},
      {{"falls to", absl::StrJoin(after.fallback, ", then ")}},
      [](const std::string& falls, const std::string& roles) {
        return absl::StrCat("A recipient whom nobody holds ", falls, " ",
                            roles);
      },
      out);
}

// ---- Leads and answers

std::string Recommending(const std::string& action) {
  return action.empty() ? "" : absl::StrCat(", recommending \"", action, "\"");
}

std::string StandingOf(const EligibilityRule& rule) {
  switch (rule.then) {
    case EligibilityRule::Then::kExclude:
      return "excluded, with their clocks ended";
    case EligibilityRule::Then::kStop:
      return "stopped, with their clocks ended";
    case EligibilityRule::Then::kReview:
      break;
  }
  return absl::StrCat("to be looked at by ", absl::StrJoin(rule.to, ", "),
                      Recommending(rule.recommended_action),
                      ", with their clocks ended");
}

void CompareEligible(const Policy& before, const Policy& after,
                     Sentences& out) {
  const auto decisions_of = [](const Policy& policy) {
    std::vector<Decision> decisions;
    for (const EligibilityRule& rule : policy.eligible) {
      decisions.push_back(
          {rule.when, absl::StrCat(StandingOf(rule), " (", rule.reason, ")")});
    }
    decisions.push_back({{}, "eligible"});
    return decisions;
  };
  CompareDecisions(
      decisions_of(before), decisions_of(after),
      [](const std::string& leads, const std::string& standing) {
        return absl::StrCat(leads, ": they count as ", standing);
      },
      out);
}

// For whom a rule of a list without order holds.
std::vector<Decision> HoldsFor(const Condition& when, const std::string& is,
                               const std::string& otherwise) {
  std::vector<Decision> decisions;
  if (!when.empty()) decisions.push_back({when, is});
  decisions.push_back({{}, when.empty() ? is : otherwise});
  return decisions;
}

void CompareReviews(const Policy& before, const Policy& after, Sentences& out) {
  const auto decisions_of = [](const Policy& policy,
                               const std::string& reason) {
    for (const ReviewRule& rule : policy.reviews) {
      if (rule.reason != reason) continue;
      return HoldsFor(rule.when,
                      absl::StrCat("by ", absl::StrJoin(rule.to, ", "),
                                   Recommending(rule.recommended_action)),
                      "by nobody");
    }
    return std::vector<Decision>{{{}, "by nobody"}};
  };
  std::set<std::string> seen;
  for (const Policy* const policy : {&after, &before}) {
    for (const ReviewRule& rule : policy->reviews) {
      if (!seen.insert(rule.reason).second) continue;
      CompareDecisions(
          decisions_of(before, rule.reason), decisions_of(after, rule.reason),
          [&](const std::string& leads, const std::string& by) {
            return absl::StrCat(leads, ": their review for ", rule.reason,
                                " is ", by);
          },
          out);
    }
  }
}

void CompareReentry(const Policy& before, const Policy& after, Sentences& out) {
  const auto sayings_of = [](const Policy& policy) {
    const auto when = [&](const std::vector<Trigger>& triggers) {
      return triggers.empty() ? std::string("never")
                              : absl::StrCat("when ", Words(policy, triggers));
    };
    return Sayings{{"recycled", when(policy.reentry.ends)},
                   {"back", when(policy.reentry.returns)}};
  };
  Compare(
      sayings_of(before), sayings_of(after),
      [](const std::string& where, const std::string& when) {
        return absl::StrCat("A lead is ", where, " ", when);
      },
      out);
}

void CompareOutcomes(const Policy& before, const Policy& after,
                     Sentences& out) {
  const auto sayings_of = [](const Policy& policy) {
    Sayings sayings;
    for (const OutcomeRule& rule : policy.outcomes) {
      sayings.emplace_back(
          rule.name,
          absl::StrCat(Words(policy, rule.on), rule.when.empty() ? "" : ", if ",
                       rule.when.empty() ? "" : Clause(rule.when),
                       rule.repeats ? ", each time" : ", once in a cycle"));
    }
    return sayings;
  };
  Compare(
      sayings_of(before), sayings_of(after),
      [](const std::string& name, const std::string& saying) {
        return absl::StrCat("The outcome ", name, " is reached when ", saying);
      },
      out);
}

void CompareNotifyWithin(const Policy& before, const Policy& after,
                         Sentences& out) {
  const auto told = [](const Policy& policy) {
    return policy.notify_within == absl::InfiniteDuration()
               ? std::string("whenever it can be said")
               : absl::StrCat("if it can be said within ",
                              Words(policy.notify_within));
  };
  Compare(
      {{"rung", told(before)}}, {{"rung", told(after)}},
      [](const std::string& rung, const std::string& when) {
        return absl::StrCat("Somebody is told of a ", rung, " ", when);
      },
      out);
}

bool Uses(const Policy& policy, const std::vector<TouchTest>& touches,
          const std::string& response) {
  return std::any_of(touches.begin(), touches.end(),
                     [&](const TouchTest& touch) {
                       const auto name = ResponseOf(policy, touch);
                       return name && name->response == response;
                     });
}

bool Uses(const Policy& policy, const std::vector<Trigger>& triggers,
          const std::string& response) {
  std::vector<TouchTest> touches;
  for (const Trigger& trigger : triggers) {
    if (trigger.kind == Trigger::Kind::kTouch) touches.push_back(trigger.touch);
  }
  return Uses(policy, touches, response);
}

// What becomes otherwise as a response does.
std::string WhatUses(const Policy& policy, const std::string& response) {
  std::vector<std::string> all;
  for (const ClockRule& clock : policy.clocks) {
    std::vector<std::string> how;
    const auto add = [&](bool uses, const std::string& what) {
      if (uses) how.push_back(what);
    };
    add(Uses(policy, clock.starts, response), "starts");
    add(Uses(policy, clock.stops, response), "stops");
    add(clock.attempts && Uses(policy, clock.attempts->of, response),
        "counts attempts");
    add(Uses(policy, clock.cancels, response), "is cancelled");
    add(Uses(policy, clock.resumes, response), "goes on");
    if (how.empty()) continue;
    all.push_back(absl::StrCat("the clock ", clock.name, " (",
                               absl::StrJoin(how, ", "), ")"));
  }
  if (Uses(policy, policy.reentry.ends, response)) {
    all.emplace_back("leads that go away");
  }
  if (Uses(policy, policy.reentry.returns, response)) {
    all.emplace_back("leads that come back");
  }
  for (const OutcomeRule& rule : policy.outcomes) {
    if (Uses(policy, rule.on, response)) {
      all.push_back(absl::StrCat("the outcome ", rule.name));
    }
  }
  if (all.empty()) return absl::StrCat("Nothing goes by ", response, ".");
  return absl::StrCat("What goes by ", response, ": ", absl::StrJoin(all, "; "),
                      ".");
}

void CompareResponses(const Policy& before, const Policy& after,
                      Sentences& out) {
  const auto sayings_of = [](const Policy& policy) {
    Sayings sayings;
    for (const NamedResponse& response : policy.responses) {
      sayings.emplace_back(response.name, Words(response.touch));
    }
    return sayings;
  };
  const Sayings were = sayings_of(before);
  const Sayings are = sayings_of(after);
  Compare(
      were, are,
      [](const std::string& name, const std::string& saying) {
        return absl::StrCat("What counts as ", name, ": ", saying);
      },
      out);
  for (const auto& [name, saying] : are) {
    const std::string* const was = Find(were, name);
    if (was != nullptr && *was != saying) out.push_back(WhatUses(after, name));
  }
}

// ---- Clocks

std::string TaskOf(const ClockRule& clock) {
  if (!clock.task) return "no task";
  const std::string& action = clock.task->recommended_action;
  return absl::StrCat(
      "the task ", clock.task->kind, " for ", clock.task->to,
      action.empty() ? "" : absl::StrCat(", recommending \"", action, "\""));
}

Sayings PartsOf(const Policy& policy, const ClockRule& clock) {
  const auto said = [](const std::string& saying, absl::string_view none) {
    return saying.empty() ? std::string(none) : saying;
  };
  // "when it is called", "while its status is open"; or never.
  const auto if_ever = [](absl::string_view when, const std::string& saying) {
    return saying.empty() ? std::string("never")
                          : absl::StrCat(when, " ", saying);
  };
  return {{"starts when", Words(policy, clock.starts)},
          {"starts", Words(clock.repeats)},
          {"stops when", WhatStops(policy, clock)},
          {"is, when the lead is not eligible any more,",
           clock.keeps_when_ineligible ? "kept open" : "ended"},
          {"is cancelled", if_ever("when", Words(policy, clock.cancels))},
          {"stands still", if_ever("while", WhatPauses(clock))},
          {"goes on in spite of its status",
           if_ever("when", Words(policy, clock.resumes))},
          {"has", TaskOf(clock)},
          {"is the responsibility of", said(clock.responsible, "owner")},
          {"is measured as", said(clock.kpi, "nothing")}};
}

std::vector<Decision> TargetsOf(const ClockRule& clock) {
  std::vector<Decision> decisions;
  for (const ClockRule::TargetRule& rule : clock.targets) {
    decisions.push_back({rule.when, Words(rule.target)});
  }
  return decisions;
}

std::vector<Decision> CalendarsOf(const Policy& policy,
                                  const ClockRule& clock) {
  std::vector<Decision> decisions;
  for (const CalendarRule& rule : clock.calendars) {
    decisions.push_back({rule.when, OpenTimeOf(policy, rule)});
  }
  decisions.push_back({{}, "the open time of the lead's calendar"});
  return decisions;
}

Sayings RungsOf(const ClockRule& clock) {
  Sayings sayings;
  for (const Rung& rung : clock.ladder) {
    std::string saying =
        absl::StrCat(Words(rung.mark), " ", WhatIsDone(rung, clock.ladder));
    saying += Recommending(rung.recommended_action);
    if (!rung.when.empty()) absl::StrAppend(&saying, " if ", Clause(rung.when));
    sayings.emplace_back(rung.name, std::move(saying));
  }
  return sayings;
}

void CompareClock(const Policy& before, const ClockRule& was,
                  const Policy& after, const ClockRule& is, Sentences& out) {
  Compare(
      PartsOf(before, was), PartsOf(after, is),
      [&](const std::string& part, const std::string& saying) {
        return absl::StrCat("Clock ", is.name, " ", part, " ", saying);
      },
      out);
  CompareDecisions(
      HoldsFor(was.when, "promised", "not promised"),
      HoldsFor(is.when, "promised", "not promised"),
      [&](const std::string& leads, const std::string& promised) {
        return absl::StrCat(leads, ": ", is.name, " is ", promised);
      },
      out);
  CompareDecisions(
      CalendarsOf(before, was), CalendarsOf(after, is),
      [&](const std::string& leads, const std::string& open_time) {
        return absl::StrCat(leads, ": ", is.name, " counts ", open_time);
      },
      out);
  CompareDecisions(
      TargetsOf(was), TargetsOf(is),
      [&](const std::string& leads, const std::string& target) {
        return absl::StrCat(leads, ": the target of ", is.name, " is ", target);
      },
      out);
  Compare(
      RungsOf(was), RungsOf(is),
      [&](const std::string& rung, const std::string& saying) {
        return absl::StrCat("Clock ", is.name, ", rung ", rung, ": ", saying);
      },
      out);
}

void CompareClocks(const Policy& before, const Policy& after, Sentences& out) {
  std::map<std::string, const ClockRule*> known;
  for (const ClockRule& clock : before.clocks) known[clock.name] = &clock;
  for (const ClockRule& clock : after.clocks) {
    const auto same = known.find(clock.name);
    if (same == known.end()) {
      out.push_back(absl::StrCat(
          "Clock ", clock.name, " is new:\n",
          absl::StripTrailingAsciiWhitespace(Describe(after, clock))));
      continue;
    }
    CompareClock(before, *same->second, after, clock, out);
    known.erase(same);
  }
  for (const auto& [name, clock] : known) {
    out.push_back(absl::StrCat(
        "Clock ", name, " is no more, for ",
        clock->when.empty() ? "all leads"
                            : absl::StrCat("leads whose ", Words(clock->when)),
        after.open_clocks == Policy::OpenClocks::kCarry
            ? ". Those that are open when the version takes effect end."
            : ". Those that are open when the version takes effect go on."));
  }
}

}  // namespace

std::vector<std::string> Differences(const Policy& before,
                                     const Policy& after) {
  if (SayTheSame(before, after)) return {};
  Sentences sentences;
  CompareCalendars(before, after, sentences);
  CompareCalendarFor(before, after, sentences);
  CompareRecipients(before, after, sentences);
  CompareEligible(before, after, sentences);
  CompareReviews(before, after, sentences);
  CompareResponses(before, after, sentences);
  CompareClocks(before, after, sentences);
  CompareReentry(before, after, sentences);
  CompareOutcomes(before, after, sentences);
  CompareNotifyWithin(before, after, sentences);
  if (sentences.empty()) {
    sentences.emplace_back(
        "Nothing for any lead but the order in which clocks, or rungs of one "
        "mark, are taken; or rules are written in another way.");
  }
  return sentences;
}

std::string WhenInForce(const Policy& before, const Policy& after) {
  const std::string version = absl::StrCat("Version ", after.version);
  if (after.effective == absl::InfinitePast()) {
    return absl::StrCat(version,
                        " does not say from when it holds; to come after "
                        "another one, it needs an 'effective'.");
  }
  const auto utc = [](absl::Time at) {
    return absl::FormatTime("%Y-%m-%d %H:%M:%E*S UTC", at, absl::UTCTimeZone());
  };
  const std::string holds =
      absl::StrCat(version, " holds from ", utc(after.effective));
  if (after.effective > before.effective) return absl::StrCat(holds, ".");
  return absl::StrCat(holds, ", which is no later than version ",
                      before.version,
                      " does; to come after it, it needs a "
                      "later 'effective'.");
}

std::string WhatOpenClocksDo(const Policy& before, const Policy& after) {
  const bool is_same = SayTheSame(before, after);
  if (after.open_clocks == Policy::OpenClocks::kKeep) {
    return is_same ? ""
                   : "Clocks that are open then go on by the version by which "
                     "they started.";
  }
  return absl::StrCat(
      is_same ? "But clocks that are open then, and that earlier versions "
                "judge, go over to these rules."
              : "Clocks that are open then go over to it.",
      " Where that makes a clock due already, or passes a rung that it did not "
      "have, it is missed, or the rung fires, at that instant.");
}

std::string WhyNotAfter(const Policy& before, const Policy& after) {
  if (after.version > before.version || after.hash == before.hash) return "";
  return absl::StrCat("But its version, ", after.version,
                      ", is not greater than ", before.version,
                      ", as it must be to come after it; write ",
                      before.version + 1, ".");
}

}  // namespace leadclock
