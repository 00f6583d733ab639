#include "providers/hetzner/described.hpp"

#include <gtest/gtest.h>

namespace providers::hetzner {
namespace {

using value::Value;

TEST(Selectors, FitAsTheVendorDocumentsThem) {
    const Value labels = Value::Record{{"role", "web"}, {"tier", "1"}, {"empty", ""}};
    for (const char* selector :
         {"role", "role=web", "role==web", "role = web", "role!=db", "!old", "old!=x",
          "role in (web,api)", "role in (api, web)", "role notin (db)", "old notin (x)",
          "role=web,tier=1", "role in (web,api), !old", "empty", "empty="}) {
        EXPECT_TRUE(fits_selector(labels, selector)) << selector;
    }
    for (const char* selector : {"old", "role=db", "role!=web", "!role", "role in (db)",
                                 "old in (x)", "role notin (web)", "role=web,tier=2", "role="}) {
        EXPECT_FALSE(fits_selector(labels, selector)) << selector;
    }
    EXPECT_FALSE(fits_selector(Value(), "role"));
    EXPECT_TRUE(fits_selector(Value(), "!role"));
}

}
}
