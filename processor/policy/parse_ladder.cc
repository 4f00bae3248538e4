#include "processor/policy/parse_ladder.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "processor/policy/changed_decisions.h"
#include "processor/policy/describe.h"
#include "processor/policy/duration.h"
#include "processor/policy/parse_rules.h"
#include "processor/policy/parse_words.h"
#include "processor/policy/targets_for.h"

namespace leadclock {
namespace {

constexpr char kAtRisk[] = "at_risk";
constexpr char kAcknowledge[] = "acknowledge";
constexpr int kAtRiskPercent = 80;

// Marks.

constexpr DurationWords kMarkWords = {
    .what = "a mark",
    .forms =
        "write 10m, 50%, due, due - 5m, due + 5m, 24h wall or due + 1h wall"};

absl::StatusOr<Mark> ParsePlainMark(absl::string_view text);

std::optional<int> Percent(absl::string_view text) {
  int percent = 0;
  if (!absl::ConsumeSuffix(&text, "%") || !absl::SimpleAtoi(text, &percent) ||
      percent < 1 || percent > 100) {
    return std::nullopt;
  }
  return percent;
}

// "due", "due + 5m", "due - 5m"; `after_due` is what follows the word.
absl::StatusOr<Mark> MarkFromDue(absl::string_view after_due) {
  Mark mark;
  mark.from = Mark::From::kAfterDue;
  after_due = absl::StripAsciiWhitespace(after_due);
  if (after_due.empty()) return mark;

  const bool is_before = absl::ConsumePrefix(&after_due, "-");
  if (!is_before && !absl::ConsumePrefix(&after_due, "+")) {
    return absl::InvalidArgumentError(
        absl::StrCat("'due' is followed by '+' or '-', not ", Quoted(after_due),
                     "; write due, due + 5m or due - 5m"));
  }
  const absl::StatusOr<absl::Duration> length =
      ParseDuration(absl::StripLeadingAsciiWhitespace(after_due));
  if (!length.ok()) return length.status();
  mark.length = *length;
  // "due - 0m" is due, and not before it.
  if (is_before && mark.length > absl::ZeroDuration()) {
    mark.from = Mark::From::kBeforeDue;
  }
  return mark;
}

// "24h wall", "due + 1h wall"; `counted` is what stands before that word.
absl::StatusOr<Mark> WallMark(absl::string_view text,
                              absl::string_view counted) {
  absl::StatusOr<Mark> mark = ParsePlainMark(counted);
  if (!mark.ok()) return mark;
  const bool may_be =
      mark->from == Mark::From::kStart || mark->from == Mark::From::kAfterDue;
  if (!may_be) {
    return absl::InvalidArgumentError(absl::StrCat(
        Quoted(text),
        " is no mark: 'wall' time is counted on from the start or from due; "
        "write 24h wall or due + 1h wall"));
  }
  if (mark->length == absl::ZeroDuration()) {
    return absl::InvalidArgumentError(
        absl::StrCat(Quoted(text), " is no later on the wall; write ",
                     Quoted(absl::StripAsciiWhitespace(counted))));
  }
  mark->wall = true;
  return mark;
}

absl::StatusOr<Mark> ParsePlainMark(absl::string_view text) {
  absl::string_view counted = text;
  if (absl::ConsumeSuffix(&counted, "wall")) {
    return WallMark(text, absl::StripTrailingAsciiWhitespace(counted));
  }
  if (absl::ConsumePrefix(&text, "due")) return MarkFromDue(text);
  if (absl::EndsWith(text, "%")) {
    const std::optional<int> percent = Percent(text);
    if (percent.has_value()) {
      return Mark{Mark::From::kShare, absl::ZeroDuration(), *percent};
    }
    return absl::InvalidArgumentError(absl::StrCat(
        Quoted(text),
        " is not a share of the target; write a whole number from 1% to 100%, "
        "or due + 5m for what comes after"));
  }
  const absl::StatusOr<absl::Duration> length = ParseDuration(text, kMarkWords);
  if (!length.ok()) return length.status();
  return Mark{Mark::From::kStart, *length, 0};
}

// Without the words by which marks are told: "after 24h on the wall", "at 80%
// of the target".
std::string WithoutSmallWords(absl::string_view text) {
  std::vector<absl::string_view> words =
      absl::StrSplit(text, ' ', absl::SkipEmpty());
  const std::set<absl::string_view> small = {
      "after", "at", "when", "on", "of", "the", "target", "clock", "time"};
  std::erase_if(words,
                [&](absl::string_view word) { return small.contains(word); });
  return absl::StrJoin(words, " ");
}

// What is meant by "5m after due" and the like; "" if that cannot be guessed.
std::string MeantMark(absl::string_view text) {
  std::vector<std::string> guesses;
  for (const auto& [words, sign] :
       {std::pair(" after due", " + "), std::pair(" before due", " - ")}) {
    absl::string_view length = text;
    if (absl::ConsumeSuffix(&length, words)) {
      guesses.push_back(absl::StrCat("due", sign, WithoutSmallWords(length)));
      guesses.push_back(absl::StrCat("due", sign, MeantDuration(length)));
    }
  }
  for (const auto& [words, sign] :
       {std::pair("+", " + "), std::pair("-", " - "), std::pair("plus", " + "),
        std::pair("minus", " - ")}) {
    absl::string_view length = text;
    if (!absl::ConsumePrefix(&length, "due")) break;
    length = absl::StripLeadingAsciiWhitespace(length);
    if (absl::ConsumePrefix(&length, words)) {
      length = absl::StripAsciiWhitespace(length);
      guesses.push_back(absl::StrCat("due", sign, length));
      guesses.push_back(absl::StrCat("due", sign, MeantDuration(length)));
    }
  }
  guesses.push_back(WithoutSmallWords(text));
  for (const std::string& guess : guesses) {
    if (ParsePlainMark(guess).ok()) return guess;
  }
  const bool is_word = std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalpha(static_cast<unsigned char>(c));
  });
  return is_word && Nearest(text, {"due"}) ? "due" : "";
}

