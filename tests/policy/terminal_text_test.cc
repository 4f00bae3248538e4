#include "processor/policy/terminal_text.h"

#include <catch2/catch.hpp>
#include <string>

#include "processor/policy/text_table.h"

namespace leadclock {
namespace {

TEST_CASE("What would break a line or move the cursor is written out") {
  CHECK(Printable("a\nb\rc\td") == R"(a\nb\rc\td)");
  CHECK(Printable("\x1b[2K\x7f") == R"(\x1b[2K\x7f)");
  CHECK(Printable(std::string("a\0b", 3)) == R"(a\x00b)");
  CHECK(Printable("\u0085|\u2028|\u2029") == R"(\u0085|\u2028|\u2029)");
  CHECK(Printable("\u202egnp.exe\u2066") == R"(\u202egnp.exe\u2066)");
  CHECK(Printable("\U000e0041") == R"(\U000e0041)");
  CHECK(Printable("\xff|\xe2\x82|\xc0\x80") == R"(\xff|\xe2\x82|\xc0\x80)");
}

TEST_CASE("Other texts stand as they are") {
  for (const std::string text :
       {"", "Zoë Müller", "株式会社", "a\\nb", "\U0001f600"}) {
    CHECK(Printable(text) == text);
  }
  CHECK(Printable(Printable("a\n\xff")) == Printable("a\n\xff"));
  CHECK(PrintableLines("a\x1b\nb\n\n") == "a\\x1b\nb\n\n");
}

TEST_CASE("Widths are those of a terminal") {
  CHECK(WidthOf("Zoë") == 3);
  CHECK(WidthOf("e\u0301") == 1);
  CHECK(WidthOf("株式") == 4);
  CHECK(WidthOf("\U0001f600") == 2);
  CHECK(CutTo("Zoë Müller", 6) == "Zoë Mü");
  CHECK(CutTo("株式", 3) == "株");
}

TEST_CASE("Columns of any script stand below each other") {
  TextTable table;
  table.Add({"Zoë", "a"});
  table.Add({"Ann M", "b"});
  table.Add({"株式", "c\nd"});
  CHECK(table.Text(0) == "Zoë    a\nAnn M  b\n株式   c\\nd\n");
}

}  // namespace
}  // namespace leadclock
