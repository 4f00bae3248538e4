#include "app/scenario/read_expectations.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "app/scenario/entry.h"
#include "app/scenario/words.h"

namespace leadclock {
namespace {

std::vector<absl::string_view> Views(const std::set<std::string>& words) {
  return {words.begin(), words.end()};
}

// What the versions of the policy call things.
class Names {
 public:
  explicit Names(const PolicyBook& policies) {
    for (const Policy& policy : policies.versions()) {
      for (const ClockRule& clock : policy.clocks) {
        clocks_.insert(clock.name);
        for (const Rung& rung : clock.ladder) {
          rungs_.emplace(clock.name, rung.name);
        }
      }
    }
  }

  const std::set<std::string>& clocks() const { return clocks_; }
  bool HasClock(const std::string& name) const {
    return clocks_.contains(name);
  }
  std::string NoClock(const std::string& name) const {
    return absl::StrCat(Quoted(name), " is no clock of the policy",
                        DidYouMean(name, Views(clocks_)));
  }
  // Whether the clock has, in some version, such a rung; or any clock, if none
  // is named.
  bool HasRung(const std::string& clock, const std::string& name) const {
    return RungsOf(clock).contains(name);
  }
  std::string NoRung(const std::string& clock, const std::string& name) const {
    const std::set<std::string> known = RungsOf(clock);
    return absl::StrCat(Quoted(name), " is no rung of ", clock,
                        DidYouMean(name, Views(known)));
  }

 private:
  std::set<std::string> RungsOf(const std::string& clock) const {
    std::set<std::string> known;
    for (const auto& [of, rung] : rungs_) {
      if (clock.empty() || of == clock) known.insert(rung);
    }
    return known;
  }

  std::set<std::string> clocks_;
  std::set<std::pair<std::string, std::string>> rungs_;
};

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
  if (said.empty()) {
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
std::optional<FactName> ReadTaskName(Line& line, const Names& names,
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
std::optional<FactName> ReadName(Line& line, const Names& names,
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
  return name;
}

// "ann", "manager mia", "nobody".
ExpectedRecipient RecipientOf(absl::string_view text) {
  std::vector<std::string> words =
      absl::StrSplit(text, ' ', absl::SkipWhitespace());
  ExpectedRecipient recipient;
  if (words.size() > 1) {
    recipient.role = words.front();
    words.erase(words.begin());
  }
  recipient.id = absl::StrJoin(words, " ");
  if (recipient.id == "nobody") recipient.id.clear();
  return recipient;
}

class FactReader {
 public:
  FactReader(const Names& names, Scenario& scenario)
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
        "; behind the clock may stand: rung, to, due, reason, not notified");
    ReadMore(entry.more, fact);
    return fact;
  }

 private:
  bool ReadDetail(Line& line, ExpectedFact& fact) {
    if (line.TakeIf("rung")) {
      if (line.done()) line.Error("which rung? Write its name");
      fact.rung = std::string(line.Take());
      CheckRung(fact, line);
    } else if (line.TakeIf("to")) {
      if (line.done()) line.Error("to whom? Write: to ann, mia");
      fact.to = ReadTo(line);
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

  void CheckRung(const ExpectedFact& fact, const Line& line) const {
    const std::string& clock = fact.what.name;
    if (clock.empty() || !names_.HasClock(clock)) return;
    if (names_.HasRung(clock, *fact.rung)) return;
    if (*fact.rung == KindWords(*fact.what.kind)) return;
    line.ErrorBefore(names_.NoRung(clock, *fact.rung));
  }

  static std::vector<ExpectedRecipient> ReadTo(Line& line) {
    std::string text;
    while (!line.done() && !BeginsDetail(line)) {
      absl::StrAppend(&text, text.empty() ? "" : " ", line.Take());
    }
    std::vector<ExpectedRecipient> to;
    for (const absl::string_view each : absl::StrSplit(text, ',')) {
      to.push_back(RecipientOf(each));
    }
    return to;
  }

  void ReadMore(const YamlValue& more, ExpectedFact& fact) {
    if (more.present() && !more.IsMap()) {
      more.Error("behind the colon a map is expected, such as {owner: ann}");
      return;
    }
    for (const YamlField& field : more.Fields()) {
      if (field.name == "to") {
        fact.to.emplace();
        for (const YamlValue& each : field.value.OneOrMore()) {
          fact.to->push_back(RecipientOf(each.Text().value_or("")));
        }
      } else if (field.name == "reason") {
        fact.reason = field.value.Text();
      } else {
        ReadExpectedField(field, *v1::SlaEvent::descriptor(), "a fact",
                          scenario_.frame, fact.fields);
      }
    }
  }

  const Names& names_;
  Scenario& scenario_;
};

void Name(absl::Time time, Scenario& scenario) {
  scenario.last_named = std::max(scenario.last_named, time);
}

// The end of a line that says what may not be.
void ReadUntil(Line& line, Scenario& scenario, NothingElse& nothing) {
  if (line.TakeIf("until")) {
    const auto until = ReadTime(line, scenario.frame);
    if (!until) return;
    nothing.until = *until;
    Name(*until, scenario);
  }
  line.NothingElse();
}

// "nothing more of first_response until tue 18:00".
NothingElse ReadNothingMore(Line& line, const Names& names,
                            Scenario& scenario) {
  NothingElse nothing;
  if (line.TakeIf("of")) {
    if (line.done()) line.Error("of which clock? Write its name");
    nothing.what.name = std::string(line.Take());
    if (!nothing.what.name.empty() && !names.HasClock(nothing.what.name)) {
      line.ErrorBefore(names.NoClock(nothing.what.name));
    }
  }
  ReadUntil(line, scenario, nothing);
  return nothing;
}

// Reports what is no clock, nor a field of the lead's status.
void ReportStanding(const YamlField& field, const Names& names) {
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
  StandingReader(const Names& names, Scenario& scenario)
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

  void ReadClock(const YamlField& field, ExpectedStanding& standing) {
    const std::vector<std::string> words(std::begin(kClockWords),
                                         std::end(kClockWords));
    ExpectedStanding::Clock clock{.name = field.name, .is = ""};
    if (field.value.IsText()) {
      clock.is = ReadWord(field.value, "how a clock stands", words);
    } else {
      YamlMap map = field.value.Map("a clock");
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

  const Names& names_;
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
  const Names names(scenario.policies());
  for (const YamlValue& item : expect.Items()) {
    std::optional<Entry> entry = ReadEntry(item);
    if (!entry) continue;
    Line& line = entry->line;
    const std::string text = line.text();
    std::optional<NothingElse> nothing;
    if (line.TakeIf("nothing more")) {
      nothing = ReadNothingMore(line, names, scenario);
    } else if (line.Peek() == "nothing") {
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
  const Names names(scenario.policies());
  for (const YamlValue& item : at.Items()) {
    StandingReader(names, scenario).Read(item);
  }
}

void ReadSequence(const YamlValue& sequence, Scenario& scenario) {
  if (!sequence.present()) return;
  const Names names(scenario.policies());
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