absl::StatusOr<Mark> ParseMark(absl::string_view text) {
  absl::StatusOr<Mark> mark = ParsePlainMark(text);
  if (mark.ok()) return mark;
  if (int number = 0; absl::SimpleAtoi(text, &number) && number >= 1) {
    const bool may_be_share = number <= 100;
    return absl::InvalidArgumentError(
        absl::StrCat(Quoted(text), " has no unit; write ", number,
                     may_be_share ? "m, " : "m or ", number, "h",
                     may_be_share ? absl::StrCat(" or ", number, "%") : ""));
  }
  const std::string meant = MeantMark(text);
  if (meant.empty()) return mark;
  return absl::InvalidArgumentError(absl::StrCat(
      Quoted(text), " is not a mark; did you mean ", Quoted(meant), "?"));
}

}  // namespace

std::optional<Mark> ReadMark(const YamlValue& value) {
  if (value.IsMap()) {
    value.Error(absl::StrCat("a mark is a text; ", kMarkWords.forms));
    return std::nullopt;
  }
  const std::optional<std::string> text = value.Text();
  if (!text.has_value()) return std::nullopt;
  const absl::StatusOr<Mark> mark = ParseMark(*text);
  if (mark.ok()) return *mark;
  value.Error(mark.status().message());
  return std::nullopt;
}

// Rungs.

std::optional<RungAction> ReadRungAction(const YamlValue& value) {
  return value.OneOf<RungAction>(
      "an action",
      {{"remind", RungAction::kRemind},
       {"warn", RungAction::kWarn},
       {"breach", RungAction::kBreach},
       {"escalate", RungAction::kEscalate},
       {"reassign", RungAction::kReassign},
       {"request_alternate_owner", RungAction::kRequestAlternateOwner},
       {"review", RungAction::kReview},
       {"set_priority", RungAction::kSetPriority}});
}

