#include "app/scenario/read_expectations.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "app/scenario/entry.h"
#include "app/scenario/policy_names.h"
#include "app/scenario/words.h"

namespace leadclock {
namespace {

std::vector<absl::string_view> Views(const std::set<std::string>& words) {
  return {words.begin(), words.end()};
}

// Those that are of something else than a clock.
bool NeedsNoClock(v1::SlaEvent::Kind kind) {
  return kind == v1::SlaEvent::LEAD_OUTCOME || kind == v1::SlaEvent::TASK ||
         kind == v1::SlaEvent::RETIRED;
}

bool BeginsDetail(const Line& line) {
  for (const absl::string_view word :
       {"rung", "to", "due", "reason", "not", "notified", "until"}) {
    if (line.Peek() == word) return true;
  }
  return false;
}

void ReportUnknownFact(const Line& line) {
  std::vector<std::string> words = {kLeadReview};
  for (const absl::string_view word : kTaskWords) words.emplace_back(word);
  for (const v1::SlaEvent::Kind kind : AllKinds()) {
    words.push_back(KindWords(kind));
  }
  const std::vector<absl::string_view> known(words.begin(), words.end());
  const std::string two = absl::StrCat(line.Peek(), " ", line.Peek(1));
  const std::string said(line.Peek());
  if (said == "outcome") {
    line.Error("'outcome' is no fact; did you mean 'lead outcome'?");
  } else if (said.empty()) {
    line.Error(
        "what is expected then is missing; write it behind the time: "
        "met first_response");
  } else if (Nearest(said, known)) {
    line.Error(
        absl::StrCat(Quoted(said), " is no fact", DidYouMean(said, known)));
  } else if (Nearest(two, known)) {
    line.Error(
        absl::StrCat(Quoted(two), " is no fact", DidYouMean(two, known)));
  } else {
    line.Error(absl::StrCat(
        Quoted(said), " is no fact; known: ", absl::StrJoin(known, ", ")));
  }
}

// Whose task it is: a clock's, or a review's.
std::optional<FactName> ReadTaskName(Line& line, const PolicyNames& names,
                                     bool needs_clock, FactName name) {
  if (line.done() || BeginsDetail(line)) {
    if (!needs_clock) return name;
    line.Error(
        "of which clock, or of a review? Write: task opened "
        "first_response, or task opened review");
    return std::nullopt;
  }
  name.name = std::string(line.Take());
  if (name.name != "review" && !names.HasClock(name.name)) {
    line.ErrorBefore(names.NoClock(name.name));
  }
  return name;
}

// "breach first_response". Nothing, and reported, if no fact is meant.
std::optional<FactName> ReadName(Line& line, const PolicyNames& names,
                                 bool needs_clock) {
  FactName name;
  if (line.TakeIf(kLeadReview)) {
    name.kind = v1::SlaEvent::REVIEW;
    name.of_no_clock = true;
    return name;
  }
  for (const absl::string_view words : kTaskWords) {
    if (!line.TakeIf(words)) continue;
    name.kind = v1::SlaEvent::TASK;
    name.task = absl::StrReplaceAll(words, {{" ", "_"}});
    return ReadTaskName(line, names, needs_clock, name);
  }
  const std::string behind(line.Peek(1));
  if (line.Peek() == "task" && !names.HasClock(behind) && behind != "review") {
    const std::string said = absl::StrCat("task ", behind);
    line.Error(absl::StrCat(Quoted(said), " is no fact",
                            DidYouMean(said, kTaskWords)));
    return std::nullopt;
  }
  const std::vector<v1::SlaEvent::Kind>& kinds = AllKinds();
  const auto kind = std::find_if(
      kinds.begin(), kinds.end(),
      [&](v1::SlaEvent::Kind each) { return line.TakeIf(KindWords(each)); });
  if (kind == kinds.end()) {
    ReportUnknownFact(line);
    return std::nullopt;
  }
  name.kind = *kind;
  const bool has_clock = !NeedsNoClock(*kind);
  if (line.done() || BeginsDetail(line)) {
    if (has_clock && needs_clock) {
      line.Error(absl::StrCat("of which clock? Write its name behind ",
                              Quoted(KindWords(*kind))));
      return std::nullopt;
    }
    return name;
  }
  name.name = std::string(line.Take());
  if (has_clock && !names.HasClock(name.name)) {
    line.ErrorBefore(names.NoClock(name.name));
  }
  const bool is_outcome = *kind == v1::SlaEvent::LEAD_OUTCOME;
  if (is_outcome && !names.HasOutcome(name.name)) {
    line.ErrorBefore(names.NoOutcome(name.name));
  }
  return name;
}

// "ann", "manager mia", "nobody". Nothing, and `error` says why, if nobody can
// be meant.
std::optional<ExpectedRecipient> RecipientOf(absl::string_view text,
                                             const FactName& what,
                                             const PolicyNames& names,
                                             std::string& error) {
  std::vector<std::string> words =
      absl::StrSplit(text, ' ', absl::SkipWhitespace());
  if (words.empty()) {
    error = "a person is missing; write: to ann, mia, or to nobody";
    return std::nullopt;
  }
  if (std::find(words.begin() + 1, words.end(), "and") != words.end()) {
    error = "separate people by commas: to ann, bob";
    return std::nullopt;
  }
  ExpectedRecipient recipient;
  if (words.size() > 1) {
    recipient.role = words.front();
    words.erase(words.begin());
    if (!names.HasRole(recipient.role)) {
      error = names.NoRole(recipient.role);
      return std::nullopt;
    }
    if (what.kind == v1::SlaEvent::TASK) {
      error = absl::StrCat("a task tells its holder, and no role; write: to ",
                           absl::StrJoin(words, " "));
      return std::nullopt;
    }
  }
  recipient.id = absl::StrJoin(words, " ");
  if (recipient.id == "nobody") recipient.id.clear();
  return recipient;
}

class FactReader {
 public:
  FactReader(const PolicyNames& names, Scenario& scenario)
      : names_(names), scenario_(scenario) {}

