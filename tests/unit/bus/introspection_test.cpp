#include "bus/introspection.hpp"

#include <catch2/catch.hpp>
#include <libxml/parser.h>

#include <memory>

using Names = std::vector<std::string>;

namespace {

bus::Introspection two_users()
{
    return bus::Introspection([](manager::Uid uid) { return uid == 1000 ? Names{"a1", "a2"} : Names{"b1"}; });
}

bool is_xml(const std::string& text)
{
    return std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)>(
               xmlReadMemory(text.data(), static_cast<int>(text.size()), nullptr, nullptr, XML_PARSE_NONET),
               xmlFreeDoc) != nullptr;
}

} // namespace

TEST_CASE("each user sees their own profiles below the profiles' path", "[introspection]")
{
    const auto introspection = two_users();
    CHECK(introspection.find_children("/org/syncd1/profile", 1000) == Names{"a1", "a2"});
    CHECK(introspection.find_children("/org/syncd1/profile", 1001) == Names{"b1"});
}

TEST_CASE("the tree leads from the root to every object", "[introspection]")
{
    const auto introspection = two_users();
    CHECK(introspection.find_children("/", 1000) == Names{"org"});
    CHECK(introspection.find_children("/org", 1000) == Names{"syncd1"});
    CHECK(introspection.find_children("/org/syncd1", 1000) == Names{"profile", "store"});
    CHECK(introspection.find_children("/org/syncd1/store", 1000) == Names{"contact", "event", "task", "note"});
    for (const auto* path : {"/org/syncd1/", "/org/syncd1/profile/a1", "/org/syncd", "/com"})
        CHECK_FALSE(introspection.find_children(path, 1000));
}

TEST_CASE("a document is the contract's own text without its comments", "[introspection]")
{
    for (const auto* interface : {"org.syncd1.Manager", "org.syncd1.Profile", "org.syncd1.Store"}) {
        const auto document = bus::Introspection::document(interface, {"x"});
        INFO(document);
        CHECK(is_xml(document));
        CHECK(document.find(std::string("<interface name=\"") + interface + "\">") != document.npos);
        CHECK(document.find("org.freedesktop.DBus.Properties") != document.npos);
        CHECK(document.find("<node name=\"x\"/>") != document.npos);
        CHECK(document.find("<!--") == document.npos);
    }
    const auto inner = bus::Introspection::document({}, {"org"});
    CHECK(is_xml(inner));
    CHECK(inner.find("org.syncd1") == inner.npos);
    CHECK(inner.find("org.freedesktop.DBus.Properties") == inner.npos);
}
