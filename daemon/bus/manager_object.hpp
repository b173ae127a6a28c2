#pragma once

#include "bus/object.hpp"
#include "bus/visibility.hpp"
#include "manager/manager.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace bus {

/// org.syncd1.Manager at /org/syncd1.
class ManagerObject : public Object {
public:
    ManagerObject(manager::Manager& manager, Visibility& visibility, std::string version);

    std::string_view interface() const override { return manager_interface; }
    bool is_at(std::string_view path) const override;
    void on_call(const Row& row, const Authorizer::Subject& caller, const Call& call) override;
    void find_properties(const Authorizer::Subject& caller, const Call& call, Found found) override;

private:
    using Subject = Authorizer::Subject;
    using Handler = void (ManagerObject::*)(const Subject&, const Call&);
    static Handler find_handler(std::string_view member);

    void add(const Subject& caller, const Call& call);
    void update(const Subject& caller, const Call& call);
    void remove(const Subject& caller, const Call& call);
    void get(const Subject& caller, const Call& call);
    void get_all(const Subject& caller, const Call& call);
    void get_profile_count(const Subject& caller, const Call& call);
    void start_sync(const Subject& caller, const Call& call);
    void stop_sync(const Subject& caller, const Call& call);
    void get_statistics(const Subject& caller, const Call& call);
    void get_history(const Subject& caller, const Call& call);
    void resolve_session(const Subject& caller, const Call& call, const std::string& id,
                         std::function<void(manager::Caller)> use);
    void get_transcript(const Subject& caller, const Call& call);
    void get_changes(const Subject& caller, const Call& call);
    void get_sent(const Subject& caller, const Call& call);
    void undo(const Subject& caller, const Call& call);
    void explain(const Subject& caller, const Call& call);
    void get_conflicts(const Subject& caller, const Call& call);
    void resolve_conflict(const Subject& caller, const Call& call);
    void get_quarantine(const Subject& caller, const Call& call);
    void get_device_info(const Subject& caller, const Call& call);
    void get_plan(const Subject& caller, const Call& call);
    void get_plan_items(const Subject& caller, const Call& call);
    void release(const Subject& caller, const Call& call);
    void reject(const Subject& caller, const Call& call);
    void deliver_notification(const Subject& caller, const Call& call);

    manager::Manager& manager_;
    Visibility& visibility_;
    std::string version_;
};

} // namespace bus