  // What stands in a line after a time.
  std::optional<ExpectedFact> Read(absl::Time at, Entry& entry) {
    Line& line = entry.line;
    ExpectedFact fact;
    fact.line = line.number();
    fact.at = at;
    const auto name = ReadName(line, names_, /*needs_clock=*/true);
    if (!name) return std::nullopt;
    fact.what = *name;
    while (!line.done() && ReadDetail(line, fact)) {
    }
    line.NothingElse(
        "; behind the clock may stand: rung, to, due, reason, notified, not "
        "notified");
    ReadMore(entry.more, fact);
    return fact;
  }

 private:
  bool ReadDetail(Line& line, ExpectedFact& fact) {
    if (SaysAgain(line, fact)) return false;
    if (line.TakeIf("rung")) {
      if (line.done()) line.Error("which rung? Write its name");
      fact.rung = std::string(line.Take());
      CheckRung(fact, line);
    } else if (line.TakeIf("to")) {
      if (line.done()) line.Error("to whom? Write: to ann, mia");
      fact.to = ReadTo(line, fact.what);
    } else if (line.TakeIf("due none")) {
      fact.due = kNoDue;
    } else if (line.TakeIf("due")) {
      fact.due = ReadTime(line, scenario_.frame);
      return fact.due.has_value();
    } else if (line.TakeIf("reason")) {
      if (line.done()) line.Error("which reason? Write its name");
      fact.reason = std::string(line.Take());
    } else if (line.TakeIf("not notified")) {
      fact.notify = false;
    } else if (line.TakeIf("notified")) {
      fact.notify = true;
    } else {
      return false;
    }
    return true;
  }

