#include "calendars/holiday_file.h"

#include <libical/ical.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace leadclock {
namespace {

// How far apart the first and the last day of one holiday may lie.
constexpr int64_t kLongest = 366;

struct FreeComponent {
  void operator()(icalcomponent* component) const {
    icalcomponent_free(component);
  }
};
struct FreeIterator {
  void operator()(icalrecur_iterator* iterator) const {
    icalrecur_iterator_free(iterator);
  }
};

// The lines on which events begin, from 1.
std::vector<int> LinesOfEvents(absl::string_view text) {
  std::vector<int> lines;
  int line = 0;
  for (const absl::string_view content : absl::StrSplit(text, '\n')) {
    ++line;
    if (absl::EqualsIgnoreCase(absl::StripTrailingAsciiWhitespace(content),
                               "BEGIN:VEVENT")) {
      lines.push_back(line);
    }
  }
  return lines;
}

// What was written, unfolded: "DTSTART:20261225T090000Z".
std::string TextOf(icalproperty* property) {
  const std::unique_ptr<char, void (*)(void*)> text(
      icalproperty_as_ical_string_r(property), icalmemory_free_buffer);
  std::string unfolded;
  for (const absl::string_view part :
       absl::StrSplit(text == nullptr ? "" : text.get(), "\r\n ")) {
    absl::StrAppend(&unfolded, part);
  }
  absl::StripTrailingAsciiWhitespace(&unfolded);
  return unfolded;
}

// Passes each property of a kind.
void ForEach(icalcomponent* component, icalproperty_kind kind,
             const auto& take) {
  // A component has one place to go on from, which `take` may move.
  std::vector<icalproperty*> all;
  for (icalproperty* each = icalcomponent_get_first_property(component, kind);
       each != nullptr;
       each = icalcomponent_get_next_property(component, kind)) {
    all.push_back(each);
  }
  for (icalproperty* const each : all) take(each);
}

absl::CivilDay DayOf(const icaltimetype& time) {
  return absl::CivilDay(time.year, time.month, time.day);
}

// libical takes a thirteenth month.
bool IsDate(const icaltimetype& time) {
  const absl::CivilDay day = DayOf(time);
  return icaltime_is_date(time) != 0 && icaltime_is_null_time(time) == 0 &&
         day.year() == time.year && day.month() == time.month &&
         day.day() == time.day;
}

// Reads one event.
class EventReader {
 public:
  EventReader(icalcomponent* event, int line, absl::CivilDay last_day,
              HolidayFile& file)
      : event_(event), line_(line), last_day_(last_day), file_(file) {}

  void Read() {
    const size_t errors = file_.errors.size();
    if (!Understands()) return;
    const std::optional<absl::CivilDay> start = ReadStart();
    if (!start) return;
    const std::optional<int64_t> length = ReadLength(*start);
    std::set<absl::CivilDay> starts = ReadStarts(*start);
    if (!length || file_.errors.size() != errors || IsCancelled()) return;
    for (const absl::CivilDay first : starts) {
      for (int64_t i = 0; i < *length && first + i <= last_day_; ++i) {
        Add(first + i);
      }
    }
  }

 private:
  icalproperty* Find(icalproperty_kind kind) const {
    return icalcomponent_get_first_property(event_, kind);
  }

  void Error(absl::string_view message) {
    const char* const summary = icalcomponent_get_summary(event_);
    file_.errors.push_back(
        {line_,
         absl::StrCat("the event",
                      summary == nullptr ? std::string()
                                         : absl::StrCat(" '", summary, "'"),
                      ": ", message)});
  }

  // Reports what bears on dates and is not read below.
  bool Understands() {
    const size_t errors = file_.errors.size();
    ForEach(event_, ICAL_XLICERROR_PROPERTY, [this](icalproperty* property) {
      Error(absl::StrCat("libical cannot read it: ",
                         icalproperty_get_xlicerror(property)));
    });
    for (const icalproperty_kind kind :
         {ICAL_RECURRENCEID_PROPERTY, ICAL_EXRULE_PROPERTY}) {
      ForEach(event_, kind, [this](icalproperty* property) {
        Error(absl::StrCat(TextOf(property),
                           " is not understood; list the dates instead"));
      });
    }
    ForEach(event_, ICAL_STATUS_PROPERTY, [this](icalproperty* property) {
      const icalproperty_status status = icalproperty_get_status(property);
      if (status == ICAL_STATUS_CONFIRMED || status == ICAL_STATUS_CANCELLED) {
        return;
      }
      Error(absl::StrCat(TextOf(property),
                         " does not say whether it is a holiday; write "
                         "CONFIRMED or CANCELLED, or leave it out"));
    });
    return file_.errors.size() == errors;
  }

