#include "app/policy/announcement.h"

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "processor/policy/diff.h"

namespace leadclock {
namespace {

// "3 days", "1 hour"; of a moment less than a second nothing is left to say.
std::string About(absl::Duration length) {
  constexpr std::array<std::pair<int64_t, absl::string_view>, 4> kUnits = {
      {{86'400, "day"}, {3'600, "hour"}, {60, "minute"}, {1, "second"}}};
  const int64_t seconds = absl::ToInt64Seconds(length);
  for (const auto& [size, name] : kUnits) {
    const int64_t count = seconds / size;
    if (count > 0) return absl::StrCat(count, " ", name, count > 1 ? "s" : "");
  }
  return "a moment";
}

// "Sunday 1 March 2026, 09:00 CET (2026-03-01T08:00:00Z)".
std::string Instant(absl::Time at, absl::TimeZone zone) {
  const absl::CivilSecond local = absl::ToCivilSecond(at, zone);
  return absl::StrCat(
      absl::FormatTime("%A ", at, zone), local.day(),
      absl::FormatTime(
          local.second() == 0 ? " %B %Y, %H:%M %Z" : " %B %Y, %H:%M:%S %Z", at,
          zone),
      absl::FormatTime(" (%Y-%m-%d%ET%H:%M:%E*SZ)", at, absl::UTCTimeZone()));
}

std::string WhenInForce(const Announcement& of) {
  if (of.before == nullptr) {
    return "It is the first version: it is in force from the beginning.";
  }
  const std::string instant = Instant(of.policy.effective, of.zone);
  if (of.policy.effective > of.now) {
    return absl::StrCat("It takes effect on ", instant, ", in ",
                        About(of.policy.effective - of.now), ".");
  }
  return absl::StrCat(of.is_trial ? "It would be" : "It is", " in force since ",
                      instant, ", ", About(of.now - of.policy.effective),
                      " ago: what was said since then and is no longer true is "
                      "taken back, and what is true instead is said.");
}

}  // namespace

std::string PublishedText(const Announcement& of) {
  return absl::StrCat(
      "Version ", of.policy.version,
      of.is_trial ? " may be published on " : " is published on ", of.topic,
      ". ", WhenInForce(of), "\n");
}

std::string ChangesText(const Announcement& of) {
  if (of.before == nullptr) return "";
  const std::vector<std::string> differences =
      Differences(*of.before, of.policy);
  const std::string open_clocks = WhatOpenClocksDo(*of.before, of.policy);
  if (differences.empty()) {
    return absl::StrCat("It says the same as version ", of.before->version,
                        open_clocks.empty()
                            ? ", so nothing changes."
                            : ", so nothing changes for clocks that start. ",
                        open_clocks, "\n");
  }
  std::string text =
      absl::StrCat("What changes from version ", of.before->version, ":\n");
  for (const std::string& sentence : differences) {
    absl::StrAppend(&text, "  ",
                    absl::StrReplaceAll(sentence, {{"\n", "\n  "}}), "\n");
  }
  return absl::StrCat(text, open_clocks, "\n");
}

}  // namespace leadclock
