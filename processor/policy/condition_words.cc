// What a condition asks for, in words.

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "processor/policy/condition.h"
#include "processor/policy/describe.h"
#include "processor/policy/near_words.h"
#include "processor/policy/number_text.h"

namespace leadclock {
namespace {

std::string Words(const NumberSpan& span) {
  if (span.from == span.to) return NumberText(span.from);
  std::vector<std::string> bounds;
  if (std::isfinite(span.from)) {
    bounds.push_back(absl::StrCat(span.with_from ? "at least " : "more than ",
                                  NumberText(span.from)));
  }
  if (std::isfinite(span.to)) {
    bounds.push_back(absl::StrCat(span.with_to ? "at most " : "less than ",
                                  NumberText(span.to)));
  }
  return bounds.empty() ? "a number" : absl::StrJoin(bounds, " and ");
}

std::string Words(const AttributeTest& test) {
  if (!test.any.empty()) {
    const auto add = [](std::string* out, const Condition& one) {
      out->append(leadclock::Words(one));
    };
    return absl::StrCat("(", absl::StrJoin(test.any, ", or ", add), ")");
  }
  std::vector<std::string> values;
  bool is_unknown = false;  // or is not known
  for (const std::string& value : test.any_of) {
    if (value.empty()) {
      is_unknown = true;
    } else {
      values.push_back(Shown(value));
    }
  }
  for (const NumberSpan& span : test.spans) values.push_back(Words(span));
  if (is_unknown && values.empty()) {
    return absl::StrCat(test.attribute,
                        test.negated ? " is known" : " is not known");
  }
  if (is_unknown && test.negated) {
    return absl::StrCat(test.attribute, " is known, but not ", Or(values));
  }
  if (is_unknown) values.emplace_back("not known");
  return absl::StrCat(test.attribute, test.negated ? " is not " : " is ",
                      Or(values));
}

// What is either so or not, as people say it; "" if it is not of that kind.
std::string EitherOr(const AttributeTest& test) {
  const auto two = TwoValues(test.attribute);
  if (!two || test.any_of.size() != 1) return "";
  const bool is_so = test.any_of[0] == two->first;
  if (test.attribute == "reachable") {
    return is_so ? "it can be reached" : "it cannot be reached";
  }
  if (test.attribute == "owner_acted") {
    return is_so ? "its owner has acted" : "its owner has not acted";
  }
  if (test.attribute == "autoresponder") {
    return is_so ? "an autoresponder has written"
                 : "no autoresponder has written";
  }
  const absl::string_view a = test.attribute == "owner" ? "an " : "a ";
  return absl::StrCat("it has ", is_so ? a : "no ", test.attribute);
}

// What is so, or is not, of clocks: "first_response is open", "neither first
// nor second was missed"; "" if it asks for something else.
std::string OfClocks(const AttributeTest& test) {
  absl::string_view is;
  absl::string_view is_not;
  if (test.attribute == "open_clock") {
    is = " is open";
    is_not = " is not open";
  } else if (test.attribute == "missed_clock") {
    is = " was missed";
    is_not = " was not missed";
  } else if (test.attribute == "escalated_clock") {
    is = " has escalated";
    is_not = " has not escalated";
  } else {
    return "";
  }
  if (!test.negated) return absl::StrCat(Or(test.any_of), is);
  if (test.any_of.size() == 1) return absl::StrCat(test.any_of[0], is_not);
  return absl::StrCat("none of ", absl::StrJoin(test.any_of, ", "), is);
}

// As Words(), but whole sentences: "it cannot be reached".
std::string Clause(const AttributeTest& test) {
  if (!test.any.empty()) {
    const auto add = [](std::string* out, const Condition& one) {
      out->append(leadclock::Clause(one));
    };
    return absl::StrCat("(", absl::StrJoin(test.any, ", or ", add), ")");
  }
  for (const std::string& said : {EitherOr(test), OfClocks(test)}) {
    if (!said.empty()) return said;
  }
  return Words(test);
}

}  // namespace

std::string Shown(absl::string_view value) {
  const bool is_plain =
      !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
        return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' ||
               c == '.' || c == '-';
      });
  return is_plain ? std::string(value) : Quoted(value);
}

std::vector<std::string> Shown(const std::vector<std::string>& values) {
  std::vector<std::string> shown;
  for (const std::string& value : values) shown.push_back(Shown(value));
  return shown;
}

std::string Or(const std::vector<std::string>& words) {
  if (words.size() < 2) return absl::StrJoin(words, "");
  return absl::StrCat(absl::StrJoin(words.begin(), words.end() - 1, ", "),
                      " or ", words.back());
}

std::string Words(const Condition& condition) {
  if (condition.empty()) return "otherwise";
  return absl::StrJoin(condition, " and ",
                       [](std::string* out, const AttributeTest& test) {
                         out->append(Words(test));
                       });
}

std::string Clause(const Condition& condition) {
  if (condition.empty()) return "otherwise";
  return absl::StrJoin(condition, " and ",
                       [](std::string* out, const AttributeTest& test) {
                         out->append(Clause(test));
                       });
}

}  // namespace leadclock
