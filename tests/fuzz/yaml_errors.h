#ifndef LEADCLOCK_TESTS_FUZZ_YAML_ERRORS_H_
#define LEADCLOCK_TESTS_FUZZ_YAML_ERRORS_H_

#include <algorithm>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tests/fuzz/require.h"

namespace leadclock::fuzz {

// Each line of an error names a place in one of the files and says something,
// in characters that can be printed.
inline void CheckYamlErrors(const absl::Status& status,
                            const std::vector<std::string>& files) {
  Require(!status.message().empty(), "an error says what is wrong");
  for (const absl::string_view line : absl::StrSplit(status.message(), '\n')) {
    absl::string_view rest = line;
    const bool names_file =
        std::any_of(files.begin(), files.end(), [&](const std::string& file) {
          return absl::ConsumePrefix(&rest, file + ":");
        });
    Require(names_file, "an error names the file", line);
    for (int number = 0; number < 2; ++number) {
      const size_t digits = rest.find_first_not_of("0123456789");
      Require(digits != 0 && digits != rest.npos && rest[digits] == ':',
              "an error names line and column", line);
      rest.remove_prefix(digits + 1);
    }
    Require(absl::ConsumePrefix(&rest, " "), "a blank follows the place", line);
    RequireReadable(rest);
  }
}

}  // namespace leadclock::fuzz

#endif  // LEADCLOCK_TESTS_FUZZ_YAML_ERRORS_H_
