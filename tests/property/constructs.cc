#include "tests/property/constructs.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <utility>
#include <variant>

#include "absl/strings/str_split.h"
#include "processor/policy/policy.h"
#include "state/event.h"
#include "tests/property/activities.h"
#include "tests/property/vocabulary.h"

namespace leadclock::property {
namespace {

using Kind = Trigger::Kind;
using IsOne = std::function<bool(const Trigger&)>;

bool IsIn(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Construct InPolicies(std::string name,
                     const std::function<void(Policy&)>& change) {
  return {std::move(name), [change](Scenario& scenario) {
            for (PolicyVersion& version : scenario.versions) {
              change(version.policy);
            }
          }};
}

Construct InClocks(std::string name,
                   const std::function<void(ClockRule&)>& change) {
  return InPolicies(std::move(name), [change](Policy& policy) {
    for (ClockRule& clock : policy.clocks) change(clock);
  });
}

void EraseTriggers(Policy& policy, const IsOne& is_one) {
  for (ClockRule& clock : policy.clocks) {
    std::erase_if(clock.starts, is_one);
    std::erase_if(clock.stops, is_one);
    std::erase_if(clock.cancels, is_one);
    std::erase_if(clock.resumes, is_one);
  }
  std::erase_if(policy.reentry.ends, is_one);
  std::erase_if(policy.reentry.returns, is_one);
  for (OutcomeRule& rule : policy.outcomes) std::erase_if(rule.on, is_one);
}

Construct Triggers(std::string name, const IsOne& is_one) {
  return InPolicies(std::move(name), [is_one](Policy& policy) {
    EraseTriggers(policy, is_one);
  });
}

Construct Activities(std::string name, ActivityKind kind) {
  return Triggers(std::move(name), [kind](const Trigger& trigger) {
    return trigger.kind == Kind::kActivity && trigger.activity.kind == kind;
  });
}

void ForEachCondition(Policy& policy,
                      const std::function<void(Condition&)>& change) {
  for (CalendarRule& rule : policy.calendar_for) change(rule.when);
  for (NamedRole& role : policy.roles) {
    for (NamedRole::Rule& rule : role.rules) change(rule.when);
  }
  for (EligibilityRule& rule : policy.eligible) change(rule.when);
  for (ReviewRule& rule : policy.reviews) change(rule.when);
  for (OutcomeRule& rule : policy.outcomes) change(rule.when);
  for (ClockRule& clock : policy.clocks) {
    change(clock.when);
    for (Condition& condition : clock.pauses_while) change(condition);
    for (ClockRule::TargetRule& rule : clock.targets) change(rule.when);
    for (CalendarRule& rule : clock.calendars) change(rule.when);
    for (Rung& rung : clock.ladder) change(rung.when);
  }
}

void EraseTests(const std::string& attribute, Condition& condition) {
  std::erase_if(condition, [&](const AttributeTest& test) {
    return test.attribute == attribute && test.any.empty();
  });
  for (AttributeTest& test : condition) {
    for (Condition& one : test.any) EraseTests(attribute, one);
  }
}

// Tests of what the lead's story says.
Construct Asked(const std::string& attribute) {
  return InPolicies("asked " + attribute, [attribute](Policy& policy) {
    ForEachCondition(policy, [&](Condition& condition) {
      EraseTests(attribute, condition);
    });
  });
}

// In its place: what changes nothing.
template <typename Body>
Construct Events(std::string name) {
  return {std::move(name), [](Scenario& scenario) {
            for (Event& event : scenario.events) {
              if (std::holds_alternative<Body>(event.body)) {
                event.body = AttributesChanged{};
              }
            }
          }};
}

Construct InTouches(std::string name,
                    const std::function<void(Touched&)>& change) {
  return {std::move(name), [change](Scenario& scenario) {
            for (Event& event : scenario.events) {
              if (auto* touch = std::get_if<Touched>(&event.body)) {
                change(*touch);
              }
            }
          }};
}

// Tests of what touches bring.
Construct AskedOfTouches() {
  return InPolicies("asked of touches", [](Policy& policy) {
    const auto clear = [](TouchTest& test) {
      test.changes_terms.reset();
      test.apology.reset();
    };
    const auto clear_all = [&](std::vector<Trigger>& triggers) {
      for (Trigger& trigger : triggers) clear(trigger.touch);
    };
    for (ClockRule& clock : policy.clocks) {
      clear_all(clock.starts);
      clear_all(clock.stops);
      clear_all(clock.cancels);
      clear_all(clock.resumes);
      if (!clock.attempts) continue;
      for (TouchTest& test : clock.attempts->of) clear(test);
    }
    clear_all(policy.reentry.ends);
    clear_all(policy.reentry.returns);
    for (OutcomeRule& rule : policy.outcomes) clear_all(rule.on);
  });
}

// Tests of the flags that touches bring, which a review takes off.
Construct AskedFlagsOfTouches() {
  return InPolicies("asked flags of touches", [](Policy& policy) {
    ForEachCondition(policy, [](Condition& condition) {
      std::erase_if(condition, [](const AttributeTest& test) {
        return test.attribute == "flag" &&
               IsIn(FlagsOfTouches(), test.any_of.front());
      });
    });
  });
}

// In its place: what changes nothing.
Construct ConsentForChannels() {
  return {"consent for a channel", [](Scenario& scenario) {
            for (Event& event : scenario.events) {
              const auto* activity = std::get_if<Activity>(&event.body);
              if (activity != nullptr &&
                  activity->kind == ActivityKind::kConsentChanged &&
                  !FieldIn(*activity, "channel").empty()) {
                event.body = AttributesChanged{};
              }
            }
          }};
}

// That only tasks tell of the lead.
Construct WhatTasksTell() {
  const auto erase = [](AttributeChanges& attributes) {
    std::erase_if(attributes, [](const auto& attribute) {
      return IsIn(ToldByTasks(), attribute.first);
    });
  };
  return {"told by tasks", [erase](Scenario& scenario) {
            for (Event& event : scenario.events) {
              if (auto* created = std::get_if<LeadCreated>(&event.body)) {
                erase(created->attributes);
              }
              if (auto* changed = std::get_if<AttributesChanged>(&event.body)) {
                erase(changed->attributes);
              }
            }
          }};
}

bool IsFlag(const Trigger& trigger) { return trigger.kind == Kind::kFlagAdded; }

void AddTriggers(std::vector<Construct>& all) {
  all.push_back(Activities("stage_changed", ActivityKind::kStageChanged));
  all.push_back(Activities("status_changed", ActivityKind::kStatusChanged));
  all.push_back(Activities("consent_changed", ActivityKind::kConsentChanged));
  all.push_back(Activities("disposition", ActivityKind::kDisposition));
  all.push_back(Activities("meeting_booked", ActivityKind::kMeetingBooked));
  all.push_back(Activities("meeting_held", ActivityKind::kMeetingHeld));
  all.push_back(
      Activities("next_step_scheduled", ActivityKind::kNextStepScheduled));
  all.push_back(Activities("milestone", ActivityKind::kMilestone));
  all.push_back(Activities("contact_broken", ActivityKind::kContactBroken));
  all.push_back(Activities("contact_mended", ActivityKind::kContactMended));
  all.push_back(Activities("breach_explained", ActivityKind::kBreachExplained));
  all.push_back(Activities("task_done", ActivityKind::kTaskDone));
  all.push_back(InPolicies("fields", [](Policy& policy) {
    EraseTriggers(policy, [](const Trigger& trigger) {
      return trigger.kind == Kind::kActivity &&
             !trigger.activity.fields.empty();
    });
  }));
  all.push_back(Triggers("flag_added", IsFlag));
  all.push_back(Triggers("assigned role", [](const Trigger& trigger) {
    return trigger.kind == Kind::kAssigned && trigger.role != Role::kOwner;
  }));
  all.push_back(Triggers("clock stopped", [](const Trigger& trigger) {
    return trigger.kind == Kind::kClockStopped;
  }));
  all.push_back(Triggers("rung fired", [](const Trigger& trigger) {
    return trigger.kind == Kind::kRungFired;
  }));
  all.push_back(Triggers("reentered", [](const Trigger& trigger) {
    return trigger.kind == Kind::kReentered;
  }));
  all.push_back(Triggers("date", [](const Trigger& trigger) {
    return trigger.kind == Kind::kDate && trigger.date.days == 0 &&
           trigger.date.length == absl::ZeroDuration();
  }));
  all.push_back(Triggers("date before", [](const Trigger& trigger) {
    return trigger.kind == Kind::kDate &&
           trigger.date.length > absl::ZeroDuration();
  }));
  all.push_back(Triggers("date after", [](const Trigger& trigger) {
    return trigger.kind == Kind::kDate &&
           trigger.date.length < absl::ZeroDuration();
  }));
  all.push_back(Triggers("date in days", [](const Trigger& trigger) {
    return trigger.kind == Kind::kDate && trigger.date.days != 0;
  }));
  all.push_back(Triggers("own date", [](const Trigger& trigger) {
    return trigger.kind == Kind::kDate &&
           trigger.date.date.starts_with("custom.");
  }));
}

void AddPartsOfClocks(std::vector<Construct>& all) {
  all.push_back(InClocks("when", [](ClockRule& c) { c.when.clear(); }));
  all.push_back(InClocks("cancels", [](ClockRule& c) { c.cancels.clear(); }));
  all.push_back(InClocks("repeats each", [](ClockRule& c) {
    if (c.repeats == ClockRule::Repeats::kEach) {
      c.repeats = ClockRule::Repeats::kNever;
    }
  }));
  all.push_back(InClocks("repeats after_end", [](ClockRule& c) {
    if (c.repeats == ClockRule::Repeats::kAfterEnd) {
      c.repeats = ClockRule::Repeats::kNever;
    }
  }));
  all.push_back(InClocks("keeps when ineligible", [](ClockRule& c) {
    c.keeps_when_ineligible = false;
  }));
  all.push_back(InClocks("attempts", [](ClockRule& c) { c.attempts.reset(); }));
  all.push_back(InClocks("attempts apart", [](ClockRule& c) {
    if (c.attempts) c.attempts->apart = {};
  }));
  all.push_back(InClocks("attempts on channels", [](ClockRule& c) {
    if (c.attempts) c.attempts->channels = 1;
  }));
  all.push_back(InClocks("resumes", [](ClockRule& c) { c.resumes.clear(); }));
  all.push_back(
      InClocks("pauses_while", [](ClockRule& c) { c.pauses_while.clear(); }));
  all.push_back(
      InClocks("responsible", [](ClockRule& c) { c.responsible.clear(); }));
  all.push_back(InClocks("task", [](ClockRule& c) { c.task.reset(); }));
  all.push_back(InClocks("wall marks", [](ClockRule& c) {
    for (Rung& rung : c.ladder) rung.mark.wall = false;
  }));
}

void AddPartsOfPolicies(std::vector<Construct>& all) {
  all.push_back(
      InPolicies("reviews", [](Policy& policy) { policy.reviews.clear(); }));
  all.push_back(
      InPolicies("reentry", [](Policy& policy) { policy.reentry = {}; }));
  all.push_back(InPolicies("reentry returns", [](Policy& policy) {
    policy.reentry.returns.clear();
  }));
  all.push_back(
      InPolicies("outcomes", [](Policy& policy) { policy.outcomes.clear(); }));
  all.push_back(InPolicies("outcomes repeat", [](Policy& policy) {
    for (OutcomeRule& rule : policy.outcomes) rule.repeats = false;
  }));
  all.push_back(InPolicies("any", [](Policy& policy) {
    ForEachCondition(policy, [](Condition& condition) {
      std::erase_if(condition, [](const AttributeTest& test) {
        return !test.any.empty();
      });
    });
  }));
  for (const char* const attribute :
       {"broken_channel", "opted_out_channel", "reachable", "date_ahead",
        "owner", "backup", "manager", "owner_acted", "autoresponder",
        "open_clock", "missed_clock", "escalated_clock", "outcome", "cycle"}) {
    all.push_back(Asked(attribute));
  }
}

void AddPartsOfHistories(std::vector<Construct>& all) {
  all.push_back(AskedOfTouches());
  all.push_back(AskedFlagsOfTouches());
  all.push_back(ConsentForChannels());
  all.push_back(WhatTasksTell());
  all.push_back(Events<MergedInto>("merged"));
  all.push_back(Events<Absorbed>("absorbed"));
  all.push_back({"absorbed answer", [](Scenario& scenario) {
                   for (Event& event : scenario.events) {
                     if (auto* other = std::get_if<Absorbed>(&event.body)) {
                       other->first_answered_at.reset();
                     }
                   }
                 }});
  all.push_back(Events<Erased>("erased"));
  all.push_back(InTouches("changes_terms",
                          [](Touched& touch) { touch.changes_terms.reset(); }));
  all.push_back(
      InTouches("apology", [](Touched& touch) { touch.apology.reset(); }));
}

// The names that the variable lists, all of them known.
std::vector<std::string> Named(const char* variable) {
  const char* const text = std::getenv(variable);
  if (text == nullptr || *text == '\0') return {};
  std::vector<std::string> names = absl::StrSplit(text, ',');
  for (const std::string& name : names) {
    if (name == "nothing") continue;
    const bool is_known = std::any_of(
        Constructs().begin(), Constructs().end(),
        [&](const Construct& construct) { return construct.name == name; });
    if (is_known) continue;
    std::cerr << variable << ": there is no \"" << name << "\"; there are:";
    for (const Construct& construct : Constructs()) {
      std::cerr << "\n  " << construct.name;
    }
    std::cerr << "\n";
    std::abort();
  }
  return names;
}

}  // namespace

const std::vector<Construct>& Constructs() {
  static const std::vector<Construct>& constructs = *[] {
    auto* all = new std::vector<Construct>;
    AddPartsOfClocks(*all);
    AddPartsOfPolicies(*all);
    AddTriggers(*all);
    AddPartsOfHistories(*all);
    return all;
  }();
  return constructs;
}

void LeaveOutAsAsked(Scenario& scenario) {
  static const std::vector<std::string>& only =
      *new std::vector<std::string>(Named("LEADCLOCK_PROPERTY_ONLY"));
  static const std::vector<std::string>& without =
      *new std::vector<std::string>(Named("LEADCLOCK_PROPERTY_WITHOUT"));
  for (const Construct& construct : Constructs()) {
    const bool is_other = !only.empty() && !IsIn(only, construct.name);
    if (is_other || IsIn(without, construct.name)) {
      construct.leave_out(scenario);
    }
  }
}

}  // namespace leadclock::property
