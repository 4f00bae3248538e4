#ifndef LEADCLOCK_PROCESSOR_POLICY_PARSE_CALENDAR_H_
#define LEADCLOCK_PROCESSOR_POLICY_PARSE_CALENDAR_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "calendars/business_calendar.h"
#include "processor/policy/policy.h"
#include "processor/policy/policy_files.h"
#include "processor/policy/yaml_reader.h"

namespace leadclock {

// The calendar that a policy's text says:
//
//   zone: Europe/London
//   hours: {mon-fri: "09:00-17:30", sat: ["09:00-12:00", "13:00-15:00"]}
//   holidays: [holidays/gb.ics, 2026-12-25, {2026-12-28: Boxing Day}]
//   dates: {2026-12-24: "09:00-12:00", 2026-12-31: closed}
//
// Nothing, if anything is wrong with it; all that is wrong is reported. Files
// are read by `files`, each once, and what it says is compiled by `compiled`.
std::optional<NamedCalendar> ReadCalendar(absl::string_view name,
                                          const YamlValue& value,
                                          PolicyFiles& files,
                                          CompiledCalendars& compiled);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_PARSE_CALENDAR_H_
