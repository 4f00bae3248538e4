#include "processor/policy/policy_files.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "processor/policy/parse_policy.h"

namespace leadclock {
namespace {

TEST_CASE("A file that a policy names and that is missing is named once") {
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / "leadclock_missing_file.yaml";
  const auto name = GENERATE("extends: nowhere.yaml",
                             "calendars: {uk: {holidays: [nowhere.ics]}}");
  std::ofstream(path) << name << '\n';
  const std::string error(LoadPolicy(path.string()).status().message());
  std::filesystem::remove(path);

  CHECK_THAT(error, Catch::Contains(path.string() + ":1:") &&
                        Catch::Contains(
                            ": cannot be opened: No such file or directory"));
  CHECK(error.find("nowhere") == error.rfind("nowhere"));
}

}  // namespace
}  // namespace leadclock
