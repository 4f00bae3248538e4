#include "app/lead/tell.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "app/lead/agreement.h"
#include "app/lead/event_words.h"
#include "app/lead/history.h"
#include "app/lead/local_time.h"
#include "app/lead/tell_said.h"
#include "leadclock/v1/lead_event.pb.h"
#include "processor/lead/explain.h"
#include "processor/policy/describe.h"

namespace leadclock {
namespace {

void TellRef(const EventRef& event, v1::LeadStory::Ref& out) {
  out.set_source(event.source);
  out.set_id(event.id);
}

std::string Signed(absl::Duration length) {
  return length < absl::ZeroDuration() ? absl::StrCat("-", Words(-length))
                                       : Words(length);
}

// That the lead was put away is the last that is said of it, unless it began
// anew when it had been forgotten. Null: it was not put away.
const v1::SlaEvent* DepartureIn(const LeadFile& file) {
  const v1::SlaEvent* last = nullptr;
  for (const v1::SlaEvent& event : file.said) {
    const bool is_departure = event.kind() == v1::SlaEvent::RETIRED;
    if (is_departure && (last == nullptr || SaidAt(*last) < SaidAt(event))) {
      last = &event;
    }
  }
  return last;
}

bool IsBegunAnew(const LeadFile& file, const v1::SlaEvent& departure) {
  return std::any_of(file.said.begin(), file.said.end(),
                     [&](const v1::SlaEvent& event) {
                       return SaidAt(event) > SaidAt(departure);
                     });
}

// Of what is on record, what counts.
struct Counted {
  LeadFile file;
  // The records that came when the lead had been put away, and why not.
  std::vector<History::Replaced> ignored;
  std::optional<absl::Time> put_away_at;
  bool is_begun_anew = false;
};

Counted CountedOf(const LeadFile& file) {
  Counted counted;
  counted.file = file;
  const v1::SlaEvent* const departure = DepartureIn(file);
  if (departure == nullptr) return counted;
  counted.is_begun_anew = IsBegunAnew(file, *departure);
  if (counted.is_begun_anew) return counted;
  counted.put_away_at = SaidAt(*departure);
  const bool is_erased =
      departure->reasons_size() > 0 && departure->reasons(0) == "erased";
  std::vector<LeadFile::Read> later;
  std::erase_if(counted.file.events, [&](const LeadFile::Read& read) {
    if (KnownAt(read) <= *counted.put_away_at) return false;
    later.push_back(read);
    return true;
  });
  for (LeadFile::Read& read : HistoryOf(later).standing) {
    // One that was sent once more has counted already.
    const bool is_known = std::any_of(
        counted.file.events.begin(), counted.file.events.end(),
        [&](const LeadFile::Read& other) { return other.event == read.event; });
    if (is_known) continue;
    counted.ignored.push_back(
        {std::move(read), is_erased
                              ? "does not count: the lead had been erased"
                              : "does not count: the lead had been put away"});
  }
  return counted;
}

class Story {
 public:
  Story(const PolicyBook& policies, const Counted& counted, absl::Time as_of)
      : policies_(policies),
        counted_(counted),
        file_(counted.file),
        as_of_(as_of),
        history_(HistoryOf(file_.events)),
        explained_(Explain(policies_, history_.Events(), as_of_)) {}

