#include "codec/xml_parser.hpp"

#include "codec/characters.hpp"

#include <fmt/format.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include <algorithm>
#include <exception>
#include <limits>
#include <memory>
#include <new>
#include <optional>
#include <string>

namespace codec {

namespace {

using base::Errc;

// Real start tags are names and one or two namespaces. libxml2 compares every attribute with every
// other, so their number must have an end, and their names stand in its dictionary.
constexpr std::size_t max_attributes = 32;
constexpr std::size_t max_names_bytes = 64 * 1024;

std::string_view view(const xmlChar* text)
{
    return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

/// What a peer wrote, fit for a message to a person.
std::string printable(std::string_view text)
{
    constexpr std::size_t enough = 160;
    std::string result(text.substr(0, enough));
    for (char& c : result)
        if (c < 0x20 || c > 0x7e)
            c = '?';
    return result;
}

/// One run of libxml2 over one document.
class Parse {
public:
    Parse(std::string_view root, const Limits& limits, Builder& builder)
        : root_(root), limits_(limits), builder_(builder)
    {
    }

    base::Result<void> run(std::string_view document);

private:
    template <class Step>
    static void guarded(void* parse, Step step) noexcept;

    static void on_doctype(void* parse, const xmlChar* name, const xmlChar*, const xmlChar*);
    static xmlEntityPtr on_entity(void* parse, const xmlChar* name);
    static void on_start(void* parse, const xmlChar* name, const xmlChar*, const xmlChar*, int namespaces,
                         const xmlChar**, int attributes, int, const xmlChar**);
    static void on_end(void* parse, const xmlChar* name, const xmlChar*, const xmlChar*);
    static void on_text(void* parse, const xmlChar* text, int size);
    static void on_error(void* parse, xmlErrorPtr error);

    void start(std::string_view name, std::size_t attributes);
    void stop(Errc code, std::string_view what);

    struct Free {
        void operator()(xmlParserCtxt* context) const noexcept { xmlFreeParserCtxt(context); }
    };

    std::string_view root_;
    const Limits& limits_;
    Builder& builder_;
    std::unique_ptr<xmlParserCtxt, Free> context_;
    std::size_t elements_ = 0;
    std::optional<base::Error> error_; ///< why it was stopped
    std::exception_ptr failure_;       ///< thrown inside a callback
};

/// No exception leaves a callback, and nothing more is done after the first error.
template <class Step>
void Parse::guarded(void* parse, Step step) noexcept
{
    auto& self = *static_cast<Parse*>(parse);
    if (self.error_ || self.failure_)
        return;
    try {
        step(self);
    } catch (...) {
        self.failure_ = std::current_exception();
        xmlStopParser(self.context_.get());
    }
}

void Parse::stop(Errc code, std::string_view what)
{
    const auto* input = context_->input;
    error_ = base::Error{code, fmt::format("line {}: {}", input != nullptr ? input->line : 1, what)};
    xmlStopParser(context_.get());
}

void Parse::on_doctype(void* parse, const xmlChar* name, const xmlChar*, const xmlChar*)
{
    guarded(parse, [name](Parse& self) {
        // libxml2 stands behind the external identifier now, before an internal subset.
        if (*self.context_->input->cur == '[')
            self.stop(Errc::ForbiddenMarkup, "the document declares markup of its own (a DOCTYPE with a subset)");
        else if (view(name) != self.root_)
            self.stop(Errc::NotSyncML, fmt::format("the document is {}, not {}", printable(view(name)), self.root_));
    });
}

xmlEntityPtr Parse::on_entity(void* parse, const xmlChar* name)
{
    guarded(parse, [name](Parse& self) {
        self.stop(Errc::ForbiddenMarkup, fmt::format("the document refers to the entity {}", printable(view(name))));
    });
    return nullptr;
}

void Parse::start(std::string_view name, std::size_t attributes)
{
    if (elements_ == 0 && name != root_)
        return stop(Errc::NotSyncML, fmt::format("the document is {}, not {}", printable(name), root_));
    if (++elements_ > limits_.max_elements)
        return stop(Errc::ReplyTooLarge, fmt::format("more than {} elements", limits_.max_elements));
    if (builder_.depth() >= limits_.max_depth)
        return stop(Errc::ReplyTooLarge, fmt::format("elements nested more than {} deep", limits_.max_depth));
    if (attributes > max_attributes)
        return stop(Errc::ReplyTooLarge, fmt::format("more than {} attributes in one element", max_attributes));
    builder_.start(name);
    if (builder_.room() > limits_.max_room)
        stop(Errc::ReplyTooLarge, fmt::format("its values take more than {} octets", limits_.max_room));
}

void Parse::on_start(void* parse, const xmlChar* name, const xmlChar*, const xmlChar*, int namespaces, const xmlChar**,
                     int attributes, int, const xmlChar**)
{
    guarded(parse, [=](Parse& self) { self.start(view(name), static_cast<std::size_t>(namespaces + attributes)); });
}

void Parse::on_end(void* parse, const xmlChar* name, const xmlChar*, const xmlChar*)
{
    guarded(parse, [name](Parse& self) {
        if (!self.builder_.end())
            self.stop(Errc::Malformed, fmt::format("{} is not a number", printable(view(name))));
    });
}

void Parse::on_text(void* parse, const xmlChar* text, int size)
{
    guarded(parse, [=](Parse& self) {
        self.builder_.text({reinterpret_cast<const char*>(text), static_cast<std::size_t>(size)});
    });
}

void Parse::on_error(void* parse, xmlErrorPtr error)
{
    // Lesser ones are about namespaces, which peers write as they like.
    if (error->level != XML_ERR_FATAL)
        return;
    guarded(parse, [error](Parse& self) {
        if (error->code == XML_ERR_NO_MEMORY)
            return self.stop(Errc::ReplyTooLarge, "the names of elements and attributes take too much room");
        auto what = view(reinterpret_cast<const xmlChar*>(error->message));
        if (what.ends_with('\n'))
            what.remove_suffix(1);
        if (self.elements_ == 0)
            self.stop(Errc::NotSyncML, fmt::format("the document is not XML ({})", printable(what)));
        else
            self.stop(Errc::Malformed, printable(what));
    });
}

base::Result<void> Parse::run(std::string_view document)
{
    context_.reset(xmlCreateMemoryParserCtxt(document.data(), static_cast<int>(document.size())));
    if (context_ == nullptr)
        throw std::bad_alloc();

    xmlSAXHandler handler{};
    handler.initialized = XML_SAX2_MAGIC;
    handler.internalSubset = on_doctype;
    handler.getEntity = on_entity;
    handler.startElementNs = on_start;
    handler.endElementNs = on_end;
    handler.characters = on_text;
    handler.ignorableWhitespace = on_text;
    handler.cdataBlock = on_text;
    handler.serror = on_error;
    *context_->sax = handler;
    context_->userData = this;
    // The declared encoding is not obeyed (the text is made UTF-8 beforehand): it would let
    // the peer choose which converter is loaded.
    xmlCtxtUseOptions(context_.get(), XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);
    xmlDictSetLimit(context_->dict, max_names_bytes);

    xmlParseDocument(context_.get());
    if (failure_)
        std::rethrow_exception(failure_);
    if (error_)
        return tl::unexpected(std::move(*error_));
    return {};
}

} // namespace

base::Result<void> parse_xml(std::string_view document, std::string_view root, const Limits& limits, Builder& builder)
{
    const auto most = limits.max_bytes > 0 ? limits.max_bytes : std::size_t{std::numeric_limits<int>::max()};
    if (document.size() > most)
        return base::fail(Errc::ReplyTooLarge,
                          fmt::format("the document has {} octets, more than {}", document.size(), most));
    if (document.starts_with("\xEF\xBB\xBF"))
        document.remove_prefix(3);
    // Some peers count the NUL behind their text, or put empty lines around it.
    constexpr std::string_view around("\0\t\r\n ", 5);
    document.remove_prefix(std::min(document.find_first_not_of(around), document.size()));
    document = document.substr(0, document.find_last_not_of(around) + 1);
    if (document.empty())
        return base::fail(Errc::NotSyncML, "the document is empty");
    if (document.find('\0') != std::string_view::npos)
        return base::fail(Errc::NotSyncML, "the document is not XML in UTF-8: it holds NUL octets");

    Parse parse(root, limits, builder);
    // Some old phones and their servers say UTF-8 and write ISO-8859-1.
    return is_xml_text(document) ? parse.run(document) : parse.run(read_stray_octets_as_latin1(document));
}

} // namespace codec
