#include "transport/tls.hpp"

#include <fmt/format.h>

namespace transport {

namespace {

using base::Errc;
using base::fail;

std::string date(GDateTime* time)
{
    return Owned<char>(g_date_time_format(time, "%F")).get();
}

} // namespace

base::Result<Owned<GTlsDatabase>> open_ca_file(const std::string& path)
{
    GError* error = nullptr;
    auto* database = g_tls_file_database_new(path.c_str(), &error);
    if (database != nullptr)
        return Owned<GTlsDatabase>(G_TLS_DATABASE(database));
    g_error_free(error);
    return fail(Errc::Tls,
                fmt::format("The CA file {} cannot be used: it must be a file that everybody may read, with a "
                            "certificate in PEM. Correct CaFile of the profile.",
                            path));
}

base::Result<Owned<GTlsCertificate>> read_client_certificate(const base::Secret& pem)
{
    const auto refuse = [](std::string_view why) {
        return fail(Errc::Tls, fmt::format("The client certificate of the profile {}. Give the profile another.", why));
    };
    const auto text = pem.reveal();
    GError* error = nullptr;
    Owned<GTlsCertificate> certificate(
        g_tls_certificate_new_from_pem(text.data(), static_cast<gssize>(text.size()), &error));
    if (certificate == nullptr) {
        const Owned<GError> failure(error);
        return refuse(fmt::format("cannot be used: {}", failure->message));
    }
    if (text.find("PRIVATE KEY-----") == std::string_view::npos)
        return refuse("has no private key with it");
    const Owned<GDateTime> now(g_date_time_new_now_utc());
    const Owned<GDateTime> begin(g_tls_certificate_get_not_valid_before(certificate.get()));
    const Owned<GDateTime> end(g_tls_certificate_get_not_valid_after(certificate.get()));
    if (begin && g_date_time_compare(now.get(), begin.get()) < 0)
        return refuse(fmt::format("is not valid before {}; check this machine's clock", date(begin.get())));
    if (end && g_date_time_compare(now.get(), end.get()) > 0)
        return refuse(fmt::format("has expired on {}; check this machine's clock", date(end.get())));
    return certificate;
}

} // namespace transport