  v1::LeadStory Tell(const Comparing& comparing) {
    v1::LeadStory story;
    story.set_lead_id(file_.lead_id);
    const Policy& in_force = policies_.InForce(as_of_);
    story.set_policy_version(in_force.version);
    story.set_policy_hash(in_force.hash);
    story.set_as_of(Utc(as_of_));
    TellEvents(story);
    for (const LeadFile::Unreadable& each : file_.unreadable) {
      TellUnreadable(each, *story.add_events());
    }
    for (const std::string& gap : file_.gaps) story.add_gaps(gap);
    const std::string unsaid = MissingOf(file_).words;
    if (!unsaid.empty()) {
      story.add_gaps(absl::StrCat("what Leadclock said of it as number ",
                                  unsaid, " is not on record here"));
    }
    story.set_is_forgotten(IsForgotten());
    if (explained_.progress) {
      story.set_eligibility(EligibilityWord(explained_.progress->eligibility));
      story.set_eligibility_reason(explained_.progress->eligibility_reason);
      TellEligibility(explained_.eligibility, story);
    }
    for (const RunStory& run : explained_.runs) {
      TellRun(run, *story.add_clocks());
    }
    for (const ClockNotStarted& clock : explained_.not_started) {
      TellNotStarted(clock, *story.add_not_started());
    }
    for (const Fact& fact : explained_.outcomes) {
      TellOutcome(fact, *story.add_outcomes());
    }
    leadclock::TellSaid(policies_, file_, explained_, story);
    if (explained_.progress && (file_.is_said_known || !file_.said.empty())) {
      TellAgreement(comparing, story);
    }
    return story;
  }

 private:
  static std::string EligibilityWord(Eligibility eligibility) {
    switch (eligibility) {
      case Eligibility::kEligible:
        return "eligible";
      case Eligibility::kExcluded:
        return "excluded";
      case Eligibility::kStopped:
        return "stopped";
      case Eligibility::kUnderReview:
        break;
    }
    return "under review";
  }

  static void TellEligibility(const EligibilityStory& told,
                              v1::LeadStory& story) {
    story.set_eligibility_since(Utc(told.since));
    if (told.by) TellRef(*told.by, *story.mutable_eligibility_by());
    if (!told.when.empty()) story.set_eligibility_when(Words(told.when));
  }

  static void TellNotStarted(const ClockNotStarted& clock,
                             v1::LeadStory::NotStarted& out) {
    out.set_clock(clock.clock);
    out.set_at(Utc(clock.at));
    if (clock.by) TellRef(*clock.by, *out.mutable_by());
    out.set_when(Words(clock.when));
    out.set_policy_version(clock.policy_version);
  }

  static void TellOutcome(const Fact& fact, v1::LeadStory::Outcome& out) {
    const bool is_outcome = fact.kind == FactKind::kOutcome;
    out.set_at(Utc(fact.at));
    out.set_kind(is_outcome ? "outcome" : "review");
    out.set_name(is_outcome ? fact.outcome : fact.reason);
    if (!fact.by_time) TellRef(fact.started_by, *out.mutable_by());
    TellRecipients(fact.recipients, *out.mutable_recipients());
  }

  // It was spoken of, but what happened is on record no more.
  bool IsForgotten() const {
    const bool is_spoken_of = file_.last_said > 0 || !file_.said.empty();
    return is_spoken_of &&
           std::none_of(
               history_.standing.begin(), history_.standing.end(),
               [](const LeadFile::Read& each) {
                 return std::holds_alternative<LeadCreated>(each.event.body);
               }) &&
           !explained_.progress;
  }

  void TellAgreement(Comparing comparing, v1::LeadStory& story) const {
    if (counted_.is_begun_anew) {
      story.add_not_compared(
          "the lead was put away, and began anew when it had been forgotten");
      return;
    }
    if (counted_.put_away_at) {
      comparing.known_by = std::min(comparing.known_by, *counted_.put_away_at);
    }
    leadclock::TellAgreement(policies_, file_, explained_, comparing, story);
  }

  // Those that do not stand among those that do.
  void TellEvents(v1::LeadStory& story) const {
    std::vector<History::Replaced> rows = history_.replaced;
    rows.insert(rows.end(), counted_.ignored.begin(), counted_.ignored.end());
    for (const LeadFile::Read& each : history_.standing) {
      rows.push_back({each, NoteOf(each)});
    }
    std::stable_sort(
        rows.begin(), rows.end(),
        [](const History::Replaced& a, const History::Replaced& b) {
          return StandsBefore(a.read.event, b.read.event);
        });
    for (const auto& [read, note] : rows) {
      v1::LeadStory::Event& out = *story.add_events();
      TellEvent(read, out);
      out.set_note(Joined(note, out.known_later() ? "not known by then" : ""));
    }
  }

  static std::string Joined(const std::string& a, const std::string& b) {
    return absl::StrCat(a, a.empty() || b.empty() ? "" : "; ", b);
  }

