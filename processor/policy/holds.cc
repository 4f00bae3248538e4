// Whether a condition holds of a lead, by what its story says.

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "processor/policy/attributes.h"
#include "processor/policy/condition.h"
#include "processor/policy/policy_book.h"
#include "state/lead.h"

namespace leadclock {
namespace {

using Names = std::vector<std::string>;

// Makes the judgement on a single test.
class Judge {
 public:
  Judge(const PolicyBook& policies, const AttributeTest& test,
        const Progress& progress)
      : policies_(policies), test_(test), progress_(progress) {}

  bool HasOneOf() const {
    switch (AspectOf(test_.attribute)) {
      case Aspect::kAttribute:
        break;
      case Aspect::kFlag:
        return AnyOf(progress_.attributes->flags);
      case Aspect::kAvailableChannel:
        return AnyOf(AvailableChannels());
      case Aspect::kBrokenChannel:
        return AnyOf(progress_.broken_channels);
      case Aspect::kOptedOutChannel:
        return AnyOf(progress_.opted_out_channels);
      case Aspect::kDateAhead:
        return std::any_of(progress_.dates.begin(), progress_.dates.end(),
                           [this](const KnownDate& date) {
                             return date.at > progress_.position &&
                                    IsAmong(date.name, test_);
                           });
      case Aspect::kReachable:
        return Is(IsReachable());
      case Aspect::kOwner:
        return IsHeld(Role::kOwner);
      case Aspect::kBackup:
        return IsHeld(Role::kBackup);
      case Aspect::kManager:
        return IsHeld(Role::kManager);
      case Aspect::kOwnerActed:
        return Is(progress_.owner_acted);
      case Aspect::kAutoresponder:
        return Is(progress_.autoresponder);
      case Aspect::kOpenClock:
        return AnyRun([](const ClockRun& run) { return !run.ended_at; });
      case Aspect::kMissedClock:
        return AnyOf(progress_.missed_clocks) ||
               AnyRun([this](const ClockRun& run) {
                 return run.due && run.lead_cycle == progress_.cycle;
               });
      case Aspect::kEscalatedClock:
        return AnyOf(progress_.escalated_clocks);
      case Aspect::kOutcome:
        return AnyOf(progress_.outcomes);
      case Aspect::kCycle:
        return IsAmong(absl::StrCat(progress_.cycle), test_);
    }
    return IsAmong(progress_.attributes->Get(test_.attribute), test_);
  }

 private:
  bool AnyOf(const auto& values) const {
    return std::any_of(values.begin(), values.end(), [this](const auto& value) {
      return IsAmong(value, test_);
    });
  }
  bool Is(bool yes) const { return IsAmong(yes ? "yes" : "no", test_); }
  bool IsHeld(Role role) const {
    return IsAmong(progress_.people[role].empty() ? "nobody" : "somebody",
                   test_);
  }

  bool AnyRun(const auto& is_meant) const {
    return std::any_of(
        progress_.runs.begin(), progress_.runs.end(), [&](const ClockRun& run) {
          return is_meant(run) &&
                 IsAmong(policies_.Of(run).clocks[run.clock].name, test_);
        });
  }

  // The one attribute with several values at once, a line each.
  std::vector<absl::string_view> AvailableChannels() const {
    return absl::StrSplit(progress_.attributes->Get("available_channel"), '\n');
  }

  // Not if a channel is broken, or opted out of, and none is known that is
  // left.
  bool IsReachable() const {
    const Names& broken = progress_.broken_channels;
    const Names& opted_out = progress_.opted_out_channels;
    if (broken.empty() && opted_out.empty()) return true;
    const auto is_in = [](absl::string_view channel, const Names& names) {
      return std::find(names.begin(), names.end(), channel) != names.end();
    };
    const auto channels = AvailableChannels();
    return std::any_of(
        channels.begin(), channels.end(), [&](absl::string_view channel) {
          return !channel.empty() && channel != "none" &&
                 !is_in(channel, broken) && !is_in(channel, opted_out);
        });
  }

  const PolicyBook& policies_;
  const AttributeTest& test_;
  const Progress& progress_;
};

bool Holds(const PolicyBook& policies, const AttributeTest& test,
           const Progress& progress) {
  if (test.any.empty()) {
    return Judge(policies, test, progress).HasOneOf() != test.negated;
  }
  return std::any_of(test.any.begin(), test.any.end(),
                     [&](const Condition& condition) {
                       return Holds(policies, condition, progress);
                     });
}

}  // namespace

bool Holds(const PolicyBook& policies, const Condition& condition,
           const Progress& progress) {
  return std::all_of(condition.begin(), condition.end(),
                     [&](const AttributeTest& test) {
                       return Holds(policies, test, progress);
                     });
}

}  // namespace leadclock
