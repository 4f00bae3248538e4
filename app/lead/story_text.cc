#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "app/lead/event_words.h"
#include "app/lead/local_time.h"
#include "app/lead/tell.h"
#include "processor/policy/describe.h"
#include "processor/policy/terminal_text.h"
#include "processor/policy/text_table.h"
#include "state/people.h"

namespace leadclock {
namespace {

// Also of what counts day and night.
constexpr absl::string_view kUtc = "UTC";

absl::Time InstantOf(const std::string& text) {
  absl::Time instant;
  std::string error;
  // Our own texts are always good instants.
  static_cast<void>(
      absl::ParseTime(absl::RFC3339_full, text, &instant, &error));
  return instant;
}

absl::TimeZone ZoneOf(const std::string& name) {
  absl::TimeZone zone;
  return absl::LoadTimeZone(name, &zone) ? zone : absl::UTCTimeZone();
}

std::string Local(absl::Time instant, absl::TimeZone zone) {
  return LocalTime(zone).Text(instant);
}
std::string Local(const std::string& instant, absl::TimeZone zone) {
  return instant.empty() ? "" : Local(InstantOf(instant), zone);
}

// The line without what is empty.
std::string Joined(std::vector<std::string> words, absl::string_view by) {
  std::erase(words, "");
  return absl::StrJoin(words, by);
}

std::string InBrackets(const std::string& text) {
  return text.empty() ? "" : absl::StrCat("(", text, ")");
}

// Of what may not be known; then it is empty.
std::string Ref(const std::string& source, const std::string& id) {
  const std::string ref = Joined({source, id}, " ");
  return ref.empty() ? "" : absl::StrCat("[", ref, "]");
}

std::string ToWhom(
    const google::protobuf::RepeatedPtrField<v1::LeadStory::Recipient>& to) {
  std::vector<Recipient> recipients;
  for (const v1::LeadStory::Recipient& each : to) {
    recipients.push_back({.role = each.role(),
                          .fell_to = each.fell_to(),
                          .id = PersonId(each.id())});
  }
  return recipients.empty() ? "" : absl::StrCat("to ", WhoIsTold(recipients));
}

// "crm e1"; "": none.
std::string NameOf(const v1::LeadStory::Ref& event) {
  return Joined({event.source(), event.id()}, " ");
}

// "by crm e1"; "": none.
std::string By(const v1::LeadStory::Ref& event) {
  const std::string ref = NameOf(event);
  return ref.empty() ? "" : absl::StrCat("by ", ref);
}

// Which leads a rule means; "": it is the only one.
std::string Because(const std::string& rule) {
  if (rule.empty()) return "";
  return rule == Words(Condition()) ? "because no other rule holds"
                                    : absl::StrCat("because ", rule);
}

// Under a heading, if there is anything.
void AppendPart(absl::string_view heading, const TextTable& table,
                size_t indent, std::string& text) {
  if (table.empty()) return;
  absl::StrAppend(&text, "\n", std::string(indent, ' '), heading, "\n",
                  table.Text(indent + 2));
}

// When its source recorded it, if that is another time than it happened; and
// when it reached the topic, if that was much later.
std::string WhenHeardOf(const v1::LeadStory::Event& event,
                        absl::TimeZone zone) {
  constexpr absl::Duration kMuch = absl::Minutes(1);
  const std::string& logged = event.logged_at();
  const std::string& recorded = event.recorded_at();
  const bool is_late =
      !recorded.empty() && InstantOf(recorded) - InstantOf(logged) > kMuch;
  return Joined(
      {logged.empty() || logged == event.happened_at()
           ? ""
           : absl::StrCat("logged ", Local(logged, zone)),
       is_late ? absl::StrCat("reached the topic ", Local(recorded, zone))
               : ""},
      ", ");
}

// Between the rows of two instants: if the clocks change there.
void AddChange(const std::string& before, const std::string& after,
               absl::TimeZone zone, TextTable& table) {
  if (before.empty() || after.empty()) return;
  const LocalTime local(zone);
  const auto change = local.ChangeBetween(InstantOf(before), InstantOf(after));
  if (change) {
    table.Add({local.TextOfEnd(*change), "", local.WordsOfChange(*change)});
  }
}

void AppendEvents(const v1::LeadStory& story, absl::TimeZone zone,
                  std::string& text) {
  TextTable table;
  std::string last;
  for (const v1::LeadStory::Event& event : story.events()) {
    AddChange(last, event.happened_at(), zone, table);
    last = event.happened_at();
    table.Add(
        {Local(event.happened_at(), zone), WhenHeardOf(event, zone),
         event.what(),
         // The last cell makes no column wider.
         Joined({Ref(event.source(), event.id()), InBrackets(event.note())},
                " ")});
  }
  AppendPart("What happened, in the order in which it counts:", table, 0, text);
}

// How long before or after due it was answered, by both ways of counting
// where they differ.
std::string HowLate(const std::string& open_time,
                    const std::string& wall_time) {
  if (wall_time.empty()) return "";
  if (wall_time == Words(absl::ZeroDuration())) return "exactly when due";
  const bool is_before = wall_time.front() == '-';
  const auto length = [](const std::string& signed_length) {
    return signed_length.substr(signed_length.front() == '-' ? 1 : 0);
  };
  const std::string when = is_before ? " before due" : " after due";
  if (open_time == wall_time) return length(wall_time) + when;
  return absl::StrCat(length(open_time), " of counted time", when, ", ",
                      length(wall_time), " on the wall");
}

// How long it is, in the largest unit of which there are two at least.
std::string AboutHowLong(absl::Duration length) {
  const int64_t hours = length / absl::Hours(1);
  constexpr int64_t kDay = 24;
  constexpr int64_t kMonth = 30 * kDay;
  if (hours >= 2 * kMonth) return absl::StrCat(hours / kMonth, " months");
  if (hours >= 2 * kDay) return absl::StrCat(hours / kDay, " days");
  return absl::StrCat(hours, " hours");
}

class ClockText {
 public:
  // `zone` is the lead's, of which the story has told, and that of a clock
  // that counts day and night.
  ClockText(const v1::LeadStory::Clock& clock, const v1::LeadStory& story,
            const StoryTextOptions& options, absl::TimeZone zone)
      : clock_(clock),
        story_(story),
        options_(options),
        main_zone_(zone),
        zone_(options.zone.value_or(
            clock.zone() == kUtc ? zone : ZoneOf(clock.zone()))) {}