  void TellEvent(const LeadFile::Read& each, v1::LeadStory::Event& out) const {
    out.set_happened_at(Utc(each.event.occurred_at));
    out.set_logged_at(UtcIf(each.logged_at));
    out.set_recorded_at(UtcIf(each.recorded_at));
    // A withdrawal takes effect from the beginning, whenever it comes.
    out.set_known_later(KnownAt(each) > as_of_ &&
                        (each.event.occurred_at <= as_of_ ||
                         std::holds_alternative<Withdrawn>(each.event.body)));
    out.set_kind(KindNameOf(each.event.kind));
    out.set_what(WhatItSays(each));
    out.set_source(each.event.ref.source);
    out.set_id(each.event.ref.id);
  }

  // As the field of LeadEvent is called.
  static std::string KindNameOf(uint32_t kind) {
    const auto* const field =
        v1::LeadEvent::descriptor()->FindFieldByNumber(static_cast<int>(kind));
    return field == nullptr ? "" : field->name();
  }

  static void TellUnreadable(const LeadFile::Unreadable& each,
                             v1::LeadStory::Event& out) {
    out.set_recorded_at(UtcIf(each.recorded_at));
    out.set_kind(KindNameOf(each.kind));
    out.set_happened_at(UtcIf(each.happened_at));
    out.set_logged_at(UtcIf(each.logged_at));
    out.set_what(each.what.empty() ? "a record" : each.what);
    out.set_source(each.ref.source);
    out.set_id(each.ref.id);
    out.set_note(absl::StrCat("does not count, it is in quarantine: ",
                              each.why.code, ", ", each.why.message));
  }

  std::string WithdrawnBy(const EventRef& ref) const {
    for (const LeadFile::Read& each : history_.standing) {
      const auto* const body = std::get_if<Withdrawn>(&each.event.body);
      if (body != nullptr && body->event == ref) {
        return absl::StrCat("withdrawn by ", Words(each.event.ref));
      }
    }
    return "withdrawn";
  }

  std::string NoteOf(const LeadFile::Read& read) const {
    const Event& event = read.event;
    if (event.occurred_at > as_of_) {
      return std::holds_alternative<Withdrawn>(event.body)
                 ? "what it withdraws never counts"
                 : "lies ahead";
    }
    const bool counts =
        std::any_of(explained_.events.begin(), explained_.events.end(),
                    [&](const Event& other) { return other.ref == event.ref; });
    if (!counts) return WithdrawnBy(event.ref);
    if (!explained_.progress) {
      return IsForgotten() ? "the lead's creation is no longer on record"
                           : "waits for the lead to be created";
    }
    if (event.occurred_at < explained_.progress->birth) {
      return "before the lead was created: counts at that instant, after its "
             "creation";
    }
    return "";
  }

  std::string ZoneOf(const ClockRun& run) const {
    const CalendarSpec* const spec =
        policies_.Of(run).calendars[run.calendar].calendar.spec();
    return spec == nullptr ? "UTC" : spec->zone;
  }

