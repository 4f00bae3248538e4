#include "processor/runtime/instance_name.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <random>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace leadclock {
namespace {

std::string MakeUpName() {
  std::random_device random;
  const uint64_t number = (uint64_t{random()} << 32) | random();
  return absl::StrCat("worker-", absl::Hex(number, absl::kZeroPad16));
}

}  // namespace

absl::StatusOr<std::string> KeptInstanceName(
    const std::string& data_directory) {
  const std::filesystem::path path =
      std::filesystem::path(data_directory) / "instance";
  std::string name;
  if (std::ifstream(path) >> name) return name;

  name = MakeUpName();
  std::error_code error;
  std::filesystem::create_directories(data_directory, error);
  std::ofstream file(path);
  file << name << "\n";
  file.close();
  if (file.fail()) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot write ", path.string(),
                     "; the data directory must be writable"));
  }
  return name;
}

}  // namespace leadclock