  std::string Text() const {
    const std::string zone =
        zone_ == main_zone_
            ? zone_.name()
            : LocalTime(zone_).NameAt(InstantOf(clock_.started_at()));
    std::string text = absl::StrCat(
        "\nClock ", Printable(clock_.name()),
        clock_.cycle() > 1 ? absl::StrCat(", run ", clock_.cycle()) : "", ": ",
        clock_.verdict(), IsMissedAndOpen() ? ", and still open" : "",
        " (times of ", zone, ")\n");
    absl::StrAppend(&text, Facts().Text(2));
    AppendPart("How its time was counted:", Stretches(), 2, text);
    AppendPart("Its ladder:", Rungs(), 2, text);
    AppendPart("Its attempts:", Attempts(), 2, text);
    AppendPart("What did not answer it, and why:", Uncounted(), 2, text);
    return text;
  }

 private:
  bool IsMissedAndOpen() const {
    return clock_.ended_at().empty() && clock_.due_is_reached();
  }

  TextTable Facts() const {
    TextTable facts;
    facts.Add({"started", Local(clock_.started_at(), zone_), StartedBy()});
    facts.Add({"stops on", clock_.stops_on()});
    if (clock_.versions_size() > 1) {
      for (const v1::LeadStory::Version& version : clock_.versions()) {
        facts.Add({"judged by",
                   absl::StrCat("policy version ", version.policy_version()),
                   Joined({absl::StrCat("from ", Local(version.since(), zone_)),
                           DueThen(version)},
                          ", ")});
      }
    }
    AddTargets(facts);
    AddDue(facts);
    for (const v1::LeadStory::Version& version : clock_.versions_ahead()) {
      facts.Add({version.ends() ? "ends by" : "goes to",
                 absl::StrCat("policy version ", version.policy_version()),
                 Joined({absl::StrCat("at ", Local(version.since(), zone_)),
                         version.ends() ? "" : DueThen(version)},
                        ", ")});
    }
    AddEnd(facts);
    AddVerdicts(facts);
    return facts;
  }