namespace {

// The rung; without a name, if the file gives it none. Nothing if it is not
// understood what it does.
std::optional<Rung> ReadRung(const YamlValue& value, const LadderClock& clock,
                             const Glossary& glossary) {
  YamlMap fields = value.Map("a rung");
  Rung rung;
  rung.mark = ReadMark(fields.Required("at")).value_or(Mark{});
  const std::optional<RungAction> action =
      ReadRungAction(fields.Required("do"));
  const bool sets_priority = action == RungAction::kSetPriority;
  const YamlValue to =
      sets_priority ? fields.Optional("to") : fields.Required("to");
  rung.to = ReadRecipients(to, glossary.roles);
  rung.name = ReadName(fields.Optional("name")).value_or("");
  const YamlValue when = fields.Optional("when");
  rung.when = ReadCondition(when, &glossary);
  CheckMayFire(when, rung, clock.name, clock.runs, glossary);
  rung.recommended_action =
      ReadWords(fields.Optional("recommended_action"), "Call now");
  if (sets_priority) {
    rung.priority = ReadWords(fields.Required("priority"), "high");
  } else {
    fields.Refuse("priority", "only a rung that does 'set_priority' has one");
  }
  fields.Refuse("remove",
                "'remove' takes a rung of the base's ladder out, and there is "
                "none beneath this one; leave it out");
  fields.NothingElse();
  if (!action.has_value()) return std::nullopt;

  rung.action = *action;
  if (rung.action == RungAction::kReassign && rung.to.size() > 1) {
    to.Error("a lead is reassigned to one person; write one recipient");
  }
  return rung;
}

using Targets = std::vector<Target>;

// A clock that is due is not at risk any more.
bool IsBeforeDue(const Mark& mark) {
  return mark.from != Mark::From::kAfterDue &&
         !(mark.from == Mark::From::kShare && mark.percent == 100);
}

// Whether a mark before due is reached before it is due, with some target. How
// much a target in days is shows when the clock starts.
bool IsReached(const Mark& mark, const Targets& targets) {
  const bool counts = mark.from == Mark::From::kStart && !mark.wall;
  const absl::Duration least = counts ? mark.length : absl::ZeroDuration();
  return targets.empty() ||
         std::any_of(targets.begin(), targets.end(),
                     [least](const Target& target) {
                       return target.kind != Target::Kind::kOpenTime ||
                              least < target.length;
                     });
}

// Why a warning at this mark could never fire; "" if it can.
std::string WhyNeverWarns(const Mark& mark, const Targets& targets) {
  if (!IsBeforeDue(mark)) {
    return "a clock that is due is not at risk any more; write a mark before "
           "due, such as 80% or due - 5m";
  }
  if (IsReached(mark, targets)) return "";
  return "the clock is due before that, whatever its target, and a clock that "
         "is due is not at risk any more; write an earlier mark, such as 80%";
}

void CheckWarnsBeforeDue(const YamlValue& item, const Rung& rung,
                         const Targets& targets) {
  if (rung.action != RungAction::kWarn) return;
  const std::string why = WhyNeverWarns(rung.mark, targets);
  if (why.empty()) return;
  item.Error(absl::StrCat("this rung can never fire: ", why, OrTakeOut(item)));
}

// Whether this mark surely lies before due with that target. What is counted
// from the start is at most what passes on the wall, so that a mark on the wall
// that is sooner than the target is before due, and a later one need not be
// after it; how much a target in days is shows when the clock starts.
bool IsSurelyBefore(const Mark& mark, const Target& target) {
  const bool is_from_start = mark.from == Mark::From::kStart;
  if (!IsBeforeDue(mark)) return false;
  if (target.kind != Target::Kind::kOpenTime) return !is_from_start;
  return (is_from_start ? mark.length : absl::ZeroDuration()) < target.length;
}

// The same of each of them; not of none.
bool IsSurelyBeforeDue(const Mark& mark, const Targets& targets) {
  return !targets.empty() &&
         std::all_of(targets.begin(), targets.end(), [&](const Target& target) {
           return IsSurelyBefore(mark, target);
         });
}

// Whether it is for leads only that have missed the clock.
bool IsMissed(const Condition& when, const std::string& clock) {
  return Implies(when, {{.attribute = "missed_clock", .any_of = {clock}}});
}

void CheckBreaksWhenDue(const YamlValue& item, const Rung& rung,
                        const Targets& targets, const std::string& clock) {
  if (rung.action != RungAction::kBreach || IsMissed(rung.when, clock)) return;
  const auto is_early = [&](const Target& target) {
    return IsSurelyBefore(rung.mark, target);
  };
  const auto early = std::find_if(targets.begin(), targets.end(), is_early);
  if (early == targets.end()) return;
  item.Error(absl::StrCat(
      "this rung comes too soon: a promise is not broken before it is due",
      IsSurelyBeforeDue(rung.mark, targets)
          ? ""
          : absl::StrCat(", as with the target ", Words(*early),
                         " it would be said"),
      "; write due or later, such as due + 5m, or let the rung warn",
      OrTakeOut(item)));
}

bool IsMeantAsNever(const std::string& text) {
  return text == "none" || text == "no" || text == "off" || text == "false" ||
         Nearest(text, {"never"}).has_value();
}

}  // namespace

std::optional<Mark> ReadAtRisk(const YamlValue& value, const Targets& targets) {
  if (!value.present()) {
    return Mark{Mark::From::kShare, absl::ZeroDuration(), kAtRiskPercent};
  }
  if (value.IsText()) {
    const std::string text = *value.Text();
    if (text == "never") return std::nullopt;
    if (IsMeantAsNever(text)) {
      value.Error(
          absl::StrCat(Quoted(text), " is not a mark; did you mean 'never'?"));
      return std::nullopt;
    }
  }
  const std::optional<Mark> mark = ReadMark(value);
  if (!mark.has_value()) return std::nullopt;
  const std::string why = WhyNeverWarns(*mark, targets);
  if (!why.empty()) value.Error(absl::StrCat(why, ", or never"));
  return mark;
}

