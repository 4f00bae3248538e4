#include "processor/policy/coming_days.h"

#include <cstddef>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "processor/policy/describe.h"
#include "processor/policy/text_table.h"

namespace leadclock {
namespace {

constexpr size_t kMostDays = 8;

std::map<absl::CivilDay, std::string> OtherDaysOf(
    const NamedCalendar& calendar) {
  std::map<absl::CivilDay, std::string> days;
  const CalendarSpec& spec = *calendar.calendar.spec();
  for (const absl::CivilDay date : spec.holidays) {
    const auto name = calendar.holidays.find(date);
    const bool is_named =
        name != calendar.holidays.end() && !name->second.empty();
    days[date] = absl::StrCat("closed", is_named ? ", " : "",
                              is_named ? name->second : "");
  }
  // These win over holidays.
  for (const auto& [date, ranges] : spec.special_hours) {
    days[date] = ranges.empty() ? "closed" : Words(ranges);
  }
  return days;
}

std::string DateOf(absl::CivilDay date) {
  return absl::FormatTime("%a %Y-%m-%d",
                          absl::FromCivil(date, absl::UTCTimeZone()),
                          absl::UTCTimeZone());
}

}  // namespace

std::string ComingDays(const Policy& policy, absl::Time now) {
  TextTable table;
  for (const NamedCalendar& calendar : policy.calendars) {
    if (calendar.calendar.spec() == nullptr) continue;
    const auto days = OtherDaysOf(calendar);
    size_t shown = 0;
    for (auto day =
             days.lower_bound(absl::ToCivilDay(now, calendar.calendar.zone()));
         day != days.end() && shown < kMostDays; ++day, ++shown) {
      table.Add(
          {shown == 0 ? calendar.name : "", DateOf(day->first), day->second});
    }
  }
  if (table.empty()) return "";
  return absl::StrCat("The next days with other hours\n", table.Text(2));
}

}  // namespace leadclock
