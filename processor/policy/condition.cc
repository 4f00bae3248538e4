#include "processor/policy/condition.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "processor/policy/yaml_reader.h"

namespace leadclock {
namespace {

absl::Status NoSpan(absl::string_view text) {
  return absl::InvalidArgumentError(
      absl::StrCat(Quoted(text),
                   " is no comparison; write one such as '>= 50', '< 10' or "
                   "'>= 50 and < 500'"));
}

// Narrows the span by one of ">= 50", "> 50", "<= 50", "< 50".
bool Narrow(absl::string_view text, NumberSpan& span) {
  text = absl::StripAsciiWhitespace(text);
  const bool is_lower = absl::ConsumePrefix(&text, ">");
  if (!is_lower && !absl::ConsumePrefix(&text, "<")) return false;
  const bool with_itself = absl::ConsumePrefix(&text, "=");
  const std::optional<double> number =
      FiniteNumber(absl::StripLeadingAsciiWhitespace(text));
  if (!number) return false;
  double& bound = is_lower ? span.from : span.to;
  if (std::isfinite(bound)) return false;
  bound = *number;
  (is_lower ? span.with_from : span.with_to) = with_itself;
  return true;
}

bool Contains(const NumberSpan& span, double number) {
  const bool above = span.with_from ? number >= span.from : number > span.from;
  return above && (span.with_to ? number <= span.to : number < span.to);
}

// Whether some number lies in both.
bool Overlap(const NumberSpan& a, const NumberSpan& b) {
  const double from = std::max(a.from, b.from);
  const double to = std::min(a.to, b.to);
  return from < to || (from == to && Contains(a, from) && Contains(b, from));
}

// Whether all that `inner` names is named by `outer`.
bool IsCovered(const AttributeTest& inner, const AttributeTest& outer) {
  const bool values =
      std::all_of(inner.any_of.begin(), inner.any_of.end(),
                  [&](const std::string& v) { return IsAmong(v, outer); });
  return values && std::all_of(inner.spans.begin(), inner.spans.end(),
                               [&](const NumberSpan& span) {
                                 return std::any_of(
                                     outer.spans.begin(), outer.spans.end(),
                                     [&](const NumberSpan& other) {
                                       return IsWithin(span, other);
                                     });
                               });
}

// Whether a lead of which `is` holds cannot pass `other`, so far as their
// words tell. REQUIRES: `is` is not negated.
bool Excludes(const AttributeTest& is, const AttributeTest& other) {
  if (is.attribute != other.attribute) return false;
  // What could not be read asks for nothing.
  if (is.any_of.empty() && is.spans.empty()) return false;
  if (other.negated) return IsCovered(is, other);
  if (other.any_of.empty() && other.spans.empty()) return false;
  if (HasSeveralValues(is.attribute)) return false;
  const auto is_other = [&](const std::string& value) {
    return IsAmong(value, other);
  };
  const auto is_it = [&](const std::string& value) {
    return IsAmong(value, is);
  };
  const auto overlaps = [&](const NumberSpan& span) {
    return std::any_of(
        other.spans.begin(), other.spans.end(),
        [&](const NumberSpan& one) { return Overlap(span, one); });
  };
  return std::none_of(is.any_of.begin(), is.any_of.end(), is_other) &&
         std::none_of(other.any_of.begin(), other.any_of.end(), is_it) &&
         std::none_of(is.spans.begin(), is.spans.end(), overlaps);
}

bool Implies(const AttributeTest& a, const AttributeTest& b) {
  // One of several holds; whichever it is.
  if (!a.any.empty()) {
    return std::all_of(a.any.begin(), a.any.end(), [&](const Condition& one) {
      return leadclock::Implies(one, {b});
    });
  }
  if (!b.any.empty()) {
    return std::any_of(b.any.begin(), b.any.end(), [&](const Condition& one) {
      return leadclock::Implies({a}, one);
    });
  }
  if (a.attribute != b.attribute) return false;
  if (a.negated == b.negated) {
    return a.negated ? IsCovered(b, a) : IsCovered(a, b);
  }
  if (a.negated) return false;
  // What is high is not low; but a lead may have both of two flags.
  AttributeTest not_b = b;
  not_b.negated = false;
  return Excludes(a, not_b);
}

// Whether it asks for no alternatives.
bool IsPlain(const Condition& condition) {
  return std::all_of(
      condition.begin(), condition.end(),
      [](const AttributeTest& test) { return test.any.empty(); });
}

// Whether of leads of which one of these tests holds, none passes `other`.
// REQUIRES: both are plain.
bool Clash(const Condition& condition, const Condition& other) {
  return std::any_of(
      condition.begin(), condition.end(), [&](const AttributeTest& is) {
        return !is.negated && std::any_of(other.begin(), other.end(),
                                          [&](const AttributeTest& asked) {
                                            return Excludes(is, asked);
                                          });
      });
}

}  // namespace

bool IsAmong(absl::string_view value, const AttributeTest& test) {
  if (std::find(test.any_of.begin(), test.any_of.end(), value) !=
      test.any_of.end()) {
    return true;
  }
  if (test.spans.empty()) return false;
  const std::optional<double> number = FiniteNumber(value);
  return number && std::any_of(test.spans.begin(), test.spans.end(),
                               [&](const NumberSpan& span) {
                                 return Contains(span, *number);
                               });
}

bool IsWithin(const NumberSpan& inner, const NumberSpan& outer) {
  const bool from =
      inner.from > outer.from ||
      (inner.from == outer.from && (outer.with_from || !inner.with_from));
  const bool to = inner.to < outer.to ||
                  (inner.to == outer.to && (outer.with_to || !inner.with_to));
  return from && to;
}

std::optional<double> FiniteNumber(absl::string_view text) {
  double number = 0;
  if (text.empty() || !absl::SimpleAtod(text, &number) ||
      !std::isfinite(number)) {
    return std::nullopt;
  }
  return number;
}

absl::StatusOr<NumberSpan> ParseNumberSpan(absl::string_view text) {
  NumberSpan span;
  for (const absl::string_view part : absl::StrSplit(text, " and ")) {
    if (!Narrow(part, span)) return NoSpan(text);
  }
  if (span.from < span.to ||
      (span.from == span.to && span.with_from && span.with_to)) {
    return span;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "no number passes ", Quoted(text),
      "; the first bound must be the lower one, as in '>= 50 and < 500'"));
}

