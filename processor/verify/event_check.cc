#include "processor/verify/event_check.h"

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "processor/verify/fact_text.h"

namespace leadclock {

std::string FieldsThatDiffer(const google::protobuf::Message& stands,
                             const google::protobuf::Message& expected) {
  // To compare field by field takes long, and is hardly ever needed.
  if (stands.SerializeAsString() == expected.SerializeAsString()) return "";
  std::string text;
  google::protobuf::util::MessageDifferencer differencer;
  differencer.ReportDifferencesToString(&text);
  if (differencer.Compare(stands, expected)) return "";
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return absl::StrReplaceAll(text, {{"\n", "; "}});
}

std::vector<std::string> WhatDiffers(const VerifyOptions& options,
                                     const LeadRecords::Output& output,
                                     const OutputRecord& expected) {
  std::vector<std::string> what;
  v1::SlaEvent must_be;
  must_be.ParseFromString(expected.value);
  v1::SlaEvent is = output.event;
  must_be.clear_emitted_at_ms();
  is.clear_emitted_at_ms();
  // Of another machine than this one.
  must_be.set_time_zone_data(is.time_zone_data());
  const std::string fields = FieldsThatDiffer(is, must_be);
  if (!fields.empty()) {
    what.push_back(absl::StrCat(
        "says ", LineOf(output.event),
        ", but tells other things of it than are true (what stands -> what "
        "must): ",
        fields));
  }
  if (expected.output != output.output) {
    what.push_back(absl::StrCat(
        "belongs on ",
        options.topics.outputs[static_cast<size_t>(expected.output)]));
  }
  if (output.record->key != expected.key) {
    what.push_back(
        absl::StrCat("has the key \"", output.record->key.value_or(""), "\""));
  }
  for (const Header& header : expected.headers) {
    if (header.first == "content-type") continue;
    const auto& headers = output.record->headers;
    if (std::find(headers.begin(), headers.end(), header) == headers.end()) {
      what.push_back(
          absl::StrCat("has no header ", header.first, ": ", header.second));
    }
  }
  return what;
}

}  // namespace leadclock
