#include "app/lead/tell.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "app/lead/event_words.h"
#include "processor/lead/explain.h"
#include "processor/policy/describe.h"
#include "state/codec.h"

namespace leadclock {
namespace {

std::string Utc(absl::Time at) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E*SZ", at, absl::UTCTimeZone());
}
std::string UtcIf(const std::optional<absl::Time>& at) {
  return at ? Utc(*at) : "";
}

// ---- The history

// Of two contents of one event, the one that stands.
bool Outranks(const Event& a, const Event& b) {
  if (a.sequence != b.sequence) return a.sequence > b.sequence;
  return EncodeEvent(a) > EncodeEvent(b);
}

std::optional<absl::Time> EarlierOf(const std::optional<absl::Time>& a,
                                    const std::optional<absl::Time>& b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

// One record for each event, in the order in which events count.
std::vector<LeadFile::Read> OneEach(const std::vector<LeadFile::Read>& all) {
  std::map<EventRef, LeadFile::Read> one_each;
  for (const LeadFile::Read& each : all) {
    const auto [known, is_new] = one_each.try_emplace(each.event.ref, each);
    if (is_new) continue;
    const bool same =
        EncodeEvent(each.event) == EncodeEvent(known->second.event);
    if (same) {
      known->second.logged_at =
          EarlierOf(known->second.logged_at, each.logged_at);
    } else if (Outranks(each.event, known->second.event)) {
      known->second = each;
    }
  }
  std::vector<LeadFile::Read> history;
  for (auto& [ref, each] : one_each) history.push_back(std::move(each));
  std::sort(history.begin(), history.end(),
            [](const LeadFile::Read& a, const LeadFile::Read& b) {
              return StandsBefore(a.event, b.event);
            });
  return history;
}

// Who is told by a rung or an SlaEvent.
void TellRecipients(const std::vector<Recipient>& recipients, auto& out) {
  for (const Recipient& recipient : recipients) {
    v1::LeadStory::Recipient& each = *out.add_recipients();
    each.set_role(recipient.role);
    each.set_id(recipient.id.text());
    each.set_fell_to(recipient.fell_to);
  }
}

std::vector<Recipient> RecipientsOf(const v1::SlaEvent& event) {
  std::vector<Recipient> recipients;
  for (const v1::SlaEvent::Recipient& each : event.recipients()) {
    recipients.push_back({.role = each.role(),
                          .fell_to = each.fell_to(),
                          .id = PersonId(each.id())});
  }
  return recipients;
}

void TellRef(const EventRef& event, v1::LeadStory::Ref& out) {
  out.set_source(event.source);
  out.set_id(event.id);
}

std::string Signed(absl::Duration length) {
  return length < absl::ZeroDuration() ? absl::StrCat("-", Words(-length))
                                       : Words(length);
}

class Story {
 public:
  Story(const PolicyBook& policies, const LeadFile& file, absl::Time as_of)
      : policies_(policies),
        file_(file),
        as_of_(as_of),
        history_(OneEach(file.events)) {
    std::vector<Event> events;
    for (const LeadFile::Read& each : history_) events.push_back(each.event);
    explained_ = Explain(policies_, events, as_of_);
  }

  v1::LeadStory Tell() {
    v1::LeadStory story;
    story.set_lead_id(file_.lead_id);
    const Policy& in_force = policies_.InForce(as_of_);
    story.set_policy_version(in_force.version);
    story.set_policy_hash(in_force.hash);
    story.set_as_of(Utc(as_of_));
    for (const LeadFile::Read& each : history_) {
      TellEvent(each, *story.add_events());
    }
    for (const LeadFile::Unreadable& each : file_.unreadable) {
      TellUnreadable(each, *story.add_events());
    }
    for (const std::string& gap : file_.gaps) story.add_gaps(gap);
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
    TellSaid(story);
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
    TellRecipients(fact.recipients, out);
  }

  void TellEvent(const LeadFile::Read& each, v1::LeadStory::Event& out) const {
    out.set_happened_at(Utc(each.event.occurred_at));
    out.set_logged_at(UtcIf(each.logged_at));
    out.set_what(What(each));
    out.set_source(each.event.ref.source);
    out.set_id(each.event.ref.id);
    out.set_note(NoteOf(each.event));
  }

  static void TellUnreadable(const LeadFile::Unreadable& each,
                             v1::LeadStory::Event& out) {
    out.set_happened_at(UtcIf(each.happened_at));
    out.set_logged_at(UtcIf(each.logged_at));
    out.set_what(each.what.empty() ? "a record" : each.what);
    out.set_source(each.ref.source);
    out.set_id(each.ref.id);
    out.set_note(absl::StrCat("does not count, it is in quarantine: ",
                              each.why.code, ", ", each.why.message));
  }

  static std::string What(const LeadFile::Read& read) {
    return read.noted.empty() ? WhatHappened(read.event) : read.noted;
  }

  // Null: it is not on record.
  const LeadFile::Read* Find(const EventRef& ref) const {
    for (const LeadFile::Read& each : history_) {
      if (each.event.ref == ref) return &each;
    }
    return nullptr;
  }

  std::string WithdrawnBy(const EventRef& ref) const {
    for (const LeadFile::Read& each : history_) {
      const auto* const body = std::get_if<Withdrawn>(&each.event.body);
      if (body != nullptr && body->event == ref) {
        return absl::StrCat("withdrawn by ", Words(each.event.ref));
      }
    }
    return "withdrawn";
  }

  std::string NoteOf(const Event& event) const {
    if (event.occurred_at > as_of_) return "lies ahead";
    const bool counts =
        std::any_of(explained_.events.begin(), explained_.events.end(),
                    [&](const Event& other) { return other.ref == event.ref; });
    if (!counts) return WithdrawnBy(event.ref);
    if (!explained_.progress) return "waits for the lead to be created";
    if (event.occurred_at < explained_.progress->birth) {
      return "before the lead was created: counts at that instant";
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
    out.set_started_by(Words(told.start.event));
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
    if (const LeadFile::Read* const read = Find(attempt.event)) {
      out.set_what(What(*read));
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
    out.set_ended_by(
        told.end->kind == Cause::Kind::kVersion
            ? absl::StrCat("policy version ", told.end->policy_version)
            : Words(told.end->event));
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
    if (const LeadFile::Read* const read = Find(touch.event)) {
      out.set_what(What(*read));
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
    TellRecipients(told.recipients, out);
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

  void TellSaid(v1::LeadStory& story) const {
    std::vector<const v1::SlaEvent*> said;
    for (const v1::SlaEvent& event : file_.said) said.push_back(&event);
    std::sort(said.begin(), said.end(),
              [](const v1::SlaEvent* a, const v1::SlaEvent* b) {
                return a->lead_seq() < b->lead_seq();
              });
    // As last said, by the id of what was said first.
    std::map<std::string, const v1::SlaEvent*> as_said;
    for (const v1::SlaEvent* event : said) {
      v1::LeadStory::Said& out = *story.add_said();
      TellOneSaid(*event, out);
      const std::string& first =
          event->corrects().empty() ? event->id() : event->corrects();
      const auto before = as_said.find(first);
      if (event->form() == v1::SlaEvent::CORRECTED && before != as_said.end()) {
        TellChanges(*before->second, *event, out);
      }
      as_said[first] = event;
    }
  }

  void TellOneSaid(const v1::SlaEvent& event, v1::LeadStory::Said& out) const {
    std::string what = v1::SlaEvent::Kind_Name(event.kind());
    std::transform(what.begin(), what.end(), what.begin(), [](char c) {
      return c == '_' ? ' '
                      : static_cast<char>(
                            absl::ascii_tolower(static_cast<unsigned char>(c)));
    });
    if (event.form() == v1::SlaEvent::RETRACTED) {
      what += " retracted";
      out.set_is_retraction(true);
      out.set_because(WhatRefuted(event));
    }
    if (event.form() == v1::SlaEvent::CORRECTED) what += " corrected";
    out.set_lead_seq(event.lead_seq());
    out.set_what(what);
    out.set_clock(event.clock());
    out.set_rung(event.rung());
    out.set_at(Utc(absl::FromUnixMillis(event.at_ms())));
    out.set_emitted_at(Utc(absl::FromUnixMillis(event.emitted_at_ms())));
    out.set_notify(event.notify());
    out.set_id(event.id());
    out.set_corrects(event.corrects());
    TellRecipients(RecipientsOf(event), out);
    if (event.kind() == v1::SlaEvent::DUE_CHANGED &&
        event.form() == v1::SlaEvent::SAID) {
      AddChange("due", DueBefore(event), DueOf(event), out);
    }
  }

  static std::string DueOf(const v1::SlaEvent& event) {
    return event.due_ms() == 0 ? "" : Utc(absl::FromUnixMillis(event.due_ms()));
  }

  static std::string StartOf(const v1::SlaEvent& event) {
    return event.started_at_ms() == 0
               ? ""
               : Utc(absl::FromUnixMillis(event.started_at_ms()));
  }

  static std::string LengthOf(int64_t millis) {
    return millis == 0 ? "" : Words(absl::Milliseconds(millis));
  }

  static std::string TaskDueOf(const v1::SlaEvent& event) {
    const int64_t due = event.task().due_ms();
    return due == 0 ? "" : Utc(absl::FromUnixMillis(due));
  }

  static std::string YesOrNo(bool yes) { return yes ? "yes" : "no"; }

  // Of a changed due, the one before, if the story agrees that it changed so.
  std::string DueBefore(const v1::SlaEvent& event) const {
    for (const RunStory& told : explained_.runs) {
      const ClockRun& run = told.run;
      if (policies_.Of(run).clocks[run.clock].name != event.clock() ||
          static_cast<int32_t>(run.cycle) != event.cycle()) {
        continue;
      }
      for (const VersionInForce& version : told.versions) {
        if (absl::ToUnixMillis(version.since) == event.at_ms() &&
            UtcIf(version.due) == DueOf(event)) {
          return UtcIf(version.due_before);
        }
      }
    }
    return "";
  }

  static void AddChange(const std::string& what, const std::string& from,
                        const std::string& to, v1::LeadStory::Said& out) {
    if (from == to) return;
    v1::LeadStory::Change& change = *out.add_changes();
    change.set_what(what);
    change.set_from(from);
    change.set_to(to);
  }

  static std::string AnswerOf(const v1::SlaEvent& event) {
    return event.answered_at_ms() == 0
               ? ""
               : Utc(absl::FromUnixMillis(event.answered_at_ms()));
  }

  static std::string ResponsibleOf(const v1::SlaEvent& event) {
    if (!event.has_responsible()) return "";
    const v1::SlaEvent::Recipient& one = event.responsible();
    return WhoIsTold({{.role = one.role(),
                       .fell_to = one.fell_to(),
                       .id = PersonId(one.id())}});
  }

  static std::string CauseOf(const v1::SlaEvent& event) {
    return event.by_id().empty()
               ? ""
               : Words(EventRef{event.by_source(), event.by_id()});
  }

  // Of all that an event tells (kTold, and what stands beside it).
  static void TellChanges(const v1::SlaEvent& from, const v1::SlaEvent& to,
                          v1::LeadStory::Said& out) {
    AddChange("owner", from.owner_id(), to.owner_id(), out);
    AddChange("backup", from.backup_id(), to.backup_id(), out);
    AddChange("manager", from.manager_id(), to.manager_id(), out);
    AddChange("recipients", WhoIsTold(RecipientsOf(from)),
              WhoIsTold(RecipientsOf(to)), out);
    AddChange("responsible", ResponsibleOf(from), ResponsibleOf(to), out);
    AddChange("due", DueOf(from), DueOf(to), out);
    AddChange("overdue", LengthOf(from.overdue_business_ms()),
              LengthOf(to.overdue_business_ms()), out);
    AddChange("answered", AnswerOf(from), AnswerOf(to), out);
    AddChange("started", StartOf(from), StartOf(to), out);
    AddChange("target", LengthOf(from.target_ms()), LengthOf(to.target_ms()),
              out);
    AddChange("counted", LengthOf(from.counted_ms()), LengthOf(to.counted_ms()),
              out);
    AddChange("reason", absl::StrJoin(from.reasons(), ", "),
              absl::StrJoin(to.reasons(), ", "), out);
    AddChange("note", from.note(), to.note(), out);
    AddChange("autoresponder", YesOrNo(from.autoresponder()),
              YesOrNo(to.autoresponder()), out);
    AddChange("attempts", absl::StrCat(from.attempts()),
              absl::StrCat(to.attempts()), out);
    AddChange("run", absl::StrCat(from.cycle()), absl::StrCat(to.cycle()), out);
    AddChange("event", CauseOf(from), CauseOf(to), out);
    AddChange("market", from.market(), to.market(), out);
    AddChange("source", from.lead_source(), to.lead_source(), out);
    AddChange("intent", from.intent(), to.intent(), out);
    AddChange("stage", from.stage(), to.stage(), out);
    AddChange("link", from.crm_url(), to.crm_url(), out);
    if (to.kind() == v1::SlaEvent::TASK) {
      AddChange("lead's name", from.task().lead_name(), to.task().lead_name(),
                out);
      AddChange("service interest", from.task().service_interest(),
                to.task().service_interest(), out);
      AddChange("task's owner", from.task().owner_id(), to.task().owner_id(),
                out);
      AddChange("task's due", TaskDueOf(from), TaskDueOf(to), out);
    }
    AddChange("after an escalation", YesOrNo(from.after_escalation()),
              YesOrNo(to.after_escalation()), out);
  }

  // The event that came last of those that refute it; "": it cannot be told.
  std::string WhatRefuted(const v1::SlaEvent& event) const {
    std::vector<Event> events;
    for (const LeadFile::Read& each : history_) events.push_back(each.event);
    const LeadFile::Read* latest = nullptr;
    for (const EventRef& ref : WhatRefutes({.clock = event.clock(),
                               .rung = event.rung(),
                               .at = absl::FromUnixMillis(event.at_ms())},
                                           policies_, events, as_of_)) {
      const LeadFile::Read* const read = Find(ref);
      if (latest == nullptr || read->logged_at >= latest->logged_at) {
        latest = read;
      }
    }
    if (latest == nullptr) return "";
    return absl::StrCat(Words(latest->event.ref), ": ", What(*latest));
  }

  const PolicyBook& policies_;
  const LeadFile& file_;
  const absl::Time as_of_;
  const std::vector<LeadFile::Read> history_;
  LeadStory explained_;
};

}  // namespace

v1::LeadStory TellStory(const PolicyBook& policies, const LeadFile& file,
                        absl::Time as_of) {
  return Story(policies, file, as_of).Tell();
}

}  // namespace leadclock