  bool IsOfThis(const v1::LeadStory::Said& said) const {
    return said.clock() == clock_.name() &&
           (said.cycle() == 0 || said.cycle() == clock_.cycle()) &&
           InstantOf(said.emitted_at()) <= InstantOf(story_.as_of());
  }

  // What was said of its end, and what became of that.
  void AddVerdicts(TextTable& facts) const {
    for (const v1::LeadStory::Said& said : story_.said()) {
      constexpr std::array<absl::string_view, 5> kVerdicts = {
          "met", "missed", "stopped", "answered late", "closed"};
      const bool is_verdict = std::find(kVerdicts.begin(), kVerdicts.end(),
                                        said.what()) != kVerdicts.end();
      if (!is_verdict || !IsOfThis(said)) continue;
      facts.Add({"said", Local(said.emitted_at(), zone_),
                 Joined({said.what(), TakenBack(said)}, ", ")});
    }
  }

  std::string TakenBack(const v1::LeadStory::Said& said) const {
    for (const v1::LeadStory::Said& other : story_.said()) {
      const bool is_it = other.is_retraction() &&
                         other.corrects() == said.id() && IsOfThis(other);
      if (!is_it) continue;
      return Joined(
          {absl::StrCat("taken back ", Local(other.emitted_at(), zone_)),
           other.because().empty()
               ? ""
               : absl::StrCat("because of ", other.because())},
          " ");
    }
    return "";
  }

  std::string StartedBy() const {
    if (clock_.has_absorbed_by()) {
      return absl::StrCat("as the lead that ", NameOf(clock_.absorbed_by()),
                          " took over; before that ",
                          Local(clock_.began_at(), zone_), ", by ",
                          clock_.started_by());
    }
    if (!clock_.started_by_date().empty()) {
      return absl::StrCat(
          clock_.started_by_return() ? "as the lead came back on the date "
                                     : "because of the date ",
          clock_.started_by_date(), ", said by ", clock_.started_by());
    }
    if (clock_.started_by_clock().empty()) {
      return absl::StrCat("by ", clock_.started_by());
    }
    if (clock_.started_by_stop()) {
      return absl::StrCat("because ", clock_.started_by_clock(), " ended, by ",
                          clock_.started_by());
    }
    return clock_.started_by_miss()
               ? absl::StrCat("because ", clock_.started_by_clock(),
                              " was missed")
               : absl::StrCat("because ", clock_.started_by_clock(),
                              " was answered, by ", clock_.started_by());
  }

  std::string DueThen(const v1::LeadStory::Version& version) const {
    if (version.due().empty()) return "";
    if (version.due() == version.due_before()) return "due as before";
    return absl::StrCat("due then ", Local(version.due(), zone_));
  }

  // Those that differ from the one before.
  void AddTargets(TextTable& facts) const {
    std::vector<TextTable::Row> rows;
    std::vector<const v1::LeadStory::Target*> of;
    for (const v1::LeadStory::Target& target : clock_.targets()) {
      TextTable::Row row = {
          "target", target.target(),
          Joined({target.open_time().empty()
                      ? ""
                      : absl::StrCat(target.open_time(), " of open time"),
                  Because(target.rule()),
                  Joined({absl::StrCat("calendar ", target.calendar()),
                          Because(target.calendar_rule())},
                         " ")},
                 ", ")};
      if (!rows.empty() && rows.back() == row) continue;
      rows.push_back(row);
      of.push_back(&target);
    }
    for (size_t i = 0; i < rows.size(); ++i) {
      if (rows.size() > 1) {
        absl::StrAppend(&rows[i].back(), ", ", SinceWhen(*of[i]));
      }
      facts.Add(rows[i]);
    }
  }

  std::string SinceWhen(const v1::LeadStory::Target& target) const {
    return Joined({Joined({absl::StrCat("from ", Local(target.since(), zone_)),
                           By(target.by())},
                          " "),
                   target.due().empty()
                       ? ""
                       : absl::StrCat("due then ", Local(target.due(), zone_))},
                  ", ");
  }

  void AddDue(TextTable& facts) const {
    const bool is_open = clock_.ended_at().empty();
    if (!clock_.due().empty()) {
      facts.Add({"due", Local(clock_.due(), zone_),
                 clock_.due_is_reached() || !is_open
                     ? AtOnce()
                     : "if nothing changes it until then"});
    } else if (is_open && clock_.paused()) {
      facts.Add({"due", absl::StrCat("cannot be known while it is paused; ",
                                     clock_.counted(), " counted so far")});
    }
  }

