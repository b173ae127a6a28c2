#include "runner/transcript_of.hpp"

namespace runner {

std::string encoding_name(codec::Encoding encoding)
{
    switch (encoding) {
    case codec::Encoding::Xml: return "XML";
    case codec::Encoding::Wbxml: return "WBXML";
    }
    return {};
}

transcript::Attempt attempt_of(const session::Setup& setup, codec::Encoding encoding)
{
    transcript::Attempt attempt;
    attempt.server = setup.server_uri;
    attempt.encoding = encoding_name(encoding);
    attempt.syncml = std::string(syncml::dtd(setup.version));
    attempt.device = setup.device_id;
    attempt.message_limit = setup.max_msg_size;
    attempt.object_limit = setup.max_obj_size;
    attempt.knows_server = setup.peer_devinf.has_value();
    attempt.server_takes_chunks = setup.peer_devinf && setup.peer_devinf->large_objects;
    attempt.server_wants_counts = setup.peer_devinf && setup.peer_devinf->number_of_changes;
    for (const auto& service : setup.services)
        attempt.services.push_back(
            {.name = service.name,
             .local_uri = service.local_uri,
             .database = service.remote_uri,
             .asked = std::string(syncml::name(service.requested)),
             .interrupted = service.interrupted ? std::string(syncml::name(*service.interrupted)) : "",
             .last = service.own_last,
             .server_last = service.peer_last});
    return attempt;
}

transcript::Ending ending_of(const channel::Result& result)
{
    transcript::Ending ending;
    ending.error = result.error_name;
    ending.message = result.message;
    switch (result.outcome) {
    case channel::Result::Outcome::Completed: ending.outcome = "completed"; break;
    case channel::Result::Outcome::Stopped: ending.outcome = "stopped"; break;
    case channel::Result::Outcome::Failed: ending.outcome = "failed"; break;
    }
    return ending;
}

} // namespace runner
