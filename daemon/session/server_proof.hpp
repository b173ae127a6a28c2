#pragma once

#include "base/result.hpp"
#include "session/session.hpp"

#include <optional>
#include <string>

namespace session {

/// Whether the server has proved to us who it is (OMA DS 1.2 protocol, authentication of the server): by credentials in
/// the header of its messages, until one of them was right. Until then nothing else of its messages counts.
class ServerProof {
public:
    explicit ServerProof(const Setup& setup) : setup_(setup) {}

    /// Whether there is something to prove yet.
    bool is_due() const { return setup_.authenticates_server && !proved_; }

    /// Looks at the header of a message while that is due. Error: Authentication, when the server was asked often
    /// enough.
    base::Result<void> judge(const syncml::Header& header);

    /// Our Status for that header: 212, or 401 or 407 with a challenge.
    syncml::StatusCode status() const { return status_; }
    std::optional<syncml::Meta> challenge() const;

private:
    bool is_right(const syncml::Credentials& cred) const;

    const Setup& setup_;
    bool proved_ = false;
    int refusals_ = 0;
    syncml::StatusCode status_ = syncml::StatusCode::Ok;
};

} // namespace session
