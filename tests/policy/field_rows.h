#ifndef LEADCLOCK_TESTS_POLICY_FIELD_ROWS_H_
#define LEADCLOCK_TESTS_POLICY_FIELD_ROWS_H_

#include <string>
#include <vector>

#include "tests/policy/layers.h"

// For every field of the language two policies that differ in it, and by which
// something else happens to the lead of tests/policy/fields_test.cc.
namespace leadclock::field_rows {

extern const char* const kPolicy;

// Two policies: `place` of the policy above, written as `one` and as `other`.
struct Row {
  std::string map;
  std::string field;
  std::string place;
  std::string one;
  std::string other;
};

std::vector<Row> Rows();

// The policy in which the place is written so, and what it may extend.
layers::Files FilesOf(const Row& row, const std::string& variant);

// The end of the policy, with one more clock, `next`, which nothing stops
// unless that is said.
std::string WithNext(const std::string& fields);

}  // namespace leadclock::field_rows

#endif  // LEADCLOCK_TESTS_POLICY_FIELD_ROWS_H_