  void TellRun(const RunStory& told, v1::LeadStory::Clock& out) const {
    const ClockRun& run = told.run;
    const ClockRule& rule = policies_.Of(run).clocks[run.clock];
    out.set_name(rule.name);
    out.set_cycle(static_cast<int32_t>(run.cycle));
    out.set_started_at(Utc(run.started_at));
    TellRef(told.start.event, *out.mutable_started_by());
    out.set_started_by_clock(told.start.clock);
    out.set_started_by_miss(told.start.kind == Cause::Kind::kMissed);
    out.set_started_by_stop(told.start.kind == Cause::Kind::kStopped);
    out.set_started_by_date(told.start.date);
    out.set_started_by_return(told.start.by_return);
    if (told.start.absorbed_by) {
      TellRef(*told.start.absorbed_by, *out.mutable_absorbed_by());
      out.set_began_at(Utc(told.start.began_at));
    }
    out.set_stops_on(HowAnswered(policies_.Of(run), rule));
    out.set_paused(run.paused && !run.ended_at);
    out.set_zone(ZoneOf(run));
    out.set_verdict(VerdictWord(run.verdict));
    out.set_due(UtcIf(told.due));
    out.set_due_is_reached(run.due.has_value());
    out.set_answered_at(UtcIf(run.answered_at));
    out.set_ended_at(UtcIf(run.ended_at));
    out.set_reason(run.reason);
    TellEnd(told, out);
    if (told.due_at_once)
      TellAtOnce(*told.due_at_once, *out.mutable_due_at_once());
    absl::Duration counted;
    for (const Stretch& stretch : told.stretches) {
      if (stretch.kind == Stretch::Kind::kCounted) {
        counted += stretch.to - stretch.from;
      }
      TellStretch(stretch, *out.add_stretches());
    }
    out.set_counted(Words(counted));
    out.set_counted_ms(absl::ToInt64Milliseconds(counted));
    for (const VersionInForce& version : told.versions) {
      TellVersion(version, *out.add_versions());
    }
    for (const VersionInForce& version : told.versions_ahead) {
      TellVersion(version, *out.add_versions_ahead());
    }
    for (const TargetInForce& target : told.targets) {
      TellTarget(ClockOf(rule.name, target.policy_version), target,
                 *out.add_targets());
    }
    for (const RungStory& rung : told.rungs) {
      TellRung(ClockOf(rule.name, rung.policy_version).ladder[rung.rung], rung,
               *out.add_rungs());
    }
    for (const AttemptStory& attempt : told.attempts) {
      TellAttempt(attempt, *out.add_attempts());
    }
    for (const UncountedTouch& touch : told.uncounted) {
      if (!touch.tests.empty() || !touch.attempt_tests.empty()) {
        TellUncounted(touch, out);
      }
    }
  }

  static void TellAtOnce(const DueAtOnce& at_once,
                         v1::LeadStory::DueAtOnce& out) {
    out.set_counted(Words(at_once.counted));
    out.set_counted_ms(absl::ToInt64Milliseconds(at_once.counted));
    switch (at_once.why) {
      case DueAtOnce::Why::kTarget:
        out.set_changed("target");
        break;
      case DueAtOnce::Why::kStart:
        out.set_changed("start");
        break;
      case DueAtOnce::Why::kVersion:
        out.set_changed("version");
        break;
    }
    if (at_once.by) TellRef(*at_once.by, *out.mutable_by());
  }

  void TellAttempt(const AttemptStory& attempt,
                   v1::LeadStory::Attempt& out) const {
    out.set_at(Utc(attempt.at));
    out.set_source(attempt.event.source);
    out.set_id(attempt.event.id);
    if (const LeadFile::Read* const read = history_.Find(attempt.event)) {
      out.set_what(WhatItSays(*read));
    }
    out.set_counts(!attempt.too_soon_after);
    out.set_count(static_cast<int32_t>(attempt.count));
    out.set_channels(static_cast<int32_t>(attempt.channels));
    if (attempt.too_soon_after) {
      TellRef(*attempt.too_soon_after, *out.mutable_too_soon_after());
    }
    out.set_why(WhatItWas(policies_.Of(attempt.policy_version), attempt));
  }

  static void TellVersion(const VersionInForce& version,
                          v1::LeadStory::Version& out) {
    out.set_since(Utc(version.since));
    out.set_policy_version(version.policy_version);
    out.set_due(UtcIf(version.due));
    out.set_due_before(UtcIf(version.due_before));
    out.set_ends(version.ends);
  }

