#ifndef LEADCLOCK_APP_SCENARIO_TIMES_H_
#define LEADCLOCK_APP_SCENARIO_TIMES_H_

#include <optional>
#include <string>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "app/scenario/line.h"
#include "processor/policy/yaml_reader.h"

namespace leadclock {

// What the times of a scenario are counted from.
struct TimeFrame {
  absl::TimeZone zone = absl::UTCTimeZone();
  // Week days are the first on or after it. Absent: there are none.
  std::optional<absl::CivilDay> start;
  // It is written, and wrong, which was reported: what hangs on it stays
  // silent.
  bool start_is_wrong = false;
};

// A zone's name. Reports one that is not known.
std::optional<absl::TimeZone> ReadZone(const YamlValue& value);

// A date: 2026-03-02. Reports what is none.
std::optional<absl::CivilDay> ReadDate(const YamlValue& value);

// The instant that the next words say: "fri 21:40", "2026-03-06 21:40:30",
// "sun 01:30 UTC". Reports what is none.
std::optional<absl::Time> ReadTime(Line& line, const TimeFrame& frame);

// The same of a whole value, which may also be a date: its first instant.
// Absent without a word if the value is absent.
std::optional<absl::Time> ReadTime(const YamlValue& value,
                                   const TimeFrame& frame);

// As ReadTime() reads it.
std::string WriteTime(absl::Time time, const TimeFrame& frame);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_SCENARIO_TIMES_H_
