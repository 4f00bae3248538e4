#include "processor/lead/explain.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/time/civil_time.h"
#include "calendars/business_calendar.h"
#include "processor/lead/causes.h"
#include "processor/lead/counting.h"
#include "processor/lead/lead_fold.h"
#include "processor/lead/timeline.h"
#include "processor/policy/describe.h"

namespace leadclock {
namespace {

// A part of the lead's life between two events.
struct Span {
  absl::Time from;
  absl::Time to;
  // What is true until the end of it, if nothing happens before.
  Progress progress;
  EventRef last_event;
};

// The parts of a span from one instant at which a version takes effect to the
// next: runs may go over to it.
void CutByVersions(const PolicyBook& policies, const Span& span,
                   std::vector<Span>& spans) {
  Span part = span;
  for (const Policy& policy : policies.versions()) {
    if (policy.open_clocks != Policy::OpenClocks::kCarry ||
        policy.effective <= span.from || policy.effective >= span.to) {
      continue;
    }
    part.to = policy.effective;
    spans.push_back(part);
    part.from = policy.effective;
    part.progress = At(policies, span.progress, policy.effective);
  }
  part.to = span.to;
  spans.push_back(std::move(part));
}

// What the lead's life consists of, from its birth to `until`.
std::vector<Span> SpansOf(const PolicyBook& policies,
                          const std::vector<Passage>& passages,
                          absl::Time until) {
  std::vector<Span> spans;
  for (const Passage& passage : passages) {
    // Of one instant the last event tells.
    if (!spans.empty() && spans.back().from == passage.at) spans.pop_back();
    spans.push_back({.from = passage.at,
                     .to = until,
                     .progress = passage.after,
                     .last_event = passage.event->ref});
  }
  std::vector<Span> parts;
  for (size_t i = 0; i < spans.size(); ++i) {
    if (i + 1 < spans.size()) spans[i].to = spans[i + 1].from;
    CutByVersions(policies, spans[i], parts);
  }
  return parts;
}

std::optional<absl::Time> DueIf(const PolicyBook& policies,
                                const ClockRun& run) {
  const absl::Time due = ForetellDue(policies, run);
  if (due == absl::InfiniteFuture()) return std::nullopt;
  return due;
}

constexpr char kOtherHours[] = "other hours on this date";

class Teller {
 public:
  Teller(const PolicyBook& policies, const std::vector<Span>& spans)
      : policies_(policies), spans_(spans) {}

  RunStory Tell(const ClockRun& run) {
    RunStory story;
    story.run = run;
    AddTimeTakenOver(story);
    for (const Span& span : spans_) TellOf(span, story);
    if (story.targets.empty()) TellOfNoTime(story);
    return story;
  }

 private:
  // Of a lead that was absorbed, before this one was born.
  void AddTimeTakenOver(RunStory& story) {
    const ClockRun& run = story.run;
    if (spans_.empty() || run.started_at >= spans_.front().from) return;
    AddOpenAndClosed(policies_.Of(run).calendars[run.calendar], run.started_at,
                     spans_.front().from, story);
  }

  void TellOf(const Span& span, RunStory& story) {
    const absl::Time from = std::max(span.from, story.run.started_at);
    const absl::Time to =
        std::min(span.to, story.run.ended_at.value_or(span.to));
    if (to <= from) return NoteVersionAt(span, story);
    // A run may begin by time, between two events.
    const Progress before_end =
        At(policies_, span.progress, span.to - absl::Milliseconds(1));
    const ClockRun* const run = SameRun(policies_, before_end, story.run);
    if (run == nullptr) return;
    NoteVersion(*run, span, from, story);
    NoteTarget(*run, before_end, from, story);
    if (run->paused) {
      return AddPause(*run, before_end, span, from, to, story);
    }
    AddOpenAndClosed(policies_.Of(*run).calendars[run->calendar], from, to,
                     story);
  }

  // Of a run that lasts no time: it ended, or the story does, as it began.
  void TellOfNoTime(RunStory& story) {
    const ClockRun& run = story.run;
    const auto later = std::find_if(
        spans_.begin(), spans_.end(),
        [&](const Span& span) { return span.from > run.started_at; });
    if (later == spans_.begin()) return;
    const Span& span = *std::prev(later);
    NoteVersion(run, span, run.started_at, story);
    NoteTarget(run, span.progress, run.started_at, story);
  }