  static void TellEnd(const RunStory& told, v1::LeadStory::Clock& out) {
    if (!told.end) return;
    if (told.end->kind == Cause::Kind::kVersion) {
      out.set_ended_by_version(told.end->policy_version);
    } else if (told.end->event != EventRef{}) {
      TellRef(told.end->event, *out.mutable_ended_by());
    }
    out.set_ended_by_clock(told.end->clock);
    if (told.end->kind == Cause::Kind::kIneligible) {
      out.set_ended_as(EligibilityWord(told.end->eligibility));
      out.set_ended_when(Words(told.end->when));
    }
    if (told.end->kind == Cause::Kind::kAbsorbed) {
      out.set_answered_before_at(Utc(told.end->answered_at));
    }
    if (!told.run.answered_at || !told.due) return;
    const absl::Duration due =
        told.run.due ? told.run.counted_at_due : told.run.target;
    const absl::Duration open = told.run.counted - due;
    const absl::Duration wall = *told.run.answered_at - *told.due;
    out.set_overdue_open_time(Signed(open));
    out.set_overdue_wall_time(Signed(wall));
    out.set_overdue_open_ms(absl::ToInt64Milliseconds(open));
    out.set_overdue_wall_ms(absl::ToInt64Milliseconds(wall));
  }

  void TellUncounted(const UncountedTouch& touch,
                     v1::LeadStory::Clock& clock) const {
    v1::LeadStory::Touch& out = *clock.add_uncounted_touches();
    out.set_at(Utc(touch.at));
    out.set_source(touch.event.source);
    out.set_id(touch.event.id);
    if (const LeadFile::Read* const read = history_.Find(touch.event)) {
      out.set_what(WhatItSays(*read));
    }
    out.set_why(WhyUncounted(policies_.Of(touch.policy_version), touch));
  }

  static std::string VerdictWord(Verdict verdict) {
    switch (verdict) {
      case Verdict::kNone:
        return "running";
      case Verdict::kMet:
        return "met";
      case Verdict::kMissed:
        return "missed";
      case Verdict::kStopped:
        break;
    }
    return "stopped";
  }

  static void TellStretch(const Stretch& stretch, v1::LeadStory::Stretch& out) {
    out.set_from(Utc(stretch.from));
    out.set_to(Utc(stretch.to));
    out.set_length(Words(stretch.to - stretch.from));
    out.set_length_ms(absl::ToInt64Milliseconds(stretch.to - stretch.from));
    out.set_counted(stretch.kind == Stretch::Kind::kCounted);
    out.set_kind(KindWord(stretch.kind));
    out.set_name(stretch.why);
    out.set_other_hours(stretch.other_hours);
    if (stretch.since) TellRef(*stretch.since, *out.mutable_paused_by());
    out.set_paused_since(UtcIf(stretch.since_at));
    if (stretch.resumed_by) {
      TellRef(*stretch.resumed_by, *out.mutable_resumed_by());
    }
    out.set_why(WhyOf(stretch));
  }

  static std::string KindWord(Stretch::Kind kind) {
    switch (kind) {
      case Stretch::Kind::kCounted:
        return "counted";
      case Stretch::Kind::kClosed:
        return "closed";
      case Stretch::Kind::kHoliday:
        return "holiday";
      case Stretch::Kind::kTakenOver:
        return "taken over";
      case Stretch::Kind::kPaused:
        break;
    }
    return "paused";
  }

  static std::string WhyOf(const Stretch& stretch) {
    const std::string hours =
        stretch.other_hours.empty()
            ? ""
            : absl::StrCat("other hours: ", stretch.other_hours);
    switch (stretch.kind) {
      case Stretch::Kind::kCounted:
        return hours;
      case Stretch::Kind::kClosed:
        return hours.empty() ? "closed" : absl::StrCat("closed, ", hours);
      case Stretch::Kind::kHoliday:
        return stretch.why.empty() ? "closed, a holiday"
                                   : absl::StrCat("closed, ", stretch.why);
      case Stretch::Kind::kTakenOver:
        return "not its own: it was due before that lead was taken over";
      case Stretch::Kind::kPaused:
        break;
    }
    return absl::StrCat(
        stretch.by_condition ? "paused: while " : "paused: status ",
        stretch.why,
        stretch.since ? absl::StrCat(" since ", Words(*stretch.since)) : "",
        stretch.resumed_by
            ? absl::StrCat("; resumed by ", Words(*stretch.resumed_by))
            : "");
  }

  // REQUIRES: that version has it.
  const ClockRule& ClockOf(const std::string& name, int64_t version) const {
    const std::vector<ClockRule>& clocks = policies_.Of(version).clocks;
    return *std::find_if(
        clocks.begin(), clocks.end(),
        [&](const ClockRule& clock) { return clock.name == name; });
  }

