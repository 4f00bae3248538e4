#include "app/scenario/policy_names.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "processor/policy/yaml_reader.h"
#include "state/people.h"

namespace leadclock {
namespace {

std::string Meant(const std::string& name, const std::set<std::string>& known) {
  return DidYouMean(name,
                    std::vector<absl::string_view>(known.begin(), known.end()));
}

void AddChannels(const TouchTest& touch, std::set<std::string>& channels) {
  channels.insert(touch.channels.begin(), touch.channels.end());
}

void AddChannels(const std::vector<Trigger>& triggers,
                 std::set<std::string>& channels) {
  for (const Trigger& trigger : triggers) AddChannels(trigger.touch, channels);
}

std::set<std::string> ChannelsOf(const Policy& policy) {
  std::set<std::string> channels;
  for (const NamedResponse& response : policy.responses) {
    AddChannels(response.touch, channels);
  }
  for (const ClockRule& clock : policy.clocks) {
    AddChannels(clock.starts, channels);
    AddChannels(clock.stops, channels);
    AddChannels(clock.cancels, channels);
    AddChannels(clock.resumes, channels);
    if (!clock.attempts) continue;
    for (const TouchTest& touch : clock.attempts->of) {
      AddChannels(touch, channels);
    }
  }
  return channels;
}

}  // namespace

PolicyNames::PolicyNames(const PolicyBook& policies) {
  roles_.insert(kRoleNames.begin(), kRoleNames.end());
  roles_.insert(kTeamLead);
  for (const Policy& policy : policies.versions()) {
    for (const ClockRule& clock : policy.clocks) {
      clocks_.insert(clock.name);
      for (const Rung& rung : clock.ladder) {
        rungs_.emplace(clock.name, rung.name);
      }
    }
    for (const OutcomeRule& outcome : policy.outcomes) {
      outcomes_.insert(outcome.name);
    }
    for (const NamedRole& role : policy.roles) roles_.insert(role.name);
    channels_.merge(ChannelsOf(policy));
  }
}

std::string PolicyNames::NoClock(const std::string& name) const {
  return absl::StrCat(Quoted(name), " is no clock of the policy",
                      Meant(name, clocks_));
}

std::string PolicyNames::NoRung(const std::string& clock,
                                const std::string& name) const {
  return absl::StrCat(Quoted(name), " is no rung of ", clock,
                      Meant(name, RungsOf(clock)));
}

std::string PolicyNames::NoOutcome(const std::string& name) const {
  return absl::StrCat(
      Quoted(name), " is no outcome of the policy",
      outcomes_.empty() ? ", which has none" : Meant(name, outcomes_));
}

std::string PolicyNames::NoRole(const std::string& name) const {
  return absl::StrCat(Quoted(name), " is no role", Meant(name, roles_));
}

std::set<std::string> PolicyNames::RungsOf(const std::string& clock) const {
  std::set<std::string> known;
  for (const auto& [of, rung] : rungs_) {
    if (clock.empty() || of == clock) known.insert(rung);
  }
  return known;
}

}  // namespace leadclock
