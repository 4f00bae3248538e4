#include "processor/verify/quarantine_check.h"

#include <algorithm>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "processor/verify/fact_text.h"

namespace leadclock {
namespace {

using InputPlace = std::pair<int, int64_t>;

class QuarantineCheck {
 public:
  QuarantineCheck(const VerifyOptions& options, const PartitionLog& log,
                  const RejectedRecords& rejected, VerifyReport& report)
      : options_(options), log_(log), rejected_(rejected), report_(report) {}

  int64_t Run() {
    for (const WrittenRecord& record : log_.quarantine) Take(record);
    for (const auto& [place, rejected] : rejected_) {
      if (!IsJudged(place) || found_.contains(place)) continue;
      Differ(rejected.record->key.value_or(""), "",
             absl::StrCat(PlaceOf(place), " must be in quarantine (",
                          rejected.why.code, ": ", rejected.why.message,
                          ") and is not"));
    }
    return judged_;
  }

 private:
  void Take(const WrittenRecord& record) {
    const std::optional<InputPlace> from = FromOf(record);
    if (!from) {
      Differ(record, "does not say which record of the input it is");
      return;
    }
    if (from->second >= Next(log_.committed, from->first)) {
      Differ(record, absl::StrCat("is ", PlaceOf(*from),
                                  ", which no committed offset has passed"));
      return;
    }
    if (IsJudged(*from)) ++judged_;
    if (!found_.insert(*from).second) {
      Differ(record, absl::StrCat("is ", PlaceOf(*from), " for a second time"));
      return;
    }
    const auto rejected = rejected_.find(*from);
    if (rejected == rejected_.end()) {
      Differ(record, absl::StrCat("is ", PlaceOf(*from),
                                  ", which can be read, or does not exist"));
      return;
    }
    Compare(record, rejected->second);
  }

  void Compare(const WrittenRecord& record, const RejectedRecord& rejected) {
    const std::string code =
        HeaderOf(record, "leadclock.error.code").value_or("no code");
    if (code != rejected.why.code) {
      Differ(record,
             absl::StrCat("has ", code, ", and ", rejected.why.code,
                          " is what is wrong with it: ", rejected.why.message));
    }
    const InputRecord& input = *rejected.record;
    const bool same_headers =
        HeaderOf(record, "leadclock.headers.bytes") ||
        (record.headers.size() >= input.headers.size() &&
         std::equal(input.headers.begin(), input.headers.end(),
                    record.headers.begin()));
    if (!IsOf(record, "leadclock.key.bytes", record.key, input.key) ||
        !IsOf(record, "leadclock.value.bytes", record.value, input.value) ||
        !same_headers) {
      Differ(record, "has other bytes than the record that it is of");
    }
  }

  // Whether the bytes are those of the input, or the beginning of these if the
  // header `cut` says so.
  static bool IsOf(const WrittenRecord& record, const char* cut,
                   const std::optional<std::string>& bytes,
                   const std::optional<std::string>& input) {
    if (!HeaderOf(record, cut)) return bytes == input;
    return bytes && input && input->compare(0, bytes->size(), *bytes) == 0;
  }

  std::optional<InputPlace> FromOf(const WrittenRecord& record) const {
    const auto topic = HeaderOf(record, "__connect.errors.topic");
    const auto partition = HeaderOf(record, "__connect.errors.partition");
    const auto offset = HeaderOf(record, "__connect.errors.offset");
    int64_t at = 0;
    if (!topic || partition != absl::StrCat(log_.partition) || !offset ||
        !absl::SimpleAtoi(*offset, &at)) {
      return std::nullopt;
    }
    const auto& inputs = options_.topics.inputs;
    const auto input = std::find(inputs.begin(), inputs.end(), *topic);
    if (input == inputs.end()) return std::nullopt;
    return InputPlace{static_cast<int>(input - inputs.begin()), at};
  }

  static int64_t Next(const Standpoint& standpoint, int input) {
    return standpoint.next[static_cast<size_t>(input)];
  }
  bool IsJudged(const InputPlace& place) const {
    return place.second < Next(log_.judged, place.first);
  }
  std::string PlaceOf(const InputPlace& place) const {
    return leadclock::PlaceOf(
        options_.topics.inputs[static_cast<size_t>(place.first)],
        log_.partition, place.second);
  }

  void Differ(const WrittenRecord& record, const std::string& what) {
    const std::string place = leadclock::PlaceOf(options_.topics.quarantine,
                                                 log_.partition, record.offset);
    Differ(record.key.value_or(""), place, absl::StrCat(place, " ", what));
  }
  void Differ(const std::string& key, const std::string& place,
              const std::string& text) {
    report_.differences.push_back(
        {key, place,
         absl::StrCat("record with the key \"", key, "\": ", text)});
  }

  const VerifyOptions& options_;
  const PartitionLog& log_;
  const RejectedRecords& rejected_;
  VerifyReport& report_;
  std::set<InputPlace> found_;
  int64_t judged_ = 0;
};

}  // namespace

std::optional<std::string> HeaderOf(const WrittenRecord& record,
                                    std::string_view name) {
  const auto header =
      std::find_if(record.headers.rbegin(), record.headers.rend(),
                   [&](const Header& h) { return h.first == name; });
  if (header == record.headers.rend()) return std::nullopt;
  return header->second;
}

int64_t CheckQuarantine(const VerifyOptions& options, const PartitionLog& log,
                        const RejectedRecords& rejected, VerifyReport& report) {
  return QuarantineCheck(options, log, rejected, report).Run();
}

}  // namespace leadclock
