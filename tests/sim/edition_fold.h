#ifndef LEADCLOCK_TESTS_SIM_EDITION_FOLD_H_
#define LEADCLOCK_TESTS_SIM_EDITION_FOLD_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "processor/runtime/fold.h"

namespace leadclock::sim {

// A job in editions, of which the global topic tells: a later one may follow an
// earlier one, and each state is asked once under each. Of all else the job
// learns there. What is said of leads is what the job says, with the edition in
// a header; beside that each state says once, on a topic of its own, that it
// was asked under an edition.
class EditionFold final : public Fold {
 public:
  // `output`: the index of the topic for what states say of editions.
  EditionFold(std::shared_ptr<const Fold> job, int output)
      : job_(std::move(job)), output_(output) {}

  std::string Fingerprint() const override;
  absl::StatusOr<Succession> Succeed(
      std::string_view fingerprint) const override;
  absl::Status CheckState(std::string_view key,
                          std::string_view state) const override;
  absl::StatusOr<Learnt> Learn(const InputRecord& record) const override;
  Decoded Decode(const InputRecord& record) const override;
  absl::StatusOr<StateChange> Apply(
      std::string_view key, std::string_view state,
      std::span<const DecodedRecord* const> records,
      const Moment& moment) const override;
  absl::StatusOr<Restored> Restore(
      std::string_view key, std::string_view changelog_value) const override;

  // The value of a record of which nobody learns anything.
  static constexpr char kNoise[] = "noise";
  // The value of one that tells of an edition.
  static std::string WriteRecord(int edition);
  static std::string FingerprintOf(const Fold& job, int edition);
  // The edition in a header of an output; nullopt: there is none.
  static std::optional<int> EditionOf(std::span<const Header> headers);
  // The edition under which the state was asked last.
  static int EditionOfValue(std::string_view changelog_value);
  // What the job has as its state.
  static std::string_view JobsState(std::string_view state);

 private:
  std::shared_ptr<const Fold> job_;
  const int output_;
  // 0: none was told of yet.
  int edition_ = 0;
};

}  // namespace leadclock::sim

#endif  // LEADCLOCK_TESTS_SIM_EDITION_FOLD_H_
