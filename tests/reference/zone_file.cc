#include "tests/reference/zone_file.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string_view>

namespace leadclock::reference {
namespace {

constexpr Millis kSecond = 1000;
constexpr int kLastYear = 2044;

// ---------------------------------------------------------------------------
// Bytes

class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : rest_(bytes) {}

  std::string_view Take(size_t count) {
    if (count > rest_.size()) throw std::runtime_error("the file is cut off");
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

  // Big-endian, with a sign.
  int64_t Number(size_t bytes) {
    const std::string_view taken = Take(bytes);
    uint64_t number = (taken[0] & 0x80) != 0 ? ~uint64_t{0} : 0;
    for (const char byte : taken) {
      number = (number << 8) | static_cast<unsigned char>(byte);
    }
    return static_cast<int64_t>(number);
  }
  size_t Count() { return static_cast<size_t>(Number(4)); }

  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

struct Counts {
  char version = 0;
  size_t is_utc = 0;
  size_t is_standard = 0;
  size_t leap_seconds = 0;
  size_t transitions = 0;
  size_t types = 0;
  size_t characters = 0;

  // Of what follows the header, with times of so many bytes.
  size_t BytesAfter(size_t time_bytes) const {
    return transitions * (time_bytes + 1) + types * 6 + characters +
           leap_seconds * (time_bytes + 4) + is_standard + is_utc;
  }
};

Counts ReadHeader(Bytes& bytes) {
  if (bytes.Take(4) != "TZif") throw std::runtime_error("not a zone file");
  Counts counts;
  counts.version = bytes.Take(1)[0];
  bytes.Take(15);
  counts.is_utc = bytes.Count();
  counts.is_standard = bytes.Count();
  counts.leap_seconds = bytes.Count();
  counts.transitions = bytes.Count();
  counts.types = bytes.Count();
  counts.characters = bytes.Count();
  return counts;
}

// ---------------------------------------------------------------------------
// The rule for all later years: "EST5EDT,M3.2.0,M11.1.0"

// The weekday'th (0: Sunday) of a month, the week'th (5: the last) one, and a
// time of that day; or the day of the year, from 0.
struct YearlyMoment {
  unsigned month = 0;  // 0: `day` counts from New Year
  unsigned week = 0;
  unsigned weekday = 0;
  int day = 0;
  bool leaves_leap_day_out = false;
  Millis time = 2 * kHour;

  Millis InLocalTime(int year) const {
    using namespace std::chrono;  // NOLINT(google-build-using-namespace)
    if (month != 0) {
      const std::chrono::year_month of =
          std::chrono::year{year} / std::chrono::month{month};
      const sys_days at =
          week == 5 ? sys_days{of / weekday_last{std::chrono::weekday{weekday}}}
                    : sys_days{of / std::chrono::weekday{weekday}[week]};
      return at.time_since_epoch().count() * kDay + time;
    }
    const sys_days new_year{std::chrono::year{year} / January / 1};
    const bool after_leap_day =
        leaves_leap_day_out && std::chrono::year{year}.is_leap() && day >= 59;
    return (new_year.time_since_epoch().count() + day +
            (after_leap_day ? 1 : 0)) *
               kDay +
           time;
  }
};

class RuleReader {
 public:
  explicit RuleReader(std::string_view text) : rest_(text) {}

  void ReadName() {
    if (Takes('<')) {
      while (!Takes('>')) rest_.remove_prefix(1);
      return;
    }
    while (!rest_.empty() && IsLetter(rest_[0])) rest_.remove_prefix(1);
  }

  // [+-]hh[:mm[:ss]]
  Millis ReadTime() {
    const bool is_negative = Takes('-');
    if (!is_negative) Takes('+');
    Millis time = ReadNumber() * kHour;
    if (Takes(':')) time += ReadNumber() * kMinute;
    if (Takes(':')) time += ReadNumber() * kSecond;
    return is_negative ? -time : time;
  }

  // M3.2.0/2, J60/2 or 59/2
  YearlyMoment ReadMoment() {
    YearlyMoment moment;
    if (Takes('M')) {
      moment.month = static_cast<unsigned>(ReadNumber());
      Expect('.');
      moment.week = static_cast<unsigned>(ReadNumber());
      Expect('.');
      moment.weekday = static_cast<unsigned>(ReadNumber());
    } else {
      moment.leaves_leap_day_out = Takes('J');
      moment.day =
          static_cast<int>(ReadNumber()) - (moment.leaves_leap_day_out ? 1 : 0);
    }
    if (Takes('/')) moment.time = ReadTime();
    return moment;
  }

  bool Takes(char wanted) {
    if (rest_.empty() || rest_[0] != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void Expect(char wanted) {
    if (!Takes(wanted)) throw std::runtime_error("a rule is not understood");
  }
  bool AtEnd() const { return rest_.empty(); }

 private:
  static bool IsLetter(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  }

  int64_t ReadNumber() {
    int64_t number = 0;
    while (!rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9') {
      number = 10 * number + (rest_[0] - '0');
      rest_.remove_prefix(1);
    }
    return number;
  }

  std::string_view rest_;
};

// What the rule says of the years after the last period.
void AddByRule(std::string_view rule, std::vector<ZoneFile::Period>& periods) {
  RuleReader reader(rule);
  reader.ReadName();
  const Millis standard = -reader.ReadTime();
  if (reader.AtEnd()) return;
  reader.ReadName();
  Millis summer = standard + kHour;
  if (!reader.Takes(',')) {
    summer = -reader.ReadTime();
    reader.Expect(',');
  }
  const YearlyMoment begins = reader.ReadMoment();
  reader.Expect(',');
  const YearlyMoment ends = reader.ReadMoment();

  std::vector<ZoneFile::Period> later;
  for (int year = 1970; year <= kLastYear; ++year) {
    later.push_back({begins.InLocalTime(year) - standard, summer});
    later.push_back({ends.InLocalTime(year) - summer, standard});
  }
  std::sort(later.begin(), later.end(),
            [](const auto& a, const auto& b) { return a.begins < b.begins; });
  const Millis known_to = periods.back().begins;
  for (const ZoneFile::Period& period : later) {
    if (period.begins > known_to) periods.push_back(period);
  }
}

std::vector<ZoneFile::Period> ReadZone(std::string_view file) {
  Bytes bytes(file);
  const Counts old = ReadHeader(bytes);
  if (old.version < '2') throw std::runtime_error("an old zone file");
  bytes.Take(old.BytesAfter(4));
  const Counts counts = ReadHeader(bytes);

  std::vector<Millis> begins;
  for (size_t i = 0; i < counts.transitions; ++i) {
    begins.push_back(bytes.Number(8) * kSecond);
  }
  std::vector<size_t> types;
  for (size_t i = 0; i < counts.transitions; ++i) {
    types.push_back(static_cast<unsigned char>(bytes.Take(1)[0]));
  }
  std::vector<Millis> offsets;
  for (size_t i = 0; i < counts.types; ++i) {
    offsets.push_back(bytes.Number(4) * kSecond);
    bytes.Take(2);
  }
  bytes.Take(counts.characters + counts.leap_seconds * 12 + counts.is_standard +
             counts.is_utc);

  std::vector<ZoneFile::Period> periods = {
      {std::numeric_limits<Millis>::min(), offsets.at(0)}};
  for (size_t i = 0; i < begins.size(); ++i) {
    periods.push_back({begins[i], offsets.at(types[i])});
  }
  bytes.Take(1);
  const std::string_view rule = bytes.rest().substr(0, bytes.rest().find('\n'));
  if (!rule.empty()) AddByRule(rule, periods);
  return periods;
}

}  // namespace

ZoneFile::ZoneFile(const std::string& name) {
  std::ifstream file("/usr/share/zoneinfo/" + name, std::ios::binary);
  if (!file) throw std::runtime_error("no time zone " + name);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  periods_ = ReadZone(bytes);
  // Some files end with a change that changes nothing, at 2^31 - 1 seconds,
  // which is no whole minute.
  const auto ends = std::unique(
      periods_.begin(), periods_.end(),
      [](const Period& a, const Period& b) { return a.offset == b.offset; });
  periods_.erase(ends, periods_.end());
}

Millis ZoneFile::OffsetAt(Millis at) const {
  const auto next = std::upper_bound(
      periods_.begin(), periods_.end(), at,
      [](Millis instant, const Period& p) { return instant < p.begins; });
  return std::prev(next)->offset;
}

}  // namespace leadclock::reference