bool IsNumberSpan(absl::string_view text) {
  return absl::StartsWith(text, "<") || absl::StartsWith(text, ">");
}

bool ContradictsItself(const Condition& condition) {
  if (IsPlain(condition)) return Clash(condition, condition);
  // Each `any` with all that is no `any`.
  Condition plain = condition;
  std::erase_if(plain,
                [](const AttributeTest& test) { return !test.any.empty(); });
  for (const AttributeTest& test : condition) {
    if (test.any.empty()) continue;
    const auto is_ruled_out = [&](Condition one) {
      one.insert(one.end(), plain.begin(), plain.end());
      return ContradictsItself(one);
    };
    if (std::all_of(test.any.begin(), test.any.end(), is_ruled_out)) {
      return true;
    }
  }
  return Clash(plain, plain);
}

bool ExcludeEachOther(const Condition& a, const Condition& b) {
  if (IsPlain(a) && IsPlain(b)) {
    return Clash(a, b) || Clash(b, a) || Clash(a, a) || Clash(b, b);
  }
  Condition both = a;
  both.insert(both.end(), b.begin(), b.end());
  return ContradictsItself(both);
}

bool Implies(const Condition& a, const Condition& b) {
  return std::all_of(b.begin(), b.end(), [&](const AttributeTest& asked) {
    const bool by_one = std::any_of(
        a.begin(), a.end(),
        [&](const AttributeTest& known) { return Implies(known, asked); });
    // One of several may ask for more than any single test of `a` says.
    return by_one ||
           std::any_of(asked.any.begin(), asked.any.end(),
                       [&](const Condition& one) { return Implies(a, one); });
  });
}

}  // namespace leadclock
