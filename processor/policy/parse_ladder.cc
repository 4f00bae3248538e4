#include "processor/policy/parse_ladder.h"

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "processor/policy/duration.h"
#include "processor/policy/parse_rules.h"
#include "processor/policy/parse_words.h"

namespace leadclock {
namespace {

constexpr size_t kMostRungs = 64;

// Marks.

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

absl::StatusOr<Mark> ParseMark(absl::string_view text) {
  if (absl::StrContains(text, "wall")) {
    return absl::InvalidArgumentError(
        absl::StrCat("the mark ", NotSupported(text),
                     ": marks count business time, not 'wall' time"));
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
  const absl::StatusOr<absl::Duration> length = ParseDuration(text);
  if (!length.ok()) return length.status();
  return Mark{Mark::From::kStart, *length, 0};
}

std::optional<Mark> ReadMark(const YamlValue& value) {
  if (value.IsMap()) {
    value.Error(
        "marks with 'wall' are not supported yet; write 10m, due, "
        "due + 5m, due - 5m or 50%");
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

absl::string_view ActionName(RungAction action) {
  switch (action) {
    case RungAction::kRemind:
      return "remind";
    case RungAction::kBreach:
      return "breach";
    case RungAction::kEscalate:
      return "escalate";
    case RungAction::kReassign:
      return "reassign";
  }
  return "";
}

std::optional<RungAction> ReadAction(const YamlValue& value) {
  for (const absl::string_view planned :
       {"review", "warn", "set_priority", "acknowledge",
        "request_alternate_owner"}) {
    if (value.IsText() && *value.Text() == planned) {
      value.Error(absl::StrCat("the action ", NotSupported(planned),
                               "; write remind, breach, escalate or reassign"));
      return std::nullopt;
    }
  }
  return value.OneOf<RungAction>("an action",
                                 {{"remind", RungAction::kRemind},
                                  {"breach", RungAction::kBreach},
                                  {"escalate", RungAction::kEscalate},
                                  {"reassign", RungAction::kReassign}});
}

// The rung; without a name, if the file gives it none. Nothing if it is not
// understood what it does.
std::optional<Rung> ReadRung(const YamlValue& value) {
  YamlMap fields = value.Map("a rung");
  Rung rung;
  rung.mark = ReadMark(fields.Required("at")).value_or(Mark{});
  const std::optional<RungAction> action = ReadAction(fields.Required("do"));
  const YamlValue to = fields.Required("to");
  rung.to = ReadRoles(to, "recipient");
  rung.name = ReadName(fields.Optional("name")).value_or("");
  rung.when = ReadCondition(fields.Optional("when"));
  RefuseNotSupported(&fields, {"recipients", "fallback"});
  fields.NothingElse();
  if (!action.has_value()) return std::nullopt;

  rung.action = *action;
  if (rung.action == RungAction::kReassign && rung.to.size() > 1) {
    to.Error("a lead is reassigned to one person; write one recipient");
  }
  return rung;
}

}  // namespace

std::vector<Rung> ReadLadder(const YamlValue& value) {
  std::vector<Rung> ladder;
  absl::flat_hash_map<RungAction, int> ordinals;
  std::set<std::string> names;
  for (const YamlValue& item : value.Items(kMostRungs)) {
    std::optional<Rung> rung = ReadRung(item);
    if (!rung.has_value()) continue;
    const int ordinal = ++ordinals[rung->action];
    if (rung->name.empty()) {
      rung->name = absl::StrCat(ActionName(rung->action), "_", ordinal);
    }
    if (!names.insert(rung->name).second) {
      item.Error(absl::StrCat("two rungs of one ladder are named ",
                              Quoted(rung->name),
                              "; choose another 'name' for one of them"));
    }
    ladder.push_back(*std::move(rung));
  }
  return ladder;
}

}  // namespace leadclock
