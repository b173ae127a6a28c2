#pragma once

#include <concepts>
#include <type_traits>

/// The content models of SyncML are written down once, as functions that show a
/// visitor which element carries which member of a value, in the order of the DTD:
///
///     void content(auto& visit, Is<syncml::Anchor> auto& anchor)
///     {
///         visit("Last", anchor.last);
///         visit("Next", anchor.next, Need::Always);
///     }
///
/// Reader and writer are visitors, so they cannot disagree, and neither knows an
/// element by name. Besides plain elements a visitor takes
///
/// - `metinf(name, member)`: a child of Meta, which names the namespace of MetInf itself, as every known peer writes
/// it;
/// - `reference(name, member)`: a text that device management variants put into a LocURI of its own;
/// - `wrapper(name, value, content, need)`: an element that exists on the wire only, its children carry members of
/// `value`;
/// - `commands(member)`: any number of commands, each under its own name.
namespace codec {

/// A value to write, or one to fill.
template <class T, class Value>
concept Is = std::same_as<std::remove_const_t<T>, Value>;

/// When an element is written: an empty text, an unset optional, a false flag and
/// a value of only such members are mostly left out.
enum class Need { IfSet, Always };

} // namespace codec