  // Whether the next word says what was said before; reported.
  static bool SaysAgain(const Line& line, const ExpectedFact& fact) {
    const absl::string_view word = line.Peek();
    const bool is_twice =
        (word == "rung" && fact.rung) || (word == "to" && fact.to) ||
        (word == "due" && fact.due) || (word == "reason" && fact.reason);
    if (is_twice) {
      line.Error(absl::StrCat(Quoted(word), " is written twice"));
      return true;
    }
    const bool is_notify =
        word == "notified" || (word == "not" && line.Peek(1) == "notified");
    if (is_notify && fact.notify) {
      line.Error("whether somebody is notified is written twice");
      return true;
    }
    return false;
  }

  void CheckRung(const ExpectedFact& fact, const Line& line) const {
    const std::string& clock = fact.what.name;
    if (clock.empty() || !names_.HasClock(clock)) return;
    if (names_.HasRung(clock, *fact.rung)) return;
    if (*fact.rung == KindWords(*fact.what.kind)) return;
    line.ErrorBefore(names_.NoRung(clock, *fact.rung));
  }

  std::vector<ExpectedRecipient> ReadTo(Line& line,
                                        const FactName& what) const {
    std::string text;
    while (!line.done() && !BeginsDetail(line)) {
      absl::StrAppend(&text, text.empty() ? "" : " ", line.Take());
    }
    std::vector<ExpectedRecipient> to;
    for (const absl::string_view each : absl::StrSplit(text, ',')) {
      std::string error;
      const auto recipient = RecipientOf(each, what, names_, error);
      if (recipient) {
        to.push_back(*recipient);
      } else if (line.ok()) {
        line.ErrorBefore(error);
      }
    }
    return to;
  }

  void ReadMore(const YamlValue& more, ExpectedFact& fact) {
    if (more.present() && !more.IsMap()) {
      more.Error("behind the colon a map is expected, such as {owner: ann}");
      return;
    }
    for (const YamlField& field : more.Fields()) {
      const bool is_twice = (field.name == "to" && fact.to) ||
                            (field.name == "reason" && fact.reason) ||
                            (field.name == "rung" && fact.rung) ||
                            (field.name == "notify" && fact.notify) ||
                            (field.name == "due" && fact.due);
      if (is_twice) {
        field.key.Error(
            absl::StrCat(Quoted(field.name), " is said in the line already"));
      } else if (field.name == "to") {
        ReadTo(field.value, fact);
      } else if (field.name == "reason") {
        fact.reason = field.value.Text();
      } else {
        ReadExpectedField(field, *v1::SlaEvent::descriptor(), "a fact",
                          scenario_.frame, fact.fields);
      }
    }
  }

  void ReadTo(const YamlValue& value, ExpectedFact& fact) const {
    fact.to.emplace();
    for (const YamlValue& each : value.OneOrMore()) {
      const auto text = each.Text();
      std::string error;
      const auto recipient =
          RecipientOf(text.value_or(""), fact.what, names_, error);
      if (recipient) {
        fact.to->push_back(*recipient);
      } else if (text) {
        each.Error(error);
      }
    }
  }

