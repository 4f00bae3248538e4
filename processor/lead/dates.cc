#include "processor/lead/dates.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/time/civil_time.h"
#include "processor/lead/rules.h"
#include "processor/policy/instant.h"

namespace leadclock {
namespace {

// A date is its midnight in UTC.
std::optional<absl::Time> ReadDate(const std::string& text) {
  if (HasForm(text, "dddd-dd-dd")) {
    absl::Time at;
    std::string error;
    if (!absl::ParseTime("%Y-%m-%d", text, &at, &error)) return std::nullopt;
    return at;
  }
  const absl::StatusOr<absl::Time> at = ParseInstant(text);
  if (!at.ok()) return std::nullopt;
  return absl::UnixEpoch() +
         absl::Floor(*at - absl::UnixEpoch(), absl::Milliseconds(1));
}

// The same local time of day, so many days earlier.
absl::Time DaysBefore(absl::Time at, int days, absl::TimeZone zone) {
  if (days == 0) return at;
  const absl::TimeZone::CivilInfo local = zone.At(at);
  const absl::CivilDay day = absl::CivilDay(local.cs) - days;
  const absl::CivilSecond then(day.year(), day.month(), day.day(),
                               local.cs.hour(), local.cs.minute(),
                               local.cs.second());
  const absl::TimeZone::TimeInfo info = zone.At(then);
  // That time of day is skipped: it jumps then.
  if (info.kind == absl::TimeZone::TimeInfo::SKIPPED) return info.trans;
  return info.pre + local.subsecond;
}

// Calls `look` with each trigger on a date by which the policy may decide.
void ForEachDateTrigger(const Policy& policy, bool is_away, const auto& look) {
  const auto look_at = [&](const std::vector<Trigger>& triggers) {
    for (const Trigger& trigger : triggers) {
      if (trigger.kind == Trigger::Kind::kDate) look(trigger.date);
    }
  };
  if (is_away) {
    look_at(policy.reentry.returns);
  } else {
    for (const ClockRule& clock : policy.clocks) look_at(clock.starts);
  }
}

}  // namespace

bool MayBeDate(absl::string_view attribute) {
  switch (attribute.size()) {
    case 6:
      return attribute == "return";
    case 7:
      return attribute == "meeting";
    case 9:
      return attribute == "next_step" || attribute == "term_ends" ||
             absl::StartsWith(attribute, "custom.");
    default:
      return absl::StartsWith(attribute, "custom.");
  }
}

std::optional<absl::Time> DateOf(absl::string_view attribute,
                                 const std::string& value) {
  if (absl::StartsWith(attribute, "custom.")) return ReadDate(value);
  int64_t millis = 0;
  if (!absl::SimpleAtoi(value, &millis)) return std::nullopt;
  return absl::FromUnixMillis(millis);
}

void Note(const std::string& name, std::optional<absl::Time> at,
          absl::Time learnt_at, const EventRef& said_by,
          std::vector<KnownDate>& dates) {
  auto place =
      std::lower_bound(dates.begin(), dates.end(), name,
                       [](const KnownDate& date, const std::string& n) {
                         return date.name < n;
                       });
  const bool is_known = place != dates.end() && place->name == name;
  if (is_known && at == place->at) return;
  if (is_known) place = dates.erase(place);
  if (at) {
    dates.insert(
        place,
        {.name = name, .at = *at, .learnt_at = learnt_at, .said_by = said_by});
  }
}

std::optional<absl::Time> InstantOf(const PolicyBook& policies,
                                    const Policy& policy,
                                    const Progress& progress,
                                    const DateTest& test,
                                    const KnownDate& date) {
  absl::Time at = date.at;
  if (test.days != 0) {
    const uint16_t calendar =
        FirstMatch(policies, policy.calendar_for, progress).calendar;
    at = DaysBefore(at, test.days, policy.calendars[calendar].calendar.zone());
  }
  at -= test.length;
  const bool is_after = test.days < 0 || test.length < absl::ZeroDuration();
  if ((is_after ? at : date.at) < date.learnt_at) return std::nullopt;
  return std::max(at, date.learnt_at);
}

absl::Time NextDate(const PolicyBook& policies, const Progress& progress) {
  absl::Time next = absl::InfiniteFuture();
  if (!policies.uses().dates || progress.dates.empty() || progress.erased ||
      progress.merged) {
    return next;
  }
  for (const Policy& policy : policies.versions()) {
    ForEachDateTrigger(policy, progress.away, [&](const DateTest& test) {
      for (const KnownDate& date : progress.dates) {
        if (date.name != test.date) continue;
        const auto at = InstantOf(policies, policy, progress, test, date);
        // What is not in force by then decides nothing.
        if (at && *at > progress.dates_done && *at < next &&
            &policies.InForce(*at) == &policy) {
          next = *at;
        }
      }
    });
  }
  return next;
}

absl::Time NextTurn(const PolicyBook& policies, const Progress& progress,
                    absl::Time next_date) {
  absl::Time next = absl::InfiniteFuture();
  const std::vector<std::string>& asked = policies.uses().dates_ahead;
  if (asked.empty() || progress.dates.empty()) return next;
  for (const KnownDate& date : progress.dates) {
    if (date.at > progress.dates_done && date.at < next &&
        std::binary_search(asked.begin(), asked.end(), date.name)) {
      next = date.at;
    }
  }
  const bool matters =
      next_date != absl::InfiniteFuture() ||
      std::any_of(progress.runs.begin(), progress.runs.end(),
                  [](const ClockRun& run) { return !run.ended_at; });
  return matters ? next : absl::InfiniteFuture();
}

}  // namespace leadclock
