#include "processor/policy/parse_trigger.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "state/event.h"

namespace leadclock {
namespace {

// Far more than people write. Each clock holds its own copy of the responses
// that it names, so that a short file could otherwise fill a large memory.
constexpr size_t kMostTriggers = 64;
constexpr size_t kMostChannels = 64;

constexpr absl::string_view kLeadCreated = "lead_created";
constexpr absl::string_view kAssigned = "assigned";

// Responses.

// Whether a touch may be asked to be on another channel than the one that
// started the clock.
enum class Another : uint8_t { kRefused, kAllowed };

void ReadChannels(const YamlValue& value, Another another, TouchTest* test) {
  const std::vector<YamlValue> items = value.OneOrMore(kMostChannels);
  for (const YamlValue& item : items) {
    std::optional<std::string> channel = item.Text();
    if (!channel.has_value()) continue;
    if (channel->empty()) {
      item.Error("a channel has no name; write one such as phone or email");
    } else if (*channel != "another") {
      test->channels.push_back(*std::move(channel));
    } else if (another == Another::kRefused) {
      item.Error(
          "'another' channel is another than that of the touch that started a "
          "clock, and stands only where a clock stops, such as stops: "
          "{owned_touch: {channel: another}}; name the channels");
    } else if (items.size() > 1) {
      item.Error("'another' stands alone; name the channels, or leave it out");
    } else {
      test->another_channel = true;
    }
  }
}

// The tests in `value`, a map named `what`.
TouchTest ReadTouchTest(const YamlValue& value, absl::string_view what,
                        Another another) {
  YamlMap fields = value.Map(what);
  TouchTest test;
  test.direction = fields.Optional("direction")
                       .OneOf<Direction>("a direction",
                                         {{"outbound", Direction::kOutbound},
                                          {"inbound", Direction::kInbound},
                                          {"internal", Direction::kInternal}});
  test.actor_kind = fields.Optional("actor").OneOf<ActorKind>(
      "an actor", {{"human", ActorKind::kHuman},
                   {"automation", ActorKind::kAutomation},
                   {"autoresponder", ActorKind::kAutoresponder},
                   {"import", ActorKind::kImport}});
  test.by = ReadRoles(fields.Optional("by"));
  test.meaningful = fields.Optional("meaningful").Boolean();
  test.personalized = fields.Optional("personalized").Boolean();
  test.reply_path = fields.Optional("reply_path").Boolean();
  ReadChannels(fields.Optional("channel"), another, &test);
  fields.NothingElse();
  if (fields.present() && fields.empty()) {
    value.Error(absl::StrCat(what,
                             " without a test would count every touch, "
                             "automatic ones as well; write what it "
                             "asks for"));
  }
  return test;
}

// Triggers.

// Holds where both hold; false if that is never.
template <typename T>
bool Narrow(std::optional<T>* test, const std::optional<T>& further) {
  if (!further.has_value()) return true;
  const bool possible = !test->has_value() || *test == further;
  *test = further;
  return possible;
}

template <typename T>
bool Narrow(std::vector<T>* any_of, const std::vector<T>& further) {
  if (further.empty()) return true;
  if (any_of->empty()) {
    *any_of = further;
    return true;
  }
  std::erase_if(*any_of, [&further](const T& value) {
    return std::find(further.begin(), further.end(), value) == further.end();
  });
  return !any_of->empty();
}

bool NarrowTouch(TouchTest* test, const TouchTest& further) {
  test->another_channel = further.another_channel;
  return Narrow(&test->direction, further.direction) &&
         Narrow(&test->actor_kind, further.actor_kind) &&
         Narrow(&test->by, further.by) &&
         Narrow(&test->meaningful, further.meaningful) &&
         Narrow(&test->personalized, further.personalized) &&
         Narrow(&test->reply_path, further.reply_path) &&
         Narrow(&test->channels, further.channels);
}

// {RESPONSE: {TESTS}}: the response, where further tests hold as well.
std::optional<Trigger> ReadNarrowedResponse(const YamlValue& value,
                                            const Glossary& glossary,
                                            Another another) {
  const std::vector<YamlField> fields = value.Map("a trigger").TakeAll();
  if (fields.size() != 1) {
    value.Error(
        "a trigger with further tests is a map with one entry, such as "
        "{owned_touch: {channel: phone}}");
    return std::nullopt;
  }
  const YamlField& field = fields.front();
  const TouchTest further = ReadTouchTest(field.value, "a trigger", another);
  const std::optional<size_t> response = glossary.responses.Find(field.name);
  if (!response.has_value()) {
    field.key.Error(absl::StrCat(
        "only a response can have further tests, and none is named ",
        Quoted(field.name), DidYouMean(field.name, glossary.responses.All())));
    return std::nullopt;
  }
  Trigger trigger{.kind = Trigger::Kind::kTouch,
                  .touch = glossary.touches[*response],
                  .clock = 0};
  if (!NarrowTouch(&trigger.touch, further)) {
    field.value.Error(
        absl::StrCat("no touch can pass these tests and those "
                     "of ",
                     Quoted(field.name), " as well"));
    return std::nullopt;
  }
  return trigger;
}

// CLOCK.answered and CLOCK.missed.
std::optional<Trigger> ReadClockTrigger(const YamlValue& value,
                                        absl::string_view text,
                                        size_t own_place, const Names& clocks) {
  const absl::string_view clock = text.substr(0, text.rfind('.'));
  const std::string answered = absl::StrCat(clock, ".answered");
  const std::string missed = absl::StrCat(clock, ".missed");
  const std::optional<size_t> place = clocks.Find(clock);
  if (!place.has_value()) {
    value.Error(absl::StrCat("unknown clock ", Quoted(clock),
                             DidYouMean(clock, clocks.All())));
    return std::nullopt;
  }
  if (text != answered && text != missed) {
    value.Error(absl::StrCat("unknown trigger ", Quoted(text),
                             DidYouMean(text, {answered, missed})));
    return std::nullopt;
  }
  if (*place == own_place) {
    value.Error(
        absl::StrCat("the clock ", Quoted(clock), " cannot wait for itself"));
    return std::nullopt;
  }
  Trigger trigger;
  trigger.kind = text == answered ? Trigger::Kind::kClockAnswered
                                  : Trigger::Kind::kClockMissed;
  trigger.clock = static_cast<uint16_t>(*place);
  return trigger;
}

std::optional<Trigger> ReadTrigger(const YamlValue& value, size_t own_place,
                                   const Glossary& glossary, Another another) {
  if (value.IsMap()) return ReadNarrowedResponse(value, glossary, another);
  const std::optional<std::string> text = value.Text();
  if (!text.has_value()) return std::nullopt;

  Trigger trigger;
  if (*text == kLeadCreated) return trigger;
  if (*text == kAssigned) {
    trigger.kind = Trigger::Kind::kAssigned;
    return trigger;
  }
  if (absl::StrContains(*text, '.')) {
    return ReadClockTrigger(value, *text, own_place, glossary.clocks);
  }
  if (const auto response = glossary.responses.Find(*text)) {
    trigger.kind = Trigger::Kind::kTouch;
    trigger.touch = glossary.touches[*response];
    return trigger;
  }
  if (glossary.clocks.Find(*text).has_value()) {
    value.Error(absl::StrCat(Quoted(*text), " is a clock; write ", *text,
                             ".answered or ", *text, ".missed"));
    return std::nullopt;
  }
  std::vector<absl::string_view> known = glossary.responses.All();
  known.insert(known.begin(), {kLeadCreated, kAssigned});
  value.Error(absl::StrCat("unknown trigger ", Quoted(*text),
                           DidYouMean(*text, known)));
  return std::nullopt;
}

// One trigger or a list of them, for the clock at `own_place`.
std::vector<Trigger> ReadTriggers(const YamlValue& value, size_t own_place,
                                  const Glossary& glossary, Another another) {
  std::vector<Trigger> triggers;
  for (const YamlValue& item : value.OneOrMore(kMostTriggers)) {
    std::optional<Trigger> trigger =
        ReadTrigger(item, own_place, glossary, another);
    if (trigger.has_value()) triggers.push_back(*std::move(trigger));
  }
  return triggers;
}

}  // namespace

std::vector<NamedResponse> ReadResponses(const YamlValue& value,
                                         Glossary* glossary) {
  std::vector<NamedResponse> responses;
  for (const YamlField& field : value.Map("'responses'").TakeAll()) {
    ReadName(field.key);
    if (field.name == kLeadCreated || field.name == kAssigned) {
      field.key.Error(absl::StrCat(Quoted(field.name),
                                   " is an event already; choose another "
                                   "name for the response"));
    }
    glossary->responses.Add(field.name);
    responses.push_back({field.name, ReadTouchTest(field.value, "a response",
                                                   Another::kRefused)});
    glossary->touches.push_back(responses.back().touch);
  }
  return responses;
}

std::vector<Trigger> ReadStarts(const YamlValue& value, size_t own_place,
                                const Glossary& glossary) {
  return ReadTriggers(value, own_place, glossary, Another::kRefused);
}

std::vector<Trigger> ReadStops(const YamlValue& value, size_t own_place,
                               const Glossary& glossary) {
  std::vector<Trigger> stops =
      ReadTriggers(value, own_place, glossary, Another::kAllowed);
  for (const Trigger& stop : stops) {
    if (stop.kind == Trigger::Kind::kClockMissed) {
      value.Error(
          "a clock stops on what people do, and a missed clock is not that; "
          "write CLOCK.answered, a response or assigned");
    }
  }
  return stops;
}

}  // namespace leadclock
