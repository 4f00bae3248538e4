#include "app/unknown_command.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "processor/policy/yaml_reader.h"

namespace leadclock {
namespace {

// The innermost command that was understood.
const CLI::App& Innermost(const CLI::App& app) {
  const std::vector<CLI::App*> parsed = app.get_subcommands();
  return parsed.empty() ? app : Innermost(*parsed.back());
}

}  // namespace

std::string UnknownCommand(const CLI::App& app) {
  const CLI::App& innermost = Innermost(app);
  std::vector<std::string> names;
  for (const CLI::App* const command : innermost.get_subcommands(nullptr)) {
    names.push_back(command->get_name());
  }
  if (names.empty()) return "";
  for (const std::string& word : app.remaining(/*recurse=*/true)) {
    if (absl::StartsWith(word, "-")) continue;
    return absl::StrCat(
        "unknown command ", Quoted(word), " of ", innermost.get_name(),
        DidYouMean(word,
                   std::vector<absl::string_view>(names.begin(), names.end())));
  }
  return "";
}

}  // namespace leadclock
