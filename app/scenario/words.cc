#include "app/scenario/words.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

namespace leadclock {
namespace {

using Recipient = v1::SlaEvent::Recipient;

// "ann", "manager mia", "operations nobody".
std::string RecipientWords(const std::string& role, const std::string& id) {
  const std::string who = id.empty() ? "nobody" : id;
  return role.empty() ? who : absl::StrCat(role, " ", who);
}

bool IsMeant(const ExpectedRecipient& expected, const Recipient& recipient) {
  return expected.id == recipient.id() &&
         (expected.role.empty() || expected.role == recipient.role());
}

bool AreMeant(const std::vector<ExpectedRecipient>& expected,
              const v1::SlaEvent& event) {
  if (event.kind() == v1::SlaEvent::TASK) {
    return expected.size() == 1 &&
           expected.front().id == event.task().owner_id();
  }
  const bool is_nobody = expected.size() == 1 && expected.front().id.empty() &&
                         expected.front().role.empty();
  if (is_nobody && event.recipients().empty()) return true;
  return std::equal(expected.begin(), expected.end(),
                    event.recipients().begin(), event.recipients().end(),
                    IsMeant);
}

// What a fact is called that is of no rung: its kind, once more.
bool HasRung(const v1::SlaEvent& event) {
  return !event.clock().empty() && event.kind() != v1::SlaEvent::TASK &&
         event.kind() != v1::SlaEvent::LEAD_OUTCOME &&
         event.rung() !=
             absl::AsciiStrToLower(v1::SlaEvent::Kind_Name(event.kind()));
}

// The clock's, the outcome's, or the kind of a task of no clock.
const std::string& NameOf(const v1::SlaEvent& event) {
  if (event.kind() == v1::SlaEvent::LEAD_OUTCOME) return event.outcome();
  const bool is_task = event.kind() == v1::SlaEvent::TASK;
  return is_task && event.clock().empty() ? event.task().kind() : event.clock();
}

std::string WithBlanks(const std::string& name) {
  return absl::StrReplaceAll(name, {{"_", " "}});
}

// A task is one person's, and has a due of its own.
int64_t DueMillis(const v1::SlaEvent& event) {
  return event.kind() == v1::SlaEvent::TASK ? event.task().due_ms()
                                            : event.due_ms();
}

absl::Time DueOf(const v1::SlaEvent& event) {
  const int64_t due = DueMillis(event);
  return due == 0 ? kNoDue : absl::FromUnixMillis(due);
}

std::string DueWords(absl::Time due, const TimeFrame& frame) {
  return due == kNoDue ? "none" : WriteTime(due, frame);
}

std::string ToWords(const v1::SlaEvent& event,
                    const std::vector<ExpectedRecipient>* like) {
  if (event.kind() == v1::SlaEvent::TASK) {
    return RecipientWords("", event.task().owner_id());
  }
  std::vector<std::string> all;
  for (int i = 0; i < event.recipients_size(); ++i) {
    const Recipient& each = event.recipients(i);
    const auto place = static_cast<size_t>(i);
    const bool with_role =
        like == nullptr ? each.id().empty()
                        : place < like->size() && !(*like)[place].role.empty();
    all.push_back(RecipientWords(with_role ? each.role() : "", each.id()));
  }
  return all.empty() ? "nobody" : absl::StrJoin(all, ", ");
}

}  // namespace

std::string KindWords(v1::SlaEvent::Kind kind) {
  return absl::StrReplaceAll(
      absl::AsciiStrToLower(v1::SlaEvent::Kind_Name(kind)), {{"_", " "}});
}

const std::vector<v1::SlaEvent::Kind>& AllKinds() {
  static const auto* const all = [] {
    auto* const kinds = new std::vector<v1::SlaEvent::Kind>();
    const auto& words = *v1::SlaEvent::Kind_descriptor();
    for (int i = 0; i < words.value_count(); ++i) {
      const int number = words.value(i)->number();
      if (number != 0) {
        kinds->push_back(static_cast<v1::SlaEvent::Kind>(number));
      }
    }
    std::stable_sort(kinds->begin(), kinds->end(), [](auto a, auto b) {
      const auto blanks = [](auto kind) {
        const std::string words = KindWords(kind);
        return std::count(words.begin(), words.end(), ' ');
      };
      return blanks(a) > blanks(b);
    });
    return kinds;
  }();
  return *all;
}

bool IsOf(const FactName& name, const v1::SlaEvent& event) {
  if (name.kind && *name.kind != event.kind()) return false;
  if (!name.clock.empty() && name.clock != event.clock()) return false;
  if (name.of_no_clock) return event.clock().empty();
  const bool is_review_of_lead =
      event.kind() == v1::SlaEvent::REVIEW && event.clock().empty();
  // "review" is what a rung asks for; of a lead there is another word.
  if (name.kind && is_review_of_lead) return false;
  if (!name.task.empty() && name.task != event.rung()) return false;
  return name.name.empty() || name.name == NameOf(event);
}

std::string NameWords(const FactName& name) {
  std::string words = name.of_no_clock     ? kLeadReview
                      : !name.task.empty() ? WithBlanks(name.task)
                      : name.kind          ? KindWords(*name.kind)
                                           : "";
  if (!name.name.empty()) {
    absl::StrAppend(&words, words.empty() ? "" : " ", name.name);
  }
  return words;
}

std::string FactLine(const ExpectedFact& fact, const TimeFrame& frame) {
  std::string line =
      absl::StrCat(WriteTime(fact.at, frame), " ", NameWords(fact.what));
  if (fact.rung) absl::StrAppend(&line, " rung ", *fact.rung);
  if (fact.to) {
    absl::StrAppend(
        &line, " to ",
        absl::StrJoin(*fact.to, ", ",
                      [](std::string* out, const ExpectedRecipient& each) {
                        out->append(RecipientWords(each.role, each.id));
                      }),
        fact.to->empty() ? "nobody" : "");
  }
  if (fact.due) absl::StrAppend(&line, " due ", DueWords(*fact.due, frame));
  if (fact.reason) absl::StrAppend(&line, " reason ", *fact.reason);
  if (fact.notify) {
    absl::StrAppend(&line, *fact.notify ? " notified" : " not notified");
  }
  if (!fact.fields.empty()) {
    absl::StrAppend(
        &line, ": {",
        absl::StrJoin(fact.fields, ", ",
                      [](std::string* out, const ExpectedField& field) {
                        out->append(FieldWords(field, field.value));
                      }),
        "}");
  }
  return line;
}

std::string FactLine(const v1::SlaEvent& event, const ExpectedFact* like,
                     const TimeFrame& frame) {
  const bool of_lead =
      event.kind() == v1::SlaEvent::REVIEW && event.clock().empty();
  std::string line = absl::StrCat(
      WriteTime(absl::FromUnixMillis(event.at_ms()), frame), " ",
      of_lead                              ? kLeadReview
      : event.kind() == v1::SlaEvent::TASK ? WithBlanks(event.rung())
                                           : KindWords(event.kind()));
  const std::string& name = NameOf(event);
  if (!name.empty()) absl::StrAppend(&line, " ", name);
  const bool all = like == nullptr;
  const bool is_task = event.kind() == v1::SlaEvent::TASK;
  if (all ? HasRung(event) : like->rung.has_value()) {
    absl::StrAppend(&line, " rung ", event.rung());
  }
  if (all ? is_task || event.recipients_size() > 0 : like->to.has_value()) {
    absl::StrAppend(&line, " to ", ToWords(event, all ? nullptr : &*like->to));
  }
  const bool tells_due = is_task || event.kind() == v1::SlaEvent::DUE_CHANGED;
  if (all ? tells_due : like->due.has_value()) {
    absl::StrAppend(&line, " due ", DueWords(DueOf(event), frame));
  }
  if (all ? event.reasons_size() > 0 : like->reason.has_value()) {
    absl::StrAppend(&line, " reason ", absl::StrJoin(event.reasons(), ", "));
  }
  if (all ? !event.notify() : like->notify.has_value()) {
    absl::StrAppend(&line, event.notify() ? " notified" : " not notified");
  }
  if (!all && !like->fields.empty()) {
    absl::StrAppend(
        &line, ": {",
        absl::StrJoin(like->fields, ", ",
                      [&](std::string* out, const ExpectedField& field) {
                        out->append(
                            FieldWords(field, FieldText(field, frame, event)));
                      }),
        "}");
  }
  return line;
}

bool IsAsExpected(const ExpectedFact& expected, const v1::SlaEvent& event,
                  const TimeFrame& frame) {
  const auto has_reason = [&] {
    return std::find(event.reasons().begin(), event.reasons().end(),
                     *expected.reason) != event.reasons().end();
  };
  return IsOf(expected.what, event) &&
         absl::ToUnixMillis(expected.at) == event.at_ms() &&
         (!expected.rung || *expected.rung == event.rung()) &&
         (!expected.to || AreMeant(*expected.to, event)) &&
         (!expected.due || *expected.due == DueOf(event)) &&
         (!expected.reason || has_reason()) &&
         (!expected.notify || *expected.notify == event.notify()) &&
         std::all_of(expected.fields.begin(), expected.fields.end(),
                     [&](const ExpectedField& field) {
                       return FieldText(field, frame, event) == field.value;
                     });
}

std::string StandingWord(v1::LeadStatus::Standing standing) {
  return standing == v1::LeadStatus::STANDING_UNSPECIFIED
             ? "gone"
             : absl::AsciiStrToLower(v1::LeadStatus::Standing_Name(standing));
}

std::vector<std::string> StandingWords() {
  std::vector<std::string> all;
  const auto& words = *v1::LeadStatus::Standing_descriptor();
  for (int i = 0; i < words.value_count(); ++i) {
    all.push_back(StandingWord(
        static_cast<v1::LeadStatus::Standing>(words.value(i)->number())));
  }
  return all;
}

}  // namespace leadclock
