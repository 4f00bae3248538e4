#include "processor/policy/parse_response.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "state/event.h"

namespace leadclock {
namespace {

constexpr size_t kMostChannels = 64;

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
  test.changes_terms = fields.Optional("changes_terms").Boolean();
  test.apology = fields.Optional("apology").Boolean();
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
         Narrow(&test->changes_terms, further.changes_terms) &&
         Narrow(&test->apology, further.apology) &&
         Narrow(&test->channels, further.channels);
}

}  // namespace

std::vector<NamedResponse> ReadResponses(
    const YamlValue& value, const std::vector<absl::string_view>& taken,
    Glossary* glossary) {
  std::vector<NamedResponse> responses;
  for (const YamlField& field : value.Map("'responses'").TakeAll()) {
    ReadName(field.key);
    if (std::find(taken.begin(), taken.end(), field.name) != taken.end()) {
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

std::optional<TouchTest> ReadNarrowedResponse(
    const YamlField& field, Another another, const Glossary& glossary,
    const std::vector<absl::string_view>& known) {
  const std::optional<size_t> response = glossary.responses.Find(field.name);
  // What stands behind a name that is not known may be no map of tests.
  const TouchTest further =
      response.has_value() || field.value.IsMap()
          ? ReadTouchTest(field.value, "a trigger", another)
          : TouchTest();
  if (!response.has_value()) {
    field.key.Error(absl::StrCat(
        "only responses and activities can have further tests, and none is "
        "named ",
        Quoted(field.name), DidYouMean(field.name, known)));
    return std::nullopt;
  }
  TouchTest touch = glossary.touches[*response];
  if (NarrowTouch(&touch, further)) return touch;
  field.value.Error(absl::StrCat("no touch can pass these tests and those of ",
                                 Quoted(field.name), " as well"));
  return std::nullopt;
}

}  // namespace leadclock