  const PolicyNames& names_;
  Scenario& scenario_;
};

void Name(absl::Time time, Scenario& scenario) {
  scenario.last_named = std::max(scenario.last_named, time);
}

// When the first thing happens.
absl::Time FirstOf(const Scenario& scenario) {
  absl::Time first = absl::InfiniteFuture();
  for (const ScenarioRecord& record : scenario.records) {
    first =
        std::min(first, absl::FromUnixMillis(record.event.occurred_at_ms()));
  }
  return first;
}

// The end of a line that says what may not be.
void ReadUntil(Line& line, Scenario& scenario, NothingElse& nothing) {
  if (line.TakeIf("until")) {
    const auto until = ReadTime(line, scenario.frame);
    if (!until) return;
    nothing.until = *until;
    Name(*until, scenario);
    const absl::Time first = FirstOf(scenario);
    if (*until < first && first != absl::InfiniteFuture()) {
      line.ErrorBefore(
          absl::StrCat("nothing has happened by then; the first event is at ",
                       WriteTime(first, scenario.frame)));
    }
  }
  line.NothingElse();
}

// "nothing more of first_response until tue 18:00".
NothingElse ReadNothingMore(Line& line, const PolicyNames& names,
                            Scenario& scenario) {
  NothingElse nothing;
  if (line.TakeIf("of")) {
    if (line.done()) line.Error("of which clock? Write its name");
    std::string clock(line.Take());
    const bool is_list = absl::EndsWith(clock, ",") || line.Peek() == "and";
    if (is_list) {
      line.ErrorBefore("write one line for each clock");
    } else if (!clock.empty() && !names.HasClock(clock)) {
      line.ErrorBefore(names.NoClock(clock));
    }
    nothing.what.clock = std::move(clock);
  }
  ReadUntil(line, scenario, nothing);
  return nothing;
}

// Reports what is no clock, nor a field of the lead's status.
void ReportStanding(const YamlField& field, const PolicyNames& names) {
  std::set<std::string> known = names.clocks();
  known.insert("lead");
  const auto& status = *v1::LeadStatus::descriptor();
  for (int i = 0; i < status.field_count(); ++i) {
    known.insert(PlainName(*status.field(i)));
  }
  field.key.Error(absl::StrCat(Quoted(field.name),
                               " is no clock of the policy, nor anything else "
                               "that is known of a lead",
                               DidYouMean(field.name, Views(known))));
}

class StandingReader {
 public:
  StandingReader(const PolicyNames& names, Scenario& scenario)
      : names_(names), scenario_(scenario) {}

  void Read(const YamlValue& item) {
    std::optional<Entry> entry = ReadEntry(item);
    if (!entry) return;
    const auto time = ReadTime(entry->line, scenario_.frame);
    if (!time) return;
    entry->line.NothingElse();
    Name(*time, scenario_);
    ExpectedStanding standing;
    standing.line = entry->line.number();
    standing.at = *time;
    if (!entry->more.IsMap()) {
      entry->line.Error(
          "how the lead stands is missing; write it behind a "
          "colon: mon 09:08: {lead: at_risk}");
      return;
    }
    if (entry->more.Fields().empty()) SaysNothing(entry->more);
    for (const YamlField& field : entry->more.Fields()) {
      ReadField(field, standing);
    }
    scenario_.standings.push_back(std::move(standing));
  }

 private:
  void ReadField(const YamlField& field, ExpectedStanding& standing) {
    const auto& status = *v1::LeadStatus::descriptor();
    if (field.name == "lead") {
      standing.lead =
          ReadWord(field.value, "how a lead stands", StandingWords());
    } else if (names_.HasClock(field.name)) {
      ReadClock(field, standing);
    } else if (FindField(status, field.name) != nullptr) {
      ReadExpectedField(field, status, "the lead's status", scenario_.frame,
                        standing.fields);
    } else {
      ReportStanding(field, names_);
    }
  }

  static void SaysNothing(const YamlValue& value) {
    value.Error(
        "it says nothing; write how the lead or a clock stands, such as {lead: "
        "at_risk}");
  }

  void ReadClock(const YamlField& field, ExpectedStanding& standing) {
    const std::vector<std::string> words(std::begin(kClockWords),
                                         std::end(kClockWords));
    ExpectedStanding::Clock clock{.name = field.name, .is = ""};
    if (field.value.IsText()) {
      clock.is = ReadWord(field.value, "how a clock stands", words);
    } else {
      YamlMap map = field.value.Map("a clock");
      if (map.present() && map.empty()) SaysNothing(field.value);
      for (const YamlField& part : map.TakeAll()) {
        if (part.name == "is") {
          clock.is = ReadWord(part.value, "how a clock stands", words);
        } else {
          ReadExpectedField(part, *v1::LeadStatus::Clock::descriptor(),
                            "a clock", scenario_.frame, clock.fields);
        }
      }
    }
    standing.clocks.push_back(std::move(clock));
  }

