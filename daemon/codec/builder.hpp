#pragma once

#include "syncml/message.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace codec {

struct Shape;

/// An open element: the value that its content goes into, and how. Without a
/// shape the element is unknown, and its content is of no interest.
struct Place {
    const Shape* shape = nullptr;
    void* object = nullptr;
    std::size_t room = 0; ///< the octets of the value that was made for it, without its text
};

/// Builds a value from the elements of a document, whatever the encoding.
///
/// Children may come in any order and any number; of an element that can stand
/// only once the last one counts. Unknown elements are skipped with all they hold;
/// where a command may stand they become syncml::Unsupported.
class Builder {
public:
    /// Fills `value`, which stands for the root element and must outlive the builder.
    explicit Builder(syncml::Message& value);
    explicit Builder(syncml::DevInf& value);

    void start(std::string_view name);
    void text(std::string_view part);
    /// Closes the last open element. False: it had to be a number and is none.
    bool end();

    std::size_t depth() const { return open_.size() + skipped_; }
    /// The octets of all values made so far, without their texts: a short element can stand for a large one.
    std::size_t room() const { return room_; }

private:
    Place root_;
    std::vector<Place> open_;
    std::size_t skipped_ = 0; ///< open elements that are unknown or within one
    std::size_t room_ = 0;
    std::string text_; ///< of the innermost known element, since its last known child
};

} // namespace codec