  // Why it was due by what changed, and not as its time passed.
  std::string AtOnce() const {
    if (!clock_.has_due_at_once()) return "";
    const v1::LeadStory::DueAtOnce& at_once = clock_.due_at_once();
    const std::string already =
        absl::StrCat("at once: ", at_once.counted(), " was counted already ");
    if (at_once.changed() == "start") {
      return absl::StrCat(already, "with the lead that ", NameOf(at_once.by()),
                          " took over");
    }
    if (at_once.changed() == "version") {
      return absl::StrCat(already, "when a policy version took it over");
    }
    const auto& targets = clock_.targets();
    return Joined({already + "when the target became " +
                       (targets.empty() ? "" : targets.rbegin()->target()),
                   By(at_once.by())},
                  ", ");
  }

  // Of one that ended while nobody could know its due.
  std::string HowMuch() const {
    if (!clock_.due().empty() || clock_.targets().empty()) return "";
    const v1::LeadStory::Target& target = *clock_.targets().rbegin();
    return absl::StrCat(
        clock_.counted(), " of ",
        target.open_time().empty() ? target.target() : target.open_time(),
        " counted");
  }

  // Why it ended without an answer: "under review (flag), because ...".
  std::string WhyEnded() const {
    if (clock_.ended_as().empty()) return clock_.reason();
    return Joined({clock_.ended_as() + " " + InBrackets(clock_.reason()),
                   Because(clock_.ended_when())},
                  ", ");
  }

  void AddEnd(TextTable& facts) const {
    const std::string by = Joined(
        {clock_.ended_by_clock().empty()
             ? ""
             : absl::StrCat("because ", clock_.ended_by_clock(),
                            " was answered,"),
         clock_.ended_by().empty() ? ""
                                   : absl::StrCat("by ", clock_.ended_by())},
        " ");
    if (!clock_.answered_at().empty()) {
      facts.Add(
          {"answered", Local(clock_.answered_at(), zone_),
           Joined(
               {by,
                clock_.answered_before_at().empty()
                    ? ""
                    : absl::StrCat("which brought an answer of ",
                                   Local(clock_.answered_before_at(), zone_)),
                HowLate(clock_.overdue_open_time(), clock_.overdue_wall_time()),
                HowMuch()},
               ", ")});
    } else if (!clock_.ended_at().empty()) {
      facts.Add({"ended", Local(clock_.ended_at(), zone_),
                 Joined({WhyEnded(), by, HowMuch()}, ", ")});
    }
  }

  // A part of its life.
  struct Part {
    absl::Time from;
    absl::Time to;
    bool counted = false;
    std::string why;
  };

  // The parts of its life, cut where it fell due, and where the clocks change
  // while its time counts.
  std::vector<Part> Parts() const {
    std::vector<Part> parts;
    const LocalTime local(zone_);
    const absl::Time due = Due();
    for (const v1::LeadStory::Stretch& stretch : clock_.stretches()) {
      const absl::Time to = InstantOf(stretch.to());
      for (absl::Time from = InstantOf(stretch.from()); from < to;
           from = parts.back().to) {
        absl::Time end = from < due ? std::min(due, to) : to;
        if (stretch.counted()) {
          end = local.ChangeWithin(from, end).value_or(end);
        }
        parts.push_back({from, end, stretch.counted(), stretch.why()});
      }
    }
    return parts;
  }

  absl::Time Due() const {
    return clock_.due().empty() ? absl::InfiniteFuture()
                                : InstantOf(clock_.due());
  }

  // When something happened to the lead, a rung of the clock fired, or it
  // ended.
  std::set<absl::Time> Instants() const {
    std::set<absl::Time> instants;
    const auto add = [&](const std::string& at) {
      if (!at.empty()) instants.insert(InstantOf(at));
    };
    for (const v1::LeadStory::Event& event : story_.events()) {
      add(event.happened_at());
    }
    for (const v1::LeadStory::Rung& rung : clock_.rungs()) add(rung.at());
    add(clock_.ended_at());
    return instants;
  }

