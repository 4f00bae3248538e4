// What is refused of each field, as docs/policy-errors.md tells it: the page is
// what the parser says. After a message was changed,
//
//   LEADCLOCK_WRITE_DOCS=1 unit_tests "docs/policy-errors.md*"
//
// writes it anew.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "processor/policy/parse_policy.h"
#include "tests/policy/field_rows.h"
#include "tests/policy/layers.h"

namespace leadclock {
namespace {

using field_rows::FilesOf;
using field_rows::Row;
using field_rows::Rows;

constexpr char kPage[] = LEADCLOCK_SOURCE_DIR "/docs/policy-errors.md";

constexpr char kHead[] = R"(# What is wrong with a policy, field by field

For each field of [policy.md](policy.md) one thing that people write, and what `leadclock policy check` says of it. Before each
message stand the file, the line and the column. All that is wrong is said at once.

This page is written by the program itself: a test holds it against what the program says.

| in | what is written | what is said |
| --- | --- | --- |
)";

using Field = std::pair<std::string, std::string>;

// What somebody may write by mistake, by map and field, or by field alone.
const std::map<Field, std::string>& Mistakes() {
  static const auto& mistakes = *new std::map<Field, std::string>{
      {{"the policy", "version"}, "seven"},
      {{"the policy", "effective"}, "2026-03-01 09:00"},
      {{"the policy", "open_clocks"}, "cary"},
      {{"the policy", "calendars"}, "london"},
      {{"the policy", "calendar_for"}, "lodnon"},
      {{"the policy", "eligible"}, "new"},
      {{"the policy", "responses"}, "[reply]"},
      {{"the policy", "clocks"}, "[]"},
      {{"the policy", "overrides"}, "{market: uk}"},
      {{"the policy", "extends"}, "bsae.yaml"},
      {{"the policy", "recipients"}, "[team_lead]"},
      {{"the policy", "fallback"}, "maneger"},
      {{"the policy", "reviews"}, "complaint"},
      {{"the policy", "reentry"}, "disposition"},
      {{"the policy", "outcomes"}, "{lost: disposition}"},
      {{"the policy", "notify_within"}, "1 day"},
      {{"a calendar", "zone"}, "Europe/Londn"},
      {{"a calendar", "hours"}, "{mon-fri: \"9-17\"}"},
      {{"a calendar", "holidays"}, "[25.12.2026]"},
      {{"a calendar", "dates"}, "{2026-12-24: \"12:00-09:00-17:00\"}"},
      {{"", "when"}, "{mraket: uk}"},
      {{"'acknowledge'", "when"}, "open"},
      {{"", "use"}, "lodnon"},
      {{"a rule of 'target'", "is"}, "1 day"},
      {{"a rule of 'target'", "otherwise"}, "4 hours"},
      {{"a rule of 'team_lead'", "is"}, "[u1, u2]"},
      {{"a rule of 'team_lead'", "otherwise"}, "[u1, u2]"},
      {{"", "otherwise"}, "lodnon"},
      {{"a condition", "not"}, "uk"},
      {{"a value of a condition", "not"}, "{is: uk}"},
      {{"a condition", "any"}, "[{market: uk}]"},
      {{"", "then"}, "exlude"},
      {{"", "reason"}, "Existing customer"},
      {{"", "to"}, "team_laed"},
      {{"", "remove"}, "yes please"},
      {{"", "name"}, "First Response"},
      {{"", "starts"}, "lead_craeted"},
      {{"", "stops"}, "replied"},
      {{"", "pauses"}, "[[on_hold]]"},
      {{"", "resumes"}, "replied"},
      {{"", "cancels"}, "lead_created"},
      {{"", "target"}, "4 hours"},
      {{"", "calendar"}, "lodnon"},
      {{"", "at_risk"}, "due"},
      {{"", "acknowledge"}, "owner"},
      {{"", "ladder"}, "breach"},
      {{"", "repeats"}, "always"},
      {{"an outcome", "repeats"}, "sometimes"},
      {{"", "ineligible"}, "go_on"},
      {{"", "attempts"}, "3"},
      {{"", "task"}, "Call the lead"},
      {{"", "responsible"}, "somebody"},
      {{"", "kpi"}, "Time to answer"},
      {{"", "at"}, "due-5"},
      {{"", "do"}, "escalte"},
      {{"", "priority"}, "[high]"},
      {{"", "recommended_action"}, "[call, write]"},
      {{"", "of"}, "replied"},
      {{"", "at_least"}, "none"},
      {{"", "channels"}, "5"},
      {{"", "apart"}, "half a day"},
      {{"", "kind"}, "Call"},
      {{"", "on"}, "first.mised"},
      {{"", "ends"}, "first.missed"},
      {{"", "returns"}, "assigned"},
      {{"", "date"}, "next_stpe"},
      {{"", "before"}, "a week"},
      {{"", "after"}, "1 month"},
      {{"", "clocks"}, "{frist: {target: 1h}}"},
      {{"", "direction"}, "outgoing"},
      {{"", "actor"}, "person"},
      {{"a trigger on breach_explained", "actor"}, "{not: owner-1}"},
      {{"a trigger on task_done", "actor"}, "{not: owner-1}"},
      {{"", "by"}, "sales"},
      {{"", "meaningful"}, "maybe"},
      {{"", "personalized"}, "maybe"},
      {{"", "reply_path"}, "maybe"},
      {{"", "changes_terms"}, "maybe"},
      {{"", "apology"}, "maybe"},
      {{"", "channel"}, "{not: phone}"},
      {{"", "stage"}, "{not: sal}"},
      {{"", "handoff"}, "acepted"},
      {{"", "status"}, "{not: working}"},
      {{"", "consent"}, "{not: granted}"},
      {{"", "outcome"}, "{not: won}"},
      {{"", "track"}, "{not: slow}"},
      {{"", "purpose"}, "{not: intro}"},
      {{"", "meeting"}, "{not: m1}"},
      {{"", "no_show"}, "maybe"},
      {{"a trigger on milestone", "name"}, "{not: never}"},
      {{"", "clock"}, "frist"},
      {{"", "resolution"}, "{not: called}"},
      {{"", "task_id"}, "{not: t1}"},
      {{"a trigger on task_done", "task"}, "{not: t1}"},
      {{"", "cancelled"}, "maybe"},
  };
  return mistakes;
}

std::string MistakeIn(const Row& row) {
  for (const std::string& map : {row.map, std::string()}) {
    const auto found = Mistakes().find({map, row.field});
    if (found == Mistakes().end()) continue;
    // A trigger tells reasons as leads give them, which may be any text.
    if (row.field == "reason" && absl::StartsWith(row.map, "a trigger")) {
      return "{not: " + found->second + "}";
    }
    return found->second;
  }
  FAIL("no mistake for " << row.field << " in " << row.map);
  return "";
}

// Where a value ends that stands on the line of its field.
size_t EndOfValue(const std::string& text, size_t at) {
  int depth = 0;
  bool is_quoted = false;
  for (; at < text.size() && text[at] != '\n'; ++at) {
    const char c = text[at];
    if (c == '"') is_quoted = !is_quoted;
    if (is_quoted) continue;
    if (depth == 0 && (c == ',' || c == '}' || c == ']')) return at;
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
  }
  return at;
}

// Where one ends that stands on lines of its own below the field, which is
// indented by so much: a list may be indented as its field is.
size_t EndOfLines(const std::string& text, size_t at, size_t indent) {
  while (at + 1 < text.size()) {
    const size_t next = text.find_first_not_of(' ', at + 1);
    if (next == std::string::npos) return text.size();
    const size_t is = next - at - 1;
    if (is < indent || (is == indent && text[next] != '-')) return at;
    at = std::min(text.find('\n', next), text.size());
  }
  return at;
}

// Where the field stands in a text, from there on.
size_t FindField(const std::string& text, const std::string& field,
                 size_t from) {
  const std::string name = field + ":";
  for (size_t at = text.find(name, from); at != std::string::npos;
       at = text.find(name, at + 1)) {
    const char before = at == 0 ? ' ' : text[at - 1];
    if (before == ' ' || before == '{' || before == '\n') return at;
  }
  return std::string::npos;
}

// Where a value ends that begins right after its field.
size_t EndOf(const std::string& text, size_t field, size_t value) {
  if (text[value] != '\n') return EndOfValue(text, value);
  const size_t line = field == 0 ? 0 : text.rfind('\n', field - 1) + 1;
  return EndOfLines(text, value, text.find_first_not_of(' ', line) - line);
}

// What is told of one file of a policy with the mistake in the field's place:
// the message that stands at or after the field, on its line.
std::string MessageOf(layers::Files files, const std::string& file,
                      const Row& row, const std::string& mistake) {
  std::string& text = files.at(file);
  const size_t place = std::string(field_rows::kPolicy).find(row.place);
  size_t at = FindField(text, row.field, place);
  if (at == std::string::npos) at = FindField(text, row.field, 0);
  if (at == std::string::npos) return "";
  const size_t value = at + row.field.size() + 1;
  text.replace(value, EndOf(text, at, value) - value, " " + mistake);

  const std::string before = text.substr(0, at);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const size_t column = at - (before.rfind('\n') + 1) + 1;
  const std::string errors = layers::Errors(files);
  const std::vector<std::string> lines = absl::StrSplit(errors, '\n');
  for (const std::string& error : lines) {
    const std::vector<std::string> parts =
        absl::StrSplit(error, absl::MaxSplits(": ", 1));
    const std::vector<std::string> where = absl::StrSplit(parts[0], ':');
    if (where.size() == 3 && where[0] == file &&
        where[1] == absl::StrCat(line) && std::stoul(where[2]) >= column) {
      return parts[1];
    }
  }
  FAIL("nothing is said of " << row.field << " in " << row.map << ":\n"
                             << text << "\n"
                             << errors);
  return "";
}

std::string MessageOf(const Row& row, const std::string& mistake) {
  for (const std::string& variant : {row.one, row.other}) {
    const layers::Files files = FilesOf(row, variant);
    // The file that it extends may be the one that has the field.
    for (const auto& [file, text] : files) {
      if (file != "policy.yaml" && !absl::StrContains(variant, file)) continue;
      const std::string message = MessageOf(files, file, row, mistake);
      if (!message.empty()) return message;
    }
  }
  FAIL("no policy has " << row.field << " in " << row.map);
  return "";
}

std::string Page() {
  std::string page = kHead;
  std::set<std::pair<std::string, std::string>> told;
  std::map<std::string, std::string> lines;
  for (const Row& row : Rows()) {
    if (!told.emplace(row.map, row.field).second) continue;
    const std::string mistake = MistakeIn(row);
    absl::StrAppend(
        &lines[row.map], "| ", absl::StrReplaceAll(row.map, {{"'", "`"}}),
        " | `", row.field, ": ", mistake, "` | ",
        absl::StrReplaceAll(MessageOf(row, mistake), {{"|", "\\|"}}), " |\n");
  }
  for (const auto& [map, rows] : lines) page += rows;
  return page;
}

TEST_CASE("docs/policy-errors.md tells what is said of each field") {
  const std::string page = Page();
  if (std::getenv("LEADCLOCK_WRITE_DOCS") != nullptr) {
    std::ofstream(kPage) << page;
  }
  std::ifstream file(kPage);
  std::stringstream written;
  written << file.rdbuf();
  const std::vector<std::string> is = absl::StrSplit(written.str(), '\n');
  const std::vector<std::string> should = absl::StrSplit(page, '\n');
  CHECK(is == should);
}

}  // namespace
}  // namespace leadclock
