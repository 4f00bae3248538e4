#ifndef LEADCLOCK_PROCESSOR_POLICY_TEXT_TABLE_H_
#define LEADCLOCK_PROCESSOR_POLICY_TEXT_TABLE_H_

#include <string>
#include <vector>

namespace leadclock {

// Rows of text whose cells stand below each other, for people.
class TextTable {
 public:
  using Row = std::vector<std::string>;

  // Rows may have different numbers of cells. The last cell of a row takes no
  // part in how wide its column is. What no line may hold is written out.
  void Add(Row row);
  bool empty() const { return rows_.empty(); }

  // A line for each row, after as many blanks.
  std::string Text(size_t indent) const;

 private:
  std::vector<Row> rows_;
};

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_TEXT_TABLE_H_