  // Of a run that ends as it begins, or at the instant of the version.
  void NoteVersionAt(const Span& span, RunStory& story) {
    const ClockRun* const run = SameRun(policies_, span.progress, story.run);
    if (run != nullptr && span.from <= story.run.ended_at) {
      NoteVersion(*run, span, std::max(span.from, run->started_at), story);
    }
  }

  void NoteVersion(const ClockRun& run, const Span& span, absl::Time since,
                   RunStory& story) {
    if (!story.versions.empty() &&
        story.versions.back().policy_version == run.policy_version) {
      return;
    }
    // A run that begins by time has no part in the span's beginning.
    const ClockRun* const then = SameRun(policies_, span.progress, story.run);
    story.versions.push_back(
        {.since = since,
         .policy_version = run.policy_version,
         .due = DueIf(policies_, then == nullptr ? run : *then),
         .due_before = DueBefore(since, story),
         .ends = false});
  }

  // As it was foretold just before that instant.
  std::optional<absl::Time> DueBefore(absl::Time instant,
                                      const RunStory& story) const {
    if (story.versions.empty()) return std::nullopt;
    const auto later =
        std::find_if(spans_.begin(), spans_.end(),
                     [&](const Span& span) { return span.from >= instant; });
    if (later == spans_.begin()) return std::nullopt;
    const Progress before = At(policies_, std::prev(later)->progress,
                               instant - absl::Milliseconds(1));
    const ClockRun* const run = SameRun(policies_, before, story.run);
    return run == nullptr ? std::nullopt : DueIf(policies_, *run);
  }

  void NoteTarget(const ClockRun& run, const Progress& progress,
                  absl::Time since, RunStory& story) {
    if (run.due && *run.due < since) return;
    const std::vector<ClockRule::TargetRule>& rules =
        RuleOf(policies_, run).targets;
    size_t rule = 0;
    while (rule + 1 < rules.size() &&
           !Holds(policies_, rules[rule].when, progress)) {
      ++rule;
    }
    if (!story.targets.empty() && story.targets.back().rule == rule &&
        story.targets.back().policy_version == run.policy_version &&
        story.targets.back().calendar == run.calendar) {
      return;
    }
    story.targets.push_back({.since = since,
                             .policy_version = run.policy_version,
                             .rule = rule,
                             .calendar = run.calendar,
                             .length = run.target});
  }

  void AddPause(const ClockRun& run, const Progress& progress, const Span& span,
                absl::Time from, absl::Time to, RunStory& story) const {
    const ClockRule& rule = RuleOf(policies_, run);
    std::string why = progress.attributes->Get("status");
    const bool by_status =
        !run.resumed && std::find(rule.pauses.begin(), rule.pauses.end(),
                                  why) != rule.pauses.end();
    if (!by_status) why = WhatHolds(rule.pauses_while, progress);
    if (!story.stretches.empty()) {
      Stretch& last = story.stretches.back();
      if (last.kind == Stretch::Kind::kPaused && last.to == from &&
          last.why == why) {
        last.to = to;
        return;
      }
    }
    story.stretches.push_back({.from = from,
                               .to = to,
                               .kind = Stretch::Kind::kPaused,
                               .why = std::move(why),
                               .since = span.last_event,
                               .by_condition = !by_status});
  }

  // The first of the conditions that does, in words.
  std::string WhatHolds(const std::vector<Condition>& conditions,
                        const Progress& progress) const {
    const auto holds = std::find_if(conditions.begin(), conditions.end(),
                                    [&](const Condition& each) {
                                      return Holds(policies_, each, progress);
                                    });
    return holds == conditions.end() ? "" : Words(*holds);
  }

  void AddOpenAndClosed(const NamedCalendar& calendar, absl::Time from,
                        absl::Time to, RunStory& story) {
    absl::Time at = from;
    for (const auto& [opens, closes] :
         calendar.calendar.OpenIntervals(from, to)) {
      AddClosed(calendar, at, opens, story);
      AddOpen(calendar, opens, closes, story);
      at = closes;
    }
    AddClosed(calendar, at, to, story);
  }

