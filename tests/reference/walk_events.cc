#include <algorithm>
#include <utility>

#include "tests/reference/walk.h"

// What an event does, step by step.

namespace leadclock::reference {
namespace {

// "": it is not said.
std::string FieldOf(const Event& event, const std::string& field) {
  const auto said = event.fields.find(field);
  return said == event.fields.end() ? "" : said->second;
}

bool AsksForFlag(const Condition& condition, const std::string& flag) {
  return std::any_of(condition.begin(), condition.end(),
                     [&](const AttributeTest& test) {
                       return (test.attribute == "flag" && !test.negated &&
                               IsIn(test.any_of, flag)) ||
                              std::any_of(test.any.begin(), test.any.end(),
                                          [&](const Condition& one) {
                                            return AsksForFlag(one, flag);
                                          });
                     });
}

}  // namespace

void Walk::ApplyEvent(const Event& event, bool is_birth) {
  const auto names = [](const std::optional<std::string>& holder) {
    return holder.has_value() && !holder->empty();
  };
  const bool names_somebody =
      names(event.owner) || names(event.backup) || names(event.manager);
  const bool is_created = event.what == Event::What::kLeadCreated;
  applying_ = event.name;
  people_before_ = people_;
  if (is_birth) {
    ApplySteps(event, Role::kBirth);
    if (names_somebody) ApplySteps(event, Role::kAssignment);
  } else if (event.what == Event::What::kAssigned ||
             (is_created && names_somebody)) {
    ApplySteps(event, Role::kAssignment);
  } else {
    ApplySteps(event, Role::kItself);
  }
  applying_ = {};
}

void Walk::ApplySteps(const Event& event, Role role) {
  Occasion occasion = {.event = event, .role = role};
  occasion.first_new_run = life_.runs.size();
  occasion.first_new_review = life_.open_reviews.size();
  const bool was_gone = IsGone();

  // 1. Knowledge.
  Know(occasion);
  if (was_gone) return;
  if (IsGone()) return LeaveForGood(occasion);
  if (event.what == Event::What::kAbsorbed) Absorb(event);

  // 2. to 5. Attempts, stops, cancels, recycling.
  const std::set<size_t> answered_anyhow = CountAttempts(occasion);
  StopRuns(occasion, answered_anyhow);
  CancelRuns(occasion);
  ResumeRuns(occasion);
  Recycle(occasion);

  // Judged once, for the steps 6 and 7.
  const EligibilityRule* const rule = DecidingRule(InForce().policy());
  std::map<int64_t, std::string> against;  // by version: why
  for (const Rules& rules : rules_) {
    const EligibilityRule* const own = DecidingRule(rules.policy());
    if (own != nullptr) against[rules.version.number] = own->reason;
  }

  // 6. and 7. Starts, eligibility.
  StartRuns(occasion, rule == nullptr);
  EndIneligible(occasion, against);
  AskForReview(occasion, rule);

  // 8. Reviews while clocks go on.
  AskForReviews(occasion);

  // 9. Outcomes.
  const auto reason = event.fields.find("reason");
  SayOutcomes(event.name, reason == event.fields.end() ? "" : reason->second,
              /*by_time=*/false, [&](const Trigger& trigger) {
                return Matches(trigger, occasion);
              });

  // 10. Pause, target, calendar.
  for (Run& run : life_.runs) {
    if (run.is_open) SetPauseTargetCalendar(run);
  }

  // 11. Tasks.
  TellTasks(occasion);
  TellReviewTasks(occasion);
}

// ---------------------------------------------------------------------------
// 1. Knowledge

void Walk::Know(Occasion& occasion) {
  const Event& event = occasion.event;
  // The birth has taught it all before it counts as an assignment.
  if (event.name == born_by_ && occasion.role == Role::kAssignment) return;
  KnowAttributes(event);

  const std::set<std::string> flags_before = flags_;
  for (const std::string& flag : event.flags_added) flags_.insert(flag);
  for (const std::string& flag : event.flags_removed) flags_.erase(flag);
  if (event.touch.changes_terms == true) flags_.insert("price_or_scope");
  if (event.touch.apology == true) flags_.insert("apology");
  for (const std::string& flag : flags_) {
    if (!flags_before.contains(flag)) occasion.flags_added.insert(flag);
  }

  KnowOfReview(event);

  KnowPeople(event);
  KnowOfContacts(event);
  KnowOfConsent(event);
  if (event.what == Event::What::kMerged) life_.merged = true;
  if (event.what == Event::What::kErased) is_erased_ = true;
}

void Walk::KnowAttributes(const Event& event) {
  const bool is_of_channel =
      event.activity == "consent_changed" && !FieldOf(event, "channel").empty();
  bool names_return = false;
  for (const auto& [name, value] : event.attributes) {
    if (name == "consent" && is_of_channel) continue;
    attributes_[name] = value;
    KnowDate(name, value, event.name);
    if (name == "return") names_return = true;
    if (name != "status") continue;
    resumed_clocks_.clear();
    for (Run& run : life_.runs) run.resumed = false;
  }
  if (event.activity != "disposition" || names_return) return;
  attributes_.erase("return");
  dates_.erase("return");
}

// A review that is done takes off what touches have brought, as far as its rule
// asks for it.
void Walk::KnowOfReview(const Event& event) {
  if (event.activity != "task_done" || FieldOf(event, "cancelled") == "true") {
    return;
  }
  const Policy& policy = InForce().policy();
  for (const OpenReview& review : life_.open_reviews) {
    if (FieldOf(event, "task") != TaskIdOf(review)) continue;
    std::vector<Condition> asked;
    if (review.by_eligibility) {
      for (const EligibilityRule& rule : policy.eligible) {
        if (rule.reviews && rule.reason == review.reason) {
          asked.push_back(rule.when);
        }
      }
    } else {
      for (const ReviewRule& rule : policy.reviews) {
        if (rule.reason == review.reason) asked.push_back(rule.when);
      }
    }
    for (const Condition& condition : asked) {
      for (const std::string flag : {"price_or_scope", "apology"}) {
        if (AsksForFlag(condition, flag)) flags_.erase(flag);
      }
    }
  }
}

void Walk::KnowPeople(const Event& event) {
  if (event.owner && *event.owner != people_.owner) {
    people_.owner = *event.owner;
    owner_acted_ = false;
    life_.owners.emplace_back(now_, people_.owner);
  }
  if (event.backup) people_.backup = *event.backup;
  if (event.manager) people_.manager = *event.manager;
  for (const auto& [role, holder] : event.holders) holders_[role] = holder;

  if (people_.owner.empty()) return;
  const bool wrote = event.what == Event::What::kTouch &&
                     event.touch.direction == "outbound" &&
                     event.touch.actor_kind == "human" &&
                     event.touch.actor == people_.owner;
  const auto actor = event.fields.find("actor");
  const bool did_task = event.activity == "task_done" &&
                        actor != event.fields.end() &&
                        actor->second == people_.owner;
  if (wrote || did_task) owner_acted_ = true;
}

// What is said again is known since it was said first.
void Walk::KnowDate(const std::string& attribute, const std::string& value,
                    const EventName& said_by) {
  const std::optional<Millis> date = DateIn(attribute, value);
  if (!date) {
    dates_.erase(attribute);
    return;
  }
  const auto known = dates_.find(attribute);
  if (known != dates_.end() && known->second.at == *date) return;
  dates_[attribute] = {*date, now_, said_by};
}

void Walk::KnowOfContacts(const Event& event) {
  if (event.what == Event::What::kTouch &&
      event.touch.actor_kind == "autoresponder") {
    autoresponder_ = true;
  }
  const auto channel = event.fields.find("channel");
  if (channel == event.fields.end()) return;
  if (event.activity == "contact_broken") {
    broken_channels_.insert(channel->second);
  }
  if (event.activity == "contact_mended") {
    broken_channels_.erase(channel->second);
  }
}

// Consent for all lifts what was said of one channel, and takes none away.
void Walk::KnowOfConsent(const Event& event) {
  if (event.activity != "consent_changed") return;
  const std::string consent = FieldOf(event, "consent");
  const std::string channel = FieldOf(event, "channel");
  if (consent == "granted" && channel.empty()) opted_out_channels_.clear();
  if (consent == "granted") opted_out_channels_.erase(channel);
  if (consent == "withdrawn" && !channel.empty()) {
    opted_out_channels_.insert(channel);
  }
}

// Merged or erased: all that is open ends, and nothing comes any more.
void Walk::LeaveForGood(Occasion& occasion) {
  const bool is_merge = occasion.event.what == Event::What::kMerged;
  life_.under_review.reset();
  life_.reviews_holding.clear();
  for (Run& run : life_.runs) {
    if (!run.is_open) continue;
    End(run, is_merge ? "merged" : "erased", /*by_time=*/false);
    occasion.stopped.push_back(run.clock_name);
  }
  if (is_merge) {
    SayOutcomes(
        occasion.event.name, "", /*by_time=*/false,
        [&](const Trigger& trigger) { return Matches(trigger, occasion); });
  }
  TellTasks(occasion);
  for (const OpenReview& review : life_.open_reviews) {
    TellTask(review, "task cancelled");
  }
  life_.open_reviews.clear();
}

// The clocks that began with this lead began with the other one, if that is
// older.
void Walk::Absorb(const Event& event) {
  if (event.absorbed_started_at >= begun_at_) return;
  for (Run& run : life_.runs) {
    if (!run.is_open || !run.from_birth) continue;
    run.started_at = event.absorbed_started_at;
    if (run.verdict == "missed") continue;  // what decided due stays
    for (Millis at = event.absorbed_started_at; at < begun_at_; at += step_) {
      if (!IsOpenAt(at, run)) continue;
      run.counted += step_;
      run.has_begun_to_count = true;
    }
  }
  begun_at_ = event.absorbed_started_at;
}

// ---------------------------------------------------------------------------
// 2. Attempts, and what else answers a run without a trigger

std::set<size_t> Walk::CountAttempts(const Occasion& occasion) {
  const Event& event = occasion.event;
  std::set<size_t> answered;
  for (size_t i = 0; i < life_.runs.size(); ++i) {
    Run& run = life_.runs[i];
    if (!run.is_open) continue;
    const std::vector<Trigger>& stops = ClockOf(run).stops;
    const bool takes_touches = std::any_of(
        stops.begin(), stops.end(),
        [](const Trigger& stop) { return stop.on == Trigger::On::kTouch; });
    if (event.absorbed_was_answered && run.from_birth && takes_touches) {
      answered.insert(i);
    }

    const std::optional<Attempts>& attempts = ClockOf(run).attempts;
    if (!attempts || event.what != Event::What::kTouch) continue;
    const bool is_one = std::any_of(
        attempts->of.begin(), attempts->of.end(),
        [&](const TouchTest& test) { return Passes(event.touch, test); });
    if (!is_one) continue;
    const bool too_soon =
        run.last_attempt_at && now_ - *run.last_attempt_at < attempts->apart;
    if (!too_soon) {
      ++run.attempts;
      run.last_attempt_at = now_;
      const std::string& channel = event.touch.channel;
      if (!channel.empty()) run.attempt_channels.insert(channel);
    }
    Fact& fact = Tell(run, "attempt", -1, /*by_time=*/false);
    fact.reason = too_soon ? "too_soon" : "";
    fact.by = event.name;
    const bool are_enough =
        run.attempts >= attempts->at_least &&
        static_cast<int>(run.attempt_channels.size()) >= attempts->channels;
    if (!too_soon && are_enough) answered.insert(i);
  }
  return answered;
}

// ---------------------------------------------------------------------------
// 3. to 5. What ends runs

// By the event, and in turn by each clock that is answered.
void Walk::StopRuns(Occasion& occasion,
                    const std::set<size_t>& answered_anyhow) {
  for (size_t i = 0; i < life_.runs.size(); ++i) {
    Run& run = life_.runs[i];
    const std::vector<Trigger>& stops = ClockOf(run).stops;
    const bool is_stopped =
        std::any_of(stops.begin(), stops.end(), [&](const Trigger& stop) {
          return MatchesFor(run, stop, occasion) &&
                 IsOnRightChannel(stop, occasion.event.touch.channel, run);
        });
    if (!run.is_open || (!is_stopped && !answered_anyhow.contains(i))) continue;
    Answer(run, occasion.event, /*by_itself=*/true);
    occasion.answered.push_back(run.clock_name);
  }
  for (size_t i = 0; i < occasion.answered.size(); ++i) {
    const std::string name = occasion.answered[i];
    for (Run& run : life_.runs) {
      if (!run.is_open) continue;
      const std::vector<Clock>& clocks = RulesOf(run.version).policy().clocks;
      const std::vector<Trigger>& stops = ClockOf(run).stops;
      const bool is_stopped =
          std::any_of(stops.begin(), stops.end(), [&](const Trigger& stop) {
            return stop.on == Trigger::On::kAnswered &&
                   clocks[stop.clock].name == name;
          });
      if (!is_stopped) continue;
      Answer(run, occasion.event, /*by_itself=*/false);
      occasion.answered.push_back(run.clock_name);
    }
  }
}

void Walk::CancelRuns(Occasion& occasion) {
  for (Run& run : life_.runs) {
    if (!run.is_open) continue;
    for (const Trigger& cancel : ClockOf(run).cancels) {
      if (!MatchesFor(run, cancel, occasion)) continue;
      End(run, ReasonOfCancel(cancel, occasion), /*by_time=*/false);
      occasion.stopped.push_back(run.clock_name);
      break;
    }
  }
}

std::string Walk::ReasonOfCancel(const Trigger& trigger,
                                 const Occasion& occasion) const {
  static const std::map<std::string, std::string> main_fields = {
      {"consent_changed", "consent"}, {"stage_changed", "stage"},
      {"status_changed", "status"},   {"contact_broken", "channel"},
      {"contact_mended", "channel"},  {"meeting_booked", "purpose"},
      {"meeting_held", "purpose"},    {"milestone", "name"},
      {"breach_explained", "clock"},  {"disposition", "outcome"}};
  if (trigger.on == Trigger::On::kTouch) return "touch";
  if (trigger.on == Trigger::On::kAssigned) return "assigned";
  if (trigger.on == Trigger::On::kFlagAdded) {
    return *std::find_if(trigger.flags.begin(), trigger.flags.end(),
                         [&](const std::string& flag) {
                           return occasion.flags_added.contains(flag);
                         });
  }
  const std::map<std::string, std::string>& fields = occasion.event.fields;
  if (fields.contains("reason")) return fields.at("reason");
  const auto main = main_fields.find(occasion.event.activity);
  if (main != main_fields.end() && fields.contains(main->second)) {
    return fields.at(main->second);
  }
  return occasion.event.activity;
}

void Walk::ResumeRuns(const Occasion& occasion) {
  for (Run& run : life_.runs) {
    const Clock& clock = ClockOf(run);
    if (!run.is_open || !IsIn(clock.pauses, TextOf("status"))) continue;
    for (const Trigger& resume : clock.resumes) {
      if (MatchesFor(run, resume, occasion)) run.resumed = true;
    }
  }
  // And those that start from now on.
  for (const Clock& clock : InForce().policy().clocks) {
    if (!IsIn(clock.pauses, TextOf("status"))) continue;
    for (const Trigger& resume : clock.resumes) {
      if (Matches(resume, occasion)) resumed_clocks_.insert(clock.name);
    }
  }
}

void Walk::Recycle(Occasion& occasion) {
  const Reentry& reentry = InForce().policy().reentry;
  const auto matches = [&](const Trigger& trigger) {
    return Matches(trigger, occasion);
  };
  if (life_.away) {
    const std::vector<Trigger>& returns = reentry.returns;
    if (std::none_of(returns.begin(), returns.end(), matches)) return;
    ComeBack();
    occasion.reentered = true;
    return;
  }
  if (std::none_of(reentry.ends.begin(), reentry.ends.end(), matches)) return;
  life_.away = true;
  const auto reason = occasion.event.fields.find("reason");
  for (Run& run : life_.runs) {
    if (!run.is_open) continue;
    End(run,
        reason == occasion.event.fields.end() ? "recycled" : reason->second,
        /*by_time=*/false);
    occasion.stopped.push_back(run.clock_name);
  }
}

void Walk::ComeBack() {
  life_.away = false;
  ++life_.cycle;
  life_.missed_clocks.clear();
  life_.escalated_clocks.clear();
  life_.outcomes.clear();
  autoresponder_ = false;
  owner_acted_ = false;
}

// ---------------------------------------------------------------------------
// 6. Starts

void Walk::StartRuns(const Occasion& occasion, bool is_eligible) {
  if (!is_eligible || life_.away) return;
  const Rules& in_force = InForce();
  const std::vector<Clock>& clocks = in_force.policy().clocks;
  for (size_t clock = 0; clock < clocks.size(); ++clock) {
    const std::vector<Trigger>& starts = clocks[clock].starts;
    const bool is_started = std::any_of(
        starts.begin(), starts.end(),
        [&](const Trigger& start) { return Matches(start, occasion); });
    if (!is_started || !MayStart(clocks[clock], occasion.event.name)) continue;
    Start(in_force, clock, occasion.event.name, occasion.event.touch.channel);
  }
}

bool Walk::MayStart(const Clock& clock, const EventName& started_by) const {
  for (const Run& run : life_.runs) {
    if (run.clock_name != clock.name) continue;
    switch (clock.repeats) {
      case Clock::Repeats::kNever:
        if (run.lead_cycle == life_.cycle) return false;
        break;
      case Clock::Repeats::kAfterEnd:
        if (run.is_open) return false;
        break;
      case Clock::Repeats::kEach:
        break;
    }
    // Facts of two runs of one event at one instant would be one.
    if (run.started_by == started_by && (run.is_open || run.ended_at == now_)) {
      return false;
    }
  }
  return Holds(clock.when);
}

void Walk::Start(const Rules& rules, size_t clock, const EventName& started_by,
                 const std::string& channel) {
  const Clock& of = rules.policy().clocks[clock];
  Run run;
  run.clock_name = of.name;
  run.version = rules.version.number;
  run.clock = clock;
  run.started_by = started_by;
  run.channel = channel;
  run.started_at = now_;
  run.lead_cycle = life_.cycle;
  run.resumed = resumed_clocks_.contains(of.name);
  run.from_birth = started_by == born_by_ && now_ == born_at_;
  for (const Run& other : life_.runs) {
    if (other.clock_name == of.name) ++run.cycle;
  }
  run.rung_is_over.resize(of.ladder.size());
  life_.runs.push_back(run);
  SetPauseTargetCalendar(life_.runs.back());
}

// ---------------------------------------------------------------------------
// 7. and 8. Eligibility and reviews

void Walk::EndIneligible(Occasion& occasion,
                         const std::map<int64_t, std::string>& against) {
  for (Run& run : life_.runs) {
    const auto reason = against.find(run.version);
    if (!run.is_open || reason == against.end()) continue;
    if (ClockOf(run).keeps_when_ineligible) continue;
    End(run, reason->second, /*by_time=*/false);
    occasion.stopped.push_back(run.clock_name);
  }
}

void Walk::AskForReview(const Occasion& occasion, const EligibilityRule* rule) {
  if (rule == nullptr || !rule->reviews) {
    life_.under_review.reset();
  } else if (life_.under_review != rule->reason) {
    life_.under_review = rule->reason;
    TellOfReview(InForce(), rule->to, rule->reason, occasion,
                 /*by_eligibility=*/true);
  }
}

void Walk::AskForReviews(const Occasion& occasion) {
  std::set<std::string> holding;
  for (const ReviewRule& rule : InForce().policy().reviews) {
    if (!Holds(rule.when)) continue;
    holding.insert(rule.reason);
    if (life_.reviews_holding.contains(rule.reason)) continue;
    const bool was_asked = std::any_of(
        life_.open_reviews.begin() +
            static_cast<std::ptrdiff_t>(occasion.first_new_review),
        life_.open_reviews.end(),
        [&](const OpenReview& review) { return review.reason == rule.reason; });
    if (was_asked) continue;
    TellOfReview(InForce(), rule.to, rule.reason, occasion,
                 /*by_eligibility=*/false);
  }
  life_.reviews_holding = holding;
}

// ---------------------------------------------------------------------------
// 11. Tasks

void Walk::TellTasks(const Occasion& occasion) {
  const std::map<std::string, std::string>& fields = occasion.event.fields;
  const bool is_of_task =
      occasion.event.activity == "task_done" && fields.contains("task");
  const bool is_cancelled =
      fields.contains("cancelled") && fields.at("cancelled") == "true";
  for (size_t i = 0; i < life_.runs.size(); ++i) {
    Run& run = life_.runs[i];
    if (i >= occasion.first_new_run) {
      OpenTaskOf(run, /*by_time=*/false);
    } else if (!run.task) {
      continue;
    } else if (!run.is_open) {
      EndTaskOf(run, run.was_answered ? "task done" : "task cancelled",
                /*by_time=*/false);
    } else if (is_of_task && fields.at("task") == TaskIdOf(run)) {
      EndTaskOf(run, is_cancelled ? "task cancelled" : "task done",
                /*by_time=*/false);
    } else {
      ChangeTaskOf(run, /*by_time=*/false);
    }
  }
}

void Walk::TellReviewTasks(const Occasion& occasion) {
  const std::map<std::string, std::string>& fields = occasion.event.fields;
  std::vector<OpenReview> still_open;
  for (size_t i = 0; i < life_.open_reviews.size(); ++i) {
    OpenReview& review = life_.open_reviews[i];
    const bool is_named = occasion.event.activity == "task_done" &&
                          fields.contains("task") &&
                          fields.at("task") == TaskIdOf(review);
    const bool is_over =
        review.by_eligibility && life_.under_review != review.reason;
    if (i >= occasion.first_new_review) {
      review.task = TaskAsOf(review);
      TellTask(review, "task opened");
    } else if (is_named) {
      const bool is_cancelled =
          fields.contains("cancelled") && fields.at("cancelled") == "true";
      TellTask(review, is_cancelled ? "task cancelled" : "task done");
      continue;
    } else if (is_over) {
      TellTask(review, "task cancelled");
      continue;
    } else if (TaskAsOf(review) != review.task) {
      review.task = TaskAsOf(review);
      TellTask(review, "task changed");
    }
    still_open.push_back(review);
  }
  life_.open_reviews = still_open;
}

}  // namespace leadclock::reference
