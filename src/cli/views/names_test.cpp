#include "cli/views/names.hpp"

#include <gtest/gtest.h>

namespace cli {
namespace {

using Pieces = std::vector<std::string>;

TEST(Names, CountingUpIsOnePiece) {
    EXPECT_EQ(name_pieces({"web.1", "web.10", "web.2", "web.3"}), (Pieces{"web.{1..3}", "web.10"}));
    EXPECT_EQ(name_pieces({"a", "web.2", "web.1"}), (Pieces{"a", "web.1", "web.2"}));
    EXPECT_EQ(name_pieces({"r.7.x", "r.8.x", "r.9.x"}), (Pieces{"r.{7..9}.x"}));
}

TEST(Names, PaddedNumbersKeepTheirWidth) {
    EXPECT_EQ(name_pieces({"n08", "n09", "n10"}), (Pieces{"n{08..10}"}));
    EXPECT_EQ(name_pieces({"n8", "n09", "n10"}), (Pieces{"n8", "n09", "n10"}));
}

TEST(Names, OtherPlacesAreOtherRanges) {
    EXPECT_EQ(name_pieces({"eu.1", "eu.2", "eu.3", "us.1", "us.2", "us.3"}),
              (Pieces{"eu.{1..3}", "us.{1..3}"}));
}

TEST(Names, NumbersTooLargeToCountStayAsTheyAre) {
    EXPECT_EQ(name_pieces({"a1234567890123", "a1234567890124", "a1234567890125"}).size(), 3U);
}

TEST(Names, WhatIsCutIsCounted) {
    EXPECT_EQ(addresses_text({"web"}, 40), "web");
    EXPECT_EQ(addresses_text({"web.1", "web.2", "web.3"}, 40), "web.{1..3} (3)");
    EXPECT_EQ(
        addresses_text({"alphabet", "bravissimo", "charlatan", "deltoid", "echolocation"}, 10),
        "alphabet, bravissimo, … echolocation (5)");
}

}
}