  // By dates of the calendar, so that special hours are seen.
  static void AddOpen(const NamedCalendar& calendar, absl::Time from,
                      absl::Time to, RunStory& story) {
    const absl::TimeZone zone = calendar.calendar.zone();
    while (from < to) {
      const absl::CivilDay next = absl::ToCivilDay(from, zone) + 1;
      const absl::Time end = std::min(to, absl::FromCivil(next, zone));
      Add({.from = from,
           .to = end,
           .kind = Stretch::Kind::kCounted,
           .why = IsOpenByDate(calendar, from) ? kOtherHours : "",
           .since = std::nullopt},
          story);
      // A zone may skip a midnight.
      from = std::max(end, from + absl::Milliseconds(1));
    }
  }

  // Whether it is open then for the hours of a date, not of a weekday: of that
  // date, or of the one before, past midnight.
  static bool IsOpenByDate(const NamedCalendar& calendar, absl::Time instant) {
    const CalendarSpec* const spec = calendar.calendar.spec();
    if (spec == nullptr) return false;
    const absl::CivilSecond local =
        absl::ToCivilSecond(instant, calendar.calendar.zone());
    for (int days = 0; days < 2; ++days) {
      const absl::CivilDay date = absl::CivilDay(local) - days;
      const auto hours = spec->special_hours.find(date);
      if (hours == spec->special_hours.end()) continue;
      const absl::Duration since_midnight =
          absl::Seconds(local - absl::CivilSecond(date));
      for (const OpenRange& range : hours->second) {
        if (range.opens <= since_midnight && since_midnight < range.closes) {
          return true;
        }
      }
    }
    return false;
  }

  // By dates of the calendar, so that a holiday is seen.
  void AddClosed(const NamedCalendar& calendar, absl::Time from, absl::Time to,
                 RunStory& story) {
    const absl::TimeZone zone = calendar.calendar.zone();
    while (from < to) {
      const absl::CivilDay date = absl::ToCivilDay(from, zone);
      const absl::Time end = std::min(to, absl::FromCivil(date + 1, zone));
      Stretch stretch = {.from = from,
                         .to = end,
                         .kind = Stretch::Kind::kClosed,
                         .why = "",
                         .since = std::nullopt};
      Name(calendar, date, stretch);
      Add(std::move(stretch), story);
      // A zone may skip a midnight.
      from = std::max(end, from + absl::Milliseconds(1));
    }
  }

  static void Name(const NamedCalendar& calendar, absl::CivilDay date,
                   Stretch& stretch) {
    const CalendarSpec* const spec = calendar.calendar.spec();
    if (spec == nullptr) return;
    if (spec->special_hours.contains(date)) {
      stretch.kind = Stretch::Kind::kHoliday;
      stretch.why = kOtherHours;
    } else if (spec->holidays.contains(date)) {
      stretch.kind = Stretch::Kind::kHoliday;
      const auto name = calendar.holidays.find(date);
      if (name != calendar.holidays.end()) stretch.why = name->second;
    }
  }

  static void Add(Stretch stretch, RunStory& story) {
    if (!story.stretches.empty()) {
      Stretch& last = story.stretches.back();
      if (last.kind == stretch.kind && last.why == stretch.why &&
          last.to == stretch.from) {
        last.to = stretch.to;
        return;
      }
    }
    story.stretches.push_back(std::move(stretch));
  }

  const PolicyBook& policies_;
  const std::vector<Span>& spans_;
};

// Of a run, the rungs among some facts, by name.
std::map<std::string, const Fact*> RungsOf(const PolicyBook& policies,
                                           const ClockRun& run,
                                           const std::vector<Fact>& facts) {
  std::map<std::string, const Fact*> rungs;
  for (const Fact& fact : facts) {
    if (IsRung(fact.kind) && IsOf(policies, fact, run)) {
      rungs[RungName(policies, fact)] = &fact;
    }
  }
  return rungs;
}

// What takes the run over when, if nothing more happens.
std::vector<VersionInForce> VersionsAhead(const PolicyBook& policies,
                                          const Progress& progress,
                                          const ClockRun& run) {
  std::vector<VersionInForce> ahead;
  Progress then = progress;
  const ClockRun* open = &run;
  while (!open->ended_at) {
    const auto carry = policies.NextCarry(open->policy_version);
    if (!carry) break;
    const Progress before =
        At(policies, then, carry->at - absl::Milliseconds(1));
    const std::optional<absl::Time> due_before =
        DueIf(policies, *SameRun(policies, before, run));
    then = At(policies, std::move(then), carry->at);
    open = SameRun(policies, then, run);
    const bool ends = open->ended_at.has_value();
    ahead.push_back({.since = carry->at,
                     .policy_version = carry->to->version,
                     .due = ends ? open->due : DueIf(policies, *open),
                     .due_before = due_before,
                     .ends = ends});
  }
  return ahead;
}

// Tells the rungs of one run.
class LadderTeller {
 public:
  LadderTeller(const PolicyBook& policies, const Progress& progress,
               RunStory& story)
      : policies_(policies), progress_(progress), story_(story) {}

