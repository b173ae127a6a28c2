#pragma once

#include "item/property.hpp"

/// The halves of `convert`, for a document in a form of the same kind.
namespace item {

Document converted_contact(const Document& contact, Form to);
/// Error: NotSupported.
base::Result<Document> converted_calendar(const Document& calendar, Form to);

} // namespace item
