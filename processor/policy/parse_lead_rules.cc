#include "processor/policy/parse_lead_rules.h"

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "processor/policy/parse_rules.h"
#include "processor/policy/parse_trigger.h"
#include "state/people.h"

namespace leadclock {
namespace {

constexpr size_t kMostReviews = 256;
constexpr size_t kMostOutcomes = 256;

// ---- Eligibility

std::optional<EligibilityRule::Then> ReadThen(const YamlValue& value) {
  return value.OneOf<EligibilityRule::Then>(
      "an outcome of eligibility",
      {{"exclude", EligibilityRule::Then::kExclude},
       {"stop", EligibilityRule::Then::kStop},
       {"review", EligibilityRule::Then::kReview}});
}

// Whom a review is asked of.
std::vector<std::string> ReadReviewers(const YamlValue& to,
                                       const Names& roles) {
  if (!to.present()) return {NameOf(Role::kManager)};
  return ReadRecipients(to, roles);
}

std::vector<std::string> ReadReviewers(EligibilityRule::Then then,
                                       const Names& roles, YamlMap& fields) {
  if (then != EligibilityRule::Then::kReview) {
    fields.Refuse("to", "only a rule that says 'review' is for somebody");
    return {};
  }
  return ReadReviewers(fields.Optional("to"), roles);
}

std::string ReadAdvice(YamlMap& fields) {
  return ReadWords(fields.Optional("recommended_action"), "Call the customer");
}

// ---- Outcomes

// An outcome that waits for itself, and can never be.
void CheckMayBe(const YamlValue& when, const OutcomeRule& rule) {
  if (rule.repeats || rule.name.empty()) return;
  for (const AttributeTest& test : rule.when) {
    if (test.attribute == "outcome" && !test.negated &&
        test.any_of == std::vector<std::string>{rule.name}) {
      when.Error(absl::StrCat("this outcome can never be: it waits for ",
                              Quoted(rule.name),
                              ", which is itself; name another one"));
    }
  }
}

}  // namespace

std::vector<EligibilityRule> ReadEligible(const YamlValue& value,
                                          const Glossary& glossary) {
  std::vector<EligibilityRule> rules;
  RulesInOrder in_order;
  for (const YamlValue& item : value.Items()) {
    YamlMap fields = item.Map("a rule of 'eligible'");
    fields.Refuse("otherwise",
                  "'eligible' has no 'otherwise'; a lead to which no rule "
                  "applies is eligible");
    EligibilityRule rule;
    rule.when = ReadCondition(fields.Required("when"), &glossary);
    rule.then = ReadThen(fields.Required("then")).value_or(rule.then);
    rule.reason = ReadName(fields.Required("reason")).value_or("");
    rule.to = ReadReviewers(rule.then, glossary.roles, fields);
    if (rule.then == EligibilityRule::Then::kReview) {
      rule.recommended_action = ReadAdvice(fields);
    } else {
      fields.Refuse("recommended_action",
                    "only a rule that says 'review' is for somebody");
    }
    fields.Refuse("remove",
                  "'remove' takes rules of the base out, and there is no base "
                  "that has this reason; leave it out");
    fields.NothingElse();
    if (in_order.IsReached(item, rule.when)) rules.push_back(std::move(rule));
  }
  if (in_order.HoldForEveryLead()) {
    value.Error(
        "no clock can ever start: these rules hold for every lead, so that "
        "none is eligible; take one of them out, or let it ask for more");
  }
  return rules;
}

std::vector<ReviewRule> ReadReviews(const YamlValue& value,
                                    const Glossary& glossary) {
  std::vector<ReviewRule> rules;
  if (!value.present()) return rules;
  std::set<std::string> reasons;
  for (const EligibilityRule& rule : glossary.eligible) {
    if (rule.then == EligibilityRule::Then::kReview) {
      reasons.insert(rule.reason);
    }
  }
  for (const YamlValue& item : value.Items(kMostReviews)) {
    YamlMap fields = item.Map("a rule of 'reviews'");
    ReviewRule rule;
    rule.when = ReadCondition(fields.Required("when"), &glossary);
    const YamlValue reason = fields.Required("reason");
    rule.reason = ReadName(reason).value_or("");
    rule.to = ReadReviewers(fields.Optional("to"), glossary.roles);
    rule.recommended_action = ReadAdvice(fields);
    fields.Refuse("then",
                  "the rules of 'reviews' ask for a look and nothing else; "
                  "what ends clocks stands in 'eligible'");
    fields.Refuse("remove",
                  "'remove' takes a rule of the base out, and there is no base "
                  "that has this one; leave it out");
    fields.NothingElse();
    if (!rule.reason.empty() && !reasons.insert(rule.reason).second) {
      reason.Error(
          absl::StrCat("another review has the reason ", Quoted(rule.reason),
                       " already; choose one by which the two are told apart"));
    }
    rules.push_back(std::move(rule));
  }
  return rules;
}

Reentry ReadReentry(const YamlValue& value, const Glossary& glossary) {
  YamlMap fields = value.Map("'reentry'");
  Reentry reentry;
  if (!fields.present()) return reentry;
  reentry.ends = ReadTriggers(fields.Required("ends"), TriggerPlace::kEnds,
                              std::nullopt, glossary);
  reentry.returns =
      ReadTriggers(fields.Required("returns"), TriggerPlace::kReturns,
                   std::nullopt, glossary);
  fields.NothingElse();
  return reentry;
}

Names ReadOutcomeNames(const YamlValue& value) {
  Names names;
  if (!value.IsList()) return names;
  for (const YamlValue& item : value.Items(kMostOutcomes)) {
    const YamlValue name = item.Field("name");
    const std::string text = name.IsText() ? *name.Text() : "";
    if (!text.empty() && names.Find(text).has_value()) {
      name.Error(absl::StrCat("two outcomes are named ", Quoted(text),
                              "; write what leads to it into one of them"));
    }
    names.Add(text);
  }
  return names;
}

std::vector<OutcomeRule> ReadOutcomes(const YamlValue& value,
                                      const Glossary& glossary) {
  std::vector<OutcomeRule> rules;
  if (!value.present()) return rules;
  for (const YamlValue& item : value.Items(kMostOutcomes)) {
    YamlMap fields = item.Map("an outcome");
    OutcomeRule rule;
    rule.name = ReadName(fields.Required("name")).value_or("");
    rule.on = ReadTriggers(fields.Required("on"), TriggerPlace::kOutcome,
                           std::nullopt, glossary);
    const YamlValue when = fields.Optional("when");
    rule.when = ReadCondition(when, &glossary);
    rule.repeats = fields.Optional("repeats").Boolean().value_or(false);
    fields.Refuse("remove",
                  "'remove' takes an outcome of the base out, and there is no "
                  "base that has this one; leave it out");
    fields.NothingElse();
    CheckMayBe(when, rule);
    rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace leadclock