  // From what fired, and from what will if nothing more happens.
  void Tell(const std::vector<Fact>& facts, const std::vector<Fact>& ahead) {
    auto fired = RungsOf(policies_, story_.run, facts);
    auto to_fire = RungsOf(policies_, story_.run, ahead);
    const std::vector<Rung>& ladder = RuleOf(policies_, story_.run).ladder;
    for (size_t i = 0; i < ladder.size(); ++i) {
      if (const auto was = fired.extract(ladder[i].name)) {
        Add(RungStory::Outcome::kFired, *was.mapped());
        // By whatever version it fired, it stands on the ladder there is now.
        story_.rungs.back().policy_version = story_.run.policy_version;
        story_.rungs.back().rung = static_cast<uint8_t>(i);
      } else if (const auto will = to_fire.extract(ladder[i].name)) {
        Add(RungStory::Outcome::kAhead, *will.mapped());
      } else {
        AddUnfired(static_cast<uint8_t>(i));
      }
    }
    for (const auto& [name, fact] : fired) {
      Add(RungStory::Outcome::kFired, *fact);
    }
    for (const auto& [name, fact] : to_fire) {
      Add(RungStory::Outcome::kAhead, *fact);
    }
    SortByPlace();
  }

 private:
  void Add(RungStory::Outcome outcome, const Fact& fact) {
    story_.rungs.push_back({.policy_version = fact.policy_version,
                            .rung = fact.rung,
                            .outcome = outcome,
                            .at = fact.at,
                            .recipients = fact.recipients});
  }

  void AddUnfired(uint8_t rung) {
    RungStory told;
    told.policy_version = story_.run.policy_version;
    told.rung = rung;
    if ((story_.run.rungs_passed & RungBit(rung)) != 0) {
      told.outcome = WhyPassed(RungOf(told));
    } else if (!story_.run.ended_at) {
      WhyNotForetold(told);
    }
    story_.rungs.push_back(std::move(told));
  }

  // Why a rung that was passed did not fire.
  RungStory::Outcome WhyPassed(const Rung& rung) const {
    if (rung.action == RungAction::kAcknowledge) {
      return RungStory::Outcome::kOpen;
    }
    if (rung.for_the_rest && (story_.run.at_risk_since || !story_.run.due)) {
      return RungStory::Outcome::kWarnedOtherwise;
    }
    return rung.when.empty() ? RungStory::Outcome::kSkipped
                             : RungStory::Outcome::kNotTrue;
  }

  // By the version that the run has at last.
  void WhyNotForetold(RungStory& told) const {
    if (!story_.versions_ahead.empty()) {
      const VersionInForce& last = story_.versions_ahead.back();
      const std::string& name = RungOf(told).name;
      const std::optional<uint8_t> place = PlaceIn(last, name);
      if (!place) {
        told.outcome = RungStory::Outcome::kDropped;
        return;
      }
      told.policy_version = last.policy_version;
      told.rung = *place;
    }
    told.outcome = Holds(policies_, RungOf(told).when, progress_)
                       ? RungStory::Outcome::kWaits
                       : RungStory::Outcome::kNotTrueNow;
  }

  // Where a version that takes the run over has a rung.
  std::optional<uint8_t> PlaceIn(const VersionInForce& version,
                                 const std::string& name) const {
    if (version.ends) return std::nullopt;
    const std::vector<Rung>& ladder = ClockOf(version.policy_version).ladder;
    for (size_t i = 0; i < ladder.size(); ++i) {
      if (ladder[i].name == name) return static_cast<uint8_t>(i);
    }
    return std::nullopt;
  }

