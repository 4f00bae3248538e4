#include "calendars/holiday_file.h"

#include <libical/ical.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "calendars/content_lines.h"
#include "calendars/file_outline.h"

namespace leadclock {
namespace {

// How far apart the first and the last day of one holiday may lie.
constexpr int64_t kLongest = 366;
// So that no file takes long: how many days its events may have in all, and how
// many rules of recurrence (libical looks for the next date for centuries).
constexpr int64_t kMostDays = 100'000;
constexpr int kMostRules = 200;
// After so many the rest is not read.
constexpr size_t kMostErrors = 20;

// Those without which an event would mean other dates, or be another event.
constexpr std::array<absl::string_view, 11> kBearOnDates = {
    "DTSTART", "DTEND",  "DURATION",      "RRULE", "RDATE",   "EXDATE",
    "EXRULE",  "STATUS", "RECURRENCE-ID", "UID",   "SEQUENCE"};

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
  return WithoutControls(unfolded);
}

// Whether libical left a property out that does not bear on dates, because of
// its value: many programs write empty ones ("DESCRIPTION:"). A name that it
// does not know might be that of one that does, misspelt.
bool IsHarmless(icalproperty* error) {
  icalparameter* const type =
      icalproperty_get_first_parameter(error, ICAL_XLICERRORTYPE_PARAMETER);
  if (type == nullptr || icalparameter_get_xlicerrortype(type) !=
                             ICAL_XLICERRORTYPE_VALUEPARSEERROR) {
    return false;
  }
  // "No value for X property. ...", "Can't parse as GEO value in GEO property.
  // ..."
  const absl::string_view message = icalproperty_get_xlicerror(error);
  const std::vector<absl::string_view> words =
      absl::StrSplit(message.substr(0, message.find(" property.")), ' ');
  const bool is_told = message.find(" property.") != absl::string_view::npos;
  return is_told && std::find(kBearOnDates.begin(), kBearOnDates.end(),
                              words.back()) == kBearOnDates.end();
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

struct Event {
  int line = 0;
  std::string uid = {};
  int sequence = 0;  // of the event's revisions the highest counts
  std::string name = {};
  std::set<absl::CivilDay> days = {};  // none: it is cancelled
};

// What all events of a file share.
struct Bounds {
  absl::CivilDay last_day;
  int64_t days_left = kMostDays;
  int rules_left = kMostRules;
};

// Reads one event.
class EventReader {
 public:
  EventReader(icalcomponent* event, int line, Bounds& bounds, HolidayFile& file)
      : event_(event), line_(line), bounds_(bounds), file_(file) {}

  // Absent if there are errors.
  std::optional<Event> Read() {
    if (!Understands()) return std::nullopt;
    Event event = {.line = line_,
                   .uid = Text(ICAL_UID_PROPERTY),
                   .sequence = icalcomponent_get_sequence(event_),
                   .name = Text(ICAL_SUMMARY_PROPERTY)};
    if (IsCancelled()) return event;
    const size_t errors = file_.errors.size();
    const std::optional<absl::CivilDay> start = ReadStart();
    if (!start) return std::nullopt;
    const std::optional<int64_t> length = ReadLength(*start);
    const std::set<absl::CivilDay> starts = ReadStarts(*start);
    if (!length || file_.errors.size() != errors ||
        !TakeDays(*length * static_cast<int64_t>(starts.size()))) {
      return std::nullopt;
    }
    for (const absl::CivilDay first : starts) {
      for (int64_t i = 0; i < *length && first + i <= bounds_.last_day; ++i) {
        event.days.insert(first + i);
      }
    }
    return event;
  }

 private:
  icalproperty* Find(icalproperty_kind kind) const {
    return icalcomponent_get_first_property(event_, kind);
  }

  // The value of a property of text; "" without one.
  std::string Text(icalproperty_kind kind) const {
    icalproperty* const property = Find(kind);
    const char* const text =
        property == nullptr
            ? nullptr
            : icalvalue_get_text(icalproperty_get_value(property));
    return WithoutControls(
        absl::StripAsciiWhitespace(text == nullptr ? "" : text));
  }

  void Error(absl::string_view message) {
    const std::string name = Text(ICAL_SUMMARY_PROPERTY);
    file_.errors.push_back(
        {line_, absl::StrCat("the event",
                             name.empty() ? "" : absl::StrCat(" '", name, "'"),
                             ": ", message)});
  }

  bool TakeDays(int64_t days) {
    bounds_.days_left -= days;
    if (bounds_.days_left >= 0) return true;
    Error(absl::StrCat("with it the events of this file have more than ",
                       kMostDays,
                       " days; leave out what is long past, or list "
                       "the dates instead"));
    return false;
  }

  // Reports what bears on dates and is not read below.
  bool Understands() {
    const size_t errors = file_.errors.size();
    ForEach(event_, ICAL_XLICERROR_PROPERTY, [this](icalproperty* property) {
      if (IsHarmless(property)) return;
      Error(
          absl::StrCat("libical cannot read it: ",
                       WithoutControls(icalproperty_get_xlicerror(property))));
    });
    for (const icalproperty_kind kind :
         {ICAL_UID_PROPERTY, ICAL_SEQUENCE_PROPERTY, ICAL_DTSTART_PROPERTY,
          ICAL_DTEND_PROPERTY, ICAL_DURATION_PROPERTY, ICAL_STATUS_PROPERTY}) {
      if (icalcomponent_count_properties(event_, kind) < 2) continue;
      Error(absl::StrCat("it has two lines of ",
                         icalproperty_kind_to_string(kind),
                         "; leave the wrong one out, or divide the event"));
    }
    ForEach(event_, ICAL_CATEGORIES_PROPERTY, [this](icalproperty* property) {
      // As the package `holidays` marks them.
      if (absl::EqualsIgnoreCase(icalproperty_get_categories(property),
                                 "HALF_DAY")) {
        Error(
            "it is a half day (CATEGORIES:HALF_DAY), and holidays are closed "
            "all day; leave it out, and write the hours of its date into "
            "'dates'");
      }
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
    if (--bounds_.rules_left < 0) {
      return Error(absl::StrCat("with it this file has more than ", kMostRules,
                                " events with RRULE; list the dates instead"));
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
      if (icaltime_is_null_time(next) != 0 || DayOf(next) > bounds_.last_day) {
        break;
      }
      if (is_first && DayOf(next) != start) break;
      is_first = false;
      if (!TakeDays(1)) return;
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
    const auto is_given = [](const short* values) {
      return *values != ICAL_RECURRENCE_ARRAY_MAX;
    };
    // libical leaves out weeks at the turn of some years.
    if (is_given(rule.by_week_no)) return "BYWEEKNO is not understood";
    if (is_given(rule.by_hour) || is_given(rule.by_minute) ||
        is_given(rule.by_second)) {
      return "a plain date has no BYHOUR, BYMINUTE or BYSECOND";
    }
    return nullptr;
  }

  icalcomponent* const event_;
  const int line_;
  Bounds& bounds_;
  HolidayFile& file_;
};

void AddName(absl::string_view name, std::string& names) {
  if (name.empty()) return;
  const std::vector<absl::string_view> known = absl::StrSplit(names, "; ");
  if (std::find(known.begin(), known.end(), name) != known.end()) return;
  names = absl::StrCat(names, names.empty() ? "" : "; ", name);
}

// Reads all calendars of a file.
class FileReader {
 public:
  FileReader(const std::vector<int>& lines, absl::CivilDay last_day,
             HolidayFile& file)
      : lines_(lines), bounds_({.last_day = last_day}), file_(file) {}

  void Read(icalcomponent* root) {
    ReadComponent(root);
    if (next_event_ != lines_.size()) {
      file_.errors.push_back(
          {1, absl::StrCat("libical reads ", next_event_, " of its ",
                           lines_.size(), " events")});
    }
    for (size_t place = 0; place < events_.size(); ++place) {
      const std::string& uid = events_[place].uid;
      if (uid.empty() || newest_.at(uid) == place) AddDays(events_[place]);
    }
  }

 private:
  void ReadComponent(icalcomponent* component) {
    switch (icalcomponent_isa(component)) {
      case ICAL_XROOT_COMPONENT:
        return ReadAllOf(component);
      case ICAL_VCALENDAR_COMPONENT:
        ReportUnread(component);
        return ReadAllOf(component);
      case ICAL_VEVENT_COMPONENT:
        return ReadEvent(component);
      // No date of an event refers to it: those have no zone.
      case ICAL_VTIMEZONE_COMPONENT:
        return;
      // The outline tells of others.
      default:
        return;
    }
  }

  void ReadAllOf(icalcomponent* component) {
    for (icalcomponent* each =
             icalcomponent_get_first_component(component, ICAL_ANY_COMPONENT);
         each != nullptr; each = icalcomponent_get_next_component(
                              component, ICAL_ANY_COMPONENT)) {
      ReadComponent(each);
    }
  }

  void ReportUnread(icalcomponent* component) {
    ForEach(component, ICAL_XLICERROR_PROPERTY, [this](icalproperty* property) {
      if (IsHarmless(property)) return;
      file_.errors.push_back(
          {1, absl::StrCat(
                  "libical cannot read the calendar: ",
                  WithoutControls(icalproperty_get_xlicerror(property)))});
    });
  }

  void ReadEvent(icalcomponent* component) {
    const int line = next_event_ < lines_.size() ? lines_[next_event_] : 1;
    ++next_event_;
    if (file_.errors.size() >= kMostErrors) return;
    std::optional<Event> event =
        EventReader(component, line, bounds_, file_).Read();
    if (!event) return;
    events_.push_back(*std::move(event));
    if (!events_.back().uid.empty()) Revise(events_.size() - 1);
  }

  // Events of one UID are one event as it was told again.
  void Revise(size_t place) {
    const Event& event = events_[place];
    const auto [known, is_new] = newest_.emplace(event.uid, place);
    if (is_new) return;
    const Event& other = events_[known->second];
    if (event.sequence > other.sequence) known->second = place;
    if (event.sequence == other.sequence && event.days != other.days) {
      file_.errors.push_back(
          {event.line,
           absl::StrCat("the event '", event.name,
                        "': it has the UID of the event of line ", other.line,
                        " and no higher SEQUENCE, but other dates; leave out "
                        "the one that does not hold, or write another UID")});
    }
  }

  void AddDays(const Event& event) {
    for (const absl::CivilDay day : event.days) {
      AddName(event.name, file_.holidays[day]);
    }
  }

  const std::vector<int>& lines_;
  size_t next_event_ = 0;
  Bounds bounds_;
  std::vector<Event> events_;
  std::map<std::string, size_t> newest_;  // by UID, a place in `events_`
  HolidayFile& file_;
};

// The name with the escape that RFC 5545 does not know but many programs write,
// among them the package `holidays`; libical makes a space of it.
std::string WithPlainColons(absl::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      if (text[i + 1] != ':') plain += text[i];
      ++i;
    }
    plain += text[i];
  }
  return plain;
}

// What libical is given: the same, in the one form of which we know that it
// reads it so.
std::string ForLibical(const std::vector<ContentLine>& lines) {
  std::string text;
  for (const ContentLine& line : lines) {
    const std::string content = WithoutControls(line.text);
    absl::StrAppend(
        &text, line.Name() == "SUMMARY" ? WithPlainColons(content) : content,
        "\r\n");
  }
  return text;
}

std::optional<HolidayFile::Error> NotUtf8(
    const std::vector<ContentLine>& lines) {
  for (const ContentLine& line : lines) {
    if (!IsUtf8(line.text)) {
      return HolidayFile::Error{line.number,
                                "it is not UTF-8; save the file as UTF-8"};
    }
  }
  return std::nullopt;
}

bool IsBeginOfCalendar(const ContentLine& line) {
  return line.Name() == "BEGIN" &&
         absl::EqualsIgnoreCase(line.Value(), "VCALENDAR");
}

}  // namespace

HolidayFile ReadHolidayFile(std::string_view text, absl::CivilDay last_day) {
  // It is one for the whole process, and threads read files side by side.
  static std::once_flag errors_are_not_fatal;
  std::call_once(errors_are_not_fatal,
                 [] { icalerror_set_errors_are_fatal(0); });
  HolidayFile file;
  const std::vector<ContentLine> lines =
      ContentLines({text.data(), text.size()});
  if (const auto error = NotUtf8(lines); error) {
    file.errors.push_back(*error);
    return file;
  }
  if (std::none_of(lines.begin(), lines.end(), IsBeginOfCalendar)) {
    file.errors.push_back(
        {1,
         "it is not an iCalendar file, which begins with BEGIN:VCALENDAR "
         "and ends with END:VCALENDAR"});
    return file;
  }
  FileOutline outline = OutlineOf(lines);
  file.errors = std::move(outline.errors);
  if (!file.errors.empty()) return file;

  const std::unique_ptr<icalcomponent, FreeComponent> root(
      icalparser_parse_string(ForLibical(lines).c_str()));
  if (root == nullptr) {
    file.errors.push_back({1, "libical cannot read it"});
    return file;
  }
  FileReader(outline.events, last_day, file).Read(root.get());
  if (file.errors.empty() && file.holidays.empty()) {
    file.errors.push_back({1, "it lists no holiday"});
  }
  return file;
}

}  // namespace leadclock