  bool IsCancelled() const {
    icalproperty* const status = Find(ICAL_STATUS_PROPERTY);
    return status != nullptr &&
           icalproperty_get_status(status) == ICAL_STATUS_CANCELLED;
  }

  std::optional<absl::CivilDay> ReadStart() {
    icalproperty* const start = Find(ICAL_DTSTART_PROPERTY);
    if (start == nullptr) {
      Error("it has no DTSTART; write DTSTART;VALUE=DATE:YYYYMMDD");
      return std::nullopt;
    }
    const icaltimetype time = icalproperty_get_dtstart(start);
    if (IsDate(time)) return DayOf(time);
    Error(absl::StrCat(TextOf(start),
                       " is not a plain date; a holiday is a whole day of the "
                       "calendar's own zone: DTSTART;VALUE=DATE:YYYYMMDD"));
    return std::nullopt;
  }

  // In days.
  std::optional<int64_t> ReadLength(absl::CivilDay start) {
    icalproperty* const end = Find(ICAL_DTEND_PROPERTY);
    icalproperty* const duration = Find(ICAL_DURATION_PROPERTY);
    if (end != nullptr && duration != nullptr) {
      Error("it has a DTEND and a DURATION; leave one of them out");
      return std::nullopt;
    }
    int64_t days = 1;
    if (end != nullptr) {
      const icaltimetype time = icalproperty_get_dtend(end);
      if (!IsDate(time) || DayOf(time) <= start) {
        Error(absl::StrCat(TextOf(end),
                           " is not the day after the last one, as a plain "
                           "date: DTEND;VALUE=DATE:YYYYMMDD"));
        return std::nullopt;
      }
      days = DayOf(time) - start;
    }
    if (duration != nullptr) {
      const icaldurationtype length = icalproperty_get_duration(duration);
      days = int64_t{7} * length.weeks + length.days;
      if (icaldurationtype_is_bad_duration(length) != 0 || length.is_neg != 0 ||
          length.hours + length.minutes + length.seconds != 0 || days == 0) {
        Error(absl::StrCat(TextOf(duration),
                           " is not a number of whole days; write DURATION:P1D "
                           "or leave it out"));
        return std::nullopt;
      }
    }
    if (days > kLongest) {
      Error(absl::StrCat("it lasts ", days,
                         " days; no holiday lasts more than ", kLongest));
      return std::nullopt;
    }
    return days;
  }

  // All days on which it begins.
  std::set<absl::CivilDay> ReadStarts(absl::CivilDay start) {
    std::set<absl::CivilDay> starts = {start};
    ForEach(event_, ICAL_RRULE_PROPERTY,
            [&](icalproperty* property) { ReadRule(property, start, starts); });
    ForEach(event_, ICAL_RDATE_PROPERTY, [&](icalproperty* property) {
      const icaldatetimeperiodtype date = icalproperty_get_rdate(property);
      const auto day = ReadDate(property, date.time);
      if (day) starts.insert(*day);
    });
    ForEach(event_, ICAL_EXDATE_PROPERTY, [&](icalproperty* property) {
      const auto day = ReadDate(property, icalproperty_get_exdate(property));
      if (day) starts.erase(*day);
    });
    return starts;
  }

  std::optional<absl::CivilDay> ReadDate(icalproperty* property,
                                         const icaltimetype& time) {
    if (IsDate(time)) return DayOf(time);
    Error(absl::StrCat(TextOf(property),
                       " is not a plain date, as DTSTART is; write "
                       "VALUE=DATE:YYYYMMDD"));
    return std::nullopt;
  }

  void ReadRule(icalproperty* property, absl::CivilDay start,
                std::set<absl::CivilDay>& starts) {
    const icalrecurrencetype rule = icalproperty_get_rrule(property);
    if (const char* const why = WhyRefused(rule); why != nullptr) {
      return Error(absl::StrCat(TextOf(property), ": ", why,
                                "; list the dates instead"));
    }
    const std::unique_ptr<icalrecur_iterator, FreeIterator> iterator(
        icalrecur_iterator_new(
            rule, icalproperty_get_dtstart(Find(ICAL_DTSTART_PROPERTY))));
    if (iterator == nullptr) {
      return Error(
          absl::StrCat(TextOf(property), " is not a rule that libical knows"));
    }
    bool is_first = true;
    while (true) {
      const icaltimetype next = icalrecur_iterator_next(iterator.get());
      if (icaltime_is_null_time(next) != 0 || DayOf(next) > last_day_) break;
      if (is_first && DayOf(next) != start) break;
      is_first = false;
      starts.insert(DayOf(next));
    }
    if (is_first) {
      Error(absl::StrCat(TextOf(property),
                         " does not begin on the date of DTSTART, ",
                         absl::FormatCivilTime(start),
                         "; let DTSTART be the first date of the rule"));
    }
  }