  // How many parts, from that one on, lie past due while nothing happens. Few
  // are worth their lines.
  static size_t Uneventful(const std::vector<Part>& parts, size_t first,
                           absl::Time due,
                           const std::set<absl::Time>& instants) {
    constexpr size_t kFew = 7;
    size_t end = first;
    for (; end < parts.size() && parts[end].from >= due; ++end) {
      // What happens at its very end begins the next one, unless it is the
      // clock's end, or that of what is told.
      const auto next = instants.lower_bound(parts[end].from);
      const bool is_last = end + 1 == parts.size();
      const bool happens =
          next != instants.end() &&
          (*next < parts[end].to || (is_last && *next == parts[end].to));
      const bool is_pause = absl::StartsWith(parts[end].why, "paused");
      // The one that begins when it is due says how it goes on from there.
      if (happens || is_pause || parts[end].from == due) break;
    }
    return end - first > kFew ? end - first : 0;
  }

  TextTable Stretches() const {
    const std::vector<Part> parts = Parts();
    const std::set<absl::Time> instants = Instants();
    const absl::Time due = Due();
    TextTable rows;
    rows.Add({"from", "until", "counted", "in all", ""});
    absl::Duration counted;
    for (size_t i = 0; i < parts.size(); ++i) {
      const size_t folded =
          options_.all ? 0 : Uneventful(parts, i, due, instants);
      if (folded > 0) {
        AddFolded(parts, i, folded, rows, counted);
        i += folded - 1;
      } else {
        AddPart(parts[i], due, rows, counted);
        if (i + 1 < parts.size()) AddChangeAt(parts[i].to, rows);
      }
    }
    return parts.empty() ? TextTable() : rows;
  }

  void AddPart(const Part& part, absl::Time due, TextTable& rows,
               absl::Duration& counted) const {
    const absl::Duration length = part.to - part.from;
    if (part.counted) counted += length;
    rows.Add({Local(part.from, zone_), LocalTime(zone_).TextOfEnd(part.to),
              part.counted ? Words(length) : "-", Words(counted),
              Joined({part.why, part.to == due ? "<- due" : ""}, "  ")});
  }

  // Between two parts.
  void AddChangeAt(absl::Time at, TextTable& rows) const {
    const LocalTime local(zone_);
    if (local.ChangeBetween(at - absl::Milliseconds(1), at)) {
      rows.Add({"", "", "", "", local.WordsOfChange(at)});
    }
  }

  void AddFolded(const std::vector<Part>& parts, size_t first, size_t count,
                 TextTable& rows, absl::Duration& counted) const {
    absl::Duration folded;
    for (size_t i = first; i < first + count; ++i) {
      if (parts[i].counted) folded += parts[i].to - parts[i].from;
    }
    counted += folded;
    const Part& last = parts[first + count - 1];
    rows.Add(
        {Local(parts[first].from, zone_), Local(last.to, zone_), Words(folded),
         Words(counted),
         Joined({absl::StrCat("... ", AboutHowLong(last.to - parts[first].from),
                              " more, in ", count, " parts"),
                 options_.how_to_see_all},
                "; ")});
  }

  TextTable Rungs() const {
    TextTable rungs;
    for (const v1::LeadStory::Rung& rung : clock_.rungs()) {
      rungs.Add(
          {rung.name(), rung.mark(),
           absl::StrCat(rung.action(), " ", rung.to()),
           rung.when().empty() ? "" : absl::StrCat("if ", rung.when()),
           Joined({rung.outcome(), Local(rung.at(), zone_)},
                  IsPassedOver(rung) ? ", " : " "),
           Joined({ToWhom(rung.recipients()), ByVersion(rung),
                   rung.recommended_action().empty()
                       ? ""
                       : absl::StrCat("\"", rung.recommended_action(), "\"")},
                  ", ")});
    }
    return rungs;
  }

  // Of those, the instant stands apart: they did nothing then.
  static bool IsPassedOver(const v1::LeadStory::Rung& rung) {
    return rung.outcome() != "fired" && rung.outcome() != "ahead";
  }

  // If it is not the one that judges the clock now.
  std::string ByVersion(const v1::LeadStory::Rung& rung) const {
    const auto& versions = clock_.versions();
    if (versions.empty() ||
        versions.rbegin()->policy_version() == rung.policy_version()) {
      return "";
    }
    return absl::StrCat("by policy version ", rung.policy_version());
  }

