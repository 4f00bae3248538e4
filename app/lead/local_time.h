#ifndef LEADCLOCK_APP_LEAD_LOCAL_TIME_H_
#define LEADCLOCK_APP_LEAD_LOCAL_TIME_H_

#include <optional>
#include <string>

#include "absl/time/time.h"

namespace leadclock {

// As RFC 3339 has it, in UTC; "": there is none.
std::string Utc(absl::Time at);
std::string UtcIf(const std::optional<absl::Time>& at);

// Instants as the people of a time zone read them. Within a day of a change of
// the clocks, which makes an hour come twice or not at all, a time says by
// which of them it goes: "Sun 2026-10-25 01:50:00 BST".
class LocalTime {
 public:
  explicit LocalTime(absl::TimeZone zone) : zone_(zone) {}

  std::string Text(absl::Time instant) const;
  // Of an end: one at which the clocks change is by those before.
  std::string TextOfEnd(absl::Time instant) const;

  // The last change of the clocks after `from`, up to `to`, if they stand
  // otherwise then.
  std::optional<absl::Time> ChangeBetween(absl::Time from, absl::Time to) const;
  // The next one after `from`, before `to`.
  std::optional<absl::Time> ChangeWithin(absl::Time from, absl::Time to) const;
  // "the clocks go back by 1h".
  std::string WordsOfChange(absl::Time change) const;

  // "Europe/London, UTC+01:00", as its offset is then.
  std::string NameAt(absl::Time instant) const;

 private:
  absl::Duration OffsetAt(absl::Time instant) const;

  absl::TimeZone zone_;
};

}  // namespace leadclock

#endif  // LEADCLOCK_APP_LEAD_LOCAL_TIME_H_
