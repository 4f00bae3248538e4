#include "app/verify/show_report.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cassert>
#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace leadclock {
namespace {

using google::protobuf::Struct;
using Counts = std::map<std::string, int64_t>;

constexpr size_t kShownLines = 50;

int64_t SumOf(const Counts& counts) {
  int64_t sum = 0;
  for (const auto& [name, count] : counts) sum += count;
  return sum;
}

// "3 (DECODE 2, KEY 1)".
std::string LineOf(const Counts& counts) {
  if (counts.empty()) return "0";
  return absl::StrCat(SumOf(counts), " (",
                      absl::StrJoin(counts, ", ",
                                    [](std::string* out, const auto& entry) {
                                      absl::StrAppend(out, entry.first, " ",
                                                      entry.second);
                                    }),
                      ")");
}

void AppendLines(const std::vector<std::string>& lines, std::string& text) {
  const size_t shown = std::min(lines.size(), kShownLines);
  for (size_t i = 0; i < shown; ++i) absl::StrAppend(&text, lines[i], "\n");
  if (shown < lines.size()) {
    absl::StrAppend(&text, "... and ", lines.size() - shown,
                    " more; --json prints all\n");
  }
}

void AppendClocks(const VerifyReport& report, std::string& text) {
  if (report.clocks.empty()) return;
  size_t width = 5;
  for (const auto& [name, sums] : report.clocks) {
    width = std::max(width, name.size());
  }
  const int column = static_cast<int>(width);
  absl::StrAppendFormat(&text, "%-*s %9s %9s %9s %9s %9s\n", column, "clock",
                        "started", "met", "missed", "stopped", "running");
  for (const auto& [name, sums] : report.clocks) {
    absl::StrAppendFormat(&text, "%-*s %9d %9d %9d %9d %9d\n", column, name,
                          sums.started, sums.met, sums.missed, sums.stopped,
                          sums.running);
  }
}

void Set(Struct& object, const std::string& name, int64_t value) {
  (*object.mutable_fields())[name].set_number_value(static_cast<double>(value));
}

void Set(Struct& object, const std::string& name, const Counts& counts) {
  Struct& inner = *(*object.mutable_fields())[name].mutable_struct_value();
  for (const auto& [key, count] : counts) Set(inner, key, count);
}

}  // namespace

std::string TextOf(const VerifyReport& report) {
  std::vector<std::string> differences;
  for (const Difference& difference : report.differences) {
    differences.push_back(difference.text);
  }
  std::string text;
  AppendLines(differences, text);
  if (!report.owed.empty()) {
    absl::StrAppend(&text, "still to be said, when the job goes on:\n");
    AppendLines(report.owed, text);
  }
  absl::StrAppend(&text, "read ", report.read, " records: ", report.events,
                  " events of ", report.leads, " leads, ", report.repeated,
                  " repeated, ", LineOf(report.ignored), " ignored, ",
                  LineOf(report.quarantined), " to quarantine\n");
  absl::StrAppend(&text, "wrote ",
                  report.said + report.retracted + report.corrected,
                  " events: ", report.said, " said, ", report.retracted,
                  " retracted, ", report.corrected, " corrected\n");
  absl::StrAppend(&text, "facts that stand: ", LineOf(report.facts), "\n");
  AppendClocks(report, text);
  if (report.too_large > 0) {
    absl::StrAppend(
        &text, report.too_large,
        " leads are so large that a part of their history may have "
        "been given up; of them only ids and numbers are checked\n");
  }
  if (report.returned > 0) {
    absl::StrAppend(&text, report.returned,
                    " leads came back after they were forgotten; what is said "
                    "since then is not checked\n");
  }
  if (report.not_judged > 0) {
    absl::StrAppend(&text, report.not_judged,
                    " events were written meanwhile; each is true\n");
  }
  absl::StrAppend(&text,
                  report.differences.empty()
                      ? "all that must be said is said, once, and nothing else"
                      : absl::StrCat(report.differences.size(), " differences"),
                  "\n");
  return text;
}

std::string JsonOf(const VerifyReport& report) {
  Struct object;
  auto& fields = *object.mutable_fields();
  auto& differences = *fields["differences"].mutable_list_value();
  for (const Difference& difference : report.differences) {
    auto& entry =
        *differences.add_values()->mutable_struct_value()->mutable_fields();
    entry["lead"].set_string_value(difference.lead);
    entry["place"].set_string_value(difference.place);
    entry["text"].set_string_value(difference.text);
  }
  auto& owed = *fields["owed"].mutable_list_value();
  for (const std::string& line : report.owed) {
    owed.add_values()->set_string_value(line);
  }
  Set(object, "read", report.read);
  Set(object, "events", report.events);
  Set(object, "repeated", report.repeated);
  Set(object, "ignored", report.ignored);
  Set(object, "quarantined", report.quarantined);
  Set(object, "leads", report.leads);
  Set(object, "too_large", report.too_large);
  Set(object, "returned", report.returned);
  Set(object, "said", report.said);
  Set(object, "retracted", report.retracted);
  Set(object, "corrected", report.corrected);
  Set(object, "facts", report.facts);
  Set(object, "not_judged", report.not_judged);
  Struct& clocks = *fields["clocks"].mutable_struct_value();
  for (const auto& [name, sums] : report.clocks) {
    Set(clocks, name,
        {{"started", sums.started},
         {"met", sums.met},
         {"missed", sums.missed},
         {"stopped", sums.stopped},
         {"running", sums.running}});
  }
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  std::string json;
  const auto status =
      google::protobuf::util::MessageToJsonString(object, &json, options);
  assert(status.ok());
  static_cast<void>(status);
  return json;
}

}  // namespace leadclock