  TextTable Attempts() const {
    TextTable touches;
    for (const v1::LeadStory::Attempt& touch : clock_.attempts()) {
      touches.Add({Local(touch.at(), zone_),
                   Joined({touch.what(), Ref(touch.source(), touch.id())}, " "),
                   touch.why()});
    }
    return touches;
  }

  TextTable Uncounted() const {
    TextTable touches;
    for (const v1::LeadStory::Touch& touch : clock_.uncounted_touches()) {
      touches.Add({Local(touch.at(), zone_),
                   Joined({touch.what(), Ref(touch.source(), touch.id())}, " "),
                   touch.why()});
    }
    return touches;
  }

  const v1::LeadStory::Clock& clock_;
  const v1::LeadStory& story_;
  const StoryTextOptions& options_;
  const absl::TimeZone main_zone_;
  const absl::TimeZone zone_;
};

// Whether it was said later than the story is told as of.
bool IsSaidLater(const v1::LeadStory::Said& said, const v1::LeadStory& story) {
  return InstantOf(said.emitted_at()) > InstantOf(story.as_of());
}

// What was said, with what it takes back or mends.
class SaidText {
 public:
  SaidText(const v1::LeadStory& story, absl::TimeZone zone)
      : story_(story), zone_(zone) {
    for (const v1::LeadStory::Said& said : story_.said()) {
      numbers_[said.id()] = said.lead_seq();
    }
  }

  // Of those that were said by then, or later.
  TextTable Rows(bool later) const {
    TextTable table;
    for (const v1::LeadStory::Said& said : story_.said()) {
      if (IsSaidLater(said, story_) != later) continue;
      const std::string to = ToWhom(said.recipients());
      table.Add({absl::StrCat(said.lead_seq()),
                 Joined({said.clock(), said.rung()}, " "), said.what(),
                 absl::StrCat("of ", Local(said.at(), zone_)),
                 absl::StrCat("said ", Local(said.emitted_at(), zone_)),
                 Joined({Joined({Corrects(said), Changes(said)}, ": "),
                         IsTold(said) ? to : "",
                         said.notify() ? "" : "recorded, nobody told"},
                        "; ")});
    }
    return table;
  }

 private:
  static bool IsAmong(const std::string& word,
                      std::initializer_list<absl::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
  }

  // Whether it is news who is told.
  static bool IsTold(const v1::LeadStory::Said& said) {
    return said.notify() && said.changes().empty() && !said.is_retraction();
  }

  std::string Corrects(const v1::LeadStory::Said& said) const {
    if (said.corrects().empty()) return "";
    const auto number = numbers_.find(said.corrects());
    const std::string what = number == numbers_.end()
                                 ? "what is not on record here"
                                 : absl::StrCat(number->second);
    if (!said.is_retraction()) return absl::StrCat("mends ", what);
    return absl::StrCat("takes back ", what,
                        said.because().empty()
                            ? ""
                            : absl::StrCat(" because of ", said.because()));
  }

  std::string Changes(const v1::LeadStory::Said& said) const {
    return absl::StrJoin(
        said.changes(), "; ",
        [this](std::string* out, const v1::LeadStory::Change& change) {
          const std::string& what = change.what();
          const bool is_instant =
              IsAmong(what, {"due", "answered", "started", "task's due"});
          const bool is_person =
              IsAmong(what, {"owner", "backup", "manager", "recipients",
                             "responsible", "task's owner"});
          const auto value = [&](const std::string& text) {
            if (text.empty()) return std::string(is_person ? "nobody" : "none");
            return is_instant ? Local(text, zone_) : text;
          };
          absl::StrAppend(out, what == "recipients" ? "to" : what, " ",
                          value(change.to()));
          // Of a due that changed, it may not be known.
          if (what == "due" && change.from().empty()) return;
          absl::StrAppend(out, ", was ", value(change.from()));
        });
  }

