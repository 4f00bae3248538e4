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
constexpr int kDaysOfAYear = 365;

std::string DateOf(absl::CivilDay date) {
  return absl::FormatTime("%a %Y-%m-%d",
                          absl::FromCivil(date, absl::UTCTimeZone()),
                          absl::UTCTimeZone());
}

}  // namespace

std::map<absl::CivilDay, OtherDay> OtherDaysOf(const NamedCalendar& calendar) {
  std::map<absl::CivilDay, OtherDay> days;
  if (calendar.calendar.spec() == nullptr) return days;
  const CalendarSpec& spec = *calendar.calendar.spec();
  for (const absl::CivilDay date : spec.holidays) {
    const auto name = calendar.holidays.find(date);
    days[date] = {"closed",
                  name == calendar.holidays.end() ? "" : name->second};
  }
  // These win over holidays.
  for (const auto& [date, ranges] : spec.special_hours) {
    days[date] = {ranges.empty() ? "closed" : Words(ranges), ""};
  }
  return days;
}

std::string Words(const OtherDay& day) {
  return absl::StrCat(day.hours, day.name.empty() ? "" : ", ", day.name);
}

std::string ComingDays(const Policy& policy, absl::Time now) {
  TextTable table;
  for (const NamedCalendar& calendar : policy.calendars) {
    const auto days = OtherDaysOf(calendar);
    size_t shown = 0;
    for (auto day =
             days.lower_bound(absl::ToCivilDay(now, calendar.calendar.zone()));
         day != days.end() && shown < kMostDays; ++day, ++shown) {
      table.Add({shown == 0 ? calendar.name : "", DateOf(day->first),
                 Words(day->second)});
    }
  }
  if (table.empty()) return "";
  return absl::StrCat("The next days with other hours\n", table.Text(2));
}

std::string EndingHolidays(const Policy& policy) {
  if (policy.effective == absl::InfinitePast()) return "";
  std::string sentences;
  for (const NamedCalendar& calendar : policy.calendars) {
    if (calendar.holidays.empty()) continue;
    const absl::CivilDay last = calendar.holidays.rbegin()->first;
    const absl::CivilDay from =
        absl::ToCivilDay(policy.effective, calendar.calendar.zone());
    if (last >= from + kDaysOfAYear) continue;
    absl::StrAppend(
        &sentences, "The last holiday of ", calendar.name, " is ", DateOf(last),
        last < from ? ", before this policy takes effect"
                    : ", less than a year after this policy takes effect",
        "; those after it are days like others until they are written.\n");
  }
  return sentences;
}

}  // namespace leadclock