  static std::string ReadWord(const YamlValue& value, absl::string_view what,
                              const std::vector<std::string>& words) {
    const std::string word = value.Text().value_or("");
    if (std::find(words.begin(), words.end(), word) != words.end()) {
      return word;
    }
    value.Error(absl::StrCat(
        Quoted(word), " is not ", what,
        DidYouMean(
            word, std::vector<absl::string_view>(words.begin(), words.end()))));
    return "";
  }

  const PolicyNames& names_;
  Scenario& scenario_;
};

std::optional<v1::SlaEvent::Form> ReadForm(Line& line) {
  if (line.TakeIf("said")) return v1::SlaEvent::SAID;
  if (line.TakeIf("retracted")) return v1::SlaEvent::RETRACTED;
  if (line.TakeIf("corrected")) return v1::SlaEvent::CORRECTED;
  return std::nullopt;
}

}  // namespace

void ReadExpect(const YamlValue& expect, Scenario& scenario) {
  if (!expect.present()) return;
  const PolicyNames names(scenario.policies());
  for (const YamlValue& item : expect.Items()) {
    std::optional<Entry> entry = ReadEntry(item);
    if (!entry) continue;
    Line& line = entry->line;
    const std::string text = line.text();
    std::optional<NothingElse> nothing;
    if (line.TakeIf("nothing more")) {
      nothing = ReadNothingMore(line, names, scenario);
    } else if (absl::EqualsIgnoreCase(line.Peek(), "nothing")) {
      line.Error("write: nothing more");
    } else if (line.TakeIf("no")) {
      if (const auto name = ReadName(line, names, /*needs_clock=*/false)) {
        nothing = NothingElse{.what = *name};
        ReadUntil(line, scenario, *nothing);
      }
    } else if (const auto at = ReadTime(line, scenario.frame)) {
      Name(*at, scenario);
      auto fact = FactReader(names, scenario).Read(*at, *entry);
      if (fact) scenario.expected.push_back(*std::move(fact));
    }
    if (!nothing) continue;
    nothing->line = line.number();
    nothing->text = text;
    scenario.nothing_else.push_back(*std::move(nothing));
  }
}

void ReadStandings(const YamlValue& at, Scenario& scenario) {
  if (!at.present()) return;
  const PolicyNames names(scenario.policies());
  for (const YamlValue& item : at.Items()) {
    StandingReader(names, scenario).Read(item);
  }
}

void ReadSequence(const YamlValue& sequence, Scenario& scenario) {
  if (!sequence.present()) return;
  const PolicyNames names(scenario.policies());
  scenario.sequence.emplace();
  for (const YamlValue& item : sequence.Items()) {
    std::optional<Entry> entry = ReadEntry(item);
    if (!entry) continue;
    Line& line = entry->line;
    if (scenario.sequence->is_all) {
      line.Error("'nothing more' stands last");
      continue;
    }
    if (line.TakeIf("nothing more")) {
      line.NothingElse();
      scenario.sequence->is_all = true;
      continue;
    }
    ExpectedSaying saying;
    auto form = ReadForm(line);
    if (!form) {
      saying.said_at = ReadTime(line, scenario.frame);
      if (!saying.said_at) continue;
      Name(*saying.said_at, scenario);
      form = ReadForm(line);
    }
    if (!form) {
      line.Error(
          "write said, retracted or corrected, and then a fact: said "
          "mon 09:15 breach first_response");
      continue;
    }
    saying.form = *form;
    const auto at = ReadTime(line, scenario.frame);
    if (!at) continue;
    Name(*at, scenario);
    auto fact = FactReader(names, scenario).Read(*at, *entry);
    if (!fact) continue;
    saying.fact = *std::move(fact);
    scenario.sequence->sayings.push_back(std::move(saying));
  }
}

}  // namespace leadclock