  const v1::LeadStory& story_;
  const absl::TimeZone zone_;
  std::map<std::string, int64_t> numbers_;
};

// The first one that people live by.
std::string MainZoneOf(const v1::LeadStory& story) {
  for (const v1::LeadStory::Clock& clock : story.clocks()) {
    if (clock.zone() != kUtc) return clock.zone();
  }
  return std::string(kUtc);
}

std::string StateOfUnborn(const v1::LeadStory& story) {
  return story.is_forgotten() ? "its history is no longer on record"
                              : "not created yet";
}

// "excluded: existing_customer, because ..., since ... by crm e1".
std::string EligibilityText(const v1::LeadStory& story, absl::TimeZone zone) {
  if (story.eligibility().empty()) return StateOfUnborn(story);
  const std::string what =
      Joined({story.eligibility(), story.eligibility_reason()}, ": ");
  if (story.eligibility_reason().empty()) return what;
  return Joined(
      {what, Because(story.eligibility_when()),
       Joined({absl::StrCat("since ", Local(story.eligibility_since(), zone)),
               By(story.eligibility_by())},
              " ")},
      ", ");
}

TextTable NotStarted(const v1::LeadStory& story, absl::TimeZone zone) {
  TextTable clocks;
  for (const v1::LeadStory::NotStarted& clock : story.not_started()) {
    clocks.Add({clock.clock(), Local(clock.at(), zone), By(clock.by()),
                absl::StrCat("it is for others only: ", clock.when())});
  }
  return clocks;
}

TextTable Outcomes(const v1::LeadStory& story, absl::TimeZone zone) {
  TextTable outcomes;
  for (const v1::LeadStory::Outcome& outcome : story.outcomes()) {
    outcomes.Add(
        {Local(outcome.at(), zone),
         absl::StrCat(outcome.kind(), " ", outcome.name()),
         Joined({By(outcome.by()), ToWhom(outcome.recipients())}, ", ")});
  }
  return outcomes;
}

// Whether it tells of what nobody could know as of then.
bool HasWhatCameLater(const v1::LeadStory& story) {
  return std::any_of(story.events().begin(), story.events().end(),
                     [](const auto& event) { return event.known_later(); }) ||
         std::any_of(
             story.said().begin(), story.said().end(),
             [&](const auto& said) { return IsSaidLater(said, story); });
}

// By what was known when it is told.
std::string KnownText(const v1::LeadStory& story, absl::TimeZone zone,
                      const StoryTextOptions& options) {
  if (story.known_at() == story.as_of()) return "by what was known then\n";
  if (!story.known_at().empty()) {
    return absl::StrCat("by what was known ", Local(story.known_at(), zone),
                        "\n");
  }
  if (!HasWhatCameLater(story)) return "";
  return absl::StrCat(Joined({"by all that is known now, also what became "
                              "known after then",
                              options.how_to_see_known},
                             "; "),
                      "\n");
}

std::string AgreementText(const v1::LeadStory& story) {
  if (story.agrees()) return "\nWhat was said agrees with this story.\n";
  if (story.differences().empty()) return "";
  std::string text = "\nWhat was said does not agree with this story:\n";
  for (const std::string& difference : story.differences()) {
    absl::StrAppend(&text, "  ", Printable(difference), "\n");
  }
  return text;
}

}  // namespace

std::string StoryText(const v1::LeadStory& story,
                      const StoryTextOptions& options) {
  const absl::TimeZone zone = options.zone.value_or(ZoneOf(MainZoneOf(story)));
  std::string text = absl::StrCat(
      "Lead ", Printable(story.lead_id()), " as of ",
      Local(story.as_of(), zone), " (",
      LocalTime(zone).NameAt(InstantOf(story.as_of())), "), by policy version ",
      story.policy_version(), "\n", KnownText(story, zone, options),
      Printable(EligibilityText(story, zone)), "\n");
  for (const std::string& gap : story.gaps()) {
    absl::StrAppend(&text, "Not whole: ", Printable(gap), "\n");
  }
  AppendEvents(story, zone, text);
  for (const v1::LeadStory::Clock& clock : story.clocks()) {
    absl::StrAppend(&text, ClockText(clock, story, options, zone).Text());
  }
  AppendPart("Clocks that did not start:", NotStarted(story, zone), 0, text);
  AppendPart("What became of it:", Outcomes(story, zone), 0, text);
  const SaidText said(story, zone);
  AppendPart("What Leadclock said of it:", said.Rows(false), 0, text);
  AppendPart("Said after then:", said.Rows(true), 0, text);
  absl::StrAppend(&text, AgreementText(story));
  return text;
}

}  // namespace leadclock
