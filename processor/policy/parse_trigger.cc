#include "processor/policy/parse_trigger.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "processor/policy/activity_words.h"
#include "processor/policy/duration.h"
#include "processor/policy/layer_parts.h"
#include "processor/policy/parse_response.h"
#include "state/event.h"
#include "state/people.h"

namespace leadclock {
namespace {

// Far more than people write. Each clock holds its own copy of the responses
// that it names, so that a short file could otherwise fill a large memory.
constexpr size_t kMostTriggers = 64;
constexpr size_t kMostValues = 64;
constexpr int kMostDays = 3660;

constexpr absl::string_view kLeadCreated = "lead_created";
constexpr absl::string_view kReentered = "reentered";
constexpr absl::string_view kAssigned = "assigned";
constexpr absl::string_view kFlagAdded = "flag_added";
constexpr absl::string_view kDate = "date";

// What is read of one trigger: the place that it stands in, and what it may
// name there.
struct Context {
  TriggerPlace place;
  std::optional<size_t> own_clock;
  const Glossary& glossary;
};

// All that a trigger may begin with.
std::vector<absl::string_view> Known(const Glossary& glossary) {
  std::vector<absl::string_view> known = TriggerWords();
  for (const absl::string_view response : glossary.responses.All()) {
    known.push_back(response);
  }
  return known;
}

// ---- What may stand where

// Why a clock does not stop on it; "" if it may.
std::string WhyNoStop(Trigger::Kind kind) {
  absl::string_view what;
  switch (kind) {
    case Trigger::Kind::kLeadCreated:
    case Trigger::Kind::kReentered:
      return absl::StrCat(
          kind == Trigger::Kind::kLeadCreated ? "a lead comes in once, before "
                                              : "a lead comes back before ",
          "any of its clocks runs; write what people do then, such as a "
          "response or assigned");
    case Trigger::Kind::kClockMissed:
      what = "a missed clock";
      break;
    case Trigger::Kind::kClockStopped:
      what = "a clock that ends without an answer";
      break;
    case Trigger::Kind::kDate:
      what = "a date";
      break;
    default:
      return "";
  }
  return absl::StrCat("a clock stops on what people do, and ", what,
                      " is not that; write CLOCK.answered, a response, an "
                      "activity or assigned");
}

// Why it may not stand there; "" if it may.
std::string WhyNot(Trigger::Kind kind, TriggerPlace place) {
  const bool is_done = kind == Trigger::Kind::kTouch ||
                       kind == Trigger::Kind::kActivity ||
                       kind == Trigger::Kind::kFlagAdded;
  switch (place) {
    case TriggerPlace::kStarts:
      return "";
    case TriggerPlace::kStops:
      return WhyNoStop(kind);
    case TriggerPlace::kCancels:
    case TriggerPlace::kResumes:
      if (is_done || kind == Trigger::Kind::kAssigned) return "";
      return absl::StrCat(place == TriggerPlace::kCancels
                              ? "a clock is cancelled"
                              : "a clock goes on",
                          " by what people do; write a response, an activity, "
                          "{flag_added: FLAG} or assigned");
    case TriggerPlace::kEnds:
      if (is_done) return "";
      return "a lead is recycled by what people do; write a response, an "
             "activity such as {disposition: recycled}, or {flag_added: FLAG}";
    case TriggerPlace::kReturns:
      if (is_done || kind == Trigger::Kind::kDate) return "";
      return "a lead comes back by what people do or by a date; write a "
             "response, an activity, {flag_added: FLAG} or {date: return}";
    case TriggerPlace::kOutcome:
      if (kind != Trigger::Kind::kDate) return "";
      return "an outcome is not reached by a date alone; let a clock start on "
             "the date, and write CLOCK.missed or CLOCK.answered";
  }
  return "";
}

// Adds it to the others, unless it may not stand there.
void Add(const YamlValue& value, const Context& context, Trigger trigger,
         std::vector<Trigger>* triggers) {
  const std::string why = WhyNot(trigger.kind, context.place);
  if (!why.empty()) {
    value.Error(why);
  } else if (trigger.kind == Trigger::Kind::kReentered &&
             !context.glossary.has_reentry) {
    value.Error(
        "no lead ever comes back: the policy has no 'reentry', which says "
        "when one does; write it, or leave this out");
  } else {
    triggers->push_back(std::move(trigger));
  }
}

Trigger Of(Trigger::Kind kind) {
  Trigger trigger;
  trigger.kind = kind;
  return trigger;
}

// ---- Activities

void CheckFieldValue(const YamlValue& value, absl::string_view field,
                     const std::string& text, const Glossary& glossary) {
  if (field == "clock" && !glossary.clocks.Find(text).has_value()) {
    value.Error(absl::StrCat("unknown clock ", Quoted(text),
                             glossary.clocks.Hint(text)));
  }
  if (field == "handoff" && !text.empty() && text != "accepted" &&
      text != "rejected") {
    value.Error(absl::StrCat(Quoted(text), " is not an answer to a handoff",
                             DidYouMean(text, {"accepted", "rejected"})));
  }
}

// One value of the field or a list of them.
ActivityTest::FieldTest ReadField(const YamlValue& value,
                                  absl::string_view field,
                                  const Glossary& glossary) {
  ActivityTest::FieldTest test;
  test.field = std::string(field);
  if (field == "no_show" || field == "cancelled") {
    const std::optional<bool> is_so = value.Boolean();
    if (is_so.has_value()) test.any_of = {*is_so ? "true" : "false"};
    return test;
  }
  for (const YamlValue& item : value.OneOrMore(kMostValues)) {
    std::optional<std::string> text = item.Text();
    if (!text.has_value()) continue;
    CheckFieldValue(item, field, *text, glossary);
    if (std::find(test.any_of.begin(), test.any_of.end(), *text) !=
        test.any_of.end()) {
      item.Error(absl::StrCat(Quoted(*text), " is written twice"));
    }
    test.any_of.push_back(*std::move(text));
  }
  return test;
}

// A task that is given up is not done, unless that is asked for.
void AddIsDone(ActivityTest* test) {
  if (test->kind != ActivityKind::kTaskDone) return;
  for (const ActivityTest::FieldTest& field : test->fields) {
    if (field.field == "cancelled") return;
  }
  test->fields.push_back({.field = "cancelled", .any_of = {"false"}});
}

// VALUE, [VALUE, VALUE] or {FIELD: VALUE}: what is asked of an activity.
ActivityTest ReadActivity(const YamlField& field, const ActivityWords& words,
                          const Glossary& glossary) {
  ActivityTest test{.kind = words.kind};
  if (!field.value.IsMap()) {
    if (words.main_field.empty()) {
      field.value.Error(absl::StrCat(
          Quoted(words.name), " is not asked for one of its values",
          words.fields.empty()
              ? "; write it alone"
              : "; write the field that is meant, such as {task_done: "
                "{cancelled: true}}"));
    } else {
      test.fields.push_back(ReadField(field.value, words.main_field, glossary));
    }
    return test;
  }
  YamlMap fields = field.value.Map(absl::StrCat("a trigger on ", words.name));
  for (const absl::string_view name : words.fields) {
    const YamlValue value = fields.Optional(name);
    if (value.present()) {
      test.fields.push_back(ReadField(value, name, glossary));
    }
  }
  if (fields.empty()) {
    field.value.Error(absl::StrCat("nothing is asked for; write ", words.name,
                                   " alone, or what its fields must say"));
  }
  if (words.fields.empty()) {
    field.value.Error(absl::StrCat(Quoted(words.name),
                                   " has no fields to ask for; write it "
                                   "alone"));
    return test;
  }
  fields.NothingElse();
  return test;
}

Trigger OfActivity(ActivityTest test) {
  AddIsDone(&test);
  Trigger trigger = Of(Trigger::Kind::kActivity);
  trigger.activity = std::move(test);
  return trigger;
}

// ---- Dates

// "90 days", "1 day"; nothing, if it is not written so.
std::optional<int> Days(absl::string_view text) {
  int days = 0;
  if (!absl::ConsumeSuffix(&text, " days") &&
      !absl::ConsumeSuffix(&text, " day")) {
    return std::nullopt;
  }
  if (!absl::SimpleAtoi(text, &days)) return std::nullopt;
  return days;
}

// "90d", "90days" and weeks, as days; nothing, if it is none of these.
std::optional<int> MeantDays(absl::string_view text) {
  for (const auto& [suffix, length] :
       {std::pair("days", 1), std::pair("day", 1), std::pair("d", 1),
        std::pair("weeks", 7), std::pair("week", 7), std::pair("w", 7)}) {
    absl::string_view number = text;
    int count = 0;
    if (!absl::ConsumeSuffix(&number, suffix)) continue;
    if (!absl::SimpleAtoi(absl::StripAsciiWhitespace(number), &count) ||
        count < 1 || count > kMostDays / length) {
      return std::nullopt;
    }
    return count * length;
  }
  return std::nullopt;
}

// How far from a date: days, or a duration.
void ReadDistance(const YamlValue& value, int sign, DateTest* test) {
  const std::optional<std::string> text = value.Text();
  if (!text.has_value()) return;
  if (const std::optional<int> days = Days(*text)) {
    if (*days < 1 || *days > kMostDays) {
      value.Error(absl::StrCat(Quoted(*text), " is not from 1 to ", kMostDays,
                               " days"));
    }
    test->days = sign * *days;
    return;
  }
  if (const std::optional<int> days = MeantDays(*text)) {
    value.Error(absl::StrCat(Quoted(*text),
                             " is not a length of time; did "
                             "you mean '",
                             *days, *days == 1 ? " day'?" : " days'?"));
    return;
  }
  const absl::StatusOr<absl::Duration> length = ParseDuration(*text);
  if (!length.ok()) {
    value.Error(absl::StrCat(length.status().message(), ", or 2 days"));
  } else if (*length == absl::ZeroDuration()) {
    value.Error("that is the date itself; leave this out");
  } else {
    test->length = sign * *length;
  }
}

// {date: NAME}, {date: NAME, before: 90 days}, {date: NAME, after: 24h}
void ReadDateTrigger(const YamlValue& value, const Context& context,
                     std::vector<Trigger>* triggers) {
  YamlMap fields = value.Map("a trigger on a date");
  const YamlValue name = fields.Required(kDate);
  const YamlValue before = fields.Optional("before");
  const YamlValue after = fields.Optional("after");
  fields.NothingElse();
  Trigger trigger = Of(Trigger::Kind::kDate);
  if (before.present() && after.present()) {
    after.Error("a trigger is before the date or after it; leave one out");
  }
  ReadDistance(before, 1, &trigger.date);
  ReadDistance(after, -1, &trigger.date);
  const std::optional<std::string> date = ReadDateName(name);
  if (!date.has_value()) return;
  trigger.date.date = *date;
  Add(value, context, std::move(trigger), triggers);
}

// ---- Clocks

// CLOCK.answered, CLOCK.missed, CLOCK.stopped; of outcomes also CLOCK.RUNG.
void ReadClockTrigger(const YamlValue& value, absl::string_view text,
                      const Context& context, std::vector<Trigger>* triggers) {
  const Names& clocks = context.glossary.clocks;
  const absl::string_view clock = text.substr(0, text.rfind('.'));
  const absl::string_view what = text.substr(text.rfind('.') + 1);
  const std::optional<size_t> place = clocks.Find(clock);
  if (!place.has_value()) {
    value.Error(
        absl::StrCat("unknown clock ", Quoted(clock), clocks.Hint(clock)));
    return;
  }
  const bool is_outcome = context.place == TriggerPlace::kOutcome;
  const Names no_rungs;
  const Names& rungs = is_outcome ? context.glossary.rungs[*place] : no_rungs;
  constexpr std::array<std::pair<absl::string_view, Trigger::Kind>, 3> kEnds = {
      {{"answered", Trigger::Kind::kClockAnswered},
       {"missed", Trigger::Kind::kClockMissed},
       {"stopped", Trigger::Kind::kClockStopped}}};
  Trigger trigger;
  trigger.clock = static_cast<uint16_t>(*place);
  const auto* const end =
      std::find_if(kEnds.begin(), kEnds.end(),
                   [what](const auto& each) { return each.first == what; });
  if (end != kEnds.end()) {
    trigger.kind = end->second;
    if (rungs.Find(what).has_value()) {
      value.Error(absl::StrCat(
          "a rung of the clock ", Quoted(clock), " is named ", Quoted(what),
          ", so that this could mean both; give the rung another name"));
    }
  } else if (rungs.Find(what).has_value()) {
    trigger.kind = Trigger::Kind::kRungFired;
    trigger.rung = std::string(what);
  } else {
    Names known = is_outcome ? context.glossary.rungs_taken_out : no_rungs;
    for (const auto& each : kEnds) {
      known.Add(absl::StrCat(clock, ".", each.first));
    }
    for (const absl::string_view rung : rungs.All()) {
      known.Add(absl::StrCat(clock, ".", rung));
    }
    value.Error(
        absl::StrCat("unknown trigger ", Quoted(text), known.Hint(text)));
    return;
  }
  if (context.own_clock == *place) {
    value.Error(
        absl::StrCat("the clock ", Quoted(clock), " cannot wait for itself"));
    return;
  }
  Add(value, context, std::move(trigger), triggers);
}

// ---- What is no trigger

// What a word says of how people are touched, as a channel; "" if it says
// nothing of that.
std::string MeantChannel(absl::string_view word, const Glossary& glossary) {
  for (const TouchTest& touch : glossary.touches) {
    for (const std::string& channel : touch.channels) {
      if (channel == word) return channel;
    }
  }
  if (word == "call") return "phone";
  if (word == "mail") return "email";
  if (word == "text") return "sms";
  constexpr std::array<absl::string_view, 5> kUsual = {"phone", "sms", "email",
                                                       "chat", "whatsapp"};
  const bool is_usual =
      std::find(kUsual.begin(), kUsual.end(), word) != kUsual.end();
  return is_usual ? std::string(word) : "";
}

// How to wait for a touch on that channel.
std::string OnChannel(const std::string& channel, const Glossary& glossary) {
  const std::vector<absl::string_view> responses = glossary.responses.All();
  for (const absl::string_view response : responses) {
    const TouchTest& touch =
        glossary.touches[*glossary.responses.Find(response)];
    const bool may_be_on =
        touch.channels.empty() ||
        std::find(touch.channels.begin(), touch.channels.end(), channel) !=
            touch.channels.end();
    if (may_be_on) {
      return absl::StrCat("write {", response, ": {channel: ", channel, "}}");
    }
  }
  return absl::StrCat("write a response with 'channel: ", channel,
                      "' into 'responses', and its name here");
}

// The trigger on a change of what is asked of conditions by that word; "" if
// there is none.
absl::string_view OnChangeOf(absl::string_view attribute) {
  if (attribute == "flag") return kFlagAdded;
  if (attribute == "stage") return "stage_changed";
  if (attribute == "status") return "status_changed";
  if (attribute == "consent") return "consent_changed";
  return "";
}

// What to do about a word that is no trigger.
std::string TriggerHint(absl::string_view word, const Glossary& glossary) {
  const absl::string_view on_change = OnChangeOf(word);
  if (!on_change.empty()) {
    return absl::StrCat("; write {", on_change, ": ...}");
  }
  const std::vector<absl::string_view> known = Known(glossary);
  const std::string channel = MeantChannel(word, glossary);
  if (channel.empty() || Nearest(word, known)) return DidYouMean(word, known);
  return absl::StrCat("; for a touch on ", channel, ", ",
                      OnChannel(channel, glossary));
}

// ---- One trigger

void ReadWord(const YamlValue& value, absl::string_view text,
              const Context& context, std::vector<Trigger>* triggers) {
  const Glossary& glossary = context.glossary;
  const auto add = [&](Trigger trigger) {
    Add(value, context, std::move(trigger), triggers);
  };
  if (text == kLeadCreated) return add(Of(Trigger::Kind::kLeadCreated));
  if (text == kReentered) return add(Of(Trigger::Kind::kReentered));
  if (text == kAssigned) return add(Of(Trigger::Kind::kAssigned));
  if (text == kFlagAdded) {
    value.Error("which flag is not said; write {flag_added: complaint}");
    return;
  }
  if (text == kDate) {
    value.Error(
        "which date is not said; write {date: next_step} or {date: term_ends, "
        "before: 90 days}");
    return;
  }
  if (const ActivityWords* const words = ActivityNamed(text)) {
    return add(OfActivity({.kind = words->kind}));
  }
  if (absl::StrContains(text, '.')) {
    return ReadClockTrigger(value, text, context, triggers);
  }
  if (const auto response = glossary.responses.Find(text)) {
    Trigger trigger = Of(Trigger::Kind::kTouch);
    trigger.touch = glossary.touches[*response];
    return add(std::move(trigger));
  }
  if (glossary.clocks.Find(text).has_value()) {
    value.Error(absl::StrCat(Quoted(text), " is a clock; write ", text,
                             ".answered or ", text, ".missed"));
    return;
  }
  value.Error(absl::StrCat("unknown trigger ", Quoted(text),
                           TriggerHint(text, glossary)));
}

// {assigned: backup}, for each role that is named.
void ReadAssigned(const YamlField& field, const Context& context,
                  std::vector<Trigger>* triggers) {
  for (const Role role : ReadRoles(field.value)) {
    Trigger trigger = Of(Trigger::Kind::kAssigned);
    trigger.role = role;
    Add(field.key, context, std::move(trigger), triggers);
  }
}

void ReadFlagAdded(const YamlField& field, const Context& context,
                   std::vector<Trigger>* triggers) {
  Trigger trigger = Of(Trigger::Kind::kFlagAdded);
  for (const YamlValue& item : field.value.OneOrMore(kMostValues)) {
    std::optional<std::string> flag = item.Text();
    if (!flag.has_value()) continue;
    if (flag->empty()) item.Error("a flag has no name; write one");
    trigger.flags.push_back(*std::move(flag));
  }
  if (!trigger.flags.empty()) {
    Add(field.key, context, std::move(trigger), triggers);
  }
}

void ReadMap(const YamlValue& value, const Context& context,
             std::vector<Trigger>* triggers) {
  const std::vector<YamlField> fields = value.Fields();
  if (Find(fields, kDate) != nullptr) {
    return ReadDateTrigger(value, context, triggers);
  }
  if (fields.size() != 1) {
    value.Error(
        "a trigger with further tests is a map with one entry, such as "
        "{owned_touch: {channel: phone}} or {stage_changed: {stage: sal, "
        "handoff: accepted}}");
    return;
  }
  const YamlField& field = fields.front();
  if (field.name == kAssigned) return ReadAssigned(field, context, triggers);
  if (field.name == kFlagAdded) return ReadFlagAdded(field, context, triggers);
  if (field.name == kLeadCreated || field.name == kReentered ||
      absl::StrContains(field.name, '.')) {
    field.key.Error(absl::StrCat("nothing further can be asked of ",
                                 Quoted(field.name), "; write it alone"));
    return;
  }
  if (const ActivityWords* const words = ActivityNamed(field.name)) {
    Add(field.key, context,
        OfActivity(ReadActivity(field, *words, context.glossary)), triggers);
    return;
  }
  const absl::string_view on_change = OnChangeOf(field.name);
  if (!on_change.empty() && !context.glossary.responses.Find(field.name)) {
    field.key.Error(
        absl::StrCat(Quoted(field.name),
                     " is asked for by conditions, and is no trigger; "
                     "its change is one: write {",
                     on_change, ": ",
                     field.value.IsText() ? *field.value.Text() : "...", "}"));
    return;
  }
  const Another another = context.place == TriggerPlace::kStops
                              ? Another::kAllowed
                              : Another::kRefused;
  const std::optional<TouchTest> touch = ReadNarrowedResponse(
      field, another, context.glossary, Known(context.glossary));
  if (!touch.has_value()) return;
  Trigger trigger = Of(Trigger::Kind::kTouch);
  trigger.touch = *touch;
  Add(field.key, context, std::move(trigger), triggers);
}

}  // namespace

std::vector<Trigger> ReadTriggers(const YamlValue& value, TriggerPlace place,
                                  std::optional<size_t> own_clock,
                                  const Glossary& glossary) {
  const Context context{place, own_clock, glossary};
  std::vector<Trigger> triggers;
  for (const YamlValue& item : value.OneOrMore(kMostTriggers)) {
    if (item.IsMap()) {
      ReadMap(item, context, &triggers);
    } else if (const std::optional<std::string> text = item.Text()) {
      ReadWord(item, *text, context, &triggers);
    }
  }
  return triggers;
}

std::vector<TouchTest> ReadTouches(const YamlValue& value,
                                   const Glossary& glossary) {
  std::vector<TouchTest> touches;
  for (const YamlValue& item : value.OneOrMore(kMostTriggers)) {
    const std::vector<absl::string_view> known = glossary.responses.All();
    if (item.IsMap()) {
      const std::vector<YamlField> fields = item.Fields();
      if (fields.size() != 1) {
        item.Error(
            "a response with further tests is a map with one entry, such as "
            "{attempt: {channel: phone}}");
        continue;
      }
      const std::optional<TouchTest> touch = ReadNarrowedResponse(
          fields.front(), Another::kRefused, glossary, known);
      if (touch.has_value()) touches.push_back(*touch);
      continue;
    }
    const std::optional<std::string> text = item.Text();
    if (!text.has_value()) continue;
    if (const auto response = glossary.responses.Find(*text)) {
      touches.push_back(glossary.touches[*response]);
    } else {
      item.Error(absl::StrCat("unknown response ", Quoted(*text),
                              DidYouMean(*text, known)));
    }
  }
  return touches;
}

std::vector<absl::string_view> TriggerWords() {
  std::vector<absl::string_view> words = {kLeadCreated, kReentered, kAssigned,
                                          kFlagAdded, kDate};
  for (const ActivityWords& activity : AllActivities()) {
    words.push_back(activity.name);
  }
  return words;
}

}  // namespace leadclock