  // The clock by a version that judges the run at some time.
  const ClockRule& ClockOf(int64_t version) const {
    const std::vector<ClockRule>& clocks = policies_.Of(version).clocks;
    const std::string& name = RuleOf(policies_, story_.run).name;
    return *std::find_if(
        clocks.begin(), clocks.end(),
        [&](const ClockRule& clock) { return clock.name == name; });
  }

  const Rung& RungOf(const RungStory& told) const {
    return ClockOf(told.policy_version).ladder[told.rung];
  }

  void SortByPlace() {
    std::stable_sort(story_.rungs.begin(), story_.rungs.end(),
                     [this](const RungStory& a, const RungStory& b) {
                       const absl::Duration due = story_.run.target;
                       return PlaceOf(RungOf(a).mark, due) <
                              PlaceOf(RungOf(b).mark, due);
                     });
  }

  const PolicyBook& policies_;
  const Progress& progress_;
  RunStory& story_;
};

// Of a run that ended before due: as it stood then.
std::optional<absl::Time> DueOf(const PolicyBook& policies, const ClockRun& run,
                                const std::vector<Fact>& facts) {
  if (!run.ended_at || run.due) return DueIf(policies, run);
  for (const Fact& fact : facts) {
    const bool is_end =
        fact.kind == FactKind::kMet || fact.kind == FactKind::kStopped;
    if (is_end && IsOf(policies, fact, run)) return fact.due;
  }
  return std::nullopt;
}

// All that is true by then.
std::vector<Fact> FactsUpTo(const PolicyBook& policies,
                            const std::vector<Passage>& passages,
                            absl::Time until) {
  std::vector<Fact> facts;
  if (passages.empty()) return facts;
  for (const Passage& passage : passages) {
    facts.insert(facts.end(), passage.settled.begin(), passage.settled.end());
  }
  const Outlook now = Foretell(policies, passages.back().after, until);
  facts.insert(facts.end(), now.facts.begin(), now.facts.end());
  return facts;
}

}  // namespace

LeadStory Explain(const PolicyBook& policies, const std::vector<Event>& history,
                  absl::Time until) {
  LeadStory story;
  story.events = InForceUpTo(history, until);
  const std::vector<Passage> passages = PassagesOf(policies, story.events);
  if (passages.empty()) return story;

  const Progress& last = passages.back().after;
  const std::vector<Fact> facts = FactsUpTo(policies, passages, until);
  story.progress = At(policies, last, until);
  // What is further away than that nobody waits for.
  const std::vector<Fact> ahead =
      Foretell(policies, *story.progress, until + absl::Hours(24 * 366)).facts;

  const std::vector<Span> spans = SpansOf(policies, passages, until);
  Teller teller(policies, spans);
  for (const ClockRun& run : story.progress->runs) {
    RunStory told = teller.Tell(run);
    told.versions_ahead = VersionsAhead(policies, *story.progress, run);
    told.due = told.versions_ahead.empty() ? DueOf(policies, run, facts)
                                           : told.versions_ahead.back().due;
    told.start = StartOf(policies, passages, facts, run);
    told.end = EndOf(policies, passages, run);
    told.uncounted = UncountedTouches(policies, passages, run);
    LadderTeller(policies, *story.progress, told).Tell(facts, ahead);
    story.runs.push_back(std::move(told));
  }
  return story;
}

std::vector<EventRef> WhatRefutes(const Untruth& untruth,
                                  const PolicyBook& policies,
                                  const std::vector<Event>& history,
                                  absl::Time until) {
  const auto is_true = [&](const std::vector<Event>& known) {
    const std::vector<Event> events = InForceUpTo(known, until);
    const std::vector<Fact> facts =
        FactsUpTo(policies, PassagesOf(policies, events), until);
    return std::any_of(facts.begin(), facts.end(), [&](const Fact& fact) {
      return fact.at == untruth.at &&
             ClockName(policies, fact) == untruth.clock &&
             RungName(policies, fact) == untruth.rung;
    });
  };
  std::vector<EventRef> refuting;
  if (is_true(history)) return refuting;
  for (size_t i = 0; i < history.size(); ++i) {
    std::vector<Event> without = history;
    without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
    if (is_true(without)) refuting.push_back(history[i].ref);
  }
  return refuting;
}

}  // namespace leadclock
