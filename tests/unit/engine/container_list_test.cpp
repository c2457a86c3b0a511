// SPDX-License-Identifier: Apache-2.0
#include "container_list.hpp"

#include "docker_sandbox/base/error.hpp"
#include "support/errors.hpp"
#include "support/pieces.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>

namespace docker_sandbox::engine {
namespace {

using support::error_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

/// `piece` bytes at a time.
std::vector<ContainerSummary> decode(std::string_view body, const char* what, std::size_t piece = std::string::npos) {
  std::vector<ContainerSummary> rows;
  ContainerListReader reader(what, [&](ContainerSummary&& row) { rows.push_back(std::move(row)); });
  support::in_pieces(body, piece, [&](std::string_view part) { reader.feed(part); });
  reader.finish();
  return rows;
}

TEST(ContainerList, HasWhatIsNeededOfEachContainer) {
  const auto rows = decode(
      R"([{"Id":"a1","Names":["/one","two"],"Image":"i:1","ImageID":"sha256:2","State":"running","Created":1700000000,)"
      R"("Labels":{"k":"v\u00e9\n"},"Mounts":[{"Type":"bind","Source":"/s","Destination":"/d","RW":false},{"Name":"n"}],)"
      R"("SizeRw":5,"HostConfig":{"NetworkMode":"default"}}, {"Id":"b2"}])",
      "GET");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].id, "a1");
  EXPECT_THAT(rows[0].names, ElementsAre("one", "two"));
  EXPECT_EQ(rows[0].image, "i:1");
  EXPECT_EQ(rows[0].image_id, "sha256:2");
  EXPECT_EQ(rows[0].state, "running");
  EXPECT_EQ(rows[0].created, 1700000000);
  EXPECT_EQ(rows[0].size_rw, 5);
  EXPECT_THAT(rows[0].labels, ElementsAre(Pair("k", "v\u00e9\n")));
  ASSERT_EQ(rows[0].mounts.size(), 2U);
  EXPECT_EQ(rows[0].mounts[0].destination, "/d");
  EXPECT_FALSE(rows[0].mounts[0].read_write);
  EXPECT_EQ(rows[0].mounts[1].name, "n");
  EXPECT_TRUE(rows[0].mounts[1].read_write);
  EXPECT_EQ(rows[1].id, "b2");
  EXPECT_THAT(rows[1].labels, IsEmpty());
}

TEST(ContainerList, MayBeEmptyAndHaveWhiteSpace) {
  EXPECT_THAT(decode("[]", "GET"), IsEmpty());
  EXPECT_THAT(decode(" [ ]\n", "GET"), IsEmpty());
  EXPECT_EQ(decode("\t[ {\"Id\":\"a\"} ,\n{\"Id\":\"b\"} ] ", "GET").size(), 2U);
}

TEST(ContainerList, EndsWhereTheBodyEnds) {
  EXPECT_TRUE(error_of([] { decode({"[]\0x", 4}, "GET"); }));
  EXPECT_TRUE(error_of([] { decode({"[]\0", 3}, "GET"); }));
}

TEST(ContainerList, MeansTheSameHoweverItIsCut) {
  const std::string body =
      R"( [ {"Id":"a\\","Names":["{\"[\\\""],"Labels":{"]}":"\"\\\\"}} , {"Id":"\u00e9é","Other":[[{}],"}"]} ] )";
  for (std::size_t piece = 1; piece <= body.size(); ++piece) {
    const auto rows = decode(body, "GET", piece);
    ASSERT_EQ(rows.size(), 2U) << piece;
    EXPECT_EQ(rows[0].id, "a\\");
    EXPECT_THAT(rows[0].names, ElementsAre("{\"[\\\""));
    EXPECT_THAT(rows[0].labels, ElementsAre(Pair("]}", "\"\\\\")));
    EXPECT_EQ(rows[1].id, "éé");
  }
}

TEST(ContainerList, MayEndInTheMidstOfACharacter) {
  // A fuzzer's finding: the parser takes what the first byte of a character promises. ASan sees what it must not read.
  const std::string body = "[{\"Id\":\"\xf0\"}";
  for (std::size_t size = 1; size <= body.size(); ++size) {
    for (const std::size_t piece : {std::size_t{1}, size}) {
      EXPECT_TRUE(error_of([&] { decode(std::string_view(body).substr(0, size), "GET", piece); })) << size;
    }
  }
}

TEST(ContainerList, ValuesThatAreNestedDeeplyNeedNoStack) {
  constexpr std::size_t k_levels = 50'000;
  const std::string deep = std::string(k_levels, '[') + std::string(k_levels, ']');
  EXPECT_EQ(decode(R"([{"Id":"a","Other":)" + deep + "}]", "GET").at(0).id, "a");
  EXPECT_TRUE(error_of([&] { decode(R"([{"Id":"a","Labels":{"b":)" + deep + "}}]", "GET"); }));
}

TEST(ContainerList, MoreThanAnyEngineHasIsRefusedBeforeItFillsTheMemory) {
  constexpr std::size_t k_many = 2'000'000;
  std::string wide = R"([{"Id":"a","Other":[)";
  std::string rows = "[";
  while (wide.size() < k_many) {
    wide += "0,";
    rows += R"({"Id":"a"},)";
  }
  const std::string deep = R"([{"a":)" + std::string(k_many, '[') + std::string(k_many, ']') + "}";
  for (const std::string& body : {deep, wide + "0]}", rows}) {
    const auto error = error_of([&] { decode(body, "GET"); });
    ASSERT_TRUE(error);
    EXPECT_THAT(error->what(), HasSubstr("could have"));
  }
}

TEST(ContainerList, OfAnotherShapeIsRefusedWithTheReason) {
  const std::pair<const char*, const char*> cases[] = {
      {"{", "the list is not an array"},
      {"[{\"Id\":\"a\"}] x", "at byte 13"},
      {"", "at byte"},
      {"[", "at byte"},
      {"[{\"Id\":\"a\"}", "at byte 11"},
      {"[{\"Id\":\"a\"},", "at byte 12"},
      {"[{\"Id\":\"a\"},]", "at byte 12"},
      {"[{\"Id\":\"a\"} {\"Id\":\"b\"}]", "at byte 12"},
      {"[{\"Id\":\"\xff\"}]", "at byte"},
      {"{}", "the list is not an array"},
      {"[7]", "the list is not an array of objects"},
      {"[{}]", "Id is not there"},
      {"[{\"Id\":7}]", "Id is not a string"},
      {R"([{"Id":"a","Names":"x"}])", "Names is not an array"},
      {R"([{"Id":"a","Names":[1]}])", "Names is not a string"},
      {R"([{"Id":"a","Labels":[]}])", "Labels is not an object"},
      {R"([{"Id":"a","Mounts":[1]}])", "Mounts is not an array of objects"},
      {R"([{"Id":"a","Mounts":[{"RW":1}]}])", "RW is not a boolean"},
      {R"([{"Id":"a","Created":1e300}])", "Created is not an integer"},
      {R"([{"Id":"a","Created":99999999999999999999}])", "Created is not an integer"},
  };
  for (const auto& [body, reason] : cases) {
    const auto error = error_of([&, text = body] { decode(text, "GET /x"); });
    ASSERT_TRUE(error) << body;
    EXPECT_EQ(error->kind(), base::ErrorKind::engine_protocol);
    EXPECT_THAT(error->what(), HasSubstr("answer to GET /x is not what the Engine API defines: ")) << body;
    EXPECT_THAT(error->what(), HasSubstr(reason)) << body;
  }
}

}  // namespace
}  // namespace docker_sandbox::engine
