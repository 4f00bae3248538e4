#include "app/lead/clock_text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "app/lead/event_words.h"
#include "app/lead/local_time.h"
#include "app/lead/story_words.h"
#include "processor/policy/describe.h"
#include "processor/policy/terminal_text.h"
#include "processor/policy/text_table.h"

namespace leadclock {
namespace {

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

class Page {
 public:
  Page(const v1::LeadStory::Clock& clock, const v1::LeadStory& story,
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

  // Also after the time of which the story tells: by all that is known now it
  // may be other than what was said.
  std::string TakenBack(const v1::LeadStory::Said& said) const {
    for (const v1::LeadStory::Said& other : story_.said()) {
      if (!other.is_retraction() || other.corrects() != said.id()) continue;
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
                          NameOf(clock_.started_by()));
    }
    if (!clock_.started_by_date().empty()) {
      return absl::StrCat(
          clock_.started_by_return() ? "as the lead came back on the date "
                                     : "because of the date ",
          clock_.started_by_date(), ", said by ", NameOf(clock_.started_by()));
    }
    if (clock_.started_by_clock().empty()) {
      return absl::StrCat("by ", NameOf(clock_.started_by()));
    }
    if (clock_.started_by_stop()) {
      return absl::StrCat("because ", clock_.started_by_clock(), " ended, by ",
                          NameOf(clock_.started_by()));
    }
    return clock_.started_by_miss()
               ? absl::StrCat("because ", clock_.started_by_clock(),
                              " was missed")
               : absl::StrCat("because ", clock_.started_by_clock(),
                              " was answered, by ",
                              NameOf(clock_.started_by()));
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

  std::string EndedBy() const {
    return clock_.ended_by_version() == 0
               ? By(clock_.ended_by())
               : absl::StrCat("by policy version ", clock_.ended_by_version());
  }

  void AddEnd(TextTable& facts) const {
    const std::string by =
        Joined({clock_.ended_by_clock().empty()
                    ? ""
                    : absl::StrCat("because ", clock_.ended_by_clock(),
                                   " was answered,"),
                EndedBy()},
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

}  // namespace

std::string ClockText(const v1::LeadStory::Clock& clock,
                      const v1::LeadStory& story,
                      const StoryTextOptions& options, absl::TimeZone zone) {
  return Page(clock, story, options, zone).Text();
}

}  // namespace leadclock
