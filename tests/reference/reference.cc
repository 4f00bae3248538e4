#include "tests/reference/reference.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <stdexcept>
#include <tuple>

#include "tests/reference/business_time.h"
#include "tests/reference/zone_file.h"

namespace leadclock::reference {
namespace {

template <typename T>
bool IsIn(const std::vector<T>& list, const T& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

const ZoneFile& ZoneFileOf(const std::string& name) {
  static std::map<std::string, ZoneFile> read;
  return read.try_emplace(name, name).first->second;
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

// A version with what the walk needs of its calendars.
struct Rules {
  Version version;
  // Whether it is another policy than the version before it.
  bool changes_something = true;
  std::vector<std::vector<Opening>> openings;  // of each calendar
  std::map<size_t, std::unique_ptr<BusinessTime>> business_times;

  const Policy& policy() const { return version.policy; }
};

class Walk {
 public:
  Walk(const std::vector<Version>& versions, std::vector<Event> events,
       Millis step)
      : events_(std::move(events)), step_(step) {
    for (const Version& version : versions) {
      Rules& rules = rules_.emplace_back();
      rules.version = version;
      NameAll(rules.version.policy);
    }
    for (size_t i = 1; i < rules_.size(); ++i) {
      rules_[i].changes_something =
          rules_[i].policy() != rules_[i - 1].policy();
    }
  }

  Life Go(Millis horizon) {
    if (events_.empty()) return {};
    life_.is_born = true;
    life_.last_event = events_.back().at;
    first_ = DivideDown(events_.front().at, kDay);
    last_ = DivideDown(horizon, kDay);
    for (Rules& rules : rules_) {
      for (const Calendar& calendar : rules.policy().calendars) {
        rules.openings.push_back(OpeningsAround(calendar, first_, last_));
      }
    }

    size_t next = 0;
    for (now_ = events_.front().at; now_ <= horizon; now_ += step_) {
      CarryOver();
      for (; next < events_.size() && events_[next].at == now_; ++next) {
        ApplyEvent(events_[next], next == 0);
      }
      WhatTimeDecides();
      Count();
    }
    return life_;
  }

 private:
  static void NameAll(Policy& policy) {
    for (size_t i = 0; i < policy.clocks.size(); ++i) {
      Clock& clock = policy.clocks[i];
      if (clock.name.empty()) clock.name = std::to_string(i);
      for (size_t j = 0; j < clock.ladder.size(); ++j) {
        std::string& name = clock.ladder[j].name;
        if (name.empty()) name = std::to_string(j);
      }
    }
  }

  // ---- Which version

  // The newest that has taken effect; the first one also governs what was
  // before. One that changes nothing leaves the one before it in its place.
  Rules& InForce() {
    size_t in_force = 0;
    for (size_t i = 1; i < rules_.size(); ++i) {
      const bool has_taken_effect = rules_[i].version.effective <= now_;
      if (has_taken_effect && rules_[i].changes_something) in_force = i;
    }
    return rules_[in_force];
  }

  Rules& RulesOf(const Run& run) {
    for (Rules& rules : rules_) {
      if (rules.version.number == run.version) return rules;
    }
    throw std::logic_error("a run of a version that there is not");
  }

  const Clock& ClockOf(const Run& run) {
    return RulesOf(run).policy().clocks[run.clock];
  }

  // Before everything else of the instant at which a version takes effect.
  void CarryOver() {
    for (size_t i = 1; i < rules_.size(); ++i) {
      const Version& version = rules_[i].version;
      if (version.effective != now_ || !version.carries) continue;
      Rules& to = InForce();
      for (Run& run : life_.runs) {
        if (run.is_open && run.version != to.version.number) Carry(run, to);
      }
    }
  }

  void Carry(Run& run, Rules& to) {
    const std::vector<Clock>& clocks = to.policy().clocks;
    size_t clock = 0;
    while (clock < clocks.size() && clocks[clock].name != run.clock_name) {
      ++clock;
    }
    if (clock == clocks.size()) return End(run, "policy", /*by_time=*/true);

    const std::optional<Millis> due_before = ForetellDue(run);
    std::vector<bool> is_over;
    for (const Rung& rung : clocks[clock].ladder) {
      is_over.push_back(rung.mark.from == Mark::From::kStarted ||
                        IsOver(rung.name, run));
    }
    run.version = to.version.number;
    run.clock = clock;
    run.rung_is_over = is_over;
    const EligibilityRule* const rule = DecidingRule(to.policy());
    if (rule != nullptr) return End(run, rule->reason, /*by_time=*/true);

    SetPauseTargetCalendar(run);
    if (run.verdict == "missed") return PassRungsBeforeDue(run);
    const std::optional<Millis> due_after = ForetellDue(run);
    if (due_before && due_after && due_before != due_after) {
      Tell(run, "due changed", -1, /*by_time=*/true);
      life_.facts.back().due = *due_after;
    }
  }

  // Whether the rung of that name fired, or never will.
  bool IsOver(const std::string& name, const Run& run) {
    const std::vector<Rung>& ladder = ClockOf(run).ladder;
    for (size_t i = 0; i < ladder.size(); ++i) {
      if (ladder[i].name == name) return run.rung_is_over[i];
    }
    return false;
  }

  void PassRungsBeforeDue(Run& run) {
    const std::vector<Rung>& ladder = ClockOf(run).ladder;
    for (size_t i = 0; i < ladder.size(); ++i) {
      const bool is_before_due = ladder[i].mark.from != Mark::From::kAfterDue;
      if (is_before_due && ValueOf(ladder[i].mark, run) < run.counted_at_due) {
        run.rung_is_over[i] = true;
      }
    }
  }

  // When the run falls due if nothing changes any more; absent: it is paused.
  std::optional<Millis> ForetellDue(const Run& run) {
    if (IsReached(run, run.target) && MayFallDue(run)) return now_;
    if (run.paused) return std::nullopt;
    return std::max(WhenCounted(run, run.target), run.not_due_before);
  }

  Millis WhenCounted(const Run& run, Millis mark) {
    if (IsReached(run, mark)) return now_;
    const Calendar& calendar = RulesOf(run).policy().calendars[run.calendar];
    Millis left = mark - run.counted;
    if (calendar.always) return now_ + left;
    const Day today = DivideDown(now_, kDay);
    for (Day last = today + 30; last < today + 2000; last += last - today) {
      if (const auto at = WhenOpenFor(calendar, left, today, last)) return *at;
    }
    throw std::logic_error("the reference looked ahead too few days");
  }

  // The first instant from now on by which it was open for so long; for
  // nothing: at which it is open.
  std::optional<Millis> WhenOpenFor(const Calendar& calendar, Millis left,
                                    Day first, Day last) const {
    std::vector<Opening> openings = OpeningsAround(calendar, first, last);
    std::sort(openings.begin(), openings.end(),
              [](const Opening& a, const Opening& b) {
                return std::tie(a.opens, a.closes) <
                       std::tie(b.opens, b.closes);
              });
    Millis from = now_;
    for (const Opening& opening : openings) {
      from = std::max(from, opening.opens);
      if (opening.closes <= from) continue;
      if (left <= opening.closes - from) return from + left;
      left -= opening.closes - from;
      from = opening.closes;
    }
    return std::nullopt;
  }

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
    std::vector<std::string> answered;
    AnswerAll(answered, [&](const Trigger& trigger, const Run& run) {
      return Matches(trigger, event, role) &&
             IsOnRightChannel(trigger, event.touch.channel, run);
    });
    for (size_t i = 0; i < answered.size(); ++i) {
      AnswerAll(answered, [&, name = answered[i]](const Trigger& trigger,
                                                  const Run& run) {
        return trigger.on == Trigger::On::kAnswered &&
               RulesOf(run).policy().clocks[trigger.clock].name == name;
      });
    }

    // 3. Starts: the clocks of the version in force.
    const Rules& in_force = InForce();
    const std::vector<Clock>& clocks = in_force.policy().clocks;
    const EligibilityRule* const rule = DecidingRule(in_force.policy());
    for (size_t clock = 0; rule == nullptr && clock < clocks.size(); ++clock) {
      if (HasRun(clocks[clock].name)) continue;
      const std::vector<Trigger>& starts = clocks[clock].starts;
      const bool is_started =
          std::any_of(starts.begin(), starts.end(), [&](const Trigger& t) {
            return t.on == Trigger::On::kAnswered
                       ? IsIn(answered, clocks[t.clock].name)
                       : Matches(t, event, role);
          });
      if (is_started) Start(in_force, clock, event.name, event.touch.channel);
    }

    // 4. Eligibility: each run by its own version, the lead by that in force.
    for (Run& run : life_.runs) {
      const EligibilityRule* const own = DecidingRule(RulesOf(run).policy());
      if (run.is_open && own != nullptr) {
        End(run, own->reason, /*by_time=*/false);
      }
    }
    if (rule == nullptr || !rule->reviews) {
      life_.under_review.reset();
    } else if (life_.under_review != rule->reason) {
      life_.under_review = rule->reason;
      TellOfReview(in_force, *rule, event.name);
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
    for (const auto& [role, holder] : event.holders) holders_[role] = holder;
  }

  // Answers the open runs, in the order in which they started, that have such
  // a trigger among their stops, and adds their clocks to `answered`.
  template <typename IsTrigger>
  void AnswerAll(std::vector<std::string>& answered, IsTrigger is_trigger) {
    for (Run& run : life_.runs) {
      const std::vector<Trigger>& stops = ClockOf(run).stops;
      const bool is_stopped = std::any_of(
          stops.begin(), stops.end(),
          [&](const Trigger& stop) { return is_trigger(stop, run); });
      if (!run.is_open || !is_stopped) continue;
      Answer(run);
      answered.push_back(run.clock_name);
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

  // Where no channel is known at the start, any counts.
  static bool IsOnRightChannel(const Trigger& stop, const std::string& channel,
                               const Run& run) {
    return !stop.touch.another_channel || run.channel == "" ||
           (channel != "" && channel != run.channel);
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

  void End(Run& run, const std::string& reason, bool by_time) {
    const bool in_time = run.verdict.empty();
    if (in_time) run.verdict = "stopped";
    run.is_open = false;
    run.ended_at = now_;
    run.reason = reason;
    Tell(run, in_time ? "stopped" : "closed", -1, by_time);
  }

  bool HasRun(const std::string& clock) const {
    return std::any_of(life_.runs.begin(), life_.runs.end(),
                       [&](const Run& run) { return run.clock_name == clock; });
  }

  // The channel is that of the touch by which it starts; "": none.
  void Start(const Rules& rules, size_t clock, const EventName& started_by,
             const std::string& channel) {
    const Clock& of = rules.policy().clocks[clock];
    Run run;
    run.clock_name = of.name;
    run.version = rules.version.number;
    run.clock = clock;
    run.started_by = started_by;
    run.channel = channel;
    run.started_at = now_;
    run.rung_is_over.resize(of.ladder.size());
    SetPauseTargetCalendar(run);
    life_.runs.push_back(run);
  }

  bool Holds(const Condition& condition) const {
    return std::all_of(
        condition.begin(), condition.end(), [&](const AttributeTest& test) {
          const bool is_one =
              std::any_of(test.any_of.begin(), test.any_of.end(),
                          [&](const std::string& value) {
                            return Is(test.attribute, value);
                          });
          const bool is_within =
              std::any_of(test.spans.begin(), test.spans.end(),
                          [&](const NumberSpan& span) {
                            return IsWithin(test.attribute, span);
                          });
          return (is_one || is_within) != test.negated;
        });
  }

  // The attribute is a number, and nothing else, of that span.
  bool IsWithin(const std::string& attribute, const NumberSpan& span) const {
    const auto found = attributes_.find(attribute);
    if (found == attributes_.end() || found->second.empty()) return false;
    char* end = nullptr;
    const double number = std::strtod(found->second.c_str(), &end);
    if (*end != '\0') return false;
    return (number > span.from || (span.with_from && number == span.from)) &&
           (number < span.to || (span.with_to && number == span.to));
  }

  bool Is(const std::string& attribute, const std::string& value) const {
    if (attribute == "flag") return flags_.contains(value);
    const auto found = attributes_.find(attribute);
    const std::string known = found == attributes_.end() ? "" : found->second;
    if (attribute != "available_channel") return known == value;
    return ("\n" + known + "\n").find("\n" + value + "\n") != std::string::npos;
  }

  // The first rule that keeps clocks from running.
  const EligibilityRule* DecidingRule(const Policy& policy) const {
    for (const EligibilityRule& rule : policy.eligible) {
      if (Holds(rule.when)) return &rule;
    }
    return nullptr;
  }

  void SetPauseTargetCalendar(Run& run) {
    const Policy& policy = RulesOf(run).policy();
    const Clock& clock = policy.clocks[run.clock];
    run.paused = std::any_of(
        clock.pauses.begin(), clock.pauses.end(),
        [&](const std::string& status) { return Is("status", status); });
    run.calendar = CalendarOf(policy, clock);
    for (const TargetRule& rule : clock.targets) {
      if (run.verdict == "missed") break;  // the one that decided due stays
      if (!Holds(rule.when)) continue;
      SetTarget(rule, run);
      break;
    }
  }

  size_t CalendarOf(const Policy& policy, const Clock& clock) const {
    for (const CalendarRule& rule : clock.calendars) {
      if (Holds(rule.when)) return rule.calendar;
    }
    for (const CalendarRule& rule : policy.calendar_for) {
      if (Holds(rule.when)) return rule.calendar;
    }
    return 0;
  }

  // In days, it becomes the open time until the instant that they mean.
  void SetTarget(const TargetRule& rule, Run& run) {
    run.target = rule.target;
    run.not_due_before = 0;
    if (rule.business_days == 0 && !rule.end_of_business_day) return;
    const Calendar& calendar = RulesOf(run).policy().calendars[run.calendar];
    if (calendar.always) {
      const Millis days = rule.business_days * kDay;
      const Millis midnight = DivideDown(run.started_at, kDay) * kDay;
      run.target = rule.end_of_business_day
                       ? midnight + kDay + days - run.started_at
                       : days;
      return;
    }
    const BusinessTime& time = BusinessTimeOf(RulesOf(run), run.calendar);
    const std::optional<Millis> at =
        rule.end_of_business_day
            ? time.EndOfBusinessDay(run.started_at, rule.business_days)
            : time.AfterBusinessDays(run.started_at, rule.business_days);
    if (!at) throw std::logic_error("the reference walked too few days");
    run.target = time.Between(run.started_at, *at);
    if (!time.IsOpen(*at - step_)) run.not_due_before = *at;
  }

  const BusinessTime& BusinessTimeOf(Rules& rules, size_t calendar) {
    std::unique_ptr<BusinessTime>& time = rules.business_times[calendar];
    if (time == nullptr) {
      constexpr Day kBeyond = 60;
      const Calendar& of = rules.policy().calendars[calendar];
      time = std::make_unique<BusinessTime>(of, ZoneFileOf(of.zone), first_ - 3,
                                            last_ + kBeyond, step_);
    }
    return *time;
  }

  // ---- What a clock counts

  bool IsOpenNow(const Run& run) {
    const Rules& rules = RulesOf(run);
    return rules.policy().calendars[run.calendar].always ||
           IsOpenIn(rules.openings[run.calendar], now_);
  }

  bool CountsNow(const Run& run) {
    return run.is_open && !run.paused && IsOpenNow(run);
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

  // A due that is an opening is not the closing before it. A pause does not
  // put off what a target that fell has decided.
  bool MayFallDue(const Run& run) const {
    return run.not_due_before == 0 ||
           (now_ >= run.not_due_before &&
            (!run.paused || run.counted > run.target));
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
      case Mark::From::kStarted:
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
    const std::vector<Rung>& ladder = ClockOf(run).ladder;

    std::vector<Step> steps;
    const bool falls_due =
        run.verdict.empty() && IsReached(run, run.target) && MayFallDue(run);
    const bool is_past_due = falls_due || !run.verdict.empty();
    // The target, or what was counted if that is more.
    if (falls_due) {
      run.counted_at_due = std::max(run.target, run.counted);
      steps.push_back({run.counted_at_due, -1});
    }
    const bool target_fell_below = falls_due && run.target < run.counted;

    for (size_t i = 0; i < ladder.size(); ++i) {
      if (run.rung_is_over[i]) continue;
      if (ladder[i].mark.from == Mark::From::kStarted) {
        run.rung_is_over[i] = true;
        if (!IsOpenNow(run)) steps.push_back({-1, static_cast<int>(i)});
        continue;
      }
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
        const bool warns =
            ladder[static_cast<size_t>(step.rung)].fact == "warning";
        if (warns && run.verdict == "missed") continue;  // no longer at risk
        Tell(run, ladder[static_cast<size_t>(step.rung)].fact, step.rung,
             /*by_time=*/true);
      } else {
        run.verdict = "missed";
        Tell(run, "missed", -1, /*by_time=*/true);
      }
    }
    // Last, because it may move the runs in memory.
    if (falls_due) StartOnMissed(run.clock_name, run.started_by);
  }

  // The event that started the missed run counts as the one that starts these.
  void StartOnMissed(std::string missed, EventName started_by) {
    const Rules& in_force = InForce();
    if (DecidingRule(in_force.policy()) != nullptr) return;
    const std::vector<Clock>& clocks = in_force.policy().clocks;
    for (size_t clock = 0; clock < clocks.size(); ++clock) {
      if (HasRun(clocks[clock].name)) continue;
      const std::vector<Trigger>& starts = clocks[clock].starts;
      const bool matches =
          std::any_of(starts.begin(), starts.end(), [&](const Trigger& t) {
            return t.on == Trigger::On::kMissed &&
                   clocks[t.clock].name == missed;
          });
      if (matches) Start(in_force, clock, started_by, "");
    }
  }

  std::string HolderOf(const std::string& role, const Policy& policy) const {
    if (role == "owner") return people_.owner;
    if (role == "backup") return people_.backup;
    if (role == "manager") return people_.manager;
    const auto named = holders_.find(role);
    if (named != holders_.end() && !named->second.empty()) {
      return named->second;
    }
    // Of a role that only events name there are no rules.
    const auto rules = policy.roles.find(role);
    if (rules == policy.roles.end()) return "";
    for (const HolderRule& rule : rules->second) {
      if (Holds(rule.when)) return rule.holder;
    }
    return "";
  }

  Recipient WhoIsMeantBy(const std::string& role, const Policy& policy) const {
    std::string holder = HolderOf(role, policy);
    if (!holder.empty()) return {role, "", holder};
    for (const std::string& next : policy.fallback) {
      holder = HolderOf(next, policy);
      if (!holder.empty()) return {role, next, holder};
    }
    return {role, "", ""};
  }

  void Tell(const Run& run, const std::string& kind, int rung, bool by_time) {
    Fact fact;
    fact.kind = kind;
    fact.clock_name = run.clock_name;
    fact.version = run.version;
    fact.clock = run.clock;
    fact.rung = rung;
    fact.started_by = run.started_by;
    fact.at = now_;
    fact.people = people_;
    if (rung >= 0) {
      const Rung& of = ClockOf(run).ladder[static_cast<size_t>(rung)];
      for (const std::string& role : of.to) {
        fact.recipients.push_back(WhoIsMeantBy(role, RulesOf(run).policy()));
      }
    }
    fact.by_time = by_time;
    fact.started_at = run.started_at;
    fact.counted = run.counted;
    fact.target = run.target;
    fact.reason = run.reason;
    life_.facts.push_back(fact);
  }

  void TellOfReview(const Rules& rules, const EligibilityRule& rule,
                    const EventName& event) {
    Fact fact;
    fact.kind = "lead review";
    fact.version = rules.version.number;
    fact.clock = kNoClock;
    fact.started_by = event;
    fact.at = now_;
    fact.people = people_;
    for (const std::string& role : rule.to) {
      fact.recipients.push_back(WhoIsMeantBy(role, rules.policy()));
    }
    fact.reason = rule.reason;
    life_.facts.push_back(fact);
  }

  std::vector<Rules> rules_;  // in the order of versions
  const std::vector<Event> events_;
  const Millis step_;

  Day first_ = 0;
  Day last_ = 0;

  Millis now_ = 0;
  std::map<std::string, std::string> attributes_;
  std::set<std::string> flags_;
  People people_;
  std::map<std::string, std::string> holders_;  // by role
  Life life_;
};

}  // namespace

Life Live(const std::vector<Version>& versions,
          const std::vector<Event>& events, Millis horizon, Millis step) {
  return Walk(versions, FromBirth(WhatStands(events)), step).Go(horizon);
}

Life Live(const Policy& policy, const std::vector<Event>& events,
          Millis horizon, Millis step) {
  Version only;
  only.policy = policy;
  return Live(std::vector<Version>{only}, events, horizon, step);
}

}  // namespace leadclock::reference
