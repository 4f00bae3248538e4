#include "processor/lead/run_story.h"

#include <algorithm>
#include <string>
#include <utility>

#include "processor/lead/counting.h"
#include "processor/lead/names.h"
#include "processor/lead/stretches.h"
#include "processor/lead/timeline.h"
#include "processor/policy/describe.h"

namespace leadclock {
namespace {

class TimeTeller {
 public:
  TimeTeller(const PolicyBook& policies, const std::vector<Moment>& moments,
             absl::Time until, RunStory& story)
      : policies_(policies), moments_(moments), until_(until), story_(story) {}

  void Tell() {
    const ClockRun* before = nullptr;
    for (size_t i = 0; i < moments_.size(); ++i) {
      const ClockRun* const run =
          SameRun(policies_, moments_[i].after, story_.run);
      if (run == nullptr) continue;
      NoteVersion(*run, before, moments_[i]);
      NoteTarget(*run, before, moments_[i]);
      NoteMove(*run, before, moments_[i]);
      if (before != nullptr && before->paused && !run->paused &&
          !run->ended_at) {
        EndPause(moments_[i]);
      }
      if (run->ended_at) break;
      const absl::Time end =
          i + 1 < moments_.size() ? moments_[i + 1].at : until_;
      AddTime(*run, i, end);
      before = run;
    }
    AddTimeTakenOver();
  }

 private:
  void NoteVersion(const ClockRun& run, const ClockRun* before,
                   const Moment& moment) {
    if (before != nullptr && before->policy_version == run.policy_version) {
      return;
    }
    story_.versions.push_back({.since = moment.at,
                               .policy_version = run.policy_version,
                               .due = DueThen(run),
                               .due_before = before == nullptr
                                                 ? std::nullopt
                                                 : DueIf(policies_, *before),
                               .ends = false});
  }

  // None of a run that ended before it.
  std::optional<absl::Time> DueThen(const ClockRun& run) const {
    return run.ended_at && !run.due ? std::nullopt : DueIf(policies_, run);
  }

  // ---- Targets

  void NoteTarget(const ClockRun& run, const ClockRun* before,
                  const Moment& moment) {
    const bool is_first = story_.targets.empty();
    // Once due, the target that decided it stays.
    if (!is_first && before != nullptr && before->due) return;
    const bool is_of_version =
        before != nullptr && before->policy_version != run.policy_version;
    const bool is_changed = before == nullptr || is_of_version ||
                            before->target != run.target ||
                            before->not_due_before != run.not_due_before ||
                            before->calendar != run.calendar;
    // What time makes true matters once the run goes by it.
    if (!is_changed && moment.passage == nullptr) return;
    TargetInForce target;
    target.since = moment.at;
    target.policy_version = run.policy_version;
    target.rule = TargetRuleOf(run, moment.after);
    target.calendar = run.calendar;
    target.calendar_when = CalendarWhenOf(run, moment.after);
    target.length = run.target;
    if (!is_first && !is_of_version && moment.passage != nullptr) {
      target.by = moment.passage->event->ref;
    }
    target.due = DueThen(run);
    if (!is_first && IsAsBefore(target, story_.targets.back())) return;
    story_.targets.push_back(std::move(target));
  }

  static bool IsAsBefore(const TargetInForce& a, const TargetInForce& b) {
    return a.rule == b.rule && a.policy_version == b.policy_version &&
           a.calendar == b.calendar && a.calendar_when == b.calendar_when &&
           a.length == b.length;
  }

  // The place of the rule that gives the run its target: the first that holds,
  // unless the run does not go by what holds yet.
  size_t TargetRuleOf(const ClockRun& run, const Progress& progress) const {
    const std::vector<ClockRule::TargetRule>& rules =
        RuleOf(policies_, run).targets;
    const auto gives = [&](const ClockRule::TargetRule& rule) {
      return OpenTargetOf(rule.target, CalendarOf(policies_, run),
                          run.started_at)
                 .length == run.target;
    };
    size_t first = 0;
    while (first + 1 < rules.size() &&
           !Holds(policies_, rules[first].when, progress)) {
      ++first;
    }
    if (gives(rules[first])) return first;
    const auto other = std::find_if(rules.begin(), rules.end(), gives);
    return other == rules.end() ? first
                                : static_cast<size_t>(other - rules.begin());
  }

  // What the rule asks for that chose the run's calendar.
  Condition CalendarWhenOf(const ClockRun& run,
                           const Progress& progress) const {
    const auto chosen = [&](const std::vector<CalendarRule>& rules) {
      return std::find_if(rules.begin(), rules.end(),
                          [&](const CalendarRule& rule) {
                            return rule.calendar == run.calendar &&
                                   Holds(policies_, rule.when, progress);
                          });
    };
    const std::vector<CalendarRule>& own = RuleOf(policies_, run).calendars;
    const auto own_rule = chosen(own);
    if (own_rule != own.end()) return own_rule->when;
    const std::vector<CalendarRule>& of_all = policies_.Of(run).calendar_for;
    const auto rule = chosen(of_all);
    return rule == of_all.end() ? Condition() : rule->when;
  }

  // ---- Due at once

