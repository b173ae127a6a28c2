// Device information: as a document of its own, embedded in a message, and as it is remembered.
#include "codec/builder.hpp"
#include "codec/codec.hpp"
#include "codec/wbxml_parser.hpp"
#include "codec/xml_parser.hpp"
#include "decoding.hpp"
#include "runner/device_document.hpp"
#include "target.hpp"

#include <optional>
#include <string>

namespace {

using codec::Encoding;
using fuzz::require;

const codec::Limits limits{.max_bytes = 0};

std::optional<syncml::DevInf> parsed_alone(std::string_view document, Encoding encoding)
{
    syncml::DevInf devinf;
    codec::Builder builder(devinf);
    const auto parsed = encoding == Encoding::Xml
                            ? codec::parse_xml(document, "DevInf", limits, builder)
                            : codec::parse_wbxml(document, codec::Vocabulary::DevInf, limits, builder);
    if (parsed)
        return devinf;
    fuzz::require_for_people(parsed.error().message);
    return std::nullopt;
}

/// A message whose only command is a Put of it.
syncml::Message putting(syncml::Data data, Encoding encoding)
{
    syncml::Message message;
    message.header.ver_dtd = "1.2";
    message.header.ver_proto = "SyncML/1.2";
    message.header.session_id = "1";
    message.header.msg_id = 1;
    syncml::Put put;
    put.cmd_id = 1;
    put.meta.type = codec::devinf_media_type(encoding);
    put.items.emplace_back().data = std::move(data);
    message.body.emplace_back(std::move(put));
    return message;
}

/// As some peers have it: octets within WBXML, whatever they are.
void check_carried(std::string_view document, const std::optional<syncml::DevInf>& alone, Encoding encoding)
{
    const auto message = codec::encode(putting(std::string(document), encoding), Encoding::Wbxml);
    const auto decoded = codec::decode(message, Encoding::Wbxml, limits);
    if (!decoded) {
        fuzz::require_for_people(decoded.error().message);
        require(!alone, "what is device information alone is so in a message");
        return;
    }
    const auto& data = std::get<syncml::Put>(decoded->body.at(0)).items.at(0).data;
    const auto* carried = std::get_if<syncml::DevInf>(&data);
    require((carried != nullptr) == alone.has_value(), "it is device information in a message as alone");
    if (alone)
        require(*carried == *alone, "device information is the same in a message");
    else
        require(std::get<std::string>(data) == document, "what is no device information stays as it is");
}

/// As markup, which is how we send ours. What a journey must not change is checked with the message.
void check_embedded(const syncml::DevInf& devinf)
{
    for (const auto encoding : {Encoding::Xml, Encoding::Wbxml})
        fuzz::check_message(codec::encode(putting(devinf, encoding), encoding), encoding);
}

/// What a later session knows of the server.
void check_remembered(const syncml::DevInf& devinf)
{
    const auto document = runner::to_json(devinf);
    const auto again = runner::find_device_info(document);
    require(again.has_value(), "what was remembered is recalled");
    require(runner::to_json(*again) == document, "device information is remembered as it is");
    require(again->utc == devinf.utc && again->large_objects == devinf.large_objects &&
                again->number_of_changes == devinf.number_of_changes,
            "what counts of the device information is remembered");
    require(document.size() <= runner::max_device_document, "what is remembered is of a bearable length");
    for (const auto& text : {again->manufacturer, again->model, again->device_id}) {
        if (!text.empty())
            fuzz::require_for_people(text);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto document = fuzz::view(data, size);
    const auto encoding = codec::find_encoding(document);
    if (!encoding)
        return 0;
    const auto alone = parsed_alone(document, *encoding);
    check_carried(document, alone, *encoding);
    if (alone) {
        check_embedded(*alone);
        check_remembered(*alone);
    }
    return 0;
}
