#include "app/lead/local_time.h"

#include "absl/strings/str_cat.h"
#include "processor/policy/describe.h"

namespace leadclock {
namespace {

constexpr char kFormat[] = "%a %Y-%m-%d %H:%M:%E*S";
// The least part of a time.
constexpr absl::Duration kInstant = absl::Milliseconds(1);

}  // namespace

absl::Duration LocalTime::OffsetAt(absl::Time instant) const {
  return absl::Seconds(zone_.At(instant).offset);
}

std::string Utc(absl::Time at) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E*SZ", at, absl::UTCTimeZone());
}

std::string UtcIf(const std::optional<absl::Time>& at) {
  return at ? Utc(*at) : "";
}

std::string LocalTime::Text(absl::Time instant) const {
  const bool is_near = OffsetAt(instant - absl::Hours(24)) !=
                       OffsetAt(instant + absl::Hours(24));
  return absl::StrCat(
      absl::FormatTime(kFormat, instant, zone_),
      is_near ? absl::StrCat(" ", zone_.At(instant).zone_abbr) : "");
}

std::string LocalTime::TextOfEnd(absl::Time instant) const {
  const absl::Time before = instant - kInstant;
  if (OffsetAt(before) == OffsetAt(instant)) return Text(instant);
  const absl::Duration offset = OffsetAt(before);
  return absl::StrCat(
      absl::FormatTime(kFormat, instant + offset, absl::UTCTimeZone()), " ",
      zone_.At(before).zone_abbr);
}

std::optional<absl::Time> LocalTime::ChangeWithin(absl::Time from,
                                                  absl::Time to) const {
  absl::TimeZone::CivilTransition change;
  for (absl::Time at = from; zone_.NextTransition(at, &change);) {
    // One of the two civil times does not stand for a single instant, and
    // knows when the change is; else only the name of the time changes.
    const absl::TimeZone::TimeInfo skipped = zone_.At(change.from);
    const absl::TimeZone::TimeInfo repeated = zone_.At(change.to);
    const bool is_skip = skipped.kind == absl::TimeZone::TimeInfo::SKIPPED;
    at = is_skip                                               ? skipped.trans
         : repeated.kind == absl::TimeZone::TimeInfo::REPEATED ? repeated.trans
                                                               : repeated.pre;
    if (at >= to) return std::nullopt;
    if (OffsetAt(at - kInstant) != OffsetAt(at)) return at;
  }
  return std::nullopt;
}

std::optional<absl::Time> LocalTime::ChangeBetween(absl::Time from,
                                                   absl::Time to) const {
  if (from >= to || OffsetAt(from) == OffsetAt(to)) return std::nullopt;
  std::optional<absl::Time> last;
  for (std::optional<absl::Time> next = ChangeWithin(from, to + kInstant); next;
       next = ChangeWithin(*next, to + kInstant)) {
    last = next;
  }
  return last;
}

std::string LocalTime::WordsOfChange(absl::Time change) const {
  const absl::Duration by = OffsetAt(change) - OffsetAt(change - kInstant);
  return by < absl::ZeroDuration()
             ? absl::StrCat("the clocks go back by ", Words(-by))
             : absl::StrCat("the clocks go forward by ", Words(by));
}

std::string LocalTime::NameAt(absl::Time instant) const {
  const std::string offset = absl::FormatTime("UTC%Ez", instant, zone_);
  return zone_.name() == "UTC" ? "UTC"
                               : absl::StrCat(zone_.name(), ", ", offset);
}

}  // namespace leadclock
