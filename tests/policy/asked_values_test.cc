#include "processor/policy/asked_values.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "processor/policy/attributes.h"
#include "tests/policy/policy_parts.h"

namespace leadclock {
namespace {

std::string Asked(const std::string& condition) {
  std::string text;
  for (const AskedValues& asked :
       ValuesAskedFor(policy_parts::Parsed(policy_parts::WithPart(
           absl::StrCat("eligible: [{when: {", condition,
                        "}, then: exclude, reason: a}]"))))) {
    absl::StrAppend(&text, asked.of, " ", absl::StrJoin(asked.values, ","),
                    "; ");
  }
  return text;
}

TEST_CASE("What a policy asks of channels is asked of channels, each way") {
  const std::string attribute =
      GENERATE("available_channel", "broken_channel", "opted_out_channel");
  CHECK_THAT(Asked(attribute + ": phon"), Catch::Contains("channel phon"));
  CHECK_THAT(Asked(attribute + ": phon"), !Catch::Contains(attribute));
}

TEST_CASE("What only the policy names cannot be written otherwise elsewhere") {
  const std::string condition =
      GENERATE("date_ahead: meeting", "owner: nobody", "reachable: no",
               "owner_acted: yes", "autoresponder: no", "cycle: 2");
  const std::string attribute = condition.substr(0, condition.find(':'));
  CHECK_THAT(Asked(condition), !Catch::Contains(attribute));
}

TEST_CASE("What leads say of themselves is asked under its own name") {
  CHECK_THAT(Asked("market: uk, flag: vip, custom.region: north"),
             Catch::Contains("market uk; flag vip; custom.region north"));
}

TEST_CASE("Attributes that no policy has are the company's, or none") {
  CHECK(AspectOf("custom.region") == Aspect::kAttribute);
  CHECK(SaidOf("custom.region") == "custom.region");
  CHECK(AspectOf("") == Aspect::kAttribute);
  CHECK(AspectOf(std::string(100, 'a')) == Aspect::kAttribute);
  for (const absl::string_view name : AttributeNames()) {
    INFO(name);
    // One that always has a value of two has no others.
    if (TwoValues(name)) {
      CHECK_FALSE(HasSeveralValues(name));
      CHECK(SaidOf(name).empty());
    }
    CHECK(SaidOf(name) == (SaidOf(name).empty()              ? ""
                           : absl::EndsWith(name, "channel") ? "channel"
                                                             : name));
  }
}

}  // namespace
}  // namespace leadclock
