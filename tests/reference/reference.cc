#include "tests/reference/reference.h"

#include <algorithm>
#include <stdexcept>
#include <tuple>

namespace leadclock::reference {
namespace {

template <typename T>
bool IsIn(const std::vector<T>& list, const T& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

// ---------------------------------------------------------------------------
// The history

// One event for each name; what is withdrawn is left out; in order.
std::vector<Event> WhatStands(const std::vector<Event>& events) {
  std::map<EventName, Event> one_each;
  for (const Event& event : events) {
    const auto [there, is_new] = one_each.emplace(event.name, event);
    if (is_new) continue;
    if (std::tie(event.sequence, event.stored_form) >
        std::tie(there->second.sequence, there->second.stored_form)) {
      there->second = event;
    }
  }

  std::set<EventName> withdrawn;
  for (const auto& [name, event] : one_each) {
    if (event.what == Event::What::kWithdrawn) {
      withdrawn.insert(event.withdraws);
    }
  }

  std::vector<Event> standing;
  for (const auto& [name, event] : one_each) {
    const bool is_withdrawal = event.what == Event::What::kWithdrawn;
    if (withdrawn.contains(name) && !is_withdrawal) continue;
    standing.push_back(event);
  }
  std::sort(standing.begin(), standing.end(),
            [](const Event& a, const Event& b) {
              return std::tie(a.at, a.sequence, a.kind, a.name) <
                     std::tie(b.at, b.sequence, b.kind, b.name);
            });
  return standing;
}

// The birth first, and then the rest; what stands before the birth applies at
// its instant. Empty if there is no birth.
std::vector<Event> FromBirth(std::vector<Event> standing) {
  const auto birth =
      std::find_if(standing.begin(), standing.end(), [](const Event& event) {
        return event.what == Event::What::kLeadCreated;
      });
  if (birth == standing.end()) return {};
  for (auto before = standing.begin(); before != birth; ++before) {
    before->at = birth->at;
  }
  std::rotate(standing.begin(), birth, birth + 1);
  return standing;
}

// ---------------------------------------------------------------------------
// The walk

// What an event is taken for.
enum class Role { kBirth, kAssignment, kItself };

class Walk {
 public:
  Walk(const Policy& policy, std::vector<Event> events, Millis step)
      : policy_(policy), events_(std::move(events)), step_(step) {}

  Life Go(Millis horizon) {
    if (events_.empty()) return {};
    life_.is_born = true;
    const Day first = DivideDown(events_.front().at, kDay);
    for (const Calendar& calendar : policy_.calendars) {
      openings_.push_back(
          OpeningsAround(calendar, first, DivideDown(horizon, kDay)));
    }

    size_t next = 0;
    for (now_ = events_.front().at; now_ <= horizon; now_ += step_) {
      for (; next < events_.size() && events_[next].at == now_; ++next) {
        ApplyEvent(events_[next], next == 0);
      }
      WhatTimeDecides();
      Count();
    }
    return life_;
  }

 private:
  // ---- What an event changes

  void ApplyEvent(const Event& event, bool is_birth) {
    const bool is_created = event.what == Event::What::kLeadCreated;
    const bool names_owner = event.owner.has_value() && !event.owner->empty();
    if (is_birth) {
      ApplySteps(event, Role::kBirth);
      if (names_owner) ApplySteps(event, Role::kAssignment);
    } else if (is_created && names_owner) {
      ApplySteps(event, Role::kAssignment);
    } else if (event.what == Event::What::kAssigned) {
      ApplySteps(event, Role::kAssignment);
    } else {
      ApplySteps(event, Role::kItself);
    }
  }

  void ApplySteps(const Event& event, Role role) {
    // 1. Knowledge.
    ChangeKnowledge(event);

    // 2. Stops: by the event, and in turn by each clock that is answered.
    std::vector<size_t> answered;
    AnswerAll(answered, [&](const Trigger& trigger) {
      return Matches(trigger, event, role);
    });
    for (size_t i = 0; i < answered.size(); ++i) {
      AnswerAll(answered, [clock = answered[i]](const Trigger& trigger) {
        return trigger.on == Trigger::On::kAnswered && trigger.clock == clock;
      });
    }

    // 3. Starts.
    if (Eligible()) {
      for (size_t clock = 0; clock < policy_.clocks.size(); ++clock) {
        if (HasRun(clock)) continue;
        const std::vector<Trigger>& starts = policy_.clocks[clock].starts;
        const bool is_started =
            std::any_of(starts.begin(), starts.end(), [&](const Trigger& t) {
              return t.on == Trigger::On::kAnswered ? IsIn(answered, t.clock)
                                                    : Matches(t, event, role);
            });
        if (is_started) Start(clock, event.name);
      }
    }

    // 4. Eligibility.
    if (const EligibilityRule* rule = DecidingRule(); rule != nullptr) {
      for (Run& run : life_.runs) {
        if (run.is_open) End(run, rule->reason);
      }
    }

    // 5. Pause, target, calendar.
    for (Run& run : life_.runs) {
      if (run.is_open) SetPauseTargetCalendar(run);
    }
  }

  void ChangeKnowledge(const Event& event) {
    for (const auto& [name, value] : event.attributes) {
      attributes_[name] = value;
    }
    for (const std::string& flag : event.flags_added) flags_.insert(flag);
    for (const std::string& flag : event.flags_removed) flags_.erase(flag);
    if (event.owner) people_.owner = *event.owner;
    if (event.backup) people_.backup = *event.backup;
    if (event.manager) people_.manager = *event.manager;
  }

  // Answers the open runs, in the order in which they started, that have such
  // a trigger among their stops, and adds their clocks to `answered`.
  template <typename IsTrigger>
  void AnswerAll(std::vector<size_t>& answered, IsTrigger is_trigger) {
    for (Run& run : life_.runs) {
      const std::vector<Trigger>& stops = policy_.clocks[run.clock].stops;
      if (!run.is_open ||
          !std::any_of(stops.begin(), stops.end(), is_trigger)) {
        continue;
      }
      Answer(run);
      answered.push_back(run.clock);
    }
  }

  // Whether the event itself is such a trigger.
  bool Matches(const Trigger& trigger, const Event& event, Role role) const {
    switch (trigger.on) {
      case Trigger::On::kLeadCreated:
        return role == Role::kBirth;
      case Trigger::On::kAssigned:
        return role == Role::kAssignment && !people_.owner.empty();
      case Trigger::On::kTouch:
        return event.what == Event::What::kTouch &&
               Passes(event.touch, trigger.touch);
      case Trigger::On::kAnswered:
      case Trigger::On::kMissed:
        break;
    }
    return false;
  }

  bool Passes(const Touch& touch, const TouchTest& test) const {
    if (test.direction && *test.direction != touch.direction) return false;
    if (test.actor_kind && *test.actor_kind != touch.actor_kind) return false;
    if (!test.by.empty() && !IsBy(touch.actor, test.by)) return false;
    if (test.meaningful && test.meaningful != touch.meaningful) return false;
    if (test.personalized && test.personalized != touch.personalized) {
      return false;
    }
    if (test.reply_path && test.reply_path != touch.reply_path) return false;
    return test.channels.empty() || IsIn(test.channels, touch.channel);
  }

  bool IsBy(const std::string& actor,
            const std::vector<std::string>& roles) const {
    if (actor.empty()) return false;
    return (IsIn<std::string>(roles, "owner") && actor == people_.owner) ||
           (IsIn<std::string>(roles, "backup") && actor == people_.backup) ||
           (IsIn<std::string>(roles, "manager") && actor == people_.manager);
  }

  void Answer(Run& run) {
    const bool in_time = run.verdict.empty();
    if (in_time) run.verdict = "met";
    run.is_open = false;
    run.ended_at = now_;
    Tell(run, in_time ? "met" : "answered late", -1, /*by_time=*/false);
  }

  void End(Run& run, const std::string& reason) {
    const bool in_time = run.verdict.empty();
    if (in_time) run.verdict = "stopped";
    run.is_open = false;
    run.ended_at = now_;
    run.reason = reason;
    Tell(run, in_time ? "stopped" : "closed", -1, /*by_time=*/false);
  }

  bool HasRun(size_t clock) const {
    return std::any_of(life_.runs.begin(), life_.runs.end(),
                       [&](const Run& run) { return run.clock == clock; });
  }

  void Start(size_t clock, const EventName& started_by) {
    Run run;
    run.clock = clock;
    run.started_by = started_by;
    run.started_at = now_;
    run.rung_is_over.resize(policy_.clocks[clock].ladder.size());
    SetPauseTargetCalendar(run);
    life_.runs.push_back(run);
  }

  bool Holds(const Condition& condition) const {
    return std::all_of(
        condition.begin(), condition.end(), [&](const AttributeTest& test) {
          return std::any_of(test.any_of.begin(), test.any_of.end(),
                             [&](const std::string& value) {
                               return Is(test.attribute, value);
                             });
        });
  }

  bool Is(const std::string& attribute, const std::string& value) const {
    if (attribute == "flag") return flags_.contains(value);
    const auto found = attributes_.find(attribute);
    const std::string known = found == attributes_.end() ? "" : found->second;
    if (attribute != "available_channel") return known == value;
    return ("\n" + known + "\n").find("\n" + value + "\n") != std::string::npos;
  }

  const EligibilityRule* DecidingRule() const {
    for (const EligibilityRule& rule : policy_.eligible) {
      if (Holds(rule.when)) return &rule;
    }
    return nullptr;
  }

  bool Eligible() const { return DecidingRule() == nullptr; }

  void SetPauseTargetCalendar(Run& run) const {
    const Clock& clock = policy_.clocks[run.clock];
    run.paused = std::any_of(
        clock.pauses.begin(), clock.pauses.end(),
        [&](const std::string& status) { return Is("status", status); });
    for (const TargetRule& rule : clock.targets) {
      if (run.verdict == "missed") break;  // the one that decided due stays
      if (!Holds(rule.when)) continue;
      run.target = rule.target;
      break;
    }
    if (clock.calendar) {
      run.calendar = *clock.calendar;
      return;
    }
    for (const CalendarRule& rule : policy_.calendar_for) {
      if (!Holds(rule.when)) continue;
      run.calendar = rule.calendar;
      break;
    }
  }

  // ---- What a clock counts

  bool CountsNow(const Run& run) const {
    return run.is_open && !run.paused &&
           (policy_.calendars[run.calendar].always ||
            IsOpenIn(openings_[run.calendar], now_));
  }

  void Count() {
    for (Run& run : life_.runs) {
      if (CountsNow(run)) run.counted += step_;
    }
  }

  // What time decides now, after all events of this instant. The run that
  // started earlier comes first; a run that starts here comes last.
  void WhatTimeDecides() {
    for (size_t i = 0; i < life_.runs.size(); ++i) {
      if (!life_.runs[i].is_open) continue;
      if (CountsNow(life_.runs[i])) life_.runs[i].has_begun_to_count = true;
      TakeMarks(i);
    }
  }

  // The mark zero is reached when the clock begins to count.
  static bool IsReached(const Run& run, Millis mark) {
    return mark > 0 ? run.counted >= mark : run.has_begun_to_count;
  }

  static Millis ValueOf(const Mark& mark, const Run& run) {
    switch (mark.from) {
      case Mark::From::kStart:
        return mark.length;
      case Mark::From::kBeforeDue:
        return std::max<Millis>(run.target - mark.length, 0);
      case Mark::From::kShare:
        return (run.target * mark.percent + 99) / 100;  // rounded up
      case Mark::From::kAfterDue:
        break;
    }
    return run.counted_at_due + mark.length;
  }

  struct Step {
    Millis mark;
    int rung;  // -1, that is before all rungs: due
  };

  void TakeMarks(size_t index) {
    Run& run = life_.runs[index];
    const std::vector<Rung>& ladder = policy_.clocks[run.clock].ladder;

    std::vector<Step> steps;
    const bool falls_due = run.verdict.empty() && IsReached(run, run.target);
    const bool is_past_due = falls_due || !run.verdict.empty();
    // The target, or what was counted if that is more.
    if (falls_due) {
      run.counted_at_due = std::max(run.target, run.counted);
      steps.push_back({run.counted_at_due, -1});
    }
    const bool target_fell_below = falls_due && run.target < run.counted;

    for (size_t i = 0; i < ladder.size(); ++i) {
      if (run.rung_is_over[i]) continue;
      const bool after_due = ladder[i].mark.from == Mark::From::kAfterDue;
      if (after_due && !is_past_due) continue;
      const Millis mark = ValueOf(ladder[i].mark, run);
      // The mark `due` itself may be zero, and is reached with due.
      if (after_due ? run.counted < mark : !IsReached(run, mark)) continue;

      run.rung_is_over[i] = true;
      const bool is_skipped =
          target_fell_below && !after_due && mark < run.counted_at_due;
      if (is_skipped || !Holds(ladder[i].when)) continue;
      steps.push_back({mark, static_cast<int>(i)});
    }

    std::sort(steps.begin(), steps.end(), [](const Step& a, const Step& b) {
      return std::tie(a.mark, a.rung) < std::tie(b.mark, b.rung);
    });
    for (const Step& step : steps) {
      if (step.rung >= 0) {
        Tell(run, ladder[static_cast<size_t>(step.rung)].fact, step.rung,
             /*by_time=*/true);
      } else {
        run.verdict = "missed";
        Tell(run, "missed", -1, /*by_time=*/true);
      }
    }
    // Last, because it may move the runs in memory.
    if (falls_due) StartOnMissed(run.clock, run.started_by);
  }

  // The event that started the missed run counts as the one that starts these.
  void StartOnMissed(size_t missed, EventName started_by) {
    if (!Eligible()) return;
    for (size_t clock = 0; clock < policy_.clocks.size(); ++clock) {
      if (HasRun(clock)) continue;
      const std::vector<Trigger>& starts = policy_.clocks[clock].starts;
      const bool matches =
          std::any_of(starts.begin(), starts.end(), [&](const Trigger& t) {
            return t.on == Trigger::On::kMissed && t.clock == missed;
          });
      if (matches) Start(clock, started_by);
    }
  }

  void Tell(const Run& run, const std::string& kind, int rung, bool by_time) {
    Fact fact;
    fact.kind = kind;
    fact.clock = run.clock;
    fact.rung = rung;
    fact.started_by = run.started_by;
    fact.at = now_;
    fact.people = people_;
    fact.by_time = by_time;
    fact.started_at = run.started_at;
    fact.counted = run.counted;
    fact.target = run.target;
    fact.reason = run.reason;
    life_.facts.push_back(fact);
  }

  const Policy& policy_;
  const std::vector<Event> events_;
  const Millis step_;

  std::vector<std::vector<Opening>> openings_;  // of each calendar

  Millis now_ = 0;
  std::map<std::string, std::string> attributes_;
  std::set<std::string> flags_;
  People people_;
  Life life_;
};

}  // namespace

Life Live(const Policy& policy, const std::vector<Event>& events,
          Millis horizon, Millis step) {
  return Walk(policy, FromBirth(WhatStands(events)), step).Go(horizon);
}

}  // namespace leadclock::reference
