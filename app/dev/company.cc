#include "app/dev/company.h"

#include <algorithm>
#include <initializer_list>

namespace leadclock {
namespace {

// Longer than any row of holidays.
constexpr absl::Duration kLongestClosure = absl::Hours(14 * 24);

void AddNew(const std::string& value, std::vector<std::string>& values) {
  const bool known =
      std::find(values.begin(), values.end(), value) != values.end();
  if (!known && !value.empty()) values.push_back(value);
}

void AddNamed(const Condition& condition, const std::string& attribute,
              std::vector<std::string>& values) {
  for (const AttributeTest& test : condition) {
    if (test.attribute != attribute) continue;
    for (const std::string& value : test.any_of) AddNew(value, values);
  }
}

// What the targets ask of an attribute, and then the usual values.
std::vector<std::string> ValuesOf(const Policy& policy,
                                  const std::string& attribute,
                                  std::initializer_list<const char*> usual) {
  std::vector<std::string> values;
  for (const ClockRule& clock : policy.clocks) {
    for (const ClockRule::TargetRule& rule : clock.targets) {
      AddNamed(rule.when, attribute, values);
    }
  }
  for (const char* value : usual) AddNew(value, values);
  return values;
}

std::vector<Company::Market> MarketsOf(const Policy& policy) {
  std::vector<Company::Market> markets;
  for (const CalendarRule& rule : policy.calendar_for) {
    std::vector<std::string> names;
    AddNamed(rule.when, "market", names);
    for (const std::string& name : names) {
      markets.push_back({name, policy.calendars[rule.calendar].calendar});
    }
  }
  if (!markets.empty()) return markets;
  const CalendarRule& otherwise = policy.calendar_for.back();
  return {{"home", policy.calendars[otherwise.calendar].calendar}};
}

}  // namespace

Company CompanyOf(const Policy& policy) {
  return {.markets = MarketsOf(policy),
          .sources = ValuesOf(policy, "source",
                              {"paid_search", "website", "referral"}),
          .intents = ValuesOf(policy, "intent", {"high", "mid", "low"})};
}

absl::Time LastOpening(const Company& company, absl::Time wall,
                       absl::Duration room) {
  const absl::Time latest = wall - room;
  const absl::Time earliest = latest - kLongestClosure;
  const auto open =
      company.markets.front().calendar.OpenIntervals(earliest, latest);
  // An interval that begins where the search does may have opened before.
  if (!open.empty() && open.back().opens > earliest) return open.back().opens;
  return absl::UnixEpoch() +
         absl::Floor(latest - absl::UnixEpoch(), absl::Hours(1));
}

}  // namespace leadclock
