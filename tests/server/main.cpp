#include "control.hpp"
#include "front.hpp"

#include <CLI/CLI.hpp>
#include <glib-unix.h>
#include <sodium.h>

#include <cstdio>
#include <iostream>

namespace {

using namespace testserver;

struct CommandLine {
    Options options;
    std::string file = ":memory:";
    unsigned port = 0;
    bool ipv6 = false;
    std::string tls_certificate, tls_key;
    std::vector<std::string> faults;
    bool until_eof = false;
    bool trace = false;
};

void parse_users(const std::vector<std::string>& words, Options& options)
{
    for (const auto& word : words) {
        const auto colon = word.find(':');
        if (colon == std::string::npos || colon == 0)
            throw std::invalid_argument("a user is NAME:PASSWORD");
        options.users[word.substr(0, colon)] = word.substr(colon + 1);
    }
}

void parse_guards(const std::vector<std::string>& words, Options& options)
{
    for (const auto& word : words) {
        const auto equals = word.find('=');
        if (equals == std::string::npos)
            throw std::invalid_argument("a guard is DATASTORE=NAME:PASSWORD");
        options.guards[word.substr(0, equals)] = word.substr(equals + 1);
    }
}

CommandLine parse(int argc, char** argv)
{
    CommandLine line;
    auto& options = line.options;
    std::string auth = "md5";
    std::string conflict = "server";
    std::string personality = "plain";
    std::string resume = "yes";
    std::string versions = "1.2,1.1,1.0";
    std::string version_refusal = "status";
    std::vector<std::string> users, guards;
    bool no_resp_uri = false;
    bool no_number_of_changes = false;
    bool no_large_objects = false;

    CLI::App app("Reference OMA DS 1.2 server for tests; loopback only. See tests/server/README.md.");
    app.add_option("--port", line.port, "port, 0: any free one; printed as 'READY URL'")->check(CLI::Range(0, 65535));
    app.add_flag("--ipv6", line.ipv6, "listen on ::1 instead of 127.0.0.1");
    app.add_option("--data", line.file, "database file; without it everything is in memory");
    app.add_option("--user", users, "NAME:PASSWORD of a user, repeatable; none: no authentication");
    app.add_option("--guard", guards, "DATASTORE=NAME:PASSWORD that its Alert must show, repeatable");
    app.add_option("--auth", auth, "none, basic, md5 or any (md5 asked for, both taken)");
    app.add_flag("--auth-each-message", options.auth_each_message, "accept credentials for one message only");
    app.add_flag("--no-resp-uri", no_resp_uri, "know sessions by SessionID and device, hand out no RespURI");
    app.add_flag("--no-number-of-changes", no_number_of_changes, "do not declare SupportNumberOfChanges");
    app.add_flag("--no-large-objects", no_large_objects, "do not declare SupportLargeObjs, and send none");
    app.add_option("--versions", versions, "of SyncML that it speaks");
    app.add_option("--version-refusal", version_refusal, "what others get: status, 513, 400, 501 or page");
    app.add_option("--personality", personality, "which kind of server it is; the other options are given before");
    app.add_option("--resume", resume, "answer to Alert 225: yes, original-code, unknown, refuse, override or fail");
    app.add_option("--conflict", conflict, "server, client, duplicate or newer");
    app.add_option("--max-msg-size", options.max_msg_size, "octets of a message that are accepted");
    app.add_option("--max-obj-size", options.max_obj_size, "octets of an item that are accepted, 0: no limit");
    app.add_option("--tls-cert", line.tls_certificate, "PEM file: serve HTTPS");
    app.add_option("--tls-key", line.tls_key, "PEM file of its key");
    app.add_option("--misbehave", line.faults, "NAME[@MESSAGE][*], repeatable");
    app.add_flag("--trace", line.trace, "write every document to standard error");
    app.add_flag("--until-eof", line.until_eof, "end when standard input closes");
    try {
        app.parse(argc, argv);
        options.auth = parse_auth(auth);
        options.conflict = parse_conflict(conflict);
        options.versions = parse_versions(versions);
        options.version_refusal = parse_version_refusal(version_refusal);
        options.resume = parse_resume(resume);
        parse_users(users, options);
        parse_guards(guards, options);
    } catch (const CLI::ParseError& error) {
        std::exit(app.exit(error));
    } catch (const std::invalid_argument& error) {
        std::cerr << "syncd-test-server: " << error.what() << '\n';
        std::exit(2);
    }
    options.resp_uri = !no_resp_uri;
    options.number_of_changes = !no_number_of_changes;
    options.large_objects = !no_large_objects;
    if (users.empty())
        options.auth = AuthPolicy::None;
    options = with_personality(std::move(options), personality);
    return line;
}

gboolean on_signal(gpointer loop)
{
    g_main_loop_quit(static_cast<GMainLoop*>(loop));
    return G_SOURCE_CONTINUE;
}

gboolean on_input(gint descriptor, GIOCondition, gpointer loop)
{
    char byte = 0;
    if (read(descriptor, &byte, 1) <= 0)
        g_main_loop_quit(static_cast<GMainLoop*>(loop));
    return G_SOURCE_CONTINUE;
}

int run(const CommandLine& line)
{
    const std::unique_ptr<GMainLoop, decltype(&g_main_loop_unref)> loop(g_main_loop_new(nullptr, FALSE),
                                                                        g_main_loop_unref);
    auto options = line.options;
    Store store(line.file);
    Journal journal;
    Faults faults;
    for (const auto& text : line.faults) {
        const auto fault = Fault::parse(text);
        if (!fault)
            throw std::runtime_error("no misbehaviour " + text);
        faults.arm(*fault);
    }
    UnfinishedSyncs unfinished;
    Desk desk(store, unfinished, journal, faults, options);
    Gate gate;
    Control control(store, unfinished, journal, faults, options, desk, gate, [&] { g_main_loop_quit(loop.get()); });
    Front front(desk, control, gate, faults, journal, line.trace);
    const auto uri = front.listen(line.port, line.ipv6, line.tls_certificate, line.tls_key);
    desk.set_uri(uri);

    g_unix_signal_add(SIGTERM, on_signal, loop.get());
    g_unix_signal_add(SIGINT, on_signal, loop.get());
    if (line.until_eof)
        g_unix_fd_add(STDIN_FILENO, static_cast<GIOCondition>(G_IO_IN | G_IO_HUP), on_input, loop.get());
    std::cout << "READY " << uri << std::endl;
    g_main_loop_run(loop.get());
    return 0;
}

} // namespace

int main(int argc, char** argv)
try {
    if (sodium_init() < 0)
        throw std::runtime_error("libsodium cannot start");
    return run(parse(argc, argv));
} catch (const std::exception& error) {
    std::cerr << "syncd-test-server: " << error.what() << '\n';
    return 1;
}
