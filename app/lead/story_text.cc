#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "app/lead/clock_text.h"
#include "app/lead/local_time.h"
#include "app/lead/story_words.h"
#include "app/lead/tell.h"
#include "processor/policy/terminal_text.h"
#include "processor/policy/text_table.h"

namespace leadclock {
namespace {

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
                         said.is_retraction() ? "" : BecauseOf(said),
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

  static std::string BecauseOf(const v1::LeadStory::Said& said) {
    return said.because().empty() ? ""
                                  : absl::StrCat("because of ", said.because());
  }

  std::string Corrects(const v1::LeadStory::Said& said) const {
    if (said.corrects().empty()) return "";
    const auto number = numbers_.find(said.corrects());
    const std::string what = number == numbers_.end()
                                 ? "what is not on record here"
                                 : absl::StrCat(number->second);
    if (!said.is_retraction()) return absl::StrCat("mends ", what);
    return Joined({absl::StrCat("takes back ", what), BecauseOf(said)}, " ");
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

std::string ForetoldText(const v1::LeadStory& story, absl::TimeZone zone) {
  const std::string from = Local(story.foretold_from(), zone);
  return from.empty() ? "" : absl::StrCat("from ", from, " on foretold\n");
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

std::string DifferenceText(const v1::LeadStory::Difference& difference,
                           absl::TimeZone zone) {
  const std::string number =
      difference.lead_seq() == 0 ? "" : absl::StrCat(difference.lead_seq());
  const std::string begun = Joined({"begun", By(difference.started_by())}, " ");
  return absl::StrCat(
      Joined({number, difference.what()}, " "), ": ",
      Joined({difference.clock(), difference.rung(), "of",
              Local(difference.at(), zone)},
             " "),
      By(difference.started_by()).empty() ? "" : absl::StrCat(", ", begun));
}

std::string AgreementText(const v1::LeadStory& story, absl::TimeZone zone) {
  if (!story.not_compared().empty()) {
    return absl::StrCat("\nWhat was said was not compared with this story: ",
                        Printable(absl::StrJoin(story.not_compared(), "; ")),
                        ".\n");
  }
  if (story.agrees()) {
    std::string text = story.said().empty()
                           ? "\nNothing was said, which agrees with this story"
                           : "\nWhat was said agrees with this story";
    for (const std::string& but : story.agrees_but()) {
      absl::StrAppend(&text, ", ", Printable(but));
    }
    return absl::StrCat(text, ".\n");
  }
  if (story.differences().empty()) return "";
  std::string text = "\nWhat was said does not agree with this story:\n";
  for (const v1::LeadStory::Difference& difference : story.differences()) {
    absl::StrAppend(&text, "  ", Printable(DifferenceText(difference, zone)),
                    "\n");
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
      ForetoldText(story, zone), Printable(EligibilityText(story, zone)), "\n");
  for (const std::string& gap : story.gaps()) {
    absl::StrAppend(&text, "Not whole: ", Printable(gap), "\n");
  }
  AppendEvents(story, zone, text);
  for (const v1::LeadStory::Clock& clock : story.clocks()) {
    absl::StrAppend(&text, ClockText(clock, story, options, zone));
  }
  AppendPart("Clocks that did not start:", NotStarted(story, zone), 0, text);
  AppendPart("What became of it:", Outcomes(story, zone), 0, text);
  const SaidText said(story, zone);
  AppendPart("What Leadclock said of it:", said.Rows(false), 0, text);
  AppendPart("Said after then:", said.Rows(true), 0, text);
  absl::StrAppend(&text, AgreementText(story, zone));
  return text;
}

}  // namespace leadclock