namespace {

// Rungs that are not written in the ladder have names of their own.
void CheckIsFree(const YamlValue& ladder, absl::string_view name,
                 const std::vector<Rung>& rungs) {
  const bool is_taken =
      std::any_of(rungs.begin(), rungs.end(),
                  [name](const Rung& rung) { return rung.name == name; });
  if (!is_taken) return;
  ladder.Error(absl::StrCat("a rung is named ", Quoted(name),
                            ", as what the clock's own ", Quoted(name),
                            " says; choose another name for the rung"));
}

// Whether each lead is warned of by one of these rungs, before it is due. From
// one mark to another a lead may change, so that neither is for it.
bool WarnOfEveryLead(const std::vector<Rung>& rungs, const LadderClock& clock) {
  std::vector<std::pair<Mark, std::vector<Condition>>> sure;
  for (const Rung& rung : rungs) {
    if (rung.action != RungAction::kWarn ||
        !IsSurelyBeforeDue(rung.mark, TargetsFor(rung.when, clock.targets))) {
      continue;
    }
    auto at = std::find_if(sure.begin(), sure.end(), [&](const auto& of_mark) {
      return of_mark.first == rung.mark;
    });
    if (at == sure.end()) at = sure.insert(at, {rung.mark, {}});
    at->second.push_back(rung.when);
  }
  return std::any_of(sure.begin(), sure.end(), [](const auto& of_mark) {
    return HoldForEveryLead(of_mark.second);
  });
}

void AddAtRisk(const YamlValue& ladder, const YamlValue& value,
               const LadderClock& clock, std::vector<Rung>* rungs) {
  if (WarnOfEveryLead(*rungs, clock)) {
    // A policy's ladder may stand over what its base says.
    if (value.present() && value.file() == ladder.file()) {
      value.Error(
          "rungs of the ladder warn of every lead, and are what says that the "
          "clock is at risk; leave this out, or them");
    }
    return;
  }
  const Targets targets = TargetsFor({}, clock.targets);
  std::optional<Mark> mark = ReadAtRisk(value, targets);
  if (!mark.has_value()) return;
  // Some leads may be due by then.
  if (mark->from == Mark::From::kStart && !mark->wall &&
      !IsSurelyBeforeDue(*mark, targets)) {
    mark->percent = kAtRiskPercent;
  }
  CheckIsFree(ladder, kAtRisk, *rungs);
  rungs->push_back({.name = kAtRisk,
                    .mark = *mark,
                    .action = RungAction::kWarn,
                    .to = {NameOf(Role::kOwner)},
                    .when = {},
                    .for_the_rest = true});
}

void AddAcknowledge(const YamlValue& ladder, const YamlValue& value,
                    const Glossary& glossary, std::vector<Rung>* rungs) {
  if (!value.present()) return;
  if (value.IsText()) {
    const std::string to = *value.Text();
    return value.Error(absl::StrCat(
        "'acknowledge' says when, and who is told; write {when: closed, to: ",
        glossary.roles.Find(to).has_value() ? to : NameOf(Role::kOwner), "}"));
  }
  YamlMap fields = value.Map("'acknowledge'");
  enum class When : uint8_t { kClosed };
  fields.Required("when").OneOf<When>("when a clock acknowledges a lead",
                                      {{"closed", When::kClosed}});
  Rung rung;
  rung.name = kAcknowledge;
  rung.mark.from = Mark::From::kStarted;
  rung.action = RungAction::kAcknowledge;
  rung.to = ReadRecipients(fields.Required("to"), glossary.roles);
  rung.recommended_action = ReadWords(fields.Optional("recommended_action"),
                                      "Say when the office opens");
  fields.NothingElse();
  CheckIsFree(ladder, kAcknowledge, *rungs);
  rungs->push_back(std::move(rung));
}

}  // namespace

std::vector<Rung> ReadLadder(const LadderFields& fields,
                             const LadderClock& clock,
                             const Glossary& glossary) {
  std::vector<Rung> ladder;
  absl::flat_hash_map<RungAction, int> ordinals;
  std::set<std::string> names;
  for (const YamlValue& item : fields.ladder.Items(kMostRungs)) {
    std::optional<Rung> rung = ReadRung(item, clock, glossary);
    if (!rung.has_value()) continue;
    const int ordinal = ++ordinals[rung->action];
    if (rung->name.empty()) {
      rung->name = absl::StrCat(NameOf(rung->action), "_", ordinal);
    }
    if (!names.insert(rung->name).second) {
      item.Error(absl::StrCat("two rungs of one ladder are named ",
                              Quoted(rung->name),
                              "; choose another 'name' for one of them"));
    }
    // What could not be read says nothing of when it is reached.
    if (!item.Field("at").IsWrong() && !item.Field("when").IsWrong()) {
      const Targets targets = TargetsFor(rung->when, clock.targets);
      CheckWarnsBeforeDue(item, *rung, targets);
      CheckBreaksWhenDue(item, *rung, targets, clock.name);
    }
    ladder.push_back(*std::move(rung));
  }
  AddAtRisk(fields.ladder, fields.at_risk, clock, &ladder);
  AddAcknowledge(fields.ladder, fields.acknowledge, glossary, &ladder);
  return ladder;
}

}  // namespace leadclock