  static const char* WhyRefused(const icalrecurrencetype& rule) {
    if (rule.freq != ICAL_YEARLY_RECURRENCE) return "it is not FREQ=YEARLY";
    if (rule.rscale != nullptr &&
        !absl::EqualsIgnoreCase(rule.rscale, "GREGORIAN")) {
      return "RSCALE is not understood";
    }
    if (icaltime_is_null_time(rule.until) == 0 && !IsDate(rule.until)) {
      return "UNTIL is not a plain date, as DTSTART is";
    }
    return nullptr;
  }

  void Add(absl::CivilDay day) {
    const char* const summary = icalcomponent_get_summary(event_);
    const std::string name = summary == nullptr ? "" : summary;
    const auto [known, is_new] = file_.holidays.emplace(day, name);
    std::string& names = known->second;
    if (is_new || name.empty()) return;
    const std::vector<std::string> present = absl::StrSplit(names, "; ");
    if (std::find(present.begin(), present.end(), name) != present.end()) {
      return;
    }
    absl::StrAppend(&names, names.empty() ? "" : "; ", name);
  }

  icalcomponent* const event_;
  const int line_;
  const absl::CivilDay last_day_;
  HolidayFile& file_;
};

// Reads all calendars of a file.
class FileReader {
 public:
  FileReader(std::string_view text, absl::CivilDay last_day, HolidayFile& file)
      : lines_(LinesOfEvents({text.data(), text.size()})),
        last_day_(last_day),
        file_(file) {}

  void Read(icalcomponent* component) {
    switch (icalcomponent_isa(component)) {
      case ICAL_XROOT_COMPONENT:
        return ReadAllOf(component);
      case ICAL_VCALENDAR_COMPONENT:
        ReportUnread(component);
        return ReadAllOf(component);
      case ICAL_VEVENT_COMPONENT:
        return EventReader(component, LineOfNextEvent(), last_day_, file_)
            .Read();
      // No date of an event refers to it: those have no zone.
      case ICAL_VTIMEZONE_COMPONENT:
        return;
      default:
        file_.errors.push_back(
            {1, absl::StrCat("a file of holidays has events only, and no ",
                             icalcomponent_kind_to_string(
                                 icalcomponent_isa(component)))});
    }
  }

 private:
  void ReadAllOf(icalcomponent* component) {
    for (icalcomponent* each =
             icalcomponent_get_first_component(component, ICAL_ANY_COMPONENT);
         each != nullptr; each = icalcomponent_get_next_component(
                              component, ICAL_ANY_COMPONENT)) {
      Read(each);
    }
  }

  void ReportUnread(icalcomponent* component) {
    ForEach(component, ICAL_XLICERROR_PROPERTY, [this](icalproperty* property) {
      file_.errors.push_back(
          {1, absl::StrCat("libical cannot read the calendar: ",
                           icalproperty_get_xlicerror(property))});
    });
  }

  int LineOfNextEvent() {
    return next_event_ < lines_.size() ? lines_[next_event_++] : 1;
  }

  const std::vector<int> lines_;
  size_t next_event_ = 0;
  const absl::CivilDay last_day_;
  HolidayFile& file_;
};

}  // namespace

HolidayFile ReadHolidayFile(std::string_view text, absl::CivilDay last_day) {
  icalerror_set_errors_are_fatal(0);
  HolidayFile file;
  const std::unique_ptr<icalcomponent, FreeComponent> root(
      icalparser_parse_string(std::string(text).c_str()));
  const icalcomponent_kind kind =
      root == nullptr ? ICAL_NO_COMPONENT : icalcomponent_isa(root.get());
  if (kind != ICAL_VCALENDAR_COMPONENT && kind != ICAL_XROOT_COMPONENT) {
    file.errors.push_back(
        {1,
         "it is not an iCalendar file, which begins with BEGIN:VCALENDAR "
         "and ends with END:VCALENDAR"});
    return file;
  }
  FileReader(text, last_day, file).Read(root.get());
  if (file.errors.empty() && file.holidays.empty()) {
    file.errors.push_back({1, "it lists no holiday"});
  }
  return file;
}

}  // namespace leadclock