  void TellTarget(const ClockRule& clock, const TargetInForce& target,
                  v1::LeadStory::Target& out) const {
    const ClockRule::TargetRule& rule = clock.targets[target.rule];
    out.set_since(Utc(target.since));
    out.set_target(Words(rule.target));
    if (rule.target.kind != Target::Kind::kOpenTime) {
      out.set_open_time(Words(target.length));
    }
    if (clock.targets.size() > 1) out.set_rule(Words(rule.when));
    const Policy& policy = policies_.Of(target.policy_version);
    out.set_calendar(policy.calendars[target.calendar].name);
    const bool has_choice =
        clock.calendars.empty()
            ? policy.calendar_for.size() > 1
            : clock.calendars.size() > 1 || !clock.calendars[0].when.empty();
    if (has_choice) out.set_calendar_rule(Words(target.calendar_when));
    if (target.by) TellRef(*target.by, *out.mutable_by());
    out.set_due(UtcIf(target.due));
    out.set_length_ms(absl::ToInt64Milliseconds(target.length));
  }

  static void TellRung(const Rung& rung, const RungStory& told,
                       v1::LeadStory::Rung& out) {
    out.set_name(rung.name);
    out.set_mark(Words(rung.mark));
    out.set_action(absl::StrCat(
        NameOf(rung.action), rung.priority.empty() ? "" : " ", rung.priority));
    out.set_to(absl::StrJoin(rung.to, ", "));
    if (!rung.when.empty()) out.set_when(Words(rung.when));
    out.set_at(UtcIf(told.at));
    out.set_policy_version(told.policy_version);
    out.set_recommended_action(rung.recommended_action);
    TellRecipients(told.recipients, *out.mutable_recipients());
    out.set_outcome(OutcomeWords(told.outcome));
  }

  static std::string OutcomeWords(RungStory::Outcome outcome) {
    switch (outcome) {
      case RungStory::Outcome::kFired:
        return "fired";
      case RungStory::Outcome::kNotTrue:
        return "its condition did not hold";
      case RungStory::Outcome::kSkipped:
        return "skipped: the clock was due before";
      case RungStory::Outcome::kOpen:
        return "not needed: open at the start";
      case RungStory::Outcome::kWarnedOtherwise:
        return "not needed: another rung warns";
      case RungStory::Outcome::kNotReached:
        return "not reached: the clock ended before";
      case RungStory::Outcome::kAhead:
        return "ahead";
      case RungStory::Outcome::kWaits:
        return "waits";
      case RungStory::Outcome::kNotTrueNow:
        return "its condition does not hold now";
      case RungStory::Outcome::kTooLate:
        return "too late: the clock had started before that version";
      case RungStory::Outcome::kDropped:
        break;
    }
    return "dropped by a policy version that lies ahead";
  }

  const PolicyBook& policies_;
  const Counted& counted_;
  const LeadFile& file_;
  const absl::Time as_of_;
  const History history_;
  const LeadStory explained_;
};

}  // namespace

v1::LeadStory TellStory(const PolicyBook& policies, const LeadFile& file,
                        absl::Time as_of, const TellOptions& options) {
  const absl::Time now =
      options.now.value_or(std::max(as_of, options.known_at.value_or(as_of)));
  const absl::Time known_by = std::min(options.known_at.value_or(now), now);
  const Counted counted =
      CountedOf(options.known_at ? KnownBy(file, *options.known_at) : file);
  // A number that is missing may have been said by then.
  const Comparing comparing = {
      .as_of = as_of,
      .known_by = known_by,
      .missing = MissingOf(file),
      .may_versions_be_later =
          options.known_at.has_value() && !options.are_versions_dated};
  v1::LeadStory story = Story(policies, counted, as_of).Tell(comparing);
  if (options.known_at) story.set_known_at(Utc(*options.known_at));
  if (as_of > known_by) story.set_foretold_from(Utc(known_by));
  return story;
}

}  // namespace leadclock