  // Notes what made it later than its target, and whether it was due by that.
  void NoteMove(const ClockRun& run, const ClockRun* before,
                const Moment& moment) {
    if (before != nullptr && !before->due) {
      std::optional<DueAtOnce::Why> why;
      if (before->started_at != run.started_at) {
        why = DueAtOnce::Why::kStart;
      } else if (before->policy_version != run.policy_version) {
        why = DueAtOnce::Why::kVersion;
      } else if (before->target != run.target) {
        why = DueAtOnce::Why::kTarget;
      }
      if (why) {
        moved_at_ = moment.at;
        move_ = {.counted = run.counted, .why = *why};
        if (moment.passage != nullptr && *why != DueAtOnce::Why::kVersion) {
          move_.by = moment.passage->event->ref;
        }
      }
    }
    const bool was_due = before != nullptr && before->due;
    if (was_due || !run.due || run.due != moved_at_ ||
        run.counted_at_due <= run.target) {
      return;
    }
    move_.counted = run.counted_at_due;
    story_.due_at_once = move_;
  }

  // ---- Time

  void AddTime(const ClockRun& run, size_t place, absl::Time end) {
    const absl::Time from = std::max(moments_[place].at, run.started_at);
    if (end <= from) return;
    if (run.paused) return AddPause(run, place, from, end);
    AddOpenAndClosed(policies_.Of(run).calendars[run.calendar], from, end,
                     story_.stretches);
  }

  // Of a lead that was absorbed, before this one was born: as its calendar was
  // then.
  void AddTimeTakenOver() {
    if (moments_.empty()) return;
    const absl::Time birth = moments_.front().at;
    const absl::Time since = story_.run.started_at;
    if (since >= birth) return;
    const ClockRun* before = nullptr;
    for (const Moment& moment : moments_) {
      const ClockRun* const run = SameRun(policies_, moment.after, story_.run);
      if (run == nullptr) continue;
      if (before == nullptr) before = run;
      if (run->started_at == since) break;
      before = run;
    }
    std::vector<Stretch> stretches;
    if (before->due) {
      stretches.push_back(
          {.from = since, .to = birth, .kind = Stretch::Kind::kTakenOver});
    } else {
      AddOpenAndClosed(policies_.Of(*before).calendars[before->calendar], since,
                       birth, stretches);
    }
    for (const Stretch& stretch : story_.stretches) {
      Stretch* const last = stretches.empty() ? nullptr : &stretches.back();
      if (last != nullptr && last->kind == stretch.kind &&
          stretch.kind != Stretch::Kind::kPaused && last->why == stretch.why &&
          last->other_hours == stretch.other_hours) {
        last->to = stretch.to;
      } else {
        stretches.push_back(stretch);
      }
    }
    story_.stretches = std::move(stretches);
  }

  // ---- Pauses

  void AddPause(const ClockRun& run, size_t place, absl::Time from,
                absl::Time to) {
    Stretch pause = {.from = from, .to = to, .kind = Stretch::Kind::kPaused};
    NoteWhy(run, place, pause);
    if (!story_.stretches.empty()) {
      Stretch& last = story_.stretches.back();
      const bool goes_on =
          last.kind == Stretch::Kind::kPaused && last.to == from;
      // What time has made untrue pauses it until the run goes by that.
      if (goes_on && (pause.why.empty() ||
                      (last.why == pause.why && last.since == pause.since))) {
        last.to = to;
        return;
      }
    }
    story_.stretches.push_back(std::move(pause));
  }

  void NoteWhy(const ClockRun& run, size_t place, Stretch& pause) const {
    const ClockRule& rule = RuleOf(policies_, run);
    const std::string& status = moments_[place].after.attributes->Get("status");
    if (!run.resumed && IsOneOf(status, rule.pauses)) {
      pause.why = status;
      return NoteSince(place, pause, [&](const Moment& moment) {
        if (moment.after.attributes->Get("status") != status) return false;
        const ClockRun* const then =
            SameRun(policies_, moment.after, story_.run);
        return then == nullptr || !then->resumed;
      });
    }
    pause.by_condition = true;
    for (const Condition& condition : rule.pauses_while) {
      const auto holds = [&](const Moment& moment) {
        return Holds(policies_, condition, moment.after);
      };
      if (!holds(moments_[place])) continue;
      pause.why = Words(condition);
      return NoteSince(place, pause, holds);
    }
  }

  // The moment since which it holds without a break.
  void NoteSince(size_t place, Stretch& pause, const auto& holds) const {
    while (place > 0 && holds(moments_[place - 1])) --place;
    const Moment& since = moments_[place];
    pause.since_at = since.at;
    if (since.passage != nullptr) pause.since = since.passage->event->ref;
  }

  void EndPause(const Moment& moment) {
    if (story_.stretches.empty()) return;
    Stretch& last = story_.stretches.back();
    const bool is_it =
        last.kind == Stretch::Kind::kPaused && last.to == moment.at;
    if (is_it && moment.passage != nullptr) {
      last.resumed_by = moment.passage->event->ref;
    }
  }

  const PolicyBook& policies_;
  const std::vector<Moment>& moments_;
  const absl::Time until_;
  RunStory& story_;
  std::optional<absl::Time> moved_at_;
  DueAtOnce move_ = {};
};

}  // namespace

std::optional<absl::Time> DueIf(const PolicyBook& policies,
                                const ClockRun& run) {
  const absl::Time due = ForetellDue(policies, run);
  if (due == absl::InfiniteFuture()) return std::nullopt;
  return due;
}

void TellTime(const PolicyBook& policies, const std::vector<Moment>& moments,
              absl::Time until, RunStory& story) {
  TimeTeller(policies, moments, until, story).Tell();
}

}  // namespace leadclock
