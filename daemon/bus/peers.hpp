#pragma once

#include "bus/driver.hpp"
#include "manager/profile.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bus {

/// The connections that have called this service, by unique name, and whose they are.
///
/// A uid comes from the bus daemon, which knows it from the socket, never from the
/// caller; it holds as long as the unique name, which is never given twice. A
/// connection is forgotten when it leaves the bus.
class Peers {
public:
    enum class Refusal {
        Gone,    ///< left the bus before it could be asked about
        TooMany, ///< one of the limits below
    };
    struct Limits {
        std::size_t connections_per_uid = 64;
        std::size_t waiting_per_connection = 64; ///< while its user is not known yet
        std::size_t unknown_connections = 256;
    };
    using Identified = std::function<void(tl::expected<manager::Uid, Refusal>)>;

    Peers(Driver& driver, Limits limits);
    ~Peers();
    Peers(const Peers&) = delete;
    Peers& operator=(const Peers&) = delete;

    /// Tells `identified` whose connection `name` is: at once when it is known, else
    /// when the bus daemon has answered. Those that wait for one connection are told in their
    /// order. `identified` does not throw.
    void identify(const std::string& name, Identified identified);

    /// The known connections of `uid`, in no order.
    std::vector<std::string> of(manager::Uid uid) const;
    std::size_t size() const { return peers_.size(); }

private:
    struct Peer {
        std::optional<manager::Uid> uid; ///< nothing while the bus daemon is asked
        std::vector<Identified> waiting;
    };

    void on_found(const std::string& name, std::optional<manager::Uid> uid);
    void forget(std::string_view name);

    Driver& driver_;
    Limits limits_;
    std::map<std::string, Peer, std::less<>> peers_;
    std::size_t unknown_ = 0;
    std::shared_ptr<Peers*> self_; ///< what the driver's answers find, or no longer find
};

} // namespace bus
