#include "bus/introspection.hpp"

#include "bus/contract.hpp"
#include "bus/contract_text.hpp"
#include "kinds/service_kind.hpp"

#include <fmt/format.h>

#include <utility>

namespace bus {
namespace {

constexpr std::string_view head = R"(<!DOCTYPE node PUBLIC "-//freedesktop//DTD D-BUS Object Introspection 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd">
<node>
  <interface name="org.freedesktop.DBus.Peer">
    <method name="Ping"/>
    <method name="GetMachineId">
      <arg name="machine_uuid" type="s" direction="out"/>
    </method>
  </interface>
  <interface name="org.freedesktop.DBus.Introspectable">
    <method name="Introspect">
      <arg name="xml_data" type="s" direction="out"/>
    </method>
  </interface>
)";

constexpr std::string_view properties = R"(  <interface name="org.freedesktop.DBus.Properties">
    <method name="Get">
      <arg name="interface_name" type="s" direction="in"/>
      <arg name="property_name" type="s" direction="in"/>
      <arg name="value" type="v" direction="out"/>
    </method>
    <method name="GetAll">
      <arg name="interface_name" type="s" direction="in"/>
      <arg name="properties" type="a{sv}" direction="out"/>
    </method>
    <method name="Set">
      <arg name="interface_name" type="s" direction="in"/>
      <arg name="property_name" type="s" direction="in"/>
      <arg name="value" type="v" direction="in"/>
    </method>
    <signal name="PropertiesChanged">
      <arg name="interface_name" type="s"/>
      <arg name="changed_properties" type="a{sv}"/>
      <arg name="invalidated_properties" type="as"/>
    </signal>
  </interface>
)";

/// The `<interface>` element of the contract's text, without its comments.
std::string interface_element(std::string_view interface)
{
    const auto text = interface == manager_interface   ? contract_text::manager
                      : interface == profile_interface ? contract_text::profile
                                                       : contract_text::store;
    const auto begin = text.find("<interface");
    constexpr std::string_view end_tag = "</interface>\n";
    auto rest = text.substr(begin, text.find(end_tag, begin) + end_tag.size() - begin);
    std::string element = "  ";
    for (auto comment = rest.find("<!--"); comment != rest.npos; comment = rest.find("<!--")) {
        element += rest.substr(0, comment);
        rest.remove_prefix(rest.find_first_not_of(" \n", rest.find("-->", comment) + 3));
    }
    return element.append(rest);
}

} // namespace

Introspection::Introspection(std::function<std::vector<std::string>(manager::Uid)> profiles_of)
    : profiles_of_(std::move(profiles_of))
{
}

std::optional<std::vector<std::string>> Introspection::find_children(std::string_view path, manager::Uid uid) const
{
    using Names = std::vector<std::string>;
    if (path == "/")
        return Names{"org"};
    if (path == "/org")
        return Names{"syncd1"};
    if (path == root_path)
        return Names{"profile", "store"};
    if (path == stores_path) {
        Names names;
        for (const auto& kind : kinds::all())
            names.emplace_back(kind.word());
        return names;
    }
    if (path == profiles_path)
        return profiles_of_(uid);
    return std::nullopt;
}

std::string Introspection::document(std::string_view interface, const std::vector<std::string>& children)
{
    std::string document(head);
    if (!interface.empty()) {
        document += properties;
        document += interface_element(interface);
    }
    for (const auto& child : children)
        document += fmt::format("  <node name=\"{}\"/>\n", child);
    return document + "</node>\n";
}

} // namespace bus
