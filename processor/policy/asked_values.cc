#include "processor/policy/asked_values.h"

#include <algorithm>
#include <utility>

#include "absl/strings/string_view.h"
#include "processor/policy/attributes.h"

namespace leadclock {
namespace {

class Collector {
 public:
  void Add(const Condition& condition) {
    for (const AttributeTest& test : condition) {
      for (const Condition& one : test.any) Add(one);
      Add(SaidOf(test.attribute), test.any_of);
    }
  }

  void Add(const TouchTest& touch) { Add("channel", touch.channels); }

  void Add(const std::vector<Trigger>& triggers) {
    for (const Trigger& trigger : triggers) {
      Add("flag", trigger.flags);
      if (trigger.kind == Trigger::Kind::kTouch) Add(trigger.touch);
      if (trigger.kind != Trigger::Kind::kActivity) continue;
      for (const ActivityTest::FieldTest& test : trigger.activity.fields) {
        Add(OfField(trigger.activity.kind, test.field), test.any_of);
      }
    }
  }

  void Add(absl::string_view of, const std::vector<std::string>& values) {
    if (of.empty()) return;
    for (const std::string& value : values) {
      // "" is what is not known.
      if (value.empty()) continue;
      std::vector<std::string>& known = ValuesOf(of);
      if (std::find(known.begin(), known.end(), value) == known.end()) {
        known.push_back(value);
      }
    }
  }

  std::vector<AskedValues> Take() { return std::move(all_); }

 private:
  // Of what; "": the policy knows what there can be.
  static absl::string_view OfField(ActivityKind kind,
                                   const std::string& field) {
    if (kind == ActivityKind::kMilestone) return "milestone";
    if (kind == ActivityKind::kDisposition && field == "outcome") {
      return "disposition";
    }
    for (const absl::string_view said :
         {"stage", "status", "consent", "channel", "purpose", "track", "reason",
          "resolution"}) {
      if (field == said) return said;
    }
    return "";
  }

  std::vector<std::string>& ValuesOf(absl::string_view of) {
    const auto known =
        std::find_if(all_.begin(), all_.end(),
                     [of](const AskedValues& asked) { return asked.of == of; });
    if (known != all_.end()) return known->values;
    return all_.emplace_back(AskedValues{std::string(of), {}}).values;
  }

  std::vector<AskedValues> all_;
};

void AddClock(const ClockRule& clock, Collector& all) {
  all.Add(clock.starts);
  all.Add(clock.when);
  all.Add(clock.stops);
  all.Add(clock.cancels);
  all.Add("status", clock.pauses);
  all.Add(clock.resumes);
  if (clock.attempts) {
    for (const TouchTest& touch : clock.attempts->of) all.Add(touch);
  }
  for (const Condition& condition : clock.pauses_while) all.Add(condition);
  for (const ClockRule::TargetRule& rule : clock.targets) all.Add(rule.when);
  for (const CalendarRule& rule : clock.calendars) all.Add(rule.when);
  for (const Rung& rung : clock.ladder) all.Add(rung.when);
}

}  // namespace

std::vector<AskedValues> ValuesAskedFor(const Policy& policy) {
  Collector all;
  for (const CalendarRule& rule : policy.calendar_for) all.Add(rule.when);
  for (const EligibilityRule& rule : policy.eligible) all.Add(rule.when);
  for (const ReviewRule& rule : policy.reviews) all.Add(rule.when);
  for (const NamedResponse& response : policy.responses) {
    all.Add(response.touch);
  }
  for (const NamedRole& role : policy.roles) {
    for (const NamedRole::Rule& rule : role.rules) all.Add(rule.when);
  }
  for (const ClockRule& clock : policy.clocks) AddClock(clock, all);
  all.Add(policy.reentry.ends);
  all.Add(policy.reentry.returns);
  for (const OutcomeRule& rule : policy.outcomes) {
    all.Add(rule.on);
    all.Add(rule.when);
  }
  return all.Take();
}

}  // namespace leadclock
